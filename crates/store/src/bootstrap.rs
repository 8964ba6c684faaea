//! What an instance starts with: the provider, its first administrator, roles,
//! brands, directories, services, plans and prices, as the configuration says.
//! Run as the database's owner by `tenantryd migrate`; safe to run again.

use std::collections::BTreeMap;

use domain::{
    clock::{Clock, Random},
    id::{BrandId, Id, PlanId, ServiceId, TargetId, TenantId, UserId},
    permission::ROLES,
    service::Definition,
};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions, types::Json};

use crate::{StoreError, ts, users::search_key};

/// What the configuration says of an instance.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Code of the provider.
    pub code: String,
    /// Name of the provider.
    pub name: String,
    /// BCP 47.
    pub language: String,
    /// IANA.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// Brands: code, name, host names.
    pub brands: Vec<(String, String, Vec<String>)>,
    /// Directories: code, name.
    pub directories: Vec<(String, String)>,
    /// Services.
    pub services: Vec<ServiceSetting>,
    /// Plans.
    pub plans: Vec<PlanSetting>,
}

/// A service of the configuration.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ServiceSetting {
    /// Code.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Subscribed to by single people.
    pub per_user: bool,
    /// What it means in a directory.
    pub definition: Definition,
}

/// A plan of the configuration.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PlanSetting {
    /// Code.
    pub code: String,
    /// The service's code.
    pub service: String,
    /// Name as shown.
    pub name: String,
    /// Retail price per month in smallest units, with its currency.
    pub price: Option<(i64, String)>,
    /// For the customer as a whole, although its service is for single people.
    pub per_customer: bool,
    /// Values of properties of the service.
    pub properties: BTreeMap<String, String>,
}

/// The provider's first administrator.
#[derive(Debug, Clone)]
pub struct FirstAdministrator {
    /// Login name.
    pub login: String,
    /// Name as shown.
    pub name: String,
    /// Argon2id hash in PHC form.
    pub portal_hash: String,
}

struct Seed<'a> {
    sql: PgConnection,
    clock: &'a dyn Clock,
    random: &'a dyn Random,
    provider: TenantId,
}

/// Brings the instance to what `instance` says. The administrator is made
/// only if nobody has that login name yet.
pub async fn bootstrap(
    owner: &PgConnectOptions,
    clock: &dyn Clock,
    random: &dyn Random,
    instance: &Instance,
    administrator: Option<&FirstAdministrator>,
) -> Result<(), StoreError> {
    let sql = PgConnection::connect_with(owner).await?;
    let provider = Id::new(clock.now(), random);
    let mut seed = Seed { sql, clock, random, provider };
    sqlx::query!("BEGIN").execute(&mut seed.sql).await?;
    sqlx::query!("SELECT pg_advisory_xact_lock(7236112)").fetch_one(&mut seed.sql).await?;
    seed.roles().await?;
    seed.provider(instance).await?;
    for (code, name, hosts) in &instance.brands {
        seed.brand(code, name, hosts).await?;
    }
    for (code, name) in &instance.directories {
        seed.directory(code, name).await?;
    }
    seed.directories_left(&instance.directories).await?;
    for service in &instance.services {
        seed.service(service).await?;
    }
    for plan in &instance.plans {
        seed.plan(plan).await?;
    }
    if let Some(administrator) = administrator {
        seed.administrator(administrator).await?;
    }
    sqlx::query!("COMMIT").execute(&mut seed.sql).await?;
    seed.sql.close().await?;
    Ok(())
}

