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

/// Those of these names that no new group can have, because something in the directory has it.
pub(crate) async fn taken_names(
    tx: &mut ReadTx<'_>,
    tenant: &TenantRef,
    names: &[String],
) -> Result<BTreeSet<String>, AppError> {
    let Some(target) = tenant.target.filter(|_| !names.is_empty()) else { return Ok(BTreeSet::new()) };
    let logon = |name: &String| Name::logon(target, &group_logon_name(&rdn(tenant, name)));
    let asked: Vec<_> = names.iter().map(logon).collect();
    let taken: HashSet<_> = tx.names_taken(&asked).await?.into_iter().collect();
    Ok(names
        .iter()
        .zip(&asked)
        .filter(|(_, asked)| taken.contains(asked))
        .map(|(name, _)| name.clone())
        .collect())
}

/// Makes groups of these names, but for those whose names are taken, which it gives.
pub(crate) async fn make_missing(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    names: &BTreeSet<String>,
) -> Result<BTreeSet<String>, AppError> {
    let permit = tx.permit::<act::GroupManage>(tenant)?;
    let (Some(target), Some(folder)) = (tenant.target, tenant.folder) else {
        return Err(AppError::NotFound("customer"));
    };
    let mut groups = BTreeMap::new();
    for name in names {
        let draft = GroupDraft { name: name.clone(), ..GroupDraft::default() };
        let (id, object): (GroupId, ObjectId) = (tx.id(), tx.id());
        groups.insert(name, (draft.check().map_err(AppError::Invalid)?, id, object));
    }
    let logon = |name: &str| Name::logon(target, &group_logon_name(&rdn(tenant, name)));
    let wanted: Vec<_> = groups.iter().map(|(name, (_, id, _))| (logon(name), id.uuid())).collect();
    let taken = tx.reserve(tenant.id, &wanted).await?;
    let taken: BTreeSet<_> = names.iter().enumerate().filter(|(at, _)| taken.contains(at)).collect();
    let taken: BTreeSet<_> = taken.into_iter().map(|(_, name)| name.clone()).collect();
    groups.retain(|name, _| !taken.contains(*name));
    let objects: Vec<_> = groups
        .values()
        .map(|(values, id, object)| object_of(tenant, (target, folder), values, (*id, *object)))
        .collect();
    tx.want_new(&objects, Lane::Bulk).await?;
    let new = |(values, id, object)| NewGroup { id, object, purpose: GroupPurpose::Custom, values };
    tx.insert_groups(&permit, &groups.into_values().map(new).collect::<Vec<_>>()).await?;
    Ok(taken)
}
