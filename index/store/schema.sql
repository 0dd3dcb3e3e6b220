-- What search asks for, beside the catalog's tables in the same schema. Triggers follow the
-- catalog, so that what is committed can be found at once and as a whole.

-- For mistyped words; who may not make it has them compared by us.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS fuzzystrmatch SCHEMA public;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'no fuzzystrmatch: %', SQLERRM;
END $$;

-- A vector as corpus.vector_codes writes it: the numbers, exactly, and their scale.
CREATE FUNCTION numbers_of(code BYTEA) RETURNS HALFVEC LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(((get_byte(code, place) # 128) - 128)::REAL ORDER BY place)::HALFVEC
    FROM generate_series(5, length(code) - 1) AS place
$$;

CREATE FUNCTION scale_of(code BYTEA) RETURNS REAL LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN bits = 0 THEN 0 ELSE
        ((1 + (bits & 8388607) / 8388608::FLOAT8) * 2::FLOAT8 ^ ((bits >> 23) - 127))::REAL END
    FROM (SELECT get_byte(code, 1) + (get_byte(code, 2) << 8) + (get_byte(code, 3) << 16)
        + (get_byte(code, 4) << 24) AS bits) AS read
$$;

-- Embedded windows. Role and language are the paragraph's, for filters, and published is the
-- article's, or '': by it the table can be partitioned (`article-qa admin plan`).
CREATE TABLE chunks (
    window_id BIGINT NOT NULL REFERENCES windows ON DELETE CASCADE,
    paragraph_id BIGINT NOT NULL,
    article_id BIGINT NOT NULL,
    published TEXT COLLATE "C" NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    scale REAL NOT NULL,
    near HALFVEC NOT NULL,
    PRIMARY KEY (window_id, published)
);

CREATE INDEX chunks_paragraph ON chunks (paragraph_id);

CREATE INDEX chunks_article ON chunks (article_id);

-- Vectors that came and went since vector_sums was brought up to date.
CREATE TABLE vector_changes (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sign SMALLINT NOT NULL,
    scale REAL NOT NULL,
    near HALFVEC NOT NULL
);

-- One row: see index.fusion.Moments.
CREATE TABLE vector_sums (
    count BIGINT NOT NULL,
    total BYTEA NOT NULL,
    products BYTEA NOT NULL,
    version BIGINT NOT NULL
);

-- The terms of each paragraph: their keys, ascending, and how often each stands there.
CREATE TABLE paragraph_terms (
    paragraph_id BIGINT NOT NULL REFERENCES paragraphs ON DELETE CASCADE,
    article_id BIGINT NOT NULL,
    published TEXT COLLATE "C" NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    field_key BIGINT NOT NULL,
    tokens INTEGER NOT NULL,
    norm INTEGER NOT NULL,
    keys BIGINT[] NOT NULL,
    counts INTEGER[] NOT NULL,
    PRIMARY KEY (paragraph_id, published)
);

CREATE INDEX paragraph_terms_keys ON paragraph_terms USING gin (keys);

CREATE INDEX paragraph_terms_article ON paragraph_terms (article_id);

-- In how many paragraphs a term stands, as a sum: writers add rows and wait for nobody, and
-- from time to time the rows of a key are made one. Under a field's key are its tokens, under 0
-- all paragraphs.
CREATE TABLE term_counts (
    key BIGINT NOT NULL,
    field TEXT,
    term TEXT,
    number BIGINT NOT NULL,
    folded BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE INDEX term_counts_key ON term_counts (key);

CREATE INDEX term_counts_new ON term_counts (key) WHERE NOT folded;

CREATE INDEX term_counts_first ON term_counts (field, "left"(term, 1), length(term))
    WHERE term IS NOT NULL;

-- Paragraphs whose terms are not there; empty where a transaction ends.
CREATE TABLE without_terms (paragraph_id BIGINT PRIMARY KEY REFERENCES paragraphs ON DELETE CASCADE);

CREATE INDEX paragraphs_language ON paragraphs (language);

CREATE FUNCTION put_chunk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM chunks WHERE window_id = NEW.id;
    INSERT INTO chunks
            (window_id, paragraph_id, article_id, published, role, language, scale, near)
        SELECT NEW.id, p.id, a.id, coalesce(a.published, ''), p.role, p.language,
            scale_of(vector), numbers_of(vector)
        FROM paragraphs AS p JOIN articles AS a ON a.id = p.article_id, embeddings AS e
        WHERE p.id = NEW.paragraph_id AND e.id = NEW.embedding_id;
    RETURN NULL;
END $$;

CREATE TRIGGER windows_searched AFTER INSERT OR UPDATE OF embedding_id, paragraph_id ON windows
    FOR EACH ROW EXECUTE FUNCTION put_chunk();

CREATE FUNCTION put_chunks_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE windows SET embedding_id = embedding_id WHERE embedding_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER embeddings_searched AFTER UPDATE OF vector ON embeddings
    FOR EACH ROW WHEN (new.vector IS DISTINCT FROM old.vector) EXECUTE FUNCTION put_chunks_again();

CREATE FUNCTION note_vector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO vector_changes (sign, scale, near) VALUES (1, NEW.scale, NEW.near);
    ELSE
        INSERT INTO vector_changes (sign, scale, near) VALUES (-1, OLD.scale, OLD.near);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER chunks_summed AFTER INSERT OR DELETE ON chunks
    FOR EACH ROW EXECUTE FUNCTION note_vector();

CREATE FUNCTION follow_paragraph() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE chunks SET article_id = NEW.article_id, role = NEW.role, language = NEW.language
            WHERE paragraph_id = NEW.id;
        DELETE FROM paragraph_terms WHERE paragraph_id = NEW.id;
    END IF;
    INSERT INTO without_terms VALUES (NEW.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER paragraphs_searched
    AFTER INSERT OR UPDATE OF article_id, role, language, heading, text_hash ON paragraphs
    FOR EACH ROW EXECUTE FUNCTION follow_paragraph();

CREATE FUNCTION follow_title() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE paragraphs SET heading = heading WHERE article_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER articles_searched AFTER UPDATE OF title ON articles
    FOR EACH ROW WHEN (new.title IS DISTINCT FROM old.title) EXECUTE FUNCTION follow_title();

CREATE FUNCTION follow_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE chunks SET published = coalesce(NEW.published, '') WHERE article_id = NEW.id;
    -- Not changed in place: a row that moves to another partition counts as deleted.
    DELETE FROM paragraph_terms WHERE article_id = NEW.id;
    INSERT INTO without_terms SELECT id FROM paragraphs WHERE article_id = NEW.id
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER articles_dated_for_search AFTER UPDATE OF published ON articles
    FOR EACH ROW WHEN (new.published IS DISTINCT FROM old.published)
    EXECUTE FUNCTION follow_date();

CREATE FUNCTION uncount_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO term_counts (key, number)
        SELECT key, -1 FROM unnest(OLD.keys) AS key
        UNION ALL VALUES (OLD.field_key, -OLD.tokens::BIGINT), (0, -1);
    RETURN NULL;
END $$;

CREATE TRIGGER paragraph_terms_uncounted AFTER DELETE ON paragraph_terms
    FOR EACH ROW EXECUTE FUNCTION uncount_terms();

INSERT INTO without_terms SELECT id FROM paragraphs;

UPDATE windows SET embedding_id = embedding_id WHERE embedding_id IS NOT NULL;
