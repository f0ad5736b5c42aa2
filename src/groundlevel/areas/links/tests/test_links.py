"""Trigger links."""

from datetime import timedelta
from typing import Any

from httpx2 import Response

from groundlevel.conftest import Box


def new_link(box: Box, name: str = "Offer", to: str = "https://example.com/offer?a=1#b") -> dict[str, Any]:
    box.sandbox.move_clock(timedelta(seconds=1))
    reply = box.location.post("/links/", json={"locationId": box.location_id, "name": name, "redirectTo": to})
    assert reply.status_code == 201, reply.text
    return reply.json()["link"]


def followed(box: Box, link: dict[str, Any], method: str = "GET", **params: str) -> Response:
    path = f"/l/{link['locationId']}/{link['id']}"
    return box.sandbox.client(None).request(method, path, params=params, follow_redirects=False)


def test_a_link_is_kept(box: Box) -> None:
    ask, offer = {"locationId": box.location_id}, new_link(box)
    assert offer == {
        "id": offer["id"], "name": "Offer", "redirectTo": "https://example.com/offer?a=1#b",
        "fieldKey": f"{{{{trigger_link.{offer['id']}}}}}", "locationId": box.location_id,
    }  # fmt: skip
    review = new_link(box, "A Review", "http://example.com")
    assert box.location.get("/links/", params=ask).json() == {"links": [review, offer]}
    assert box.location.get(f"/links/id/{offer['id']}", params=ask).json() == {"link": offer}

    def names(**params: str) -> list[str]:
        return [link["name"] for link in box.location.get("/links/search", params=ask | params).json()["links"]]

    assert names() == ["A Review", "Offer"]
    assert (names(query="VIEW"), names(query="of"), names(limit="1", skip="1")) == (["A Review"], ["Offer"], ["Offer"])
    changed = box.location.put(f"/links/{offer['id']}", json={"name": "Sale", "redirectTo": "https://example.org"})
    assert changed.status_code == 201
    assert changed.json()["link"] == offer | {"name": "Sale", "redirectTo": "https://example.org"}
    gone = box.location.delete(f"/links/{offer['id']}")
    assert (gone.status_code, gone.json()) == (201, {"succeded": True, "succeeded": True})
    assert box.location.delete(f"/links/{offer['id']}").json()["message"] == f"Link with id {offer['id']} not found"
    assert box.v2.delete(f"/links/{review['id']}").json() == {"succeded": True}
    assert box.location.get("/links/", params=ask).json() == {"links": []}


def test_who_follows_a_link_is_led_on_and_counted(box: Box) -> None:
    link, anna = new_link(box), box.new_contact(firstName="Anna")
    first = followed(box, link)
    assert (first.status_code, first.headers["location"]) == (302, link["redirectTo"])
    assert (first.headers["cache-control"], first.headers["referrer-policy"]) == ("no-store", "no-referrer")
    for _ in range(2):
        assert followed(box, link, contact_id=anna).status_code == 302
    followed(box, link, contact_id="nobody")
    assert followed(box, link, "HEAD", contact_id=anna).status_code == 302
    path = f"/operator/locations/{box.location_id}/links/{link['id']}/clicks"
    told = box.operator.get(path).json()
    assert (told["clicks"], [(c["contactId"], c["clicks"]) for c in told["contacts"]]) == (4, [(anna, 2)])
    assert box.operator.get(path, params={"skip": 1}).json()["contacts"] == []

    box.location.put(f"/links/{link['id']}", json={"name": "Offer", "redirectTo": "https://example.org"})
    assert followed(box, link).headers["location"] == "https://example.org"
    box.location.delete(f"/contacts/{anna}")
    box.sandbox.work()
    told = box.operator.get(path).json()
    assert (told["clicks"], told["contacts"]) == (5, [])
    box.location.delete(f"/links/{link['id']}")
    assert followed(box, link).status_code == 404
    for path in ("/l/nowhere/nothing", f"/l/{box.location_id}/%00", f"/l/{box.other_location_id}/{link['id']}"):
        assert box.sandbox.client(None).get(path).status_code == 404


BAD = (
    "javascript:alert(1)", "data:text/html,x", "//example.com", "example.com", "https://", "https://e.com/\r\nX: y",
    "https://e.com/a b", "https:\\\\e.com", "ftp://e.com", "http://[::1", "http://e.com:99999/", "\tjavascript:x",
)  # fmt: skip


def test_a_link_leads_to_pages_only(box: Box) -> None:
    for target in BAD:
        body = {"locationId": box.location_id, "name": "x", "redirectTo": target}
        reply = box.location.post("/links/", json=body)
        assert (target, reply.status_code, reply.json()["message"]) == (
            target, 422, ["redirectTo must be a URL address"],
        )  # fmt: skip
