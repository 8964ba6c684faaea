-- People of a department by login, read from an index in that order: they were up to 2,000 looked up and sorted.
CREATE INDEX users_department_logins ON users (tenant_id, department, principal_name)
    WHERE deleted_at IS NULL AND department IS NOT NULL;

-- As before, and a request of which many steps are settled at once is written once and not for each of them.
CREATE OR REPLACE FUNCTION request_has_more_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    -- Also of one that is finished at this moment, which is waited for.
    PERFORM FROM request r WHERE r.id = NEW.request_id FOR NO KEY UPDATE;
    UPDATE request r SET steps = NULL WHERE r.id = NEW.request_id AND r.steps IS NOT NULL;
    RETURN NULL;
END $f$;
