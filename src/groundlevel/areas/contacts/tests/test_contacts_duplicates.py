"""Who counts as the same person, and what then: the location's settings decide."""

from collections.abc import Callable
from typing import Any

import pytest

from groundlevel.conftest import Box

EMAIL, PHONE = "anna@example.com", "+14155552671"

Rule = dict[str, Any]
BOTH: Rule = {}
EMAIL_FIRST: Rule = {"contact_match": ["email", "phone"]}
PHONE_FIRST: Rule = {"contact_match": ["phone", "email"]}
EMAIL_ONLY: Rule = {"contact_match": ["email"]}

REFUSALS: list[tuple[Rule, dict[str, str], str, str]] = [
    (BOTH, {"email": EMAIL}, "mail", "email"),
    (BOTH, {"email": "ANNA@example.COM"}, "mail", "email"),
    (BOTH, {"phone": "(415) 555-2671"}, "phone", "phone"),
    (BOTH, {"email": EMAIL, "phone": PHONE}, "mail", "email"),
    (EMAIL_FIRST, {"email": EMAIL, "phone": PHONE}, "mail", "email"),
    (PHONE_FIRST, {"email": EMAIL, "phone": PHONE}, "phone", "phone"),
    (PHONE_FIRST, {"email": EMAIL, "phone": "+14155550000"}, "mail", "email"),
    (EMAIL_ONLY, {"email": EMAIL, "phone": PHONE}, "mail", "email"),
]

ACCEPTED: list[tuple[Rule, dict[str, str]]] = [
    (BOTH, {"email": "other@example.com", "phone": "+14155550000"}),
    (BOTH, {"name": "Anna by mail"}),
    (EMAIL_ONLY, {"phone": PHONE}),
    (EMAIL_ONLY, {"email": "other@example.com", "phone": PHONE}),
    ({"allow_duplicate_contact": True}, {"email": EMAIL, "phone": PHONE}),
]


@pytest.fixture
def two(box: Box) -> dict[str, str]:
    """One contact that has the email, another that has the phone."""
    return {
        "mail": box.new_contact(name="Anna by mail", email=EMAIL),
        "phone": box.new_contact(phone=PHONE),
    }


def test_a_duplicate_is_refused_and_told_of_whom(
    box: Box, two: dict[str, str], settle: Callable[..., None], happened: Callable[[], list[str]]
) -> None:
    happened()
    for rule, said, which, field in REFUSALS:
        settle(**rule)
        reply = box.location.post("/contacts/", json={"locationId": box.location_id, **said})
        name = {"mail": "Anna by mail", "phone": PHONE}[which]
        assert reply.status_code == 400
        assert reply.json() == {
            "statusCode": 400,
            "message": "This location does not allow duplicated contacts.",
            "error": "Bad Request",
            "traceId": reply.json()["traceId"],
            "meta": {"contactId": two[which], "contactName": name, "matchingField": field},
        }
    assert happened() == []


def test_no_duplicate_by_the_rule(box: Box, two: dict[str, str], settle: Callable[..., None]) -> None:
    for rule, said in ACCEPTED:
        settle(**rule)
        id = box.new_contact(**said)
        assert id not in two.values()
        box.location.delete(f"/contacts/{id}")


def test_a_neighbours_contact_is_nobodys_duplicate(box: Box, two: dict[str, str]) -> None:
    reply = box.other.post("/contacts/", json={"locationId": box.other_location_id, "email": EMAIL})
    assert reply.status_code == 201


LOOKED_UP: list[tuple[Rule, dict[str, str], str | None]] = [
    (BOTH, {"email": "Anna@Example.com"}, "mail"),
    (BOTH, {"number": "415 555 2671"}, "phone"),
    (BOTH, {"number": "415 555 2671", "email": EMAIL}, "mail"),
    (PHONE_FIRST, {"number": "415 555 2671", "email": EMAIL}, "phone"),
    (EMAIL_ONLY, {"number": PHONE}, None),
    (BOTH, {"email": "nobody@example.com"}, None),
    (BOTH, {"number": "no number"}, None),
]


def test_looking_for_a_duplicate(box: Box, two: dict[str, str], settle: Callable[..., None]) -> None:
    for rule, asked, which in LOOKED_UP:
        settle(**rule)
        reply = box.location.get("/contacts/search/duplicate", params={"locationId": box.location_id, **asked})
        assert reply.status_code == 200
        found = reply.json()["contact"]
        assert (asked, found and found["id"]) == (asked, two[which] if which else None)
        assert reply.json().keys() == {"contact", "traceId"}


def test_looking_for_nobody_is_refused(box: Box) -> None:
    reply = box.location.get("/contacts/search/duplicate", params={"locationId": box.location_id})
    assert (reply.status_code, reply.json()["message"]) == (400, "Either number or email must be passed")
