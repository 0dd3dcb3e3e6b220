-- A hash beside each row of what users gave and of what searching rests on: SQLite does not
-- notice a bit that changes on the disk. hash_of is corpus/catalog/integrity.py's, on every connection.
-- The columns are named once more in HASHED there. Triggers keep the hashes, so that no
-- statement can forget to; a change of columns that are not hashed leaves the hash as it is.

ALTER TABLE articles ADD COLUMN row_hash BLOB;
ALTER TABLE versions ADD COLUMN row_hash BLOB;
ALTER TABLE paragraphs ADD COLUMN row_hash BLOB;
ALTER TABLE windows ADD COLUMN row_hash BLOB;
ALTER TABLE sentences ADD COLUMN row_hash BLOB;
ALTER TABLE embeddings ADD COLUMN row_hash BLOB;
ALTER TABLE corrections ADD COLUMN row_hash BLOB;

UPDATE articles SET row_hash = hash_of(id, CAST(uri AS BLOB), CAST(title AS BLOB),
    CAST(authors AS BLOB), CAST(published AS BLOB), CAST(modified AS BLOB), CAST(source AS BLOB),
    CAST(section AS BLOB), CAST(language AS BLOB), CAST(url AS BLOB), text_hash);
UPDATE versions SET row_hash = hash_of(article_id, CAST(title AS BLOB), CAST(text AS BLOB),
    CAST(modified AS BLOB), CAST(replaced_at AS BLOB));
UPDATE paragraphs SET row_hash = hash_of(id, article_id, number, start, "end",
    CAST(role AS BLOB), CAST(language AS BLOB), CAST(heading AS BLOB), page, text_hash);
UPDATE windows SET row_hash = hash_of(id, paragraph_id, start, "end", text_hash);
UPDATE sentences SET row_hash = hash_of(id, paragraph_id, start, "end", text_hash);
UPDATE embeddings SET row_hash = hash_of(text_hash, CAST(model AS BLOB), vector);
UPDATE corrections SET row_hash = hash_of(article_id, CAST(field AS BLOB), CAST(value AS BLOB),
    CAST(read AS BLOB));

CREATE TRIGGER articles_hashed AFTER INSERT ON articles BEGIN
    UPDATE articles SET row_hash = hash_of(new.id, CAST(new.uri AS BLOB), CAST(new.title AS BLOB),
        CAST(new.authors AS BLOB), CAST(new.published AS BLOB), CAST(new.modified AS BLOB),
        CAST(new.source AS BLOB), CAST(new.section AS BLOB), CAST(new.language AS BLOB),
        CAST(new.url AS BLOB), new.text_hash) WHERE id = new.id;
END;

CREATE TRIGGER articles_hashed_again AFTER UPDATE OF uri, title, authors, published, modified,
    source, section, language, url, text_hash ON articles BEGIN
    UPDATE articles SET row_hash = hash_of(new.id, CAST(new.uri AS BLOB), CAST(new.title AS BLOB),
        CAST(new.authors AS BLOB), CAST(new.published AS BLOB), CAST(new.modified AS BLOB),
        CAST(new.source AS BLOB), CAST(new.section AS BLOB), CAST(new.language AS BLOB),
        CAST(new.url AS BLOB), new.text_hash) WHERE id = new.id;
END;

-- An earlier version gets another number when an older one is put before it; its number is
-- not hashed.
CREATE TRIGGER versions_hashed AFTER INSERT ON versions BEGIN
    UPDATE versions SET row_hash = hash_of(new.article_id, CAST(new.title AS BLOB),
        CAST(new.text AS BLOB), CAST(new.modified AS BLOB), CAST(new.replaced_at AS BLOB))
        WHERE article_id = new.article_id AND number = new.number;
END;

CREATE TRIGGER paragraphs_hashed AFTER INSERT ON paragraphs BEGIN
    UPDATE paragraphs SET row_hash = hash_of(new.id, new.article_id, new.number, new.start,
        new."end", CAST(new.role AS BLOB), CAST(new.language AS BLOB), CAST(new.heading AS BLOB),
        new.page, new.text_hash) WHERE id = new.id;
END;

CREATE TRIGGER windows_hashed AFTER INSERT ON windows BEGIN
    UPDATE windows SET row_hash = hash_of(new.id, new.paragraph_id, new.start, new."end",
        new.text_hash) WHERE id = new.id;
END;

CREATE TRIGGER sentences_hashed AFTER INSERT ON sentences BEGIN
    UPDATE sentences SET row_hash = hash_of(new.id, new.paragraph_id, new.start, new."end",
        new.text_hash) WHERE id = new.id;
END;

CREATE TRIGGER embeddings_hashed AFTER INSERT ON embeddings BEGIN
    UPDATE embeddings SET row_hash = hash_of(new.text_hash, CAST(new.model AS BLOB), new.vector)
        WHERE text_hash = new.text_hash AND model = new.model;
END;

CREATE TRIGGER corrections_hashed AFTER INSERT ON corrections BEGIN
    UPDATE corrections SET row_hash = hash_of(new.article_id, CAST(new.field AS BLOB),
        CAST(new.value AS BLOB), CAST(new.read AS BLOB))
        WHERE article_id = new.article_id AND field = new.field;
END;
