"""Fetching from real servers on loopback, most of them hostile: within limits, or not at all."""

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from corpus.errors import AddressRefused, FetchFailed, InputError, InputTooLarge, RobotsForbidden
from corpus.web import client
from corpus.web.client import Limits, Validators, Web, unpack
from corpus.web.connection import Deadline, Network, resolve
from corpus.web.robots import Pace
from tests.sites import PUBLIC, Handler, Loopback, Site, serving

PAGE = "<!doctype html><html><body><p>Die Fähre fährt wieder.</p></body></html>"
QUICK = Pace(0, sleep=lambda seconds: None)
BOTE = {"bote.example": [[PUBLIC]]}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def web(site: Site, *, limits: Limits | None = None, **options: object) -> Web:
    """Return a client for whom every public name and address leads to the site."""
    network = options.pop("network", None) or Loopback(site.port, BOTE)
    return Web(limits=limits, network=network, pace=QUICK, **options)  # type: ignore[arg-type]


def test_a_page_comes_with_what_the_server_said_of_it(site: Site) -> None:
    site.page("/a?b=%C3%A4", PAGE, etag='"1"', last_modified="Mon, 04 Nov 2024 08:00:00 GMT")
    network = Loopback(site.port, BOTE)
    answer = web(site, network=network).get("http://bote.example/a?b=ä")
    assert answer.data.decode() == PAGE
    assert (answer.content_type, answer.charset) == ("text/html", "utf-8")
    assert answer.validators == Validators(
        "http://bote.example/a?b=%C3%A4", '"1"', "Mon, 04 Nov 2024 08:00:00 GMT"
    )
    assert network.connected == [(PUBLIC, 80), (PUBLIC, 80)]
    path, headers = site.asked[-1]
    assert path == "/a?b=%C3%A4"
    assert headers["Host"] == "bote.example"
    assert headers["User-Agent"].startswith("article-qa")
    assert not {"Cookie", "Authorization", "Referer"} & set(headers)


def test_this_machine_is_asked_only_where_that_is_meant(site: Site) -> None:
    site.page("/", PAGE)
    for address in (site.url, f"http://localhost:{site.port}/"):
        with pytest.raises(AddressRefused, match=r"loopback.*--allow-private"):
            Web(pace=Pace(0)).get(address)
    assert site.asked == []
    assert Web(allow_private=True, pace=Pace(0)).get(site.url).data.decode() == PAGE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/b", "//bote.example/b", "http://bote.example/b", "./b#x"])
def test_redirects_are_followed(site: Site, status: int, location: str) -> None:
    site.redirect("/a", location, status)
    site.page("/b", PAGE)
    answer = web(site).get("http://bote.example/a")
    assert str(answer.address) == "http://bote.example/b"
    assert answer.data.decode() == PAGE


def test_a_redirect_with_letters_beyond_ascii(site: Site) -> None:
    site.redirect("/a", "/grüße".encode().decode("latin-1"))
    site.page("/gr%C3%BC%C3%9Fe", PAGE)
    assert web(site).get("http://bote.example/a").data.decode() == PAGE


LEADS_INSIDE = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[2002:7f00:1::]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://10.0.0.1/",
    "http://192.168.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://inside.example/",
    "http://mixed.example/",
    "http://metadata.google.internal/",
    "https://inside.example/",
    "http://bote.example@127.0.0.1/",
    "file:///etc/passwd",
    "ftp://bote.example/",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "data:text/html,hello",
    "//127.0.0.1/",
    "http://①②⑦.0.0.1/".encode().decode("latin-1"),
]


@pytest.mark.parametrize("location", LEADS_INSIDE)
def test_a_redirect_never_leads_inside(site: Site, location: str) -> None:
    names = BOTE | {
        "localhost": [["127.0.0.1"]],
        "inside.example": [["10.1.2.3"]],
        "mixed.example": [[PUBLIC, "127.0.0.1"]],
        "metadata.google.internal": [["169.254.169.254"]],
    }
    network = Loopback(site.port, names)
    site.redirect("/a", location)
    with pytest.raises(AddressRefused):
        web(site, network=network).get("http://bote.example/a")
    assert {ip for ip, _ in network.connected} == {PUBLIC}
    assert site.paths == ["/a"]


