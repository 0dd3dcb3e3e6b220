"""What keeps a collection's index in step with its catalog, whoever has the index."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from corpus.article import ANSWERING_ROLES
from corpus.catalog.database import Database
from corpus.catalog.embeddings import (
    EmbeddingStore,
    Seal,
    Stretches,
    link_embeddings,
    put_seal,
)
from corpus.catalog.integrity import loss_error
from corpus.catalog.rows import ParagraphRow
from corpus.errors import ModelMismatch
from corpus.text.sentences import sentence_spans
from index.arrays import Floats
from index.chunks import WINDOW_TOKENS, windows
from index.encoder import Encoder
from index.fusion import Moments, Spread
from index.reference import WEIGHT as BACKGROUND_WEIGHT
from index.reference import background_texts
from index.runtime.cpu import available_cores
from index.store import Index

MODEL_SETTING = "model"
WINDOW_SETTING = "window_tokens"
_PARAGRAPHS_AT_ONCE = 2000
_WINDOWS_AT_ONCE = 256
"""Embedded and committed together: what a kill can cost."""
_CORES_THEY_FILL = 8
"""So many sentences are about four passes, of two cores each; more cores get more at once."""

BuildProgress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


class TextWorkers(Protocol):
    """Encoders elsewhere, such as `index.runtime.ray_workers`."""

    def encode_batches(
        self, batches: Iterable[list[str]], fingerprint: str
    ) -> Iterator[tuple[list[str], Floats]]:
        """Yield each batch of texts with its vectors by that model, in any order."""
        ...


class IndexKeeper(ABC):
    """Embeds what is new in a catalog, and gives the index of what there is."""

    def __init__(self, database: Database, encoder: Encoder) -> None:
        """Take the catalog and the model to embed with."""
        self._database = database
        self._store = EmbeddingStore(database)
        self._encoder = encoder
        self._background: tuple[Seal, Spread | None] | None = None
        self._embedding = False

    @abstractmethod
    def snapshot(self) -> Index:
        """Return the index at the catalog's present generation.

        Raises:
            ModelMismatch: the collection is embedded with another model.
        """

    @property
    @abstractmethod
    def generation(self) -> int | None:
        """The generation of the index that is open; None before the first `snapshot`."""

    @abstractmethod
    def tidy(self) -> None:
        """Put together what a change has left in pieces; the caller may write."""

    def embed(
        self, progress: BuildProgress | None = None, workers: TextWorkers | None = None
    ) -> int:
        """Divide new paragraphs into windows and sentences and embed what is not embedded.

        The caller may write. What was embedded before an interruption is kept.

        Args:
            progress: called now and then.
            workers: who encodes; by default this process.

        Returns:
            How many windows were embedded; sentences are not counted.

        Raises:
            ModelMismatch: the collection is embedded with another model.
        """
        self.check_model()
        self._embedding = True
        self._window()
        model = self._encoder.fingerprint
        strange = self._store.find_unknown(model, background_texts())
        self._put(strange, self._encoder.encode(strange, "document"))
        # Sentences last: the paragraphs are found without them, if not as well.
        kinds = (self._store.windows, self._store.sentences)
        pending = [(kind, kind.find_unembedded(model)) for kind in kinds]
        total, done = sum(len(ids) for _, ids in pending), 0
        if progress is not None and total:
            progress(0, total)
        encode = self._encode_batches if workers is None else workers.encode_batches
        size = _WINDOWS_AT_ONCE * max(1, available_cores() // _CORES_THEY_FILL)
        for kind, ids in pending:
            batches = (
                list(kind.texts(ids[at : at + size]).values()) for at in range(0, len(ids), size)
            )
            for texts, vectors in encode(batches, model):
                self._put(texts, vectors)
                done += len(texts)
                if progress is not None:
                    progress(min(done, total), total)
        # What was complete before is complete; a row may be of another text than its hash says.
        if all(not ids or not kind.find_unembedded(model) for kind, ids in pending):
            self._note_complete()
        if progress is not None and done < total:
            progress(total, total)
        return len(pending[0][1])

    def _encode_batches(
        self, batches: Iterable[list[str]], _: str
    ) -> Iterator[tuple[list[str], Floats]]:
        for texts in batches:
            yield texts, self._encoder.encode(texts, "document")

    def adopt_model(self) -> None:
        """Make the encoder's model the collection's; the caller then calls `embed`."""
        limit = self._window_tokens()
        with self._database.transaction():
            if self._database.setting(WINDOW_SETTING) not in (None, str(limit)):
                self._store.windows.forget()
            self._database.set_setting(WINDOW_SETTING, str(limit))
            self._database.set_setting(MODEL_SETTING, self._encoder.fingerprint)
            link_embeddings(self._database, self._encoder.fingerprint)
            self._database.raise_generation()

    def check_model(self) -> None:
        """See that the collection is embedded with the encoder's model, or with none yet.

        Raises:
            ModelMismatch: it is embedded with another one.
        """
        model = self._database.setting(MODEL_SETTING)
        if model not in (None, self._encoder.fingerprint):
            raise ModelMismatch(
                "The collection is embedded with another model (fingerprint {model}; this one has "
                "{own}). Open it with the model that it was made with, or embed it anew: "
                "article-qa embed --model NAME",
                model=model,
                own=self._encoder.fingerprint,
            )

    def _note_complete(self) -> None:
        put_seal(self._database, self._encoder.fingerprint, background_texts())

    def _window_tokens(self) -> int:
        return min(WINDOW_TOKENS, self._encoder.max_tokens * 3 // 4)

    def _window(self) -> None:
        """Divide paragraphs that have no windows yet."""
        if self._database.setting(MODEL_SETTING) is None:
            self.adopt_model()
        limit = int(self._database.setting(WINDOW_SETTING) or self._window_tokens())
        while rows := self._store.windows.find_undivided(_PARAGRAPHS_AT_ONCE):
            self._divide(self._store.windows, [(row, _spans(row, limit)) for row in rows])
        while rows := self._store.sentences.find_undivided(_PARAGRAPHS_AT_ONCE):
            self._divide(self._store.sentences, [(row, _sentences(row)) for row in rows])

    def _divide(
        self, kind: Stretches, divided: Sequence[tuple[ParagraphRow, list[tuple[int, int]]]]
    ) -> None:
        self._database.retry(lambda: kind.put(divided))

    def _put(self, texts: Sequence[str], vectors: Floats) -> None:
        model = self._encoder.fingerprint
        self._database.retry(lambda: self._store.put(model, texts, vectors))

    def _spread(self, moments: Moments | None, seal: Seal) -> Spread | None:
        """Return where the vectors lie, the background's among them."""
        if self._background is None or self._background[0] != seal:
            texts = background_texts()
            vectors = self._store.vectors_of(self._encoder.fingerprint, texts)
            if seal.covers(texts) and len(vectors) < len(texts):
                raise loss_error("The embedding of a text that questions are compared with")
            self._background = seal, Spread.of(vectors) if len(vectors) else None
        background = self._background[1]
        if moments is None or not moments.count or background is None:
            return None
        share = BACKGROUND_WEIGHT / (BACKGROUND_WEIGHT + moments.count)
        return moments.spread().mix(background, share)


def _spans(row: ParagraphRow, limit: int) -> list[tuple[int, int]]:
    """Return the windows of a paragraph; what is not the article is found by its words alone."""
    if row.paragraph.role not in ANSWERING_ROLES:
        return []
    return windows(row.text, lambda text: sentence_spans(text, row.paragraph.language), limit)


def _sentences(row: ParagraphRow) -> list[tuple[int, int]]:
    """Return the sentences of a paragraph that has several."""
    if row.paragraph.role not in ANSWERING_ROLES:
        return []
    spans = sentence_spans(row.text, row.paragraph.language)
    return list(spans) if len(spans) > 1 else []
