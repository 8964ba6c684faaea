-- Sign-ins that neither guesses in parallel nor strangers can bend, sessions of the password that
-- was verified, and mails of which the urgent go first.

-- ---------------------------------------------------------------- sign-in

-- Attempts to sign in that did not end well, or not yet: they are counted before the password is
-- looked at. One row for each network a login was tried from, and one with the network '' for all
-- of an hour together. It replaces sign_in_failure, which only the version before still writes.
CREATE TABLE sign_in_count (
    login text NOT NULL,
    network text NOT NULL,
    failures int NOT NULL,
    since timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (login, network)
);
COMMENT ON TABLE sign_in_count IS 'class: system';
CREATE INDEX sign_in_count_last ON sign_in_count (last_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_count TO tenantry_auth;

-- Seconds until the next attempt after so many: five are free; then the wait doubles, up to a
-- quarter of an hour.
CREATE FUNCTION sign_in_wait(failures int) RETURNS int LANGUAGE sql IMMUTABLE AS $f$
    SELECT CASE WHEN failures < 5 THEN 0 ELSE least(900, 1 << least(failures - 5, 10)) END
$f$;
REVOKE EXECUTE ON FUNCTION sign_in_wait FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sign_in_wait TO tenantry_auth;

-- Whoever has set a new password is not kept out by attempts at the old one, whoever made them and
-- whichever way it came about.
CREATE FUNCTION forget_sign_ins_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    -- In the order in which attempts lock them.
    PERFORM FROM sign_in_count WHERE login = NEW.principal_name ORDER BY network = '', network FOR UPDATE;
    DELETE FROM sign_in_count WHERE login = NEW.principal_name;
    RETURN NULL;
END $f$;
REVOKE EXECUTE ON FUNCTION forget_sign_ins_of_user FROM PUBLIC;
CREATE TRIGGER users_forget_sign_ins AFTER UPDATE OF portal_hash ON users FOR EACH ROW
    WHEN (NEW.portal_hash IS DISTINCT FROM OLD.portal_hash)
    EXECUTE FUNCTION forget_sign_ins_of_user();

-- What nobody tried for a while is forgotten. Runs as owner: the engine may forget by this rule
-- and delete nothing else.
CREATE FUNCTION forget_sign_ins(tried_before timestamptz, most int)
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM sign_in_count WHERE (login, network) IN (
        SELECT login, network FROM sign_in_count WHERE last_at <= tried_before LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $f$;
REVOKE EXECUTE ON FUNCTION forget_sign_ins FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_sign_ins TO tenantry_engine;

-- A session begins only while the password is still the one that was verified: whoever changes it
-- waits for this, or this for them, so that none of the old password is left. Runs as owner, because
-- who signs people in may not lock their accounts.
CREATE FUNCTION open_session(token uuid, person uuid, login text, verified text, secret bytea, opened timestamptz,
    until timestamptz, of_browser text, of_network text)
    RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
    INSERT INTO api_token (id, tenant_id, user_id, kind, name, secret_hash, created_at, expires_at, browser, network)
    SELECT token, u.tenant_id, u.id, 'session', 'session', secret, opened, until, of_browser, of_network
      FROM users u WHERE u.id = person AND u.principal_name = open_session.login AND u.enabled
       AND u.deleted_at IS NULL AND u.portal_hash IS NOT DISTINCT FROM verified FOR SHARE;
    RETURN FOUND;
END $f$;
REVOKE EXECUTE ON FUNCTION open_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_session TO tenantry_auth;

-- ---------------------------------------------------------------- mail

-- Who forgot the password sits waiting for a link of an hour; who was told to choose another may
-- still work; an activation has a week.
ALTER TABLE mail ADD COLUMN urgency int NOT NULL
    GENERATED ALWAYS AS (CASE kind WHEN 'reset_requested' THEN 0 WHEN 'reset' THEN 1 ELSE 2 END) STORED;
CREATE INDEX mail_turn ON mail (tenant_id, urgency, due_at, id) WHERE state = 'requested';

-- Of each tenant the first `most` mails that are due, with how urgent each is and its place among
-- those of its tenant that are as urgent.
CREATE FUNCTION mails_in_turn(most bigint) RETURNS TABLE (id uuid, urgency int, place bigint)
    LANGUAGE sql STABLE AS $f$
    WITH RECURSIVE owner (tenant_id) AS (
        (SELECT m.tenant_id FROM mail m WHERE m.state = 'requested' ORDER BY m.tenant_id LIMIT 1)
        UNION ALL
        SELECT next.tenant_id FROM owner o CROSS JOIN LATERAL (
            SELECT m.tenant_id FROM mail m WHERE m.state = 'requested' AND m.tenant_id > o.tenant_id
             ORDER BY m.tenant_id LIMIT 1) next)
    SELECT n.id, n.urgency, row_number() OVER (PARTITION BY n.tenant_id, n.urgency ORDER BY n.due_at, n.id)
      FROM owner o CROSS JOIN LATERAL (
        SELECT m.id, m.tenant_id, m.urgency, m.due_at FROM mail m
         WHERE m.state = 'requested' AND m.tenant_id = o.tenant_id AND m.due_at <= now()
           AND (m.lease IS NULL OR m.lease_until < now())
         ORDER BY m.urgency, m.due_at, m.id LIMIT most) n
$f$;
REVOKE EXECUTE ON FUNCTION mails_in_turn FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mails_in_turn TO tenantry_engine;
