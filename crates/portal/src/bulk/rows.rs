//! Rows as they are read, and a cell that is mended where it stands.

use app::bulk::{self as use_cases, Account, BulkRow};
use axum::{extract::Path, response::Response};
use domain::{
    bulk::{Act, Change, LISTS, RowState, Value},
    field::FieldError,
    id::BulkId,
    import::{Column, Mapping},
};
use web::speech::{say, say_with};

use super::{
    names::{Names, sentence},
    show,
};
use crate::{context::Posted, query::Pairs, refusal::Refusal, view};

/// What new people are called stands above their values.
const ABOVE: [&str; 6] =
    ["display_name", "given_name", "surname", "principal_name", "user_name", "must_change_password"];

/// A row of the page.
pub struct Row {
    /// Its number in the file.
    pub line: Option<String>,
    pub name: String,
    pub login: String,
    /// The page of the person.
    pub href: Option<String>,
    pub act: String,
    pub tone: &'static str,
    /// How far the directory is with what was done, until it has it.
    pub directory: Option<(String, &'static str)>,
    pub values: Vec<(String, String)>,
    pub wrong: Vec<Wrong>,
    pub warnings: Vec<Wrong>,
}

/// What is wrong with a value.
pub struct Wrong {
    /// The column by its heading, or the value by its name.
    pub place: String,
    pub value: Option<String>,
    pub text: String,
    pub mend: Option<Mend>,
}

/// A cell that can be written anew.
pub struct Mend {
    pub id: String,
    pub line: i32,
    pub column: usize,
    pub label: String,
    pub value: String,
    /// How it is typed.
    pub input: &'static str,
}

/// How rows of one bulk change are shown.
pub struct Shows<'a> {
    pub names: &'a Names,
    /// The columns of the file, where cells can be mended.
    pub mapping: Option<&'a Mapping>,
}

impl Shows<'_> {
    pub fn row(&self, of: &BulkRow, account: Option<&Account>) -> Row {
        let (act, tone) = standing(of.act, of.state);
        let state = account.filter(|_| of.state == RowState::Done).and_then(|account| account.state);
        let is_gone = of.act == Act::Remove && of.state == RowState::Done;
        let mut line = of.cells.is_some().then(|| said_line(of.line));
        // Whoever has no name yet goes by the login, and by the row where there is none.
        let (name, login) = match (of.name.as_str(), of.login.as_str()) {
            ("", "") => (line.take().unwrap_or_else(|| said_line(of.line)), String::new()),
            ("", login) => (login.to_owned(), String::new()),
            (name, login) => (name.to_owned(), login.to_owned()),
        };
        let mut mended = Vec::new();
        let wrong = of.errors.iter().map(|error| self.wrong(of, error, Some(&mut mended))).collect();
        Row {
            line,
            name,
            login,
            href: of.user.filter(|_| !is_gone).map(|user| format!("/people/{user}")),
            act,
            tone,
            directory: state.and_then(view::unsettled),
            values: self.values(of),
            wrong,
            warnings: of.warnings.iter().map(|error| self.wrong(of, error, None)).collect(),
        }
    }

    /// Field by field: what changes of somebody, or what somebody new has.
    fn values(&self, of: &BulkRow) -> Vec<(String, String)> {
        let changed = |change: &Change| {
            let (before, after) = (change.before.as_deref(), change.after.as_deref());
            (self.names.field(&change.field), self.names.change(&change.field, before, after))
        };
        let mut all = Vec::new();
        if let (Act::Create, Some(said)) = (of.act, &of.said) {
            for (code, value) in said.iter().filter(|(code, _)| !ABOVE.contains(&code.as_str())) {
                let text = match value {
                    Value::Text(text) if code != "manager" => self.names.value(code, text),
                    Value::List(list) if LISTS.contains(&code.as_str()) => {
                        list.iter().map(|label| self.names.value(code, label)).collect::<Vec<_>>().join(", ")
                    }
                    Value::List(list) => list.join(", "),
                    // Who that is stands among the changes.
                    Value::Text(_) | Value::Empty => continue,
                };
                if !text.is_empty() {
                    all.push((self.names.field(code), text));
                }
            }
        }
        all.extend(of.changes.iter().map(changed));
        all
    }

    fn wrong(&self, row: &BulkRow, error: &FieldError, mended: Option<&mut Vec<usize>>) -> Wrong {
        let heading = error.args.get("column").cloned();
        let place = heading.clone().unwrap_or_else(|| self.names.field(&error.field));
        let column = self.mapping.and_then(|mapping| column_of(mapping, heading.as_deref(), &error.field));
        let mend = match (column, mended) {
            // One form for a cell, whatever is wrong with it.
            (Some(column), Some(mended)) if row.cells.is_some() && !mended.contains(&column) => {
                mended.push(column);
                Some(self.mend(row, column))
            }
            _ => None,
        };
        // What a password must not hold is said in the sentence.
        let value = error.args.get("value").filter(|_| error.field != Column::Password.code());
        Wrong { place, value: value.cloned(), text: sentence(error), mend }
    }

    fn mend(&self, row: &BulkRow, column: usize) -> Mend {
        let heading = self.mapping.map(|mapping| mapping.heading(column)).unwrap_or_default();
        let is_password =
            self.mapping.is_some_and(|mapping| mapping.columns.get(column) == Some(&Column::Password));
        let args = [("column", heading.into()), ("row", i64::from(row.line).into())];
        Mend {
            id: format!("cell-{}-{column}", row.line),
            line: row.line,
            column,
            input: if is_password { "password" } else { "text" },
            label: say_with("bulk-mend-cell", &args),
            value: row
                .cells
                .as_ref()
                .and_then(|cells| cells.get(column))
                .map(use_cases::cell_text)
                .unwrap_or_default(),
        }
    }
}

