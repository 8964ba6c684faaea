//! Files a program fetches: people of a customer as they are imported, and what came of the rows of a bulk change.

use std::collections::HashMap;

use app::{
    AppError, Caller,
    bulk::{self as use_cases, Account, BulkRow as Row, cell_text},
    reading::users::UserSearch,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::{
    bulk::{Act, RowState},
    id::{BulkId, TenantId, UserId},
    limits,
    list::Standing,
    request::ItemState,
};
use web::{
    Surface, caller,
    export::{Format, Line, Reading, send},
    paging::{self, Paging},
    texts,
};
use wire::{bulk::BulkFileQuery, users::UserFileQuery};

use crate::{
    Refused,
    cursor::one_of,
    input::{Call, Params, PathId},
    refusal::{Answer, Refusal},
    tenants,
};

/// The list whose places are in the cursors between parts of a file.
const PEOPLE: &str = "people of a file";

/// Who calls, asked for every part: a token may be revoked meanwhile.
async fn who(surface: &Surface, headers: &HeaderMap) -> Result<Caller, Refusal> {
    caller::by_bearer(surface, headers).await?.ok_or_else(Refusal::unauthorized)
}

/// People of a customer as a file of our own.
///
/// Edited and sent to `POST /imports`, it changes exactly what was edited.
#[utoipa::path(get, path = "/customers/{id}/users/file", tag = "users",
    params(("id" = String, Path, description = "Id of the customer."), UserFileQuery),
    responses((status = 200, description = "The file, part by part.", body = Vec<u8>, content_type = "text/csv"), Refused))]
pub async fn people_file(
    State(surface): State<Surface>,
    call: Call,
    headers: HeaderMap,
    PathId(id): PathId<TenantId>,
    Params(query): Params<UserFileQuery>,
) -> Answer<Response> {
    let format = Format::of(query.format.as_deref())?;
    let standing = one_of("standing", query.standing.as_deref(), &Standing::ALL, Standing::code)?;
    let state = tenants::code("state", query.state.as_deref(), ItemState::from_code)?;
    let mut tx = surface.app.read(&call.caller).await?;
    let name = tx.tenant(id).await.map_err(AppError::from)?.code;
    tx.finish().await.map_err(AppError::from)?;
    let name = format!("{name}-people");
    let own = surface.clone();
    let read = move |after: Option<String>| -> Reading<Refusal> {
        let (surface, headers, query) = (own.clone(), headers.clone(), query.clone());
        Box::pin(async move {
            let caller = who(&surface, &headers).await?;
            let from = Paging::export(PEOPLE, after.as_deref())?;
            let which = UserSearch {
                search: query.search.as_deref(),
                state,
                standing,
                plan: query.plan.as_deref(),
                department: query.department.as_deref(),
                fields: &[],
            };
            let from = from.after::<UserId>()?;
            let part = use_cases::export(&surface.app, &caller, id, which, from, limits::EXPORT_ROWS).await?;
            let heads = after.is_none().then_some(part.headings);
            let next = part.next.map(|(key, user)| paging::cursor(PEOPLE, &key, &user.to_string()));
            Ok((heads.into_iter().chain(part.rows).collect(), next))
        })
    };
    send((&surface, call.caller.user()), (&name, format), Line::new(), read).await
}

/// Rows of a bulk change as a file.
///
/// All of them with what came of each; or those that are wrong, or failed, as they stand in the file that
/// was brought, to be corrected and brought again.
#[utoipa::path(get, path = "/bulk/{id}/file", tag = "bulk",
    params(("id" = String, Path, description = "Id of the bulk change."), BulkFileQuery),
    responses((status = 200, description = "The file, part by part.", body = Vec<u8>, content_type = "text/csv"), Refused))]
