-- Several directories side by side: whose each is, where sellers place customers, and
-- sellers' containers where they are needed; below, moves between directories. Expands
-- only.

-- ---------------------------------------------------------------- whose a directory is

ALTER TABLE target
    -- Only for its tenant: a customer, the customers below a reseller, or those the
    -- provider sells to itself. Published to nobody else, so others do not see it.
    ADD COLUMN dedicated boolean NOT NULL DEFAULT false,
    -- Not in the configuration any more.
    ADD COLUMN removed_at timestamptz;

-- Of two orders that both bring a seller's first customer, the second finds the container.
CREATE UNIQUE INDEX object_container ON object (entity_id, target_id) WHERE kind = 'container' AND wanted;

-- ---------------------------------------------------------------- where sellers place customers

-- The directories a seller may use; without a row all it sees. What a seller above may
-- not use, nobody below it may.
CREATE TABLE placement (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    target_id uuid NOT NULL REFERENCES target (id),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, target_id)
);
COMMENT ON TABLE placement IS 'class: owned';
ALTER TABLE placement ENABLE ROW LEVEL SECURITY;
ALTER TABLE placement FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON placement TO CURRENT_USER USING (true) WITH CHECK (true);
SELECT own_policies('placement', 'tenant_id');
GRANT SELECT, INSERT, DELETE ON placement TO tenantry_app;
-- A seller's own is where its customers go when the order says nothing.
GRANT UPDATE (target_id) ON tenant TO tenantry_app;

-- With a second directory "the only one" is none any more.
UPDATE tenant SET target_id = (SELECT t.id FROM target t) WHERE kind = 'provider' AND (SELECT count(*) FROM target) = 1;

-- Why customers of a seller cannot live in a directory; null when they can. Runs as owner,
-- because rules above the seller are out of its sight; tells a code, nothing of the rows.
CREATE FUNCTION placement_obstacle(seller uuid, directory uuid, customer uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    SELECT CASE
        WHEN d.removed_at IS NOT NULL THEN 'removed'
        WHEN d.dedicated AND d.tenant_id = customer THEN NULL
        WHEN d.dedicated AND d.tenant_id <> seller AND NOT (o.kind = 'reseller' AND EXISTS (
            SELECT FROM tenant_closure c WHERE c.ancestor = d.tenant_id AND c.descendant = seller)) THEN 'dedicated'
        WHEN EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = seller
                        AND EXISTS (SELECT FROM placement p WHERE p.tenant_id = c.ancestor)
                        AND NOT EXISTS (SELECT FROM placement p WHERE p.tenant_id = c.ancestor AND p.target_id = d.id))
            THEN 'not_allowed'
        END
      FROM target d JOIN tenant o ON o.id = d.tenant_id WHERE d.id = directory
$f$;