fn said_line(line: i32) -> String {
    say_with("bulk-row-line", &[("n", i64::from(line).into())])
}

/// The column a mistake is in: that of the heading, or the first with this meaning.
fn column_of(mapping: &Mapping, heading: Option<&str>, field: &str) -> Option<usize> {
    let named = |heading: &str| (0..mapping.columns.len()).find(|i| mapping.heading(*i) == heading);
    let meant = || mapping.columns.iter().position(|column| column.code() == field);
    // A login may stand in a column that means either of its names, or half of one.
    let login = || match field {
        "principal_name" | "logon_name" => {
            let halves = [Column::UserName, Column::MailNickname];
            mapping.columns.iter().position(|column| halves.contains(column))
        }
        _ => None,
    };
    heading.and_then(named).or_else(meant).or_else(login)
}

/// The word for what becomes or became of a row, and how it looks.
pub fn standing(act: Act, state: RowState) -> (String, &'static str) {
    match state {
        RowState::Failed => (say("bulk-row-failed"), "bad"),
        RowState::Done => (say(&format!("bulk-did-{}", act.code())), "good"),
        RowState::Left if act.changes() => (say("bulk-row-left"), ""),
        RowState::Planned | RowState::Left => {
            let tone = match act {
                Act::Create | Act::Restore => "good",
                Act::Update | Act::Move => "busy",
                Act::Remove | Act::Conflict => "wait",
                Act::Error => "bad",
                Act::Nothing | Act::Left | Act::Unread => "",
            };
            (say(&format!("bulk-act-{}", act.code())), tone)
        }
    }
}

/// Writes a cell anew, and shows the page where it stands.
pub async fn mend(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: BulkId = id.parse().map_err(|_| Refusal::no_page())?;
    let number = |name| posted.field(name).parse::<i32>().map_err(|_| Refusal::no_page());
    let (line, column) = (number("line")?, number("column")?);
    let column = usize::try_from(column).map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let cell = (line, column, posted.field("text"));
    match use_cases::mend(app, caller, id, cell, &visit.cause).await {
        Ok(_) => {
            let back = Pairs::of("act", posted.field("act")).and("after", posted.field("after"));
            Ok(super::to(id, back.with("", "done", "bulk-mended").as_str()))
        }
        Err(error) => show::refused(visit, id, error).await,
    }
}
