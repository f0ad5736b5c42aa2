"""Users who follow an opportunity: /opportunities/{id}/followers"""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.contacts import FollowersAdded, FollowersRemoved
from groundlevel.areas.opportunities.area import area
from groundlevel.areas.opportunities.keeping import keep
from groundlevel.areas.opportunities.opportunity import opportunity_or_400
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Body, Name

UserIds = Annotated[list[Name], Meta(max_length=10)]


class Followers(Body):
    """Users by their ids, at most ten."""

    followers: UserIds


class Leaving(Body):
    """Whether all of them go, and not only those named."""

    is_remove_all_followers: bool = False


@area.post("/opportunities/{id}/followers", scope="opportunities.write")
def add_followers_opportunity(ctx: Ctx, id: str, body: Followers) -> FollowersAdded:
    """Let users follow an opportunity. 400 for one who does not work for this location."""
    before = opportunity_or_400(ctx, id)
    added = [u for u in dict.fromkeys(body.followers) if u not in before.followers]
    for user_id in added:
        check_user(ctx, user_id)
    after = keep(ctx, before, replace(before, followers=[*before.followers, *added]))
    return FollowersAdded(followers=after.followers, followers_added=added)


@area.delete("/opportunities/{id}/followers", scope="opportunities.write")
def remove_followers_opportunity(ctx: Ctx, id: str, query: Leaving, body: Followers) -> FollowersRemoved:
    """Let users no longer follow an opportunity: those named, or with `isRemoveAllFollowers` all of them."""
    before = opportunity_or_400(ctx, id)
    named = before.followers if query.is_remove_all_followers else body.followers
    removed = [u for u in before.followers if u in named]
    after = keep(ctx, before, replace(before, followers=[u for u in before.followers if u not in removed]))
    return FollowersRemoved(followers=after.followers, followers_removed=removed)
