//! What somebody changed in a directory behind our back: put right, or adopted;
//! and what a directory puts right by itself.

mod members;

use std::collections::BTreeMap;

use domain::{
    drift::{FindingKind, FindingState, Mode, is_of_members, subjects},
    field::{FieldError, Rule},
    id::{FindingId, RequestId, TenantId},
    limits,
    permission::Permission,
    person::Detail,
    request::Lane,
    spec::{Attribute, Spec},
};
use serde_json::json;
use store::{
    Caller,
    drift::{Finding, FindingFilter},
    tx::{Cause, Permit, TenantRef, WriteTx, act},
    users::User,
};

use crate::{
    App, AppError,
    error::Conflict,
    fields, managers,
    reading::roots,
    users::{UserPatch, settle_one, with_values},
};

/// A request that puts findings of one tenant right.
#[derive(Debug, Clone)]
pub struct Reverted {
    /// The request.
    pub request: RequestId,
    /// How many findings it is about.
    pub findings: usize,
}

/// Has what is wanted made true again, for one finding and all others of the same object.
pub async fn revert(app: &App, caller: &Caller, id: FindingId, cause: &Cause) -> Result<Reverted, AppError> {
    let mut tx = app.store.write(caller).await?;
    let finding = tx.finding(id).await?;
    let tenant = tx.tenant(finding.tenant.id).await?;
    let permit = match tx.permit::<act::RequestRetry>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    if let Some(request) = finding.request.filter(|_| finding.state == FindingState::Reverted) {
        // Asked for again, because the answer was lost.
        return Ok(Reverted { request, findings: 1 });
    }
    open(&finding)?;
    if finding.object.is_none() {
        return Err(AppError::Conflict(Conflict::NotOurs));
    }
    // An object is put right as a whole; who is in a group is decided one by one.
    let which = match is_of_members(finding.kind) {
        true => FindingFilter { id: Some(id), ..FindingFilter::default() },
        false => FindingFilter { object: finding.object, ..FindingFilter::default() },
    };
    let mut found = tx.revertible(&permit, &which, limits::FINDINGS_PER_REQUEST).await?;
    found.retain(|other| other.id == id || !is_of_members(other.kind));
    if !found.iter().any(|other| other.id == id) {
        return Err(AppError::Conflict(Conflict::Resolved));
    }
    let reverted = open_and_revert(&mut tx, &permit, &found).await?;
    tx.commit(cause).await?;
    Ok(reverted)
}

/// The same for all open findings of our objects that match, one request for
/// each tenant and at most [`limits::FINDINGS_PER_REQUEST`] findings in it;
/// calling again does the rest.
pub async fn revert_many(
    app: &App,
    caller: &Caller,
    filter: FindingFilter,
    cause: &Cause,
) -> Result<Vec<Reverted>, AppError> {
    let filter = FindingFilter { roots: roots(caller, Permission::RequestRetry)?, ..filter };
    let mut tx = app.store.read(caller).await?;
    let tenants = tx.tenants_with_findings(&filter).await?;
    tx.finish().await?;
    let mut all = Vec::new();
    for tenant in tenants {
        all.extend(revert_in(app, caller, tenant, &filter, cause).await?);
    }
    Ok(all)
}

async fn revert_in(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    filter: &FindingFilter,
    cause: &Cause,
) -> Result<Option<Reverted>, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = match tx.permit::<act::RequestRetry>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    let found = tx.revertible(&permit, filter, limits::FINDINGS_PER_REQUEST).await?;
    if found.is_empty() {
        return Ok(None);
    }
    let reverted = open_and_revert(&mut tx, &permit, &found).await?;
    tx.commit(cause).await?;
    Ok(Some(reverted))
}

async fn open_and_revert(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::RequestRetry>,
    found: &[Finding],
) -> Result<Reverted, AppError> {
    let args = json!({ "count": found.len(), "name": found.first().map(|f| f.name.clone()) });
    let lane = Lane::for_objects(found.len());
    let request = tx.open_request(permit.tenant.id, "drift_revert", args, lane);
    tx.revert(permit, found).await?;
    Ok(Reverted { request, findings: found.len() })
}

