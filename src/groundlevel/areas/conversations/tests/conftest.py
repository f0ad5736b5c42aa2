"""What these tests start from: a contact with a phone and a mail address, and its conversation."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from groundlevel.conftest import Box

PHONE, MAIL = "+14155550123", "anna@client.com"


@dataclass
class Talk:
    """A sub-account, and the conversation with its contact Anna."""

    box: Box

    def __post_init__(self) -> None:
        self.place = {"locationId": self.box.location_id}
        self.anna = self.box.new_contact(firstName="Anna", lastName="Alm", email=MAIL, phone=PHONE)
        self.id: str = self.found(contactId=self.anna)[0]["id"]

    def found(self, **params: Any) -> list[dict[str, Any]]:
        """What a search finds."""
        reply = self.box.location.get("/conversations/search", params=self.place | params)
        assert reply.status_code == 200, reply.text
        return reply.json()["conversations"]

    def names(self, **params: Any) -> list[str]:
        """The names of whom a search finds."""
        return [one["fullName"] for one in self.found(**params)]

    def send(self, contact: str = "", **said: Any) -> dict[str, Any]:
        """The reply to sending something; a text unless it says otherwise."""
        body = {"type": "SMS", "contactId": contact or self.anna, "message": "Hello", **said}
        reply = self.box.location.post("/conversations/messages", json=body)
        return reply.json() | {"code": reply.status_code}

    def comes(self, contact: str = "", **said: Any) -> dict[str, Any]:
        """The reply to something that comes in; a text unless it says otherwise."""
        body = {"type": "SMS", "contactId": contact or self.anna, "message": "Hi there", **said}
        reply = self.box.location.post("/conversations/messages/inbound", json=body)
        return reply.json() | {"code": reply.status_code}

    def message(self, id: str) -> dict[str, Any]:
        reply = self.box.location.get(f"/conversations/messages/{id}")
        assert reply.status_code == 200, reply.text
        return reply.json()

    def thread(self, id: str = "", **params: Any) -> list[dict[str, Any]]:
        """The messages of a conversation, newest first."""
        reply = self.box.location.get(f"/conversations/{id or self.id}/messages", params=params)
        assert reply.status_code == 200, reply.text
        return reply.json()["messages"]["messages"]

    def email(self, id: str) -> dict[str, Any]:
        return self.box.location.get(f"/conversations/messages/email/{id}").json()

    def outbox(self, **params: Any) -> list[dict[str, Any]]:
        """What is in the outbox, the latest first."""
        return self.box.operator.get("/operator/outbox", params=params).json()["outbox"]

    def later(self, **by: float) -> None:
        """Move the clock, and let what is due leave."""
        self.box.sandbox.move_clock(timedelta(**by))
        self.box.leave()

    def provider(self, **said: Any) -> str:
        """The id of a new provider of the sub-account's own."""
        at = f"/operator/locations/{self.box.location_id}/providers"
        return self.box.operator.post(at, json={"name": "Carrier", "type": "SMS"} | said).json()["id"]


@pytest.fixture
def talk(box: Box) -> Talk:
    """One for each test."""
    return Talk(box)
