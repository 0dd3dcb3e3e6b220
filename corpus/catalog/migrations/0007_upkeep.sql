-- What is kept up to date, so that nothing has to be counted, compared or looked for among all
-- rows; and embeddings in eight bits, which a window or a sentence names by number.

DROP TRIGGER embeddings_hashed;
ALTER TABLE embeddings RENAME TO embeddings_before;

CREATE TABLE embeddings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text_hash BLOB NOT NULL,
    model TEXT NOT NULL,            -- fingerprint
    vector BLOB NOT NULL,           -- see corpus/vector_codes.py
    row_hash BLOB
) STRICT;

CREATE INDEX embeddings_text_hash ON embeddings (text_hash);

CREATE TRIGGER embeddings_hashed AFTER INSERT ON embeddings BEGIN
    UPDATE embeddings SET row_hash = hash_of(new.text_hash, CAST(new.model AS BLOB), new.vector)
        WHERE id = new.id;
END;

CREATE TRIGGER embeddings_hashed_again AFTER UPDATE OF text_hash, model, vector ON embeddings BEGIN
    UPDATE embeddings SET row_hash = hash_of(new.text_hash, CAST(new.model AS BLOB), new.vector)
        WHERE id = new.id;
END;

-- In the order in which they are read together. What has changed on the disk stays behind: it
-- is then missing, and made again.
INSERT INTO embeddings (text_hash, model, vector)
    SELECT text_hash, model, recode(vector) FROM embeddings_before
    LEFT JOIN (
        SELECT text_hash, min(place) AS place FROM (
            SELECT text_hash, paragraph_id AS place FROM sentences
            UNION ALL SELECT text_hash, paragraph_id FROM windows
        ) GROUP BY text_hash
    ) USING (text_hash)
    WHERE row_hash IS hash_of(text_hash, CAST(model AS BLOB), vector)
    ORDER BY place;

DROP TABLE embeddings_before;

-- The model whose embeddings windows and sentences name.
INSERT OR REPLACE INTO meta SELECT 'linked', value FROM meta WHERE key = 'model';

-- NULL where it is not embedded yet.
ALTER TABLE windows ADD COLUMN embedding_id INTEGER;
ALTER TABLE sentences ADD COLUMN embedding_id INTEGER;
UPDATE windows SET embedding_id = (SELECT id FROM embeddings
    WHERE embeddings.text_hash = windows.text_hash
    AND model = (SELECT value FROM meta WHERE key = 'linked'));
UPDATE sentences SET embedding_id = (SELECT id FROM embeddings
    WHERE embeddings.text_hash = sentences.text_hash
    AND model = (SELECT value FROM meta WHERE key = 'linked'));
CREATE INDEX windows_waiting ON windows (text_hash) WHERE embedding_id IS NULL;
CREATE INDEX sentences_waiting ON sentences (text_hash) WHERE embedding_id IS NULL;

-- Paragraphs of which something that the indexes hold has changed, one after the other. The
-- indexes note up to where they have followed; salt tells whether it is still the same story.
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    paragraph_id INTEGER NOT NULL,
    salt INTEGER NOT NULL DEFAULT (random()),
    row_hash BLOB
) STRICT;

CREATE TRIGGER changes_hashed AFTER INSERT ON changes BEGIN
    UPDATE changes SET row_hash = hash_of(new.seq, new.paragraph_id, new.salt)
        WHERE seq = new.seq;
END;

CREATE TRIGGER paragraphs_added AFTER INSERT ON paragraphs BEGIN
    INSERT INTO changes (paragraph_id) VALUES (new.id);
    UPDATE counts SET number = number + 1 WHERE facet = 'paragraphs' AND name = '';
END;

CREATE TRIGGER paragraphs_changed AFTER UPDATE OF article_id, start, "end", role, language,
    text_hash ON paragraphs BEGIN
    INSERT INTO changes (paragraph_id) VALUES (new.id);
END;

CREATE TRIGGER paragraphs_removed AFTER DELETE ON paragraphs BEGIN
    INSERT INTO changes (paragraph_id) VALUES (old.id);
    UPDATE counts SET number = number - 1 WHERE facet = 'paragraphs' AND name = '';
END;

CREATE TRIGGER windows_added AFTER INSERT ON windows BEGIN
    INSERT INTO changes (paragraph_id) VALUES (new.paragraph_id);
    UPDATE counts SET number = number + 1 WHERE facet = 'windows' AND name = '';
END;

CREATE TRIGGER windows_embedded AFTER UPDATE OF embedding_id, text_hash ON windows BEGIN
    INSERT INTO changes (paragraph_id) VALUES (new.paragraph_id);
END;

