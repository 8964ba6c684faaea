-- Passwords of somebody's file, as the first ones of the accounts it makes: docs/decisions/0034. Expands only.

-- Sealed for their rows under a key that is destroyed soon, until their accounts are made. Kept apart from
-- the rows, which are planned anew when somebody says what columns mean or mends a cell.
-- The application may write one and never read one.
CREATE TABLE bulk_secret (
    bulk_id uuid NOT NULL,
    line int NOT NULL,
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    -- Where in the file it stands: what is no column of passwords any more had none.
    place int NOT NULL,
    -- None of one that breaks the rules for passwords: why, is kept.
    key_id text,
    sealed bytea,
    errors jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bulk_id, line),
    FOREIGN KEY (tenant_id, bulk_id) REFERENCES bulk (tenant_id, id) ON DELETE CASCADE,
    CHECK ((sealed IS NULL) = (key_id IS NULL) AND (sealed IS NULL) = (errors <> '[]'))
);
COMMENT ON TABLE bulk_secret IS 'class: owned';

ALTER TABLE bulk_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk_secret FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON bulk_secret TO CURRENT_USER USING (true) WITH CHECK (true);
SELECT own_policies('bulk_secret', 'tenant_id');
GRANT SELECT (bulk_id, line, tenant_id, place, errors, created_at), INSERT, DELETE ON bulk_secret TO tenantry_app;

-- A first password opens no portal: its person did not choose it, and is as little activated as before.
ALTER TABLE secret ALTER COLUMN portal_hash DROP NOT NULL;
GRANT SELECT (activation_id) ON secret TO tenantry_app;
-- Whether it has to be changed at the first log-on.
ALTER TABLE secret ADD COLUMN must_change boolean NOT NULL DEFAULT false;

-- Sends the passwords of rows on their way to the accounts that were made of them; gives the rows that had one
-- and whether it was sent. As owner, because the application reads none. What is about to be destroyed with its
-- key is not sent, and neither is what is not for the account of somebody new of the same tenant.
CREATE FUNCTION send_first_passwords(bulk uuid, lines int[], people uuid[], must_change boolean[], request uuid,
    at timestamptz, keeps interval) RETURNS TABLE (line int, sent boolean) LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH s AS (
        DELETE FROM bulk_secret b USING unnest(lines, people, must_change) AS a (line, person, must)
         WHERE b.bulk_id = send_first_passwords.bulk AND b.line = a.line
           AND (b.tenant_id = scope_tenant() OR in_scope(b.tenant_id))
        RETURNING b.line, b.id, b.tenant_id, a.person, a.must, b.key_id, b.sealed, b.created_at),
    i AS (INSERT INTO secret (id, tenant_id, object_id, user_id, request_id, key_id, sealed, created_at, expires_at,
              must_change)
    SELECT s.id, s.tenant_id, u.object_id, u.id, request, s.key_id, s.sealed, at, s.created_at + keeps, s.must
      FROM s JOIN users u ON u.id = s.person AND u.tenant_id = s.tenant_id
     WHERE s.sealed IS NOT NULL AND u.object_id IS NOT NULL AND u.activated_at IS NULL AND u.deleted_at IS NULL
       AND s.created_at + keeps > at
    RETURNING id)
    SELECT s.line, i.id IS NOT NULL FROM s LEFT JOIN i ON i.id = s.id WHERE s.sealed IS NOT NULL;
END $f$;
REVOKE EXECUTE ON FUNCTION send_first_passwords FROM PUBLIC;
GRANT EXECUTE ON FUNCTION send_first_passwords TO tenantry_app;

-- As before, but for what waits.
CREATE OR REPLACE FUNCTION hand_over_account(person uuid, successor uuid, to_tenant uuid, instant timestamptz, reserved timestamptz)
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
    -- A password that was chosen in time is set, however long that takes. A first one goes along, and opens no portal.
    UPDATE secret s SET tenant_id = to_tenant, user_id = successor WHERE s.object_id = account.id;
    waits := EXISTS (SELECT FROM secret s WHERE s.object_id = account.id AND s.portal_hash IS NOT NULL);
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
