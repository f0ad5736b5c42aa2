"""Changing or adding: POST /contacts/upsert"""

from collections.abc import Callable
from typing import Any

import pytest

from groundlevel.conftest import Box

EMAIL, PHONE = "anna@example.com", "+14155552671"
Happened = Callable[[], list[str]]
Settle = Callable[..., None]


def upsert(box: Box, **said: Any) -> dict[str, Any]:
    reply = box.location.post("/contacts/upsert", json={"locationId": box.location_id, **said})
    assert reply.status_code == 200, reply.text
    assert reply.json().keys() == {"new", "contact", "traceId"}
    return reply.json()


def read(box: Box, id: str) -> dict[str, Any]:
    return box.location.get(f"/contacts/{id}").json()["contact"]


def total(box: Box) -> int:
    return box.location.post("/contacts/search", json={"locationId": box.location_id, "pageLimit": 1}).json()["total"]


def test_somebody_new_is_added(box: Box, happened: Happened) -> None:
    found = upsert(box, email=EMAIL, firstName="Anna", tags=["VIP"])
    assert (found["new"], found["contact"]["email"], found["contact"]["tags"]) == (True, EMAIL, ["vip"])
    assert read(box, found["contact"]["id"]) == found["contact"]
    assert happened() == ["ContactCreate"]


@pytest.mark.parametrize("said", [{"email": "Anna@EXAMPLE.com"}, {"phone": "(415) 555-2671"}])
def test_a_match_is_changed_and_the_rest_of_it_stays(box: Box, happened: Happened, said: dict[str, str]) -> None:
    id = box.new_contact(name="Anna Alm", email=EMAIL, phone=PHONE, city="Lund", tags=["vip"])
    happened()
    found = upsert(box, **said, firstName="Åsa")
    assert (found["new"], found["contact"]["id"]) == (False, id)
    assert found["contact"]["name"] == "Åsa Alm"
    assert (found["contact"]["city"], found["contact"]["tags"]) == ("Lund", ["vip"])
    assert (found["contact"]["email"], found["contact"]["phone"]) == (EMAIL, PHONE)
    assert (total(box), happened()) == (1, ["ContactUpdate"])


def test_a_match_takes_the_value_it_lacked(box: Box) -> None:
    id = box.new_contact(email=EMAIL)
    assert upsert(box, email=EMAIL, phone=PHONE)["contact"]["phone"] == PHONE
    other = box.new_contact(phone="+14155550000")
    assert upsert(box, email="new@example.com", phone="+14155550000")["contact"]["email"] == "new@example.com"
    assert (read(box, id)["phone"], read(box, other)["email"]) == (PHONE, "new@example.com")


CONFLICTS: list[tuple[list[str], str, dict[str, str | None]]] = [
    ([], "mail", {"email": EMAIL, "phone": None}),
    (["email", "phone"], "mail", {"email": EMAIL, "phone": None}),
    (["phone", "email"], "phone", {"email": None, "phone": PHONE}),
    (["email"], "mail", {"email": EMAIL, "phone": PHONE}),
]


@pytest.mark.parametrize(("match", "which", "kept"), CONFLICTS)
def test_email_of_one_and_phone_of_another(
    box: Box, settle: Settle, happened: Happened, match: list[str], which: str, kept: dict[str, str | None]
) -> None:
    two = {"mail": box.new_contact(email=EMAIL), "phone": box.new_contact(phone=PHONE)}
    settle(contact_match=match)
    happened()
    found = upsert(box, email=EMAIL, phone=PHONE, city="Lund")
    contact = found["contact"]
    assert (found["new"], contact["id"], contact["city"]) == (False, two[which], "Lund")
    assert {k: contact.get(k) for k in kept} == kept
    assert contact.get("emailLowerCase") == kept["email"]
    other = read(box, two["phone" if which == "mail" else "mail"])
    assert "city" not in other
    assert (total(box), happened()) == (2, ["ContactUpdate"])


@pytest.mark.parametrize(
    ("allowed", "asked", "new"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_a_second_one_only_where_allowed_and_asked_for(
    box: Box, settle: Settle, allowed: bool, asked: bool, new: bool
) -> None:
    id = box.new_contact(email=EMAIL)
    settle(allow_duplicate_contact=allowed)
    found = upsert(box, email=EMAIL, createNewIfDuplicateAllowed=asked)
    assert (found["new"], found["contact"]["id"] == id, total(box)) == (new, not new, 2 if new else 1)


def test_without_email_and_phone_it_adds(box: Box) -> None:
    assert [upsert(box, name="Anna Alm")["new"] for _ in range(2)] == [True, True]


def test_what_does_not_fit_is_refused(box: Box, happened: Happened) -> None:
    said = {"locationId": box.location_id, "email": EMAIL, "phone": "x", "dateOfBirth": "x"}
    reply = box.location.post("/contacts/upsert", json=said)
    assert reply.status_code == 422
    assert reply.json()["message"] == ["phone must be a valid phone number", "dateOfBirth must be a valid date"]
    assert (total(box), happened()) == (0, [])
