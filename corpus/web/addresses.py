"""Which addresses may be asked: http and https, and hosts on the public internet.

A host is judged by the IP addresses that it resolves to, never by its name, and an IP
address that carries another one (IPv4 inside IPv6) by both.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit
from urllib.request import url2pathname

from corpus.errors import AddressRefused

IP = IPv4Address | IPv6Address

MAX_LENGTH = 4000
PORTS = {"http": 80, "https": 443}

# Beside what `ipaddress` knows, which differs from one Python to the next.
_NOT_PUBLIC = {
    "private": (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10",
    ),
    "loopback": ("127.0.0.0/8", "::1/128"),
    "link-local": ("169.254.0.0/16", "fe80::/10"),
    "shared by a provider's customers": ("100.64.0.0/10",),
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    "a cloud's own service": ("168.63.129.16/32",),
    "unspecified": ("0.0.0.0/8", "::/128"),
    "reserved": (
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "240.0.0.0/4", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20",
        "5f00::/16",
    ),
}  # fmt: skip
_RULES = [(ip_network(item), kind) for kind, items in _NOT_PUBLIC.items() for item in items]
_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_COMPATIBLE = (ip_network("::/96"), ip_network("::ffff:0:0:0/96"))
_ISATAP = (0x5EFE, 0x2005EFE)

_FORBIDDEN = re.compile(
    r"[\x00-\x20\x7f\\<>\"^`{|}]|[\x80-\xa0]|[\u2000-\u200f\u2028-\u202f\ufeff]"
)
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.I)
_DOTTED = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})")
_BRACKETS = re.compile(r"\[[^\[\]]*\](?::[0-9]*)?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address in one spelling, without its fragment."""

    scheme: str
    host: str
    """Lower-case ASCII, or an IP address without brackets."""
    port: int
    target: str
    """Path and query, percent-encoded."""

    @property
    def origin(self) -> str:
        """Scheme, host and, unless it is the usual one, port."""
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return self.origin + self.target


def is_address(text: str) -> bool:
    """Tell whether a name that a user gave is meant as an address on the web.

    >>> [is_address(text) for text in ("https://bote.example/1", "ftp://x/", "C:/press", "a.txt")]
    [True, True, False, False]
    """
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", text) is not None and not (
        text.lower().startswith("file:")
    )


def path_of(origin: str) -> Path:
    """Return the path of a file: address.

    >>> path_of("file:///press/a%20b.txt")
    PosixPath('/press/a b.txt')
    """
    return Path(url2pathname(unquote(urlsplit(origin).path, errors="replace")))


def parse_address(text: str, base: Address | None = None) -> Address:
    """Return the address that a text spells, relative to `base` where it is given.

    Raises:
        AddressRefused: it is none, or not one that is ever asked.
    """
    text = text.strip(" \t\r\n")
    if len(text) > MAX_LENGTH:
        raise AddressRefused(
            "the address is longer than {max_length:,} characters", max_length=MAX_LENGTH
        )
    if _FORBIDDEN.search(text):
        raise AddressRefused(
            "there is a blank, a backslash or another character in the address that none has; "
            "copy it from the browser's address line"
        )
    try:
        parts = urlsplit(urljoin(str(base), text) if base is not None else text)
        port = parts.port
    except ValueError as exc:
        raise AddressRefused("this is no address: {reason}", reason=exc) from exc
    scheme = parts.scheme.lower()
    if scheme not in PORTS:
        raise AddressRefused("only addresses that begin with http:// or https:// are fetched")
    if "@" in parts.netloc:
        raise AddressRefused("there is a user name or password in the address; leave it out")
    if port == 0:
        raise AddressRefused("there is no port 0")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    target = f"{path}?{query}" if query else path
    return Address(scheme, _host(parts.hostname or "", parts.netloc), port or PORTS[scheme], target)


