-- What lists of very many were slow without. Expands only: the function with one argument counts on for
-- servers of the version before.

-- People of a department in the order of their names, and those who are disabled in that of their logins:
-- in a large customer they are more than are sorted for a page, and too few for a walk past everybody.
CREATE INDEX users_departments ON users (tenant_id, department, search_key, id)
    WHERE department IS NOT NULL AND deleted_at IS NULL;
DROP INDEX users_department;
CREATE INDEX users_disabled ON users (tenant_id, principal_name) WHERE NOT enabled AND deleted_at IS NULL;

-- A list says of a request with very many steps that there are more than it counts.

-- Progress of requests, as far as the caller may see their steps. Of what is finished and has more than
-- `most` steps at most one more than `most` is counted of those that did not fail, all as verified, and
-- `more` says so; what failed is few or of interest and always counted.
CREATE FUNCTION request_counts(ids uuid[], most bigint) RETURNS TABLE (id uuid, counts jsonb, more boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE many uuid[];
BEGIN
    many := ARRAY(SELECT r.id FROM request r
                   WHERE most IS NOT NULL AND r.id = ANY(ids) AND r.finished_at IS NOT NULL
                     AND (r.tenant_id = scope_tenant() OR in_scope(r.tenant_id))
                     AND EXISTS (SELECT FROM request_item i WHERE i.request_id = r.id OFFSET most));
    RETURN QUERY
    SELECT n.id, n.counts, false
      FROM request_counts(ARRAY(SELECT x FROM unnest(ids) AS u (x) WHERE x <> ALL(many))) n
    UNION ALL
    SELECT r.id, jsonb_build_object('requested', 0, 'running', 0, 'verified', good.n, 'failed', bad.n,
               'drifted', 0, 'parked', 0, 'superseded', 0), good.n > most
      FROM request r, LATERAL (
          SELECT count(*) AS n FROM (
              SELECT FROM request_item i WHERE i.request_id = r.id AND i.state <> 'failed'
                 AND (i.tenant_id = r.tenant_id OR i.tenant_id = scope_tenant() OR in_scope(i.tenant_id))
               LIMIT most + 1) s) good, LATERAL (
          SELECT count(*) AS n FROM request_item i WHERE i.request_id = r.id AND i.state = 'failed'
             AND (i.tenant_id = r.tenant_id OR i.tenant_id = scope_tenant() OR in_scope(i.tenant_id))) bad
     WHERE r.id = ANY(many);
END $f$;
REVOKE EXECUTE ON FUNCTION request_counts(uuid[], bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION request_counts(uuid[], bigint) TO tenantry_app;
