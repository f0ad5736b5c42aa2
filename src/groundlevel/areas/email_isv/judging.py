"""What is thought of an address: how it is written, what is known of it, who takes its domain's mail. Pure."""

from typing import Literal

from email_validator import EmailNotValidError, validate_email
from msgspec import Struct

from groundlevel.areas.email_isv.known import is_disposable, is_free, is_role
from groundlevel.outside.mail.hosts import MailHosts

Result = Literal["deliverable", "undeliverable", "do_not_send", "unknown", "catch_all"]
Risk = Literal["high", "low", "medium", "unknown"]


class Address(Struct, frozen=True):
    """An address, taken apart. ascii_domain: as the DNS knows it."""

    whole: str
    local: str
    ascii_domain: str


class Verdict(Struct, frozen=True):
    """What is thought of an address, and why."""

    result: Result
    risk: Risk
    reasons: tuple[str, ...] = ()


MALFORMED = Verdict("undeliverable", "high", ("invalid_syntax",))


def address_in(text: str) -> Address | None:
    """The address that a text is (RFC 5321 and 5322, with letters of any script); None for what is none."""
    try:
        found = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        return None
    return Address(found.normalized, found.local_part, found.ascii_domain)


def judged(address: Address, hosts: MailHosts) -> Verdict:
    """What is thought of a well-formed address. The mailbox itself is not asked, so one that is missing is not noticed.

    Throw-away addresses are not written to, though they take mail. A role's mailbox is a risk: many read it, and some
    complain.
    """
    told = ("simulated_lookup",) if hosts.simulated else ()
    if hosts.state == "missing":
        return Verdict("undeliverable", "high", ("domain_does_not_exist", *told))
    if hosts.state == "none":
        return Verdict("undeliverable", "high", ("no_mx_record", *told))
    if is_disposable(address.ascii_domain):
        return Verdict("do_not_send", "high", ("mailbox_is_disposable_address", *told))
    if hosts.state == "unknown":
        return Verdict("unknown", "unknown", ("dns_lookup_failed", *told))
    role = ("mailbox_is_role_address",) if is_role(address.local) else ()
    free = ("free_provider",) if is_free(address.ascii_domain) else ()
    return Verdict("deliverable", "medium" if role else "low", (*role, *free, *told))
