"""Four processes over one database: a slot is booked once, whichever of them is asked."""

from collections.abc import Callable

from tests.calendars.racing import Race, by_moving, for_one_seat, for_one_user, for_several
from tests.conftest import LiveServer


def test_as_many_win_as_there_are_seats(fleet: Callable[..., list[LiveServer]]) -> None:
    servers = fleet(4)
    race = Race(servers)
    try:
        for_one_seat(race)
        for_one_user(race)
        for_several(race)
        by_moving(race)
    finally:
        race.close()
    assert [server.troubles() for server in servers] == [[]] * 4
