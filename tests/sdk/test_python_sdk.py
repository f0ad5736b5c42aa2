"""The official Python SDK, as it is installed, with nothing changed but its base URL."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from highlevel import HighLevel
from highlevel.error import GHLError


class Told(HighLevel):
    """The SDK as it is, at our address."""

    BASE_URL = "http://127.0.0.1:0"


def story(live: Any, tell: Callable[[HighLevel, list[Any]], Awaitable[None]]) -> list[Any]:
    """Run a story with a new client; the requests that the SDK made of it."""
    requests: list[Any] = []

    async def run() -> None:
        sdk = type("Here", (Told,), {"BASE_URL": live.url})(private_integration_token=live.token)

        async def note(request: Any) -> None:
            requests.append(request)

        sdk.http_client.event_hooks = {**sdk.http_client.event_hooks, "request": [note]}
        try:
            await tell(sdk, requests)
        finally:
            await sdk.http_client.aclose()

    asyncio.run(run())
    return requests


def test_a_contact_from_first_to_last(live: Any) -> None:
    place = live.location_id

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        made = await sdk.contacts.create_contact(
            {"locationId": place, "firstName": "Ada", "lastName": "Byron", "email": "Ada.SDK@Example.com",
             "phone": "(415) 555-0142", "tags": ["Poet"]}
        )  # fmt: skip
        contact = made["contact"]
        id = contact["id"]
        shown = ("firstName", "lastName", "email", "phone", "tags", "locationId", "type", "source", "dnd")
        assert {k: contact[k] for k in shown} == {
            "firstName": "Ada", "lastName": "Byron", "email": "ada.sdk@example.com", "phone": "+14155550142",
            "tags": ["poet"], "locationId": place, "type": "lead", "source": "public api", "dnd": False,
        }  # fmt: skip
        assert (await sdk.contacts.get_contact(id))["contact"] == contact
        changed = await sdk.contacts.update_contact(id, {"lastName": "Lovelace", "city": "London"})
        assert changed["succeeded"] is True
        assert (changed["contact"]["lastName"], changed["contact"]["city"]) == ("Lovelace", "London")
        upserted = await sdk.contacts.upsert_contact(
            {"locationId": place, "email": "ada.sdk@example.com", "companyName": "Engines"}
        )
        assert (upserted["new"], upserted["contact"]["id"]) == (False, id)
        assert upserted["contact"]["companyName"] == "Engines"
        twin = await sdk.contacts.get_duplicate_contact(place, email="ada.sdk@example.com")
        assert twin["contact"]["id"] == id
        with pytest.raises(GHLError) as refused:
            await sdk.contacts.create_contact({"locationId": place, "email": "ada.sdk@example.com"})
        assert refused.value.status_code == 400
        assert "This location does not allow duplicated contacts." in str(refused.value.response)
        await searched(sdk, place, id)
        assert (await sdk.contacts.delete_contact(id))["succeeded"] is True
        with pytest.raises(GHLError) as gone:
            await sdk.contacts.get_contact(id)
        assert gone.value.status_code == 400
        assert f"Contact with id {id} not found" in str(gone.value.response)

    story(live, tell)


async def searched(sdk: HighLevel, place: str, id: str) -> None:
    """The contact is found by text and by filters, and only it."""
    filters = [
        {"group": "AND", "filters": [
            {"field": "city", "operator": "eq", "value": "London"},
            {"field": "email", "operator": "contains", "value": "ada.sdk"},
        ]}
    ]  # fmt: skip
    for said in ({"query": "ada.sdk"}, {"filters": filters}):
        found = await sdk.contacts.search_contacts_advanced({"locationId": place, "pageLimit": 5, **said})
        assert ([c["id"] for c in found["contacts"]], found["total"]) == ([id], 1)


def test_tags_and_followers(live: Any) -> None:
    user = live.credentials["userId"]

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        made = await sdk.contacts.create_contact({"locationId": live.location_id, "email": "tagged@example.com"})
        id = made["contact"]["id"]
        assert await sdk.contacts.add_tags(id, {"tags": ["One", "two"]}) == {
            "tags": ["one", "two"], "tagsAdded": ["one", "two"],
        }  # fmt: skip
        assert await sdk.contacts.remove_tags(id, {"tags": ["ONE"]}) == {"tags": ["two"], "tagsRemoved": ["one"]}
        assert await sdk.contacts.add_followers_contact(id, {"followers": [user]}) == {
            "followers": [user], "followersAdded": [user],
        }  # fmt: skip
        assert (await sdk.contacts.get_contact(id))["contact"]["followers"] == [user]
        assert await sdk.contacts.remove_followers_contact(id, {"followers": [user]}) == {
            "followers": [], "followersRemoved": [user],
        }  # fmt: skip

    story(live, tell)


def test_notes_and_tasks(live: Any) -> None:
    user = live.credentials["userId"]

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        made = await sdk.contacts.create_contact({"locationId": live.location_id, "email": "noted@example.com"})
        id = made["contact"]["id"]
        note = (await sdk.contacts.create_note(id, {"userId": user, "body": "Called."}))["note"]
        assert (note["body"], note["userId"], note["contactId"]) == ("Called.", user, id)
        changed = await sdk.contacts.update_note(id, note["id"], {"body": "Called twice."})
        assert changed["note"] == {**note, "body": "Called twice."}
        assert (await sdk.contacts.get_note(id, note["id"]))["note"] == changed["note"]
        assert (await sdk.contacts.get_all_notes(id))["notes"] == [changed["note"]]
        assert (await sdk.contacts.delete_note(id, note["id"]))["succeeded"] is True
        assert (await sdk.contacts.get_all_notes(id))["notes"] == []
        said = {"title": "Call", "body": "back", "dueDate": "2027-03-01T10:00:00Z", "completed": False}
        task = (await sdk.contacts.create_task(id, said))["task"]
        assert (task["title"], task["dueDate"], task["completed"]) == ("Call", "2027-03-01T10:00:00.000Z", False)
        assert (await sdk.contacts.update_task(id, task["id"], {"title": "Write"}))["task"]["title"] == "Write"
        done = (await sdk.contacts.update_task_completed(id, task["id"], {"completed": True}))["task"]
        assert done == {**task, "title": "Write", "completed": True}
        assert (await sdk.contacts.get_task(id, task["id"]))["task"] == done
        assert (await sdk.contacts.get_all_tasks(id))["tasks"] == [done]
        assert (await sdk.contacts.delete_task(id, task["id"]))["succeeded"] is True
        assert (await sdk.contacts.get_all_tasks(id))["tasks"] == []

    story(live, tell)


def test_campaigns_and_workflows(live: Any) -> None:
    ids = live.credentials["ids"]

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        made = await sdk.contacts.create_contact({"locationId": live.location_id, "email": "enrolled@example.com"})
        id = made["contact"]["id"]
        for reply in (
            await sdk.contacts.add_contact_to_campaign(id, ids["campaignId"], {}),
            await sdk.contacts.remove_contact_from_campaign(id, ids["campaignId"]),
            await sdk.contacts.remove_contact_from_every_campaign(id),
            await sdk.contacts.add_contact_to_workflow(id, ids["workflowId"], {}),
            await sdk.contacts.delete_contact_from_workflow(id, ids["workflowId"], {}),
        ):
            assert reply["succeeded"] is True
        assert ids["workflowId"] in [w["id"] for w in (await sdk.workflows.get_workflow(live.location_id))["workflows"]]
        assert ids["campaignId"] in [
            c["id"] for c in (await sdk.campaigns.get_campaigns(live.location_id))["campaigns"]
        ]

    story(live, tell)


def test_what_the_sdk_sends(live: Any) -> None:
    """Should a new release of it send something else, we want to know."""

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        made = await sdk.contacts.create_contact({"locationId": live.location_id, "email": "sent@example.com"})
        await sdk.contacts.delete_contact(made["contact"]["id"])

    first, second = story(live, tell)
    assert (first.method, first.url.path, second.method) == ("POST", "/contacts/", "DELETE")
    assert first.headers["version"] == "v3"
    assert first.headers["authorization"] == f"Bearer {live.token}"
    assert first.headers["content-type"] == "application/json"
    assert first.headers["ghl-sdk-version"].startswith("python/")
    assert second.headers["content-type"] == "application/json", "on a request without a body, too"
    assert second.content == b""
