"""What an address on the web answers: redirects followed, everything within limits.

Nothing is read from the environment: no proxy, no password file. No cookies are kept.
"""

import ssl
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from functools import cache
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version

import httpcore2

from corpus.errors import AddressRefused, ErrorText, FetchFailed, InputTooLarge, UnknownFormat
from corpus.text.normalize import clean, decode
from corpus.web.addresses import Address, check_answers, parse_address
from corpus.web.connection import Deadline, Network, Pinned, resolve
from corpus.web.robots import NAME, Pace, Robots

_REDIRECTS = {301, 302, 303, 307, 308}
_NO_TEXT = ("image/", "audio/", "video/", "font/", "model/")
_ROBOTS_BYTES = 512_000
GIVE_UP = 5
"""So many pages of a host in a row that fail, or that it is too busy for, and it is left alone."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost."""

    redirects: int = 5
    max_bytes: int = 50_000_000
    """Of the body, as it is sent and as it is unpacked."""
    seconds: float = 30.0
    """From the look-up of the name to the last byte, for each redirect anew."""
    connect_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of the page that it sent, by which it can tell whether it changed."""

    address: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back; `data` is empty and `unchanged` True where nothing has changed."""

    address: Address
    """Where the redirects ended."""
    data: bytes = field(repr=False)
    content_type: str
    """Lower-case, without parameters: "text/html", or ""."""
    charset: str
    validators: Validators
    unchanged: bool = False


class Web:
    """Fetches addresses for one run of `add`; for use in one thread."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        limits: Limits | None = None,
        network: Network | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Set the limits; `network` and `pace` are for tests."""
        self._allow_private = allow_private
        self._limits = limits or Limits()
        self._network = network or Network()
        self._pace = pace or Pace()
        self._robots = Robots(self._robots_text)
        self._failures: Counter[str] = Counter()

    def get(self, address: str | Address, validators: Validators | None = None) -> Response:
        """Return what an address answers.

        Args:
            address: http or https.
            validators: those of the answer before; if nothing changed, the page is not sent.

        Raises:
            AddressRefused: it, or an address it redirects to, is not to be fetched.
            RobotsForbidden: robots.txt asks not to fetch it.
            InputTooLarge: it is larger than the limit, packed or unpacked.
            FetchFailed: there was no answer, too slow a one, or an error.
        """
        here = parse_address(address) if isinstance(address, str) else address
        if self._failures[here.host] >= GIVE_UP:
            raise FetchFailed(
                "{host} failed {give_up} times in a row; its other pages wait for another run",
                host=here.host,
                give_up=GIVE_UP,
            )
        try:
            answer = self._follow(here, validators, polite=True)
        except FetchFailed as exc:
            if exc.status in (None, 429, 503):
                self._failures[here.host] += 1
            raise
        self._failures[here.host] = 0
        return answer

    def _follow(
        self, here: Address, validators: Validators | None, *, polite: bool, most: int | None = None
    ) -> Response:
        seen = [str(here)]
        while True:
            if polite:
                delay = self._robots.check(here)
                self._pace.wait(here.host, delay)
            answer = self._ask(here, validators, most)
            if isinstance(answer, Response):
                return answer
            here = self._follow_redirect(here, answer)
            if str(here) in seen:
                raise FetchFailed("the redirects go in circles ({here})", here=here)
            seen.append(str(here))
            if len(seen) > self._limits.redirects + 1:
                raise FetchFailed(
                    "there are more than {redirects} redirects", redirects=self._limits.redirects
                )

    def _follow_redirect(self, here: Address, location: str) -> Address:
        try:
            # Header bytes beyond ASCII are UTF-8 as a rule.
            text = location.encode("latin-1").decode("utf-8", "replace")
            return parse_address(text.replace(" ", "%20"), here)
        except AddressRefused as exc:
            raise AddressRefused(
                "it redirects to {location!r}: {reason}", location=location[:200], reason=exc
            ) from exc

    def _ask(
        self, here: Address, validators: Validators | None, most: int | None
    ) -> "Response | str":
        """Return the answer, or where it says to go."""
        deadline = Deadline(self._limits.seconds)
        answers = resolve(self._network, here.host, here.port, deadline)
        allowed = check_answers(here.host, answers, allow_private=self._allow_private)
        backend = Pinned(self._network, allowed, deadline)
        origin = httpcore2.Origin(here.scheme.encode(), here.host.encode(), here.port)
        context = _tls() if here.scheme == "https" else None
        try:
            with httpcore2.HTTPConnection(
                origin, ssl_context=context, network_backend=backend
            ) as connection:
                answer = connection.handle_request(self._request(here, validators))
                try:
                    return self._read(here, answer, most)
                finally:
                    answer.close()
        except httpcore2.TimeoutException as exc:
            raise FetchFailed(
                "{host} did not answer within {seconds:g} seconds; try again later",
                host=here.host,
                seconds=self._limits.seconds,
            ) from exc
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as exc:
            raise FetchFailed(
                "the connection to {host} failed: {reason}",
                host=here.host,
                reason=_describe_error(exc),
            ) from exc

    def _request(self, here: Address, validators: Validators | None) -> httpcore2.Request:
        headers = {
            "Host": here.authority,
            "User-Agent": _user_agent(),
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        if validators is not None and validators.address == str(here):
            if validators.etag:
                headers["If-None-Match"] = validators.etag
            if validators.last_modified:
                headers["If-Modified-Since"] = validators.last_modified
        url = httpcore2.URL(scheme=here.scheme, host=here.host, port=here.port, target=here.target)
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        timeout = dict.fromkeys(("read", "write"), self._limits.seconds)
        timeout["connect"] = self._limits.connect_seconds
        return httpcore2.Request("GET", url, headers=pairs, extensions={"timeout": timeout})

    def _read(
        self, here: Address, answer: httpcore2.Response, most: int | None
    ) -> "Response | str":
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1").strip()
            for name, value in answer.headers
        }
        if answer.status in _REDIRECTS and headers.get("location"):
            return headers["location"]
        kind, charset = _content_type(headers.get("content-type", ""))
        validators = Validators(
            str(here), headers.get("etag", "")[:1000], headers.get("last-modified", "")[:100]
        )
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return Response(here, b"", kind, charset, validators, unchanged=True)
        if not 200 <= answer.status < 300:
            self._pace.slow_down(here.host, answer.status, headers.get("retry-after", ""))
            raise FetchFailed(_status(answer.status), answer.status)
        if kind.startswith(_NO_TEXT):
            raise FetchFailed("the address holds no text but {kind}", answer.status, kind=kind)
        data = self._body(answer.iter_stream(), headers, most)
        return Response(here, data, kind, charset, validators)

    def _body(self, chunks: Iterable[bytes], headers: Mapping[str, str], most: int | None) -> bytes:
        """Return the body, unpacked; `most` cuts it short where a limit would be an error."""
        limit = self._limits.max_bytes
        length = headers.get("content-length", "")
        if most is None and length.isdigit() and int(length) > limit:
            raise _too_large(limit)
        encoding = headers.get("content-encoding", "").lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchFailed(
                "the page is packed with {encoding}, which was not asked for", encoding=encoding
            )
        unpack = _Unpacker(most or limit) if encoding not in ("", "identity") else None
        body, sent = bytearray(), 0
        for chunk in chunks:
            sent += len(chunk)
            body += chunk if unpack is None else unpack(chunk)
            if most is not None and max(len(body), sent) >= most:
                return bytes(body[:most])
            if max(len(body), sent) > limit:
                raise _too_large(limit)
        return bytes(body)

    def _robots_text(self, origin: Address) -> str:
        answer = self._follow(origin, None, polite=False, most=_ROBOTS_BYTES)
        data = answer.data
        if len(data) >= _ROBOTS_BYTES:  # cut off: half a rule may forbid or allow too much
            data = data[: data.rfind(b"\n") + 1]
        try:
            return clean(decode(data, answer.charset))
        except UnknownFormat:  # a picture, say
            return ""


