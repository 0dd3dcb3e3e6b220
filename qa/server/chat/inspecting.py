"""The page that shows how a question finds its passages: scores, matched terms, and their fate."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from corpus.errors import ArticleQAError
from qa.results import Answer, Explanation, Passage, PassageExplanation, Term
from qa.retrieval.reading import READ, key
from qa.server.chat.render import clip_end, escape
from qa.server.chat.warming import WarmUp
from qa.server.frame import button, el, field, form, notice, page, reply
from qa.server.library.pages import title_of
from qa.server.links import article_link
from qa.server.page_routes import query_of, shown
from qa.server.page_words import PageWords

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.collection import Collection

USUAL = 10
MOST = 50
"""Passages on the page."""
_TEXT = 400
_PARTS = ("dense", "sentence", "lexical", "coverage", "boost")


class Inspect:
    """The page at `/inspect`."""

    def __init__(self, collection: "Collection", warm_up: WarmUp | None = None) -> None:
        self.collection = collection
        self.warm_up = warm_up

    def add_routes(self, app: "FastAPI") -> None:
        """Open the page."""
        route: Any = app.add_route
        route("/inspect", shown(self.inspect))

    async def inspect(self, request: Request, words: PageWords) -> Response:
        """Show a question's passages."""
        question = request.query_params.get("q", "")
        k = _number(request.query_params.get("k", ""))
        body = el("p", escape(words["inspect_intro"]), class_="hint")
        if self.warm_up is not None and self.warm_up.state == "loading":
            body += notice(words["inspect_loading"])
        body += _form(question, k, words)
        status = 200
        if question.strip():
            try:
                found = await run_in_threadpool(self._found, question, k)
            except ArticleQAError as error:
                body, status = body + notice(str(error), "problem"), 400
            else:
                body += result(*found, words)
        else:
            body += el("p", escape(words["inspect_empty"]))
        query = query_of(request)
        return reply(page(words["inspect"], body, words, "/inspect", query=query), status)

    def _found(self, question: str, k: int) -> tuple[Explanation, Answer]:
        explanation = self.collection.explain(question, k)
        # The passages as they are answered from; what a language model writes is another matter.
        return explanation, self.collection.ask(question, k=k, generator=False)


def result(explanation: Explanation, answer: Answer, words: PageWords) -> str:
    """Return what was found for a question, and what became of it, as HTML."""
    most = max((item.passage.score for item in explanation.passages), default=1.0)
    read = {key(passage): passage for passage in answer.passages}
    items = [
        _candidate(item, read.get(key(item.passage)), answer, max(most, 0.01), words)
        for item in explanation.passages
    ]
    candidates = ""
    if items:
        candidates = (
            el("h2", escape(words["candidates"]))
            + el("p", escape(words["score_hint"]), class_="hint")
            + el("ol", *items, class_="candidates")
        )
    return _verdict(answer, words) + _how(explanation, words) + candidates


def fate(passage: Passage, read: Passage | None, answer: Answer, words: PageWords) -> str:
    """Return what became of a passage, in words.

    Args:
        passage: as retrieval ranked it.
        read: the same one as the answer has it, with the reader's scores.
        answer: the answer to the question.
        words: the interface's.
    """
    markers = sorted(
        {item.marker for item in answer.citations if key(item.passage) == key(passage)}
    )
    if markers:
        return words.fill("fate_cited", markers=", ".join(f"[{number}]" for number in markers))
    some_read = any("answerable" in item.scores for item in answer.passages)
    if some_read and (read is None or "answerable" not in read.scores):
        said = words.fill("fate_unread", n=READ)
    elif answer.answered:
        said = words["fate_read" if some_read else "fate_unused"]
    else:
        said = words["fate_nearest" if read is not None and read.rank == 1 else "fate_refused"]
    if read is not None and read.rank != passage.rank:
        said += " · " + words.fill("fate_moved", rank=read.rank)
    return said


def _form(question: str, k: int, words: PageWords) -> str:
    box = el("input", type="search", name="q", id="q", value=question, required=True)
    number = el("input", type="number", name="k", id="k", value=str(k), min="1", max=str(MOST))
    return form(
        "/inspect",
        field(words["inspect_question"], box, "q"),
        field(words["inspect_k"], number, "k"),
        el("p", button(words["inspect_go"], kind="strong"), class_="row"),
        post=False,
        class_="ask",
        role="search",
    )


def _verdict(answer: Answer, words: PageWords) -> str:
    percent = round(100 * answer.confidence)
    title = words["answer" if answer.answered else "refused"]
    text = answer.text if answer.answered else answer.reason or answer.text
    return el(
        "section",
        el("h2", escape(title)),
        el("p", escape(text), class_="text", lang=_lang(answer.language)),
        el("p", escape(words.fill("chance", percent=percent)), class_="hint"),
        class_="panel verdict",
    )


