-- Brands by host name: host names and pictures belong to tenants. Expands only.

-- A name of the Domain Name System leads to one brand of the whole instance.
CREATE TABLE host_name (
    -- Lower case, without a port (domain::brand::host_name).
    name text COLLATE "C" PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    created_at timestamptz NOT NULL,
    UNIQUE (tenant_id, name)
);
COMMENT ON TABLE host_name IS 'class: owned';
CREATE INDEX host_name_of ON host_name (tenant_id, created_at, name);

-- What a tenant sets itself; what it does not it inherits within its brand.
CREATE TABLE brand_picture (
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    -- domain::brand::Picture.
    picture text COLLATE "C" NOT NULL,
    -- SHA-256 of the bytes, in hexadecimal: the name under which they are served.
    digest text COLLATE "C" NOT NULL,
    -- PNG.
    bytes bytea NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, picture)
);
COMMENT ON TABLE brand_picture IS 'class: published';

-- ---------------------------------------------------------------- who may see and do what

ALTER TABLE host_name ENABLE ROW LEVEL SECURITY;
ALTER TABLE host_name FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON host_name TO CURRENT_USER USING (true) WITH CHECK (true);
SELECT own_policies('host_name', 'tenant_id');
-- Sign-in asks before there is a caller.
CREATE POLICY auth ON host_name FOR SELECT TO tenantry_auth USING (true);
GRANT SELECT, INSERT, DELETE ON host_name TO tenantry_app;
GRANT SELECT ON host_name TO tenantry_auth;

ALTER TABLE brand_picture ENABLE ROW LEVEL SECURITY;
ALTER TABLE brand_picture FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON brand_picture TO CURRENT_USER USING (true) WITH CHECK (true);
-- As of settings: whoever belongs to a tenant has what was set above it.
CREATE POLICY app_sees ON brand_picture FOR SELECT TO tenantry_app USING (
    brand_picture.tenant_id = (SELECT scope_tenant()) OR (
    SELECT true FROM tenant_closure c WHERE c.descendant = (SELECT home()) AND c.ancestor = brand_picture.tenant_id LIMIT 1) OR (
    SELECT true FROM caller_root r JOIN tenant_closure c ON c.descendant = r.tenant_id OR c.ancestor = r.tenant_id
     WHERE r.user_id = (SELECT caller()) AND (r.expires_at IS NULL OR r.expires_at > now())
       AND (c.descendant = r.tenant_id AND c.ancestor = brand_picture.tenant_id
         OR c.ancestor = r.tenant_id AND c.descendant = brand_picture.tenant_id) LIMIT 1));
CREATE POLICY app_adds ON brand_picture FOR INSERT TO tenantry_app
    WITH CHECK (tenant_id = scope_tenant() OR in_scope(tenant_id));
CREATE POLICY app_changes ON brand_picture FOR UPDATE TO tenantry_app USING (in_scope(tenant_id));
CREATE POLICY app_removes ON brand_picture FOR DELETE TO tenantry_app USING (in_scope(tenant_id));
GRANT SELECT, INSERT, DELETE ON brand_picture TO tenantry_app;
GRANT UPDATE (digest, bytes, updated_at) ON brand_picture TO tenantry_app;

-- ---------------------------------------------------------------- what holds

-- Everything that was said and set of the brand of a tenant on its way up; what holds of it
-- follows in domain::brand. A brand of the configuration gives its name where it begins.
-- Runs as owner, because a customer does not see the tenants above it; in plpgsql, which keeps
-- its plan, because every page asks.
CREATE FUNCTION brand_parts(of_tenant uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
    RETURN (SELECT jsonb_build_object(
        'path', coalesce(jsonb_agg(c.ancestor ORDER BY c.depth DESC), '[]'),
        'configured', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(t.id, b.name)), '[]')
              FROM tenant_closure u JOIN tenant t ON t.id = u.ancestor JOIN brand b ON b.id = t.brand_id
             WHERE u.descendant = of_tenant AND NOT EXISTS (
                   SELECT FROM tenant_closure d JOIN tenant p ON p.id = d.ancestor
                    WHERE d.descendant = t.id AND d.depth = 1 AND p.brand_id = t.brand_id)),
        'said', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(s.tenant_id, s.name, s.value)), '[]')
              FROM tenant_closure u JOIN tenant_setting s ON s.tenant_id = u.ancestor
             WHERE u.descendant = of_tenant),
        'set', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(p.tenant_id, p.picture, p.digest)), '[]')
              FROM tenant_closure u JOIN brand_picture p ON p.tenant_id = u.ancestor
             WHERE u.descendant = of_tenant))
      FROM tenant_closure c WHERE c.descendant = of_tenant);
