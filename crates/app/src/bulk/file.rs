//! From a file to a preview: read, understood, compared with what is there, kept.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use domain::{
    bulk::{BulkKind, BulkState, Options},
    custom::Definition,
    fact,
    field::{FieldError, Rule},
    id::{BulkId, TargetId, TenantId},
    import::{Column, Key, Mapping, NoteCode, Profile, Reader, Recognised, recognise},
    limits, names,
    table::{Cell, Row},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::{
    Caller,
    bulk::{self as stored, FirstPassword, NewBulk, PackedRow},
    tx::{Cause, Permit, TenantRef, WriteTx, act},
    users::Name,
};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Ask, Bulk, Shown,
    foreseen::Foreseen,
    get,
    passwords::{self, Rules},
    plan::{Planned, Reading, plan},
    rows::{Overview, cells, kept_rows, row_of, unread, wishes},
};
use crate::{App, AppError, error::Conflict, users::home};

/// A file as somebody brings it.
#[derive(Debug, Clone, Default)]
pub struct FileDraft {
    /// Its name, to be found again by.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// What may happen.
    pub options: Options,
    /// How its columns are read; otherwise as a kept mapping for the same headings, or as recognised.
    pub mapping: Choice,
}

/// How the columns of a file are read.
#[derive(Debug, Clone, Default)]
pub enum Choice {
    /// As they are recognised.
    #[default]
    Recognised,
    /// As was kept under a name.
    Named(String),
    /// So.
    Given(Box<Mapping>),
}

/// What was found out about a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// `csv`, `xlsx`, `xls` or `ods`.
    pub format: String,
    /// How a text file writes its characters.
    pub encoding: Option<String>,
    /// What stands between its cells.
    pub separator: Option<char>,
    /// The sheet that was read.
    pub sheet: Option<String>,
    /// Rows that are not blank.
    pub rows: usize,
    /// Whose file it is, by its headings.
    pub profile: Option<Profile>,
    /// What each column seems to mean.
    pub columns: Vec<ColumnFacts>,
    /// What somebody should know of it: code, column, line.
    pub notes: Vec<(String, Option<String>, Option<u32>)>,
    /// Rows with a password.
    pub passwords: usize,
    /// Rows of which the password is sealed as the first one of somebody new; all others are not kept.
    #[serde(default)]
    pub sealed: usize,
    /// Whether the customer allows passwords in files.
    #[serde(default)]
    pub takes_passwords: bool,
    /// Rows that are about nobody.
    pub skipped: usize,
}

/// What was found out about a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnFacts {
    /// Its heading.
    pub heading: String,
    /// What it seems to mean.
    pub column: Option<Column>,
    /// Its first value.
    pub example: String,
    /// Whether the meaning is certain.
    pub sure: bool,
}

/// Reads a file and shows what would come of it; nothing happens. Where it is not known what its
/// columns mean, it waits for somebody to say ([`remap`]).
pub async fn import(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    draft: FileDraft,
    cause: &Cause,
) -> Result<Shown, AppError> {
    let FileDraft { name, bytes, options, mapping } = draft;
    // Nobody's bytes are looked at who may not, and not those of very many at once.
    may_import(app, caller, customer, &options, cause).await?;
    let (rows, read, _turn) = unpacked(bytes, turn(app).await?).await?;
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = allowed(&mut tx, &tenant, &options)?;
    let fields = tx.fields(&tenant).await?;
    let seen = recognise(&rows, &fields);
    let mapping = match mapping {
        Choice::Given(mapping) => Some(*mapping),
        Choice::Named(name) => {
            let kept = tx.import_mapping(&tenant, &name).await?.ok_or(AppError::NotFound("mapping"))?;
            Some(kept.for_file(&seen).map_err(AppError::Invalid)?)
        }
        Choice::Recognised => match tx.import_mapping_for(&tenant, &seen.headings()).await? {
            Some(kept) => Some(kept.for_file(&seen).map_err(AppError::Invalid)?),
            None => certain(&seen, &fields),
        },
    };
    let rules = Rules::of(&mut tx, &tenant).await?;
    let mut facts = facts(&read, &seen);
    // What becomes of passwords is told with how many there are.
    facts.notes.retain(|(code, ..)| rules.is_none() || code != NoteCode::PasswordUnread.code());
    let id: BulkId = tx.id();
    let new = |ask: &Ask, state, foreseen: &Foreseen, problem| -> Result<NewBulk, AppError> {
        let (ask, foreseen) = (to_json(ask)?, to_json(foreseen)?);
        let title = title(&name);
        let (kind, undoes, series) = (BulkKind::Import, None, None);
        Ok(NewBulk { id, kind, title, ask, state, foreseen, undoes, series, problem })
    };
    match mapping {
        None => {
            (facts.passwords, facts.takes_passwords) = (passwords::many(&rows, &seen), rules.is_some());
            let passwords = rules.map(|rules| rules.of_unread(&rows, &seen)).unwrap_or_default();
            facts.sealed = passwords.iter().filter(|password| password.value.is_ok()).count();
            let ask = Ask {
                options: options.clone(),
                deed: None,
                mapping: Some(to_json(&seen.mapping())?),
                file: Some(to_json(&facts)?),
            };
            let rows = unread(rows, &seen)?;
            let problem = seen.mapping().check(&fields).err().unwrap_or_default();
            let new = new(&ask, BulkState::Mapping, &Foreseen::default(), problem)?;
            tx.insert_bulk(&permit, &new, &rows).await?;
            passwords::keep(&mut tx, &tenant, id, &passwords).await?;
        }
        Some(mapping) => {
            let rules = rules.map(|rules| rules.at(&mapping));
            let read = Read { tenant: &tenant, fields: &fields, options: &options, facts };
            let Preview { rows, ask, foreseen, passwords, target, names } =
                read.preview(&mut tx, mapping, rows, rules.as_ref()).await?;
            let new = new(&ask, BulkState::Previewed, &foreseen, Vec::new())?;
            tx.insert_bulk(&permit, &new, &rows).await?;
            tx.ask_names(&permit, id, target, &names).await?;
            passwords::keep(&mut tx, &tenant, id, &passwords).await?;
        }
    }
    tx.commit(cause).await?;
    get(app, caller, id).await
}

