"""What becomes of messages on their way, for the area that keeps them to react to."""

from typing import ClassVar, Literal

from groundlevel.kernel.events import Event

Became = Literal["pending", "sent", "delivered", "read", "failed"]


class Left(Event):
    """Something became of a message of the outbox. id: of what left; message_id: of the message it belongs to.

    became: pending says that it is sent again.

    code, reason: of a failure. first: that it leaves only now, since it had been scheduled.
    """

    logged: ClassVar[bool] = False
    id: str
    message_id: str
    became: Became
    code: str = ""
    reason: str = ""
    first: bool = False
