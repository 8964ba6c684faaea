-- Many people changed as one: what a file or a choice says of each, what would come of it, and what
-- came of it (docs/decisions/0031-bulk.md). Expands only.

CREATE TABLE bulk (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    -- A file, what is done to people of a list, or the way back from another.
    kind text NOT NULL CHECK (kind IN ('import', 'act', 'undo')),
    -- Name of the file, or of the act.
    title text NOT NULL,
    -- What was asked for, checked: how columns are read, what may happen.
    ask jsonb NOT NULL,
    -- `mapping`: it is not known what the columns mean. `previewed`: nothing happened yet.
    state text NOT NULL CHECK (state IN ('mapping', 'previewed', 'running', 'paused', 'done', 'cancelled')),
    -- Why it paused by itself.
    problem jsonb,
    -- What the preview came to: prices, quotas, licences, warnings about the whole.
    foreseen jsonb NOT NULL DEFAULT '{}',
    -- Counts up with every preview: what is run has to be what was shown.
    version bigint NOT NULL DEFAULT 1,
    undoes uuid,
    undone_by uuid,
    request_id uuid,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    run_by uuid,
    run_at timestamptz,
    finished_at timestamptz,
    -- The links of its people were fetched; that is done once.
    links_at timestamptz,
    UNIQUE (tenant_id, id)
);
COMMENT ON TABLE bulk IS 'class: owned';
CREATE INDEX bulk_list ON bulk (tenant_id, id DESC);
CREATE INDEX bulk_running ON bulk (id) WHERE state = 'running';
-- One request is the whole of it, also between its parts.
CREATE INDEX bulk_request ON bulk (request_id) WHERE state IN ('running', 'paused');

CREATE TABLE bulk_row (
    bulk_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    -- Its number in the file, as a spreadsheet shows it.
    line int NOT NULL,
    -- As it stands in the file, without passwords; kept until it is done.
    cells jsonb,
    -- What that says of a person.
    said jsonb,
    act text NOT NULL DEFAULT 'unread'
        CHECK (act IN ('unread', 'create', 'update', 'remove', 'nothing', 'left', 'conflict', 'error')),
    -- Who others depend on comes first.
    turn int NOT NULL DEFAULT 0,
    user_id uuid,
    name text NOT NULL DEFAULT '',
    login text NOT NULL DEFAULT '',
    -- Field by field, before and after.
    changes jsonb NOT NULL DEFAULT '[]',
    errors jsonb NOT NULL DEFAULT '[]',
    warnings jsonb NOT NULL DEFAULT '[]',
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'done', 'failed', 'left')),
    done_at timestamptz,
    PRIMARY KEY (bulk_id, line),
    FOREIGN KEY (tenant_id, bulk_id) REFERENCES bulk (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE bulk_row IS 'class: owned';
CREATE INDEX bulk_row_act ON bulk_row (bulk_id, act, line);
-- What is still to be done, in its order.
CREATE INDEX bulk_row_due ON bulk_row (bulk_id, turn, line)
    WHERE state = 'planned' AND act IN ('create', 'update', 'remove');

-- How the columns of a file are read, under a name, for all of a tenant and those below it.
CREATE TABLE import_mapping (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    name text NOT NULL,
    mapping jsonb NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
COMMENT ON TABLE import_mapping IS 'class: owned';

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['bulk', 'bulk_row', 'import_mapping'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
        PERFORM own_policies(name, 'tenant_id');
    END LOOP;
END $$;

GRANT SELECT ON bulk, bulk_row, import_mapping TO tenantry_app;
GRANT INSERT ON bulk, bulk_row, import_mapping TO tenantry_app;
GRANT UPDATE (ask, state, problem, foreseen, version, undone_by, request_id, run_by, run_at, finished_at, links_at)
    ON bulk TO tenantry_app;
GRANT UPDATE (cells, said, act, turn, user_id, name, login, changes, errors, warnings, state, done_at)
    ON bulk_row TO tenantry_app;
GRANT DELETE ON bulk_row, import_mapping TO tenantry_app;
GRANT UPDATE (mapping, updated_at) ON import_mapping TO tenantry_app;

-- What runs is carried on in the name of who started it, with what that person may do now.
CREATE POLICY auth ON bulk FOR SELECT TO tenantry_auth USING (state = 'running');
GRANT SELECT (id, tenant_id, state, run_by) ON bulk TO tenantry_auth;
CREATE POLICY engine ON bulk FOR SELECT TO tenantry_engine USING (true);
GRANT SELECT (id, request_id, state) ON bulk TO tenantry_engine;

-- Mappings of the tenants on a way down, also of those above the caller: names of columns are no secrets.
CREATE FUNCTION mappings_for(path uuid[]) RETURNS TABLE (depth int, name text, mapping jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.n::int, m.name, m.mapping FROM unnest(path) WITH ORDINALITY AS p (id, n)
      JOIN import_mapping m ON m.tenant_id = p.id
     WHERE in_scope(path[cardinality(path)])
$$;
REVOKE EXECUTE ON FUNCTION mappings_for FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mappings_for TO tenantry_app;

-- What runs in the name of somebody who may not any more waits for somebody else. The one thing the
-- role that finds that out may change of it.
CREATE FUNCTION pause_orphan(of uuid, why jsonb, version text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE tenant uuid;
BEGIN
    UPDATE bulk SET state = 'paused', problem = why WHERE id = of AND state = 'running' RETURNING tenant_id INTO tenant;
    IF tenant IS NOT NULL THEN
        INSERT INTO event (id, tenant_id, occurred_at, recorded_at, code, outcome, actor_kind, target_kind, target_id,
            change, schema_version, software_version)
        VALUES (gen_random_uuid(), tenant, now(), now(), 'bulk.paused', 'failure', 'system', 'bulk', of::text,
            jsonb_build_array(jsonb_build_object('field', 'problem', 'before', NULL, 'after', 'run_by')), 1, version);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION pause_orphan FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pause_orphan TO tenantry_auth;

-- What was previewed and not run is forgotten soon, what ran after a time; `most` at once.
CREATE FUNCTION forget_bulk(previewed_before timestamptz, finished_before timestamptz, most int)
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
    DELETE FROM bulk WHERE id IN (
        SELECT id FROM bulk
         WHERE state IN ('mapping', 'previewed') AND coalesce(finished_at, created_at) <= previewed_before
            OR state IN ('done', 'cancelled') AND coalesce(finished_at, created_at) <= finished_before
         LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE EXECUTE ON FUNCTION forget_bulk FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_bulk TO tenantry_engine;
CREATE INDEX bulk_ended ON bulk (coalesce(finished_at, created_at)) WHERE state IN ('mapping', 'previewed', 'done', 'cancelled');
