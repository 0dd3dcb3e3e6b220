-- The catalog: what users gave. Everything else in a collection is built from it.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta VALUES ('generation', '0'), ('collection', lower(hex(randomblob(16))));

CREATE TABLE articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uri TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    authors TEXT NOT NULL,          -- JSON list
    published TEXT,                 -- ISO 8601 date
    modified TEXT,
    source TEXT NOT NULL,
    section TEXT NOT NULL,
    language TEXT NOT NULL,
    url TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    content_hash BLOB NOT NULL,     -- of the text, its paragraphs and its metadata
    added_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX articles_text_hash ON articles (text_hash);

-- What an article said before it was updated.
CREATE TABLE versions (
    article_id INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    number INTEGER NOT NULL,        -- 1 is the oldest
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    modified TEXT,
    replaced_at TEXT NOT NULL,
    PRIMARY KEY (article_id, number)
) STRICT, WITHOUT ROWID;

-- Rows are never changed, only deleted and inserted, and an id is never used twice: an
-- index that holds an id holds this very paragraph.
CREATE TABLE paragraphs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    heading TEXT NOT NULL,
    page INTEGER,
    text_hash BLOB NOT NULL,
    windowed INTEGER NOT NULL DEFAULT 0,
    UNIQUE (article_id, number)
) STRICT;

CREATE INDEX paragraphs_text_hash ON paragraphs (text_hash);
CREATE INDEX paragraphs_unwindowed ON paragraphs (id) WHERE windowed = 0;

-- What is embedded: a paragraph, or a part of one that is longer than the model reads.
CREATE TABLE windows (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    paragraph_id INTEGER NOT NULL REFERENCES paragraphs ON DELETE CASCADE,
    start INTEGER NOT NULL,         -- in the paragraph
    "end" INTEGER NOT NULL,
    text_hash BLOB NOT NULL
) STRICT;

CREATE INDEX windows_paragraph ON windows (paragraph_id);

-- Kept by the exact text that the encoder saw, so that nothing is embedded twice.
CREATE TABLE embeddings (
    text_hash BLOB NOT NULL,
    model TEXT NOT NULL,            -- fingerprint
    vector BLOB NOT NULL,           -- float32, little-endian
    PRIMARY KEY (text_hash, model)
) STRICT, WITHOUT ROWID;

-- Inputs that were read, so that an unchanged one need not be read again.
CREATE TABLE inputs (
    origin TEXT PRIMARY KEY,
    sha256 BLOB NOT NULL,
    options TEXT NOT NULL,          -- the reading options, as JSON
    articles INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE input_articles (
    origin TEXT NOT NULL REFERENCES inputs ON DELETE CASCADE,
    article_id INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    PRIMARY KEY (origin, article_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX input_articles_article ON input_articles (article_id);
