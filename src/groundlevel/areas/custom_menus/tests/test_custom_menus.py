"""Entries that an agency adds to the menus."""

from typing import Any

from groundlevel.conftest import Box


def described(**said: Any) -> dict[str, Any]:
    return {
        "title": "Help", "url": "https://example.com/help", "icon": {"name": "house", "fontFamily": "fas"},
        "showOnCompany": True, "showOnLocation": True, "showToAllLocations": True, "openMode": "iframe",
        "locations": [], "userRole": "all",
    } | said  # fmt: skip


def new_menu(box: Box, **said: Any) -> dict[str, Any]:
    reply = box.agency.post("/custom-menus/", json=described(**said))
    assert reply.status_code == 201, reply.text
    return reply.json()["customMenu"]


def titles(box: Box, **params: Any) -> tuple[list[str], int]:
    reply = box.agency.get("/custom-menus/", params=params).json()
    return [m["title"] for m in reply["customMenus"]], reply["totalLinks"]


def test_an_entry_is_kept(box: Box) -> None:
    help = new_menu(box, allowCamera=True)
    assert help == described() | {"id": help["id"], "order": 1, "allowCamera": True, "allowMicrophone": False}
    path = f"/custom-menus/{help['id']}"
    assert box.agency.get(path).json() == {"customMenu": help}
    changed = box.agency.put(path, json={"title": "More help", "icon": {"name": "star"}, "url": "/help"})
    after = help | {"title": "More help", "icon": {"name": "star", "fontFamily": "fas"}, "url": "/help"}
    assert (changed.status_code, changed.json()) == (200, {"success": True, "customMenu": after})
    gone = box.agency.delete(path).json()
    assert gone == {
        "success": True, "message": "Custom menu successfully deleted", "deletedMenuId": help["id"],
        "deletedAt": gone["deletedAt"],
    }  # fmt: skip
    again = box.agency.delete(path)
    assert (again.status_code, again.json()["message"]) == (404, f"Custom menu with id {help['id']} not found")
    assert box.location.get("/custom-menus/").status_code == 401


def test_entries_are_listed_for_those_who_see_them(box: Box) -> None:
    here, there = box.location_id, box.other_location_id
    new_menu(box, title="All")
    new_menu(box, title="Here only", showToAllLocations=False, locations=[here, here])
    new_menu(box, title="Agency only", showOnLocation=False)
    new_menu(box, title="Not agency", showOnCompany=False)
    assert titles(box) == (["All", "Here only", "Agency only", "Not agency"], 4)
    assert titles(box, locationId=here) == (["All", "Here only", "Not agency"], 3)
    assert titles(box, locationId=there, showOnCompany=True) == (["All", "Not agency"], 2)
    assert titles(box, showOnCompany=False) == (["Not agency"], 1)
    assert titles(box, query="ONLY", limit=1, skip=1) == (["Agency only"], 2)
    box.agency.delete(f"/locations/{here}", params={"deleteTwilioAccount": "false"})
    (menu,) = [m for m in box.agency.get("/custom-menus/").json()["customMenus"] if m["title"] == "Here only"]
    assert menu["locations"] == []


BAD: tuple[tuple[dict[str, Any], Any], ...] = (
    ({"url": "javascript:alert(1)"}, ["url must be a URL address"]),
    ({"url": "//example.com"}, ["url must be a URL address"]),
    ({"url": " https://example.com"}, ["url must be a URL address"]),
    ({"locations": ["nowhere"]}, "Location with id nowhere not found"),
    ({"icon": {"name": "x"}}, ["icon.fontFamily must be one of the following values: fab, far, fas"]),
    ({"title": ""}, ["title must be longer than or equal to 1 characters"]),
)


def test_what_does_not_fit_is_refused(box: Box) -> None:
    for said, message in BAD:
        reply = box.agency.post("/custom-menus/", json=described(**said))
        assert (reply.status_code in (400, 422), reply.json()["message"]) == (True, message)
    assert titles(box) == ([], 0)
