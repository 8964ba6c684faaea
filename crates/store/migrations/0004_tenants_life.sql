-- Tenants' life: suspension that reaches the directory, closing with a time in which
-- it can be undone, and moves to another seller. Expands only.

-- ---------------------------------------------------------------- closed tenants

ALTER TABLE tenant
    ADD COLUMN closed_at timestamptz,
    -- Until then it can be restored.
    ADD COLUMN purge_at timestamptz,
    ADD COLUMN purged_at timestamptz,
    -- The request that closed it: what it ended is what a restoration begins again.
    ADD COLUMN close_request uuid,
    -- When it was suspended, resumed, closed, restored or moved last.
    ADD COLUMN status_at timestamptz,
    ADD CONSTRAINT tenant_closed CHECK ((closed_at IS NULL) = (purge_at IS NULL)
        AND (purged_at IS NULL OR closed_at IS NOT NULL));
CREATE INDEX tenant_purge ON tenant (purge_at) WHERE closed_at IS NOT NULL AND purged_at IS NULL;
CREATE INDEX tenant_status_at ON tenant (status_at) WHERE status_at IS NOT NULL;
GRANT UPDATE (closed_at, purge_at, close_request, status_at) ON tenant TO tenantry_app;

-- What is gone keeps its row for the ledger; its code is reserved like other names,
-- and may be had again when that time is over.
ALTER TABLE tenant DROP CONSTRAINT tenant_code_key;
CREATE UNIQUE INDEX tenant_code ON tenant (code) WHERE purged_at IS NULL;

-- A closed tenant is served as little as a suspended one.
CREATE OR REPLACE VIEW suspended_tenant AS
    SELECT c.descendant AS id FROM tenant_closure c JOIN tenant t ON t.id = c.ancestor
     WHERE t.status = 'suspended' OR t.closed_at IS NOT NULL;
-- Closed itself (depth 0) or by a tenant above it, which it may not see.
CREATE VIEW closed_tenant AS
    SELECT c.descendant AS id, c.depth FROM tenant_closure c JOIN tenant t ON t.id = c.ancestor
     WHERE t.closed_at IS NOT NULL;
COMMENT ON VIEW closed_tenant IS 'class: system';
GRANT SELECT ON closed_tenant TO tenantry_app;

-- ---------------------------------------------------------------- sellers and their days

-- Which seller has which day of the tenant's own calendar: from_day is the seller's
-- first, to_day the next one's first. Without them since ever and for ever. Days and not
-- instants, because bills count days, and because the database may not know the zone.
ALTER TABLE tenant_edge ADD COLUMN from_day date, ADD COLUMN to_day date;
GRANT UPDATE (valid_to, to_day) ON tenant_edge TO tenantry_app;

CREATE FUNCTION sellers(of_tenant uuid, first date, last date)
    RETURNS TABLE (seller uuid, first_day date, last_day date)
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $f$
    SELECT e.parent, greatest(first, e.from_day), least(last, e.to_day - 1)
      FROM tenant_edge e
     WHERE e.child = of_tenant AND e.parent IS NOT NULL
       AND coalesce(e.from_day <= last, true) AND coalesce(e.to_day > first, true)
       -- Who had it for a part of a day only, had no day.
       AND coalesce(e.to_day > e.from_day, true)
     ORDER BY e.valid_from
$f$;

-- A move with effect from a later day. Not in tenant_edge: what has no end there is today's.
CREATE TABLE planned_move (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    parent uuid NOT NULL REFERENCES tenant (id),
    day date NOT NULL,
    effective_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid,
    cancelled_at timestamptz,
    done_at timestamptz,
    -- Why it could not take effect.
    problem text
);
COMMENT ON TABLE planned_move IS 'class: owned';
CREATE UNIQUE INDEX planned_move_open ON planned_move (tenant_id) WHERE done_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX planned_move_due ON planned_move (effective_at) WHERE done_at IS NULL AND cancelled_at IS NULL;
ALTER TABLE planned_move ENABLE ROW LEVEL SECURITY;
ALTER TABLE planned_move FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON planned_move TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY app_sees ON planned_move FOR SELECT TO tenantry_app USING (
    tenant_id = (SELECT scope_tenant()) OR in_scope(tenant_id));
