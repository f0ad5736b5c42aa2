"""Input that nobody should send: a clear refusal, never a failure, and nothing written."""

import json
from typing import Any

import pytest
from httpx2 import Response

from groundlevel.conftest import Box
from groundlevel.kernel.events import LOG
from groundlevel.kernel.store import Owners
from groundlevel.kernel.store.table import TABLES

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data; boundary=x"}


def start(**said: Any) -> bytes:
    """A good contact's JSON, but for its end."""
    return json.dumps({"locationId": "HomeHomeHomeHomeHo01", "email": "bad@example.com", **said}).encode()[:-1]


def around(value: bytes, name: bytes = b"firstName") -> bytes:
    """A contact with a member that is written as given."""
    return start() + b', "' + name + b'": ' + value + b"}"


BODIES: dict[str, tuple[bytes, dict[str, str], int]] = {
    "nothing": (b"", JSON, 422),
    "cut off": (start(), JSON, 400),
    "words": (b"hello", JSON, 400),
    "a comma too many": (start() + b",}", JSON, 400),
    "two values": (start() + b"}{}", JSON, 400),
    "single quotes": (b"{'locationId': 'x'}", JSON, 400),
    "a comment": (b"/* c */ {}", JSON, 400),
    "NaN": (around(b"NaN", b"dateOfBirth"), JSON, 400),
    "Infinity": (around(b"Infinity", b"dateOfBirth"), JSON, 400),
    "a number beyond all numbers": (around(b"1e999", b"dateOfBirth"), JSON, 400),
    "a very large number": (around(b"9" * 400, b"dateOfBirth"), JSON, 422),
    "a number of 100,000 digits": (around(b"9" * 100_000, b"dateOfBirth"), JSON, 400),
    "a day that no calendar has": (around(b'"2027-02-31"', b"dateOfBirth"), JSON, 422),
    "a number for a text": (around(b"12"), JSON, 422),
    "a text for a list": (around(b'"a"', b"tags"), JSON, 422),
    "a list": (b"[]", JSON, 422),
    "a text": (b'"text"', JSON, 422),
    "null": (b"null", JSON, 422),
    "true": (b"true", JSON, 422),
    "Latin-1": (around('"é"'.encode("latin-1")), JSON, 400),
    "UTF-16": ((start() + b"}").decode().encode("utf-16"), JSON, 400),
    "UTF-32": ((start() + b"}").decode().encode("utf-32"), JSON, 400),
    "an overlong encoding": (around(b'"\xc0\xaf"'), JSON, 400),
    "an encoded surrogate": (around(b'"\xed\xa0\x80"'), JSON, 400),
    "a lone surrogate": (around(b'"\\ud800"'), JSON, 400),
    "a reversed pair": (around(b'"\\udc00\\ud800"'), JSON, 400),
    "an escape that is none": (around(b'"\\q"'), JSON, 400),
    "NUL, escaped": (around(b'"a\\u0000b"'), JSON, 400),
    "NUL in a name of a member": (around(b'"x"', b"a\\u0000b"), JSON, 422),
    "NUL, as it is": (around(b'"a\0b"'), JSON, 400),
    "NUL in a list": (around(b'["a\\u0000b"]', b"tags"), JSON, 400),
    "depth of 100,000 lists": (around(b"[" * 100_000 + b"]" * 100_000, b"tags"), JSON, 400),
    "depth of 100,000 objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON, 400),
    "depth in a member that is none": (around(b"[" * 5_000 + b"]" * 5_000, b"strange"), JSON, 400),
    "a list of 10,000": (around(json.dumps(["t"] * 10_000).encode(), b"tags"), JSON, 422),
    "a text of a million letters": (around(b'"' + b"x" * 1_000_000 + b'"'), JSON, 422),
    "a member that is none": (around(b"1", b"additionalEmails"), JSON, 422),
    "10,000 members that are none": (
        start() + b"," + b",".join(b'"m%d":1' % n for n in range(10_000)) + b"}", JSON, 422
    ),
    "an email that is none": (around(b'"not an email"', b"email"), JSON, 422),
    "a phone that is none": (around(b'"not a phone"', b"phone"), JSON, 422),
    "a body over the limit": (around(b'"' + b"x" * 3_000_000 + b'"'), JSON, 413),
    "XML": (b"<contact/>", {"Content-Type": "application/xml"}, 415),
    "plain text": (start() + b"}", {"Content-Type": "text/plain"}, 415),
    "a type that is none": (start() + b"}", {"Content-Type": "no/such=\xff"}, 415),
    "a form without what it needs": (b"firstName=A", FORM, 422),
    "a form with NUL": (b"locationId=HomeHomeHomeHomeHo01&firstName=a%00b", FORM, 400),
    "a form of 10,000 fields": (b"&".join(b"a%d=1" % n for n in range(10_000)), FORM, 400),
    "a form in no encoding": (b"locationId=HomeHomeHomeHomeHo01&firstName=%ff%fe", FORM, 400),
    "parts without a boundary": (b"--x\r\n", {"Content-Type": "multipart/form-data"}, 400),
    "parts that do not end": (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb', PARTS, 422),
    "parts without names": (b"--x\r\n\r\nb\r\n--x--\r\n", PARTS, 400),
}  # fmt: skip

TARGETS: dict[str, tuple[str, int]] = {
    "NUL in the path": ("/contacts/a%00b", 400),
    "a path in no encoding": ("/contacts/%ff%fe", 400),
    "a path of 10,000 letters": ("/contacts/" + "x" * 10_000, 400),
    "a path of 5,000 segments": ("/contacts" + "/a" * 5_000, 404),
    "dots in the path": ("/contacts/..%2f..%2fetc", 404),
    "SQL in the path": ("/contacts/'%20OR%201=1--", 400),
    "NUL in the query": ("/contacts/search/duplicate?locationId=HomeHomeHomeHomeHo01&email=a%00b", 400),
    "a query in no encoding": ("/contacts/search/duplicate?locationId=HomeHomeHomeHomeHo01&email=%ff", 400),
    "a query of 1,000 members": ("/contacts/search/duplicate?" + "&".join(f"a{n}=1" for n in range(1_000)), 400),
    "a query that nests": ("/contacts/search/duplicate?locationId" + "[a]" * 500 + "=1", 422),
    "a member twice": ("/contacts/search/duplicate?locationId=a&locationId=b", 422),
    "a member that is none": ("/contacts/search/duplicate?locationId=HomeHomeHomeHomeHo01&strange=1", 422),
    "a huge number": ("/businesses/?locationId=HomeHomeHomeHomeHo01&limit=" + "9" * 5_000, 422),
    "a negative number": ("/businesses/?locationId=HomeHomeHomeHomeHo01&limit=-1", 422),
    "half a number": ("/businesses/?locationId=HomeHomeHomeHomeHo01&limit=1.5", 422),
}


def contents(box: Box) -> int:
    """How much is written: every row of every table, and of the log."""
    db = box.sandbox.app.store.read(Owners(system=True))
    rows = sum(len(db.across_owners(t, limit=100_000)) for t in TABLES.values())
    return rows + len(db.log_after(LOG, 0, 100_000))


def is_clear(reply: Response, status: int) -> None:
    """The refusal is of this status, says so itself, and says why in words; it tells nothing of the inside."""
    assert reply.status_code == status, reply.text[:300]
    told = reply.json()
    assert told["statusCode"] == status
    messages = told["message"] if isinstance(told["message"], list) else [told["message"]]
    assert messages
    assert all(isinstance(m, str) and len(m) > 4 for m in messages)
    assert not any(word in reply.text for word in ("Traceback", "msgspec", "groundlevel", "sqlite"))


@pytest.mark.parametrize("case", BODIES)
@pytest.mark.parametrize(("method", "path"), [("POST", "/contacts/"), ("POST", "/contacts/upsert")])
def test_a_bad_body_is_refused(box: Box, method: str, path: str, case: str) -> None:
    body, headers, status = BODIES[case]
    before = contents(box)
    raw = [(k.encode(), v.encode("latin-1")) for k, v in headers.items()]
    is_clear(box.location.request(method, path, content=body, headers=raw), status)
    assert contents(box) == before


@pytest.mark.parametrize("case", TARGETS)
def test_a_bad_target_is_refused(box: Box, case: str) -> None:
    path, status = TARGETS[case]
    before = contents(box)
    is_clear(box.location.get(path), status)
    assert contents(box) == before


def test_of_a_member_that_is_sent_twice_the_last_one_counts(box: Box) -> None:
    """As in every reader of JSON that clients know."""
    reply = box.location.post("/contacts/", content=around(b'"A", "firstName": "B"'), headers=JSON)
    assert (reply.status_code, reply.json()["contact"]["firstName"]) == (201, "B")


def test_json_is_read_whatever_its_parameters_say(box: Box) -> None:
    for n, kind in enumerate(("application/json; charset=utf-8", "application/vnd.api+json", "APPLICATION/JSON")):
        body = json.dumps({"locationId": box.location_id, "email": f"kind{n}@example.com"})
        assert box.location.post("/contacts/", content=body, headers={"Content-Type": kind}).status_code == 201


def test_a_form_is_as_good_as_json(box: Box) -> None:
    said = {"locationId": box.location_id, "email": "form@example.com", "tags[0]": "a", "tags[1]": "b", "dnd": "true"}
    reply = box.location.post("/contacts/", data=said)
    assert reply.status_code == 201, reply.text
    assert (reply.json()["contact"]["tags"], reply.json()["contact"]["dnd"]) == (["a", "b"], True)


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "OPTIONS", "HEAD", "BREW"])
def test_a_method_that_no_operation_has_finds_nothing(box: Box, method: str) -> None:
    reply = box.location.request(method, "/contacts/")
    assert reply.status_code == 404


def test_a_contact_that_is_nobody_is_refused_as_the_service_does(box: Box) -> None:
    before = contents(box)
    reply = box.location.post("/contacts/", json={"locationId": box.location_id})
    assert (reply.status_code, reply.json()["statusCode"]) == (400, 422)
    assert contents(box) == before
