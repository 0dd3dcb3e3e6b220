"""The sources' cards: the passage with its quote marked, what stands around it, and where it is.

Pure functions like `qa.server.chat.render`, whose `escape` everything passes through.
"""

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from corpus.article import ANSWERING_ROLES, Article, Paragraph, Role
from qa.i18n import Words
from qa.results import Answer, Citation, Passage
from qa.server.chat.numbering import shift_markers
from qa.server.chat.render import NEAREST, button, clip_end, escape, language_tag, source_id, tag
from qa.server.exports import quoting
from qa.server.links import article_link, page_link, place_of, text_fragment, web_link

FURTHER = 5
"""How many passages that the answer does not cite are offered below the cited ones."""

NEIGHBOUR_CHARACTERS = 500
"""A neighbouring paragraph is context: more of it than this pushes the passage out of sight."""

CITED = 'class="card cited"'

ArticleOf = Callable[[str], Article | None]
HasPages = Callable[[str], bool]
Spans = Sequence[tuple[int, int]]


def panel(groups: Iterable[str], words: Words) -> str:
    """Return the panel: the newest turn's cards first, the earlier ones below."""
    newest_first = list(groups)[::-1]
    if newest_first:
        # The best source of the newest answer stands open: evidence comes without a click.
        opened = newest_first[0].replace(f"<details {CITED}", f"<details open {CITED}", 1)
        newest_first[0] = opened
    hint = tag("p", escape(words["sources_hint"]), class_="hint")
    heading = tag("h2", escape(words["sources"]))
    return tag("section", heading + ("".join(newest_first) or hint), id="cards")


def group(
    given: Answer,
    turn: int,
    words: Words,
    article_of: ArticleOf,
    before: int = 0,
    collecting: str = "",
    has_pages: HasPages = lambda _: False,
) -> str:
    """Return the cards of one turn, or "" where there is nothing to show.

    `before` are the numbers that the sources of earlier turns took, `collecting` is the address
    that puts the turn into a dossier, `has_pages` tells whether pictures of an original's pages
    can be had.
    """
    given = shift_markers(given, before)
    first = _by_marker(given.citations)
    if given.answered:
        cited = [citations[0].passage for citations in first.values()]
        rest = [passage for passage in given.passages if passage not in cited][:FURTHER]
        shown = [
            _card(
                cites[0].passage,
                turn,
                number,
                spans(cites),
                words,
                article_of,
                collecting,
                has_pages,
            )
            for number, cites in first.items()
        ]
    else:
        rest = []
        shown = [
            _card(passage, turn, number, (), words, article_of, collecting, has_pages)
            for number, passage in enumerate(given.passages[:NEAREST], start=before + 1)
        ]
    number = max(first, default=before)
    further = [
        _card(
            passage,
            turn,
            number + place,
            (),
            words,
            article_of,
            collecting,
            has_pages,
            is_numbered=False,
        )
        for place, passage in enumerate(rest, start=1)
    ]
    if not shown and not further:
        return ""
    title = tag("h3", escape(words.fill("turn", question=clip_end(given.question.strip(), 120))))
    return tag("section", title + "".join(shown) + _further(further, words), class_="turn")


def find_card(given: Answer, number: int) -> Passage | None:
    """Return the passage of the card of a number, as `group` numbers them without others before."""
    first = _by_marker(given.citations)
    if number in first:
        return first[number][0].passage
    cited = [citations[0].passage for citations in first.values()]
    rest = [passage for passage in given.passages if passage not in cited]
    place = number - max(first, default=0) - 1
    return rest[place] if 0 <= place < len(rest) else None


def spans(citations: Iterable[Citation]) -> list[tuple[int, int]]:
    """Return the quotes' offsets in their passage, merged where they touch, in order."""
    merged: list[tuple[int, int]] = []
    for citation in sorted(citations, key=lambda item: item.start):
        offset = citation.passage.start
        start = max(citation.start - offset, 0)
        end = min(citation.end - offset, len(citation.passage.text))
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def mark_quotes(text: str, quotes: Spans) -> str:
    """Return a passage as HTML with its quotes in <mark>.

    >>> mark_quotes("Er fuhr. Sie blieb.", [(9, 19)])
    'Er fuhr&#46; <mark>Sie blieb&#46;</mark>'
    """
    pieces, done = [], 0
    for start, end in quotes:
        pieces += [escape(text[done:start]), tag("mark", escape(text[start:end]))]
        done = end
    return "".join([*pieces, escape(text[done:])])


