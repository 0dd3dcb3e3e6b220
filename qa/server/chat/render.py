"""Questions and answers as HTML, written so that nothing in them can be markup.

Every word of an article or of a person passes through `escape`, which leaves no
ASCII punctuation standing: neither the browser's HTML nor the Markdown that
Gradio reads before it finds anything to act on. Only this module's and
`qa.server.chat.cards`' own tags remain. Pure functions: text in, text out.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from corpus.text.sentences import sentence_spans
from qa.answering.answerability import band
from qa.answering.messages import message
from qa.i18n import Words
from qa.results import (
    Answer,
    ArticleInfo,
    Citation,
    Passage,
    RecognisedDate,
    Refusal,
    Sentence,
)
from qa.server.links import article_link

ECHO_CHARACTERS = 2000
"""How much of a question is repeated on the page; the whole of it was asked."""

NEAREST = 3
"""How many of the nearest passages a refusal shows."""

HEADLINE_KINDS = frozenset(("fact", "count", "yesno", "latest", "other"))
"""Kinds whose short answer stands above the sentences; of others it is an odd word or half a
clause, and the first sentence is the headline."""

QUOTE_CHARACTERS = 300
"""How much of its quote a marker shows beside it."""

FOLDED_CHARACTERS = 500
"""A question longer than this is folded."""

LAST_WORD_CHARACTERS = 24
"""The longest word that is kept on one line with its markers."""


# Overrides and isolates can make text read as what it is not; an article has no need of them.
_UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~\n\r\t]")


def escape(text: str) -> str:
    """Return text as HTML that shows exactly it, whatever reads it on the way.

    >>> escape("a<b & 2*3")
    'a&#60;b &#38; 2&#42;3'
    """
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", strip_hidden(text))


def strip_hidden(text: str) -> str:
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


def button(label: str, command: str, *, kind: str = "", title: str = "") -> str:
    """Return a button; its id says what the page's script is to do."""
    return tag("button", escape(label), class_=f"act {kind}".strip(), id=command, title=title)


def source_id(turn: int, number: int) -> str:
    """Return the id of a source's card: unique on the page, as ids carry the turn."""
    return f"s-{turn}-{number}"


