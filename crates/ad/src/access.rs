//! Who may read a customer's container: by default every account of a domain
//! reads all of it, so a container of ours gets a protected list that names
//! nobody but administrators, this product's account and its own readers.

use crate::security::{Ace, Acl, Descriptor, Kind, Sid, flag, id, right};

/// Who keeps access to every container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trusted {
    /// The account of this product.
    pub(crate) account: Sid,
    /// Domain Admins of this domain.
    pub(crate) domain_admins: Sid,
    /// Enterprise Admins of the forest.
    pub(crate) enterprise_admins: Sid,
}

/// Relative id of Domain Admins (MS-DTYP 2.4.2.4).
const DOMAIN_ADMINS: u32 = 512;
/// Relative id of Enterprise Admins, in the forest's root domain.
const ENTERPRISE_ADMINS: u32 = 519;

impl Trusted {
    /// For an account and the root domain of its forest.
    pub(crate) fn new(account: Sid, forest_root: &Sid) -> Self {
        let domain_admins = account.domain().with_rid(DOMAIN_ADMINS);
        Self { account, domain_admins, enterprise_admins: forest_root.with_rid(ENTERPRISE_ADMINS) }
    }

    fn administrators(&self) -> [Sid; 3] {
        [self.domain_admins.clone(), Sid::system(), self.enterprise_admins.clone()]
    }

    fn has(&self, sid: &Sid) -> bool {
        *sid == self.account || self.administrators().contains(sid)
    }
}

/// The list of a container that only `readers` among the tenants may read.
pub(crate) fn closed(trusted: &Trusted, readers: &[Sid]) -> Descriptor {
    let mut entries: Vec<Ace> =
        trusted.administrators().into_iter().map(|sid| allow(right::ALL, sid, Reach::Both)).collect();
    entries.extend(own_rights(&trusted.account));
    entries.extend(readers.iter().map(|sid| allow(right::READ, sid.clone(), Reach::Both)));
    Descriptor { protected: true, dacl: Some(Acl(entries)) }
}

/// Who of the tenants may read the container; none when it is not closed, so
/// that it is closed again.
pub(crate) fn readers(trusted: &Trusted, descriptor: &Descriptor) -> Option<Vec<String>> {
    let entries = &descriptor.dacl.as_ref().filter(|_| descriptor.protected)?.0;
    let mut readers = Vec::new();
    for entry in entries {
        let sid = entry.sid.as_ref().filter(|_| entry.kind == Kind::Allow)?;
        if trusted.has(sid) {
            continue;
        }
        if *entry != allow(right::READ, sid.clone(), Reach::Both) {
            return None;
        }
        readers.push(sid.to_string());
    }
    // Whoever took our own rights away made the container unmanageable.
    let kept = own_rights(&trusted.account).iter().all(|own| entries.iter().any(|e| covers(e, own)));
    readers.sort_unstable();
    readers.dedup();
    kept.then_some(readers)
}

/// What must be delegated to the account on the folder given to the product,
/// and nowhere else: create and delete units, users and groups, write their
/// attributes, reset passwords, write the access lists of units. The folder
/// itself can be read but not changed.
pub(crate) fn delegated_rights(account: &Sid) -> Vec<Ace> {
    let classes = [id::ORGANIZATIONAL_UNIT, id::USER, id::GROUP];
    let children = right::CREATE_CHILD | right::DELETE_CHILD;
    let mut entries = vec![allow(right::READ, account.clone(), Reach::Both)];
    for class in classes {
        entries.push(Ace { object: Some(class), ..allow(children, account.clone(), Reach::Both) });
        let write = allow(right::WRITE_PROPERTY, account.clone(), Reach::Children);
        entries.push(Ace { inherited_by: Some(class), ..write });
    }
    let write_list = allow(right::WRITE_DACL, account.clone(), Reach::Children);
    entries.push(Ace { inherited_by: Some(id::ORGANIZATIONAL_UNIT), ..write_list });
    entries.push(reset_password(account));
    entries
}

