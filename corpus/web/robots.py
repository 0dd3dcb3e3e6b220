"""What sites ask of programs: robots.txt, and not too many requests at once.

RFC 9309, read by Protego. A robots.txt that is missing allows everything; one that the server
fails to give forbids everything until it is there.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING

from corpus.errors import ErrorText, FetchFailed, RobotsForbidden
from corpus.web.addresses import Address

if TYPE_CHECKING:
    from protego import Protego

NAME = "article-qa"
"""The name by which a robots.txt addresses this program."""
DELAY_S = 1.0
MAX_DELAY_S = 30.0


class Robots:
    """The rules of the sites that were met, each read once."""

    def __init__(self, fetch: Callable[[Address], str]) -> None:
        """`fetch` returns the text at a robots.txt; it raises FetchFailed."""
        self._fetch = fetch
        self._rules: dict[str, Protego | ErrorText] = {}

    def check(self, address: Address) -> float:
        """Return how many seconds the site wants between requests.

        Raises:
            RobotsForbidden: the site asks not to fetch this address.
            FetchFailed: its host cannot be reached.
        """
        rules = self._rules.get(address.origin)
        if rules is None:
            rules = self._rules[address.origin] = self._read(address)
        if isinstance(rules, ErrorText):
            raise RobotsForbidden(rules)
        if not rules.can_fetch(str(address), NAME):
            raise RobotsForbidden(
                "robots.txt of {host} asks programs not to fetch it; save the page from "
                "your browser and add the file",
                host=address.host,
            )
        return min(rules.crawl_delay(NAME) or 0.0, MAX_DELAY_S)

    def _read(self, address: Address) -> "Protego | ErrorText":
        from protego import Protego

        try:
            text = self._fetch(replace(address, target="/robots.txt"))
        except FetchFailed as exc:
            if exc.status is None:
                raise
            if 400 <= exc.status < 500 and exc.status != 429:
                text = ""
            else:
                return ErrorText(
                    "robots.txt of {host} cannot be read ({reason}); try again later",
                    host=address.host,
                    reason=exc,
                )
        return Protego.parse(text)


class Pace:
    """At most one request to a host in a second, or as seldom as the host asks for."""

    def __init__(
        self,
        delay_s: float = DELAY_S,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Set the seconds between two requests to one host."""
        self._delay_s = delay_s
        self._sleep = sleep
        self._clock = clock
        self._last: dict[str, float] = {}
        self._not_before: dict[str, float] = {}

    def wait(self, host: str, delay_s: float) -> None:
        """Sleep until the host may be asked again; `delay_s` is what it wants itself."""
        now = self._clock()
        free = self._not_before.get(host, now)
        if host in self._last:
            free = max(free, self._last[host] + max(self._delay_s, delay_s))
        if free > now:
            self._sleep(free - now)
        self._last[host] = max(now, free)

    def slow_down(self, host: str, status: int, retry_after: str) -> None:
        """Note that a host is overloaded; `retry_after` is its header, in seconds or a date."""
        if status not in (429, 503):
            return
        try:
            seconds = float(retry_after)
        except ValueError:
            try:
                seconds = parsedate_to_datetime(retry_after).timestamp() - time.time()
            except ValueError:
                seconds = 0.0
        wanted = min(max(seconds, self._delay_s), MAX_DELAY_S)
        self._not_before[host] = self._clock() + wanted
