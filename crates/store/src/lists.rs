//! Pages of lists: which rows, in which order, from where on.
//!
//! A page is two statements: the ids of its rows, read in the order of an index, then the
//! rows by their ids. The ids come by one of two ways. What few rows match is looked up by
//! the index of the filter, and those few are sorted. Otherwise the list is walked in its
//! order, where many match and a page is full soon. Which it is is counted, up to a bound,
//! and not guessed: statistics do not know one customer from another.
//!
//! What is counted comes as one array: thousands of rows cost more to receive than to find.
//!
//! Each statement begins with its name in a comment; `bench` keeps their plans.

mod groups;
mod people;
mod requests;
mod tenants;

use std::collections::{HashMap, HashSet};

use domain::{
    id::{Id, TenantId},
    limits,
};
use uuid::Uuid;

pub use self::groups::GroupSearch;
use crate::{StoreError, tx::ReadTx};

/// Which part of a list is read.
#[derive(Debug, Clone, Copy)]
pub struct Span<'a, I> {
    /// The sort key and id of the row beside which it begins; none at the list's beginning.
    pub from: Option<(&'a str, I)>,
    /// The rows before that one, instead of those after it.
    pub back: bool,
    /// Rows at most.
    pub limit: u32,
}

impl<I> Span<'_, I> {
    /// The first rows.
    #[must_use]
    pub const fn first(limit: u32) -> Self {
        Self { from: None, back: false, limit }
    }
}

/// Above every text that is a key.
const ABOVE: &str = "\u{10FFFF}";

/// Where a statement begins: no row is missed by beginning below the lowest or above the
/// highest, and so a kept plan is right for the first page and for every other.
#[derive(Clone)]
struct Start {
    key: String,
    id: Uuid,
    descending: bool,
}

impl Start {
    fn of<K>(span: Span<'_, Id<K>>, descending: bool) -> Self
    where
        K: domain::id::Kind,
    {
        let descending = descending != span.back;
        let (key, id) = match span.from {
            Some((key, id)) => (key.to_owned(), id.uuid()),
            None if descending => (ABOVE.to_owned(), Uuid::max()),
            None => (String::new(), Uuid::nil()),
        };
        Self { key, id, descending }
    }

    /// Those after it, in the order of a list that is in the order of its ids.
    fn after<'i>(&self, ids: impl IntoIterator<Item = &'i Uuid>) -> Vec<Uuid> {
        let is_after = |id: &Uuid| if self.descending { *id < self.id } else { *id > self.id };
        let mut ids: Vec<_> = ids.into_iter().copied().filter(is_after).collect();
        ids.sort_unstable();
        if self.descending {
            ids.reverse();
        }
        ids
    }

    /// The same, and not before texts of a range begin.
    fn within(self, range: &Range) -> Self {
        let edge = if self.descending { &range.high } else { &range.low };
        let is_outside = if self.descending { self.key >= *edge } else { self.key < *edge };
        if !is_outside {
            return self;
        }
        Self { key: edge.clone(), id: Uuid::nil(), ..self }
    }
}

/// Texts that begin with one, as a range: from, and below what.
struct Range {
    low: String,
    high: String,
}

impl Range {
    /// Everything.
    fn all() -> Self {
        Self { low: String::new(), high: ABOVE.to_owned() }
    }

    /// What begins with `key`.
    fn beginning(key: &str) -> Self {
        Self { low: key.to_owned(), high: format!("{key}{ABOVE}") }
    }
}

/// What some filters leave, as far as they match few, and how many filters did.
#[derive(Default)]
struct Few(Option<HashSet<Uuid>>, usize);

impl Few {
    /// The rows of a filter, if they are at most so many. Gives whether they were.
    fn keep(&mut self, found: Vec<Uuid>, most: i64) -> bool {
        if !is_few(&found, most) {
            return false;
        }
        let found: HashSet<_> = found.into_iter().collect();
        self.0 = Some(match self.0.take() {
            Some(others) => others.intersection(&found).copied().collect(),
            None => found,
        });
        self.1 += 1;
        true
    }

    /// Whether nothing but these many filters was asked for, and each matched few.
    fn is_all_of(&self, filters: usize) -> bool {
        self.0.is_some() && self.1 == filters
    }

    /// Of a list in the order of its ids only those of one page, so that the others need not be read. Twice
    /// as many as it shows, because some may have changed since.
    fn cut(&mut self, start: &Start, limit: u32) {
        let Some(ids) = self.0.take() else { return };
        self.0 = Some(start.after(&ids).into_iter().take(limit as usize * 2).collect());
    }

