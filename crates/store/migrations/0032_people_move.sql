-- People move to another customer with the account they have: its object changes hands, so that it
-- bears the same marker, and no worker ever takes one of two objects for the account of the other
-- (docs/decisions/0029-moving-people.md). Expands only.

-- The person who goes on with the account, in another customer. The row stays for the ledger and
-- the log of the customer that was left.
ALTER TABLE users ADD COLUMN moved_to uuid, ADD COLUMN handed_over uuid;
COMMENT ON COLUMN users.handed_over IS 'The object that was theirs: what requests of before were about.';
-- Whether a tenant lost somebody to another: nearly none did.
ALTER TABLE tenant ADD COLUMN lost_people boolean NOT NULL DEFAULT false;
CREATE INDEX users_handed_over ON users (handed_over) WHERE handed_over IS NOT NULL;
GRANT SELECT (moved_to, handed_over) ON users TO tenantry_app;

-- Hands the account of a person to somebody of another customer who is only being made: the object
-- with its place in the queue, a password on its way, what is known of the password's age, and the
-- names. Gives what stands in the way, or null; and whether a password is on its way. Runs as owner:
-- no role that serves can move a row to another tenant. The caller was permitted on both sides.
CREATE FUNCTION hand_over_account(person uuid, successor uuid, to_tenant uuid, instant timestamptz, reserved timestamptz)
    RETURNS TABLE (obstacle text, password_waits boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE p users; account object; waits boolean;
BEGIN
    SELECT * INTO p FROM users u
     WHERE u.id = person AND u.deleted_at IS NULL AND u.object_id IS NOT NULL FOR UPDATE;
    IF p.id IS NULL OR p.tenant_id = to_tenant OR NOT in_scope(p.tenant_id) OR NOT in_scope(to_tenant) THEN
        RAISE EXCEPTION 'people are moved by those above both customers' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- The customer that is left alone, so that nobody puts the person into one of its groups
    -- meanwhile; the other one shared. Neither begins to change directories. In one order.
    IF p.tenant_id < to_tenant THEN
        PERFORM lock_home(p.tenant_id);
        PERFORM pg_advisory_xact_lock_shared(7236116, hashtext(to_tenant::text));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(7236116, hashtext(to_tenant::text));
        PERFORM lock_home(p.tenant_id);
    END IF;
    SELECT * INTO STRICT account FROM object o WHERE o.id = p.object_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM directory_move m WHERE m.tenant_id IN (p.tenant_id, to_tenant) AND m.ended_at IS NULL) THEN
        RETURN QUERY SELECT 'directory_move'::text, false;
        RETURN;
    ELSIF NOT EXISTS (SELECT FROM tenant t WHERE t.id = to_tenant AND t.target_id = account.target_id) THEN
        RETURN QUERY SELECT 'other_directory'::text, false;
        RETURN;
    END IF;
    -- The object, then its place in the queue: a worker that is at it has recorded what became of
    -- it, or finds another wish when it does.
    PERFORM FROM work w WHERE w.object_id = account.id FOR UPDATE;
    UPDATE users u SET object_id = NULL, moved_to = successor, handed_over = account.id WHERE u.id = person;
    UPDATE tenant t SET lost_people = true WHERE t.id = p.tenant_id AND NOT t.lost_people;
    UPDATE object o SET tenant_id = to_tenant, entity_id = successor WHERE o.id = account.id;
    UPDATE external_object x SET tenant_id = to_tenant WHERE x.object_id = account.id;
    UPDATE work w SET tenant_id = to_tenant WHERE w.object_id = account.id;
    -- A password that was chosen in time is set, however long that takes.
    UPDATE secret s SET tenant_id = to_tenant, user_id = successor WHERE s.object_id = account.id;
    waits := FOUND;
    -- What was found of it was compared with what the customer that is left wanted.
    UPDATE finding f SET state = 'gone', resolved_at = instant WHERE f.object_id = account.id AND f.state = 'open';
    INSERT INTO observation (tenant_id, subject, source, kind, observed_at, value)
    SELECT to_tenant, successor, b.source, b.kind, b.observed_at, b.value FROM observation b
     WHERE b.subject = person AND b.kind = 'password_set' ORDER BY b.observed_at DESC LIMIT 1;
    -- Names follow the account: who comes back one day may have the old ones again, nobody else.
    UPDATE reserved_name n SET owner = successor, reserved_until = coalesce(n.reserved_until, reserved)
     WHERE n.owner = person;
    RETURN QUERY SELECT NULL::text, waits;
