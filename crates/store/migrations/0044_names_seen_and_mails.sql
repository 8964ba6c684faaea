-- Names that somebody has in a directory who is nobody's here, as surveys saw them; and pages without the mails of
-- their brand.

-- ---------------------------------------------------------------- names seen

CREATE INDEX survey_object_logon ON survey_object (survey_id, lower(attributes ->> 'logon_name')) WHERE marker IS NULL;
CREATE INDEX survey_object_principal ON survey_object (survey_id, lower(attributes ->> 'principal_name'))
    WHERE marker IS NULL;

-- Of names those that accounts and groups of a directory have which are not the product's, and when that was seen:
-- by the newest survey of everything and by newer ones of a part, of which each knows better what lies there. Runs as
-- owner, because what is seen of a directory is its owner's: tells of names that were asked for, to whom may see the
-- tenant that lives there; and when they were seen to whom may take over what is there: of that one of the tenants
-- `adopters` is at or above the directory's owner. In plpgsql, which keeps its plan, because everybody who is made asks; and each name by its
-- index, however few objects there were when the plan was made.
CREATE FUNCTION names_seen(
    of_tenant uuid, directory uuid, adopters uuid[], kinds text[], names text[], at timestamptz)
    RETURNS TABLE (kind text, value text, seen_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $f$
#variable_conflict use_column
DECLARE
    looked uuid[] := ARRAY(
        SELECT s.id FROM survey s
         WHERE s.target_id = directory AND s.state = 'done' AND s.expires_at > at
           AND NOT EXISTS (
               SELECT FROM survey n WHERE n.target_id = s.target_id AND n.state = 'done' AND n.id > s.id
                  AND n.base_dn IS NULL));
BEGIN
    IF looked = '{}' OR NOT EXISTS (
           SELECT FROM tenant t JOIN tenant_closure c ON c.descendant = t.id
             JOIN caller_root r ON r.tenant_id = c.ancestor
            WHERE t.id = of_tenant AND t.target_id = directory AND r.user_id = caller()
              AND (r.expires_at IS NULL OR r.expires_at > at))
    THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT asked.kind, asked.value, CASE WHEN EXISTS (
               SELECT FROM target d JOIN tenant_closure c ON c.descendant = d.tenant_id
                WHERE d.id = directory AND c.ancestor = ANY (adopters)) THEN max(s.created_at) END
      FROM unnest(kinds, names) AS asked (kind, value)
     CROSS JOIN unnest(looked) AS l (id)
     CROSS JOIN LATERAL (
        SELECT o.external_id, o.dn_key FROM survey_object o
         WHERE asked.kind = 'logon_name' AND o.survey_id = l.id AND o.marker IS NULL
           AND lower(o.attributes ->> 'logon_name') = asked.value
         UNION ALL
        SELECT o.external_id, o.dn_key FROM survey_object o
         WHERE asked.kind = 'principal_name' AND o.survey_id = l.id AND o.marker IS NULL
           AND lower(o.attributes ->> 'principal_name') = asked.value
        OFFSET 0) o
      JOIN survey s ON s.id = l.id
     WHERE NOT EXISTS (
        SELECT FROM external_object x WHERE x.target_id = directory AND x.external_id = o.external_id)
       AND NOT EXISTS (
        SELECT FROM survey n WHERE n.id = ANY (looked) AND n.id > l.id
           AND (o.dn_key = lower(n.base_dn) OR o.dn_key LIKE '%,' || replace(replace(replace(
                lower(n.base_dn), '\', '\\'), '%', '\%'), '_', '\_')))
     GROUP BY asked.kind, asked.value;
END $f$;
REVOKE ALL ON FUNCTION names_seen FROM PUBLIC;
GRANT EXECUTE ON FUNCTION names_seen TO tenantry_app;

-- ---------------------------------------------------------------- mails

-- As in 0021; without what only mails say where nobody writes one: every page asks, and a brand may say many.
DROP FUNCTION brand_parts(uuid);
CREATE FUNCTION brand_parts(of_tenant uuid, with_mails boolean DEFAULT true) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
    RETURN (SELECT jsonb_build_object(
        'path', coalesce(jsonb_agg(c.ancestor ORDER BY c.depth DESC), '[]'),
        'configured', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(t.id, b.name)), '[]')
              FROM tenant_closure u JOIN tenant t ON t.id = u.ancestor JOIN brand b ON b.id = t.brand_id
             WHERE u.descendant = of_tenant AND NOT EXISTS (
                   SELECT FROM tenant_closure d JOIN tenant p ON p.id = d.ancestor
                    WHERE d.descendant = t.id AND d.depth = 1 AND p.brand_id = t.brand_id)),
        'said', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(s.tenant_id, s.name, s.value)), '[]')
              FROM tenant_closure u JOIN tenant_setting s ON s.tenant_id = u.ancestor
             WHERE u.descendant = of_tenant AND (with_mails OR s.name NOT LIKE 'mail\_%')),
        'set', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(p.tenant_id, p.picture, p.digest)), '[]')
              FROM tenant_closure u JOIN brand_picture p ON p.tenant_id = u.ancestor
             WHERE u.descendant = of_tenant))
      FROM tenant_closure c WHERE c.descendant = of_tenant);
END $f$;
REVOKE EXECUTE ON FUNCTION brand_parts FROM PUBLIC;

CREATE OR REPLACE FUNCTION brand_at(host text) RETURNS TABLE (tenant uuid, parts jsonb, configured text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
    RETURN QUERY SELECT h.tenant_id, brand_parts(h.tenant_id, false), NULL::text FROM host_name h WHERE h.name = host;
    IF NOT FOUND THEN
        RETURN QUERY SELECT NULL::uuid, NULL::jsonb, b.name FROM brand b WHERE host = ANY (b.host_names);
    END IF;
END $f$;
