"""The only source of now. An operator of a test installation can move it; jobs and limits follow."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus an offset, which only ever moves when an operator says so."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The moment it is here, in UTC."""
        return datetime.now(UTC) + self.offset

    def move_to(self, moment: datetime) -> timedelta:
        """Make it `moment` now, and go on from there; the new offset from real time."""
        self.offset = moment - datetime.now(UTC)
        return self.offset
