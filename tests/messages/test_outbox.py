"""The outbox as operators see it, and what becomes of it when what it is about goes."""

from datetime import timedelta
from email import message_from_bytes, policy

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from groundlevel.areas.conversations.tests.conftest import MAIL, PHONE, Talk
from groundlevel.areas.conversations.tests.test_files import PNG, sends
from groundlevel.areas.conversations.tests.test_mail import Post, Server, post, server
from groundlevel.areas.outbox.app_providers import APP_PROVIDERS
from groundlevel.areas.outbox.outgoing import OUTBOX
from groundlevel.kernel.jobs import SYSTEM

__all__ = ["Server", "post", "server"]
AT = "/operator/outbox"
KEY = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_what_is_in_it_can_be_found(talk: Talk) -> None:
    box = talk.box
    ids = [talk.send(message=f"Text {n}")["messageId"] for n in range(3)]
    mail = talk.send(type="Email", subject="Subject", html="<p>Hi</p>")["emailMessageId"]
    every = [one["id"] for one in talk.outbox()]
    assert every == [mail, *ids[::-1]]
    assert [one["id"] for one in talk.outbox(after=every[1], limit=1)] == [every[2]]
    assert [one["id"] for one in talk.outbox(channel="Email", locationId=box.location_id)] == [mail]
    assert talk.outbox(state="failed") == talk.outbox(locationId=box.other_location_id) == []
    assert [one["state"] for one in talk.outbox(state="waiting")] == ["waiting"] * 4
    whole = box.operator.get(f"/operator/outbox/{ids[0]}").json()
    assert (whole["to"], whole["text"], whole["contactId"], whole["locationId"]) == (
        PHONE, "Text 0", talk.anna, box.location_id,
    )  # fmt: skip
    for reply in (box.operator.get("/operator/outbox/none"), box.operator.get("/operator/outbox?after=none")):
        assert reply.status_code == 404
    refused = box.operator.post(f"/operator/outbox/{ids[0]}/send-again")
    assert refused.json()["message"] == (
        "The message is waiting; only what has failed or is unclear can be sent again"
    )  # fmt: skip


def test_what_failed_can_be_sent_again_but_not_against_the_contact(talk: Talk) -> None:
    box = talk.box
    id = talk.send()["messageId"]
    box.location.put(f"/contacts/{talk.anna}", json={"dnd": True})
    box.leave()
    (failed,) = talk.outbox()
    assert (failed["state"], talk.message(id)["status"]) == ("failed", "failed")
    assert "DND is active" in failed["reason"]
    assert box.operator.post(f"/operator/outbox/{id}/send-again").json()["state"] == "waiting"
    box.leave()
    assert talk.outbox()[0]["state"] == "failed"
    box.location.put(f"/contacts/{talk.anna}", json={"dnd": False})
    box.operator.post(f"/operator/outbox/{id}/send-again")
    box.leave()
    assert (talk.outbox()[0]["state"], talk.message(id)["status"]) == ("sent", "sent")


def test_what_waits_for_a_contact_that_goes_never_leaves(talk: Talk) -> None:
    talk.send()
    assert talk.box.location.delete(f"/contacts/{talk.anna}").status_code == 200
    talk.box.leave()
    (one,) = talk.outbox()
    assert (one["state"], one["reason"]) == ("failed", "the contact was removed")


def test_it_goes_with_its_sub_account(talk: Talk) -> None:
    box = talk.box
    talk.send()
    assert box.agency.delete(f"/locations/{box.location_id}", params={"deleteTwilioAccount": True}).status_code == 200
    box.sandbox.work()
    assert talk.outbox() == []


def test_old_ones_are_cleared_away(talk: Talk) -> None:
    from groundlevel.areas.outbox.forgetting import tidy

    box = talk.box
    talk.send()
    waits = talk.send(scheduledTimestamp=round(box.sandbox.clock.now().timestamp()) + 100 * 86_400)["messageId"]
    box.leave()
    talk.later(seconds=2)
    for days in (0, 91):
        talk.later(days=days)
        tidy(box.sandbox.app.store, box.sandbox.clock.now())
    assert [one["id"] for one in talk.outbox()] == [waits]


def test_an_apps_providers_go_with_it(talk: Talk) -> None:
    box = talk.box
    app = box.operator.post("/operator/apps", json={"name": "A"}).json()["id"]
    box.operator.post(f"/operator/apps/{app}/providers", json={"name": "First", "type": "SMS"})
    assert box.operator.delete(f"/operator/apps/{app}").status_code == 200
    kept = box.sandbox.do(SYSTEM, lambda ctx: (ctx.db.count(APP_PROVIDERS), ctx.db.count(OUTBOX)))
    assert kept == (0, 0)


