"""An operation is a typed function and one line of contract; an area is a folder of them."""

import inspect
import pkgutil
import re
import typing
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Literal, TypedDict, TypeVar, Unpack

from msgspec import Struct

from groundlevel.kernel.problems import Problem
from groundlevel.kernel.versions import V2, V3, VERSIONS
from groundlevel.kernel.wire import snake

Handler = TypeVar("Handler", bound=Callable[..., Any])

PUBLIC = "(public)"
"""The scope of an operation that asks for no token."""
OPERATOR = "(operator)"
"""The scope of an operation that asks for the operator's key."""

Tokens = Literal["location", "agency", "either"]


class Line(TypedDict, total=False):
    """What a line of contract may say beyond path and scope.

    tokens: which token classes. status: of success. only: the one version that has it. was: its path before v3.
    reads: it changes nothing, whatever its method. slow: may take over 2 ms, so it runs on a reader thread.
    unsaid: the version that a request without a `Version` header means; without it, such a request is refused.
    limit: the setting that bounds a body with files. steps: `(app, request)`, waited for before its unit of work.
    """

    tokens: Tokens
    status: int
    only: str
    was: str
    reads: bool
    slow: bool
    unsaid: str
    limit: str
    steps: tuple[Callable[[Any, Any], Any], ...]


class Operation(Struct, frozen=True, eq=False, kw_only=True):
    """One line of contract and its function, equal to nothing else. `versions`: those in which the path exists."""

    area: "Area"
    method: str
    path: str
    fn: Callable[..., Any]
    scope: str
    versions: tuple[str, ...]
    query: Any
    body: Any
    reply: Any
    tokens: Tokens = "location"
    status: int = 200
    was: str | None = None
    reads: bool = False
    slow: bool = False
    unsaid: str = ""
    limit: str = "body_limit"
    steps: tuple[Callable[[Any, Any], Any], ...] = ()

    @property
    def parameters(self) -> list[str]:
        """The names of the path's parameters, as published."""
        return re.findall(r"{(\w+)}", self.path)

    def path_in(self, version: str) -> str:
        """The path as that version publishes it."""
        return self.was if self.was and version != V3 else self.path

    @property
    def older_path(self) -> str | None:
        """The path that only the older version publishes, and that the service goes on answering under the newer."""
        return self.was or (self.path if V3 not in self.versions else None)


class Area:
    """A part of the API: its operations, and what they have in common.

    version: the dated version its v2 documents ask for. versionless: needs no `Version` header (`/operator`).
    """

    def __init__(self, name: str, title: str, *, version: str = V2, versionless: bool = False) -> None:
        self.name, self.title, self.version, self.versionless = name, title, version, versionless
        self.operations: list[Operation] = []

    def get(self, path: str, *, scope: str, **line: Unpack[Line]) -> Callable[[Handler], Handler]:
        """A GET operation: 200, changes nothing."""
        return self._declare("GET", path, scope, {"reads": True, **line})

    def post(self, path: str, *, scope: str, **line: Unpack[Line]) -> Callable[[Handler], Handler]:
        """A POST operation: 201 unless `status` says otherwise; `reads=True` for one that only searches."""
        return self._declare("POST", path, scope, {"status": 201, **line})

    def put(self, path: str, *, scope: str, **line: Unpack[Line]) -> Callable[[Handler], Handler]:
        """A PUT operation: 200."""
        return self._declare("PUT", path, scope, line)

    def delete(self, path: str, *, scope: str, **line: Unpack[Line]) -> Callable[[Handler], Handler]:
        """A DELETE operation: 200."""
        return self._declare("DELETE", path, scope, line)

    def _declare(self, method: str, path: str, scope: str, line: Line) -> Callable[[Handler], Handler]:
        def register(fn: Handler) -> Handler:
            self.operations.append(self._operation(method, path, scope, fn, line))
            return fn

        return register

    def _operation(self, method: str, path: str, scope: str, fn: Callable[..., Any], line: Line) -> Operation:
        hints = typing.get_type_hints(fn, include_extras=True)
        wanted = {"ctx", *(snake(p) for p in re.findall(r"{(\w+)}", path))}
        given = set(inspect.signature(fn).parameters) - {"query", "body"}
        if wanted != given:
            raise TypeError(f"{fn.__name__}: the path asks for {sorted(wanted)}, the function takes {sorted(given)}")
        rest: dict[str, Any] = {"unsaid": V3 if self.versionless else "", **line}
        only = rest.pop("only", None)
        return Operation(
            area=self, method=method, path=path, fn=fn, scope=scope, versions=(only,) if only else VERSIONS,
            query=hints.get("query"), body=hints.get("body"), reply=_answered(hints["return"]), **rest,
        )  # fmt: skip


def _answered(tp: Any) -> Any:
    """The reply's type, without the problem that may be returned in its place."""
    told, *problem = typing.get_args(tp) or (tp,)
    return told if problem == [Problem] else tp


@cache
def discover(package: str) -> tuple[Area, ...]:
    """Every folder of the package is an area: its `area.py` holds the `Area`, its modules declare on it."""
    areas: list[Area] = []
    root = import_module(package)
    for folder in pkgutil.iter_modules(root.__path__):
        if folder.ispkg:
            inside = import_module(f"{package}.{folder.name}")
            for module in pkgutil.iter_modules(inside.__path__):
                if not module.ispkg:
                    import_module(f"{package}.{folder.name}.{module.name}")
            found: Area = import_module(f"{package}.{folder.name}.area").area
            areas.append(found)
    return tuple(areas)