def question(text: str, words: Words) -> str:
    """Return a person's question as a message."""
    clipped = text if len(text) <= ECHO_CHARACTERS else text[:ECHO_CHARACTERS] + " …"
    hidden = tag("span", escape(words["you"]) + " ", class_="unseen")
    if len(text) <= FOLDED_CHARACTERS:
        return tag("div", hidden + escape(clipped.strip()), class_="asked")
    summary = tag("summary", hidden + escape(clip_end(clipped.strip(), FOLDED_CHARACTERS // 3)))
    return tag("details", summary + escape(clipped.strip()), class_="asked")


def source_line(passage: Passage, words: Words) -> str:
    """Return "Title, Source, date" as plain text."""
    info = passage.article
    parts = (info.title or words["untitled"], info.source, words.date(info.published))
    return ", ".join(part for part in parts if part)


def marker(turn: int, number: int, passage: Passage, words: Words, quote: str = "") -> str:
    """Return the link [n] that opens the source's card; its title is the quote and where it is."""
    where = words.fill("source_n", n=number, title=source_line(passage, words))
    if quote:
        said = words.fill("quoted", text=clip_end(quote, QUOTE_CHARACTERS))
        where = f"{said}\n{where}"
    name = tag("span", escape(words["source"]) + " ", class_="unseen")
    return tag(
        "a",
        f"{name}{escape(f'[{number}]')}",
        class_="cite",
        href=f"#{source_id(turn, number)}",
        title=where,
    )


def answer(
    given: Answer,
    turn: int,
    words: Words,
    *,
    draft: bool = False,
    body: str | None = None,
    before: int = 0,
) -> str:
    """Return an answer, or a refusal, as a message with markers that link to the cards.

    Args:
        given: the answer.
        turn: the number of its question.
        words: of the interface.
        draft: it goes into a message that has the answer's id already.
        body: in place of what `answer_body` makes.
        before: the numbers that earlier sources took; an answer's markers have them already.
    """
    body = _show_understood(given.about, turn, words) + (
        answer_body(given, turn, words, before) if body is None else body
    )
    body += "".join(tag("p", escape(note), class_="note") for note in given.notes)
    body += _dates(given, turn, words)
    kind = "answer" if given.answered else "answer refusal"
    language = language_tag(given.language)
    if draft:
        return tag("div", body, class_=kind, lang=language)
    return tag("div", body, class_=kind, id=f"a-{turn}", tabindex="-1", lang=language)


def answer_body(given: Answer, turn: int, words: Words, before: int = 0) -> str:
    """Return what an answer says: short, in full, with how sure it is; or why not."""
    if not given.answered:
        return _refusal(given, turn, words, before)
    if not given.citations:
        return _render_uncited(given, words)
    note = tag("p", escape(given.note), class_="note") if given.note else ""
    if given.differs:
        body = note + _sides(given, turn, words)
        told = {side.sentence.text for side in given.differs}
        rest = [sentence for sentence in given.sentences if sentence.text not in told]
    else:
        body, rest = note + _short(given), list(given.sentences)
        if rest and body == note:
            first = rest.pop(0)
            body += sentence(first, turn, words, is_first=True, is_written=bool(given.model))
    body += "".join(sentence(each, turn, words, is_written=bool(given.model)) for each in rest)
    return (body or tag("p", escape(given.text))) + confidence(given, words)


def _dates(given: Answer, turn: int, words: Words) -> str:
    """Return the times that the question names, each a button that filters by it."""
    buttons = [
        button(words.fill("only_time", time=found.text), f"do-date-{turn}-{place}", kind="quiet")
        for place, found in enumerate(given.dates)
        if _narrows(found, given.passages)
    ]
    return tag("p", " ".join(buttons), class_="dates") if buttons else ""


def _narrows(found: RecognisedDate, passages: Sequence[Passage]) -> bool:
    """Tell whether a time leaves some of the passages, and not all: another one leads nowhere."""
    of_time = [
        passage.article.published is not None
        and passage.article.published >= (found.since or date.min)
        and passage.article.published <= (found.until or date.max)
        for passage in passages
    ]
    return bool(found.since or found.until) and any(of_time) and not all(of_time)


def _sides(given: Answer, turn: int, words: Words) -> str:
    """Return what each source says, the latest first, a correction named as one."""
    ordered = sorted(given.differs, key=lambda side: side.published or date.min, reverse=True)
    return tag(
        "ul",
        "".join(
            tag(
                "li",
                tag("span", escape(words.date(side.published)), class_="when")
                + (tag("span", escape(words["correction"]), class_="corrects") * side.corrects)
                + tag("strong", escape(side.value))
                + sentence(side.sentence, turn, words),
            )
            for side in ordered
        ),
        class_="sides",
    )


def suggestions(questions: Sequence[str], turn: int, words: Words) -> str:
    """Return questions to ask next, each a button that asks it; "" where there are none."""
    if not questions:
        return ""
    buttons = "".join(
        tag("li", button(text, f"do-suggested-{turn}-{place}"))
        for place, text in enumerate(questions)
    )
    label = tag("p", escape(words["suggestions"]))
    return tag("div", label + tag("ul", buttons), class_="suggestions")


def _render_uncited(given: Answer, words: Words) -> str:
    """Return what no article says: of the collection, with links to articles, or a reply."""
    said, *lines = given.text.split("\n")
    items = "".join(_list_article(info, words) for info in given.articles)
    rest = "".join(
        tag("p", escape(line.removeprefix("- ")), class_="note")
        for line in lines[len(given.articles) :]
    )
    return (
        tag("p", escape(said), class_="said")
        + (tag("ul", items, class_="listed") if items else "")
        + rest
    )


def _list_article(info: ArticleInfo, words: Words) -> str:
    parts = (", ".join(info.authors), info.source, words.date(info.published))
    line = ", ".join(part for part in parts if part)
    title = escape(info.title or words["untitled"])
    link = tag("a", title, href=article_link(info.uri), class_="title")
    return tag("li", f"{link} " + tag("span", escape(line), class_="line"))


def _refusal(given: Answer, turn: int, words: Words, before: int) -> str:
    if given.refusal is Refusal.NO_QUESTION:
        return _render_uncited(given, words)
    # The text names the nearest passage in words; here it is a link.
    reason = given.reason if given.passages and given.reason else given.text
    if given.refusal and reason == message(given.refusal, given.language):
        reason = message(given.refusal, words.language)  # one language at a time
    body = tag("p", escape(reason), class_="short why")
    if given.refusal is not None:
        body += tag("p", escape(words[f"try_{given.refusal.name.lower()}"]), class_="try")
    return body + _nearest(given, turn, words, before)


def confidence(given: Answer, words: Words) -> str:
    """Return in words how sure an answer is, with the chance that it stands for."""
    level = band(given.confidence)
    chance = words.fill("chance", percent=round(100 * given.confidence))
    return tag(
        "p",
        tag("span", "", class_=f"dot {level}") + escape(words[f"confidence_{level}"]),
        class_="confidence",
        title=chance,
    ) + (
        tag("p", escape(words.fill("written_by", model=given.model)), class_="note")
        * bool(given.model)
    )


def notice(message: str, turn: int) -> str:
    """Return a message of the program itself: it is searching, or something went wrong."""
    return tag("div", tag("p", escape(message)), class_="notice", id=f"a-{turn}", tabindex="-1")


def unique(citations: Iterable[Citation]) -> list[Citation]:
    """Return each marker's first citation, in order.

    A sentence may quote one passage twice; one link is enough.
    """
    found: dict[int, Citation] = {}
    for citation in citations:
        found.setdefault(citation.marker, citation)
    return list(found.values())


def sentence(
    said: Sentence, turn: int, words: Words, *, is_first: bool = False, is_written: bool = False
) -> str:
    """Return a sentence with the markers of its citations, and with what is wrong with it.

    Args:
        said: the sentence.
        turn: the number of its question.
        words: of the interface.
        is_first: it is the answer's headline, where nothing shorter is.
        is_written: a language model wrote it, so that it says too whether it is supported.
    """
    links = ""
    for citation in unique(said.citations):
        quotes = [item.quote for item in said.citations if item.marker == citation.marker]
        links += marker(turn, citation.marker, citation.passage, words, " … ".join(quotes))
    shown_text = _hold(said.text, links)
    doubt = ""
    if not said.supported:
        reason = said.reason or words["unsupported"]
        if is_written:
            reason = words["not_supported"] + f": {reason}"
        doubt = tag("span", escape(reason), class_="doubt")
    elif is_written:
        doubt = tag("span", escape(words["supported"]), class_="proof")
    return tag("p", shown_text + doubt, class_="sentence first" if is_first else "sentence")


def _hold(text: str, links: str) -> str:
    """Return a sentence with its markers, none of which stands alone at the start of a line."""
    before, blank, last = text.rpartition(" ")
    if not links or len(last) > LAST_WORD_CHARACTERS:
        return escape(text) + links
    return escape(before + blank) + tag("span", f"{escape(last)}\u2060{links}", class_="held")


def _show_understood(about: str, turn: int, words: Words) -> str:
    """Return what a follow-up was taken to be about, with a button that asks it by itself."""
    if not about:
        return ""
    literal = button(words["literal"], f"do-literal-{turn}", kind="quiet")
    text = escape(words.fill("understood", about=about))
    return tag("p", f"{text} {literal}", class_="understood")


def _short(given: Answer) -> str:
    text = headline(given)
    return tag("p", escape(text), class_="short") if text else ""


def headline(given: Answer) -> str:
    """Return the short answer where it stands above the sentences, with a large first letter."""
    whole = [given.short] == [sentence.text for sentence in given.sentences]
    if not given.short or whole or given.differs or given.kind not in HEADLINE_KINDS:
        return ""
    if band(given.confidence) != "high" and not any(map(str.isdigit, given.short)):
        return ""  # the sentence says more of what may be wrong than a word or two
    return _begin_large(given.short)


def _begin_large(text: str) -> str:
    """Return a headline with a large first letter; a name such as iPhone or kWh keeps its own.

    >>> _begin_large("am 8. Juli"), _begin_large("kWh"), _begin_large("480")
    ('Am 8. Juli', 'kWh', '480')
    """
    return text[:1].upper() + text[1:] if text.partition(" ")[0].islower() else text


def _nearest(given: Answer, turn: int, words: Words, before: int) -> str:
    """Return the nearest passages, each with the sentence that comes nearest, whole."""
    if not given.passages:
        return ""
    items = "".join(
        tag(
            "li",
            tag(
                "span",
                _hold(_nearest_sentence(passage, given.text), marker(turn, number, passage, words)),
                class_="start",
            )
            + tag("span", escape(source_line(passage, words)), class_="line"),
        )
        for number, passage in enumerate(given.passages[:NEAREST], start=before + 1)
    )
    return tag("p", escape(words["nearest"]), class_="nearest") + tag("ul", items)


def _nearest_sentence(passage: Passage, said: str) -> str:
    """Return the sentence of a passage that a refusal names, or else the first one."""
    spans = sentence_spans(passage.text, passage.language)
    found = [passage.text[start:end].strip() for start, end in spans]
    return next((text for text in found if text in said), found[0] if found else passage.text)


def clip_end(text: str, limit: int) -> str:
    r"""Return the beginning of a text, up to a word's end.

    >>> clip_end("Die Seilbahn fährt", 14)
    'Die Seilbahn\xa0…'
    """
    if len(text) <= limit:
        return text
    cut = text[: limit + 1].rstrip()
    return (cut.rpartition(" ")[0] or cut[:limit]) + "\xa0…"


def language_tag(language: str) -> str:
    """Return a language for a `lang` attribute; of an unknown one, none."""
    return "" if language == "und" else language
