//! Who is in groups: many groups a search, and the rest of a large one in
//! ranges (MS-ADTS 3.1.1.3.1.3.3), because a controller returns only so many
//! values of one attribute at once.

use std::collections::HashMap;

use connector::{Lane, Unreachable};
use domain::{limits, spec::Address};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use uuid::Uuid;

use crate::{
    Directory,
    connection::{Scope, Session, code},
    controls, dn,
    entry::Entry,
    filter,
};

/// Groups of one search: with as many members each as fit into one range, an
/// answer has some ten megabytes.
const GROUPS_PER_SEARCH: usize = 25;
const MEMBER: &str = "member";

impl Directory {
    pub(crate) async fn members_of(
        &self,
        lane: Lane,
        groups: &[Address],
    ) -> Result<Vec<Option<Vec<Address>>>, Unreachable> {
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let session = &self.session(lane).await?;
        let searches: Vec<_> = groups.chunks(GROUPS_PER_SEARCH).map(|c| self.first(session, c)).collect();
        let answers: Vec<HashMap<Uuid, Vec<Address>>> =
            stream::iter(searches).buffered(self.config.window).try_collect().await?;
        let mut found: HashMap<Uuid, Vec<Address>> = answers.into_iter().flatten().collect();
        Ok(groups.iter().map(|group| found.remove(&group.external_id)).collect())
    }

    async fn first(
        &self,
        session: &Session,
        groups: &[Address],
    ) -> Result<HashMap<Uuid, Vec<Address>>, Unreachable> {
        let terms: Vec<String> = groups.iter().map(|group| filter::has_id(group.external_id)).collect();
        let range = range(0);
        let attributes = ["objectGUID", "objectClass", range.as_str()];
        let filter = filter::any_of(&terms);
        let (base, controls) = (self.config.base_dn.as_str(), vec![controls::names_with_ids()]);
        let found = session.search(base, Scope::Subtree, &filter, &attributes, controls).await?;
        if found.code != code::SUCCESS {
            return Err(found.unreachable());
        }
        let mut members = HashMap::new();
        for entry in found.entries {
            let Some(id) = entry.id("objectGUID").filter(|_| entry.is_group()) else { continue };
            members.insert(id, rest(session, id, entry).await?);
        }
        Ok(members)
    }
}

/// The members in an answer and all further ones.
async fn rest(session: &Session, group: Uuid, first: Entry) -> Result<Vec<Address>, Unreachable> {
    let mut entry = first;
    let mut members = Vec::new();
    loop {
        let (values, next) = entry.ranged(MEMBER);
        members.extend(values.iter().filter_map(|value| member(value)));
        let Some(next) = next else { return Ok(members) };
        let (name, range) = (dn::by_id(group), range(next));
        let attributes = [range.as_str()];
        let controls = vec![controls::names_with_ids()];
        let found = session.search(&name, Scope::Base, "(objectClass=*)", &attributes, controls).await?;
        // A group that just went away, or lost members meanwhile, has no more.
        match (found.code, found.entries.into_iter().next()) {
            (code::SUCCESS, Some(more)) => entry = more,
            _ => return Ok(members),
        }
    }
}

fn range(from: usize) -> String {
    format!("{MEMBER};range={from}-{}", from + limits::VALUES_PER_RANGE - 1)
}

/// `<GUID=…>;<SID=…>;CN=…`, as the control for names with ids has it.
fn member(value: &[u8]) -> Option<Address> {
    let text = std::str::from_utf8(value).ok()?;
    let (id, rest) = text.strip_prefix("<GUID=")?.split_once(">;")?;
    let dn = match rest.strip_prefix("<SID=") {
        Some(rest) => rest.split_once(">;")?.1,
        None => rest,
    };
    Some(Address { external_id: id.parse().ok()?, dn: dn.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_read_with_its_id() {
        let id = "1a2b3c4d-0000-4000-8000-000000000001";
        for sid in ["", "<SID=S-1-5-21-1-2-3-1103>;"] {
            let text = format!("<GUID={id}>;{sid}CN=a\\>;b,OU=acme,DC=corp");
            let found = member(text.as_bytes()).expect("a member");
            assert_eq!(
                (found.external_id.to_string(), found.dn.as_str()),
                (id.to_owned(), "CN=a\\>;b,OU=acme,DC=corp")
            );
        }
        assert_eq!(member(b"CN=x,DC=corp"), None);
    }
}
