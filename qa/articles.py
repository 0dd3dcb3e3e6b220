"""The articles of a collection: added, corrected, removed, embedded."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from time import monotonic
from typing import Any

from corpus.article import Article
from corpus.catalog.articles import Catalog, Outcome
from corpus.catalog.corrections import Corrections, checked_fields, checked_metadata
from corpus.catalog.database import Database
from corpus.catalog.embeddings import EmbeddingStore
from corpus.catalog.inputs import InputLog
from corpus.catalog.lock import writer_lock
from corpus.catalog.removed import RemovedArticle, RemovedArticles
from corpus.catalog.sentence_embeddings import SentenceStore
from corpus.catalog.statistics import missing_counts, near_identical_groups, paragraph_counts
from corpus.errors import ArticleNotFound, RemovalNotConfirmed
from corpus.ingest.pipeline import MAX_BYTES, ingest
from corpus.ingest.settling import Confirm
from index.encoder import Encoder, SentenceTransformerEncoder
from index.filters import Names
from index.sync import MODEL_SETTING, Synchroniser
from qa.maintenance.erase import Forgotten, forget
from qa.results import AddReport, ArticleInfo, HeldArticle, Listed, Status
from qa.retrieval.passages import info_of
from qa.retrieval.selection import select

MODEL_NAME_SETTING = "model_name"
_LOCK_TIMEOUT_S = 2.0

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many.

"reading" counts inputs; "articles" those of a large table, whose number is estimated;
"embedding" windows of text.
"""


class Holdings:
    """What a collection holds; `qa.collection.Collection` adds the questions."""

    def __init__(
        self, database: Database, folder: Path, encoder: Encoder, model_name: str | None = None
    ) -> None:
        """Wire the parts; see `qa.collection.open_collection`."""
        self.path = folder
        self.encoder = encoder
        self._database = database
        self._model_name = model_name
        self._catalog = Catalog(database)
        self._corrections = Corrections(database)
        self._removed = RemovedArticles(database)
        self._store = EmbeddingStore(database)
        self._sentences = SentenceStore(database)
        self._sync = Synchroniser(database, folder, encoder)
        # One `add` or `remove` at a time in this process; other processes meet the lock file.
        self._writing = RLock()

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
        remove_many: bool | Confirm = False,
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
                are gone from a folder, rows from a table, pages from a feed. One whose text
                another input gives stays, under that one's URI.
            remove_many: let `sync` remove more than a tenth of a collection of 20 or more
                articles; a function is asked with their URIs and with how many articles there
                are, while nobody else can write.
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
            RemovalNotConfirmed: `sync` would remove that many, and `remove_many` does not
                allow it. Nothing was removed; all else was done, as its `report` says.
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
                confirm=remove_many if callable(remove_many) else lambda *_: bool(remove_many),
                ignore=ignore,
                metadata=metadata,
                allow_private=allow_private,
                progress=_stage(progress, "reading"),
                within=_stage(progress, "articles"),
            )
            embedded = self._embed(progress) if embed else 0
        report = AddReport(
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
        if tally.unconfirmed is not None:
            raise RemovalNotConfirmed(tally.unconfirmed.uris, tally.unconfirmed.total, report)
        return report

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
        return [info_of(item) for item in found]

    def remove(
        self,
        *names: str | Path,
        source: str | None = None,
        matching: str | None = None,
    ) -> int:
        """Remove the articles that `select` returns for the same conditions.

        For 30 days `restore_removed` brings them back.

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
                    self._removed.remove(info.uri)
        return len(found)

    def removed(self, *names: str | Path) -> list[RemovedArticle]:
        """Return what `remove` and `sync` have taken out in the last 30 days, the last first.

        Args:
            names: only articles with these URIs, or files, or what was below these folders.

        Raises:
            CollectionDamaged: one has changed on the disk.
        """
        return self._removed.all(*names)

    def restore_removed(self, *names: str | Path) -> list[str]:
        """Bring removed articles back, with their versions, corrections and dates.

        Nothing is embedded again. `sync` leaves them where they are until their input is there
        again and then gone once more.

        Args:
            names: URIs, files, or folders, which stand for all that was below.

        Returns:
            Their URIs; what the collection holds again already is left as it is.

        Raises:
            ArticleNotFound: nothing was removed under one of the names in the last 30 days.
            CollectionDamaged: one has changed on the disk.
            CollectionLocked: another process is writing.
        """
        with self._write():
            return self._removed.restore(*names)[0]

    def forget(self, uri: str) -> Forgotten:
        """Delete an article and all that the collection's files hold of it, and verify that.

        Its versions and embeddings go, the indexes are deleted and built again, kept answers
        that quote it are emptied, and the catalog is written anew. What was removed before
        under its URI or with its text goes too, and so does every embedding that nothing uses.
        What lies elsewhere is not touched: the file that it came from, backups, a collection
        that `restore` put aside.

        Raises:
            ArticleNotFound: there is none with this URI.
            CollectionLocked: another process is writing, or still reads what was there before.
            CollectionNotWritable: there is no room for writing the catalog anew.
            NotForgotten: text of the article was found in a file afterwards.
        """
        with self._write():
            return forget(self._database, self.path, uri)

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
        return Listed(info_of(article) for article in self._catalog.articles().values())

    def each_article(self) -> Iterator[Article]:
        """Yield the articles with their texts, the newest first, one at a time.

        Those that are removed meanwhile are left out, and those that are added may be.
        """
        for info in self.articles():
            try:
                article = self._catalog.article(info.uri)
            except ArticleNotFound:
                continue
            yield article

    def held(self) -> list[HeldArticle]:
        """Return all articles with what there is of each, the newest first; loads no model."""
        with self._database.transaction(write=False):
            articles = self._catalog.articles()
            paragraphs = paragraph_counts(self._database)
            missing = missing_counts(self._database, self._database.setting(MODEL_SETTING) or "")
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
        return [item for item in log.below(folder.resolve().as_uri()) if not log.given(item)]

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

    # Inside

    @contextmanager
    def _write(self) -> Iterator[None]:
        with self._writing, writer_lock(self.path, _LOCK_TIMEOUT_S):
            self._removed.purge()
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


def _stage(progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(stage, done, total)


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())
