"""What `groundlevel keys` does."""

import msgspec

from groundlevel.areas.oauth.keys import KeySeen, list_signing_keys, rotate_signing_keys
from groundlevel.areas.webhooks import signer
from groundlevel.areas.webhooks.keys import get_webhook_keys, rotate_webhook_keys
from groundlevel.cli import say
from groundlevel.cli.operate import operating
from groundlevel.outside.signing import ED25519, RSA


def show(database: str, *, as_json: bool) -> None:
    """Show the keys."""
    with operating(database) as operator:
        found = operator.look(list_signing_keys).keys
    if as_json:
        say.as_json(msgspec.to_builtins(found))
    elif not found:
        say.line("There are no keys yet. The first is made when an app gets its first token.")
    else:
        say.table(["key", "made", "use"], [[key.kid, key.date_added, _use(key)] for key in found])


def rotate(database: str, *, as_json: bool) -> None:
    """Make a new key the one to sign with."""
    with operating(database) as operator:
        key = operator.do(rotate_signing_keys)
    if as_json:
        say.as_json(msgspec.to_builtins(key))
    else:
        say.line(f"Tokens are signed with {key.kid} from now on. Earlier ones go on working to their end.")


def rotate_webhooks(database: str, *, as_json: bool) -> None:
    """Sign webhooks with new keys."""
    with operating(database) as operator:
        keys = operator.do(rotate_webhook_keys)
    if as_json:
        say.as_json(msgspec.to_builtins(keys))
    else:
        say.line("Webhooks are signed with new keys within seconds. Tell receivers: groundlevel keys webhooks")


def show_webhook_keys(database: str, *, as_json: bool) -> None:
    """Show what webhooks are verified with: whole for programs, and as SDKs take it, which is one line, for people."""
    with operating(database) as operator:
        operator.do(signer)
        keys = operator.look(get_webhook_keys)
    if as_json:
        say.as_json(msgspec.to_builtins(keys))
        return
    for header, variable, pem in (
        (ED25519, "WEBHOOK_SIGNATURE_PUBLIC_KEY", keys.ed25519), (RSA, "WEBHOOK_PUBLIC_KEY", keys.rsa)
    ):  # fmt: skip
        say.line(f"{header} ({variable} for the SDKs):")
        say.paste(pem)
    for earlier in keys.earlier:
        say.line(f"\nUntil {earlier.ended_at}, {ED25519} and {RSA}:")
        say.paste(earlier.ed25519)
        say.paste(earlier.rsa)


def _use(key: KeySeen) -> str:
    return "signs" if key.current else f"published until {key.until}"
