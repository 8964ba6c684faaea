//! What lists have in common: columns that sort, filters, and the ways to the pages before
//! and after. All of it stands in the address, so that it can be sent to somebody.

use app::AppError;
use domain::{
    field::FieldError,
    list::{Column, Order, one_of},
};
use web::{
    paging::{Paging, Shown},
    speech::say,
};

use crate::{
    cells::{Col, Columns, Tick},
    query::Pairs,
    saved_views::Views,
};

/// Names in the address that say which part of a list is shown.
const PLACE: [&str; 3] = ["after", "before", "done"];

/// The head of a column.
pub struct Head {
    pub name: String,
    pub href: Option<String>,
    pub sorted: Option<&'static str>,
    pub number: bool,
}

/// A choice by which a list is filtered.
pub struct Pick {
    pub name: String,
    pub label: String,
    pub any: String,
    pub choices: Vec<(String, String, bool)>,
}

/// A text by which a list is filtered.
pub struct Entry {
    pub name: String,
    pub label: String,
    pub value: String,
}

/// Filters that are shown when somebody wants them: those a tenant defined.
#[derive(Default)]
pub struct More {
    pub picks: Vec<Pick>,
    pub entries: Vec<Entry>,
}

impl More {
    /// Whether there are any.
    pub fn is_empty(&self) -> bool {
        self.picks.is_empty() && self.entries.is_empty()
    }

    /// Whether one of them is in use, so that it is seen.
    pub fn is_used(&self) -> bool {
        let picked = self.picks.iter().any(|pick| pick.choices.iter().any(|(.., here)| *here));
        picked || self.entries.iter().any(|entry| !entry.value.is_empty())
    }
}

/// A filter that was taken from a row, and the address of the list without it.
pub struct Chip {
    pub label: String,
    pub value: String,
    pub href: String,
}

/// A list as its page shows it, without its rows.
pub struct Frame {
    pub path: String,
    pub search: String,
    pub hint: String,
    pub sort: String,
    pub heads: Vec<Head>,
    pub picks: Vec<Pick>,
    pub more: More,
    pub chips: Vec<Chip>,
    pub keep: Vec<(&'static str, String)>,
    pub previous: Option<String>,
    pub next: Option<String>,
    /// The files it can be saved as: what each is, and its address.
    pub exports: Vec<(String, String)>,
    /// Whether something was asked for, so that an empty list is not one where nothing is.
    pub filtered: bool,
    /// The columns there are to choose from.
    pub columns: Vec<Tick>,
    /// What else the address asks for while they are chosen.
    pub beside: Vec<(String, String)>,
    /// The list without a choice of columns, where there is one.
    pub usual: Option<String>,
    /// What it is kept under.
    pub views: Views,
}

/// What was asked of a list that is sorted by `C`.
pub struct Asked<C> {
    pub query: Pairs,
    pub order: Order<C>,
    usual: Order<C>,
    errors: Vec<FieldError>,
}

impl<C: Column> Asked<C> {
    /// Reads the order; `usual` when none was asked for.
    pub fn new(query: Pairs, usual: Order<C>) -> Self {
        // A form sends each column by itself.
        let query = query.gathered("columns");
        let mut errors = Vec::new();
        let order = match query.given("sort").map(Order::parse) {
            Some(Ok(order)) => order,
            Some(Err(error)) => {
                errors.push(error);
                usual
            }
            None => usual,
        };
        Self { query, order, usual, errors }
    }

    /// A value of a closed list.
    pub fn one_of<T: Copy>(&mut self, name: &str, all: &[T], code: impl Fn(T) -> &'static str) -> Option<T> {
        let given = self.query.given(name)?;
        one_of(name, given, all, code).map_err(|error| self.errors.push(error)).ok()
    }

    /// An id, or whatever has a form.
    pub fn id<T: std::str::FromStr>(&mut self, name: &str) -> Option<T> {
        let given = self.query.given(name)?;
        let wrong = |_| FieldError::new(name, domain::field::Rule::Unknown).with("value", given);
        given.parse().map_err(|error| self.errors.push(wrong(error))).ok()
    }

