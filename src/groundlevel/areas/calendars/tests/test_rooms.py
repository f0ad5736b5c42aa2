"""Of several rooms an appointment needs one, and that one as a whole."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from groundlevel.areas.calendars.rooms import one_of, room_at
from groundlevel.areas.calendars.rules import Rules
from groundlevel.areas.calendars.slots import Party, Question, full, offered
from groundlevel.conftest import Box

HOUR, ALWAYS = 3_600, Rules("UTC", (((0, 1_440),),) * 7)
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8)), max_size=6)
ROOMS = st.lists(st.tuples(SPANS, st.integers(1, 3)), min_size=1, max_size=3)


@settings(deadline=None)
@given(ROOMS, st.integers(1, 5), st.integers(0, 2), st.integers(0, 2))
def test_a_slot_is_offered_if_one_room_is_free_for_all_of_it(rooms: Any, long: int, before: int, after: int) -> None:
    parties = [
        Party(f"r{n}", own=[(start * 60, (start + length) * 60) for start, length in spans], seats=seats)
        for n, (spans, seats) in enumerate(rooms)
    ]
    question = Question(
        since=0, until=60 * 60, duration=long * 60, interval=60, before=before * 60, after=after * 60,
        someone=[Party("anna", ALWAYS)],
    )  # fmt: skip

    def free(room: Party, start: int) -> bool:
        first, last = start - before * 60, start + (long + after) * 60
        return not any(a < last and first < b for a, b in full(room.own, room.seats))

    found = [(start, next((r.id for r in parties if free(r, start)), None)) for start in range(0, 3_600, 60)]
    asked = Question(
        **{f: getattr(question, f) for f in Question.__struct_fields__} | {"everyone": one_of(parties, question)}
    )
    assert offered(asked) == [start for start, room in found if room]
    assert [(start, room_at(parties, question, start)) for start, _ in found] == found


def test_each_booking_gets_a_room_that_is_free(box: Box) -> None:
    here = {"locationId": box.location_id}
    said = {"name": "Visits", "teamMembers": [{"userId": box.user_id}], "appoinmentPerSlot": 5}
    calendar = box.location.post("/calendars/", json=here | said).json()["calendar"]["id"]
    plain = here | {"description": "", "quantity": 9, "outOfService": 0, "capacity": 1, "calendarIds": [calendar]}
    rooms = [box.location.post("/calendars/resources/rooms", json=plain | {"name": name}).json()["id"] for name in "AB"]
    tool = box.location.post("/calendars/resources/equipments", json=plain | {"name": "Lamp"}).json()["id"]
    book = here | {"calendarId": calendar, "contactId": box.new_contact(firstName="Bea"), "ignoreDateRange": True}

    def taken(start: str) -> Any:
        reply = box.location.post("/calendars/events/appointments", json=book | {"startTime": f"2027-03-08T{start}Z"})
        if reply.status_code != 200:
            return reply.json()["message"]
        event = box.location.get(f"/calendars/events/appointments/{reply.json()['id']}").json()["event"]
        return sorted(set(event["assignedResources"]) - {tool})

    first, second = taken("09:00:00"), taken("09:00:00")
    assert sorted(first + second) == sorted(rooms)
    assert taken("09:00:00") == "The slot you have selected is no longer available."
    assert taken("10:00:00") == first
