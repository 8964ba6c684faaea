//! Names that nobody else has: taken for an owner, reserved for a time after it is gone.

use std::collections::{HashMap, HashSet};

use domain::{
    id::{TargetId, TenantId},
    permission::Permission,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    StoreError, ts,
    tx::{ReadTx, WriteTx},
};

/// A name that nobody else may have: kind, space, value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// `principal_name`, `logon_name`, `suffix` or `code`.
    pub kind: NameKind,
    /// The directory for log-on names; the whole instance otherwise.
    pub space: Uuid,
    /// The name, in lower case.
    pub value: String,
}

/// What a name is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// `userPrincipalName`, which is also the portal's login.
    PrincipalName,
    /// `sAMAccountName` of people and groups.
    LogonName,
    /// UPN suffix.
    Suffix,
    /// Code of a tenant.
    Code,
}

impl NameKind {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::PrincipalName => "principal_name",
            Self::LogonName => "logon_name",
            Self::Suffix => "suffix",
            Self::Code => "code",
        }
    }
}

impl Name {
    /// A login name, unique in the instance.
    pub fn principal(value: &str) -> Self {
        Self { kind: NameKind::PrincipalName, space: Uuid::nil(), value: value.to_lowercase() }
    }

    /// A log-on name, unique in its directory.
    pub fn logon(target: TargetId, value: &str) -> Self {
        Self { kind: NameKind::LogonName, space: target.uuid(), value: value.to_lowercase() }
    }

    /// A UPN suffix, unique in the instance.
    pub fn suffix(value: &str) -> Self {
        Self { kind: NameKind::Suffix, space: Uuid::nil(), value: value.to_lowercase() }
    }

    /// A tenant's code, unique in the instance.
    pub fn code(value: &str) -> Self {
        Self { kind: NameKind::Code, space: Uuid::nil(), value: value.to_lowercase() }
    }
}

