"""Adding a contact: POST /contacts/"""

from collections.abc import Callable
from typing import Any

import httpx2

from groundlevel.conftest import Box

MADE_BY_API = {"url": "", "sessionSource": "Public API", "medium": "public_api"}
NOBODY = "Pass at least one of email, phone, name, firstName, lastName and companyName"


def add(box: Box, **said: Any) -> httpx2.Response:
    return box.location.post("/contacts/", json={"locationId": box.location_id, **said})


def made(box: Box, **said: Any) -> dict[str, Any]:
    reply = add(box, **said)
    assert reply.status_code == 201, reply.text
    return reply.json()["contact"]


def test_a_contact_is_answered_whole_and_read_back_the_same(
    box: Box, happened: Callable[[], list[str]], still: Callable[[str], None]
) -> None:
    still("2027-03-01T15:00:00.250")
    said = {
        "firstName": " Anna ", "lastName": "Älm", "email": " Anna@Example.COM", "phone": "(415) 555-2671",
        "address1": "1 Main St", "city": "Uppsala", "state": "UP", "country": "SE", "postalCode": "75310",
        "website": "https://alm.example", "timezone": "Europe/Stockholm", "companyName": "Alm & Co", "gender": "f",
        "source": "fair", "assignedTo": box.user_id, "dateOfBirth": "1990-05-17", "tags": ["VIP", " vip", "New One"],
    }  # fmt: skip
    refused = add(box, **said)
    said["email"] = "Anna@Example.COM"
    contact = made(box, **said)
    assert refused.json()["message"] == ["email must be an email"]
    came = contact.pop("attributionSource")
    assert len(came.pop("mediumId")) == 24
    assert came == MADE_BY_API
    assert contact == {
        "id": contact["id"], "locationId": box.location_id, "type": "lead", "source": "fair", "dnd": False,
        "dateAdded": "2027-03-01T15:00:00.250Z", "dateUpdated": "2027-03-01T15:00:00.250Z",
        "name": "Anna Älm", "firstName": "Anna", "lastName": "Älm", "firstNameLowerCase": "anna",
        "lastNameLowerCase": "älm", "fullNameLowerCase": "anna älm", "email": "anna@example.com",
        "emailLowerCase": "anna@example.com", "phone": "+14155552671", "address1": "1 Main St", "city": "Uppsala",
        "state": "UP", "country": "SE", "postalCode": "75310", "website": "https://alm.example",
        "timezone": "Europe/Stockholm", "companyName": "Alm & Co", "gender": "f", "assignedTo": box.user_id,
        "dateOfBirth": "1990-05-17", "tags": ["vip", "new one"], "customFields": [], "followers": [],
        "additionalEmails": [],
    }  # fmt: skip
    read = box.location.get(f"/contacts/{contact['id']}").json()["contact"]
    del read["attributionSource"]
    assert read == contact
    assert happened() == ["ContactCreate"]


def test_the_event_carries_what_webhooks_carry(box: Box, still: Callable[[str], None]) -> None:
    still("2027-03-01T15:00:00")
    contact = made(box, name="Anna Alm", phone="+46181234567", dateOfBirth="1990-05-17", tags=["VIP"])
    assert box.sandbox.events() == [
        {
            "type": "ContactCreate", "id": contact["id"], "locationId": box.location_id, "name": "Anna Alm",
            "firstName": "Anna", "lastName": "Alm", "phone": "+46181234567", "source": "public api", "dnd": False,
            "dateAdded": "2027-03-01T15:00:00.000Z", "dateOfBirth": "1990-05-17T00:00:00.000Z", "tags": ["vip"],
            "attachments": [], "customFields": [],
        }
    ]  # fmt: skip


NAMES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"name": "Anna Maria Alm"}, {"name": "Anna Maria Alm", "firstName": "Anna", "lastName": "Maria Alm"}),
    ({"name": " Cher "}, {"name": "Cher", "firstName": "Cher"}),
    ({"lastName": "Alm"}, {"name": "Alm", "lastName": "Alm"}),
    ({"name": "Never Seen", "firstName": "Anna"}, {"name": "Anna", "firstName": "Anna"}),
    ({"name": "", "email": "a@b.se"}, {}),
    ({"name": None, "email": "a@b.se"}, {}),
]


def test_names(box: Box, settle: Callable[..., None]) -> None:
    settle(allow_duplicate_contact=True)
    lower = {"firstNameLowerCase": "firstName", "lastNameLowerCase": "lastName", "fullNameLowerCase": "name"}
    for said, kept in NAMES:
        contact = made(box, **said)
        assert {k: v for k, v in contact.items() if k in ("name", "firstName", "lastName")} == kept
        assert {k: contact.get(k) for k in lower} == {
            k: kept[v].lower() if v in kept else None for k, v in lower.items()
        }