/// Makes what was found what is wanted. Only values of people, and only those
/// that are in order by the same rules as if somebody had typed them; names
/// that are unique in the directory are not adopted, because others hold them.
pub async fn adopt(app: &App, caller: &Caller, id: FindingId, cause: &Cause) -> Result<RequestId, AppError> {
    let mut tx = app.store.write(caller).await?;
    let finding = tx.finding(id).await?;
    if is_of_members(finding.kind) {
        return members::adopt(app, caller, tx, finding, cause).await;
    }
    if finding.attribute == Some(Attribute::Owner) {
        return members::adopt_owner(app, caller, tx, finding, cause).await;
    }
    let Some(user) = finding.user else { return Err(AppError::Conflict(Conflict::NotAdoptable)) };
    let (person, permit) = match tx.account::<act::UserUpdate>(user).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, finding.tenant.id, error.into(), cause).await);
        }
    };
    if let Some(request) = finding.request.filter(|_| finding.state == FindingState::Adopted) {
        return Ok(request);
    }
    open(&finding)?;
    let patch = patch(&finding).ok_or(AppError::Conflict(Conflict::NotAdoptable))?;
    if caller.user() == user && patch.enabled == Some(false) {
        return Err(AppError::Conflict(Conflict::Oneself));
    }
    let request = adopt_value(&mut tx, &permit, &person, &finding, patch).await?;
    tx.commit(cause).await?;
    Ok(request)
}

async fn adopt_value(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::UserUpdate>,
    person: &User,
    finding: &Finding,
    patch: UserPatch,
) -> Result<RequestId, AppError> {
    let object = finding.object.ok_or(AppError::NotFound("finding"))?;
    let manager = patch.manager()?;
    let fields = tx.fields(&permit.tenant).await?;
    let mut change = patch.check().map_err(AppError::Invalid)?;
    if let Some(Attribute::Custom(slot)) = finding.attribute {
        change.fields = vec![fields::adopted(&fields, slot, finding.found.as_deref())?];
    }
    change.manager = managers::of_change(tx, &permit.tenant, person, manager).await?;
    let updated = tx.update_user(permit, person, None, &change).await?;
    let args = json!({ "name": updated.display_name });
    let request = tx.open_request(permit.tenant.id, "drift_adopt", args, Lane::Interactive);
    let name = finding.found.clone().filter(|_| finding.attribute == Some(Attribute::Name));
    let now = tx.now();
    let wanted = |spec| match (with_values(spec, &updated, &permit.tenant, &fields, now), name) {
        (Spec::User(mut user), Some(name)) => {
            user.name = name;
            Some(Spec::User(user))
        }
        (other, _) => Some(other),
    };
    tx.want_change(object, wanted, Lane::Interactive).await?;
    // Services may say of the account what was just adopted.
    settle_one(tx, permit.tenant.id, person.id).await?;
    tx.adopted(permit, finding).await?;
    Ok(request)
}

/// Whether what was found is of a kind that can be made what is wanted; whether it is in
/// order is asked when somebody does.
#[must_use]
pub fn can_be_adopted(of: &Finding) -> bool {
    match of.attribute {
        _ if is_of_members(of.kind) => of.member.is_some(),
        Some(Attribute::Owner) => of.linked.is_some(),
        _ => of.user.is_some() && patch(of).is_some(),
    }
}

/// The change that makes the found value the wanted one; none for what cannot be adopted.
fn patch(finding: &Finding) -> Option<UserPatch> {
    if finding.kind != FindingKind::Changed {
        return None;
    }
    let (found, patch) = (finding.found.clone(), UserPatch::default());
    Some(match finding.attribute? {
        // Kept in the desired state alone: what people see is the display name.
        Attribute::Name => found.map(|_| patch)?,
        Attribute::GivenName => UserPatch { given_name: Some(found), ..patch },
        Attribute::Surname => UserPatch { surname: Some(found), ..patch },
        Attribute::DisplayName => UserPatch { display_name: Some(found?), ..patch },
        Attribute::Mail => UserPatch { mail: Some(found), ..patch },
        Attribute::Phone => UserPatch { phone: Some(found), ..patch },
        Attribute::Title => UserPatch { title: Some(found), ..patch },
        Attribute::Department => UserPatch { department: Some(found), ..patch },
        // Somebody of ours who can be found; others nobody here knows.
        Attribute::Manager if found.is_some() => {
            UserPatch { manager: Some(Some(finding.linked?.to_string())), ..patch }
        }
        Attribute::Manager => UserPatch { manager: Some(None), ..patch },
        Attribute::Enabled => UserPatch { enabled: Some(found? == "true"), ..patch },
        Attribute::Detail(detail) if detail != Detail::LogonHours => {
            UserPatch { details: [(detail.code().to_owned(), found)].into(), ..patch }
        }
        // Which field it is the value of is known in the transaction.
        Attribute::Custom(_) => patch,
        // Hours are bits in UTC: whose words these were cannot be told.
        Attribute::Detail(_)
        | Attribute::LogonName
        | Attribute::PrincipalName
        | Attribute::Description
        | Attribute::GroupKind
        | Attribute::Owner
        | Attribute::Readers
        | Attribute::Locked
        | Attribute::PasswordExpired => return None,
    })
}

