"""Kill -9 of server and worker while mail and texts leave by carriers that hang up: none twice, none lost, all told.

A small storm by itself; `GROUNDLEVEL_SENDS=20000` makes a large one.
"""

import os
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.conftest import LiveServer
from tests.messages.killing import PATIENCE_S, FickleMail, FickleTexts, Storm, carriers, key_of

from groundlevel.areas.outbox import Outgoing
from groundlevel.areas.outbox.steps import UNCLEAR
from groundlevel.kernel.settings import Settings
from groundlevel.main import open_store
from groundlevel.outside.http import REPLY_S

SENDS = int(os.environ.get("GROUNDLEVEL_SENDS") or 90)
KILLS = max(3, SENDS // 400)
SHORTEST_WAIT = timedelta(seconds=REPLY_S)
"""For an answer of the gateway for texts; servers for mail are given longer, and workers a minute for all of it."""


def test_none_leaves_twice_none_is_lost_and_what_is_unclear_is_said(
    new_server: Callable[..., LiveServer], record_property: Callable[[str, object], None]
) -> None:
    live, began = new_server("--allow-webhooks-to", "127.0.0.1"), time.perf_counter()
    store = open_store(Settings(database=live.database))
    with carriers(seed=7) as (mail, texts):
        storm = Storm(live, store, SENDS)
        live.start()
        storm.connect(mail, texts, people=min(400, max(24, SENDS // 20)))
        sent_through_kills(storm, mail, texts)
        rows = {one.id: one for one in settled(storm)}
        live.stop()
    store.close()
    came = mail.came() + texts.came()
    hung_up = {key_of(one) for one in mail.hung_up} | set(texts.hung_up)
    told = {
        "sends": len(rows), "kills": storm.kills, "twice": sum(n > 1 for n in came.values()),
        "lost": len(storm.acknowledged - set(rows)) + len({id for id in sent(rows) if not came[id]}),
        "unclear": len(unclear(rows)), "seconds": round(time.perf_counter() - began),
    }  # fmt: skip
    print(told)
    record_property("storm", told)
    assert (told["twice"], told["lost"]) == (0, 0), told
    assert {one.state for one in rows.values()} <= {"sent", "delivered", "unclear"}
    expected = (hung_up | storm.unsettled) & set(rows)
    assert expected <= unclear(rows), "whoever does not know says so"
    others = {id: rows[id].reason for id in unclear(rows) - expected if took(rows[id]) < SHORTEST_WAIT}
    assert others == {}, "and nobody else, but who has waited for an answer for as long as is waited"
    assert all(rows[id].reason.startswith(UNCLEAR) and len(rows[id].reason) > len(UNCLEAR) for id in unclear(rows))


def sent_through_kills(storm: Storm, mail: FickleMail, texts: FickleTexts) -> None:
    """Send everything, while what sends is killed again and again."""
    dice = random.Random(3)
    for nth in range(KILLS):
        threads, aim, until = storm.send(), SENDS * (nth + 1) // (KILLS + 1), time.monotonic() + 4 * PATIENCE_S
        while len(mail.taken) + len(texts.simulator.messages) < aim and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(dice.random() / 20)
        server = nth % 2 == 0 or nth == KILLS - 1
        storm.kill(server=server)
        if server:
            for thread in threads:
                thread.join()
            storm.wait_out_the_lease()
            storm.live.start()
        else:
            storm.move_past_the_lease()
            storm.worker()
            for thread in threads:
                thread.join()
    for thread in storm.send():
        thread.join()


def settled(storm: Storm) -> list[Outgoing]:
    """What has become of everything, when nothing is on its way any more. What dead workers held is waited out."""
    until, alone = time.monotonic() + PATIENCE_S + SENDS / 20, 0
    while (sending := storm.rows("sending")) or storm.rows("waiting"):
        assert time.monotonic() < until, "it does not come to an end"
        alone = alone + 1 if sending and {one.id for one in sending} <= storm.unsettled else 0
        if alone == 5:
            storm.move_past_the_lease()
        time.sleep(0.1 if SENDS < 1_000 else 2.0)
    return storm.rows()


def sent(rows: dict[str, Outgoing]) -> set[str]:
    return {id for id, one in rows.items() if one.state in ("sent", "delivered")}


def unclear(rows: dict[str, Outgoing]) -> set[str]:
    return {id for id, one in rows.items() if one.state == "unclear"}


def took(one: Outgoing) -> timedelta:
    """From the beginning of the last attempt until nobody waited for it any more."""
    begun = next(step.at for step in reversed(one.history) if step.state == "sending")
    return datetime.fromisoformat(one.history[-1].at) - datetime.fromisoformat(begun)
