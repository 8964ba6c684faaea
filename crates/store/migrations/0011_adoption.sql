-- Adoption: what is in a directory and is not ours, looked at, and taken over as it is.

-- ---------------------------------------------------------------- surveys

-- What somebody asked to be looked at. It belongs to whose the directory is.
CREATE TABLE survey (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    target_id uuid NOT NULL REFERENCES target (id),
    -- Only this container and what lies in it; none for all that was given to the product.
    base_dn text CHECK (length(base_dn) <= 1024),
    state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'running', 'done', 'failed')),
    problem jsonb,
    -- Objects stored so far.
    seen bigint NOT NULL DEFAULT 0,
    asked_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- What was seen then is not what is there: it is forgotten.
    expires_at timestamptz NOT NULL,
    lease bigint,
    lease_until timestamptz,
    UNIQUE (tenant_id, id)
);
COMMENT ON TABLE survey IS 'class: owned';
CREATE INDEX survey_open ON survey (target_id, created_at) WHERE state IN ('requested', 'running');
CREATE INDEX survey_expiry ON survey (expires_at);
CREATE INDEX survey_list ON survey (tenant_id, id DESC);

CREATE TABLE survey_object (
    survey_id uuid NOT NULL,
    external_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('container', 'group', 'user')),
    dn text NOT NULL,
    -- In lower case: where the object lies, and where its children say they lie.
    dn_key text COLLATE "C" NOT NULL,
    parent_key text COLLATE "C" NOT NULL,
    name text NOT NULL,
    marker uuid,
    security_id text,
    protected boolean NOT NULL,
    attributes jsonb NOT NULL,
    -- The groups it is in, by their ids in the directory.
    member_of uuid[] NOT NULL,
    PRIMARY KEY (survey_id, external_id),
    FOREIGN KEY (tenant_id, survey_id) REFERENCES survey (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE survey_object IS 'class: owned';
CREATE INDEX survey_object_place ON survey_object (survey_id, dn_key);
CREATE INDEX survey_object_child ON survey_object (survey_id, parent_key);

-- ---------------------------------------------------------------- adoptions

-- What would become of one container and all in it, as it was shown to somebody.
CREATE TABLE adoption (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    survey_id uuid NOT NULL,
    target_id uuid NOT NULL REFERENCES target (id),
    container_id uuid NOT NULL,
    dn text NOT NULL,
    seller_id uuid NOT NULL REFERENCES tenant (id),
    -- What was asked for, checked.
    plan jsonb NOT NULL,
    counts jsonb NOT NULL,
    -- Over all that was decided: what is carried out has to have the same.
    digest bytea NOT NULL,
    state text NOT NULL DEFAULT 'previewed' CHECK (state IN ('previewed', 'run')),
    customer_id uuid,
    request_id uuid,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    run_at timestamptz,
    UNIQUE (tenant_id, id)
);
COMMENT ON TABLE adoption IS 'class: owned';
CREATE INDEX adoption_list ON adoption (tenant_id, id DESC);

CREATE TABLE adoption_item (
    adoption_id uuid NOT NULL,
    external_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('container', 'group', 'user')),
    name text NOT NULL,
    dn text NOT NULL,
    fate text NOT NULL CHECK (fate IN ('create', 'match', 'conflict', 'skip')),
    reason text,
    args jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (adoption_id, external_id),
    FOREIGN KEY (tenant_id, adoption_id) REFERENCES adoption (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE adoption_item IS 'class: owned';
CREATE INDEX adoption_item_fate ON adoption_item (adoption_id, fate, external_id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['survey', 'survey_object', 'adoption', 'adoption_item'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
        PERFORM own_policies(name, 'tenant_id');
    END LOOP;
    FOREACH name IN ARRAY ARRAY['survey', 'survey_object'] LOOP
        EXECUTE format('CREATE POLICY engine ON %I TO tenantry_engine USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$;

GRANT SELECT ON survey, survey_object, adoption, adoption_item TO tenantry_app;
GRANT INSERT (id, tenant_id, target_id, base_dn, asked_by, created_at, expires_at) ON survey TO tenantry_app;
GRANT INSERT ON adoption, adoption_item TO tenantry_app;
GRANT UPDATE (state, customer_id, request_id, run_at) ON adoption TO tenantry_app;

GRANT SELECT, DELETE ON survey TO tenantry_engine;
GRANT UPDATE (state, problem, seen, finished_at, lease, lease_until) ON survey TO tenantry_engine;
GRANT SELECT, INSERT, DELETE ON survey_object TO tenantry_engine;

-- ---------------------------------------------------------------- what is taken over

-- A container within a customer's own, as it was found.
ALTER TABLE object DROP CONSTRAINT object_entity_kind_check;
ALTER TABLE object ADD CONSTRAINT object_entity_kind_check
    CHECK (entity_kind IN ('tenant', 'user', 'group', 'unit'));

-- It was there before us: the first time it is only marked, whatever differs meanwhile.
ALTER TABLE external_object ADD COLUMN adopting boolean NOT NULL DEFAULT false;
GRANT INSERT (object_id, tenant_id, target_id, external_id, dn, state, adopting) ON external_object TO tenantry_app;

-- The next version of the role that adopts, and its holders with it. Written so that
-- another migration of the same release may have made that version.
INSERT INTO role (code, version, tenant_id, permissions, administrator, created_at)
SELECT r.code, 3, r.tenant_id, r.permissions, r.administrator, now() FROM role r
 WHERE r.code = 'provider_administrator' AND r.version = 2
ON CONFLICT DO NOTHING;
UPDATE role r SET permissions = r.permissions || ARRAY['directory_adopt']
 WHERE r.code = 'provider_administrator' AND r.version = 3 AND NOT 'directory_adopt' = ANY (r.permissions);
UPDATE role_grant g SET role_version = 3
 WHERE g.role_code = 'provider_administrator' AND g.role_version = 2 AND g.revoked_at IS NULL;
