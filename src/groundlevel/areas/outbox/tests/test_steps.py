"""What becomes of a message by what is reported of it: nothing is lost, and what may have left is not sent again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from groundlevel.areas.outbox import Outgoing, follows
from groundlevel.areas.outbox.steps import LEASE, RETRY, after, begun, lost
from groundlevel.kernel.wire import iso
from groundlevel.outside.transport import Report

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
ONE = Outgoing(
    id="m", location_id="l", company_id="c", contact_id="p", message_id="m", channel="SMS", state="waiting",
    date_added=iso(NOW), to="+1", lane="g +1", via="gateway", via_id="g",
)  # fmt: skip


def due(one: Outgoing) -> str:
    return (one.due or "").split(" ")[1]


def test_a_mark_is_made_before_anything_is_written() -> None:
    marked = begun(ONE, NOW)
    assert (marked.state, marked.attempts, marked.held, due(marked)) == ("sending", 1, "g +1", iso(NOW + LEASE))


def test_what_was_accepted_is_done() -> None:
    sent = after(begun(ONE, NOW), Report("accepted", "SM1"), NOW, 0.5, idempotent=False)
    assert (sent.state, sent.gateway_ref, sent.due, sent.held) == ("sent", "SM1", None, None)


def test_what_was_refused_is_not_tried_again() -> None:
    failed = after(begun(ONE, NOW), Report("refused", code="21211", reason="no number"), NOW, 0.5, idempotent=False)
    assert (failed.state, failed.code, failed.reason, failed.due, failed.held) == (
        "failed", "21211", "no number", None, None,
    )  # fmt: skip


def test_what_certainly_has_not_left_is_tried_again_later_each_time_and_then_fails() -> None:
    one, waits = ONE, list[float]()
    for _ in range(RETRY.attempts - 1):
        one = after(begun(one, NOW), Report("again", reason="no connection"), NOW, 0.5, idempotent=False)
        assert (one.state, one.held) == ("waiting", "g +1"), "what comes after it waits"
        waits.append((datetime.fromisoformat(due(one)) - NOW).total_seconds())
    assert waits == [10, 20, 40, 80, 160]
    one = after(begun(one, NOW), Report("again", reason="no connection"), NOW, 0.5, idempotent=False)
    assert (one.state, one.reason, one.held) == ("failed", "no connection, after 6 attempts", None)


def test_a_gateway_may_ask_for_more_time() -> None:
    one = after(begun(ONE, NOW), Report("again", after=120), NOW, 0.5, idempotent=False)
    assert due(one) == iso(NOW + timedelta(seconds=120))


def test_what_is_unclear_is_said_to_be() -> None:
    one = after(begun(ONE, NOW), Report("unclear", reason="hung up"), NOW, 0.5, idempotent=False)
    assert (one.state, one.code, one.reason, one.due) == (
        "unclear", "unclear", "It is not known whether it was sent: hung up", None,
    )  # fmt: skip
    safe = after(begun(ONE, NOW), Report("unclear", reason="hung up"), NOW, 0.5, idempotent=True)
    assert safe.state == "waiting"
    assert lost(begun(ONE, NOW), NOW).reason == "It is not known whether it was sent: the worker that sent it ended"


reports = st.builds(
    Report, outcome=st.sampled_from(("accepted", "refused", "again", "unclear")), after=st.floats(0, 1e6),
    code=st.text(max_size=5), reason=st.text(max_size=5),
)  # fmt: skip


@given(reports, st.integers(1, 20), st.floats(0, 1, exclude_max=True), st.booleans())
def test_it_is_done_or_due(report: Report, attempts: int, chance: float, idempotent: bool) -> None:
    one = begun(ONE, NOW)
    one.attempts = attempts
    now = after(one, report, NOW, chance, idempotent=idempotent)
    assert (now.due is None) == (now.held is None) == (now.state != "waiting")
    if report.outcome == "unclear" and not idempotent:
        assert now.state == "unclear"
    if now.due:
        assert iso(NOW) < due(now) <= iso(NOW + timedelta(seconds=RETRY.longest * (1 + RETRY.jitter)))


def test_reports_overtake_one_another() -> None:
    said = ["pending", "sent", "delivered", "sent", "read", "delivered", "failed"]
    status, seen = "pending", list[str]()
    for one in said:
        status = one if follows(status, one) else status
        seen.append(status)
    assert seen == ["pending", "sent", "delivered", "delivered", "read", "read", "read"]
