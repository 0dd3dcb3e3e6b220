"""Hits of a search into passages: their texts and metadata, read from the catalog."""

from collections.abc import Mapping, Sequence

from corpus.article import Article
from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.rows import ParagraphRow
from index.search import Hit
from qa.answering.citations import describe
from qa.results import ArticleInfo, Passage


def passages_of(database: Database, ranked: Sequence[Sequence[Hit]]) -> list[tuple[Passage, ...]]:
    """Read the texts and metadata of each question's hits; what is gone by now is left out."""
    wanted = {item for hits in ranked for hit in hits for item in (hit.paragraph_id, *hit.twins)}
    catalog = Catalog(database)
    # Of one state: an article may be removed while its passages are read.
    with database.transaction(write=False):
        rows = {row.id: row for row in catalog.paragraphs(wanted)}
        articles = catalog.articles(sorted({row.article_id for row in rows.values()}))
    infos = {key: info_of(article) for key, article in articles.items()}
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


def info_of(article: Article) -> ArticleInfo:
    """Return an article's metadata."""
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
