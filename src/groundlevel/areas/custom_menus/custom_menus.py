"""Entries that an agency adds to the menus of its people and its sub-accounts: /custom-menus"""

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.custom_menus.area import area
from groundlevel.areas.locations import LocationRemoved, location_or_400
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import NotFound, Unprocessable
from groundlevel.kernel.store import Any_, Condition, Eq, Has, Sort, Table, Text
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_hex, sent

Title = Annotated[str, Meta(min_length=1, max_length=250)]
Url = Annotated[str, Meta(min_length=1, max_length=2_000)]
OpenMode = Literal["iframe", "new_tab", "current_tab"]
UserRole = Literal["all", "admin", "user"]
Locations = Annotated[list[Name], Meta(max_length=10_000)]
GOOD_URL = re.compile(r"(https?://[^\s\\]+|/(?![/\\])[^\s\\]*)", re.IGNORECASE)
"""A page elsewhere or here; nothing that a browser would run."""


class Icon(Body):
    """An icon of a font: `fab`, `fas` or `far`."""

    name: Title
    font_family: Literal["fab", "fas", "far"]


class IconChange(Body):
    """What to change about an icon."""

    name: Title | UnsetType = UNSET
    font_family: Literal["fab", "fas", "far"] | UnsetType = UNSET


class ShownMenu(Wire):
    """An entry. `position`: where it stands. `locations`: who sees it, if not all sub-accounts do."""

    id: str
    title: str
    url: str
    icon: Icon
    position: int = msgspec.field(name="order")
    show_on_company: bool
    show_on_location: bool
    show_to_all_locations: bool
    locations: list[str]
    open_mode: OpenMode
    user_role: UserRole
    allow_camera: bool
    allow_microphone: bool


class CustomMenu(ShownMenu, kw_only=True):
    """An entry as it is kept, with what it is searched by."""

    title_lower_case: str = ""

    def __post_init__(self) -> None:
        """What is searched follows the title."""
        self.title_lower_case = self.title.lower()


class NewMenu(Body):
    """An entry as agencies write it."""

    title: Title
    url: Url
    icon: Icon
    show_on_company: bool
    show_on_location: bool
    show_to_all_locations: bool
    open_mode: OpenMode
    locations: Locations
    user_role: UserRole
    allow_camera: bool = False
    allow_microphone: bool = False


class MenuChange(Body):
    """A change; what is not sent stays."""

    title: Title | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    icon: IconChange | UnsetType = UNSET
    show_on_company: bool | UnsetType = UNSET
    show_on_location: bool | UnsetType = UNSET
    show_to_all_locations: bool | UnsetType = UNSET
    open_mode: OpenMode | UnsetType = UNSET
    locations: Locations | UnsetType = UNSET
    user_role: UserRole | UnsetType = UNSET
    allow_camera: bool | UnsetType = UNSET
    allow_microphone: bool | UnsetType = UNSET


class MenusWanted(Body):
    """Which entries, and which stretch of them. `show_on_company` means nothing where a sub-account is named."""

    location_id: Name | None = None
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 20
    query: Annotated[str, Meta(max_length=250)] = ""
    show_on_company: bool | None = None


class OneMenu(Wire):
    """The reply about one entry."""

    custom_menu: ShownMenu


class MenuChanged(OneMenu, kw_only=True):
    """The reply to changing."""

    success: bool


class ManyMenus(Wire):
    """Entries in their order, and how many there are in all."""

    custom_menus: list[ShownMenu]
    total_links: int


class MenuGone(Wire):
    """The reply to deleting."""

    success: bool
    message: str
    deleted_menu_id: str
    deleted_at: str


CUSTOM_MENUS = declare(
    Table(
        "custom_menus",
        CustomMenu,
        index=("position", "show_on_company"),
        text=("title_lower_case",),
        many=("locations",),
        owner="company",
    )
)


