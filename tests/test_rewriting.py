"""Records that are written again before the search index has caught up with them."""

from groundlevel.conftest import Box


def test_a_contact_can_be_renamed_as_soon_as_it_is_made(box: Box) -> None:
    contact = box.new_contact(firstName="Ada", email="ada@example.com")
    for name in ("Berta", "Clara"):
        reply = box.location.put(f"/contacts/{contact}", json={"firstName": name})
        assert (reply.status_code, reply.json()["contact"]["firstName"]) == (200, name)
    found = box.location.post(
        "/contacts/search", json={"locationId": box.location_id, "pageLimit": 10, "query": "clara"}
    ).json()
    assert [c["id"] for c in found["contacts"]] == [contact]
    assert box.sandbox.app.store.check() == []


def test_a_tag_that_stays_does_not_stand_in_the_way_of_others(box: Box) -> None:
    contact = box.new_contact(email="ada@example.com", tags=["a", "b"])
    for tags in (["b", "c"], ["c", "b", "a"], ["a"]):
        reply = box.location.put(f"/contacts/{contact}", json={"tags": tags})
        assert (reply.status_code, reply.json()["contact"]["tags"]) == (200, tags)
    for tag, expected in (("a", [contact]), ("b", []), ("c", [])):
        filters = [{"field": "tags", "operator": "contains", "value": tag}]
        said = {"locationId": box.location_id, "pageLimit": 10, "filters": filters}
        found = box.location.post("/contacts/search", json=said).json()
        assert [c["id"] for c in found["contacts"]] == expected, tag