def test_a_name_is_looked_up_once_and_that_answer_is_used(site: Site) -> None:
    # The second look-up would lead inside: between check and connection there is none.
    network = Loopback(site.port, {"turncoat.example": [[PUBLIC], [PUBLIC], ["127.0.0.1"]]})
    site.page("/a", PAGE)
    assert web(site, network=network).get("http://turncoat.example/a").data.decode() == PAGE
    assert network.looked_up == ["turncoat.example"] * 2  # robots.txt and the page
    assert network.connected == [(PUBLIC, 80)] * 2


def test_an_answer_that_changes_is_checked_anew(site: Site) -> None:
    network = Loopback(site.port, {"turncoat.example": [[PUBLIC], [PUBLIC], ["127.0.0.1"]]})
    site.redirect("/a", "/b")
    site.page("/b", PAGE)
    with pytest.raises(AddressRefused, match=r"turncoat.example \(127.0.0.1\).*loopback"):
        web(site, network=network).get("http://turncoat.example/a")
    assert site.paths == ["/a"]


def test_the_next_address_is_tried_where_one_does_not_answer(site: Site) -> None:
    class Half(Loopback):
        def connect(self, ip: str, port: int, timeout_s: float) -> object:  # type: ignore[override]
            if ip == "93.184.215.15":
                raise ConnectionRefusedError(111, "Connection refused")
            return super().connect(ip, port, timeout_s)

    site.page("/", PAGE)
    both = Half(site.port, {"bote.example": [["93.184.215.15", PUBLIC]]})
    assert web(site, network=both).get("http://bote.example/").data.decode() == PAGE
    none = Half(site.port, {"bote.example": [["93.184.215.15"]]})
    with pytest.raises(FetchFailed, match="Connection refused"):
        web(site, network=none).get("http://bote.example/")


def circle(site: Site) -> None:
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")


def chain(site: Site) -> None:
    site.redirect("/a", "/0")
    for at in range(20):
        site.redirect(f"/{at}", f"/{at + 1}")


def drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def header_drip(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for at in range(200):
        handler.wfile.write(b"X-%d: y\r\n" % at)
        time.sleep(0.05)


def endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(10_000):
        handler.wfile.write(b"Endlos. " * 1000)


def endless_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for at in range(10_000):
        handler.wfile.write(b"X-%d: %s\r\n" % (at, b"y" * 1000))


def silence(handler: Handler) -> None:
    time.sleep(3)


def packed(data: bytes, encoding: str = "gzip") -> Callable[[Site], None]:
    return lambda site: site.page("/a", data, content_encoding=encoding)


BOMB = gzip.compress(bytes(20_000_000), 9)
FALSE_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort"

HOSTILE: dict[str, tuple[Callable[[Site], object], type[InputError], str]] = {
    "circle": (circle, FetchFailed, "in circles"),
    "itself": (lambda site: site.redirect("/a", "/a"), FetchFailed, "in circles"),
    "chain": (chain, FetchFailed, "more than 5 redirects"),
    "drip": (lambda site: site.routes.update({"/a": drip}), FetchFailed, "within 1 seconds"),
    "header drip": (
        lambda site: site.routes.update({"/a": header_drip}), FetchFailed, "within 1 seconds"
    ),
    "silence": (lambda site: site.routes.update({"/a": silence}), FetchFailed, "within 1 seconds"),
    "endless": (lambda site: site.routes.update({"/a": endless}), InputTooLarge, "--max-mb"),
    "endless headers": (
        lambda site: site.routes.update({"/a": endless_headers}), FetchFailed, "failed"
    ),
    "large": (lambda site: site.page("/a", b"x" * 1_000_001), InputTooLarge, "1.0 MB"),
    "says it is large": (
        lambda site: site.page("/a", b"x", content_length="99999999999"), InputTooLarge, "1.0 MB"
    ),
    "bomb": (packed(BOMB), InputTooLarge, "1.0 MB"),
    "bomb of members": (packed(gzip.compress(bytes(900_000)) * 50), InputTooLarge, "1.0 MB"),
    "deflate bomb": (packed(zlib.compress(bytes(20_000_000)), "deflate"), InputTooLarge, "1.0 MB"),
    "no gzip": (packed(b"this is not packed"), FetchFailed, "cannot be unpacked"),
    "brotli": (packed(b"\x0b\x02", "br"), FetchFailed, "packed with br"),
    "twice": (packed(gzip.compress(BOMB), "gzip, gzip"), FetchFailed, "packed with gzip, gzip"),
    "picture": (
        lambda site: site.page("/a", b"\x89PNG", content_type="image/png"),
        FetchFailed, "no text but image/png",
    ),
    "film": (
        lambda site: site.page("/a", b"....", content_type="Video/MP4; codecs=x"),
        FetchFailed, "no text but video/mp4",
    ),
    "no such page": (lambda site: None, FetchFailed, "404.*check the address"),
    "password": (
        lambda site: site.page("/a", b"", status=401), FetchFailed, "401.*password"
    ),
    "broken": (lambda site: site.page("/a", b"", status=500), FetchFailed, "500"),
    "odd status": (lambda site: site.page("/a", b"", status=799), FetchFailed, "799"),
    "redirect to nowhere": (
        lambda site: site.routes.update({"/a": lambda handler: handler.answer(b"", status=302)}),
        FetchFailed, "302",
    ),
    "cut off": (
        lambda site: site.routes.update({"/a": lambda handler: handler.wfile.write(FALSE_LENGTH)}),
        FetchFailed, "failed",
    ),
    "no HTTP": (
        lambda site: site.routes.update({"/a": lambda handler: handler.wfile.write(b"\0\1" * 99)}),
        FetchFailed, "failed",
    ),
    "nothing": (
        lambda site: site.routes.update({"/a": lambda handler: None}), FetchFailed, "failed"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_server_costs_a_second_and_a_megabyte(site: Site, name: str) -> None:
    """Each is refused for the limit that it breaks; those without an end would go on for ever."""
    make, error, reason = HOSTILE[name]
    make(site)
    limits = Limits(max_bytes=1_000_000, seconds=1.0)
    with pytest.raises(error, match=reason):
        web(site, limits=limits).get("http://bote.example/a")


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", gzip.compress(PAGE.encode(), mtime=0)),
        (
            "x-gzip",
            b"".join(gzip.compress(part.encode(), mtime=0) for part in (PAGE[:20], PAGE[20:])),
        ),
        ("deflate", zlib.compress(PAGE.encode())),
        ("identity", PAGE.encode()),
    ],
)
def test_packed_pages_are_unpacked(site: Site, encoding: str, data: bytes) -> None:
    site.page("/a", data, content_encoding=encoding)
    assert web(site).get("http://bote.example/a").data.decode() == PAGE


def test_packed_files_are_unpacked_up_to_a_limit() -> None:
    assert unpack(gzip.compress(b"abc"), 3) == b"abc"
    with pytest.raises(InputTooLarge, match="--max-mb"):
        unpack(gzip.compress(b"abcd"), 3)
    with pytest.raises(FetchFailed, match="cannot be unpacked"):
        unpack(b"abc", 3)


def test_chunked_pages(site: Site) -> None:
    def chunked(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"4\r\nDie \r\n6\r\nF\xc3\xa4hre\r\n0\r\n\r\n")

    site.routes["/a"] = chunked
    assert web(site).get("http://bote.example/a").data.decode() == "Die Fähre"


def test_what_has_not_changed_is_not_sent(site: Site) -> None:
    def page(handler: Handler) -> None:
        if handler.headers["If-None-Match"] == '"1"':
            handler.send_response(304)
            handler.end_headers()
        else:
            handler.answer(PAGE.encode(), etag='"1"')

    site.routes["/a"] = page
    first = web(site).get("http://bote.example/a")
    again = web(site).get("http://bote.example/a", first.validators)
    assert (first.unchanged, again.unchanged, again.data) == (False, True, b"")
    # What one page was told apart by says nothing of another.
    other = Validators("http://other.example/a", '"1"')
    assert not web(site).get("http://bote.example/a", other).unchanged


def test_a_date_tells_changes_too(site: Site) -> None:
    site.page("/a", PAGE)
    given = Validators("http://bote.example/a", "", "Mon, 04 Nov 2024 08:00:00 GMT")
    web(site).get("http://bote.example/a", given)
    assert site.asked[-1][1]["If-Modified-Since"] == "Mon, 04 Nov 2024 08:00:00 GMT"
    assert "If-None-Match" not in site.asked[-1][1]


def test_proxies_of_the_environment_are_not_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.page("/a", PAGE)
    assert web(site).get("http://bote.example/a").data.decode() == PAGE


ROBOTS = "User-agent: *\nDisallow: /private\nAllow: /private/open$\nCrawl-delay: 7\n"


def test_robots_txt_is_kept_to_also_after_a_redirect(site: Site) -> None:
    site.page("/robots.txt", ROBOTS, content_type="text/plain")
    site.page("/private/a", PAGE)
    site.page("/private/open", PAGE)
    site.redirect("/a", "/private/a")
    asking = web(site)
    for path in ("/private/a", "/a"):
        with pytest.raises(RobotsForbidden, match="save the page from your browser"):
            asking.get(f"http://bote.example{path}")
    assert asking.get("http://bote.example/private/open").data
    assert site.paths == ["/a", "/private/open"]
    assert [path for path, _ in site.asked].count("/robots.txt") == 1


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(404, True), (403, True), (410, True), (500, False), (503, False), (429, False)],
)
def test_a_robots_txt_that_is_not_given(site: Site, status: int, allowed: bool) -> None:
    site.page("/robots.txt", "", status=status)
    site.page("/a", PAGE)
    if allowed:
        assert web(site).get("http://bote.example/a").data
    else:
        with pytest.raises(RobotsForbidden, match=rf"cannot be read.*{status}.*later"):
            web(site).get("http://bote.example/a")
        assert site.paths == []


