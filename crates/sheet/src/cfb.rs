//! The compound file around a workbook of Excel 97 to 2003 (MS-CFB), and around encrypted newer ones.
//!
//! Chains of sectors can be circles; every walk along one ends after as many steps as the file has sectors.

use crate::container::{u16_at, u32_at, u64_at};

/// How such a file begins.
pub(crate) const MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Bytes of an entry of the directory.
const ENTRY: usize = 128;
/// Sector numbers from here on mean something else.
const NO_SECTOR: u32 = 0xFFFF_FFFA;
/// Places of the allocation table that stand in the head.
const IN_HEAD: usize = 109;

/// A compound file.
pub(crate) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    /// The sector after each.
    table: Vec<u32>,
    entries: Vec<Entry>,
}

/// A stream of it.
struct Entry {
    name: String,
    first: u32,
    size: u64,
}

impl<'a> Compound<'a> {
    /// `None` for what is no whole compound file.
    pub(crate) fn open(bytes: &'a [u8]) -> Option<Self> {
        let shift = u16_at(bytes, 30)?;
        // Version 3 has sectors of 512 bytes, version 4 of 4,096.
        let sector = [9, 12].contains(&shift).then(|| 1_usize << shift)?;
        let mut file = Self { bytes, sector, table: Vec::new(), entries: Vec::new() };
        file.read_table()?;
        let directory = file.chain(u32_at(bytes, 48)?)?;
        let is_small = sector == 512;
        file.entries =
            directory.chunks_exact(ENTRY).filter_map(|entry| Entry::read(entry, is_small)).collect();
        Some(file)
    }

    /// Whether there is a stream of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The bytes of a stream.
    pub(crate) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        let cutoff = u64::from(u32_at(self.bytes, 56)?);
        let mut stream = if entry.size < cutoff { self.small(entry)? } else { self.chain(entry.first)? };
        stream.truncate(usize::try_from(entry.size).ok()?);
        Some(stream)
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let at = usize::try_from(number).ok()?.checked_add(1)?.checked_mul(self.sector)?;
        let rest = self.bytes.get(at..)?;
        // Some programs leave the last one short.
        (!rest.is_empty()).then(|| &rest[..rest.len().min(self.sector)])
    }

    /// The allocation table: its first places stand in the head, further ones in a chain of their own.
    fn read_table(&mut self) -> Option<()> {
        let per_sector = self.sector / 4;
        let mut places: Vec<u32> = (0..IN_HEAD).map_while(|at| u32_at(self.bytes, 76 + at * 4)).collect();
        let mut next = u32_at(self.bytes, 68)?;
        for _ in 0..self.sectors() {
            if next >= NO_SECTOR {
                break;
            }
            let sector = self.sector(next)?;
            places.extend((0..per_sector - 1).map_while(|at| u32_at(sector, at * 4)));
            next = u32_at(sector, self.sector - 4)?;
        }
        for place in places.into_iter().filter(|place| *place < NO_SECTOR) {
            // More would be about sectors that are not there.
            if self.table.len() >= self.sectors() {
                break;
            }
            let sector = self.sector(place)?;
            self.table.extend((0..per_sector).map_while(|at| u32_at(sector, at * 4)));
        }
        Some(())
    }

    fn chain(&self, first: u32) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut next = first;
        for _ in 0..self.sectors() {
            if next >= NO_SECTOR {
                break;
            }
            bytes.extend_from_slice(self.sector(next)?);
            next = *self.table.get(usize::try_from(next).ok()?)?;
        }
        Some(bytes)
    }

    /// A stream that is too small for sectors stands in pieces of 64 bytes in the stream of the root.
    fn small(&self, entry: &Entry) -> Option<Vec<u8>> {
        const PIECE: usize = 64;
        let root = self.entries.iter().find(|entry| entry.name == "Root Entry").or(self.entries.first())?;
        let within = self.chain(root.first)?;
        let table = self.chain(u32_at(self.bytes, 60)?)?;
        let mut bytes = Vec::new();
        let mut next = entry.first;
        for _ in 0..=within.len() / PIECE {
            if next >= NO_SECTOR {
                break;
            }
            let number = usize::try_from(next).ok()?;
            let rest = within.get(number.checked_mul(PIECE)?..)?;
            bytes.extend_from_slice(&rest[..rest.len().min(PIECE)]);
            next = u32_at(&table, number.checked_mul(4)?)?;
        }
        Some(bytes)
    }
}

impl Entry {
    fn read(bytes: &[u8], is_small: bool) -> Option<Self> {
        // The length is in bytes and counts the zero at the end.
        let len = usize::from(u16_at(bytes, 64)?).checked_sub(2)?.min(64);
        let units = bytes[..len].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let name = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        let size = u64_at(bytes, 120)?;
        // Version 3 leaves the upper half as it was.
        let size = if is_small { size & u64::from(u32::MAX) } else { size };
        Some(Self { name, first: u32_at(bytes, 116)?, size })
    }
}
