-- Mail to people, wanted in the transaction of what it tells of; links for those who forgot
-- their password; sessions people see and end; what people set for themselves.

-- ---------------------------------------------------------------- mail

CREATE TABLE mail (
    -- Its Message-ID, however often it is sent.
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    user_id uuid NOT NULL,
    -- The link it bears; the secret part follows from it and the keys.
    activation_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('activation', 'reset', 'reset_requested')),
    -- Address, name and login of the person, sealed under the person's key: destroyed with it.
    personal bytea NOT NULL,
    language text NOT NULL,
    brand_id uuid REFERENCES brand (id),
    state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'sent', 'failed', 'kept')),
    attempts int NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    lease bigint,
    lease_until timestamptz,
    problem jsonb,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE mail IS 'class: owned';
CREATE INDEX mail_due ON mail (due_at, id) WHERE state = 'requested';
CREATE INDEX mail_created ON mail (created_at);

-- How the mail server is doing: one row.
CREATE TABLE mail_health (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    failures int NOT NULL,
    since timestamptz NOT NULL,
    retry_at timestamptz,
    reason text
);
COMMENT ON TABLE mail_health IS 'class: system';

ALTER TABLE mail ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON mail TO CURRENT_USER USING (true) WITH CHECK (true);
SELECT own_policies('mail', 'tenant_id');
-- Everybody may have a link for their own password mailed to them.
CREATE POLICY own ON mail FOR INSERT TO tenantry_app 
    WITH CHECK (user_id = (SELECT caller()) AND tenant_id = (SELECT home()));
CREATE POLICY own ON person_key FOR SELECT TO tenantry_app USING (person_id = (SELECT caller()));
CREATE POLICY own_adds ON person_key FOR INSERT TO tenantry_app
    WITH CHECK (person_id = (SELECT caller()) AND tenant_id = (SELECT home()));
CREATE POLICY engine ON mail TO tenantry_engine USING (true) WITH CHECK (true);
CREATE POLICY engine ON person_key FOR SELECT TO tenantry_engine USING (true);
DO $$ BEGIN
    -- Another migration of this version may have given it already.
    DROP POLICY IF EXISTS engine ON brand;
    CREATE POLICY engine ON brand FOR SELECT TO tenantry_engine USING (true);
END $$;
GRANT SELECT, INSERT ON mail TO tenantry_app;
GRANT SELECT ON mail, mail_health, brand, person_key TO tenantry_engine;
GRANT UPDATE (state, attempts, due_at, lease, lease_until, problem, ended_at) ON mail TO tenantry_engine;
GRANT INSERT, UPDATE ON mail_health TO tenantry_engine;
GRANT SELECT (enabled, deleted_at) ON users TO tenantry_engine;