@pytest.mark.parametrize(
    "robots",
    [
        b"\xff\xfe\x00\x01" * 100,
        b"Disallow: /\n" * 3,
        b"User-agent: other\nDisallow: /\n",
        b"User-agent: *\nAllow: /\n" + b"# filler\n" * 100_000 + b"User-agent: *\nDisallow: /\n",
        b"",
    ],
    ids=["binary", "no agent", "another", "longer than is read", "empty"],
)
def test_an_odd_robots_txt_forbids_nothing(site: Site, robots: bytes) -> None:
    site.page("/robots.txt", robots)
    site.page("/a", PAGE)
    assert web(site).get("http://bote.example/a").data


@pytest.mark.parametrize(
    "robots",
    [
        "\ufeff{}\r\nDisallow: /private\r\n".encode(),
        "\ufeff{}\nDisallow: /private\n".encode("utf-16-le"),
        "{}\nDisallow: /private\n".encode("utf-16-be"),
        "# für alle\n{}\nDisallow: /private".encode("cp1252"),
        b"{}\rDisallow: /private\r",
        "{}\u2028Disallow: /private".encode(),
        "Sitemap: http://bote.example/s\n\ufeff{}\nDisallow: /private\n".encode(),
        "{}\x00\nDisallow:\xa0/private\x00".encode(),
        b"{}\nDisallow: /private\nAllow: /" + b"a" * 600_000,
    ],
    ids=["BOM", "UTF-16", "no BOM", "cp1252", "CR", "U+2028", "BOM within", "NUL", "cut off"],
)
def test_a_robots_txt_of_any_encoding_is_kept_to(site: Site, robots: bytes) -> None:
    agent = "User-agent: *"
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        robots = robots.replace("{}".encode(encoding), agent.encode(encoding))
    site.page("/robots.txt", robots, content_type="text/plain")
    site.page("/private/a", PAGE)
    with pytest.raises(RobotsForbidden):
        web(site).get("http://bote.example/private/a")
    assert site.paths == []


def test_robots_txt_may_name_this_program(site: Site) -> None:
    site.page("/robots.txt", "User-agent: *\nAllow: /\n\nUser-agent: article-qa\nDisallow: /\n")
    with pytest.raises(RobotsForbidden):
        web(site).get("http://bote.example/a")


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds

    def pace(self) -> Pace:
        return Pace(1.0, sleep=self.sleep, clock=lambda: self.now)


def test_hosts_are_asked_at_a_polite_rate(site: Site) -> None:
    clock = Clock()
    network = Loopback(site.port, BOTE | {"other.example": [[PUBLIC]]})
    asking = Web(network=network, pace=clock.pace())
    site.page("/a", PAGE)
    for host in ("bote", "other", "bote", "bote"):
        asking.get(f"http://{host}.example/a")
    assert clock.slept == [1.0, 1.0]
    clock.now += 0.75
    asking.get("http://bote.example/a")
    assert clock.slept[2:] == [0.25]