def neighbours(article: Article, passage: Passage) -> tuple[list[str], list[str]]:
    """Return the HTML of what stands before and after: the nearest paragraph and its heading.

    Captions, credits and teasers between them are not the article and are left out.
    """
    number = passage.paragraph
    before = _walk(article, [item for item in article.paragraphs if item.number < number][::-1])
    after = _walk(article, [item for item in article.paragraphs if item.number > number])
    if all(role is Role.HEADING for role, _ in after):
        after = []
    return (
        [_neighbour(role, _clip_start(text)) for role, text in before[::-1]],
        [_neighbour(role, clip_end(text, NEIGHBOUR_CHARACTERS)) for role, text in after],
    )


def _by_marker(citations: Iterable[Citation]) -> dict[int, list[Citation]]:
    """Return the citations under their markers, each with one passage only."""
    found: dict[int, list[Citation]] = {}
    for citation in citations:
        same = found.setdefault(citation.marker, [])
        if not same or same[0].passage == citation.passage:
            same.append(citation)
    return found


def _card(
    passage: Passage,
    turn: int,
    number: int,
    quotes: Spans,
    words: Words,
    article_of: ArticleOf,
    collecting: str,
    has_pages: HasPages,
    *,
    is_numbered: bool = True,
) -> str:
    article = article_of(passage.article.uri)
    before: list[str] = []
    after: list[str] = []
    since = ""
    if article is None:
        since = words["gone"]
    elif article.text[passage.start : passage.end] != passage.text:
        # Its neighbours of today would mislead.
        since = words["altered"]
    else:
        before, after = neighbours(article, passage)
    text = tag(
        "p",
        mark_quotes(passage.text, quotes),
        class_="passage",
        lang=language_tag(passage.language),
    )
    quote = passage.text[quotes[0][0] : quotes[0][1]] if quotes else passage.text
    context = _fold(before, words["before"]) + text + _fold(after, words["after"])
    if article is not None and not since and has_pages(passage.article.uri):
        context += _leaf(passage, quotes, words)
    back = tag("a", escape(words["back"]), class_="back", href=f"#a-{turn}")
    whole = ""
    if article is not None:
        only = button(words["only_this"], f"do-only-{turn}-{number}", kind="quiet")
        whole = _whole(passage, () if since else quotes, words) + only
        if collecting:
            address = f"{collecting}&card={number}"
            whole += tag("a", escape(words["to_dossier"]), class_="inside", href=address)
    links = tag("p", _original(passage, quote, words) + whole + back, class_="links")
    foot = _where(passage, words) + links
    warning = tag("p", escape(since), class_="since") if since else ""
    body = warning + context + foot + _quoting(passage, quotes, words)
    inner = tag("div", body, id=source_id(turn, number), class_="body", tabindex="-1")
    summary = _summary(passage, str(number) if is_numbered else "", words)
    return tag("details", summary + inner, class_="card cited" if quotes else "card")


def _summary(passage: Passage, number: str, words: Words) -> str:
    info = passage.article
    title = tag("span", escape(info.title or words["untitled"]), class_="title")
    where = words.fill("paragraph", n=passage.paragraph)
    if passage.page is not None:
        where += " · " + words.fill("page", n=passage.page)
    line = " · ".join(part for part in (info.source, words.date(info.published), where) if part)
    badge = tag("span", number, class_="number") if number else ""
    return tag("summary", badge + title + tag("span", escape(line), class_="line"))


