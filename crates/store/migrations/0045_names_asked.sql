-- Names of a preview are asked of the directory itself, by the workers, while the preview is looked at already.

-- ---------------------------------------------------------------- questions

-- Names a preview would give, and whether it took them for somebody's in the directory. A worker answers a part as a
-- whole and removes it.
CREATE TABLE name_question (
    bulk_id uuid NOT NULL,
    part int NOT NULL,
    tenant_id uuid NOT NULL,
    target_id uuid NOT NULL REFERENCES target (id) ON DELETE CASCADE,
    kinds text[] NOT NULL,
    names text[] NOT NULL,
    taken boolean[] NOT NULL,
    lease bigint,
    lease_until timestamptz,
    PRIMARY KEY (bulk_id, part),
    FOREIGN KEY (tenant_id, bulk_id) REFERENCES bulk (tenant_id, id) ON DELETE CASCADE,
    CHECK (cardinality(kinds) = cardinality(names) AND cardinality(names) = cardinality(taken))
);
COMMENT ON TABLE name_question IS 'class: owned';
-- The first names of each file come before the many of one.
CREATE INDEX name_question_due ON name_question (target_id, part, bulk_id);

ALTER TABLE name_question ENABLE ROW LEVEL SECURITY;
ALTER TABLE name_question FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON name_question TO CURRENT_USER USING (true) WITH CHECK (true);
SELECT own_policies('name_question', 'tenant_id');
CREATE POLICY engine ON name_question TO tenantry_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON name_question TO tenantry_app;
GRANT SELECT ON name_question TO tenantry_engine;
GRANT UPDATE (lease, lease_until) ON name_question TO tenantry_engine;

-- ---------------------------------------------------------------- answers

-- Who had a name when the directory was asked last, if that is nobody of ours; none where nobody had it and somebody
-- was thought to.
CREATE TABLE name_answer (
    target_id uuid NOT NULL REFERENCES target (id) ON DELETE CASCADE,
    kind text NOT NULL,
    value text NOT NULL,
    external_id uuid,
    asked_at timestamptz NOT NULL,
    PRIMARY KEY (target_id, kind, value)
);
COMMENT ON TABLE name_answer IS 'class: system';
CREATE INDEX name_answer_age ON name_answer (asked_at);
ALTER TABLE name_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE name_answer FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON name_answer TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY engine ON name_answer TO tenantry_engine USING (true) WITH CHECK (true);
GRANT SELECT, DELETE ON name_answer TO tenantry_engine;

-- When the directory was asked about the names of a preview, of which version of it, in whose name, when it had
-- answered all, and whether it said something else than the preview.
ALTER TABLE bulk ADD COLUMN names_asked_at timestamptz, ADD COLUMN names_version bigint, ADD COLUMN names_asked_by uuid,
    ADD COLUMN names_answered_at timestamptz, ADD COLUMN names_differ boolean NOT NULL DEFAULT false;
CREATE INDEX bulk_names_differ ON bulk (id) WHERE state = 'previewed' AND names_differ AND names_answered_at IS NOT NULL;
GRANT UPDATE (names_asked_at, names_version, names_asked_by, names_answered_at, names_differ) ON bulk TO tenantry_app;

-- What is planned anew because of an answer is planned in the name of who had it shown.
DROP POLICY auth ON bulk;
CREATE POLICY auth ON bulk FOR SELECT TO tenantry_auth
    USING (state = 'running' OR state = 'previewed' AND names_differ AND names_answered_at IS NOT NULL);
GRANT SELECT (names_asked_by, names_answered_at, names_differ) ON bulk TO tenantry_auth;

