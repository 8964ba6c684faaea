-- The catalogue in full: services as data, several instances of one for a customer,
-- plans with properties that inherit down the tree, quotas and bundles. Expands only.

-- ---------------------------------------------------------------- services and plans

ALTER TABLE service
    -- Groups, attributes and properties: domain::service::Definition.
    ADD COLUMN definition jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN version bigint NOT NULL DEFAULT 1,
    -- Since when nobody can subscribe any more; who has it keeps it.
    ADD COLUMN retired_at timestamptz,
    -- What the configuration file said when it was taken over last: only an edit of
    -- the file changes what somebody changed here since.
    ADD COLUMN configured jsonb;

ALTER TABLE plan
    ADD COLUMN scope text CHECK (scope IN ('customer', 'user')),
    ADD COLUMN configured jsonb;
UPDATE plan p SET scope = s.scope FROM service s WHERE s.id = p.service_id;
-- The version before does not say it.
CREATE FUNCTION plan_scope() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    NEW.scope := coalesce(NEW.scope, (SELECT s.scope FROM service s WHERE s.id = NEW.service_id));
    RETURN NEW;
END $f$;
CREATE TRIGGER plan_scope BEFORE INSERT ON plan FOR EACH ROW EXECUTE FUNCTION plan_scope();
ALTER TABLE plan ALTER COLUMN scope SET NOT NULL;

-- Who is above or below sees what is published; only whose it is changes it.
CREATE POLICY app_adds ON service FOR INSERT TO tenantry_app WITH CHECK (tenant_id = scope_tenant() OR in_scope(tenant_id));
CREATE POLICY app_changes ON service FOR UPDATE TO tenantry_app USING (in_scope(tenant_id));
CREATE POLICY app_adds ON plan FOR INSERT TO tenantry_app WITH CHECK (tenant_id = scope_tenant() OR in_scope(tenant_id));
CREATE POLICY app_adds ON price_book FOR INSERT TO tenantry_app WITH CHECK (tenant_id = scope_tenant() OR in_scope(tenant_id));
CREATE POLICY app_adds ON price FOR INSERT TO tenantry_app WITH CHECK (tenant_id = scope_tenant() OR in_scope(tenant_id));
GRANT INSERT ON service, plan, price_book, price TO tenantry_app;
GRANT UPDATE (name, definition, version, retired_at) ON service TO tenantry_app;

-- ---------------------------------------------------------------- instances

CREATE TABLE service_instance (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    service_id uuid NOT NULL REFERENCES service (id),
    code text NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (tenant_id, service_id, code),
    UNIQUE (tenant_id, id)
);
COMMENT ON TABLE service_instance IS 'class: owned';

-- The first group of an instance is what makes its subscriptions real.
ALTER TABLE user_group ADD COLUMN instance_id uuid, ADD COLUMN position smallint NOT NULL DEFAULT 0,
    ADD FOREIGN KEY (tenant_id, instance_id) REFERENCES service_instance (tenant_id, id) DEFERRABLE INITIALLY DEFERRED;
INSERT INTO service_instance (id, tenant_id, service_id, code, name, created_at)
SELECT time_ordered_id(g.created_at), g.tenant_id, g.service_id, 'main', g.name, g.created_at
  FROM user_group g WHERE g.purpose = 'service' AND g.deleted_at IS NULL;
UPDATE user_group g SET instance_id = i.id FROM service_instance i
 WHERE g.purpose = 'service' AND g.deleted_at IS NULL AND (i.tenant_id, i.service_id) = (g.tenant_id, g.service_id);
-- A table with checks that are still to be made cannot be altered.
SET CONSTRAINTS ALL IMMEDIATE;
DROP INDEX user_group_service;
CREATE UNIQUE INDEX user_group_instance ON user_group (instance_id, position)
    WHERE purpose = 'service' AND deleted_at IS NULL;
CREATE INDEX user_group_of_service ON user_group (tenant_id, service_id) WHERE purpose = 'service' AND deleted_at IS NULL;

-- A group of a service without an instance is the first one's; so are those that the
-- version before makes.
CREATE FUNCTION user_group_instance() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
BEGIN
    IF NEW.purpose = 'service' AND NEW.instance_id IS NULL THEN
        INSERT INTO service_instance AS i (id, tenant_id, service_id, code, name, created_at)
        VALUES (time_ordered_id(NEW.created_at), NEW.tenant_id, NEW.service_id, 'main', NEW.name, NEW.created_at)
        ON CONFLICT (tenant_id, service_id, code) DO UPDATE SET name = i.name RETURNING i.id INTO NEW.instance_id;
    END IF;
    RETURN NEW;
