"""A request to a function's arguments, and its result to a response.

Compiled for each operation and version when it is first asked for, and kept.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct
from starlette.datastructures import UploadFile

from groundlevel.kernel.area import Operation
from groundlevel.kernel.explain import violations
from groundlevel.kernel.problems import BadRequest, Unprocessable, UnsupportedMediaType
from groundlevel.kernel.versions import VERSIONS, as_of, translator
from groundlevel.kernel.wire import snake

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_PARAMETERS = 500
_encode = msgspec.json.Encoder().encode
_older: dict[str, dict[Any, Any]] = {version: {} for version in VERSIONS}


class Bound:
    """One operation as one version has it: how its arguments are read and its result is written."""

    def __init__(self, op: Operation, version: str) -> None:
        self.op, self.version, memo = op, version, _older[version]
        self.names = [snake(p) for p in op.parameters]
        self.query, self.body = as_of(version, op.query, memo), as_of(version, op.body, memo)
        self.decode = msgspec.json.Decoder(self.body).decode if self.body else None
        self.read_query = translator(self.query, op.query)
        self.read_body = translator(self.body, op.body)
        self.reply = as_of(version, op.reply, memo)
        self.write_reply = translator(op.reply, self.reply)
        self.lists = _list_fields(self.query)
        self.where_location = next((p for p, t in self._places() if "location_id" in t), None)
        self.where_company = next((p for p, t in self._places() if "company_id" in t), None)

    def _places(self) -> list[tuple[str, Any]]:
        shapes = (("query", self.op.query), ("body", self.op.body))
        return [("path", self.names), *((p, getattr(t, "__struct_fields__", ())) for p, t in shapes)]

    def arguments(self, path: list[str], query_string: bytes, body: "Sent | None") -> dict[str, Any]:
        """What the function is called with. 422 with every violation; 400 and 415 for what cannot be read at all."""
        args: dict[str, Any] = dict(zip(self.names, path, strict=True))
        wrong: list[str] = []
        if self.query:
            args["query"] = self._query(query_string, wrong)
        if self.body:
            args["body"] = self._body(body or Sent(), wrong)
        if wrong:
            raise Unprocessable(*dict.fromkeys(wrong))
        if any("\0" in value for value in path):
            raise BadRequest("The path must not contain NUL")
        return args

    def _query(self, query_string: bytes, wrong: list[str]) -> Any:
        given = nested(pairs_of(query_string), self.lists)
        try:
            value = msgspec.convert(given, self.query, strict=False)
        except msgspec.ValidationError as error:
            wrong += violations(given, self.query, strict=False) or [str(error)]
            return None
        return self.read_query(value) if self.read_query else value

    def _body(self, sent: "Sent", wrong: list[str]) -> Any:
        try:
            if sent.form is not None:
                value = msgspec.convert(self._form(sent.form), self.body, strict=False)
            else:
                assert self.decode
                value = self.decode(sent.raw or b"{}")
                if b"\\u0000" in sent.raw:
                    _refuse_nul(msgspec.json.decode(sent.raw))
        except msgspec.ValidationError as error:
            given = self._form(sent.form) if sent.form is not None else _parsed(sent.raw)
            wrong += violations(given, self.body, strict=sent.form is None) or [str(error)]
            return None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _unreadable(error) from None
        return self.read_body(value) if self.read_body else value

    def _form(self, form: dict[str, Any]) -> dict[str, Any]:
        """A form's fields. Files under names of the sender's own are its `files`, where a body has such a field."""
        if "files" not in self.body.__struct_fields__:
            return form
        known = {f.encode_name for f in msgspec.structs.fields(self.body)}
        files = {name: value for name, value in form.items() if isinstance(value, UploadFile) and name not in known}
        return {name: value for name, value in form.items() if name not in files} | {"files": files}

    def encoded(self, result: Any) -> bytes:
        """The response's body."""
        if result is None:
            return b""
        return _encode(self.write_reply(result) if self.write_reply else result)


@dataclass(frozen=True)
class Content:
    """A reply that is not JSON: its headers, and its bytes, at once or piece by piece (`parts`, begun when sent)."""

    headers: dict[str, str]
    body: bytes = b""
    parts: Callable[[], AsyncIterator[bytes]] | None = None
    status: int = 200

    async def send(self, send: Callable[[dict[str, Any]], Awaitable[None]], more: list[tuple[bytes, bytes]]) -> None:
        """Answer with it, and with these headers besides."""
        own = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": [*own, *more]})
        if self.parts:
            async for part in self.parts():
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": self.body})


