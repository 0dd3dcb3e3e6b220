"""Which addresses are asked: spelling tricks, and IP addresses that lead inside."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import AddressRefused
from corpus.web.addresses import check_answers, is_address, not_public, parse_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://bote.example", "http://bote.example/"),
        ("HTTPS://Bote.Example:443/A?b=c#d", "https://bote.example/A?b=c"),
        ("http://bote.example:8080/a b".replace(" ", "%20"), "http://bote.example:8080/a%20b"),
        ("https://müller.example/grüße?q=ä", "https://xn--mller-kva.example/gr%C3%BC%C3%9Fe?q=%C3%A4"),
        ("http://bote.example./a", "http://bote.example/a"),
        ("http://[2606:2800:220:1:248:1893:25C8:1946]:81/", "http://[2606:2800:220:1:248:1893:25c8:1946]:81/"),
        ("http://93.184.215.14/x", "http://93.184.215.14/x"),
        ("  https://bote.example/a\n", "https://bote.example/a"),
        ("https://bote.example/a?u=http://x@y", "https://bote.example/a?u=http://x@y"),
        ("https://ＢＯＴＥ.example/", "https://bote.example/"),
        ("https://bote.example/%E2%82%AC?a=%26", "https://bote.example/%E2%82%AC?a=%26"),
    ],
)  # fmt: skip
def test_addresses_have_one_spelling(text: str, expected: str) -> None:
    assert str(parse_address(text)) == expected
    assert str(parse_address(expected)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("file:///etc/passwd", "begin with http"),
        ("ftp://bote.example/", "begin with http"),
        ("gopher://127.0.0.1:70/_x", "begin with http"),
        ("dict://127.0.0.1:11211/stat", "begin with http"),
        ("jar:http://bote.example!/", "begin with http"),
        ("data:text/html,hello", "begin with http"),
        ("javascript:alert(1)", "begin with http"),
        ("//bote.example/", "begin with http"),
        ("bote.example", "begin with http"),
        ("", "begin with http"),
        ("http:///path", "no host"),
        ("http://", "no host"),
        ("http://:80/", "no host"),
        ("http://user@bote.example/", "user name or password"),
        ("http://user:pass@bote.example/", "user name or password"),
        ("http://bote.example@127.0.0.1/", "user name or password"),
        ("http://127.0.0.1:80@bote.example/", "user name or password"),
        ("http://bote.example%40127.0.0.1/", "unusual form"),
        ("http://127.0.0.1%40bote.example/", "no host name"),
        ("http://bote.example\\@127.0.0.1/", "backslash"),
        ("http://127.0.0.1\\.bote.example/", "backslash"),
        ("http://bote.example\t/", "blank"),
        ("http://bote.example/\r\nHost: x", "blank"),
        ("http://bote .example/", "blank"),
        ("http://bote.example/\x00", "another character"),
        ("http://bote\u200b.example/", "another character"),
        ("http://2130706433/", "unusual form"),
        ("http://0x7f000001/", "unusual form"),
        ("http://0x7f.0.0.1/", "unusual form"),
        ("http://0177.0.0.1/", "unusual form"),
        ("http://017700000001/", "unusual form"),
        ("http://127.1/", "unusual form"),
        ("http://127.0.1/", "unusual form"),
        ("http://0/", "unusual form"),
        ("http://127.0.0.01/", "unusual form"),
        ("http://127.0.0.0x1/", "unusual form"),
        ("http://1.2.3.4.5/", "unusual form"),
        ("http://256.1.1.1/", "no IP address"),
        ("http://bote.example:99999/", "no address"),
        ("http://bote.example:0/", "port 0"),
        ("http://bote.example:-1/", "no address"),
        ("http://[::1", "no address"),
        ("http://[fe80::1%25eth0]/", "network interface|no address"),
        ("http://[::1]evil/", "no address|no host"),
        ("http://[v1.x]/", "no IPv6|no address"),
        ("http://bote..example/", "no host name"),
        ("http://-bote.example/", "no host name"),
        ("http://" + "a" * 64 + ".example/", "no host name"),
        ("http://a;b.example/", "no host name"),
        ("http://bote.example/" + "x" * 4000, "longer than"),
    ],
)
def test_what_is_never_asked(text: str, reason: str) -> None:
    with pytest.raises(AddressRefused, match=reason):
        parse_address(text)


@pytest.mark.parametrize("digits", ["①②⑦.0.0.1", "127。0。0。1", "１２７.0.0.1"])
def test_digits_of_other_scripts_are_the_same_address(digits: str) -> None:
    host = parse_address(f"http://{digits}/").host
    assert host == "127.0.0.1"
    with pytest.raises(AddressRefused, match="loopback"):
        check_answers(host, [host], allow_private=False)


INSIDE = {
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "10.0.0.1": "private",
    "10.255.255.255": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "169.254.169.254": "link-local",
    "169.254.170.2": "link-local",
    "100.64.0.1": "provider",
    "100.100.100.200": "provider",
    "100.127.255.255": "provider",
    "168.63.129.16": "cloud",
    "192.0.0.192": "reserved",
    "192.0.2.1": "reserved",
    "198.18.0.1": "reserved",
    "198.51.100.7": "reserved",
    "203.0.113.9": "reserved",
    "192.88.99.1": "reserved",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "fe80::1": "link-local",
    "febf::1": "link-local",
    "fec0::1": "private",
    "fc00::1": "private",
    "fd00:ec2::254": "private",
    "ff02::1": "multicast",
    "100::1": "reserved",
    "2001:db8::1": "reserved",
    "2001:10::1": "reserved",
    "3fff::1": "reserved",
    "5f00::1": "reserved",
    "4000::1": "reserved",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:7f00:1": "loopback",
    "::ffff:10.0.0.1": "private",
    "::ffff:169.254.169.254": "link-local",
    "::ffff:100.64.0.1": "provider",
    "::127.0.0.1": "reserved",
    "::ffff:0:127.0.0.1": "reserved",
    "2002:7f00:1::": "loopback",
    "2002:7f00:1::1": "loopback",
    "2002:a00:1::": "private",
    "2002:a9fe:a9fe::": "link-local",
    "2002:6440:1::": "provider",
    "64:ff9b::7f00:1": "loopback",
    "64:ff9b::a9fe:a9fe": "link-local",
    "64:ff9b::10.0.0.1": "private",
    "64:ff9b:1::7f00:1": "reserved",
    "64:ff9b:1::5db8:d70e": "reserved",
    "2001:0:5db8:d70e:0:0:80ff:fffe": "reserved",
    "2001:0:7f00:1::": "reserved",
    "2606:2800:220:1:0:5efe:7f00:1": "loopback",
    "2606:2800:220:1:200:5efe:a00:1": "private",
}


@pytest.mark.parametrize(("ip", "kind"), INSIDE.items())
def test_addresses_inside_are_refused_unless_they_are_meant(ip: str, kind: str) -> None:
    assert kind in not_public(ip_address(ip))
    with pytest.raises(AddressRefused, match=f"{kind}.*--allow-private"):
        check_answers("bote.example", ["93.184.215.14", ip], allow_private=False)
    assert check_answers("bote.example", [ip], allow_private=True) == [ip_address(ip)]


@pytest.mark.parametrize(
    "ip",
    [
        "93.184.215.14",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "169.253.0.1",
        "2606:2800:220:1:248:1893:25c8:1946",
        "::ffff:93.184.215.14",
        "64:ff9b::5db8:d70e",
        "2002:5db8:d70e::1",
    ],
)
def test_addresses_outside_are_asked(ip: str) -> None:
    assert not_public(ip_address(ip)) == ""
    assert check_answers("bote.example", [ip, ip], allow_private=False) == [ip_address(ip)]


@pytest.mark.parametrize("answers", [[], ["no address"], ["1.2.3"]])
def test_answers_that_are_none(answers: list[str]) -> None:
    with pytest.raises(AddressRefused, match="no address"):
        check_answers("bote.example", answers, allow_private=False)


@given(st.ip_addresses(v=4))
def test_what_is_inside_is_inside_however_it_is_wrapped(ip: object) -> None:
    number = int(ip)  # type: ignore[call-overload]
    reason = not_public(ip_address(number))
    for network, shift in (("::ffff:0:0/96", 0), ("64:ff9b::/96", 0), ("2002::/16", 80)):
        wrapped = ip_address(int(ip_network(network).network_address) | number << shift)
        assert not_public(wrapped) == reason


@given(st.ip_addresses())
def test_nothing_is_public_that_python_calls_private(ip: object) -> None:
    address = ip_address(str(ip))
    if not not_public(address):
        # The registry gives 6to4 no scope of its own; a wrapped address is judged by its content.
        assert address.is_global or "2002:" in str(ip) or "ff9b:" in str(ip) or "ffff:" in str(ip)
        assert not address.is_loopback
        assert not address.is_link_local


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    for spelled in (text, f"http://{text}", f"http://bote.example/{text}"):
        try:
            address = parse_address(spelled)
        except AddressRefused:
            continue
        assert str(address).isascii()
        assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://bote.example/1", True),
        ("http:/bote.example/1", True),
        ("ftp://bote.example/1", True),
        ("press/2024", False),
        ("/home/you/press", False),
        ("C:/press", False),
        ("file:///press/a.txt", False),
        ("x:row", False),
        ("notes.md", False),
    ],
)
def test_addresses_are_told_from_files(text: str, expected: bool) -> None:
    assert is_address(text) is expected
