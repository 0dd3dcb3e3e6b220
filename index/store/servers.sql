-- For chunks and paragraph_terms that lie on other servers, without triggers and foreign keys: the
-- triggers of the catalog's tables do what theirs did. Each statement for one of the two names the
-- article, by which they are divided, and leaves that column as it is.

CREATE FUNCTION drop_chunks(article BIGINT, of_paragraphs BIGINT[], of_windows BIGINT[])
    RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    gone RECORD;
BEGIN
    FOR gone IN SELECT scale, near FROM chunks WHERE article_id = article
        AND (paragraph_id = ANY(of_paragraphs) OR window_id = ANY(of_windows))
    LOOP
        INSERT INTO vector_changes (sign, scale, near) VALUES (-1, gone.scale, gone.near);
    END LOOP;
    DELETE FROM chunks WHERE article_id = article
        AND (paragraph_id = ANY(of_paragraphs) OR window_id = ANY(of_windows));
END $$;

CREATE FUNCTION drop_terms(article BIGINT, of_paragraphs BIGINT[])
    RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    gone RECORD;
BEGIN
    FOR gone IN SELECT keys, field_key, tokens FROM paragraph_terms
        WHERE article_id = article AND paragraph_id = ANY(of_paragraphs)
    LOOP
        INSERT INTO term_counts (key, number)
            SELECT one, -1 FROM unnest(gone.keys) AS one
            UNION ALL VALUES (gone.field_key, -gone.tokens::BIGINT), (0, -1);
    END LOOP;
    DELETE FROM paragraph_terms WHERE article_id = article AND paragraph_id = ANY(of_paragraphs);
END $$;

CREATE OR REPLACE FUNCTION put_chunk() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made RECORD;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.embedding_id IS NOT NULL THEN
        PERFORM drop_chunks(article_id, NULL, ARRAY[NEW.id]) FROM paragraphs
            WHERE id = NEW.paragraph_id;
    END IF;
    SELECT a.id AS article, coalesce(a.published, '') AS published, p.role, p.language,
            scale_of(vector) AS scale, numbers_of(vector) AS near INTO made
        FROM paragraphs AS p JOIN articles AS a ON a.id = p.article_id, embeddings AS e
        WHERE p.id = NEW.paragraph_id AND e.id = NEW.embedding_id;
    IF FOUND THEN
        INSERT INTO chunks
                (window_id, paragraph_id, article_id, published, role, language, scale, near)
            VALUES (NEW.id, NEW.paragraph_id, made.article, made.published, made.role,
                made.language, made.scale, made.near);
        INSERT INTO vector_changes (sign, scale, near) VALUES (1, made.scale, made.near);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION follow_paragraph() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE chunks SET role = NEW.role, language = NEW.language
            WHERE article_id = NEW.article_id AND paragraph_id = NEW.id;
        PERFORM drop_terms(NEW.article_id, ARRAY[NEW.id]);
    END IF;
    INSERT INTO without_terms VALUES (NEW.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION follow_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE chunks SET published = coalesce(NEW.published, '') WHERE article_id = NEW.id;
    PERFORM drop_terms(NEW.id, (SELECT array_agg(id) FROM paragraphs WHERE article_id = NEW.id));
    INSERT INTO without_terms SELECT id FROM paragraphs WHERE article_id = NEW.id
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- In place of the foreign keys.

CREATE FUNCTION follow_gone_paragraphs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item RECORD;
BEGIN
    FOR item IN SELECT article_id, array_agg(id) AS ids FROM gone GROUP BY article_id LOOP
        PERFORM drop_chunks(item.article_id, item.ids, NULL);
        PERFORM drop_terms(item.article_id, item.ids);
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER paragraphs_gone_from_search AFTER DELETE ON paragraphs
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION follow_gone_paragraphs();

-- Where a window goes with its paragraph, that one's trigger has seen to it.
CREATE FUNCTION follow_gone_windows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item RECORD;
BEGIN
    FOR item IN SELECT p.article_id, array_agg(gone.id) AS ids
        FROM gone JOIN paragraphs AS p ON p.id = gone.paragraph_id GROUP BY p.article_id
    LOOP
        PERFORM drop_chunks(item.article_id, NULL, item.ids);
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER windows_gone_from_search AFTER DELETE ON windows
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION follow_gone_windows();