@cache
def bound(op: Operation, version: str) -> Bound:
    """The operation as that version has it."""
    return Bound(op, version)


class Sent(Struct):
    """A request's body: JSON as it came, or a form's fields (files among them, which end with the request)."""

    raw: bytes = b""
    form: dict[str, Any] | None = None
    files: list[UploadFile] = []

    def close(self) -> None:
        """Let go of the form's files."""
        for one in self.files:
            one.file.close()


def _unreadable(error: Exception) -> BadRequest:
    if isinstance(error, RecursionError):
        return BadRequest("The JSON is nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return BadRequest("The body is not UTF-8")
    return BadRequest(f"The body is not valid JSON: {error}")


def _parsed(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(error) from None


def _refuse_nul(value: Any) -> None:
    if isinstance(value, str) and "\0" in value:
        raise BadRequest("Text must not contain NUL")
    if isinstance(value, dict):
        for key, inner in cast(dict[str, Any], value).items():
            _refuse_nul(key)
            _refuse_nul(inner)
    elif isinstance(value, list):
        for inner in cast(list[Any], value):
            _refuse_nul(inner)


def media_type(content_type: bytes, *, has_body: bool) -> str:
    """`json` or `form`. 415 for a body of any other kind; a body that says nothing of itself is taken for JSON."""
    kind = content_type.split(b";", 1)[0].strip().lower().decode("latin-1")
    if kind in FORMS:
        return "form"
    if has_body and kind and kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMediaType(f"Send application/json (or a form) instead of {kind}")
    return "json"


# --- query strings and forms ---


def pairs_of(query_string: bytes, called: str = "query string") -> list[tuple[str, Any]]:
    """The parameters (of a form: its fields) in their order. 400 for too many, broken encodings and NUL."""
    if not query_string:
        return []
    try:
        text = query_string.decode("ascii")
        found = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except (UnicodeDecodeError, ValueError):
        raise BadRequest(f"The {called} cannot be read") from None
    if any("\0" in part for pair in found for part in pair):
        raise BadRequest(f"The {called} must not contain NUL")
    return cast(list[tuple[str, Any]], found)


def nested(pairs: list[tuple[str, Any]], lists: frozenset[str]) -> dict[str, Any]:
    """`a=1&a=2`, `a[]=1`, `a[0]=1`, `a[b]=1` as lists and objects; a field of `lists` is one even when sent once."""
    out: dict[str, Any] = {}
    for name, value in pairs:
        head, *inner = name.replace("]", "").split("[")
        if not inner:
            out[head] = _with(out.get(head), value) if head in out else value
        else:
            _place(out, [head, *inner], value)
    for name, value in out.items():
        value = out[name] = _lists_of(value)
        if name in lists and not isinstance(value, list):
            out[name] = [value]
    return out


def _with(there: Any, value: Any) -> list[Any]:
    return [*cast(list[Any], there), value] if isinstance(there, list) else [there, value]


def _place(out: dict[str, Any], keys: list[str], value: Any) -> None:
    *way, last = keys
    node = out
    for key in way[:6]:
        inner = node.setdefault(key or str(len(node)), {})
        if not isinstance(inner, dict):
            inner = node[key] = {"0": inner}
        node = cast(dict[str, Any], inner)
    node[last or str(len(node))] = value


def _lists_of(value: Any) -> Any:
    """Objects whose keys are all numbers are lists."""
    if not isinstance(value, dict):
        return value
    members = {k: _lists_of(v) for k, v in cast(dict[str, Any], value).items()}
    if members and all(k.isascii() and k.isdigit() and len(k) < 10 for k in members):
        return [members[k] for k in sorted(members, key=int)]
    return members


def _list_fields(tp: Any) -> frozenset[str]:
    if tp is None:
        return frozenset()
    names: set[str] = set()
    for f in msgspec.structs.fields(tp):
        info = msgspec.inspect.type_info(f.type)
        options = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
        if any(isinstance(o, msgspec.inspect.ListType) for o in options):
            names.add(f.encode_name)
    return frozenset(names)
