"""Digests as HTML: a timeline as one, a comparison in columns, others part by part.

Pure functions, as `qa.server.chat.render`, whose escaping they use.
"""

from qa.answering.digest.days import write_days
from qa.answering.kinds import KINDS
from qa.i18n import Words
from qa.results import DIFFER, ONLY, Answer, Digest, DigestEntry, DigestPart, Side
from qa.server.chat import render
from qa.server.chat.numbering import shift_markers
from qa.server.chat.render import button, escape, tag
from qa.server.links import inspect_link

OFFERED = (
    "fact", "summary", "overview", "timeline", "latest", "compare", "list", "several",
)  # fmt: skip
"""Kinds that an answer can be asked for again in."""

TITLED = ("summary", "overview", "timeline", "latest", "compare")


def answer(given: Answer, turn: int, words: Words, *, draft: bool = False, before: int = 0) -> str:
    """Return an answer as `render.answer` does, a digest in its own form.

    `before` are the numbers that the sources of earlier answers took.
    """
    given = shift_markers(given, before)
    body = None
    if given.answered and given.digest is not None and given.model:
        body = _title(given, words) + render.answer_body(given, turn, words)
    elif given.answered and given.digest is not None:
        body = _title(given, words)
        body += tag("p", escape(given.note), class_="note") if given.note else ""
        body += _digest(given.digest, given.language, turn, words) + render.confidence(given, words)
    return render.answer(given, turn, words, draft=draft, body=body, before=before)


def _title(given: Answer, words: Words) -> str:
    """Return what a digest is, and of what: "Timeline · 3 articles"."""
    if given.digest is None or given.kind not in TITLED:
        return ""
    named = {item.passage.article.uri: item.passage.article for item in given.citations}
    of = words.count("n_articles", len(named))
    if len(named) == 1:
        (info,) = named.values()
        of = info.title or words["untitled"]
    return tag("h3", escape(f"{words[f'kind_{given.kind}']} · {of}"), class_="short")


def kind_chip(given: Answer, turn: int, words: Words, *, changeable: bool) -> str:
    """Return the kind that a question was taken to be of, with buttons for the others."""
    if given.kind not in KINDS:
        return ""
    name = escape(words[f"kind_{given.kind}"])
    address = inspect_link(given.context or given.question)
    why = tag("a", escape(words["why_these"]), class_="inside", href=address)
    if not changeable:
        return tag("span", name, class_="kind")
    others = "".join(
        button(words[f"kind_{kind}"], f"do-kind-{turn}-{kind}", kind="quiet")
        for kind in OFFERED
        if kind != given.kind
    )
    return tag(
        "details", tag("summary", name, title=words["kind_title"]) + others + why, class_="kind"
    )


def _digest(digest: Digest, language: str, turn: int, words: Words) -> str:
    if digest.kind == "timeline":
        return "".join(_timeline(part, language, turn, words) for part in digest.parts)
    if any(part.role for part in digest.parts):
        return _comparison(digest, turn, words)
    parts = "".join(_part(part, turn, words) for part in digest.parts)
    return tag("div", parts, class_=f"digest {digest.kind}")


def _timeline(part: DigestPart, language: str, turn: int, words: Words) -> str:
    items = "".join(
        tag(
            "li",
            tag("span", escape(write_days(entry, language)), class_="when")
            + _entry(entry, turn, words),
            class_="" if entry.certain else "unsure",
        )
        for entry in part.entries
    )
    return tag("ol", items, class_="timeline")


def _comparison(digest: Digest, turn: int, words: Words) -> str:
    """Return what differs in columns, what is told alike, and in columns what only one tells."""
    parts = "".join(
        _differing(part, turn, words) if part.role == DIFFER else _part(part, turn, words)
        for part in digest.parts
        if part.role != ONLY
    )
    only = "".join(_part(part, turn, words) for part in digest.parts if part.role == ONLY)
    if only:
        parts += tag("div", only, class_="columns")
    return tag("div", parts, class_="digest compare")


def _differing(part: DigestPart, turn: int, words: Words) -> str:
    sides = ""
    for entry in part.entries:
        info = entry.article
        where = ", ".join(filter(None, (info.source or info.title, words.date(info.published))))
        sides += tag(
            "div",
            tag("span", escape(where), class_="when") + _entry(entry, turn, words, alone=False),
        )
    return tag("section", tag("h4", escape(part.title)) + tag("div", sides, class_="columns"))


def _part(part: DigestPart, turn: int, words: Words) -> str:
    title = ""
    if part.title and part.role in ("", ONLY):
        published = words.date(part.entries[0].article.published)
        title = tag("h4", escape(part.title) + tag("span", escape(published), class_="when"))
    elif part.title:
        title = tag("h4", escape(part.title))
    entries = "".join(_entry(entry, turn, words) for entry in part.entries)
    return tag("section", title + entries)


def _entry(entry: DigestEntry, turn: int, words: Words, *, alone: bool = True) -> str:
    """Return a sentence, that it corrects something, and, if it stands alone, who differs."""
    correction = tag("span", escape(words["correction"]), class_="corrects") * entry.corrects
    sides = "".join(_side(side, words) for side in entry.differs if alone)
    return correction + render.sentence(entry.sentence, turn, words) + sides


def _side(side: Side, words: Words) -> str:
    article = side.sentence.citations[0].passage.article
    where = ", ".join(filter(None, (article.source, words.date(side.published))))
    text = words.fill("digest_differs", value=side.value, where=where)
    return tag("p", escape(text), class_="differs")
