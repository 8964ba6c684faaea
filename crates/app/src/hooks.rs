//! Hooks: what is told or asked elsewhere before and after subscriptions change.

use domain::{
    field::{Checker, FieldError, Rule},
    hook::{Kind, Moment, Occasion},
    id::{HookId, RequestId},
    limits, names,
    permission::Permission,
    person::Detail,
    tenant::TenantKind,
};
use store::{
    Caller, StoreError,
    hooks::{Hook, HookChange, NewHook, NewSecret},
    tx::{Cause, Permit, WriteTx, act},
};

use crate::{App, AppError, error::Conflict, reading::roots};

/// A hook as somebody asked for it.
#[derive(Debug, Clone, Default)]
pub struct HookDraft {
    /// Code of the service; none for one about requests.
    pub service: Option<String>,
    /// Name as shown.
    pub name: String,
    /// `before` or `after`.
    pub moment: String,
    /// What about.
    pub occasions: Vec<String>,
    /// Address of a webhook.
    pub url: Option<String>,
    /// Name of a command.
    pub command: Option<String>,
    /// Seconds a call may take.
    pub limit_seconds: Option<i32>,
    /// How often it is tried.
    pub tries: Option<i32>,
    /// Attributes of people that wait for its consent to a change; all of the service when empty.
    pub attributes: Vec<String>,
}

/// New values as somebody typed them; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct HookPatch {
    /// Name as shown.
    pub name: Option<String>,
    /// Address of a webhook.
    pub url: Option<String>,
    /// Name of a command.
    pub command: Option<String>,
    /// Seconds a call may take.
    pub limit_seconds: Option<i32>,
    /// How often it is tried.
    pub tries: Option<i32>,
}

/// Makes a hook of the tenant whose service it is about, or of the caller's own; gives
/// its secret, which is never shown again.
pub async fn create(
    app: &App,
    caller: &Caller,
    draft: &HookDraft,
    cause: &Cause,
) -> Result<(Hook, Option<NewSecret>), AppError> {
    roots(caller, Permission::HookManage)?;
    let mut new = check(app, draft).map_err(AppError::Invalid)?;
    let mut tx = app.store.write(caller).await?;
    let unknown = |code: &str| AppError::field(FieldError::new("service", Rule::Unknown).with("value", code));
    let owner = match draft.service.as_deref() {
        None => caller.tenant,
        Some(code) => {
            let (service, owner) = tx.service_owner(code).await?.ok_or_else(|| unknown(code))?;
            new.service = Some(service);
            owner
        }
    };
    let tenant = tx.tenant(owner).await.map_err(|error| match error {
        // Services of others are known by their plans, and whose they are is not told.
        StoreError::NotFound(_) => unknown(draft.service.as_deref().unwrap_or_default()),
        other => other.into(),
    })?;
    let permit = match tx.permit::<act::HookManage>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, owner, error.into(), cause).await);
        }
    };
    if new.kind == Kind::Command && tenant.kind != TenantKind::Provider {
        // Commands run on the provider's machines.
        return Err(AppError::field(
            FieldError::new("command", Rule::Unknown).with("value", &new.destination),
        ));
    }
    name_is_free(&mut tx, &permit, &new.name, None).await?;
    let (id, secret) = tx.insert_hook(&permit, &new).await?;
    let hook = tx.hook(id).await?;
    tx.commit(cause).await?;
    Ok((hook, secret))
}

async fn name_is_free(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::HookManage>,
    name: &str,
    but: Option<HookId>,
) -> Result<(), AppError> {
    let (all, taken) = tx.hook_names(permit, name, but).await?;
    if taken {
        return Err(AppError::field(FieldError::new("name", Rule::Taken).with("value", name)));
    }
    if but.is_none() && all >= limits::HOOKS {
        return Err(AppError::field(FieldError::new("name", Rule::TooMany).with("max", limits::HOOKS)));
    }
    Ok(())
}