CREATE POLICY app_changes ON planned_move FOR UPDATE TO tenantry_app USING (
    tenant_id = (SELECT scope_tenant()) OR in_scope(tenant_id));
CREATE POLICY app_adds ON planned_move FOR INSERT TO tenantry_app WITH CHECK (
    tenant_id = scope_tenant() OR in_scope(tenant_id));
GRANT SELECT, INSERT ON planned_move TO tenantry_app;
GRANT UPDATE (cancelled_at) ON planned_move TO tenantry_app;

-- The lock of the whole tree: who moves a tenant has it alone, who makes one shares it.
-- Without it a tenant made below another that moves at the same moment would keep the
-- ancestors it had, and two moves at once could make a circle.
CREATE FUNCTION lock_tree() RETURNS void LANGUAGE sql
    AS $f$ SELECT pg_advisory_xact_lock(7236113) $f$;

CREATE OR REPLACE FUNCTION tenant_edge_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.valid_to IS NULL AND NEW.valid_to IS NOT NULL THEN
        PERFORM lock_tree();
        DELETE FROM tenant_closure c
         USING tenant_closure above, tenant_closure below
         WHERE above.descendant = NEW.child AND above.depth > 0 AND below.ancestor = NEW.child
           AND c.ancestor = above.ancestor AND c.descendant = below.descendant;
    ELSIF TG_OP = 'INSERT' AND NEW.valid_to IS NULL THEN
        PERFORM pg_advisory_xact_lock_shared(7236113);
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

-- ---------------------------------------------------------------- many objects at once

-- An id that sorts by its instant (UUIDv7), as the application makes them.
CREATE FUNCTION time_ordered_id(instant timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $f$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
               PLACING substring(int8send((extract(epoch FROM instant) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
               52, 1), 53, 1), 'hex')::uuid
$f$;

-- An id as specs and events have it: a prefix and 26 digits of Crockford's base32.
CREATE FUNCTION printed_id(prefix text, id uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $f$
    SELECT prefix || '_' || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz',
               substring(b.bits FROM 5 * i + 1 FOR 5)::bit(5)::int + 1, 1), '' ORDER BY i)
      FROM (SELECT B'00' || ('x' || replace(id::text, '-', ''))::bit(128) AS bits) b, generate_series(0, 25) i
$f$;

-- Wants other specs of existing objects, or (null) wants them gone, as want_change of
-- the application does for one. The caller has the objects locked.
CREATE FUNCTION want_specs(of_request uuid, in_lane smallint, instant timestamptz, ids uuid[], specs jsonb[])
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
        INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
        SELECT of_request, a.id, a.tenant_id, a.gen, instant FROM a
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

-- Makes the accounts at and below a tenant what they should be: enabled as the
-- person's own row says, and never in a tenant that is not served. Changes only what
-- differs, so that it may be asked at any time; gives how many accounts changed.
CREATE FUNCTION settle_accounts(root uuid, of_request uuid, instant timestamptz)
    RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE ids uuid[]; specs jsonb[];
BEGIN
    SELECT array_agg(a.id), array_agg(a.spec) INTO ids, specs FROM (
        SELECT o.id, jsonb_set(o.spec, '{enabled}', to_jsonb(u.enabled AND t.served)) AS spec
          FROM (SELECT c.descendant AS id,
                       NOT EXISTS (SELECT FROM suspended_tenant s WHERE s.id = c.descendant) AS served
                  FROM tenant_closure c WHERE c.ancestor = root) t
          JOIN users u ON u.tenant_id = t.id AND u.deleted_at IS NULL
          JOIN object o ON o.id = u.object_id AND o.wanted AND o.kind = 'user'
         WHERE (o.spec->>'enabled')::boolean IS DISTINCT FROM (u.enabled AND t.served)
         ORDER BY o.id FOR UPDATE OF o) a;
    RETURN want_specs(of_request, 1::smallint, instant, ids, specs);
