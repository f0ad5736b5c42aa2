"""Large files through a real server: its memory stays what it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

MB = 1024 * 1024
FILM, HEAD = 100 * MB, b"\0\0\0\x18ftypisom"
GROWS_BY = 64 * MB
"""What a server may need for itself when first asked, and for what is on its way; far less than the file."""
BOUNDARY = "a-boundary"


def form(size: int, name: str) -> Iterator[bytes]:
    """A form with one file of so many bytes, made as it is sent."""
    told = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    yield told.encode() + HEAD
    sent = len(HEAD)
    while sent < size:
        part = bytes(min(MB, size - sent))
        sent += len(part)
        yield part
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def most_memory(pid: int) -> int:
    """The most memory that a process has had so far, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def upload(live: Any, size: int, name: str) -> httpx.Response:
    headers = live.headers() | {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return httpx.post(f"{live.url}/medias/upload-file", content=form(size, name), headers=headers, timeout=120)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says how much memory a process has had")
def test_a_large_file_comes_and_goes_in_constant_memory(live: Any) -> None:
    assert upload(live, 2 * MB, "first.mp4").status_code == 200
    before = most_memory(live.process.pid)
    kept = upload(live, FILM, "film.mp4")
    assert kept.status_code == 200, kept.text
    with httpx.stream("GET", kept.json()["url"], timeout=120) as shown:
        assert (shown.status_code, shown.headers["content-length"]) == (200, str(FILM))
        assert sum(len(part) for part in shown.iter_bytes()) == FILM
    assert most_memory(live.process.pid) - before < GROWS_BY


def test_what_is_too_large_is_refused(live: Any) -> None:
    assert upload(live, 26 * MB, "film.mp4").status_code == 200
    sound = upload(live, 26 * MB, "sound.m4a")
    assert (sound.status_code, sound.json()["message"]) == (413, "The file is over the limit of 26214400 bytes")
    told = {"Content-Type": "application/json"} | live.headers()
    text = httpx.post(f"{live.url}/medias/upload-file", content=b"{" + b" " * 3 * MB, headers=told)
    assert text.status_code == 413, "only files may be as large"
