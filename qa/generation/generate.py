"""A language model's sentences to an answer: checked one by one, or given up for reading."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

from corpus.article import Article
from corpus.errors import ArticleNotFound
from qa.answering.citations import holds, order_citations
from qa.generation.parsing import (
    MOST_CHARACTERS,
    Written,
    is_border,
    is_unfinished,
    sentences,
    without_thoughts,
)
from qa.generation.prompts import DECLINES, message
from qa.generation.protocol import GIVEN, Generator, GeneratorError, messages
from qa.generation.verification.verify import Verdict, Verifier
from qa.results import Answer, Citation, Passage, Sentence
from qa.retrieval.reading import Key, key
from qa.streaming import Checked, Event, Finished, Piece

log = logging.getLogger(__name__)


def write_answer(
    read: Answer,
    generator: Generator,
    verifier: Verifier,
    article: Callable[[str], Article],
    *,
    strict: bool = False,
    timeout_s: float = 0.0,
) -> Iterator[Event]:
    """Have a language model answer from the passages of an answer by reading.

    Args:
        read: what to fall back to; its first passages are what the language model is given, and
            of a digest those that it cites, in its order.
        generator: the language model.
        verifier: of the same passages, in the same order.
        article: returns an article by its URI; every quote is checked against it.
        strict: leave unsupported sentences out instead of marking them.
        timeout_s: for the message that tells of it.
    """
    draft = _Draft(read, verifier, article)
    question = f"{read.context} {read.question}".strip()
    given, many = given_passages(read), read.digest is not None
    pieces = generator.write(messages(question, given, read.language, many=many))
    try:
        yield from _check_pieces(draft, pieces)
        answer = draft.answer(generator.name, strict=strict)
    except GeneratorError as exc:
        log.info("the language model %s was not used: %s", generator.name, exc)
        answer = _fall_back(read, generator.name, exc, timeout_s)
    finally:
        # Whoever stops listening stops the language model.
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
    yield Finished(answer)


def given_passages(read: Answer) -> tuple[Passage, ...]:
    """Return the passages of an answer by reading that a language model is given."""
    if read.digest is None:
        return read.passages[:GIVEN]
    return read.passages[: len({citation.marker for citation in read.citations})]


def _check_pieces(draft: "_Draft", pieces: Iterator[str]) -> Iterator[Event]:
    """Pass pieces on as they come, and each sentence once the next one has begun."""
    count = 0
    for piece in pieces:
        shown = draft.add(piece)
        if shown:
            yield Piece(shown)
        if is_border(piece, draft.text):
            sentences_so_far = draft.sentences(complete=False)
            yield from map(Checked, sentences_so_far[count:])
            count = max(count, len(sentences_so_far))
    yield from map(Checked, draft.sentences(complete=True)[count:])


def _fall_back(read: Answer, name: str, exc: GeneratorError, timeout_s: float) -> Answer:
    language = read.language
    reason = message(exc.failure, language, detail=exc.detail, timeout_s=timeout_s)
    note = message("fallback", language, model=name, reason=reason)
    return replace(read, notes=(*read.notes, note))


class _Draft:
    """What a language model has written so far, and what the checks say of it."""

    def __init__(self, read: Answer, verifier: Verifier, article: Callable[[str], Article]) -> None:
        self.text = ""
        self._visible = ""
        self._read = read
        self._verifier = verifier
        self._article = article
        self._verdicts: dict[Written, Verdict] = {}

    def add(self, piece: str) -> str:
        """Take a piece; return what of it is to be seen, which thoughts are not."""
        self.text = (self.text + piece)[: 4 * MOST_CHARACTERS]
        before, self._visible = self._visible, without_thoughts(self.text)
        return self._visible.removeprefix(before) if self._visible.startswith(before) else ""

    def sentences(self, *, complete: bool) -> list[Sentence]:
        """Return the sentences that are there, checked, with markers from 1 in their order.

        Raises:
            GeneratorError: one cites a source that was not given.
        """
        numbers: dict[Key, int] = {}
        found = []
        for item in self._split_sentences(complete=complete):
            verdict = self._verdict(item)
            citations = self._citations(verdict, numbers)
            if verdict.supported and citations is None:
                verdict = Verdict("quote")
            found.append(
                Sentence(
                    item.text,
                    citations or (),
                    verdict.supported,
                    self._reason(verdict),
                )
            )
        return found

    def answer(self, name: str, *, strict: bool) -> Answer:
        """Return the whole as an answer.

        Raises:
            GeneratorError: there is nothing in it that is supported.
        """
        read = self._read
        visible = self._visible.strip()
        if not sentences(visible, read.language):
            raise GeneratorError("empty")
        if len(visible) < 80 and any(words in visible.upper() for words in DECLINES):
            raise GeneratorError("declined")
        found = self.sentences(complete=True)
        supported = [sentence for sentence in found if sentence.supported]
        if not supported:
            raise GeneratorError("unsupported")
        notes = list(read.notes)
        if self._is_cut():
            notes.append(message("shortened", read.language))
        if strict and len(supported) < len(found):
            count = len(found) - len(supported)
            notes.append(message("dropped", read.language, count=count))
        kept = supported if strict else found
        whole = " ".join(sentence.text for sentence in supported).casefold()
        return replace(
            read,
            text=self._mark(kept),
            short=read.short if read.short.casefold() in whole else "",
            sentences=tuple(kept),
            citations=order_citations(kept),
            note="",
            differs=(),
            notes=tuple(notes),
            model=name,
        )

    def _split_sentences(self, *, complete: bool) -> list[Written]:
        found = _drop_repeated(sentences(self._visible, self._read.language, complete=complete))
        if complete and len(found) > 1 and self._is_cut() and not found[-1].markers:
            return found[:-1]
        return found

    def _is_cut(self) -> bool:
        if len(self._visible) >= MOST_CHARACTERS:
            return True
        last = sentences(self._visible, self._read.language)[-1:]
        return bool(last) and not last[0].markers and is_unfinished(self._visible)

    def _verdict(self, item: Written) -> Verdict:
        if item not in self._verdicts:
            self._verdicts[item] = self._verifier.check(item.text, item.markers)
        verdict = self._verdicts[item]
        if verdict.reason == "invented":
            # Who makes a source up is not trusted with the rest.
            raise GeneratorError("invents")
        return verdict

    def _citations(self, verdict: Verdict, numbers: dict[Key, int]) -> tuple[Citation, ...] | None:
        """Return a sentence's citations; None where a quote is no longer in its article."""
        found = []
        for quote in verdict.quotes:
            marker = numbers.get(key(quote.passage), len(numbers) + 1)
            citation = Citation(marker, quote.passage, quote.text, quote.start, quote.end)
            try:
                if not holds(citation, self._article(quote.passage.article.uri)):
                    return None
            except ArticleNotFound:
                return None
            numbers[key(quote.passage)] = marker
            found.append(citation)
        return tuple(found)

    def _reason(self, verdict: Verdict) -> str:
        if verdict.supported:
            return ""
        return message(verdict.reason, self._read.language, detail=verdict.detail)

    def _mark(self, kept: list[Sentence]) -> str:
        """Write the sentences as one text; one that is not supported says so."""
        mark = message("mark", self._read.language)
        parts = []
        for sentence in kept:
            markers = dict.fromkeys(f"[{item.marker}]" for item in sentence.citations)
            parts.append(" ".join([sentence.text, *(markers if sentence.supported else [mark])]))
        return " ".join(parts)


def _drop_repeated(found: list[Written]) -> list[Written]:
    """Leave out what is written again, word for word: small models go round in circles."""
    once: dict[str, Written] = {}
    for item in found:
        once.setdefault(item.text.casefold(), item)
    return list(once.values())
