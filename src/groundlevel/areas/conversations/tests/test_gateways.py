"""A sub-account's own gateway, simulated: what is sent by it, what becomes of it, what comes in, and STOP."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
import pytest

from groundlevel.areas.conversations.tests.conftest import PHONE, Talk
from groundlevel.conftest import Box
from groundlevel.outside.simulator import Call, Simulator

ACCOUNT, TOKEN, NUMBER = "AC00000000000000000000000000000001", "the auth token", "+14155550100"
HELP = "Home: for help, +15550100. Reply STOP to get no more messages."


class Gateway:
    """The simulator behind a server of this machine. drop: how many requests it takes and then hangs up on; takes_s:
    how long it is about one."""

    def __init__(self) -> None:
        self.simulator, self.drop, self.takes_s, outer = Simulator({ACCOUNT: TOKEN}), 0, 0.0, self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                authorization = self.headers.get("Authorization", "")
                status, told = outer.simulator.answer("POST", self.path, authorization, parse_qsl(raw))
                time.sleep(outer.takes_s)
                if outer.drop:
                    outer.drop -= 1
                    self.connection.close()
                    return
                body = msgspec.json.encode(told)
                with suppress(ConnectionError):  # who asked may be gone
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Quietly."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def sent(self) -> list[dict[str, str]]:
        """What it was given, in order."""
        return [one.fields for one in self.simulator.messages.values()]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.close()


def connected(talk: Talk, gateway: Gateway, **more: Any) -> dict[str, Any]:
    """The sub-account's gateway, aimed at the simulator."""
    said = {"account": ACCOUNT, "secret": TOKEN, "sender": NUMBER, "url": gateway.url} | more
    reply = talk.box.operator.post(f"/operator/locations/{talk.box.location_id}/gateways", json=said)
    assert reply.status_code == 201, reply.text
    return reply.json()


