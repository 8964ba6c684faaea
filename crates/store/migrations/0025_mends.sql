-- What was found amiss in a review of locks, moves, subscriptions and bundles. Expands only.

-- ---------------------------------------------------------------- the order of locks

-- An object, then its place in the queue, then what depends on it. The engine begins at the
-- queue, and only keeps objects it refers to from going; who changes what is wanted of one
-- does not take its key away, so neither waits for the other.
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT pg_get_functiondef(p.oid) AS text FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace
                AND p.prosrc ~ 'FOR UPDATE OF o\)|ORDER BY o\.id FOR UPDATE\)|o\.wanted FOR UPDATE\)'
    LOOP
        EXECUTE replace(replace(replace(f.text, 'FOR UPDATE OF o)', 'FOR NO KEY UPDATE OF o)'),
            'ORDER BY o.id FOR UPDATE)', 'ORDER BY o.id FOR NO KEY UPDATE)'),
            'o.wanted FOR UPDATE)', 'o.wanted FOR NO KEY UPDATE)');
    END LOOP;
END $$;

-- As before, but the tree is locked before a planned move is: whoever moves a tenant now
-- locks them in that order, too.
CREATE OR REPLACE FUNCTION take_planned_moves(instant timestamptz, most_levels int, version text)
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE m record; of_request uuid; objects bigint; obstacle text; taken bigint := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM planned_move p
                    WHERE p.done_at IS NULL AND p.cancelled_at IS NULL AND p.effective_at <= instant) THEN
        RETURN 0;
    END IF;
    PERFORM lock_tree();
    FOR m IN SELECT p.*, t.name FROM planned_move p JOIN tenant t ON t.id = p.tenant_id
              WHERE p.done_at IS NULL AND p.cancelled_at IS NULL AND p.effective_at <= instant
              ORDER BY p.effective_at, p.id LIMIT 50 FOR UPDATE OF p SKIP LOCKED
    LOOP
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

-- ---------------------------------------------------------------- who owns what is not ours yet

-- As before; of a group whose owner in the directory is nobody of ours that stays until it
-- gets owners here, and from then on it is ours.
CREATE OR REPLACE FUNCTION settle_owners(of_groups uuid[], of_request uuid, in_lane smallint, instant timestamptz) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE ids uuid[]; specs jsonb[];
BEGIN
    SELECT array_agg(d.id), array_agg(d.spec) INTO ids, specs FROM (
        SELECT o.id, CASE WHEN n.object IS NULL THEN o.spec - 'owner'
                          ELSE o.spec - 'foreign_owner' || jsonb_build_object('owner', printed_id('obj', n.object)) END AS spec
          FROM user_group g JOIN object o ON o.id = g.object_id AND o.wanted
          LEFT JOIN LATERAL (SELECT u.object_id AS object FROM group_owner w JOIN users u ON u.id = w.user_id
                              WHERE w.group_id = g.id AND u.deleted_at IS NULL AND u.object_id IS NOT NULL
                              ORDER BY w.position, u.id LIMIT 1) n ON true
         WHERE g.id = ANY(of_groups) AND o.spec->>'owner' IS DISTINCT FROM printed_id('obj', n.object)
         ORDER BY o.id FOR NO KEY UPDATE OF o) d;
    RETURN want_specs(of_request, in_lane, instant, ids, specs);
END $f$;

-- ---------------------------------------------------------------- moves to another seller

-- What was said of properties above a tenant goes with it as its own words, as its settings
-- do: otherwise the accounts below it would change one by one, whenever somebody touches one.
CREATE FUNCTION tenant_edge_properties_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
DECLARE former uuid;
BEGIN
    SELECT e.parent INTO former FROM tenant_edge e WHERE e.child = NEW.child AND e.valid_to IS NOT NULL
     ORDER BY e.valid_to DESC LIMIT 1;
    IF former IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO property_value (id, tenant_id, service_id, name, value, updated_at)
    SELECT time_ordered_id(now()), NEW.child, held.service_id, held.name, held.value, now()
      FROM (SELECT DISTINCT ON (x.service_id, x.name) x.service_id, x.name, x.value
              FROM tenant_closure c JOIN property_value x
                ON x.tenant_id = c.ancestor AND x.instance_id IS NULL AND x.user_id IS NULL
             WHERE c.descendant = former ORDER BY x.service_id, x.name, c.depth) held
      -- A service only those it leaves publish is nothing it could have.
      JOIN service v ON v.id = held.service_id
       AND EXISTS (SELECT FROM tenant_closure c WHERE c.ancestor = v.tenant_id AND c.descendant = NEW.child)
     WHERE held.value IS DISTINCT FROM (
           SELECT x.value FROM tenant_closure c JOIN property_value x
               ON x.tenant_id = c.ancestor AND x.instance_id IS NULL AND x.user_id IS NULL
            WHERE c.descendant = NEW.child AND c.depth > 0
              AND (x.service_id, x.name) = (held.service_id, held.name)
            ORDER BY c.depth LIMIT 1)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $f$;
REVOKE EXECUTE ON FUNCTION tenant_edge_properties_kept FROM PUBLIC;
-- After the trigger that makes the closure, by the alphabet.
CREATE TRIGGER tenant_edge_properties AFTER INSERT ON tenant_edge
    FOR EACH ROW WHEN (NEW.valid_to IS NULL) EXECUTE FUNCTION tenant_edge_properties_kept();

-- ---------------------------------------------------------------- subscriptions

-- Those that are new are looked at by the sweep, which starts what nobody started.
CREATE INDEX subscription_new ON subscription (created_at) WHERE ended_at IS NULL;

-- ---------------------------------------------------------------- bundles

-- Which plans of which instances a bundle gave, as `code@instance`: one that names no
-- instance means the only one there was when it was given.
ALTER TABLE bundle_assignment ADD COLUMN plans text[] NOT NULL DEFAULT '{}';
UPDATE bundle_assignment a SET plans = (
    SELECT coalesce(array_agg(CASE WHEN p.code LIKE '%@%' THEN p.code ELSE p.code || '@' || coalesce((
               SELECT i.code FROM plan q JOIN service_instance i ON i.service_id = q.service_id AND i.tenant_id = a.tenant_id
                WHERE q.code = p.code ORDER BY i.id LIMIT 1), 'main') END), '{}')
      FROM bundle b CROSS JOIN LATERAL unnest(b.plans) AS p (code) WHERE b.id = a.bundle_id);
-- What refers to a row is looked at now: a table with rows to be looked at is not altered.
SET CONSTRAINTS ALL IMMEDIATE;
