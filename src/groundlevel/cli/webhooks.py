"""What `groundlevel webhooks` does: see deliveries and endpoints, send again, pause."""

import json
from typing import Any

import msgspec
from msgspec import Struct

from groundlevel.areas.webhooks.endpoint_operators import EndpointChange, list_endpoints, update_endpoint
from groundlevel.areas.webhooks.operators import (
    DeliveriesWanted,
    ReplayWanted,
    get_delivery,
    list_deliveries,
    replay_delivery,
    replay_failed,
)
from groundlevel.cli import say
from groundlevel.cli.operate import operating
from groundlevel.cli.trouble import Trouble


class ListWanted(Struct, frozen=True):
    """What `webhooks list` was told."""

    status: str
    event: str
    endpoint: str
    limit: int


def show_all(database: str, wanted: ListWanted, *, as_json: bool) -> None:
    """Show deliveries, the latest first."""
    asked = {"status": wanted.status, "type": wanted.event, "endpointId": wanted.endpoint, "limit": wanted.limit}
    query = _checked({name: value for name, value in asked.items() if value}, DeliveriesWanted)
    with operating(database) as operator:
        found = operator.look(lambda ctx: list_deliveries(ctx, query)).deliveries
    if as_json:
        say.as_json(msgspec.to_builtins(found))
    elif not found:
        say.line("Nothing was sent yet, or nothing of that kind.")
    else:
        rows = [[d.webhook_id, d.type, d.endpoint_id, d.status, str(d.attempts), _last(d), d.date_added] for d in found]
        say.table(["webhookId", "event", "endpoint", "status", "attempts", "last answer", "happened"], rows)


def show(database: str, webhook_id: str, *, as_json: bool) -> None:
    """Show one delivery, with what was sent and answered."""
    with operating(database) as operator:
        found = operator.look(lambda ctx: get_delivery(ctx, webhook_id))
    if as_json:
        say.as_json(json.loads(msgspec.json.encode(found)))
        return
    rows = [("webhookId", found.webhook_id), ("event", found.type), ("to", found.url or "(no address any more)")]
    rows += [("status", f"{found.status}{f': {found.reason}' if found.reason else ''}"), ("next", found.due or "-")]
    say.panel(found.type, rows)
    say.paste(json.dumps(json.loads(bytes(found.payload)), indent=2, ensure_ascii=False))
    for one in found.history:
        say.line(f"\n{one.at}  {one.status or one.error}  {one.ms:.0f} ms\n{one.answer}".rstrip())


def show_endpoints(database: str, *, as_json: bool) -> None:
    """Show endpoints."""
    with operating(database) as operator:
        found = operator.look(list_endpoints).endpoints
    if as_json:
        say.as_json(msgspec.to_builtins(found))
    elif not found:
        say.line("No app is told of events yet: none has an address for webhooks.")
    else:
        rows = [[e.id, e.name, e.url, e.state, e.policy, str(e.waiting), str(e.failed)] for e in found]
        say.table(["id", "of", "address", "state", "policy", "waiting", "failed"], rows)


def replay(database: str, webhook_id: str, since: str, endpoint: str) -> None:
    """Send one again, or all that failed."""
    if bool(webhook_id) == bool(since):
        raise Trouble("Say which one to send again, by its webhookId, or --since when: one of the two.")
    with operating(database) as operator:
        if webhook_id:
            operator.do(lambda ctx: replay_delivery(ctx, webhook_id))
            say.line("It is sent again now.")
            return
        body = _checked({"since": since, "endpointId": endpoint or None}, ReplayWanted)
        told = operator.do(lambda ctx: replay_failed(ctx, body))
    say.line(f"{told.started} are sent again now{', and more follow' if told.more else ''}.")


def set_paused(database: str, endpoint: str, *, paused: bool) -> None:
    """Pause an endpoint, or let it go on."""
    with operating(database) as operator:
        told = operator.do(lambda ctx: update_endpoint(ctx, endpoint, EndpointChange(paused=paused)))
    say.line(f"{told.name} is {'paused' if paused else 'sent to again'}; {told.waiting} wait.")


def _last(one: Any) -> str:
    return "" if one.last_status is None else f"{one.last_status or 'none'}, {one.ms:.0f} ms"


def _checked(said: dict[str, Any], shape: Any) -> Any:
    try:
        return msgspec.convert(said, shape)
    except msgspec.ValidationError as wrong:
        raise Trouble(f"{wrong}.") from None
