//! Cells of lists: said once, for the page and for the file.

use app::AppError;
use domain::list::chosen;
use jiff::Timestamp;
use web::{export::Line, speech};

use crate::query::Pairs;

/// A column a list can show.
#[derive(Debug, Clone)]
pub struct Col<S> {
    /// As it stands in the address; of one that stands for several, with commas.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// What it shows.
    pub show: S,
    /// On a telephone its values need its name.
    pub named: bool,
    /// Its values are numbers.
    pub number: bool,
}

impl<S> Col<S> {
    /// A column.
    pub fn new(code: &str, name: String, show: S) -> Self {
        Self { code: code.to_owned(), name, show, named: true, number: false }
    }

    /// One whose values explain themselves.
    pub fn plain(self) -> Self {
        Self { named: false, ..self }
    }

    /// One of numbers.
    pub fn number(self) -> Self {
        Self { number: true, ..self }
    }
}

/// The columns of a list: those that are shown, and all there are.
pub struct Columns<S> {
    all: Vec<Col<S>>,
    /// Those that are shown, in their order.
    pub shown: Vec<Col<S>>,
    /// Whether somebody chose them.
    pub chosen: bool,
}

/// A column that can be chosen.
pub struct Tick {
    pub code: String,
    pub name: String,
    pub here: bool,
}

impl<S: Clone> Columns<S> {
    /// The columns an address asks for; `usual` when it asks for none.
    pub fn read(query: &Pairs, all: Vec<Col<S>>, usual: Vec<Col<S>>) -> Result<Self, AppError> {
        let text = query.given("columns").unwrap_or_default();
        let asked = chosen(text, &all, |column| &column.code).map_err(AppError::field)?;
        let mut shown: Vec<_> = asked.into_iter().cloned().collect();
        if let Some(first) = shown.first_mut() {
            first.named = false;
        }
        let chosen = !shown.is_empty();
        Ok(Self { all, shown: if chosen { shown } else { usual }, chosen })
    }

    /// What the columns are called, for a file.
    pub fn heads(&self) -> Line {
        self.shown.iter().map(|column| column.name.clone()).collect()
    }

    /// A row of a file.
    pub fn line(&self, cell: impl Fn(&S) -> Cell) -> Line {
        self.shown.iter().map(|column| cell(&column.show).in_file()).collect()
    }

    /// A row of the page, which leads to `href`.
    pub fn row(&self, href: &str, now: Timestamp, cell: impl Fn(&S) -> Cell) -> Vec<Td> {
        let mut row: Vec<_> =
            self.shown.iter().map(|column| Td::new(cell(&column.show), column, now)).collect();
        // Without the column that leads there another one does.
        if row.iter().all(|td| td.said.href.as_deref() != Some(href))
            && let Some(td) = row.iter_mut().find(|td| !td.said.text.is_empty() && td.said.href.is_none())
        {
            td.said.href = Some(href.to_owned());
        }
        row
    }

    /// All columns to choose from: those that are shown first, in their order.
    pub fn ticks(&self) -> Vec<Tick> {
        let shown: Vec<_> = self.shown.iter().flat_map(|column| column.code.split(',')).collect();
        let place = |column: &Col<S>| shown.iter().position(|code| *code == column.code);
        let mut all: Vec<_> = self.all.iter().collect();
        all.sort_by_key(|column| place(column).unwrap_or(usize::MAX));
        let tick = |column: &Col<S>| {
            let here = place(column).is_some();
            Tick { code: column.code.clone(), name: column.name.clone(), here }
        };
        all.into_iter().map(tick).collect()
    }
}

/// A text, where it leads, and what stands below it.
#[derive(Debug, Default)]
pub struct Said {
    pub text: String,
    pub href: Option<String>,
    pub below: Option<(String, Option<String>)>,
}

impl Said {
    /// The text in parts between which a line may break: an address breaks where people read a part.
    pub fn parts(&self) -> Vec<&str> {
        if !self.text.contains('@') {
            return vec![&self.text];
        }
        let breaks = self.text.match_indices(['@', '.']).map(|(at, _)| at).filter(|at| *at > 0);
        let (mut parts, mut from) = (Vec::new(), 0);
        for at in breaks.chain([self.text.len()]) {
            parts.extend(self.text.get(from..at));
            from = at;
        }
        parts
    }
}

/// What stands in a cell.
#[derive(Debug, Default)]
pub struct Cell {
    said: Said,
    at: Option<Timestamp>,
    states: Vec<(String, &'static str)>,
    /// What stands in a file instead.
    file: Option<String>,
}

impl Cell {
    /// A text; nothing when there is none.
    pub fn text(text: impl Into<String>) -> Self {
        Self { said: Said { text: text.into(), ..Said::default() }, ..Self::default() }
    }

    /// The same of a text that may be missing.
    pub fn of(text: Option<&String>) -> Self {
        Self::text(text.map(String::as_str).unwrap_or_default())
    }

    /// An instant; nothing when there is none.
    pub fn at(at: impl Into<Option<Timestamp>>) -> Self {
        Self { at: at.into(), ..Self::default() }
    }

