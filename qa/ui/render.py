"""Questions and answers as HTML, written so that nothing in them can be markup.

Every word of an article or of a person passes through `escape`, which leaves no
ASCII punctuation standing: neither the browser's HTML nor the Markdown that
Gradio reads before it finds anything to act on. Only this module's and
`qa.ui.cards`' own tags remain. Pure functions: text in, text out.
"""

import re
from collections.abc import Iterable

from qa.results import Answer, Citation, Passage, Sentence
from qa.ui.words import Words

ECHO_CHARACTERS = 2000
"""How much of a question is repeated on the page; the whole of it was asked."""

NEAREST = 3
"""How many of the nearest passages a refusal shows."""

START_CHARACTERS = 110
"""How much of a nearest passage the refusal itself shows; the card has all of it."""

# Overrides and isolates can make text read as what it is not; an article has no need of them.
_UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~\n\r\t]")


def escape(text: str) -> str:
    """Return text as HTML that shows exactly it, whatever reads it on the way.

    >>> escape("a<b & 2*3")
    'a&#60;b &#38; 2&#42;3'
    """
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", shown(text))


def shown(text: str) -> str:
    """Return text without what hides or turns it, and without halves of characters."""
    return _SURROGATE.sub("\ufffd", _UNSHOWN.sub("", text))


def tag(name: str, content: str, **attributes: str) -> str:
    """Return one element; `content` is HTML already, attributes are escaped here.

    A trailing underscore keeps Python's words free: `class_`.

    >>> tag("p", "a", class_="x")
    '<p class="x">a</p>'
    """
    written = "".join(
        f' {key.rstrip("_")}="{escape_attribute(value)}"'
        for key, value in attributes.items()
        if value
    )
    return f"<{name}{written}>{content}</{name}>"


def escape_attribute(value: str) -> str:
    """Return text for a double-quoted attribute: readable where it is plain.

    >>> escape_attribute('s-1" onclick=')
    's-1&#34; onclick&#61;'
    """
    return re.sub(r"&#(35|45|46|47|95);", lambda match: chr(int(match[1])), escape(value))


def source_id(turn: int, number: int) -> str:
    """Return the id of a source's card: unique on the page, as ids carry the turn."""
    return f"s-{turn}-{number}"


def question(text: str, words: Words) -> str:
    """Return a person's question as a message."""
    clipped = text if len(text) <= ECHO_CHARACTERS else text[:ECHO_CHARACTERS] + " …"
    hidden = tag("span", escape(words["you"]) + " ", class_="unseen")
    return tag("div", hidden + escape(clipped.strip()), class_="asked")


def source_line(passage: Passage, words: Words) -> str:
    """Return "Title, Source, date" as plain text."""
    info = passage.article
    parts = (info.title or words["untitled"], info.source, words.date(info.published))
    return ", ".join(part for part in parts if part)


def marker(turn: int, number: int, passage: Passage, words: Words) -> str:
    """Return the link [n] that opens the source's card."""
    name = tag("span", escape(words["source"]) + " ", class_="unseen")
    return tag(
        "a",
        f"{name}{escape(f'[{number}]')}",
        class_="cite",
        href=f"#{source_id(turn, number)}",
        title=words.fill("source_n", n=number, title=source_line(passage, words)),
    )


def answer(given: Answer, turn: int, words: Words, asked: str = "") -> str:
    """Return an answer, or a refusal, as a message with markers that link to the cards.

    `asked` is the question as the person wrote it; where the answer is to a completed
    one, that is said.
    """
    if given.answered:
        days = {id(side.sentence): words.date(side.published) for side in given.differs}
        body = _short(given) + _note(given)
        body += "".join(
            _sentence(sentence, turn, words, days.get(id(sentence), ""))
            for sentence in given.sentences
        )
        body = body or tag("p", escape(given.text))
        kind = "answer"
    else:
        # The text names the nearest passage in words; here it is a link.
        reason = given.reason if given.passages and given.reason else given.text
        body = tag("p", escape(reason)) + _nearest(given.passages, turn, words)
        kind = "answer refusal"
    body = _understood(given.question, asked, words) + body
    return tag("div", body, class_=kind, id=f"a-{turn}", tabindex="-1", lang=_known(given.language))


def notice(message: str, turn: int, kind: str = "notice") -> str:
    """Return a message of the program itself: it is searching, or something went wrong."""
    return tag("div", tag("p", escape(message)), class_=kind, id=f"a-{turn}", tabindex="-1")


def unique(citations: Iterable[Citation]) -> list[Citation]:
    """Return each marker's first citation, in order.

    A sentence may quote one passage twice; one link is enough.
    """
    return list({citation.marker: citation for citation in reversed(list(citations))}.values())[
        ::-1
    ]


def _note(given: Answer) -> str:
    return tag("p", escape(given.note), class_="understood") if given.note else ""


def _sentence(sentence: Sentence, turn: int, words: Words, day: str = "") -> str:
    """Return a sentence with its links; where sources differ, after its article's date."""
    links = "".join(
        marker(turn, citation.marker, citation.passage, words)
        for citation in unique(sentence.citations)
    )
    # A no-break joint: a marker never stands alone at the start of a line.
    joint = "\u2060" if links else ""
    dated = tag("span", escape(f"{day}: "), class_="line") if day else ""
    return tag("p", f"{dated}{escape(sentence.text)}{joint}{links}", class_="sentence")


def _understood(question: str, asked: str, words: Words) -> str:
    if not asked or question.split() == asked.split():
        return ""
    return tag("p", escape(words.fill("understood", question=question)), class_="understood")


def _short(given: Answer) -> str:
    if not given.short or [given.short] == [sentence.text for sentence in given.sentences]:
        return ""
    return tag("p", escape(given.short), class_="short")


def _nearest(passages: tuple[Passage, ...], turn: int, words: Words) -> str:
    if not passages:
        return ""
    items = "".join(
        tag(
            "li",
            marker(turn, number, passage, words)
            + " "
            + escape(source_line(passage, words))
            + tag("span", escape(clip_end(passage.text, START_CHARACTERS)), class_="start"),
        )
        for number, passage in enumerate(passages[:NEAREST], start=1)
    )
    return tag("p", escape(words["nearest"]), class_="nearest") + tag("ul", items)


def clip_end(text: str, limit: int) -> str:
    r"""Return the beginning of a text, up to a word's end.

    >>> clip_end("Die Seilbahn fährt", 14)
    'Die Seilbahn\xa0…'
    """
    if len(text) <= limit:
        return text
    cut = text[: limit + 1].rstrip()
    return (cut.rpartition(" ")[0] or cut[:limit]) + "\xa0…"


def _known(language: str) -> str:
    return "" if language == "und" else language