END $f$;
CREATE TRIGGER user_group_instance BEFORE INSERT ON user_group FOR EACH ROW EXECUTE FUNCTION user_group_instance();

-- Whose instance a subscription is of is told by its group. One plan of one instance once.
DROP INDEX subscription_once;
CREATE UNIQUE INDEX subscription_once ON subscription (user_id, plan_id, group_object) WHERE ended_at IS NULL;
ALTER TABLE subscription
    -- Somebody gave it to the person, not only by a bundle.
    ADD COLUMN direct boolean NOT NULL DEFAULT true,
    -- The one it took the place of, when only the version of the plan changed.
    ADD COLUMN former_id uuid REFERENCES subscription (id);
GRANT UPDATE (direct) ON subscription TO tenantry_app;
CREATE INDEX fact_request ON fact (request_id) WHERE request_id IS NOT NULL;

-- ---------------------------------------------------------------- properties

-- What somebody said of a property at a tenant, one of its instances, or a person. The
-- nearest to the person holds; domain::service::Level is the order.
CREATE TABLE property_value (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    service_id uuid NOT NULL REFERENCES service (id),
    instance_id uuid,
    user_id uuid,
    name text NOT NULL,
    value text NOT NULL,
    updated_at timestamptz NOT NULL,
    FOREIGN KEY (tenant_id, instance_id) REFERENCES service_instance (tenant_id, id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
);
-- Whoever stands below is concerned by it.
COMMENT ON TABLE property_value IS 'class: published';
CREATE UNIQUE INDEX property_value_once ON property_value (tenant_id, service_id, name,
    coalesce(instance_id, '00000000-0000-0000-0000-000000000000'), coalesce(user_id, '00000000-0000-0000-0000-000000000000'));
CREATE INDEX property_value_user ON property_value (user_id) WHERE user_id IS NOT NULL;

-- Whoever changes what a service means has it alone; whoever gives it to somebody
-- shares it, so that nobody gets what was true a moment ago and stays that way.
CREATE FUNCTION lock_services(ids uuid[], alone boolean) RETURNS void LANGUAGE plpgsql AS $f$
DECLARE id uuid;
BEGIN
    -- One order for everybody.
    FOR id IN SELECT DISTINCT x FROM unnest(ids) x ORDER BY x LOOP
        IF alone THEN
            PERFORM pg_advisory_xact_lock(hashtextextended('service ' || id, 10));
        ELSE
            PERFORM pg_advisory_xact_lock_shared(hashtextextended('service ' || id, 10));
        END IF;
    END LOOP;
END $f$;

-- As in 0004, but one request may want something of the same object twice.
CREATE OR REPLACE FUNCTION want_specs(of_request uuid, in_lane smallint, instant timestamptz, ids uuid[], specs jsonb[])
    RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE changed bigint;
BEGIN
    IF coalesce(cardinality(ids), 0) = 0 THEN
        RETURN 0;
    END IF;
    -- The queue first, as the engine locks it when it records what became of a batch.
    PERFORM FROM work w WHERE w.object_id = ANY(ids) ORDER BY w.object_id FOR UPDATE;
    WITH a AS (
        SELECT o.id, o.tenant_id, o.target_id, o.kind, o.generation + 1 AS gen,
               CASE WHEN o.wanted THEN o.spec END AS before, n.after
          FROM unnest(ids, specs) AS n (id, after) JOIN object o ON o.id = n.id
    ), o AS (
        UPDATE object o SET spec = coalesce(a.after, o.spec), generation = a.gen, wanted = a.after IS NOT NULL
          FROM a WHERE o.id = a.id
    ), r AS (
        INSERT INTO object_revision (object_id, generation, tenant_id, request_id, before, after, at)
        SELECT a.id, a.gen, a.tenant_id, of_request, a.before, a.after, instant FROM a
    ), old AS (
        UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = instant
          FROM a WHERE i.object_id = a.id AND i.member_id = '00000000-0000-0000-0000-000000000000'
           AND i.state IN ('requested', 'running', 'failed', 'parked') AND i.request_id <> of_request
           AND (SELECT q.kind FROM request q WHERE q.id = i.request_id) IS DISTINCT FROM 'password'
    ), i AS (
        INSERT INTO request_item AS x (request_id, object_id, tenant_id, generation, updated_at)
        SELECT of_request, a.id, a.tenant_id, a.gen, instant FROM a
        ON CONFLICT (request_id, object_id, member_id) DO UPDATE
           SET generation = excluded.generation, state = 'requested', problem = NULL, updated_at = excluded.updated_at
    )
    INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
    -- What others lie in comes first, and goes last: it is not tried before its content
    -- can have gone, at a pace any directory keeps.
    SELECT a.id, a.target_id, a.tenant_id, in_lane, now() + CASE
               WHEN a.after IS NULL AND a.kind = 'container' THEN cardinality(ids) * interval '10 ms'
               WHEN a.kind = 'container' THEN interval '-2 us'
               WHEN a.kind = 'group' THEN interval '-1 us' ELSE interval '0' END
      FROM a ORDER BY a.id
    ON CONFLICT (object_id) DO UPDATE
       SET due_at = least(w.due_at, excluded.due_at), lane = least(w.lane, excluded.lane), attempts = 0,
           refusals = 0;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $f$;

-- ---------------------------------------------------------------- quotas

CREATE TABLE quota (
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    kind text NOT NULL CHECK (kind IN ('people', 'service', 'plan')),
    -- Code of the service or plan; empty for people.
    subject text NOT NULL,
    most bigint NOT NULL CHECK (most >= 0),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, kind, subject)
);
COMMENT ON TABLE quota IS 'class: owned';

