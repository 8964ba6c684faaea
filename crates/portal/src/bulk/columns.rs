//! What the columns of a file mean: what was found out, and what somebody says.

use app::{
    AppError,
    bulk::{self as use_cases, FileFacts, Shown},
    error::Conflict,
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    bulk::{BulkKind, BulkState},
    field::{FieldError, Rule},
    id::BulkId,
    import::{Column, DateOrder, Key, Mapping, Profile},
    limits,
};
use web::speech::{number, say, say_with};

use super::{
    count,
    import::{self, Choices},
    names::{Names, column, of_file},
    show, title, trail,
};
use crate::{
    context::{Frame, Posted, Visit},
    forms::{Choice, Form, given},
    refusal::Refusal,
};

/// Ways to read days, with their codes.
const DATES: [(&str, Option<DateOrder>); 3] =
    [("", None), ("day_first", Some(DateOrder::DayFirst)), ("month_first", Some(DateOrder::MonthFirst))];

/// A column of the file.
struct Asked {
    /// Name of its input.
    name: String,
    heading: String,
    example: String,
    /// What it seems to mean is not certain.
    unsure: bool,
    meaning: String,
}

#[derive(Template)]
#[template(path = "bulk_columns.html")]
struct Page {
    frame: Frame,
    title: String,
    path: String,
    back: String,
    /// It was seen before what would come of it.
    is_again: bool,
    facts: Vec<(String, String)>,
    notes: Vec<String>,
    columns: Vec<Asked>,
    /// Columns with nothing in them.
    blank: Vec<(String, String)>,
    meanings: Vec<Choice>,
    dates: Vec<Choice>,
    /// By what people are known again.
    keys: Vec<Choice>,
    is_own: bool,
    choices: Choices,
    form: Form,
}

/// The form, for a file that was not begun.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: BulkId = id.parse().map_err(|_| Refusal::no_page())?;
    let of = use_cases::get(&visit.surface.app, visit.person()?, id).await?;
    if !is_open(&of) {
        return Ok(Redirect::to(&format!("/bulk/{id}")).into_response());
    }
    page(&visit, &of, None).await
}

fn is_open(of: &Shown) -> bool {
    of.bulk.kind == BulkKind::Import && matches!(of.bulk.state, BulkState::Mapping | BulkState::Previewed)
}

/// The form, as it was sent where something was wrong with it.
pub async fn page(visit: &Visit, of: &Shown, sent: Option<Form>) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let names = Names::read(&mut tx, &of.tenant).await?;
        let choices = Choices::read(visit, &tx, &of.tenant)?;
        tx.finish().await?;
        Ok::<_, AppError>((names, choices))
    };
    let (names, choices) = read.await?;
    let facts = show::facts_of(of);
    let mapping = of.mapping().ok_or_else(Refusal::no_page)?;
    let status = if sent.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let is_first = of.bulk.state == BulkState::Mapping;
    let (asked, blank) = asked(&mapping, &facts, is_first);
    let form = sent.unwrap_or_else(|| {
        import::options_form(&of.ask.options).begun("whole", mapping.whole.then_some("1"))
    });
    let form = asked.iter().chain(&blank).fold(form, |form, one| form.begun(&one.name, Some(&one.meaning)));
    let dates = DATES.iter().find(|(_, order)| *order == mapping.dates).map(|(code, _)| *code);
    let form = form.begun("dates", dates).begun("separators", mapping.separators.as_deref());
    let form = form.begun("known_by", mapping.key.filter(|_| !is_first).map(Key::code));
    let form = form.named(asked.iter().map(|one| (one.name.clone(), one.heading.clone())));
    let choice = |code: String, name: String| Choice { code, name, hint: String::new() };
    let mut meanings: Vec<_> = Column::all(&names.fields)
        .iter()
        .filter(|column| **column != Column::Ignored)
        .map(|column| choice(column.code(), names.field(&column.code())))
        .collect();
    meanings.sort_by_key(|choice| choice.name.to_lowercase());
    meanings.insert(0, choice(Column::Ignored.code(), column(&Column::Ignored.code())));
    let mut frame = visit.frame.clone();
    frame.trail = trail(of);
    let path = format!("/bulk/{}", of.bulk.id);
    let page = Page {
        frame,
        title: title(&of.bulk),
        is_again: !is_first,
        facts: self::facts(&facts),
        notes: notes(&facts),
        columns: asked,
        blank: blank.into_iter().map(|one| (one.name, one.meaning)).collect(),
        meanings,
        dates: DATES.map(|(code, _)| choice(code.to_owned(), say(&dates_id(code)))).into(),
        keys: keys(&names),
        is_own: mapping.profile == Profile::Own,
        choices,
        form,
        back: path.clone(),
        path: format!("{path}/mapping"),
    };
    visit.page(status, &page)
}