fn check(app: &App, draft: &HookDraft) -> Result<NewHook, Vec<FieldError>> {
    let mut c = Checker::default();
    let name = c.take(names::display_name("name", &draft.name));
    let moment = c.take(one_of("moment", &draft.moment, Moment::from_code, "before, after"));
    let occasions = match occasions(draft) {
        Ok(occasions) => Some(occasions),
        Err(errors) => {
            for error in errors {
                c.note(error);
            }
            None
        }
    };
    if let (Some(Moment::Before), Some(occasions)) = (moment, &occasions)
        && occasions.contains(&Occasion::RequestFailed)
    {
        c.note(FieldError::new("moment", Rule::Unknown).with("value", "before").with("known", "after"));
    }
    let destination = match (draft.url.as_deref(), draft.command.as_deref()) {
        (Some(url), None) => {
            c.take(app.hooks.destination("url", Kind::Webhook, url)).map(|d| (Kind::Webhook, d))
        }
        (None, Some(name)) => {
            c.take(app.hooks.destination("command", Kind::Command, name)).map(|d| (Kind::Command, d))
        }
        (Some(_), Some(_)) => {
            c.note(FieldError::new("command", Rule::Format).with("expected", "either url or command"));
            None
        }
        (None, None) => {
            c.note(FieldError::new("url", Rule::Required));
            None
        }
    };
    let limit = c.take(seconds(draft.limit_seconds.unwrap_or(limits::HOOK_SECONDS_DEFAULT)));
    let tries = c.take(tries(draft.tries.unwrap_or(limits::HOOK_TRIES_DEFAULT)));
    let attributes = attributes(&mut c, draft, moment, occasions.as_deref());
    let all = name.zip(moment).zip(occasions).zip(destination).zip(limit).zip(tries);
    c.finish(all.map(|(((((name, moment), occasions), (kind, destination)), limit_seconds), tries)| {
        let service = None;
        NewHook { service, name, moment, occasions, kind, destination, limit_seconds, tries, attributes }
    }))
}

/// What a hook guards: only one that is asked before a change guards attributes.
fn attributes(
    c: &mut Checker,
    draft: &HookDraft,
    moment: Option<Moment>,
    occasions: Option<&[Occasion]>,
) -> Vec<Detail> {
    let guards =
        moment == Some(Moment::Before) && occasions.is_some_and(|all| all.contains(&Occasion::Change));
    if !guards && !draft.attributes.is_empty() {
        let expected = "nothing, unless the hook is called before a change";
        c.note(FieldError::new("attributes", Rule::Format).with("expected", expected));
        return Vec::new();
    }
    let from = |text: &str| Detail::from_code(text).filter(|detail| detail.is_in_directory());
    let known: Vec<_> = Detail::ALL.iter().filter(|d| d.is_in_directory()).map(|d| d.code()).collect();
    let known = known.join(", ");
    let mut all = Vec::new();
    for (i, text) in draft.attributes.iter().enumerate() {
        let attribute = c.take(one_of(&format!("attributes[{i}]"), text, from, &known));
        all.extend(attribute.filter(|attribute| !all.contains(attribute)));
    }
    all
}

/// Hooks of services are about subscriptions, the others about requests.
fn occasions(draft: &HookDraft) -> Result<Vec<Occasion>, Vec<FieldError>> {
    let known: &[Occasion] = match draft.service {
        Some(_) => &Occasion::OF_SERVICES,
        None => &[Occasion::RequestFailed],
    };
    let names = known.iter().map(|o| o.code()).collect::<Vec<_>>().join(", ");
    if draft.occasions.is_empty() {
        return Err(vec![FieldError::new("occasions", Rule::Required).with("known", &names)]);
    }
    let mut c = Checker::default();
    let mut all = Vec::new();
    for (i, text) in draft.occasions.iter().enumerate() {
        let from = |text: &str| Occasion::from_code(text).filter(|o| known.contains(o));
        let occasion = c.take(one_of(&format!("occasions[{i}]"), text, from, &names));
        all.extend(occasion.filter(|o| !all.contains(o)));
    }
    c.finish(Some(all))
}

fn one_of<T>(
    field: &str,
    text: &str,
    from: impl Fn(&str) -> Option<T>,
    known: &str,
) -> Result<T, FieldError> {
    if text.is_empty() {
        return Err(FieldError::new(field, Rule::Required).with("known", known));
    }
    from(text).ok_or_else(|| FieldError::new(field, Rule::Unknown).with("value", text).with("known", known))
}

fn seconds(value: i32) -> Result<i32, FieldError> {
    within("time_limit_seconds", value, &limits::HOOK_SECONDS)
}

fn tries(value: i32) -> Result<i32, FieldError> {
    within("tries", value, &limits::HOOK_TRIES)
}

fn within(field: &str, value: i32, range: &std::ops::RangeInclusive<i32>) -> Result<i32, FieldError> {
    if range.contains(&value) {
        return Ok(value);
    }
    let error = FieldError::new(field, Rule::OutOfRange);
    Err(error.with("min", range.start()).with("max", range.end()))
}

