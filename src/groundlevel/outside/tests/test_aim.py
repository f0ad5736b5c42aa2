"""Where requests may go: a table; and that what was checked is what is connected to."""

import asyncio
import socket
from typing import Any

import pytest

from groundlevel.outside.aim import BadAim, aim_at, why_not
from groundlevel.outside.http import Internet

PUBLIC = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.255.255", "100.128.0.1", "11.0.0.1",
    "192.167.0.1", "169.253.0.1", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e",
    "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:0808:0808::1", "2400:cb00:2048:1::c629:d7a2",
]  # fmt: skip
FORBIDDEN = [
    ("127.0.0.1", "loopback"), ("127.255.255.254", "loopback"), ("0.0.0.0", "this network"), ("10.1.2.3", "private"),
    ("172.16.0.1", "private"), ("172.31.255.255", "private"), ("192.168.1.1", "private"),
    ("169.254.169.254", "link-local"), ("169.254.0.1", "link-local"), ("100.64.0.1", "a carrier's own"),
    ("100.100.100.200", "a carrier's own"), ("192.0.0.192", "reserved"), ("168.63.129.16", "a cloud's metadata"),
    ("198.18.0.1", "for benchmarks"), ("192.0.2.1", "for documentation"), ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"), ("255.255.255.255", "reserved"), ("240.0.0.1", "reserved"),
    ("::1", "loopback"), ("::", "reserved"), ("fe80::1", "link-local"), ("fe80::1%eth0", "link-local"),
    ("fc00::1", "private"), ("fd00:ec2::254", "private"), ("ff02::1", "multicast"),
    ("2001:db8::1", "for documentation"),
    ("2001::1", "reserved"), ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "reserved"), ("fec0::1", "reserved"),
    ("::ffff:127.0.0.1", "loopback"), ("::ffff:7f00:1", "loopback"), ("::ffff:169.254.169.254", "link-local"),
    ("::ffff:10.0.0.1", "private"), ("::127.0.0.1", "reserved"), ("64:ff9b::7f00:1", "loopback"),
    ("64:ff9b::169.254.169.254", "link-local"), ("64:ff9b:1::1", "reserved"), ("2002:7f00:1::", "loopback"),
    ("2002:a9fe:a9fe::1", "link-local"), ("2002:c0a8:101::", "private"), ("100::1", "reserved"),
    ("5f00::1", "reserved"), ("::ffff:0:127.0.0.1", "reserved"),
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_may_be_reached(address: str) -> None:
    assert why_not(address) is None


@pytest.mark.parametrize(("address", "why"), FORBIDDEN)
def test_what_must_not_be_reached(address: str, why: str) -> None:
    assert why_not(address) == why
    with pytest.raises(BadAim, match=f"h.example leads to .*, which is {why}"):
        aim_at().reachable("h.example", [address])
    assert aim_at("H.example").reachable("h.example", [address]) == [address]


ADDRESSES = [
    ("https://example.com/hook", ""), ("https://example.com:8443/hook", ""), ("https://8.8.8.8/", ""),
    ("http://example.com/hook", "example.com would be asked without TLS"), ("ftp://example.com", "not one of a web"),
    ("https://", "not one of a web"), ("file:///etc/passwd", "not one of a web"), ("gopher://x/", "not one of a web"),
    ("https://me@example.com/", "holds a name"), ("https://a:b@example.com/", "holds a name"),
    ("https://127.0.0.1/", "127.0.0.1 is loopback"), ("https://[::1]/", "::1 is loopback"),
    ("https://[::ffff:169.254.169.254]/latest/meta-data", "is link-local"), ("https://example.com:99999/", "cannot be"),
    ("https://[::1/", "cannot be read"), ("http://named.example/", ""), ("http://NAMED.example:81/", ""),
    ("http://named.example.evil.example/", "without TLS"), ("", "not one of a web"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "trouble"), ADDRESSES)
def test_addresses(url: str, trouble: str) -> None:
    try:
        aim_at("named.example").check_url(url)
    except BadAim as bad:
        assert trouble
        assert trouble in str(bad)
    else:
        assert trouble == ""


def test_only_the_fine_addresses_of_a_host_are_left() -> None:
    assert aim_at().reachable("h", ["10.0.0.1", "8.8.8.8", "::1"]) == ["8.8.8.8"]
    with pytest.raises(BadAim, match="h leads to no address"):
        aim_at().reachable("h", [])


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that says one thing first and another afterwards is asked once, and what it said counts."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked, connected = list[str](), list[str]()
        port = server.getsockname()[1]
        answers = iter(["127.0.0.1", "8.8.8.8"])

        async def resolve(_loop: Any, host: str, at: int, **_: Any) -> list[Any]:
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), at))]

        async def go(url: str) -> str:
            internet = Internet(aim_at())

            async def connect(address: str, *_: Any) -> Any:
                connected.append(address)
                raise TimeoutError

            monkeypatch.setattr(internet, "connect", connect)
            answer = await internet.post(url, {}, b"{}")
            await internet.close()
            return answer.error

        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
        assert "rebind.example leads to 127.0.0.1, which is loopback" in asyncio.run(
            go(f"https://rebind.example:{port}/")
        )
        assert (asked, connected) == (["rebind.example"], [])
        asyncio.run(go(f"https://rebind.example:{port}/"))
        assert (asked, connected) == (["rebind.example"] * 2, ["8.8.8.8"])


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost"])
def test_other_spellings_of_this_machine(host: str) -> None:
    async def go() -> str:
        internet = Internet(aim_at())
        answer = await internet.post(f"https://{host}:1/", {}, b"{}")
        await internet.close()
        return answer.error

    assert "loopback" in asyncio.run(go())
