-- What is known of people besides their names, and people who were removed and
-- can still be restored.

ALTER TABLE users
    ADD COLUMN details jsonb NOT NULL DEFAULT '{}',
    -- Until then a removed person can be restored; afterwards the account goes.
    ADD COLUMN purge_at timestamptz,
    -- What the person had when removed: groups, plans, whether enabled.
    ADD COLUMN removal jsonb;
CREATE UNIQUE INDEX users_external_id ON users (tenant_id, (details ->> 'external_id'))
    WHERE deleted_at IS NULL AND details ? 'external_id';
CREATE INDEX users_removed ON users (tenant_id, search_key, id) WHERE purge_at IS NOT NULL;
CREATE INDEX users_purge ON users (purge_at) WHERE purge_at IS NOT NULL;
GRANT SELECT (details, purge_at, removal) ON users TO tenantry_app;
GRANT UPDATE (details, principal_name, logon_name, purge_at, removal) ON users TO tenantry_app;

-- The engine does not write desired state; this is the one wish that comes of
-- itself: the account of a person whose time for restoring is over goes. `fresh`
-- holds ids for a request and an event each, so as many people as half of them.
CREATE FUNCTION purge_people(fresh uuid[], at timestamptz, reserved interval, software text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone record;
    done bigint := 0;
    wish bigint;
BEGIN
    FOR gone IN SELECT u.id, u.tenant_id, u.object_id, u.display_name FROM users u WHERE u.purge_at <= purge_people.at
                 ORDER BY u.purge_at LIMIT cardinality(fresh) / 2 FOR UPDATE SKIP LOCKED
    LOOP
        done := done + 1;
        UPDATE users SET purge_at = NULL, removal = NULL WHERE id = gone.id;
        UPDATE reserved_name SET reserved_until = at + reserved WHERE owner = gone.id AND reserved_until IS NULL;
        INSERT INTO request (id, tenant_id, kind, args, lane, created_at)
        VALUES (fresh[2 * done - 1], gone.tenant_id, 'user_purge', jsonb_build_object('name', gone.display_name), 1, at);
        UPDATE object SET wanted = false, generation = generation + 1 WHERE id = gone.object_id AND wanted
            RETURNING generation INTO wish;
        IF FOUND THEN
            INSERT INTO object_revision (object_id, generation, tenant_id, request_id, before, at)
            SELECT o.id, wish, o.tenant_id, fresh[2 * done - 1], o.spec, at FROM object o WHERE o.id = gone.object_id;
            UPDATE request_item SET state = 'superseded', problem = NULL, updated_at = at
             WHERE object_id = gone.object_id AND member_id = '00000000-0000-0000-0000-000000000000'
               AND state IN ('requested', 'running', 'failed', 'parked');
            INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
            VALUES (fresh[2 * done - 1], gone.object_id, gone.tenant_id, wish, at);
            INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
            SELECT o.id, o.target_id, o.tenant_id, 1, now() FROM object o WHERE o.id = gone.object_id
            ON CONFLICT (object_id) DO UPDATE SET due_at = least(w.due_at, excluded.due_at), attempts = 0, refusals = 0;
        END IF;
        INSERT INTO event (id, tenant_id, occurred_at, recorded_at, code, outcome, actor_kind, target_kind, target_id,
            request_id, schema_version, software_version)
        VALUES (fresh[2 * done], gone.tenant_id, at, at, 'user.purged', 'success', 'system', 'user', gone.id::text,
            fresh[2 * done - 1], 1, software);
    END LOOP;
    RETURN done;
END $$;
REVOKE EXECUTE ON FUNCTION purge_people FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_people TO tenantry_engine;
