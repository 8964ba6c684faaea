-- What the lists of a million people were slow without. Expands only.
-- A server may be serving meanwhile: tables are taken in the order in which it takes them.

-- Those who can log on, or cannot, are listed by name before all else: in that order they are kept.
CREATE INDEX users_standings ON users (tenant_id,
    (CASE WHEN NOT enabled THEN 'disabled' WHEN activated_at IS NULL THEN 'never_activated' ELSE 'active' END),
    search_key, id) WHERE deleted_at IS NULL;
DROP INDEX users_standing;

-- What is of one kind, of a tenant with many requests and few or none of it.
CREATE INDEX request_kind_of ON request (tenant_id, kind, id);

-- The same as request_item_failed, and kept twice with every step that fails.
DROP INDEX request_item_in_need;

-- As before. Nearly all is verified: what is not is told apart only where there is any, because seven
-- comparisons of every item were most of what a page of requests cost.
CREATE OR REPLACE FUNCTION request_counts(ids uuid[]) RETURNS TABLE (id uuid, counts jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT r.id, jsonb_build_object('requested', o.requested, 'running', o.running, 'verified', n.verified,
               'failed', o.failed, 'drifted', o.drifted, 'parked', o.parked, 'superseded', o.superseded)
      FROM request r, LATERAL (
          SELECT count(*) AS items, count(*) FILTER (WHERE i.state = 'verified') AS verified
            FROM request_item i
           WHERE i.request_id = r.id
             AND (i.tenant_id = r.tenant_id OR i.tenant_id = scope_tenant() OR in_scope(i.tenant_id))) n, LATERAL (
          SELECT count(*) FILTER (WHERE i.state = 'requested') AS requested,
                 count(*) FILTER (WHERE i.state = 'running') AS running,
                 count(*) FILTER (WHERE i.state = 'failed') AS failed,
                 count(*) FILTER (WHERE i.state = 'drifted') AS drifted,
                 count(*) FILTER (WHERE i.state = 'parked') AS parked,
                 count(*) FILTER (WHERE i.state = 'superseded') AS superseded
            FROM request_item i
           WHERE n.verified < n.items AND i.request_id = r.id AND i.state <> 'verified'
             AND (i.tenant_id = r.tenant_id OR i.tenant_id = scope_tenant() OR in_scope(i.tenant_id))) o
     WHERE r.id = ANY(request_counts.ids) AND (r.tenant_id = scope_tenant() OR in_scope(r.tenant_id));
END $f$;
