"""XML is read by its bytes: what its declaration says of its encoding may be false."""

import pytest

from corpus.errors import EmptyInput, InputError
from corpus.readers.web.feed import read_feed
from corpus.readers.xml import in_utf8, parse_xml

TEXT = "Die Fähre „Möwe“ nach Årøsund kostet 4,80 €"
FEED = (
    '<?xml version="1.0" encoding="{claim}"?><rss version="2.0"><channel><title>Bote</title>'
    "<item><title>{text}</title><link>https://b.example/1</link></item></channel></rss>"
)


@pytest.mark.parametrize(
    ("claim", "encoding"),
    [
        ("UTF-8", "cp1252"),
        ("utf-8", "utf-8"),
        ("ISO-8859-1", "utf-8"),
        ("windows-1252", "cp1252"),
        ("iso-8859-1", "cp1252"),
        ("UTF-16", "utf-16"),
        ("no-such-encoding", "utf-8"),
    ],
)
def test_a_feed_is_read_by_its_bytes(claim: str, encoding: str) -> None:
    (entry,) = read_feed(FEED.format(claim=claim, text=TEXT).encode(encoding)).entries
    assert entry.link.title == TEXT


def test_what_is_in_utf8_is_left_as_it_is() -> None:
    data = FEED.format(claim="UTF-8", text=TEXT).encode()
    assert in_utf8(data) is data


def test_entities_of_its_own_are_refused() -> None:
    with pytest.raises(InputError, match="entities of its own"):
        parse_xml(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "the feed", lenient=True)


def test_what_is_broken_is_mended_only_where_that_is_asked() -> None:
    broken = b"<a><b>Sturm & Regen &uuml;ber M&uuml;hlen</b></a>"
    with pytest.raises(InputError, match="the feed is damaged"):
        parse_xml(broken, "the feed")
    assert parse_xml(broken, "the feed", lenient=True).findtext("b") == "Sturm & Regen über Mühlen"
    with pytest.raises((EmptyInput, InputError), match="the feed"):
        parse_xml(b"", "the feed", lenient=True)
