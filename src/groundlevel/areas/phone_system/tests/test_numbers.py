"""Searching, buying, listing and giving back, of the simulated gateway of a test installation."""

from typing import Any

import phonenumbers
import pytest

from groundlevel.conftest import Box

NO_GATEWAY = (
    "The sub-account has no gateway for texts to get numbers by: connect one at /operator/locations/{}/gateways"
)
GONE = "Phone number is no longer available"
NOT_THERE = f"{GONE}: The phone number you are attempting to purchase is not available."
NO_NUMBER = f"{GONE}: The phone number you are attempting to purchase is not a valid phone number."


def at(box: Box) -> str:
    return f"/phone-system/numbers/location/{box.location_id}"


def search(box: Box, **query: Any) -> list[dict[str, Any]]:
    reply = box.location.get(f"{at(box)}/available", params={"countryCode": "US"} | query)
    assert reply.status_code == 200, reply.text
    return reply.json()["numbers"]


def buy(box: Box, number: str, **more: Any) -> Any:
    return box.location.post(f"{at(box)}/purchase", json={"phoneNumber": number} | more)


def numbers(box: Box, **query: Any) -> list[dict[str, Any]]:
    return box.location.get(at(box), params=query).json()["data"]["numbers"]


def test_without_a_gateway_it_is_said_what_to_do(box: Box) -> None:
    assert box.location.get(at(box)).json()["message"] == "Phone system is not connected to this account"
    assert box.location.get(at(box)).status_code == 404
    for reply in (box.location.get(f"{at(box)}/available", params={"countryCode": "US"}), buy(box, "+14155552671")):
        assert (reply.status_code, reply.json()["message"]) == (400, NO_GATEWAY.format(box.location_id))


def test_what_is_offered_fits_what_is_wanted(trial: Box) -> None:
    first = search(trial, numberTypes="local")[0]
    digits = first["phoneNumber"].removeprefix("+1")
    assert first == {
        "phoneNumber": first["phoneNumber"], "friendlyName": f"({digits[:3]}) {digits[3:6]}-{digits[6:]}",
        "isoCountry": "US", "addressRequirements": "none", "beta": False, "lata": first["lata"],
        "capabilities": {"MMS": True, "SMS": True, "voice": True}, "locality": first["locality"],
        "rateCenter": first["locality"].upper()[:10], "latitude": first["latitude"], "longitude": first["longitude"],
        "region": first["region"], "postalCode": first["postalCode"],
    }  # fmt: skip
    shown = [one["phoneNumber"][2:] for one in search(trial, numberTypes=["local"], firstPart="830", lastPart="825")]
    assert len(shown) > 5
    assert {(one[:3], one[-3:], len(one)) for one in shown} == {("830", "825", 10)}
    assert all("5" * 3 in one["phoneNumber"] for one in search(trial, anywhere="555", numberTypes="local,tollFree"))
    kinds = {one["phoneNumber"][:5] for one in search(trial, numberTypes="tollFree")}
    assert kinds <= {"+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888"}


@pytest.mark.parametrize(("country", "kind"), [("GB", "mobile"), ("DE", "local"), ("SE", "mobile"), ("AU", "tollFree")])
def test_numbers_of_a_country_are_valid_there(trial: Box, country: str, kind: str) -> None:
    found = search(trial, countryCode=country.lower(), numberTypes=kind)
    assert len(found) > 5
    for one in found:
        assert phonenumbers.is_valid_number_for_region(phonenumbers.parse(one["phoneNumber"]), country)
        assert (one["isoCountry"], one["capabilities"]["SMS"]) == (country, kind == "mobile")
    assert search(trial, countryCode=country, numberTypes=kind, mmsEnabled="true") == []


def test_what_cannot_be_looked_for(trial: Box) -> None:
    def refused(**query: Any) -> Any:
        reply = trial.location.get(f"{at(trial)}/available", params=query)
        return reply.status_code, reply.json()["message"]

    assert refused() == (422, ["countryCode must be a string"])
    assert refused(countryCode="XX") == (422, ["countryCode must be a valid ISO31661 Alpha2 code"])
    assert refused(countryCode="US", firstPart="4x") == (422, ["firstPart must have digits only"])
    assert search(trial, numberTypes="mobile") == []  # nobody sells these there
    assert search(trial, numberTypes="satellite") == []


def test_a_number_is_bought_and_is_no_longer_offered(trial: Box) -> None:
    number = search(trial, numberTypes="local")[0]["phoneNumber"]
    bought = buy(trial, number, countryCode="US", numberType="local")
    assert (bought.status_code, bought.json()) == (
        201,
        {
            "status": "success", "message": "Number purchased", "statusCode": 201,
            "data": {
                "number": number, "locationId": trial.location_id, "id": trial.location_id, "underLcAccount": True,
            },
        },
    )  # fmt: skip
    assert number not in [one["phoneNumber"] for one in search(trial, numberTypes="local")]
    (kept,) = numbers(trial)
    assert kept == {
        "phoneNumber": number, "sid": kept["sid"], "countryCode": "US", "type": "local", "isDefaultNumber": True,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": True}, "isGroupConversationEnabled": True,
        "dateAdded": kept["dateAdded"], "dateUpdated": kept["dateAdded"], "linkedRingAllUsers": [],
        "friendlyName": kept["friendlyName"], "origin": "twilio",
    }  # fmt: skip
    assert (kept["sid"][:2], len(kept["sid"])) == ("PN", 34)


