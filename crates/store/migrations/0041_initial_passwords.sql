-- Passwords of somebody's file, as the first ones of the accounts it makes: docs/decisions/0034. Expands only.

-- Sealed for their rows under a key that is destroyed soon, until their accounts are made. Kept apart from
-- the rows, which are planned anew when somebody says what columns mean or mends a cell.
-- The application may write one and never read one.
CREATE TABLE bulk_secret (
    bulk_id uuid NOT NULL,
    line int NOT NULL,
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
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
GRANT SELECT (bulk_id, line, tenant_id, errors, created_at), INSERT, DELETE ON bulk_secret TO tenantry_app;

-- A first password opens no portal: its person did not choose it, and is as little activated as before.
ALTER TABLE secret ALTER COLUMN portal_hash DROP NOT NULL;
-- Whether it has to be changed at the first log-on.
ALTER TABLE secret ADD COLUMN must_change boolean NOT NULL DEFAULT false;

-- Sends the passwords of rows on their way to the accounts that were made of them, and gives whose were.
-- As owner, because the application reads none. What is about to be destroyed with its key stays behind, and
-- so does what is not the account of somebody new of the same tenant.
CREATE FUNCTION send_first_passwords(bulk uuid, lines int[], people uuid[], must_change boolean[], request uuid,
    at timestamptz, keeps interval) RETURNS SETOF uuid LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH s AS (
        DELETE FROM bulk_secret b USING unnest(lines, people, must_change) AS a (line, person, must)
         WHERE b.bulk_id = send_first_passwords.bulk AND b.line = a.line
           AND (b.tenant_id = scope_tenant() OR in_scope(b.tenant_id))
        RETURNING b.id, b.tenant_id, a.person, a.must, b.key_id, b.sealed, b.created_at)
    INSERT INTO secret (id, tenant_id, object_id, user_id, request_id, key_id, sealed, created_at, expires_at, must_change)
    SELECT s.id, s.tenant_id, u.object_id, u.id, request, s.key_id, s.sealed, at, s.created_at + keeps, s.must
      FROM s JOIN users u ON u.id = s.person AND u.tenant_id = s.tenant_id
     WHERE s.sealed IS NOT NULL AND u.object_id IS NOT NULL AND u.activated_at IS NULL AND u.deleted_at IS NULL
       AND s.created_at + keeps > at
    RETURNING user_id;
END $f$;
REVOKE EXECUTE ON FUNCTION send_first_passwords FROM PUBLIC;
GRANT EXECUTE ON FUNCTION send_first_passwords TO tenantry_app;
