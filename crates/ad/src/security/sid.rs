//! Security ids (MS-DTYP 2.4.2).

use std::{fmt, str::FromStr};

/// A security id, as `S-1-5-21-…-1104`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid {
    authority: u64,
    parts: Vec<u32>,
}

/// Not a security id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a security id of the form S-1-5-21-…")]
pub struct InvalidSid;

/// Parts after the authority (MS-DTYP 2.4.2: 15).
const PARTS_MAX: usize = 15;
/// The authority has 48 bits.
const AUTHORITY_MAX: u64 = (1 << 48) - 1;

impl Sid {
    /// `LOCAL SYSTEM`: the domain controllers themselves.
    pub(crate) fn system() -> Self {
        Self { authority: 5, parts: vec![18] }
    }

    /// The account or group `rid` of this domain.
    pub(crate) fn with_rid(&self, rid: u32) -> Self {
        let mut sid = self.clone();
        sid.parts.push(rid);
        sid
    }

    /// The domain of this account.
    pub(crate) fn domain(&self) -> Self {
        let mut sid = self.clone();
        sid.parts.pop();
        sid
    }

    /// Whether this is an account or group of a domain, and none of the
    /// well-known ones such as Everyone.
    pub(crate) fn is_of_a_domain(&self) -> bool {
        self.authority == 5 && self.parts.len() == 5 && self.parts[0] == 21
    }

    /// Reads one from the start of `bytes`, and says how long it is.
    pub(crate) fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let (&[revision, count, ref authority @ ..], rest) = bytes.split_first_chunk::<8>()?;
        let count = usize::from(count);
        if revision != 1 || count > PARTS_MAX {
            return None;
        }
        let mut wide = [0; 8];
        wide[2..].copy_from_slice(authority);
        let parts: Vec<u32> =
            rest.get(..count * 4)?.as_chunks::<4>().0.iter().map(|part| u32::from_le_bytes(*part)).collect();
        Some((Self { authority: u64::from_be_bytes(wide), parts }, 8 + count * 4))
    }

    /// The bytes as stored.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let count = u8::try_from(self.parts.len()).unwrap_or(u8::MAX);
        let mut out = vec![1, count];
        out.extend_from_slice(&self.authority.to_be_bytes()[2..]);
        out.extend(self.parts.iter().flat_map(|part| part.to_le_bytes()));
        out
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // MS-DTYP 2.4.2.1: an authority of more than 32 bits is printed in hex.
        if self.authority > u64::from(u32::MAX) {
            write!(f, "S-1-0x{:012X}", self.authority)?;
        } else {
            write!(f, "S-1-{}", self.authority)?;
        }
        self.parts.iter().try_for_each(|part| write!(f, "-{part}"))
    }
}

impl FromStr for Sid {
    type Err = InvalidSid;

    fn from_str(text: &str) -> Result<Self, InvalidSid> {
        let mut words = text.strip_prefix("S-1-").ok_or(InvalidSid)?.split('-');
        let authority = words.next().ok_or(InvalidSid)?;
        let authority = match authority.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => authority.parse(),
        }
        .map_err(|_| InvalidSid)?;
        let parts: Vec<u32> = words.map(str::parse).collect::<Result<_, _>>().map_err(|_| InvalidSid)?;
        if authority > AUTHORITY_MAX || parts.is_empty() || parts.len() > PARTS_MAX {
            return Err(InvalidSid);
        }
        Ok(Self { authority, parts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sid_survives_bytes_and_text(authority in 0..=AUTHORITY_MAX, parts in prop::collection::vec(any::<u32>(), 1..=15)) {
            let sid = Sid { authority, parts };
            let bytes = sid.bytes();
            prop_assert_eq!(Sid::read(&bytes), Some((sid.clone(), bytes.len())));
            prop_assert_eq!(sid.to_string().parse(), Ok(sid));
        }

        #[test]
        fn no_input_panics(bytes: Vec<u8>, text: String) {
            let _ = (Sid::read(&bytes), text.parse::<Sid>());
        }
    }

    #[test]
    fn well_known_ids_are_not_of_a_domain() {
        for (text, expected) in
            [("S-1-5-21-1-2-3-1104", true), ("S-1-5-11", false), ("S-1-1-0", false), ("S-1-5-32-544", false)]
        {
            assert_eq!(text.parse::<Sid>().expect(text).is_of_a_domain(), expected, "{text}");
        }
    }
}
