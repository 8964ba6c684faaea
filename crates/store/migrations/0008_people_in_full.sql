-- What people have in an organisation: a manager; and the names a customer gives them.

-- ---------------------------------------------------------------- links between objects

-- Somebody of the same tenant.
ALTER TABLE users ADD COLUMN manager_id uuid,
    ADD CONSTRAINT users_manager FOREIGN KEY (tenant_id, manager_id) REFERENCES users (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX users_reports ON users (manager_id) WHERE manager_id IS NOT NULL;
GRANT SELECT (manager_id), UPDATE (manager_id) ON users TO tenantry_app;

-- What links to an object: the account of a person to that of the manager, and a group
-- to the account of its owner. Each kind of object has one link at most, so that this is
-- one index.
CREATE INDEX object_linked ON object ((coalesce(spec->>'manager', spec->>'owner')))
    WHERE coalesce(spec->>'manager', spec->>'owner') IS NOT NULL;

-- ---------------------------------------------------------------- names

-- The suffix made names get; the first by the alphabet while none was chosen.
ALTER TABLE tenant ADD COLUMN primary_suffix text;
GRANT UPDATE (naming_pattern, primary_suffix) ON tenant TO tenantry_app;

-- ---------------------------------------------------------------- rules for passwords

-- What a tenant asks of passwords; what holds is the strictest on the way up.
CREATE TABLE password_policy (
    tenant_id uuid PRIMARY KEY REFERENCES tenant (id),
    min_chars int NOT NULL,
    classes int NOT NULL CHECK (classes BETWEEN 0 AND 4),
    no_names boolean NOT NULL,
    -- In small letters.
    forbidden text[] NOT NULL,
    valid_days int CHECK (valid_days > 0),
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE password_policy IS 'class: owned';
ALTER TABLE password_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE password_policy FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON password_policy TO CURRENT_USER USING (true) WITH CHECK (true);
SELECT own_policies('password_policy', 'tenant_id');
GRANT SELECT, INSERT, DELETE ON password_policy TO tenantry_app;
GRANT UPDATE (min_chars, classes, no_names, forbidden, valid_days, updated_at) ON password_policy TO tenantry_app;

-- The rules from a tenant upwards, its own first. Runs as owner: a customer has to know
-- the rules of tenants above it, which it does not see; of those tenants nothing is told.
CREATE FUNCTION password_rules_of(of_tenant uuid)
    RETURNS TABLE (depth int, min_chars int, classes int, no_names boolean, forbidden text[], valid_days int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    SELECT c.depth, p.min_chars, p.classes, p.no_names, p.forbidden, p.valid_days
      FROM tenant_closure c JOIN password_policy p ON p.tenant_id = c.ancestor
     WHERE c.descendant = of_tenant ORDER BY c.depth
$f$;
REVOKE EXECUTE ON FUNCTION password_rules_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION password_rules_of TO tenantry_app, tenantry_auth;

-- When the tenant's passwords were looked through last for those that are too old.
ALTER TABLE tenant ADD COLUMN passwords_at timestamptz;

-- Has people change passwords that are older than the rules of their tenant allow, of
-- each customer once a day. When a password was set is told by the directory.
CREATE FUNCTION expire_passwords(instant timestamptz, version text)
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE t record; of_request uuid; ids uuid[]; specs jsonb[]; objects bigint; expired bigint := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM password_policy p WHERE p.valid_days IS NOT NULL) THEN
        RETURN 0;
    END IF;
    FOR t IN SELECT x.id, x.name, r.days FROM tenant x, LATERAL (
                    SELECT min(p.valid_days) AS days FROM tenant_closure c
                      JOIN password_policy p ON p.tenant_id = c.ancestor WHERE c.descendant = x.id) r
              WHERE x.kind = 'customer' AND x.closed_at IS NULL AND r.days IS NOT NULL
                AND (x.passwords_at IS NULL OR x.passwords_at <= instant - interval '1 day')
              ORDER BY x.passwords_at NULLS FIRST, x.id LIMIT 50 FOR UPDATE OF x SKIP LOCKED
    LOOP
        of_request := time_ordered_id(instant);
        SELECT array_agg(a.id), array_agg(a.spec) INTO ids, specs FROM (
            SELECT o.id, o.spec || jsonb_build_object('password_expired_at',
                       to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS spec
              FROM users u JOIN object o ON o.id = u.object_id AND o.wanted AND o.kind = 'user'
              CROSS JOIN LATERAL (SELECT b.observed_at FROM observation b
                    WHERE b.subject = u.id AND b.kind = 'password_set' ORDER BY b.observed_at DESC LIMIT 1) b
             WHERE u.tenant_id = t.id AND u.deleted_at IS NULL
               AND b.observed_at <= instant - make_interval(days => t.days)
               AND coalesce((o.spec->>'password_expired_at')::timestamptz <= b.observed_at, true)
             ORDER BY o.id FOR UPDATE OF o) a;
        objects := want_specs(of_request, 1::smallint, instant, ids, specs);
        UPDATE tenant x SET passwords_at = instant WHERE x.id = t.id;
        IF objects > 0 THEN
            PERFORM system_act(t.id, 'tenant.passwords_expired',
                               jsonb_build_object('name', t.name, 'count', objects), 1::smallint, of_request,
                               objects, NULL, instant, version);
            expired := expired + objects;
        END IF;
    END LOOP;
    RETURN expired;
END $f$;
REVOKE EXECUTE ON FUNCTION expire_passwords FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expire_passwords TO tenantry_engine;