END $f$;

-- ---------------------------------------------------------------- moves

-- Why a tenant cannot stand below another; null when it can. Runs as owner, because
-- what stands in the way may be out of sight; tells a code, nothing of the rows.
CREATE FUNCTION move_obstacle(moved uuid, new_parent uuid, most_levels int) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE child tenant; above tenant;
BEGIN
    SELECT * INTO child FROM tenant WHERE id = moved;
    SELECT * INTO above FROM tenant WHERE id = new_parent;
    RETURN CASE
        WHEN child.id IS NULL OR above.id IS NULL OR above.kind = 'customer' OR child.kind = 'provider' THEN 'not_a_seller'
        WHEN EXISTS (SELECT FROM tenant_edge e WHERE e.child = moved AND e.valid_to IS NULL AND e.parent = new_parent)
            THEN 'already_there'
        WHEN EXISTS (SELECT FROM tenant_closure c WHERE c.ancestor = moved AND c.descendant = new_parent)
            THEN 'below_itself'
        WHEN EXISTS (SELECT FROM closed_tenant c WHERE c.id IN (moved, new_parent)) THEN 'closed'
        WHEN (SELECT max(c.depth) + 1 FROM tenant_closure c WHERE c.descendant = new_parent)
           + greatest((SELECT max(c.depth) + 1 FROM tenant_closure c WHERE c.ancestor = moved),
                      CASE WHEN child.kind = 'reseller' THEN 2 ELSE 1 END) > most_levels THEN 'too_deep'
        WHEN above.kind <> 'provider' AND EXISTS (
            SELECT FROM object o WHERE o.entity_id = moved AND o.kind = 'container' AND o.wanted AND NOT EXISTS (
                SELECT FROM object p WHERE p.entity_id = new_parent AND p.target_id = o.target_id
                   AND p.kind = 'container' AND p.wanted)) THEN 'no_container'
        END;
END $f$;

-- Puts a tenant below another from the given day and instant on: the edges, where its
-- containers lie, and whether its accounts are served there. The caller has the lock
-- of the tree and asked for obstacles. Gives how many objects change.
CREATE FUNCTION move_tenant(moved uuid, new_parent uuid, day date, of_request uuid, instant timestamptz)
    RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE since timestamptz; ids uuid[]; specs jsonb[];
BEGIN
    UPDATE tenant_edge e SET valid_to = greatest(instant, e.valid_from + interval '1 us'), to_day = day
     WHERE e.child = moved AND e.valid_to IS NULL RETURNING e.valid_to INTO STRICT since;
    INSERT INTO tenant_edge (child, parent, valid_from, from_day) VALUES (moved, new_parent, since, day);
    SELECT array_agg(a.id), array_agg(a.spec) INTO ids, specs FROM (
        SELECT o.id, jsonb_set(o.spec, '{parent}', coalesce(
                   (SELECT to_jsonb(printed_id('obj', p.id)) FROM object p WHERE p.entity_id = new_parent AND p.target_id = o.target_id
                       AND p.kind = 'container' AND p.wanted), 'null'::jsonb)) AS spec
          FROM object o WHERE o.entity_id = moved AND o.kind = 'container' AND o.wanted
         ORDER BY o.id FOR UPDATE OF o) a;
    RETURN want_specs(of_request, 0::smallint, instant, ids, specs) + settle_accounts(moved, of_request, instant);
END $f$;

-- ---------------------------------------------------------------- what the sweep does

-- The engine may do exactly these acts, and only when they are due; so they run as
-- owner, and the engine's role has no right to change what is wanted.

