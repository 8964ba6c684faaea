-- Groups: the owner a directory shows, templates, and what was found amiss in reviews of
-- groups, hooks, moves and plans. Expands only.

-- ---------------------------------------------------------------- the owner in the directory

-- Wants for each of these groups the owner a directory shows: the first in order who was
-- not removed. Gives how many change. The caller has an open request.
CREATE FUNCTION settle_owners(of_groups uuid[], of_request uuid, in_lane smallint, instant timestamptz) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE ids uuid[]; specs jsonb[];
BEGIN
    SELECT array_agg(d.id), array_agg(d.spec) INTO ids, specs FROM (
        SELECT o.id, CASE WHEN n.object IS NULL THEN o.spec - 'owner'
                          ELSE o.spec || jsonb_build_object('owner', printed_id('obj', n.object)) END AS spec
          FROM user_group g JOIN object o ON o.id = g.object_id AND o.wanted
          LEFT JOIN LATERAL (SELECT u.object_id AS object FROM group_owner w JOIN users u ON u.id = w.user_id
                              WHERE w.group_id = g.id AND u.deleted_at IS NULL AND u.object_id IS NOT NULL
                              ORDER BY w.position, u.id LIMIT 1) n ON true
         WHERE g.id = ANY(of_groups) AND o.spec->>'owner' IS DISTINCT FROM printed_id('obj', n.object)
         ORDER BY o.id FOR UPDATE OF o) d;
    RETURN want_specs(of_request, in_lane, instant, ids, specs);
END $f$;
REVOKE EXECUTE ON FUNCTION settle_owners FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settle_owners TO tenantry_app;

-- Groups that had owners before the directory showed any.
DO $$
DECLARE t record; of_request uuid; n bigint;
BEGIN
    FOR t IN SELECT g.tenant_id, array_agg(DISTINCT g.id) AS ids FROM group_owner o JOIN user_group g ON g.id = o.group_id
              WHERE g.deleted_at IS NULL OR g.purge_at IS NOT NULL GROUP BY g.tenant_id ORDER BY 1
    LOOP
        of_request := time_ordered_id(now());
        n := settle_owners(t.ids, of_request, 1::smallint, now());
        IF n > 0 THEN
            INSERT INTO request (id, tenant_id, kind, args, lane, created_at)
            VALUES (of_request, t.tenant_id, 'group_owners', jsonb_build_object('count', n), 1, now());
        END IF;
    END LOOP;
END $$;

-- ---------------------------------------------------------------- memberships that end

