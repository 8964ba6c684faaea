-- Names that somebody has in a directory who is nobody's here: surveys saw them.

CREATE INDEX survey_object_logon ON survey_object (survey_id, lower(attributes ->> 'logon_name')) WHERE marker IS NULL;
CREATE INDEX survey_object_principal ON survey_object (survey_id, lower(attributes ->> 'principal_name'))
    WHERE marker IS NULL;

-- Of names those that accounts and groups of a directory have which are not the product's, and when that was seen:
-- by the newest survey of everything, and by newer ones of a part. Runs as owner, because what is seen of a
-- directory is its owner's; tells of names that were asked for, to whom may see the tenant that lives there.
CREATE FUNCTION names_seen(tenant uuid, directory uuid, kinds text[], names text[], at timestamptz)
    RETURNS TABLE (kind text, value text, seen_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
    WITH looked AS MATERIALIZED (
        SELECT s.id, s.created_at FROM survey s
         WHERE s.target_id = directory AND s.state = 'done' AND s.expires_at > at
           AND NOT EXISTS (
               SELECT FROM survey n WHERE n.target_id = s.target_id AND n.state = 'done' AND n.id > s.id
                  AND (n.base_dn IS NULL OR lower(n.base_dn) = lower(s.base_dn)))
           AND EXISTS (SELECT FROM tenant t WHERE t.id = names_seen.tenant AND t.target_id = directory)
           AND EXISTS (
               SELECT FROM caller_root r JOIN tenant_closure c ON c.ancestor = r.tenant_id
                WHERE r.user_id = caller() AND (r.expires_at IS NULL OR r.expires_at > at)
                  AND c.descendant = names_seen.tenant))
    SELECT asked.kind, asked.value, max(looked.created_at)
      FROM unnest(kinds, names) AS asked (kind, value)
     CROSS JOIN looked
     CROSS JOIN LATERAL (
        SELECT o.external_id FROM survey_object o
         WHERE asked.kind = 'logon_name' AND o.survey_id = looked.id AND o.marker IS NULL
           AND lower(o.attributes ->> 'logon_name') = asked.value
         UNION ALL
        SELECT o.external_id FROM survey_object o
         WHERE asked.kind = 'principal_name' AND o.survey_id = looked.id AND o.marker IS NULL
           AND lower(o.attributes ->> 'principal_name') = asked.value) o
     WHERE NOT EXISTS (
        SELECT FROM external_object x WHERE x.target_id = directory AND x.external_id = o.external_id)
     GROUP BY asked.kind, asked.value
$f$;
REVOKE ALL ON FUNCTION names_seen FROM PUBLIC;
GRANT EXECUTE ON FUNCTION names_seen TO tenantry_app;
