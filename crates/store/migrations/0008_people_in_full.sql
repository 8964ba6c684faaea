-- What people have in an organisation: a manager.

-- ---------------------------------------------------------------- links between objects

-- Somebody of the same tenant.
ALTER TABLE users ADD COLUMN manager_id uuid,
    ADD CONSTRAINT users_manager FOREIGN KEY (tenant_id, manager_id) REFERENCES users (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX users_reports ON users (manager_id) WHERE manager_id IS NOT NULL;
GRANT SELECT (manager_id), UPDATE (manager_id) ON users TO tenantry_app;

-- What links to an object: the account of a person to that of the manager, and a group
-- to the account of its owner. Each kind of object has one link at most, so that this is
-- one index.
CREATE INDEX object_linked ON object ((coalesce(spec->>'manager', spec->>'owner')))
    WHERE coalesce(spec->>'manager', spec->>'owner') IS NOT NULL;