def test_it_is_found_by_whom_it_is_for_and_since_when(talk: Talk) -> None:
    box = talk.box
    bea = box.new_contact(firstName="Bea", email="bea@client.com", phone="+14155550124")
    text, mail = talk.send()["messageId"], talk.send(type="Email", subject="s", html="h")["emailMessageId"]
    now = box.sandbox.move_clock(timedelta(minutes=5))
    other = talk.send(bea)["messageId"]

    def found(**params: str) -> list[str]:
        return [one["id"] for one in talk.outbox(**params)]

    assert found(to=PHONE) == [text]
    assert found(to="ANNA@client") == [mail]
    assert found(to="+1415555012") == [other, text]
    assert found(contactId=talk.anna) == [mail, text]
    assert found(since=now.isoformat()) == [other]
    assert box.operator.get(AT, params={"since": "yesterday"}).json()["message"] == [
        "since must be a valid ISO 8601 date string"
    ]


def test_it_tells_what_became_of_a_message(talk: Talk) -> None:
    box = talk.box
    id = talk.send()["messageId"]
    box.location.put(f"/contacts/{talk.anna}", json={"dnd": True})
    box.leave()
    box.location.put(f"/contacts/{talk.anna}", json={"dnd": False})
    box.operator.post(f"{AT}/{id}/send-again")
    box.leave()
    talk.later(seconds=2)
    told = [(step["state"], step.get("reason", "")) for step in box.operator.get(f"{AT}/{id}").json()["history"]]
    assert told == [
        ("waiting", ""), ("failed", "Cannot send message as DND is active."), ("waiting", ""), ("sent", ""),
        ("delivered", ""),
    ]  # fmt: skip


def test_a_mails_source_is_what_the_server_was_given(post: Post) -> None:
    talk, box = post.talk, post.box
    post.connect(dkimDomain="shop.example", dkimSelector="s1", dkimKey=KEY)
    file = sends(talk, ("Plan – März.png", PNG)).json()["uploadedFiles"].popitem()[1]
    reply, _ = post.goes(attachments=[file], message="Größe")
    source = box.operator.get(f"{AT}/{reply['emailMessageId']}/source")
    assert source.headers["content-type"] == "message/rfc822"
    assert source.content.startswith(b"DKIM-Signature: v=1; a=ed25519-sha256;")
    assert source.content == post.server.contents[-1]
    talk.later(days=3)
    assert box.operator.get(f"{AT}/{reply['emailMessageId']}/source").content == source.content


def test_mail_for_nobody_has_a_source_too(talk: Talk) -> None:
    box = talk.box
    urls = [*sends(talk, ("a.png", PNG)).json()["uploadedFiles"].values(), "https://x.example/b.png"]
    id = talk.send(type="Email", subject="Hi", html="<p>Hello</p>", message=None, attachments=urls)["emailMessageId"]
    written = message_from_bytes(box.operator.get(f"{AT}/{id}/source").content, policy=policy.default)
    assert (written["From"], written["To"], written["Subject"]) == ("Home <nobody@localhost>", MAIL, "Hi")
    assert [part.get_content_type() for part in written.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "image/png",
    ]  # fmt: skip
    file = box.operator.get(f"{AT}/{id}/attachments/0")
    assert (file.content, file.headers["content-disposition"].split(";")[0]) == (PNG, "attachment")
    elsewhere = box.operator.get(f"{AT}/{id}/attachments/1")
    assert (elsewhere.status_code, elsewhere.headers["location"]) == (302, urls[1])
    for number in ("2", "-1", "x"):
        assert box.operator.get(f"{AT}/{id}/attachments/{number}").status_code == 404
    text = talk.send()["messageId"]
    assert box.operator.get(f"{AT}/{text}/source").json()["message"] == "The message is no mail"
    wrong = talk.send(type="Email", subject="s", html="h", emailTo="not an address")["emailMessageId"]
    assert "is no address of mail" in box.operator.get(f"{AT}/{wrong}/source").json()["message"]


def test_what_is_over_can_be_forgotten_and_what_is_to_leave_stays(talk: Talk) -> None:
    box = talk.box
    gone = [talk.send()["messageId"] for _ in range(2)]
    talk.later(seconds=2)
    talk.later(seconds=2)
    waits = talk.send()["messageId"]
    nothing = {"removed": 0, "more": False}
    assert box.operator.delete(AT, params={"state": "failed"}).json() == nothing
    assert box.operator.delete(AT, params={"locationId": box.other_location_id}).json() == nothing
    assert box.operator.delete(AT, params={"before": "2020-01-01"}).json() == nothing
    assert box.operator.delete(AT, params={"state": "waiting"}).status_code == 422
    assert box.operator.delete(AT).json() == {"removed": 2, "more": False}
    assert [one["id"] for one in talk.outbox()] == [waits]
    assert talk.message(gone[0])["status"] == "delivered"
