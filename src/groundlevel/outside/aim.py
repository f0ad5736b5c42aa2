"""Where requests that leave this machine may go: to the public internet, and to hosts that the operator has named.

Addresses come from strangers (whoever registers a webhook), so an installation must not be talked into asking its own
machine, its network or its cloud's metadata service. Pure: what an address is, not who has it.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from msgspec import Struct

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""The names of this machine that a demo may send to."""

_V4 = {
    "0.0.0.0/8": "this network", "10.0.0.0/8": "private", "100.64.0.0/10": "a carrier's own", "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local", "172.16.0.0/12": "private", "192.0.0.0/24": "reserved",
    "192.0.2.0/24": "for documentation", "192.88.99.0/24": "a relay", "192.168.0.0/16": "private",
    "198.18.0.0/15": "for benchmarks", "198.51.100.0/24": "for documentation", "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast", "240.0.0.0/4": "reserved", "168.63.129.16/32": "a cloud's metadata",
}  # fmt: skip
"""What is not the public internet (IANA's special-purpose registry), and one metadata address that looks public."""
_V6 = {
    "2001::/23": "reserved", "2001:db8::/32": "for documentation", "3fff::/20": "for documentation",
    "2002::/16": "6to4", "64:ff9b::/96": "NAT64",
}  # fmt: skip
"""Parts of 2000::/3 that are not the public internet, and those that bear an IPv4 address."""
_V4_NETWORKS = [(ip_network(net), why) for net, why in _V4.items()]
_V6_NETWORKS = [(ip_network(net), why) for net, why in _V6.items()]
_PUBLIC_V6, _MAPPED = ip_network("2000::/3"), ip_network("::ffff:0:0/96")


class BadAim(Exception):
    """A request was to go where it must not; the text says where and why."""


class Aim(Struct, frozen=True):
    """`named`: hosts, as they stand in addresses, that may be reached wherever they are, with or without TLS."""

    named: frozenset[str] = frozenset()

    def allows(self, host: str) -> bool:
        """Whether the operator has named the host."""
        return host.strip("[]").lower() in self.named

    def check_url(self, url: str) -> None:
        """BadAim for what is not a plain https address (http: of named hosts only)."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            raise BadAim("the address cannot be read") from None
        if parts.scheme not in ("https", "http") or not host:
            raise BadAim("the address is not one of a web server")
        if parts.username is not None or parts.password is not None:
            raise BadAim("the address holds a name or password")
        if not self.allows(host):
            if parts.scheme == "http":
                raise BadAim(f"{host} would be asked without TLS; --allow-webhooks-to {host} allows it")
            if (why := _literal(host)) is not None:
                raise BadAim(f"{host} is {why}; --allow-webhooks-to {host} allows it")

    def reachable(self, host: str, addresses: list[str]) -> list[str]:
        """Those of a host's addresses that may be connected to. BadAim where none is left."""
        if self.allows(host):
            return addresses
        fine = [one for one in addresses if why_not(one) is None]
        if not fine:
            told = f"{addresses[0]}, which is {why_not(addresses[0])}" if addresses else "no address"
            raise BadAim(f"{host} leads to {told}; --allow-webhooks-to {host} allows it")
        return fine


def aim_at(*named: str) -> Aim:
    """An aim that may reach these hosts besides the public internet."""
    return Aim(frozenset(host.strip().strip("[]").lower() for host in named if host.strip()))


def why_not(address: str) -> str | None:
    """What an IP address is, if it is not of the public internet; None for one that may be reached."""
    ip = ip_address(address.partition("%")[0])
    return _why_not_v4(ip) if isinstance(ip, IPv4Address) else _why_not_v6(ip)


def _why_not_v4(ip: IPv4Address) -> str | None:
    return next((why for net, why in _V4_NETWORKS if ip in net), None)


def _why_not_v6(ip: IPv6Address) -> str | None:
    """Of an address that bears another one, what that is: mapped and NAT64 in the last bits, 6to4 behind the first."""
    if ip in _MAPPED:
        return _why_not_v4(IPv4Address(int(ip) & 0xFFFFFFFF))
    kind = next((why for net, why in _V6_NETWORKS if ip in net), None)
    if kind == "NAT64":
        return _why_not_v4(IPv4Address(int(ip) & 0xFFFFFFFF))
    if kind == "6to4":
        return _why_not_v4(IPv4Address(int(ip) >> 80 & 0xFFFFFFFF))
    if kind is None and ip not in _PUBLIC_V6:
        return {True: "loopback"}.get(ip.is_loopback) or ("multicast" if ip.is_multicast else _local(ip))
    return kind


def _local(ip: IPv6Address) -> str:
    return "link-local" if ip.is_link_local else "private" if ip in ip_network("fc00::/7") else "reserved"


def _literal(host: str) -> str | None:
    """The same for a host that is written as an IP address; None for a name."""
    try:
        return why_not(host)
    except ValueError:
        return None