-- Where a seller's customers go when nobody says: the nearest default it may use, else
-- the only directory it may use. Also who set it; the one below which all stand when nobody.
CREATE FUNCTION default_directory(of_seller uuid) RETURNS TABLE (directory uuid, set_by uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    WITH usable AS (SELECT d.id FROM target d WHERE placement_obstacle(of_seller, d.id, NULL) IS NULL),
         given AS (SELECT t.target_id, t.id FROM tenant_closure c JOIN tenant t ON t.id = c.ancestor
                     JOIN usable u ON u.id = t.target_id
                    WHERE c.descendant = of_seller AND t.kind <> 'customer' ORDER BY c.depth LIMIT 1)
    SELECT target_id, id FROM given
    UNION ALL
    SELECT (array_agg(id))[1], NULL FROM usable WHERE NOT EXISTS (SELECT FROM given) HAVING count(*) = 1
$f$;

-- A seller's container in a directory, made with those of the sellers above it where they
-- are missing; null for the provider. Runs as owner, because the container of the seller
-- above is not the caller's.
CREATE FUNCTION place_containers(seller uuid, directory uuid, of_request uuid, instant timestamptz)
    RETURNS TABLE (container uuid, made bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE s record; above uuid; present uuid; fresh uuid; wish jsonb; fresh_ones bigint := 0;
BEGIN
    IF caller() IS NOT NULL AND NOT in_scope(seller) THEN
        RAISE EXCEPTION 'sellers are placed by those above them' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR s IN SELECT t.id, t.code, t.name FROM tenant_closure c JOIN tenant t ON t.id = c.ancestor
              WHERE c.descendant = seller AND t.kind = 'reseller' ORDER BY c.depth DESC
    LOOP
        SELECT o.id INTO present FROM object o
         WHERE o.entity_id = s.id AND o.target_id = directory AND o.kind = 'container' AND o.wanted;
        IF present IS NULL THEN
            fresh := time_ordered_id(instant);
            wish := jsonb_build_object('kind', 'container', 'name', s.code, 'parent', printed_id('obj', above),
                                       'description', s.name);
            -- The first version of specs, which every version of the workers reads.
            INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
            VALUES (fresh, s.id, directory, 'tenant', s.id, 'container', wish, 1, instant)
            ON CONFLICT (entity_id, target_id) WHERE kind = 'container' AND wanted DO NOTHING;
            IF FOUND THEN
                INSERT INTO object_revision (object_id, generation, tenant_id, request_id, after, at)
                VALUES (fresh, 1, s.id, of_request, wish, instant);
                INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
                VALUES (of_request, fresh, s.id, 1, instant);
                INSERT INTO work (object_id, target_id, tenant_id, lane, due_at)
                VALUES (fresh, directory, s.id, 0, now() - interval '3 us');
                fresh_ones := fresh_ones + 1;
                present := fresh;
            ELSE
                -- Somebody else made it since; a statement of its own sees it.
                SELECT o.id INTO STRICT present FROM object o
                 WHERE o.entity_id = s.id AND o.target_id = directory AND o.kind = 'container' AND o.wanted;
            END IF;
        END IF;
        above := present;
    END LOOP;
    RETURN QUERY SELECT above, fresh_ones;
END $f$;

-- The same for a customer that is to live there, if it may. Until the end of the
-- transaction the directory stays whose it is.
CREATE FUNCTION place_seller(seller uuid, directory uuid, customer uuid, of_request uuid, instant timestamptz)
    RETURNS TABLE (container uuid, obstacle text)
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE why text;
BEGIN
    PERFORM lock_directory(directory);
    why := placement_obstacle(seller, directory, customer);
    IF why IS NOT NULL THEN
        RETURN QUERY SELECT NULL::uuid, why;
    ELSE
        RETURN QUERY SELECT p.container, NULL::text FROM place_containers(seller, directory, of_request, instant) p;
    END IF;
END $f$;

-- Somebody is put into a directory: it is neither dedicated to another nor removed
-- meanwhile. As owner, because who places somebody may not change the directory.
CREATE FUNCTION lock_directory(directory uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$ SELECT FROM target d WHERE d.id = directory FOR SHARE $f$;

-- Dedicates a directory to a tenant, or (null) shares it again. Refused while customers
-- live there for whom it would not be. Runs as owner: no role that serves can move a row
-- to another tenant. The caller was permitted on both sides.
CREATE FUNCTION dedicate_directory(directory uuid, to_tenant uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE present target; new_owner uuid; strangers boolean;
BEGIN
    SELECT * INTO STRICT present FROM target d WHERE d.id = directory FOR UPDATE;
    new_owner := coalesce(to_tenant, (SELECT t.id FROM tenant t WHERE t.kind = 'provider'));
    IF NOT in_scope(present.tenant_id) OR NOT in_scope(new_owner) THEN
        RAISE EXCEPTION 'directories are dedicated by those above both' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE target d SET tenant_id = new_owner, dedicated = to_tenant IS NOT NULL, version = d.version + 1 WHERE d.id = directory;
    SELECT EXISTS (
        SELECT FROM object o JOIN tenant t ON t.id = o.entity_id AND t.kind = 'customer'
          JOIN tenant_edge e ON e.child = t.id AND e.valid_to IS NULL
         WHERE o.target_id = directory AND o.kind = 'container' AND o.wanted
           AND placement_obstacle(e.parent, directory, t.id) = 'dedicated') INTO strangers;
    IF strangers THEN
        UPDATE target d SET tenant_id = present.tenant_id, dedicated = present.dedicated, version = present.version WHERE d.id = directory;
        RETURN 'in_use';
    END IF;
    UPDATE drift_policy p SET tenant_id = new_owner WHERE p.target_id = directory;
    RETURN NULL;
END $f$;

-- ---------------------------------------------------------------- moves to another seller

-- As before, but a seller without a container gets one; what stands in the way is that it
-- may not place customers there.
CREATE OR REPLACE FUNCTION move_obstacle(moved uuid, new_parent uuid, most_levels int) RETURNS text
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
        WHEN EXISTS (
            SELECT FROM object o JOIN target d ON d.id = o.target_id
             WHERE o.entity_id = moved AND o.kind = 'container' AND o.wanted
               -- What is dedicated to it, or to somebody below it, goes with it.
               AND NOT (d.dedicated AND EXISTS (
                   SELECT FROM tenant_closure c WHERE c.ancestor = moved AND c.descendant = d.tenant_id))
               AND placement_obstacle(new_parent, o.target_id, moved) IS NOT NULL) THEN 'not_placed'
        -- What a seller sells of its own is nobody's to see who is not below it.
        WHEN EXISTS (
            SELECT FROM tenant_closure c JOIN subscription s ON s.tenant_id = c.descendant AND s.ended_at IS NULL
              JOIN plan p ON p.id = s.plan_id JOIN service v ON v.id = p.service_id
              CROSS JOIN LATERAL (VALUES (p.tenant_id), (v.tenant_id)) AS of (publisher)
             WHERE c.ancestor = moved
               AND NOT EXISTS (SELECT FROM tenant_closure a WHERE a.ancestor = of.publisher AND a.descendant = new_parent)
               AND NOT EXISTS (SELECT FROM tenant_closure a WHERE a.ancestor = moved AND a.descendant = of.publisher))
            THEN 'plans_of_seller'
        END;
END $f$;

CREATE OR REPLACE FUNCTION move_tenant(moved uuid, new_parent uuid, day date, of_request uuid, instant timestamptz)
    RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE since timestamptz; ids uuid[]; specs jsonb[]; directory uuid; made bigint := 0;
BEGIN
    UPDATE tenant_edge e SET valid_to = greatest(instant, e.valid_from + interval '1 us'), to_day = day
     WHERE e.child = moved AND e.valid_to IS NULL RETURNING e.valid_to INTO STRICT since;
    INSERT INTO tenant_edge (child, parent, valid_from, from_day) VALUES (moved, new_parent, since, day);
    FOR directory IN SELECT DISTINCT o.target_id FROM object o
                      WHERE o.entity_id = moved AND o.kind = 'container' AND o.wanted ORDER BY 1
    LOOP
        made := made + (SELECT p.made FROM place_containers(new_parent, directory, of_request, instant) p);
    END LOOP;
    SELECT array_agg(a.id), array_agg(a.spec) INTO ids, specs FROM (
        SELECT o.id, jsonb_set(o.spec, '{parent}', coalesce(
                   (SELECT to_jsonb(printed_id('obj', p.id)) FROM object p WHERE p.entity_id = new_parent AND p.target_id = o.target_id
                       AND p.kind = 'container' AND p.wanted), 'null'::jsonb)) AS spec
          FROM object o WHERE o.entity_id = moved AND o.kind = 'container' AND o.wanted
         ORDER BY o.id FOR UPDATE OF o) a;
    RETURN made + want_specs(of_request, 0::smallint, instant, ids, specs) + settle_accounts(moved, of_request, instant);
END $f$;

REVOKE EXECUTE ON FUNCTION placement_obstacle, default_directory, place_containers, place_seller, lock_directory,
    dedicate_directory FROM PUBLIC;
GRANT EXECUTE ON FUNCTION placement_obstacle, default_directory, place_containers, place_seller, lock_directory,
    dedicate_directory TO tenantry_app;

-- ---------------------------------------------------------------- moves between directories

-- A customer on its way from one directory to another. What is to be in the other
-- directory is made there first (preparing); then people, groups and plans point there and
-- the old objects stay, disabled (grace), until they are removed (done). Taken back while
-- preparing it is cancelled; in the grace the same way is gone in the other direction
-- (returning, returned).
CREATE TABLE directory_move (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    from_target uuid NOT NULL REFERENCES target (id),
    to_target uuid NOT NULL REFERENCES target (id),
    phase text NOT NULL DEFAULT 'preparing' CHECK
        (phase IN ('preparing', 'grace', 'done', 'cancelled', 'returning', 'returned')),
    grace_days int NOT NULL CHECK (grace_days BETWEEN 0 AND 365),
    -- The request whose progress is that of the present phase.
    request_id uuid NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    switched_at timestamptz,
    -- Until then it can be taken back.
    purge_at timestamptz,
    ended_at timestamptz,
    CHECK (from_target <> to_target)
);
COMMENT ON TABLE directory_move IS 'class: owned';
CREATE UNIQUE INDEX directory_move_open ON directory_move (tenant_id) WHERE ended_at IS NULL;
CREATE INDEX directory_move_request ON directory_move (request_id) WHERE ended_at IS NULL;
CREATE INDEX directory_move_list ON directory_move (tenant_id, id DESC);

-- Which objects of the two directories stand for the same, while a move is open.
CREATE TABLE directory_twin (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    left_object uuid PRIMARY KEY REFERENCES object (id) DEFERRABLE INITIALLY DEFERRED,
    right_object uuid NOT NULL UNIQUE REFERENCES object (id) DEFERRABLE INITIALLY DEFERRED,
    -- The log-on name in the directory it comes from, and the one it has in the other.
    logon_from text,
    logon_to text,
    -- Made by this move: nobody has chosen a password for it.
    made timestamptz NOT NULL
);
COMMENT ON TABLE directory_twin IS 'class: owned';
CREATE INDEX directory_twin_tenant ON directory_twin (tenant_id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['directory_move', 'directory_twin'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
    END LOOP;
    PERFORM own_policies('directory_move', 'tenant_id');
    CREATE POLICY engine ON directory_move FOR SELECT TO tenantry_engine USING (true);
END $$;
GRANT SELECT, INSERT ON directory_move TO tenantry_app;
GRANT UPDATE (phase, request_id, ended_at, purge_at) ON directory_move TO tenantry_app;
GRANT SELECT ON directory_move TO tenantry_engine;

-- The n-th candidate for a log-on name in another directory (as naming::logon_candidate):
-- the customer's code stays at the end.
CREATE FUNCTION logon_candidate(base text, code text, most_chars int, n int) RETURNS text
    LANGUAGE sql IMMUTABLE AS $f$
    SELECT CASE WHEN n <= 1 THEN base
        WHEN right(base, length(code) + 1) = '_' || code THEN
            rtrim(left(left(base, -length(code) - 1), most_chars - length(n::text || '_' || code)), '.-_') || n || '_' || code
        ELSE rtrim(left(base, most_chars - length(n::text)), '.-_ ') || n END
$f$;

-- The log-on names of a customer that somebody else has in another directory, with the
-- ones they would get there now. Runs as owner, because a directory is shared; tells
-- nothing of who has them.
CREATE FUNCTION logon_conflicts(of_tenant uuid, from_directory uuid, to_directory uuid, instant timestamptz)
    RETURNS TABLE (object_id uuid, present text, proposed text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    SELECT o.id, o.spec->>'logon_name',
           (SELECT logon_candidate(o.spec->>'logon_name', t.code, CASE o.kind WHEN 'user' THEN 20 ELSE 64 END, n)
              FROM generate_series(2, 999) n
             WHERE NOT EXISTS (SELECT FROM reserved_name x WHERE x.kind = 'logon_name' AND x.space = to_directory
                AND x.value = lower(logon_candidate(o.spec->>'logon_name', t.code, CASE o.kind WHEN 'user' THEN 20 ELSE 64 END, n))
                AND (x.reserved_until IS NULL OR x.reserved_until > instant))
             ORDER BY n LIMIT 1)
      FROM object o JOIN tenant t ON t.id = o.tenant_id
      JOIN reserved_name r ON r.kind = 'logon_name' AND r.space = to_directory AND r.value = lower(o.spec->>'logon_name')
     WHERE o.tenant_id = of_tenant AND o.target_id = from_directory AND o.wanted AND o.kind IN ('user', 'group')
       AND (r.reserved_until IS NULL OR r.reserved_until > instant) AND r.tenant_id <> of_tenant
       AND in_scope(of_tenant)
$f$;

-- Takes a log-on name in a directory: the wanted one, or the first that is free.
CREATE FUNCTION take_logon(of_tenant uuid, directory uuid, owner_of uuid, base text, code text, most_chars int,
                           instant timestamptz)
    RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE n int := 1; candidate text;
BEGIN
    LOOP
        candidate := logon_candidate(base, code, most_chars, n);
        INSERT INTO reserved_name AS r (kind, space, value, tenant_id, owner)
        SELECT 'logon_name', directory, lower(candidate), of_tenant, owner_of
         WHERE NOT EXISTS (SELECT FROM directory_twin w WHERE w.tenant_id = of_tenant AND lower(w.logon_to) = lower(candidate))
        ON CONFLICT (kind, space, value) DO UPDATE
           SET tenant_id = excluded.tenant_id, owner = excluded.owner, reserved_until = NULL
         WHERE r.reserved_until <= instant OR r.owner = excluded.owner;
        IF FOUND THEN
            RETURN candidate;
        END IF;
        n := n + 1;
        IF n > 9999 THEN
            RAISE EXCEPTION 'no free log-on name for %', base;
        END IF;
    END LOOP;
END $f$;

-- Wants in the other directory what there is in the first one, with other ids, places and,
-- where they are taken there, log-on names; accounts are disabled. Changes only what
-- differs, so that it may be asked at any time: whatever is changed in the first directory
-- meanwhile follows. `forward` says that the left ones are the first. Gives how much
-- differed.
CREATE FUNCTION carry_directory(m directory_move, forward boolean, instant timestamptz)
    RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE
    source uuid := CASE WHEN forward THEN m.from_target ELSE m.to_target END;
    dest uuid := CASE WHEN forward THEN m.to_target ELSE m.from_target END;
    its_code text; seller uuid; top uuid; ids uuid[]; specs jsonb[]; n bigint; differed bigint := 0;
BEGIN
    SELECT t.code, e.parent INTO its_code, seller FROM tenant t
      JOIN tenant_edge e ON e.child = t.id AND e.valid_to IS NULL WHERE t.id = m.tenant_id;
    SELECT p.container, p.made INTO top, differed FROM place_containers(seller, dest, m.request_id, instant) p;
    -- Twins of what has none yet, or one that is gone.
    DELETE FROM directory_twin w USING object a, object b
     WHERE w.tenant_id = m.tenant_id AND a.id = w.left_object AND b.id = w.right_object
       AND CASE WHEN forward THEN a.wanted AND NOT b.wanted ELSE b.wanted AND NOT a.wanted END;
    INSERT INTO directory_twin (tenant_id, left_object, right_object, made)
    SELECT m.tenant_id, CASE WHEN forward THEN o.id ELSE x.fresh END, CASE WHEN forward THEN x.fresh ELSE o.id END, instant
      FROM object o, LATERAL (SELECT time_ordered_id(instant + interval '0 s' * length(o.kind)) AS fresh) x
     WHERE o.tenant_id = m.tenant_id AND o.target_id = source AND o.wanted AND NOT EXISTS (
           SELECT FROM directory_twin w WHERE CASE WHEN forward THEN w.left_object ELSE w.right_object END = o.id);
    -- Log-on names: of newcomers, and of who was given another one meanwhile.
    UPDATE directory_twin w
       SET logon_from = o.spec->>'logon_name',
           logon_to = take_logon(m.tenant_id, dest, coalesce((SELECT r.owner FROM reserved_name r
                          WHERE r.kind = 'logon_name' AND r.space = source AND r.value = lower(o.spec->>'logon_name')),
                          o.entity_id), o.spec->>'logon_name', its_code,
                          CASE o.kind WHEN 'user' THEN 20 ELSE 64 END, instant)
      FROM object o
     WHERE w.tenant_id = m.tenant_id AND o.id = CASE WHEN forward THEN w.left_object ELSE w.right_object END
       AND o.wanted AND o.kind IN ('user', 'group') AND w.logon_from IS DISTINCT FROM o.spec->>'logon_name';
    -- What each twin should be: ids in its spec name the twins of what they named.
    WITH pair AS MATERIALIZED (
        SELECT o.id AS src, o.kind, o.entity_id, o.entity_kind, o.spec, o.spec_version, w.logon_to,
               CASE WHEN forward THEN w.right_object ELSE w.left_object END AS twin
          FROM directory_twin w JOIN object o ON o.id = CASE WHEN forward THEN w.left_object ELSE w.right_object END
         WHERE w.tenant_id = m.tenant_id AND o.wanted
    ), ref AS MATERIALIZED (
        SELECT printed_id('obj', src) AS old, printed_id('obj', twin) AS new FROM pair
    ), meant AS MATERIALIZED (
        SELECT p.twin, p.kind, p.entity_id, p.entity_kind, p.spec_version,
               ((SELECT string_agg(coalesce(r.new, t.part), '"' ORDER BY t.n)::jsonb
                   FROM string_to_table(p.spec::text, '"') WITH ORDINALITY AS t (part, n)
                   LEFT JOIN ref r ON r.old = t.part) - ARRAY['unlocked_at', 'password_expired_at'])
               -- What lies within the customer's own container names the twin of that.
               || CASE WHEN p.kind = 'container' AND p.entity_kind = 'tenant'
                            THEN jsonb_build_object('parent', printed_id('obj', top))
                       WHEN p.kind = 'user' THEN jsonb_build_object('enabled', false, 'logon_name', p.logon_to)
                       WHEN p.kind = 'group' THEN jsonb_build_object('logon_name', p.logon_to) ELSE '{}' END AS spec
          FROM pair p
    ), fresh AS (
        INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
        SELECT a.twin, m.tenant_id, dest, a.entity_kind, a.entity_id, a.kind, a.spec, a.spec_version, instant
          FROM meant a WHERE NOT EXISTS (SELECT FROM object o WHERE o.id = a.twin)
        RETURNING id, kind, spec
    ), r AS (
        INSERT INTO object_revision (object_id, generation, tenant_id, request_id, after, at)
        SELECT id, 1, m.tenant_id, m.request_id, spec, instant FROM fresh
    ), i AS (
        INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
        SELECT m.request_id, id, m.tenant_id, 1, instant FROM fresh
    ), q AS (
        INSERT INTO work (object_id, target_id, tenant_id, lane, due_at)
        SELECT id, dest, m.tenant_id, 1, now() - CASE kind WHEN 'container' THEN interval '2 us'
               WHEN 'group' THEN interval '1 us' ELSE interval '0' END FROM fresh
    )
    SELECT (SELECT count(*) FROM fresh), array_agg(d.twin), array_agg(d.spec) INTO n, ids, specs FROM (
        SELECT a.twin, a.spec FROM meant a JOIN object o ON o.id = a.twin
         WHERE o.wanted AND o.spec - ARRAY['unlocked_at', 'password_expired_at'] <> a.spec ORDER BY a.twin) d;
    differed := differed + n + want_specs(m.request_id, 1::smallint, instant, ids, specs);
    -- What is wanted there no more.
    SELECT array_agg(d.id), array_agg(NULL::jsonb) INTO ids, specs FROM (
        SELECT b.id FROM directory_twin w
          JOIN object a ON a.id = CASE WHEN forward THEN w.left_object ELSE w.right_object END
          JOIN object b ON b.id = CASE WHEN forward THEN w.right_object ELSE w.left_object END
         WHERE w.tenant_id = m.tenant_id AND b.wanted AND NOT a.wanted ORDER BY b.id) d;
    differed := differed + want_specs(m.request_id, 1::smallint, instant, ids, specs);
    RETURN differed + carry_members(m, forward, instant);
END $f$;

-- The same for memberships.
CREATE FUNCTION carry_members(m directory_move, forward boolean, instant timestamptz)
    RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE differed bigint;
BEGIN
    WITH twin AS MATERIALIZED (
        SELECT CASE WHEN forward THEN left_object ELSE right_object END AS src,
               CASE WHEN forward THEN right_object ELSE left_object END AS twin
          FROM directory_twin WHERE tenant_id = m.tenant_id
    ), meant AS (
        SELECT g.twin AS grp, p.twin AS member, e.until, e.nested FROM membership e
          JOIN twin g ON g.src = e.group_object JOIN twin p ON p.src = e.member_object
          JOIN object o ON o.id = g.twin AND o.wanted JOIN object q ON q.id = p.twin AND q.wanted
         WHERE e.tenant_id = m.tenant_id AND e.wanted
           -- What a hook holds back comes when it agreed; until then nobody is switched.
           AND NOT EXISTS (SELECT FROM hook_delivery h WHERE h.holds AND h.group_object = e.group_object
                              AND h.member_object = e.member_object)
    ), change AS MATERIALIZED (
        SELECT a.grp, a.member, true AS wanted, a.until, a.nested FROM meant a
          LEFT JOIN membership e ON e.group_object = a.grp AND e.member_object = a.member
         WHERE e.wanted IS NOT TRUE OR e.until IS DISTINCT FROM a.until
        UNION ALL
        SELECT e.group_object, e.member_object, false, NULL, e.nested FROM membership e JOIN twin g ON g.twin = e.group_object
         WHERE e.tenant_id = m.tenant_id AND e.wanted AND NOT EXISTS (
               SELECT FROM meant a WHERE a.grp = e.group_object AND a.member = e.member_object)
    ), e AS (
        INSERT INTO membership AS x (group_object, member_object, tenant_id, wanted, until, nested)
        SELECT grp, member, m.tenant_id, wanted, until, nested FROM change ORDER BY grp, member
        ON CONFLICT (group_object, member_object) DO UPDATE
           SET wanted = excluded.wanted, until = excluded.until, wanted_gen = x.wanted_gen + 1
        RETURNING group_object, member_object, wanted_gen
    ), i AS (
        INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, updated_at)
        SELECT m.request_id, group_object, member_object, m.tenant_id, wanted_gen, instant FROM e
        ON CONFLICT (request_id, object_id, member_id) DO UPDATE
           SET generation = excluded.generation, state = 'requested', problem = NULL, updated_at = excluded.updated_at
    ), q AS (
        -- A new member's own verification makes its groups due.
        INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
        SELECT DISTINCT o.id, o.target_id, o.tenant_id, 1::smallint, now() FROM change c JOIN object o ON o.id = c.grp
          LEFT JOIN external_object x ON x.object_id = c.member WHERE NOT c.wanted OR x.external_id IS NOT NULL
        ON CONFLICT (object_id) DO UPDATE SET due_at = least(w.due_at, excluded.due_at), attempts = 0, refusals = 0
    )
    SELECT count(*) INTO differed FROM change;
    RETURN differed;
END $f$;

-- Whether everything in the other directory was read back as it is wanted.
CREATE FUNCTION carried(m directory_move, forward boolean) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $f$
BEGIN
    RETURN (WITH twin AS MATERIALIZED (
        SELECT CASE WHEN forward THEN right_object ELSE left_object END AS id FROM directory_twin WHERE tenant_id = m.tenant_id)
    SELECT NOT EXISTS (
        SELECT FROM twin JOIN object o ON o.id = twin.id LEFT JOIN external_object x ON x.object_id = o.id
         WHERE o.wanted AND (x.state IS DISTINCT FROM 'verified' OR x.applied_generation < o.generation))
       AND NOT EXISTS (
        SELECT FROM twin JOIN membership e ON e.group_object = twin.id WHERE e.wanted_gen > e.applied_gen)
       AND NOT EXISTS (SELECT FROM hook_delivery h WHERE h.tenant_id = m.tenant_id AND h.holds));
END $f$;

-- The customer lives in the other directory from now on: people, groups, plans and the
-- customer itself point there, in one step. Everybody whose account is new gets a link;
-- the accounts that were left are disabled, the others enabled as they should be.
CREATE FUNCTION switch_directory(m directory_move, forward boolean, instant timestamptz, link_hours int, version text)
    RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE
    dest uuid := CASE WHEN forward THEN m.to_target ELSE m.from_target END;
    since timestamptz := CASE WHEN forward THEN m.created_at ELSE m.switched_at END;
    ids uuid[]; specs jsonb[]; changed bigint;
BEGIN
    PERFORM FROM users u WHERE u.tenant_id = m.tenant_id ORDER BY u.id FOR UPDATE;
    -- The left column is where everybody is from now on until the next lines are done.
    IF forward THEN
        UPDATE directory_twin w SET left_object = w.right_object, right_object = w.left_object WHERE w.tenant_id = m.tenant_id;
    END IF;
    -- A password on its way to an account that is left is not set any more.
    WITH s AS (DELETE FROM secret s USING directory_twin w
                WHERE w.tenant_id = m.tenant_id AND s.object_id = w.right_object RETURNING s.request_id, s.object_id)
    UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = instant FROM s
     WHERE i.request_id = s.request_id AND i.object_id = s.object_id AND i.state IN ('requested', 'running', 'parked');
    UPDATE users u SET removal = (
        SELECT string_agg(coalesce(w.left_object::text, t.part), '"' ORDER BY t.n)::jsonb
          FROM string_to_table(u.removal::text, '"') WITH ORDINALITY AS t (part, n)
          LEFT JOIN directory_twin w ON w.tenant_id = m.tenant_id AND w.right_object::text = t.part)
     WHERE u.tenant_id = m.tenant_id AND u.removal IS NOT NULL;
    UPDATE users u SET object_id = w.left_object, target_id = dest, logon_name = coalesce(w.logon_to, u.logon_name),
           version = u.version + 1
      FROM directory_twin w WHERE w.tenant_id = m.tenant_id AND u.tenant_id = m.tenant_id AND u.object_id = w.right_object;
    UPDATE user_group g SET object_id = w.left_object, version = g.version + 1
      FROM directory_twin w WHERE w.tenant_id = m.tenant_id AND g.tenant_id = m.tenant_id AND g.object_id = w.right_object;
    UPDATE subscription s SET group_object = w.left_object
      FROM directory_twin w WHERE w.tenant_id = m.tenant_id AND s.tenant_id = m.tenant_id AND s.group_object = w.right_object;
    UPDATE subscription s SET member_object = w.left_object
      FROM directory_twin w WHERE w.tenant_id = m.tenant_id AND s.tenant_id = m.tenant_id AND s.member_object = w.right_object;
    UPDATE bundle_assignment b SET groups = ARRAY(
        SELECT coalesce(w.left_object, g.id) FROM unnest(b.groups) WITH ORDINALITY AS g (id, n)
          LEFT JOIN directory_twin w ON w.right_object = g.id ORDER BY g.n)
     WHERE b.tenant_id = m.tenant_id AND cardinality(b.groups) > 0;
    -- Hooks that hold a membership back, or wait for it, do so where it is now.
    UPDATE hook_delivery h SET group_object = w.left_object
      FROM directory_twin w WHERE w.tenant_id = m.tenant_id AND h.tenant_id = m.tenant_id
       AND h.group_object = w.right_object AND (h.waits OR h.holds);
    UPDATE hook_delivery h SET member_object = w.left_object
      FROM directory_twin w WHERE w.tenant_id = m.tenant_id AND h.tenant_id = m.tenant_id
       AND h.member_object = w.right_object AND (h.waits OR h.holds);
    UPDATE tenant t SET target_id = dest, status_at = instant, version = t.version + 1,
           folder_object = (SELECT w.left_object FROM directory_twin w WHERE w.right_object = t.folder_object),
           members_object = (SELECT w.left_object FROM directory_twin w WHERE w.right_object = t.members_object)
     WHERE t.id = m.tenant_id;
    -- Back to the old directory on the left and the new one on the right; names change sides.
    UPDATE directory_twin w SET left_object = CASE WHEN forward THEN w.right_object ELSE w.left_object END,
           right_object = CASE WHEN forward THEN w.left_object ELSE w.right_object END,
           logon_from = w.logon_to, logon_to = w.logon_from
     WHERE w.tenant_id = m.tenant_id;
    -- What was ordered and never became real in the first directory does so in this one.
    WITH e AS (
        UPDATE membership e SET wanted_gen = e.wanted_gen + 1 FROM subscription s
         WHERE s.tenant_id = m.tenant_id AND s.ended_at IS NULL AND e.group_object = s.group_object
           AND e.member_object = s.member_object AND e.wanted
           AND NOT EXISTS (SELECT FROM fact f WHERE f.subscription_id = s.id AND f.kind = 'started')
        RETURNING e.group_object, e.member_object, e.wanted_gen
    ), i AS (
        INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, updated_at)
        SELECT m.request_id, group_object, member_object, m.tenant_id, wanted_gen, instant FROM e
        ON CONFLICT (request_id, object_id, member_id) DO UPDATE
           SET generation = excluded.generation, state = 'requested', problem = NULL, updated_at = excluded.updated_at
    )
    INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
    SELECT DISTINCT group_object, dest, m.tenant_id, 1::smallint, now() FROM e
    ON CONFLICT (object_id) DO UPDATE SET due_at = least(w.due_at, excluded.due_at), attempts = 0, refusals = 0;
    SELECT array_agg(d.id), array_agg(d.spec) INTO ids, specs FROM (
        SELECT o.id, o.spec FROM object o WHERE o.wanted AND o.id IN (
            SELECT s.group_object FROM subscription s
             WHERE s.tenant_id = m.tenant_id AND s.ended_at IS NULL AND s.member_object IS NULL
               AND NOT EXISTS (SELECT FROM fact f WHERE f.subscription_id = s.id AND f.kind = 'started'))
         ORDER BY o.id FOR UPDATE OF o) d;
    changed := want_specs(m.request_id, 1::smallint, instant, ids, specs);
    -- One-time links for those whose account is new; older links go.
    UPDATE activation a SET revoked_at = instant FROM users u JOIN object o ON o.id = u.object_id
     WHERE u.tenant_id = m.tenant_id AND u.deleted_at IS NULL AND o.created_at >= since AND a.user_id = u.id
       AND a.used_at IS NULL AND a.revoked_at IS NULL;
    WITH l AS (
        INSERT INTO activation (id, tenant_id, user_id, purpose, created_at, created_by, expires_at)
        SELECT time_ordered_id(instant), u.tenant_id, u.id, CASE WHEN u.activated_at IS NULL THEN 'activation' ELSE 'reset' END,
               instant, m.created_by, instant + make_interval(hours => link_hours)
          FROM users u JOIN object o ON o.id = u.object_id
         WHERE u.tenant_id = m.tenant_id AND u.deleted_at IS NULL AND o.created_at >= since
        RETURNING user_id, purpose
    )
    INSERT INTO event (id, tenant_id, occurred_at, recorded_at, code, outcome, actor_kind, target_kind, target_id,
        change, request_id, schema_version, software_version)
    SELECT time_ordered_id(instant), m.tenant_id, instant, instant,
           CASE l.purpose WHEN 'reset' THEN 'user.reset_link' ELSE 'user.activation_link' END, 'success', 'system', 'user',
           printed_id('usr', l.user_id), '[]', m.request_id, 1, version FROM l;
    -- Who was left may not log on any more; who is here now, as it should be.
    SELECT array_agg(d.id), array_agg(d.spec) INTO ids, specs FROM (
        SELECT o.id, jsonb_set(o.spec, '{enabled}', 'false') AS spec FROM object o
         WHERE o.tenant_id = m.tenant_id AND o.target_id <> dest AND o.wanted AND o.kind = 'user'
           AND (o.spec->>'enabled')::boolean
         ORDER BY o.id FOR UPDATE OF o) d;
    changed := changed + want_specs(m.request_id, 1::smallint, instant, ids, specs);
    RETURN changed + settle_accounts(m.tenant_id, m.request_id, instant);
END $f$;

-- Nothing of the customer is wanted in one of the directories of a move any more.
CREATE FUNCTION leave_directory(m directory_move, directory uuid, of_request uuid, instant timestamptz, reserved timestamptz)
    RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE ids uuid[];
BEGIN
    SELECT array_agg(a.id) INTO ids FROM (
        SELECT o.id FROM object o WHERE o.tenant_id = m.tenant_id AND o.target_id = directory AND o.wanted
         ORDER BY o.id FOR UPDATE) a;
    PERFORM FROM work w WHERE w.object_id = ANY(ids) ORDER BY w.object_id FOR UPDATE;
    UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = instant
     WHERE i.object_id = ANY(ids) AND i.state IN ('requested', 'running', 'failed', 'parked');
    DELETE FROM membership e WHERE e.group_object = ANY(ids) OR e.member_object = ANY(ids);
    UPDATE reserved_name n SET reserved_until = reserved
     WHERE n.kind = 'logon_name' AND n.space = directory AND n.tenant_id = m.tenant_id AND n.reserved_until IS NULL;
    DELETE FROM directory_twin w WHERE w.tenant_id = m.tenant_id;
    RETURN want_specs(of_request, 1::smallint, instant, ids, array_fill(NULL::jsonb, ARRAY[coalesce(cardinality(ids), 0)]));
END $f$;

-- Nobody else changes what a customer has in a directory while it changes directories.
CREATE FUNCTION lock_home(of_tenant uuid) RETURNS void LANGUAGE sql
    AS $f$ SELECT pg_advisory_xact_lock(7236116, hashtext(of_tenant::text)) $f$;

-- Somebody who looked before the customer changed directories and writes after it would
-- write into the directory it left, where nobody looks any more: the write is refused and
-- may be repeated. Containers are excepted: tenants are renamed and moved in both.
CREATE FUNCTION refuse_left_objects() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
BEGIN
    -- What runs as owner knows what it does, and the engine changes nothing that is wanted.
    IF current_user <> 'tenantry_app' THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(7236116, hashtext(x.tenant_id::text)) FROM (SELECT DISTINCT tenant_id FROM fresh) x;
    IF EXISTS (SELECT FROM fresh f JOIN tenant t ON t.id = f.tenant_id
                WHERE t.kind = 'customer' AND f.target_id <> t.target_id AND f.kind <> 'container') THEN
        RAISE EXCEPTION 'the customer lives in another directory now' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $f$;
CREATE FUNCTION refuse_left_members() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
BEGIN
    IF current_user <> 'tenantry_app' THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(7236116, hashtext(x.tenant_id::text)) FROM (SELECT DISTINCT tenant_id FROM fresh) x;
    IF EXISTS (SELECT FROM fresh f JOIN object o ON o.id = f.group_object JOIN tenant t ON t.id = f.tenant_id
                WHERE t.kind = 'customer' AND o.target_id <> t.target_id) THEN
        RAISE EXCEPTION 'the customer lives in another directory now' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $f$;
CREATE TRIGGER object_left_insert AFTER INSERT ON object REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_left_objects();
CREATE TRIGGER object_left_update AFTER UPDATE ON object REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_left_objects();
CREATE TRIGGER membership_left_insert AFTER INSERT ON membership REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_left_members();
CREATE TRIGGER membership_left_update AFTER UPDATE ON membership REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_left_members();

-- Begins: everything is wanted in the other directory. As owner, because the containers of
-- sellers are not the caller's, and names of a directory are shared. Gives what stands in
-- the way, or null.
CREATE FUNCTION prepare_directory_move(move uuid, instant timestamptz) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE m directory_move; why text;
BEGIN
    SELECT * INTO STRICT m FROM directory_move d WHERE d.id = move;
    IF NOT in_scope(m.tenant_id) THEN
        RAISE EXCEPTION 'customers are moved by those above them' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM lock_home(m.tenant_id);
    PERFORM lock_directory(m.to_target);
    SELECT placement_obstacle(e.parent, m.to_target, m.tenant_id) INTO why FROM tenant_edge e
     WHERE e.child = m.tenant_id AND e.valid_to IS NULL;
    IF why IS NULL THEN
        PERFORM carry_directory(m, true, instant);
    END IF;
    RETURN why;
END $f$;

-- Takes a move back. While it is prepared, nothing of it stays; afterwards the same way is
-- gone back. `of_request` is the caller's.
CREATE FUNCTION take_back_directory_move(move uuid, of_request uuid, instant timestamptz)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE m directory_move;
BEGIN
    SELECT * INTO STRICT m FROM directory_move d WHERE d.id = move;
    IF NOT in_scope(m.tenant_id) THEN
        RAISE EXCEPTION 'customers are moved by those above them' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM lock_home(m.tenant_id);
    SELECT * INTO STRICT m FROM directory_move d WHERE d.id = move FOR UPDATE;
    IF m.phase = 'preparing' THEN
        UPDATE directory_move d SET phase = 'cancelled', ended_at = instant, request_id = of_request WHERE d.id = move;
        PERFORM leave_directory(m, m.to_target, of_request, instant, instant);
    ELSIF m.phase = 'grace' AND m.purge_at > instant THEN
        UPDATE directory_move d SET phase = 'returning', request_id = of_request WHERE d.id = move RETURNING * INTO m;
        PERFORM carry_directory(m, false, instant);
    ELSE
        -- The sweep was faster.
        RAISE EXCEPTION 'the move is in another phase' USING ERRCODE = 'serialization_failure';
    END IF;
END $f$;

-- The next step of a move, if it can be taken: what was changed meanwhile follows; when
-- everything was read back, the customer lives there; when the grace is over, the old
-- objects go. Every step is one transaction, and what it does follows from what is stored.
CREATE FUNCTION drive_directory_move(move uuid, instant timestamptz, reserved timestamptz, link_hours int, version text)
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

REVOKE EXECUTE ON FUNCTION logon_candidate, logon_conflicts, take_logon, carry_directory, carry_members, carried,
    switch_directory, leave_directory, lock_home, refuse_left_objects, refuse_left_members, prepare_directory_move,
    take_back_directory_move, drive_directory_move FROM PUBLIC;
GRANT EXECUTE ON FUNCTION logon_conflicts, prepare_directory_move, take_back_directory_move TO tenantry_app;
GRANT EXECUTE ON FUNCTION drive_directory_move TO tenantry_engine;
