//! Looking at the beginning of a file: where its headings are, whose file it is, and what
//! its columns mean. Nothing is guessed in silence: what is not certain says so.

use std::collections::BTreeSet;

use super::{
    Column, Mapping, Note, NoteCode, Profile,
    cell::looks_secret,
    heading::{Heading, Strength, fold, is_known, is_password, meaning},
    mapping::family,
    profile::MICROSOFT_ORDER,
    row::{Why, no_data},
};
use crate::{
    custom::Definition,
    limits,
    table::{Cell, Form, Row},
};

/// What could be seen of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// Whose file it is.
    pub profile: Profile,
    /// The line of its headings, if it has any.
    pub header: Option<u32>,
    /// What its columns seem to mean.
    pub columns: Vec<Suggestion>,
    /// What somebody should know before going on.
    pub notes: Vec<Note>,
}

/// What a column seems to mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Its heading as written; empty where there is none.
    pub heading: String,
    /// What it means, if anything is known.
    pub column: Option<Column>,
    /// The first value in it. None of a column that is or could be one of passwords.
    pub example: String,
    /// Whether that is certain. What is not is left out until somebody says it.
    pub sure: bool,
}

impl Suggestion {
    /// Whether it is one of passwords, or is called so and not read: what stands there is kept and shown nowhere.
    #[must_use]
    pub fn may_hold_passwords(&self) -> bool {
        match self.column {
            Some(Column::Password) => true,
            Some(Column::Ignored) | None => is_password(&fold(&self.heading)),
            Some(_) => false,
        }
    }
}

/// Rows among which headings are looked for: above them are titles and explanations.
const HEAD_ROWS: usize = 20;
/// Characters of an example.
const EXAMPLE_CHARS: usize = 60;

/// Recognises a file by its first rows ([`limits::IMPORT_ROWS_SEEN`] are enough), where these
/// custom fields hold.
#[must_use]
pub fn recognise(rows: &[Row], fields: &[Definition]) -> Recognised {
    let rows = &rows[..rows.len().min(limits::IMPORT_ROWS_SEEN)];
    let candidates: Vec<&Row> = rows.iter().filter(|row| no_data(row).is_none()).collect();
    let head = header_by_words(&candidates, fields).or_else(|| header_by_look(&candidates));
    let mut notes = of_rows(rows);
    let Some(at) = head else {
        let width = candidates.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        let columns = (0..width.min(limits::IMPORT_COLUMNS)).map(|column| Suggestion {
            heading: String::new(),
            column: None,
            example: example(&candidates, column, true),
            sure: false,
        });
        notes.push(Note::new(NoteCode::NoHeadings));
        return Recognised {
            profile: Profile::FusionDirectory,
            header: None,
            columns: columns.collect(),
            notes,
        };
    };
    let (row, data) = (candidates[at], &candidates[at + 1..]);
    let headings: Vec<Heading> =
        row.cells.iter().take(limits::IMPORT_COLUMNS).map(|cell| Heading::new(&cell.text)).collect();
    let mut profile = Profile::of(&headings);
    let by_order = profile == Profile::Other && is_microsoft_order(&headings, data, fields);
    let mut columns = if by_order {
        profile = Profile::Microsoft365;
        notes.push(Note::new(NoteCode::ByPosition));
        let pairs = headings.iter().zip(MICROSOFT_ORDER);
        pairs.map(|(heading, column)| suggestion(heading, Some(column), true)).collect()
    } else {
        suggest(&headings, profile, fields)
    };
    let unnamed = Heading::new("");
    columns.resize_with(width(headings.len(), data), || suggestion(&unnamed, None, false));
    for (i, column) in columns.iter_mut().enumerate() {
        if !column.may_hold_passwords() {
            column.example = example(data, i, column.column.is_none());
        }
    }
    notes.extend(of_columns(&columns, profile));
    Recognised { profile, header: Some(row.line), columns, notes }
}

impl Recognised {
    /// The headings as written; none for a file without.
    #[must_use]
    pub fn headings(&self) -> Vec<String> {
        match self.header {
            Some(_) => self.columns.iter().map(|column| column.heading.clone()).collect(),
            None => Vec::new(),
        }
    }

