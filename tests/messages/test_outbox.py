"""The outbox as operators see it, and what becomes of it when what it is about goes."""

from groundlevel.areas.conversations.tests.conftest import PHONE, Talk
from groundlevel.areas.outbox.app_providers import APP_PROVIDERS
from groundlevel.areas.outbox.outgoing import OUTBOX
from groundlevel.kernel.jobs import SYSTEM


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
