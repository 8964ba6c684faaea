-- The foundation. Forward only: from the next migration on, a change first
-- expands (new columns with defaults, both versions of the code run), later
-- contracts.
--
-- Every table says its class in its comment; a test compares class, row-level
-- security and policies over the whole catalogue:
--   owned      rows of a tenant, seen by grants on the tenant or above it
--   published  rows a tenant publishes, seen by itself, its ancestors' grants and all below it
--   system     no row-level security for its readers: ids and bookkeeping only

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tenantry_app', 'tenantry_auth', 'tenantry_engine'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- Another database of this server is prepared at the same time.
            END;
        END IF;
    END LOOP;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tenantry_app, tenantry_auth, tenantry_engine;

-- Whose transaction this is. Unset: nobody, and nobody sees no rows.
CREATE FUNCTION caller() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('tenantry.caller', true), '')::uuid $$;
-- The tenant that person belongs to.
CREATE FUNCTION home() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('tenantry.home', true), '')::uuid $$;
-- The one tenant an act without grants belongs to (activation by link).
CREATE FUNCTION scope_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('tenantry.tenant', true), '')::uuid $$;

-- ---------------------------------------------------------------- tenancy

CREATE TABLE tenant (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('provider', 'reseller', 'customer')),
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    search_key text COLLATE "C" NOT NULL,
    billing_id text,
    standing text NOT NULL DEFAULT 'standard' CHECK (standing IN ('standard', 'test', 'demo')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    brand_id uuid,
    language text NOT NULL,
    time_zone text NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    target_id uuid,
    naming_pattern text NOT NULL DEFAULT '{given}.{surname}',
    folder_object uuid,
    members_object uuid,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    UNIQUE (id, kind)
);
COMMENT ON TABLE tenant IS 'class: owned';
CREATE UNIQUE INDEX tenant_one_provider ON tenant (kind) WHERE kind = 'provider';
CREATE INDEX tenant_search ON tenant (search_key, id);

-- Parentage with its days, so that a customer that moves in mid-month is billed right.
CREATE TABLE tenant_edge (
    child uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    parent uuid REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz CHECK (valid_to > valid_from),
    PRIMARY KEY (child, valid_from)
);
COMMENT ON TABLE tenant_edge IS 'class: owned';
CREATE UNIQUE INDEX tenant_edge_today ON tenant_edge (child) WHERE valid_to IS NULL;
CREATE INDEX tenant_edge_parent ON tenant_edge (parent) WHERE valid_to IS NULL;

-- Today's tree, flattened. Kept by trigger; a move rewrites it, never a customer's rows.
CREATE TABLE tenant_closure (
    ancestor uuid NOT NULL,
    descendant uuid NOT NULL,
    depth int NOT NULL,
    PRIMARY KEY (descendant, ancestor)
);
COMMENT ON TABLE tenant_closure IS 'class: system';
CREATE INDEX tenant_closure_down ON tenant_closure (ancestor, descendant);

CREATE FUNCTION tenant_edge_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.valid_to IS NULL AND NEW.valid_to IS NOT NULL THEN
        DELETE FROM tenant_closure c
         USING tenant_closure above, tenant_closure below
         WHERE above.descendant = NEW.child AND above.depth > 0 AND below.ancestor = NEW.child
           AND c.ancestor = above.ancestor AND c.descendant = below.descendant;
    ELSIF TG_OP = 'INSERT' AND NEW.valid_to IS NULL THEN
        IF EXISTS (SELECT FROM tenant_closure WHERE ancestor = NEW.child AND descendant = NEW.parent) THEN
            RAISE EXCEPTION 'tenant % cannot lie below itself', NEW.child USING ERRCODE = 'check_violation';
        END IF;
        INSERT INTO tenant_closure VALUES (NEW.child, NEW.child, 0) ON CONFLICT DO NOTHING;
        INSERT INTO tenant_closure (ancestor, descendant, depth)
        SELECT above.ancestor, below.descendant, above.depth + below.depth + 1
          FROM tenant_closure above, tenant_closure below
         WHERE above.descendant = NEW.parent AND below.ancestor = NEW.child;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tenant_edge_closure AFTER INSERT OR UPDATE ON tenant_edge
    FOR EACH ROW EXECUTE FUNCTION tenant_edge_changed();

-- Suspension reaches down; a customer may not see the reseller above it, but
-- has to know that it is served no more. In plpgsql, because a definer function
-- in SQL is planned again at every call, and every request calls this one.
CREATE FUNCTION tenant_suspended(tenant uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM tenant_closure c JOIN tenant t ON t.id = c.ancestor
                    WHERE c.descendant = tenant_suspended.tenant AND t.status = 'suspended');
