"""What an app is sent, and that it can be believed."""

from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from groundlevel.areas.webhooks import courier
from groundlevel.areas.webhooks.deliveries import CURSORS
from groundlevel.areas.webhooks.planning import PLANNED
from groundlevel.areas.webhooks.tests.conftest import Hooks, Receiver
from groundlevel.conftest import Box
from groundlevel.kernel.events import LOG
from groundlevel.kernel.jobs import SYSTEM


def test_a_contact_is_told_flat_and_signed(hooks: Hooks) -> None:
    box = hooks.box
    id = box.new_contact(firstName="Anna", email="anna@example.com")
    hooks.deliver()
    (came,) = hooks.receiver.came
    version = box.operator.get(f"/operator/apps/{hooks.app_id}").json()["versionId"]
    body, event = came.body, box.sandbox.events()[-1]
    (logged,) = hooks.log(type="ContactCreate")
    assert body == {
        **event, "appId": hooks.app_id, "versionId": version, "timestamp": event["dateAdded"],
        "webhookId": logged["webhookId"],
    }  # fmt: skip
    assert list(body)[:4] == ["type", "locationId", "appId", "versionId"]
    assert (body["type"], body["id"], body["locationId"]) == ("ContactCreate", id, box.location_id)
    assert came.headers["content-type"] == "application/json"
    assert came.headers["user-agent"].startswith("Groundlevel-Webhooks/")
    assert came.headers["x-webhook-id"] == body["webhookId"]
    verify(hooks, came.headers, came.raw)


def verify(hooks: Hooks, headers: dict[str, str], raw: bytes) -> None:
    """By the public keys and the bytes alone."""
    keys = hooks.box.operator.get("/operator/webhooks/keys").json()
    ed25519, rsa = (load_pem_public_key(keys[name].encode()) for name in ("ed25519", "rsa"))
    assert isinstance(ed25519, Ed25519PublicKey)
    assert isinstance(rsa, RSAPublicKey)
    ed25519.verify(b64decode(headers["x-ghl-signature"]), raw)
    rsa.verify(b64decode(headers["x-wh-signature"]), raw, PKCS1v15(), SHA256())


def test_what_was_sent_can_be_seen(hooks: Hooks) -> None:
    hooks.listen(hooks.app_id, url=f"{hooks.receiver.url}/hook?key=very-secret")
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    (seen,) = hooks.log(status="delivered", type="ContactCreate")
    told = (seen["endpointId"], seen["attempts"], seen["lastStatus"], seen["appId"], seen["locationId"])
    assert told == (hooks.app_id, 1, 200, hooks.app_id, hooks.box.location_id)
    whole = hooks.one(seen["webhookId"])
    assert whole["payload"] == hooks.receiver.came[0].body
    assert (whole["history"][0]["status"], whole["history"][0]["answer"]) == (200, "ok")
    assert whole["url"] == f"{hooks.receiver.url}/hook?key=…"
    assert hooks.receiver.came[0].path == "/hook?key=very-secret"


