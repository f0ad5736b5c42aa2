"""Reading what is at an address: with conditions, within limits, and only where one may."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from groundlevel.outside.aim import aim_at
from groundlevel.outside.http import fetched

BODY = b"x" * 200_000


class Handler(BaseHTTPRequestHandler):
    """Serves one document, which has not changed for whoever has it."""

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
        elif self.headers["If-None-Match"] == '"a"':
            self.send_response(304)
        else:
            self.send_response(200)
            self.send_header("ETag", '"a"')
            self.send_header("Last-Modified", "Mon, 01 Mar 2027 10:00:00 GMT")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.path == "/there" and not self.headers["If-None-Match"]:
            self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Quietly."""


@pytest.fixture
def url() -> Iterator[str]:
    """A server on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_it_is_read_whole_or_not_at_all_and_not_followed_elsewhere(url: str) -> None:
    aim = aim_at("127.0.0.1")
    seen = fetched(aim, f"{url}/there", {}, 200_000)
    assert (seen.status, seen.body, seen.error) == (200, BODY, "")
    assert (seen.headers["etag"], seen.headers["last-modified"]) == ('"a"', "Mon, 01 Mar 2027 10:00:00 GMT")
    again = fetched(aim, f"{url}/there", {"If-None-Match": '"a"'}, 200_000)
    assert (again.status, again.body, again.error) == (304, b"", "")
    assert fetched(aim, f"{url}/there", {}, 199_999).error == "there are more than 199999 bytes"
    moved = fetched(aim, f"{url}/moved", {}, 1_000)
    assert (moved.status, moved.headers["location"]) == (302, "http://169.254.169.254/")


def test_where_one_must_not_ask_nobody_is_asked(url: str) -> None:
    refused = fetched(aim_at(), url, {}, 1_000)
    assert (refused.status, "without TLS" in refused.error) == (0, True)
    assert "loopback" in fetched(aim_at(), url.replace("http:", "https:"), {}, 1_000).error
    assert "no connection" in fetched(aim_at("127.0.0.1"), "http://127.0.0.1:1/", {}, 1_000).error
