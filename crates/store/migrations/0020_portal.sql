-- The search of the portal looks for people of all customers one may see, by name.
CREATE INDEX users_search ON users (search_key, id) WHERE deleted_at IS NULL;
