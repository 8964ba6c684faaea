-- How many rows of a bulk change there are of each kind is kept, because every page of one shows it, and
-- counting 100,000 rows takes longer than a page may. The rows keep it themselves, so it is never wrong.

CREATE TABLE bulk_count (
    tenant_id uuid NOT NULL,
    bulk_id uuid NOT NULL,
    act text NOT NULL,
    state text NOT NULL,
    rows bigint NOT NULL,
    -- How many of them have warnings.
    warned bigint NOT NULL,
    PRIMARY KEY (bulk_id, act, state),
    FOREIGN KEY (tenant_id, bulk_id) REFERENCES bulk (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE bulk_count IS 'class: owned';

ALTER TABLE bulk_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk_count FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON bulk_count TO CURRENT_USER USING (true) WITH CHECK (true);
SELECT own_policies('bulk_count', 'tenant_id');
GRANT SELECT ON bulk_count TO tenantry_app;

-- Runs as the owner: whoever writes rows does not write counts.
CREATE FUNCTION count_bulk_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE bulk_count c SET rows = c.rows - gone.rows, warned = c.warned - gone.warned
          FROM (SELECT bulk_id, act, state, count(*) AS rows, count(*) FILTER (WHERE warnings <> '[]') AS warned
                  FROM old_rows GROUP BY bulk_id, act, state) AS gone
         WHERE (c.bulk_id, c.act, c.state) = (gone.bulk_id, gone.act, gone.state);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO bulk_count AS c (tenant_id, bulk_id, act, state, rows, warned)
        SELECT tenant_id, bulk_id, act, state, count(*), count(*) FILTER (WHERE warnings <> '[]')
          FROM new_rows GROUP BY tenant_id, bulk_id, act, state
        ON CONFLICT (bulk_id, act, state) DO UPDATE
            SET rows = c.rows + EXCLUDED.rows, warned = c.warned + EXCLUDED.warned;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION count_bulk_rows() FROM PUBLIC;

CREATE TRIGGER bulk_row_come AFTER INSERT ON bulk_row REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_bulk_rows();
CREATE TRIGGER bulk_row_change AFTER UPDATE ON bulk_row REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_bulk_rows();
CREATE TRIGGER bulk_row_go AFTER DELETE ON bulk_row REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_bulk_rows();

INSERT INTO bulk_count (tenant_id, bulk_id, act, state, rows, warned)
SELECT tenant_id, bulk_id, act, state, count(*), count(*) FILTER (WHERE warnings <> '[]')
  FROM bulk_row GROUP BY tenant_id, bulk_id, act, state;

-- Rows of some acts in some state, in the order of the file.
DROP INDEX bulk_row_act;
CREATE INDEX bulk_row_kind ON bulk_row (bulk_id, act, state, line);
