-- What is slow with a million people below one tenant: quotas are counted up, and names of
-- directories are found by an index (docs/decisions/0030-counted-quotas.md). Expands only.
-- A server may be serving meanwhile: tables are taken in the order in which it takes them.

-- ---------------------------------------------------------------- names of directories

-- What lies at and below a place of a directory, whatever is written large: names are compared from
-- their ends. Their last 500 characters alone, because an entry of an index cannot be as long as a name.
CREATE INDEX external_object_place ON external_object (target_id, left(reverse(lower(dn)), 500) text_pattern_ops);

-- ---------------------------------------------------------------- bundles

-- What a bundle gave of a service that was taken from the customer it does not give any more.
GRANT UPDATE (plans) ON bundle_assignment TO tenantry_app;
-- Where that happened before: who has a bundle and not the plan lost it with its service. What a
-- closed customer had it gets back with its bundles.
UPDATE bundle_assignment a SET plans = ARRAY(
        SELECT x.plan FROM unnest(a.plans) WITH ORDINALITY AS x (plan, n)
         WHERE EXISTS (SELECT FROM subscription s JOIN plan p ON p.id = s.plan_id
                         JOIN user_group g ON g.object_id = s.group_object
                         JOIN service_instance i ON i.id = g.instance_id
                        WHERE s.user_id = a.user_id AND s.ended_at IS NULL AND p.code || '@' || i.code = x.plan)
         ORDER BY x.n)
 WHERE a.ended_at IS NULL
   AND EXISTS (SELECT FROM users u WHERE u.id = a.user_id AND u.deleted_at IS NULL)
   AND NOT EXISTS (SELECT FROM tenant t WHERE t.id = a.tenant_id AND t.closed_at IS NOT NULL);

-- ---------------------------------------------------------------- quotas that are counted up

-- What there is more or less of, appended: who takes something waits for nobody.
CREATE TABLE quota_tally (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    n bigint NOT NULL
);
COMMENT ON TABLE quota_tally IS 'class: system';
CREATE INDEX quota_tally_of ON quota_tally (tenant_id, kind, subject);

-- Plans that end count for no quota any more, many at once.
CREATE FUNCTION tally_ended_plans() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    -- Mostly nobody has a quota.
    IF NOT EXISTS (SELECT FROM quota) THEN
        RETURN NULL;
    END IF;
    INSERT INTO quota_tally (tenant_id, kind, subject, n)
    SELECT u.tenant_id, u.kind, u.subject, -sum(e.n)::bigint
      FROM (SELECT n.tenant_id, n.plan_id, count(*) AS n FROM new_rows n JOIN old_rows o ON o.id = n.id
             WHERE n.ended_at IS NOT NULL AND o.ended_at IS NULL GROUP BY 1, 2) e
      JOIN plan p ON p.id = e.plan_id JOIN service v ON v.id = p.service_id
      JOIN tenant_closure c ON c.descendant = e.tenant_id
      JOIN quota u ON u.tenant_id = c.ancestor
                  AND (u.kind = 'plan' AND u.subject = p.code OR u.kind = 'service' AND u.subject = v.code)
     GROUP BY 1, 2, 3;
    RETURN NULL;
END $f$;
CREATE TRIGGER subscription_tally AFTER UPDATE ON subscription REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_ended_plans();

-- A plan in another version takes the place of one that ended: nobody asks whether there is room for it.
CREATE FUNCTION tally_next_plan() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    INSERT INTO quota_tally (tenant_id, kind, subject, n)
    SELECT u.tenant_id, u.kind, u.subject, 1
      FROM plan p JOIN service v ON v.id = p.service_id
      JOIN tenant_closure c ON c.descendant = NEW.tenant_id
      JOIN quota u ON u.tenant_id = c.ancestor
                  AND (u.kind = 'plan' AND u.subject = p.code OR u.kind = 'service' AND u.subject = v.code)
     WHERE p.id = NEW.plan_id;
    RETURN NULL;
