"""The library's pages as HTML: the table, one article, the question before removing. Pure."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import quote, urlsplit

from corpus.article import ANSWERING_ROLES, Article, Paragraph, Version
from qa.results import ArticleInfo, HeldArticle
from qa.server.chat.render import clip_end, escape
from qa.server.frame import button, el, field, form, notice, select
from qa.server.library.chart import chart, columns
from qa.server.library.view import PAGE, SORTS, View, spellings
from qa.server.links import PARAGRAPHS, article_link, web_link
from qa.server.page_words import PageWords

_TITLE = 200
_URI = 300


def title_of(info: ArticleInfo, words: PageWords) -> str:
    """Return an article's title as text, cut to what a line takes."""
    return clip_end(info.title.strip() or words["untitled"], _TITLE)


def first_run(words: PageWords) -> str:
    """Return what an empty collection invites to."""
    return el(
        "section",
        el("h2", escape(words["first_title"])),
        el("p", escape(words["first_hint"])),
        el(
            "div",
            el("a", escape(words["add"]), href="/library/add", class_="button strong"),
            form("/library/samples", button(words["samples"])),
            class_="row",
        ),
        class_="panel first",
    )


def library(
    everything: Sequence[HeldArticle],
    found: Sequence[HeldArticle],
    view: View,
    words: PageWords,
    *,
    editable: bool,
) -> str:
    """Return the library: how it stands, and the articles of a view."""
    add = el("a", escape(words["add"]), href="/library/add", class_="button strong")
    head = el("p", add, class_="row") if editable else notice(words["read_only"])
    return "".join(
        (
            head,
            _glance(everything, words, editable=editable),
            el("h2", escape(words["table"])),
            _filters(everything, view, words),
            _found(found, view, words, editable=editable),
        )
    )


def _glance(everything: Sequence[HeldArticle], words: PageWords, *, editable: bool) -> str:
    infos = [item.info for item in everything]
    missing = sum(item.missing for item in everything)
    alike = sum(bool(item.alike) for item in everything)
    languages = {info.language for info in infos} - {"und"}
    figures = [
        (len(infos), "articles", ""),
        (sum(item.paragraphs for item in everything), "paragraphs", ""),
        (len(spellings(infos)), "sources_n", ""),
        (len(languages), "languages_n", ""),
        (alike, "alike_n", View(show="alike").query()),
        (missing, "missing_n", View(show="missing").query()),
    ]
    tiles = []
    for number, key, query in figures:
        name = escape(words[key])
        if query and number:
            name = el("a", name, href=f"/library?{query}")
        tiles.append(el("div", el("dt", name), el("dd", words.number(number))))
    parts = [el("h2", escape(words["glance"]), class_="unseen"), el("dl", *tiles, class_="tiles")]
    if missing:
        line = el("span", escape(words.count("missing_line", missing)))
        now = form("/library/embed", button(words["embed_now"])) if editable else ""
        parts.append(el("div", line, now, class_="note row", role="status"))
    parts.append(_languages(infos, words))
    parts.append(chart(columns(infos), words))
    return el("section", *parts, class_="panel glance")


