-- Near-identical articles: found by signatures, kept as groups.

CREATE TABLE signatures (
    article_id INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    hashes BLOB NOT NULL            -- MinHash values, see corpus/text/duplicates.py; x'' for a short text
) STRICT;

-- Two articles that share a bucket may be near-identical. Rows of articles that are gone may
-- stay for a while: article ids are never used twice.
CREATE TABLE buckets (
    bucket INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    PRIMARY KEY (bucket, article_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE duplicate_groups (
    article_id INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    group_id INTEGER NOT NULL
) STRICT;

CREATE INDEX duplicate_groups_group ON duplicate_groups (group_id);

-- A paragraph of one that is, but for small edits, another's of its group.
CREATE TABLE same_paragraphs (
    paragraph_id INTEGER PRIMARY KEY REFERENCES paragraphs ON DELETE CASCADE,
    text_hash BLOB NOT NULL         -- of the paragraph that it is like
) STRICT;

-- The input that gave the present content; NULL where that is not known.
ALTER TABLE articles ADD COLUMN content_origin TEXT;
