"""Query strings, JSON, forms and files to a function's arguments."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundlevel.kernel.area import PUBLIC, Area
from groundlevel.kernel.binding import nested, pairs_of
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.testing import Sandbox
from groundlevel.kernel.versions import V2, V3
from groundlevel.kernel.wire import Body, Wire

PLACED: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ("a=1&b=", {"a": "1", "b": ""}),
    ("a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
    ("a[]=1&a[]=2", {"a": ["1", "2"]}),
    ("a[1]=y&a[0]=x", {"a": ["x", "y"]}),
    ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
    ("a[b][c]=1&a[b][d][]=2", {"a": {"b": {"c": "1", "d": ["2"]}}}),
    ("a[0][b]=1&a[1][b]=2", {"a": [{"b": "1"}, {"b": "2"}]}),
    ("many=1", {"many": ["1"]}),
    ("many[x]=1", {"many": [{"x": "1"}]}),
    ("a%5Bb%5D=%C3%A9+x", {"a": {"b": "é x"}}),
    ("a[²]=1", {"a": {"²": "1"}}),
    ("a[" + "9" * 5000 + "]=1", {"a": {"9" * 5000: "1"}}),
]


@pytest.mark.parametrize(("query", "value"), PLACED)
def test_parameters_nested_bracketed_and_repeated(query: str, value: dict[str, Any]) -> None:
    quoted = query.encode().replace("²".encode(), b"%C2%B2")
    assert nested(pairs_of(quoted), frozenset(["many"])) == value


@pytest.mark.parametrize("query", [b"a=%FF", b"a=%00", "a=é".encode(), b"&".join([b"a=1"] * 501)])
def test_query_strings_that_cannot_be_read(query: bytes) -> None:
    with pytest.raises(BadRequest):
        pairs_of(query)


keys = st.text(alphabet="ab[]0²", max_size=12)


@given(st.lists(st.tuples(keys, st.text(max_size=3)), max_size=6))
def test_no_names_of_parameters_make_it_fail(pairs: list[tuple[str, Any]]) -> None:
    assert isinstance(nested(pairs, frozenset(["a"])), dict)


class Asked(Body):
    """A query."""

    page: int = 1
    ids: list[str] = []
    active: bool | None = None


class Sent(Body):
    """A body."""

    name: str
    size: int = 0
    file: Any = None


class Heard(Wire):
    """What arrived."""

    id: str
    page: int
    ids: list[str]
    name: str
    size: int
    file: str = ""


@pytest.fixture
def client(serve: Callable[..., Sandbox]) -> httpx2.Client:
    """Of an operation that says what arrived."""
    area = Area("trial", "Trial")

    @area.put("/things/{thingId}", scope=PUBLIC)
    def change_thing(ctx: Ctx, thing_id: str, query: Asked, body: Sent) -> Heard:
        caller_sees = getattr(body.file, "filename", "") or ""
        return Heard(
            id=thing_id, page=query.page, ids=query.ids, name=body.name, size=body.size, file=str(caller_sees)
        )  # fmt: skip

    made = serve(area, body_limit=1_000)
    return made.client(made.token("Location", [], "c", "l"), V3)


def test_json_forms_and_files(client: httpx2.Client) -> None:
    heard = {"id": "a b", "page": 2, "ids": ["x"], "name": "Anna", "size": 5}
    path = "/things/a%20b?page=2&ids=x"
    assert client.put(path, json={"name": "Anna", "size": 5}).json() == heard
    assert client.put(path, data={"name": "Anna", "size": "5"}).json() == heard
    files = client.put(path, data={"name": "Anna", "size": "5"}, files={"file": ("a.txt", b"hello")})
    assert files.json() == heard | {"file": "a.txt"}
    bare = client.put("/things/x", content=b'{"name":"Anna"}')
    assert bare.json() == {"id": "x", "page": 1, "ids": [], "name": "Anna", "size": 0}
    other = client.put("/things/x", content=b'{"name":"Anna"}', headers={"content-type": "application/hal+json"})
    assert other.status_code == 200


def test_a_public_operation_asks_for_no_token(client: httpx2.Client) -> None:
    del client.headers["Authorization"]
    assert client.put("/things/x", json={"name": "Anna"}).status_code == 200


def test_violations_of_query_and_body_are_told_together(client: httpx2.Client) -> None:
    reply = client.put("/things/x?page=two&colour=red", json={"size": "5", "shoe": 1})
    assert (reply.status_code, reply.json()["message"]) == (422, [
        "property colour should not exist", "page must be an integer number", "property shoe should not exist",
        "name must be a string", "size must be an integer number",
    ])  # fmt: skip


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({"content": b"{"}, 400, "The body is not valid JSON"),
    ({"content": b'{"name": "\xff"}'}, 400, "The body is not"),
    ({"content": b'{"name": "a\\u0000b"}'}, 400, "Text must not contain NUL"),
    ({"content": b'{"name": "x", "file": ' + b"[" * 400 + b"]" * 400 + b"}"}, 200, ""),
    ({"content": b"<a/>", "headers": {"content-type": "text/xml"}}, 415, "Send application/json"),
    ({"content": b"x" * 1_001}, 413, "The body is over the limit of 1000 bytes"),
    ({"data": {"name": "a\0b"}}, 400, "The form must not contain NUL"),
    ({"content": b"--x", "headers": {"content-type": "multipart/form-data"}}, 400, "The form cannot be read"),
    ({"content": b"", "headers": {"content-type": "application/json"}}, 422, "name must be a string"),
]


def test_what_cannot_be_read_is_refused(client: httpx2.Client) -> None:
    for said, status, words in BAD:
        reply = client.put("/things/x", **said)
        assert (said, reply.status_code) == (said, status)
        assert words in str(reply.json().get("message", ""))
    assert client.put("/things/a%00b", json={"name": "x"}).status_code == 400


def test_the_older_version_is_bound_the_same(client: httpx2.Client) -> None:
    reply = client.put("/things/x", json={"name": "Anna"}, headers={"Version": V2})
    assert reply.json()["name"] == "Anna"
