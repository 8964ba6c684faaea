//! Groups a file names and nobody made yet: many at once, each like one that is made by hand.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::{
    id::{GroupId, ObjectId},
    request::Lane,
};
use store::{
    groups::{GroupPurpose, NewGroup},
    tx::{ReadTx, TenantRef, WriteTx, act},
    users::Name,
};

use super::{GroupDraft, group_logon_name, object_of, rdn};
use crate::AppError;

/// The log-on name of a new group, as names are compared in a directory.
pub(crate) fn logon_key(tenant: &TenantRef, name: &str) -> String {
    group_logon_name(&rdn(tenant, name)).to_lowercase()
}

/// Those of these names that no new group can have: another group of the customer is called so, or
/// something in the directory.
pub(crate) async fn taken_names(
    tx: &mut ReadTx<'_>,
    tenant: &TenantRef,
    names: &[String],
) -> Result<BTreeSet<String>, AppError> {
    let Some(target) = tenant.target.filter(|_| !names.is_empty()) else { return Ok(BTreeSet::new()) };
    let asked: Vec<_> = names.iter().map(|name| Name::logon(target, &logon_key(tenant, name))).collect();
    let taken: HashSet<_> = tx.names_taken(&asked).await?.into_iter().collect();
    let own = tx.group_names(tenant.id).await?;
    let is_taken =
        |(name, asked): &(&String, &Name)| taken.contains(*asked) || own.contains(&name.to_lowercase());
    Ok(names.iter().zip(&asked).filter(is_taken).map(|(name, _)| name.clone()).collect())
}

/// Makes groups of these names, but for those whose names are taken.
pub(crate) async fn make_missing(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    names: &BTreeSet<String>,
) -> Result<(), AppError> {
    let permit = tx.permit::<act::GroupManage>(tenant)?;
    let (Some(target), Some(folder)) = (tenant.target, tenant.folder) else {
        return Err(AppError::NotFound("customer"));
    };
    let own = tx.group_names(tenant.id).await?;
    let mut groups = BTreeMap::new();
    for name in names.iter().filter(|name| !own.contains(&name.to_lowercase())) {
        let draft = GroupDraft { name: name.clone(), ..GroupDraft::default() };
        let (id, object): (GroupId, ObjectId) = (tx.id(), tx.id());
        groups.insert(name, (draft.check().map_err(AppError::Invalid)?, id, object));
    }
    let wanted: Vec<_> = groups
        .iter()
        .map(|(name, (_, id, _))| (Name::logon(target, &logon_key(tenant, name)), id.uuid()))
        .collect();
    let taken = tx.reserve(tenant.id, &wanted).await?;
    let mut at = 0..;
    groups.retain(|_, _| at.next().is_none_or(|at| !taken.contains(&at)));
    let objects: Vec<_> = groups
        .values()
        .map(|(values, id, object)| object_of(tenant, (target, folder), values, (*id, *object)))
        .collect();
    tx.want_new(&objects, Lane::Bulk).await?;
    let new = |(values, id, object)| NewGroup { id, object, purpose: GroupPurpose::Custom, values };
    tx.insert_groups(&permit, &groups.into_values().map(new).collect::<Vec<_>>()).await?;
    Ok(())
}
