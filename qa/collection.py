"""A collection: the composition root that wires catalog, indexes, models and answering together."""

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Literal, Self

from corpus.catalog.database import Database, open_database
from corpus.errors import ArticleNotFound
from corpus.text.language import UNDETERMINED
from index.catalog_encoder import CatalogEncoder
from index.encoder import Encoder, SentenceTransformerEncoder
from index.facets import Facets, facets, gap
from index.filters import Day, Filters, Names
from index.search import MAX_QUESTION, checked_question
from qa.answering.answerability import DEFAULT_STRICTNESS, least_chance
from qa.answering.answerer import answer, refuse
from qa.answering.follow_up import Turn, completed
from qa.answering.question import Question, read_question
from qa.articles import MODEL_NAME_SETTING, Holdings
from qa.generation.generate import written
from qa.generation.protocol import GIVEN, Generator
from qa.generation.verification.verify import Verifier
from qa.options import Choice, check_number, several
from qa.reader import Reader, default_reader
from qa.results import (
    Answer,
    Explanation,
    FilterHint,
    Listed,
    Passage,
    RecognisedDate,
    Refusal,
)
from qa.retrieval.date_expressions import recognised
from qa.retrieval.explain import FORMULA, explained
from qa.retrieval.filter_suggestions import described, hint
from qa.retrieval.reading import READ, read_passages
from qa.retrieval.rerankers import DEPTH, model_named, reranked
from qa.retrieval.retriever import Finder
from qa.settings import Settings, load_settings
from qa.streaming import Event, Finished, Stage

log = logging.getLogger(__name__)

ENVIRONMENT = "ARTICLE_QA_COLLECTION"
DEFAULT_MODEL = "default"
"""Names the offline default model where another one would be taken."""


def default_folder() -> Path:
    """Return ARTICLE_QA_COLLECTION, or the collection in the user's data folder."""
    from platformdirs import user_data_path

    configured = os.environ.get(ENVIRONMENT)
    if configured:
        return Path(configured).expanduser()
    return user_data_path("article-qa") / "collection"


def open_collection(
    path: str | Path | None = None,
    *,
    create: bool = False,
    model: str | None = None,
    encoder: Encoder | None = None,
    config: Settings | str | Path | None = None,
) -> "Collection":
    """Open a collection.

    Args:
        path: its folder; by default ARTICLE_QA_COLLECTION, or one in the user's data folder.
        create: make the collection where there is none.
        model: a sentence-transformers name or folder; by default the one that the collection
            is embedded with, and the offline default model for a new one, which "default" also
            names.
        encoder: an encoder of your own in place of `model`.
        config: settings, or your settings file; by default they are looked for as
            `load_settings` says.

    Raises:
        SettingsError: a setting is unknown or impossible.
        CollectionNotFound: there is none, and `create` is False.
        CollectionNewer: a later version of article-qa wrote it.
        CollectionDamaged: its catalog cannot be read.
    """
    folder = default_folder() if path is None else Path(path).expanduser()
    settings = config if isinstance(config, Settings) else load_settings(folder, file=config)
    database = open_database(folder, create=create)
    if model and Path(model).expanduser().is_dir():
        model = str(Path(model).expanduser().resolve())
    name = model or database.setting(MODEL_NAME_SETTING) or None
    if name == DEFAULT_MODEL:
        name = None
    return Collection(database, folder, encoder or SentenceTransformerEncoder(name), name, settings)


