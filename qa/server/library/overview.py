"""What the library's pages show: the values of their templates. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from corpus.article import Article, Paragraph, Role
from qa.i18n import Words
from qa.results import ArticleInfo, HeldArticle
from qa.server.chat.render import clip_end
from qa.server.library.chart import columns, strip
from qa.server.library.jobs import Job, JobLine
from qa.server.library.view import PAGE, SHOWS, SORTS, View, spellings
from qa.server.links import PARAGRAPHS, read_mark

LINES = 500
"""Lines of a job on its page."""
_URGENT = ("refused", "skipped", "stopped", "partly", "gone")
"""What needs a look, in the order of a job's page."""


def describe_library(
    everything: Sequence[HeldArticle], found: Sequence[HeldArticle], view: View, words: Words
) -> dict[str, Any]:
    """Return the values of the library's page: how it stands, and the articles of a view."""
    infos = [item.info for item in everything]
    missing = sum(item.missing for item in everything)
    alike = sum(bool(item.alike) for item in everything)
    languages = Counter(info.language for info in infos)
    last_page = max(1, -(-len(found) // PAGE))
    page = min(view.page, last_page)
    return {
        "everything": everything,
        "figures": [
            (len(infos), "articles", ""),
            (sum(item.paragraphs for item in everything), "paragraphs", ""),
            (len(spellings(infos)), "sources_n", ""),
            (len(languages.keys() - {"und"}), "languages_n", ""),
            (alike, "alike_n", View(show="alike").query()),
            (missing, "missing_n", View(show="missing").query()),
        ],
        "missing": missing,
        "languages": [
            (code, count, View(language=code).query()) for code, count in languages.most_common()
        ],
        "strip": strip(columns(infos), view, words),
        "view": view,
        **_choices(infos, words),
        "found": len(found),
        "heads": [_head(sort, view) for sort in SORTS],
        "rows": found[(page - 1) * PAGE : page * PAGE],
        "page": page,
        "last_page": last_page,
    }


def _choices(infos: Sequence[ArticleInfo], words: Words) -> dict[str, Any]:
    """Return what the filters let choose from: (value, label) pairs."""
    sources = sorted(spellings(infos).values(), key=str.casefold)
    codes = sorted({info.language for info in infos})
    anything = [("", words["any"])]
    names = [("?" if code == "und" else words.language_name(code)) for code in codes]
    return {
        "source_choices": anything + [(name, clip_end(name, 80)) for name in sources],
        "language_choices": anything + list(zip(codes, names, strict=True)),
        "show_choices": [(name, words[f"show_{name or 'all'}"]) for name in SHOWS],
    }


def _head(sort: str, view: View) -> tuple[str, str, str, str]:
    """Return a column: its name, its word's key, its order if it is the table's, its link."""
    mine = view.sort == sort
    down = not view.descending if mine else sort in ("published", "paragraphs")
    order = ("descending" if view.descending else "ascending") if mine else ""
    key = "paragraphs_short" if sort == "paragraphs" else sort
    return sort, key, order, view.query(sort=sort, descending=down, page=1)


def describe_article(
    item: Article, start: int, mark: str, alike: Sequence[ArticleInfo]
) -> dict[str, Any]:
    """Return the values of an article's page: its paragraphs from number `start` on.

    Args:
        item: the article.
        start: the number of the first paragraph that is shown.
        mark: the offsets of a quote, as "120-180"; what is none marks nothing.
        alike: articles of almost the same text.
    """
    start = min(max(start, 1), max(len(item.paragraphs), 1))
    shown = item.paragraphs[start - 1 : start - 1 + PARAGRAPHS]
    spot = read_mark(mark)
    quoted = [each for each in shown if spot and each.start < spot[1] and spot[0] < each.end]
    return {
        "spot": spot,
        "leaf": next((each.page for each in [*quoted, *shown] if each.page), None),
        "item": item,
        "info": ArticleInfo(item.uri, item.title, url=item.url),
        "alike": alike,
        "start": start,
        "paragraphs": shown,
        "article": [(each, _pieces(item, each, mark)) for each in shown if not _is_aside(each)],
        "aside": [(each, _pieces(item, each, mark)) for each in shown if _is_aside(each)],
        "at_once": PARAGRAPHS,
    }


def _is_aside(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph is of the page rather than of the article, or its title again."""
    return paragraph.role in (Role.HEADLINE, Role.SOURCE, Role.PROMO)


def _pieces(item: Article, paragraph: Paragraph, mark: str) -> list[tuple[str, bool]]:
    """Return a paragraph's text in pieces, each with whether it is marked."""
    text, spot = item.paragraph_text(paragraph), read_mark(mark)
    if spot is None:
        return [(text, False)]
    begin = max(spot[0] - paragraph.start, 0)
    end = min(spot[1] - paragraph.start, len(text))
    if begin >= end:
        return [(text, False)]
    pieces = [(text[:begin], False), (text[begin:end], True), (text[end:], False)]
    return [(piece, marked) for piece, marked in pieces if piece]


def describe_job(job: Job, words: Words) -> dict[str, Any]:
    """Return the values of a job's page: what it shows, and asks for again until it is over."""
    # Read once and first: a job that ends meanwhile is asked for once more, as it ended.
    over = job.is_over
    # What needs a look comes first once it is over; meanwhile the order is the work's.
    lines = sorted(job.lines, key=_urgency) if over else job.lines
    first = 0 if over else max(0, min(job.done, len(lines)) - LINES // 2)
    return {
        "job": job,
        "over": over,
        "state": describe_state(job, words),
        "left": describe_time_left(job.seconds_left(), words),
        "summary": _summarize(job, words),
        "lines": lines[first : first + LINES],
        "rest": max(0, len(lines) - LINES),
    }


def describe_state(job: Job, words: Words) -> str:
    """Return where a job is, in a line."""
    if job.waiting_for:
        return words.fill("job_waiting", who=job.waiting_for)
    if job.stage == "failed":
        return words.fill("job_failed", reason=words.reason(job.reason))
    counts = {"done": words.number(job.done), "total": words.number(job.total)}
    return words.fill(f"job_{job.stage}", **counts)


def describe_time_left(seconds: float | None, words: Words) -> str:
    """Return how long something will take yet, roughly; "" where that is not known.

    >>> describe_time_left(20, Words("en")), describe_time_left(200, Words("en"))
    ('less than a minute left', 'about 4 minutes left')
    """
    if seconds is None:
        return ""
    if seconds < 50:
        return words["left_seconds"]
    minutes = math.ceil(seconds / 60)
    if minutes < 90:
        return words.count("left_minutes", minutes)
    return words.count("left_hours", round(minutes / 60))


def _summarize(job: Job, words: Words) -> str:
    parts = []
    if job.kind == "add":
        numbers = {name: words.number(job.count(name)) for name in ("added", "updated")}
        skipped = sum(line.state in ("skipped", "refused") for line in job.lines)
        numbers |= {
            "unchanged": words.number(job.count("unchanged")),
            "duplicates": words.number(job.count("duplicate")),
            "skipped": words.number(skipped),
        }
        told = words.fill("job_sum", **numbers).rstrip(".").split(", ")
        some = [part for part in told if not part.startswith("0 ")] or told
        parts.append(f"{', '.join(some)}.")
    if job.kind == "remove":
        parts.append(words.count("job_removed", job.count("removed")))
    if job.embedded or job.kind == "embed":
        parts.append(words.count("job_embedded", job.embedded))
    return " ".join(parts)


def _urgency(line: JobLine) -> int:
    return _URGENT.index(line.state) if line.state in _URGENT else len(_URGENT)
