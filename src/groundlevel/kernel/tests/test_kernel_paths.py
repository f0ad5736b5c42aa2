"""From method, version and path to what answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundlevel.kernel.paths import Paths

DECLARED = [
    ("GET", "/users/"), ("GET", "/users/search"), ("GET", "/users/{userId}"), ("PUT", "/users/{userId}"),
    ("GET", "/users/search/{kind}"), ("GET", "/users/{userId}/notes/{id}"), ("GET", "/users/{userId}/notes/latest"),
    ("GET", "/{anything}"), ("POST", "/users/search/by-name"),
]  # fmt: skip

FOUND: list[tuple[str, str, str | None, list[str]]] = [
    ("GET", "/users", "/users/", []),
    ("GET", "/users/", "/users/", []),
    ("GET", "/users/search", "/users/search", []),
    ("GET", "/users/search/", "/users/search", []),
    ("PUT", "/users/search", "/users/{userId}", ["search"]),
    ("GET", "/users/anna", "/users/{userId}", ["anna"]),
    ("GET", "/users/search/name", "/users/search/{kind}", ["name"]),
    ("GET", "/users/search/notes/1", "/users/{userId}/notes/{id}", ["search", "1"]),
    ("GET", "/users/search/notes/latest", "/users/{userId}/notes/latest", ["search"]),
    ("GET", "/users/a/notes/b/", "/users/{userId}/notes/{id}", ["a", "b"]),
    ("GET", "/users/search/by-name", "/users/search/{kind}", ["by-name"]),
    ("GET", "/other", "/{anything}", ["other"]),
    ("DELETE", "/users/anna", None, []),
    ("GET", "/users//notes/b", None, []),
    ("GET", "/users/a/b", None, []),
    ("GET", "/", None, []),
]


@pytest.fixture
def paths() -> Paths[str]:
    """All of them, in one version."""
    made: Paths[str] = Paths()
    for method, path in DECLARED:
        made.add(method, "v3", path, path)
    return made


@pytest.mark.parametrize(("method", "path", "target", "values"), FOUND)
def test_a_literal_wins_and_other_ways_are_tried(
    paths: Paths[str], method: str, path: str, target: str | None, values: list[str]
) -> None:
    found, kept = paths.find(method, "v3", path)
    assert found == target
    assert kept == values or found is None


def test_each_version_has_its_own(paths: Paths[str]) -> None:
    paths.add("GET", "older", "/users/{userId}/tags", "tags")
    assert paths.find("GET", "older", "/users/a/tags") == ("tags", ["a"])
    assert paths.find("GET", "v3", "/users/a/tags")[0] is None
    assert paths.find("GET", "older", "/users/search")[0] is None


def test_a_clash_is_an_error(paths: Paths[str]) -> None:
    with pytest.raises(ValueError, match=r"two operations answer GET /users/\{id\} in v3"):
        paths.add("GET", "v3", "/users/{id}", "another")
    paths.add("GET", "older", "/users/{id}", "another")


segments = st.lists(st.sampled_from(["users", "search", "notes", "latest", "x", "", "{userId}"]), max_size=6)


@given(segments, st.sampled_from(["GET", "PUT"]))
def test_what_is_found_has_the_paths_form(parts: list[str], method: str) -> None:
    paths: Paths[str] = Paths()
    for m, declared in DECLARED:
        paths.add(m, "v3", declared, declared)
    path = "/" + "/".join(parts)
    target, values = paths.find(method, "v3", path)
    if target is not None:
        given_, wanted = path.strip("/").split("/"), target.strip("/").split("/")
        assert [g for g, w in zip(given_, wanted, strict=True) if w.startswith("{")] == values
        assert all(w.startswith("{") or g == w for g, w in zip(given_, wanted, strict=True))
