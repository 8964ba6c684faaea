-- Figures of each day, for charts and for the numbers of the first page; what the pages ask for
-- first, found without reading what is as it should be (docs/decisions/0027-figures.md).

-- What happened, one row a statement and tenant, until it is added up: nobody waits for a row
-- that all write.
CREATE TABLE figure_tally (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    customers bigint NOT NULL DEFAULT 0,
    people bigint NOT NULL DEFAULT 0,
    verified bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE figure_tally IS 'class: system';

-- Of a tenant and all below it: by how many customers and people it grew that day (UTC), how many
-- steps were read back, and how many came to need a person.
CREATE TABLE figure_day (
    -- No reference: its check would lock tenants that a move has locked while it waits for the adding up.
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    customers bigint NOT NULL,
    people bigint NOT NULL,
    verified bigint NOT NULL,
    failed bigint NOT NULL,
    PRIMARY KEY (tenant_id, day)
);
COMMENT ON TABLE figure_day IS 'class: owned';
ALTER TABLE figure_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE figure_day FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON figure_day TO CURRENT_USER USING (true) WITH CHECK (true);
SELECT own_policies('figure_day', 'tenant_id');
GRANT SELECT ON figure_day TO tenantry_app;

-- ---------------------------------------------------------------- what is there already

WITH own AS (
    SELECT u.tenant_id, (u.created_at AT TIME ZONE 'UTC')::date AS day, 0 AS customers, 1 AS people, 0 AS verified,
           0 AS failed FROM users u
    UNION ALL
    SELECT u.tenant_id, (u.deleted_at AT TIME ZONE 'UTC')::date, 0, -1, 0, 0 FROM users u WHERE u.deleted_at IS NOT NULL
    UNION ALL
    SELECT t.id, (t.created_at AT TIME ZONE 'UTC')::date, 1, 0, 0, 0 FROM tenant t WHERE t.kind = 'customer'
    UNION ALL
    SELECT t.id, (t.closed_at AT TIME ZONE 'UTC')::date, -1, 0, 0, 0 FROM tenant t
     WHERE t.kind = 'customer' AND t.closed_at IS NOT NULL
    UNION ALL
    SELECT i.tenant_id, (i.updated_at AT TIME ZONE 'UTC')::date, 0, 0, (i.state = 'verified')::int,
           (i.state = 'failed')::int FROM request_item i WHERE i.state IN ('verified', 'failed')
), days AS (
    SELECT tenant_id, day, sum(customers) AS customers, sum(people) AS people, sum(verified) AS verified,
           sum(failed) AS failed FROM own GROUP BY 1, 2
)
INSERT INTO figure_day (tenant_id, day, customers, people, verified, failed)
SELECT c.ancestor, d.day, sum(d.customers), sum(d.people), sum(d.verified), sum(d.failed)
  FROM days d JOIN tenant_closure c ON c.descendant = d.tenant_id GROUP BY 1, 2;

-- ---------------------------------------------------------------- what happens from now on

-- Triggers, so that no way of making, removing or finishing something can forget it.
CREATE FUNCTION tally_new_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    INSERT INTO figure_tally (tenant_id, day, people)
    SELECT n.tenant_id, (n.created_at AT TIME ZONE 'UTC')::date, count(*) FROM new_rows n
     WHERE n.deleted_at IS NULL GROUP BY 1, 2;
    RETURN NULL;
END $f$;
CREATE TRIGGER users_tally_new AFTER INSERT ON users REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_new_people();

CREATE FUNCTION tally_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO figure_tally (tenant_id, day, people) VALUES (OLD.tenant_id, (now() AT TIME ZONE 'UTC')::date, -1);
    ELSE
        INSERT INTO figure_tally (tenant_id, day, people)
        VALUES (NEW.tenant_id, (coalesce(NEW.deleted_at, now()) AT TIME ZONE 'UTC')::date,
                CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END);
    END IF;
    RETURN NULL;
END $f$;
CREATE TRIGGER users_tally AFTER UPDATE OF deleted_at ON users FOR EACH ROW
    WHEN ((NEW.deleted_at IS NULL) <> (OLD.deleted_at IS NULL)) EXECUTE FUNCTION tally_person();
CREATE TRIGGER users_tally_gone AFTER DELETE ON users FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL) EXECUTE FUNCTION tally_person();

CREATE FUNCTION tally_customer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    INSERT INTO figure_tally (tenant_id, day, customers)
    VALUES (NEW.id, (coalesce(NEW.closed_at, CASE TG_OP WHEN 'INSERT' THEN NEW.created_at END, now())
                     AT TIME ZONE 'UTC')::date, CASE WHEN NEW.closed_at IS NULL THEN 1 ELSE -1 END);
    RETURN NULL;
END $f$;
CREATE TRIGGER tenant_tally_new AFTER INSERT ON tenant FOR EACH ROW
    WHEN (NEW.kind = 'customer' AND NEW.closed_at IS NULL) EXECUTE FUNCTION tally_customer();
CREATE TRIGGER tenant_tally AFTER UPDATE OF closed_at ON tenant FOR EACH ROW
    WHEN (NEW.kind = 'customer' AND (NEW.closed_at IS NULL) <> (OLD.closed_at IS NULL)) EXECUTE FUNCTION tally_customer();