impl ReadTx<'_> {
    /// Which of `names` somebody has.
    pub async fn names_taken(&mut self, names: &[Name]) -> Result<Vec<Name>, StoreError> {
        let kinds: Vec<_> = names.iter().map(|n| n.kind.code().to_owned()).collect();
        let spaces: Vec<_> = names.iter().map(|n| n.space).collect();
        let values: Vec<_> = names.iter().map(|n| n.value.clone()).collect();
        let now = ts(self.now);
        let rows = sqlx::query!(
            r#"SELECT kind AS "kind!", space AS "space!", value AS "value!"
                 FROM names_taken($1::text[], $2::uuid[], $3::text[], $4)"#,
            &kinds,
            &spaces,
            &values,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let kind = |code: &str| names.iter().find(|n| n.kind.code() == code).map(|n| n.kind);
        Ok(rows
            .into_iter()
            .filter_map(|r| kind(&r.kind).map(|kind| Name { kind, space: r.space, value: r.value }))
            .collect())
    }

    /// Which of `names` somebody has in the directory a tenant lives in who is nobody's here, as it said itself or a
    /// survey saw; when that was is told to whom may take over what is there. Nothing where nobody looked. Only login
    /// and log-on names are looked for.
    pub async fn names_seen(
        &mut self,
        tenant: TenantId,
        target: TargetId,
        names: &[Name],
    ) -> Result<HashMap<Name, Option<Timestamp>>, StoreError> {
        if names.is_empty() {
            return Ok(HashMap::new());
        }
        let kinds: Vec<_> = names.iter().map(|n| n.kind.code().to_owned()).collect();
        let values: Vec<_> = names.iter().map(|n| n.value.clone()).collect();
        let adopters: Vec<_> =
            self.caller.roots(Permission::DirectoryAdopt).into_iter().map(TenantId::uuid).collect();
        let now = ts(self.now);
        let rows = sqlx::query!(
            r#"SELECT kind AS "kind!", value AS "value!", seen_at AS "seen_at?: jiff_sqlx::Timestamp"
                 FROM names_seen($1, $2, $3::uuid[], $4::text[], $5::text[], $6)"#,
            tenant.uuid(),
            target.uuid(),
            &adopters,
            &kinds,
            &values,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let seen: HashMap<_, _> = rows
            .iter()
            .map(|r| ((r.kind.as_str(), r.value.as_str()), r.seen_at.as_ref().map(|at| at.to_jiff())))
            .collect();
        let of = |name: &Name| seen.get(&(name.kind.code(), name.value.as_str())).copied();
        Ok(names.iter().filter_map(|name| Some((name.clone(), of(name)?))).collect())
    }

    /// Of names the places of those that are their owner's, also since the owner gave them up: nobody else gets
    /// them meanwhile, and the owner gets them again.
    pub async fn names_owned(&mut self, names: &[(Name, Uuid)]) -> Result<HashSet<usize>, StoreError> {
        let kinds: Vec<_> = names.iter().map(|n| n.0.kind.code().to_owned()).collect();
        let spaces: Vec<_> = names.iter().map(|n| n.0.space).collect();
        let values: Vec<_> = names.iter().map(|n| n.0.value.clone()).collect();
        let owners: Vec<_> = names.iter().map(|n| n.1).collect();
        let places = sqlx::query_scalar!(
            r#"SELECT a.place AS "place!" FROM unnest($1::text[], $2::uuid[], $3::text[], $4::uuid[])
                      WITH ORDINALITY AS a (kind, space, value, owner, place)
                 JOIN reserved_name r ON (r.kind, r.space, r.value, r.owner) = (a.kind, a.space, a.value, a.owner)"#,
            &kinds,
            &spaces,
            &values,
            &owners
        )
        .fetch_all(self.sql())
        .await?;
        Ok(places.into_iter().filter_map(|place| usize::try_from(place - 1).ok()).collect())
    }
}

impl WriteTx<'_> {
    /// Takes names for their owners in `tenant`; gives the positions of those that
    /// somebody else has. Waits for a transaction that is taking the same name.
    pub async fn reserve(
        &mut self,
        tenant: TenantId,
        names: &[(Name, Uuid)],
    ) -> Result<Vec<usize>, StoreError> {
        let kinds: Vec<_> = names.iter().map(|n| n.0.kind.code().to_owned()).collect();
        let spaces: Vec<_> = names.iter().map(|n| n.0.space).collect();
        let values: Vec<_> = names.iter().map(|n| n.0.value.clone()).collect();
        let owners: Vec<_> = names.iter().map(|n| n.1).collect();
        let now = ts(self.now);
        let taken = sqlx::query!(
            r#"SELECT kind AS "kind!", space AS "space!", value AS "value!", owner AS "owner!"
                 FROM reserve_names($1, $2::text[], $3::uuid[], $4::text[], $5::uuid[], $6)"#,
            tenant.uuid(),
            &kinds,
            &spaces,
            &values,
            &owners,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let won: HashSet<_> =
            taken.iter().map(|r| (r.kind.as_str(), r.space, r.value.as_str(), r.owner)).collect();
        let lost = |(name, owner): &(Name, Uuid)| {
            !won.contains(&(name.kind.code(), name.space, name.value.as_str(), *owner))
        };
        Ok(names.iter().enumerate().filter(|(_, name)| lost(name)).map(|(place, _)| place).collect())
    }

    /// Gives up names of an owner. Nobody else gets them before
    /// [`domain::limits::RESERVED_DAYS`] are over, so that no newcomer inherits
    /// what somebody had by a name.
    pub async fn release(&mut self, owner: Uuid, names: &[Name]) -> Result<(), StoreError> {
        if names.is_empty() {
            return Ok(());
        }
        let kinds: Vec<_> = names.iter().map(|n| n.kind.code().to_owned()).collect();
        let spaces: Vec<_> = names.iter().map(|n| n.space).collect();
        let values: Vec<_> = names.iter().map(|n| n.value.clone()).collect();
        let until = self.now + jiff::SignedDuration::from_hours(24 * domain::limits::RESERVED_DAYS);
        sqlx::query!(
            "UPDATE reserved_name r SET reserved_until = $5
               FROM unnest($2::text[], $3::uuid[], $4::text[]) AS a (kind, space, value)
              WHERE (r.kind, r.space, r.value) = (a.kind, a.space, a.value) AND r.owner = $1",
            owner,
            &kinds,
            &spaces,
            &values,
            ts(until) as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }
}
