-- Fills a database with :customers customers below the provider and :people
-- people, spread evenly, each with an object and a request item. Run as owner;
-- triggers and foreign keys are off, so what they keep is written here as well.
SET session_replication_role = replica;
CREATE FUNCTION bench_id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (lpad(to_hex(n), 12, '0') || '7000800000000000000' || kind)::uuid $$;
INSERT INTO tenant (id, kind, code, name, search_key, language, time_zone, currency, target_id, created_at)
SELECT bench_id(1, n), 'customer', 'c' || n, 'Customer ' || n, 'customer ' || n, 'en', 'Europe/Berlin', 'EUR',
       (SELECT id FROM target), now() FROM generate_series(1, :customers) n;
INSERT INTO tenant_edge (child, parent, valid_from)
SELECT bench_id(1, n), (SELECT id FROM tenant WHERE kind = 'provider'), now() FROM generate_series(1, :customers) n;
INSERT INTO tenant_closure (ancestor, descendant, depth) SELECT bench_id(1, n), bench_id(1, n), 0 FROM generate_series(1, :customers) n;
INSERT INTO tenant_closure (ancestor, descendant, depth)
SELECT (SELECT id FROM tenant WHERE kind = 'provider'), bench_id(1, n), 1 FROM generate_series(1, :customers) n;
INSERT INTO request (id, tenant_id, kind, args, lane, created_at, started_at, finished_at)
SELECT bench_id(2, n), bench_id(1, n), 'users_create', '{"count": 100}', 1, now(), now(), now()
  FROM generate_series(1, :customers) n;
INSERT INTO users (id, tenant_id, target_id, object_id, given_name, surname, display_name, principal_name, logon_name,
    enabled, search_key, created_at)
SELECT bench_id(3, n), bench_id(1, 1 + n % :customers), (SELECT id FROM target), bench_id(4, n), 'Person', n::text,
       'Person ' || n, 'p' || n || '@c' || 1 + n % :customers || '.test', 'p' || n, true, 'person ' || n, now()
  FROM generate_series(1, :people) n;
INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
SELECT bench_id(4, n), bench_id(1, 1 + n % :customers), (SELECT id FROM target), 'user', bench_id(3, n), 'user',
       jsonb_build_object('kind', 'user', 'display_name', 'Person ' || n), 1, now() FROM generate_series(1, :people) n;
INSERT INTO external_object (object_id, tenant_id, target_id, external_id, applied_generation, state, verified_at)
SELECT bench_id(4, n), bench_id(1, 1 + n % :customers), (SELECT id FROM target), bench_id(5, n), 1, 'verified', now()
  FROM generate_series(1, :people) n;
INSERT INTO request_item (request_id, object_id, tenant_id, generation, state, updated_at)
SELECT bench_id(2, 1 + n % :customers), bench_id(4, n), bench_id(1, 1 + n % :customers), 1, 'verified', now()
  FROM generate_series(1, :people) n;
SET session_replication_role = origin;
ANALYZE;