/// The same rights inside a closed container, which inherits nothing: there
/// the container itself must be writable too.
fn own_rights(account: &Sid) -> Vec<Ace> {
    let read_write = right::READ | right::WRITE_PROPERTY;
    let children = right::CREATE_CHILD | right::DELETE_CHILD;
    let mut entries = vec![allow(read_write, account.clone(), Reach::Both)];
    for class in [id::ORGANIZATIONAL_UNIT, id::USER, id::GROUP] {
        entries.push(Ace { object: Some(class), ..allow(children, account.clone(), Reach::Both) });
    }
    let write_list = allow(right::WRITE_DACL, account.clone(), Reach::Both);
    entries.push(Ace { inherited_by: Some(id::ORGANIZATIONAL_UNIT), ..write_list });
    entries.push(reset_password(account));
    entries
}

fn reset_password(account: &Sid) -> Ace {
    let entry = allow(right::CONTROL_ACCESS, account.clone(), Reach::Children);
    Ace { object: Some(id::RESET_PASSWORD), inherited_by: Some(id::USER), ..entry }
}

/// What an entry applies to.
#[derive(Debug, Clone, Copy)]
enum Reach {
    /// The object and everything below it.
    Both,
    /// Only what is below it.
    Children,
}

fn allow(mask: u32, sid: Sid, reach: Reach) -> Ace {
    let flags = match reach {
        Reach::Both => flag::CONTAINER_INHERIT,
        Reach::Children => flag::CONTAINER_INHERIT | flag::INHERIT_ONLY,
    };
    Ace { kind: Kind::Allow, flags, mask, object: None, inherited_by: None, sid: Some(sid) }
}

/// Whether `entry` gives at least what `wanted` gives; a server may merge entries.
fn covers(entry: &Ace, wanted: &Ace) -> bool {
    let reaches = entry.flags & flag::INHERIT_ONLY == 0 || wanted.flags & flag::INHERIT_ONLY != 0;
    entry.sid == wanted.sid
        && entry.mask & wanted.mask == wanted.mask
        && entry.flags & flag::CONTAINER_INHERIT != 0
        && reaches
        && (entry.object.is_none() || entry.object == wanted.object)
        && (entry.inherited_by.is_none() || entry.inherited_by == wanted.inherited_by)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sid(text: &str) -> Sid {
        text.parse().expect("a sid")
    }

    fn trusted() -> Trusted {
        Trusted::new(sid("S-1-5-21-1-2-3-1102"), &sid("S-1-5-21-1-2-3"))
    }

    fn with(change: impl FnOnce(&mut Descriptor)) -> Option<Vec<String>> {
        let mut descriptor = closed(&trusted(), &[sid("S-1-5-21-1-2-3-1500")]);
        change(&mut descriptor);
        readers(&trusted(), &descriptor)
    }

    fn entries(descriptor: &mut Descriptor) -> &mut Vec<Ace> {
        &mut descriptor.dacl.as_mut().expect("a list").0
    }

    #[test]
    fn a_closed_container_names_its_readers_and_a_fresh_one_has_none() {
        assert_eq!(with(|_| ()), Some(vec!["S-1-5-21-1-2-3-1500".to_owned()]));
        assert_eq!(readers(&trusted(), &closed(&trusted(), &[])), Some(vec![]));
    }

    #[test]
    fn whatever_lets_somebody_else_in_or_us_out_is_not_closed() {
        let everyone = || allow(right::READ, sid("S-1-1-0"), Reach::Both);
        let read_plus =
            Ace { mask: right::ALL, ..allow(right::READ, sid("S-1-5-21-1-2-3-1500"), Reach::Both) };
        assert_eq!(with(|d| d.protected = false), None, "inherits from above");
        assert_eq!(with(|d| d.dacl = None), None, "no list: everybody may do everything");
        assert_eq!(with(|d| entries(d).push(read_plus)), None, "a reader may write");
        assert_eq!(
            with(|d| entries(d).retain(|e| e.sid != Some(trusted().account))),
            None,
            "we are locked out"
        );
        let denied = Ace { kind: Kind::Deny, ..everyone() };
        assert_eq!(with(|d| entries(d).push(denied)), None, "somebody denied something");
        let strange = Ace { kind: Kind::Other(9), sid: None, ..everyone() };
        assert_eq!(with(|d| entries(d).push(strange)), None, "a conditional entry");
        // Everyone with exactly the readers' rights shows as a reader, which is not the one wanted.
        assert_ne!(with(|d| entries(d).push(everyone())), with(|_| ()));
    }
}
