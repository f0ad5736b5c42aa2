"""A web server with a calendar on it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Elsewhere:
    """What is served: `content`, under its ETag `tag`, with a `status`. `asked`: what came of each request."""

    def __init__(self) -> None:
        self.content, self.tag, self.status, self.url = b"", '"1"', 200, ""
        self.asked: list[int] = []


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """One of them on this machine."""
    served = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            same = self.headers["If-None-Match"] == served.tag
            status = 304 if same and served.status == 200 else served.status
            served.asked.append(status)
            self.send_response(status)
            self.send_header("ETag", served.tag)
            self.send_header("Connection", "close")
            self.end_headers()
            if status == 200:
                self.wfile.write(served.content)

        def log_message(self, *_: object) -> None:
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        served.url = f"http://127.0.0.1:{server.server_address[1]}/private-4711/basic.ics"
        yield served
        server.shutdown()
