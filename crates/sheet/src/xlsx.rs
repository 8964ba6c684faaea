//! Excel since 2007 (ECMA-376): the values of cells, and of all else only what they need.
//!
//! Macros are a part nobody opens. Of formulas the value is read that the program last computed.

mod book;
mod cells;
mod shared;

use crate::{Read, container::Zip, rows::Rows, wrong::Step};

use book::Book;

/// Reads the first sheet that is shown and not empty.
pub(crate) fn read(zip: &Zip<'_>, rows: &mut Rows<'_>, read: &mut Read) -> Step {
    let book = Book::read(zip, rows.cell_chars())?;
    for sheet in &book.sheets {
        read.sheet = Some(sheet.name.clone());
        rows.restart();
        cells::read(zip, &book, &sheet.part, rows)?;
        if rows.count() > 0 {
            return Ok(());
        }
    }
    Ok(())
}