    /// The mapping with what is certain; all else is left out until somebody says what it is.
    #[must_use]
    pub fn mapping(&self) -> Mapping {
        let sure = |of: &Suggestion| of.column.clone().filter(|_| of.sure).unwrap_or(Column::Ignored);
        Mapping {
            profile: self.profile,
            header: self.header,
            headings: self.headings(),
            columns: self.columns.iter().map(sure).collect(),
            whole: self.profile == Profile::Own,
            separators: None,
            dates: None,
            key: None,
        }
    }
}

fn suggestion(heading: &Heading, column: Option<Column>, sure: bool) -> Suggestion {
    Suggestion { heading: heading.text.clone(), column, example: String::new(), sure }
}

/// The row with the most words that are headings somewhere, unless there are people above it.
fn header_by_words(candidates: &[&Row], fields: &[Definition]) -> Option<usize> {
    let score = |row: &Row| {
        let written = row.cells.iter().filter(|cell| !cell.text.is_empty());
        let known = written.clone().filter(|cell| is_known(&Heading::new(&cell.text), fields)).count();
        let enough = known >= 2 || (known == 1 && written.count() == 1);
        if enough && !row.cells.iter().any(is_data) { known } else { 0 }
    };
    let scores: Vec<_> = candidates.iter().take(HEAD_ROWS).map(|row| score(row)).collect();
    let best = scores.iter().copied().max().filter(|best| *best > 0)?;
    let at = scores.iter().position(|score| *score == best)?;
    let width = |row: &Row| row.cells.iter().filter(|cell| !cell.text.is_empty()).count();
    // Titles with a date or an address are narrow; what is as wide as the headings may be a person.
    let is_person = |row: &&Row| {
        let (own, of_head) = (width(row), width(candidates[at]));
        let mail = row.cells.iter().any(|cell| is_mail(&cell.text));
        (own >= of_head && row.cells.iter().any(is_data)) || (own * 2 >= of_head && mail)
    };
    (!candidates[..at].iter().any(is_person)).then_some(at)
}

/// Headings in words nobody here knows: the first row, where a column of it holds a word
/// and below nothing but what looks like data.
fn header_by_look(candidates: &[&Row]) -> Option<usize> {
    let (first, rest) = candidates.split_first()?;
    if rest.is_empty() || first.cells.iter().any(is_data) {
        return None;
    }
    let below = |column: usize| {
        let cells: Vec<_> = rest.iter().filter_map(|row| row.cells.get(column)).collect();
        let written: Vec<_> = cells.into_iter().filter(|cell| !cell.text.is_empty()).collect();
        written.len() * 2 >= rest.len() && !written.is_empty() && written.iter().all(|cell| is_data(cell))
    };
    let heads = (0..first.cells.len()).any(|column| !first.text(column).is_empty() && below(column));
    heads.then_some(0)
}

/// Whether a cell holds what no heading does: an address, a number, a day, a distinguished name.
fn is_data(cell: &Cell) -> bool {
    if matches!(cell.form, Form::Number | Form::Date | Form::Truth) {
        return true;
    }
    let text = cell.text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-/.()".contains(c));
    let name = ["cn=", "ou="].iter().any(|start| text.to_lowercase().starts_with(start));
    is_mail(text) || name || (digits >= 3 && plain)
}

fn is_mail(text: &str) -> bool {
    text.trim().split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !text.trim().contains(char::is_whitespace)
    })
}

/// How many columns there are: some have no heading, and what is beyond all of most rows is a mistake.
fn width(headings: usize, data: &[&Row]) -> usize {
    let mut widths: Vec<_> = data.iter().map(|row| row.cells.len()).collect();
    widths.sort_unstable();
    let usual = widths.get(widths.len() / 2).copied().unwrap_or_default();
    headings.max(usual).min(limits::IMPORT_COLUMNS)
}

