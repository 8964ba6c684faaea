//! Groups of a customer's own. Who is in them is in `members`, who owns
//! them in `owners`, how they go in `remove`.

mod members;
mod missing;
mod owners;
mod remove;
pub mod templates;

use domain::{
    field::{Checker, FieldError, Rule},
    group::GroupKind,
    id::{GroupId, ObjectId, TargetId, TenantId},
    limits, names as rules,
    person::Detail,
    request::Lane,
    spec::{GroupSpec, Spec},
};
use serde_json::json;
use store::{
    Caller,
    groups::{Group, GroupPurpose, GroupValues, NewGroup},
    objects::{Entity, NewObject},
    tx::{Cause, TenantRef, WriteTx, act},
    users::Name,
};

use crate::{Answer, App, AppError, Repeat, error::Conflict, repeat, suffixes::is_own};

pub(crate) use members::check_nesting;
pub use members::{Changed, MemberChange, Wish, change_members, set_member};
pub(crate) use missing::{logon_key, make_missing, taken_names};
pub use owners::set_owners;
pub use remove::{delete, restore};

/// The `sAMAccountName` of a group: its name without what MS-SAMR forbids.
pub(crate) fn group_logon_name(name: &str) -> String {
    let clean: String = name
        .chars()
        .map(|c| if "\"/\\[]:;|=,+*?<>@".contains(c) || c.is_control() { '_' } else { c })
        .take(limits::GROUP_LOGON_NAME_CHARS)
        .collect();
    clean.trim_end_matches(['.', ' ']).to_owned()
}

/// A group as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct GroupDraft {
    /// Name within the customer.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// `security` or `distribution`; security when not given.
    pub kind: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// Further addresses, separated by blanks.
    pub aliases: Option<String>,
}

/// New values as somebody typed them; outer `None` leaves a field, inner `None` empties it.
#[derive(Debug, Clone, Default)]
pub struct GroupPatch {
    /// Name within the customer.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<Option<String>>,
    /// `security` or `distribution`.
    pub kind: Option<String>,
    /// Mail address.
    pub mail: Option<Option<String>>,
    /// Further addresses.
    pub aliases: Option<Option<String>>,
}

impl GroupPatch {
    /// The group with the new values in place of its own.
    fn over(self, of: &GroupValues) -> GroupDraft {
        GroupDraft {
            name: self.name.unwrap_or_else(|| of.name.clone()),
            description: self.description.unwrap_or_else(|| of.description.clone()),
            kind: Some(self.kind.unwrap_or_else(|| of.kind.code().to_owned())),
            mail: self.mail.unwrap_or_else(|| of.mail.clone()),
            aliases: self.aliases.unwrap_or_else(|| of.aliases.clone()),
        }
    }
}

impl GroupDraft {
    pub(crate) fn check(&self) -> Result<GroupValues, Vec<FieldError>> {
        let mut c = Checker::default();
        let name = c.take(name("name", &self.name));
        let description = self.description.as_deref();
        let description = c.take(rules::optional_line("description", description, limits::ATTRIBUTE_CHARS));
        let kind =
            c.take(self.kind.as_deref().map_or(Ok(GroupKind::default()), |k| GroupKind::parse("kind", k)));
        let mail = match self.mail.as_deref().map(str::trim) {
            None | Some("") => Some(None),
            Some(mail) => c.take(rules::mail("mail", mail)).map(Some),
        };
        let aliases = c.take(Detail::Aliases.parse("aliases", self.aliases.as_deref().unwrap_or_default()));
        if self.aliases.is_some() && matches!((&mail, &aliases), (Some(None), Some(Some(_)))) {
            c.note(FieldError::new("mail", Rule::Required));
        }
        let values = name.zip(description).zip(kind).zip(mail).zip(aliases);
        c.finish(values.map(|((((name, description), kind), mail), aliases)| GroupValues {
            name,
            description,
            kind,
            mail,
            aliases,
        }))
    }
}

/// A name of a group: within its customer, and together with the customer's code in a directory.
pub(crate) fn name(field: &str, name: &str) -> Result<String, FieldError> {
    rules::line(field, name, limits::RDN_CHARS - limits::CODE_CHARS.end() - 1)
}

