"""A conversation to take away, its citations intact: Markdown and one page of HTML.

Pure functions. As on the page, no word of an article or a person can become markup.
`qa.server.exports.docx` writes the same outline for word processors.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from qa.answering.answerability import band
from qa.answering.digest.days import write_days
from qa.answering.digest.write import write_origin
from qa.chat_history import ChatTurn
from qa.i18n import Words
from qa.results import DIFFER, Answer, Citation, Digest, Passage, Sentence
from qa.server.chat.filters import Chosen
from qa.server.chat.render import headline, strip_hidden, unique
from qa.server.exports import quoting
from qa.server.links import text_fragment, web_link

_STYLE = (
    "body{max-width:42em;margin:2em auto;padding:0 1em;font:1rem/1.55 Georgia,serif;"
    "color:#1c2229;background:#fff}h1,h2,h3{font-family:system-ui,sans-serif;line-height:1.3}"
    "h2{margin-top:2em;font-size:1.25rem}h3,.line{font-size:.9rem;color:#55606c}"
    ".short{font:600 1.35rem/1.3 system-ui,sans-serif}a{color:#0f5f6b}"
    "blockquote{margin:.3em 0 1em;padding-left:.8em;border-left:3px solid #d9a514}"
    "blockquote,p{white-space:pre-wrap}"
)


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that an answer rests on, or that came nearest, under its number."""

    number: int
    passage: Passage
    quotes: tuple[str, ...]
    """The quoted words; of a passage that is only near, none."""

    @property
    def address(self) -> str:
        """Where the original is on the web, at the quoted words, or ""."""
        address = web_link(self.passage.article)
        return text_fragment(address, (self.quotes or (self.passage.text,))[0]) if address else ""

    def line(self, words: Words) -> str:
        """Return title, source, date and paragraph."""
        info = self.passage.article
        parts = [info.title or words["untitled"], *(info.authors), info.source]
        parts += [words.date(info.published), words.fill("paragraph", n=self.passage.paragraph)]
        return ", ".join(part for part in parts if part)