def test_who_comes_second_does_not_get_it(trial: Box) -> None:
    assert buy(trial, "+14155552671").status_code == 201
    again = buy(trial, "(415) 555-2671")
    assert (again.status_code, again.json()["message"]) == (400, GONE)
    there = f"/phone-system/numbers/location/{trial.other_location_id}"
    other = trial.other.post(f"{there}/purchase", json={"phoneNumber": "+14155552671"})
    assert (other.status_code, other.json()["message"]) == (400, GONE)
    assert trial.other.get(there).json()["data"]["numbers"] == []
    assert [one["phoneNumber"] for one in numbers(trial)] == ["+14155552671"]
    assert trial.sandbox.work() == 0  # nothing is left to be looked after
    assert trial.operator.get("/operator/jobs").json()["jobs"] == []


def test_a_purchase_is_told_again_by_its_fingerprint(trial: Box) -> None:
    first = buy(trial, "+14155552671", fingerprintId="a").json()
    assert buy(trial, "+14155552671", fingerprintId="a").json() == first
    assert buy(trial, "+14155552671", fingerprintId="b").status_code == 400


@pytest.mark.parametrize(
    ("number", "status", "message"),
    [
        ("nothing", 422, ["phoneNumber must be a valid phone number"]),
        ("+15005550000", 400, NOT_THERE),
        ("+15005550001", 400, NO_NUMBER),
    ],
)  # fmt: skip
def test_what_cannot_be_bought(trial: Box, number: str, status: int, message: Any) -> None:
    for _ in range(2):  # the refused one is free again
        reply = buy(trial, number)
        assert (reply.status_code, reply.json()["message"]) == (status, message)
    assert numbers(trial) == []


def test_the_older_version_has_the_account_and_a_flat_list(trial: Box) -> None:
    told = trial.v2.post(f"{at(trial)}/purchase", json={"phoneNumber": "+14155552671", "skipLocationKYC": False})
    assert told.status_code == 201
    account = told.json()
    assert account == {
        "id": trial.location_id, "account_sid": account["account_sid"], "under_ghl_account": True,
        "validate_sms": True, "location_id": trial.location_id, "numbers": {"+14155552671": "conversation"},
        "number_name": {"+14155552671": "(415) 555-2671"}, "assigned_to_numbers": {}, "migration_status": None,
        "migration_numbers": [], "new_account_sid": "",
    }  # fmt: skip
    listed = trial.v2.get(at(trial), params={"pageSize": 10, "searchFilter": "+1415"}).json()
    assert {k: v for k, v in listed.items() if k != "numbers"} == {
        "isUnderGhl": True, "pageSize": 10, "page": 0, "accountStatus": "active"
    }  # fmt: skip
    assert [one["phoneNumber"] for one in listed["numbers"]] == ["+14155552671"]
    assert trial.v2.get(at(trial), params={"searchFilter": "+46"}).json()["numbers"] == []
    assert trial.v2.post(f"{at(trial)}/purchase", json={"phoneNumber": "1", "paymentIntentId": "x"}).status_code == 422


def test_pages(trial: Box) -> None:
    for n in range(5):
        assert buy(trial, f"+1415555267{n}").status_code == 201
    assert [one["phoneNumber"][-1] for one in numbers(trial, pageSize=2, page=1)] == ["2", "3"]
    reply = trial.location.get(at(trial), params={"pageSize": 2, "includeRcsSenderIds": "true"}).json()["data"]
    assert (reply["total"], reply["rcsSenderIds"], len(reply["numbers"])) == (5, [], 2)
    assert trial.location.get(at(trial), params={"pageSize": 1_001}).status_code == 422


