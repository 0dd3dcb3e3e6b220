"""Where an article is read: its original on the web, its page in the library. Pure functions."""

from urllib.parse import quote as percent
from urllib.parse import unquote, urlsplit

from qa.results import ArticleInfo

FRAGMENT_WORDS = 5
"""Words at each end of a quote by which a browser finds it in the original page."""

PARAGRAPHS = 300
"""Paragraphs of an article on one page of the library."""


def web_link(info: ArticleInfo) -> str:
    """Return where a reader finds the original on the web, or "".

    Only http and https with a host and without a user name, which would hide the host.
    """
    for address in (info.url, info.uri):
        try:
            parts = urlsplit(address)
            host = parts.hostname
        except ValueError:
            continue
        plain = address.isprintable() and not any(blank in address for blank in ' "<>\\')
        if parts.scheme in ("http", "https") and host and "@" not in parts.netloc and plain:
            return address
    return ""


def text_fragment(address: str, quote: str) -> str:
    """Return the address with a text fragment, by which the browser finds the quote in the page.

    See https://wicg.github.io/scroll-to-text-fragment/.

    >>> text_fragment("https://a.example/1", "Die Bahn fährt.")
    'https://a.example/1#:~:text=Die%20Bahn%20f%C3%A4hrt.'
    """
    if not quote.strip():
        return address
    words = quote.split()
    if len(words) <= 2 * FRAGMENT_WORDS:
        parts = [words]
    else:
        parts = [words[:FRAGMENT_WORDS], words[-FRAGMENT_WORDS:]]
    # "-" and "," are part of the fragment's own grammar, and `quote` leaves "-" as it is.
    fragment = ",".join(
        percent(" ".join(part).encode("utf-8", "replace"), safe="").replace("-", "%2D")
        for part in parts
    )
    return f"{address}{'' if '#' in address else '#'}:~:text={fragment}"


def page_link(uri: str, page: int, mark: tuple[int, int] | None = None) -> str:
    """Return the address of the picture of a page of an article's original, a place marked.

    >>> page_link("file:///a.pdf", 3, (12, 20))
    '/library/page?uri=file%3A%2F%2F%2Fa.pdf&page=3&mark=12-20'
    """
    address = f"/library/page?uri={percent(uri.encode('utf-8', 'replace'), safe='')}&page={page}"
    return address if mark is None else f"{address}&mark={mark[0]}-{mark[1]}"


def read_mark(mark: str) -> tuple[int, int] | None:
    """Return the offsets that an address names as its mark; None where it names none.

    >>> read_mark("120-180"), read_mark("x")
    ((120, 180), None)
    """
    first, _, last = mark.partition("-")
    named = first.isdecimal() and last.isdecimal() and len(mark) < 24
    return (int(first), int(last)) if named else None


def article_link(uri: str, at: int | None = None, mark: tuple[int, int] | None = None) -> str:
    """Return the address of an article's page in the library, or of one of its paragraphs there.

    Args:
        uri: the article's.
        at: the number of a paragraph.
        mark: offsets in its text that the page is to mark.

    >>> article_link("file:///a b.txt", 301)
    '/library/article?uri=file%3A%2F%2F%2Fa%20b.txt&from=301#p-301'
    """
    start = "" if at is None or at <= PARAGRAPHS else f"&from={at - (at - 1) % PARAGRAPHS}"
    start += "" if mark is None else f"&mark={mark[0]}-{mark[1]}"
    anchor = "" if at is None else f"#p-{at}"
    return f"/library/article?uri={percent(uri.encode('utf-8', 'replace'), safe='')}{start}{anchor}"


def matches_link(question: str) -> str:
    """Return the address of all passages for a question."""
    return f"/matches?q={percent(question.encode('utf-8', 'replace'), safe='')}"


def inspect_link(question: str) -> str:
    """Return the address that shows why a question found its passages."""
    return matches_link(question).replace("/matches", "/inspect", 1)


def place_of(uri: str) -> str:
    """Return where an article without a web address is; of a file, its name is enough.

    >>> place_of("file:///a/b%20c.csv#3"), place_of("mail:1")
    ('b c.csv #3', 'mail:1')
    """
    try:
        parts = urlsplit(uri)
    except ValueError:
        return uri
    if parts.scheme != "file":
        return uri
    name = unquote(parts.path).rpartition("/")[2]
    return name + (f" #{parts.fragment}" if parts.fragment else "")


def host_of(address: str) -> str:
    """Return an address's host, or ""."""
    return urlsplit(address).hostname or ""
