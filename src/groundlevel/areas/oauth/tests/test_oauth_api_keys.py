"""Keys of the first version of the API."""

from datetime import timedelta

import msgspec
from joserfc import jws

from groundlevel.areas.oauth.api_keys import ApiKey, key_of, note_use
from groundlevel.conftest import Box
from groundlevel.kernel.jobs import SYSTEM


def found(box: Box, value: str) -> ApiKey | None:
    """What a caller with this key would be known as."""
    return box.sandbox.do(SYSTEM, lambda ctx: key_of(ctx, value))


def test_a_key_from_first_to_last(box: Box) -> None:
    keys = f"/operator/companies/{box.company_id}/api-keys"
    own = box.operator.post(keys, json={"locationId": box.location_id}).json()
    agency = box.operator.post(keys, json={}).json()
    assert min(len(own["key"]), len(agency["key"])) >= 250
    claims = msgspec.json.decode(jws.extract_compact(own["key"].encode()).payload)
    assert (claims["location_id"], claims["company_id"], claims["version"]) == (box.location_id, box.company_id, 1)
    assert len(str(claims["iat"])) == 13
    assert "location_id" not in msgspec.json.decode(jws.extract_compact(agency["key"].encode()).payload)
    listed = box.operator.get(keys).json()["keys"]
    assert [k["id"] for k in listed] == [agency["id"], own["id"]]
    assert [k for k in listed if "key" in k] == []
    held = found(box, own["key"])
    assert held is not None
    assert (held.location_id, held.company_id) == (box.location_id, box.company_id)
    assert found(box, own["key"][:-1] + "x") is None
    rotated = box.operator.post(f"{keys}/{own['id']}/rotate").json()
    assert found(box, own["key"]) is None
    assert found(box, rotated["key"]) is not None
    assert box.operator.delete(f"{keys}/{rotated['id']}").json() == {"succeeded": True}
    assert found(box, rotated["key"]) is None
    assert box.operator.delete(f"{keys}/{rotated['id']}").status_code == 400
    box.location.headers["Authorization"] = f"Bearer {agency['key']}"
    assert box.location.get(f"/locations/{box.location_id}").status_code == 401, "it opens nothing of the newer API"


def test_ninety_unused_days_end_a_key(box: Box) -> None:
    keys = f"/operator/companies/{box.company_id}/api-keys"
    used, idle = (box.operator.post(keys, json={}).json() for _ in range(2))
    box.sandbox.move_clock(timedelta(days=60))
    box.sandbox.do(SYSTEM, lambda ctx: note_use(ctx, used["id"]))
    noted = found(box, used["key"])
    box.sandbox.move_clock(timedelta(minutes=59))
    box.sandbox.do(SYSTEM, lambda ctx: note_use(ctx, used["id"]))
    assert found(box, used["key"]) == noted, "at most once an hour"
    box.sandbox.move_clock(timedelta(days=31))
    assert found(box, idle["key"]) is None
    assert found(box, used["key"]) is not None
    box.sandbox.work()
    assert [k["id"] for k in box.operator.get(keys).json()["keys"]] == [used["id"]]
    box.sandbox.move_clock(timedelta(days=60))
    box.sandbox.work()
    assert box.operator.get(keys).json()["keys"] == []
