//! Walking the whole folder. Within one scan the pages come from one search on
//! one connection; across scans `uSNChanged` tells what changed, and counts
//! only on the controller that gave the number (MS-ADTS 3.1.1.1.9).

use connector::{Cursor, Lane, Page, Unreachable};
use domain::{
    limits,
    spec::{ObjectKind, Observed},
};
use ldap3::controls::{ControlParser as _, MakeCritical as _, PagedResults, RawControl};
use uuid::Uuid;

use crate::{
    Directory,
    connection::{Found, Scope, Session, code},
    dn::Parsed,
    entry,
};

/// What of the folder is reported. Computers are users to a directory, not to us.
pub(crate) const KINDS: &str =
    "(|(objectClass=organizationalUnit)(objectClass=group)(&(objectClass=user)(!(objectClass=computer))))";
/// Paged results (RFC 2696).
const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";

/// Where a scan stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Position {
    /// Which copy of the database counts.
    invocation: Uuid,
    /// Report what changed from this number on.
    from: u64,
    /// The next scan goes on here.
    until: u64,
    /// The connection and the cookie of the page to come; none between scans.
    page: Option<(u64, Vec<u8>)>,
}

impl Directory {
    pub(crate) async fn scan_page(&self, after: Option<Cursor>) -> Result<Page<Observed>, Unreachable> {
        let session = self.session(Lane::Bulk).await?;
        let position = match after.as_ref().and_then(|cursor| Position::read(&cursor.0)) {
            Some(Position { page: Some((epoch, _)), .. }) if epoch != session.epoch => {
                return Err(Unreachable::because("the connection changed during a scan; it starts again"));
            }
            Some(position @ Position { page: Some(_), .. }) => position,
            resumed => {
                // Another controller's numbers mean nothing here: everything is reported again.
                let known = resumed.filter(|p| p.invocation == session.facts.invocation);
                let until = highest(&session).await?.saturating_add(1);
                let invocation = session.facts.invocation;
                Position { invocation, from: known.map_or(0, |p| p.until), until, page: None }
            }
        };
        let found = self.page(&session, &position).await?;
        let items = self.items(&found);
        let cookie = cookie(&found.controls).filter(|cookie| !cookie.is_empty());
        let next = cookie.map(|cookie| Position { page: Some((session.epoch, cookie)), ..position.clone() });
        let resume = next.is_none().then_some(Position { page: None, ..position });
        Ok(Page { items, next: next.map(Position::cursor), resume: resume.map(Position::cursor) })
    }

    async fn page(&self, session: &Session, position: &Position) -> Result<Found, Unreachable> {
        let changed = format!("(&(uSNChanged>={}){KINDS})", position.from);
        let cookie = position.page.as_ref().map(|(_, cookie)| cookie.clone()).unwrap_or_default();
        let paging = PagedResults { size: limits::ENTRIES_PER_PAGE, cookie }.critical();
        let attributes = entry::asked(&self.config.marker);
        let folder = &self.config.folder_dn;
        let found = session
            .search(
                folder,
                Scope::Subtree,
                &changed,
                &attributes,
                vec![paging.into(), crate::controls::names_with_ids()],
            )
            .await?;
        if found.code == code::SUCCESS { Ok(found) } else { Err(found.unreachable()) }
    }

    fn items(&self, found: &Found) -> Vec<Observed> {
        let is_folder = |dn: &str| Parsed::new(dn).is_ok_and(|name| name == self.folder);
        let below = found.entries.iter().filter(|entry| !is_folder(&entry.dn));
        below.filter_map(|entry| entry.observed(&self.config.marker, ObjectKind::User)).collect()
    }
}

async fn highest(session: &Session) -> Result<u64, Unreachable> {
    let root = session.read("", &["highestCommittedUSN"]).await?;
    let highest = root.and_then(|root| root.number("highestCommittedUSN"));
    highest.ok_or_else(|| Unreachable::because("highestCommittedUSN cannot be read"))
}

pub(crate) fn cookie(controls: &[RawControl]) -> Option<Vec<u8>> {
    let value = controls.iter().find(|c| c.ctype == PAGED_RESULTS)?.val.as_ref()?;
    Some(PagedResults::parse(value).cookie)
}

impl Position {
    fn cursor(self) -> Cursor {
        let mut bytes = self.invocation.as_bytes().to_vec();
        bytes.extend_from_slice(&self.from.to_be_bytes());
        bytes.extend_from_slice(&self.until.to_be_bytes());
        if let Some((epoch, cookie)) = self.page {
            bytes.extend_from_slice(&epoch.to_be_bytes());
            bytes.extend_from_slice(&cookie);
        }
        Cursor(bytes)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (invocation, rest) = bytes.split_first_chunk::<16>()?;
        let (from, rest) = rest.split_first_chunk::<8>()?;
        let (until, rest) = rest.split_first_chunk::<8>()?;
        let page = rest
            .split_first_chunk::<8>()
            .map(|(epoch, cookie)| (u64::from_be_bytes(*epoch), cookie.to_vec()));
        Some(Self {
            invocation: Uuid::from_bytes(*invocation),
            from: u64::from_be_bytes(*from),
            until: u64::from_be_bytes(*until),
            page,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_position_survives_the_cursor(invocation: u128, from: u64, until: u64, page: Option<(u64, Vec<u8>)>) {
            let position = Position { invocation: Uuid::from_u128(invocation), from, until, page };
            prop_assert_eq!(Position::read(&position.clone().cursor().0), Some(position));
        }

        #[test]
        fn no_cursor_panics(bytes: Vec<u8>) {
            let _ = Position::read(&bytes);
        }
    }
}
