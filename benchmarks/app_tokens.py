"""What an app's token costs more than a private integration's: `python -m benchmarks.app_tokens`

The whole application in this process, without a socket, so that nothing but the application is measured: reads of one
contact, in turns of a second with each token. Tokens are verified afresh every 0.9 s, as always.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from groundlevel.areas.oauth import Grant, issue, new_grant
from groundlevel.areas.private_integrations.tokens import NewToken, create_token
from groundlevel.demo import seed
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Owners
from groundlevel.main import all_areas, build, open_store

TURNS, TURN_S = 20, 1.0


def prepared(folder: Path) -> tuple[App, str, dict[str, str]]:
    """An application on the demo; the path of a contact; and a token of each kind, both with every scope."""
    settings = Settings(f"sqlite:///{folder}/bench.db", burst_limit=10**9, daily_limit=10**9, log_requests=False)
    store = open_store(settings, create=True)
    scopes = sorted({op.scope for area in all_areas() for op in area.operations if not op.scope.startswith("(")})
    app = build(settings, store)

    def give(ctx: Ctx) -> tuple[str, dict[str, str]]:
        ids = seed(ctx)
        here = Owners(ids["locationId"], ids["companyId"], system=True)
        at = Ctx(OPERATOR, ctx.db.elsewhere(here), ctx.now, settings, app.clock)
        private = create_token(at, NewToken(name="bench", scopes=scopes, location_id=ids["locationId"]))
        grant = Grant(
            id="", date_added="", app_id=ids["appId"], client_id=ids["clientId"], version_id="", user_type="Location",
            company_id=ids["companyId"], location_id=ids["locationId"], scopes=scopes,
        )  # fmt: skip
        access = issue(at, new_grant(at, grant), scopes).access_token
        from groundlevel.areas.contacts import CONTACTS

        contact = at.db.find(CONTACTS, limit=1)[0].id
        return f"/contacts/{contact}", {"private": private.token or "", "app": access}

    now = app.clock.now()
    path, tokens = store.write(Owners(system=True), lambda db: give(Ctx(OPERATOR, db, now, settings, app.clock)))
    return app, path, tokens


async def turn(app: App, path: str, token: str) -> float:
    """How many microseconds a read takes, by the mean of a turn."""
    headers = [(b"version", b"v3"), (b"authorization", f"Bearer {token}".encode())]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    statuses: set[int] = set()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        statuses.add(message.get("status", 200))

    count, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < TURN_S:
        for _ in range(100):
            await app({**scope}, receive, send)
        count += 100
    assert statuses == {200}, statuses
    return spent / count * 1e6


async def main() -> None:
    """Measure and say."""
    with tempfile.TemporaryDirectory() as folder:
        app, path, tokens = prepared(Path(folder))
        taken: dict[str, list[float]] = {"private": [], "app": []}
        for _ in range(TURNS):
            for kind, token in tokens.items():
                taken[kind].append(await turn(app, path, token))
        app.store.close()
    private, of_app = (statistics.median(taken[kind]) for kind in ("private", "app"))
    print(f"a read with a private integration token {private:.1f} µs, with an app's {of_app:.1f} µs: ", end="")
    print(f"{of_app / private:.3f} times, at best {min(taken['app']) / min(taken['private']):.3f}")


if __name__ == "__main__":
    asyncio.run(main())
