-- Adoption into a customer that exists, people and groups that find their accounts there,
-- and giving back what was taken over. Expands only.

-- Computers, accounts of services, and what a directory cannot do without: seen, never taken over.
ALTER TABLE survey_object ADD COLUMN ignored text CHECK (ignored IN ('computer', 'service_account', 'built_in'));
-- Pages of one kind, as people look at them.
CREATE INDEX survey_object_kind ON survey_object (survey_id, kind, dn_key);
CREATE INDEX survey_object_page ON survey_object (survey_id, parent_key, dn_key);
DROP INDEX survey_object_child;

ALTER TABLE adoption
    -- The customer that exists already; none for a new one.
    ADD COLUMN into_id uuid,
    ADD COLUMN released_at timestamptz,
    ADD COLUMN release_request uuid,
    DROP CONSTRAINT adoption_state_check,
    ADD CONSTRAINT adoption_state_check CHECK (state IN ('previewed', 'run', 'released'));
GRANT UPDATE (released_at, release_request) ON adoption TO tenantry_app;

ALTER TABLE adoption_item
    -- The person or the group that gets it, by what it was found, and what the two sides
    -- say; that is forgotten when it was carried out.
    ADD COLUMN subject uuid,
    ADD COLUMN rule text,
    ADD COLUMN differences jsonb NOT NULL DEFAULT '[]';
CREATE INDEX adoption_item_kind ON adoption_item (adoption_id, kind, external_id);
GRANT UPDATE (differences) ON adoption_item TO tenantry_app;

-- Which wish it is that only marks: the first, or that by which somebody got an account.
-- A worker of the version before takes it for a wish like any other.
ALTER TABLE external_object ADD COLUMN adopting_generation bigint NOT NULL DEFAULT 1;
GRANT INSERT (adopting_generation), UPDATE (adopting, adopting_generation, state, problem) ON external_object
    TO tenantry_app;

-- Memberships of what is not ours any more are nobody's wish, in or out.
GRANT DELETE ON membership TO tenantry_app;
-- A customer that was taken over and is given back is gone at once.
GRANT UPDATE (purged_at) ON tenant TO tenantry_app;
-- Nobody gets an account while a worker is at it.
GRANT SELECT (lease_until) ON work TO tenantry_app;
