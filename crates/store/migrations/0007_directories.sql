-- Several controllers for each directory, and the modes of a directory.

-- ---------------------------------------------------------------- modes

ALTER TABLE target
    -- Nothing is sent; what is wanted waits.
    ADD COLUMN maintenance boolean NOT NULL DEFAULT false,
    -- Looked at and never changed; what differs waits.
    ADD COLUMN read_only boolean NOT NULL DEFAULT false,
    ADD COLUMN version bigint NOT NULL DEFAULT 1;

-- Who is above or below sees a directory; only whose it is changes its modes.
CREATE POLICY app_changes ON target FOR UPDATE TO tenantry_app USING (in_scope(tenant_id));
GRANT UPDATE (maintenance, read_only, version) ON target TO tenantry_app;

-- ---------------------------------------------------------------- controllers

-- The controller all workers use, by address.
ALTER TABLE target_health ADD COLUMN controller text;

-- As the worker saw it that asked last.
CREATE TABLE controller_health (
    target_id uuid NOT NULL REFERENCES target (id),
    address text NOT NULL CHECK (length(address) <= 300),
    -- In the order of preference.
    position int NOT NULL,
    state text NOT NULL CHECK (state IN ('up', 'down')),
    since timestamptz NOT NULL,
    asked_at timestamptz NOT NULL,
    reason text,
    round_trip_micros bigint,
    PRIMARY KEY (target_id, address)
);
COMMENT ON TABLE controller_health IS 'class: system';
GRANT SELECT ON controller_health TO tenantry_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON controller_health TO tenantry_engine;

-- Which copy of the directory was told: absence in another proves nothing yet.
ALTER TABLE attempt ADD COLUMN replica uuid;
