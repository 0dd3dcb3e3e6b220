"""Messages and mailboxes: subject, sender, day; quotes and signatures apart, attachments read."""

import io
from datetime import date
from email.message import EmailMessage

import pytest

from corpus.article import Article, Role
from corpus.errors import EmptyInput, InputError
from corpus.readers import ReadOptions, read

TEXT = """Sehr geehrte Damen und Herren,

die Ellerbrücke wird am 8. Juli für den Verkehr freigegeben. Die Sanierung hat 4,2 Millionen
Euro gekostet.

Gesperrt bleibt nur der Radweg auf der Nordseite.

Mit freundlichen Grüßen
Holger Petzold
"""
QUOTE = """
Am 1. Juli 2024 um 09:12 schrieb Mira Tannert <tannert@bote.example>:

> Wann öffnet die Brücke?
> Danke für eine Antwort bis Mittag.
"""


def message(
    text: str = TEXT, *, html: str = "", subject: str = "AW: Ellerbrücke öffnet früher"
) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Straßenbauamt Roden <presse@roden.example>"
    made["To"] = "redaktion@bote.example"
    made["Subject"] = subject
    made["Date"] = "Mon, 01 Jul 2024 23:40:00 +0200"
    made["Message-ID"] = "<a1@roden.example>"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def every(data: bytes, name: str = "a.eml") -> tuple[list[Article], list[tuple[str, str]]]:
    problems: list[tuple[str, str]] = []
    options = ReadOptions(problem=lambda *told: problems.append(told))
    return list(read(data, name, uri="file:///m", options=options)), problems


def texts(article: Article, *roles: Role) -> str:
    return "\n".join(article.paragraph_text(p) for p in article.paragraphs if p.role in roles)


@pytest.mark.parametrize("name", ["a.eml", "a", "a.txt"])
def test_a_press_release(name: str) -> None:
    ((article,), problems) = every(bytes(message(TEXT + QUOTE)), name)
    assert (article.title, article.source) == ("Ellerbrücke öffnet früher", "Straßenbauamt Roden")
    assert (article.published, article.language) == (date(2024, 7, 1), "de")
    answering = texts(article, Role.LEAD, Role.BODY)
    assert "4,2 Millionen Euro gekostet" in answering
    assert "Wann öffnet" not in answering
    assert "Petzold" not in answering
    assert "Wann öffnet die Brücke?" in texts(article, Role.PROMO)
    assert problems == []


def test_a_signature_below_its_mark() -> None:
    ((article,), _) = every(
        bytes(message("Die Fähre fällt am Sonntag aus.\n\n-- \nReederei Corvane\n"))
    )
    assert texts(article, Role.LEAD, Role.BODY) == "Die Fähre fällt am Sonntag aus."
    assert "Reederei Corvane" in texts(article, Role.SOURCE)


def test_a_newsletter_in_html() -> None:
    page = "<html><body><h1>Roden heute</h1><p>Die Brücke öffnet am 8. Juli.</p></body></html>"
    ((article,), _) = every(bytes(message("Siehe HTML.", html=page, subject="Newsletter")))
    assert "Die Brücke öffnet am 8. Juli." in texts(article, Role.LEAD, Role.BODY)


def test_attachments_are_articles_of_their_own() -> None:
    made = message()
    made.add_attachment(b"Plan\n\nDie Umleitung endet am 8. Juli um acht Uhr.",
                        maintype="text", subtype="plain", filename="Umleitung.txt")  # fmt: skip
    made.add_attachment(b"\x7fELF....", maintype="application", subtype="x", filename="a.exe")
    inner = message(
        "Diese Nachricht wurde weitergeleitet und hat einen ganzen Satz.", subject="Innen"
    )
    made.add_attachment(inner)
    articles, problems = every(bytes(made))
    assert [article.title for article in articles][:2] == ["Ellerbrücke öffnet früher", "Plan"]
    assert articles[1].uri == "file:///m!/Umleitung.txt"
    assert articles[2].title == "Innen"
    assert [part for part, _ in problems] == ["a.exe"]


def mailbox(*messages: bytes) -> bytes:
    return b"".join(
        b"From a@b.example Mon Jul  1 09:12:00 2024\n"
        + data.replace(b"\nFrom ", b"\n>From ")
        + b"\n"
        for data in messages
    )


def test_a_mailbox_is_read_message_by_message() -> None:
    first, second = message("From hier aus sieht man die Brücke gut.\n"), message()
    del second["Message-ID"]
    broken = b"Subject: leer\nFrom: a@b.example\nTo: c@d.example\n\n"
    data = mailbox(bytes(first), broken, bytes(second))
    articles, problems = every(data, "a.mbox")
    assert [article.uri for article in articles] == ["file:///m#a1@roden.example", "file:///m#3"]
    assert "From hier aus" in articles[0].text
    assert problems == [("message 2", "there is no text in the message")]


def test_a_mailbox_is_not_held_whole() -> None:
    class Counting(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            got = super().read(size)
            self.largest = max(self.largest, len(got))
            return got

    stream = Counting(mailbox(*[bytes(message())] * 300))
    found = list(read(stream, "a.mbox", uri="file:///m"))
    assert len({article.uri for article in found}) == 300
    assert stream.largest <= 65_537


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            b"From: a@b.example\nTo: c@d.example\nSubject: leer\nDate: x\n\n",
            "no text in the message",
        ),
        (mailbox(b"From: a@b.example\nTo: c@d.example\n\n"), "no message of the mailbox"),
    ],
)
def test_empty_ones_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(EmptyInput, match=reason):
        every(data)


def test_a_truncated_message_is_read_in_part() -> None:
    data = bytes(message(html="<p>Die Brücke öffnet.</p>"))
    try:
        articles, _ = every(data[: len(data) * 2 // 3])
    except InputError:
        return
    assert articles[0].title == "Ellerbrücke öffnet früher"


def test_a_page_that_a_browser_saved_is_no_mail() -> None:
    page = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.example/1\r\n"
        b"Subject: Fall\r\nDate: Mon, 1 Jul 2024 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/html\r\n\r\n<html><body><h1>Titel</h1>"
        b"<p>Ein ganzer Satz.</p></body></html>"
    )
    (article,) = every(page, "a.mhtml")[0]
    assert article.uri == "https://a.example/1"
