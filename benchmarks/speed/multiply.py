"""A collection of many articles made of one of few, without reading and dividing them all.

Each copy of an article has other letters in the place of one, so that no two say the same, and
the vectors of the first with their numbers moved along, so that none is another's.
"""

from corpus.catalog.database import Database, SqliteDatabase
from corpus.catalog.integrity import text_hash

_TABLES = ("articles", "paragraphs", "windows", "sentences", "embeddings")
_LETTERS = "0123456789&%$§#+*~^°"
"""Which stand in the place of "e"; so a collection can be made so many times larger."""
MOST = len(_LETTERS)


def multiply(database: Database, times: int) -> None:
    """Make a collection `times` as large, up to `MOST`."""
    assert isinstance(database, SqliteDatabase)
    connection = database._connection
    connection.create_function("respelt", 2, _respell, deterministic=True)
    connection.create_function("name_of", 1, text_hash, deterministic=True)
    last = {
        table: int(database.one(f"SELECT coalesce(max(id), 0) FROM {table}")[0])
        for table in _TABLES
    }
    for copy in range(1, times):
        with database.transaction():
            for statement in _STATEMENTS:
                connection.execute(statement, {"copy": copy, **last})
            database.raise_generation()


def _respell(text: str, copy: int) -> str:
    return text.replace("e", _LETTERS[copy - 1])


_STATEMENTS = (
    """INSERT INTO articles (id, uri, title, text, authors, published, modified, source, section,
        language, url, text_hash, content_hash, added_at, updated_at, content_origin)
    SELECT id + :copy * :articles, uri || '-' || :copy, respelt(title, :copy),
        respelt(text, :copy), authors, published, modified, source, section, language, url,
        name_of(respelt(text, :copy)), hash_of(content_hash, :copy), added_at, updated_at,
        content_origin
    FROM articles WHERE id <= :articles ORDER BY id""",
    """INSERT INTO paragraphs (id, article_id, number, start, "end", role, language, heading, page,
        text_hash, windowed, in_sentences)
    SELECT paragraphs.id + :copy * :paragraphs, article_id + :copy * :articles, number, start,
        "end", role, paragraphs.language, heading, page,
        name_of(respelt(substr(text, start + 1, "end" - start), :copy)), windowed, in_sentences
    FROM paragraphs JOIN articles ON articles.id = article_id
    WHERE paragraphs.id <= :paragraphs ORDER BY paragraphs.id""",
    """INSERT INTO embeddings (id, text_hash, model, vector)
    SELECT id + :copy * :embeddings, hash_of(text_hash, :copy), model,
        CAST(substr(vector, 1, 5) || substr(vector, 6 + 7 * :copy)
            || substr(vector, 6, 7 * :copy) AS BLOB)
    FROM embeddings WHERE id <= :embeddings ORDER BY id""",
    """INSERT INTO windows (id, paragraph_id, start, "end", text_hash, embedding_id)
    SELECT id + :copy * :windows, paragraph_id + :copy * :paragraphs, start, "end",
        hash_of(text_hash, :copy), embedding_id + :copy * :embeddings
    FROM windows WHERE id <= :windows ORDER BY id""",
    """INSERT INTO sentences (id, paragraph_id, start, "end", text_hash, embedding_id)
    SELECT id + :copy * :sentences, paragraph_id + :copy * :paragraphs, start, "end",
        hash_of(text_hash, :copy), embedding_id + :copy * :embeddings
    FROM sentences WHERE id <= :sentences ORDER BY id""",
    """INSERT INTO signatures SELECT article_id + :copy * :articles, hashes FROM signatures
    WHERE article_id <= :articles""",
    """INSERT OR IGNORE INTO buckets SELECT bucket + 104729 * :copy, article_id + :copy * :articles
    FROM buckets WHERE article_id <= :articles""",
)