    /// Words for states, with how they look.
    pub fn states(states: impl IntoIterator<Item = (String, &'static str)>) -> Self {
        Self { states: states.into_iter().collect(), ..Self::default() }
    }

    /// Where it leads.
    pub fn to(mut self, href: String) -> Self {
        self.said.href = Some(href);
        self
    }

    /// With something below it, that may lead somewhere.
    pub fn below(mut self, text: &str, href: Option<String>) -> Self {
        self.said.below = (!text.is_empty()).then(|| (text.to_owned(), href));
        self
    }

    /// With another text in a file.
    pub fn filed(mut self, text: impl Into<String>) -> Self {
        self.file = Some(text.into());
        self
    }

    /// As it stands in a file.
    fn in_file(self) -> String {
        if let Some(file) = self.file {
            return file;
        }
        let words = self.states.into_iter().map(|(word, _)| word);
        let at = self.at.map(|at| at.to_string());
        let all = [self.said.text].into_iter().filter(|text| !text.is_empty()).chain(at).chain(words);
        all.collect::<Vec<_>>().join(", ")
    }
}

/// A cell of the page.
pub struct Td {
    pub class: &'static str,
    pub label: Option<String>,
    pub said: Said,
    /// An instant, and how long ago that is.
    pub when: Option<(String, String)>,
    pub states: Vec<(String, &'static str)>,
}

impl Td {
    fn new<S>(cell: Cell, column: &Col<S>, now: Timestamp) -> Self {
        let class = match &cell {
            Cell { at: Some(_), .. } => "when",
            _ if column.number => "number",
            _ if cell.said.text.contains('@') => "login-name",
            // A telephone number is read in one.
            _ if (1..=24).contains(&cell.said.text.len())
                && !cell.said.text.contains(char::is_alphabetic) =>
            {
                "short"
            }
            _ => "",
        };
        Self {
            class,
            label: column.named.then(|| column.name.clone()),
            said: cell.said,
            when: cell.at.map(|at| (at.to_string(), speech::ago(at, now))),
            states: cell.states,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Columns<u8>, AppError> {
        let all =
            || ["name", "login", "title", "mail"].map(|code| Col::new(code, code.to_uppercase(), 0)).to_vec();
        let usual =
            vec![Col::new("name", "NAME".to_owned(), 1), Col::new("title,mail", "BOTH".to_owned(), 2)];
        Columns::read(&Pairs::of("columns", text), all(), usual)
    }

    #[test]
    fn an_address_breaks_where_people_read_a_part_and_other_texts_do_not() {
        let said = |text: &str| Said { text: text.to_owned(), ..Said::default() };
        assert_eq!(said("anna.berg@acme.example").parts(), ["anna", ".berg", "@acme", ".example"]);
        assert_eq!(said("@x").parts(), ["@x"]);
        assert_eq!(said("å@ö.ü").parts().concat(), "å@ö.ü");
        assert_eq!(said("Dr. Berg").parts(), ["Dr. Berg"]);
    }

    #[test]
    fn those_that_are_shown_come_first_and_the_others_in_their_order() {
        let ticks = |text: &str| -> Vec<(String, bool)> {
            let columns = read(text).expect("columns");
            columns.ticks().into_iter().map(|tick| (tick.code, tick.here)).collect()
        };
        let of = |all: [(&str, bool); 4]| all.map(|(code, here)| (code.to_owned(), here)).to_vec();
        assert_eq!(ticks(""), of([("name", true), ("title", true), ("mail", true), ("login", false)]));
        assert_eq!(
            ticks("mail,name"),
            of([("mail", true), ("name", true), ("login", false), ("title", false)])
        );
        assert_eq!(
            read("mail,name").ok().map(|columns| columns.heads()),
            Some(vec!["MAIL".into(), "NAME".into()])
        );
        assert!(read("mail,shoe_size").is_err());
    }

    #[test]
    fn a_row_leads_somewhere_whatever_it_shows() {
        let now = Timestamp::UNIX_EPOCH;
        let row = |text: &str| {
            let columns = read(text).expect("columns");
            columns.row("/x", now, |show| if *show == 0 { Cell::text("a@b.c") } else { Cell::at(now) })
        };
        let leads = |row: Vec<Td>| row.into_iter().map(|td| td.said.href.is_some()).collect::<Vec<_>>();
        assert_eq!(leads(row("login,mail")), [true, false]);
        assert_eq!(leads(row("")), [false, false], "nothing there that could lead");
    }

    #[test]
    fn a_file_has_everything_in_words() {
        let columns = read("mail").expect("columns");
        let states = || Cell::states([("Active".to_owned(), "good"), ("Failed".to_owned(), "bad")]);
        assert_eq!(columns.line(|_| states()), ["Active, Failed"]);
        assert_eq!(columns.line(|_| Cell::text("Shared").filed("shared")), ["shared"]);
        assert_eq!(columns.line(|_| Cell::at(Timestamp::UNIX_EPOCH)), ["1970-01-01T00:00:00Z"]);
        assert_eq!(columns.line(|_| Cell::of(None)), [""]);
    }
}
