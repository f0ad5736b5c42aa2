"""Search of conversations: every filter and order, and its place after the last one found."""

from datetime import timedelta

import pytest

from groundlevel.areas.conversations.tests.conftest import Talk

NAMES = ("Bea", "Cai", "Dan", "Eva")


@pytest.fixture
def four(talk: Talk) -> dict[str, str]:
    """Anna was not written to; Bea wrote twice, Cai was written to by the API, Dan by a user, and there is nothing of
    Eva but a deal. Each a minute after the one before."""
    box, ids = talk.box, dict[str, str]()
    for number, name in enumerate(NAMES):
        box.sandbox.move_clock(timedelta(minutes=1))
        ids[name] = box.new_contact(firstName=name, phone=f"+1415555018{number}", companyName=f"{name} & Co")
    box.sandbox.move_clock(timedelta(minutes=1))
    talk.comes(ids["Bea"])
    talk.comes(ids["Bea"], message="And one more")
    box.sandbox.move_clock(timedelta(minutes=1))
    talk.send(ids["Cai"])
    box.sandbox.move_clock(timedelta(minutes=1))
    conversation = talk.found(contactId=ids["Dan"])[0]["id"]
    at = f"/operator/locations/{box.location_id}/conversations/{conversation}"
    said = {"message": f"See this, @[Anna Alm]({box.user_id})", "userId": box.user_id}
    assert box.operator.post(f"{at}/comments", json=said).status_code == 201
    box.location.put(f"/contacts/{ids['Dan']}", json={"assignedTo": box.user_id})
    box.location.put(f"/conversations/{conversation}", json=talk.place | {"starred": True})
    return ids


def test_filters(talk: Talk, four: dict[str, str]) -> None:
    user = talk.box.user_id
    for said, expected in (
        ({}, "Dan Cai Bea Eva Anna"),
        ({"sort": "asc"}, "Anna Eva Bea Cai Dan"),
        ({"sortBy": "last_manual_message_date", "limit": 2}, "Dan Bea"),
        ({"sortBy": "due_at", "limit": 2}, "Dan Cai"),
        ({"status": "unread"}, "Bea"),
        ({"status": "read"}, "Dan Cai Eva Anna"),
        ({"status": "starred"}, "Dan"),
        ({"status": "recents"}, "Dan Cai Bea"),
        ({"lastMessageType": "TYPE_SMS"}, "Cai Bea"),
        ({"lastMessageType": "TYPE_INTERNAL_COMMENT"}, "Dan"),
        ({"lastMessageType": "TYPE_NO_SHOW"}, "Eva Anna"),
        ({"lastMessageDirection": "inbound"}, "Bea"),
        ({"lastMessageDirection": "outbound"}, "Cai"),
        ({"lastMessageAction": "automated"}, "Cai"),
        ({"lastMessageAction": "manual"}, ""),
        ({"assignedTo": user}, "Dan"),
        ({"assignedTo": "unassigned"}, "Cai Bea Eva Anna"),
        ({"assignedTo": f"unassigned,{user}", "limit": 2}, "Dan Cai"),
        ({"mentions": f"nobody,{user}"}, "Dan"),
        ({"followers": user}, ""),
        ({"contactId": four["Cai"]}, "Cai"),
        ({"id": talk.id}, "Anna"),
        ({"query": "ea & c"}, "Bea"),
        ({"query": "415555018"}, "Dan Cai Bea Eva"),
        ({"query": "an"}, "Anna"),
        ({"query": "co", "status": "unread"}, ""),
        ({"scoreProfile": "any", "scoreProfileMin": 1}, ""),
    ):  # fmt: skip
        assert (said, " ".join(talk.names(**said)).replace(" Alm", "")) == (said, expected)


def test_what_is_marked_as_unread_before_anything_was_said_still_shows_that(talk: Talk) -> None:
    talk.box.location.put(f"/conversations/{talk.id}", json=talk.place | {"unreadCount": 1})
    (found,) = talk.found(status="unread", lastMessageType="TYPE_NO_SHOW")
    assert (found["lastMessageType"], found["unreadCount"]) == ("TYPE_NO_SHOW", 1)


def test_days_and_totals(talk: Talk, four: dict[str, str]) -> None:
    added = {one["fullName"]: one["dateAdded"] for one in talk.found()}
    assert talk.names(startDate=added["Bea"], endDate=added["Dan"], sort="asc") == ["Bea", "Cai", "Dan"]
    reply = talk.box.location.get("/conversations/search", params=talk.place | {"limit": 1, "status": "read"}).json()
    assert (reply["total"], len(reply["conversations"])) == (4, 1)


def test_the_next_page_is_behind_the_last_one_found(talk: Talk, four: dict[str, str]) -> None:
    every, found, after = talk.names(), list[str](), dict[str, str]()
    for _ in every:
        (one,) = talk.found(limit=1, **after)
        found.append(one["fullName"])
        after = {"startAfterDate": ",".join(map(str, one["sort"]))}
    assert (found, talk.found(**after)) == (every, [])
    first, second = talk.found(limit=2)
    assert talk.names(startAfterDate=second["sort"][0]) == every[2:]
    listed = {"startAfterDate": [str(first["sort"][0]), first["id"]]}
    assert talk.names(**listed) == every[1:]


def test_what_is_unknown_is_refused(talk: Talk) -> None:
    for said, message in (
        ({"limit": 101}, "limit must not be greater than 100"),
        ({"limit": 0}, "limit must not be less than 1"),
        ({"lastMessageType": "TYPE_X"}, "lastMessageType must be one of the published types"),
        ({"startAfterDate": "soon"}, "startAfterDate must be the sort value of the last conversation"),
        ({"order": "asc"}, "property order should not exist"),
        ({"status": "new"}, "status must be one of the following values: all, read, recents, starred, unread"),
    ):
        reply = talk.box.location.get("/conversations/search", params=talk.place | said)
        assert (reply.status_code, reply.json()["message"]) == (422, [message])