class _Unpacker:
    """gzip and deflate, a piece at a time and never beyond the limit: a bomb does not go off."""

    def __init__(self, limit: int) -> None:
        self._left = limit + 1
        self._inner = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def __call__(self, data: bytes) -> bytes:
        out = bytearray()
        try:
            while data and self._left > 0:
                piece = self._inner.decompress(data, self._left)
                out += piece
                self._left -= len(piece)
                data = self._inner.unconsumed_tail
                if self._inner.eof:
                    # A gzip file may go on with another member.
                    data = self._inner.unused_data
                    self._inner = zlib.decompressobj(zlib.MAX_WBITS | 32)
        except zlib.error as exc:
            raise FetchFailed("the page cannot be unpacked: {reason}", reason=exc) from exc
        return bytes(out)


def unpack(data: bytes, limit: int) -> bytes:
    """Return what a gzip file holds.

    Raises:
        FetchFailed: it is damaged.
        InputTooLarge: it holds more than `limit` bytes.
    """
    found = _Unpacker(limit)(data)
    if len(found) > limit:
        raise _too_large(limit)
    return found


def _too_large(limit: int) -> InputTooLarge:
    return InputTooLarge(
        "the page has more than {limit:,.1f} MB; raise the limit (--max-mb) if you mean it",
        limit=limit / 1e6,
    )


def _content_type(header: str) -> tuple[str, str]:
    message = Message()
    message["Content-Type"] = header
    if "/" not in header:
        return "", ""
    charset = message.get_param("charset", "")
    return message.get_content_type(), charset.lower() if isinstance(charset, str) else ""


_ANSWERS = {
    401: "the server answers {code} ({name}); it asks for a password",
    403: "the server answers {code} ({name}); save the page from your browser",
    404: "the server answers {code} ({name}); check the address",
    429: "the server answers {code} ({name}); try again later",
    503: "the server answers {code} ({name}); try again later",
}


def _status(status: int) -> ErrorText:
    try:
        name = HTTPStatus(status).phrase
    except ValueError:
        name = "unknown"
    template = _ANSWERS.get(status, "the server answers {code} ({name})")
    return ErrorText(template, code=str(status), name=name)


def _describe_error(exc: BaseException) -> str:
    return str(exc) or type(exc).__name__


@cache
def _tls() -> ssl.SSLContext:
    """Return what checks certificates: against the system's authorities, names included."""
    return httpcore2.default_ssl_context()


@cache
def _user_agent() -> str:
    try:
        return f"{NAME}/{version('article-qa')}"
    except PackageNotFoundError:
        return NAME