CREATE FUNCTION system_act(of_tenant uuid, what text, args jsonb, lane smallint, of_request uuid, objects bigint,
                           failed text, instant timestamptz, version text)
    RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $f$
    WITH q AS (
        INSERT INTO request (id, tenant_id, kind, args, lane, created_at)
        SELECT of_request, of_tenant, replace(what, '.', '_'), args, lane, instant WHERE objects > 0)
    INSERT INTO event (id, tenant_id, occurred_at, recorded_at, code, outcome, reason, actor_kind, target_kind,
        target_id, change, request_id, schema_version, software_version)
    SELECT time_ordered_id(instant), of_tenant, instant, instant, what,
           CASE WHEN failed IS NULL THEN 'success' ELSE 'failure' END, failed, 'system', 'tenant', printed_id('ten', of_tenant),
           '[]', CASE WHEN objects > 0 THEN of_request END, 1, version
$f$;

-- Closed tenants whose time of grace is over: nothing of them is wanted any more. Rows
-- of the ledger and of the audit stay. A reseller waits for all below it.
CREATE FUNCTION purge_closed(instant timestamptz, reserved timestamptz, version text)
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE t record; of_request uuid; ids uuid[]; objects bigint; purged bigint := 0;
BEGIN
    FOR t IN SELECT x.id, x.name FROM tenant x
              WHERE x.closed_at IS NOT NULL AND x.purged_at IS NULL AND x.purge_at <= instant
                AND NOT EXISTS (SELECT FROM tenant_closure c JOIN tenant b ON b.id = c.descendant
                                 WHERE c.ancestor = x.id AND c.depth > 0 AND b.purged_at IS NULL)
              ORDER BY x.purge_at, x.id LIMIT 20 FOR UPDATE OF x SKIP LOCKED
    LOOP
        of_request := time_ordered_id(instant);
        SELECT array_agg(a.id) INTO ids FROM (
            SELECT o.id FROM object o WHERE o.tenant_id = t.id AND o.wanted ORDER BY o.id FOR UPDATE) a;
        PERFORM FROM work w WHERE w.object_id = ANY(ids) ORDER BY w.object_id FOR UPDATE;
        DELETE FROM secret s WHERE s.tenant_id = t.id;
        -- Also passwords and memberships on their way: nothing of them comes true any more.
        UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = instant
         WHERE i.object_id = ANY(ids) AND i.state IN ('requested', 'running', 'failed', 'parked');
        DELETE FROM membership m WHERE m.group_object = ANY(ids) OR m.member_object = ANY(ids);
        objects := want_specs(of_request, 1::smallint, instant, ids,
                              array_fill(NULL::jsonb, ARRAY[coalesce(cardinality(ids), 0)]));
        UPDATE api_token k SET revoked_at = instant FROM users u
         WHERE u.tenant_id = t.id AND k.user_id = u.id AND k.revoked_at IS NULL;
        UPDATE role_grant g SET revoked_at = instant FROM users u
         WHERE u.tenant_id = t.id AND g.user_id = u.id AND g.revoked_at IS NULL;
        UPDATE activation a SET revoked_at = instant
         WHERE a.tenant_id = t.id AND a.used_at IS NULL AND a.revoked_at IS NULL;
        UPDATE users u SET deleted_at = instant, version = u.version + 1
         WHERE u.tenant_id = t.id AND u.deleted_at IS NULL;
        UPDATE user_group g SET deleted_at = instant WHERE g.tenant_id = t.id AND g.deleted_at IS NULL;
        UPDATE reserved_name n SET reserved_until = reserved WHERE n.tenant_id = t.id AND n.reserved_until IS NULL;
        UPDATE tenant x SET purged_at = instant, version = x.version + 1 WHERE x.id = t.id;
        PERFORM system_act(t.id, 'tenant.purged', jsonb_build_object('name', t.name), 1::smallint, of_request,
                           objects, NULL, instant, version);
        purged := purged + 1;
    END LOOP;
    RETURN purged;