    /// Everything that is wrong in the address, at once.
    pub fn check(&mut self) -> Result<(), AppError> {
        if self.errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(std::mem::take(&mut self.errors))) }
    }

    /// The name of the list in its cursors: one of another order leads nowhere.
    pub fn list(&self, name: &str) -> String {
        format!("{name} {}", self.order.code())
    }

    /// The page that was asked for.
    pub fn paging(&self, name: &str) -> Result<Paging, AppError> {
        Paging::both_ways(&self.list(name), None, self.query.given("after"), self.query.given("before"))
    }

    /// The head of a column; it sorts, if the list can be sorted by it.
    fn head<S>(&self, path: &str, column: &Col<S>) -> Head {
        let name = column.name.clone();
        let Some(by) = C::ALL.iter().copied().find(|by| by.code() == column.code) else {
            return Head { name, href: None, sorted: None, number: column.number };
        };
        let here = self.order.by == by;
        let order = Order { by, descending: here && !self.order.descending };
        let href = self.query.without(&PLACE).with(path, "sort", &order.code());
        let sorted = here.then_some(if self.order.descending { "descending" } else { "ascending" });
        Head { name, href: Some(href), sorted, number: false }
    }

    /// A choice among a closed list.
    pub fn pick(
        &self,
        name: &str,
        label: &str,
        any: &str,
        choices: impl IntoIterator<Item = (String, String)>,
    ) -> Pick {
        self.pick_of(name, say(label), say(any), choices)
    }

    /// The same, under a name that somebody gave it.
    pub fn pick_of(
        &self,
        name: &str,
        label: String,
        any: String,
        choices: impl IntoIterator<Item = (String, String)>,
    ) -> Pick {
        let given = self.query.given(name).unwrap_or_default();
        let choice = |(code, word): (String, String)| {
            let here = code == given;
            (code, word, here)
        };
        Pick { name: name.to_owned(), label, any, choices: choices.into_iter().map(choice).collect() }
    }

    /// A filter that was taken from a row.
    pub fn chip(&self, path: &str, name: &str, label: &str, value: &str) -> Chip {
        let href = self.query.without(&PLACE).with(path, name, "");
        Chip { label: say(label), value: value.to_owned(), href }
    }

    /// The list around a page of it; without a `hint` there is no text to search for.
    pub fn frame<S: Clone, R>(
        &self,
        path: &str,
        hint: &str,
        export: &str,
        columns: &Columns<S>,
        page: &Shown<R>,
    ) -> Frame {
        let place = self.query.without(&PLACE);
        let way = |name: &str, cursor: &Option<String>| cursor.as_ref().map(|c| place.with(path, name, c));
        let changed = self.order != self.usual;
        let keep =
            columns.chosen.then(|| ("columns", self.query.given("columns").unwrap_or_default().to_owned()));
        let beside = place.without(&["columns"]);
        Frame {
            path: path.to_owned(),
            search: self.query.text("q"),
            hint: if hint.is_empty() { String::new() } else { say(hint) },
            sort: if changed { self.order.code() } else { String::new() },
            heads: columns.shown.iter().map(|column| self.head(path, column)).collect(),
            picks: Vec::new(),
            more: More::default(),
            chips: Vec::new(),
            keep: keep.into_iter().collect(),
            previous: way("before", &page.previous),
            next: way("after", &page.next),
            exports: vec![
                (say("list-export"), place.with(export, "", "")),
                (say("list-export-xlsx"), place.with(export, "format", "xlsx")),
            ],
            filtered: beside.without(&["sort"]).pairs().next().is_some()
                || self.query.given("after").is_some(),
            columns: columns.ticks(),
            usual: columns.chosen.then(|| beside.with(path, "", "")),
            beside: beside.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            views: Views::default(),
        }
    }
}

/// The head of a column of which nothing is shown.
pub fn plain(name: &str) -> Head {
    Head { name: say(name), href: None, sorted: None, number: false }
}
