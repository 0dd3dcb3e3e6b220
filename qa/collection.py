"""A collection: the composition root that wires catalog, indexes, models and answering together."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self, Unpack

from corpus.article import Article
from corpus.catalog.database import Database
from corpus.catalog.removed import RemovedArticle
from corpus.catalog.selection import Names
from corpus.errors import QuestionError
from index.encoder import Encoder, SentenceTransformerEncoder
from index.facets import Facets
from index.store.choose import keep_index
from qa.answerer import Answerer
from qa.answering.context import Turn
from qa.answering.digest.digester import DIGEST_KINDS
from qa.articles import MODEL_NAME_SETTING, ArticleStore, preview_articles
from qa.maintenance.erase import Forgotten
from qa.options import (
    AddOptions,
    AskOptions,
    DigestOptions,
    FilterOptions,
    Progress,
    RetrieveOptions,
    SearchOptions,
    SelectOptions,
    TextOptions,
    check_number,
    several,
)
from qa.places import CollectionPlace, find_place, open_catalog
from qa.results import (
    AddReport,
    Answer,
    ArticleInfo,
    Explanation,
    FilterHint,
    HeldArticle,
    Listed,
    Passage,
    RecognisedDate,
    Status,
)
from qa.retrieval.date_expressions import recognise_dates
from qa.settings import Settings, load_settings
from qa.streaming import Event, Finished

DEFAULT_MODEL = "default"
"""Names the offline default model where another one would be taken."""


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
        path: its folder, or the address of a PostgreSQL database with a schema,
            "postgresql://host/db?schema=press"; by default ARTICLE_QA_COLLECTION, or a folder in
            the user's data folder.
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
        CollectionUnavailable: its server is away, or lets nobody in.
    """
    place = find_place(path)
    local = place if isinstance(place, Path) else None
    settings = config if isinstance(config, Settings) else load_settings(local, file=config)
    database, folder = open_catalog(place, create=create)
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
        self.path = folder
        self.place: CollectionPlace = database.server or folder
        self.encoder = encoder
        self._database = database
        self._sync = keep_index(database, folder, encoder)
        self._articles = ArticleStore(database, folder, encoder, self._sync, model_name)
        self._answerer = Answerer(database, encoder, self._sync, settings or Settings())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the collection's files; it cannot be used afterwards."""
        self._database.close()

    @property
    def generation(self) -> int:
        """Rises with every change of what can be found, whichever process makes it."""
        return self._database.generation

    def is_current(self) -> bool:
        """Say whether the open indexes hold all; else the next question waits for them."""
        return self._sync.generation == self._database.generation

    @property
    def settings(self) -> Settings:
        """What `open_collection` read or was given; others count from the next question on."""
        return self._answerer.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._answerer.settings = settings

    # Articles

    def add(self, *inputs: str | Path, **options: Unpack[AddOptions]) -> AddReport:
        """Add articles; unchanged ones are left alone.

        Nothing is fetched but http(s) addresses among `inputs`, what the feeds and sitemaps
        there name, and what is in `urls` or in a file that consists of addresses.

        Args:
            inputs: files (pages, PDF, DOCX, EPUB, text, tables, feeds, ZIP), folders of them,
                and addresses of pages, feeds and sitemaps.
            options: how they are read; see `qa.options.AddOptions`.

        Returns:
            What became of the inputs. One that cannot be used is in `skipped` with the
            reason and stops no other.

        Raises:
            CollectionLocked: another process is writing.
            ModelMismatch: the collection is embedded with another model.
            SettingsError: `metadata` or `ignore` cannot be used.
            RemovalNotConfirmed: `sync` would remove more than `remove_many` allows. Nothing
                was removed; all else was done, as its `report` says.
        """
        return self._articles.add(*inputs, **options)

    def add_text(self, text: str | bytes, **options: Unpack[TextOptions]) -> AddReport:
        """Add a text that is in no file, or the bytes of one; raises what `add` raises."""
        return self._articles.add_text(text, **options)

    def preview(
        self, file: str | Path | None = None, *, text: str | bytes | None = None, name: str = ""
    ) -> list[Article]:
        """Return the articles that `add` would make of a file, or `add_text` of a text.

        Raises InputError, or OSError, where it cannot be used, and SettingsError without either.
        """
        return preview_articles(file, text=text, name=name)

    def embed(
        self, progress: Progress | None = None, *, adopt: bool = False, ray: str | None = None
    ) -> int:
        """Embed what is not embedded yet; return how many windows of text that were.

        With `adopt`, this model becomes the collection's in place of the one before. `ray` is a
        Ray cluster whose machines encode: "auto", its address, or "local" for this one.

        Raises:
            CollectionLocked: another process is writing.
            ModelMismatch: it is embedded with another model, and not `adopt`.
            SettingsError: there is no Ray.
        """
        return self._articles.embed(progress, adopt=adopt, ray=ray)

    def select(self, *names: str | Path, **conditions: Unpack[SelectOptions]) -> list[ArticleInfo]:
        """Return the articles that all of these conditions hold for, the newest first.

        Args:
            names: URIs, or files, folders, feeds and other inputs that were added; an article
                of one of them is enough.
            conditions: see `qa.options.SelectOptions`.

        Raises ArticleNotFound for a name, and QuestionError where there is no condition or no word.
        """
        return self._articles.select(*names, **conditions)

    def remove(self, *names: str | Path, **conditions: Unpack[SelectOptions]) -> int:
        """Remove the articles that `select` returns; return how many they were.

        For 30 days `restore_removed` brings them back. Raises what `select` raises, and
        CollectionLocked where another process is writing.
        """
        return self._articles.remove(*names, **conditions)

    def removed(self, *names: str | Path) -> list[RemovedArticle]:
        """Return the articles removed in the last 30 days, the latest first.

        With `names`, only those of these URIs, files or folders. Raises CollectionDamaged.
        """
        return self._articles.removed(*names)

    def restore_removed(self, *names: str | Path) -> list[str]:
        """Bring removed articles back, with their versions, corrections and dates.

        Nothing is embedded again. `sync` leaves them where they are until their input is there
        again and then gone once more. `names` are URIs, files, or folders.

        Returns:
            Their URIs; what the collection holds again already is left as it is.

        Raises:
            ArticleNotFound: nothing was removed under one of the names in the last 30 days.
            CollectionDamaged: one has changed on the disk.
            CollectionLocked: another process is writing.
        """
        return self._articles.restore_removed(*names)

    def forget(self, uri: str) -> Forgotten:
        """Delete an article from every file of the collection, and verify it.

        Its versions and embeddings go, the indexes are built again, kept answers that quote it
        are emptied, and the catalog is written anew. What was removed before under its URI or
        with its text goes too, and so does every embedding that nothing uses. What lies
        elsewhere is not touched: its file, backups, a collection that `restore` put aside.

        Raises:
            ArticleNotFound: there is none with this URI.
            CollectionLocked: another process is writing, or still reads what was there before.
            CollectionNotWritable: there is no room for writing the catalog anew.
            NotForgotten: text of the article was found in a file afterwards.
        """
        return self._articles.forget(uri)

    def edit(self, uri: str, *, undo: Names = None, **metadata: Any) -> Article:
        """Correct an article's metadata, for good: adding it again keeps that.

        Args:
            uri: its URI.
            undo: corrected fields that get back what the article itself says.
            metadata: any of title, source, section, url: a text; authors: one name or
                several; published, modified: a date, "2024-10-25", or None for none;
                language: an ISO 639 code; roles: paragraphs' by their numbers, {4: "promo"},
                kept with their words.

        Returns the article as it is now. Raises ArticleNotFound, SettingsError where there is no
        such field or value, and CollectionLocked.
        """
        return self._articles.edit(uri, undo=undo, **metadata)

    def edit_all(self, uris: Iterable[str], *, undo: Names = None, **metadata: Any) -> list[str]:
        """Correct several articles as `edit` does, or none; return the URIs of those changed."""
        return self._articles.edit_all(uris, undo=undo, **metadata)

    def corrections(self, uri: str) -> dict[str, Any]:
        """Return an article's corrected fields, by `edit` or `add`, with their values."""
        return self._articles.corrections(uri)

    def articles(self, **filters: Unpack[FilterOptions]) -> list[ArticleInfo]:
        """Return the metadata of all articles, or of those that meet filters, the newest first.

        `languages` are the articles', and `roles` are not looked at. Raises QuestionError where
        a filter cannot be used.
        """
        return self._articles.articles(**filters)

    def each_article(self) -> Iterator[Article]:
        """Yield the articles with their texts, the newest first, one at a time.

        Those that are removed meanwhile are left out, and those that are added may be.
        """
        return self._articles.each_article()

    def inventory(self) -> list[HeldArticle]:
        """Return all articles with what there is of each, the newest first; loads no model."""
        return self._articles.inventory()

    def spent(self, folder: Path) -> list[str]:
        """Return the URIs of the files below a folder that were added, all their articles gone."""
        return self._articles.spent(folder)

    def article(self, uri: str) -> Article:
        """Return an article with its text, paragraphs and versions, or raise ArticleNotFound."""
        return self._articles.article(uri)

    def now(self) -> datetime:
        """Return the time by which articles are added and changed: of a server, its own."""
        return self._database.now()

    def changed_since(self, moment: datetime) -> list[ArticleInfo]:
        """Return the articles that were added or changed since a moment, the newest first."""
        return self._articles.changed_since(moment)

    def status(self) -> Status:
        """Return what the collection holds; loads no model."""
        return self._articles.status()

    def missing(self) -> int:
        """Return how many paragraphs are not embedded yet, and so found by their words alone."""
        return self._articles.missing()

    # Questions. All of them raise QuestionError where a question is empty or too long or an
    # option cannot be used, and ModelMismatch where the collection is of another model.

    def warm_up(self) -> None:
        """Load the model and the indexes, so that the first question need not wait for them.

        Raises:
            ModelError: the model is missing or damaged.
            ModelMismatch: the collection is embedded with another model.
        """
        self._answerer.warm_up()

    def retrieve(
        self, question: str, k: int = 8, **options: Unpack[RetrieveOptions]
    ) -> list[Passage]:
        """Return the k passages closest to a question, the closest first.

        Args:
            question: in any language.
            k: how many, 1 to 1000; fewer come back only where fewer are found.
            options: filters and preferences; see `qa.options.RetrieveOptions`.

        Raises:
            QuestionError: the question is empty or too long, or an option cannot be used.
            ModelMismatch: the collection is embedded with another model.
            ModelError: the cross-encoder is missing or damaged.
        """
        return Listed(self.retrieve_many([question], k, **options)[0])

    def retrieve_many(
        self, questions: Sequence[str], k: int = 8, **options: Unpack[RetrieveOptions]
    ) -> list[list[Passage]]:
        """Return for each question what `retrieve` does; quicker than one by one."""
        others = options.copy()
        rerank = others.pop("rerank", False)
        return self._answerer.retrieve(questions, k, rerank, others)

    def retrieve_each(
        self,
        questions: Iterable[str],
        k: int = 8,
        *,
        together: int = 32,
        **options: Unpack[RetrieveOptions],
    ) -> Iterator[list[Passage]]:
        """Yield what `retrieve` returns for each question, in their order.

        They are taken as they are needed, `together` at a time, so that they may be many; one
        that cannot be asked raises when its turn comes.
        """
        check_number("together", together)
        waiting = iter(several(questions))
        while some := list(islice(waiting, together)):
            yield from map(Listed, self.retrieve_many(some, k, **options))

    def ask_each(
        self, questions: Iterable[str], *, k: int = 8, **options: Unpack[AskOptions]
    ) -> Iterator[Answer]:
        """Yield what `ask` returns, or raises, for each question by itself, in their order."""
        for question in several(questions):
            yield self.ask(question, k=k, **options)

    def explain(self, question: str, k: int = 8, **options: Unpack[SearchOptions]) -> Explanation:
        """Retrieve, and explain how each passage came by its rank."""
        return self._answerer.explain(question, k, options)

    def facets(self, **options: Unpack[SearchOptions]) -> Facets:
        """Count the articles by source, language, section and author, and say their dates.

        Only articles with passages that meet the options count.
        """
        return self._answerer.facets(options)

    def filter_hint(
        self, *, language: str = "en", **options: Unpack[SearchOptions]
    ) -> FilterHint | None:
        """Say in "en" or "de" why filters match nothing and what is near; None if they match."""
        return self._answerer.filter_hint(options, language)

    def recognised_dates(
        self, question: str, today: date | None = None
    ) -> tuple[RecognisedDate, ...]:
        """Return the times that a German or English question names; none is set by itself.

        `today` is the day that "last week" is counted from.
        """
        return recognise_dates(question, today or date.today())

    def suggest(
        self, language: str | None = None, after: Answer | None = None, *, most: int = 3
    ) -> tuple[str, ...]:
        """Return up to `most` questions that the articles can answer, made of titles and names.

        In "de" or "en", by default that of most articles; what an answer cites comes first.
        """
        return self._answerer.suggest(language, after, most)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        k: int = 8,
        **options: Unpack[AskOptions],
    ) -> Answer:
        """Answer a question from the articles, each sentence with its citation, or refuse.

        Args:
            question: in any language.
            history: earlier answers of the conversation, or {"role", "content"} messages; a
                follow-up is read with the last complete question (`Answer.about`).
            k: in how many passages the answer is looked for.
            options: see `qa.options.AskOptions`.

        Raises:
            QuestionError: the question is empty or too long, or an option cannot be used.
            ModelMismatch: the collection is embedded with another model.
            SettingsError: the settings name an endpoint that cannot be used as they stand.
        """
        *_, last = self.ask_stream(question, history, k=k, **options)
        assert isinstance(last, Finished)
        return last.answer

    def digest(
        self,
        question: str,
        kind: str = "overview",
        *,
        history: Sequence[Turn] = (),
        **options: Unpack[DigestOptions],
    ) -> Answer:
        """Answer a question with several sentences in an order: `Answer.digest`.

        Args:
            question: a topic, a story or an article, in words of any kind.
            kind: "summary", "overview", "timeline", "latest", "compare", "list" or "several".
            history: as for `ask`.
            options: see `qa.options.DigestOptions`.

        Raises:
            QuestionError: there is no such kind of digest, or as `ask` does.
        """
        if kind not in DIGEST_KINDS:
            raise QuestionError(
                "kind={kind!r} is no digest. Give one of {known}.",
                kind=kind,
                known=", ".join(sorted(DIGEST_KINDS)),
            )
        return self.ask(question, history, kind=kind, **options)

    def ask_stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        k: int = 8,
        **options: Unpack[AskOptions],
    ) -> Iterator[Event]:
        """Answer as `ask` does, and yield what happens meanwhile; the last event is `Finished`.

        What cannot be asked raises at once, not when the first event is taken. Closing the
        iterator stops a language model.
        """
        return self._answerer.answer(question, history, k, options)
