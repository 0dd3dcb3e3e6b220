"""Who answers: article-qa as it is, and the best sentence of the pool by one score alone.

The two baselines answer every question with one sentence; their score is their confidence,
so that what they would refuse can be read off the curve of risk.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import Stemmer
from numpy.typing import NDArray

from benchmarks.answers.data import AnswerSet, Question
from corpus.text.language import detect
from corpus.text.sentences import sentence_spans
from index.analysis import STEMMERS
from qa import open_collection
from qa.evaluation.answers import AnswerOutcome, holds_answer, outcome
from qa.evaluation.span_metrics import exact, f1

if TYPE_CHECKING:
    from benchmarks.retrieval.ours import RememberingEncoder
    from qa import Collection

System = Callable[[Question], AnswerOutcome]


class ArticleQA:
    """`Collection.ask` with its defaults, on a collection of the pool with its titles."""

    def __init__(self, data: AnswerSet, cache: Path, *, written: bool = False) -> None:
        """Make the collection below `cache`, or bring the one there up to date.

        Args:
            data: the pool.
            cache: where the collection is kept.
            written: have the settings' language model write the answers, in place of quotes.
        """
        self._written = written
        self.collection: Collection = open_collection(
            cache / "collections" / data.name, create=True
        )
        if written and not self.collection.settings.endpoint:
            raise SystemExit(
                "The language model needs an endpoint: set ARTICLE_QA_ENDPOINT, "
                "ARTICLE_QA_LANGUAGE_MODEL and, where it asks for one, ARTICLE_QA_API_KEY."
            )
        self.collection.add(data.table, group_by="article")

    def __call__(self, question: Question) -> AnswerOutcome:
        given = self.collection.ask(question.text, generator=None if self._written else False)
        return outcome(given, question.answers, question.target, self.collection.article)


class BestSentence:
    """The sentence of the pool with the highest score."""

    def __init__(
        self, data: AnswerSet, scores: Callable[[list[str], str], Callable[[str], NDArray[Any]]]
    ) -> None:
        """Divide the pool into sentences and prepare to score them."""
        language = _language(data)
        self._sentences = [
            (text, text[start:end])
            for text in data.texts.values()
            for start, end in sentence_spans(text, language)
        ]
        self._scores = scores([sentence for _, sentence in self._sentences], language)

    def __call__(self, question: Question) -> AnswerOutcome:
        scores = self._scores(question.text)
        best = int(np.argmax(scores))
        paragraph, sentence = self._sentences[best]
        held = holds_answer(sentence, question.answers)
        return AnswerOutcome(
            answerable=bool(question.answers),
            answered=True,
            confidence=float(scores[best]),
            predicted=sentence,
            f1=f1(sentence, question.answers) if question.answers else 0.0,
            exact=exact(sentence, question.answers) if question.answers else False,
            first_right=paragraph in question.target.texts if question.target else None,
            holds=held,
            any_holds=held,
            sentences=1,
            cited=1,
            citations=1,
            right_citations=int(held),
        )


def by_words(sentences: list[str], language: str) -> Callable[[str], NDArray[Any]]:
    """Score by bm25s, stemmed, its stop words of the language removed."""
    import bm25s

    options: dict[str, Any] = {"show_progress": False}
    options["stopwords"] = language if language in ("de", "en") else None
    if language in STEMMERS:
        options["stemmer"] = Stemmer.Stemmer(language)
    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(sentences, **options), show_progress=False)

    def scores(question: str) -> NDArray[Any]:
        (tokens,) = bm25s.tokenize([question], return_ids=False, **options)
        # A question of nothing but stop words has no terms, and no sentence is better.
        return retriever.get_scores(tokens) if tokens else np.zeros(len(sentences))

    return scores


def by_meaning(
    encode: "RememberingEncoder",
) -> Callable[[list[str], str], Callable[[str], NDArray[Any]]]:
    """Score by the cosine of article-qa's own encoder."""

    def prepare(sentences: list[str], _: str) -> Callable[[str], NDArray[Any]]:
        vectors = encode.encode(sentences, "document")
        return lambda question: vectors @ encode.encode([question], "query")[0]

    return prepare


@lru_cache(maxsize=1)
def sentence_encoder(cache: Path) -> "RememberingEncoder":
    """Return article-qa's encoder with a memory."""
    from benchmarks.retrieval.ours import encoder

    return encoder(None, cache)


def system(name: str, data: AnswerSet, cache: Path) -> System:
    """Return a system by its name, ready to be asked."""
    if name == "article-qa":
        return ArticleQA(data, cache)
    if name == LANGUAGE_MODEL:
        return ArticleQA(data, cache, written=True)
    if name == "bm25 sentence":
        return BestSentence(data, by_words)
    if name == "embedding sentence":
        return BestSentence(data, by_meaning(sentence_encoder(cache)))
    raise ValueError(f"no system {name!r}")


BASELINES = ("bm25 sentence", "embedding sentence")
LANGUAGE_MODEL = "language model"
SYSTEMS = ("article-qa", *BASELINES)
"""Those that need nothing else; `LANGUAGE_MODEL` is asked where it is named."""


def _language(data: AnswerSet) -> str:
    texts = list(data.texts.values())[:50]
    found = [detect(text) for text in texts]
    return max(set(found), key=found.count)