/// By what people can be known again; by itself the best of those the file has.
fn keys(names: &Names) -> Vec<Choice> {
    let choice = |code: &str, name: String| Choice { code: code.to_owned(), name, hint: String::new() };
    let usual = choice("", say("bulk-key-usual"));
    std::iter::once(usual).chain(Key::ALL.map(|key| choice(key.code(), names.field(key.code())))).collect()
}

fn dates_id(code: &str) -> String {
    format!("bulk-dates-{}", if code.is_empty() { "usual" } else { code })
}

fn input(i: usize) -> String {
    format!("column.{i}")
}

/// The columns that are asked for, and those with nothing in them.
fn asked(mapping: &Mapping, facts: &FileFacts, is_first: bool) -> (Vec<Asked>, Vec<Asked>) {
    let one = |(i, said): (usize, &Column)| {
        let seen = facts.columns.get(i);
        let suggested = seen.and_then(|seen| seen.column.clone()).filter(|_| is_first);
        Asked {
            name: input(i),
            heading: mapping.heading(i),
            example: seen.map(|seen| seen.example.clone()).unwrap_or_default(),
            unsure: is_first && seen.is_some_and(|seen| !seen.sure),
            meaning: suggested.as_ref().unwrap_or(said).code(),
        }
    };
    let has = |one: &Asked| {
        let i = one.name.trim_start_matches("column.").parse::<usize>().unwrap_or_default();
        let named = mapping.headings.get(i).is_some_and(|heading| !heading.trim().is_empty());
        named || !one.example.is_empty()
    };
    mapping.columns.iter().enumerate().map(one).partition(has)
}

/// What was found out about a file.
pub fn facts(of: &FileFacts) -> Vec<(String, String)> {
    let n = |n: usize| number(count(n));
    let mut all = vec![(say("bulk-file-format"), of.format.to_uppercase())];
    all.extend(of.sheet.clone().map(|sheet| (say("bulk-file-sheet"), sheet)));
    all.extend(of.encoding.clone().map(|encoding| (say("bulk-file-encoding"), encoding)));
    all.extend(of.separator.map(|mark| {
        let mark = if mark == '\t' { say("bulk-file-tab") } else { mark.to_string() };
        (say("bulk-file-separator"), mark)
    }));
    // The headings are a row, and about nobody.
    let heads = usize::from(of.columns.iter().any(|column| !column.heading.is_empty()));
    all.push((say("bulk-file-rows"), n(of.rows.saturating_sub(heads))));
    if of.skipped > heads {
        all.push((say("bulk-file-skipped"), n(of.skipped - heads)));
    }
    all.extend(of.profile.map(|p| (say("bulk-file-profile"), say(&format!("bulk-profile-{}", p.code())))));
    all
}

