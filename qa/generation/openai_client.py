"""A language model behind an OpenAI-compatible endpoint, through the official client.

Nothing is sent but to the endpoint that the settings name: no proxy and no other variable
of the environment is used, no redirect followed, no header sent that the protocol does not
need. Time and size are bounded for the whole answer, whatever the endpoint does. The key is
put into the request where it leaves, so that the client itself, its errors and its logs never
have it, and is taken out of what comes back.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar, cast

from corpus.errors import SettingsError
from qa.generation.parsing import MOST_CHARACTERS, Redactor
from qa.generation.protocol import Generator, GeneratorError, Message
from qa.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

T = TypeVar("T")

MOST_MODELS = 200
MOST_BYTES = 4_000_000
"""Of a response; a stream needs about a hundred bytes a token."""
_HEADERS = frozenset({"accept", "content-length", "content-type", "host", "transfer-encoding"})
_END = object()
_PLACEHOLDER = "set-where-the-request-leaves"


def generator_of(settings: Settings) -> Generator | None:
    """Return the language model that the settings name, or None where they name no endpoint.

    Raises:
        SettingsError: there is an endpoint and no model, or the client is not installed.
    """
    if not settings.endpoint:
        return None
    if not settings.language_model:
        raise SettingsError(
            f"{settings.endpoint} serves more than one language model. Say which: "
            "--model NAME, ARTICLE_QA_LANGUAGE_MODEL or language_model in your settings."
        )
    if not has_client():
        raise SettingsError(
            "Answers by a language model need the client library. Install it: "
            "pip install 'article-qa[llm]'"
        )
    return EndpointGenerator(settings)


def has_client() -> bool:
    """Say whether the client library is installed."""
    from importlib.util import find_spec

    return find_spec("openai") is not None


def list_models(settings: Settings, timeout_s: float = 5.0) -> list[str]:
    """Return the names of the models that the settings' endpoint serves, at most `MOST_MODELS`.

    Raises:
        GeneratorError: it does not answer, or not as the protocol says.
    """
    import openai  # noqa: F401 - the first time takes seconds, which are not the endpoint's

    deadline = monotonic() + timeout_s
    hurried = replace(settings, timeout_s=timeout_s)

    def names(stopped: Callable[[], bool]) -> Iterator[str]:
        with _client(hurried, deadline, stopped) as client:
            found = _translate_errors(lambda: client.models.list().data[:MOST_MODELS])
            for model in found:
                name = getattr(model, "id", None)
                if isinstance(name, str) and name.isprintable() and 0 < len(name) <= 200:
                    yield name

    return list(in_time(names, deadline))


class EndpointGenerator:
    """A model at an endpoint; safe to use from several threads, a connection for each answer."""

    def __init__(self, settings: Settings) -> None:
        """Take settings with an endpoint and a model."""
        self._settings = settings

    @property
    def name(self) -> str:
        """The model's name at the endpoint."""
        return self._settings.language_model

    def write(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield the answer in pieces; see `Generator.write`."""
        deadline = monotonic() + self._settings.timeout_s
        redactor = Redactor(self._settings.api_key.reveal())
        length = 0
        for piece in in_time(lambda stopped: self._pieces(messages, deadline, stopped), deadline):
            shown = redactor.take(piece)
            length += len(shown)
            if shown:
                yield shown
            if length > MOST_CHARACTERS:
                return
        rest = redactor.rest()
        if rest:
            yield rest

    def _pieces(
        self, messages: Sequence[Message], deadline: float, stopped: Callable[[], bool]
    ) -> Iterator[str]:
        with _client(self._settings, deadline, stopped) as client:
            stream = _translate_errors(lambda: self._open(client, messages, deadline, stopped))
            ended = False
            chunks = iter(stream)
            while True:
                chunk = _translate_errors(lambda: next(chunks, _END))
                if chunk is _END or stopped():
                    break
                piece, ends = _read(chunk)
                ended = ended or ends
                if piece:
                    yield piece
            if not ended and not stopped():
                raise GeneratorError("cut")

    def _open(
        self,
        client: "OpenAI",
        messages: Sequence[Message],
        deadline: float,
        stopped: Callable[[], bool],
    ) -> Any:
        """Send the request, once more where the endpoint says when to come back."""
        from openai import RateLimitError

        try:
            return self._send(client, messages)
        except RateLimitError as exc:
            wait = retry_after(exc.response.headers.get("retry-after"))
            if wait is None or monotonic() + wait >= deadline:
                raise
            _sleep(wait, stopped)
        return self._send(client, messages)

    def _send(self, client: "OpenAI", messages: Sequence[Message]) -> Any:
        settings = self._settings
        stream: Any = client.chat.completions.create(
            model=settings.language_model,
            messages=cast("Any", [asdict(item) for item in messages]),
            max_tokens=settings.max_tokens,
            temperature=settings.temperature,
            stream=True,
        )
        kind = stream.response.headers.get("content-type", "")
        if not kind.lower().startswith("text/event-stream"):
            stream.close()
            raise GeneratorError("malformed", "no event stream")
        return stream


def _client(settings: Settings, deadline: float, stopped: Callable[[], bool]) -> Any:
    import httpx2
    from openai import OpenAI

    transport = httpx2.HTTPTransport(proxy=settings.proxy or None, trust_env=False, retries=0)
    # Silence is bounded here, and the whole by the deadline.
    http = httpx2.Client(
        transport=_bound_transport(transport, settings, deadline, stopped),
        timeout=httpx2.Timeout(settings.timeout_s),
        trust_env=False,
        follow_redirects=False,
    )
    return OpenAI(api_key=_PLACEHOLDER, base_url=settings.endpoint, max_retries=0, http_client=http)


def _bound_transport(
    inner: "httpx2.HTTPTransport",
    settings: Settings,
    deadline: float,
    stopped: Callable[[], bool],
) -> "httpx2.BaseTransport":
    """Return a transport that sends what is needed and no more, and reads no more than it may."""
    import httpx2

    class Body(httpx2.SyncByteStream):
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        def __iter__(self) -> Iterator[bytes]:
            count = 0
            for part in self._stream:
                count += len(part)
                if stopped() or monotonic() > deadline:
                    raise httpx2.ReadTimeout("the answer took too long")
                if count > MOST_BYTES:
                    raise httpx2.DecodingError("the answer is too large")
                yield part

        def close(self) -> None:
            self._stream.close()

    class Transport(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            headers = [(name, value) for name, value in request.headers.items() if name in _HEADERS]
            # Packed, a few bytes may become gigabytes.
            headers += [("accept-encoding", "identity"), ("user-agent", "article-qa")]
            if settings.api_key:
                headers.append(("authorization", f"Bearer {settings.api_key.reveal()}"))
            lean = httpx2.Request(
                request.method,
                request.url,
                headers=headers,
                stream=request.stream,
                extensions=request.extensions,
            )
            response = inner.handle_request(lean)
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                response.close()
                raise httpx2.DecodingError("the answer is packed, which was not asked for")
            return httpx2.Response(
                response.status_code,
                headers=response.headers,
                stream=Body(response.stream),
                extensions=response.extensions,
            )

        def close(self) -> None:
            inner.close()

    return Transport()


def _translate_errors(action: Callable[[], T]) -> T:
    """Do something with the client, and raise its errors as ours, without their texts.

    The texts may repeat what was sent.
    """
    import httpx2
    from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError

    try:
        return action()
    except (APITimeoutError, httpx2.TimeoutException):
        failure = GeneratorError("timeout")
    except APIStatusError as exc:
        failure = _of_status(exc.status_code)
    except httpx2.DecodingError:
        failure = GeneratorError("malformed")
    except APIConnectionError as exc:
        failure = _of_connection(exc.__cause__)
    except httpx2.HTTPError:
        failure = GeneratorError("cut")
    except (APIError, ValueError, TypeError, AttributeError, LookupError):
        # An error in the stream, or JSON that is none or of another shape.
        failure = GeneratorError("malformed")
    # Without the cause, whose request holds headers and text.
    raise failure


def _of_connection(cause: BaseException | None) -> GeneratorError:
    import httpx2

    if isinstance(cause, httpx2.DecodingError):
        return GeneratorError("malformed")
    if isinstance(cause, (httpx2.RemoteProtocolError, httpx2.ReadError)):
        return GeneratorError("cut")
    return GeneratorError("unreachable")


def _of_status(status: int) -> GeneratorError:
    if status == 429:
        return GeneratorError("limited")
    if 300 <= status < 400:
        return GeneratorError("redirect", str(status))
    if status in (401, 403):
        return GeneratorError("refused", f"{status}, api_key")
    if status == 404:
        return GeneratorError("refused", "404, endpoint, language_model")
    return GeneratorError("server" if status >= 500 else "refused", str(status))


def _read(chunk: Any) -> tuple[str, bool]:
    """Return a chunk's piece of text, and whether the model says that it has ended.

    Raises:
        GeneratorError: the chunk has another shape than the protocol's.
    """
    choices = getattr(chunk, "choices", None)
    if not isinstance(choices, list):
        raise GeneratorError("malformed")
    if not choices:
        return "", False  # some endpoints send the counts of tokens so
    delta = getattr(choices[0], "delta", None)
    content = getattr(delta, "content", None)
    if content is not None and not isinstance(content, str):
        raise GeneratorError("malformed")
    reason = getattr(choices[0], "finish_reason", None)
    if reason == "content_filter":
        raise GeneratorError("declined")
    return content or "", bool(reason)


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks to wait, or None.

    >>> retry_after("2"), retry_after("soon"), retry_after(None), retry_after("-1")
    (2.0, None, None, 0.0)
    """
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        seconds = (until - (now or datetime.now(UTC))).total_seconds()
    return max(0.0, seconds) if seconds == seconds else None  # NaN equals nothing


def _sleep(seconds: float, stopped: Callable[[], bool]) -> None:
    end = monotonic() + seconds
    while monotonic() < end and not stopped():
        threading.Event().wait(min(0.05, max(0.0, end - monotonic())))


def in_time(make: Callable[[Callable[[], bool]], Iterator[T]], deadline: float) -> Iterator[T]:
    """Yield what an iterator yields, until a deadline of `monotonic`.

    It runs in a thread of its own, for looking a host up and connecting heed no deadline.

    Args:
        make: makes the iterator; it is given a function that tells whether to stop.
        deadline: after it no further item is waited for.

    Raises:
        GeneratorError: "timeout"; and whatever the iterator raises.
    """
    items: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    stop = threading.Event()

    def work() -> None:
        try:
            for item in make(stop.is_set):
                items.put(("item", item))
                if stop.is_set():
                    break
            items.put(("end", None))
        except BaseException as exc:  # noqa: BLE001 - it is raised where the items are taken
            items.put(("error", exc))

    threading.Thread(target=work, name="article-qa-generator", daemon=True).start()
    try:
        while True:
            try:
                kind, value = items.get(timeout=max(0.0, deadline - monotonic()))
            except queue.Empty:
                raise GeneratorError("timeout") from None
            if kind == "error":
                raise value
            if kind == "end":
                return
            yield value
    finally:
        stop.set()