-- What cannot be planned anew stays as it was shown, and nothing is said of the directory.
CREATE FUNCTION leave_preview(of uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE bulk SET names_asked_at = NULL, names_differ = false
     WHERE id = of AND state = 'previewed' AND names_differ AND names_answered_at IS NOT NULL
$$;
REVOKE EXECUTE ON FUNCTION leave_preview FROM PUBLIC;
GRANT EXECUTE ON FUNCTION leave_preview TO tenantry_auth;

-- Keeps the answer to a part: who has each of its names and is nobody of ours. False where somebody else has the part,
-- or nobody wants to know any more.
CREATE FUNCTION answer_names(of_bulk uuid, of_part int, held bigint, holders uuid[], at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
    asked name_question;
    other boolean;
BEGIN
    PERFORM FROM bulk WHERE id = of_bulk FOR UPDATE;
    DELETE FROM name_question WHERE bulk_id = of_bulk AND part = of_part AND lease = held RETURNING * INTO asked;
    IF asked.bulk_id IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO name_answer (target_id, kind, value, external_id, asked_at)
    SELECT asked.target_id, a.kind, a.name, a.holder, at
      FROM unnest(asked.kinds, asked.names, asked.taken, holders) AS a (kind, name, taken, holder)
     WHERE a.holder IS NOT NULL OR a.taken OR EXISTS (
           SELECT FROM name_answer o WHERE (o.target_id, o.kind, o.value) = (asked.target_id, a.kind, a.name))
     ORDER BY a.kind, a.name
    ON CONFLICT (target_id, kind, value) DO UPDATE SET external_id = excluded.external_id, asked_at = excluded.asked_at
     WHERE name_answer.asked_at <= excluded.asked_at;
    SELECT coalesce(bool_or(a.taken IS DISTINCT FROM (a.holder IS NOT NULL AND NOT EXISTS (
               SELECT FROM external_object x WHERE x.target_id = asked.target_id AND x.external_id = a.holder))), false)
      INTO other FROM unnest(asked.taken, holders) AS a (taken, holder);
    UPDATE bulk SET names_differ = names_differ OR other, names_answered_at = CASE
               WHEN NOT EXISTS (SELECT FROM name_question WHERE bulk_id = of_bulk) THEN at END
     WHERE id = of_bulk;
    RETURN true;
END $f$;
REVOKE EXECUTE ON FUNCTION answer_names FROM PUBLIC;
GRANT EXECUTE ON FUNCTION answer_names TO tenantry_engine;

-- As in 0044; and what the directory said itself when it was asked, which goes before what a survey saw until then.
CREATE OR REPLACE FUNCTION names_seen(
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
    IF looked = '{}' AND NOT EXISTS (SELECT FROM name_answer n WHERE n.target_id = directory) OR NOT EXISTS (
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
                WHERE d.id = directory AND c.ancestor = ANY (adopters)) THEN max(o.seen_at) END
      FROM unnest(kinds, names) AS asked (kind, value)
      LEFT JOIN name_answer a ON a.target_id = directory AND a.kind = asked.kind AND a.value = asked.value
       AND a.asked_at > at - interval '72 hours'
     CROSS JOIN LATERAL (
        SELECT a.external_id, a.asked_at AS seen_at WHERE a.external_id IS NOT NULL
         UNION ALL
        SELECT o.external_id, s.created_at FROM unnest(looked) AS l (id) JOIN survey s ON s.id = l.id
         CROSS JOIN LATERAL (
            SELECT o.external_id, o.dn_key FROM survey_object o
             WHERE asked.kind = 'logon_name' AND o.survey_id = l.id AND o.marker IS NULL
               AND lower(o.attributes ->> 'logon_name') = asked.value
             UNION ALL
            SELECT o.external_id, o.dn_key FROM survey_object o
             WHERE asked.kind = 'principal_name' AND o.survey_id = l.id AND o.marker IS NULL
               AND lower(o.attributes ->> 'principal_name') = asked.value
            OFFSET 0) o
         WHERE (a.asked_at IS NULL OR a.asked_at < s.created_at) AND NOT EXISTS (
            SELECT FROM survey n WHERE n.id = ANY (looked) AND n.id > l.id
               AND (o.dn_key = lower(n.base_dn) OR o.dn_key LIKE '%,' || replace(replace(replace(
                    lower(n.base_dn), '\', '\\'), '%', '\%'), '_', '\_')))) o
     WHERE NOT EXISTS (
        SELECT FROM external_object x WHERE x.target_id = directory AND x.external_id = o.external_id)
     GROUP BY asked.kind, asked.value;
END $f$;