END $$;

CREATE TABLE brand (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    host_names text[] NOT NULL DEFAULT '{}',
    support jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE brand IS 'class: published';

-- ---------------------------------------------------------------- targets and catalogue

CREATE TABLE target (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    code text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('ad')),
    name text NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE target IS 'class: published';
ALTER TABLE tenant ADD FOREIGN KEY (target_id) REFERENCES target (id);
ALTER TABLE tenant ADD FOREIGN KEY (brand_id) REFERENCES brand (id);

CREATE TABLE target_health (
    target_id uuid PRIMARY KEY REFERENCES target (id),
    state text NOT NULL DEFAULT 'up' CHECK (state IN ('up', 'down')),
    since timestamptz NOT NULL,
    retry_at timestamptz,
    failures int NOT NULL DEFAULT 0,
    reason text,
    pace_micros bigint NOT NULL
);
COMMENT ON TABLE target_health IS 'class: system';

CREATE TABLE service (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('customer', 'user')),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE service IS 'class: published';

-- Plans are immutable versions: a change is a new row, subscriptions pin theirs.
CREATE TABLE plan (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    service_id uuid NOT NULL REFERENCES service (id),
    code text NOT NULL,
    version int NOT NULL,
    name text NOT NULL,
    properties jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    UNIQUE (code, version)
);
COMMENT ON TABLE plan IS 'class: published';

CREATE TABLE price_book (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    code text NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    created_at timestamptz NOT NULL,
    UNIQUE (tenant_id, code, currency)
);
COMMENT ON TABLE price_book IS 'class: published';

CREATE TABLE price (
    price_book_id uuid NOT NULL REFERENCES price_book (id),
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    plan_id uuid NOT NULL REFERENCES plan (id),
    kind text NOT NULL CHECK (kind IN ('retail')),
    period text NOT NULL CHECK (period IN ('month')),
    minor bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (price_book_id, plan_id, kind, period)
);
COMMENT ON TABLE price IS 'class: published';

-- ---------------------------------------------------------------- people, roles, access

CREATE TABLE users (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    target_id uuid REFERENCES target (id),
    object_id uuid,
    given_name text,
    surname text,
    display_name text NOT NULL,
    principal_name text COLLATE "C" NOT NULL,
    logon_name text,
    mail text,
    phone text,
    title text,
    department text,
    enabled boolean NOT NULL,
    administrator boolean NOT NULL DEFAULT false,
    search_key text COLLATE "C" NOT NULL,
    portal_hash text,
    activated_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    UNIQUE (tenant_id, id)
);
COMMENT ON TABLE users IS 'class: owned';
CREATE UNIQUE INDEX users_login ON users (principal_name) WHERE deleted_at IS NULL;
CREATE INDEX users_list ON users (tenant_id, search_key, id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_object ON users (object_id);

-- A name belongs to its owner, and stays reserved for a time after it is gone.
CREATE TABLE reserved_name (
    kind text NOT NULL CHECK (kind IN ('principal_name', 'logon_name', 'suffix', 'code')),
    space uuid NOT NULL,
    value text COLLATE "C" NOT NULL,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    owner uuid NOT NULL,
    reserved_until timestamptz,
    PRIMARY KEY (kind, space, value)
);
COMMENT ON TABLE reserved_name IS 'class: owned';
CREATE INDEX reserved_name_owner ON reserved_name (owner);

-- Whether a name is taken is asked across tenants (a directory is shared); who
-- has it is not told.
CREATE FUNCTION names_taken(kinds text[], spaces uuid[], names text[], at timestamptz)
    RETURNS TABLE (kind text, space uuid, value text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.kind, r.space, r.value
      FROM unnest(kinds, spaces, names) AS asked (kind, space, value)
      JOIN reserved_name r USING (kind, space, value)
     WHERE r.reserved_until IS NULL OR r.reserved_until > at
$$;
-- Takes names that are free or whose time of reservation is over, and tells
-- which it took; of two owners that want one name in one batch the first wins.
-- Runs as owner because the loser's row is not the caller's, so it checks itself
-- that the caller reserves for a tenant of its own, or for one that is only just
-- being made.
CREATE FUNCTION reserve_names(tenant uuid, kinds text[], spaces uuid[], names text[], owners uuid[], at timestamptz)
    RETURNS TABLE (kind text, space uuid, value text, owner uuid)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF tenant IS DISTINCT FROM scope_tenant()
        AND EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = reserve_names.tenant)
        AND NOT EXISTS (
            SELECT FROM caller_root r JOIN tenant_closure c ON c.ancestor = r.tenant_id
             WHERE r.user_id = caller() AND (r.expires_at IS NULL OR r.expires_at > now())
               AND c.descendant = reserve_names.tenant)
    THEN
        RAISE EXCEPTION 'names are reserved for tenants of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    INSERT INTO reserved_name AS r (kind, space, value, tenant_id, owner)
    -- One order for everybody, so that two batches wait and do not deadlock.
    SELECT DISTINCT ON (1, 2, 3) a.kind, a.space, a.value, tenant, a.owner
      FROM unnest(kinds, spaces, names, owners) WITH ORDINALITY AS a (kind, space, value, owner, place)
     ORDER BY 1, 2, 3, a.place
    ON CONFLICT (kind, space, value) DO UPDATE
       SET tenant_id = excluded.tenant_id, owner = excluded.owner, reserved_until = NULL
       WHERE r.reserved_until <= at OR r.owner = excluded.owner
    RETURNING r.kind, r.space, r.value, r.owner;
END $$;

-- Roles are immutable versions; a grant pins one.
CREATE TABLE role (
    code text NOT NULL,
    version int NOT NULL,
    tenant_id uuid,
    permissions text[] NOT NULL,
    administrator boolean NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (code, version)
);
COMMENT ON TABLE role IS 'class: published';

CREATE TABLE role_grant (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    user_id uuid NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
    role_code text NOT NULL,
    role_version int NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid,
    expires_at timestamptz,
    revoked_at timestamptz,
    FOREIGN KEY (role_code, role_version) REFERENCES role (code, version)
);
COMMENT ON TABLE role_grant IS 'class: owned';
CREATE INDEX role_grant_user ON role_grant (user_id) WHERE revoked_at IS NULL;

-- What the policies ask: on which tenants a person holds grants. Ids only,
-- because a policy that reads a table with policies would read itself.
CREATE TABLE caller_root (
    grant_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    expires_at timestamptz
);
COMMENT ON TABLE caller_root IS 'class: system';
CREATE INDEX caller_root_user ON caller_root (user_id, tenant_id);
CREATE FUNCTION role_grant_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM caller_root WHERE grant_id = NEW.id;
    IF NEW.revoked_at IS NULL THEN
        INSERT INTO caller_root VALUES (NEW.id, NEW.user_id, NEW.tenant_id, NEW.expires_at);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER role_grant_root AFTER INSERT OR UPDATE ON role_grant
    FOR EACH ROW EXECUTE FUNCTION role_grant_changed();

CREATE TABLE api_token (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('session', 'api')),
    name text NOT NULL,
    secret_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
COMMENT ON TABLE api_token IS 'class: owned';
CREATE INDEX api_token_user ON api_token (user_id, id) WHERE revoked_at IS NULL;

-- Failed sign-ins per login name, for the lock-out.
CREATE TABLE sign_in_failure (
    login text PRIMARY KEY,
    failures int NOT NULL,
    last_at timestamptz NOT NULL
);
COMMENT ON TABLE sign_in_failure IS 'class: system';

CREATE TABLE activation (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('activation', 'reset')),
    created_at timestamptz NOT NULL,
    created_by uuid,
    expires_at timestamptz NOT NULL,
    request_id uuid,
    used_at timestamptz,
    revoked_at timestamptz,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE activation IS 'class: owned';
CREATE INDEX activation_user ON activation (user_id) WHERE used_at IS NULL AND revoked_at IS NULL;

-- People without a directory account have the portal's password alone. The
-- application may not write password hashes; this checks the link as it does.
CREATE FUNCTION use_staff_link(link uuid, hash text, at timestamptz) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH a AS (
        UPDATE activation a SET used_at = at FROM users u
         WHERE a.id = link AND a.used_at IS NULL AND a.revoked_at IS NULL AND a.expires_at > at AND u.id = a.user_id
           AND u.object_id IS NULL AND u.enabled AND u.deleted_at IS NULL
        RETURNING u.id
    ), p AS (
        UPDATE users u SET portal_hash = hash, activated_at = coalesce(u.activated_at, at) FROM a WHERE u.id = a.id
        RETURNING u.id
    )
    SELECT EXISTS (SELECT FROM p)
$$;
REVOKE EXECUTE ON FUNCTION use_staff_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION use_staff_link TO tenantry_app;

-- ---------------------------------------------------------------- requests and orders

CREATE TABLE request (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    kind text NOT NULL,
    args jsonb NOT NULL DEFAULT '{}',
    lane smallint NOT NULL,
    actor_id uuid,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    UNIQUE (tenant_id, id)
);
COMMENT ON TABLE request IS 'class: owned';
CREATE INDEX request_list ON request (tenant_id, id DESC);
CREATE INDEX request_open ON request (id) WHERE finished_at IS NULL;

CREATE TABLE sales_order (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    reference text NOT NULL,
    content_hash bytea NOT NULL,
    purchase_order text,
    start_date date,
    end_date date,
    notice_days int,
    customer_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    administrator_id uuid NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
    request_id uuid NOT NULL REFERENCES request (id) DEFERRABLE INITIALLY DEFERRED,
    created_at timestamptz NOT NULL,
    UNIQUE (tenant_id, reference)
);
COMMENT ON TABLE sales_order IS 'class: owned';
CREATE INDEX sales_order_list ON sales_order (tenant_id, id DESC);

CREATE TABLE idempotency (
    user_id uuid NOT NULL,
    key text NOT NULL,
    tenant_id uuid NOT NULL,
    request_hash bytea NOT NULL,
    status smallint,
    body jsonb,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, key),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
COMMENT ON TABLE idempotency IS 'class: owned';

-- ---------------------------------------------------------------- desired state and reality

CREATE TABLE object (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    target_id uuid NOT NULL REFERENCES target (id),
    entity_kind text NOT NULL CHECK (entity_kind IN ('tenant', 'user', 'group')),
    entity_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('container', 'group', 'user', 'access')),
    spec jsonb NOT NULL,
    spec_version int NOT NULL,
    generation bigint NOT NULL DEFAULT 1,
    wanted boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    UNIQUE (tenant_id, id)
);
COMMENT ON TABLE object IS 'class: owned';
CREATE INDEX object_entity ON object (entity_id);

CREATE TABLE object_revision (
    object_id uuid NOT NULL REFERENCES object (id) DEFERRABLE INITIALLY DEFERRED,
    generation bigint NOT NULL,
    tenant_id uuid NOT NULL,
    request_id uuid NOT NULL,
    before jsonb,
    after jsonb,
    at timestamptz NOT NULL,
    PRIMARY KEY (object_id, generation)
);
COMMENT ON TABLE object_revision IS 'class: owned';

-- Edges, not a document: 3,200 additions as one document cost 216 MB of log, as edges 0.75 MB.
CREATE TABLE membership (
    group_object uuid NOT NULL REFERENCES object (id) DEFERRABLE INITIALLY DEFERRED,
    member_object uuid NOT NULL REFERENCES object (id) DEFERRABLE INITIALLY DEFERRED,
    tenant_id uuid NOT NULL,
    wanted boolean NOT NULL DEFAULT true,
    wanted_gen bigint NOT NULL DEFAULT 1,
    applied_gen bigint NOT NULL DEFAULT 0,
    until timestamptz,
    PRIMARY KEY (group_object, member_object)
);
COMMENT ON TABLE membership IS 'class: owned';
CREATE INDEX membership_dirty ON membership (group_object, member_object) WHERE wanted_gen > applied_gen;
CREATE INDEX membership_member ON membership (member_object);

CREATE TABLE request_item (
    request_id uuid NOT NULL REFERENCES request (id) DEFERRABLE INITIALLY DEFERRED,
    object_id uuid NOT NULL,
    member_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    tenant_id uuid NOT NULL,
    generation bigint NOT NULL,
    state text NOT NULL DEFAULT 'requested' CHECK
        (state IN ('requested', 'running', 'verified', 'failed', 'drifted', 'parked', 'superseded')),
    problem jsonb,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (request_id, object_id, member_id)
);
COMMENT ON TABLE request_item IS 'class: owned';
CREATE INDEX request_item_open ON request_item (object_id, member_id)
    WHERE state IN ('requested', 'running', 'failed', 'parked');

CREATE TABLE external_object (
    object_id uuid PRIMARY KEY REFERENCES object (id) DEFERRABLE INITIALLY DEFERRED,
    tenant_id uuid NOT NULL,
    target_id uuid NOT NULL,
    external_id uuid,
    dn text,
    observed jsonb,
    observed_at timestamptz,
    applied_generation bigint NOT NULL DEFAULT 0,
    state text NOT NULL,
    problem jsonb,
    verified_at timestamptz
);
COMMENT ON TABLE external_object IS 'class: owned';
CREATE UNIQUE INDEX external_object_id ON external_object (target_id, external_id, object_id);

-- What was tried, written before it is tried.
CREATE TABLE attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    generation bigint NOT NULL,
    lease bigint NOT NULL,
    step text NOT NULL,
    naming jsonb,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    outcome text
);
COMMENT ON TABLE attempt IS 'class: owned';
CREATE INDEX attempt_object ON attempt (object_id, id DESC);

