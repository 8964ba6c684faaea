//! Looking at everything in the folder, or in one container of it, ours or not,
//! with the groups each object is in. As in a scan, the pages come from one
//! search on one connection.

use connector::{Cursor, Lane, Page, SurveyError, Surveyed, Unreachable};
use domain::{
    adoption::Ignored,
    limits,
    problem::{Problem, ProblemCode},
    spec::ObjectKind,
};
use ldap3::controls::{MakeCritical as _, PagedResults};
use uuid::Uuid;

use crate::{
    Directory,
    connection::{Found, Scope, Session, code},
    controls,
    dn::Parsed,
    entry::{self, Entry},
    scan::cookie,
};

/// What is reported: also what nobody takes over, so that people see that it was seen.
const KINDS: &str = "(|(objectClass=organizationalUnit)(objectClass=group)(objectClass=user))";

/// What is asked for beside what every object is asked for.
const BESIDE: [&str; 4] = ["memberOf", "isCriticalSystemObject", "servicePrincipalName", "objectClass"];

/// Everything a survey asks for, with this attribute for the marker.
#[must_use]
pub fn surveyed_attributes(marker: &str) -> Vec<String> {
    entry::asked(marker).into_iter().chain(BESIDE).map(str::to_owned).collect()
}

impl Directory {
    pub(crate) async fn survey_page(
        &self,
        base: Option<&str>,
        after: Option<Cursor>,
    ) -> Result<Page<Surveyed>, SurveyError> {
        let session = self.session(Lane::Bulk).await?;
        let base = self.surveyed(base)?;
        let cookie_before = match after {
            None => Vec::new(),
            Some(cursor) => match cursor.0.split_first_chunk::<8>() {
                Some((epoch, cookie)) if u64::from_be_bytes(*epoch) == session.epoch => cookie.to_vec(),
                _ => {
                    let why = "the connection changed during a survey; it starts again";
                    return Err(Unreachable::because(why).into());
                }
            },
        };
        let paging = PagedResults { size: limits::ENTRIES_PER_PAGE, cookie: cookie_before }.critical();
        let mut attributes = entry::asked(&self.config.marker);
        attributes.extend(BESIDE);
        let controls = vec![paging.into(), controls::names_with_ids()];
        let found = session.search(base, Scope::Subtree, KINDS, &attributes, controls).await;
        let found = found.map_err(Unreachable::from)?;
        match found.code {
            code::SUCCESS => {}
            code::NO_SUCH_OBJECT => return Err(refused(ProblemCode::Gone, base)),
            _ => return Err(found.unreachable().into()),
        }
        let next = cookie(&found.controls).filter(|cookie| !cookie.is_empty()).map(|cookie| {
            let epoch = session.epoch.to_be_bytes();
            Cursor(epoch.into_iter().chain(cookie).collect())
        });
        Ok(Page { items: self.shown(&session, found), next, resume: None })
    }

    /// The container to look at, if it may be looked at.
    fn surveyed<'a>(&'a self, base: Option<&'a str>) -> Result<&'a str, SurveyError> {
        let Some(base) = base else { return Ok(&self.config.folder_dn) };
        match Parsed::new(base) {
            Ok(name) if name.is_within(&self.folder) => Ok(base),
            _ => Err(refused(ProblemCode::OutsideFolder, base)),
        }
    }

    fn shown(&self, session: &Session, found: Found) -> Vec<Surveyed> {
        let facts = &session.facts;
        let shown = found.entries.into_iter().filter_map(|mut entry| {
            entry.dn = plain(&entry.dn).to_owned();
            let name = Parsed::new(&entry.dn).ok().filter(|name| *name != self.folder)?;
            let object = entry.observed(&self.config.marker, ObjectKind::User)?;
            let listed = facts.protected_ids.contains(&object.address.external_id)
                || facts.protected_names.iter().any(|protected| name.is_within(protected));
            let ignored = ignored(&entry, object.security_id.as_deref());
            Some(Surveyed { member_of: groups(&entry), object, protected: listed, ignored })
        });
        shown.collect()
    }
}

fn refused(code: ProblemCode, dn: &str) -> SurveyError {
    SurveyError::Refused { problem: Problem::new(code).with("dn", dn) }
}

/// What nobody takes over. Managed accounts of services are computers by their class
/// (MS-ADSC 2.133, 2.155), and an ordinary account with a service principal name is one
/// of a service. Ids below 1000 are those of the directory itself (MS-ADTS 6.1.1.6).
fn ignored(entry: &Entry, security_id: Option<&str>) -> Option<Ignored> {
    let is_a =
        |class: &str| entry.all("objectClass").iter().any(|c| c.eq_ignore_ascii_case(class.as_bytes()));
    let number = security_id.and_then(|sid| sid.rsplit_once('-')).and_then(|(_, n)| n.parse::<u32>().ok());
    if entry.text("isCriticalSystemObject") == Some("TRUE") || number.is_some_and(|n| n < 1_000) {
        return Some(Ignored::BuiltIn);
    }
    if is_a("msDS-ManagedServiceAccount") || is_a("msDS-GroupManagedServiceAccount") {
        return Some(Ignored::ServiceAccount);
    }
    if is_a("computer") {
        return Some(Ignored::Computer);
    }
    let serves = !entry.all("servicePrincipalName").is_empty();
    (is_a("user") && serves).then_some(Ignored::ServiceAccount)
}

fn groups(entry: &Entry) -> Vec<Uuid> {
    let names = entry.all("memberOf").iter().filter_map(|name| std::str::from_utf8(name).ok());
    names.filter_map(id).collect()
}

/// The id in front of a name (`<GUID=…>;<SID=…>;CN=…`, MS-ADTS 3.1.1.3.4.1.5).
fn id(name: &str) -> Option<Uuid> {
    let (id, _) = name.strip_prefix("<GUID=")?.split_once('>')?;
    id.parse().ok()
}

/// The name without the ids in front of it.
fn plain(mut name: &str) -> &str {
    while let Some((_, rest)) = name.strip_prefix('<').and_then(|inner| inner.split_once(">;")) {
        name = rest;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_names_are_told_apart() {
        let id_text = "c1ab6b4c-70a5-4f30-8a86-0b0f4d6d3c11";
        let name = format!("<GUID={id_text}>;<SID=S-1-5-21-1-2-3-1104>;CN=a\\<b\\>;c,DC=x");
        assert_eq!(plain(&name), "CN=a\\<b\\>;c,DC=x");
        assert_eq!(id(&name), id_text.parse().ok());
        assert_eq!(plain("OU=Acme,DC=x"), "OU=Acme,DC=x");
        assert_eq!(id("OU=Acme,DC=x"), None);
    }
}
