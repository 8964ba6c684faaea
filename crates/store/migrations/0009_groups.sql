-- Groups in full: kinds and mail, removal with time to restore, groups in groups,
-- memberships that end, and members somebody changed behind our back. Expands only.

-- ---------------------------------------------------------------- groups

ALTER TABLE user_group
    ADD COLUMN group_kind text NOT NULL DEFAULT 'security' CHECK (group_kind IN ('security', 'distribution')),
    ADD COLUMN mail text,
    -- Further addresses, separated by blanks.
    ADD COLUMN aliases text,
    -- Until then a removed group can be restored; afterwards it goes from the directory.
    ADD COLUMN purge_at timestamptz,
    -- The request that removed it: the members it took out are those a restoration puts in.
    ADD COLUMN delete_request uuid;
CREATE INDEX user_group_purge ON user_group (purge_at) WHERE purge_at IS NOT NULL;
CREATE INDEX user_group_removed ON user_group (tenant_id, id) WHERE purge_at IS NOT NULL;
GRANT UPDATE (group_kind, mail, aliases, purge_at, delete_request) ON user_group TO tenantry_app;

-- Who owns a group: may change who is in it, without any role. In order; the first is
-- the one a directory shows.
ALTER TABLE user_group ADD UNIQUE (tenant_id, id);
CREATE TABLE group_owner (
    group_id uuid NOT NULL,
    user_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    position int NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, user_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES user_group (tenant_id, id),
    -- Of the same tenant, so that nobody outside gets anything by it.
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
COMMENT ON TABLE group_owner IS 'class: owned';
CREATE INDEX group_owner_user ON group_owner (user_id);
ALTER TABLE group_owner ENABLE ROW LEVEL SECURITY;
ALTER TABLE group_owner FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON group_owner TO CURRENT_USER USING (true) WITH CHECK (true);
SELECT own_policies('group_owner', 'tenant_id');
CREATE POLICY own ON group_owner FOR SELECT TO tenantry_app USING (user_id = (SELECT caller()));
GRANT SELECT, INSERT, DELETE ON group_owner TO tenantry_app;
-- Owners find their groups, and lock one to change its members; what else they see of the
-- tenant follows from the decision, in the transaction that acts.
CREATE POLICY own ON user_group FOR SELECT TO tenantry_app USING (
    EXISTS (SELECT FROM group_owner o WHERE o.group_id = user_group.id AND o.user_id = (SELECT caller())));
CREATE POLICY own_lock ON user_group FOR UPDATE TO tenantry_app USING (
    EXISTS (SELECT FROM group_owner o WHERE o.group_id = user_group.id AND o.user_id = (SELECT caller())))
    WITH CHECK (false);

-- ---------------------------------------------------------------- memberships

-- The member is a group. Few edges are, and only those are followed.
ALTER TABLE membership ADD COLUMN nested boolean NOT NULL DEFAULT false;
CREATE INDEX membership_nested ON membership (group_object) WHERE nested AND wanted;
CREATE INDEX membership_until ON membership (until) WHERE until IS NOT NULL AND wanted;
GRANT UPDATE (nested) ON membership TO tenantry_app;

-- Ends memberships whose time is over: one request for each tenant, one event for
-- each member. Of two that run at once the second finds nothing left to end. Gives
-- how many ended; as many as `most` for a tenant, so the caller asks again.
CREATE FUNCTION end_memberships(instant timestamptz, most int, few int, software text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE t uuid; of_request uuid; in_groups uuid[]; n bigint; ended bigint := 0; in_lane smallint;
BEGIN
    FOR t IN SELECT DISTINCT d.tenant_id FROM (SELECT m.tenant_id FROM membership m WHERE m.wanted AND m.until <= instant
                                                ORDER BY m.until LIMIT most) d ORDER BY 1
    LOOP
        SELECT array_agg(DISTINCT m.group_object) INTO in_groups FROM membership m
         WHERE m.tenant_id = t AND m.wanted AND m.until <= instant;
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

-- Removed groups whose time for restoring is over go from the directory; their names
-- are reserved like others.
CREATE FUNCTION purge_groups(instant timestamptz, reserved timestamptz, software text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE g record; of_request uuid; ids uuid[]; objects bigint; purged bigint := 0;
BEGIN
    FOR g IN SELECT x.id, x.tenant_id, x.object_id, x.name FROM user_group x WHERE x.purge_at <= instant
              ORDER BY x.purge_at, x.id LIMIT 200 FOR UPDATE SKIP LOCKED
    LOOP
        of_request := time_ordered_id(instant);
        UPDATE user_group SET purge_at = NULL, delete_request = NULL WHERE id = g.id;
        UPDATE reserved_name n SET reserved_until = reserved WHERE n.owner = g.id AND n.reserved_until IS NULL;
        SELECT array_agg(a.id) INTO ids FROM
            (SELECT o.id FROM object o WHERE o.id = g.object_id AND o.wanted FOR UPDATE) a;
        objects := want_specs(of_request, 1::smallint, instant, ids,
                              array_fill(NULL::jsonb, ARRAY[coalesce(cardinality(ids), 0)]));
        IF objects > 0 THEN
            INSERT INTO request (id, tenant_id, kind, args, lane, created_at)
            VALUES (of_request, g.tenant_id, 'group_purge', jsonb_build_object('name', g.name), 1, instant);
        END IF;
        INSERT INTO event (id, tenant_id, occurred_at, recorded_at, code, outcome, actor_kind, target_kind, target_id,
            request_id, schema_version, software_version)
        VALUES (time_ordered_id(instant), g.tenant_id, instant, instant, 'group.purged', 'success', 'system', 'group',
            printed_id('grp', g.id), CASE WHEN objects > 0 THEN of_request END, 1, software);
        purged := purged + 1;
    END LOOP;
    RETURN purged;
END $f$;

REVOKE EXECUTE ON FUNCTION end_memberships, purge_groups FROM PUBLIC;
GRANT EXECUTE ON FUNCTION end_memberships, purge_groups TO tenantry_engine;

-- ---------------------------------------------------------------- members nobody wanted

-- For a member that is ours and of the same tenant, its object.
ALTER TABLE finding ADD COLUMN member_object uuid;
GRANT UPDATE (member_object) ON finding TO tenantry_engine;

-- Somebody is in a group who should not be, and it was decided that they go. They need
-- not be ours, so there is no edge; what is in the table is on its way out.
CREATE TABLE stray_member (
    group_object uuid NOT NULL,
    -- The member's id in the target.
    external_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    dn text NOT NULL,
    -- Whose item tells how it ended; none where the policy enforces.
    request_id uuid REFERENCES request (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (group_object, external_id),
    FOREIGN KEY (tenant_id, group_object) REFERENCES object (tenant_id, id)
);
COMMENT ON TABLE stray_member IS 'class: owned';
ALTER TABLE stray_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE stray_member FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON stray_member TO CURRENT_USER USING (true) WITH CHECK (true);
SELECT own_policies('stray_member', 'tenant_id');
CREATE POLICY engine ON stray_member TO tenantry_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON stray_member TO tenantry_app;
GRANT UPDATE (request_id, dn) ON stray_member TO tenantry_app;
GRANT SELECT, INSERT, DELETE ON stray_member TO tenantry_engine;

-- ---------------------------------------------------------------- who may

-- The next version of the role that may everything, and its holders with it: otherwise
-- nobody of an existing instance had the new permission.
INSERT INTO role (code, version, tenant_id, permissions, administrator, created_at)
SELECT r.code, 3, r.tenant_id, r.permissions, r.administrator, now() FROM role r
 WHERE r.code = 'provider_administrator' AND r.version = 2
ON CONFLICT DO NOTHING;
UPDATE role r SET permissions = r.permissions || ARRAY['group_members']
 WHERE r.code = 'provider_administrator' AND r.version = 3 AND NOT 'group_members' = ANY (r.permissions);
UPDATE role_grant g SET role_version = 3
 WHERE g.role_code = 'provider_administrator' AND g.role_version = 2 AND g.revoked_at IS NULL
   AND EXISTS (SELECT FROM role r WHERE r.code = g.role_code AND r.version = 3);