    /// What is compared with the column of the order, and what with every name: of few all are.
    fn compared(&self, column: Range, every: Range) -> (Range, Range) {
        if self.0.is_some() && !column.low.is_empty() { (Range::all(), column) } else { (column, every) }
    }

    /// The ids, where a filter matched few.
    fn ids(self) -> Option<Vec<Uuid>> {
        self.0.map(|ids| ids.into_iter().collect())
    }
}

/// Whether these are at most so many.
fn is_few(found: &[Uuid], most: i64) -> bool {
    usize::try_from(most).is_ok_and(|most| found.len() <= most)
}

/// One more than are few.
const MORE: i64 = limits::FEW_ROWS + 1;

impl ReadTx<'_> {
    /// The tenants at and below `roots`, if they are so few that their lists can be read side
    /// by side: in the list of everybody theirs would be far between.
    pub(crate) async fn tenants_side_by_side(
        &mut self,
        roots: &[TenantId],
    ) -> Result<Option<Vec<Uuid>>, StoreError> {
        let roots: Vec<_> = roots.iter().map(|root| root.uuid()).collect();
        let mut tenants = sqlx::query_scalar!(
            r#"/* list tenants, side by side */ SELECT ARRAY(
                   SELECT descendant FROM tenant_closure WHERE ancestor = ANY($1) LIMIT $2) AS "ids!""#,
            &roots,
            limits::TENANTS_SIDE_BY_SIDE + 1
        )
        .fetch_one(self.sql())
        .await?;
        let few = is_few(&tenants, limits::TENANTS_SIDE_BY_SIDE);
        tenants.sort_unstable();
        tenants.dedup();
        Ok(few.then_some(tenants))
    }
}

/// Puts rows that were read by their ids into the order of those.
fn in_order<T>(ids: &[Uuid], rows: Vec<T>, id: impl Fn(&T) -> Uuid) -> Vec<T> {
    let places: HashMap<_, _> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let mut rows = rows;
    rows.sort_by_key(|row| places.get(&id(row)).copied());
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_of_several_filters_are_those_of_all_of_them() {
        let id = Uuid::from_u128;
        let mut few = Few::default();
        assert!(few.keep(vec![id(1), id(2), id(3)], 3));
        assert!(!few.keep((0..4).map(id).collect(), 3), "more than few say nothing");
        assert!(few.keep(vec![id(3), id(4)], 3));
        assert_eq!(few.ids(), Some(vec![id(3)]));
        assert_eq!(Few::default().ids(), None);
    }

    #[test]
    fn a_walk_begins_where_what_is_searched_begins() {
        let begin = |key: &str, descending: bool| {
            let start = Start { key: key.to_owned(), id: Uuid::max(), descending };
            let start = start.within(&Range::beginning("b"));
            (start.key, start.id == Uuid::max())
        };
        assert_eq!(begin("", false), ("b".to_owned(), false));
        assert_eq!(begin("bo", false), ("bo".to_owned(), true), "a later page");
        assert_eq!(begin(ABOVE, true), (format!("b{ABOVE}"), false));
        assert_eq!(begin("bo", true), ("bo".to_owned(), true));
        let all = Start { key: ABOVE.to_owned(), id: Uuid::max(), descending: true }.within(&Range::all());
        assert_eq!(all.key, ABOVE);
    }

    #[test]
    fn of_few_in_the_order_of_their_ids_only_those_of_the_page_are_read() {
        let id = Uuid::from_u128;
        let page = |from: u128, descending: bool| {
            let mut few = Few::default();
            few.keep((1..=9).map(id).collect(), 9);
            assert!(few.is_all_of(1) && !few.is_all_of(2));
            few.cut(&Start { key: String::new(), id: id(from), descending }, 2);
            let mut ids = few.ids().expect("ids");
            ids.sort_unstable();
            ids
        };
        assert_eq!(page(3, false), [4, 5, 6, 7].map(id));
        assert_eq!(page(8, false), [id(9)]);
        assert_eq!(page(6, true), [2, 3, 4, 5].map(id));
        assert!(!Few::default().is_all_of(0), "everybody is not few");
    }

    #[test]
    fn rows_come_in_the_order_of_their_ids() {
        let id = Uuid::from_u128;
        assert_eq!(in_order(&[id(3), id(1)], vec![id(1), id(3)], |row| *row), [id(3), id(1)]);
    }
}