pub async fn bulk_file(
    State(surface): State<Surface>,
    call: Call,
    headers: HeaderMap,
    PathId(id): PathId<BulkId>,
    Params(query): Params<BulkFileQuery>,
) -> Answer<Response> {
    let format = Format::of(query.format.as_deref())?;
    let rows = one_of("rows", query.rows.as_deref(), &Rows::ALL, Rows::code)?.unwrap_or(Rows::All);
    let of = use_cases::get(&surface.app, &call.caller, id).await?;
    let mapping = of.mapping().filter(|_| rows != Rows::All);
    let width = mapping.as_ref().map(|mapping| mapping.columns.len());
    let mut heads: Line = match (&mapping, rows) {
        (Some(mapping), _) => (0..mapping.columns.len()).map(|i| mapping.heading(i)).collect(),
        (None, Rows::All) => {
            ["name", "login", "user", "act", "state", "logon_name", "directory"].map(str::to_owned).into()
        }
        (None, _) => ["name", "login"].map(str::to_owned).into(),
    };
    heads.extend(["row", "problem"].map(str::to_owned));
    let name = format!("{}-{}-{}", of.tenant.code, of.bulk.kind.code(), rows.code());
    let own = surface.clone();
    let read = move |after: Option<String>| -> Reading<Refusal> {
        let (surface, headers) = (own.clone(), headers.clone());
        Box::pin(async move {
            let caller = who(&surface, &headers).await?;
            let after = after.and_then(|line| line.parse().ok());
            let part = use_cases::rows(&surface.app, &caller, id, rows.which(), after, limits::EXPORT_ROWS);
            let part = part.await?;
            let accounts = match rows {
                Rows::All => use_cases::accounts(&surface.app, &caller, id, &part).await?,
                Rows::Wrong | Rows::Failed => HashMap::new(),
            };
            let account =
                |row: &Row| row.user.and_then(|user| accounts.get(&user).cloned()).unwrap_or_default();
            let full = part.len() == usize::try_from(limits::EXPORT_ROWS).unwrap_or(usize::MAX);
            let next = part.last().filter(|_| full).map(|row| row.line.to_string());
            Ok((part.iter().map(|row| line(row, account(row), rows, width)).collect(), next))
        })
    };
    send((&surface, call.caller.user()), (&name, format), heads, read).await
}

/// Which rows a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    All,
    Wrong,
    Failed,
}

impl Rows {
    const ALL: [Self; 3] = [Self::All, Self::Wrong, Self::Failed];

    const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Wrong => "wrong",
            Self::Failed => "failed",
        }
    }

    const fn which(self) -> (&'static [Act], Option<RowState>) {
        match self {
            Self::All => (&[], None),
            Self::Wrong => (&[Act::Error, Act::Conflict], None),
            Self::Failed => (&[], Some(RowState::Failed)),
        }
    }
}

/// A row: as it stands in a file with so many columns, or who it is about; and what is wrong with it.
fn line(of: &Row, account: Account, rows: Rows, width: Option<usize>) -> Line {
    let mut line: Line = match (width, rows) {
        (Some(width), _) => {
            let cells = of.cells.as_ref().and_then(|cells| cells.as_array());
            let mut line: Line = cells.into_iter().flatten().map(cell_text).collect();
            line.resize(width, String::new());
            line
        }
        (None, Rows::All) => {
            let user = of.user.map(|user| user.to_string()).unwrap_or_default();
            let (act, state) = (of.act.code().to_owned(), of.state.code().to_owned());
            let directory = account.state.map(|state| state.code().to_owned()).unwrap_or_default();
            let logon = account.logon_name.unwrap_or_default();
            vec![of.name.clone(), of.login.clone(), user, act, state, logon, directory]
        }
        (None, _) => vec![of.name.clone(), of.login.clone()],
    };
    let wrong = of.errors.iter().map(|error| {
        let place = error.args.get("column").unwrap_or(&error.field);
        format!("{place}: {}", texts::field_error(error))
    });
    line.extend([of.line.to_string(), wrong.collect::<Vec<_>>().join(" ")]);
    line
}