/// Says what the columns of a file mean, or what may happen, and shows anew what would come of it.
pub async fn remap(
    app: &App,
    caller: &Caller,
    id: BulkId,
    (mapping, options, keep_as): (Option<Mapping>, Option<Options>, Option<&str>),
    cause: &Cause,
) -> Result<Shown, AppError> {
    let turn = turn(app).await?;
    remap_in(&turn, app, (caller, id), (mapping, options, keep_as), cause).await
}

/// The same, by whoever has a turn.
async fn remap_in(
    turn: &OwnedSemaphorePermit,
    app: &App,
    (caller, id): (&Caller, BulkId),
    asked: (Option<Mapping>, Option<Options>, Option<&str>),
    cause: &Cause,
) -> Result<Shown, AppError> {
    let mut tx = app.store.write(caller).await?;
    let locked = tx.lock_bulk(id).await?;
    remap_locked(turn, app, (caller, tx), locked, asked, cause).await
}

/// The same, of what was locked.
pub(super) async fn remap_locked(
    _turn: &OwnedSemaphorePermit,
    app: &App,
    (caller, mut tx): (&Caller, WriteTx<'_>),
    (bulk, tenant): (Bulk, TenantRef),
    (mapping, options, keep_as): (Option<Mapping>, Option<Options>, Option<&str>),
    cause: &Cause,
) -> Result<Shown, AppError> {
    let id = bulk.id;
    let old = Ask::of(&bulk)?;
    if bulk.kind != BulkKind::Import || !matches!(bulk.state, BulkState::Mapping | BulkState::Previewed) {
        return Err(AppError::Conflict(Conflict::BulkState));
    }
    let options = options.unwrap_or(old.options);
    let permit = match allowed(&mut tx, &tenant, &options) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error, cause).await);
        }
    };
    let fields = tx.fields(&tenant).await?;
    let mapping = match (mapping, old.mapping) {
        (Some(mapping), _) => mapping,
        (None, Some(kept)) => serde_json::from_value(kept).map_err(|e| AppError::Internal(Box::new(e)))?,
        (None, None) => return Err(AppError::field(FieldError::new("mapping", Rule::Required))),
    };
    mapping.check(&fields).map_err(AppError::Invalid)?;
    let rows = kept_rows(&mut tx, &bulk).await?;
    if let Some(name) = keep_as {
        let name = &names::display_name("keep_as", name).map_err(AppError::field)?;
        tx.keep_import_mapping(&permit, name, &mapping).await?;
    }
    let facts = old.file.and_then(|facts| serde_json::from_value(facts).ok()).unwrap_or_default();
    let read = Read { tenant: &tenant, fields: &fields, options: &options, facts };
    let rules = Rules::anew(&mut tx, &tenant, &bulk, &mapping).await?;
    let Preview { rows, ask, foreseen, passwords, target, names } =
        read.preview(&mut tx, mapping, rows, rules.as_ref()).await?;
    let (ask, foreseen) = (to_json(&ask)?, to_json(&foreseen)?);
    tx.replace_bulk(&permit, &bulk, (&ask, &foreseen, BulkState::Previewed), &rows).await?;
    tx.ask_names(&permit, id, target, &names).await?;
    passwords::keep(&mut tx, &tenant, id, &passwords).await?;
    tx.commit(cause).await?;
    get(app, caller, id).await
}

