"""The official Python SDK through sub-accounts, users, links, menus and media."""

from typing import Any

import httpx
import pytest
from highlevel import HighLevel
from highlevel.error import GHLError
from tests.sdk.test_python_sdk import story

ICON = {"name": "house", "fontFamily": "fas"}


class AsAgency:
    """The same server, to one who comes with the agency's token."""

    def __init__(self, live: Any) -> None:
        self.url, self.token = live.url, live.credentials["agencyToken"]


def test_an_agency_keeps_sub_accounts_users_and_menus(live: Any) -> None:
    company = live.credentials["companyId"]

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        told = (await sdk.companies.get_company(company))["company"]
        made = await sdk.locations.create_location({"companyId": company, "name": "Branch", "country": "SE"})
        id = made["id"]
        changed = await sdk.locations.put_location(id, {"companyId": company, "city": "Uppsala"})
        assert (changed["city"], changed["name"]) == ("Uppsala", "Branch")
        assert (await sdk.locations.get_location(id))["location"]["business"]["city"] == "Uppsala"
        assert (await sdk.companies.get_company(company))["company"]["locationCount"] == told["locationCount"] + 1
        found = (await sdk.locations.search_locations(company_id=company, order="desc", limit="1"))["locations"]
        assert [one["id"] for one in found] == [id]
        assert await sdk.locations.update_location_permissions(id, {"permissions": ["crm"]}) == {"permissions": ["crm"]}
        await kept_users(sdk, company, id)
        await kept_menus(sdk, id)
        assert (await sdk.locations.delete_location(id, False))["success"] is True
        with pytest.raises(GHLError) as gone:
            await sdk.locations.get_location(id)
        assert gone.value.status_code == 400

    story(AsAgency(live), tell)


async def kept_users(sdk: HighLevel, company: str, location: str) -> None:
    """A user is added, and found by name and by address."""
    person = {"firstName": "Bo", "lastName": "Ek", "email": "Bo.SDK@example.com", "password": "Correct-horse-7"}
    roles = {"type": "account", "role": "user", "locationIds": [location]}
    user = await sdk.users.create_user({"companyId": company, **person, **roles})
    assert (user["name"], user["email"], user["roles"]) == ("Bo Ek", "bo.sdk@example.com", roles)
    assert await sdk.users.get_user(user["id"]) == user
    found = await sdk.users.search_users(company, query="bo ek", location_id=location)
    assert found == {"users": [user], "count": 1}
    by_email = await sdk.users.filter_users_by_email({"companyId": company, "emails": "bo.sdk@example.com"})
    assert by_email == {"users": [{"id": user["id"], "email": "bo.sdk@example.com"}], "count": 1}


async def kept_menus(sdk: HighLevel, location: str) -> None:
    """An entry is added, changed and removed."""
    said = {"title": "SDK", "url": "https://example.com", "icon": ICON, "openMode": "iframe", "userRole": "all"}
    shown = {"showOnCompany": True, "showOnLocation": True, "showToAllLocations": False, "locations": [location]}
    menu = (await sdk.custom_menus.create_custom_menu({**said, **shown}))["customMenu"]
    id = menu["id"]
    changed = await sdk.custom_menus.update_custom_menu(id, {"title": "Changed"})
    assert changed == {"success": True, "customMenu": menu | {"title": "Changed"}}
    listed = await sdk.custom_menus.get_custom_menus(location_id=location, query="chan")
    assert (listed["totalLinks"], [one["id"] for one in listed["customMenus"]]) == (1, [id])
    assert (await sdk.custom_menus.get_custom_menu_by_id(id))["customMenu"] == changed["customMenu"]
    assert (await sdk.custom_menus.delete_custom_menu(id))["deletedMenuId"] == id


def test_a_sub_account_keeps_values_tasks_businesses_links_and_files(live: Any) -> None:
    place = live.location_id

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        value = (await sdk.locations.create_custom_value(place, {"name": "SDK hours", "value": "9 to 5"}))[
            "customValue"
        ]
        assert value["fieldKey"] == "{{ custom_values.sdk_hours }}"
        values = (await sdk.locations.get_custom_values(place))["customValues"]
        assert value in values
        assert (await sdk.locations.delete_custom_value(place, value["id"]))["succeded"] is True
        tag = (await sdk.locations.create_tag(place, {"name": "SDK"}))["tag"]
        assert (await sdk.locations.get_tag_by_id(place, tag["id"]))["tag"] == tag
        rule = {"intervalType": "yearly", "interval": 1, "startDate": "2040-01-01T00:00:00Z", "dueAfterSeconds": 60}
        made = await sdk.locations.create_recurring_task(place, {"title": "Look", "rruleOptions": rule})
        again = await sdk.locations.get_recurring_task_by_id(made["recurringTask"]["id"], place)
        assert again["recurringTask"]["rruleOptions"] == rule
        assert len((await sdk.locations.task_search(place, {"limit": 3}))["tasks"]) == 3
        business = (await sdk.businesses.create_business({"name": "SDK", "locationId": place}))["buiseness"]
        assert (await sdk.businesses.get_business(business["id"]))["business"] == business
        assert (await sdk.businesses.delete_business(business["id"]))["success"] is True
        await kept_links(sdk, live, place)
        await kept_files(sdk, place)

    story(live, tell)


async def kept_links(sdk: HighLevel, live: Any, place: str) -> None:
    """A link is added, followed, found and removed."""
    link = (await sdk.links.create_link({"locationId": place, "name": "SDK", "redirectTo": "https://example.com/"}))[
        "link"
    ]
    id = link["id"]
    async with httpx.AsyncClient() as browser:
        led = await browser.get(f"{live.url}/l/{place}/{id}")
    assert (led.status_code, led.headers["location"]) == (302, "https://example.com/")
    changed = await sdk.links.update_link(id, {"name": "SDK two", "redirectTo": "https://example.org/"})
    assert await sdk.links.get_link_by_id(place, id) == changed
    assert await sdk.links.search_trigger_links(place, query="sdk tw") == {"links": [changed["link"]]}
    assert changed["link"] in (await sdk.links.get_links(place))["links"]
    assert (await sdk.links.delete_link(id))["succeeded"] is True


async def kept_files(sdk: HighLevel, place: str) -> None:
    """A folder and a file that is kept elsewhere are added, renamed and removed."""
    here = {"altId": place, "altType": "location"}
    folder = (await sdk.medias.create_media_folder({**here, "name": "SDK"}))["_id"]
    said = {"hosted": True, "fileUrl": "https://example.com/sdk.png", "parentId": folder}
    file = await sdk.medias.upload_media_content(said)
    assert (await sdk.medias.update_media_object(file["fileId"], {**here, "name": "Logo"}))["updated"] is True
    wanted = {"sort_by": "createdAt", "sort_order": "asc", "type": "file", "alt_type": "location", "alt_id": place}
    listed = (await sdk.medias.fetch_media_content(**wanted, parent_id=folder))["files"]
    assert [(one["name"], one["url"]) for one in listed] == [("Logo", "https://example.com/sdk.png")]
    removal = {**here, "filesToBeDeleted": [{"_id": file["fileId"]}], "status": "trashed"}
    assert await sdk.medias.bulk_delete_media_objects(removal) == [{"id": file["fileId"], "deleted": True}]
    assert (await sdk.medias.delete_media_content(folder, "location", place))["deleted"] is True