def _how(explanation: Explanation, words: PageWords) -> str:
    language = explanation.language
    name = words["unsure"] if language == "und" else words.language_name(language)
    searched = words.fill(
        "of",
        n=words.number(explanation.searched),
        all=words.number(explanation.paragraphs),
    )
    facts = [
        (words["question_language"], escape(name)),
        (words["searched"], escape(searched)),
        (words["formula"], escape(explanation.formula)),
        (words["terms"], _terms(explanation, words)),
        (words["dates"], escape(", ".join(item.text for item in explanation.dates))),
    ]
    rows = [el("div", el("dt", escape(label)), el("dd", value)) for label, value in facts if value]
    return el("h2", escape(words["how"])) + el("dl", *rows, class_="facts")


def _terms(explanation: Explanation, words: PageWords) -> str:
    known: dict[str, Term] = {}
    for item in explanation.passages:
        if not item.foreign:
            known |= {term.text: term for term in item.terms if term.text not in known}
    if not known:
        return ""
    items = [
        el("li", escape(f"{term.text} {words.decimal(term.rarity)}")) for term in known.values()
    ]
    hint = el("span", escape(words["terms_hint"]), class_="hint")
    return el("ul", *items, class_="terms") + hint


def _candidate(
    item: PassageExplanation, read: Passage | None, answer: Answer, most: float, words: PageWords
) -> str:
    passage = item.passage
    info = passage.article
    what = fate(passage, read, answer, words)
    kind = "cited" if any(key(c.passage) == key(passage) for c in answer.citations) else ""
    judged = read is not None and "answerable" in read.scores
    kind = kind or ("refused" if judged and not answer.answered else "")
    link = el(
        "a",
        escape(title_of(info, words)),
        href=article_link(info.uri, passage.paragraph),
        lang=_lang(info.language),
    )
    where = (info.source, words.date(info.published), words.fill("paragraph", n=passage.paragraph))
    line = " · ".join(filter(None, where))
    return el(
        "li",
        el("span", escape(str(passage.rank)), class_="rank"),
        el(
            "div",
            el("h3", link),
            el("p", escape(line), class_="line"),
            el("p", escape(clip_end(passage.text, _TEXT)), class_="text",
               lang=_lang(passage.language)),
            _matched(item, words),
            _collapsed(passage, words),
            el("p", escape(what), class_=f"fate {kind}".strip()),
        ),
        el("div", _scores(item, read, most, words), class_="scores"),
    )  # fmt: skip


def _matched(item: PassageExplanation, words: PageWords) -> str:
    if item.foreign:
        return el("p", escape(words["foreign_passage"]), class_="where")
    held = ", ".join(term.text for term in item.terms if term.held)
    lacking = ", ".join(term.text for term in item.terms if not term.held)
    parts = [words.fill("matched", terms=held)] if held else []
    parts += [words.fill("unmatched", terms=lacking)] if lacking else []
    return el("p", escape(" · ".join(parts)), class_="where") if parts else ""


def _collapsed(passage: Passage, words: PageWords) -> str:
    if not passage.also_in:
        return ""
    links = [
        el(
            "a",
            escape(", ".join(filter(None, (title_of(info, words), info.source)))),
            href=article_link(info.uri),
        )
        for info in passage.also_in
    ]
    text = escape(words.count("collapsed", len(links)) + " ")
    return el("p", text, "; ".join(links), class_="where")


def _scores(item: PassageExplanation, read: Passage | None, most: float, words: PageWords) -> str:
    passage = item.passage
    raw = _raw(passage.scores, words)
    rows = [
        _score(words[f"score_{name}"], item.parts[name], most, words, raw.get(name, ""))
        for name in _PARTS
        if name in item.parts
    ]
    rows.append(_score(words["score_total"], passage.score, most, words, kind="sum"))
    if read is not None and "answerable" in read.scores:
        percent = words.percent(read.scores["answerable"])
        cells = [el("td", escape(percent)), el("td", _track(read.scores["answerable"]))]
        rows.append(el("tr", el("th", escape(words["score_reader"]), scope="row"), *cells))
    caption = el("caption", escape(words["scores"]), class_="unseen")
    return el("table", caption, el("tbody", *rows))


def _raw(scores: Mapping[str, float], words: PageWords) -> dict[str, str]:
    """Return what a part was made of, where that is a figure people know."""
    found = {}
    if "dense" in scores:
        found["dense"] = f"{words['score_cosine']} {words.decimal(scores['dense'])}"
    if "lexical" in scores:
        found["lexical"] = f"{words['score_bm25']} {words.decimal(scores['lexical'])}"
    if "coverage" in scores:
        found["coverage"] = words.percent(scores["coverage"])
    return found


def _score(
    label: str, value: float, most: float, words: PageWords, raw: str = "", *, kind: str = ""
) -> str:
    small = el("span", escape(f" {raw}"), class_="hint") if raw else ""
    return el(
        "tr",
        el("th", escape(label), small, scope="row"),
        el("td", escape(words.decimal(value))),
        el("td", _track(value / most), class_="bar"),
        class_=kind or None,
    )


def _track(share: float) -> str:
    width = f"width:{100 * min(max(share, 0.0), 1.0):.0f}%"
    return el("span", el("i", style=width), class_="track", aria_hidden="true")


def _lang(code: str) -> str | None:
    return None if code == "und" else code


def _number(text: str) -> int:
    return min(max(int(text), 1), MOST) if text.isascii() and text.isdigit() and text[4:] == "" \
        else USUAL  # fmt: skip
