-- Custom fields of people, and settings that tenants inherit. Expands only.

-- ---------------------------------------------------------------- custom fields

-- What a tenant asks of its people besides what the product knows itself; holds for the
-- people of all tenants below, too. Rows are never deleted: values refer to them.
CREATE TABLE custom_field (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    key text COLLATE "C" NOT NULL,
    label text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('text', 'number', 'date', 'choice', 'yes_no')),
    required boolean NOT NULL,
    person text NOT NULL CHECK (person IN ('hidden', 'sees', 'edits')),
    copied boolean NOT NULL,
    -- domain::custom::Slot, the list of what can be written.
    attribute text,
    -- domain::custom::Rules.
    rules jsonb NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    -- Since when it is asked for no more; values stay.
    retired_at timestamptz,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, key),
    UNIQUE (tenant_id, attribute)
);
COMMENT ON TABLE custom_field IS 'class: published';

-- Values by the id of the field: two definitions may share a key after a tenant moved.
ALTER TABLE users ADD COLUMN fields jsonb NOT NULL DEFAULT '{}';
GRANT SELECT (fields), UPDATE (fields) ON users TO tenantry_app;

-- Whether a key or an attribute is taken at or above a tenant, or below it. Runs as
-- owner: who defines need not see the tenant above, and is not told which it is.
CREATE FUNCTION field_clashes(of_tenant uuid, of_key text, of_attribute text)
    RETURNS TABLE (what text, place text, code text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
BEGIN
    IF of_tenant IS DISTINCT FROM scope_tenant() AND NOT in_scope(of_tenant) THEN
        RAISE EXCEPTION 'fields are defined by those they belong to' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- One definition after another: those of two levels must not pass each other.
    PERFORM pg_advisory_xact_lock(7236116);
    RETURN QUERY
    SELECT w.what, CASE WHEN f.tenant_id = of_tenant THEN 'here' WHEN u.descendant IS NOT NULL THEN 'above' ELSE 'below' END,
           CASE WHEN u.descendant IS NULL THEN t.code END
      FROM custom_field f JOIN tenant t ON t.id = f.tenant_id
      LEFT JOIN tenant_closure u ON u.descendant = of_tenant AND u.ancestor = f.tenant_id AND u.depth > 0
      LEFT JOIN tenant_closure d ON d.ancestor = of_tenant AND d.descendant = f.tenant_id
      CROSS JOIN (VALUES ('key'), ('attribute')) w (what)
     WHERE (u.descendant IS NOT NULL OR d.descendant IS NOT NULL)
       AND CASE w.what WHEN 'key' THEN f.key = of_key ELSE f.attribute = of_attribute END
     ORDER BY 1, 2, 3;
END $f$;
REVOKE EXECUTE ON FUNCTION field_clashes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field_clashes TO tenantry_app;

-- ---------------------------------------------------------------- settings

-- What a tenant says itself; what it does not say it inherits from the nearest above.
CREATE TABLE tenant_setting (
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    -- domain::setting::Setting.
    name text COLLATE "C" NOT NULL,
    value text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
COMMENT ON TABLE tenant_setting IS 'class: published';

-- Language, time zone, currency and naming pattern stand in the tenant's row as well, as
-- what holds: every bill, every name and every page asks for them. This keeps both alike
-- whoever writes (the version before knows the row alone, and a move changes what is
-- above): a row that says something else than what would be inherited says it itself.
CREATE FUNCTION keep_settings(of_tenant uuid, instant timestamptz, names text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    INSERT INTO tenant_setting AS s (tenant_id, name, value, updated_at)
    SELECT t.id, v.name, v.value, instant
      FROM tenant t CROSS JOIN LATERAL (VALUES ('language', t.language), ('time_zone', t.time_zone),
           ('currency', t.currency), ('naming_pattern', t.naming_pattern)) v (name, value)
     WHERE t.id = of_tenant AND v.name = ANY (names)
       AND v.value IS DISTINCT FROM (
           SELECT x.value FROM tenant_closure c JOIN tenant_setting x ON x.tenant_id = c.ancestor AND x.name = v.name
            WHERE c.descendant = t.id ORDER BY c.depth LIMIT 1)
    ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
$f$;
REVOKE EXECUTE ON FUNCTION keep_settings FROM PUBLIC;

CREATE FUNCTION tenant_settings_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    -- Only what was written: of several that are reset at once each follows in its turn.
    PERFORM keep_settings(NEW.id, now(), array_remove(ARRAY[
        CASE WHEN TG_OP = 'INSERT' OR NEW.language <> OLD.language THEN 'language' END,
        CASE WHEN TG_OP = 'INSERT' OR NEW.time_zone <> OLD.time_zone THEN 'time_zone' END,
        CASE WHEN TG_OP = 'INSERT' OR NEW.currency <> OLD.currency THEN 'currency' END,
        CASE WHEN TG_OP = 'INSERT' OR NEW.naming_pattern <> OLD.naming_pattern THEN 'naming_pattern' END], NULL));
    RETURN NULL;
END $f$;
CREATE FUNCTION tenant_edge_settings_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    PERFORM keep_settings(NEW.child, now(), ARRAY['language', 'time_zone', 'currency', 'naming_pattern']);
    RETURN NULL;
END $f$;
REVOKE EXECUTE ON FUNCTION tenant_settings_kept, tenant_edge_settings_kept FROM PUBLIC;
CREATE TRIGGER tenant_settings AFTER INSERT OR UPDATE OF language, time_zone, currency, naming_pattern ON tenant
    FOR EACH ROW EXECUTE FUNCTION tenant_settings_kept();
-- After the trigger that makes the closure, by the alphabet.
CREATE TRIGGER tenant_edge_settings AFTER INSERT ON tenant_edge
    FOR EACH ROW WHEN (NEW.valid_to IS NULL) EXECUTE FUNCTION tenant_edge_settings_kept();

-- What was copied from above until now is inherited, what differs was said.
DO $$
DECLARE t record;
BEGIN
    FOR t IN SELECT x.id FROM tenant x LEFT JOIN tenant_closure c ON c.descendant = x.id
              GROUP BY x.id ORDER BY count(*), x.id
    LOOP
        PERFORM keep_settings(t.id, now(), ARRAY['language', 'time_zone', 'currency', 'naming_pattern']);
    END LOOP;
END $$;
-- What refers to a tenant is looked at now: a table with rows to be looked at is not altered.
SET CONSTRAINTS ALL IMMEDIATE;
GRANT UPDATE (currency) ON tenant TO tenantry_app;

-- ---------------------------------------------------------------- who may see and do what

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['custom_field', 'tenant_setting'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
        -- Whoever belongs to a tenant, with grants or without, has what was said above it.
        EXECUTE format($p$CREATE POLICY app_sees ON %1$I FOR SELECT TO tenantry_app USING (
            %1$I.tenant_id = (SELECT scope_tenant()) OR (
            SELECT true FROM tenant_closure c WHERE c.descendant = (SELECT home()) AND c.ancestor = %1$I.tenant_id LIMIT 1) OR (
            SELECT true FROM caller_root r JOIN tenant_closure c ON c.descendant = r.tenant_id OR c.ancestor = r.tenant_id
             WHERE r.user_id = (SELECT caller()) AND (r.expires_at IS NULL OR r.expires_at > now())
               AND (c.descendant = r.tenant_id AND c.ancestor = %1$I.tenant_id
                 OR c.ancestor = r.tenant_id AND c.descendant = %1$I.tenant_id) LIMIT 1))$p$, name);
        EXECUTE format('CREATE POLICY app_adds ON %1$I FOR INSERT TO tenantry_app
            WITH CHECK (tenant_id = scope_tenant() OR in_scope(tenant_id))', name);
        EXECUTE format('CREATE POLICY app_changes ON %1$I FOR UPDATE TO tenantry_app USING (in_scope(tenant_id))', name);
    END LOOP;
END $$;
CREATE POLICY app_removes ON tenant_setting FOR DELETE TO tenantry_app USING (in_scope(tenant_id));
GRANT SELECT, INSERT ON custom_field, tenant_setting TO tenantry_app;
GRANT UPDATE (label, required, person, copied, rules, version, retired_at) ON custom_field TO tenantry_app;
GRANT UPDATE (value, updated_at) ON tenant_setting TO tenantry_app;
GRANT DELETE ON tenant_setting TO tenantry_app;

-- ---------------------------------------------------------------- asked by those it belongs to

-- As before, and of tenants of the caller only: what serves requests asks for nobody else.
-- Sign-in has a role of its own, and no caller yet.
CREATE OR REPLACE FUNCTION password_rules_of(of_tenant uuid)
    RETURNS TABLE (depth int, min_chars int, classes int, no_names boolean, forbidden text[], valid_days int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    SELECT c.depth, p.min_chars, p.classes, p.no_names, p.forbidden, p.valid_days
      FROM tenant_closure c JOIN password_policy p ON p.tenant_id = c.ancestor
     WHERE c.descendant = of_tenant
       AND (session_user <> 'tenantry_app' OR of_tenant = scope_tenant() OR in_scope(of_tenant)) ORDER BY c.depth
$f$;

-- As before; a transaction of what serves requests that names no caller is refused, too.
-- The engine has its own role and moves on behalf of those who planned it.
CREATE OR REPLACE FUNCTION place_containers(seller uuid, directory uuid, of_request uuid, instant timestamptz)
    RETURNS TABLE (container uuid, made bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE s record; above uuid; present uuid; fresh uuid; wish jsonb; fresh_ones bigint := 0;
BEGIN
    IF (caller() IS NOT NULL OR session_user = 'tenantry_app') AND NOT in_scope(seller) THEN
        RAISE EXCEPTION 'sellers are placed by those above them' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR s IN SELECT t.id, t.code, t.name FROM tenant_closure c JOIN tenant t ON t.id = c.ancestor
              WHERE c.descendant = seller AND t.kind = 'reseller' ORDER BY c.depth DESC
    LOOP
        SELECT o.id INTO present FROM object o
         WHERE o.entity_id = s.id AND o.target_id = directory AND o.kind = 'container' AND o.wanted;
        IF present IS NULL THEN
            fresh := time_ordered_id(instant);
            wish := jsonb_build_object('kind', 'container', 'name', s.code, 'parent', printed_id('obj', above),
                                       'description', s.name);
            -- The first version of specs, which every version of the workers reads.
            INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
            VALUES (fresh, s.id, directory, 'tenant', s.id, 'container', wish, 1, instant)
            ON CONFLICT (entity_id, target_id) WHERE kind = 'container' AND wanted DO NOTHING;
            IF FOUND THEN
                INSERT INTO object_revision (object_id, generation, tenant_id, request_id, after, at)
                VALUES (fresh, 1, s.id, of_request, wish, instant);
                INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
                VALUES (of_request, fresh, s.id, 1, instant);
                INSERT INTO work (object_id, target_id, tenant_id, lane, due_at)
                VALUES (fresh, directory, s.id, 0, now() - interval '3 us');
                fresh_ones := fresh_ones + 1;
                present := fresh;
            ELSE
                -- Somebody else made it since; a statement of its own sees it.
                SELECT o.id INTO STRICT present FROM object o
                 WHERE o.entity_id = s.id AND o.target_id = directory AND o.kind = 'container' AND o.wanted;
            END IF;
        END IF;
        above := present;
    END LOOP;
    RETURN QUERY SELECT above, fresh_ones;
END $f$;

-- ---------------------------------------------------------------- who may

-- Version 4 of the role that means everything, and its holders with it; another migration
-- of the same release may have made it.
INSERT INTO role (code, version, tenant_id, permissions, administrator, created_at)
SELECT r.code, 4, r.tenant_id, r.permissions, r.administrator, now() FROM role r
 WHERE r.code = 'provider_administrator' AND r.version = 3
ON CONFLICT DO NOTHING;
UPDATE role r SET permissions = r.permissions || ARRAY['user_fields']
 WHERE r.code = 'provider_administrator' AND r.version = 4 AND NOT 'user_fields' = ANY (r.permissions);
UPDATE role_grant g SET role_version = 4
 WHERE g.role_code = 'provider_administrator' AND g.role_version < 4 AND g.revoked_at IS NULL;
