//! People who would be made, or come from another customer: which names they would get, and what stands in the way.

use domain::{
    bulk::Act,
    custom::Form,
    field::{FieldError, Rule},
    id::UserId,
    naming::Pattern,
    person::Detail,
};
use store::{bulk::BulkRow, tx::WriteTx};

use super::{known::Seen, plan::refuse};
use crate::{
    AppError, names,
    people::Person,
    provision::{Home, first_values, taken_keys},
};

/// Somebody who would be made, or would come.
pub(super) struct Newcomer {
    /// The place of the row.
    pub at: usize,
    pub person: Person,
}

/// Gives the rows the names people would get, and refuses those who cannot come.
pub(super) async fn foresee(
    tx: &mut WriteTx<'_>,
    home: &Home<'_>,
    rows: &mut [BulkRow],
    mut all: Vec<Newcomer>,
    seen: &mut Seen,
) -> Result<(), AppError> {
    let form = Form::new(&home.fields);
    for one in &all {
        let row = &mut rows[one.at];
        if let Err(errors) = home.wanted("", &one.person) {
            for error in errors {
                refuse(row, Act::Error, error);
            }
        }
        if let Err(errors) = first_values(&form, "", &one.person.fields) {
            for error in errors {
                refuse(row, Act::Error, error);
            }
        }
        // Two rows with one key: the second is the mistake.
        if let Some(key) = one.person.details.get(&Detail::ExternalId)
            && let Some(first) = seen.take_key(key, row.line)
        {
            let error = FieldError::new("external_id", Rule::Duplicate).with("value", key);
            refuse(row, Act::Conflict, error.with("other", format!("row {first}")));
        }
    }
    all.retain(|one| comes(&rows[one.at]));
    let paths: Vec<_> = all.iter().map(|one| one.at.to_string()).collect();
    let people: Vec<_> = all.iter().map(|one| &one.person).collect();
    for error in taken_keys(tx, home.tenant, &paths, people.iter().copied()).await? {
        blame(rows, Act::Conflict, error);
    }
    let pattern = Pattern::parse("naming_pattern", home.pattern).map_err(AppError::field)?;
    let naming = names::Naming {
        tenant: home.tenant,
        code: home.code,
        target: home.target,
        pattern: &pattern,
        suffixes: home.suffixes,
    };
    let nobody: UserId = tx.id();
    let asked: Vec<_> =
        paths.iter().zip(&all).map(|(path, one)| (path.clone(), &one.person, nobody)).collect();
    let (names, errors) = names::foresee(tx, &naming, &asked, &mut seen.names).await?;
    for error in errors {
        let act = if error.rule == Rule::Unknown { Act::Error } else { Act::Conflict };
        blame(rows, act, error);
    }
    for (one, names) in all.iter().zip(names) {
        let row = &mut rows[one.at];
        if comes(row) {
            row.login = names.principal;
        }
    }
    Ok(())
}

fn comes(row: &BulkRow) -> bool {
    matches!(row.act, Act::Create | Act::Move)
}

/// Puts an error to the row whose place its path begins with.
fn blame(rows: &mut [BulkRow], act: Act, mut error: FieldError) {
    let Some((at, field)) = error.field.split_once('.') else { return };
    let (at, field) = (at.parse::<usize>(), field.to_owned());
    error.field = field;
    if let Some(row) = at.ok().and_then(|at| rows.get_mut(at)) {
        refuse(row, act, error);
    }
}
