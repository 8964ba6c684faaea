//! Files of a bulk change: what came of each row, the rows that will not be done, and links.

use std::collections::HashMap;

use app::{
    AppError, Caller,
    bulk::{self as use_cases, Account, BulkRow, MadeLink},
};
use axum::{
    extract::Path,
    http::{HeaderMap, header},
    response::Response,
};
use domain::{
    bulk::{Act, RowState},
    id::BulkId,
    limits,
};
use web::{
    Surface, caller,
    export::{self, Format, Line, Reading},
    speech::say,
};

use super::{
    names::{Names, sentence},
    rows, show,
};
use crate::{
    context::{HasSecret, Posted, Visit},
    query::Pairs,
    refusal::Refusal,
    view,
};

/// Columns of the file with what came of each row.
const RESULT: [&str; 9] = [
    "bulk-row-number",
    "column-name",
    "column-login",
    "field-logon_name",
    "column-state",
    "bulk-row-directory",
    "bulk-row-act",
    "bulk-row-person",
    "bulk-row-wrong",
];
/// Columns of the file with links.
const LINKS: [&str; 3] = ["column-name", "column-login", "bulk-link"];

/// Rows of these acts, or all; in this state, or in any.
type Which = (&'static [Act], Option<RowState>);

/// How a line follows from a row.
#[derive(Clone, Copy)]
enum Lines {
    /// What came of it.
    Result,
    /// As it stands in a file with so many columns, and what is wrong with it.
    File(usize),
    /// Who it is, and what is wrong.
    Person,
}

impl Lines {
    fn of(self, of: &BulkRow, account: Account, names: &Names) -> Line {
        match self {
            Self::Result => result_line(of, account, names),
            Self::File(width) => {
                let cells = of.cells.as_ref().and_then(|cells| cells.as_array());
                let mut line: Line = cells.into_iter().flatten().map(use_cases::cell_text).collect();
                line.resize(width, String::new());
                line.extend([of.line.to_string(), wrong_with(of, names)]);
                line
            }
            Self::Person => {
                vec![of.name.clone(), of.login.clone(), of.line.to_string(), wrong_with(of, names)]
            }
        }
    }
}

/// What came or would come of each row.
pub async fn result(
    visit: Visit,
    Path(id): Path<String>,
    headers: HeaderMap,
    query: Pairs,
) -> Result<Response, Refusal> {
    let id: BulkId = id.parse().map_err(|_| Refusal::no_page())?;
    let of = use_cases::get(&visit.surface.app, visit.person()?, id).await?;
    let format = Format::of(query.given("format"))?;
    let name = format!("{}-{}", of.tenant.code, of.bulk.kind.code());
    let read = reader(visit.surface.clone(), headers, id, ((&[], None), Lines::Result));
    export::send((&visit.surface, visit.person()?.user()), (&name, format), export::heads(&RESULT), read)
        .await
}

fn result_line(of: &BulkRow, account: Account, names: &Names) -> Line {
    let act = match of.act {
        act if act.changes() && of.state == RowState::Planned => say(&format!("bulk-act-{}", of.act.code())),
        _ => rows::standing(of.act, of.state).0,
    };
    vec![
        of.line.to_string(),
        of.name.clone(),
        of.login.clone(),
        account.logon_name.unwrap_or_default(),
        of.state.code().to_owned(),
        account.state.map(|state| view::item_state(state).0).unwrap_or_default(),
        act,
        of.user.map(|user| user.to_string()).unwrap_or_default(),
        wrong_with(of, names),
    ]
}

/// Everything that is wrong with a row, in one cell.
fn wrong_with(of: &BulkRow, names: &Names) -> String {
    let said = of.errors.iter().map(|error| {
        let place = error.args.get("column").cloned().unwrap_or_else(|| names.field(&error.field));
        format!("{place}: {}", sentence(error))
    });
    said.collect::<Vec<_>>().join(" ")
}

/// The rows of a file that will not be done, or those that failed, as they stand in it, with what is
/// wrong: corrected, they are imported again.
pub async fn wrong(
    visit: Visit,
    Path(id): Path<String>,
    headers: HeaderMap,
    query: Pairs,
) -> Result<Response, Refusal> {
    let id: BulkId = id.parse().map_err(|_| Refusal::no_page())?;
    let of = use_cases::get(&visit.surface.app, visit.person()?, id).await?;
    let format = Format::of(query.given("format"))?;
    let (mut heads, lines) = match of.mapping() {
        Some(mapping) => {
            let width = mapping.columns.len();
            ((0..width).map(|i| mapping.heading(i)).collect(), Lines::File(width))
        }
        None => (export::heads(&["column-name", "column-login"]), Lines::Person),
    };
    heads.extend(export::heads(&["bulk-row-number", "bulk-row-wrong"]));
    let name = format!("{}-{}", of.tenant.code, say("bulk-wrong-name"));
    let which: Which = match query.given("state") {
        Some("failed") => (&[], Some(RowState::Failed)),
        _ => (&[Act::Error, Act::Conflict], None),
    };
    let read = reader(visit.surface.clone(), headers, id, (which, lines));
    export::send((&visit.surface, visit.person()?.user()), (&name, format), heads, read).await
}

/// Reads rows part by part; who is signed in and what they may see is asked for every part.
fn reader(
    surface: Surface,
    headers: HeaderMap,
    id: BulkId,
    (which, lines): (Which, Lines),
) -> impl Fn(Option<String>) -> Reading<Refusal> + Send + Sync + 'static {
    move |after| {
        let (surface, headers) = (surface.clone(), headers.clone());
        Box::pin(async move {
            let caller = caller::by_cookie(&surface, &headers).await?.ok_or(Refusal::SignIn(None))?;
            let after = after.and_then(|line| line.parse().ok());
            let (rows, names) = part(&surface, &caller, id, (which, after)).await?;
            let accounts = match lines {
                Lines::Result => use_cases::accounts(&surface.app, &caller, id, &rows).await?,
                Lines::File(_) | Lines::Person => HashMap::new(),
            };
            let account =
                |row: &BulkRow| row.user.and_then(|user| accounts.get(&user).cloned()).unwrap_or_default();
            let full = rows.len() == usize::try_from(limits::EXPORT_ROWS).unwrap_or(usize::MAX);
            let next = rows.last().filter(|_| full).map(|row| row.line.to_string());
            Ok((rows.iter().map(|row| lines.of(row, account(row), &names)).collect(), next))
        })
    }
}

