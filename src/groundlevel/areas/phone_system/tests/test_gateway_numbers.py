"""The same by a gateway, which is asked over HTTP: it hangs up, is away, two ask at once, or one is removed."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2

from groundlevel.areas.phone_system.tests.conftest import ACCOUNT, Carrier
from groundlevel.conftest import Box

NUMBER = "+14155552671"
NOT_KNOWN = "It is not known whether the gateway has sold the number; that is asked again in two minutes"


def at(location_id: str) -> str:
    return f"/phone-system/numbers/location/{location_id}"


def buy(box: Box, number: str = NUMBER) -> Any:
    return box.location.post(f"{at(box.location_id)}/purchase", json={"phoneNumber": number})


def numbers(box: Box) -> list[str]:
    found = box.location.get(at(box.location_id)).json()["data"]["numbers"]
    return [one["phoneNumber"] for one in found]


def test_a_number_is_bought_where_texts_go_by(box: Box, carrier: Carrier) -> None:
    gateway = carrier.connect(box)
    query = {"countryCode": "US", "firstPart": "212", "anywhere": "7", "numberTypes": "local,mobile"}
    offered = box.location.get(f"{at(box.location_id)}/available", params=query).json()["numbers"]
    assert sorted(carrier.asked) == ["GET Local.json", "GET Mobile.json"]
    assert offered
    assert all(one["phoneNumber"][2:5] == "212" and "7" in one["phoneNumber"][2:] for one in offered)
    told = buy(box, offered[0]["phoneNumber"])
    assert (told.status_code, told.json()["data"]["id"], told.json()["data"]["underLcAccount"]) == (201, gateway, False)
    (sold,) = carrier.simulator.shelf.of(ACCOUNT)
    public = box.sandbox.app.settings.public_url
    assert sold.inbound == f"{public}/gateways/{box.location_id}/{gateway}/inbound"
    account = box.v2.get(at(box.location_id)).json()
    assert (account["isUnderGhl"], account["accountStatus"]) == (False, "active")
    box.operator.put(f"/operator/locations/{box.location_id}/gateways/{gateway}", json={"paused": True})
    assert box.v2.get(at(box.location_id)).json()["accountStatus"] == "suspended"


def test_texts_go_by_the_gateway_that_has_their_number(box: Box, carrier: Carrier) -> None:
    carrier.connect(box)
    assert buy(box).status_code == 201
    box.operator.put(f"/operator/locations/{box.location_id}/phone-numbers/{NUMBER}", json={"isDefaultNumber": True})
    contact = box.new_contact(firstName="Ann", phone="+14155550177")
    said = {"type": "SMS", "contactId": contact, "message": "Hello"}
    assert box.location.post("/conversations/messages", json=said).status_code == 200
    box.leave()
    (kept,) = carrier.simulator.messages.values()
    assert (kept.fields["From"], kept.fields["Body"]) == (NUMBER, "Hello")


def test_a_gateways_own_sender_goes_on_being_it(box: Box, carrier: Carrier) -> None:
    """A number that is bought beside it is the default one only if an operator says so."""
    carrier.connect(box, sender="+14155550100", service="")
    buy(box)
    found = box.location.get(at(box.location_id)).json()["data"]["numbers"]
    assert [one["isDefaultNumber"] for one in found] == [False]


def test_a_purchase_whose_answer_is_lost_is_found_again(box: Box, carrier: Carrier) -> None:
    carrier.connect(box)
    carrier.hang_up = True
    lost = buy(box)
    assert (lost.status_code, lost.json()["message"].startswith(NOT_KNOWN)) == (503, True)
    assert (carrier.sold, numbers(box)) == ([NUMBER], [])
    again = buy(box)  # it is not bought twice meanwhile
    assert (again.status_code, again.json()["message"]) == (400, "Phone number is no longer available")
    box.sandbox.move_clock(timedelta(minutes=3))
    assert box.sandbox.work() == 0  # it still hangs up: tried again later
    carrier.hang_up = False
    box.sandbox.move_clock(timedelta(minutes=3))
    assert box.sandbox.work() == 1
    assert numbers(box) == [NUMBER]


def test_a_purchase_that_was_none_leaves_the_number_free(box: Box, carrier: Carrier) -> None:
    carrier.connect(box)
    unknown = buy(box, "+15005550002")
    assert unknown.status_code == 503
    box.sandbox.move_clock(timedelta(minutes=3))
    assert (box.sandbox.work(), numbers(box)) == (1, [])
    assert buy(box, "+15005550002").status_code == 503  # and not 400


def test_another_ones_purchase_at_the_same_account_is_not_taken_for_ones_own(box: Box, carrier: Carrier) -> None:
    """Somebody bought it there, by other means, while our own answer was lost."""
    carrier.connect(box)
    carrier.hang_up = True
    buy(box, "+14155552672")
    carrier.hang_up = False
    (sold,) = carrier.simulator.shelf.of(ACCOUNT)
    path = f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers"
    keys = "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTp0aGUgYXV0aCB0b2tlbg=="
    assert carrier.simulator.answer("DELETE", f"{path}/{sold.sid}.json", keys, []) == (204, {})
    theirs = [("PhoneNumber", "+14155552672"), ("SmsUrl", "https://elsewhere.example")]
    assert carrier.simulator.answer("POST", f"{path}.json", keys, theirs)[0] == 201
    box.sandbox.move_clock(timedelta(minutes=3))
    assert (box.sandbox.work(), numbers(box)) == (1, [])


def test_a_gateway_that_is_away(box: Box, carrier: Carrier) -> None:
    carrier.connect(box, url="http://127.0.0.1:9")
    refused = box.location.get(f"{at(box.location_id)}/available", params={"countryCode": "US"})
    assert refused.status_code == 503
    assert refused.json()["message"].startswith("The gateway could not be asked: no connection")
    refused = buy(box)  # nothing has gone out, so nothing was bought
    assert (refused.status_code, refused.json()["message"][:36]) == (400, "Phone number is no longer available:")
    assert box.operator.get("/operator/jobs").json()["jobs"] == []


def test_of_many_who_want_the_same_number_at_once_one_gets_it(box: Box, carrier: Carrier) -> None:
    """Two sub-accounts of one account at the carrier, with six requests that are all under way before one is done."""
    carrier.connect(box)
    carrier.connect(box, box.other_location_id)
    clients = [(box.location, box.location_id), (box.other, box.other_location_id)] * 3

    async def go() -> list[int]:
        transport = httpx2.ASGITransport(box.sandbox.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as many:
            asked = (
                many.post(f"{at(place)}/purchase", json={"phoneNumber": NUMBER}, headers=client.headers)
                for client, place in clients
            )
            return [reply.status_code for reply in await asyncio.gather(*asked)]

    answers = box.sandbox.transport.loop.run_until_complete(go())
    assert sorted(answers) == [201, 400, 400, 400, 400, 400]
    assert carrier.asked == ["POST IncomingPhoneNumbers.json"]


def test_an_operator_adds_a_number_that_the_account_has_and_keeps_it(box: Box, carrier: Carrier) -> None:
    carrier.connect(box, sender=NUMBER, service="")
    there = f"/operator/locations/{box.location_id}/phone-numbers"
    missing = box.operator.post(there, json={"phoneNumber": NUMBER})
    assert (missing.status_code, missing.json()["message"]) == (400, f"The gateway's account does not own {NUMBER}")
    buy(box)
    assert box.operator.delete(f"{there}/{NUMBER}", params={"keep": "true"}).json() == {
        "succeeded": True, "givenBack": False
    }  # fmt: skip
    added = box.operator.post(there, json={"phoneNumber": "(415) 555-2671"})
    assert (added.status_code, added.json()["origin"], added.json()["isDefaultNumber"]) == (201, "hosted", True)
    assert box.operator.post(there, json={"phoneNumber": NUMBER}).status_code == 400
    assert box.operator.delete(f"{there}/{NUMBER}").json()["givenBack"] is True
    assert carrier.sold == [NUMBER]
    assert (box.sandbox.work(), carrier.sold) == (1, [])


def test_numbers_go_back_with_a_sub_account_if_its_carriers_account_does(box: Box, carrier: Carrier) -> None:
    carrier.connect(box)
    buy(box)
    box.agency.delete(f"/locations/{box.location_id}", params={"deleteTwilioAccount": "true"})
    box.sandbox.work()
    assert carrier.sold == []
    carrier.connect(box, box.other_location_id)
    there = f"{at(box.other_location_id)}/purchase"
    assert box.other.post(there, json={"phoneNumber": NUMBER}).status_code == 201
