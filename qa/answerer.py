"""Questions to a collection: passages found, ranked and explained, and answers with citations."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from threading import RLock

from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.embeddings import EmbeddingStore
from corpus.catalog.selection import Filters
from corpus.catalog.statistics import count_rows
from corpus.text.language import UNDETERMINED
from index.encoder import CatalogEncoder, Encoder
from index.facets import Facets, facets, gap
from index.search import check_question
from index.store.keeper import IndexKeeper
from qa.answering.answerability import DEFAULT_STRICTNESS, STRICT, band, least_chance
from qa.answering.answerer import answer, refuse
from qa.answering.context import Turn, read_context
from qa.answering.digest.digester import DEPTH as DEPTH_OF_DIGEST
from qa.answering.digest.digester import DIGEST_KINDS, TIMELINE, Digester
from qa.answering.kinds import COUNT, FACT, META, TALK, check_kind
from qa.answering.question import Question, read_question
from qa.answering.question_model import kind_of, needs_conversation
from qa.answering.sentences import Found
from qa.answering.talk.catalog_answers import CatalogAnswers
from qa.answering.talk.replies import reply
from qa.answering.talk.suggestions import Suggester
from qa.generation.generate import given_passages, write_answer
from qa.generation.protocol import Generator
from qa.generation.verification.verify import Verifier
from qa.options import AskOptions, Choice, SearchOptions, check_number, several
from qa.reader import Reader, default_reader
from qa.results import Answer, Explanation, FilterHint, Passage, Refusal
from qa.retrieval.date_expressions import recognise_dates
from qa.retrieval.explain import FORMULA, explain_ranks
from qa.retrieval.filter_suggestions import describe_filters, hint
from qa.retrieval.reading import READ, read_passages
from qa.retrieval.rerankers import DEPTH, model_named, rerank_passages
from qa.retrieval.retriever import Finder
from qa.settings import Settings
from qa.streaming import Event, Finished, Stage

_OF_FACTS = frozenset(("list", "several", "compare"))
"""Kinds of digest of which a sentence that surely answers shows that a story is the one meant."""

_LISTS = frozenset(("list", "several"))
"""Those that ask for facts, of which reading tells how sure they are."""


class Answerer:
    """Retrieves from one collection and answers; `qa.Collection` says what its methods take."""

    def __init__(
        self, database: Database, encoder: Encoder, sync: IndexKeeper, settings: Settings
    ) -> None:
        """Take the collection's parts; the models are loaded when they are needed."""
        self.settings = settings
        self.finder = Finder(database, encoder, sync)
        self._database = database
        self._catalog = Catalog(database)
        self._encoder = encoder
        self._sync = sync
        self._known = CatalogEncoder(encoder, EmbeddingStore(database))
        self._digester = Digester(self.finder, self._catalog, self._known)
        self._of_catalog = CatalogAnswers(database, self.finder.find)
        self._suggester = Suggester(database)
        self._reading = RLock()
        self._reader_known = False
        self._default_reader: Reader | None = None

    def warm_up(self) -> None:
        """Load the models and the indexes."""
        self._encoder.encode(["?"], "query")
        self._reader()
        self._sync.snapshot()

    def retrieve(
        self, questions: Sequence[str], k: int, rerank: bool | str | Path, options: SearchOptions
    ) -> list[list[Passage]]:
        """Return the k passages closest to each question, the closest first."""
        choice = Choice.of(options)
        check_number("k", k)
        model = model_named(rerank)
        texts = [check_question(question) for question in several(questions)]
        reader = self._reader() if rerank is True else None
        deeper = READ if reader is not None else DEPTH if model else 0
        found = self.finder.find_many(texts, max(k, deeper), choice)
        if found is None:
            return [[] for _ in texts]
        passages = [item.passages for item in found]
        if reader is not None:
            passages = [
                read_passages(text, item, reader)[0] if item else ()
                for text, item in zip(texts, passages, strict=True)
            ]
        elif model:
            passages = [
                rerank_passages(text, item, model)
                for text, item in zip(texts, passages, strict=True)
            ]
        return [list(item[:k]) for item in passages]

    def explain(self, question: str, k: int, options: SearchOptions) -> Explanation:
        """Retrieve, and explain how each passage came by its rank."""
        choice = Choice.of(options)
        check_number("k", k)
        text = check_question(question)
        found = self.finder.find(text, k, choice)
        return Explanation(
            text,
            found.question.language if found else UNDETERMINED,
            FORMULA,
            describe_filters(choice.filters),
            self.facets(options).paragraphs,
            count_rows(self._database)["paragraphs"],
            recognise_dates(text, date.today()),
            explain_ranks(found) if found else (),
        )

    def facets(self, options: SearchOptions) -> Facets:
        """Count the articles with passages that meet the filters."""
        with self._database.transaction(write=False):
            return facets(self._database, Choice.of(options).filters)

    def filter_hint(self, options: SearchOptions, language: str) -> FilterHint | None:
        """Say why filters match nothing; None where they match something."""
        return self._hint(Choice.of(options).filters, language)

    def suggest(self, language: str | None, after: Answer | None, most: int) -> tuple[str, ...]:
        """Return questions that the articles can answer."""
        language = language or self._of_catalog.expected_language()
        return self._suggester.suggest(language, after, most=most)

    def answer(
        self, question: str, history: Sequence[Turn], k: int, options: AskOptions
    ) -> Iterator[Event]:
        """Answer step by step; what cannot be asked raises before the first step."""
        others = options.copy()
        strictness = others.pop("strictness", DEFAULT_STRICTNESS)
        generator = others.pop("generator", None)
        strict = others.pop("strict", None)
        kind = others.pop("kind", None)
        language = others.pop("language", None)
        least_chance(strictness)  # an unknown one is refused before any work
        if kind is not None:
            check_kind(kind)
        asked = check_question(question)
        leans = partial(needs_conversation, self._encoder)
        context = read_context(asked, history, leans, self._catalog.has)
        check_number("k", k)
        choice = Choice.of(others)
        if generator is None:
            generator = self._generator()
        strict = self.settings.strict if strict is None else strict
        question_read = read_question(asked, context=context)
        return self._stream_answer(
            question_read, k, choice, generator or None, strictness, strict, kind, language
        )

    def _stream_answer(
        self,
        question: Question,
        k: int,
        choice: Choice,
        generator: Generator | None,
        strictness: str,
        strict: bool,
        kind: str | None,
        language: str | None,
    ) -> Iterator[Event]:
        yield Stage("searching")
        if not self._catalog.is_empty():  # else no model is loaded to tell the kind
            question = replace(question, kind=kind or kind_of(self._encoder, question.text))
        depth = max(k, DEPTH_OF_DIGEST) if question.kind in DIGEST_KINDS else k
        found = self.finder.find(question.in_context, depth, choice)
        if language and (found is None or not found.passages or question.kind in TALK):
            question = question.with_language(language)
        if found is None:
            refused = refuse(question, Refusal.EMPTY, ())
            yield Finished(replace(refused, kind=kind or FACT))
            return
        yield Stage("reading")
        given = self._answer_kind(question, found, choice, strictness, is_told=kind is not None)
        if given.refusal is Refusal.FILTERED:
            given = self._with_hint(given, choice.filters)
        near = [] if given.answered else [passage.article for passage in found.passages[:1]]
        suggested = self._suggester.suggest(given.language, given, near)
        given = replace(given, dates=question.times, suggestions=suggested)
        if generator is None or not given.sentences or question.kind == TIMELINE:
            # Of a timeline the days and their order matter, not how it is worded.
            yield Finished(given)
            return
        yield Stage("writing")
        spread = found.index.spread
        verifier = Verifier(
            question.text, given_passages(given), self._known, spread, self._reader()
        )
        yield from write_answer(
            given,
            generator,
            verifier,
            self._catalog.article,
            strict=strict,
            timeout_s=self.settings.timeout_s,
        )

    def _answer_kind(
        self, question: Question, found: Found, choice: Choice, strictness: str, *, is_told: bool
    ) -> Answer:
        """Answer in the way that the kind of question asks for, without a language model.

        A kind that was recognised may be wrong: it costs no answer that the articles surely give.
        """
        if question.kind in TALK:
            quoted = None if is_told else self._quote_anyway(question, found, choice)
            return quoted or reply(question, self._of_catalog.expected_language())
        if question.kind in (META, COUNT):
            given = self._of_catalog.answer(question, choice)
            if given and (given.answered or is_told):
                return given
        quoted = self._quote(question, found, choice, strictness)
        if question.kind in _OF_FACTS and not is_told:
            fact = self._quote(replace(question, kind=FACT), found, choice, STRICT)
            if quoted.answered and question.kind in _LISTS:
                # That articles are on the topic does not make them answer.
                sure = min(quoted.confidence, fact.confidence)
                quoted = replace(quoted, confidence=sure)
            elif fact.answered and not quoted.answered:
                again = self._digester.answer(
                    question, found, choice, self._reader(), is_known=True
                )
                quoted = again if again.answered else fact
        return quoted if quoted.answered else self._look_up(question, found, choice, quoted)

    def _look_up(self, question: Question, found: Found, choice: Choice, refused: Answer) -> Answer:
        """Return what the catalog knows where the articles do not answer; else the refusal."""
        is_meta = question.kind == META
        given = self._of_catalog.answer(question, choice, loosely=is_meta)
        if given and (given.answered or is_meta):
            return given
        countable = self._of_catalog.count_topic(question, found) if question.kind == COUNT else ""
        return replace(refused, text=" ".join(filter(None, (refused.text, countable))))

    def _quote_anyway(self, question: Question, found: Found, choice: Choice) -> Answer | None:
        """Return what answers a question that was taken for small talk, or None.

        A follow-up seldom is small talk ("Weswegen?"); anything else must be answered surely.
        """
        given = self._quote(replace(question, kind=FACT), found, choice, DEFAULT_STRICTNESS)
        if question.context:
            return given if given.answered else None
        return given if given.short and band(given.confidence) == "high" else None

    def _quote(self, question: Question, found: Found, choice: Choice, strictness: str) -> Answer:
        """Answer without a language model, in the way that the kind of question asks for."""
        if question.kind in DIGEST_KINDS:
            return self._digester.answer(question, found, choice, self._reader())
        return answer(
            question, found, self._known, self._catalog.article, self._reader(), strictness
        )

    def _generator(self) -> Generator | None:
        """Return the settings' language model, or None where they name no endpoint."""
        if not self.settings.endpoint:
            return None
        from qa.generation.openai_client import generator_of

        return generator_of(self.settings)

    def _reader(self) -> Reader | None:
        """Return the reader that fits the encoder, loaded once; None where there is none."""
        with self._reading:
            if not self._reader_known:
                self._default_reader = default_reader(self._encoder)
                self._reader_known = True
            return self._default_reader

    def _with_hint(self, refused: Answer, filters: Filters) -> Answer:
        """Say in a refusal which filter matches nothing, and what is nearest."""
        found = self._hint(filters, refused.language)
        return replace(refused, text=f"{refused.reason} {found.text}") if found else refused

    def _hint(self, filters: Filters, language: str) -> FilterHint | None:
        with self._database.transaction(write=False):
            found = gap(self._database, filters)
        return None if found is None else hint(found, filters, language)
