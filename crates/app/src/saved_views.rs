//! Views of lists that people keep under a name. Whoever may see such a list anywhere keeps views
//! of it for themselves; whoever may change their tenant shares them with all who manage it.

use domain::{
    field::{Checker, FieldError, Rule},
    id::ViewId,
    limits,
    list::{self, List, Query},
    names,
    permission::Permission,
};
use store::{
    saved_views::SavedView,
    tx::{Permit, WriteTx, act},
};

use crate::{App, AppError, Caller, Cause, reading::roots};

/// A view as somebody wants it.
#[derive(Debug, Clone)]
pub struct ViewDraft {
    /// Of which list.
    pub list: List,
    /// What it is called.
    pub name: String,
    /// What it asks of the list.
    pub query: Query,
    /// Whether all who manage the tenant see it.
    pub shared: bool,
}

/// New values; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct ViewPatch {
    /// What it is called.
    pub name: Option<String>,
    /// What it asks of the list.
    pub query: Option<Query>,
    /// Whether all who manage the tenant see it.
    pub shared: Option<bool>,
}

/// What one needs somewhere to see such a list at all.
const fn needed(list: List) -> Permission {
    match list {
        List::People => Permission::UserRead,
        List::Groups | List::Customers => Permission::TenantRead,
        List::Requests => Permission::RequestRead,
    }
}

/// The caller's own views, then those that are shared in their tenant.
pub async fn list(app: &App, caller: &Caller, list: Option<List>) -> Result<Vec<SavedView>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let views = tx.saved_views(list).await?;
    tx.finish().await?;
    Ok(views)
}

/// Keeps a view under a name that no other of its list has.
pub async fn save(
    app: &App,
    caller: &Caller,
    draft: &ViewDraft,
    cause: &Cause,
) -> Result<SavedView, AppError> {
    roots(caller, needed(draft.list))?;
    let mut c = Checker::default();
    let name = c.take(name(&draft.name));
    let query = c.take_all("query", list::check(draft.list, &draft.query));
    let (name, query) = c.finish(name.zip(query)).map_err(AppError::Invalid)?;
    let mut tx = app.store.write(caller).await?;
    let permit = match sharing(&mut tx, caller, draft.shared).await {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, caller.tenant, error, cause).await);
        }
    };
    room(&mut tx, draft.shared).await?;
    let view = SavedView {
        id: tx.id(),
        list: draft.list,
        name,
        query,
        shared: draft.shared,
        created_by: caller.user(),
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    tx.save_view(&view, permit.as_ref()).await?;
    tx.commit(cause).await?;
    Ok(view)
}

/// Changes a view: the caller's own, or with the right to change their tenant a shared one. What is
/// shared no more is the caller's.
pub async fn change(
    app: &App,
    caller: &Caller,
    id: ViewId,
    patch: &ViewPatch,
    cause: &Cause,
) -> Result<SavedView, AppError> {
    let mut tx = app.store.write(caller).await?;
    let before = tx.lock_saved_view(id).await?;
    let shared = patch.shared.unwrap_or(before.shared);
    let permit = match sharing(&mut tx, caller, before.shared || shared).await {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, caller.tenant, error, cause).await);
        }
    };
    let mut c = Checker::default();
    let name = match &patch.name {
        Some(text) => c.take(name(text)),
        None => Some(before.name.clone()),
    };
    let query = match &patch.query {
        Some(query) => c.take_all("query", list::check(before.list, query)),
        None => Some(before.query.clone()),
    };
    let (name, query) = c.finish(name.zip(query)).map_err(AppError::Invalid)?;
    if shared != before.shared {
        room(&mut tx, shared).await?;
    }
    let mut after = SavedView { name, query, shared, ..before.clone() };
    if after == before {
        return Ok(before);
    }
    after.updated_at = tx.now();
    tx.change_view(&before, &after, permit.as_ref()).await?;
    tx.commit(cause).await?;
    Ok(after)
}

/// Forgets a view that the caller may change.
pub async fn remove(app: &App, caller: &Caller, id: ViewId, cause: &Cause) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let view = tx.lock_saved_view(id).await?;
    let permit = match sharing(&mut tx, caller, view.shared).await {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, caller.tenant, error, cause).await);
        }
    };
    tx.remove_view(&view, permit.as_ref()).await?;
    Ok(tx.commit(cause).await?)
}

fn name(text: &str) -> Result<String, FieldError> {
    names::line("name", text, limits::VIEW_NAME_CHARS)
}

/// The right to change the caller's tenant, where something is or becomes shared.
async fn sharing(
    tx: &mut WriteTx<'_>,
    caller: &Caller,
    shared: bool,
) -> Result<Option<Permit<act::TenantUpdate>>, AppError> {
    if !shared {
        return Ok(None);
    }
    let home = tx.tenant(caller.tenant).await?;
    Ok(Some(tx.permit(&home)?))
}

async fn room(tx: &mut WriteTx<'_>, shared: bool) -> Result<(), AppError> {
    match tx.count_saved_views(shared).await? >= limits::VIEWS {
        true => Err(AppError::field(FieldError::new("name", Rule::TooMany).with("max", limits::VIEWS))),
        false => Ok(()),
    }
}
