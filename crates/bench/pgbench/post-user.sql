-- The floor of `POST /api/v1/customers/{customer}/users`: exactly the rows one
-- such request writes, one INSERT a table, one transaction, nothing read and
-- nothing checked but by the database itself. The benchmark proves on every run
-- that both sides write the same number of rows into the same tables.
--
-- Given: customer, target, members (the object of the group of all people) and
-- actor, all uuid; n = 0. Ids grow like those of the product (UUIDv7), per client.
\set n :n + 1
BEGIN;
INSERT INTO reserved_name (kind, space, value, tenant_id, owner) VALUES
    ('principal_name', '00000000-0000-0000-0000-000000000000', 'f' || :client_id || '-' || :n || '@acme.test', :customer::uuid,
     (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0001')::uuid),
    ('logon_name', :target::uuid, 'f' || :client_id || '-' || :n || '_acme', :customer::uuid,
     (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0001')::uuid);
INSERT INTO request (id, tenant_id, kind, args, lane, actor_id, created_at) VALUES
    ((lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0003')::uuid,
     :customer::uuid, 'user_create', '{"count": 1}', 0, :actor::uuid, now());
INSERT INTO users (id, tenant_id, object_id, target_id, given_name, surname, display_name, principal_name, logon_name,
    mail, search_key, enabled, administrator, created_at) VALUES
    ((lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0001')::uuid,
     :customer::uuid,
     (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0002')::uuid,
     :target::uuid, 'Pat', 'Number ' || :n, 'Pat Number ' || :n, 'f' || :client_id || '-' || :n || '@acme.test',
     'f' || :client_id || '-' || :n || '_acme', 'f' || :client_id || '-' || :n || '@acme.test', 'pat number ' || :n,
     true, false, now());
INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at) VALUES
    ((lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0002')::uuid,
     :customer::uuid, :target::uuid, 'user',
     (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0001')::uuid, 'user',
     jsonb_build_object('kind', 'user', 'parent', :members::uuid, 'name', 'f' || :client_id || '-' || :n || '_acme', 'logon_name',
        'f' || :client_id || '-' || :n || '_acme', 'principal_name', 'f' || :client_id || '-' || :n || '@acme.test',
        'given_name', 'Pat', 'surname', 'Number ' || :n, 'display_name', 'Pat Number ' || :n, 'mail',
        'f' || :client_id || '-' || :n || '@acme.test', 'phone', NULL, 'title', NULL, 'department', NULL, 'enabled', true),
     1, now());
INSERT INTO object_revision (object_id, generation, tenant_id, request_id, after, at) VALUES
    ((lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0002')::uuid, 1,
     :customer::uuid,
     (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0003')::uuid,
     jsonb_build_object('kind', 'user', 'parent', :members::uuid, 'name', 'f' || :client_id || '-' || :n || '_acme', 'logon_name',
        'f' || :client_id || '-' || :n || '_acme', 'principal_name', 'f' || :client_id || '-' || :n || '@acme.test',
        'given_name', 'Pat', 'surname', 'Number ' || :n, 'display_name', 'Pat Number ' || :n, 'mail',
        'f' || :client_id || '-' || :n || '@acme.test', 'phone', NULL, 'title', NULL, 'department', NULL, 'enabled', true),
     now());
INSERT INTO work (object_id, target_id, tenant_id, lane, due_at) VALUES
    ((lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0002')::uuid,
     :target::uuid, :customer::uuid, 0, now());
INSERT INTO membership (group_object, member_object, tenant_id) VALUES
    (:members::uuid,
     (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0002')::uuid,
     :customer::uuid);
INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, updated_at) VALUES
    ((lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0003')::uuid,
     (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0002')::uuid,
     '00000000-0000-0000-0000-000000000000', :customer::uuid, 1, now()),
    ((lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0003')::uuid,
     :members::uuid,
     (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0002')::uuid,
     :customer::uuid, 1, now());
INSERT INTO activation (id, tenant_id, user_id, purpose, created_at, created_by, expires_at) VALUES
    ((lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0004')::uuid,
     :customer::uuid,
     (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0001')::uuid,
     'activation', now(), :actor::uuid, now() + interval '7 days');
INSERT INTO person_key (person_id, tenant_id, key_id, sealed, created_at) VALUES
    ((lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0001')::uuid,
     :customer::uuid, 'master-1', decode(repeat('5a', 60), 'hex'), now());
INSERT INTO event (id, tenant_id, code, outcome, target_kind, target_id, change, occurred_at, recorded_at, actor_kind,
    actor_id, actor_tenant_id, authority, request_id, cause, schema_version, software_version) VALUES
    ((lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0005')::uuid,
     :customer::uuid, 'user.created', 'success', 'user', 'usr_01jzk3v8x6f0p2m4q7r9s1t3vw', (
        '[' || repeat('{"after": "' || repeat('0123456789abcdef', 4) || '", "field": "principal_name", "before": null, "personal": true}, ', 6)
        || '{"after": "true", "field": "enabled", "before": null}, {"after": "false", "field": "administrator", "before": null}]')::jsonb,
     now(), now(), 'human', :actor::uuid, :customer::uuid,
     '{"basis": "gra_01jzk3v8x6f0p2m4q7r9s1t3vw: provider_administrator version 1 on ten_01jzk3v8x6f0p2m4q7r9s1t3vw", "policies": ["grant"]}',
     (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0003')::uuid,
     '{"token": "tok_01jzk3v8x6f0p2m4q7r9s1t3vw"}', 1, '0.1.0');
INSERT INTO event_personal (event_id, person_id, tenant_id, sealed) VALUES
    ((lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0005')::uuid,
     (lpad(to_hex(:n::bigint), 12, '0') || '70008000' || lpad(to_hex(:client_id::bigint), 8, '0') || '0001')::uuid,
     :customer::uuid, decode(repeat('5a', 700), 'hex'));
END;
