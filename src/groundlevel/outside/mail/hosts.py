"""Who takes the mail of a domain: asked of the DNS, or made up where nobody is to be asked."""

from typing import Any, Literal, Protocol

from msgspec import Struct

WITHIN_S = 5.0
"""How long the DNS may take for everything that is asked of it about a domain."""
State = Literal["found", "none", "missing", "unknown"]
NULL = "."
"""The host of a domain that takes no mail (RFC 7505)."""


class MailHosts(Struct, frozen=True):
    """What is known of a domain.

    found: these hosts take its mail, the preferred one first. none: it takes none. missing: there is no such domain.
    unknown: nobody could say.
    """

    state: State
    hosts: tuple[str, ...] = ()
    simulated: bool = False


class MailResolver(Protocol):
    """Who knows."""

    async def mail_hosts(self, domain: str) -> MailHosts:
        """Who takes the mail of a domain, as the DNS knows it (ASCII). Whatever goes wrong is `unknown`."""
        ...


class Dns:
    """The real one, by this machine's resolver, or by one that is named. A domain without MX records takes its mail
    itself, if it has an address (RFC 5321, 5.1).
    """

    def __init__(self, server: str = "", port: int = 53, within_s: float = WITHIN_S) -> None:
        self.server, self.port, self.within_s = server, port, within_s

    async def mail_hosts(self, domain: str) -> MailHosts:
        """See `MailResolver`."""
        from dns.exception import DNSException  # it takes a third of a second to load, and few ask
        from dns.resolver import NXDOMAIN, NoAnswer

        try:
            resolver = self._resolver()
            try:
                records: Any = list(await resolver.resolve(domain, "MX", lifetime=self.within_s))
            except NoAnswer:
                return MailHosts("found", (domain,)) if await self._has_address(resolver, domain) else MailHosts("none")
        except NXDOMAIN:
            return MailHosts("missing")
        except (DNSException, OSError):
            return MailHosts("unknown")
        hosts = [record.exchange.to_text() for record in sorted(records, key=lambda one: one.preference)]
        return MailHosts("none") if hosts == [NULL] else MailHosts("found", tuple(h.rstrip(".") for h in hosts))

    async def _has_address(self, resolver: Any, domain: str) -> bool:
        from dns.resolver import NoAnswer

        for kind in ("A", "AAAA"):
            try:
                await resolver.resolve(domain, kind, lifetime=self.within_s)
            except NoAnswer:
                continue
            return True
        return False

    def _resolver(self) -> Any:
        from dns.asyncresolver import Resolver

        resolver = Resolver(configure=not self.server)
        if self.server:
            resolver.nameservers, resolver.port = [self.server], self.port
        return resolver


class Simulated:
    """For trials: every domain takes mail, but for those of `SIMULATED`. What it says says that it is simulated."""

    async def mail_hosts(self, domain: str) -> MailHosts:
        """See `MailResolver`."""
        state: State = SIMULATED.get(domain.lower(), "found")
        hosts = (f"mx.{domain.lower()}",) if state == "found" else ()
        return MailHosts(state, hosts, simulated=True)


SIMULATED: dict[str, State] = {
    "nomail.example": "none", "missing.example": "missing", "silent.example": "unknown",
}  # fmt: skip
"""Domains to try the other answers with."""