-- How much of something there is at and below a tenant.
CREATE FUNCTION quota_used(of_tenant uuid, of_kind text, of_subject text) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $f$
    SELECT CASE of_kind
        WHEN 'people' THEN (
            SELECT count(*) FROM tenant_closure c JOIN users u ON u.tenant_id = c.descendant AND u.deleted_at IS NULL
             WHERE c.ancestor = of_tenant AND u.object_id IS NOT NULL)
        ELSE (
            SELECT count(*) FROM plan p JOIN service v ON v.id = p.service_id
              JOIN tenant_closure c ON c.ancestor = of_tenant
              JOIN subscription s ON s.tenant_id = c.descendant AND s.plan_id = p.id AND s.ended_at IS NULL
             WHERE CASE of_kind WHEN 'plan' THEN p.code ELSE v.code END = of_subject) END
$f$;

-- The quotas at and above a tenant that what was just written exceeds, with how much
-- of that was asked for. Whoever writes something that a quota counts waits here for
-- others under the same quota, and for nobody else; counted is what is true then. Runs
-- as owner, because the quota may be that of a seller the caller does not see, so it
-- checks the caller itself.
CREATE FUNCTION quotas_exceeded(of_tenant uuid, people bigint, plans uuid[], seats bigint[])
    RETURNS TABLE (owner uuid, kind text, subject text, most bigint, used bigint, asked bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE q record;
BEGIN
    IF of_tenant IS DISTINCT FROM scope_tenant() AND NOT in_scope(of_tenant) THEN
        RAISE EXCEPTION 'quotas are asked for tenants of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR q IN
        WITH a AS (
            SELECT 'people' AS kind, '' AS subject, people AS asked WHERE people > 0
            UNION ALL
            SELECT 'plan', p.code, sum(n)::bigint FROM unnest(plans, seats) x (id, n) JOIN plan p ON p.id = x.id GROUP BY 2
            UNION ALL
            SELECT 'service', v.code, sum(n)::bigint FROM unnest(plans, seats) x (id, n) JOIN plan p ON p.id = x.id
              JOIN service v ON v.id = p.service_id GROUP BY 2)
        SELECT u.tenant_id, u.kind, u.subject, u.most, a.asked FROM tenant_closure c JOIN quota u ON u.tenant_id = c.ancestor
          JOIN a ON (a.kind, a.subject) = (u.kind, u.subject)
         WHERE c.descendant = of_tenant ORDER BY u.tenant_id, u.kind, u.subject
    LOOP
        -- Read again under the lock: it may have been changed, and what those before
        -- us wrote is counted.
        SELECT u.most INTO q.most FROM quota u
         WHERE (u.tenant_id, u.kind, u.subject) = (q.tenant_id, q.kind, q.subject) FOR UPDATE;
        CONTINUE WHEN NOT FOUND;
        used := quota_used(q.tenant_id, q.kind, q.subject);
        IF used > q.most THEN
            owner := q.tenant_id; kind := q.kind; subject := q.subject; most := q.most; asked := q.asked;
            RETURN NEXT;
        END IF;
    END LOOP;
END $f$;

-- ---------------------------------------------------------------- bundles

-- Bundles are immutable versions, as plans are.
CREATE TABLE bundle (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    code text NOT NULL,
    version int NOT NULL,
    name text NOT NULL,
    -- Codes of plans, with an instance where one is meant.
    plans text[] NOT NULL,
    -- Names of groups of the customer.
    groups text[] NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz,
    UNIQUE (code, version)
);
COMMENT ON TABLE bundle IS 'class: published';

CREATE TABLE bundle_assignment (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED,
    user_id uuid NOT NULL,
    bundle_id uuid NOT NULL REFERENCES bundle (id),
    -- Objects of groups the person came into by bundles alone.
    groups uuid[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE bundle_assignment IS 'class: owned';
CREATE UNIQUE INDEX bundle_assignment_once ON bundle_assignment (user_id, bundle_id) WHERE ended_at IS NULL;

-- ---------------------------------------------------------------- who sees what

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['service_instance', 'property_value', 'quota', 'bundle', 'bundle_assignment'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['service_instance', 'quota', 'bundle_assignment'] LOOP
        PERFORM own_policies(name, 'tenant_id');
    END LOOP;
    FOREACH name IN ARRAY ARRAY['property_value', 'bundle'] LOOP
        EXECUTE format($p$CREATE POLICY app_sees ON %1$I FOR SELECT TO tenantry_app USING (
            %1$I.tenant_id = (SELECT scope_tenant()) OR (
            SELECT true FROM caller_root r JOIN tenant_closure c ON c.descendant = r.tenant_id OR c.ancestor = r.tenant_id
             WHERE r.user_id = (SELECT caller()) AND (r.expires_at IS NULL OR r.expires_at > now())
               AND (c.descendant = r.tenant_id AND c.ancestor = %1$I.tenant_id
                 OR c.ancestor = r.tenant_id AND c.descendant = %1$I.tenant_id) LIMIT 1))$p$, name);
        EXECUTE format('CREATE POLICY app_adds ON %1$I FOR INSERT TO tenantry_app
            WITH CHECK (tenant_id = scope_tenant() OR in_scope(tenant_id))', name);
        EXECUTE format('CREATE POLICY app_changes ON %1$I FOR UPDATE TO tenantry_app USING (in_scope(tenant_id))', name);
        EXECUTE format('CREATE POLICY app_removes ON %1$I FOR DELETE TO tenantry_app USING (in_scope(tenant_id))', name);
    END LOOP;
END $$;

GRANT SELECT, INSERT ON service_instance, property_value, quota, bundle, bundle_assignment TO tenantry_app;
GRANT UPDATE (name) ON service_instance TO tenantry_app;
GRANT UPDATE (value, updated_at) ON property_value TO tenantry_app;
GRANT UPDATE (most, updated_at) ON quota TO tenantry_app;
GRANT UPDATE (retired_at) ON bundle TO tenantry_app;
GRANT UPDATE (groups, ended_at) ON bundle_assignment TO tenantry_app;
GRANT DELETE ON property_value, quota TO tenantry_app;
REVOKE EXECUTE ON FUNCTION plan_scope, user_group_instance, lock_services, quota_used, quotas_exceeded FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lock_services, quota_used, quotas_exceeded TO tenantry_app;

-- ---------------------------------------------------------------- who may

-- Version 3 of the roles that manage a catalogue, and their holders with it; another
-- migration of the same release may have made it.
INSERT INTO role (code, version, tenant_id, permissions, administrator, created_at)
SELECT r.code, 3, r.tenant_id, r.permissions, r.administrator, now() FROM role r
 WHERE r.code IN ('provider_administrator', 'reseller_administrator') AND r.version = 2
ON CONFLICT DO NOTHING;
UPDATE role r SET permissions = r.permissions || ARRAY['catalogue_manage']
 WHERE r.code IN ('provider_administrator', 'reseller_administrator') AND r.version = 3
   AND NOT 'catalogue_manage' = ANY (r.permissions);
UPDATE role_grant g SET role_version = 3
 WHERE g.role_code IN ('provider_administrator', 'reseller_administrator') AND g.role_version = 2
   AND g.revoked_at IS NULL;