impl Seed<'_> {
    fn id<K: domain::id::Kind>(&self) -> Id<K> {
        Id::new(self.clock.now(), self.random)
    }

    async fn roles(&mut self) -> Result<(), StoreError> {
        for role in ROLES {
            let permissions: Vec<_> = role.permissions.iter().map(|p| p.code().to_owned()).collect();
            sqlx::query!(
                "INSERT INTO role (code, version, permissions, administrator, created_at) VALUES ($1, $2, $3, $4, $5)
                 -- Migrations made it of what the version before had; this is what it means.
                 ON CONFLICT (code, version) DO UPDATE
                    SET permissions = excluded.permissions, administrator = excluded.administrator
                  WHERE role.tenant_id IS NULL",
                role.code,
                role.version,
                &permissions,
                role.administrator,
                ts(self.clock.now()) as _
            )
            .execute(&mut self.sql)
            .await?;
        }
        // Grants pin a version, and nobody gives more than they have. This role
        // means everything there is, so a new power would be in nobody's hands.
        sqlx::query!(
            "UPDATE role_grant g SET role_version = n.version
               FROM (SELECT max(version) AS version FROM role WHERE code = 'provider_administrator') n
              WHERE g.role_code = 'provider_administrator' AND g.role_version < n.version AND g.revoked_at IS NULL"
        )
        .execute(&mut self.sql)
        .await?;
        Ok(())
    }

    async fn provider(&mut self, instance: &Instance) -> Result<(), StoreError> {
        let present = sqlx::query_scalar!("SELECT id FROM tenant WHERE kind = 'provider'")
            .fetch_optional(&mut self.sql)
            .await?;
        if let Some(id) = present {
            self.provider = TenantId::from_uuid(id);
            return Ok(());
        }
        let now = ts(self.clock.now());
        sqlx::query!(
            "INSERT INTO tenant (id, kind, code, name, search_key, language, time_zone, currency, created_at)
             VALUES ($1, 'provider', $2, $3, $4, $5, $6, $7, $8)",
            self.provider.uuid(),
            instance.code,
            instance.name,
            search_key(&instance.name),
            instance.language,
            instance.time_zone,
            instance.currency,
            now as _
        )
        .execute(&mut self.sql)
        .await?;
        sqlx::query!(
            "INSERT INTO tenant_edge (child, parent, valid_from) VALUES ($1, NULL, $2)",
            self.provider.uuid(),
            ts(self.clock.now()) as _
        )
        .execute(&mut self.sql)
        .await?;
        sqlx::query!(
            "INSERT INTO reserved_name (kind, space, value, tenant_id, owner)
             VALUES ('code', '00000000-0000-0000-0000-000000000000', $1, $2, $2)",
            instance.code,
            self.provider.uuid()
        )
        .execute(&mut self.sql)
        .await?;
        Ok(())
    }

    async fn brand(&mut self, code: &str, name: &str, hosts: &[String]) -> Result<(), StoreError> {
        let taken = sqlx::query!(
            "SELECT h.name, t.code FROM host_name h JOIN tenant t ON t.id = h.tenant_id WHERE h.name = ANY($1) LIMIT 1",
            hosts
        )
        .fetch_optional(&mut self.sql)
        .await?;
        if let Some(row) = taken {
            return Err(StoreError::HostNameInUse { host: row.name, tenant: row.code });
        }
        let id: BrandId = self.id();
        sqlx::query!(
            "INSERT INTO brand (id, tenant_id, code, name, host_names, created_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (code) DO UPDATE SET name = excluded.name, host_names = excluded.host_names",
            id.uuid(),
            self.provider.uuid(),
            code,
            name,
            hosts,
            ts(self.clock.now()) as _
        )
        .execute(&mut self.sql)
        .await?;
        Ok(())
    }

    async fn directory(&mut self, code: &str, name: &str) -> Result<(), StoreError> {
        let id: TargetId = self.id();
        sqlx::query!(
            "INSERT INTO target (id, tenant_id, code, kind, name, created_at) VALUES ($1, $2, $3, 'ad', $4, $5)
             ON CONFLICT (code) DO UPDATE SET name = excluded.name, removed_at = NULL",
            id.uuid(),
            self.provider.uuid(),
            code,
            name,
            ts(self.clock.now()) as _
        )
        .execute(&mut self.sql)
        .await?;
        // The first one is meant when nobody says, also when there are others later.
        sqlx::query!(
            "UPDATE tenant SET target_id = (SELECT id FROM target WHERE code = $2) WHERE id = $1 AND target_id IS NULL",
            self.provider.uuid(),
            code
        )
        .execute(&mut self.sql)
        .await?;
        Ok(())
    }

    /// Directories the configuration does not name any more: nobody is placed there.
    /// Refused while customers live there; empty containers of sellers are left behind.
    async fn directories_left(&mut self, configured: &[(String, String)]) -> Result<(), StoreError> {
        let codes: Vec<_> = configured.iter().map(|(code, _)| code.clone()).collect();
        // The lock first: who places somebody there holds it.
        sqlx::query!(
            "SELECT id FROM target WHERE NOT code = ANY($1) AND removed_at IS NULL FOR UPDATE",
            &codes
        )
        .fetch_all(&mut self.sql)
        .await?;
        let used = sqlx::query!(
            r#"SELECT d.code, count(DISTINCT t.id) AS "customers!" FROM target d
                 JOIN object o ON o.target_id = d.id JOIN tenant t ON t.id = o.tenant_id AND t.kind = 'customer'
                WHERE NOT d.code = ANY($1) AND d.removed_at IS NULL
                  AND (o.wanted OR EXISTS (SELECT FROM work w WHERE w.object_id = o.id))
                GROUP BY d.code ORDER BY d.code LIMIT 1"#,
            &codes
        )
        .fetch_optional(&mut self.sql)
        .await?;
        if let Some(row) = used {
            return Err(StoreError::DirectoryInUse { code: row.code, customers: row.customers });
        }
        sqlx::query!(
            "WITH d AS (UPDATE target SET removed_at = $2 WHERE NOT code = ANY($1) AND removed_at IS NULL RETURNING id),
                  o AS (UPDATE object o SET wanted = false, generation = generation + 1 FROM d
                         WHERE o.target_id = d.id AND o.wanted RETURNING o.id),
                  w AS (DELETE FROM work w USING d WHERE w.target_id = d.id),
                  i AS (UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = $2 FROM o
                         WHERE i.object_id = o.id AND i.state IN ('requested', 'running', 'failed', 'parked'))
             UPDATE tenant t SET target_id = NULL FROM d WHERE t.target_id = d.id AND t.kind <> 'customer'",
            &codes,
            ts(self.clock.now()) as _
        )
        .execute(&mut self.sql)
        .await?;
        Ok(())
    }

    /// The file is the first content: what was changed here since stays, until the
    /// file itself says something else than it did.
    async fn service(&mut self, service: &ServiceSetting) -> Result<(), StoreError> {
        let id: ServiceId = self.id();
        let scope = if service.per_user { "user" } else { "customer" };
        sqlx::query!(
            "INSERT INTO service AS s (id, tenant_id, code, name, scope, definition, configured, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (code) DO UPDATE SET name = excluded.name, definition = excluded.definition,
                 configured = excluded.configured, version = s.version + 1
              WHERE s.configured IS DISTINCT FROM excluded.configured",
            id.uuid(),
            self.provider.uuid(),
            service.code,
            service.name,
            scope,
            Json(&service.definition) as _,
            Json(service) as _,
            ts(self.clock.now()) as _
        )
        .execute(&mut self.sql)
        .await?;
        Ok(())
    }

    /// A plan of which the file says something else than it did becomes a new version:
    /// what runs keeps its own.
    async fn plan(&mut self, plan: &PlanSetting) -> Result<(), StoreError> {
        let service = sqlx::query!("SELECT id, scope FROM service WHERE code = $1", plan.service)
            .fetch_optional(&mut self.sql)
            .await?
            .ok_or(StoreError::NotFound("service"))?;
        let newest = sqlx::query!(
            r#"SELECT p.version, p.name, c.minor AS "minor?", b.currency AS "currency?",
                      (SELECT x.configured FROM plan x WHERE x.code = p.code AND x.configured IS NOT NULL
                        ORDER BY x.version DESC LIMIT 1) AS "configured?: Json<PlanSetting>"
                 FROM plan p
                 LEFT JOIN price c ON c.plan_id = p.id LEFT JOIN price_book b ON b.id = c.price_book_id
                WHERE p.code = $1 ORDER BY p.version DESC LIMIT 1"#,
            plan.code
        )
        .fetch_optional(&mut self.sql)
        .await?;
        let version = match newest {
            Some(row) => {
                let same = match row.configured {
                    Some(configured) => configured.0 == *plan,
                    // Made by the version before, which did not keep what the file said.
                    None => {
                        row.name == plan.name
                            && row.minor.zip(row.currency.clone()) == plan.price
                            && plan.properties.is_empty()
                    }
                };
                if same {
                    return Ok(());
                }
                row.version + 1
            }
            None => 1,
        };
        let scope = if plan.per_customer { "customer" } else { service.scope.as_str() };
        let (id, now): (PlanId, _) = (self.id(), ts(self.clock.now()));
        sqlx::query!(
            "INSERT INTO plan (id, tenant_id, service_id, code, version, name, scope, properties, configured, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            id.uuid(),
            self.provider.uuid(),
            service.id,
            plan.code,
            version,
            plan.name,
            scope,
            Json(&plan.properties) as _,
            Json(plan) as _,
            now as _
        )
        .execute(&mut self.sql)
        .await?;
        self.price(id, plan).await
    }

    async fn price(&mut self, id: PlanId, plan: &PlanSetting) -> Result<(), StoreError> {
        let Some((minor, currency)) = &plan.price else { return Ok(()) };
        let book: ServiceId = self.id();
        sqlx::query!(
            "WITH b AS (INSERT INTO price_book AS b (id, tenant_id, code, currency, created_at)
                        VALUES ($1, $2, 'retail', $3, $4)
                        ON CONFLICT (tenant_id, code, currency) DO UPDATE SET code = b.code RETURNING id)
             INSERT INTO price (price_book_id, tenant_id, plan_id, kind, period, minor, created_at)
             SELECT b.id, $2, $5, 'retail', 'month', $6, $4 FROM b",
            book.uuid(),
            self.provider.uuid(),
            currency,
            ts(self.clock.now()) as _,
            id.uuid(),
            minor
        )
        .execute(&mut self.sql)
        .await?;
        Ok(())
    }

    async fn administrator(&mut self, person: &FirstAdministrator) -> Result<(), StoreError> {
        let login = person.login.to_lowercase();
        let id: UserId = self.id();
        let now = ts(self.clock.now());
        let made = sqlx::query!(
            "INSERT INTO users (id, tenant_id, display_name, principal_name, enabled, administrator, search_key,
                 portal_hash, activated_at, created_at)
             VALUES ($1, $2, $3, $4, true, true, $5, $6, $7, $7)
             ON CONFLICT (principal_name) WHERE deleted_at IS NULL DO NOTHING",
            id.uuid(),
            self.provider.uuid(),
            person.name,
            login,
            search_key(&person.name),
            person.portal_hash,
            now as _
        )
        .execute(&mut self.sql)
        .await?;
        if made.rows_affected() == 0 {
            return Ok(());
        }
        let grant: domain::id::GrantId = self.id();
        sqlx::query!(
            "WITH n AS (INSERT INTO reserved_name (kind, space, value, tenant_id, owner)
                        VALUES ('principal_name', '00000000-0000-0000-0000-000000000000', $5, $2, $3))
             INSERT INTO role_grant (id, tenant_id, user_id, role_code, role_version, created_at)
             VALUES ($1, $2, $3, 'provider_administrator',
                     (SELECT max(version) FROM role WHERE code = 'provider_administrator'), $4)",
            grant.uuid(),
            self.provider.uuid(),
            id.uuid(),
            ts(self.clock.now()) as _,
            login
        )
        .execute(&mut self.sql)
        .await?;
        Ok(())
    }
}
