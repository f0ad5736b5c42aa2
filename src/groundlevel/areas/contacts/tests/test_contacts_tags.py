"""Tags and followers of one contact: /contacts/{contactId}/tags, /contacts/{contactId}/followers"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from groundlevel.areas.users import USERS
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners

Happened = Callable[[], list[str]]


def read(box: Box, id: str) -> dict[str, Any]:
    return box.location.get(f"/contacts/{id}").json()["contact"]


def test_tags_are_put_on_and_taken_off(box: Box, happened: Happened) -> None:
    id = box.new_contact(name="Anna", tags=["VIP"])
    happened()
    path = f"/contacts/{id}/tags"
    added = box.location.post(path, json={"tags": ["Hot", "vip", " HOT ", "new"]})
    assert (added.status_code, added.json()) == (201, {"tags": ["vip", "hot", "new"], "tagsAdded": ["hot", "new"]})
    assert happened() == ["ContactTagUpdate"]
    removed = box.location.request("DELETE", path, json={"tags": ["HOT", "never there"]})
    assert (removed.status_code, removed.json()) == (200, {"tags": ["vip", "new"], "tagsRemoved": ["hot"]})
    assert happened() == ["ContactTagUpdate"]
    assert read(box, id)["tags"] == ["vip", "new"]
    tags = box.location.get(f"/locations/{box.location_id}/tags").json()["tags"]
    assert [t["name"] for t in tags] == ["Hot", "new", "VIP"]


def test_what_changes_nothing_is_not_told(box: Box, happened: Happened) -> None:
    id = box.new_contact(name="Anna", tags=["vip"])
    before = read(box, id)
    happened()
    assert box.v2.post(f"/contacts/{id}/tags", json={"tags": ["VIP"]}).json() == {"tags": ["vip"], "tagsAdded": []}
    removed = box.v2.request("DELETE", f"/contacts/{id}/tags", json={"tags": ["cold"]})
    assert removed.json() == {"tags": ["vip"], "tagsRemoved": []}
    assert (read(box, id), happened()) == (before, [])


def test_the_tag_event_tells_all_tags(box: Box) -> None:
    id = box.new_contact(name="Anna", tags=["vip"])
    box.location.post(f"/contacts/{id}/tags", json={"tags": ["hot"]})
    told = box.sandbox.events()[-1]
    assert (told["type"], told["id"], told["tags"]) == ("ContactTagUpdate", id, ["vip", "hot"])


def test_followers_come_and_go(box: Box, happened: Happened) -> None:
    second = "BennBennBennBennBe02"
    owners = Owners(company=box.company_id)
    box.sandbox.do(owners, lambda ctx: ctx.db.put(USERS, replace(ctx.db.get(USERS, box.user_id), id=second)))
    id = box.new_contact(name="Anna")
    happened()
    path, both = f"/contacts/{id}/followers", [box.user_id, second]
    added = box.location.post(path, json={"followers": [*both, second]})
    assert (added.status_code, added.json()) == (201, {"followers": both, "followersAdded": both})
    assert read(box, id)["followers"] == both
    again = box.v2.post(path, json={"followers": [second]})
    assert again.json() == {"followers": both, "followersAdded": []}
    removed = box.location.request("DELETE", path, json={"followers": [box.user_id, "nobody"]})
    assert (removed.status_code, removed.json()) == (200, {"followers": [second], "followersRemoved": [box.user_id]})
    assert read(box, id)["followers"] == [second]
    assert happened() == ["ContactUpdate", "ContactUpdate"]


def test_a_stranger_cannot_follow(box: Box, happened: Happened) -> None:
    id = box.new_contact(name="Anna")
    happened()
    reply = box.location.post(f"/contacts/{id}/followers", json={"followers": [box.user_id, "nobody"]})
    assert (reply.status_code, reply.json()["message"]) == (400, "User with id nobody not found")
    assert (read(box, id)["followers"], happened()) == ([], [])


def test_what_does_not_fit_is_refused(box: Box, happened: Happened) -> None:
    id = box.new_contact(name="Anna")
    happened()
    for word in ("tags", "followers"):
        for method in ("POST", "DELETE"):
            path = f"/contacts/{id}/{word}"
            none = box.location.request(method, path, json={})
            assert (none.status_code, none.json()["message"]) == (422, [f"{word} must be an array"])
            mixed = box.location.request(method, path, json={word: ["a", 1]})
            assert mixed.json()["message"] == [f"each value in {word} must be a string"]
            many = box.location.request(method, path, json={word: ["a"] * 501})
            assert many.json()["message"] == [f"{word} must contain no more than 500 elements"]
            foreign = box.other.request(method, path, json={word: ["a"]})
            assert (foreign.status_code, foreign.json()["message"]) == (400, f"Contact with id {id} not found")
    assert happened() == []
