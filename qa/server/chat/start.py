"""The page before anything was asked: questions, what is new, the newest articles.

Also the line above each conversation that says how much there is, and how far the model is.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from threading import Lock

from corpus.errors import ArticleQAError
from qa.i18n import Words
from qa.results import ArticleInfo, Status
from qa.server.chat import filters, render
from qa.server.chat.render import button, escape, tag
from qa.server.links import article_link
from qa.server.protocol import Served
from qa.standing import StandingQuestion

SUGGESTED = 6
"""How many questions a new conversation offers."""
_NEWEST = 4
"""How many of the newest articles it shows."""


class StartPage:
    """What an empty conversation shows; safe to use from several threads."""

    def __init__(self, collection: Served) -> None:
        self._collection = collection
        self._lock = Lock()
        self._newest: tuple[int, Sequence[ArticleInfo]] = (-1, ())

    def welcome(
        self,
        words: Words,
        standing: Sequence[StandingQuestion] = (),
        since: datetime | None = None,
    ) -> str:
        """Return how to begin, with what there is: questions, what is new, the newest articles.

        Args:
            words: of the interface.
            standing: the standing questions.
            since: when the reader was here last.
        """
        try:
            status = self._collection.status()
            if status.articles == 0:
                return _show_empty(status, words)
            suggested = self._collection.suggest(words.language, most=SUGGESTED)
            news = [(item, len(self._collection.changed_since(item.reviewed))) for item in standing]
            fresh = self._collection.changed_since(since) if since else ()
            newest = () if fresh else self._find_newest()
        except ArticleQAError as error:
            return tag("div", tag("p", escape(words.reason(error.text))), class_="welcome")
        news.sort(key=lambda pair: -pair[1])
        kept = "".join(_show_standing(item, count, words) for item, count in news)
        review = _review(words) if any(count for _, count in news) else ""
        beside = (
            tag("div", tag("p", escape(words["standing"])) + tag("ul", kept) + review)
            if kept
            else ""
        )
        beside += (
            _show_news(fresh, since, words) if since and fresh else _show_newest(newest, words)
        )
        parts = [
            tag("h2", escape(words["invitation"])),
            render.suggestions(suggested, 0, words),
            tag("div", beside),
        ]
        return tag("div", "".join(parts), class_="welcome")

    def _find_newest(self) -> Sequence[ArticleInfo]:
        """Return the newest articles; all are looked at, once after each change."""
        with self._lock:
            generation = self._collection.generation
            if self._newest[0] != generation:
                # The same text in two files is one piece of news.
                titled: dict[str, ArticleInfo] = {}
                for info in self._collection.articles():
                    titled.setdefault(info.title.casefold() or info.uri, info)
                self._newest = (generation, tuple(islice(titled.values(), _NEWEST)))
            return self._newest[1]


def _show_empty(status: Status, words: Words) -> str:
    add = tag("a", escape(words["empty_add"]), class_="go", href="/library/add")
    load = tag("button", escape(words["empty_samples"]), class_="go")
    samples = tag("form", load, action="/library/samples", method="post")
    command = f'article-qa --collection "{status.path}" add ARTICLES/'
    lines = [
        tag("h2", escape(words["empty_title"])),
        tag("p", escape(words["empty_how"])),
        tag("div", add + samples, class_="first"),
        tag("p", escape(words["empty_terminal"])),
        tag("p", tag("code", escape(command))),
        tag("p", escape(words["empty_then"])),
    ]
    return tag("div", "".join(lines), class_="welcome")


def _show_standing(item: StandingQuestion, count: int, words: Words) -> str:
    since = words.date(item.reviewed.astimezone().date())
    line = words.fill("news_since_day", since=since, articles=words.count("n_articles", count))
    if not count:
        line = words.fill("no_news_since", since=since)
    opener = button(item.question, f"do-news-{item.id}", kind="title")
    return tag("li", opener + tag("span", escape(line), class_="line"))


def _review(words: Words) -> str:
    """Return the buttons that give the press review as a document."""
    forms = "".join(
        tag(
            "form",
            tag("button", escape(label), class_=kind),
            action=f"/ui/review.{suffix}",
            method="post",
        )
        for suffix, label, kind in (
            ("docx", words["review"], "go"),
            ("html", "HTML", "act quiet"),
            ("md", "Markdown", "act quiet"),
        )
    )
    return tag("div", forms, class_="first")


def _show_newest(newest: Sequence[ArticleInfo], words: Words) -> str:
    items = "".join(_show_article(info, words) for info in newest)
    return tag("div", tag("p", escape(words["newest"])) + tag("ul", items))


def _show_news(fresh: Sequence[ArticleInfo], since: datetime, words: Words) -> str:
    """Return what was added, changed or corrected since a reader was here; corrections first."""
    corrected = [info for info in fresh if _is_corrected(info, since)]
    added = [info for info in fresh if not _is_corrected(info, since)]
    counts = [
        words.count(key, len(some))
        for key, some in (("n_added", added), ("n_corrected", corrected))
        if some
    ]
    day = words.date(since.astimezone().date())
    label = words.fill("since_visit", day=day, counts=", ".join(counts))
    items = "".join(
        _show_article(info, words, words["corrected_mark"] * (info in corrected))
        for info in [*corrected, *added][:_NEWEST]
    )
    return tag("div", tag("p", escape(label)) + tag("ul", items), class_="news")


def _is_corrected(info: ArticleInfo, since: datetime) -> bool:
    return info.corrected is not None and info.corrected >= since.astimezone().date()


def _show_article(info: ArticleInfo, words: Words, mark: str = "") -> str:
    title = render.clip_end(info.title or words["untitled"], 120)
    line = ", ".join(filter(None, (mark, info.source, words.date(info.published))))
    link = tag("a", escape(title), class_="title", href=article_link(info.uri))
    return tag("li", link + tag("span", escape(line), class_="line"))


def status_line(collection: Served, words: Words, state: str = "", failure: str = "") -> str:
    """Return how much there is to ask, and whether the model is still on its way."""
    try:
        held = _describe_holdings(collection.status(), words)
    except ArticleQAError as error:
        held = words.reason(error.text)
    parts = [tag("span", escape(held))]
    if state:
        parts.append(tag("span", escape(words[state]), class_=state))
    if failure:
        parts.append(tag("span", escape(words.reason(failure)), class_="reason"))
    return tag("p", " ".join(parts), class_="status", role="status")


def _describe_holdings(status: Status, words: Words) -> str:
    """Return "24 articles from 6 sources, 3 October 2024 to 20 November 2026"."""
    if status.articles == 0:
        return words["empty_status"]
    held = words.count("n_articles", status.articles)
    named = [name for name in filters.merge_names(status.sources) if name]
    if named:
        held += " " + words.count("from", len(named))
    if status.first and status.last:
        first, last = words.date(status.first), words.date(status.last)
        held += ", " + (first if first == last else words.fill("span", first=first, last=last))
    if status.missing:
        held += ". " + words.count("unembedded", status.missing)
    return held
