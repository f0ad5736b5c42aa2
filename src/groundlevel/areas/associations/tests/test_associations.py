"""Associations and relations."""

import asyncio
from collections.abc import Callable
from typing import Any

from groundlevel.areas.associations.relations import NewRelation, RelationTold, create_relation
from groundlevel.conftest import Box
from groundlevel.kernel.caller import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Owners, Unit


def ask(box: Box, method: str, path: str, status: int = 200, **said: Any) -> Any:
    reply = box.location.request(method, path, **said)
    assert reply.status_code == status, reply.text
    return reply.json()


def refusal(box: Box, method: str, path: str, **said: Any) -> tuple[int, Any]:
    reply = box.location.request(method, path, **said)
    return reply.status_code, reply.json().get("message")


def new(box: Box, key: str = "friends", **said: Any) -> dict[str, Any]:
    body = {
        "locationId": box.location_id, "key": key, "firstObjectKey": "contact", "firstObjectLabel": "Owner",
        "secondObjectKey": "business", "secondObjectLabel": "Shop", **said,
    }  # fmt: skip
    return ask(box, "POST", "/associations/", 201, json=body)


def related(box: Box, by: dict[str, Any], first: str, second: str) -> dict[str, Any]:
    place = {"locationId": box.location_id, "associationId": by["id"]}
    return {"json": place | {"firstRecordId": first, "secondRecordId": second}}


def new_business(box: Box, name: str) -> str:
    made = ask(box, "POST", "/businesses/", 201, json={"locationId": box.location_id, "name": name})
    return made["buiseness"]["id"]


def test_an_association_from_first_to_last(box: Box) -> None:
    made, place = new(box), {"locationId": box.location_id}
    assert made == {
        "id": made["id"], "locationId": box.location_id, "key": "friends", "associationType": "USER_DEFINED",
        "firstObjectKey": "contact", "firstObjectLabel": "Owner", "secondObjectKey": "business",
        "secondObjectLabel": "Shop", "firstObjectToSecondObjectCardinality": "MANY_TO_MANY",
        "secondObjectToFirstObjectCardinality": "MANY_TO_MANY", "dateAdded": made["dateAdded"],
        "dateUpdated": made["dateAdded"],
    }  # fmt: skip
    assert len(made["id"]) == 24
    one = f"/associations/{made['id']}"
    assert box.v2.get(one).json() == ask(box, "GET", "/associations/key/friends", params=place) == made
    second = new(box, "second", firstObjectKey="opportunity")
    assert ask(box, "GET", "/associations/", params=place) == {"associations": [made, second], "total": 2}
    listed = ask(box, "GET", "/associations/", params={**place, "skip": 1, "limit": 1})
    assert listed == {"associations": [second], "total": 2}
    assert ask(box, "GET", "/associations/objectKey/contact") == {"associations": [made], "total": 1}
    assert ask(box, "GET", "/associations/objectKey/business", params=place)["total"] == 2
    labels = {"firstObjectLabel": "Boss", "secondObjectLabel": "Works"}
    changed = ask(box, "PUT", one, json=labels)
    assert changed == made | labels | {"dateUpdated": changed["dateUpdated"]}
    assert ask(box, "DELETE", one) == {
        "deleted": True, "id": made["id"], "message": "Association deleted successfully",
    }  # fmt: skip
    assert refusal(box, "GET", one) == (400, f"Association with id {made['id']} not found")
    told = box.sandbox.events()
    assert [e["type"] for e in told] == [
        "AssociationCreate", "AssociationCreate", "AssociationUpdate", "AssociationDelete",
    ]  # fmt: skip
    left_out = ("dateAdded", "dateUpdated")
    assert told[3] == {k: v for k, v in changed.items() if k not in left_out} | {"type": "AssociationDelete"}


def test_what_is_no_association_is_refused(box: Box) -> None:
    new(box)
    body = {
        "locationId": box.location_id, "key": "friends", "firstObjectKey": "contact", "firstObjectLabel": "a",
        "secondObjectKey": "contact", "secondObjectLabel": "b",
    }  # fmt: skip

    def of(**said: Any) -> tuple[int, Any]:
        return refusal(box, "POST", "/associations/", json=body | said)

    assert of() == (400, "Association with key friends already exists")
    assert of(key="a", firstObjectKey="custom_objects.pet") == (400, "Object with id custom_objects.pet not found")
    assert of(key="a b", firstObjectLabel="", firstObjectToSecondObjectCardinality="TWO") == (
        422,
        [
            "firstObjectLabel must be longer than or equal to 1 characters",
            "key must be letters, digits and underscores",
            "firstObjectToSecondObjectCardinality must be one of the following values: MANY_TO_MANY, MANY_TO_ONE, "
            "ONE_TO_MANY, ONE_TO_ONE",
        ],
    )
    assert refusal(box, "GET", "/associations/objectKey/custom_objects.x")[0] == 400
    assert refusal(box, "GET", "/associations/")[0] == 422


