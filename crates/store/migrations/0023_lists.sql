-- Every column by which a list is sorted or filtered has its index, docs/decisions/0026.
-- Under row-level security an index on lower(…) is not used, because the function might tell
-- what it is given: what is searched so is a column. An index is not where a plain column of an existing one does: ids are in the order of
-- their making, so `created` is sorted by the keys there are.

-- People of a customer by login, and by whether they can log on.
CREATE INDEX users_logins ON users (tenant_id, principal_name) WHERE deleted_at IS NULL;
CREATE INDEX users_standing ON users (tenant_id,
    (CASE WHEN NOT enabled THEN 'disabled' WHEN activated_at IS NULL THEN 'never_activated' ELSE 'active' END), id)
    WHERE deleted_at IS NULL;
CREATE INDEX users_department ON users (tenant_id, department)
    WHERE department IS NOT NULL AND deleted_at IS NULL;
-- What is as it should be is not looked for by this; it is nearly everything.
CREATE INDEX external_object_state ON external_object (tenant_id, state, object_id) WHERE state <> 'verified';

CREATE INDEX tenant_codes ON tenant (code COLLATE "C", id);
ALTER TABLE tenant ADD COLUMN billing_key text COLLATE "C" GENERATED ALWAYS AS (lower(billing_id)) STORED;
CREATE INDEX tenant_billing ON tenant (billing_key) WHERE billing_key IS NOT NULL;
CREATE INDEX tenant_kind ON tenant (kind, id);
CREATE INDEX tenant_state ON tenant ((CASE WHEN closed_at IS NULL THEN status ELSE 'closed' END), id);

ALTER TABLE user_group ADD COLUMN search_key text COLLATE "C" GENERATED ALWAYS AS (lower(name)) STORED;
CREATE INDEX user_group_list ON user_group (tenant_id, search_key, id) WHERE deleted_at IS NULL;
CREATE INDEX user_group_search ON user_group (search_key, id) WHERE deleted_at IS NULL;

-- The key (tenant_id, id) is read backwards as well, so the list needs no index of its own.
DROP INDEX request_list;
CREATE INDEX request_kind ON request (kind, id);
CREATE INDEX request_actor ON request (actor_id, id) WHERE actor_id IS NOT NULL;
-- Whether something of a request failed, and which requests of a tenant's objects did.
CREATE INDEX request_item_failed ON request_item (request_id) WHERE state = 'failed';
CREATE INDEX request_item_failed_of ON request_item (tenant_id, request_id) WHERE state = 'failed';

-- The search finds an order by the reference its seller gave it.
CREATE INDEX sales_order_reference ON sales_order (reference);

-- How many items of requests are in which state. Items of a tenant that may be seen are seen
-- all, so the policy need not be asked for each of thousands: a page that counted under it took
-- 5,000 queries. What is of another tenant is still asked for.
CREATE FUNCTION request_counts(ids uuid[]) RETURNS TABLE (id uuid, counts jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT r.id, jsonb_build_object('requested', n.requested, 'running', n.running, 'verified', n.verified,
               'failed', n.failed, 'drifted', n.drifted, 'parked', n.parked, 'superseded', n.superseded)
      FROM request r, LATERAL (
          SELECT count(*) FILTER (WHERE i.state = 'requested') AS requested,
                 count(*) FILTER (WHERE i.state = 'running') AS running,
                 count(*) FILTER (WHERE i.state = 'verified') AS verified,
                 count(*) FILTER (WHERE i.state = 'failed') AS failed,
                 count(*) FILTER (WHERE i.state = 'drifted') AS drifted,
                 count(*) FILTER (WHERE i.state = 'parked') AS parked,
                 count(*) FILTER (WHERE i.state = 'superseded') AS superseded
            FROM request_item i
           WHERE i.request_id = r.id
             AND (i.tenant_id = r.tenant_id OR i.tenant_id = scope_tenant() OR in_scope(i.tenant_id))) n
     WHERE r.id = ANY(request_counts.ids) AND (r.tenant_id = scope_tenant() OR in_scope(r.tenant_id));
END $f$;
REVOKE EXECUTE ON FUNCTION request_counts(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION request_counts(uuid[]) TO tenantry_app;