-- As before, but only where a customer lives: during a move to another directory the
-- twins of what ends follow by comparison, and are not counted, told or asked for again.
CREATE OR REPLACE FUNCTION end_memberships(instant timestamptz, most int, few int, software text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE t uuid; of_request uuid; in_groups uuid[]; n bigint; ended bigint := 0; in_lane smallint;
BEGIN
    FOR t IN SELECT DISTINCT d.tenant_id FROM (SELECT m.tenant_id FROM membership m WHERE m.wanted AND m.until <= instant
                                                  AND EXISTS (SELECT FROM user_group g WHERE g.object_id = m.group_object)
                                                ORDER BY m.until LIMIT most) d ORDER BY 1
    LOOP
        SELECT array_agg(DISTINCT m.group_object) INTO in_groups FROM membership m
         WHERE m.tenant_id = t AND m.wanted AND m.until <= instant
           AND EXISTS (SELECT FROM user_group g WHERE g.object_id = m.group_object);
        -- The queue first, as the engine locks it when it records what became of a batch.
        PERFORM FROM work w WHERE w.object_id = ANY(in_groups) ORDER BY w.object_id FOR UPDATE;
        of_request := time_ordered_id(instant);
        WITH due AS (
            SELECT m.group_object, m.member_object FROM membership m
             WHERE m.tenant_id = t AND m.wanted AND m.until <= instant AND m.group_object = ANY(in_groups)
             ORDER BY 1, 2 LIMIT most FOR UPDATE
        ), e AS (
            UPDATE membership m SET wanted = false, wanted_gen = m.wanted_gen + 1 FROM due d
             WHERE (m.group_object, m.member_object) = (d.group_object, d.member_object)
            RETURNING m.group_object, m.member_object, m.wanted_gen
        ), old AS (
            UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = instant FROM e
             WHERE i.object_id = e.group_object AND i.member_id = e.member_object
               AND i.state IN ('requested', 'running', 'failed', 'parked')
        ), i AS (
            INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, updated_at)
            SELECT of_request, e.group_object, e.member_object, t, e.wanted_gen, instant FROM e
        ), v AS (
            INSERT INTO event (id, tenant_id, occurred_at, recorded_at, code, outcome, actor_kind, target_kind,
                target_id, change, request_id, schema_version, software_version)
            SELECT time_ordered_id(instant), t, instant, instant, 'group.member_expired', 'success', 'system', 'group',
                   printed_id('grp', g.id), jsonb_build_array(jsonb_build_object('field', 'member', 'before',
                       coalesce(printed_id('usr', u.id), printed_id('grp', inside.id)), 'after', NULL)), of_request, 1, software
              FROM e JOIN user_group g ON g.object_id = e.group_object
              LEFT JOIN users u ON u.object_id = e.member_object
              LEFT JOIN user_group inside ON inside.object_id = e.member_object
        )
        SELECT count(*) INTO n FROM e;
        IF n > 0 THEN
            in_lane := CASE WHEN n <= few THEN 0 ELSE 1 END;
            INSERT INTO request (id, tenant_id, kind, args, lane, created_at)
            VALUES (of_request, t, 'members_end', jsonb_build_object('count', n), in_lane, instant);
            INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
            SELECT o.id, o.target_id, o.tenant_id, in_lane, now() FROM object o
             WHERE o.id IN (SELECT i.object_id FROM request_item i WHERE i.request_id = of_request) ORDER BY o.id
            ON CONFLICT (object_id) DO UPDATE
               SET due_at = least(w.due_at, excluded.due_at), lane = least(w.lane, excluded.lane), attempts = 0,
                   refusals = 0;
            ended := ended + n;
        END IF;
    END LOOP;
    RETURN ended;
END $f$;

-- ---------------------------------------------------------------- removed groups and moves

-- Who was in a removed group, and what that was in, is known by the items of the request
-- that removed it. After a move to another directory these stand for what is there now,
-- so that a restoration finds the same. What is noted comes to an end with nobody.
CREATE FUNCTION carry_removed(m directory_move, forward boolean, instant timestamptz) RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp AS $f$
    WITH twin AS MATERIALIZED (
        SELECT CASE WHEN forward THEN left_object ELSE right_object END AS src,
               CASE WHEN forward THEN right_object ELSE left_object END AS twin
          FROM directory_twin WHERE tenant_id = m.tenant_id
    ), was AS (
        SELECT i.request_id, g.twin AS grp, p.twin AS member, e.until, e.nested
          FROM user_group r JOIN request_item i ON i.request_id = r.delete_request AND i.tenant_id = r.tenant_id
          JOIN twin g ON g.src = i.object_id JOIN twin p ON p.src = i.member_id
          JOIN membership e ON e.group_object = i.object_id AND e.member_object = i.member_id AND NOT e.wanted
         WHERE r.tenant_id = m.tenant_id AND r.purge_at IS NOT NULL
    ), e AS (
        INSERT INTO membership (group_object, member_object, tenant_id, wanted, wanted_gen, applied_gen, until, nested)
        SELECT DISTINCT ON (grp, member) grp, member, m.tenant_id, false, 1, 1, until, nested FROM was ORDER BY grp, member
        ON CONFLICT (group_object, member_object) DO UPDATE SET until = excluded.until, nested = excluded.nested
         WHERE NOT membership.wanted
    )
    INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, state, updated_at)
    SELECT request_id, grp, member, m.tenant_id, 1, 'superseded', instant FROM was
    ON CONFLICT (request_id, object_id, member_id) DO NOTHING