/// Changes a cell of a file that was not begun, and shows anew what would come of it.
pub async fn mend(
    app: &App,
    caller: &Caller,
    id: BulkId,
    (line, column, text): (i32, usize, &str),
    cause: &Cause,
) -> Result<Shown, AppError> {
    // Before anything is written, which would not be shown otherwise.
    let turn = turn(app).await?;
    let mut tx = app.store.write(caller).await?;
    let (bulk, tenant) = tx.lock_bulk(id).await?;
    if let Err(error) = tx.permit_ordinary(&tenant) {
        drop(tx);
        return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
    }
    if bulk.kind != BulkKind::Import || bulk.state != BulkState::Previewed {
        return Err(AppError::Conflict(Conflict::BulkState));
    }
    if let Some(mapping) = Ask::of(&bulk)?.mapping()
        && passwords::mend(&mut tx, &tenant, &bulk, (&mapping, column), (line, text.trim())).await?
    {
        tx.commit(cause).await?;
        return remap_in(&turn, app, (caller, id), (None, None, None), cause).await;
    }
    let found = tx.bulk_cells(&bulk, line - 1, 1).await?.pop().filter(|(found, _)| *found == line);
    let mut row = found.and_then(|(line, cells)| row_of(line, &cells)).ok_or(AppError::NotFound("row"))?;
    if column >= limits::IMPORT_COLUMNS {
        return Err(AppError::NotFound("column"));
    }
    if row.cells.len() <= column {
        row.cells.resize(column + 1, Cell::default());
    }
    row.cells[column] = Cell::text(text.trim());
    tx.set_bulk_cells(&bulk, line, &cells(row, |_| true)).await?;
    tx.commit(cause).await?;
    remap_in(&turn, app, (caller, id), (None, None, None), cause).await
}

async fn may_import(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    options: &Options,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(customer).await?;
    if let Err(error) = allowed(&mut tx, &tenant, options) {
        drop(tx);
        return Err(app.note_denied(caller, customer, error, cause).await);
    }
    Ok(())
}

/// A place among the files that are read at once.
async fn turn(app: &App) -> Result<OwnedSemaphorePermit, AppError> {
    let wait = Duration::from_secs(limits::IMPORT_WAIT_SECONDS);
    match tokio::time::timeout(wait, Arc::clone(&app.imports).acquire_owned()).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => Err(AppError::Conflict(Conflict::OtherFiles)),
    }
}

/// The turn is held as long as the bytes are read, also where whoever brought them is gone by then.
async fn unpacked(
    bytes: Vec<u8>,
    turn: OwnedSemaphorePermit,
) -> Result<(Vec<Row>, sheet::Read, OwnedSemaphorePermit), AppError> {
    let read = on_a_core(move || {
        let mut rows = Vec::new();
        let read = sheet::read(&bytes, &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        });
        read.map(|read| (rows, read, turn))
    });
    read.await?.map_err(AppError::field)
}

/// Reading is work of a core; it keeps no other request waiting. Whatever is in a file, the server goes on.
async fn on_a_core<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|broken| {
        tracing::error!(error = %broken, "a file could not be read");
        AppError::field(FieldError::new("file", Rule::Format))
    })
}

fn allowed(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    options: &Options,
) -> Result<Permit<act::Ordinary>, AppError> {
    if options.create {
        tx.permit::<act::UserCreate>(tenant)?;
    }
    if options.make_groups {
        tx.permit::<act::GroupManage>(tenant)?;
    }
    if options.missing == domain::bulk::Missing::Remove {
        tx.may_ordinary::<act::UserDelete>(tenant)?;
    }
    Ok(tx.permit_ordinary(tenant)?)
}

fn title(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
    let clean: String = name.chars().filter(|c| !c.is_control()).take(limits::DISPLAY_NAME_CHARS).collect();
    if clean.is_empty() { "import".to_owned() } else { clean }
}

/// What is recognised, if all that is needed is certain.
fn certain(seen: &Recognised, fields: &[Definition]) -> Option<Mapping> {
    let mapping = seen.mapping();
    let sure = seen.columns.iter().all(|column| column.sure || column.column.is_none());
    (sure && seen.header.is_some() && mapping.check(fields).is_ok()).then_some(mapping)
}

