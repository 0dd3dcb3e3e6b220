-- What is no article of its own, and what is none any more.

-- Inputs that give an article's text under another URI. When the article's own input is gone,
-- it moves to one of them.
CREATE TABLE duplicates (
    origin TEXT NOT NULL REFERENCES inputs ON DELETE CASCADE,
    uri TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    said TEXT NOT NULL,             -- JSON: what the input says, but for the text
    row_hash BLOB,
    PRIMARY KEY (origin, uri)
) STRICT, WITHOUT ROWID;

CREATE INDEX duplicates_article ON duplicates (article_id);

-- Articles that were removed, for the time in which they can be brought back.
CREATE TABLE removed (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uri TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    removed_at TEXT NOT NULL,
    kept TEXT NOT NULL,             -- JSON: the article with its versions and corrections
    row_hash BLOB
) STRICT;

CREATE INDEX removed_uri ON removed (uri);
CREATE INDEX removed_text_hash ON removed (text_hash);

CREATE TRIGGER duplicates_hashed AFTER INSERT ON duplicates BEGIN
    UPDATE duplicates SET row_hash = hash_of(CAST(new.origin AS BLOB), CAST(new.uri AS BLOB),
        new.article_id, CAST(new.said AS BLOB)) WHERE origin = new.origin AND uri = new.uri;
END;

CREATE TRIGGER removed_hashed AFTER INSERT ON removed BEGIN
    UPDATE removed SET row_hash = hash_of(new.id, CAST(new.uri AS BLOB), new.text_hash,
        CAST(new.removed_at AS BLOB), CAST(new.kept AS BLOB)) WHERE id = new.id;
END;
