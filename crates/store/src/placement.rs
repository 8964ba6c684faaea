//! Where sellers place their customers: whose a directory is, which ones a seller may
//! use, which one is meant when nobody says.

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{ObjectId, TargetId, TenantId},
};
use uuid::Uuid;

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// Why customers of a seller cannot live in a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacementObstacle {
    /// It is not in the configuration any more.
    Removed,
    /// It is for somebody else alone.
    Dedicated,
    /// The seller, or one above it, may not use it.
    NotAllowed,
}

impl PlacementObstacle {
    /// The stored name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Dedicated => "dedicated",
            Self::NotAllowed => "not_allowed",
        }
    }

    pub(crate) fn read(code: Option<&str>) -> Result<Option<Self>, StoreError> {
        Ok(match code {
            None => None,
            Some("removed") => Some(Self::Removed),
            Some("dedicated") => Some(Self::Dedicated),
            Some("not_allowed") => Some(Self::NotAllowed),
            Some(_) => return Err(StoreError::Conflict("an obstacle nobody knows")),
        })
    }
}

/// A directory as a seller may use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The directory.
    pub target: TargetId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Why the seller's customers cannot live there; none when they can.
    pub obstacle: Option<PlacementObstacle>,
    /// The seller's own rule names it.
    pub listed: bool,
}

/// Where the customers of a seller go when nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Default {
    /// The directory.
    pub target: TargetId,
    /// The tenant whose default it is; none when it is the only directory.
    pub set_by: Option<TenantId>,
}

impl ReadTx<'_> {
    /// The directories a seller sees, by code, with what stands in the way of each.
    pub async fn placements(&mut self, seller: TenantId) -> Result<Vec<Placement>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT d.id, d.code, d.name, placement_obstacle($1, d.id, NULL) AS obstacle,
                      EXISTS (SELECT FROM placement p WHERE p.tenant_id = $1 AND p.target_id = d.id) AS "listed!"
                 FROM target d WHERE d.removed_at IS NULL ORDER BY d.code COLLATE "C""#,
            seller.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Placement {
                    target: TargetId::from_uuid(row.id),
                    code: row.code,
                    name: row.name,
                    obstacle: PlacementObstacle::read(row.obstacle.as_deref())?,
                    listed: row.listed,
                })
            })
            .collect()
    }

    /// Where customers of the seller go when nobody says; none when somebody has to say.
    pub async fn default_directory(&mut self, seller: TenantId) -> Result<Option<Default>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT directory AS "directory!", set_by FROM default_directory($1)"#,
            seller.uuid()
        )
        .fetch_optional(self.sql())
        .await?;
        Ok(row.map(|row| Default {
            target: TargetId::from_uuid(row.directory),
            set_by: row.set_by.map(TenantId::from_uuid),
        }))
    }

    /// Why a customer of a seller, perhaps one that is still to be made, cannot live in
    /// a directory.
    pub async fn placement_obstacle(
        &mut self,
        seller: TenantId,
        target: TargetId,
        customer: Option<TenantId>,
    ) -> Result<Option<PlacementObstacle>, StoreError> {
        let code = sqlx::query_scalar!(
            "SELECT placement_obstacle($1, $2, $3)",
            seller.uuid(),
            target.uuid(),
            customer.map(TenantId::uuid)
        )
        .fetch_one(self.sql())
        .await?;
        PlacementObstacle::read(code.as_deref())
    }
}