-- Narrow, and apart from the specs, because it changes all the time.
CREATE TABLE work (
    object_id uuid PRIMARY KEY,
    target_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    lane smallint NOT NULL CHECK (lane IN (0, 1)),
    due_at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    -- How often in a row the target was asked and refused it as busy.
    refusals int NOT NULL DEFAULT 0,
    lease bigint,
    lease_until timestamptz
) WITH (fillfactor = 70);
COMMENT ON TABLE work IS 'class: system';
CREATE INDEX work_turn ON work (target_id, lane, tenant_id, due_at, object_id);
CREATE SEQUENCE lease;

CREATE TABLE tenant_turn (
    target_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    virtual_micros bigint NOT NULL,
    PRIMARY KEY (target_id, tenant_id)
);
COMMENT ON TABLE tenant_turn IS 'class: system';

-- A secret on its way to a target, sealed under a key that is destroyed soon.
-- The application may write one and never read one.
CREATE TABLE secret (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    object_id uuid NOT NULL UNIQUE,
    user_id uuid NOT NULL,
    activation_id uuid,
    request_id uuid NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    portal_hash text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE secret IS 'class: owned';

CREATE TABLE user_group (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    purpose text NOT NULL CHECK (purpose IN ('members', 'service', 'custom')),
    service_id uuid REFERENCES service (id),
    name text NOT NULL,
    description text,
    object_id uuid NOT NULL REFERENCES object (id) DEFERRABLE INITIALLY DEFERRED,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);
COMMENT ON TABLE user_group IS 'class: owned';
CREATE UNIQUE INDEX user_group_name ON user_group (tenant_id, lower(name)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX user_group_object ON user_group (object_id);
CREATE UNIQUE INDEX user_group_service ON user_group (tenant_id, service_id)
    WHERE purpose = 'service' AND deleted_at IS NULL;

CREATE TABLE subscription (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    user_id uuid,
    plan_id uuid NOT NULL REFERENCES plan (id),
    order_id uuid,
    group_object uuid NOT NULL,
    member_object uuid,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE subscription IS 'class: owned';
CREATE INDEX subscription_tenant ON subscription (tenant_id, plan_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX subscription_once ON subscription (user_id, plan_id) WHERE ended_at IS NULL;
CREATE INDEX subscription_object ON subscription (group_object, member_object) WHERE ended_at IS NULL;

-- ---------------------------------------------------------------- audit, ledger, evidence

CREATE TABLE event (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    seq bigint,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    code text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('success', 'failure', 'denied')),
    reason text,
    actor_kind text NOT NULL CHECK (actor_kind IN ('human', 'service', 'system')),
    actor_id uuid,
    actor_tenant_id uuid,
    impersonator_id uuid,
    authority jsonb,
    target_kind text NOT NULL,
    target_id text NOT NULL,
    change jsonb NOT NULL DEFAULT '[]',
    request_id uuid,
    parent_id uuid,
    cause jsonb NOT NULL DEFAULT '{}',
    schema_version int NOT NULL,
    software_version text NOT NULL
);
COMMENT ON TABLE event IS 'class: owned';
CREATE INDEX event_list ON event (tenant_id, id DESC);

-- Personal values, apart from the event and sealed under the person's key.
CREATE TABLE event_personal (
    event_id uuid NOT NULL REFERENCES event (id),
    person_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (event_id, person_id)
);
COMMENT ON TABLE event_personal IS 'class: owned';

CREATE TABLE person_key (
    person_id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE person_key IS 'class: owned';

CREATE TABLE fact (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    subscription_id uuid NOT NULL REFERENCES subscription (id) DEFERRABLE INITIALLY DEFERRED,
    user_id uuid,
    plan_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ordered', 'started', 'ended')),
    at timestamptz NOT NULL,
    local_date date NOT NULL,
    zone text NOT NULL,
    request_id uuid,
    UNIQUE (subscription_id, kind)
);
COMMENT ON TABLE fact IS 'class: owned';
CREATE INDEX fact_tenant ON fact (tenant_id, local_date);

CREATE TABLE observation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id uuid NOT NULL,
    subject uuid NOT NULL,
    source text NOT NULL,
    kind text NOT NULL,
    observed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    value jsonb NOT NULL
);
COMMENT ON TABLE observation IS 'class: owned';
CREATE INDEX observation_subject ON observation (subject, kind, observed_at DESC);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OF id, tenant_id, occurred_at, recorded_at, code, outcome,
    actor_id, target_id, change OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE ON fact
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