def _host(host: str, written: str) -> str:
    if not host:
        raise AddressRefused("there is no host in the address")
    if "[" in written:
        if not _BRACKETS.fullmatch(written):
            raise AddressRefused("{written!r} is no address", written=written)
        if "%" in host:
            raise AddressRefused("the address names a network interface (%); leave it out")
        try:
            return str(IPv6Address(host))
        except ValueError as exc:
            raise AddressRefused("{host!r} is no IPv6 address", host=host) from exc
    return _name(host)


def _name(host: str) -> str:
    """Return a host name in ASCII, or an IPv4 address in its one spelling."""
    import idna

    ascii_host = host.lower()
    if not ascii_host.isascii():
        try:
            ascii_host = idna.encode(host, uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError) as exc:
            raise AddressRefused(
                "{host!r} is no host name: {reason}", host=host, reason=exc
            ) from exc
    labels = ascii_host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # 2130706433, 0x7f.1 and 017700000001 are all 127.0.0.1 to some programs.
        plain = ".".join(labels)
        if not _DOTTED.fullmatch(plain):
            raise AddressRefused(
                "{host!r} is an IP address in an unusual form; write four decimal numbers",
                host=host,
            )
        try:
            return str(IPv4Address(plain))
        except ValueError as exc:
            raise AddressRefused("{host!r} is no IP address", host=host) from exc
    if len(ascii_host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused("{host!r} is no host name", host=host)
    return ".".join(labels)


def not_public(ip: IP) -> str:
    """Return why an IP address is not on the public internet, or "".

    >>> from ipaddress import ip_address
    >>> not_public(ip_address("127.0.0.1")), not_public(ip_address("2002:7f00:1::"))
    ('loopback', 'loopback')
    >>> not_public(ip_address("93.184.215.14"))
    ''
    """
    own = "" if _is_wrapping(ip) else _kind(ip)  # else it is judged by what it carries
    return own or next(filter(None, map(_kind, _embedded_addresses(ip))), "")


def _kind(ip: IP) -> str:
    kind = next((kind for network, kind in _RULES if ip in network), "")
    if not kind and isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST:
        kind = "reserved"
    if not kind and (not ip.is_global or ip.is_multicast or ip.is_reserved):
        kind = "reserved"
    return kind


def _is_wrapping(ip: IP) -> bool:
    return isinstance(ip, IPv6Address) and (
        ip.ipv4_mapped is not None or ip in _NAT64[0] or ip.sixtofour is not None
    )


def _embedded_addresses(ip: IP) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses inside an IPv6 address, wherever a router may look for one."""
    if not isinstance(ip, IPv6Address):
        return
    number = int(ip)
    low = IPv4Address(number & 0xFFFFFFFF)
    if ip.ipv4_mapped is not None or any(ip in network for network in (*_NAT64, *_COMPATIBLE)):
        yield low
    if ip.sixtofour is not None:
        yield ip.sixtofour
    if ip.teredo is not None:
        yield from ip.teredo
    if (number >> 32) & 0xFFFFFFFF in _ISATAP:
        yield low


def check_answers(host: str, answers: list[str], *, allow_private: bool) -> list[IP]:
    """Return the IP addresses that a host resolved to, in order, if all of them may be asked.

    Raises:
        AddressRefused: one of them is not public, and `allow_private` is False.
    """
    found: dict[IP, None] = {}
    for answer in answers:
        try:
            ip = ip_address(answer)
        except ValueError as exc:
            raise AddressRefused(
                "{host} resolves to {answer!r}, which is no address", host=host, answer=answer
            ) from exc
        reason = "" if allow_private else not_public(ip)
        if reason:
            shown = host if host == str(ip) else f"{host} ({ip})"
            raise AddressRefused(
                "{shown} is not on the public internet ({reason}); if you mean it, add "
                "it with --allow-private",
                shown=shown,
                reason=reason,
            )
        found[ip] = None
    if not found:
        raise AddressRefused("{host} resolves to no address", host=host)
    return list(found)