impl WriteTx<'_> {
    /// The container of a seller in a directory, in which its customer is to live; made
    /// with those of the sellers above where they are missing. None for the provider, whose
    /// customers lie at the top. Needs an open request.
    pub async fn place_seller(
        &mut self,
        seller: TenantId,
        target: TargetId,
        customer: TenantId,
    ) -> Result<Result<Option<ObjectId>, PlacementObstacle>, StoreError> {
        let (request, now) = (self.request_id()?, ts(self.now));
        let row = sqlx::query!(
            "SELECT container, obstacle FROM place_seller($1, $2, $3, $4, $5)",
            seller.uuid(),
            target.uuid(),
            customer.uuid(),
            request,
            now as _
        )
        .fetch_one(self.sql())
        .await?;
        self.wake = true;
        Ok(match PlacementObstacle::read(row.obstacle.as_deref())? {
            Some(obstacle) => Err(obstacle),
            None => Ok(row.container.map(ObjectId::from_uuid)),
        })
    }

    /// Says which directories the permitted seller may use (none: all it sees) and which
    /// one is meant when an order does not say (none: as the sellers above it).
    pub async fn set_placement(
        &mut self,
        permit: &Permit<act::DirectoryManage>,
        allowed: &[(TargetId, String)],
        default: Option<(TargetId, String)>,
    ) -> Result<(), StoreError> {
        let tenant = permit.tenant.id;
        let before = sqlx::query!(
            r#"SELECT ARRAY(SELECT d.code FROM placement p JOIN target d ON d.id = p.target_id
                             WHERE p.tenant_id = t.id ORDER BY d.code COLLATE "C") AS "allowed!",
                      (SELECT d.code FROM target d WHERE d.id = t.target_id) AS "default"
                 FROM tenant t WHERE t.id = $1 FOR NO KEY UPDATE OF t"#,
            tenant.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        let mut codes: Vec<_> = allowed.iter().map(|(_, code)| code.clone()).collect();
        codes.sort_unstable();
        let after = default.as_ref().map(|(_, code)| code.clone());
        let text = |codes: &[String]| Some(codes.join(", ")).filter(|text| !text.is_empty());
        let changes: Vec<_> = [
            ("directories", text(&before.allowed), text(&codes)),
            ("default_directory", before.default, after),
        ]
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(field, before, after)| FieldChange { field: field.into(), before, after, person: None })
        .collect();
        if changes.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = allowed.iter().map(|(id, _)| id.uuid()).collect();
        let (default, now) = (default.map(|(id, _)| id.uuid()), ts(self.now));
        sqlx::query!(
            "WITH gone AS (DELETE FROM placement WHERE tenant_id = $1 AND NOT target_id = ANY($2)),
                  t AS (UPDATE tenant SET target_id = $3, version = version + 1 WHERE id = $1)
             INSERT INTO placement (tenant_id, target_id, created_at)
             SELECT $1, d, $4 FROM unnest($2::uuid[]) AS d ON CONFLICT DO NOTHING",
            tenant.uuid(),
            &ids,
            default,
            now as _
        )
        .execute(self.sql())
        .await?;
        let (code, outcome, target) = ("tenant.placement", Outcome::Success, ("tenant", tenant.to_string()));
        self.events.push(Event { code, outcome, tenant, target, changes });
        Ok(())
    }

    /// Dedicates a directory to a tenant, or shares it again (none). False when customers
    /// live there for whom it would not be.
    pub async fn dedicate(
        &mut self,
        owner: &Permit<act::DirectoryManage>,
        to: Option<&Permit<act::DirectoryManage>>,
        target: TargetId,
        dedicated: bool,
    ) -> Result<bool, StoreError> {
        let to = to.map(|permit| permit.tenant.id);
        if dedicated == to.is_some() && to.is_none_or(|to| to == owner.tenant.id) {
            return Ok(true);
        }
        let obstacle =
            sqlx::query_scalar!("SELECT dedicate_directory($1, $2)", target.uuid(), to.map(TenantId::uuid))
                .fetch_one(self.sql())
                .await?;
        if obstacle.is_some() {
            return Ok(false);
        }
        let change = FieldChange {
            field: "dedicated_to".into(),
            before: dedicated.then(|| owner.tenant.id.to_string()),
            after: to.map(|to| to.to_string()),
            person: None,
        };
        let (tenant, of) = (owner.tenant.id, ("directory", target.to_string()));
        let (code, outcome) = ("directory.updated", Outcome::Success);
        self.events.push(Event { code, outcome, tenant, target: of, changes: vec![change] });
        Ok(true)
    }
}
