-- Fills a database with :customers customers below the provider and :people people: :big of
-- them in the first customer, the others spread evenly, each with an object and a request item.
-- Beside that groups, plans, and :requests later requests, half of them of the first customer.
-- Of everything a little is as it should not be. Run as owner; triggers and foreign keys are
-- off, so what they keep is written here as well.
SET session_replication_role = replica;
CREATE FUNCTION bench_id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (lpad(to_hex(n), 12, '0') || '7000800000000000000' || kind)::uuid $$;
-- Which customer somebody belongs to.
CREATE FUNCTION bench_home(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN n <= :big THEN 1 ELSE 1 + n % :customers END $$;
CREATE FUNCTION bench_name(n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (ARRAY['Anna','Bent','Clara','David','Eva','Finn','Greta','Hans','Ida','Jonas','Karin','Lars','Maja',
                        'Niels','Olga','Peter','Rosa','Sven','Tove','Ulrik'])[1 + n % 20] || ' ' ||
                 (ARRAY['Andersen','Berg','Carlsson','Dahl','Eriksen','Friis','Gram','Holm','Iversen','Jensen','Koch',
                        'Lund','Madsen','Nilsson','Olsen','Person','Rask','Svensson','Toft','Vinther','Winther',
                        'Zimmer'])[1 + n / 20 % 22] $$;

INSERT INTO tenant (id, kind, code, name, search_key, language, time_zone, currency, target_id, status, created_at)
SELECT bench_id(1, n), 'customer', 'c' || n, 'Customer ' || n, 'customer ' || n, 'en', 'Europe/Berlin', 'EUR',
       (SELECT id FROM target), CASE WHEN n % 100 = 7 THEN 'suspended' ELSE 'active' END, now() FROM generate_series(1, :customers) n;
INSERT INTO tenant_edge (child, parent, valid_from)
SELECT bench_id(1, n), (SELECT id FROM tenant WHERE kind = 'provider'), now() FROM generate_series(1, :customers) n;
INSERT INTO tenant_closure (ancestor, descendant, depth) SELECT bench_id(1, n), bench_id(1, n), 0 FROM generate_series(1, :customers) n;
INSERT INTO tenant_closure (ancestor, descendant, depth)
SELECT (SELECT id FROM tenant WHERE kind = 'provider'), bench_id(1, n), 1 FROM generate_series(1, :customers) n;

-- People: one of 100 disabled, one of 40 never activated, half of them in departments of unlike size.
INSERT INTO users (id, tenant_id, target_id, object_id, given_name, surname, display_name, principal_name, logon_name,
    department, enabled, activated_at, search_key, created_at)
SELECT bench_id(3, n), bench_id(1, bench_home(n)), (SELECT id FROM target), bench_id(4, n),
       split_part(bench_name(n), ' ', 1), split_part(bench_name(n), ' ', 2), bench_name(n),
       lower(replace(bench_name(n), ' ', '.')) || n || '@c' || bench_home(n) || '.test', 'p' || n,
       CASE WHEN n % 2 = 0 THEN 'Sales' WHEN n % 101 = 0 THEN 'Board' END, n % 100 <> 3,
       CASE WHEN n % 40 <> 5 THEN now() END, lower(bench_name(n)), now() FROM generate_series(1, :people) n;
INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
SELECT bench_id(4, n), bench_id(1, bench_home(n)), (SELECT id FROM target), 'user', bench_id(3, n), 'user',
       jsonb_build_object('kind', 'user', 'display_name', bench_name(n)), 1, now() FROM generate_series(1, :people) n;
INSERT INTO external_object (object_id, tenant_id, target_id, external_id, applied_generation, state, verified_at)
SELECT bench_id(4, n), bench_id(1, bench_home(n)), (SELECT id FROM target), bench_id(5, n), 1,
       CASE n % 1000 WHEN 11 THEN 'failed' WHEN 12 THEN 'drifted' ELSE 'verified' END, now()
  FROM generate_series(1, :people) n;

-- Groups: three of every customer, and 2,000 of the first.
INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
SELECT bench_id(7, n), bench_id(1, CASE WHEN n <= 2000 THEN 1 ELSE 1 + n % :customers END), (SELECT id FROM target), 'group',
       bench_id(6, n), 'group', jsonb_build_object('kind', 'group', 'logon_name', 'g' || n), 1, now()
  FROM generate_series(1, 2000 + 3 * :customers) n;
INSERT INTO external_object (object_id, tenant_id, target_id, external_id, applied_generation, state, verified_at)
SELECT id, tenant_id, target_id, bench_id(8, row_number() OVER ()), 1, 'verified', now() FROM object WHERE kind = 'group'
    AND id IN (SELECT bench_id(7, n) FROM generate_series(1, 2000 + 3 * :customers) n);
INSERT INTO user_group (id, tenant_id, purpose, name, description, group_kind, object_id, created_at)
SELECT bench_id(6, n), bench_id(1, CASE WHEN n <= 2000 THEN 1 ELSE 1 + n % :customers END), 'custom', 'Group ' || n,
       'A group', CASE WHEN n % 10 = 0 THEN 'distribution' ELSE 'security' END, bench_id(7, n), now()
  FROM generate_series(1, 2000 + 3 * :customers) n;
INSERT INTO membership (group_object, member_object, tenant_id, applied_gen)
SELECT bench_id(7, 1 + n % 1900), bench_id(4, n), bench_id(1, 1), 1 FROM generate_series(1, :big) n;

-- Plans: every third has one, and a few people the other.
INSERT INTO plan (id, tenant_id, service_id, scope, code, version, name, created_at)
SELECT bench_id(9, 1), tenant_id, service_id, scope, 'rare', 1, 'Rare', now() FROM plan ORDER BY id LIMIT 1;
INSERT INTO subscription (id, tenant_id, user_id, plan_id, group_object, member_object, created_at)
SELECT bench_id(1, 100000000 + n), bench_id(1, bench_home(n)), bench_id(3, n),
       (SELECT id FROM plan WHERE code = CASE WHEN n % 3 = 0 THEN 'desktop-standard' ELSE 'rare' END ORDER BY version LIMIT 1),
       bench_id(7, 1), bench_id(4, n), now() FROM generate_series(1, :people) n WHERE n % 3 = 0 OR n % 997 = 1;

-- Requests: the people were made by some of each customer, at most 3,200 by one; then single changes.
INSERT INTO request (id, tenant_id, kind, args, lane, created_at, started_at, finished_at)
SELECT bench_id(2, n), bench_id(1, n), 'users_create', '{"count": 100}', 1, now(), now(), now()
  FROM generate_series(1, :customers) n;
INSERT INTO request (id, tenant_id, kind, args, lane, created_at, started_at, finished_at)
SELECT bench_id(2, :customers + 1 + n), bench_id(1, 1), 'users_create', '{"count": 3200}', 1, now(), now(), now()
  FROM generate_series(0, :big / 3200) n;
INSERT INTO request_item (request_id, object_id, tenant_id, generation, state, updated_at)
SELECT bench_id(2, CASE WHEN n <= :big THEN :customers + 1 + n / 3200 ELSE bench_home(n) END), bench_id(4, n),
       bench_id(1, bench_home(n)), 1, 'verified', now() FROM generate_series(1, :people) n;
CREATE TEMP TABLE later AS
SELECT n, bench_id(2, 10000000 + n) AS id, CASE WHEN n % 2 = 0 THEN 1 ELSE 1 + n / 2 % :customers END AS home,
       CASE WHEN n % 1000 IN (3, 4) THEN 'failed' WHEN n % 2000 = 6 THEN 'running' ELSE 'verified' END AS state
  FROM generate_series(1, :requests) n;
INSERT INTO request (id, tenant_id, kind, args, lane, actor_id, created_at, started_at, finished_at)
SELECT id, bench_id(1, home), CASE WHEN n % 5000 = 9 THEN 'user_unlock' ELSE (ARRAY['user_update', 'user_create', 'plan_add'])[1 + n % 3] END,
       '{"count": 1}', 0, CASE WHEN n % 2 = 0 THEN bench_id(3, 1) WHEN n % 500 = 1 THEN (SELECT u.id FROM users u
           JOIN tenant t ON t.id = u.tenant_id WHERE t.kind = 'provider' LIMIT 1) END, now(), now(),
       CASE WHEN state <> 'running' THEN now() END FROM later;
INSERT INTO request_item (request_id, object_id, tenant_id, generation, state, updated_at)
SELECT id, bench_id(4, CASE WHEN home = 1 THEN 1 + n % :big
                       ELSE (:big / :customers + 2) * :customers + home - 1 END), bench_id(1, home), 1, state, now() FROM later;
-- Of some only a part failed.
INSERT INTO request_item (request_id, object_id, tenant_id, generation, state, updated_at)
SELECT id, bench_id(7, 1), bench_id(1, home), 1, 'verified', now() FROM later WHERE n % 2000 IN (3, 4);

-- As the engine notes it.
UPDATE request r SET steps = n.steps FROM (SELECT request_id, count(*) AS steps FROM request_item GROUP BY request_id) n
 WHERE r.id = n.request_id AND r.finished_at IS NOT NULL;

-- What was wanted of everything at first, and the figures of the days since.
INSERT INTO object_revision (object_id, generation, tenant_id, request_id, after, at)
SELECT o.id, 1, o.tenant_id, bench_id(2, 1), o.spec, o.created_at FROM object o ON CONFLICT DO NOTHING;
INSERT INTO figure_day (tenant_id, day, customers, people, verified, failed)
SELECT tenant_id, current_date - 30, 1, count(*), 2 * count(*), 0 FROM users WHERE tenant_id <> (SELECT id FROM tenant WHERE kind = 'provider')
 GROUP BY tenant_id ON CONFLICT DO NOTHING;
INSERT INTO figure_day (tenant_id, day, customers, people, verified, failed)
SELECT (SELECT id FROM tenant WHERE kind = 'provider'), current_date - n, :customers / 400, :people / 400, :people / 200, n % 7
  FROM generate_series(1, 400) n ON CONFLICT DO NOTHING;

-- The first person of the first customer is its administrator, with the provider's password.
UPDATE users SET administrator = true, enabled = true, activated_at = now(), principal_name = 'admin@c1.test',
       portal_hash = (SELECT u.portal_hash FROM users u JOIN tenant t ON t.id = u.tenant_id WHERE t.kind = 'provider' LIMIT 1)
 WHERE id = bench_id(3, 1);
-- It can be changed: it has a folder and the group of all its people.
UPDATE tenant SET folder_object = bench_id(7, 1), members_object = bench_id(7, 2) WHERE id = bench_id(1, 1);
SET session_replication_role = origin;
INSERT INTO role_grant (id, tenant_id, user_id, role_code, role_version, created_at)
SELECT bench_id(9, 2), bench_id(1, 1), bench_id(3, 1), code, version, now() FROM role WHERE code = 'customer_administrator'
 ORDER BY version DESC LIMIT 1;
ANALYZE;
