-- Who sees which rows, and what each login role may do. A table is classed in its
-- comment (0001); the policies follow from the class.

-- ---------------------------------------------------------------- row-level security

-- A scalar query and not EXISTS: that may be hashed, which reads the whole of what
-- the caller may see to look up one row; a plan that is kept would do so for ever.
CREATE FUNCTION own_policy(name text, tenant_column text) RETURNS void LANGUAGE plpgsql AS $f$
DECLARE seen text := format($p$
    %1$I.%2$I = (SELECT scope_tenant()) OR (
        SELECT true FROM tenant_closure c JOIN caller_root r ON r.tenant_id = c.ancestor
         WHERE c.descendant = %1$I.%2$I AND r.user_id = (SELECT caller())
           AND (r.expires_at IS NULL OR r.expires_at > now()) LIMIT 1) $p$, name, tenant_column);
BEGIN
    EXECUTE format('CREATE POLICY app ON %I TO tenantry_app USING (%s)', name, seen);
END $f$;

DO $$
DECLARE name text; class text;
BEGIN
    FOR name, class IN
        SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
           AND obj_description(c.oid, 'pg_class') IN ('class: owned', 'class: published')
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        -- Migrations, bootstrap and the definer functions above; no process that serves uses this role.
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
        IF class = 'class: published' THEN
            EXECUTE format($p$CREATE POLICY app ON %1$I FOR SELECT TO tenantry_app USING (
                %1$I.tenant_id IS NULL OR %1$I.tenant_id = (SELECT scope_tenant()) OR EXISTS (
                SELECT FROM caller_root r JOIN tenant_closure c ON c.descendant = r.tenant_id OR c.ancestor = r.tenant_id
                 WHERE r.user_id = (SELECT caller()) AND (r.expires_at IS NULL OR r.expires_at > now())
                   AND (c.descendant = r.tenant_id AND c.ancestor = %1$I.tenant_id
                     OR c.ancestor = r.tenant_id AND c.descendant = %1$I.tenant_id)))$p$, name);
        ELSIF name = 'tenant' THEN
            PERFORM own_policy(name, 'id');
        ELSIF name = 'tenant_edge' THEN
            PERFORM own_policy(name, 'parent');
        ELSE
            PERFORM own_policy(name, 'tenant_id');
        END IF;
    END LOOP;
    -- Sign-in asks before there is a caller; the engine works for all.
    FOREACH name IN ARRAY ARRAY['users', 'api_token', 'role_grant', 'role', 'tenant', 'activation', 'request_item',
                                'brand'] LOOP
        EXECUTE format('CREATE POLICY auth ON %I TO tenantry_auth USING (true) WITH CHECK (true)', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['object', 'external_object', 'membership', 'attempt', 'secret', 'request',
                                'request_item', 'users', 'activation', 'subscription', 'fact', 'event', 'tenant',
                                'target', 'observation'] LOOP
        EXECUTE format('CREATE POLICY engine ON %I TO tenantry_engine USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$;
DROP FUNCTION own_policy(text, text);

-- What everybody has without any grant: their own account, and what they do to
-- it. Composite foreign keys keep such rows in the person's own tenant. Reading
-- one's grants is not giving oneself one, so that is for SELECT only.
CREATE POLICY own ON users FOR SELECT TO tenantry_app USING (id = (SELECT caller()));
-- Lets the account be locked, not changed.
CREATE POLICY own_lock ON users FOR UPDATE TO tenantry_app USING (id = (SELECT caller())) WITH CHECK (false);
CREATE POLICY own ON role_grant FOR SELECT TO tenantry_app USING (user_id = (SELECT caller()));
CREATE POLICY own ON api_token TO tenantry_app USING (user_id = (SELECT caller()));
CREATE POLICY own ON idempotency TO tenantry_app USING (user_id = (SELECT caller()));
CREATE POLICY own ON activation TO tenantry_app USING (user_id = (SELECT caller()));
CREATE POLICY own ON tenant FOR SELECT TO tenantry_app USING (id = (SELECT home()));
CREATE POLICY own ON event FOR INSERT TO tenantry_app
    WITH CHECK (tenant_id = (SELECT home()) AND actor_id = (SELECT caller()));

-- ---------------------------------------------------------------- rights, no more than used

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION caller(), home(), scope_tenant() TO tenantry_app;
GRANT EXECUTE ON FUNCTION names_taken, reserve_names TO tenantry_app;
GRANT EXECUTE ON FUNCTION tenant_suspended TO tenantry_app, tenantry_auth;

GRANT SELECT ON tenant, tenant_edge, tenant_closure, caller_root, brand, target, target_health, service, plan,
    price_book, price, role, role_grant, api_token, activation, request, sales_order, idempotency, object,
    object_revision, membership, request_item, external_object, attempt, user_group, subscription, event,
    event_personal, person_key, fact, observation TO tenantry_app;
-- All of a person but the hash: who serves pages has no use for it.
GRANT SELECT (id, tenant_id, target_id, object_id, given_name, surname, display_name, principal_name, logon_name, mail,
    phone, title, department, enabled, administrator, search_key, activated_at, version, created_at, deleted_at)
    ON users TO tenantry_app;
GRANT SELECT (object_id, target_id, tenant_id, lane, due_at, attempts) ON work TO tenantry_app;
GRANT INSERT ON tenant, tenant_edge, users, role_grant, api_token, activation, request, sales_order, idempotency,
    object, object_revision, membership, request_item, work, secret, user_group, subscription, event,
    event_personal, person_key, fact TO tenantry_app;
GRANT UPDATE (name, search_key, status, language, time_zone, billing_id, version, folder_object, members_object) ON tenant TO tenantry_app;
GRANT UPDATE (given_name, surname, display_name, mail, phone, title, department, enabled, administrator, search_key,
    version, deleted_at) ON users TO tenantry_app;
GRANT UPDATE (revoked_at) ON role_grant, api_token TO tenantry_app;
GRANT UPDATE (request_id, revoked_at) ON activation TO tenantry_app;
GRANT UPDATE (reserved_until) ON reserved_name TO tenantry_app;
GRANT SELECT ON reserved_name TO tenantry_app;
GRANT UPDATE (request_hash, status, body, created_at) ON idempotency TO tenantry_app;
GRANT UPDATE (spec, spec_version, generation, wanted) ON object TO tenantry_app;
GRANT UPDATE (wanted, wanted_gen, until) ON membership TO tenantry_app;
GRANT UPDATE (generation, state, problem, updated_at) ON request_item TO tenantry_app;
GRANT UPDATE (finished_at) ON request TO tenantry_app;
GRANT UPDATE (lane, due_at, attempts, refusals) ON work TO tenantry_app;
GRANT UPDATE (name, description, version, deleted_at) ON user_group TO tenantry_app;
GRANT UPDATE (ended_at) ON subscription TO tenantry_app;
GRANT SELECT (object_id), DELETE ON secret TO tenantry_app;

GRANT SELECT ON tenant, tenant_closure, users, role, role_grant, api_token, activation, request_item, brand,
    sign_in_failure TO tenantry_auth;
GRANT INSERT ON api_token TO tenantry_auth;
GRANT UPDATE (last_used_at, revoked_at) ON api_token TO tenantry_auth;
GRANT INSERT, UPDATE, DELETE ON sign_in_failure TO tenantry_auth;

GRANT SELECT ON tenant, target, target_health, object, external_object, membership, attempt, work, tenant_turn, secret,
    request, request_item, activation, subscription, fact TO tenantry_engine;
GRANT SELECT (id, tenant_id, object_id, activated_at) ON users TO tenantry_engine;
GRANT INSERT, UPDATE, DELETE ON external_object, work, tenant_turn TO tenantry_engine;
GRANT INSERT, UPDATE ON target_health, attempt TO tenantry_engine;
GRANT INSERT ON fact, event, observation TO tenantry_engine;
GRANT UPDATE (applied_gen) ON membership TO tenantry_engine;
GRANT DELETE ON membership, secret TO tenantry_engine;
GRANT UPDATE (state, problem, updated_at) ON request_item TO tenantry_engine;
GRANT UPDATE (started_at, finished_at) ON request TO tenantry_engine;
GRANT UPDATE (portal_hash, activated_at) ON users TO tenantry_engine;
GRANT UPDATE (used_at) ON activation TO tenantry_engine;
GRANT USAGE ON SEQUENCE lease TO tenantry_engine;
