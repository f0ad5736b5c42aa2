"""The closed set of refusals, and their one rendering.

The texts are those of the hosted service, because its clients match on them.
"""

from typing import Any, ClassVar

import msgspec


class Problem(Exception):
    """A refusal: raised where the knowledge is, it undoes the unit of work and becomes the answer.

    `message` is one text or, for violations of the request's shape, all of them. `extra` are further members
    of the body (`meta`, `code`, `canonicalCode`). A `bare` one bears neither `error` nor `traceId`, as the
    hosted service's gateway answers.
    """

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal Server Error"
    bare: ClassVar[bool] = False

    def __init__(self, *messages: str, **extra: Any) -> None:
        super().__init__(*messages)
        self.messages = list(messages)
        self.extra = extra

    def body(self, trace_id: str) -> dict[str, Any]:
        """The JSON object that is answered."""
        told: dict[str, Any] = {"statusCode": self.status, "message": self.told()}
        if not self.bare:
            told |= {"error": self.title, "traceId": trace_id}
        return told | self.extra

    def told(self) -> str | list[str]:
        """`message`: one text, but for the problems that always list."""
        return self.messages[0] if self.messages else self.title


class BadRequest(Problem):
    """400: it is well-formed, but cannot be done."""

    status, title = 400, "Bad Request"


class Unauthorized(Problem):
    """401: the gateway does not know the token, or what it may do does not cover this."""

    status, title, bare = 401, "Unauthorized", True


class Forbidden(Problem):
    """403: the token is good, and this record is not its own."""

    status, title = 403, "Forbidden"


class NotFound(Problem):
    """404: no such path, or no such record where the service says so."""

    status, title = 404, "Not Found"


class Conflict(Problem):
    """409: what is there already stands against it."""

    status, title = 409, "Conflict"


class TooLarge(Problem):
    """413: the body is over the limit."""

    status, title = 413, "Payload Too Large"


class UnsupportedMediaType(Problem):
    """415: the body is of a kind this operation does not read."""

    status, title = 415, "Unsupported Media Type"


class Unprocessable(Problem):
    """422: every violation of the request's shape, in one list."""

    status, title = 422, "Unprocessable Entity"

    def told(self) -> list[str]:
        """Always a list, even of one."""
        return self.messages


class TooManyRequests(Problem):
    """429: a budget is spent; nothing was done."""

    status, title, bare = 429, "Too Many Requests", True


class Unavailable(Problem):
    """503: the store cannot answer now; nothing was done."""

    status, title = 503, "Service Unavailable"


def render(problem: Problem, trace_id: str) -> bytes:
    """The answer's body, as JSON."""
    return msgspec.json.encode(problem.body(trace_id))
