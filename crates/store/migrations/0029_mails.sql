-- Where very many tenants have mails waiting, one of each is enough to choose from: what is read for
-- one claim no longer grows with both the tenants and what each of them has.
CREATE OR REPLACE FUNCTION mails_in_turn(most bigint) RETURNS TABLE (id uuid, urgency int, place bigint)
    LANGUAGE sql STABLE AS $f$
    WITH RECURSIVE owner (tenant_id) AS (
        (SELECT m.tenant_id FROM mail m WHERE m.state = 'requested' ORDER BY m.tenant_id LIMIT 1)
        UNION ALL
        SELECT next.tenant_id FROM owner o CROSS JOIN LATERAL (
            SELECT m.tenant_id FROM mail m WHERE m.state = 'requested' AND m.tenant_id > o.tenant_id
             ORDER BY m.tenant_id LIMIT 1) next),
    share (rows) AS (SELECT greatest(1, most / greatest(1, count(*))) FROM owner)
    SELECT n.id, n.urgency, row_number() OVER (PARTITION BY n.tenant_id, n.urgency ORDER BY n.due_at, n.id)
      FROM owner o CROSS JOIN LATERAL (
        SELECT m.id, m.tenant_id, m.urgency, m.due_at FROM mail m
         WHERE m.state = 'requested' AND m.tenant_id = o.tenant_id AND m.due_at <= now()
           AND (m.lease IS NULL OR m.lease_until < now())
         ORDER BY m.urgency, m.due_at, m.id LIMIT (SELECT s.rows FROM share s)) n
$f$;