def test_what_concerns_nobody_is_passed_by_without_writing(
    box: Box, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks, system = Hooks(box, receiver), box.sandbox.app.store.read(SYSTEM)

    def moved_to() -> int:
        cursor = system.get(CURSORS, PLANNED)
        return cursor.number if cursor else 0

    for _ in range(3):
        box.new_contact(firstName="Bo")
    hooks.deliver()
    assert moved_to() == 0
    monkeypatch.setattr(courier, "UNMOVED", -1)
    hooks.deliver()
    assert moved_to() > 0
    hooks.new_app()
    id = box.new_contact(firstName="Anna")
    hooks.deliver()
    assert [one["id"] for one in receiver.told() if one["type"] == "ContactCreate"] == [id]
    assert [one.number for one in system.find(CURSORS)] == [system.log_after(LOG, 0, 1_000)[-1][0]]


def test_nothing_is_sent_twice(hooks: Hooks) -> None:
    hooks.box.new_contact(firstName="Anna")
    for _ in range(3):
        hooks.deliver()
    assert len(hooks.receiver.came) == 1


def test_who_is_told_of_what(hooks: Hooks) -> None:
    """By scope, by event, by place, and at an address of the event's own."""
    box, url = hooks.box, hooks.receiver.url
    blind = hooks.new_app("/blind", scopes=["users.readonly"])
    picky = hooks.new_app("/picky")
    hooks.listen(picky, events={"NoteCreate": {"url": f"{url}/notes"}, "ContactCreate": {"on": False}})
    elsewhere = hooks.new_app("/elsewhere")
    box.operator.post(f"/operator/apps/{elsewhere}/uninstall", json={"companyId": box.company_id})
    hooks.install(elsewhere, locationId=box.other_location_id)
    hooks.deliver()
    assert {one["type"] for one in hooks.receiver.told("/blind")} == {"INSTALL"}
    hooks.receiver.came.clear()
    contact = box.new_contact(firstName="Anna")
    box.location.post(f"/contacts/{contact}/notes", json={"body": "Called"})
    hooks.deliver()
    told = sorted((one.path, one.body["type"]) for one in hooks.receiver.came)
    assert told == [("/hook", "ContactCreate"), ("/hook", "NoteCreate"), ("/notes", "NoteCreate")]
    box.other.post("/contacts/", json={"locationId": box.other_location_id, "firstName": "Bea"})
    hooks.receiver.came.clear()
    hooks.deliver()
    assert [(one.path, one.body["appId"]) for one in hooks.receiver.came] == [("/elsewhere", elsewhere)]
    assert blind not in {one["appId"] for one in hooks.receiver.told()}


def test_an_app_is_told_of_its_own_life_whatever_its_scopes(hooks: Hooks) -> None:
    box = hooks.box
    app = hooks.new_app("/life", scopes=[])
    plan = box.operator.post(f"/operator/apps/{app}/plans", json={"name": "Gold", "amount": 5}).json()["planId"]
    place = {"companyId": box.company_id, "locationId": box.location_id}
    box.operator.put(f"/operator/apps/{app}/installations/plan", json=place | {"planId": plan})
    box.operator.put(f"/operator/apps/{app}", json={"scopes": ["users.readonly"]})
    hooks.install(app, locationId=box.location_id, planId=plan)
    box.operator.post(f"/operator/apps/{app}/uninstall", json=place)
    hooks.deliver()
    told = [(one["type"], one.get("locationId")) for one in hooks.receiver.told("/life")]
    here = box.location_id
    in_place = [one for one in told if one[1]]
    assert in_place == [("INSTALL", here), ("PLAN_CHANGE", here), ("UPDATE", here), ("UNINSTALL", here)]
    assert [one for one in told if not one[1]] == [("UPDATE", None)]
    assert {one["appId"] for one in hooks.receiver.told("/life")} == {app}


def test_what_happened_before_it_was_installed_is_not_told(hooks: Hooks) -> None:
    hooks.box.new_contact(firstName="Anna")
    hooks.box.sandbox.move_clock(timedelta(seconds=1))
    hooks.new_app("/late")
    hooks.deliver()
    assert [one["type"] for one in hooks.receiver.told("/late")] == ["INSTALL"]


def test_private_integrations_are_told_too(hooks: Hooks) -> None:
    box, url = hooks.box, f"{hooks.receiver.url}/mine"
    said = {"name": "Mine", "scopes": ["contacts.readonly"], "locationId": box.location_id, "companyId": box.company_id}
    token = box.operator.post("/operator/tokens", json=said).json()["id"]
    made = subscribe(hooks, tokenId=token, url=url, events=["ContactCreate"])
    assert (made["locationId"], made["events"]) == (box.location_id, ["ContactCreate"])
    contact = box.new_contact(firstName="Anna")
    box.location.post(f"/contacts/{contact}/notes", json={"body": "Called"})
    hooks.deliver()
    (told,) = hooks.receiver.told("/mine")
    assert (told["type"], told["id"], "appId" in told) == ("ContactCreate", contact, False)
    box.operator.post(f"/operator/tokens/{token}/rotate", json={"expireNow": True})
    box.new_contact(firstName="Bea")
    hooks.deliver()
    box.sandbox.work()
    box.new_contact(firstName="Cara")
    hooks.deliver()
    assert [one["firstName"] for one in hooks.receiver.told("/mine")] == ["Anna", "Bea", "Cara"]
    box.operator.delete(f"/operator/webhooks/integrations/{made['id']}")
    box.new_contact(firstName="Dora")
    hooks.deliver()
    assert len(hooks.receiver.told("/mine")) == 3


def test_subscriptions_are_checked(hooks: Hooks) -> None:
    box, path = hooks.box, "/operator/webhooks/integrations"
    said = {"name": "Mine", "scopes": [], "locationId": box.location_id, "companyId": box.company_id}
    token = box.operator.post("/operator/tokens", json=said).json()["id"]
    good = {"tokenId": token, "url": "https://example.com/hook"}
    refused = [
        ({**good, "events": ["ContactCreated"]}, 400, "There are no events ContactCreated"),
        ({**good, "tokenId": "none"}, 400, "Token with id none not found"),
        ({**good, "url": "ftp://example.com"}, 422, ["url must be an http or https address"]),
        ({**good, "url": "https://me:pw@example.com"}, 422, ["url must be an http or https address"]),
    ]
    for body, status, message in refused:
        reply = box.operator.post(path, json=body)
        assert (reply.status_code, reply.json()["message"]) == (status, message)
    made = subscribe(hooks, **good)
    assert box.operator.post(path, json=good).status_code == 409
    changed = box.operator.put(f"{path}/{made['id']}", json={"events": ["NoteCreate"]})
    assert changed.json() == made | {"events": ["NoteCreate"]}
    assert box.operator.get(path).json() == {"subscriptions": [changed.json()]}


def subscribe(hooks: Hooks, **said: Any) -> dict[str, Any]:
    reply = hooks.box.operator.post("/operator/webhooks/integrations", json=said)
    assert reply.status_code == 201, reply.text
    return reply.json()