$f$;
REVOKE EXECUTE ON FUNCTION carry_removed FROM PUBLIC;

-- As before, and what was in removed groups changes sides, too.
CREATE OR REPLACE FUNCTION drive_directory_move(move uuid, instant timestamptz, reserved timestamptz, link_hours int, version text)
    RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE m directory_move; t tenant; forward boolean; of_request uuid; objects bigint; ids uuid[]; specs jsonb[];
BEGIN
    SELECT d.* INTO m FROM directory_move d WHERE d.id = move;
    PERFORM lock_home(m.tenant_id);
    SELECT d.* INTO m FROM directory_move d WHERE d.id = move AND d.ended_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT x.* INTO t FROM tenant x WHERE x.id = m.tenant_id;
    IF t.purged_at IS NOT NULL THEN
        DELETE FROM directory_twin w WHERE w.tenant_id = m.tenant_id;
        UPDATE directory_move d SET ended_at = instant, phase = CASE m.phase WHEN 'grace' THEN 'done' ELSE 'cancelled' END
         WHERE d.id = move;
        RETURN 'ended';
    END IF;
    IF m.phase IN ('preparing', 'returning') THEN
        forward := m.phase = 'preparing';
        IF carry_directory(m, forward, instant) > 0 THEN
            RETURN 'carried';
        ELSIF NOT carried(m, forward) THEN
            RETURN 'waiting';
        END IF;
        objects := switch_directory(m, forward, instant, link_hours, version);
        PERFORM carry_removed(m, forward, instant);
        IF forward THEN
            UPDATE directory_move d SET phase = 'grace', switched_at = instant,
                   purge_at = instant + make_interval(days => d.grace_days) WHERE d.id = move;
        ELSE
            UPDATE directory_move d SET phase = 'returned', ended_at = instant WHERE d.id = move;
            PERFORM leave_directory(m, m.to_target, m.request_id, instant, instant);
        END IF;
        -- The request goes on with what the switch wants.
        UPDATE request r SET finished_at = NULL WHERE r.id = m.request_id;
        INSERT INTO event (id, tenant_id, occurred_at, recorded_at, code, outcome, actor_kind, target_kind, target_id,
            change, request_id, schema_version, software_version)
        VALUES (time_ordered_id(instant), m.tenant_id, instant, instant, 'tenant.directory_switched', 'success', 'system',
            'tenant', printed_id('ten', m.tenant_id), jsonb_build_array(jsonb_build_object('field', 'directory',
                'before', (SELECT d.code FROM target d WHERE d.id = CASE WHEN forward THEN m.from_target ELSE m.to_target END),
                'after', (SELECT d.code FROM target d WHERE d.id = CASE WHEN forward THEN m.to_target ELSE m.from_target END))),
            m.request_id, 1, version);
        RETURN 'switched';
    END IF;
    IF m.purge_at <= instant THEN
        of_request := time_ordered_id(instant);
        UPDATE directory_move d SET phase = 'done', ended_at = instant WHERE d.id = move;
        objects := leave_directory(m, m.from_target, of_request, instant, reserved);
        PERFORM system_act(m.tenant_id, 'tenant.directory_left', jsonb_build_object('name', t.name), 1::smallint, of_request,
                           objects, NULL, instant, version);
        RETURN 'left';
    END IF;
    -- Who is removed for good meanwhile does not wait for the end of the grace.
    SELECT array_agg(d.id), array_agg(NULL::jsonb) INTO ids, specs FROM (
        SELECT a.id FROM directory_twin w JOIN object a ON a.id = w.left_object JOIN object b ON b.id = w.right_object
         WHERE w.tenant_id = m.tenant_id AND a.wanted AND NOT b.wanted ORDER BY a.id) d;
    PERFORM want_specs(m.request_id, 1::smallint, instant, ids, specs);
    RETURN NULL;
END $f$;

-- ---------------------------------------------------------------- moves and quotas