CREATE FUNCTION tally_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    INSERT INTO figure_tally (tenant_id, day, verified, failed)
    SELECT n.tenant_id, (n.updated_at AT TIME ZONE 'UTC')::date, count(*) FILTER (WHERE n.state = 'verified'),
           count(*) FILTER (WHERE n.state = 'failed')
      FROM new_rows n JOIN old_rows o USING (request_id, object_id, member_id)
     WHERE n.state IN ('verified', 'failed') AND o.state <> n.state GROUP BY 1, 2;
    RETURN NULL;
END $f$;
CREATE TRIGGER request_item_tally AFTER UPDATE ON request_item
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_items();

-- Adds up what happened, `most` rows at once, for the tenant and all above it; gives how many
-- rows there were. Nothing is lost when it does not run, and nothing is added twice.
CREATE FUNCTION fold_figures(most int) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
DECLARE folded bigint;
BEGIN
    -- One at a time, and not while a tenant gets another one above it.
    PERFORM pg_advisory_xact_lock(hashtextextended('figures', 27));
    WITH t AS (
        DELETE FROM figure_tally WHERE id IN (SELECT id FROM figure_tally ORDER BY id LIMIT most)
        RETURNING tenant_id, day, customers, people, verified, failed
    ), d AS (
        INSERT INTO figure_day AS d (tenant_id, day, customers, people, verified, failed)
        SELECT c.ancestor, t.day, sum(t.customers), sum(t.people), sum(t.verified), sum(t.failed)
          FROM t JOIN tenant_closure c ON c.descendant = t.tenant_id GROUP BY 1, 2
        ON CONFLICT (tenant_id, day) DO UPDATE
           SET customers = d.customers + excluded.customers, people = d.people + excluded.people,
               verified = d.verified + excluded.verified, failed = d.failed + excluded.failed
    )
    SELECT count(*) INTO folded FROM t;
    RETURN folded;
END $f$;

-- What happened at and below a tenant and is not added up yet, so that whoever did something sees it
-- counted. Of a long time without workers the newest only. Runs as owner, because nobody else reads
-- tallies, so it checks the caller itself.
CREATE FUNCTION figures_pending(of_tenant uuid)
    RETURNS TABLE (day date, customers bigint, people bigint, verified bigint, failed bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
BEGIN
    IF of_tenant IS DISTINCT FROM scope_tenant() AND NOT in_scope(of_tenant) THEN
        RAISE EXCEPTION 'figures are asked for tenants of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    SELECT t.day, sum(t.customers)::bigint, sum(t.people)::bigint, sum(t.verified)::bigint, sum(t.failed)::bigint
      FROM (SELECT * FROM figure_tally ORDER BY id DESC LIMIT 5000) t
      JOIN tenant_closure c ON c.descendant = t.tenant_id AND c.ancestor = of_tenant GROUP BY 1;
END $f$;

-- Whom a tenant leaves loses its customers and people that day, whom it comes to gets them. One
-- that is only being made has none, and waits for nobody.
CREATE FUNCTION tally_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    IF NOT EXISTS (SELECT FROM figure_day WHERE tenant_id = NEW.child) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('figures', 27));
    INSERT INTO figure_day AS d (tenant_id, day, customers, people, verified, failed)
    SELECT c.ancestor, (now() AT TIME ZONE 'UTC')::date, f.customers, f.people, 0, 0
      FROM (SELECT CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * sum(customers) AS customers,
                   CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * sum(people) AS people
              FROM figure_day WHERE tenant_id = NEW.child) f, tenant_closure c
     WHERE c.descendant = NEW.parent
    ON CONFLICT (tenant_id, day) DO UPDATE
       SET customers = d.customers + excluded.customers, people = d.people + excluded.people;
    RETURN NULL;
END $f$;
CREATE TRIGGER tenant_edge_figures_new AFTER INSERT ON tenant_edge FOR EACH ROW
    WHEN (NEW.valid_to IS NULL AND NEW.parent IS NOT NULL) EXECUTE FUNCTION tally_move();
CREATE TRIGGER tenant_edge_figures AFTER UPDATE OF valid_to ON tenant_edge FOR EACH ROW
    WHEN (OLD.valid_to IS NULL AND NEW.valid_to IS NOT NULL AND NEW.parent IS NOT NULL) EXECUTE FUNCTION tally_move();

REVOKE EXECUTE ON FUNCTION tally_new_people, tally_person, tally_customer, tally_items, tally_move, fold_figures,
    figures_pending FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fold_figures TO tenantry_engine;
GRANT EXECUTE ON FUNCTION figures_pending TO tenantry_app;

-- ---------------------------------------------------------------- what needs somebody

-- Among millions of steps the few that failed.
CREATE INDEX request_item_in_need ON request_item (request_id) WHERE state = 'failed';
-- Among ten thousand customers the few who sell.
CREATE INDEX tenant_sellers ON tenant (search_key, id) WHERE kind <> 'customer';
-- Of all that was ever found in directories what nobody has decided about.
CREATE INDEX finding_undecided ON finding (id) WHERE state = 'open';