END $f$;
CREATE TRIGGER subscription_tally_next AFTER INSERT ON subscription FOR EACH ROW
    WHEN (NEW.former_id IS NOT NULL AND NEW.ended_at IS NULL) EXECUTE FUNCTION tally_next_plan();

ALTER TABLE quota
    -- How much there is, without what quota_tally says. Not known when the quota was set, or a
    -- tenant came to stand below it or left it: then it is counted, until the engine knows.
    ADD COLUMN used bigint,
    -- What is counted holds once every transaction older than this one has ended: one of them may
    -- have written something without having seen that this quota counts it.
    ADD COLUMN sure_from xid8,
    -- When it was counted last.
    ADD COLUMN counted_at timestamptz;
CREATE INDEX quota_unknown ON quota (tenant_id) WHERE used IS NULL;
CREATE INDEX quota_counted_at ON quota (counted_at) WHERE used IS NOT NULL;

CREATE FUNCTION forget_tallies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    DELETE FROM quota_tally t WHERE (t.tenant_id, t.kind, t.subject) = (OLD.tenant_id, OLD.kind, OLD.subject);
    RETURN NULL;
END $f$;
CREATE TRIGGER quota_gone AFTER DELETE ON quota FOR EACH ROW EXECUTE FUNCTION forget_tallies();

-- How much there is of what a quota counts. Counted row by row only where it is not known.
CREATE FUNCTION quota_counted(of_tenant uuid, of_kind text, of_subject text) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $f$
    SELECT coalesce(
        (SELECT u.used + (SELECT coalesce(sum(t.n), 0)::bigint FROM quota_tally t
                           WHERE (t.tenant_id, t.kind, t.subject) = (of_tenant, of_kind, of_subject))
           FROM quota u WHERE (u.tenant_id, u.kind, u.subject) = (of_tenant, of_kind, of_subject)),
        quota_used(of_tenant, of_kind, of_subject))
$f$;

-- The same, for who may see the tenant.
CREATE FUNCTION quota_now(of_tenant uuid, of_kind text, of_subject text) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
    IF of_tenant IS DISTINCT FROM scope_tenant() AND NOT in_scope(of_tenant) THEN
        RAISE EXCEPTION 'quotas are asked for tenants of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN quota_counted(of_tenant, of_kind, of_subject);
END $f$;

-- As before, and from here on until the end of its transaction a tenant that is given something stays
-- below whom it stands: who moves it, or one above it, waits for all who give there and for nobody
-- else (settle_move), and who gives sees where it moved. Not STABLE, so that it sees what was true
-- after it waited.
CREATE OR REPLACE FUNCTION bounded(tenants uuid[]) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE own boolean := coalesce(tenants = ARRAY[scope_tenant()], false); present uuid[]; n bigint; settled boolean; counted boolean;
BEGIN
    IF NOT own AND EXISTS (SELECT FROM unnest(tenants) x (id) WHERE id IS DISTINCT FROM scope_tenant() AND NOT in_scope(id)) THEN
        RAISE EXCEPTION 'quotas are asked for tenants of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    LOOP
        SELECT array_agg(c.ancestor), count(pg_advisory_xact_lock_shared(uuid_hash_extended(c.ancestor, 34))) INTO present, n
          FROM tenant_closure c WHERE c.descendant = ANY(tenants);
        -- What is above stays so from here on, if it has not changed before it was locked.
        SELECT NOT EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = ANY(tenants) AND c.ancestor <> ALL(present)),
               EXISTS (SELECT FROM quota u WHERE u.tenant_id = ANY(present)) INTO settled, counted;
        EXIT WHEN settled;
    END LOOP;
    IF NOT own AND EXISTS (SELECT FROM unnest(tenants) x (id) WHERE id IS DISTINCT FROM scope_tenant() AND NOT in_scope(id)) THEN
        RAISE EXCEPTION 'a tenant moved away meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN counted;
END $f$;

