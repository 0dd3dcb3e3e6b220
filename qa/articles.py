"""The articles of a collection: added, corrected, removed, embedded."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Any, Unpack, cast

from corpus.article import Article
from corpus.catalog.articles import Catalog, Outcome
from corpus.catalog.corrections import Corrections, check_fields, check_metadata
from corpus.catalog.database import Database
from corpus.catalog.embeddings import EmbeddingStore
from corpus.catalog.inputs import InputLog
from corpus.catalog.lock import writer_lock
from corpus.catalog.removed import Confirm, RemovedArticle, RemovedArticles
from corpus.catalog.selection import Filters, Names
from corpus.catalog.statistics import (
    changed_since,
    count_articles,
    count_rows,
    missing_counts,
    near_identical_groups,
    paragraph_counts,
)
from corpus.errors import ArticleNotFound, RemovalNotConfirmed, SettingsError
from index.encoder import Encoder, SentenceTransformerEncoder
from index.runtime.gpu_workers import gpu_workers
from index.runtime.ray_workers import RayWorkers
from index.store.keeper import MODEL_SETTING, IndexKeeper, TextWorkers
from qa.maintenance.erase import Forgotten, forget
from qa.options import FilterOptions, Progress, SelectOptions
from qa.results import AddReport, ArticleInfo, HeldArticle, Listed, Status
from qa.retrieval.passages import info_of
from qa.retrieval.selection import select

if TYPE_CHECKING:
    from corpus.ingest.writer import Tally

# What reads files is imported where files are read: a question needs none of it.

MODEL_NAME_SETTING = "model_name"
_LOCK_TIMEOUT_S = 2.0


class ArticleStore:
    """The articles of one collection; `qa.Collection` says what its methods take."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        encoder: Encoder,
        sync: IndexKeeper,
        model_name: str | None,
    ) -> None:
        """Take the collection's parts."""
        self._folder = folder
        self._encoder = encoder
        self._database = database
        self._model_name = model_name
        self._catalog = Catalog(database)
        self._corrections = Corrections(database)
        self._removed = RemovedArticles(database)
        self._store = EmbeddingStore(database)
        self._sync = sync
        # One `add` or `remove` at a time in this process; other processes meet the lock file.
        self._writing = RLock()

    def add(
        self,
        *inputs: str | Path,
        progress: Progress | None = None,
        columns: Mapping[str, str] | None = None,
        group_by: str | None = None,
        max_bytes: int | None = None,
        embed: bool = True,
        urls: Sequence[str | Path] = (),
        sync: bool = False,
        remove_many: bool | Confirm = False,
        ignore: Sequence[str] = (),
        metadata: Mapping[str, Any] | None = None,
        allow_private: bool = False,
    ) -> AddReport:
        """Add articles; unchanged ones are left alone."""
        from corpus.ingest.pipeline import MAX_BYTES, ingest

        started = monotonic()
        with self._write():
            tally = ingest(
                self._database,
                inputs,
                columns=columns,
                group_by=group_by,
                max_bytes=MAX_BYTES if max_bytes is None else max_bytes,
                lists=urls,
                sync=sync,
                confirm=remove_many if callable(remove_many) else lambda *_: bool(remove_many),
                ignore=ignore,
                metadata=metadata,
                allow_private=allow_private,
                progress=_stage(progress, "reading"),
                within=_stage(progress, "articles"),
            )
            embedded = self._embed(progress) if embed else 0
        report = _report(tally, embedded, started)
        if tally.unconfirmed is not None:
            raise RemovalNotConfirmed(tally.unconfirmed.uris, tally.unconfirmed.total, report)
        return report

    def add_text(
        self,
        text: str | bytes,
        *,
        name: str = "",
        uri: str = "",
        embed: bool = True,
        metadata: Mapping[str, Any] | None = None,
    ) -> AddReport:
        """Add a text that is in no file."""
        from corpus.ingest.pipeline import ingest_text

        started = monotonic()
        data = text.encode() if isinstance(text, str) else text
        with self._write():
            tally = ingest_text(self._database, data, name=name, uri=uri, metadata=metadata)
            embedded = self._embed(None) if embed else 0
        return _report(tally, embedded, started)

    def embed(
        self, progress: Progress | None = None, *, adopt: bool = False, ray: str | None = None
    ) -> int:
        """Embed what is not embedded yet; return how many windows of text that were."""
        with self._write():
            if adopt:
                self._sync.adopt_model()
                self._database.set_setting(MODEL_NAME_SETTING, self._model_name or "")
            return self._embed(progress, ray)

    def select(self, *names: str | Path, **conditions: Unpack[SelectOptions]) -> list[ArticleInfo]:
        """Return the articles that all of these conditions hold for, the newest first."""
        filters = conditions.copy()
        source, matching = filters.pop("source", None), filters.pop("matching", None)
        chosen = Filters.of(**cast(FilterOptions, filters))
        if source is not None:
            chosen = replace(chosen, sources=(source,))
        found = select(self._database, names, matching, chosen)
        return [info_of(item) for item in found]

    def remove(self, *names: str | Path, **conditions: Unpack[SelectOptions]) -> int:
        """Remove the articles that `select` returns; return how many."""
        with self._write():
            found = self.select(*names, **conditions)
            self._database.retry(partial(self._remove_all, found))
        return len(found)

    def _remove_all(self, found: Sequence[ArticleInfo]) -> None:
        with self._database.transaction():
            for info in found:
                self._removed.remove(info.uri)

    def removed(self, *names: str | Path) -> list[RemovedArticle]:
        """Return the articles removed in the last 30 days, the latest first."""
        return self._removed.all(*names)

    def restore_removed(self, *names: str | Path) -> list[str]:
        """Bring removed articles back, with their versions, corrections and dates."""
        with self._write():
            return self._removed.restore(*names)[0]

    def forget(self, uri: str) -> Forgotten:
        """Delete an article from every file of the collection, and verify it."""
        with self._write():
            return forget(self._database, self._folder, uri)

    def edit(self, uri: str, *, undo: Names = None, **metadata: Any) -> Article:
        """Correct an article's metadata; corrections stay when it is added again."""
        self.edit_all([uri], undo=undo, **metadata)
        return self._catalog.article(uri)

    def edit_all(self, uris: Iterable[str], *, undo: Names = None, **metadata: Any) -> list[str]:
        """Correct the metadata of several articles, or of none of them."""
        values = check_metadata(metadata)
        fields = [undo] if isinstance(undo, str) else list(undo or ())
        check_fields(fields)
        with self._write():
            embedded = bool(self._database.setting(MODEL_SETTING)) and not self.missing()
            wanted = list(dict.fromkeys(uris))
            changed = self._database.retry(partial(self._edit_each, wanted, fields, values))
            if changed and embedded:
                self._embed(None)
        return changed

    def _edit_each(
        self, uris: Sequence[str], fields: Sequence[str], values: Mapping[str, Any]
    ) -> list[str]:
        changed = []
        with self._database.transaction():
            for uri in uris:
                undone = bool(self._corrections.undo(uri, fields)) if fields else False
                if self._corrections.correct(uri, values) or undone:
                    changed.append(uri)
        return changed

    def corrections(self, uri: str) -> dict[str, Any]:
        """Return an article's corrected fields, by `edit` or `add`, with their values."""
        return self._corrections.of(uri)

    def articles(self, **filters: Unpack[FilterOptions]) -> list[ArticleInfo]:
        """Return the metadata of the articles that meet filters, the newest first."""
        found = self._catalog.articles(filters=Filters.of(**filters))
        return Listed(info_of(article) for article in found.values())

    def changed_since(self, moment: datetime) -> list[ArticleInfo]:
        """Return the articles that were added or changed since a moment, the newest first."""
        found = self._catalog.articles(changed_since(self._database, moment))
        newest = sorted(found.values(), key=lambda item: item.published or date.min, reverse=True)
        return Listed(info_of(article) for article in newest)

    def each_article(self) -> Iterator[Article]:
        """Yield the articles with their texts, the newest first, one at a time."""
        for info in self.articles():
            try:
                article = self._catalog.article(info.uri)
            except ArticleNotFound:
                continue
            yield article

    def inventory(self) -> list[HeldArticle]:
        """Return all articles with what there is of each, the newest first; loads no model."""
        with self._database.transaction(write=False):
            articles = self._catalog.articles()
            paragraphs = paragraph_counts(self._database)
            missing = missing_counts(self._database, self._model())
            groups = near_identical_groups(self._database)
        members: dict[int, list[int]] = {}
        for key, group in groups.items():
            members.setdefault(group, []).append(key)
        return [
            HeldArticle(
                info_of(article),
                paragraphs.get(key, 0),
                missing.get(key, 0),
                tuple(
                    articles[other].uri
                    for other in members.get(groups.get(key, -1), ())
                    if other != key and other in articles
                ),
            )
            for key, article in articles.items()
        ]

    def spent(self, folder: Path) -> list[str]:
        """Return the URIs of the files below a folder that were added, all their articles gone."""
        log = InputLog(self._database)
        return [
            item for item in log.below(folder.resolve().as_uri()) if not log.uris_given_by(item)
        ]

    def article(self, uri: str) -> Article:
        """Return an article with its text, paragraphs and earlier versions."""
        return self._catalog.article(uri)

    def status(self) -> Status:
        """Return what the collection holds; loads no model."""
        with self._database.transaction(write=False):
            articles, rows = count_articles(self._database), count_rows(self._database)
        return Status(
            path=self._database.place,
            articles=articles.articles,
            paragraphs=rows["paragraphs"],
            windows=rows["windows"],
            embedded=self._store.count_embedded(self._model()),
            unwindowed=self._store.windows.count_undivided(),
            generation=self._database.generation,
            model=self._database.setting(MODEL_NAME_SETTING) or "multilingual-e5-small (offline)",
            fingerprint=self._model(),
            languages=articles.languages,
            sources=articles.sources,
            first=articles.first,
            last=articles.last,
            missing=self.missing(),
        )

    def missing(self) -> int:
        """Return how many paragraphs are not embedded yet, and so found by their words alone."""
        return sum(missing_counts(self._database, self._model()).values())

    # Inside

    def _model(self) -> str:
        """Return the fingerprint of the model that the articles are embedded with, or ""."""
        return self._database.setting(MODEL_SETTING) or ""

    @contextmanager
    def _write(self) -> Iterator[None]:
        with self._writing, self._alone():
            self._removed.purge()
            yield

    def _alone(self) -> AbstractContextManager[None]:
        """Keep other processes from writing, where the catalog's engine does not sort that out."""
        if self._database.one_writer:
            return writer_lock(self._folder, _LOCK_TIMEOUT_S)
        return nullcontext()

    def _embed(self, progress: Progress | None, ray: str | None = None) -> int:
        """Embed what is missing, note the model's name, and write the indexes."""
        if self._catalog.is_empty():
            return 0
        if self._database.setting(MODEL_SETTING) is None and self._encoder.fingerprint:
            # The model is loaded now, so the name is good; noted before the work, it is still
            # known after an interruption.
            self._database.set_setting(MODEL_NAME_SETTING, self._model_name or "")
        elif self._is_embedded():
            # Nothing to do, and no need to load the model for it.
            return 0
        with self._workers(ray) as workers:
            embedded = self._sync.embed(_stage(progress, "embedding"), workers)
        self._sync.snapshot()
        self._sync.tidy()
        return embedded

    @contextmanager
    def _workers(self, ray: str | None) -> Iterator[TextWorkers | None]:
        if ray is None:
            yield gpu_workers(self._encoder)
            return
        make: Callable[[], Encoder] = partial(SentenceTransformerEncoder, self._model_name)
        if not isinstance(self._encoder, SentenceTransformerEncoder):
            make = partial(_return, self._encoder)
        with closing(RayWorkers(ray, make)) as workers:
            yield workers

    def _is_embedded(self) -> bool:
        """Tell whether all is embedded with the collection's model, and no other was named."""
        named = self._database.setting(MODEL_NAME_SETTING) or ""
        own = isinstance(self._encoder, SentenceTransformerEncoder)
        if not own or named != (self._model_name or ""):
            return False
        model = self._model()
        return self._store.windows.is_complete(model) and self._store.sentences.is_complete(model)


def _return(encoder: Encoder) -> Encoder:
    return encoder


def _stage(progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(stage, done, total)


def preview_articles(
    file: str | Path | None = None, *, text: str | bytes | None = None, name: str = ""
) -> list[Article]:
    """Return the articles that a file or a text would give; see `qa.Collection.preview`."""
    from corpus.ingest.sandbox import read_apart

    if (file is None) == (text is None):
        raise SettingsError("Give a file or a text.")
    if file is not None:
        path = Path(file).expanduser()
        with path.open("rb") as stream:
            return list(read_apart(stream, path.name, uri=path.resolve().as_uri()))
    data = text.encode() if isinstance(text, str) else text or b""
    uri = f"text:{sha256(data).hexdigest()[:16]}"
    return list(read_apart(data, name, uri=uri))


def _report(tally: "Tally", embedded: int, started: float) -> AddReport:
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
        tally.moved,
        monotonic() - started,
    )
