"""When it is tried again: tables."""

from datetime import UTC, datetime, timedelta

import pytest

from groundlevel.areas.webhooks.envelope import envelope, record_of
from groundlevel.areas.webhooks.operators import without_values
from groundlevel.areas.webhooks.policies import POLICIES, Circuit, asked_for, good

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)

WAITS: list[tuple[str, int, int, float, float | None, float | None]] = [
    # policy, failed attempts, status, chance, asked for -> seconds
    ("standard", 1, 500, 0.5, None, 5), ("standard", 1, 500, 0.0, None, 4), ("standard", 1, 0, 0.5, None, 5),
    ("standard", 2, 404, 0.5, None, 15), ("standard", 3, 302, 0.5, None, 45), ("standard", 8, 500, 0.5, None, 10_935),
    ("standard", 9, 500, 0.5, None, 21_600), ("standard", 11, 500, 0.5, None, 21_600),
    ("standard", 12, 500, 0.5, None, None), ("standard", 1, 429, 0.5, 120, 120), ("standard", 1, 503, 0.5, 1, 5),
    ("standard", 1, 429, 0.5, 1e9, 21_600), ("hosted", 1, 429, 0.5, None, 600), ("hosted", 6, 429, 0.0, None, 480),
    ("hosted", 1, 429, 0.5, 7_200, 600), ("hosted", 7, 429, 0.5, None, None), ("hosted", 1, 500, 0.5, None, None),
    ("hosted", 1, 0, 0.5, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "tries", "status", "chance", "asked", "seconds"), WAITS)
def test_waits(policy: str, tries: int, status: int, chance: float, asked: float | None, seconds: float | None) -> None:
    wait = POLICIES[policy].wait(tries, status, chance, asked)
    assert (wait and round(wait.total_seconds(), 3)) == seconds


ASKED = [
    ("120", 120.0), (" 0 ", 0.0), ("", None), ("soon", None), ("-5", None), ("99999999999999", None),
    ("Mon, 01 Mar 2027 12:01:00 GMT", 60.0), ("Mon, 01 Mar 2027 11:00:00 GMT", 0.0), ("1.5", None), ("٣", None),
]  # fmt: skip


@pytest.mark.parametrize(("header", "seconds"), ASKED)
def test_retry_after(header: str, seconds: float | None) -> None:
    assert asked_for(header, NOW) == seconds


def test_what_is_good() -> None:
    assert [s for s in (0, 100, 199, 200, 204, 299, 300, 301, 404, 429, 500) if good(s)] == [200, 204, 299]


def test_a_circuit_opens_longer_each_time_and_closes_at_once() -> None:
    circuit, alone = Circuit(), list[float | None]()
    for _ in range(12):
        now = circuit.until or NOW
        circuit = circuit.after(ok=False, now=now)
        alone.append((circuit.until - now).total_seconds() if circuit.until else None)
    assert alone == [None] * 4 + [10, 20, 40, 80, 160, 300, 300, 300]
    assert circuit.until
    assert circuit.admits(circuit.until - timedelta(seconds=1)) == 0
    assert circuit.admits(circuit.until) == 1
    assert circuit.after(ok=False, now=circuit.until - timedelta(seconds=1)) == circuit, "sent before it was left alone"
    assert circuit.after(ok=True, now=NOW) == Circuit()
    assert Circuit().admits(NOW) == -1


RECORDS = [
    ({"type": "ContactUpdate", "id": "c", "locationId": "l"}, "c"),
    ({"type": "NoteCreate", "id": "n", "contactId": "c"}, "c"),
    ({"type": "AppointmentCreate", "appointment": {"id": "a"}, "locationId": "l"}, "a"),
    ({"type": "InvoicePaid", "_id": "i"}, "i"),
    ({"type": "INSTALL", "appId": "app", "locationId": "l", "companyId": "co"}, "app@l"),
    ({"type": "UPDATE", "appId": "app"}, "app@"),
    ({"type": "LCEmailStats", "companyId": "co"}, "LCEmailStats@co"),
]


@pytest.mark.parametrize(("said", "record"), RECORDS)
def test_what_an_event_is_about(said: dict[str, str], record: str) -> None:
    assert record_of(said) == record


def test_envelopes() -> None:
    said = {"id": "c", "type": "ContactCreate", "locationId": "l", "name": "Ä"}
    assert envelope(said, "2027", "w", "a", "v").decode() == (
        '{"type":"ContactCreate","locationId":"l","appId":"a","versionId":"v","id":"c","name":"Ä","timestamp":"2027",'
        '"webhookId":"w"}'
    )
    assert b"appId" not in envelope(said, "2027", "w")
    told = {"type": "UPDATE", "appId": "a", "versionId": "new"}
    assert envelope(told, "2027", "w", "a", "new").count(b"versionId") == 1


HIDDEN = [
    ("https://example.com/hook", "https://example.com/hook"),
    ("https://example.com/hook?key=a&b=c&d", "https://example.com/hook?key=…&b=…&d=…"),
    ("https://me:pw@example.com:8443/x", "https://example.com:8443/x"), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("url", "shown"), HIDDEN)
def test_values_in_addresses_are_hidden(url: str, shown: str) -> None:
    assert without_values(url) == shown