END $f$;

-- The portal's password goes with the account, and what the person chose for the pages. As owner,
-- because the application reads no hash.
CREATE FUNCTION keep_sign_in(person uuid, successor uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    UPDATE users n SET portal_hash = o.portal_hash, activated_at = o.activated_at, language = o.language, theme = o.theme
      FROM users o
     WHERE o.id = person AND o.moved_to = successor AND n.id = successor AND n.portal_hash IS NULL
       AND n.activated_at IS NULL AND in_scope(n.tenant_id)
$f$;
REVOKE EXECUTE ON FUNCTION hand_over_account, keep_sign_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hand_over_account, keep_sign_in TO tenantry_app;

-- As before, and nobody becomes a member whose account belongs to another tenant by now: whoever
-- looked before a move and writes after it is refused and may repeat it.
CREATE OR REPLACE FUNCTION refuse_left_members() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE left_it boolean; lost boolean;
BEGIN
    IF current_user <> 'tenantry_app' THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(7236116, hashtext(x.tenant_id::text)) FROM (SELECT DISTINCT tenant_id FROM fresh) x;
    SELECT coalesce(bool_or(t.kind = 'customer' AND o.target_id <> t.target_id), false),
           coalesce(bool_or(t.lost_people AND f.wanted), false) INTO left_it, lost
      FROM fresh f JOIN object o ON o.id = f.group_object JOIN tenant t ON t.id = f.tenant_id;
    IF left_it THEN
        RAISE EXCEPTION 'the customer lives in another directory now' USING ERRCODE = 'serialization_failure';
    END IF;
    -- Only of a customer that ever lost somebody to another each member is looked at.
    IF lost THEN
        -- What the caller does not see is another tenant's.
        IF EXISTS (SELECT FROM fresh f LEFT JOIN object m ON m.id = f.member_object
                    WHERE f.wanted AND m.tenant_id IS DISTINCT FROM f.tenant_id) THEN
            RAISE EXCEPTION 'the member belongs to another tenant now' USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
    RETURN NULL;
END $f$;

-- As before; an account that changed hands while this waited for it is its new customer's.
CREATE OR REPLACE FUNCTION settle_accounts(root uuid, of_request uuid, instant timestamptz)
    RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE ids uuid[]; specs jsonb[];
BEGIN
    SELECT array_agg(a.id), array_agg(a.spec) INTO ids, specs FROM (
        SELECT o.id, jsonb_set(o.spec, '{enabled}', to_jsonb(u.enabled AND t.served)) AS spec
          FROM (SELECT c.descendant AS id,
                       NOT EXISTS (SELECT FROM suspended_tenant s WHERE s.id = c.descendant) AS served
                  FROM tenant_closure c WHERE c.ancestor = root) t
          JOIN users u ON u.tenant_id = t.id AND u.deleted_at IS NULL
          JOIN object o ON o.id = u.object_id AND o.tenant_id = u.tenant_id AND o.wanted AND o.kind = 'user'
         WHERE (o.spec->>'enabled')::boolean IS DISTINCT FROM (u.enabled AND t.served)
         ORDER BY o.id FOR NO KEY UPDATE OF o) a;
    RETURN want_specs(of_request, 1::smallint, instant, ids, specs);
END $f$;

-- As before; an account that changed hands while this waited for it follows the rules it came under.
CREATE OR REPLACE FUNCTION expire_passwords(instant timestamptz, version text)
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
              FROM users u JOIN object o ON o.id = u.object_id AND o.tenant_id = u.tenant_id AND o.wanted AND o.kind = 'user'
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