def sources(answer: Answer) -> list[Source]:
    """Return an answer's sources by their markers; a refusal's, its nearest passages."""
    if not answer.answered:
        return [Source(n, passage, ()) for n, passage in enumerate(answer.passages[:3], start=1)]
    found: dict[int, list[Citation]] = {}
    for citation in answer.citations:
        found.setdefault(citation.marker, []).append(citation)
    return [
        Source(number, cites[0].passage, tuple(dict.fromkeys(item.quote for item in cites)))
        for number, cites in sorted(found.items())
    ]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A sentence of an answer, or the title of a part of a digest."""

    text: str
    markers: tuple[int, ...] = ()
    when: str = ""
    """The days that it tells of, or who says so when; and that it corrects something."""
    is_title: bool = False
    is_short: bool = False
    """It stands above the sentences."""


def answer_lines(answer: Answer) -> Iterator[AnswerLine]:
    """Yield what an answer says, line by line; a digest with its parts and dates."""
    if answer.note:
        yield AnswerLine(answer.note)
    if short := headline(answer):
        yield AnswerLine(short, is_short=True)
    if not answer.answered:
        yield AnswerLine(answer.reason or answer.text)
    elif not answer.sentences:
        yield from map(AnswerLine, answer.text.splitlines())
    elif answer.digest is not None and not answer.model:
        yield from _digest_lines(answer.digest, answer.language)
        yield from map(AnswerLine, answer.digest.notes)
    else:
        told = {side.sentence.text for side in answer.differs}
        for side in sorted(answer.differs, key=lambda each: each.published or date.min)[::-1]:
            words = Words(answer.language)
            when = [words.date(side.published), words["correction"] * side.corrects, side.value]
            text, markers = side.sentence.text, _markers(side.sentence)
            yield AnswerLine(text, markers, ", ".join(filter(None, when)) + ":")
        for sentence in answer.sentences:
            if sentence.text not in told:
                yield AnswerLine(sentence.text, _markers(sentence))


def _digest_lines(digest: Digest, language: str) -> Iterator[AnswerLine]:
    for part in digest.parts:
        if part.title:
            yield AnswerLine(part.title, is_title=True)
        for entry in part.entries:
            when = write_days(entry, language)
            if part.role == DIFFER:
                when = write_origin(entry, language)
            if entry.corrects:
                when = " ".join(filter(None, (when, Words(language)["correction"])))
            yield AnswerLine(entry.sentence.text, _markers(entry.sentence), when)


def _markers(sentence: Sentence) -> tuple[int, ...]:
    return tuple(citation.marker for citation in unique(sentence.citations))


def describe_filters(turn: ChatTurn, words: Words) -> str:
    """Return the filters that a question was asked with, in words, or ""."""
    return Chosen.from_options(turn.filters).describe(words)


def sureness(answer: Answer, words: Words) -> str:
    """Return how sure an answer is, in words; of what quotes nothing, ""."""
    if not (answer.answered and answer.citations):
        return ""
    return words[f"confidence_{band(answer.confidence)}"]


def day_line(day: date | None, words: Words) -> str:
    """Return the day of the export, in words."""
    return words.fill("exported", day=words.date(day)) if day else ""


def heading_of_sources(answer: Answer, words: Words) -> str:
    """Return what stands above the sources."""
    return words["sources" if answer.answered else "nearest"]


def markdown(title: str, turns: Iterable[ChatTurn], words: Words, day: date | None = None) -> str:
    """Return a conversation as Markdown, with the day of the export."""
    parts = [f"# {_md(title)}"]
    parts += [f"*{_md(day_line(day, words))}*"] * bool(day)
    for turn in turns:
        parts.append(f"## {_md(turn.question)}")
        parts += [f"*{_md(line)}*"] if (line := describe_filters(turn, words)) else []
        if turn.answer is None:
            parts.append(_md(turn.said or words["unanswered"]))
        else:
            parts += _markdown_answer(turn.answer, words)
    return "\n\n".join(parts) + "\n"


def _markdown_answer(answer: Answer, words: Words) -> Iterator[str]:
    if answer.about:
        yield f"*{_md(words.fill('understood', about=answer.about))}*"
    for line in answer_lines(answer):
        marks = "".join(f" \\[{number}\\]" for number in line.markers)
        when = f"**{_md(line.when)}** " if line.when else ""
        text = f"**{_md(line.text)}**" if line.is_short else _md(line.text)
        yield f"### {text}" if line.is_title else f"{when}{text}{marks}"
    if sure := sureness(answer, words):
        yield f"*{_md(sure)}*"
    found = sources(answer)
    if found:
        yield f"### {_md(heading_of_sources(answer, words))}"
    for source in found:
        name = _md(source.line(words))
        if source.address:
            name = f"[{name}](<{source.address}>)"
        texts = source.quotes or (source.passage.text,)
        quotes = "\n>\n".join(f"> {_md(text)}" for text in texts)
        yield f"\\[{source.number}\\] {name}"
        yield quotes


def _md(text: str) -> str:
    r"""Return text as one line that Markdown shows as it is.

    >>> print(_md("1. a*b\n- c"), _md("- c"), _md("a < b"))
    1\. a\*b - c \- c a \< b
    """
    line = quoting.escape_inline(" ".join(strip_hidden(text).split()))
    return re.sub(r"^(\d*)([.)=-])", r"\1\\\2", line)


def page(title: str, turns: Sequence[ChatTurn], words: Words, day: date | None = None) -> str:
    """Return a conversation as one page of HTML that loads nothing from anywhere."""
    head = f'<p class="line">{_h(day_line(day, words))}</p>' if day else ""
    body = "".join(_html_turn(turn, at, words) for at, turn in enumerate(turns, start=1))
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta http-equiv="content-security-policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{_h(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{_h(title)}</h1>{head}{body}</body></html>\n"
    )


def _html_turn(turn: ChatTurn, at: int, words: Words) -> str:
    head = f"<h2>{_h(turn.question)}</h2>"
    if line := describe_filters(turn, words):
        head += f'<p class="line">{_h(line)}</p>'
    answer = turn.answer
    if answer is None:
        return f"{head}<p>{_h(turn.said or words['unanswered'])}</p>"
    parts = [head]
    if answer.about:
        understood = words.fill("understood", about=answer.about)
        parts.append(f'<p class="line">{_h(understood)}</p>')
    parts += [_html_line(line, at) for line in answer_lines(answer)]
    if sure := sureness(answer, words):
        parts.append(f'<p class="line">{_h(sure)}</p>')
    found = sources(answer)
    if found:
        parts.append(f"<h3>{_h(heading_of_sources(answer, words))}</h3>")
    parts += [_html_source(source, at, words) for source in found]
    return "".join(parts)


def _html_line(line: AnswerLine, at: int) -> str:
    if line.is_title:
        return f"<h3>{_h(line.text)}</h3>"
    if line.is_short:
        return f'<p class="short">{_h(line.text)}</p>'
    marks = "".join(f' <a href="#s-{at}-{n}">[{n}]</a>' for n in line.markers)
    when = f'<span class="line">{_h(line.when)}</span> ' if line.when else ""
    return f"<p>{when}{_h(line.text)}{marks}</p>"


def _html_source(source: Source, at: int, words: Words) -> str:
    line = _h(source.line(words))
    if source.address:
        line = f'<a href="{_h(source.address)}" rel="noopener noreferrer">{line}</a>'
    quotes = "".join(
        f"<blockquote>{_h(text)}</blockquote>" for text in source.quotes or (source.passage.text,)
    )
    return f'<p class="line" id="s-{at}-{source.number}">[{source.number}] {line}</p>{quotes}'


def _h(text: str) -> str:
    return html.escape(strip_hidden(text))
