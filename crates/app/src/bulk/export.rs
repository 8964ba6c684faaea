//! People as a file of our own: edited and imported again, it changes exactly what was edited.

use domain::{
    custom::Definition,
    id::{TenantId, UserId},
    import::own_headings,
};
use store::{
    Caller,
    catalogue::Instance,
    users::{User, UserSearch},
};

use super::{
    person::{Belongings, present},
    plan::belongings,
};
use crate::{App, AppError};

/// A part of such a file.
#[derive(Debug, Clone)]
pub struct Part {
    /// The headings, always the same for a customer.
    pub headings: Vec<String>,
    /// The people, by name; of each a value for each heading.
    pub rows: Vec<Vec<String>>,
    /// After whom the next part begins; none after the last.
    pub next: Option<(String, UserId)>,
}

/// The people of a customer whom a list with this filter shows, after one of them.
pub async fn export(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    which: UserSearch<'_>,
    after: Option<(&str, UserId)>,
    limit: u32,
) -> Result<Part, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = tx.permit_people(&tenant)?;
    let fields = tx.fields(&tenant).await?;
    let instances = tx.instances(tenant.id).await?;
    let people = tx.users(&permit, which, after, limit).await?;
    let ids: Vec<_> = people.iter().map(|user| user.id).collect();
    let has = belongings(&mut tx, &permit, &ids).await?;
    tx.finish().await?;
    let headings = own_headings(&fields);
    let full = people.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next = people.last().filter(|_| full).map(|user| (user.key.clone(), user.id));
    // Who has only the portal is in no file.
    let rows = people.iter().filter(|user| user.object.is_some());
    let rows = rows.map(|user| row(&headings, (&instances, &fields), user, &has)).collect();
    Ok(Part { headings, rows, next })
}

fn row(
    headings: &[String],
    (instances, fields): (&[Instance], &[Definition]),
    user: &User,
    has: &Belongings,
) -> Vec<String> {
    let mut values = present(instances, fields, user, has);
    headings.iter().map(|code| values.remove(code).unwrap_or_default()).collect()
}
