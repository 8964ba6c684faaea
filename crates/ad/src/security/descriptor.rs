//! Self-relative security descriptors (MS-DTYP 2.4.6), access control lists
//! (2.4.5) and entries (2.4.4). Owner, group and audit list are neither read
//! nor written: the product only ever touches the discretionary list.

use uuid::Uuid;

use super::Sid;

/// Whether an entry allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
    /// Another type of entry, as its number, without an understood effect.
    Other(u8),
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Ace {
    pub(crate) kind: Kind,
    /// See [`super::flag`].
    pub(crate) flags: u8,
    /// See [`super::right`].
    pub(crate) mask: u32,
    /// Which class, attribute or extended right it is about; none: all.
    pub(crate) object: Option<Uuid>,
    /// Which class inherits it; none: all.
    pub(crate) inherited_by: Option<Uuid>,
    /// Whom it is for; none in entries of a type that is not understood.
    pub(crate) sid: Option<Sid>,
}

/// A discretionary access control list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Acl(pub(crate) Vec<Ace>);

/// What is read of a security descriptor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Descriptor {
    /// Nothing is inherited from above.
    pub(crate) protected: bool,
    /// None: no list, which means that everybody may do everything.
    pub(crate) dacl: Option<Acl>,
}

const DACL_PRESENT: u16 = 0x4;
const DACL_PROTECTED: u16 = 0x1000;
const SELF_RELATIVE: u16 = 0x8000;
const HEADER: usize = 20;
/// Revision of lists that may hold object entries (MS-DTYP 2.4.5).
const ACL_REVISION_DS: u8 = 4;
const ALLOW: u8 = 0;
const DENY: u8 = 1;
const ALLOW_OBJECT: u8 = 5;
const DENY_OBJECT: u8 = 6;
const OBJECT_TYPE_PRESENT: u32 = 1;
const INHERITED_TYPE_PRESENT: u32 = 2;

impl Descriptor {
    /// Reads a descriptor; none when the bytes are not one.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() < HEADER || bytes[0] != 1 {
            return None;
        }
        let control = u16_at(bytes, 2)?;
        let offset = usize::try_from(u32_at(bytes, 16)?).ok()?;
        let present = control & DACL_PRESENT != 0 && offset != 0;
        let dacl = if present { Some(Acl::read(bytes.get(offset..)?)?) } else { None };
        Some(Self { protected: control & DACL_PROTECTED != 0, dacl })
    }

    /// The bytes as sent: header and discretionary list alone.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let protected = if self.protected { DACL_PROTECTED } else { 0 };
        let control = SELF_RELATIVE | DACL_PRESENT | protected;
        let mut out = vec![1, 0];
        out.extend_from_slice(&control.to_le_bytes());
        out.extend_from_slice(&[0; 12]);
        match &self.dacl {
            Some(acl) => {
                let offset = u32::try_from(HEADER).unwrap_or_default();
                out.extend_from_slice(&offset.to_le_bytes());
                out.extend_from_slice(&acl.bytes());
            }
            None => out.extend_from_slice(&[0; 4]),
        }
        out
    }
}

impl Acl {
    fn read(bytes: &[u8]) -> Option<Self> {
        let size = usize::from(u16_at(bytes, 2)?);
        let count = u16_at(bytes, 4)?;
        let mut rest = bytes.get(8..size)?;
        let mut entries = Vec::new();
        for _ in 0..count {
            let length = usize::from(u16_at(rest, 2)?);
            entries.push(Ace::read(rest.get(..length)?)?);
            rest = &rest[length..];
        }
        Some(Self(entries))
    }