CREATE TRIGGER windows_removed AFTER DELETE ON windows BEGIN
    INSERT INTO changes (paragraph_id) VALUES (old.paragraph_id);
    UPDATE counts SET number = number - 1 WHERE facet = 'windows' AND name = '';
END;

CREATE TRIGGER same_paragraphs_added AFTER INSERT ON same_paragraphs BEGIN
    INSERT INTO changes (paragraph_id) VALUES (new.paragraph_id);
END;

CREATE TRIGGER same_paragraphs_removed AFTER DELETE ON same_paragraphs BEGIN
    INSERT INTO changes (paragraph_id) VALUES (old.paragraph_id);
END;

-- Which of a group is the original.
CREATE TRIGGER duplicate_groups_added AFTER INSERT ON duplicate_groups BEGIN
    INSERT INTO changes (paragraph_id) SELECT id FROM paragraphs WHERE article_id = new.article_id;
END;

CREATE TRIGGER duplicate_groups_removed AFTER DELETE ON duplicate_groups BEGIN
    INSERT INTO changes (paragraph_id) SELECT id FROM paragraphs WHERE article_id = old.article_id;
END;

CREATE TRIGGER articles_dated AFTER UPDATE OF published, text ON articles
    WHEN new.published IS NOT old.published OR length(new.text) <> length(old.text) BEGIN
    INSERT INTO changes (paragraph_id) SELECT id FROM paragraphs WHERE article_id = new.id;
END;

-- How many articles there are of each source, section, language and author, how many
-- have a date, and how many paragraphs and windows there are.
CREATE TABLE counts (
    facet TEXT NOT NULL,
    name TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (facet, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX articles_published ON articles (published);
CREATE INDEX articles_source ON articles (source);
CREATE INDEX articles_section ON articles (section);

CREATE VIEW article_facets AS
    SELECT id AS article_id, 'articles' AS facet, '' AS name FROM articles
    UNION ALL SELECT id, 'dated', '' FROM articles WHERE published IS NOT NULL
    UNION ALL SELECT id, 'sources', source FROM articles
    UNION ALL SELECT id, 'sections', section FROM articles
    UNION ALL SELECT id, 'languages', language FROM articles
    UNION ALL SELECT articles.id, 'authors', value FROM articles,
        json_each(CASE WHEN json_valid(authors) THEN authors ELSE '[]' END);

INSERT INTO counts SELECT facet, name, count(*) FROM article_facets GROUP BY facet, name;
INSERT INTO counts SELECT 'paragraphs', '', count(*) FROM paragraphs;
INSERT INTO counts SELECT 'windows', '', count(*) FROM windows;

CREATE TRIGGER articles_counted AFTER INSERT ON articles BEGIN
    INSERT INTO counts SELECT facet, name, count(*) FROM article_facets
        WHERE article_id = new.id GROUP BY facet, name
        ON CONFLICT DO UPDATE SET number = number + excluded.number;
END;

CREATE TRIGGER articles_uncounted BEFORE DELETE ON articles BEGIN
    INSERT INTO counts SELECT facet, name, -count(*) FROM article_facets
        WHERE article_id = old.id GROUP BY facet, name
        ON CONFLICT DO UPDATE SET number = number + excluded.number;
END;

CREATE TRIGGER articles_uncounted_before AFTER UPDATE OF published, source, section, language,
    authors ON articles BEGIN
    INSERT INTO counts
        SELECT facet, name, sum(number) FROM (
            SELECT 'dated' AS facet, '' AS name,
                (new.published IS NOT NULL) - (old.published IS NOT NULL) AS number
            UNION ALL SELECT 'sources', old.source, -1 UNION ALL SELECT 'sources', new.source, 1
            UNION ALL SELECT 'sections', old.section, -1
            UNION ALL SELECT 'sections', new.section, 1
            UNION ALL SELECT 'languages', old.language, -1
            UNION ALL SELECT 'languages', new.language, 1
            UNION ALL SELECT 'authors', value, -1 FROM json_each(
                CASE WHEN json_valid(old.authors) THEN old.authors ELSE '[]' END)
            UNION ALL SELECT 'authors', value, 1 FROM json_each(
                CASE WHEN json_valid(new.authors) THEN new.authors ELSE '[]' END)
        ) WHERE TRUE GROUP BY facet, name HAVING sum(number) <> 0
        ON CONFLICT DO UPDATE SET number = number + excluded.number;
END;

CREATE TRIGGER counts_emptied AFTER UPDATE OF number ON counts
    WHEN new.number = 0 AND new.facet NOT IN ('paragraphs', 'windows') BEGIN
    DELETE FROM counts WHERE facet = new.facet AND name = new.name;
END;