/// Refuses addresses outside the customer's own domains; those the group had before stay.
fn check_addresses(
    tenant: &TenantRef,
    before: Option<&GroupValues>,
    values: &GroupValues,
) -> Result<(), Vec<FieldError>> {
    let all = |values: &GroupValues| {
        let aliases = values.aliases.iter().flat_map(|all| all.split(' ')).map(|one| ("aliases", one));
        let all = values.mail.iter().map(|mail| ("mail", mail.as_str())).chain(aliases);
        all.map(|(field, address)| (field, address.to_lowercase())).collect::<Vec<_>>()
    };
    let kept = before.map(all).unwrap_or_default();
    let fresh = all(values).into_iter().filter(|(_, address)| kept.iter().all(|(_, old)| old != address));
    let refused = fresh.filter_map(|(field, address)| is_own(field, &address, &tenant.suffixes).err());
    let errors: Vec<_> = refused.collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// What is wanted of the group's object, with what is said of it.
fn with_values(spec: GroupSpec, tenant: &TenantRef, values: &GroupValues) -> GroupSpec {
    let name = rdn(tenant, &values.name);
    GroupSpec {
        logon_name: group_logon_name(&name),
        name,
        description: values.description.clone(),
        group_kind: values.kind,
        mail: values.mail.clone(),
        aliases: values.aliases.clone(),
        ..spec
    }
}

/// The object of a new group.
fn object_of(
    tenant: &TenantRef,
    (target, folder): (TargetId, ObjectId),
    values: &GroupValues,
    (id, object): (GroupId, ObjectId),
) -> NewObject {
    let plain = GroupSpec::security(folder, String::new(), String::new());
    let spec = Spec::Group(with_values(plain, tenant, values));
    NewObject { id: object, tenant: tenant.id, target, entity: (Entity::Group, id.uuid()), spec }
}

/// Directories are shared, and a group's name is unique in one.
fn rdn(tenant: &TenantRef, name: &str) -> String {
    format!("{} {name}", tenant.code)
}

/// Takes the name for a group; an error if somebody else has it.
async fn take_name(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    id: GroupId,
    name: &str,
) -> Result<(), AppError> {
    let target = tenant.target.ok_or(AppError::NotFound("customer"))?;
    let logon = group_logon_name(&rdn(tenant, name));
    let taken = tx.reserve(tenant.id, &[(Name::logon(target, &logon), id.uuid())]).await?;
    if taken.is_empty() {
        return Ok(());
    }
    Err(AppError::field(FieldError::new("name", Rule::Taken).with("value", name)))
}

/// Makes a group in a customer.
pub async fn create(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    draft: &GroupDraft,
    repeated: Option<&Repeat<'_, GroupId>>,
    cause: &Cause,
) -> Result<Answer<GroupId>, AppError> {
    let values = draft.check().map_err(AppError::Invalid)?;
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = match tx.permit::<act::GroupManage>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    if let Some(answer) = repeat::before(&mut tx, repeated).await? {
        return Ok(answer);
    }
    let (Some(target), Some(folder)) = (tenant.target, tenant.folder) else {
        return Err(AppError::NotFound("customer"));
    };
    check_addresses(&tenant, None, &values).map_err(AppError::Invalid)?;
    let (id, object): (GroupId, ObjectId) = (tx.id(), tx.id());
    take_name(&mut tx, &tenant, id, &values.name).await?;
    tx.open_request(customer, "group_create", json!({ "name": values.name }), Lane::Interactive);
    let wanted = object_of(&tenant, (target, folder), &values, (id, object));
    tx.want_new(&[wanted], Lane::Interactive).await?;
    tx.insert_groups(&permit, &[NewGroup { id, object, purpose: GroupPurpose::Custom, values }]).await?;
    repeat::keep(&mut tx, repeated, &id).await?;
    tx.commit(cause).await?;
    Ok(Answer::Done(id))
}

/// Says other things of a group, if `version` is still the present one. The old
/// name stays reserved, so that nobody gets what was given to the group by its name.
pub async fn update(
    app: &App,
    caller: &Caller,
    id: GroupId,
    version: i64,
    patch: GroupPatch,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let (group, permit) = match tx.group_to_change(id).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(denied(app, caller, id, error.into(), cause).await);
        }
    };
    changeable(&group)?;
    let tenant = permit.tenant.clone();
    let values = patch.over(&group.values).check().map_err(AppError::Invalid)?;
    if version != group.version {
        return Err(AppError::Conflict(Conflict::Stale { present: group.version }));
    }
    check_addresses(&tenant, Some(&group.values), &values).map_err(AppError::Invalid)?;
    // One that was taken over has a name of its own until somebody gives it another.
    let renamed = values.name != group.values.name;
    if renamed {
        let old = match tx.spec(group.object).await? {
            Spec::Group(spec) => spec.logon_name.to_lowercase(),
            _ => return Err(AppError::NotFound("group")),
        };
        if old != group_logon_name(&rdn(&tenant, &values.name)).to_lowercase() {
            take_name(&mut tx, &tenant, id, &values.name).await?;
            let target = tenant.target.ok_or(AppError::NotFound("customer"))?;
            tx.release(id.uuid(), &[Name::logon(target, &old)]).await?;
        }
    }
    let updated = tx.update_group(&permit, &group, version, &values).await?;
    if updated.version == group.version {
        return Ok(());
    }
    tx.open_request(tenant.id, "group_update", json!({ "name": values.name }), Lane::Interactive);
    let wanted = |spec| match spec {
        Spec::Group(spec) if renamed => Some(Spec::Group(with_values(spec, &tenant, &values))),
        Spec::Group(spec) => {
            let (name, logon_name) = (spec.name.clone(), spec.logon_name.clone());
            Some(Spec::Group(GroupSpec { name, logon_name, ..with_values(spec, &tenant, &values) }))
        }
        other => Some(other),
    };
    tx.want_change(group.object, wanted, Lane::Interactive).await?;
    tx.commit(cause).await?;
    Ok(())
}

/// Groups of services and of all people follow from plans and people.
fn changeable(group: &Group) -> Result<(), AppError> {
    if group.is_built_in() { Err(AppError::Conflict(Conflict::BuiltInGroup)) } else { Ok(()) }
}

/// Notes a refused attempt on a group in its tenant's log.
async fn denied(app: &App, caller: &Caller, id: GroupId, error: AppError, cause: &Cause) -> AppError {
    let tenant = async {
        let mut tx = app.store.read(caller).await?;
        let (_, tenant) = tx.group(id).await?;
        tx.finish().await?;
        Ok::<_, AppError>(tenant.id)
    };
    match (&error, tenant.await) {
        (AppError::Forbidden(_), Ok(tenant)) => app.note_denied(caller, tenant, error, cause).await,
        _ => error,
    }
}