END $f$;

-- The same, for those it belongs to and those above them.
CREATE FUNCTION own_brand_parts(of_tenant uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    SELECT brand_parts(of_tenant)
     WHERE of_tenant = scope_tenant() OR of_tenant = home() OR in_scope(of_tenant)
$f$;

-- What is shown under a host name: of a tenant's, the brand of that tenant; of one of the
-- configuration, its name. A tenant's goes first; migrating refuses both.
CREATE FUNCTION brand_at(host text) RETURNS TABLE (tenant uuid, parts jsonb, configured text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
    RETURN QUERY SELECT h.tenant_id, brand_parts(h.tenant_id), NULL::text FROM host_name h WHERE h.name = host;
    IF NOT FOUND THEN
        RETURN QUERY SELECT NULL::uuid, NULL::jsonb, b.name FROM brand b WHERE host = ANY (b.host_names);
    END IF;
END $f$;

-- Under which brand the people of a tenant are written to: that of the nearest on their way up
-- that has a host name, or that of the configuration where it begins nearer.
CREATE FUNCTION brand_for(of_tenant uuid) RETURNS TABLE (host text, parts jsonb, code text, configured text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    WITH up AS (
        SELECT c.ancestor, c.depth FROM tenant_closure c WHERE c.descendant = of_tenant
           AND (session_user <> 'tenantry_app' OR of_tenant = scope_tenant() OR of_tenant = home() OR in_scope(of_tenant))),
    own AS (
        SELECT u.ancestor, u.depth, h.name FROM up u JOIN host_name h ON h.tenant_id = u.ancestor
         ORDER BY u.depth, h.created_at, h.name LIMIT 1),
    given AS (
        SELECT b.code, b.name, b.host_names[1] AS host, max(u.depth) AS depth
          FROM up u JOIN tenant t ON t.id = u.ancestor JOIN brand b ON b.id = t.brand_id
         WHERE b.id = (SELECT x.brand_id FROM up v JOIN tenant x ON x.id = v.ancestor WHERE x.brand_id IS NOT NULL
                        ORDER BY v.depth LIMIT 1)
         GROUP BY b.code, b.name, b.host_names)
    SELECT own.name, brand_parts(own.ancestor), NULL, NULL FROM own
     WHERE NOT EXISTS (SELECT FROM given g WHERE g.depth < own.depth)
    UNION ALL
    SELECT g.host, NULL, g.code, g.name FROM given g
     WHERE NOT EXISTS (SELECT FROM own WHERE own.depth <= g.depth)
$f$;

-- A picture as it is served under a host name: one of the tenants on the way up from there, so
-- that no host name serves what another one does.
CREATE FUNCTION picture_at(host text, of_digest text) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    SELECT p.bytes FROM host_name h JOIN tenant_closure c ON c.descendant = h.tenant_id
      JOIN brand_picture p ON p.tenant_id = c.ancestor AND p.digest = of_digest
     WHERE h.name = host LIMIT 1
$f$;

-- Whether a brand of the configuration, or another tenant, has a host name already.
CREATE FUNCTION host_name_taken(host text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    SELECT EXISTS (SELECT FROM host_name h WHERE h.name = host)
        OR EXISTS (SELECT FROM brand b WHERE host = ANY (b.host_names))
$f$;

-- Who is gone for good needs no host names and pictures, and others may have those names.
CREATE FUNCTION tenant_brand_gone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    DELETE FROM host_name WHERE tenant_id = NEW.id;
    DELETE FROM brand_picture WHERE tenant_id = NEW.id;
    RETURN NULL;
END $f$;
CREATE TRIGGER tenant_brand AFTER UPDATE OF purged_at ON tenant FOR EACH ROW
    WHEN (NEW.purged_at IS NOT NULL) EXECUTE FUNCTION tenant_brand_gone();

REVOKE EXECUTE ON FUNCTION brand_parts, own_brand_parts, brand_at, brand_for, picture_at, host_name_taken,
    tenant_brand_gone FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_brand_parts, host_name_taken TO tenantry_app;
GRANT EXECUTE ON FUNCTION brand_for TO tenantry_app, tenantry_auth, tenantry_engine;
GRANT EXECUTE ON FUNCTION brand_at, picture_at TO tenantry_auth;
