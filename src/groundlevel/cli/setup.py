"""`groundlevel init`: the database, the operator's key, and the demo if one is wanted."""

import os
from typing import Any

from msgspec import Struct

from groundlevel.areas.companies.operators import list_companies
from groundlevel.areas.marketplace.key_operators import rotate_key
from groundlevel.areas.operator import installation
from groundlevel.areas.private_integrations.tokens import revoke_token
from groundlevel.cli import say
from groundlevel.cli.demo_access import FOR_PROGRAMS, demo_access
from groundlevel.cli.operate import Operator, is_there, operating
from groundlevel.cli.places import named, said
from groundlevel.cli.tokens import NewTokenWanted, every_scope, make, tokens_of
from groundlevel.cli.trouble import Trouble
from groundlevel.demo import seed
from groundlevel.kernel.caller import TOKENS, new_token
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import Eq

ADDRESS = f"http://127.0.0.1:{os.environ.get('GROUNDLEVEL_PORT') or 8080}"
"""Where `serve` will be, unless it is told otherwise."""

OWN = "demo "
"""How the names of the demo's tokens begin; they are replaced when the demo is set up again."""


class Outcome(Struct):
    """What there is now. `said` are sentences for people; `secrets` are told among the ids."""

    said: list[str]
    ids: dict[str, str]
    tokens: dict[str, str]
    secrets: dict[str, str] = {}


def set_up(database: str, *, demo: bool, as_json: bool) -> None:
    """Make what is missing, and show what there is."""
    new = not is_there(database)
    with operating(database, create=True) as operator:
        outcome = Outcome([], {}, {})
        outcome.said.append(f"{'Created' if new else 'Found'} the database {named(database)}.")
        if demo:
            make_demo(operator, outcome)
        elif operator.look(lambda ctx: ctx.db.elsewhere(SYSTEM).one(TOKENS, Eq("token_class", "Operator"))) is None:
            outcome.tokens["operatorToken"] = operator.do(lambda ctx: operator_key(ctx, "operator"))
        else:
            outcome.said.append("It has an operator's key already; a key is shown only when it is made.")
        outcome.ids = operator.look(lambda ctx: installation(ctx.db)).demo
    if as_json:
        say.as_json(for_programs(outcome))
    else:
        for_people(outcome, database)


def operator_key(ctx: Ctx, name: str) -> str:
    """A new key of the operator; its value, which only its hash is kept of."""
    token, value = new_token(name, "Operator", [], ctx.now)
    ctx.db.elsewhere(SYSTEM).put(TOKENS, token)
    return value


def make_demo(operator: Operator, outcome: Outcome) -> None:
    """The demo's data, unless it is there, and new tokens for it. Trouble where there are real agencies."""
    if operator.look(lambda ctx: installation(ctx.db)).demo:
        outcome.said.append("It has the demo already: its data is as it was; the demo's tokens have been replaced.")
    elif operator.look(list_companies).companies:
        raise Trouble(
            "This database holds a real agency, which a demo must not mix with. Name another with --database."
        )
    else:
        operator.do(seed)
        outcome.said.append("Filled it with a demo agency.")
    outcome.tokens |= demo_tokens(operator, operator.look(lambda ctx: installation(ctx.db)).demo)
    if client := operator.look(lambda ctx: installation(ctx.db)).demo.get("clientId"):
        made = operator.do(lambda ctx: rotate_key(ctx, client.partition("-")[0], client))
        outcome.secrets["clientSecret"] = made.client_secret
    ids = operator.look(lambda ctx: installation(ctx.db)).demo
    access = operator.do(lambda ctx: demo_access(ctx, ids), company=ids["companyId"])
    outcome.tokens |= access.first
    outcome.secrets |= access.rest


def demo_tokens(operator: Operator, ids: dict[str, str]) -> dict[str, str]:
    """New tokens with every scope, one with none, and an operator's key, in place of the demo's earlier ones."""
    company, location = ids["companyId"], ids["locationId"]
    for old in tokens_of(operator, company):
        if old.name.startswith(OWN):
            operator.do(lambda ctx, old=old: revoke_token(ctx, old.id))
    wanted = {
        "agencyToken": NewTokenWanted(f"{OWN}agency", "", company, every_scope(location=False)),
        "locationToken": NewTokenWanted(f"{OWN}sub-account", location, "", every_scope(location=True)),
        "noScopeToken": NewTokenWanted(f"{OWN}no scope", location, "", []),
    }
    values = {name: make(operator, one).token or "" for name, one in wanted.items()}
    return values | {"operatorToken": operator.do(new_demo_key)}


def new_demo_key(ctx: Ctx) -> str:
    """An operator's key in place of the demo's earlier ones."""
    end_operator_keys(ctx, OWN)
    return operator_key(ctx, f"{OWN}operator")


def end_operator_keys(ctx: Ctx, prefix: str) -> None:
    """End the operator's keys whose names begin so."""
    system = ctx.db.elsewhere(SYSTEM)
    for old in system.find(TOKENS, Eq("token_class", "Operator")):
        if old.name.startswith(prefix):
            system.delete(TOKENS, old.id)


def replace_operator_key(database: str, *, as_json: bool) -> None:
    """A new operator's key in place of all earlier ones; show it, once."""

    def replace(ctx: Ctx) -> str:
        end_operator_keys(ctx, "")
        return operator_key(ctx, "operator")

    with operating(database) as operator:
        tokens = {"operatorToken": operator.do(replace)}
    if as_json:
        say.as_json(tokens)
    else:
        say.panel("The operator's key is shown only now; earlier ones have ended", list(tokens.items()))


def for_programs(outcome: Outcome) -> dict[str, Any]:
    """The ids and tokens; ids of single records under `ids`."""
    first = {k: v for k, v in outcome.ids.items() if k in ("companyId", "locationId", "userId")}
    rest = {k: v for k, v in outcome.ids.items() if k not in first}
    return {**first, **outcome.tokens, **({"ids": rest | outcome.secrets} if first else {})}


def for_people(outcome: Outcome, database: str) -> None:
    """Sentences, a box with what to use, and a command to begin with."""
    for text in outcome.said:
        say.line(text)
    shown = {k: v for k, v in outcome.ids.items() if k in ("companyId", "locationId", "userId")}
    if outcome.secrets:
        shown["clientId"] = outcome.ids["clientId"]
    told = {**outcome.secrets, **outcome.tokens}
    rows = [*shown.items(), *((name, value) for name, value in told.items() if name not in FOR_PROGRAMS)]
    if rows:
        title = "Tokens are shown only now" if outcome.tokens else "The demo"
        say.panel(title, [("address", ADDRESS), *rows] if shown else rows)
    if "locationToken" in outcome.tokens:
        say.line("\nOnce the server runs, try:\n")
        say.paste(try_it(outcome.ids["locationId"], outcome.tokens["locationToken"]))
    say.line(f"\nNext: groundlevel serve{said(database)}")


def try_it(location: str, token: str) -> str:
    """One command that shows the API at work."""
    return (
        f"curl '{ADDRESS}/contacts/?locationId={location}&limit=3' \\\n"
        f"  -H 'Authorization: Bearer {token}' \\\n"
        "  -H 'Version: 2021-07-28'"
    )