@area.get("/custom-menus/", scope="custom-menu-link.readonly", tokens="agency", slow=True)
def get_custom_menus(ctx: Ctx, query: MenusWanted) -> ManyMenus:
    """The agency's entries in their order: all, those its own people see, or those that a sub-account sees.

    And those with a piece of text in their title. `limit` of them (20 unless said, at most 1,000) after `skip`.
    """
    wanted = list[Condition]()
    if query.location_id:
        wanted.append(Eq("show_on_location", True))
        wanted.append(Any_((Eq("show_to_all_locations", True), Has("locations", query.location_id))))
    elif query.show_on_company is not None:
        wanted.append(Eq("show_on_company", query.show_on_company))
    if query.query.strip():
        wanted.append(Text(query.query.strip().lower()))
    found = ctx.db.find(CUSTOM_MENUS, *wanted, sort=(Sort("position"),), limit=query.limit, skip=query.skip)
    return ManyMenus(custom_menus=[_seen(m) for m in found], total_links=ctx.db.count(CUSTOM_MENUS, *wanted))


@area.post("/custom-menus/", scope="custom-menu-link.write", tokens="agency")
def create_custom_menu(ctx: Ctx, body: NewMenu) -> OneMenu:
    """Add an entry, behind those that are there.

    400 for sub-accounts that are not the agency's, 422 for an address that is no page.
    """
    last = ctx.db.find(CUSTOM_MENUS, sort=(Sort("position", descending=True),), limit=1)
    menu = CustomMenu(id=new_hex(), position=last[0].position + 1 if last else 1, **_checked(ctx, sent(body)))
    return OneMenu(custom_menu=_seen(ctx.db.put(CUSTOM_MENUS, menu)))


@area.get("/custom-menus/{customMenuId}", scope="custom-menu-link.readonly", tokens="agency")
def get_custom_menu_by_id(ctx: Ctx, custom_menu_id: str) -> OneMenu:
    """One entry; 404 where there is none with this id."""
    return OneMenu(custom_menu=_seen(menu_or_404(ctx, custom_menu_id)))


@area.put("/custom-menus/{customMenuId}", scope="custom-menu-link.write", tokens="agency")
def update_custom_menu(ctx: Ctx, custom_menu_id: str, body: MenuChange) -> MenuChanged:
    """Change an entry; what is not sent stays as it is."""
    menu = menu_or_404(ctx, custom_menu_id)
    fields = _checked(ctx, sent(body))
    if "icon" in fields:
        fields["icon"] = replace(menu.icon, **sent(fields["icon"]))
    return MenuChanged(success=True, custom_menu=_seen(ctx.db.put(CUSTOM_MENUS, replace(menu, **fields))))


@area.delete("/custom-menus/{customMenuId}", scope="custom-menu-link.write", tokens="agency")
def delete_custom_menu(ctx: Ctx, custom_menu_id: str) -> MenuGone:
    """Delete an entry."""
    menu = menu_or_404(ctx, custom_menu_id)
    done = ctx.db.delete(CUSTOM_MENUS, menu.id)
    told = "Custom menu successfully deleted"
    return MenuGone(success=done, message=told, deleted_menu_id=menu.id, deleted_at=ctx.stamp)


def menu_or_404(ctx: Ctx, id: str) -> CustomMenu:
    """The agency's entry with this id; 404 where there is none."""
    menu = ctx.db.get(CUSTOM_MENUS, id)
    if menu is None:
        raise NotFound(f"Custom menu with id {id} not found")
    return menu


@on(LocationRemoved)
def forget_location(ctx: Ctx, gone: LocationRemoved) -> None:
    """No entry is for a sub-account that is gone."""
    for menu in ctx.db.each(CUSTOM_MENUS, Has("locations", gone.location_id)):
        left = [id for id in menu.locations if id != gone.location_id]
        ctx.db.put(CUSTOM_MENUS, replace(menu, locations=left))


def _checked(ctx: Ctx, fields: dict[str, Any]) -> dict[str, Any]:
    """422 for an address that a browser must not open, 400 for sub-accounts that are not the agency's."""
    if "url" in fields and not GOOD_URL.fullmatch(fields["url"]):
        raise Unprocessable("url must be a URL address")
    if "locations" in fields:
        fields["locations"] = [location_or_400(ctx, id).id for id in dict.fromkeys(fields["locations"])]
    return fields


def _seen(menu: CustomMenu) -> ShownMenu:
    return ShownMenu(**{name: getattr(menu, name) for name in ShownMenu.__struct_fields__})
