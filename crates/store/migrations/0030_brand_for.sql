-- As in 0021, in the language whose statements keep their plans: everybody who is made gets a link,
-- and to plan this took longer than all else that is asked for it.
CREATE OR REPLACE FUNCTION brand_for(of_tenant uuid) RETURNS TABLE (host text, parts jsonb, code text, configured text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH up AS (
        SELECT c.ancestor, c.depth FROM tenant_closure c WHERE c.descendant = of_tenant
           AND (session_user <> 'tenantry_app' OR of_tenant = scope_tenant() OR of_tenant = home() OR in_scope(of_tenant))),
    own AS (
        SELECT u.ancestor, u.depth, h.name FROM up u JOIN host_name h ON h.tenant_id = u.ancestor
         ORDER BY u.depth, h.created_at, h.name LIMIT 1),
    given AS (
        SELECT b.code, b.name, b.host_names[1] AS host, max(u.depth) AS depth
          FROM up u JOIN tenant t ON t.id = u.ancestor JOIN brand b ON b.id = t.brand_id
         WHERE b.id = (SELECT x.brand_id FROM up v JOIN tenant x ON x.id = v.ancestor WHERE x.brand_id IS NOT NULL
                        ORDER BY v.depth LIMIT 1)
         GROUP BY b.code, b.name, b.host_names)
    SELECT own.name, brand_parts(own.ancestor), NULL::text, NULL::text FROM own
     WHERE NOT EXISTS (SELECT FROM given g WHERE g.depth < own.depth)
    UNION ALL
    SELECT g.host, NULL::jsonb, g.code, g.name FROM given g
     WHERE NOT EXISTS (SELECT FROM own WHERE own.depth <= g.depth);
END $f$;
