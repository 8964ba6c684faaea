-- Drift: what somebody changed in a target behind our back.

-- Where the scan of each target stands. One process scans a target at a time.
CREATE TABLE drift_scan (
    target_id uuid PRIMARY KEY REFERENCES target (id),
    -- From here a scan reports only what changed since; of the connector's making.
    resume bytea,
    scanned_at timestamptz,
    full_at timestamptz,
    -- Somebody asked for a full scan now.
    asked_at timestamptz,
    lease bigint,
    lease_until timestamptz
);
COMMENT ON TABLE drift_scan IS 'class: system';

CREATE TABLE drift_policy (
    target_id uuid NOT NULL REFERENCES target (id),
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    subject text NOT NULL,
    mode text NOT NULL CHECK (mode IN ('enforce', 'report')),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (target_id, subject)
);
COMMENT ON TABLE drift_policy IS 'class: owned';

CREATE TABLE finding (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    target_id uuid NOT NULL REFERENCES target (id),
    -- None for what is not ours.
    object_id uuid REFERENCES object (id),
    external_id uuid,
    kind text NOT NULL CHECK (kind IN
        ('changed', 'missing', 'moved', 'marker_lost', 'foreign', 'member_added', 'member_removed')),
    -- For a changed attribute its name, for a member its id in the target, otherwise empty.
    attribute text NOT NULL DEFAULT '',
    -- What the policy calls it; none where no policy acts.
    subject text,
    name text NOT NULL DEFAULT '',
    wanted text,
    found text,
    -- When the target says the object was changed last.
    changed_at timestamptz,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'reverted', 'adopted', 'gone', 'enforced')),
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    -- When the engine was told to put it right.
    enforced_at timestamptz,
    resolved_by uuid,
    resolved_at timestamptz,
    request_id uuid
);
COMMENT ON TABLE finding IS 'class: owned';
CREATE UNIQUE INDEX finding_once ON finding (coalesce(object_id, external_id), kind, attribute) WHERE state = 'open';
CREATE INDEX finding_list ON finding (tenant_id, id DESC);
CREATE INDEX finding_open ON finding (target_id, object_id) WHERE state = 'open';

DO $$
DECLARE name text; seen text;
BEGIN
    FOREACH name IN ARRAY ARRAY['finding', 'drift_policy'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
        seen := format($p$
            %1$I.tenant_id = (SELECT scope_tenant()) OR (
                SELECT true FROM tenant_closure c JOIN caller_root r ON r.tenant_id = c.ancestor
                 WHERE c.descendant = %1$I.tenant_id AND r.user_id = (SELECT caller())
                   AND (r.expires_at IS NULL OR r.expires_at > now()) LIMIT 1) $p$, name);
        EXECUTE format('CREATE POLICY app_sees ON %I FOR SELECT TO tenantry_app USING (%s)', name, seen);
        EXECUTE format('CREATE POLICY app_changes ON %I FOR UPDATE TO tenantry_app USING (%s)', name, seen);
        EXECUTE format('CREATE POLICY app_removes ON %I FOR DELETE TO tenantry_app USING (%s)', name, seen);
        EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO tenantry_app WITH CHECK (
            tenant_id = scope_tenant() OR in_scope(tenant_id))', name);
        EXECUTE format('CREATE POLICY engine ON %I TO tenantry_engine USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$;
-- Which request wanted what is true now: its item is shown as drifted.
CREATE POLICY engine ON object_revision FOR SELECT TO tenantry_engine USING (true);
GRANT SELECT (object_id, generation, request_id) ON object_revision TO tenantry_engine;

GRANT SELECT ON finding, drift_policy, drift_scan TO tenantry_app, tenantry_engine;
GRANT UPDATE (state, resolved_by, resolved_at, request_id) ON finding TO tenantry_app;
GRANT INSERT ON drift_policy TO tenantry_app;
GRANT UPDATE (mode, updated_at) ON drift_policy TO tenantry_app;
GRANT INSERT (target_id, asked_at), UPDATE (asked_at) ON drift_scan TO tenantry_app;
-- An object that is gone has no place any more; who makes it anew must not look there.
GRANT UPDATE (external_id, dn) ON external_object TO tenantry_app;

GRANT INSERT ON finding TO tenantry_engine;
GRANT UPDATE (wanted, found, changed_at, name, last_seen_at, state, enforced_at, resolved_at) ON finding TO tenantry_engine;
GRANT INSERT, UPDATE ON drift_scan TO tenantry_engine;
