"""The official Python SDK finds a slot, books it, moves it and cancels it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from highlevel import HighLevel
from highlevel.error import GHLError
from tests.sdk.test_python_sdk import story

ALWAYS = [{"daysOfTheWeek": [0, 1, 2, 3, 4, 5, 6], "hours": [
    {"openHour": 9, "openMinute": 0, "closeHour": 17, "closeMinute": 0}]}]  # fmt: skip


def test_a_slot_is_found_booked_moved_and_cancelled(live: Any) -> None:
    place, user = live.location_id, live.credentials["userId"]
    since = datetime.now(UTC) + timedelta(days=30)
    span = round(since.timestamp() * 1000), round((since + timedelta(days=3)).timestamp() * 1000)

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        service = sdk.calendars
        said = {"locationId": place, "name": "By SDK", "calendarType": "round_robin", "openHours": ALWAYS}
        made = (await service.create_calendar({**said, "teamMembers": [{"userId": user}]}))["calendar"]
        assert (await service.get_calendar(made["id"]))["calendar"] == made

        async def free(**more: Any) -> list[str]:
            told = await service.get_slots(made["id"], *span, timezone="America/New_York", **more)
            return [slot for day in told.values() if isinstance(day, dict) for slot in day["slots"]]

        slots = await free(user_id=user)
        assert slots == await free(user_ids=[user])
        assert await free(user_ids=["nobody"]) == []
        contact = (await sdk.contacts.create_contact({"locationId": place, "firstName": "Slot"}))["contact"]["id"]
        wish = {"locationId": place, "calendarId": made["id"], "contactId": contact, "startTime": slots[3]}
        booked = await service.create_appointment(wish)
        assert (booked["title"], booked["assignedUserId"], booked["appointmentStatus"]) == ("Slot", user, "confirmed")
        with pytest.raises(GHLError, match="selected is no longer available"):
            await service.create_appointment(wish)
        assert await free() == [slot for slot in slots if slot != slots[3]]
        await service.edit_appointment(booked["id"], {"startTime": slots[5]})
        told = (await service.get_appointment(booked["id"]))["event"]
        assert datetime.fromisoformat(told["startTime"]) == datetime.fromisoformat(slots[5])
        events = await service.get_calendar_events(place, str(span[0]), str(span[1]), calendar_id=made["id"])
        assert events["events"] == [told]
        await service.edit_appointment(booked["id"], {"appointmentStatus": "cancelled"})
        assert await free() == slots
        block = {"locationId": place, "calendarId": made["id"], "startTime": slots[0], "endTime": slots[2]}
        blocked = await service.create_block_slot(block)
        assert await free() == slots[2:]
        for event in (blocked["id"], booked["id"]):
            assert (await service.delete_event(event, {}))["succeeded"] is True
        assert (await service.delete_calendar(made["id"]))["success"] is True

    story(live, tell)
