-- Hooks: what is told or asked elsewhere before and after a subscription changes.
-- Rows to deliver are written by triggers, in the transaction that changes the
-- subscription, so that no way of changing one can forget them.

CREATE TABLE hook (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    -- Without one it is about requests at and below the tenant.
    service_id uuid REFERENCES service (id),
    name text NOT NULL,
    moment text NOT NULL CHECK (moment IN ('before', 'after')),
    occasions text[] NOT NULL CHECK (cardinality(occasions) > 0
        AND occasions <@ ARRAY['assign', 'remove', 'change', 'request_failed']),
    kind text NOT NULL CHECK (kind IN ('webhook', 'command')),
    -- The address of a webhook, or the name of a command in the worker's configuration.
    destination text NOT NULL,
    limit_seconds int NOT NULL CHECK (limit_seconds > 0),
    tries int NOT NULL CHECK (tries > 0),
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    UNIQUE (tenant_id, id),
    CHECK ((service_id IS NULL) = ('request_failed' = ANY (occasions))),
    CHECK (service_id IS NOT NULL OR moment = 'after')
);
COMMENT ON TABLE hook IS 'class: owned';
CREATE INDEX hook_of_service ON hook (service_id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX hook_name ON hook (tenant_id, lower(name)) WHERE removed_at IS NULL;

-- The application may write a secret and never read one.
CREATE TABLE hook_secret (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    hook_id uuid NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- Until then it signs beside its successor.
    expires_at timestamptz,
    FOREIGN KEY (tenant_id, hook_id) REFERENCES hook (tenant_id, id)
);
COMMENT ON TABLE hook_secret IS 'class: owned';
CREATE INDEX hook_secret_of ON hook_secret (hook_id);

-- How the receiver of a hook is doing: one that does not answer is left alone for a while.
CREATE TABLE hook_health (
    hook_id uuid PRIMARY KEY REFERENCES hook (id),
    failures int NOT NULL DEFAULT 0,
    since timestamptz NOT NULL,
    retry_at timestamptz,
    reason text
);
COMMENT ON TABLE hook_health IS 'class: system';

CREATE TABLE hook_delivery (
    -- What receivers see: the same however often it is sent.
    id uuid PRIMARY KEY,
    -- In the order they came to be.
    place bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    hook_id uuid NOT NULL REFERENCES hook (id),
    -- The hook's: whose request it is need not see the hook.
    name text NOT NULL,
    -- The request that shows it.
    request_id uuid,
    -- The request it is about, which ended with problems.
    about_request uuid,
    subscription_id uuid,
    plan_id uuid,
    user_id uuid,
    group_object uuid,
    member_object uuid,
    moment text NOT NULL,
    occasion text NOT NULL CHECK (occasion IN ('assign', 'remove', 'change', 'request_failed', 'test')),
    lane smallint NOT NULL CHECK (lane IN (0, 1)),
    -- The directory is not changed yet.
    waits boolean NOT NULL DEFAULT false,
    -- The directory must not be changed yet.
    holds boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'requested' CHECK
        (state IN ('requested', 'running', 'verified', 'failed', 'superseded')),
    attempts int NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    lease bigint,
    lease_until timestamptz,
    problem jsonb,
    -- The last answer, as much of it as is kept.
    answer text,
    occurred_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE hook_delivery IS 'class: owned';
-- All of them are small: what is done is in none.
CREATE INDEX hook_delivery_due ON hook_delivery (hook_id, lane, due_at)
    WHERE NOT waits AND state IN ('requested', 'running');
CREATE INDEX hook_delivery_leased ON hook_delivery (hook_id, lease_until) WHERE lease IS NOT NULL;
CREATE INDEX hook_delivery_holds ON hook_delivery (group_object, member_object) WHERE holds;
CREATE INDEX hook_delivery_holds_member ON hook_delivery (member_object) WHERE holds;
CREATE INDEX hook_delivery_waits ON hook_delivery (group_object, member_object) WHERE waits;
CREATE INDEX hook_delivery_open ON hook_delivery (subscription_id)
    WHERE state IN ('requested', 'running', 'failed') OR lease IS NOT NULL;
CREATE INDEX hook_delivery_overtaken ON hook_delivery (subscription_id) WHERE state = 'superseded';
CREATE INDEX subscription_former ON subscription (former_id) WHERE former_id IS NOT NULL;
CREATE INDEX hook_delivery_request ON hook_delivery (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX hook_delivery_list ON hook_delivery (hook_id, place DESC);

-- ---------------------------------------------------------------- what there is to tell

-- Subscriptions that began or ended, as the ledger has them.
CREATE FUNCTION hooks_of_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    IF NOT EXISTS (SELECT FROM hook h WHERE h.removed_at IS NULL AND h.service_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    -- What is still on its way for a subscription that ends is overtaken.
    WITH d AS (UPDATE hook_delivery d SET state = 'superseded', holds = false, waits = false, problem = NULL,
                      updated_at = f.at
                 FROM fresh f WHERE f.kind = 'ended' AND d.subscription_id = f.subscription_id
                  AND d.state IN ('requested', 'running', 'failed')
               RETURNING d.id, d.request_id, d.updated_at)
    UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = d.updated_at
      FROM d WHERE i.request_id = d.request_id AND i.object_id = d.id;
    WITH d AS (
        INSERT INTO hook_delivery (id, tenant_id, hook_id, name, request_id, subscription_id, plan_id, user_id, group_object,
                                   member_object, moment, occasion, lane, waits, holds, occurred_at, updated_at)
        SELECT time_ordered_id(f.at), f.tenant_id, h.id, h.name, f.request_id, s.id, f.plan_id, s.user_id, s.group_object,
               s.member_object, h.moment, o.occasion,
               -- As requests are: of many at once nobody waits for one.
               CASE WHEN count(*) OVER () > 40 THEN 1 ELSE 0 END, h.moment = 'after', h.moment = 'before', f.at, f.at
          FROM fresh f
          JOIN subscription s ON s.id = f.subscription_id JOIN plan p ON p.id = f.plan_id
          JOIN hook h ON h.service_id = p.service_id AND h.removed_at IS NULL
          -- Another version ends one subscription and begins the next: whoever knows of the
          -- former is told of a change.
          CROSS JOIN LATERAL (SELECT CASE
               WHEN f.kind = 'ended' AND NOT EXISTS (SELECT FROM subscription n WHERE n.former_id = s.id) THEN 'remove'
               WHEN f.kind = 'ordered' AND (s.former_id IS NULL OR EXISTS (
                    SELECT FROM hook_delivery w WHERE w.hook_id = h.id AND w.subscription_id = s.former_id
                       AND w.occasion = 'assign' AND w.state = 'superseded')) THEN 'assign'
               WHEN f.kind = 'ordered' THEN 'change' END) o (occasion)
         WHERE o.occasion = ANY (h.occasions)
        RETURNING id, tenant_id, request_id, moment, occurred_at)
    INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
    SELECT d.request_id, d.id, d.tenant_id, 1, d.occurred_at FROM d
     WHERE d.moment = 'before' AND d.request_id IS NOT NULL;
    -- A request that had ended has something to wait for again.
    UPDATE request r SET finished_at = NULL
     WHERE r.finished_at IS NOT NULL AND r.id IN (SELECT f.request_id FROM fresh f)
       AND EXISTS (SELECT FROM hook_delivery d WHERE d.request_id = r.id AND d.holds);
    RETURN NULL;
END $f$;
CREATE TRIGGER fact_hooks AFTER INSERT ON fact REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION hooks_of_facts();

REVOKE EXECUTE ON FUNCTION hooks_of_facts FROM PUBLIC;

-- What may be told now, because the directory shows what was wanted: of these groups,
-- or of all. What somebody else has locked comes the next time.
CREATE FUNCTION release_hooks(touched uuid[], most int) RETURNS bigint LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $f$
DECLARE released bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM hook_delivery w WHERE w.waits) THEN
        RETURN 0;
    END IF;
    WITH ready AS (
        SELECT w.id FROM hook_delivery w
         WHERE w.waits AND (touched IS NULL OR w.group_object = ANY (touched))
           AND NOT EXISTS (SELECT FROM hook_delivery h WHERE h.holds AND h.group_object = w.group_object
                              AND h.member_object IS NOT DISTINCT FROM w.member_object)
           AND NOT EXISTS (SELECT FROM membership m WHERE m.group_object = w.group_object
                              AND m.member_object = w.member_object AND m.wanted_gen > m.applied_gen)
           AND (w.member_object IS NOT NULL OR NOT EXISTS (
                SELECT FROM object o LEFT JOIN external_object x ON x.object_id = o.id
                 WHERE o.id = w.group_object AND o.generation > coalesce(x.applied_generation, 0)))
         ORDER BY w.place LIMIT most FOR UPDATE SKIP LOCKED),
    d AS (UPDATE hook_delivery d SET waits = false, due_at = now(), updated_at = now() FROM ready
           WHERE d.id = ready.id RETURNING d.id, d.tenant_id, d.request_id),
    i AS (INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
          SELECT d.request_id, d.id, d.tenant_id, 1, now() FROM d WHERE d.request_id IS NOT NULL),
    r AS (UPDATE request r SET finished_at = NULL FROM d WHERE r.id = d.request_id AND r.finished_at IS NOT NULL)
    SELECT count(*) INTO released FROM d;
    RETURN released;
END $f$;
REVOKE EXECUTE ON FUNCTION release_hooks FROM PUBLIC;
GRANT EXECUTE ON FUNCTION release_hooks, time_ordered_id TO tenantry_engine;

-- ---------------------------------------------------------------- who may see and do what

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['hook', 'hook_secret', 'hook_delivery'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
        PERFORM own_policies(name, 'tenant_id');
        EXECUTE format('CREATE POLICY engine ON %I TO tenantry_engine USING (true) WITH CHECK (true)', name);
    END LOOP;
    -- Another migration of this version may have given these already.
    FOREACH name IN ARRAY ARRAY['service', 'plan'] LOOP
        EXECUTE format('DROP POLICY IF EXISTS engine ON %I', name);
        EXECUTE format('CREATE POLICY engine ON %I FOR SELECT TO tenantry_engine USING (true)', name);
    END LOOP;
END $$;
GRANT SELECT, INSERT ON hook TO tenantry_app;
GRANT UPDATE (name, destination, limit_seconds, tries, version, removed_at) ON hook TO tenantry_app;
GRANT SELECT (id, tenant_id, hook_id, created_at, expires_at), INSERT, UPDATE (expires_at) ON hook_secret TO tenantry_app;
GRANT SELECT ON hook_health, hook_delivery TO tenantry_app;
GRANT INSERT ON hook_delivery TO tenantry_app;
GRANT UPDATE (state, holds, waits, problem, attempts, due_at, updated_at) ON hook_delivery TO tenantry_app;
GRANT UPDATE (retry_at) ON hook_health TO tenantry_app;

GRANT SELECT ON hook, hook_secret, hook_health, hook_delivery, service, plan TO tenantry_engine;
GRANT INSERT ON hook_delivery TO tenantry_engine;
GRANT UPDATE (state, holds, waits, problem, answer, attempts, due_at, lease, lease_until, updated_at)
    ON hook_delivery TO tenantry_engine;
GRANT INSERT, UPDATE ON hook_health TO tenantry_engine;
-- Whose hooks are about the requests of whom.
GRANT SELECT ON tenant_closure TO tenantry_engine;
GRANT SELECT (principal_name) ON users TO tenantry_engine;
-- What is told after the directory was changed becomes an item of its request then.
GRANT INSERT ON request_item TO tenantry_engine;

-- The role that may, and its holders with it: otherwise nobody of an existing instance could.
INSERT INTO role (code, version, tenant_id, permissions, administrator, created_at)
SELECT r.code, 3, r.tenant_id, r.permissions, r.administrator, now() FROM role r
 WHERE r.code = 'provider_administrator' AND r.version = 2
ON CONFLICT DO NOTHING;
UPDATE role r SET permissions = r.permissions || ARRAY['hook_manage']
 WHERE r.code = 'provider_administrator' AND r.version = 3 AND NOT 'hook_manage' = ANY (r.permissions);
UPDATE role_grant g SET role_version = 3
 WHERE g.role_code = 'provider_administrator' AND g.role_version < 3 AND g.revoked_at IS NULL;
