"""`groundlevel token …`"""

from msgspec import Struct

from groundlevel.areas.companies.operators import list_companies
from groundlevel.areas.locations import company_of
from groundlevel.areas.private_integrations.tokens import (
    NewToken,
    OfCompany,
    Rotation,
    TokenSeen,
    create_token,
    list_tokens,
    revoke_token,
    rotate_token,
)
from groundlevel.cli import say
from groundlevel.cli.operate import Operator, operating
from groundlevel.cli.trouble import Trouble
from groundlevel.main import all_areas


class NewTokenWanted(Struct, frozen=True):
    """What `token create` was told: a sub-account or an agency, and what the token may do."""

    name: str
    location: str
    company: str
    scopes: list[str]


def every_scope(*, location: bool) -> list[str]:
    """Each scope that an operation asks of such tokens: those of sub-accounts, or those of agencies."""
    kinds = ("location", "either") if location else ("agency", "either")
    operations = (op for area in all_areas() for op in area.operations)
    return sorted({op.scope for op in operations if op.tokens in kinds and not op.scope.startswith("(")})


def make(operator: Operator, wanted: NewTokenWanted) -> TokenSeen:
    """A new token; Trouble for a sub-account or a scope that nobody knows."""
    company = wanted.company
    if wanted.location:
        company = operator.look(lambda ctx: company_of(ctx.db, wanted.location)) or ""
        if not company:
            raise Trouble(f"There is no sub-account {wanted.location}. Its id is in the address of its pages.")
    body = NewToken(name=wanted.name, scopes=wanted.scopes, location_id=wanted.location or None, company_id=company)
    return operator.do(lambda ctx: create_token(ctx, body), location=wanted.location, company=company)


def create(database: str, wanted: NewTokenWanted, *, as_json: bool) -> None:
    """Make a token and show its value, once."""
    if bool(wanted.location) == bool(wanted.company):
        raise Trouble("Say whose token it is: either --location ID or --company ID.")
    known = every_scope(location=bool(wanted.location))
    if strange := [s for s in wanted.scopes if s not in known]:
        raise Trouble(f"No operation asks for {', '.join(strange)}. There are: {', '.join(known)}.")
    if not wanted.scopes:
        wanted = NewTokenWanted(wanted.name, wanted.location, wanted.company, known)
    with operating(database) as operator:
        _show_value(make(operator, wanted), as_json)


def show(database: str, company: str, *, as_json: bool) -> None:
    """Show the tokens of one agency, or of all."""
    with operating(database) as operator:
        found = tokens_of(operator, company)
    if as_json:
        say.as_json([_plain(t) for t in found])
    elif not found:
        say.line("There are no tokens yet. Make one with `groundlevel token create`.")
    else:
        rows = [
            [t.id, t.name, f"…{t.hint}", t.location_id or t.company_id, str(len(t.scopes)), _until(t)] for t in found
        ]
        say.table(["id", "name", "ends in", "of", "scopes", "ends"], rows)


def tokens_of(operator: Operator, company: str = "") -> list[TokenSeen]:
    """The tokens of one agency, or of all, newest first."""
    companies = [company] if company else [c.id for c in operator.look(list_companies).companies]
    return [
        t for c in companies for t in operator.look(lambda ctx, c=c: list_tokens(ctx, OfCompany(company_id=c))).tokens
    ]


def rotate(database: str, token_id: str, *, now: bool, as_json: bool) -> None:
    """A new value for a token."""
    with operating(database) as operator:
        body = Rotation(expire_now=now)
        token = operator.do(lambda ctx: rotate_token(ctx, token_id, body))
    _show_value(token, as_json)
    if not as_json:
        say.line("The old value has ended." if now else "The old value works for seven more days.")


def revoke(database: str, token_id: str) -> None:
    """End a token."""
    with operating(database) as operator:
        operator.do(lambda ctx: revoke_token(ctx, token_id))
    say.line(f"Token {token_id} has ended.")


def _show_value(token: TokenSeen, as_json: bool) -> None:
    if as_json:
        say.as_json(_plain(token))
        return
    whose = ("sub-account", token.location_id) if token.location_id else ("agency", token.company_id)
    rows = [("token", token.token or ""), ("id", token.id), whose, ("may", ", ".join(token.scopes) or "nothing")]
    say.panel(f"{token.name}: shown only now, keep it safe", rows)


def _plain(token: TokenSeen) -> dict[str, object]:
    import msgspec

    return msgspec.to_builtins(token)


def _until(token: TokenSeen) -> str:
    return token.expires_at or "when revoked"
