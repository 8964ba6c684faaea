//! The texts that the cells of a workbook share.

use domain::field::Rule;

use crate::wrong::{self, Step};

/// Bytes of all of them: 100,000 people with 30 columns of 20 letters, none the same.
const BYTES: usize = 64 * 1024 * 1024;
/// So many of them.
const COUNT: usize = 4_000_000;

/// Kept in one piece: an allocation for each would take more than the texts.
#[derive(Default)]
pub(crate) struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    pub(crate) fn push(&mut self, text: &str) -> Step {
        if self.text.len() + text.len() > BYTES || self.ends.len() >= COUNT {
            return Err(wrong::file(Rule::OutOfRange).with("max", wrong::megabytes(BYTES as u64)).into());
        }
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    pub(crate) fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(begin..end)
    }
}

/// Adds as much of `text` as a cell can hold and a little more, so that it is known to be too long.
pub(crate) fn push_capped(to: &mut String, text: &str, cell_chars: usize) {
    let room = (cell_chars * 4 + 4).saturating_sub(to.len());
    if text.len() <= room {
        to.push_str(text);
    } else {
        to.push_str(&text[..text.floor_char_boundary(room)]);
    }
}