class Collection(Holdings):
    """A folder that holds one catalog and its indexes; use `open_collection`.

    Everything is synchronous, and safe to call from several threads. The model is
    loaded when a question or an `add` first needs it.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        encoder: Encoder,
        model_name: str | None = None,
        settings: Settings | None = None,
    ) -> None:
        """Wire the parts; see `open_collection`."""
        super().__init__(database, folder, encoder, model_name)
        self.settings = settings or Settings()
        self._finder = Finder(database, encoder, self._sync)
        self._known = CatalogEncoder(encoder, self._store)
        self._reading = RLock()
        self._reader_known = False
        self._default_reader: Reader | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the collection's files; it cannot be used afterwards."""
        self._database.close()

    @property
    def generation(self) -> int:
        """Rises with every change of what can be found, whichever process makes it."""
        return self._database.generation

    def is_current(self) -> bool:
        """Say whether the indexes that are open hold all that the collection has.

        Where they are behind, the next question brings them up before it is answered.
        """
        return self._sync.generation == self._database.generation

    # Questions

    def warm_up(self) -> None:
        """Load the model and the indexes, so that the first question need not wait for them.

        Raises:
            ModelError: the model is missing or damaged.
            ModelMismatch: the collection is embedded with another model.
        """
        self.encoder.encode(["?"], "query")
        self._reader()
        self._sync.snapshot()

    def retrieve(
        self,
        question: str,
        k: int = 8,
        *,
        since: Day = None,
        until: Day = None,
        sources: Names = None,
        languages: Names = None,
        authors: Names = None,
        sections: Names = None,
        uris: Names = None,
        roles: Names = None,
        per_article: int | None = None,
        recency: str | float | None = None,
        diversity: float = 0.0,
        boost_dates: bool = False,
        rerank: bool | str | Path = False,
    ) -> list[Passage]:
        """Return the k passages closest to a question, the closest first.

        Args:
            question: in any language.
            k: how many, 1 to 1000; fewer come back only where fewer are found.
            since: only articles published on this day or later.
            until: only articles published on this day or earlier.
            sources: only these publishers; here and below one name or several.
            languages: only paragraphs in these languages (ISO 639-1).
            authors: only articles by one of these.
            sections: only these sections of the publisher's.
            uris: only these articles.
            roles: paragraphs of these roles in place of lead and body.
            per_article: at most so many passages of one article.
            recency: put what is new first: the time in which an article loses half of what
                it gains by being new, as "30d", "2w", "6m", "1y" or in days.
            diversity: from 0, the closest first, to 1, what repeats least first.
            boost_dates: put articles first that were published in the time that the
                question names ("2023", "seit März").
            rerank: True has the reader read the first ones and order them anew; a folder or
                name of a sentence-transformers CrossEncoder has that one. Both take longer.

        Raises:
            QuestionError: the question is empty or too long, or an option cannot be used.
            ModelMismatch: the collection is embedded with another model.
            ModelError: the cross-encoder is missing or damaged.
        """
        filters = {
            "since": since,
            "until": until,
            "sources": sources,
            "languages": languages,
            "authors": authors,
            "sections": sections,
            "uris": uris,
            "roles": roles,
            "per_article": per_article,
            "recency": recency,
            "diversity": diversity,
            "boost_dates": boost_dates,
        }
        return Listed(self.retrieve_many([question], k, rerank=rerank, **filters)[0])

    def retrieve_many(
        self,
        questions: Sequence[str],
        k: int = 8,
        *,
        rerank: bool | str | Path = False,
        **filters: Any,
    ) -> list[list[Passage]]:
        """Retrieve for several questions at once, which is quicker than one by one.

        Args:
            questions: each in any language.
            k: how many passages for each.
            rerank: as for `retrieve`.
            filters: those of `retrieve`, for all questions.

        Returns:
            For each question what `retrieve` returns.

        Raises:
            QuestionError: a question is empty or too long, or an option cannot be used.
            ModelMismatch: the collection is embedded with another model.
            ModelError: the cross-encoder is missing or damaged.
        """
        choice = Choice.of(filters)
        check_number("k", k)
        model = model_named(rerank)
        texts = [checked_question(question) for question in several(questions)]
        reader = self._reader() if rerank is True else None
        deeper = READ if reader is not None else DEPTH if model else 0
        found = self._finder.find_many(texts, max(k, deeper), choice)
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
                reranked(text, item, model) for text, item in zip(texts, passages, strict=True)
            ]
        return [list(item[:k]) for item in passages]

    def retrieve_each(
        self, questions: Iterable[str], k: int = 8, *, together: int = 32, **options: Any
    ) -> Iterator[list[Passage]]:
        """Yield what `retrieve` returns for each question, in their order.

        Args:
            questions: taken as they are needed, `together` at a time, so that they may be many.
            k: how many passages for each.
            together: how many are searched for at once.
            options: those of `retrieve_many`, for all questions.

        Raises:
            QuestionError: as `retrieve`, when the question's turn comes.
        """
        check_number("together", together)
        waiting = iter(several(questions))
        while some := list(islice(waiting, together)):
            yield from map(Listed, self.retrieve_many(some, k, **options))

    def ask_each(self, questions: Iterable[str], **options: Any) -> Iterator[Answer]:
        """Yield the answer to each question, in their order, each by itself.

        Args:
            questions: taken as they are needed.
            options: those of `ask`, for all questions.

        Raises:
            QuestionError: as `ask`, when the question's turn comes.
        """
        for question in several(questions):
            yield self.ask(question, **options)

    def explain(self, question: str, k: int = 8, **filters: Any) -> Explanation:
        """Retrieve, and explain how each passage came by its rank.

        Args:
            question: in any language.
            k: how many passages.
            filters: those of `retrieve`.

        Raises:
            QuestionError: the question is empty or too long, or an option cannot be used.
            ModelMismatch: the collection is embedded with another model.
        """
        choice = Choice.of(filters)
        check_number("k", k)
        text = checked_question(question)
        found = self._finder.find(text, k, choice)
        there = self.facets(**filters)
        return Explanation(
            text,
            found.question.language if found else UNDETERMINED,
            FORMULA,
            described(choice.filters),
            there.paragraphs,
            self._catalog.counts()["paragraphs"],
            self.recognised_dates(text),
            explained(found) if found else (),
        )

    def facets(self, **filters: Any) -> Facets:
        """Count the articles by source, language, section and author, and say their dates.

        Args:
            filters: those of `retrieve`; only articles with passages that meet them count.

        Raises:
            QuestionError: a filter cannot be used.
        """
        with self._database.transaction(write=False):
            return facets(
                self._catalog, self._catalog.paragraph_table(), Choice.of(filters).filters
            )

    def filter_hint(self, *, language: str = "en", **filters: Any) -> FilterHint | None:
        """Say why filters match nothing and what is nearest; None where they match something.

        Args:
            language: of the hint's text: "en" or "de".
            filters: those of `retrieve`.

        Raises:
            QuestionError: a filter cannot be used.
        """
        chosen = Choice.of(filters).filters
        with self._database.transaction(write=False):
            found = gap(self._catalog, self._catalog.paragraph_table(), chosen)
        return None if found is None else hint(found, chosen, language)

    def recognised_dates(
        self, question: str, today: date | None = None
    ) -> tuple[RecognisedDate, ...]:
        """Return the times that a question names, as filters could be set by them.

        None of them is set by itself: `retrieve` and `ask` find what they would without.

        Args:
            question: German or English.
            today: the day that "last week" is counted from; by default the present one.
        """
        return recognised(question, today or date.today())

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        k: int = 8,
        strictness: str = DEFAULT_STRICTNESS,
        generator: Generator | Literal[False] | None = None,
        strict: bool | None = None,
        **filters: Any,
    ) -> Answer:
        """Answer a question from the articles, each sentence with its citation, or refuse.

        Args:
            question: in any language.
            history: earlier answers of the conversation, or {"role", "content"} messages; a
                question that leans on the last one is completed from it.
            k: how many passages to look for the answer in.
            strictness: "lenient", "balanced" or "strict": how sure an answer must be to be given.
            generator: a language model to write the answer; by default that of the settings,
                if they name an endpoint. False: none. What the articles do not support is
                refused without asking it.
            strict: leave out its sentences that are not supported; by default as set.
            filters: those of `retrieve`.

        Raises:
            QuestionError: the question is empty or too long, or an option cannot be used.
            ModelMismatch: the collection is embedded with another model.
            SettingsError: the settings name an endpoint that cannot be used as they stand.
        """
        options: dict[str, Any] = {
            "k": k, "strictness": strictness, "generator": generator, "strict": strict, **filters,
        }  # fmt: skip
        *_, last = self.ask_stream(question, history, **options)
        assert isinstance(last, Finished)
        return last.answer

    def ask_stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        k: int = 8,
        strictness: str = DEFAULT_STRICTNESS,
        generator: Generator | Literal[False] | None = None,
        strict: bool | None = None,
        **filters: Any,
    ) -> Iterator[Event]:
        """Answer as `ask` does, and yield what happens meanwhile; the last event is `Finished`.

        What cannot be asked raises at once, not when the first event is taken. Closing the
        iterator stops a language model.
        """
        least_chance(strictness)  # an unknown one is refused before any work
        asked = checked_question(question)
        text = completed(asked, history, self._has)
        if len(text) > MAX_QUESTION:
            text = asked
        check_number("k", k)
        choice = Choice.of(filters)
        if generator is None:
            generator = self._generator()
        strict = self.settings.strict if strict is None else strict
        return self._answered(
            asked, read_question(text), k, choice, generator or None, strictness, strict
        )

    # Inside

    def _answered(
        self,
        asked: str,
        question: Question,
        k: int,
        choice: Choice,
        generator: Generator | None,
        strictness: str,
        strict: bool,
    ) -> Iterator[Event]:
        yield Stage("searching")
        found = self._finder.find(question.text, k, choice)
        if found is None:
            yield Finished(replace(refuse(question, Refusal.EMPTY, ()), asked=asked))
            return
        yield Stage("reading")
        reader, article = self._reader(), self._catalog.article
        given = answer(question, found, self._known, article, reader, strictness)
        if given.refusal is Refusal.FILTERED:
            given = self._with_hint(given, choice.filters)
        given = replace(given, asked=asked, dates=question.times)
        if generator is None or not given.answered:
            yield Finished(given)
            return
        yield Stage("writing")
        spread = found.snapshot.spread
        passages = given.passages[:GIVEN]
        verifier = Verifier(given.question, passages, self._known, spread, self._reader())
        yield from written(
            given,
            generator,
            verifier,
            self._catalog.article,
            strict=strict,
            timeout_s=self.settings.timeout_s,
        )

    def _generator(self) -> Generator | None:
        """Return the settings' language model, or None where they name no endpoint."""
        if not self.settings.endpoint:
            return None
        from qa.generation.openai_client import generator_of

        return generator_of(self.settings)

    def _has(self, uri: str) -> bool:
        try:
            self._catalog.article(uri)
        except ArticleNotFound:
            return False
        return True

    def _reader(self) -> Reader | None:
        """Return the reader that fits the encoder, loaded once; None where there is none."""
        with self._reading:
            if not self._reader_known:
                self._default_reader = default_reader(self.encoder)
                self._reader_known = True
            return self._default_reader

    def _with_hint(self, refused: Answer, filters: Filters) -> Answer:
        """Say in a refusal which filter matches nothing, and what is nearest."""
        with self._database.transaction(write=False):
            found = gap(self._catalog, self._catalog.paragraph_table(), filters)
        if found is None:
            return refused
        nearest = hint(found, filters, refused.language).text
        return replace(refused, text=f"{refused.reason} {nearest}")
