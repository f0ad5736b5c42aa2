"""What a server shows beside the API."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from starlette.requests import Request

from groundlevel.kernel.app import App
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.testing import InProcess
from groundlevel.main import build
from groundlevel.pages import reference
from groundlevel.pages.status import Status

VERSIONS = ("v3", "2021-07-28")


@pytest.fixture
def app(tmp_path: Path) -> App:
    """A server in this process."""
    return build(Settings(database=f"sqlite:///{tmp_path}/test.db", log_requests=False))


@pytest.fixture
def client(app: App) -> Iterator[httpx2.Client]:
    """Somebody on this machine, without a token."""
    transport = InProcess(app)
    with httpx2.Client(transport=transport, base_url="http://testserver") as found:
        yield found


def test_health_and_readiness(client: httpx2.Client, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ok"}

    def broken(*_: object) -> Any:
        raise OSError("the disk is gone")

    monkeypatch.setattr(app.store, "perform", broken)
    assert client.get("/health").status_code == 200
    assert (client.get("/ready").status_code, client.get("/ready").json()) == (503, {"status": "unavailable"})


def test_metrics_count_what_was_answered(client: httpx2.Client) -> None:
    client.get("/contacts/x", headers={"Version": "v3"})
    text = client.get("/metrics").text
    assert 'groundlevel_requests_total{operation="GET /contacts/{contactId}",status="401"} 1.0' in text


@pytest.mark.parametrize(
    ("host", "headers", "status"),
    [
        ("127.0.0.1", [], 200),
        ("127.3.2.1", [], 200),
        ("::1", [], 200),
        ("10.0.0.7", [], 403),
        ("", [], 403),
        ("127.0.0.1", [(b"x-forwarded-for", b"127.0.0.1")], 403),
        ("127.0.0.1", [(b"forwarded", b"for=1.2.3.4")], 403),
    ],
)
def test_metrics_are_for_this_machine(app: App, host: str, headers: list[tuple[bytes, bytes]], status: int) -> None:
    request = Request({"type": "http", "client": (host, 1), "headers": headers, "method": "GET", "path": "/metrics"})
    assert asyncio.run(Status(app).metrics(request)).status_code == status
    app.store.close()


def test_every_document_is_whole(client: httpx2.Client) -> None:
    index = client.get("/openapi/index.json").json()
    assert index["versions"] == list(VERSIONS)
    urls = [url for area in index["areas"] for url in area["documents"].values()]
    assert "/openapi/v3/contacts.json" in urls
    for url in urls:
        document = client.get(url).json()
        assert document["openapi"] == "3.1.0"
        _check_operations(document, url)
        _check_schemas(document, url)


def test_a_version_may_be_called_by_either_name(client: httpx2.Client) -> None:
    assert client.get("/openapi/v2/contacts.json").content == client.get("/openapi/2021-07-28/contacts.json").content
    for missing in ("/openapi/v4/contacts.json", "/openapi/v3/nothing.json"):
        assert client.get(missing).status_code == 404


def test_the_reference_loads_nothing_from_elsewhere(client: httpx2.Client) -> None:
    assert client.get("/").headers["location"] == "/docs"
    for page in ("/docs", "/docs/contacts", "/docs/contacts?version=2021-07-28", "/docs/operator"):
        reply = client.get(page)
        assert reply.status_code == 200
        assert "script-src 'self'" in reply.headers["content-security-policy"]
        assert "unsafe" not in reply.headers["content-security-policy"]
        assert not any(f'{attribute}="http' in reply.text for attribute in ("src", "href"))
        assert "{{" not in reply.text
    assert client.get("/docs/nothing").headers["location"] == "/docs"


def test_the_reference_sends_the_version_it_shows(client: httpx2.Client) -> None:
    assert "data-version='v3'" in client.get("/docs/contacts").text
    assert "data-version='2021-07-28'" in client.get("/docs/contacts?version=2021-07-28").text
    assert "data-version=''" in client.get("/docs/operator").text
    assert "data-version='v3'" in client.get("/docs/contacts?version=<script>").text


def test_only_known_files_are_served(client: httpx2.Client) -> None:
    assert client.get("/docs/files/page.css").headers["content-type"].startswith("text/css")
    for other in ("page.html.bak", "..%2f__init__.py", "%2e%2e/mount.py"):
        assert client.get(f"/docs/files/{other}").status_code in (303, 404)


def test_without_the_viewer_the_page_says_how_to_get_it(client: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "viewer_folder", lambda: None)
    assert reference.INSTALL in client.get("/docs/contacts").text


def _check_operations(document: dict[str, Any], url: str) -> None:
    names: list[str] = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            names.append(operation["operationId"])
            inside = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert inside == {part[1:-1] for part in path.split("/") if part.startswith("{")}, f"{url} {method} {path}"
            assert any(status.startswith("2") for status in operation["responses"])
            assert operation["summary"]
    assert len(names) == len(set(names)), url


def _check_schemas(document: dict[str, Any], url: str) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(_references(document)) <= known, url
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from _references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _references(inner)