/// Fifteen columns as Microsoft has them, with what stands in them, and no heading that says otherwise.
fn is_microsoft_order(headings: &[Heading], data: &[&Row], fields: &[Definition]) -> bool {
    let login = |row: &&&Row| {
        let (local, domain) = row.text(0).split_once('@').unwrap_or_default();
        !local.is_empty() && domain.contains('.')
    };
    let names = |row: &&&Row| !row.text(3).is_empty() && !row.text(3).contains('@');
    let agrees = |(heading, place): (&Heading, &Column)| match meaning(
        heading,
        Profile::Microsoft365,
        headings,
        fields,
    ) {
        Some((column, Strength::Sure)) => column == *place,
        _ => true,
    };
    headings.len() == MICROSOFT_ORDER.len()
        && headings.iter().all(|heading| !heading.text.is_empty())
        && headings.iter().zip(&MICROSOFT_ORDER).skip(1).all(agrees)
        && !data.is_empty()
        && data.iter().filter(login).filter(names).count() * 2 > data.len()
}

fn suggest(headings: &[Heading], profile: Profile, fields: &[Definition]) -> Vec<Suggestion> {
    let meanings: Vec<_> = headings.iter().map(|h| meaning(h, profile, headings, fields)).collect();
    let mut taken = BTreeSet::new();
    let mut columns: Vec<_> = headings.iter().map(|heading| suggestion(heading, None, false)).collect();
    for wanted in [Strength::Sure, Strength::Second, Strength::Unsure] {
        for (i, meaning) in meanings.iter().enumerate() {
            let Some((column, strength)) = meaning.as_ref().filter(|(_, strength)| *strength == wanted)
            else {
                continue;
            };
            let many = column.is_list() || *column == Column::Ignored;
            let free = many || (*strength == Strength::Unsure && !taken.contains(&family(column)));
            let free = free || (*strength != Strength::Unsure && taken.insert(family(column)));
            let (column, sure) = match (free, strength) {
                (true, Strength::Unsure) => (Some(column.clone()), false),
                (true, _) => (Some(column.clone()), true),
                // Something else says it better.
                (false, Strength::Second) => (Some(Column::Ignored), true),
                (false, _) => (Some(column.clone()), false),
            };
            columns[i].column = column;
            columns[i].sure = sure;
        }
    }
    // Half a login beside both a whole one and a log-on name says nothing new.
    if [Column::PrincipalName, Column::LogonName].iter().all(|column| taken.contains(column)) {
        for column in columns.iter_mut().filter(|column| column.column == Some(Column::UserName)) {
            column.sure = false;
        }
    }
    columns
}

fn example(data: &[&Row], column: usize, unknown: bool) -> String {
    let mut values = data.iter().map(|row| row.text(column)).filter(|text| !text.is_empty());
    if unknown && values.clone().any(looks_secret) {
        return String::new();
    }
    values.next().unwrap_or_default().chars().take(EXAMPLE_CHARS).collect()
}

/// Rows that are no people, each kind told once.
fn of_rows(rows: &[Row]) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    for row in rows {
        let code = match no_data(row) {
            Some(Why::Version) => NoteCode::VersionLine,
            Some(Why::Example) => NoteCode::ExampleRow,
            Some(Why::Comment) => NoteCode::Comment,
            _ => continue,
        };
        if !notes.iter().any(|note| note.code == code) {
            notes.push(Note { line: Some(row.line), ..Note::new(code) });
        }
    }
    notes
}

fn of_columns(columns: &[Suggestion], profile: Profile) -> Vec<Note> {
    let mut notes = Vec::new();
    for of in columns {
        let is_blank = of.heading.is_empty() && of.example.is_empty();
        let code = match &of.column {
            Some(Column::Password) => NoteCode::PasswordUnread,
            Some(Column::Place) if of.sure => NoteCode::PlaceUnread,
            Some(_) if !of.sure => NoteCode::Unsure,
            None if Column::from_code(&of.heading).is_some() => NoteCode::UnknownField,
            None if !is_blank => NoteCode::UnknownColumn,
            _ => continue,
        };
        notes.push(Note { column: Some(of.heading.clone()), ..Note::new(code) });
    }
    let has = |wanted: &Column| columns.iter().any(|of| of.sure && of.column.as_ref() == Some(wanted));
    if ![Column::GivenName, Column::Surname, Column::DisplayName].iter().any(has) {
        notes.push(Note::new(NoteCode::NoNames));
    }
    if profile == Profile::Own {
        notes.push(Note::new(NoteCode::BlankEmpties));
    }
    notes
}
