"""Where the shop may call when somebody else has chosen the address (R39): a law over all addresses there are."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import example, given, strategies as st

from retail_domain.kernel.destinations import Destinations
from retail_domain.kernel.errors import InvalidInput

PUBLIC, HERE = Destinations(), Destinations(is_plain_allowed=True, is_loopback_allowed=True)
IN_THE_OPEN = Destinations(is_plain_allowed=True)
NOT_OURS = [
    ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
]  # fmt: skip
FOUR = st.one_of(st.ip_addresses(v=4), *(st.ip_addresses(network=one) for one in NOT_OURS))
METADATA = (
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "fe80::a9fe:a9fe",
)


def wrapped(inner: IPv4Address) -> list[IPv6Address]:
    """An IPv4 address in every disguise that IPv6 has for it."""
    low = int(inner)
    return [
        IPv6Address(low),  # compatible
        IPv6Address(0xFFFF << 32 | low),  # mapped
        IPv6Address(0xFFFF << 48 | low),  # translated (SIIT)
        IPv6Address(int(IPv6Address("64:ff9b::")) | low),  # NAT64
        IPv6Address(int(IPv6Address("64:ff9b:1::")) | low),  # NAT64, local
        IPv6Address(0x2002 << 112 | low << 80 | 1),  # 6to4
        IPv6Address(0x20010000 << 96 | low << 64 | 0xFFFF_FFFF - low),  # Teredo: its server, its client
        IPv6Address(int(IPv6Address("fe80::5efe:0:0")) | low),  # ISATAP
        IPv6Address(int(IPv6Address("2a00:1450::5efe:0:0")) | low),
        IPv6Address(int(IPv6Address("2a00:1450::200:5efe:0:0")) | low),
    ]


@given(FOUR)
@example(IPv4Address("127.0.0.1"))
@example(IPv4Address("255.255.255.255"))
@example(IPv4Address("93.184.216.34"))
def test_no_ipv4_address_is_reached_that_is_not_everybodys_and_none_in_disguise(address: IPv4Address) -> None:
    """R39: private, this machine, this link, a carrier's, many at once, reserved; and in the words of IPv6 none at all."""
    closed = not address.is_global or address.is_multicast or any(address in one for one in NOT_OURS)
    if closed:
        assert not PUBLIC.may_reach(str(address))
        assert HERE.may_reach(str(address)) is (address in ip_network("127.0.0.0/8"))
    for one in wrapped(address):
        assert not PUBLIC.may_reach(str(one)), one
        assert not HERE.may_reach(str(one)) or one == IPv6Address("::1"), one


@given(st.ip_addresses(v=4))
def test_every_other_ipv4_address_is_reached(address: IPv4Address) -> None:
    """R39: what is everybody's, but for the relays that are no longer used and the platform of one cloud."""
    odd = ("192.88.99.0/24", "168.63.129.16/32", "192.0.0.0/24")
    if address.is_global and not address.is_multicast and not any(address in ip_network(one) for one in odd):
        assert PUBLIC.may_reach(str(address))


@given(st.ip_addresses(v=6))
@example(IPv6Address("::"))
@example(IPv6Address("::1"))
@example(IPv6Address("fe80::1"))
@example(IPv6Address("fec0::1"))
@example(IPv6Address("fc00::1"))
@example(IPv6Address("ff02::1"))
@example(IPv6Address("100::1"))
@example(IPv6Address("2001:db8::1"))
@example(IPv6Address("5f00::1"))
def test_no_ipv6_address_is_reached_but_those_that_are_given_out(address: IPv6Address) -> None:
    """R39: outside of `2000::/3` there is nobody to call."""
    closed = address not in ip_network("2000::/3") or not address.is_global or address.is_multicast or address.is_site_local
    assert not (closed and PUBLIC.may_reach(str(address)))


@pytest.mark.parametrize("address", [*METADATA, "fe80::1%eth0", "2a00:1450::1%eth0", "", "localhost", "1.2.3", "01.2.3.4"])
def test_what_clouds_tell_their_guests_and_what_is_no_address_is_never_reached(address: str) -> None:
    """R39."""
    assert not PUBLIC.may_reach(address) and not HERE.may_reach(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4001::200e"])
def test_what_is_everybodys_is_reached(address: str) -> None:
    """R39."""
    assert PUBLIC.may_reach(address)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.com/", "//example.com/", "example.com", "https://", "https:///x", "https://user@example.com/",
        "https://a:b@example.com/", "https://example.com@127.0.0.1/", "https://example.com#@127.0.0.1/", "https://example.com/#x",
        "https://example.com\\@127.0.0.1/", "https://exa mple.com/", "https://example.com/a b", "https://example.com/\n",
        "https://例子.测试/", "https://ex%61mple.com/", "https://example.com:0/", "https://example.com:65536/", "https://a..b/",
        "https://example.com./", "https://-a.com/", "https://127.1/", "https://0x7f000001/", "https://2130706433/",
        "https://0177.0.0.1/", "https://127.0.0.0x1/", "https://[::1/", "https://[fe80::1%25eth0]/", "https://[v1.x]/",
        "https://" + "a" * 2_000, "http://example.com/", "https://[8.8.8.8]/",
        "http\N{LATIN SMALL LETTER LONG S}://example.com/", "https://\N{KELVIN SIGN}.example/",
    ],
)  # fmt: skip
def test_an_address_in_other_words_is_refused_and_nothing_is_looked_up(address: str) -> None:
    """R39: what two readers could read in two ways leads nowhere."""
    with pytest.raises(InvalidInput, match="url"):
        PUBLIC.target(address)
    if not address.startswith("http://"):
        with pytest.raises(InvalidInput, match="url"):
            IN_THE_OPEN.target(address)


@given(st.one_of(FOUR, st.ip_addresses(v=6)), st.sampled_from(["", ":8443"]))
def test_an_address_in_numbers_is_judged_when_it_is_written_down(address: IPv4Address | IPv6Address, port: str) -> None:
    """R39."""
    host = f"[{address}]" if ":" in str(address) else str(address)
    if PUBLIC.may_reach(str(address)):
        assert ip_address(PUBLIC.target(f"https://{host}{port}/x").host) == address
    else:
        with pytest.raises(InvalidInput, match="public"):
            PUBLIC.target(f"https://{host}{port}/x")


def test_what_a_request_names_is_what_was_asked_for() -> None:
    """R39."""
    found = PUBLIC.target("HTTPS://Example.COM?a=1")
    assert (found.scheme, found.host, found.port, found.path, found.authority) == (
        "https", "example.com", 443, "/?a=1", "example.com",
    )  # fmt: skip
    assert HERE.target("http://[::1]:8080/x").authority == "[::1]:8080"
    assert HERE.target("http://localhost/").port == 80
    for host in ("localhost", "shop.localhost"):
        with pytest.raises(InvalidInput, match="public"):
            PUBLIC.target(f"https://{host}/")
