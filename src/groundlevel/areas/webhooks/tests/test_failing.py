"""Receivers that fail, are slow, redirect or are away: nothing is lost, nobody else waits, order is kept."""

import asyncio
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from groundlevel.areas.webhooks.posting import NO_ADDRESS, TOO_LATE, lease
from groundlevel.areas.webhooks.tests.conftest import Hooks
from groundlevel.kernel.wire import iso


def refuse(*statuses: int, **headers: str) -> Any:
    """An answer with these statuses, one after the other, and then 200."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _path, before: (statuses[before], given) if before < len(statuses) else (200, {})


def test_what_failed_is_sent_again_under_the_same_id(hooks: Hooks) -> None:
    hooks.receiver.answer = refuse(500, 404)
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    (one,) = hooks.log(status="waiting")
    assert (one["attempts"], one["lastStatus"], len(hooks.receiver.came)) == (1, 500, 1)
    hooks.later(seconds=3)
    assert len(hooks.receiver.came) == 1
    hooks.later(seconds=4)
    assert len(hooks.receiver.came) == 2
    hooks.later(seconds=20)
    first, *others = hooks.receiver.came
    assert [other.raw for other in others] == [first.raw] * 2
    assert {c.headers["x-ghl-signature"] for c in hooks.receiver.came} == {first.headers["x-ghl-signature"]}
    whole = hooks.one(one["webhookId"])
    assert (whole["status"], [a["status"] for a in whole["history"]]) == ("delivered", [500, 404, 200])


def test_after_twelve_attempts_it_has_failed_and_can_be_sent_again(hooks: Hooks) -> None:
    hooks.receiver.answer = lambda _path, _before: (503, {})
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    for hours in (1,) * 6 + (8,) * 6:
        hooks.later(hours=hours)
    (one,) = hooks.log(status="failed")
    assert (one["attempts"], one["reason"], len(hooks.receiver.came)) == (12, "answered 503, after 12 attempts", 12)
    hooks.receiver.answer = refuse()
    again = hooks.box.operator.post(f"/operator/webhooks/deliveries/{one['webhookId']}/replay")
    assert (again.status_code, again.json()["status"]) == (200, "waiting")
    hooks.deliver()
    assert hooks.one(one["webhookId"])["status"] == "delivered"
    assert {body["webhookId"] for body in hooks.receiver.told()} == {one["webhookId"]}


def test_all_that_failed_since_a_time_is_sent_again(hooks: Hooks) -> None:
    hooks.box.operator.put(f"/operator/webhooks/endpoints/{hooks.app_id}", json={"policy": "hosted"})
    hooks.receiver.answer = lambda _path, _before: (500, {})
    for name in ("Anna", "Bea"):
        hooks.box.new_contact(firstName=name)
    hooks.deliver()
    since = iso(hooks.box.sandbox.move_clock(timedelta(hours=1)))
    hooks.box.new_contact(firstName="Cara")
    hooks.deliver()
    assert [one["reason"] for one in hooks.log(status="failed")] == ["answered 500, after 1 attempt"] * 3
    hooks.receiver.answer = refuse()
    hooks.receiver.came.clear()
    reply = hooks.box.operator.post("/operator/webhooks/replay", json={"since": since})
    assert (reply.status_code, reply.json()) == (200, {"started": 1, "more": False})
    hooks.deliver()
    assert [body["firstName"] for body in hooks.receiver.told()] == ["Cara"]
    assert len(hooks.log(status="failed")) == 2


def test_the_hosted_policy_tries_again_after_429_only(hooks: Hooks) -> None:
    hooks.box.operator.put(f"/operator/webhooks/endpoints/{hooks.app_id}", json={"policy": "hosted"})
    hooks.receiver.answer = lambda _path, _before: (429, {})
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    for _ in range(9):
        hooks.later(minutes=13)
    assert (len(hooks.receiver.came), [one["attempts"] for one in hooks.log(status="failed")]) == (7, [7])


def test_a_receiver_may_ask_for_patience(hooks: Hooks) -> None:
    hooks.receiver.answer = refuse(429, Retry_After="120")
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    hooks.later(seconds=110)
    assert len(hooks.receiver.came) == 1
    hooks.later(seconds=11)
    assert len(hooks.receiver.came) == 2


def test_later_events_of_a_record_wait_and_others_do_not(hooks: Hooks) -> None:
    hooks.receiver.answer = refuse(500)
    anna = hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    hooks.box.location.put(f"/contacts/{anna}", json={"lastName": "Alm"})
    hooks.box.location.post(f"/contacts/{anna}/notes", json={"body": "Called"})
    bea = hooks.box.new_contact(firstName="Bea")
    hooks.deliver()
    assert [(one["type"], one["id"]) for one in hooks.receiver.told()] == [
        ("ContactCreate", anna), ("ContactCreate", bea)
    ]  # fmt: skip
    hooks.later(seconds=7)
    told = [one["type"] for one in hooks.receiver.told() if anna in (one["id"], one.get("contactId"))]
    assert told == ["ContactCreate", "ContactCreate", "ContactUpdate", "NoteCreate"]


def test_redirects_are_not_followed(hooks: Hooks) -> None:
    hooks.receiver.answer = lambda path, _before: (302, {"Location": "/other"}) if path == "/hook" else (200, {})
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    (one,) = hooks.log(status="waiting")
    assert ([c.path for c in hooks.receiver.came], one["lastStatus"]) == (["/hook"], 302)


def test_this_machine_is_not_asked_unless_it_is_named(hooks: Hooks) -> None:
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver("somewhere.example")
    (one,) = hooks.log(status="waiting")
    (attempt,) = hooks.one(one["webhookId"])["history"]
    assert (hooks.receiver.came, attempt["status"]) == ([], 0)
    assert attempt["error"] == "127.0.0.1 would be asked without TLS; --allow-webhooks-to 127.0.0.1 allows it"


def test_nobody_there(hooks: Hooks) -> None:
    hooks.receiver.close()
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    (one,) = hooks.log(status="waiting")
    assert "no connection" in hooks.one(one["webhookId"])["history"][0]["error"]


def test_a_dead_endpoint_is_left_alone_and_then_tried_with_one(hooks: Hooks) -> None:
    hooks.receiver.answer = lambda _path, _before: (500, {})
    for n in range(20):
        hooks.box.new_contact(firstName=f"Anna {n}")
    hooks.deliver()
    first = len(hooks.receiver.came)
    assert 5 <= first <= 20
    endpoint = hooks.box.operator.get(f"/operator/webhooks/endpoints/{hooks.app_id}").json()
    assert (endpoint["state"], endpoint["failures"], endpoint["waiting"]) == ("left alone", 5, 20)
    hooks.later(seconds=1)
    assert len(hooks.receiver.came) == first
    hooks.later(seconds=100)
    assert len(hooks.receiver.came) == first + 1, "one, to see"
    hooks.receiver.answer = refuse()
    hooks.later(minutes=10)
    hooks.later(minutes=10)
    assert len(hooks.log(status="delivered", type="ContactCreate")) == 20
    assert hooks.box.operator.get(f"/operator/webhooks/endpoints/{hooks.app_id}").json()["state"] == "ok"


def test_what_waits_too_long_for_a_dead_endpoint_fails(hooks: Hooks) -> None:
    hooks.receiver.answer = lambda _path, _before: (500, {})
    for n in range(8):
        hooks.box.new_contact(firstName=f"Anna {n}")
    hooks.deliver()
    hooks.later(days=3, minutes=1)
    assert {one["reason"] for one in hooks.log(status="failed")} == {TOO_LATE}
    assert hooks.log(status="waiting") == []


def test_a_slow_endpoint_delays_no_other(hooks: Hooks) -> None:
    hooks.new_app("/slow")
    hooks.deliver()
    hooks.receiver.came.clear()
    free, done = threading.Event(), threading.Event()
    hooks.receiver.before = lambda path: free.wait(20) and None if path == "/slow" else None
    for n in range(30):
        hooks.box.new_contact(firstName=f"Anna {n}")

    async def go() -> float:
        began, courier = time.perf_counter(), hooks.courier()
        working = asyncio.create_task(courier.work(lambda: not done.is_set()))
        while len(hooks.receiver.told("/hook")) < 30:
            assert time.perf_counter() - began < 15
            await asyncio.sleep(0.01)
        took = time.perf_counter() - began
        free.set()
        while len(hooks.receiver.told("/slow")) < 30:
            await asyncio.sleep(0.01)
        done.set()
        await working
        return took

    assert asyncio.run(go()) < 10
    assert len(hooks.log(status="delivered", type="ContactCreate", limit=100)) == 60


def test_a_paused_endpoint_waits_and_goes_on(hooks: Hooks) -> None:
    path = f"/operator/webhooks/endpoints/{hooks.app_id}"
    assert hooks.box.operator.put(path, json={"paused": True}).json()["state"] == "paused"
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    assert (hooks.receiver.came, len(hooks.log(status="waiting"))) == ([], 1)
    hooks.later(days=4)
    assert hooks.box.operator.put(path, json={"paused": False}).json()["waiting"] == 1
    hooks.deliver()
    assert [one["firstName"] for one in hooks.receiver.told()] == ["Anna"]


def test_what_waits_goes_to_the_new_address_and_fails_where_there_is_none(hooks: Hooks) -> None:
    hooks.receiver.answer = lambda path, _before: (500 if path == "/hook" else 200, {})
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    hooks.listen(hooks.app_id, url=f"{hooks.receiver.url}/moved")
    hooks.later(seconds=7)
    assert [c.path for c in hooks.receiver.came] == ["/hook", "/moved"]
    hooks.box.new_contact(firstName="Bea")
    hooks.deliver("nothing.example")
    hooks.listen(hooks.app_id, url=None)
    hooks.later(seconds=7)
    assert [one["reason"] for one in hooks.log(status="failed")] == [NO_ADDRESS]


def test_a_lease_is_one_workers_own_until_it_ends(hooks: Hooks) -> None:
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver("nothing.example")
    now = hooks.box.sandbox.move_clock(timedelta(seconds=10))
    store = hooks.box.sandbox.app.store
    (taken,) = lease(store, now, lambda _id, _most: 10).parcels
    assert lease(store, now + timedelta(seconds=40), lambda _id, _most: 10).parcels == []
    (again,) = lease(store, now + timedelta(seconds=46), lambda _id, _most: 10).parcels
    assert (again.id, again.body) == (taken.id, taken.body)


def test_done_deliveries_are_kept_for_thirty_days(hooks: Hooks) -> None:
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    before = len(hooks.log())
    hooks.later(days=29)
    assert len(hooks.log()) == before > 1
    hooks.later(days=2)
    assert hooks.log() == []


@pytest.mark.parametrize("path", ["deliveries/none", "endpoints/none"])
def test_unknown_ones(hooks: Hooks, path: str) -> None:
    assert hooks.box.operator.get(f"/operator/webhooks/{path}").status_code == 404