def test_pools_hold_numbers_back(trial: Box) -> None:
    for n in range(3):
        buy(trial, f"+1415555267{n}")
    there = f"/operator/locations/{trial.location_id}/number-pools"
    said = {"name": "Sales", "numbers": ["+14155552670", "+14155552671"], "whisper": True, "whisperMessage": "Sales"}
    pool = trial.operator.post(there, json=said).json()
    named = [{"phoneNumber": f"+1415555267{n}", "friendlyName": f"(415) 555-267{n}"} for n in range(3)]
    assert pool == {
        "id": pool["id"], "name": "Sales", "locationId": trial.location_id, "numbers": named[:2], "whisper": True,
        "whisperMessage": "Sales", "forwardingNumber": "", "callRecording": False, "isActive": True,
        "inboundCallService": None,
    }  # fmt: skip
    place = {"locationId": trial.location_id}
    listed = {"success": True, "data": [pool], "total": 1}
    assert trial.location.get("/phone-system/number-pools", params=place).json() == listed
    assert trial.v2.get("/phone-system/number-pools").json() == listed
    assert [one["phoneNumber"] for one in numbers(trial)] == ["+14155552672"]
    assert len(numbers(trial, skipNumberPool="false")) == 3
    taken = trial.operator.post(there, json={"name": "Other", "numbers": ["+14155552671"]})
    assert (taken.status_code, taken.json()["message"]) == (400, "+14155552671 is in another pool")
    changed = trial.operator.put(f"{there}/{pool['id']}", json={"numbers": ["+14155552672"]}).json()
    assert changed["numbers"] == named[2:]
    assert trial.operator.post(there, json={"name": "x", "numbers": ["+1"]}).status_code == 400
    assert trial.operator.delete(f"{there}/{pool['id']}").json() == {"succeeded": True}
    assert len(numbers(trial)) == 3


def test_an_operator_changes_and_releases_a_number(trial: Box) -> None:
    for n in range(2):
        buy(trial, f"+1415555267{n}")
    there = f"/operator/locations/{trial.location_id}/phone-numbers"
    said = {"friendlyName": "Main", "isDefaultNumber": True, "linkedUser": trial.user_id, "forwardingNumber": "+1"}
    changed = trial.operator.put(f"{there}/+14155552671", json=said).json()
    assert {key: changed[key] for key in said} == said
    assert [one["isDefaultNumber"] for one in numbers(trial)] == [False, True]
    assert trial.operator.put(f"{there}/+14155552671", json={"linkedUser": "nobody"}).status_code == 400
    told = trial.v2.post(f"{at(trial)}/purchase", json={"phoneNumber": "+14155552672"}).json()
    assert told["assigned_to_numbers"] == {"+14155552671": trial.user_id}
    gone = trial.operator.delete(f"{there}/+14155552671")
    assert gone.json() == {"succeeded": True, "givenBack": True}
    assert buy(trial, "+14155552671").status_code == 400  # not before it is given back
    assert trial.sandbox.work() == 1
    assert buy(trial, "+14155552671").status_code == 201
    assert trial.operator.delete(f"{there}/+1", params={"keep": "true"}).status_code == 400


def test_texts_come_from_a_number_of_the_sub_account(trial: Box) -> None:
    contact = trial.new_contact(firstName="Ann", phone="+14155550177")

    def text(**more: Any) -> Any:
        said = {"type": "SMS", "contactId": contact, "message": "Hello"} | more
        return trial.location.post("/conversations/messages", json=said)

    assert text(fromNumber="+14155559999").status_code == 200  # it has none of its own
    buy(trial, "+14155552671")
    buy(trial, "+442079460018", countryCode="GB")
    refused = text(fromNumber="+14155559999")
    assert (refused.status_code, refused.json()["message"]) == (400, "+14155559999 is not a number of this sub-account")
    refused = text(fromNumber="+442079460018")
    assert (refused.status_code, refused.json()["message"]) == (400, "+442079460018 cannot send texts")
    sent = trial.location.get(f"/conversations/messages/{text().json()['messageId']}").json()
    assert sent["from"] == "+14155552671"


def test_a_removed_sub_account_leaves_its_numbers_free(trial: Box) -> None:
    buy(trial, "+14155552671")
    trial.agency.delete(f"/locations/{trial.location_id}", params={"deleteTwilioAccount": "false"})
    there = f"/phone-system/numbers/location/{trial.other_location_id}"
    bought = trial.other.post(f"{there}/purchase", json={"phoneNumber": "+14155552671"})
    assert bought.status_code == 201, bought.text


def test_what_is_sold_survives_and_is_everybodys(trial: Box) -> None:
    """The page that speaks the gateway's language sells from the same shelf."""
    buy(trial, "+14155552671")
    client = trial.sandbox.client(None)
    path = "/simulator/2010-04-01/Accounts/AC1/IncomingPhoneNumbers"
    sold = client.post(f"{path}.json", data={"PhoneNumber": "+14155552671"}, auth=("AC1", "x"))
    assert (sold.status_code, sold.json()["code"]) == (400, 21422)
    sold = client.post(f"{path}.json", data={"PhoneNumber": "+14155552672"}, auth=("AC1", "x"))
    assert sold.status_code == 201
    refused = buy(trial, "+14155552672")
    assert (refused.status_code, refused.json()["message"]) == (
        400, f"{GONE}: +14155552672 is not available."
    )  # fmt: skip
    assert client.delete(f"{path}/{sold.json()['sid']}.json", auth=("AC1", "x")).status_code == 204
    assert client.get(f"{path}.json", auth=("AC1", "x")).json()["incoming_phone_numbers"] == []
    assert buy(trial, "+14155552672").status_code == 201
