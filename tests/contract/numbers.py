"""What the oracle asks of phone numbers and of addresses."""

from typing import Any

from groundlevel.areas.operator import INSTALLATION, Installation
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.versions import V2


def numbers(oracle: Any, version: str, _: dict[str, str]) -> None:
    """Numbers that are offered, bought and listed, and a pool of them."""
    ask, box, here = oracle.ask, oracle.box, oracle.box.location_id
    test = Installation(id="installation", test=True)
    box.sandbox.do(SYSTEM, lambda ctx: ctx.db.put(INSTALLATION, test))
    at, there = f"/phone-system/numbers/location/{here}", f"/operator/locations/{here}"
    wanted = {"countryCode": "US", "firstPart": "415", "anywhere": "555", "numberTypes": "local"}
    offered = [one["phoneNumber"] for one in ask(version, "GET", f"{at}/available", params=wanted)["numbers"]]
    ask(version, "GET", f"{at}/available", params={"countryCode": "GB", "smsEnabled": "true"})
    for number in offered[:2]:
        ask(version, "POST", f"{at}/purchase", json={"phoneNumber": number, "numberType": "local"})
    service = {"type": "voice_ai", "value": "v"}
    more = {"linkedUser": box.user_id, "linkedRingAllUsers": [box.user_id], "forwardingNumber": "+14155550100"}
    box.operator.put(f"{there}/phone-numbers/{offered[0]}", json=more | {"inboundCallService": service})
    said = {"name": "Sales", "numbers": offered[1:2], "whisper": True, "forwardingNumber": "+14155550100"}
    box.operator.post(f"{there}/number-pools", json=said | {"inboundCallService": service})
    ask(version, "GET", at)
    more = {} if version == V2 else {"includeRcsSenderIds": "true"}
    ask(version, "GET", at, params={"skipNumberPool": "false", "pageSize": 10, "page": 0} | more)
    ask(version, "GET", "/phone-system/number-pools", params={"locationId": here})


def addresses(oracle: Any, version: str, _: dict[str, str]) -> None:
    """An address that is fine, one that is none, and one that is not verified."""
    ask, box = oracle.ask, oracle.box
    place, at = {"locationId": box.location_id}, f"/operator/companies/{box.company_id}/email-verification"
    for text in ("ada@lovelace.example", "none"):
        ask(version, "POST", "/email/verify", params=place, json={"type": "email", "verify": text})
    box.operator.put(at, json={"enabled": False})
    ask(version, "POST", "/email/verify", params=place, json={"type": "email", "verify": "ada@lovelace.example"})
