"""Receives webhooks: believes only what is signed, takes each once, and hands over typed events.

receiver = Receiver(ed25519=KEY, seen=SqliteSeen("seen.db"))

@receiver.on("ContactCreate")
def greet(told: Told) -> None:
    print(told.event.email)

application = wsgi(receiver)
"""

from groundlevel.client.webhooks.adapters import FalconResource, asgi, flask_view, wsgi
from groundlevel.client.webhooks.receiver import Receiver, Refused, Told
from groundlevel.client.webhooks.seen import MemorySeen, RedisSeen, Seen, SqliteSeen

__all__ = [
    "FalconResource",
    "MemorySeen",
    "Receiver",
    "RedisSeen",
    "Refused",
    "Seen",
    "SqliteSeen",
    "Told",
    "asgi",
    "flask_view",
    "wsgi",
]
