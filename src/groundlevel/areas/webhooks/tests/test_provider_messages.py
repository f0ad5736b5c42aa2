"""Messages for conversation providers, and keys that are changed."""

import json
from typing import Any

from groundlevel.areas.webhooks import Provider, ProviderOutboundMessage, send_to_provider
from groundlevel.areas.webhooks.tests.conftest import Hooks
from groundlevel.areas.webhooks.tests.test_delivering import verify
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Owners


def send(hooks: Hooks, path: str, **said: Any) -> str:
    box = hooks.box
    provider = Provider("p1", "Own SMS", f"{hooks.receiver.url}{path}", hooks.app_id)
    message = ProviderOutboundMessage(
        location_id=box.location_id, **{"contact_id": "anna", "message_id": "m", "type": "SMS", **said}
    )

    def work(ctx: Ctx) -> str:
        return send_to_provider(ctx, provider, message)

    return box.sandbox.do(Owners(box.location_id, box.company_id), work)


def test_a_message_goes_to_the_providers_address_as_it_is(hooks: Hooks) -> None:
    id = send(hooks, "/sms", phone="+15550100", message="Hello", user_id="u")
    hooks.deliver()
    (came,) = hooks.receiver.came
    assert (came.path, came.headers["x-webhook-id"]) == ("/sms", id)
    assert came.body == {
        "contactId": "anna", "locationId": hooks.box.location_id, "messageId": "m", "type": "SMS",
        "phone": "+15550100", "message": "Hello", "attachments": [], "userId": "u",
    }  # fmt: skip
    verify(hooks, came.headers, came.raw)
    (seen,) = hooks.log(type="ProviderOutboundMessage")
    assert (seen["webhookId"], seen["status"], seen["endpointId"]) == (id, "delivered", "provider:p1")
    endpoint = hooks.box.operator.get("/operator/webhooks/endpoints/provider:p1").json()
    assert (endpoint["name"], endpoint["url"], endpoint["state"]) == ("provider Own SMS", came_url(hooks), "ok")
    listed = hooks.box.operator.get("/operator/webhooks/endpoints").json()["endpoints"]
    assert endpoint in listed


def came_url(hooks: Hooks) -> str:
    return f"{hooks.receiver.url}/sms"


def test_messages_to_one_contact_keep_their_order_and_follow_the_provider(hooks: Hooks) -> None:
    hooks.receiver.answer = lambda path, _before: (500 if path == "/old" else 200, {})
    send(hooks, "/old", message="1")
    hooks.deliver()
    send(hooks, "/new", message="2")
    send(hooks, "/new", message="3")
    send(hooks, "/new", message="other", contact_id="bea")
    hooks.deliver()
    assert [json.loads(c.raw)["message"] for c in hooks.receiver.came] == ["1", "other"]
    hooks.later(seconds=7)
    assert [(c.path, c.body["message"]) for c in hooks.receiver.came[2:]] == [("/new", n) for n in "123"]


def test_new_keys_sign_from_now_on_and_the_old_ones_are_shown(hooks: Hooks) -> None:
    operator = hooks.box.operator
    before = operator.get("/operator/webhooks/keys").json()
    rotated = operator.post("/operator/webhooks/keys/rotate").json()
    assert operator.get("/operator/webhooks/keys").json() == rotated
    assert {rotated["ed25519"], rotated["rsa"]}.isdisjoint({before["ed25519"], before["rsa"]})
    (earlier,) = rotated["earlier"]
    assert {name: earlier[name] for name in ("dateAdded", "ed25519", "rsa")} == before
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    verify(hooks, hooks.receiver.came[0].headers, hooks.receiver.came[0].raw)
    for _ in range(11):
        rotated = operator.post("/operator/webhooks/keys/rotate").json()
    assert (len(rotated["earlier"]), before["rsa"] in str(rotated)) == (10, False)
