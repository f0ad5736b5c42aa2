"""Webhooks: every event reaches whoever asked for it, signed and in order; each delivery can be seen and sent again."""

from groundlevel.areas.webhooks.courier import Courier
from groundlevel.areas.webhooks.envelope import envelope
from groundlevel.areas.webhooks.keys import signer
from groundlevel.areas.webhooks.scopes import ALWAYS, SCOPES

__all__ = ["ALWAYS", "SCOPES", "Courier", "envelope", "signer"]