PHONES = [
    ("US", "415-555-2671", "+14155552671"),
    ("SE", "018-123 45 67", "+46181234567"),
    ("GB", "020 7946 0018", "+442079460018"),
    ("SE", "+1 (415) 555 2671", "+14155552671"),
    ("US", "+46181234567", "+46181234567"),
    ("se", "018-123 45 67", "+46181234567"),
]


def test_phones_are_read_as_in_the_locations_country(box: Box, settle: Callable[..., None]) -> None:
    for country, said, kept in PHONES:
        settle(country, allow_duplicate_contact=True)
        assert (said, made(box, phone=said)["phone"]) == (said, kept)


BIRTHDAYS: list[tuple[Any, str | None]] = [
    ("1990-05-17", "1990-05-17"),
    ("1990-05-17T23:30:00.000Z", "1990-05-17"),
    ("1990-05-17T23:30:00-05:00", "1990-05-18"),
    (642_902_400_000, "1990-05-17"),
    (-1, "1969-12-31"),
    (0, "1970-01-01"),
    ("", None),
    (None, None),
]


def test_birthdays(box: Box) -> None:
    for said, kept in BIRTHDAYS:
        assert (said, made(box, name="A", dateOfBirth=said).get("dateOfBirth")) == (said, kept)


def test_tags_in_lower_case_are_defined_on_the_location_as_they_were_written(box: Box) -> None:
    made(box, name="A", tags=["Hot Lead", "hot lead", " ", "VIP"])
    made(box, name="B", tags=["vip"])
    tags = box.location.get(f"/locations/{box.location_id}/tags").json()["tags"]
    assert [t["name"] for t in tags] == ["Hot Lead", "VIP"]


def test_do_not_disturb_under_the_names_of_each_version(box: Box, happened: Callable[[], list[str]]) -> None:
    closed = {"status": "active", "message": "asked us", "code": "7"}
    new = made(box, name="A", dnd=True, dndSettings={"sms": closed}, inboundDndSettings={"all": {"status": "active"}})
    assert (new["dnd"], new["dndSettings"], new["inboundDndSettings"]) == (
        True, {"sms": closed}, {"all": {"status": "active"}},
    )  # fmt: skip
    older = box.v2.get(f"/contacts/{new['id']}").json()["contact"]
    assert older["dndSettings"] == {"SMS": closed}
    said = {"locationId": box.location_id, "name": "B", "dndSettings": {"Call": closed, "WhatsApp": closed}}
    other = box.v2.post("/contacts/", json=said)
    assert (other.status_code, other.json()["contact"]["dndSettings"]) == (201, {"Call": closed, "WhatsApp": closed})
    read = box.location.get(f"/contacts/{other.json()['contact']['id']}").json()["contact"]
    assert read["dndSettings"] == {"call": closed, "whatsApp": closed}
    assert happened() == ["ContactCreate", "ContactCreate"]


def test_a_custom_field_in_every_form(box: Box, new_field: Callable[..., str]) -> None:
    id = new_field("Pin code", "NUMERICAL")
    for named in ({"id": id}, {"key": "pin_code"}, {"key": "contact.pin_code"}):
        for form in ("value", "fieldValue", "field_value"):
            contact = made(box, name="A", customFields=[{**named, form: "42"}])
            assert (named, form, contact["customFields"]) == (named, form, [{"id": id, "value": 42}])


REFUSED: list[tuple[dict[str, Any], Any]] = [
    ({}, NOBODY),
    ({"name": " "}, NOBODY),
    ({"phone": "call me"}, ["phone must be a valid phone number"]),
    ({"name": "A", "dateOfBirth": "1990-02-30"}, ["dateOfBirth must be a valid date"]),
    ({"name": "A", "dateOfBirth": 10**18}, ["dateOfBirth must be a valid date"]),
    ({"name": "A", "assignedTo": "nobody"}, "User with id nobody not found"),
    ({"email": "not one"}, ["email must be an email"]),
    ({"name": 5, "tags": "vip", "additionalEmails": []}, [
        "property additionalEmails should not exist", "name must be a string", "tags must be an array",
    ]),
    ({"phone": "x", "dateOfBirth": "y", "customFields": [{"id": "z", "value": 1}, {"value": 1}]}, [
        "phone must be a valid phone number", "dateOfBirth must be a valid date",
        "customFields.0 must name a custom field of this location, not z", "customFields.1 must have an id or a key",
    ]),
]  # fmt: skip


def test_what_does_not_fit_is_refused_and_leaves_nothing(box: Box, happened: Callable[[], list[str]]) -> None:
    for said, message in REFUSED:
        reply = add(box, **{"tags": ["never"], **said})
        assert (reply.status_code, reply.json()["message"]) == (422 if isinstance(message, list) else 400, message)
        assert reply.json()["statusCode"] == (400 if "User" in message else 422)
    found = box.location.post("/contacts/search", json={"locationId": box.location_id, "pageLimit": 1}).json()
    assert (found["total"], happened()) == (0, [])
    assert box.location.get(f"/locations/{box.location_id}/tags").json() == {"tags": []}