-- The brand of a tenant: its own, or that of the nearest above it. Runs as owner, because a
-- customer does not see the tenants above it; of those nothing but the brand is told.
CREATE FUNCTION brand_of(tenant uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    SELECT t.brand_id FROM tenant_closure c JOIN tenant t ON t.id = c.ancestor
     WHERE c.descendant = brand_of.tenant AND t.brand_id IS NOT NULL ORDER BY c.depth LIMIT 1
$f$;
REVOKE EXECUTE ON FUNCTION brand_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION brand_of TO tenantry_app;

-- ---------------------------------------------------------------- forgotten passwords

-- A link somebody asked for without proving who they are: it replaces only its like.
ALTER TABLE activation DROP CONSTRAINT activation_purpose_check,
    ADD CONSTRAINT activation_purpose_check CHECK (purpose IN ('activation', 'reset', 'forgotten'));

-- How often a link was asked for, for any login, whether somebody has it or not.
CREATE TABLE reset_request (
    login text PRIMARY KEY,
    asked int NOT NULL,
    since timestamptz NOT NULL
);
COMMENT ON TABLE reset_request IS 'class: system';
CREATE INDEX reset_request_since ON reset_request (since);
GRANT SELECT, INSERT, UPDATE ON reset_request TO tenantry_auth;

-- A link that sets a password ends all others of the person: as `use_staff_link` of 0001, and that.
CREATE OR REPLACE FUNCTION use_staff_link(link uuid, hash text, at timestamptz) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH a AS (
        UPDATE activation a SET used_at = at FROM users u
         WHERE a.id = link AND a.used_at IS NULL AND a.revoked_at IS NULL AND a.expires_at > at AND u.id = a.user_id
           AND u.object_id IS NULL AND u.enabled AND u.deleted_at IS NULL
        RETURNING u.id
    ), others AS (
        UPDATE activation o SET revoked_at = at FROM a
         WHERE o.user_id = a.id AND o.id <> link AND o.used_at IS NULL AND o.revoked_at IS NULL
    ), p AS (
        UPDATE users u SET portal_hash = hash, activated_at = coalesce(u.activated_at, at) FROM a WHERE u.id = a.id
        RETURNING u.id
    )
    SELECT EXISTS (SELECT FROM p)
$$;

-- What is kept for a time only, `most` of each at once. Runs as owner: the engine may forget by
-- these rules and delete nothing else.
CREATE FUNCTION forget_mail(wanted_before timestamptz, asked_before timestamptz, most int)
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone bigint;
    done bigint := 0;
BEGIN
    DELETE FROM mail WHERE id IN (
        SELECT id FROM mail WHERE created_at <= wanted_before LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    done := done + gone;
    DELETE FROM reset_request WHERE login IN (
        SELECT login FROM reset_request WHERE since <= asked_before LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN done + gone;
END $$;
REVOKE EXECUTE ON FUNCTION forget_mail FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_mail TO tenantry_engine;

-- ---------------------------------------------------------------- sessions

-- What people need to recognise a session by, and no more: the family of the browser and of
-- the system, and the network without the part that names a machine.
ALTER TABLE api_token ADD COLUMN browser text, ADD COLUMN network text;

-- Another password, and an account that may not sign in, end the person's sessions, whichever
-- way it came about.
CREATE FUNCTION end_sessions_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    UPDATE api_token SET revoked_at = now() WHERE user_id = NEW.id AND kind = 'session' AND revoked_at IS NULL;
    RETURN NULL;
END $f$;
CREATE TRIGGER users_end_sessions AFTER UPDATE OF portal_hash, enabled, deleted_at ON users FOR EACH ROW
    WHEN (NEW.portal_hash IS DISTINCT FROM OLD.portal_hash OR OLD.enabled AND NOT NEW.enabled
          OR OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION end_sessions_of_user();

-- ---------------------------------------------------------------- what people set for themselves

ALTER TABLE users
    -- Without one it is the tenant's.
    ADD COLUMN language text,
    -- Without one it is that of the person's device.
    ADD COLUMN theme text CHECK (theme IN ('light', 'dark'));
GRANT SELECT (language, theme) ON users TO tenantry_app;

-- Their own account is all that people without a role may read and none of it they may write:
-- but for these two values.
CREATE FUNCTION set_own_settings(own_language text, own_theme text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    UPDATE users SET language = own_language, theme = own_theme WHERE id = caller() AND deleted_at IS NULL
$f$;
REVOKE EXECUTE ON FUNCTION set_own_settings, end_sessions_of_user FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_own_settings TO tenantry_app;

-- ---------------------------------------------------------------- who may

-- The role that may, and its holders with it: otherwise nobody of an existing instance could.
INSERT INTO role (code, version, tenant_id, permissions, administrator, created_at)
SELECT r.code, 4, r.tenant_id, r.permissions, r.administrator, now() FROM role r
 WHERE r.code = 'provider_administrator' AND r.version = 3
ON CONFLICT DO NOTHING;
UPDATE role r SET permissions = r.permissions || ARRAY['mail_read']
 WHERE r.code = 'provider_administrator' AND r.version = 4 AND NOT 'mail_read' = ANY (r.permissions);
UPDATE role_grant g SET role_version = 4
 WHERE g.role_code = 'provider_administrator' AND g.role_version < 4 AND g.revoked_at IS NULL;
