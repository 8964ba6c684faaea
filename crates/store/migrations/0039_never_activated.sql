-- People who never activated, in the order of their logins: in a large customer they are more than are
-- sorted for a page, and too few for a walk past everybody. Expands only.

CREATE INDEX users_never_activated ON users (tenant_id, principal_name)
    WHERE enabled AND activated_at IS NULL AND deleted_at IS NULL;
