"""Passwords that callers choose for users: what they must be like, and what is kept of them."""

import asyncio
from typing import Annotated

from argon2 import PasswordHasher
from msgspec import Meta

from groundlevel.kernel.app import App
from groundlevel.kernel.request import Request

HASHER = PasswordHasher()
"""argon2id, with the parameters that RFC 9106 recommends where memory is scarce."""

Password = Annotated[
    str,
    Meta(
        pattern=r"^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[^A-Za-z0-9\s]).{12,200}$(?!\n)",
        extra={
            "explain": "must have at least 12 characters (at most 200), among them an uppercase letter, a lowercase "
            "letter, a number and a special character"
        },
    ),
]


async def hash_password(app: App, request: Request) -> None:
    """Put the hash of a body's password in its place. It takes some 50 ms, so it is done on a thread."""
    body = request.arguments["body"]
    if body.password:
        body.password = await asyncio.to_thread(HASHER.hash, body.password)
