"""What is thought of addresses, who pays for it, and the DNS as it is really spoken."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from groundlevel.areas.email_isv.judging import Verdict, address_in, judged
from groundlevel.areas.operator import INSTALLATION, Installation
from groundlevel.conftest import Box
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.outside.mail.hosts import Dns, MailHosts

FOUND, UNKNOWN = MailHosts("found", ("mx.example.com",)), MailHosts("unknown")


@pytest.mark.parametrize(
    ("address", "hosts", "verdict"),
    [
        ("ada@lovelace.example", FOUND, Verdict("deliverable", "low")),
        ("Sales+1@lovelace.example", FOUND, Verdict("deliverable", "medium", ("mailbox_is_role_address",))),
        ("info@gmail.com", FOUND, Verdict("deliverable", "medium", ("mailbox_is_role_address", "free_provider"))),
        ("ada@gmail.com", FOUND, Verdict("deliverable", "low", ("free_provider",))),
        ("a@x.mailinator.com", FOUND, Verdict("do_not_send", "high", ("mailbox_is_disposable_address",))),
        ("a@mailinator.com", UNKNOWN, Verdict("do_not_send", "high", ("mailbox_is_disposable_address",))),
        ("a@lovelace.example", UNKNOWN, Verdict("unknown", "unknown", ("dns_lookup_failed",))),
        ("a@lovelace.example", MailHosts("none"), Verdict("undeliverable", "high", ("no_mx_record",))),
        ("a@lovelace.example", MailHosts("missing"), Verdict("undeliverable", "high", ("domain_does_not_exist",))),
        ("a@münchen.de", MailHosts("found", simulated=True), Verdict("deliverable", "low", ("simulated_lookup",))),
    ],
)
def test_what_is_thought(address: str, hosts: MailHosts, verdict: Verdict) -> None:
    found = address_in(address)
    assert found
    assert judged(found, hosts) == verdict


@pytest.mark.parametrize("text", ["", "ada", "@x.com", "a b@x.com", "a..b@x.com", "a@b", "a@localhost", "a@[1.2.3.4]"])
def test_what_is_no_address(text: str) -> None:
    assert address_in(text) is None


@pytest.fixture
def trial(box: Box) -> Box:
    """A test installation, in which nobody is asked."""
    row = Installation(id="installation", test=True)
    box.sandbox.do(SYSTEM, lambda ctx: ctx.db.put(INSTALLATION, row))
    return box


def verify(box: Box, text: str, kind: str = "email") -> Any:
    query, body = {"locationId": box.location_id}, {"type": kind, "verify": text}
    return box.location.post("/email/verify", params=query, json=body)


def test_an_address(trial: Box) -> None:
    reply = verify(trial, " ada@lovelace.example")
    assert (reply.status_code, reply.json()) == (
        201,
        {
            "address": "ada@lovelace.example", "result": "deliverable", "risk": "low", "reason": ["simulated_lookup"],
            "leadConnectorRecommendation": {"isEmailValid": True},
        },
    )  # fmt: skip
    told = trial.v2.post(
        "/email/verify", params={"locationId": trial.location_id}, json={"type": "email", "verify": "no address"}
    )
    assert told.json() == {
        "address": "no address", "result": "undeliverable", "risk": "high", "reason": ["invalid_syntax"],
        "leadconnectorRecomendation": {"isEmailValid": False},
    }  # fmt: skip
    for domain, result in (("nomail", "undeliverable"), ("missing", "undeliverable"), ("silent", "unknown")):
        assert verify(trial, f"a@{domain}.example").json()["result"] == result


def test_a_contact(trial: Box) -> None:
    contact = trial.new_contact(firstName="Ann", email="ann@mailinator.com")
    told = verify(trial, contact, "contact").json()
    assert (told["address"], told["result"]) == ("ann@mailinator.com", "do_not_send")
    silent = verify(trial, trial.new_contact(firstName="Bea"), "contact")
    assert (silent.status_code, silent.json()["message"]) == (400, "The contact has no email")
    unknown = verify(trial, "nobody", "contact")
    assert (unknown.status_code, unknown.json()["message"]) == (400, "Contact with id nobody not found")
    assert verify(trial, "a@b.example", "phone").status_code == 422


def test_it_is_free_unless_the_operator_says_otherwise(trial: Box) -> None:
    at, whose = f"/operator/companies/{trial.company_id}/email-verification", {"companyId": trial.company_id}
    assert trial.operator.get(at).json() == {"enabled": True, "price": 0.0}
    assert trial.operator.put(at, json={"price": 0.004}).json() == {"enabled": True, "price": 0.004}
    refused = {"address": "a@x.example", "verified": False, "message": "Insufficient funds"}
    assert (verify(trial, "a@x.example").status_code, verify(trial, "a@x.example").json()) == (201, refused)
    trial.operator.post("/operator/wallets/top-up", json=whose | {"amount": 0.01})
    assert verify(trial, "a@x.example").json()["result"] == "deliverable"
    assert verify(trial, "a@silent.example").json()["result"] == "unknown"  # which costs nothing
    assert verify(trial, "nonsense").json()["result"] == "undeliverable"
    assert verify(trial, "a@x.example").json() == refused
    (wallet,) = trial.operator.get("/operator/wallets", params=whose).json()["wallets"]
    assert wallet["balance"] == 0.002
    assert trial.operator.put(at, json={"enabled": False}).json() == {"enabled": False, "price": 0.004}
    off = {"address": "a@x.example", "verified": False, "message": "Validation is disabled / proper config not found"}
    assert verify(trial, "a@x.example").json() == off


ZONE = {
    ("two.example.", "MX"): ["20 b.example.", "10 a.example."], ("null.example.", "MX"): ["0 ."],
    ("plain.example.", "A"): ["192.0.2.1"], ("six.example.", "AAAA"): ["2001:db8::1"],
    ("bare.example.", "TXT"): ['"x"'],
}  # fmt: skip


def answer_to(raw: bytes) -> bytes | None:
    """What a server of the zone says; nothing to questions about `silent.example`."""
    question = dns.message.from_wire(raw)
    asked = question.question[0]
    name, kind = asked.name.to_text(), asked.rdtype.name
    if name == "silent.example.":
        return None
    reply = dns.message.make_response(question)
    reply.flags |= dns.flags.RA
    if (name, kind) in ZONE:
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *ZONE[name, kind]))
    elif name not in {known for known, _ in ZONE}:
        reply.set_rcode(dns.rcode.SERVFAIL if name == "broken.example." else dns.rcode.NXDOMAIN)
    return reply.to_wire()


@pytest.fixture
def dns_port() -> Iterator[int]:
    """A server of the DNS on this machine."""
    here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    here.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            raw, sender = here.recvfrom(4_096)
            if not raw:
                return
            if told := answer_to(raw):
                here.sendto(told, sender)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield here.getsockname()[1]
    here.sendto(b"", here.getsockname())
    thread.join()
    here.close()


@pytest.mark.parametrize(
    ("domain", "hosts"),
    [
        ("two.example", MailHosts("found", ("a.example", "b.example"))),
        ("null.example", MailHosts("none")),
        ("plain.example", MailHosts("found", ("plain.example",))),
        ("six.example", MailHosts("found", ("six.example",))),
        ("bare.example", MailHosts("none")),
        ("missing.example", MailHosts("missing")),
        ("silent.example", MailHosts("unknown")),
        ("broken.example", MailHosts("unknown")),
    ],
)
def test_the_dns_is_asked(dns_port: int, domain: str, hosts: MailHosts) -> None:
    patience = 0.2 if hosts.state == "unknown" else 5.0
    assert asyncio.run(Dns("127.0.0.1", dns_port, patience).mail_hosts(domain)) == hosts