async fn part(
    surface: &Surface,
    caller: &Caller,
    id: BulkId,
    (which, after): (Which, Option<i32>),
) -> Result<(Vec<BulkRow>, Names), AppError> {
    let rows = use_cases::rows(&surface.app, caller, id, which, after, limits::EXPORT_ROWS).await?;
    let mut tx = surface.app.read(caller).await?;
    let (_, tenant) = tx.bulk(id).await?;
    let names = Names::of_fields(tx.fields(&tenant).await?);
    tx.finish().await?;
    Ok((rows, names))
}

/// The links of everybody who was made and has not chosen a password: once, as a file nobody keeps.
pub async fn links(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: BulkId = id.parse().map_err(|_| Refusal::no_page())?;
    let app = &visit.surface.app;
    let made = match use_cases::links(app, visit.person()?, id, &visit.cause).await {
        Ok((made, _)) => made,
        Err(error) => return show::refused(visit, id, error).await,
    };
    let to = match made.first() {
        Some(one) => visit.surface.links(&one.token).await?,
        None => visit.surface.links_at(None),
    };
    let line = |of: MadeLink| vec![of.name, of.login, to.to(&of.token)];
    let lines: Vec<_> = std::iter::once(export::heads(&LINKS)).chain(made.into_iter().map(line)).collect();
    let mut response = export::whole(("links", Format::Csv), &lines)?;
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response.extensions_mut().insert(HasSecret);
    Ok(response)
}
