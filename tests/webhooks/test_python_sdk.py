"""The official Python SDK's middleware, as it is: it accepts what we send, and refuses what was tampered with."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from groundlevel.areas.webhooks.tests.conftest import Came, Hooks, hooks, receiver

__all__ = ["hooks", "receiver"]

pytest.importorskip("highlevel.webhook")


class Quiet:
    """A logger and a store of sessions that the SDK can do without."""

    def __getattr__(self, _: str) -> Any:
        return lambda *_: None


def seen_by_sdk(came: Came, raw: bytes) -> Any:
    """The request as the middleware leaves it."""
    from highlevel.webhook.webhook_manager import WebhookManager

    request = SimpleNamespace(headers=came.headers, body=raw, method="POST", url=came.path)
    asyncio.run(WebhookManager(Quiet(), Quiet(), Quiet()).subscribe()(request))  # pyright: ignore[reportArgumentType]
    return request.state if hasattr(request, "state") else request


@pytest.mark.parametrize(("variable", "name", "kind"), [
    ("WEBHOOK_SIGNATURE_PUBLIC_KEY", "ed25519", "ed25519"), ("WEBHOOK_PUBLIC_KEY", "rsa", "rsa"),
])  # fmt: skip
def test_the_sdk_believes_us_and_nobody_else(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch, variable: str, name: str, kind: str
) -> None:
    hooks.box.new_contact(firstName="Änna")
    hooks.deliver()
    (came,) = hooks.receiver.came
    monkeypatch.setenv("CLIENT_ID", f"{hooks.app_id}-abcdefgh")
    monkeypatch.setenv(variable, hooks.box.operator.get("/operator/webhooks/keys").json()[name])
    good = seen_by_sdk(came, came.raw)
    assert (good.is_signature_valid, good.signature_type, good.skipped_signature_verification) == (True, kind, False)
    bad = seen_by_sdk(came, came.raw.replace(b"nna", b"nno"))
    assert (bad.is_signature_valid, bad.signature_type) == (False, kind)