def _where(passage: Passage, words: Words) -> str:
    parts = []
    if passage.heading:
        parts.append(words.fill("section", name=passage.heading))
    if passage.article.authors:
        parts.append(words.fill("by", names=", ".join(passage.article.authors)))
    lines = tag("p", escape(" · ".join(parts)), class_="where") if parts else ""
    if passage.also_in:
        names = ", ".join(info.source or info.title or info.uri for info in passage.also_in)
        lines += tag("p", escape(words.fill("also_in", names=names)), class_="where")
    if not web_link(passage.article):
        lines += tag(
            "p", escape(words.fill("file", name=place_of(passage.article.uri))), class_="where uri"
        )
    return lines


def _fold(paragraphs: list[str], label: str) -> str:
    """Return what stands beside a passage, shown where it is asked for."""
    if not paragraphs:
        return ""
    return tag("details", tag("summary", escape(label)) + "".join(paragraphs), class_="around")


def _original(passage: Passage, quote: str, words: Words) -> str:
    """Return the link to the original on the web, at the quote."""
    address = web_link(passage.article)
    if not address:
        return ""
    label = words.fill("original", host=urlsplit(address).hostname)
    return _aside(label, text_fragment(address, quote), "original", words)


def _leaf(passage: Passage, quotes: Spans, words: Words) -> str:
    """Return the fold with a picture of the original's page, which the script loads when wanted."""
    if passage.page is None:
        return ""
    start, end = quotes[0] if quotes else (0, len(passage.text))
    mark = (passage.start + start, passage.start + end)
    address = page_link(passage.article.uri, passage.page, mark)
    label = words.fill("page_picture", n=passage.page)
    link = _aside(words["page_large"], address, "leaf", words)
    return tag("details", tag("summary", escape(label)) + link, class_="around leaf")


def _whole(passage: Passage, quotes: Spans, words: Words) -> str:
    """Return the link to the whole article in the library, at the passage, its quote marked."""
    mark = (passage.start + quotes[0][0], passage.start + quotes[0][1]) if quotes else None
    address = article_link(passage.article.uri, passage.paragraph, mark)
    return _aside(words["whole"], address, "whole", words)


def _aside(label: str, address: str, kind: str, words: Words) -> str:
    """Return a link to a tab of its own: the conversation stays."""
    unseen = tag("span", " " + escape(words["new_tab"]), class_="unseen")
    rel = "noopener noreferrer"
    content = escape(label) + unseen
    return tag("a", content, class_=kind, href=address, target="_blank", rel=rel)


def _quoting(passage: Passage, quotes: Spans, words: Words) -> str:
    """Return the quote in forms to copy; they can be selected where the button does not work."""
    quote = " … ".join(passage.text[start:end] for start, end in quotes) or passage.text
    address = web_link(passage.article)
    forms = {
        words["plain"]: quoting.plain(passage, quote, address),
        "Markdown": quoting.markdown(passage, quote, address),
        "BibTeX": quoting.bibtex(passage, quote, address),
    }
    rows = "".join(
        tag("p", escape(name), class_="form")
        + tag("button", escape(words["copy"]), class_="copy", title=f"{name}: {words['copy']}")
        + tag("pre", escape(text))
        for name, text in forms.items()
    )
    return tag("details", tag("summary", escape(words["cite"])) + rows, class_="quoting")


def _further(further: list[str], words: Words) -> str:
    if not further:
        return ""
    summary = tag("summary", escape(words.count("further", len(further))))
    return tag("details", summary + "".join(further), class_="further")


def _walk(article: Article, paragraphs: Iterable[Paragraph]) -> list[tuple[Role, str]]:
    """Return roles and texts up to the first paragraph that carries the article."""
    found: list[tuple[Role, str]] = []
    for paragraph in paragraphs:
        role = paragraph.role
        if role is Role.HEADING or role in ANSWERING_ROLES:
            found.append((role, article.paragraph_text(paragraph)))
        if role in ANSWERING_ROLES:
            break
    return found


def _neighbour(role: Role, text: str) -> str:
    if role is Role.HEADING:
        return tag("p", escape(text), class_="subheading")
    return tag("p", escape(text), class_="neighbour")


def _clip_start(text: str) -> str:
    """Keep the end, which leads to the passage, from a word's start."""
    limit = NEIGHBOUR_CHARACTERS
    return text if len(text) <= limit else "… " + text[-limit:].partition(" ")[2]