/// What somebody should know of a file, in words: for each only the first line, and all columns in one.
pub fn notes(of: &FileFacts) -> Vec<String> {
    let mut seen: Vec<(&str, Vec<&str>)> = Vec::new();
    for (code, column, _) in &of.notes {
        match seen.iter_mut().find(|(known, _)| known == code) {
            Some((_, columns)) => columns.extend(column.as_deref()),
            None => seen.push((code, column.as_deref().into_iter().collect())),
        }
    }
    let said = |(code, columns): &(&str, Vec<&str>)| {
        let text = say(&format!("bulk-note-{code}"));
        match columns.as_slice() {
            [] => text,
            some => say_with("bulk-in-column", &[("column", some.join(", ").into()), ("text", text.into())]),
        }
    };
    let mut all: Vec<_> = seen.iter().map(said).collect();
    if of.sealed > 0 {
        let hours = limits::SECRET_HOURS.into();
        all.push(say_with("bulk-passwords-sealed", &[("n", of.sealed.into()), ("hours", hours)]));
    } else if of.takes_passwords && of.passwords > 0 {
        all.push(say_with("bulk-passwords-known", &[("n", of.passwords.into())]));
    } else if of.passwords > 0 {
        all.push(say_with("bulk-passwords", &[("n", of.passwords.into())]));
    }
    all
}

/// Says what the columns mean, and shows anew what would come of it.
pub async fn change(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: BulkId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let of = use_cases::get(app, caller, id).await?;
    let old = of.mapping().filter(|_| is_open(&of)).ok_or(AppError::Conflict(Conflict::BulkState))?;
    let (options, mut errors) = import::options(&posted);
    let keep = given(posted.field("keep_as"));
    if keep.as_ref().is_some_and(|name| name.chars().count() > limits::DISPLAY_NAME_CHARS) {
        errors.push(FieldError::new("keep_as", Rule::TooLong).with("max", limits::DISPLAY_NAME_CHARS));
    }
    if errors.is_empty() {
        let how = (Some(meant(&posted, old)), Some(options), keep.as_deref());
        match use_cases::remap(app, caller, id, how, &visit.cause).await {
            Ok(_) => return Ok(super::to(id, "")),
            Err(AppError::Invalid(wrong)) => errors = wrong,
            Err(error) => return Err(error.into()),
        }
    }
    page(visit, &of, Some(wrong(&posted, &errors))).await
}

/// The mapping with what was chosen.
fn meant(posted: &Posted, old: Mapping) -> Mapping {
    let column = |(i, known): (usize, &Column)| match posted.field(&input(i)) {
        "" => known.clone(),
        code => Column::from_code(code).unwrap_or(Column::Ignored),
    };
    let dates = posted.field("dates");
    let columns: Vec<_> = old.columns.iter().enumerate().map(column).collect();
    // What was chosen by itself before does not outlive its column.
    let stays = |key: &Key| Some(*key) != old.key || columns.iter().any(|column| key.is_in(column));
    Mapping {
        key: Key::from_code(posted.field("known_by")).filter(stays),
        columns,
        dates: DATES.iter().find(|(code, _)| *code == dates).and_then(|(_, order)| *order),
        separators: given(posted.field("separators")),
        whole: old.profile == Profile::Own && !posted.field("whole").is_empty(),
        ..old
    }
}

/// The form with what is wrong, each at its column.
fn wrong(posted: &Posted, errors: &[FieldError]) -> Form {
    errors.iter().fold(Form::sent(posted), |form, error| {
        let column = error.field.strip_prefix("columns[").and_then(|rest| rest.strip_suffix(']'));
        let place = match (column.and_then(|i| i.parse().ok()), error.field.as_str()) {
            (Some(i), _) => input(i),
            // One that was chosen and is not there; where nothing can be one, that is said of the columns.
            (None, "key") if error.args.contains_key("value") => "known_by".to_owned(),
            (None, "separators" | "keep_as" | "options" | "missing") => error.field.clone(),
            _ => "columns".to_owned(),
        };
        let text = match (column, error.args.get("other")) {
            (Some(_), Some(other)) if error.rule == Rule::Duplicate => {
                say_with("bulk-column-twice", &[("other", other.into())])
            }
            _ => of_file(error),
        };
        form.with_error(&place, &text)
    })
}
