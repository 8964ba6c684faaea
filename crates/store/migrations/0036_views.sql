-- Views of lists that people keep under a name (docs/decisions/0033-views.md). Expands only.

CREATE TABLE saved_view (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    -- Whose it is; none where all who manage the tenant share it.
    user_id uuid,
    list text NOT NULL CHECK (list IN ('people', 'groups', 'customers', 'requests')),
    name text NOT NULL,
    search_key text COLLATE "C" NOT NULL,
    -- Names and values, as they stand in the address.
    query jsonb NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
COMMENT ON TABLE saved_view IS 'class: owned';
CREATE UNIQUE INDEX saved_view_name ON saved_view (tenant_id, user_id, list, search_key) NULLS NOT DISTINCT;

ALTER TABLE saved_view ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_view FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON saved_view TO CURRENT_USER USING (true) WITH CHECK (true);
DO $$ BEGIN PERFORM own_policies('saved_view', 'tenant_id'); END $$;
-- Somebody's own are theirs, wherever their roles are, and nobody else's, whatever their roles are.
CREATE POLICY own ON saved_view TO tenantry_app
    USING (user_id = (SELECT caller()) AND tenant_id = (SELECT home()));
CREATE POLICY unshared ON saved_view AS RESTRICTIVE TO tenantry_app
    USING (user_id IS NULL OR user_id = (SELECT caller()));
GRANT SELECT, INSERT, DELETE ON saved_view TO tenantry_app;
GRANT UPDATE (user_id, name, search_key, query, updated_at) ON saved_view TO tenantry_app;

-- Nobody would see the views of somebody who is gone.
CREATE FUNCTION forget_views_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $f$
BEGIN
    DELETE FROM saved_view WHERE tenant_id = NEW.tenant_id AND user_id = NEW.id;
    RETURN NULL;
END $f$;
REVOKE EXECUTE ON FUNCTION forget_views_of_user FROM PUBLIC;
CREATE TRIGGER users_forget_views AFTER UPDATE OF deleted_at ON users FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION forget_views_of_user();

-- When people used the portal last: also by sessions that have ended.
CREATE INDEX api_token_of ON api_token (user_id);
