//! Pages: where a list goes on. A cursor holds the sort key and the id of the
//! last row, so that rows which come and go meanwhile neither repeat nor hide
//! others. It carries no right: what a page shows is decided anew every time.

use std::{fmt::Display, str::FromStr};

use app::{AppError, reading::lists::Span};
pub use domain::cursor::encode as cursor;
use domain::{
    cursor::{decode, encode},
    field::{FieldError, Rule},
    limits,
};

/// Which part of a list was asked for.
#[derive(Debug)]
pub struct Paging {
    /// Rows of this page.
    pub limit: u32,
    after: Option<(String, String)>,
    back: bool,
}

/// A page of a list that is read in both directions.
#[derive(Debug)]
pub struct Shown<R> {
    /// Its rows.
    pub rows: Vec<R>,
    /// The cursor before which the page before it is, if there may be one.
    pub previous: Option<String>,
    /// The cursor after which the next one is, if there is one.
    pub next: Option<String>,
}

impl Paging {
    /// Checks what was asked for. `list` names the list, so that the cursor of
    /// another one is refused.
    pub fn new(list: &str, limit: Option<u32>, after: Option<&str>) -> Result<Self, AppError> {
        let (range, default) = (limits::PAGE_ROWS, limits::PAGE_ROWS_DEFAULT);
        let limit = limit.unwrap_or(default);
        if !range.contains(&limit) {
            let error = FieldError::new("limit", Rule::OutOfRange);
            return Err(AppError::field(error.with("min", range.start()).with("max", range.end())));
        }
        let after = after.map(|text| decode(list, text).ok_or_else(unreadable)).transpose()?;
        Ok(Self { limit, after, back: false })
    }

    /// As [`Paging::new`], for a list that also leads back: the page ends before `before`.
    pub fn both_ways(
        list: &str,
        limit: Option<u32>,
        after: Option<&str>,
        before: Option<&str>,
    ) -> Result<Self, AppError> {
        let Some(before) = before else { return Self::new(list, limit, after) };
        if after.is_some() {
            return Err(AppError::field(FieldError::new("before", Rule::Duplicate).with("other", "after")));
        }
        let place = decode(list, before).ok_or_else(|| unreadable_at("before"))?;
        Ok(Self { after: Some(place), back: true, ..Self::new(list, limit, None)? })
    }

    /// A part of an export: as many rows as are read at once.
    pub fn export(list: &str, after: Option<&str>) -> Result<Self, AppError> {
        Ok(Self { limit: limits::EXPORT_ROWS, ..Self::new(list, None, after)? })
    }

    /// The page as the store reads it, with one row more.
    pub fn span<T: FromStr>(&self) -> Result<Span<'_, T>, AppError> {
        Ok(Span { from: self.after()?, back: self.back, limit: self.rows() })
    }

    /// The page of `rows` that were read by [`Paging::span`], with the ways from it.
    pub fn shown<R, I: Display>(
        &self,
        list: &str,
        mut rows: Vec<R>,
        place: impl Fn(&R) -> (String, I),
    ) -> Shown<R> {
        let more = rows.len() > self.limit as usize;
        if more && self.back {
            rows.remove(0);
        }
        rows.truncate(self.limit as usize);
        let cursor = |row: Option<&R>| {
            row.map(|row| {
                let (key, id) = place(row);
                encode(list, &key, &id.to_string())
            })
        };
        let previous = cursor(rows.first().filter(|_| if self.back { more } else { self.after.is_some() }));
        let next = cursor(rows.last().filter(|_| more || self.back));
        Shown { rows, previous, next }
    }

    /// One row more than the page has, to know whether there is another.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.limit + 1
    }

    /// Sort key and id after which the page begins.
    pub fn after<T: FromStr>(&self) -> Result<Option<(&str, T)>, AppError> {
        let Some((key, id)) = &self.after else { return Ok(None) };
        id.parse().map(|id| Some((key.as_str(), id))).map_err(|_| unreadable())
    }

    /// The id after which the page begins, as it stands in the cursor.
    #[must_use]
    pub fn last(&self) -> Option<&str> {
        self.after.as_ref().map(|(_, id)| id.as_str())
    }

    /// The id alone, for lists in order of ids.
    pub fn after_id<T: FromStr>(&self) -> Result<Option<T>, AppError> {
        Ok(self.after::<T>()?.map(|(_, id)| id))
    }

    /// The page of `rows`, with the cursor of its last one if there are more.
    pub fn page<R, I: Display>(
        &self,
        list: &str,
        mut rows: Vec<R>,
        place: impl Fn(&R) -> (String, I),
    ) -> (Vec<R>, Option<String>) {
        let more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let next = rows.last().filter(|_| more).map(|last| {
            let (key, id) = place(last);
            encode(list, &key, &id.to_string())
        });
        (rows, next)
    }
}

fn unreadable() -> AppError {
    unreadable_at("after")
}

fn unreadable_at(field: &str) -> AppError {
    let expected = "the `next` of an earlier page of this list";
    AppError::field(FieldError::new(field, Rule::Format).with("expected", expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leads_to_those_before_and_after_it() {
        let place = |row: &u32| (row.to_string(), "usr_x");
        let after = |n: u32| encode("l", &n.to_string(), "usr_x");
        let first =
            Paging::both_ways("l", Some(2), None, None).expect("a page").shown("l", vec![1, 2, 3], place);
        assert_eq!((first.rows, first.previous, first.next), (vec![1, 2], None, Some(after(2))));
        let second = Paging::both_ways("l", Some(2), Some(&after(2)), None).expect("a page");
        let second = second.shown("l", vec![3, 4], place);
        assert_eq!((second.rows, second.previous, second.next), (vec![3, 4], Some(after(3)), None));
        let back = Paging::both_ways("l", Some(2), None, Some(&after(4))).expect("a page");
        let back = back.shown("l", vec![1, 2, 3], place);
        assert_eq!((back.rows, back.previous, back.next), (vec![2, 3], Some(after(2)), Some(after(3))));
        assert!(Paging::both_ways("l", Some(2), Some(&after(1)), Some(&after(1))).is_err(), "one of them");
    }
}
