"""PocketBase as it ships, with the same record: the same indexes, and rules that ask for a signed-in user."""

import json
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.generator import Load, ask, request
from benchmarks.people import person
from benchmarks.processes import BIN, Server, answers, running

ADMIN, PASSWORD = "admin@example.com", "benchmark-password"
RULE = "@request.auth.id != ''"
TEXTS = (
    "locationId",
    "firstName",
    "lastName",
    "firstNameLowerCase",
    "fullNameLowerCase",
    "lastNameLowerCase",
    "email",
    "phone",
    "city",
    "address1",
    "state",
    "country",
    "postalCode",
    "companyName",
    "source",
    "type",
    "assignedTo",
    "businessId",
)
COLUMN_OF = {"dateAdded": "created", "dateUpdated": "updated"}
LOCATION = "A" * 20
RECORDS = "/api/collections/contacts/records"


class PocketBase:
    """A running PocketBase and a user's token."""

    def __init__(self, server: Server, token: str) -> None:
        self.server = server
        self.headers = {"Authorization": token}

    def read(self, record_id: str) -> bytes:
        """The request for one record."""
        return request("GET", f"{RECORDS}/{record_id}", self.headers)

    def page(self, **query: str | int) -> bytes:
        """The request for a page of records."""
        return request("GET", f"{RECORDS}?{urlencode(query)}", self.headers)

    def creates(self, numbers: Iterable[int]) -> Iterator[tuple[bytes, int]]:
        """Requests that create these people."""
        for n in numbers:
            yield request("POST", RECORDS, self.headers, json.dumps(record(n)).encode()), 0

    def ids(self, most: int) -> list[str]:
        """Ids of records, from all over the table."""
        found: list[str] = []
        for at in range(1, most // 500 + 2):
            status, body = ask(self.server.port, self.page(perPage=500, page=at, fields="id"))
            assert status == 200, body
            items = json.loads(body)["items"]
            found += [item["id"] for item in items]
            if len(items) < 500:
                break
        return found[:most]


def record(n: int) -> dict[str, Any]:
    """Person n, with what Groundlevel derives by itself."""
    given = person(n)
    lower = {f"{f}LowerCase": given[f].lower() for f in ("firstName", "lastName")}
    lower["fullNameLowerCase"] = f"{lower['firstNameLowerCase']} {lower['lastNameLowerCase']}"
    return given | lower | {"locationId": LOCATION, "type": "lead", "customFields": []}


def indexes(fields: Iterable[str]) -> list[str]:
    """One index for each field that Groundlevel has one for, in the same form, and both unique ones."""
    known = [COLUMN_OF.get(f, f) for f in fields]
    plain = [f for f in known if f in TEXTS or f in COLUMN_OF.values()]
    unique = [f"CREATE UNIQUE INDEX one_{f} ON contacts (locationId, {f}) WHERE {f} != ''" for f in ("email", "phone")]
    return unique + [
        f"CREATE INDEX by_{f} ON contacts (locationId, {', '.join(dict.fromkeys((f, 'created')))})"
        for f in dict.fromkeys(plain)
    ]


def _collection(fields: Iterable[str]) -> dict[str, Any]:
    columns: list[dict[str, Any]] = [{"name": f, "type": "text"} for f in TEXTS]
    columns += [{"name": f, "type": "json"} for f in ("tags", "customFields")]
    columns += [{"name": "dnd", "type": "bool"}, {"name": "created", "type": "autodate", "onCreate": True}]
    columns += [{"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True}]
    rules = {f"{verb}Rule": RULE for verb in ("list", "view", "create", "update", "delete")}
    return {"name": "contacts", "type": "base", "fields": columns, "indexes": indexes(fields), **rules}


def _call(port: int, method: str, path: str, body: object, token: str = "") -> dict[str, Any]:
    headers = {"Authorization": token} if token else {}
    status, raw = ask(port, request(method, path, headers, json.dumps(body).encode()))
    assert status in (200, 204), raw
    return json.loads(raw)


def _sign_in(port: int, collection: str) -> str:
    path = f"/api/collections/{collection}/auth-with-password"
    return _call(port, "POST", path, {"identity": ADMIN, "password": PASSWORD})["token"]


@contextmanager
def pocketbase(folder: Path, port: int, fields: Iterable[str]) -> Iterator[PocketBase]:
    """A fresh PocketBase with an empty collection of contacts. `fields` are those Groundlevel indexes."""
    program = str(BIN / "pocketbase")
    made = [program, "superuser", "upsert", ADMIN, PASSWORD, "--dir", str(folder)]
    subprocess.run(made, check=True, capture_output=True)
    command = [program, "serve", "--http", f"127.0.0.1:{port}", "--dir", str(folder), "--automigrate=false"]
    with running(command, port, "pocketbase") as server:
        answers(server, request("GET", "/api/health", {}))
        admin = _sign_in(port, "_superusers")
        _call(port, "POST", "/api/collections", _collection(fields), admin)
        user = {"email": ADMIN, "password": PASSWORD, "passwordConfirm": PASSWORD, "verified": True}
        _call(port, "POST", "/api/collections/users/records", user, admin)
        yield PocketBase(server, _sign_in(port, "users"))


def fill(base: PocketBase, numbers: Iterable[int], connections: int = 16) -> None:
    """Create these people."""
    load = Load(base.server.port, connections)
    done = load.run(base.creates(numbers), 600)
    load.close()
    assert set(done.statuses) <= {b"200"}, done.statuses
