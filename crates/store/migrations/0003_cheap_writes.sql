-- Row-level security and suspension, cheaper to ask; what they mean stays
-- (docs/decisions/0008-cheap-writes.md).

-- Suspension reaches down; a customer may not see the reseller above it, but
-- has to know that it is served no more. A view, because it reads with the rights
-- of its owner and yet is planned as a part of the statement that asks.
CREATE VIEW suspended_tenant AS
    SELECT c.descendant AS id FROM tenant_closure c JOIN tenant t ON t.id = c.ancestor WHERE t.status = 'suspended';
COMMENT ON VIEW suspended_tenant IS 'class: system';
DROP FUNCTION tenant_suspended(uuid);
GRANT SELECT ON suspended_tenant TO tenantry_app, tenantry_auth;

-- Whether a grant of the caller reaches the tenant.
CREATE FUNCTION in_scope(tenant uuid) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $f$
BEGIN
    RETURN EXISTS (SELECT FROM tenant_closure c JOIN caller_root r ON r.tenant_id = c.ancestor
                    WHERE c.descendant = in_scope.tenant AND r.user_id = caller()
                      AND (r.expires_at IS NULL OR r.expires_at > now()));
END $f$;
REVOKE EXECUTE ON FUNCTION in_scope(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION in_scope(uuid) TO tenantry_app;

-- The policies of a table that belongs to tenants. Migrations that make such a
-- table call it; no role that serves may.
CREATE FUNCTION own_policies(name text, tenant_column text) RETURNS void LANGUAGE plpgsql AS $f$
DECLARE
    -- A scalar query and not EXISTS: that may be hashed, which reads the whole of what
    -- the caller may see to look up one row; a plan that is kept would do so for ever.
    seen text := format($p$
        %1$I.%2$I = (SELECT scope_tenant()) OR (
            SELECT true FROM tenant_closure c JOIN caller_root r ON r.tenant_id = c.ancestor
             WHERE c.descendant = %1$I.%2$I AND r.user_id = (SELECT caller())
               AND (r.expires_at IS NULL OR r.expires_at > now()) LIMIT 1) $p$, name, tenant_column);
BEGIN
    EXECUTE format('CREATE POLICY app_sees ON %I FOR SELECT TO tenantry_app USING (%s)', name, seen);
    EXECUTE format('CREATE POLICY app_changes ON %I FOR UPDATE TO tenantry_app USING (%s)', name, seen);
    EXECUTE format('CREATE POLICY app_removes ON %I FOR DELETE TO tenantry_app USING (%s)', name, seen);
    -- The same rule as a call, not as a query: a statement that writes ten tables would
    -- set up ten queries, and nearly every new row is in the tenant that was just found.
    EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO tenantry_app WITH CHECK (
        %2$I = scope_tenant() OR in_scope(%2$I))', name, tenant_column);
END $f$;
REVOKE EXECUTE ON FUNCTION own_policies(text, text) FROM PUBLIC;

DO $$
DECLARE name text;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
           AND obj_description(c.oid, 'pg_class') = 'class: owned'
    LOOP
        EXECUTE format('DROP POLICY app ON %I', name);
        PERFORM own_policies(name, CASE name WHEN 'tenant' THEN 'id' WHEN 'tenant_edge' THEN 'parent'
                                             ELSE 'tenant_id' END);
    END LOOP;
END $$;
