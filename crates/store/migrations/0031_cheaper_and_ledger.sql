-- What everybody who makes somebody pays for, said in fewer and smaller statements: what a
-- statement costs in these functions is to begin it.

-- The host name under which the people of a tenant open their links: as brand_for says it, without
-- all else that belongs to a brand.
CREATE FUNCTION host_for(of_tenant uuid) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
    above record;
    own text;
    own_depth int;
    given uuid;
    given_depth int;
BEGIN
    IF session_user = 'tenantry_app' AND of_tenant IS DISTINCT FROM scope_tenant()
        AND of_tenant IS DISTINCT FROM home() AND NOT in_scope(of_tenant)
    THEN
        RETURN NULL;
    END IF;
    FOR above IN
        SELECT c.depth, t.brand_id,
               (SELECT h.name FROM host_name h WHERE h.tenant_id = c.ancestor ORDER BY h.created_at, h.name LIMIT 1) AS host
          FROM tenant_closure c JOIN tenant t ON t.id = c.ancestor WHERE c.descendant = of_tenant ORDER BY c.depth
    LOOP
        IF own IS NULL THEN
            own := above.host;
            own_depth := above.depth;
        END IF;
        IF given IS NULL OR given = above.brand_id THEN
            given := above.brand_id;
            given_depth := above.depth;
        END IF;
    END LOOP;
    IF given IS NULL OR (own IS NOT NULL AND own_depth <= given_depth) THEN
        RETURN own;
    END IF;
    RETURN (SELECT b.host_names[1] FROM brand b WHERE b.id = given);
END $f$;
REVOKE EXECUTE ON FUNCTION host_for FROM PUBLIC;
GRANT EXECUTE ON FUNCTION host_for TO tenantry_app, tenantry_auth;

-- Whether any quota counts what one of these tenants gets. Nearly nowhere does one: it is asked
-- with the events, and quotas_exceeded only where the answer is yes.
CREATE FUNCTION bounded(tenants uuid[]) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE one uuid;
BEGIN
    FOREACH one IN ARRAY tenants LOOP
        IF one IS DISTINCT FROM scope_tenant() AND NOT in_scope(one) THEN
            RAISE EXCEPTION 'quotas are asked for tenants of the caller' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF EXISTS (SELECT FROM tenant_closure c JOIN quota u ON u.tenant_id = c.ancestor WHERE c.descendant = one) THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $f$;
REVOKE EXECUTE ON FUNCTION bounded FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bounded TO tenantry_app;

-- As in 0012. Where all is of the tenant the transaction is about, where it lives is read once
-- for all statements of the transaction: the lock that is held since keeps others from moving it,
-- and only switch_directory, in a transaction of its own, moves a customer. Called with the
-- search_path of the triggers below.
CREATE FUNCTION lives_in(own uuid) RETURNS uuid LANGUAGE plpgsql AS $f$
DECLARE
    known text := current_setting('tenantry.lives', true);
    target uuid;
    done text;
BEGIN
    IF left(known, 36) = own::text THEN
        RETURN nullif(substr(known, 38), '')::uuid;
    END IF;
    done := pg_advisory_xact_lock_shared(7236116, hashtext(own::text));
    SELECT CASE WHEN t.kind = 'customer' THEN t.target_id END INTO target FROM tenant t WHERE t.id = own;
    IF FOUND THEN
        done := set_config('tenantry.lives', own || ' ' || coalesce(target::text, ''), true);
    END IF;
    RETURN target;
END $f$;
REVOKE EXECUTE ON FUNCTION lives_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lives_in TO tenantry_app;

CREATE OR REPLACE FUNCTION refuse_left_objects() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE own uuid; target uuid; left_behind boolean;
BEGIN
    -- What runs as owner knows what it does, and the engine changes nothing that is wanted.
    IF current_user <> 'tenantry_app' THEN
        RETURN NULL;
    END IF;
    own := scope_tenant();
    IF EXISTS (SELECT FROM fresh f WHERE f.tenant_id IS DISTINCT FROM own) THEN
        PERFORM pg_advisory_xact_lock_shared(7236116, hashtext(x.tenant_id::text)) FROM (SELECT DISTINCT tenant_id FROM fresh) x;
        left_behind := EXISTS (SELECT FROM fresh f JOIN tenant t ON t.id = f.tenant_id
                                WHERE t.kind = 'customer' AND f.target_id <> t.target_id AND f.kind <> 'container');
    ELSIF own IS NOT NULL THEN
        target := lives_in(own);
        left_behind := target IS NOT NULL AND EXISTS (SELECT FROM fresh f WHERE f.target_id <> target AND f.kind <> 'container');
    END IF;
    IF left_behind THEN
        RAISE EXCEPTION 'the customer lives in another directory now' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $f$;

CREATE OR REPLACE FUNCTION refuse_left_members() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $f$
DECLARE own uuid; target uuid; left_behind boolean;
BEGIN
    IF current_user <> 'tenantry_app' THEN
        RETURN NULL;
    END IF;
    own := scope_tenant();
    IF EXISTS (SELECT FROM fresh f WHERE f.tenant_id IS DISTINCT FROM own) THEN
        PERFORM pg_advisory_xact_lock_shared(7236116, hashtext(x.tenant_id::text)) FROM (SELECT DISTINCT tenant_id FROM fresh) x;
        left_behind := EXISTS (SELECT FROM fresh f JOIN object o ON o.id = f.group_object JOIN tenant t ON t.id = f.tenant_id
                                WHERE t.kind = 'customer' AND o.target_id <> t.target_id);
    ELSIF own IS NOT NULL THEN
        target := lives_in(own);
        left_behind := target IS NOT NULL
            AND EXISTS (SELECT FROM fresh f JOIN object o ON o.id = f.group_object WHERE o.target_id <> target);
    END IF;
    IF left_behind THEN
        RAISE EXCEPTION 'the customer lives in another directory now' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $f$;

-- As figures_pending, of many tenants at once: what stands below each of them.
CREATE FUNCTION figures_pending_of(tenants uuid[]) RETURNS TABLE (tenant_id uuid, customers bigint, people bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE seen uuid[] := ARRAY(SELECT x FROM unnest(tenants) x WHERE x = scope_tenant() OR in_scope(x));
BEGIN
    RETURN QUERY
    SELECT c.ancestor, sum(t.customers)::bigint, sum(t.people)::bigint
      FROM (SELECT * FROM figure_tally ORDER BY id DESC LIMIT 5000) t
      JOIN tenant_closure c ON c.descendant = t.tenant_id AND c.ancestor = ANY(seen)
     WHERE t.customers <> 0 OR t.people <> 0 GROUP BY 1;
END $f$;
REVOKE EXECUTE ON FUNCTION figures_pending_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION figures_pending_of TO tenantry_app;

-- What happened to one person, group or order.
CREATE INDEX event_target ON event (target_id, id);

-- The ledger is read in the order in which it was written.
CREATE INDEX fact_order ON fact (tenant_id, at, id);
DROP INDEX fact_tenant;
