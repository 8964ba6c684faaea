-- How many steps a request has, noted when it is finished, so that lists need not count them. Expands
-- only: servers of the version before count, and their workers note nothing.

ALTER TABLE request ADD COLUMN steps bigint;
COMMENT ON COLUMN request.steps IS 'of a finished one whose steps all are of its own tenant';
GRANT UPDATE (steps) ON request TO tenantry_engine;

-- What begins again gets more steps, and they are noted when it is finished again.
CREATE FUNCTION request_begins_again() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    NEW.steps := NULL;
    RETURN NEW;
END $f$;
CREATE TRIGGER request_steps BEFORE UPDATE OF finished_at ON request
    FOR EACH ROW WHEN (NEW.finished_at IS NULL AND OLD.steps IS NOT NULL) EXECUTE FUNCTION request_begins_again();

-- Some acts note in a request of long ago what is settled with it by now.
CREATE FUNCTION request_has_more_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    -- Also of one that is finished at this moment, which is waited for.
    UPDATE request r SET steps = NULL WHERE r.id = NEW.request_id;
    RETURN NULL;
END $f$;
CREATE TRIGGER request_item_settled AFTER INSERT ON request_item
    FOR EACH ROW WHEN (NEW.state = 'superseded') EXECUTE FUNCTION request_has_more_steps();
REVOKE EXECUTE ON FUNCTION request_begins_again, request_has_more_steps FROM PUBLIC;

-- As before, and what is wanted within a finished request begins it again.
CREATE OR REPLACE FUNCTION want_specs(of_request uuid, in_lane smallint, instant timestamptz, ids uuid[], specs jsonb[])
    RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE changed bigint;
BEGIN
    IF coalesce(cardinality(ids), 0) = 0 THEN
        RETURN 0;
    END IF;
    -- The queue first, as the engine locks it when it records what became of a batch.
    PERFORM FROM work w WHERE w.object_id = ANY(ids) ORDER BY w.object_id FOR UPDATE;
    WITH a AS (
        SELECT o.id, o.tenant_id, o.target_id, o.kind, o.generation + 1 AS gen,
               CASE WHEN o.wanted THEN o.spec END AS before, n.after
          FROM unnest(ids, specs) AS n (id, after) JOIN object o ON o.id = n.id
    ), o AS (
        UPDATE object o SET spec = coalesce(a.after, o.spec), generation = a.gen, wanted = a.after IS NOT NULL
          FROM a WHERE o.id = a.id
    ), r AS (
        INSERT INTO object_revision (object_id, generation, tenant_id, request_id, before, after, at)
        SELECT a.id, a.gen, a.tenant_id, of_request, a.before, a.after, instant FROM a
    ), old AS (
        UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = instant
          FROM a WHERE i.object_id = a.id AND i.member_id = '00000000-0000-0000-0000-000000000000'
           AND i.state IN ('requested', 'running', 'failed', 'parked') AND i.request_id <> of_request
           AND (SELECT q.kind FROM request q WHERE q.id = i.request_id) IS DISTINCT FROM 'password'
    ), i AS (
        INSERT INTO request_item AS x (request_id, object_id, tenant_id, generation, updated_at)
        SELECT of_request, a.id, a.tenant_id, a.gen, instant FROM a
        ON CONFLICT (request_id, object_id, member_id) DO UPDATE
           SET generation = excluded.generation, state = 'requested', problem = NULL, updated_at = excluded.updated_at
    ), again AS (
        UPDATE request q SET finished_at = NULL WHERE q.id = of_request AND q.finished_at IS NOT NULL
    )
    INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
    -- What others lie in comes first, and goes last: it is not tried before its content
    -- can have gone, at a pace any directory keeps.
    SELECT a.id, a.target_id, a.tenant_id, in_lane, now() + CASE
               WHEN a.after IS NULL AND a.kind = 'container' THEN cardinality(ids) * interval '10 ms'
               WHEN a.kind = 'container' THEN interval '-2 us'
               WHEN a.kind = 'group' THEN interval '-1 us' ELSE interval '0' END
      FROM a ORDER BY a.id
    ON CONFLICT (object_id) DO UPDATE
       SET due_at = least(w.due_at, excluded.due_at), lane = least(w.lane, excluded.lane), attempts = 0,
           refusals = 0;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $f$;

-- Progress of requests, as far as the caller may see their steps. Where `most` is given, those of finished
-- ones are the noted ones, and of what has none noted and more than `most`, at most one more than `most` is
-- counted and `more` says so: what did not fail counts as verified. What failed is few or of interest, and
-- always counted.
CREATE OR REPLACE FUNCTION request_counts(ids uuid[], most bigint) RETURNS TABLE (id uuid, counts jsonb, more boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE noted uuid[]; many uuid[];
BEGIN
    noted := ARRAY(SELECT r.id FROM request r
                    WHERE most IS NOT NULL AND r.id = ANY(ids) AND r.finished_at IS NOT NULL AND r.steps IS NOT NULL
                      AND (r.tenant_id = scope_tenant() OR in_scope(r.tenant_id)));
    many := ARRAY(SELECT r.id FROM request r
                   WHERE most IS NOT NULL AND r.id = ANY(ids) AND r.finished_at IS NOT NULL AND r.steps IS NULL
                     AND (r.tenant_id = scope_tenant() OR in_scope(r.tenant_id))
                     AND EXISTS (SELECT FROM request_item i WHERE i.request_id = r.id OFFSET most));
    RETURN QUERY
    SELECT n.id, n.counts, false
      FROM request_counts(ARRAY(SELECT x FROM unnest(ids) AS u (x) WHERE x <> ALL(noted) AND x <> ALL(many))) n
    UNION ALL
    SELECT r.id, jsonb_build_object('requested', 0, 'running', 0, 'verified', good.n, 'failed', bad.n,
               'drifted', 0, 'parked', 0, 'superseded', 0), r.steps IS NULL AND good.n > most
      FROM request r, LATERAL (
          SELECT count(*) AS n FROM request_item i WHERE i.request_id = r.id AND i.state = 'failed'
             AND (i.tenant_id = r.tenant_id OR i.tenant_id = scope_tenant() OR in_scope(i.tenant_id))) bad, LATERAL (
          SELECT r.steps - bad.n AS n WHERE r.steps IS NOT NULL
          UNION ALL
          SELECT count(*) FROM (
              SELECT FROM request_item i WHERE i.request_id = r.id AND i.state <> 'failed'
                 AND (i.tenant_id = r.tenant_id OR i.tenant_id = scope_tenant() OR in_scope(i.tenant_id))
               LIMIT most + 1) s WHERE r.steps IS NULL HAVING r.steps IS NULL) good
     WHERE r.id = ANY(noted || many);
END $f$;
