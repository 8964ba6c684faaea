-- Pages of the catalogue and of drift: who has a plan, counted up to an end, and what is
-- open, newest first. Expands only.

-- Rows of one plan lie together, whoever has it.
CREATE INDEX subscription_plan ON subscription (plan_id, tenant_id) WHERE ended_at IS NULL;
CREATE INDEX finding_open_list ON finding (id DESC) WHERE state = 'open';

-- Running subscriptions to any of these plans at and below a tenant of the caller, counted
-- up to `most`. Runs as owner: the policies ask of each row whose it is, which takes ten
-- times as long as counting it.
CREATE FUNCTION subscriptions_counted(of_tenant uuid, plans uuid[], most bigint) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
    IF of_tenant IS DISTINCT FROM scope_tenant() AND NOT in_scope(of_tenant) THEN
        RAISE EXCEPTION 'subscriptions are counted for tenants of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Everybody is below the provider.
    IF NOT EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = of_tenant AND c.ancestor <> of_tenant) THEN
        RETURN (SELECT count(*) FROM (SELECT FROM subscription s
                 WHERE s.plan_id = ANY (plans) AND s.ended_at IS NULL LIMIT most) s);
    END IF;
    RETURN (SELECT count(*) FROM (SELECT FROM tenant_closure c JOIN subscription s ON s.tenant_id = c.descendant
             WHERE c.ancestor = of_tenant AND s.plan_id = ANY (plans) AND s.ended_at IS NULL LIMIT most) s);
END $f$;
REVOKE EXECUTE ON FUNCTION subscriptions_counted(uuid, uuid[], bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION subscriptions_counted(uuid, uuid[], bigint) TO tenantry_app;
