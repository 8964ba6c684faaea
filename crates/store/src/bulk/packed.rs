//! Rows as they are written: what is in them is JSON already, so that 100,000 take little memory and are
//! made ready once.

use domain::{
    bulk::{Act, RowState},
    id::UserId,
};
use serde_json::{
    Error, from_str,
    value::{RawValue, to_raw_value},
};

use super::BulkRow;

/// A row that is about to be written, and has not begun.
#[derive(Debug, Clone)]
pub struct PackedRow {
    /// Its number in the file.
    pub line: i32,
    /// What becomes of it.
    pub act: Act,
    /// Who others depend on comes first.
    pub turn: i32,
    /// The person.
    pub user: Option<UserId>,
    pub(super) name: Box<str>,
    pub(super) login: Box<str>,
    pub(super) cells: Option<Box<RawValue>>,
    pub(super) said: Option<Box<RawValue>>,
    pub(super) changes: Box<RawValue>,
    pub(super) errors: Box<RawValue>,
    pub(super) warnings: Box<RawValue>,
}

impl PackedRow {
    /// Packs a row. An error would be a mistake of ours: what rows are made of can be written.
    pub fn pack(row: BulkRow) -> Result<Self, Error> {
        Ok(Self {
            line: row.line,
            act: row.act,
            turn: row.turn,
            user: row.user,
            name: row.name.into(),
            login: row.login.into(),
            cells: row.cells.as_ref().map(to_raw_value).transpose()?,
            said: row.said.as_ref().map(to_raw_value).transpose()?,
            changes: to_raw_value(&row.changes)?,
            errors: to_raw_value(&row.errors)?,
            warnings: to_raw_value(&row.warnings)?,
        })
    }

    /// The row again.
    pub fn unpack(&self) -> Result<BulkRow, Error> {
        Ok(BulkRow {
            line: self.line,
            cells: self.cells.as_ref().map(|raw| from_str(raw.get())).transpose()?,
            said: self.said.as_ref().map(|raw| from_str(raw.get())).transpose()?,
            act: self.act,
            turn: self.turn,
            user: self.user,
            name: self.name.to_string(),
            login: self.login.to_string(),
            changes: from_str(self.changes.get())?,
            errors: from_str(self.errors.get())?,
            warnings: from_str(self.warnings.get())?,
            state: RowState::Planned,
        })
    }
}
