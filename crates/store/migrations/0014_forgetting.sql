-- What nobody asks for any more is forgotten, so that tables which every call
-- writes to do not grow for ever.

CREATE INDEX sign_in_failure_last ON sign_in_failure (last_at);
CREATE INDEX idempotency_created ON idempotency (created_at);
CREATE INDEX api_token_ended ON api_token (least(expires_at, revoked_at)) WHERE kind = 'session';

-- Counted failures of logins nobody tries any more, answers whose time is over,
-- sessions that ended, previews whose survey is gone; `most` of each at once. Runs as owner: the engine may
-- forget by these rules and delete nothing else.
CREATE FUNCTION forget_ended(failed_before timestamptz, answered_before timestamptz, ended_before timestamptz, most int)
    RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone bigint;
    done bigint := 0;
BEGIN
    DELETE FROM sign_in_failure WHERE login IN (
        SELECT login FROM sign_in_failure WHERE last_at <= failed_before LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    done := done + gone;
    DELETE FROM idempotency WHERE (user_id, key) IN (
        SELECT user_id, key FROM idempotency WHERE created_at <= answered_before LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    done := done + gone;
    DELETE FROM api_token WHERE id IN (
        SELECT id FROM api_token WHERE kind = 'session' AND least(expires_at, revoked_at) <= ended_before
         LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    done := done + gone;
    -- What was previewed of a survey goes with it.
    DELETE FROM adoption WHERE id IN (
        SELECT a.id FROM adoption a WHERE a.state = 'previewed' AND NOT EXISTS (SELECT FROM survey s WHERE s.id = a.survey_id)
         LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN done + gone;
END $$;
REVOKE EXECUTE ON FUNCTION forget_ended FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_ended TO tenantry_engine;
