"""Outlook's messages: subject, sender, day, text or page, attachments; damaged ones refused."""

import struct
from datetime import UTC, date, datetime

import pytest

from corpus.article import Article, Role
from corpus.errors import InputError
from corpus.readers import ReadOptions, read
from tests.corpus.readers.compound_file import Tree, write_compound_file

TEXT = "Die Schleuse Ahlum bleibt bis zum 4. Mai geschlossen.\r\n\r\nSchuld ist ein Riss im Tor."
PAGE = "<html><body><p>Die Schleuse <b>Ahlum</b> öffnet am 4. Mai.</p></body></html>"
_UNICODE, _BINARY, _TIME, _LONG = 0x001F, 0x0102, 0x0040, 0x0003
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def storage(header: bytes, values: dict[int, object]) -> dict[str, "bytes | Tree"]:
    """Return a folder of properties: those of fixed length in one stream, the others beside it."""
    tree: dict[str, bytes | Tree] = {}
    rows = header
    for tag, value in values.items():
        if isinstance(value, int):
            kind, fixed = _LONG, struct.pack("<i4x", value)
        elif isinstance(value, datetime):
            kind = _TIME
            fixed = struct.pack("<Q", int((value - _EPOCH).total_seconds()) * 10**7)
        else:
            is_text = isinstance(value, str)
            kind = _UNICODE if is_text else _BINARY
            data = str(value).encode("utf-16-le") if is_text else bytes(value)  # type: ignore[call-overload]
            tree[f"__substg1.0_{tag:04X}{kind:04X}"] = data
            fixed = struct.pack("<I4x", len(data) + 2 * is_text)
        rows += struct.pack("<HHI", kind, tag, 6) + fixed
    tree["__properties_version1.0"] = rows
    return tree


def message(values: dict[int, object], *attachments: dict[int, object]) -> bytes:
    header = struct.pack("<8x4I8x", 0, len(attachments), 0, len(attachments))
    tree = storage(header, {0x001A: "IPM.Note", **values})
    for number, attached in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = storage(bytes(8), attached)
    return write_compound_file(tree)


HEAD = {
    0x0037: "AW: Schleuse Ahlum bleibt zu",
    0x0C1A: "Wasseramt Ahlum",
    0x0C1F: "presse@ahlum.example",
    0x0039: datetime(2025, 3, 14, 9, 30, tzinfo=UTC),
}


def every(data: bytes) -> tuple[list[Article], list[tuple[str, str]]]:
    problems: list[tuple[str, str]] = []
    options = ReadOptions(problem=lambda *told: problems.append(told))
    return list(read(data, "a.msg", uri="file:///m", options=options)), problems


def body(article: Article) -> str:
    return "\n".join(article.paragraph_text(p) for p in article.paragraphs if p.role is Role.BODY)


def test_a_message_with_text() -> None:
    ((article,), problems) = every(message({**HEAD, 0x1000: TEXT}))
    assert (article.title, article.source) == ("Schleuse Ahlum bleibt zu", "Wasseramt Ahlum")
    assert article.published == date(2025, 3, 14)
    assert body(article).endswith("Schuld ist ein Riss im Tor.")
    assert not problems


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_message_that_is_a_page(encoding: str) -> None:
    ((article,), _) = every(message({**HEAD, 0x1013: PAGE.encode(encoding)}))
    assert body(article) == "Die Schleuse Ahlum öffnet am 4. Mai."


def test_attachments_are_articles_of_their_own() -> None:
    note = "Fährplan\n\nDie Fähre fährt um 8 und um 17 Uhr, sonntags nur um 10 Uhr. ".encode() * 80
    attached = {0x3705: 1, 0x3707: "fähre.txt", 0x3701: note}
    articles, problems = every(message({**HEAD, 0x1000: TEXT}, attached))
    assert [article.uri for article in articles] == ["file:///m", "file:///m!/f%C3%A4hre.txt"]
    assert not problems


def test_a_message_in_a_message_is_named() -> None:
    inner = {0x3705: 5, 0x3707: "Weitergeleitet"}
    articles, problems = every(message({**HEAD, 0x1000: TEXT}, inner))
    assert len(articles) == 1
    assert [name for name, _ in problems] == ["Weitergeleitet"]


@pytest.mark.parametrize("keep", [600, 1500, 2500])
def test_a_message_that_was_cut_off(keep: int) -> None:
    data = message({**HEAD, 0x1000: TEXT * 20})
    with pytest.raises(InputError):
        every(data[:keep])