    fn bytes(&self) -> Vec<u8> {
        let entries: Vec<u8> = self.0.iter().flat_map(Ace::bytes).collect();
        // A list holds at most 64 KiB; ours has a few entries.
        let size = u16::try_from(entries.len() + 8).unwrap_or(u16::MAX);
        let count = u16::try_from(self.0.len()).unwrap_or(u16::MAX);
        let mut out = vec![ACL_REVISION_DS, 0];
        out.extend_from_slice(&size.to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        out.extend_from_slice(&entries);
        out
    }
}

impl Ace {
    /// `bytes` is exactly the entry.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (&[number, flags, _, _], body) = bytes.split_first_chunk::<4>()?;
        let kind = match number {
            ALLOW | ALLOW_OBJECT => Kind::Allow,
            DENY | DENY_OBJECT => Kind::Deny,
            other => Kind::Other(other),
        };
        let mask = u32_at(body, 0)?;
        let mut entry = Self { kind, flags, mask, object: None, inherited_by: None, sid: None };
        let mut rest = &body[4..];
        if number == ALLOW_OBJECT || number == DENY_OBJECT {
            let present = u32_at(rest, 0)?;
            rest = &rest[4..];
            if present & OBJECT_TYPE_PRESENT != 0 {
                entry.object = Some(take_id(&mut rest)?);
            }
            if present & INHERITED_TYPE_PRESENT != 0 {
                entry.inherited_by = Some(take_id(&mut rest)?);
            }
        }
        if !matches!(kind, Kind::Other(_)) {
            entry.sid = Some(Sid::read(rest)?.0);
        }
        Some(entry)
    }

    fn bytes(&self) -> Vec<u8> {
        let about_object = self.object.is_some() || self.inherited_by.is_some();
        let number = match (self.kind, about_object) {
            (Kind::Allow, false) => ALLOW,
            (Kind::Allow, true) => ALLOW_OBJECT,
            (Kind::Deny, false) => DENY,
            (Kind::Deny, true) => DENY_OBJECT,
            (Kind::Other(number), _) => number,
        };
        let mut body = self.mask.to_le_bytes().to_vec();
        if about_object {
            let first = if self.object.is_some() { OBJECT_TYPE_PRESENT } else { 0 };
            let second = if self.inherited_by.is_some() { INHERITED_TYPE_PRESENT } else { 0 };
            body.extend_from_slice(&(first | second).to_le_bytes());
            for id in [self.object, self.inherited_by].into_iter().flatten() {
                body.extend_from_slice(&id.to_bytes_le());
            }
        }
        body.extend(self.sid.iter().flat_map(Sid::bytes));
        let size = u16::try_from(body.len() + 4).unwrap_or(u16::MAX);
        let mut out = vec![number, self.flags];
        out.extend_from_slice(&size.to_le_bytes());
        out.extend_from_slice(&body);
        out
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|b| u16::from_le_bytes(*b))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|b| u32::from_le_bytes(*b))
}

fn take_id(bytes: &mut &[u8]) -> Option<Uuid> {
    let (id, rest) = bytes.split_first_chunk::<16>()?;
    *bytes = rest;
    Some(Uuid::from_bytes_le(*id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry() -> impl Strategy<Value = Ace> {
        let id = || prop::option::of(any::<u128>().prop_map(Uuid::from_u128));
        let sid = prop::collection::vec(any::<u32>(), 1..=15)
            .prop_map(|parts| parts.iter().fold("S-1-5".to_owned(), |s, p| format!("{s}-{p}")));
        (any::<bool>(), any::<u8>(), any::<u32>(), id(), id(), sid).prop_map(
            |(deny, flags, mask, object, inherited_by, sid)| Ace {
                kind: if deny { Kind::Deny } else { Kind::Allow },
                flags,
                mask,
                object,
                inherited_by,
                sid: Some(sid.parse().expect("a sid")),
            },
        )
    }

    proptest! {
        #[test]
        fn a_descriptor_survives_writing_and_reading(protected: bool, entries in prop::collection::vec(entry(), 0..12)) {
            let descriptor = Descriptor { protected, dacl: Some(Acl(entries)) };
            prop_assert_eq!(Descriptor::read(&descriptor.bytes()), Some(descriptor));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = Descriptor::read(&bytes);
        }

        #[test]
        fn no_damage_panics(entries in prop::collection::vec(entry(), 1..6), at: prop::sample::Index, byte: u8, cut: prop::sample::Index) {
            let mut bytes = Descriptor { protected: true, dacl: Some(Acl(entries)) }.bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes.truncate(cut.index(bytes.len()));
            let _ = Descriptor::read(&bytes);
        }
    }

    #[test]
    fn a_descriptor_without_a_list_lets_everybody_in_and_is_not_mistaken_for_an_empty_one() {
        let open = Descriptor { protected: true, dacl: None };
        assert_eq!(Descriptor::read(&open.bytes()).expect("read").dacl, None);
        let closed = Descriptor { protected: true, dacl: Some(Acl::default()) };
        assert_eq!(Descriptor::read(&closed.bytes()).expect("read").dacl, Some(Acl::default()));
    }
}
