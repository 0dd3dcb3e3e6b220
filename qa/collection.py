"""A collection: the composition root that wires catalog, indexes, models and answering together."""

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import RLock
from time import monotonic
from types import TracebackType
from typing import Any, Literal, Self

from corpus.article import Article
from corpus.catalog import Catalog, Outcome, ParagraphRow
from corpus.corrections import Corrections, checked_fields, checked_metadata
from corpus.database import Database, open_database
from corpus.embeddings import EmbeddingStore
from corpus.errors import ArticleNotFound
from corpus.ingest import MAX_BYTES, ingest
from corpus.language import UNDETERMINED
from corpus.lock import writer_lock
from corpus.sentence_embeddings import SentenceStore
from index.encoder import Encoder, SentenceTransformerEncoder
from index.facets import Facets, facets, gap
from index.filters import Day, Filters, Names
from index.search import MAX_QUESTION, Hit, analysed_together, checked_question, search
from index.sync import MODEL_SETTING, Synchroniser
from qa.answering import answer, refusal
from qa.choice import Choice, check_number
from qa.citations import describe
from qa.config import Settings, load_settings
from qa.conversation import Turn, completed
from qa.dates import recognised
from qa.evidence import Found
from qa.explaining import FORMULA, explained
from qa.generator import GIVEN, Generator
from qa.generator_answer import written
from qa.hints import described, hint
from qa.reader import Reader, default_reader
from qa.reading import READ, read_passages
from qa.reranking import DEPTH, reranked
from qa.results import (
    AddReport,
    Answer,
    ArticleInfo,
    Explanation,
    FilterHint,
    Passage,
    RecognisedDate,
    Refusal,
    Status,
)
from qa.selection import select
from qa.streaming import Event, Finished, Stage
from qa.support import DEFAULT_STRICTNESS, least_chance
from qa.verification import Verifier

log = logging.getLogger(__name__)

ENVIRONMENT = "ARTICLE_QA_COLLECTION"
MODEL_NAME_SETTING = "model_name"
DEFAULT_MODEL = "default"
"""Names the offline default model where another one would be taken."""
_LOCK_TIMEOUT_S = 2.0

Progress = Callable[[str, int, int], None]
"""Called with what is being done ("reading", "embedding"), how many are done, and of how many."""


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