-- As before; what is given is added under the lock, so that nothing is counted there.
CREATE OR REPLACE FUNCTION quotas_exceeded(of_tenant uuid, people bigint, plans uuid[], seats bigint[])
    RETURNS TABLE (owner uuid, kind text, subject text, most bigint, used bigint, asked bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE q record; present bigint;
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
        -- Read again under the lock: it may have been changed, and those before us have ended.
        SELECT u.most, u.used INTO q.most, present FROM quota u
         WHERE (u.tenant_id, u.kind, u.subject) = (q.tenant_id, q.kind, q.subject) FOR UPDATE;
        CONTINUE WHEN NOT FOUND;
        IF present IS NULL THEN
            -- What was written is there already; told, so that it is known of when it is counted.
            INSERT INTO quota_tally (tenant_id, kind, subject, n) VALUES (q.tenant_id, q.kind, q.subject, q.asked);
            used := quota_used(q.tenant_id, q.kind, q.subject);
        ELSE
            WITH t AS (DELETE FROM quota_tally t WHERE (t.tenant_id, t.kind, t.subject) = (q.tenant_id, q.kind, q.subject)
                       RETURNING t.n)
            UPDATE quota u SET used = u.used + q.asked + (SELECT coalesce(sum(t.n), 0)::bigint FROM t)
             WHERE (u.tenant_id, u.kind, u.subject) = (q.tenant_id, q.kind, q.subject) RETURNING u.used INTO used;
        END IF;
        IF used > q.most THEN
            owner := q.tenant_id; kind := q.kind; subject := q.subject; most := q.most; asked := q.asked;
            RETURN NEXT;
        END IF;
    END LOOP;
END $f$;

-- As before, without counting what is known, and without holding up who gives something: it is
-- asked once more when the move is made.
CREATE OR REPLACE FUNCTION move_exceeds(moved uuid, new_parent uuid)
    RETURNS TABLE (owner uuid, kind text, subject text, most bigint, used bigint, asked bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE q record;
BEGIN
    IF caller() IS NOT NULL AND NOT (in_scope(moved) AND in_scope(new_parent)) THEN
        RAISE EXCEPTION 'moves are asked for by those above both' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR q IN
        SELECT u.tenant_id, u.kind, u.subject, u.most FROM tenant_closure c JOIN quota u ON u.tenant_id = c.ancestor
         WHERE c.descendant = new_parent AND NOT EXISTS (
               SELECT FROM tenant_closure o WHERE o.ancestor = c.ancestor AND o.descendant = moved)
         ORDER BY u.tenant_id, u.kind, u.subject
    LOOP
        asked := quota_used(moved, q.kind, q.subject);
        CONTINUE WHEN asked = 0;
        used := quota_counted(q.tenant_id, q.kind, q.subject) + asked;
        IF used > q.most THEN
            owner := q.tenant_id; kind := q.kind; subject := q.subject; most := q.most;
            RETURN NEXT;
        END IF;
    END LOOP;
END $f$;

-- The end of a move. Nobody gives anything to anybody at and below who moves from here until it is
-- committed, so that nobody comes who is counted neither here nor there; whoever did before makes the
-- move begin again, which then is refused with reasons. Of sellers that are left or come to, and of
-- nobody else, it is not known any more how much there is. Runs as owner, because a quota may be that
-- of a seller the caller does not see.
CREATE FUNCTION settle_move(moved uuid, former uuid, new_parent uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
DECLARE q record; changed uuid[]; asked bigint; present bigint;
BEGIN
    IF caller() IS NOT NULL AND NOT (in_scope(moved) AND in_scope(new_parent)) THEN
        RAISE EXCEPTION 'moves are made by those above both' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(uuid_hash_extended(moved, 34));
    SELECT array_agg(DISTINCT u.tenant_id) INTO changed FROM quota u
     WHERE EXISTS (SELECT FROM tenant_closure c WHERE c.ancestor = u.tenant_id AND c.descendant = former)
        <> EXISTS (SELECT FROM tenant_closure c WHERE c.ancestor = u.tenant_id AND c.descendant = new_parent);
    IF changed IS NULL THEN
        RETURN;
    END IF;
    FOR q IN SELECT u.* FROM tenant_closure c JOIN quota u ON u.tenant_id = c.ancestor
              WHERE c.descendant = new_parent AND u.tenant_id = ANY(changed) LOOP
        asked := quota_used(moved, q.kind, q.subject);
        CONTINUE WHEN asked = 0;
        -- What is known is so without whom moves, what is counted with them.
        present := CASE WHEN q.used IS NULL THEN quota_used(q.tenant_id, q.kind, q.subject)
                        ELSE quota_counted(q.tenant_id, q.kind, q.subject) + asked END;
        IF present > q.most THEN
            RAISE EXCEPTION 'more was given while tenant % moved', moved USING ERRCODE = 'serialization_failure';
        END IF;
    END LOOP;
    PERFORM FROM quota u WHERE u.tenant_id = ANY(changed) ORDER BY u.tenant_id, u.kind, u.subject FOR UPDATE;
    UPDATE quota u SET used = NULL, sure_from = NULL WHERE u.tenant_id = ANY(changed);
END $f$;

-- As before, and its end is that for quotas.
CREATE OR REPLACE FUNCTION move_tenant(moved uuid, new_parent uuid, day date, of_request uuid, instant timestamptz)
    RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE since timestamptz; former uuid; ids uuid[]; specs jsonb[]; directory uuid; made bigint := 0;
BEGIN
    UPDATE tenant_edge e SET valid_to = greatest(instant, e.valid_from + interval '1 us'), to_day = day
     WHERE e.child = moved AND e.valid_to IS NULL RETURNING e.valid_to, e.parent INTO STRICT since, former;
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
    made := made + want_specs(of_request, 0::smallint, instant, ids, specs) + settle_accounts(moved, of_request, instant);
    PERFORM settle_move(moved, former, new_parent);
    RETURN made;
END $f$;

-- As before, one at a time: a move ends with counting what those it comes to have.
CREATE OR REPLACE FUNCTION take_planned_moves(instant timestamptz, most_levels int, version text)
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE m record; of_request uuid; objects bigint := 0; obstacle text;
BEGIN
    IF NOT EXISTS (SELECT FROM planned_move p
                    WHERE p.done_at IS NULL AND p.cancelled_at IS NULL AND p.effective_at <= instant) THEN
        RETURN 0;
    END IF;
    PERFORM lock_tree();
    SELECT p.*, t.name INTO m FROM planned_move p JOIN tenant t ON t.id = p.tenant_id
     WHERE p.done_at IS NULL AND p.cancelled_at IS NULL AND p.effective_at <= instant
     ORDER BY p.effective_at, p.id LIMIT 1 FOR UPDATE OF p SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    of_request := time_ordered_id(instant);
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
    RETURN 1;
END $f$;

-- As before; who goes counts for no quota any more. Who comes back is told by who restores them.
CREATE OR REPLACE FUNCTION tally_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
DECLARE gone boolean := TG_OP = 'DELETE';
BEGIN
    IF gone THEN
        INSERT INTO figure_tally (tenant_id, day, people) VALUES (OLD.tenant_id, (now() AT TIME ZONE 'UTC')::date, -1);
    ELSE
        gone := NEW.deleted_at IS NOT NULL;
        INSERT INTO figure_tally (tenant_id, day, people)
        VALUES (NEW.tenant_id, (coalesce(NEW.deleted_at, now()) AT TIME ZONE 'UTC')::date, CASE WHEN gone THEN -1 ELSE 1 END);
    END IF;
    -- Who moved handed the account over before.
    IF gone AND (OLD.object_id IS NOT NULL OR OLD.moved_to IS NOT NULL) THEN
        INSERT INTO quota_tally (tenant_id, kind, subject, n)
        SELECT u.tenant_id, u.kind, u.subject, -1 FROM tenant_closure c JOIN quota u ON u.tenant_id = c.ancestor
         WHERE c.descendant = OLD.tenant_id AND u.kind = 'people';
    END IF;
    RETURN NULL;
END $f$;

-- Notes from when on quotas can be counted of which it is not known how much there is. In a
-- transaction of its own, so that everybody who begins later sees them.
CREATE FUNCTION note_unknown_quotas() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    -- Who is changing one is waited for: the next statement sees what that was.
    PERFORM FROM quota u WHERE u.used IS NULL ORDER BY u.tenant_id, u.kind, u.subject FOR UPDATE;
    UPDATE quota u SET sure_from = pg_snapshot_xmax(pg_current_snapshot())
     WHERE u.used IS NULL
       -- A restored database begins to count its transactions again.
       AND (u.sure_from IS NULL OR u.sure_from > pg_snapshot_xmax(pg_current_snapshot()));
END $f$;

-- Adds up what was taken of quotas nobody gives anything of; whoever gives does it as well, and is not
-- waited for.
CREATE FUNCTION fold_quota_tallies() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
DECLARE q record;
BEGIN
    FOR q IN SELECT u.tenant_id, u.kind, u.subject FROM quota u
              WHERE u.used IS NOT NULL AND EXISTS (
                    SELECT FROM quota_tally t WHERE (t.tenant_id, t.kind, t.subject) = (u.tenant_id, u.kind, u.subject))
              ORDER BY u.tenant_id, u.kind, u.subject FOR UPDATE OF u SKIP LOCKED
    LOOP
        WITH t AS (DELETE FROM quota_tally t WHERE (t.tenant_id, t.kind, t.subject) = (q.tenant_id, q.kind, q.subject)
                   RETURNING t.n)
        UPDATE quota u SET used = u.used + (SELECT coalesce(sum(t.n), 0)::bigint FROM t)
         WHERE (u.tenant_id, u.kind, u.subject) = (q.tenant_id, q.kind, q.subject);
    END LOOP;
END $f$;

-- Counts one quota of which it is not known how much there is, or that was not counted for a day;
-- gives by how much what was known was wrong, and nothing when none was due. Nobody waits while
-- it is counted: what is counted and what is known are seen at one instant, and whoever changes
-- one of them changes both, so what is between them stays as it is.
CREATE FUNCTION settle_quota() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
DECLARE q record; wrong bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('quotas', 33)) THEN
        RETURN NULL;
    END IF;
    SELECT u.tenant_id, u.kind, u.subject, u.used IS NOT NULL AS known, u.sure_from INTO q FROM quota u
     WHERE u.used IS NULL AND pg_snapshot_xmin(pg_current_snapshot()) >= u.sure_from
        OR u.used IS NOT NULL AND u.counted_at < now() - interval '1 day'
     ORDER BY u.used IS NOT NULL, u.counted_at LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT quota_used(u.tenant_id, u.kind, u.subject) - coalesce(u.used, 0)
           - (SELECT coalesce(sum(t.n), 0)::bigint FROM quota_tally t
               WHERE (t.tenant_id, t.kind, t.subject) = (u.tenant_id, u.kind, u.subject)) INTO wrong
      FROM quota u WHERE (u.tenant_id, u.kind, u.subject) = (q.tenant_id, q.kind, q.subject);
    -- Unless a tenant moved meanwhile.
    UPDATE quota u SET used = coalesce(u.used, 0) + wrong, counted_at = now()
     WHERE (u.tenant_id, u.kind, u.subject) = (q.tenant_id, q.kind, q.subject)
       AND u.sure_from = q.sure_from AND (u.used IS NOT NULL) = q.known;
    RETURN CASE WHEN FOUND AND q.known THEN wrong ELSE 0 END;
END $f$;

REVOKE EXECUTE ON FUNCTION quota_counted, quota_now, settle_move, tally_ended_plans, tally_next_plan,
    note_unknown_quotas, fold_quota_tallies, settle_quota, forget_tallies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quota_now, settle_move TO tenantry_app;
GRANT EXECUTE ON FUNCTION note_unknown_quotas, fold_quota_tallies, settle_quota TO tenantry_engine;

