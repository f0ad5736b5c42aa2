"""The `Version` header, and one set of types that speaks two versions."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from httpx2 import Response
from msgspec import UNSET, Meta, UnsetType

from groundlevel.conftest import Box
from groundlevel.kernel.versions import V2, V3, Since, Was, as_of, translator
from groundlevel.kernel.wire import Body, Wire, shown
from groundlevel.main import all_areas

OPERATIONS = [op for area in all_areas() if not area.versionless for op in area.operations]
ACCEPTED_BY_ALL = ["v3", "2023-02-21", "2021-07-28", "2021-04-15"]


def ask(box: Box, version: str | None, path: str = "", token: str | None = None, method: str = "GET") -> Response:
    """A request with just these headers."""
    headers = {"Authorization": f"Bearer {token or box.location_token}"} | ({"Version": version} if version else {})
    client = box.sandbox.client(None)
    client.headers.pop("Version")
    return client.request(method, path or f"/locations/{box.location_id}", headers=headers)


@pytest.mark.parametrize("path", ["/contacts/", "/contacts/abc", "/nothing/here"])
def test_a_request_without_a_version_is_refused_before_anything_else(box: Box, path: str) -> None:
    for token in (box.location_token, "pit-nobody"):
        reply = ask(box, None, path, token)
        assert reply.status_code == 401
        assert reply.json() == {"statusCode": 401, "message": "version header was not found."}


@pytest.mark.parametrize("version", ["v2", "V3", "2021-07-29", "2021-01-01", "legacy", "v3, v3", "3", "v\xff3"])
def test_an_unknown_version_is_refused(box: Box, version: str) -> None:
    client = box.sandbox.client(None)
    reply = client.get("/contacts/", headers=[("Version", version.encode("latin-1"))])  # pyright: ignore[reportArgumentType]
    assert reply.status_code == 401
    assert reply.json() == {"statusCode": 401, "message": "version header is invalid"}


@pytest.mark.parametrize("version", ACCEPTED_BY_ALL)
def test_every_published_version_is_accepted_on_a_path_of_long_standing(box: Box, version: str) -> None:
    reply = ask(box, version)
    assert reply.status_code == 200
    assert reply.json()["location"]["id"] == box.location_id
    assert ask(box, version, f"/locations/{box.location_id}/").json() == reply.json(), "with a trailing slash too"


def test_space_around_a_version_means_nothing(box: Box) -> None:
    assert ask(box, " v3 ").status_code == 200


def test_a_newer_path_does_not_exist_in_the_older_version(box: Box) -> None:
    path = "/contacts/xcontactIdx/campaigns/remove-all/"
    reply = ask(box, V2, path + "further", method="DELETE")
    assert (reply.status_code, reply.json()["message"]) == (404, f"Cannot DELETE {path}further")


NEWER = {(op.method, op.path) for op in OPERATIONS if V3 in op.versions}
OLDER = [op for op in OPERATIONS if op.older_path and (op.method, op.older_path) not in NEWER]
"""Those that the newer version has nothing else in place of."""


@pytest.mark.parametrize("op", OLDER, ids=lambda op: f"{op.method} {op.path}")
def test_an_older_path_goes_on_answering_in_the_newer_version(box: Box, op: Any) -> None:
    for version in (V2, V3):
        answering, _ = box.sandbox.app.paths.find(op.method, version, op.older_path)
        assert answering
        assert answering is op


def test_the_older_list_answers_alike_in_both_versions(box: Box) -> None:
    box.new_contact(email="old@example.com")
    found = [ask(box, v, f"/contacts/?locationId={box.location_id}").json() for v in (V2, V3)]
    assert found[0]["contacts"] == found[1]["contacts"]


@pytest.mark.parametrize("op", [op for op in OPERATIONS if op.was], ids=lambda op: f"{op.method} {op.path}")
def test_a_renamed_path_has_its_own_name_in_each_version(box: Box, op: Any) -> None:
    find = box.sandbox.app.paths.find
    for version, own in ((V2, op.was), (V3, op.path)):
        answering, _ = find(op.method, version, own)
        assert answering
        assert answering is op
    stranger, _ = find(op.method, V2, op.path)
    assert stranger is None or stranger is not op


def test_a_reply_bears_the_names_of_its_version(box: Box) -> None:
    contact = box.new_contact(email="versions@example.com")
    old = box.v2.put(f"/contacts/{contact}", json={"firstName": "Old"}).json()
    new = box.location.put(f"/contacts/{contact}", json={"firstName": "New"}).json()
    assert (old["succeded"], new["succeeded"]) == (True, True)
    assert "succeeded" not in old
    assert "succeded" not in new
    assert (old["contact"]["firstName"], new["contact"]["firstName"]) == ("Old", "New")


def test_a_request_is_read_with_the_names_of_its_version(box: Box) -> None:
    closed = {"status": "active", "message": "asked us"}
    contact = box.new_contact(email="dnd@example.com")
    old = box.v2.put(f"/contacts/{contact}", json={"dndSettings": {"SMS": closed, "WhatsApp": closed}})
    assert old.json()["contact"]["dndSettings"] == {"SMS": closed, "WhatsApp": closed}
    assert box.location.get(f"/contacts/{contact}").json()["contact"]["dndSettings"] == {
        "sms": closed,
        "whatsApp": closed,
    }
    for client, name in ((box.v2, "sms"), (box.location, "SMS")):
        refused = client.put(f"/contacts/{contact}", json={"dndSettings": {name: closed}})
        assert refused.status_code == 422
        assert refused.json()["message"] == [f"dndSettings.property {name} should not exist"]


def test_operators_need_no_version_and_may_bring_one(box: Box) -> None:
    client = box.sandbox.operator
    for version in (None, *ACCEPTED_BY_ALL):
        headers = {"Version": version} if version else {}
        client.headers.pop("Version", None)
        assert client.get("/operator/clock", headers=headers).status_code == 200
    assert client.get("/operator/clock", headers={"Version": "v9"}).status_code == 401


# --- the derivation itself ---


class Leaf(Wire):
    """Renamed, new and unchanged fields."""

    kept: str
    renamed: Annotated[int, Was("oldName")] = 7
    limited: Annotated[Annotated[str, Meta(max_length=3)] | None, Was("short")] = None
    fresh: Annotated[bool, Since(V3)] = True
    tags: list[str] = shown()


class Tree(Body):
    """Leaves in every kind of place."""

    one: Leaf
    maybe: Leaf | None = None
    unset: Leaf | UnsetType = UNSET
    many: list[Leaf] = []
    few: Annotated[list[Leaf], Meta(max_length=2)] = []
    by_name: dict[str, Leaf] = {}
    deep: dict[str, list[Leaf | None]] | None = None
    kind: Literal["a", "b"] = "a"


class Plain(Wire):
    """Nothing here differs between versions."""

    value: str
    inner: dict[str, list[int]] = {}


class Branch(Wire):
    """Refers to itself, without a difference."""

    name: str
    children: "list[Branch]" = []


class Knot(Wire):
    """Refers to itself, with a difference."""

    name: Annotated[str, Was("label")]
    next: "Knot | None" = None


LEAF_OLD = {"kept": "k", "oldName": 1, "short": "abc", "tags": ["t"]}
LEAF_NEW = {"kept": "k", "renamed": 1, "limited": "abc", "fresh": False, "tags": ["t"]}


def both_ways(tp: Any) -> tuple[Any, Any, Any]:
    """The older type, and the translators from and to it."""
    old = as_of(V2, tp, {})
    return old, translator(old, tp), translator(tp, old)


def test_a_type_without_a_difference_is_itself() -> None:
    for tp in (Plain, Branch, list[Plain], dict[str, Plain], Plain | None, str, Annotated[int, Meta(ge=1)], None):
        assert as_of(V2, tp, {}) is tp
    assert as_of(V3, Tree, {}) is Tree
    assert translator(Plain, Plain) is None


def test_a_request_in_old_names_is_read_into_new_ones() -> None:
    old, read, _ = both_ways(Tree)
    sent = {
        "one": LEAF_OLD, "maybe": LEAF_OLD, "many": [LEAF_OLD, LEAF_OLD], "few": [LEAF_OLD],
        "byName": {"x": LEAF_OLD}, "deep": {"y": [LEAF_OLD, None]}, "kind": "b",
    }  # fmt: skip
    got = read(msgspec.json.decode(msgspec.json.encode(sent), type=old))
    leaf = Leaf(kept="k", renamed=1, limited="abc", fresh=True, tags=["t"])
    assert got == Tree(
        one=leaf, maybe=leaf, many=[leaf, leaf], few=[leaf], by_name={"x": leaf}, deep={"y": [leaf, None]}, kind="b"
    )
    assert got.unset is UNSET


def test_a_reply_in_new_names_is_written_in_old_ones() -> None:
    _, _, write = both_ways(Tree)
    leaf = msgspec.convert(LEAF_NEW, Leaf)
    tree = Tree(one=leaf, unset=leaf, many=[leaf], by_name={"x": leaf}, deep={"y": [None, leaf]})
    assert msgspec.to_builtins(write(tree)) == {
        "one": LEAF_OLD, "unset": LEAF_OLD, "many": [LEAF_OLD], "byName": {"x": LEAF_OLD},
        "deep": {"y": [None, LEAF_OLD]},
    }  # fmt: skip


def test_defaults_constraints_and_strictness_survive() -> None:
    old, read, _ = both_ways(Tree)
    assert read(msgspec.convert({"one": {"kept": "k"}}, old)) == Tree(one=Leaf(kept="k", renamed=7))
    for wrong in (
        {"one": {"kept": "k", "short": "abcd"}},
        {"one": {"kept": "k"}, "few": [{"kept": "k"}] * 3},
        {"one": {"kept": "k"}, "kind": "c"},
        {"one": {"kept": "k"}, "strange": 1},
        {"one": {"oldName": 1}},
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, old)
    plain = msgspec.json.encode(translator(Leaf, as_of(V2, Leaf, {}))(Leaf(kept="k")))  # pyright: ignore[reportOptionalCall]
    assert plain == b'{"kept":"k","tags":[]}', "an empty list that is shown stays shown; other defaults stay hidden"


def test_a_derived_type_is_told_apart_from_others_of_its_name() -> None:
    """By its module: documents call types of one name by that."""
    assert as_of(V2, Leaf, {}) is not Leaf
    assert as_of(V2, Leaf, {}).__module__ == Leaf.__module__


def test_a_type_that_refers_to_itself_and_differs_is_refused_at_start_up() -> None:
    """It would be renamed at the top and not below: better no server than half an answer."""
    with pytest.raises(TypeError, match="Knot"):
        as_of(V2, Knot, {})


@pytest.mark.parametrize("op", OPERATIONS, ids=lambda op: f"{op.method} {op.path}")
def test_what_an_older_version_lacks_has_a_default_here(op: Any) -> None:
    """Else a request of the older version could never be read."""
    for tp in (op.query, op.body):
        old = as_of(V2, tp, {})
        if tp is not None and old is not tp:
            had = {f.name for f in msgspec.structs.fields(old)}
            assert all(not f.required for f in msgspec.structs.fields(tp) if f.name not in had)
