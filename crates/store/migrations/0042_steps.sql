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

-- Of those that are finished, the large ones; few steps are counted as fast.
UPDATE request r SET steps = n.steps
  FROM (SELECT i.request_id, count(*) AS steps FROM request_item i JOIN request q ON q.id = i.request_id
         WHERE q.finished_at IS NOT NULL GROUP BY i.request_id
        HAVING count(*) > 100 AND bool_and(i.tenant_id = q.tenant_id)) n
 WHERE r.id = n.request_id;

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