-- The quotas of sellers that a tenant would newly stand below and would exceed there, with
-- everything at and below it; a quota of who is above it before and after counts it already.
-- Whoever gives something under one of these quotas meanwhile waits, as among each other.
-- Runs as owner, because a quota may be that of a seller the caller does not see.
CREATE FUNCTION move_exceeds(moved uuid, new_parent uuid)
    RETURNS TABLE (owner uuid, kind text, subject text, most bigint, used bigint, asked bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE q record; present bigint;
BEGIN
    IF caller() IS NOT NULL AND NOT (in_scope(moved) AND in_scope(new_parent)) THEN
        RAISE EXCEPTION 'moves are asked for by those above both' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR q IN
        SELECT u.tenant_id, u.kind, u.subject FROM tenant_closure c JOIN quota u ON u.tenant_id = c.ancestor
         WHERE c.descendant = new_parent AND NOT EXISTS (
               SELECT FROM tenant_closure o WHERE o.ancestor = c.ancestor AND o.descendant = moved)
         ORDER BY u.tenant_id, u.kind, u.subject
    LOOP
        asked := quota_used(moved, q.kind, q.subject);
        CONTINUE WHEN asked = 0;
        SELECT u.most INTO present FROM quota u
         WHERE (u.tenant_id, u.kind, u.subject) = (q.tenant_id, q.kind, q.subject) FOR UPDATE;
        CONTINUE WHEN NOT FOUND;
        used := quota_used(q.tenant_id, q.kind, q.subject) + asked;
        IF used > present THEN
            owner := q.tenant_id; kind := q.kind; subject := q.subject; most := present;
            RETURN NEXT;
        END IF;
    END LOOP;
END $f$;
REVOKE EXECUTE ON FUNCTION move_exceeds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION move_exceeds TO tenantry_app;

-- As before; a move that would exceed a quota on its day does not take place either.
CREATE OR REPLACE FUNCTION take_planned_moves(instant timestamptz, most_levels int, version text)
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
        IF obstacle IS NULL AND EXISTS (SELECT FROM move_exceeds(m.tenant_id, m.parent)) THEN
            obstacle := 'quota';
        END IF;
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

-- ---------------------------------------------------------------- what hooks guard

-- Attributes of people a hook before a change is about: they stay as they are until it
-- agreed. Without any, all that the service sets.
ALTER TABLE hook ADD COLUMN attributes text[] NOT NULL DEFAULT '{}';

-- ---------------------------------------------------------------- templates of groups

-- How groups are called and made, at and below a tenant. What a template says is one
-- checked document; of several with one code the nearest to the customer holds. Groups
-- made from it keep nothing of it.
CREATE TABLE group_template (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    code text NOT NULL,
    content jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, code)
);
COMMENT ON TABLE group_template IS 'class: published';
ALTER TABLE group_template ENABLE ROW LEVEL SECURITY;
ALTER TABLE group_template FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON group_template TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY app_sees ON group_template FOR SELECT TO tenantry_app USING (
    tenant_id = (SELECT scope_tenant()) OR (
    SELECT true FROM caller_root r JOIN tenant_closure c ON c.descendant = r.tenant_id OR c.ancestor = r.tenant_id
     WHERE r.user_id = (SELECT caller()) AND (r.expires_at IS NULL OR r.expires_at > now())
       AND (c.descendant = r.tenant_id AND c.ancestor = group_template.tenant_id
         OR c.ancestor = r.tenant_id AND c.descendant = group_template.tenant_id) LIMIT 1));
CREATE POLICY app_adds ON group_template FOR INSERT TO tenantry_app
    WITH CHECK (tenant_id = scope_tenant() OR in_scope(tenant_id));
CREATE POLICY app_changes ON group_template FOR UPDATE TO tenantry_app USING (in_scope(tenant_id));
CREATE POLICY app_removes ON group_template FOR DELETE TO tenantry_app USING (in_scope(tenant_id));
GRANT SELECT, INSERT, DELETE ON group_template TO tenantry_app;
GRANT UPDATE (content, updated_at) ON group_template TO tenantry_app;