fn facts(read: &sheet::Read, seen: &Recognised) -> FileFacts {
    let column = |column: &domain::import::Suggestion| ColumnFacts {
        heading: column.heading.clone(),
        column: column.column.clone(),
        example: column.example.clone(),
        sure: column.sure,
    };
    FileFacts {
        format: read.format.code().to_owned(),
        encoding: read.encoding.map(|encoding| encoding.name().to_owned()),
        separator: read.separator,
        sheet: read.sheet.clone(),
        rows: read.rows,
        profile: Some(seen.profile),
        columns: seen.columns.iter().map(column).collect(),
        notes: seen.notes.iter().map(|n| (n.code.code().to_owned(), n.column.clone(), n.line)).collect(),
        passwords: 0,
        sealed: 0,
        takes_passwords: false,
        skipped: 0,
    }
}

/// What a file would come to.
struct Preview {
    rows: Vec<PackedRow>,
    ask: Ask,
    foreseen: Foreseen,
    passwords: Vec<FirstPassword>,
    /// The directory, and the names it is asked about.
    target: TargetId,
    names: Vec<(Name, bool)>,
}

/// A file that is about to be understood.
struct Read<'a> {
    tenant: &'a TenantRef,
    fields: &'a [Definition],
    options: &'a Options,
    facts: FileFacts,
}

impl Read<'_> {
    async fn preview(
        mut self,
        tx: &mut WriteTx<'_>,
        mapping: Mapping,
        rows: Vec<Row>,
        passwords: Option<&Rules>,
    ) -> Result<Preview, AppError> {
        mapping.check(self.fields).map_err(AppError::Invalid)?;
        let zone = fact::time_zone(&self.tenant.time_zone).unwrap_or(TimeZone::UTC);
        let read = tx.permit_people(self.tenant)?;
        let plans = tx.plans_for(self.tenant, &self.tenant.currency).await?;
        let home = home(tx, self.tenant, &plans, true).await?;
        let fields = self.fields.to_vec();
        let suffix = self.tenant.suffixes.first().cloned();
        let (looked_at, zone_of) = (mapping, zone.clone());
        let (overview, rows, mut mapping) = on_a_core(move || {
            let overview = Overview::of(&Reader::new(&looked_at, &fields, zone_of), &rows, suffix.as_deref());
            (overview, rows, looked_at)
        })
        .await?;
        self.facts.skipped = overview.skipped;
        self.facts.takes_passwords = passwords.is_some();
        // What is kept of the rows, when they are planned anew, has no passwords.
        self.facts.passwords = self.facts.passwords.max(overview.passwords);
        if overview.people == 0 {
            return Err(AppError::field(FieldError::new("file", Rule::Required)));
        }
        if overview.people > limits::BULK_ROWS {
            return Err(AppError::field(
                FieldError::new("file", Rule::TooMany).with("max", limits::BULK_ROWS),
            ));
        }
        let Overview { keys, principals, logons, .. } = overview;
        let known_by = mapping.key.or_else(|| keys.choose());
        let key = known_by.unwrap_or(Key::PrincipalName);
        let twice = keys.duplicates(Some(key));
        drop(keys);
        let given = principals.iter().map(|name| Name::principal(name));
        let given = given.chain(logons.iter().map(|name| Name::logon(home.target, name))).collect();
        let reading = Reading {
            options: self.options,
            key: match key {
                Key::ExternalId => stored::Key::ExternalId,
                Key::PrincipalName => stored::Key::PrincipalName,
                Key::EmployeeId => stored::Key::EmployeeId,
                Key::LogonName => stored::Key::LogonName,
            },
            whole: mapping.whole,
            managers: mapping.columns.contains(&Column::Manager),
            passwords,
        };
        let wishes = wishes(Reader::new(&mapping, self.fields, zone), &mapping, rows, twice, passwords);
        let Planned { rows, foreseen, passwords, sealed, names } =
            plan(tx, &read, &home, &reading, wishes, given).await?;
        // Where not every row has one, none is asked of the rows when they are planned anew.
        mapping.key = known_by;
        self.facts.sealed = sealed;
        // What was not recognised as passwords before somebody said so is shown to nobody any more.
        for (facts, _) in
            self.facts.columns.iter_mut().zip(&mapping.columns).filter(|(_, c)| **c == Column::Password)
        {
            facts.example.clear();
        }
        let ask = Ask {
            options: self.options.clone(),
            deed: None,
            mapping: Some(to_json(&mapping)?),
            file: Some(to_json(&self.facts)?),
        };
        Ok(Preview { rows, ask, foreseen, passwords, target: home.target, names })
    }
}

pub(super) fn to_json(value: &impl Serialize) -> Result<Json, AppError> {
    serde_json::to_value(value).map_err(|error| AppError::Internal(Box::new(error)))
}
