//! What has to be known of a directory before anything is done in it.

use std::collections::HashSet;

use connector::Unreachable;
use domain::problem::{Problem, ProblemCode};
use uuid::Uuid;

use crate::{
    access::Trusted,
    config::Config,
    connection::{Scope, Session, code},
    dn::Parsed,
    filter,
    security::Sid,
};

/// Learnt anew with every connection, because controllers differ and names change.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// Who keeps access to every container; none only while connecting.
    pub(crate) trusted: Option<Trusted>,
    /// Which copy of the database the controller has: change numbers are its own.
    pub(crate) invocation: Uuid,
    /// The names that are never touched, nor anything below them.
    pub(crate) protected_names: Vec<Parsed>,
    /// The ids of the same objects.
    pub(crate) protected_ids: HashSet<Uuid>,
}

impl Facts {
    /// Asks the controller.
    pub(crate) async fn learn(session: &Session, config: &Config) -> Result<Self, Unreachable> {
        let missing = |what: &str| Unreachable::because(format!("{what} cannot be read"));
        let root = session.read("", &["dsServiceName", "rootDomainNamingContext"]).await?;
        let root = root.ok_or_else(|| missing("the root of the directory"))?;
        let service = root.text("dsServiceName").ok_or_else(|| missing("dsServiceName"))?;
        let settings = session.read(service, &["invocationId"]).await?;
        let invocation = settings
            .and_then(|e| e.id("invocationId"))
            .ok_or_else(|| missing("the controller's invocationId"))?;
        if session.read(&config.folder_dn, &["objectGUID"]).await?.is_none() {
            return Err(no_folder(&config.folder_dn));
        }
        let account = sid(session, &config.bind_dn).await?;
        let forest = root.text("rootDomainNamingContext").unwrap_or(&config.base_dn);
        let forest = sid(session, forest).await?;
        let mut facts = Self { trusted: Some(Trusted::new(account, &forest)), invocation, ..Self::default() };
        for protected in &config.protected {
            facts.protect(session, config, protected).await?;
        }
        Ok(facts)
    }

    async fn protect(&mut self, session: &Session, config: &Config, what: &str) -> Result<(), Unreachable> {
        let attributes = ["objectGUID", "distinguishedName"];
        let entry = match what.parse::<Sid>() {
            Ok(sid) => {
                let filter = filter::equals_bytes("objectSid", &sid.bytes());
                let found =
                    session.search(&config.base_dn, Scope::Subtree, &filter, &attributes, vec![]).await?;
                if found.code != code::SUCCESS {
                    return Err(found.unreachable());
                }
                found.entries.into_iter().next()
            }
            Err(_) => session.read(what, &attributes).await?,
        };
        // What does not exist (yet) is still protected by its name.
        let name = entry.as_ref().map_or(what, |e| e.dn.as_str());
        self.protected_names.extend(Parsed::new(name));
        self.protected_ids.extend(entry.and_then(|e| e.id("objectGUID")));
        Ok(())
    }
}

/// It does not exist, or the account does not see it.
pub(crate) fn no_folder(folder: &str) -> Unreachable {
    let cause = Problem::new(ProblemCode::FolderMissing).with("dn", folder);
    Unreachable::because(format!("the folder {folder} does not exist")).known_as(cause)
}

async fn sid(session: &Session, dn: &str) -> Result<Sid, Unreachable> {
    let entry = session.read(dn, &["objectSid"]).await?;
    let sid = entry.as_ref().and_then(|e| e.bytes("objectSid")).and_then(Sid::read).map(|(sid, _)| sid);
    sid.ok_or_else(|| Unreachable::because(format!("the security id of {dn} cannot be read")))
}
