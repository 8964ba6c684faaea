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