def call(box: Box, one: Call, signature: str = "") -> int:
    """The status of the answer to what a gateway tells."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature or one.signature}
    path = one.url.removeprefix(box.sandbox.app.settings.public_url)
    body = urlencode(list(one.fields)).encode()
    return box.sandbox.client(None).post(path, content=body, headers=headers).status_code


def test_a_text_goes_out_and_its_fate_comes_back(talk: Talk, gateway: Gateway) -> None:
    box, made = talk.box, connected(talk, gateway)
    assert "secret" not in made
    assert TOKEN not in box.operator.get(f"/operator/locations/{box.location_id}/gateways").text
    id = talk.send(attachments=["https://x.com/a.png", "https://x.com/b.png"])["messageId"]
    box.leave()
    (sent,) = gateway.simulator.messages.values()
    assert (sent.fields | {"MediaUrl": ""}, sent.media) == (
        {
            "To": PHONE, "From": NUMBER, "Body": "Hello", "MediaUrl": "",
            "StatusCallback": made["inbound"].replace("/inbound", f"/status/{id}"),
        },
        ["https://x.com/a.png", "https://x.com/b.png"],
    )  # fmt: skip
    assert (talk.message(id)["status"], box.operator.get(f"/operator/outbox/{id}").json()["gatewayRef"]) == (
        "sent", sent.sid,
    )  # fmt: skip
    first, second = (gateway.simulator.advance(sent.sid, ACCOUNT) for _ in range(2))
    assert first
    assert second
    assert call(box, second, signature="c2lnbmF0dXJl") == 403
    assert call(box, Call(second.url + "x", second.fields, second.signature)) == 403
    assert talk.message(id)["status"] == "sent", "who does not sign is not believed"
    assert call(box, second) == 200
    assert call(box, first) == 200, "which is late"
    assert talk.message(id)["status"] == "delivered"
    assert [one["state"] for one in talk.outbox()] == ["delivered"]


def test_what_is_refused_or_fails_is_told_with_its_code(talk: Talk, gateway: Gateway) -> None:
    box = talk.box
    connected(talk, gateway)
    barred, fails = (box.new_contact(firstName=n, phone=f"+1415555{n}") for n in ("0003", "0005"))
    first, second = talk.send(barred)["messageId"], talk.send(fails)["messageId"]
    box.leave()
    told = talk.message(first)
    assert (told["status"], told["error"]) == ("failed", {
        "code": "21408", "message": "Permission to send an SMS has not been enabled for the region.",
    })  # fmt: skip
    (sid,) = gateway.simulator.messages
    for _ in range(2):
        step = gateway.simulator.advance(sid, ACCOUNT)
        assert step
        assert call(box, step) == 200
    told = talk.message(second)
    assert (told["status"], told["error"]["code"]) == ("failed", "30005")


def test_a_crowded_gateway_is_asked_again_and_what_follows_waits(talk: Talk, gateway: Gateway) -> None:
    box = talk.box
    connected(talk, gateway)
    crowded = box.new_contact(firstName="Crowded", phone="+14155550029")
    first, second = talk.send(crowded, message="1")["messageId"], talk.send(crowded, message="2")["messageId"]
    other = talk.send(message="3")["messageId"]
    box.leave()
    states = {one["id"]: (one["state"], one["attempts"]) for one in talk.outbox()}
    assert states == {first: ("waiting", 1), second: ("waiting", 0), other: ("sent", 1)}
    talk.later(seconds=5)
    assert {one["id"]: one["attempts"] for one in talk.outbox(state="waiting")} == {first: 1, second: 0}
    for _ in range(4):
        talk.later(minutes=16)
        assert {one["id"]: one["state"] for one in talk.outbox(limit=2)}[second] == "waiting"
    talk.later(minutes=16)
    one, two = (box.operator.get(f"/operator/outbox/{id}").json() for id in (first, second))
    assert (one["state"], one["attempts"], one["code"]) == ("failed", 6, "20429")
    assert (two["state"], two["attempts"]) == ("waiting", 1), "only when the one before is done"


def test_what_may_have_left_is_not_sent_again(talk: Talk, gateway: Gateway) -> None:
    """The gateway took it and hung up before its answer: nobody here can know that, but its report tells."""
    box = talk.box
    connected(talk, gateway)
    gateway.drop = 1
    id = talk.send()["messageId"]
    box.leave()
    one = box.operator.get(f"/operator/outbox/{id}").json()
    assert (one["state"], one["code"], one["attempts"]) == ("unclear", "unclear", 1)
    assert one["reason"].startswith("It is not known whether it was sent: hung up without an answer")
    assert (talk.message(id)["status"], talk.message(id)["error"]["code"]) == ("failed", "unclear")
    for _ in range(3):
        talk.later(hours=1)
    assert len(gateway.sent()) == 1
    (sid,) = gateway.simulator.messages
    step = gateway.simulator.advance(sid, ACCOUNT)
    assert step
    assert call(box, step) == 200
    step = gateway.simulator.advance(sid, ACCOUNT)
    assert step
    assert call(box, step) == 200
    assert (talk.message(id)["status"], talk.outbox()[0]["state"]) == ("delivered", "delivered")


def test_what_is_unclear_is_sent_again_only_by_hand(talk: Talk, gateway: Gateway) -> None:
    box = talk.box
    connected(talk, gateway)
    gateway.drop = 1
    id = talk.send()["messageId"]
    box.leave()
    again = f"/operator/outbox/{id}/send-again"
    assert box.operator.post(again).json()["state"] == "waiting"
    box.leave()
    assert (len(gateway.sent()), talk.outbox()[0]["state"]) == (2, "sent")
    refused = box.operator.post(again)
    assert (refused.status_code, refused.json()["message"]) == (
        400, "The message is sent; only what has failed or is unclear can be sent again",
    )  # fmt: skip


def test_a_gateway_that_is_away_is_no_riddle(talk: Talk, gateway: Gateway) -> None:
    connected(talk, gateway, url="http://127.0.0.1:1")
    id = talk.send()["messageId"]
    talk.box.leave()
    assert (talk.outbox()[0]["state"], talk.message(id)["status"]) == ("waiting", "pending")
    barred = connected(talk, gateway, url="http://10.1.2.3", channels=["WhatsApp"])
    assert barred["channels"] == ["WhatsApp"]
    talk.send(type="WhatsApp")
    talk.box.leave()
    assert "10.1.2.3" in talk.outbox()[0]["reason"], "the operator's network is not asked"


def test_pausing_keeps_and_disconnecting_fails(talk: Talk, gateway: Gateway) -> None:
    box, made = talk.box, connected(talk, gateway)
    at = f"/operator/locations/{box.location_id}/gateways/{made['id']}"
    assert box.operator.put(at, json={"paused": True}).json()["paused"] is True
    talk.send()
    box.leave()
    assert (talk.outbox()[0]["state"], gateway.sent()) == ("waiting", [])
    box.operator.put(at, json={"paused": False, "sender": "+14155550111"})
    box.leave()
    assert (talk.outbox()[0]["state"], gateway.sent()[0]["From"]) == ("sent", "+14155550111")
    talk.send()
    box.operator.delete(at)
    box.leave()
    assert (talk.outbox()[0]["state"], talk.outbox()[0]["reason"]) == ("failed", "its gateway was disconnected")
    talk.send()
    assert talk.outbox()[0]["via"] == "nobody"


def comes(talk: Talk, gateway: Gateway, made: dict[str, Any], **said: str) -> int:
    """Something comes in by the gateway."""
    url = f"{talk.box.sandbox.app.settings.public_url}/gateways/{talk.box.location_id}/{made['id']}/inbound"
    assert made["inbound"] == url
    fields = list(({"From": PHONE, "To": NUMBER, "Body": "Hello"} | said).items())
    return call(talk.box, gateway.simulator.comes_in(ACCOUNT, url, fields))


def test_what_comes_in_is_kept_once_and_makes_contacts(talk: Talk, gateway: Gateway) -> None:
    box, made = talk.box, connected(talk, gateway)
    url = made["inbound"]
    one = gateway.simulator.comes_in(
        ACCOUNT, url, [("From", PHONE), ("To", NUMBER), ("Body", "Hi"), ("MediaUrl0", "https://m/1")]
    )
    assert [call(box, one), call(box, one)] == [200, 200]
    (kept,) = talk.thread()
    assert (kept["body"], kept["attachments"], kept["from"], kept["to"]) == ("Hi", ["https://m/1"], PHONE, NUMBER)
    assert comes(talk, gateway, made, From="+442079460000", Body="Anyone there?") == 200
    assert comes(talk, gateway, made, From="messenger:1234", Body="By messenger", ProfileName="Mia") == 200
    assert comes(talk, gateway, made, From="messenger:1234", Body="Once more", ProfileName="Mia") == 200
    found = [(c["fullName"], c["phone"], c["lastMessageType"], c["unreadCount"]) for c in talk.found(status="unread")]
    assert found == [
        ("Mia", "", "TYPE_FACEBOOK", 2), ("", "+442079460000", "TYPE_SMS", 1), ("Anna Alm", PHONE, "TYPE_SMS", 1),
    ]  # fmt: skip
    mia = talk.found(query="mia")[0]["contactId"]
    connected(talk, gateway, channels=["FB"])
    talk.send(mia, type="FB", message="Hello Mia")
    box.leave()
    assert gateway.sent()[-1]["To"] == "messenger:1234"
    strange = talk.send(type="FB")
    assert (strange["code"], strange["message"]) == (400, "The contact has not written on FB yet")


def test_stop_closes_the_number_and_start_opens_it(talk: Talk, gateway: Gateway) -> None:
    box, made = talk.box, connected(talk, gateway)
    queued = talk.send(message="On its way")["messageId"]
    scheduled = talk.send(scheduledTimestamp=int(box.sandbox.clock.now().timestamp()) + 3_600)["messageId"]
    assert comes(talk, gateway, made, Body=" Stop! ") == 200
    contact = box.location.get(f"/contacts/{talk.anna}").json()["contact"]
    assert contact["dndSettings"] == {"sms": {"status": "permanent", "message": "STOP_KEYWORD"}}
    refused = talk.send()
    assert (refused["code"], refused["message"], refused["canonicalCode"]) == (
        400, f"Cannot send message as {PHONE} has unsubscribed", "CONVERSATIONS_MSG_UNSUBSCRIBED_SMS",
    )  # fmt: skip
    change = {"dndSettings": {"sms": {"status": "inactive"}}}
    assert box.location.put(f"/contacts/{talk.anna}", json=change).status_code == 400
    assert talk.send(box.new_contact(firstName="Other"), toNumber=PHONE)["code"] == 400, "whoever has the number"
    talk.later(hours=2)
    assert gateway.sent() == [], "nothing that waited has left"
    assert [talk.message(id)["status"] for id in (queued, scheduled)] == ["failed", "failed"]
    assert talk.message(queued)["error"]["code"] == "CONVERSATIONS_MSG_UNSUBSCRIBED_SMS"
    assert comes(talk, gateway, made, Body="start") == 200
    assert talk.send()["code"] == 200
    talk.later(seconds=1)
    assert [one["Body"] for one in gateway.sent()] == ["Hello"]


def test_help_is_answered_where_the_gateway_does_not(talk: Talk, gateway: Gateway) -> None:
    box = talk.box
    box.agency.put(f"/locations/{box.location_id}", json={"companyId": box.company_id, "phone": "+15550100"})
    made = connected(talk, gateway)
    assert comes(talk, gateway, made, Body="HELP") == 200
    assert talk.outbox() == []
    at = f"/operator/locations/{box.location_id}/gateways/{made['id']}"
    box.operator.put(at, json={"listens": False})
    assert comes(talk, gateway, made, Body="help") == 200
    box.leave()
    assert [one["Body"] for one in gateway.sent()] == [HELP]
