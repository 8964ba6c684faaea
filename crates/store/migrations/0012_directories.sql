-- Several directories side by side: whose each is, where sellers place customers, and
-- sellers' containers where they are needed. Expands only.

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