END $f$;

-- Moves whose day has come.
CREATE FUNCTION take_planned_moves(instant timestamptz, most_levels int, version text)
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE m record; of_request uuid; objects bigint; obstacle text; taken bigint := 0;
BEGIN
    FOR m IN SELECT p.*, t.name FROM planned_move p JOIN tenant t ON t.id = p.tenant_id
              WHERE p.done_at IS NULL AND p.cancelled_at IS NULL AND p.effective_at <= instant
              ORDER BY p.effective_at, p.id LIMIT 50 FOR UPDATE OF p SKIP LOCKED
    LOOP
        PERFORM lock_tree();
        of_request := time_ordered_id(instant);
        objects := 0;
        obstacle := move_obstacle(m.tenant_id, m.parent, most_levels);
        IF obstacle IS NULL THEN
            objects := move_tenant(m.tenant_id, m.parent, m.day, of_request, m.effective_at);
            UPDATE tenant t SET status_at = instant, version = t.version + 1 WHERE t.id = m.tenant_id;
        END IF;
        UPDATE planned_move p SET done_at = instant, problem = obstacle WHERE p.id = m.id;
        PERFORM system_act(m.tenant_id, 'tenant.moved', jsonb_build_object('name', m.name), 0::smallint, of_request,
                           objects, obstacle, instant, version);
        taken := taken + 1;
    END LOOP;
    RETURN taken;
END $f$;

-- Somebody who was still allowed to when a tenant was suspended may have written an
-- account just afterwards: of tenants whose standing changed a short while ago all
-- accounts are compared again.
CREATE FUNCTION settle_recent(instant timestamptz, version text)
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE t record; of_request uuid; objects bigint; settled bigint := 0;
BEGIN
    FOR t IN SELECT x.id, x.name FROM tenant x WHERE x.status_at > instant - interval '10 minutes' ORDER BY x.id
    LOOP
        of_request := time_ordered_id(instant);
        objects := settle_accounts(t.id, of_request, instant);
        IF objects > 0 THEN
            PERFORM system_act(t.id, 'tenant.settled', jsonb_build_object('name', t.name), 1::smallint, of_request,
                               objects, NULL, instant, version);
            settled := settled + objects;
        END IF;
    END LOOP;
    RETURN settled;
END $f$;

REVOKE EXECUTE ON FUNCTION sellers, lock_tree, time_ordered_id, printed_id, want_specs, settle_accounts, move_obstacle, move_tenant,
    system_act, purge_closed, take_planned_moves, settle_recent FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sellers, lock_tree, time_ordered_id, printed_id, want_specs, settle_accounts, move_obstacle, move_tenant
    TO tenantry_app;
GRANT EXECUTE ON FUNCTION purge_closed, take_planned_moves, settle_recent TO tenantry_engine;
-- A plan somebody gave in the moment its tenant was closed ends with the others.
GRANT UPDATE (ended_at) ON subscription TO tenantry_engine;

-- ---------------------------------------------------------------- who may

-- The next version of the roles that close and move tenants, and its holders with it:
-- otherwise nobody of an existing instance could.
INSERT INTO role (code, version, tenant_id, permissions, administrator, created_at)
SELECT r.code, 2, r.tenant_id, r.permissions, r.administrator, now() FROM role r
 WHERE r.code IN ('provider_administrator', 'reseller_administrator') AND r.version = 1
ON CONFLICT DO NOTHING;
UPDATE role r SET permissions = r.permissions || ARRAY['tenant_close', 'tenant_move']
 WHERE r.code IN ('provider_administrator', 'reseller_administrator') AND r.version = 2
   AND NOT 'tenant_close' = ANY (r.permissions);
UPDATE role_grant g SET role_version = 2
 WHERE g.role_code IN ('provider_administrator', 'reseller_administrator') AND g.role_version = 1
   AND g.revoked_at IS NULL;
