-- How articles arrive: from the web, through lists, and with corrections by the user.

-- What a folder of the web named: a feed, a sitemap or a list of addresses, and its pages. An
-- address that the user named itself is its own member.
CREATE TABLE members (
    list TEXT NOT NULL,
    origin TEXT NOT NULL,
    stamp TEXT NOT NULL,            -- the time of its last change, as the list writes it
    listed INTEGER NOT NULL,        -- 0 where the list, read again, no longer names it
    PRIMARY KEY (list, origin)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_origin ON members (origin);

-- What a server said of a page, to ask it whether that page has changed.
CREATE TABLE fetched (
    origin TEXT PRIMARY KEY,
    address TEXT NOT NULL,          -- where the redirects ended
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    fetched_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Articles that an input gave once and, read again, gives no more.
CREATE TABLE vanished (
    origin TEXT NOT NULL REFERENCES inputs ON DELETE CASCADE,
    article_id INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    PRIMARY KEY (origin, article_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX vanished_article ON vanished (article_id);

-- Metadata that the user set, which wins over what is read.
CREATE TABLE corrections (
    article_id INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    field TEXT NOT NULL,
    value TEXT NOT NULL,            -- JSON
    read TEXT NOT NULL,             -- JSON: what the article itself says
    PRIMARY KEY (article_id, field)
) STRICT, WITHOUT ROWID;
