//! Texts of BIFF8 (MS-XLS 2.5.293), which go on in the records behind theirs.

use super::{Records, record};
use crate::container::{u16_at, u32_at};

/// Reads texts one after the other.
pub(super) struct Texts<'a> {
    data: &'a [u8],
    records: Records<'a>,
}

impl<'a> Texts<'a> {
    /// From `data` on, and on in the records of kind "continue" that follow.
    pub(super) const fn new(data: &'a [u8], records: Records<'a>) -> Self {
        Self { data, records }
    }

    /// A text whose length has two bytes.
    pub(super) fn long(&mut self, cell_chars: usize) -> Option<String> {
        self.skip_to_data()?;
        let len = u16_at(self.data, 0)?;
        self.data = self.data.get(2..)?;
        self.rest(usize::from(len), cell_chars)
    }

    /// A text whose length has one byte.
    pub(super) fn short(&mut self, cell_chars: usize) -> Option<String> {
        let len = *self.data.first()?;
        self.data = self.data.get(1..)?;
        self.rest(usize::from(len), cell_chars)
    }

    fn rest(&mut self, mut len: usize, cell_chars: usize) -> Option<String> {
        let (flags, data) = self.data.split_first()?;
        self.data = data;
        let mut is_wide = flags & 1 == 1;
        // What follows the characters: 4 bytes for each change of type, and how Japanese is pronounced.
        let mut behind = 0;
        if flags & 8 != 0 {
            behind += 4 * usize::from(u16_at(self.data, 0)?);
            self.data = self.data.get(2..)?;
        }
        if flags & 4 != 0 {
            behind += usize::try_from(u32_at(self.data, 0)?).ok()?;
            self.data = self.data.get(4..)?;
        }
        // Longer ones are known to be too long, and need no more.
        let most = cell_chars * 2 + 2;
        let mut units: Vec<u16> = Vec::with_capacity(len.min(most));
        loop {
            let width = if is_wide { 2 } else { 1 };
            let here = len.min(self.data.len() / width);
            let (chars, data) = self.data.split_at(here * width);
            let room = most.saturating_sub(units.len());
            if is_wide {
                units.extend(
                    chars.chunks_exact(2).take(room).map(|pair| u16::from_le_bytes([pair[0], pair[1]])),
                );
            } else {
                units.extend(chars.iter().take(room).map(|byte| u16::from(*byte)));
            }
            self.data = data;
            len -= here;
            if len == 0 {
                break;
            }
            // The characters go on behind a byte that says how they are written from there on.
            self.data = self.continued()?;
            let (flags, data) = self.data.split_first()?;
            (is_wide, self.data) = (flags & 1 == 1, data);
        }
        while behind > 0 {
            let here = behind.min(self.data.len());
            self.data = &self.data[here..];
            behind -= here;
            if behind > 0 {
                self.data = self.continued()?;
            }
        }
        Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }

    fn skip_to_data(&mut self) -> Option<()> {
        if self.data.is_empty() {
            self.data = self.continued()?;
        }
        Some(())
    }

    fn continued(&mut self) -> Option<&'a [u8]> {
        self.records.next().filter(|next| next.kind == record::CONTINUE).map(|next| next.data)
    }
}