/// The hook with a permit to work on it.
async fn permitted<'s>(
    app: &'s App,
    caller: &'s Caller,
    id: HookId,
    cause: &Cause,
) -> Result<(WriteTx<'s>, Hook, Permit<act::HookManage>), AppError> {
    let mut tx = app.store.write(caller).await?;
    let hook = tx.hook(id).await?;
    // Whoever may not know of the tenant may not know of its hooks.
    let tenant = tx.tenant(hook.tenant).await.map_err(|_| AppError::NotFound("hook"))?;
    match tx.permit::<act::HookManage>(&tenant) {
        Ok(permit) => Ok((tx, hook, permit)),
        Err(error) => {
            drop(tx);
            let error = match error {
                StoreError::NotFound(_) => AppError::NotFound("hook"),
                other => other.into(),
            };
            Err(app.note_denied(caller, hook.tenant, error, cause).await)
        }
    }
}

/// A hook, for whoever may change it: an address tells of the provider's systems.
pub async fn show(app: &App, caller: &Caller, id: HookId, cause: &Cause) -> Result<Hook, AppError> {
    let (tx, hook, _permit) = permitted(app, caller, id, cause).await?;
    drop(tx);
    Ok(hook)
}

/// Changes a hook, if `version` is still the present one. What failed is told again
/// with a retry of its request.
pub async fn change(
    app: &App,
    caller: &Caller,
    id: HookId,
    version: i64,
    patch: &HookPatch,
    cause: &Cause,
) -> Result<Hook, AppError> {
    let (mut tx, hook, permit) = permitted(app, caller, id, cause).await?;
    let mut c = Checker::default();
    let (field, destination, other) = match hook.kind {
        Kind::Webhook => ("url", &patch.url, patch.command.as_ref().map(|_| "command")),
        Kind::Command => ("command", &patch.command, patch.url.as_ref().map(|_| "url")),
    };
    if let Some(other) = other {
        c.note(FieldError::new(other, Rule::Immutable));
    }
    let change = HookChange {
        name: patch.name.as_ref().and_then(|name| c.take(names::display_name("name", name))),
        destination: destination.as_ref().and_then(|d| c.take(app.hooks.destination(field, hook.kind, d))),
        limit_seconds: patch.limit_seconds.and_then(|n| c.take(seconds(n))),
        tries: patch.tries.and_then(|n| c.take(tries(n))),
    };
    let change = c.finish(Some(change)).map_err(AppError::Invalid)?;
    if let Some(name) = &change.name {
        name_is_free(&mut tx, &permit, name, Some(id)).await?;
    }
    if tx.change_hook(&permit, &hook, version, &change).await? == version {
        return Ok(hook);
    }
    let hook = tx.hook(id).await?;
    tx.commit(cause).await?;
    Ok(hook)
}

/// Gives a webhook a new secret; the present one signs beside it for `hours` more.
pub async fn rotate(
    app: &App,
    caller: &Caller,
    id: HookId,
    hours: i64,
    cause: &Cause,
) -> Result<(Hook, NewSecret), AppError> {
    let (mut tx, hook, permit) = permitted(app, caller, id, cause).await?;
    if !limits::HOOK_OLD_SECRET_HOURS.contains(&hours) {
        let (min, max) = (limits::HOOK_OLD_SECRET_HOURS.start(), limits::HOOK_OLD_SECRET_HOURS.end());
        let error = FieldError::new("old_valid_hours", Rule::OutOfRange);
        return Err(AppError::field(error.with("min", min).with("max", max)));
    }
    if hook.kind == Kind::Command {
        return Err(AppError::Conflict(Conflict::NoSecret));
    }
    let secret = tx.rotate_hook(&permit, &hook, hours).await?;
    let hook = tx.hook(id).await?;
    tx.commit(cause).await?;
    Ok((hook, secret))
}

/// Removes a hook: nothing waits for it any more.
pub async fn remove(app: &App, caller: &Caller, id: HookId, cause: &Cause) -> Result<(), AppError> {
    let (mut tx, hook, permit) = permitted(app, caller, id, cause).await?;
    tx.remove_hook(&permit, &hook).await?;
    tx.commit(cause).await?;
    Ok(())
}

/// Has a hook called once to see whether it works; the request shows the answer.
pub async fn test(app: &App, caller: &Caller, id: HookId, cause: &Cause) -> Result<RequestId, AppError> {
    let (mut tx, hook, permit) = permitted(app, caller, id, cause).await?;
    let request = tx.test_hook(&permit, &hook).await?;
    tx.commit(cause).await?;
    Ok(request)
}