class Collection:
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
        self.settings = settings or Settings()
        self.path = folder
        self.encoder = encoder
        self._database = database
        self._model_name = model_name
        self._catalog = Catalog(database)
        self._corrections = Corrections(database)
        self._store = EmbeddingStore(database)
        self._sentences = SentenceStore(database)
        self._sync = Synchroniser(database, folder, encoder)
        # One `add` or `remove` at a time in this process; other processes meet the lock file.
        self._writing = RLock()
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

    # Articles

    def add(
        self,
        *inputs: str | Path,
        progress: Progress | None = None,
        columns: Mapping[str, str] | None = None,
        group_by: str | None = None,
        max_bytes: int = MAX_BYTES,
        embed: bool = True,
        urls: Sequence[str | Path] = (),
        sync: bool = False,
        ignore: Sequence[str] = (),
        metadata: Mapping[str, Any] | None = None,
        allow_private: bool = False,
    ) -> AddReport:
        """Add articles; what is there already and has not changed is left alone.

        Nothing is fetched but http(s) addresses among `inputs`, what the feeds and sitemaps
        there name, and what is in `urls` or in a file that consists of addresses.

        Args:
            inputs: files (pages, PDF, DOCX, EPUB, text, tables, feeds, ZIP), folders of them,
                and addresses of pages, feeds and sitemaps.
            progress: called as the work goes on.
            columns: for tables, our name of a column -> the table's: {"text": "body"}.
            group_by: a table's column whose equal values make one article of several rows,
                a paragraph each.
            max_bytes: the largest file that is read.
            embed: embed the texts too. Without, no model is loaded, and the paragraphs are
                found by their words alone until `embed` is called.
            urls: files of addresses to fetch: one a line, or a feed or a sitemap.
            sync: remove the articles that the inputs gave once and give no more: files that
                are gone from a folder, rows from a table, pages from a feed.
            ignore: files and folders to leave out, as patterns of a .gitignore.
            metadata: for all articles, in place of what is read: "source", "published",
                "authors", "language", "section", …; see `edit`.
            allow_private: fetch from this machine and its own network too.

        Returns:
            What became of the inputs. One that cannot be used is in `skipped` with the
            reason and stops no other.

        Raises:
            CollectionLocked: another process is writing.
            ModelMismatch: the collection is embedded with another model.
            SettingsError: `metadata` or `ignore` cannot be used.
        """
        started = monotonic()
        with self._write():
            tally = ingest(
                self._database,
                inputs,
                columns=columns,
                group_by=group_by,
                max_bytes=max_bytes,
                lists=urls,
                sync=sync,
                ignore=ignore,
                metadata=metadata,
                allow_private=allow_private,
                progress=_stage(progress, "reading"),
            )
            embedded = self._embed(progress) if embed else 0
        return AddReport(
            tally.counts[Outcome.ADDED],
            tally.counts[Outcome.UPDATED],
            tally.counts[Outcome.UNCHANGED] + tally.counts[Outcome.SUPERSEDED],
            tally.counts[Outcome.DUPLICATE],
            tuple(tally.skipped),
            embedded,
            tuple(tally.useless),
            tuple(tally.notes),
            tally.removed,
            monotonic() - started,
        )

    def embed(self, progress: Progress | None = None, *, adopt: bool = False) -> int:
        """Embed what is not embedded yet; return how many windows of text that were.

        Args:
            progress: called as the work goes on.
            adopt: make this model the collection's in place of the one it is embedded with.

        Raises:
            CollectionLocked: another process is writing.
            ModelMismatch: the collection is embedded with another model, and not `adopt`.
        """
        with self._write():
            if adopt:
                self._sync.adopt_model()
                self._database.set_setting(MODEL_NAME_SETTING, self._model_name or "")
            return self._embed(progress)

    def select(
        self,
        *names: str | Path,
        source: str | None = None,
        matching: str | None = None,
    ) -> list[ArticleInfo]:
        """Return the articles that all of these conditions hold for, the newest first.

        Args:
            names: URIs, or files, folders, feeds and other inputs that were added; an article
                of one of them is enough.
            source: the publisher's name, in any case of letters.
            matching: words that the title and text all hold, whole and in any case of
                letters; "several in quotes" follow one another.

        Raises:
            ArticleNotFound: there is none of one of the names.
            QuestionError: there is no condition, or no word in `matching`.
        """
        found = select(self._database, names, source, matching)
        return [_info(item) for item in found]

    def remove(
        self,
        *names: str | Path,
        source: str | None = None,
        matching: str | None = None,
    ) -> int:
        """Remove the articles that `select` returns for the same conditions.

        Returns:
            How many articles were removed.

        Raises:
            ArticleNotFound: there is none of one of the names.
            QuestionError: there is no condition, or no word in `matching`.
            CollectionLocked: another process is writing.
        """
        with self._write():
            found = self.select(*names, source=source, matching=matching)
            with self._database.transaction():
                for info in found:
                    self._catalog.remove(info.uri)
        return len(found)

    def edit(self, uri: str, *, undo: Names = None, **metadata: Any) -> Article:
        """Correct an article's metadata; that is kept when the article is added again.

        Args:
            uri: the article's.
            undo: corrected fields that get back what the article itself says.
            metadata: any of title, source, section, url: a text; authors: one name or
                several; published, modified: a date, "2024-10-25", or None for none;
                language: an ISO 639 code.

        Returns:
            The article as it is now; `corrections` says what was corrected.

        Raises:
            ArticleNotFound: there is none with this URI.
            SettingsError: there is no such field, or not such a value.
            CollectionLocked: another process is writing.
        """
        values = checked_metadata(metadata)
        fields = [undo] if isinstance(undo, str) else list(undo or ())
        checked_fields(fields)
        with self._write():
            embedded = bool(self._database.setting(MODEL_SETTING)) and not self.missing()
            with self._database.transaction():
                changed = bool(self._corrections.undo(uri, fields)) if fields else False
                changed = self._corrections.correct(uri, values) or changed
            if changed and embedded:
                self._embed(None)
        return self._catalog.article(uri)

    def corrections(self, uri: str) -> dict[str, Any]:
        """Return an article's corrected fields, by `edit` or `add`, with their values."""
        return self._corrections.of(uri)

    def articles(self) -> list[ArticleInfo]:
        """Return all articles' metadata, the newest first."""
        return [_info(article) for article in self._catalog.articles().values()]

    def article(self, uri: str) -> Article:
        """Return an article with its text, paragraphs and earlier versions.

        Raises:
            ArticleNotFound: there is none with this URI.
        """
        return self._catalog.article(uri)

    def status(self) -> Status:
        """Return what the collection holds; loads no model."""
        counts = self._catalog.counts()
        infos = self.articles()
        dates = sorted(info.published for info in infos if info.published)
        return Status(
            path=str(self.path),
            articles=counts["articles"],
            paragraphs=counts["paragraphs"],
            windows=counts["windows"],
            embedded=self._store.embedded_count(self._database.setting(MODEL_SETTING) or ""),
            unwindowed=self._store.unwindowed_count(),
            generation=self._database.generation,
            model=self._database.setting(MODEL_NAME_SETTING) or "multilingual-e5-small (offline)",
            fingerprint=self._database.setting(MODEL_SETTING) or "",
            languages=_counted(info.language for info in infos),
            sources=_counted(info.source for info in infos if info.source),
            first=dates[0] if dates else None,
            last=dates[-1] if dates else None,
            missing=self.missing(),
        )

    def missing(self) -> int:
        """Return how many paragraphs are found by their words alone, until they are embedded."""
        return self._store.missing_paragraphs(self._database.setting(MODEL_SETTING) or "")

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
        return self.retrieve_many([question], k, rerank=rerank, **filters)[0]

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
        texts = [checked_question(question) for question in questions]
        reader = self._reader() if rerank is True else None
        deeper = READ if reader is not None else DEPTH if not isinstance(rerank, bool) else 0
        found = self._find_many(texts, max(k, deeper), choice)
        if found is None:
            return [[] for _ in texts]
        passages = [item.passages for item in found]
        if reader is not None:
            passages = [
                read_passages(text, item, reader)[0] if item else ()
                for text, item in zip(texts, passages, strict=True)
            ]
        elif not isinstance(rerank, bool):
            passages = [
                reranked(text, item, str(rerank))
                for text, item in zip(texts, passages, strict=True)
            ]
        return [list(item[:k]) for item in passages]

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
        found = self._find(text, k, choice)
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
        return self._answered(asked, text, k, choice, generator or None, strictness, strict)

    # Inside

    def _answered(
        self,
        asked: str,
        text: str,
        k: int,
        choice: Choice,
        generator: Generator | None,
        strictness: str,
        strict: bool,
    ) -> Iterator[Event]:
        yield Stage("searching")
        found = self._find(text, k, choice)
        if found is None:
            yield Finished(replace(refusal(text, Refusal.EMPTY, ()), asked=asked))
            return
        yield Stage("reading")
        given = answer(found, self.encoder, self._catalog.article, self._reader(), strictness)
        if given.refusal is Refusal.FILTERED:
            given = self._with_hint(given, choice.filters)
        given = replace(given, asked=asked, dates=self.recognised_dates(text))
        if generator is None or not given.answered:
            yield Finished(given)
            return
        yield Stage("writing")
        spread = found.snapshot.spread
        passages = given.passages[:GIVEN]
        verifier = Verifier(given.question, passages, self.encoder, spread, self._reader())
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
        from qa.generator_endpoint import generator_of

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

    @contextmanager
    def _write(self) -> Iterator[None]:
        with self._writing, writer_lock(self.path, _LOCK_TIMEOUT_S):
            yield

    def _embed(self, progress: Progress | None) -> int:
        """Embed what is missing, note the model's name, and write the indexes."""
        counts = self._catalog.counts()
        if not counts["paragraphs"]:
            return 0
        if self._database.setting(MODEL_SETTING) is None and self.encoder.fingerprint:
            # The model is loaded now, so the name is good; noted before the work, it is still
            # known after an interruption.
            self._database.set_setting(MODEL_NAME_SETTING, self._model_name or "")
        elif self._is_embedded():
            # Nothing to do, and no need to load the model for it.
            return 0
        embedded = self._sync.embed(_stage(progress, "embedding"))
        self._sync.snapshot()
        return embedded

    def _is_embedded(self) -> bool:
        """Tell whether all is embedded with the collection's model, and no other was named."""
        named = self._database.setting(MODEL_NAME_SETTING) or ""
        own = isinstance(self.encoder, SentenceTransformerEncoder)
        if not own or named != (self._model_name or ""):
            return False
        model = self._database.setting(MODEL_SETTING) or ""
        return (
            not self._store.unwindowed_count()
            and not self._store.unembedded(model)
            and self._sentences.is_complete(model)
        )

    def _find(self, text: str, k: int, choice: Choice) -> Found | None:
        """Search; None where the collection holds nothing."""
        found = self._find_many([text], k, choice)
        return None if found is None else found[0]

    def _find_many(self, texts: Sequence[str], k: int, choice: Choice) -> list[Found] | None:
        """Search for each question; None where the collection holds nothing."""
        if not self._catalog.counts()["articles"]:
            return None
        snapshot = self._sync.snapshot()
        questions = analysed_together(texts, self.encoder, snapshot.languages)
        allowed = choice.filters.allowed(self._catalog, snapshot.table)
        published = self._catalog.published() if choice.needs_dates else {}
        today = date.today()
        hits = []
        for question in questions:
            named = self.recognised_dates(question.text, today) if choice.boost_dates else ()
            preferences = choice.preferences(published, named, today)
            hits.append(search(snapshot, question, k, allowed, preferences))
        return [
            Found(question, passages, snapshot)
            for question, passages in zip(questions, self._passages(hits), strict=True)
        ]

    def _with_hint(self, refused: Answer, filters: Filters) -> Answer:
        """Say in a refusal which filter matches nothing, and what is nearest."""
        with self._database.transaction(write=False):
            found = gap(self._catalog, self._catalog.paragraph_table(), filters)
        if found is None:
            return refused
        nearest = hint(found, filters, refused.language).text
        return replace(refused, text=f"{refused.reason} {nearest}")

    def _passages(self, ranked: Sequence[Sequence[Hit]]) -> list[tuple[Passage, ...]]:
        """Read the texts and metadata of each question's hits from the catalog."""
        wanted = {
            item for hits in ranked for hit in hits for item in (hit.paragraph_id, *hit.twins)
        }
        # Of one state: an article may be removed while its passages are read.
        with self._database.transaction(write=False):
            rows = {row.id: row for row in self._catalog.paragraphs(wanted)}
            articles = self._catalog.articles(sorted({row.article_id for row in rows.values()}))
        infos = {key: _info(article) for key, article in articles.items()}
        # A row may be gone since the search: another process has removed its article.
        there = [[hit for hit in hits if hit.paragraph_id in rows] for hits in ranked]
        return [
            tuple(_passage(hit, rank, rows, infos) for rank, hit in enumerate(hits, start=1))
            for hits in there
        ]


def _passage(
    hit: Hit, rank: int, rows: Mapping[int, ParagraphRow], infos: Mapping[int, ArticleInfo]
) -> Passage:
    row = rows[hit.paragraph_id]
    info = infos[row.article_id]
    paragraph = row.paragraph
    return Passage(
        text=row.text,
        score=hit.score,
        rank=rank,
        scores=hit.scores,
        paragraph=paragraph.number,
        start=paragraph.start,
        end=paragraph.end,
        heading=paragraph.heading,
        role=str(paragraph.role),
        page=paragraph.page,
        language=paragraph.language,
        article=info,
        citation=describe(info, paragraph.number, paragraph.page),
        also_in=tuple(
            infos[article_id]
            for article_id in dict.fromkeys(
                rows[twin].article_id for twin in hit.twins if twin in rows
            )
            if article_id != row.article_id
        ),
    )


def _info(article: Article) -> ArticleInfo:
    return ArticleInfo(
        article.uri,
        article.title,
        article.authors,
        article.published,
        article.modified,
        article.source,
        article.section,
        article.language,
        article.url,
        article.corrected,
    )


def _stage(progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(stage, done, total)


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())