fn open(finding: &Finding) -> Result<(), AppError> {
    if finding.state == FindingState::Open { Ok(()) } else { Err(AppError::Conflict(Conflict::Resolved)) }
}

/// Asks for a full scan of a directory as soon as possible.
pub async fn scan(app: &App, caller: &Caller, directory: &str, cause: &Cause) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let (target, owner) = tx.directory(directory).await?;
    let tenant = owner_of(&mut tx, owner).await?;
    let permit = match tx.permit::<act::DirectoryManage>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    tx.ask_for_scan(&permit, target).await?;
    tx.commit(cause).await?;
    Ok(())
}

/// What is done about each subject in a directory.
pub async fn policy(
    app: &App,
    caller: &Caller,
    directory: &str,
) -> Result<BTreeMap<&'static str, Mode>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let (target, owner) = tx.directory(directory).await?;
    let tenant = tx.tenant(owner).await.map_err(|_| AppError::NotFound("directory"))?;
    tx.permit::<act::DirectoryRead>(&tenant)?;
    let policy = tx.drift_policy(target).await?;
    tx.finish().await?;
    Ok(policy)
}

/// Decides what is done about some subjects in a directory, or about [`EVERYTHING`]; the others
/// stay as they are.
pub async fn set_policy(
    app: &App,
    caller: &Caller,
    directory: &str,
    decided: &BTreeMap<String, String>,
    cause: &Cause,
) -> Result<BTreeMap<&'static str, Mode>, AppError> {
    let decided = check(decided).map_err(AppError::Invalid)?;
    let mut tx = app.store.write(caller).await?;
    let (target, owner) = tx.directory(directory).await?;
    let tenant = owner_of(&mut tx, owner).await?;
    let permit = match tx.permit::<act::DirectoryManage>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    tx.set_drift_policy(&permit, target, &decided).await?;
    let policy = tx.drift_policy(target).await?;
    tx.commit(cause).await?;
    Ok(policy)
}

/// Who may know of a directory need not know whose it is.
async fn owner_of(tx: &mut WriteTx<'_>, owner: TenantId) -> Result<TenantRef, AppError> {
    tx.tenant(owner).await.map_err(|_| AppError::NotFound("directory"))
}

/// Says it for every subject; what is named beside it goes before.
pub const EVERYTHING: &str = "all";

fn check(decided: &BTreeMap<String, String>) -> Result<BTreeMap<&'static str, Mode>, Vec<FieldError>> {
    let (mut policy, mut errors) = (BTreeMap::new(), Vec::new());
    if let Some(mode) = decided.get(EVERYTHING).and_then(|mode| Mode::from_code(mode)) {
        policy.extend(subjects().map(|(subject, _)| (subject, mode)));
    }
    for (subject, mode) in decided {
        if subject == EVERYTHING && Mode::from_code(mode).is_some() {
            continue;
        }
        let known = subjects().map(|(known, _)| known).chain([EVERYTHING]).find(|known| known == subject);
        match (known, Mode::from_code(mode)) {
            (Some(subject), Some(mode)) => {
                policy.insert(subject, mode);
            }
            (None, _) => errors.push(FieldError::new("subjects", Rule::Unknown).with("value", subject)),
            (_, None) => {
                let field = format!("subjects.{subject}");
                errors.push(FieldError::new(field, Rule::Unknown).with("known", "enforce, report"));
            }
        }
    }
    if errors.is_empty() { Ok(policy) } else { Err(errors) }
}