def test_a_relation_from_first_to_last(box: Box) -> None:
    by, anna, shop = new(box), box.new_contact(firstName="Anna"), new_business(box, "Bakery")
    made = ask(box, "POST", "/associations/relations", 201, **related(box, by, anna, shop))
    assert made == {
        "id": made["id"], "locationId": box.location_id, "associationId": by["id"], "firstObjectKey": "contact",
        "firstRecordId": anna, "secondObjectKey": "business", "secondRecordId": shop,
    }  # fmt: skip
    duplicate = f"Could not create relation: duplicate relation of object Ids for given association {by['id']}"
    again = refusal(box, "POST", "/associations/relations", **related(box, by, anna, shop))
    assert again == (400, duplicate)
    swapped = refusal(box, "POST", "/associations/relations", **related(box, by, shop, anna))
    assert swapped == (400, f"Contact with id {shop} not found")
    place = {"locationId": box.location_id}
    for id in (anna, shop):
        assert ask(box, "GET", f"/associations/relations/{id}", params={**place, "skip": 0, "limit": 5}) == {
            "relations": [made], "total": 1, "skip": 0, "limit": 5,
        }  # fmt: skip
    other = {**place, "associationIds": ["0" * 24]}
    assert ask(box, "GET", f"/associations/relations/{anna}", params=other)["relations"] == []
    assert box.other.get(f"/associations/relations/{anna}", params={"locationId": box.other_location_id}).json() == {
        "relations": [], "total": 0, "skip": 0, "limit": 100,
    }  # fmt: skip
    one = f"/associations/relations/{made['id']}"
    assert ask(box, "DELETE", one, params=place) == made
    assert refusal(box, "DELETE", one, params=place) == (400, f"Relation with id {made['id']} not found")
    told = [e for e in box.sandbox.events() if e["type"].startswith("Relation")]
    assert told == [{**made, "type": "RelationCreate"}, {**made, "type": "RelationDelete"}]


def test_cardinalities_hold(box: Box) -> None:
    anna, bea = box.new_contact(firstName="Anna"), box.new_contact(firstName="Bea")
    shops = [new_business(box, name) for name in ("One", "Two", "Three")]
    said = "firstObjectToSecondObjectCardinality"
    by = new(box, "owner", **{said: "ONE_TO_MANY"})
    assert by["secondObjectToFirstObjectCardinality"] == "MANY_TO_ONE"

    def relate(by: dict[str, Any], first: str, second: str) -> int:
        return refusal(box, "POST", "/associations/relations", **related(box, by, first, second))[0]

    assert [relate(by, anna, shops[0]), relate(by, anna, shops[1]), relate(by, bea, shops[1])] == [201, 201, 400]
    both = new(box, "both", **{said: "ONE_TO_ONE"})
    ends = [(anna, shops[0]), (anna, shops[1]), (bea, shops[0]), (bea, shops[1])]
    assert [relate(both, *pair) for pair in ends] == [201, 400, 400, 201]
    same = {"firstObjectKey": "contact", "secondObjectKey": "contact", "secondObjectLabel": "Owner"}
    twins, parents = new(box, "twins", **same), new(box, "parents", **same | {"secondObjectLabel": "Child"})
    assert [relate(twins, *pair) for pair in ((anna, bea), (bea, anna), (anna, anna))] == [201, 400, 400]
    assert [relate(parents, *pair) for pair in ((anna, bea), (bea, anna), (anna, bea))] == [201, 201, 400]
    married = new(box, "married", **same, **{said: "ONE_TO_ONE"})
    cleo = box.new_contact(firstName="Cleo")
    assert [relate(married, *pair) for pair in ((anna, bea), (cleo, anna))] == [201, 400]
    status, text = refusal(box, "POST", "/associations/relations", **related(box, by, bea, shops[0]))
    assert (status, text) == (400, (
        f"Could not create relation: the cardinality of association {by['id']} is MANY_TO_ONE, and {shops[0]} has a "
        "relation already"
    ))  # fmt: skip


def test_relations_go_with_what_they_relate(box: Box) -> None:
    by, other, place = new(box), new(box, "other"), {"locationId": box.location_id}
    anna, shop, mill = box.new_contact(firstName="Anna"), new_business(box, "One"), new_business(box, "Two")
    for pair in ((by, anna, shop), (by, anna, mill), (other, anna, mill)):
        ask(box, "POST", "/associations/relations", 201, **related(box, *pair))

    def left() -> set[tuple[str, str]]:  # those of one millisecond are in no order
        told = ask(box, "GET", f"/associations/relations/{anna}", params=place)["relations"]
        return {(one["associationId"], one["secondRecordId"]) for one in told}

    assert left() == {(other["id"], mill), (by["id"], mill), (by["id"], shop)}
    ask(box, "DELETE", f"/businesses/{shop}")
    assert left() == {(other["id"], mill), (by["id"], mill)}
    ask(box, "DELETE", f"/associations/{by['id']}")
    assert left() == {(other["id"], mill)}
    ask(box, "DELETE", f"/contacts/{anna}")
    assert left() == set()


def test_of_many_at_once_one_is_related(box: Box) -> None:
    owners, anna = Owners(box.location_id, box.company_id), box.new_contact(firstName="Anna")
    shops = [new_business(box, str(n)) for n in range(6)]
    one = new(box, "one", firstObjectToSecondObjectCardinality="ONE_TO_ONE")
    twice = new(box, "twice")
    wanted = [(one["id"], shop) for shop in shops] + [(twice["id"], shops[0])] * 6

    def relate(asked: tuple[str, str]) -> Callable[[Unit], RelationTold]:
        said = NewRelation(
            location_id=box.location_id, association_id=asked[0], first_record_id=anna, second_record_id=asked[1]
        )
        app, now = box.sandbox.app, box.sandbox.clock.now()
        return lambda db: create_relation(Ctx(OPERATOR, db, now, app.settings), said)

    async def together() -> list[RelationTold | BaseException]:
        units = (box.sandbox.app.store.perform(owners, relate(one), write=True) for one in wanted)
        return await asyncio.gather(*units, return_exceptions=True)

    found = box.sandbox.transport.loop.run_until_complete(together())
    assert [type(one) for one in found].count(RelationTold) == 2
    assert [type(one) for one in found].count(BadRequest) == len(wanted) - 2
    told = ask(box, "GET", f"/associations/relations/{anna}", params={"locationId": box.location_id})
    assert sorted(r["associationId"] for r in told["relations"]) == sorted((one["id"], twice["id"]))
