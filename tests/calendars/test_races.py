"""One server on SQLite: of all who want a slot at the same moment, as many get it as there are seats."""

from collections.abc import Iterator

import pytest
from tests.calendars.racing import Race, by_moving, for_one_seat, for_one_user, for_several
from tests.conftest import LiveServer

from groundlevel.testing_stores import database_for


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Race]:
    """Clients of the demo's sub-account."""
    server = LiveServer(database_for("sqlite", tmp_path_factory.mktemp("races"), "races", flushed=True)).start()
    made = Race([server])
    yield made
    made.close()
    assert server.troubles() == []
    server.stop()


def test_one_seat_has_one_winner(race: Race) -> None:
    for_one_seat(race)


def test_a_user_of_two_calendars_is_booked_in_one(race: Race) -> None:
    for_one_user(race)


def test_a_class_has_as_many_winners_as_seats_and_a_team_as_members(race: Race) -> None:
    for_several(race)


def test_of_all_who_move_to_a_slot_one_arrives(race: Race) -> None:
    by_moving(race)
