"""Articles as lines with their roles: the package's samples, and paragraphs of training sets."""

import random
from collections import defaultdict
from pathlib import Path

from corpus.article import Role
from corpus.readers import read
from corpus.samples import samples_folder
from corpus.text.sentences import sentence_spans
from training.lines.pages import PageLine
from training.reader.sets import read_lines

_LABELS = {
    Role.HEADLINE: "headline",
    Role.LEAD: "lead",
    Role.HEADING: "heading",
    Role.BODY: "body",
    Role.CAPTION: "caption",
    Role.SOURCE: "byline",
    Role.PROMO: "boilerplate",
}


def sample_texts(chance: random.Random, copies: int = 3) -> list[list[PageLine]]:
    """Return each sample's paragraphs, some of them without what stands around the article."""
    texts = []
    for path in sorted(samples_folder().glob("*/*.*")):
        for article in read(path.read_bytes(), path.name, uri=path.name):
            lines = [(article.paragraph_text(p), _LABELS[p.role]) for p in article.paragraphs]
            lines = [(" ".join(text.split()), label) for text, label in lines]
            for _ in range(copies):
                bare = chance.random() < 0.5
                gap = chance.random() < 0.6
                kept = [pair for pair in lines if not bare or pair[1] != "boilerplate"]
                texts.append([PageLine(text, label, gap) for text, label in kept])
    return texts


def prose_of(folder: Path, chance: random.Random) -> list[list[str]]:
    """Return the articles of a training set, in paragraphs of one to four sentences."""
    articles: dict[str, list[str]] = defaultdict(list)
    for row in read_lines(folder / "paragraphs.jsonl"):
        text = " ".join(row["text"].split())
        sentences = [text[start:end] for start, end in sentence_spans(text)]
        while sentences:
            size = chance.choice((1, 1, 2, 3, 4))
            articles[row["article"]].append(" ".join(sentences[:size]))
            sentences = sentences[size:]
    return list(articles.values())