def test_a_site_may_ask_for_more_time(site: Site) -> None:
    clock = Clock()
    site.page("/robots.txt", ROBOTS)
    site.page("/a", PAGE)
    asking = Web(network=Loopback(site.port, BOTE), pace=clock.pace())
    asking.get("http://bote.example/a")
    asking.get("http://bote.example/a")
    assert clock.slept == [7.0]


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        ("12", 12.0),
        ("", 1.0),
        ("86400", 30.0),
        ("soon", 1.0),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 1.0),
    ],
)
def test_an_overloaded_host_is_left_alone_for_a_while(
    site: Site, after: str, seconds: float
) -> None:
    clock = Clock()
    site.page("/a", "", status=429, retry_after=after)
    site.page("/b", PAGE)
    asking = Web(network=Loopback(site.port, BOTE), pace=clock.pace())
    with pytest.raises(FetchFailed, match=r"429.*later") as failed:
        asking.get("http://bote.example/a")
    assert failed.value.status == 429
    asking.get("http://bote.example/b")
    assert clock.slept == [seconds]


def test_a_host_that_keeps_failing_is_left_alone(site: Site) -> None:
    asking = web(site)
    site.page("/good", PAGE)
    for at in range(client.GIVE_UP - 1):
        site.page(f"/{at}", "", status=503)
        with pytest.raises(FetchFailed, match="503"):
            asking.get(f"http://bote.example/{at}")
    asking.get("http://bote.example/good")
    for _ in range(client.GIVE_UP):
        with pytest.raises(FetchFailed, match="503"):
            asking.get("http://bote.example/0")
    asked = len(site.asked)
    with pytest.raises(FetchFailed, match=r"failed 5 times in a row"):
        asking.get("http://bote.example/good")
    assert len(site.asked) == asked


def test_pages_that_are_not_there_say_nothing_of_their_host(site: Site) -> None:
    asking = web(site)
    for at in range(client.GIVE_UP + 1):
        with pytest.raises(FetchFailed, match="404"):
            asking.get(f"http://bote.example/{at}")


def test_names_that_cannot_be_found(site: Site) -> None:
    with pytest.raises(FetchFailed, match=r"nowhere.example cannot be found.*spelling"):
        web(site).get("http://nowhere.example/")


def test_a_look_up_that_hangs_ends(site: Site) -> None:
    release = threading.Event()

    class Slow(Network):
        def resolve(self, host: str, port: int) -> list[str]:
            release.wait(5)
            return []

    with pytest.raises(FetchFailed, match=r"looking up bote.example took too long"):
        resolve(Slow(), "bote.example", 80, Deadline(0.1))
    release.set()


def test_a_port_that_nobody_serves() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(FetchFailed, match=r"connection to 127.0.0.1 failed"):
            Web(allow_private=True).get(f"http://127.0.0.1:{port}/")


def test_addresses_in_ipv6_are_named_with_brackets(site: Site) -> None:
    site.page("/a", PAGE)
    network = Loopback(site.port, {})
    web(site, network=network).get("http://[2606:2800:220:1:248:1893:25c8:1946]:8080/a")
    assert network.connected[-1] == ("2606:2800:220:1:248:1893:25c8:1946", 8080)
    assert site.asked[-1][1]["Host"] == "[2606:2800:220:1:248:1893:25c8:1946]:8080"


class Encrypted:
    """A TLS server that answers every request with one page."""

    def __init__(self, names: list[str], folder: Path) -> None:
        authority = trustme.CA()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(*names).configure_cert(context)
        self.asked_for: list[str | None] = []
        context.sni_callback = lambda _, name, __: self.asked_for.append(name)
        self.trusting = ssl.create_default_context()
        authority.configure_trust(self.trusting)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._context = context
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            with plain:
                try:
                    with self._context.wrap_socket(plain, server_side=True) as stream:
                        stream.recv(65536)
                        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                except (ssl.SSLError, OSError):
                    continue

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[Encrypted]:
    server = Encrypted(["bote.example"], tmp_path)
    yield server
    server.close()


def test_certificates_are_checked_by_name_though_the_address_is_pinned(
    encrypted: Encrypted, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Loopback(encrypted.port, BOTE | {"other.example": [[PUBLIC]]})
    asking = Web(network=network, pace=Pace(0))
    with pytest.raises(FetchFailed, match=r"certificate verify failed"):
        asking.get("https://bote.example/")
    monkeypatch.setattr(client, "_tls", lambda: encrypted.trusting)
    assert asking.get("https://bote.example/").data == b"ok"
    assert encrypted.asked_for[-1] == "bote.example"
    with pytest.raises(FetchFailed, match=r"Hostname mismatch.*other.example"):
        asking.get("https://other.example/")