def _languages(infos: Sequence[ArticleInfo], words: PageWords) -> str:
    counts: dict[str, int] = {}
    for info in infos:
        counts[info.language] = counts.get(info.language, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    names = [
        el(
            "a",
            escape(f"{_language(code, words)} {words.number(count)}"),
            href=f"/library?{View(language=code).query()}",
        )
        for code, count in ranked
    ]
    label = escape(f"{words['languages_n']}: ")
    return el("p", label, escape(" · ").join(names), class_="languages") if names else ""


def _language(code: str, words: PageWords) -> str:
    return "?" if code == "und" else words.language_name(code)


def _filters(everything: Sequence[HeldArticle], view: View, words: PageWords) -> str:
    infos = [item.info for item in everything]
    sources = sorted(spellings(infos).values(), key=str.casefold)
    languages = sorted({info.language for info in infos})
    search = el(
        "input",
        type="search",
        name="q",
        id="q",
        value=view.search,
        aria_describedby="q-hint",
        maxlength=200,
    )
    in_text = el(
        "label",
        el("input", type="checkbox", name="text", value="1", checked=view.in_text),
        " " + escape(words["in_text"]),
        class_="check",
    )
    shows = [(name, words[f"show_{name or 'all'}"]) for name in ("", "alike", "missing", "undated")]
    anything = [("", words["any"])]
    hidden = ""
    if (view.sort, view.descending) != ("published", True):
        hidden = el("input", type="hidden", name="sort", value=view.sort)
        order = "down" if view.descending else "up"
        hidden += el("input", type="hidden", name="order", value=order)
    by_source = anything + [(name, clip_end(name, 80)) for name in sources]
    by_language = anything + [(code, _language(code, words)) for code in languages]
    reset = el("a", escape(words["reset"]), href="/library", class_="quiet")
    return form(
        "/library",
        el("div", field(words["search"], search, "q", hint=words["search_hint"]), in_text),
        field(words["source"], select("source", by_source, view.source), "source"),
        field(words["language"], select("language", by_language, view.language), "language"),
        field(words["since"], _date("since", view.since), "since"),
        field(words["until"], _date("until", view.until), "until"),
        field(words["show"], select("show", shows, view.show), "show"),
        hidden,
        el("p", button(words["apply"]), reset if view.is_filtered else "", class_="row"),
        post=False,
        class_="filters",
        role="search",
    )


def _date(name: str, value: str) -> str:
    return el("input", type="date", name=name, id=name, value=value)


def _found(found: Sequence[HeldArticle], view: View, words: PageWords, *, editable: bool) -> str:
    if not found:
        return el("p", escape(words["found_none"]), class_="count", role="status")
    pages = -(-len(found) // PAGE)
    page = min(view.page, pages)
    rows = [_row(item, words, editable=editable) for item in found[(page - 1) * PAGE : page * PAGE]]
    count = el("p", escape(words.count("found", len(found))), class_="count", role="status")
    table = el(
        "table",
        el("caption", escape(words["table"]), class_="unseen"),
        el("thead", el("tr", *_head(view, words, editable=editable))),
        el("tbody", *rows),
        class_="articles",
    )
    body = count + table
    if editable:
        remove = button(words["remove_selected"], kind="danger")
        body = form("/library/remove", body, el("p", remove, class_="row"), id="selection")
    return body + _paging(view, page, pages, words)


def _head(view: View, words: PageWords, *, editable: bool) -> list[str]:
    cells = []
    if editable:
        box = el("input", type="checkbox", id="all", hidden=True, aria_label=words["choose_all"])
        cells.append(el("td", box, class_="pick"))
    names = dict.fromkeys(SORTS) | {
        "title": words["title"],
        "source": words["source"],
        "published": words["published"],
        "language": words["language"],
        "paragraphs": words["paragraphs_short"],
    }
    for sort in SORTS:
        name = str(names[sort])
        mine = view.sort == sort
        down = not view.descending if mine else sort in ("published", "paragraphs")
        query = view.query(sort=sort, descending=down, page=1)
        unseen = el("span", escape(", " + words.fill("sorted_by", column=name)), class_="unseen")
        arrow = el("span", " ↓" if view.descending else " ↑", aria_hidden="true") if mine else ""
        link = el("a", escape(name), unseen, arrow, href=f"/library?{query}")
        order = ("descending" if view.descending else "ascending") if mine else None
        cells.append(el("th", link, scope="col", aria_sort=order, class_=sort))
    return cells


def _row(item: HeldArticle, words: PageWords, *, editable: bool) -> str:
    info = item.info
    title = title_of(info, words)
    marks = ""
    if item.alike:
        marks += el("span", escape(words["alike_mark"]), class_="mark-alike")
    if item.missing:
        marks += el("span", escape(words["missing_mark"]), class_="mark-missing")
    link = el("a", escape(title), href=article_link(info.uri), lang=_lang(info.language))
    cells = [el("th", link, marks, scope="row", class_="title")]
    if editable:
        box = el(
            "input",
            type="checkbox",
            name="uri",
            value=quote(info.uri, safe=""),
            aria_label=words.fill("choose", title=title),
        )
        cells.insert(0, el("td", box, class_="pick"))
    day = info.published
    cells += [
        el("td", escape(clip_end(info.source, 80)), class_="source"),
        el("td", escape(words.date(day) if day else "–"), class_="published"),
        el("td", escape(_language(info.language, words)), class_="language"),
        el("td", words.number(item.paragraphs), class_="paragraphs"),
    ]
    return el("tr", *cells)


def _paging(view: View, page: int, pages: int, words: PageWords) -> str:
    if pages == 1:
        return ""
    here = words.fill("page_n", page=words.number(page), pages=words.number(pages))
    parts = [el("span", escape(here))]
    if page > 1:
        address = f"/library?{view.query(page=page - 1)}"
        parts.insert(0, el("a", escape(words["previous"]), href=address, rel="prev"))
    if page < pages:
        address = f"/library?{view.query(page=page + 1)}"
        parts.append(el("a", escape(words["next"]), href=address, rel="next"))
    return el("nav", *parts, aria_label=words["paging"], class_="paging")


# One article


def article(
    item: Article,
    start: int,
    alike: Sequence[ArticleInfo],
    words: PageWords,
    *,
    editable: bool,
) -> str:
    """Return one article: what is known of it, and its paragraphs from number `start` on."""
    info = _info(item)
    facts = [
        (words["source"], escape(item.source)),
        (words["authors"], escape(", ".join(item.authors))),
        (words["published"], escape(_day(item.published, words))),
        (words["modified"], escape(_day(item.modified, words))),
        (words["corrected"], escape(_day(item.corrected, words))),
        (words["section"], escape(item.section)),
        (words["language"], escape(_language(item.language, words))),
        (words["address"], escape(clip_end(item.uri, _URI))),
        (words["also"], _also(alike, words)),
    ]
    rows = [el("div", el("dt", escape(name)), el("dd", value)) for name, value in facts if value]
    return "".join(
        (
            el("p", el("a", escape(f"‹ {words['library']}"), href="/library"), class_="up"),
            el("dl", *rows, class_="facts"),
            el("p", _original(info, words), _remove(item.uri, words) if editable else "",
               class_="row"),
            el("h2", escape(words["text"])),
            el("p", escape(words["role_note"]), class_="hint"),
            _paragraphs(item, start, words),
            _versions(item.versions, words),
        )
    )  # fmt: skip


def _info(item: Article) -> ArticleInfo:
    return ArticleInfo(item.uri, item.title, url=item.url)


def _day(day: date | None, words: PageWords) -> str:
    return words.date(day) if day else ""


def _lang(code: str) -> str | None:
    return None if code == "und" else code


def _also(alike: Sequence[ArticleInfo], words: PageWords) -> str:
    items = [
        el(
            "li",
            el("a", escape(title_of(info, words)), href=article_link(info.uri)),
            escape(_after(info, words)),
        )
        for info in alike
    ]
    return el("ul", *items) if items else ""


def _after(info: ArticleInfo, words: PageWords) -> str:
    """Return what follows a title in a list: ", Source, 5 October 2024"."""
    return "".join(f", {part}" for part in (info.source, _day(info.published, words)) if part)


def _original(info: ArticleInfo, words: PageWords) -> str:
    address = web_link(info)
    if not address:
        return ""
    label = words.fill("original", host=urlsplit(address).hostname)
    unseen = el("span", escape(f" {words['new_tab']}"), class_="unseen")
    rel = "noopener noreferrer"
    return el("a", escape(label), unseen, href=address, target="_blank", rel=rel, class_="quiet")


def _remove(uri: str, words: PageWords) -> str:
    address = f"/library/remove?uri={quote(quote(uri, safe=''), safe='')}"
    return el("a", escape(words["remove"]), href=address, class_="button danger")


def _paragraphs(item: Article, start: int, words: PageWords) -> str:
    count = len(item.paragraphs)
    start = min(max(start, 1), max(count, 1))
    shown = item.paragraphs[start - 1 : start - 1 + PARAGRAPHS]
    rows = [_paragraph(item, paragraph, words) for paragraph in shown]
    body = el("ol", *rows, class_="paragraphs")
    if count <= PARAGRAPHS:
        return body
    last = start - 1 + len(shown)
    line = words.fill(
        "paragraphs_range",
        first=words.number(start),
        last=words.number(last),
        n=words.number(count),
    )
    parts = [el("span", escape(line))]
    base = f"/library/article?uri={quote(item.uri, safe='')}&from="
    if start > 1:
        address = f"{base}{max(1, start - PARAGRAPHS)}"
        parts.insert(0, el("a", escape(words["earlier_paragraphs"]), href=address, rel="prev"))
    if last < count:
        parts.append(
            el("a", escape(words["more_paragraphs"]), href=f"{base}{last + 1}", rel="next")
        )
    return body + el("nav", *parts, aria_label=words["paging"], class_="paging")


def _paragraph(item: Article, paragraph: Paragraph, words: PageWords) -> str:
    role = str(paragraph.role)
    where = words[f"role_{role}"]
    if paragraph.page is not None:
        where += " · " + words.fill("page", n=paragraph.page)
    kind = "answers" if paragraph.role in ANSWERING_ROLES else "passed"
    return el(
        "li",
        el("span", escape(str(paragraph.number)), class_="number"),
        el("span", escape(where), class_="role"),
        el("p", escape(item.paragraph_text(paragraph)), lang=_lang(paragraph.language)),
        id=f"p-{paragraph.number}",
        class_=f"{kind} {role}",
    )


def _versions(versions: Sequence[Version], words: PageWords) -> str:
    if not versions:
        return ""
    items = []
    for version in versions[::-1]:
        day = words.date(version.replaced_at.astimezone().date())
        summary = el("summary", escape(words.fill("version_n", n=version.number, day=day)))
        title = el("p", el("strong", escape(version.title)))
        text = el("p", escape(version.text), class_="text")
        items.append(el("details", summary, title, text))
    return el("section", el("h2", escape(words["versions"])), *items, class_="versions")


# Removing


def removal(items: Sequence[ArticleInfo], words: PageWords) -> str:
    """Return the question before articles are removed, with the button that does it."""
    if not items:
        back = el("a", escape(words["to_library"]), href="/library", class_="button")
        return notice(words["remove_none"], "problem") + el("p", back)
    listed = [
        el(
            "li",
            el("strong", escape(title_of(info, words))),
            escape(_after(info, words)),
        )
        for info in items
    ]
    hidden = [
        el("input", type="hidden", name="uri", value=quote(info.uri, safe="")) for info in items
    ]
    yes = el(
        "button",
        escape(words["remove_yes"]),
        type="submit",
        name="confirmed",
        value="yes",
        class_="button danger strong",
    )
    cancel = el("a", escape(words["cancel"]), href="/library", class_="button")
    return "".join(
        (
            el("p", escape(words.count("remove_what", len(items)))),
            el("ul", *listed, class_="listed"),
            el("p", escape(words["remove_files"]), class_="hint"),
            form("/library/remove", *hidden, el("p", yes, cancel, class_="row")),
        )
    )
