"""How the token endpoint refuses: texts of the service, in the shape of each version.

v3: `{"statusCode", "message"}` (source: its published examples). Before: `error` and `error_description` of RFC 6749,
which clients match on, beside the same two (the published schema); the RFC lets a server add members.
"""

from typing import Any, ClassVar

from groundlevel.kernel.problems import Problem
from groundlevel.kernel.wire import snake


class TokenProblem(Problem):
    """A token is not given: `code` is the RFC's word for the reason. 400."""

    status, title, bare = 400, "Bad Request", True
    older: ClassVar["type[TokenProblem]"]

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def as_before_v3(self) -> "TokenProblem":
        """The same refusal in the words and shape of the older version."""
        head, _, name = self.messages[0].partition(": ")
        message = f"{head}: {snake(name)}" if head.endswith(" parameter") else self.messages[0]
        return self.older(self.code, message)


class _Older(TokenProblem):
    def body(self, trace_id: str) -> dict[str, Any]:
        """The RFC's members first."""
        return {"error": self.code, "error_description": self.messages[0], **super().body(trace_id)}


class ClientProblem(TokenProblem):
    """401: the client is not who it says."""

    status, title = 401, "Unauthorized"


class _OlderClient(_Older, ClientProblem):
    pass


TokenProblem.older = _Older
ClientProblem.older = _OlderClient


def missing(name: str) -> TokenProblem:
    """A parameter that must be there."""
    return TokenProblem("invalid_request", f"Missing parameter: {name}")


def invalid(name: str, code: str = "invalid_request") -> TokenProblem:
    """A parameter that cannot be so."""
    return TokenProblem(code, f"Invalid parameter: {name}")


def invalid_grant(what: str) -> TokenProblem:
    """A code or refresh token that is not, or no longer, good: nothing tells which."""
    return TokenProblem("invalid_grant", f"Invalid grant: {what} is invalid")


def invalid_client() -> TokenProblem:
    """An unknown client, or not its secret: nothing tells which."""
    return ClientProblem("invalid_client", "Invalid client: client credentials are invalid")
