//! Making it so: one operation per step, addressed by the object's id, with a
//! bounded number in flight. Nothing is tried twice.

use std::collections::{BTreeMap, HashMap, HashSet};

use connector::{ApplyError, Lane, Unreachable};
use domain::{
    limits,
    person::Detail,
    plan::{Action, Change, Step},
    problem::{Problem, ProblemCode},
    spec::{Address, Attribute, ObjectKind},
};
use futures::stream::{self, StreamExt as _};
use ldap3::Mod;
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    Directory, access,
    connection::{Answer, Lost, Operation, Scope, Session, code},
    controls, dn, entry, filter, guard,
    observe::rdn_type,
    outcome::{self, rejected},
    password,
    security::Sid,
};

type Bytes = Vec<u8>;

impl Directory {
    /// What certainly was not applied because the controller went away is done
    /// on the next one, unless the batch is held to one controller.
    pub(crate) async fn apply_all(&self, lane: Lane, steps: &[Step]) -> Vec<Result<(), ApplyError>> {
        let mut outcomes: Vec<Result<(), ApplyError>> = Vec::new();
        let mut open: Vec<usize> = (0..steps.len()).collect();
        for _ in 0..self.config.controllers.len() {
            let pending: Vec<&Step> = open.iter().map(|i| &steps[*i]).collect();
            let (answers, reached) = match self.session(lane).await {
                Ok(session) => (self.apply_at(&session, &pending).await, true),
                Err(error) => (all_unreachable(pending.len(), &error), false),
            };
            if outcomes.is_empty() {
                outcomes = answers;
            } else {
                for (i, answer) in open.iter().zip(answers) {
                    outcomes[*i] = answer;
                }
            }
            open.retain(|i| matches!(outcomes[*i], Err(ApplyError::Unreachable(_))));
            if open.is_empty() || !reached || self.held.is_some() {
                break;
            }
        }
        outcomes
    }

    async fn apply_at(&self, session: &Session, steps: &[&Step]) -> Vec<Result<(), ApplyError>> {
        let controls = match self.account_controls(session, steps).await {
            Ok(controls) => controls,
            Err(error) => return all_unreachable(steps.len(), &error),
        };
        let operations: Vec<_> = steps.iter().map(|step| self.apply_one(session, step, &controls)).collect();
        let outcomes = stream::iter(operations).buffered(self.config.window).collect::<Vec<_>>().await;
        self.note_storage(session, &outcomes);
        outcomes
    }

    /// A controller whose disk is full answers everything else, so only this tells.
    fn note_storage(&self, session: &Session, outcomes: &[Result<(), ApplyError>]) {
        let full = outcomes.iter().find_map(|outcome| match outcome {
            Err(ApplyError::Unreachable(away)) if away.cause.code == ProblemCode::DiskFull => {
                Some(away.problem())
            }
            _ => None,
        });
        let controllers = &self.connections.controllers;
        match full {
            Some(problem) => controllers.cannot_write(session.controller, &problem, Instant::now()),
            None if outcomes.iter().any(Result::is_ok) => controllers.wrote(session.controller),
            None => {}
        }
    }

    async fn apply_one(
        &self,
        session: &Session,
        step: &Step,
        controls: &HashMap<Uuid, u32>,
    ) -> Result<(), ApplyError> {
        guard::check(&self.folder, &session.facts, step).map_err(rejected)?;
        let answer = match &step.action {
            Action::Create { parent, attributes } => {
                self.create(session, step, parent.as_ref(), attributes).await?
            }
            Action::Update { at, changes } => {
                let modifications = self.changes(step, at, changes, controls)?;
                modify(session, at, vec![], modifications).await
            }
            Action::Move { at, parent, name } => {
                self.rename(session, step.kind, at, parent.as_ref(), name).await
            }
            Action::Delete { at } => {
                let dn = dn::by_id(at.external_id);
                session.send(vec![], Operation::Delete { dn }).await
            }
            Action::Release { at } => {
                // Only the marker that is ours: what bears another one meanwhile keeps it.
                let ours = HashSet::from([step.object.to_string().into_bytes()]);
                let marker = self.config.marker.as_bytes().to_vec();
                modify(session, at, vec![], vec![Mod::Delete(marker, ours)]).await
            }
            Action::SetAccess { at, readers } => {
                let value = closed(session, readers)?;
                let replace = replace("nTSecurityDescriptor", [value]);
                modify(session, at, vec![controls::dacl_only()], vec![replace]).await
            }
            Action::SetPassword { at, password, must_change } => {
                // An account that was locked out can use its new password at once.
                let secret = replace("unicodePwd", [password::encode(&password.0).to_vec()]);
                let mut all = vec![secret, replace("lockoutTime", [b"0".to_vec()])];
                // After the password, which sets it, too.
                all.extend(must_change.then(|| replace("pwdLastSet", [b"0".to_vec()])));
                modify(session, at, vec![], all).await
            }
            Action::ChangeMembers { at, add, remove } => {
                return self.change_members(session, step, at, add, remove).await;
            }
        };
        match outcome::of(step, answer) {
            Err(ApplyError::Rejected { problem }) => {
                let missing = self.missing_link(session, step, &problem).await;
                Err(rejected(missing.map_err(ApplyError::Unreachable)?.unwrap_or(problem)))
            }
            other => other,
        }
    }

    /// Whether a refusal comes from something the object refers to that is not
    /// there; servers say that in as many ways as for a wrong value.
    async fn missing_link(
        &self,
        session: &Session,
        step: &Step,
        refusal: &Problem,
    ) -> Result<Option<Problem>, Unreachable> {
        let links: Vec<(Attribute, Uuid)> = match &step.action {
            Action::Create { attributes, .. } => attributes.iter().filter_map(|(a, v)| link(*a, v)).collect(),
            Action::Update { changes, .. } => {
                changes.iter().filter_map(|c| link(c.attribute, c.after.as_ref()?)).collect()
            }
            _ => vec![],
        };
        let own = [ProblemCode::NameTaken, ProblemCode::InsufficientRights, ProblemCode::PasswordPolicy];
        if links.is_empty() || own.contains(&refusal.code) {
            return Ok(None);
        }
        let ids: Vec<Uuid> = links.iter().map(|(_, id)| *id).collect();
        let there = self.survey(session, Uuid::nil(), &ids).await?.existing;
        let missing = links.into_iter().find(|(_, id)| !there.contains(id));
        Ok(missing.map(|(attribute, id)| {
            let said = refusal.target_message.as_deref().unwrap_or_default();
            let problem = Problem::new(ProblemCode::Waiting).with("attribute", attribute.code());
            problem.with("id", id).said(said)
        }))
    }

    async fn create(
        &self,
        session: &Session,
        step: &Step,
        parent: Option<&Address>,
        attributes: &BTreeMap<Attribute, String>,
    ) -> Result<Result<Answer, Lost>, ApplyError> {
        let name = attributes.get(&Attribute::Name).map_or("", String::as_str);
        let dn = self.address_in(step.kind, parent, name);
        let one = |name: &str, value: Bytes| (name.as_bytes().to_vec(), HashSet::from([value]));
        let mut entry = vec![one(&self.config.marker, step.object.to_string().into_bytes())];
        let plain = attributes.iter().filter_map(|(a, v)| Some((*a, entry::ldap_name(*a)?, v)));
        entry.extend(plain.map(|(attribute, name, value)| {
            (name.as_bytes().to_vec(), entry::ldap_values(attribute, value).into_iter().collect())
        }));
        let mut controls = vec![];
        match step.kind {
            ObjectKind::Container => {
                entry.push(one("objectClass", b"organizationalUnit".to_vec()));
                // Closed from the first instant: a container that is opened by
                // inheritance, however briefly, shows one customer to all others.
                entry.push(one("nTSecurityDescriptor", closed(session, &[])?));
                controls.push(controls::dacl_only());
            }
            ObjectKind::Group => {
                entry.push(one("objectClass", b"group".to_vec()));
                if !attributes.contains_key(&Attribute::GroupKind) {
                    entry.push(one("groupType", entry::group_type("").into()));
                }
            }
            ObjectKind::User => {
                let enabled = attributes.get(&Attribute::Enabled).is_some_and(|v| v == "true");
                let control = account_control(entry::NORMAL_ACCOUNT, enabled);
                let secret = password::random(self.random.as_ref());
                entry.push(one("objectClass", b"user".to_vec()));
                entry.push(one("userAccountControl", control.to_string().into_bytes()));
                entry.push(one("unicodePwd", password::encode(&secret).to_vec()));
            }
            ObjectKind::Access => {
                let problem = Problem::new(ProblemCode::Refused).said("access is set, not created");
                return Err(rejected(problem));
            }
        }
        Ok(session.send(controls, Operation::Add { dn, entry }).await)
    }

    fn changes(
        &self,
        step: &Step,
        at: &Address,
        changes: &[Change],
        controls: &HashMap<Uuid, u32>,
    ) -> Result<Vec<Mod<Bytes>>, ApplyError> {
        let mut modifications = vec![replace(&self.config.marker, [step.object.to_string().into_bytes()])];
        for change in changes {
            match (change.attribute, entry::ldap_name(change.attribute)) {
                (Attribute::Detail(Detail::Aliases), Some(name)) => {
                    modifications.extend(aliases(name, change));
                }
                // A number that cannot be absent.
                (Attribute::Detail(Detail::ExpiresAt), Some(name)) => {
                    let after = change.after.as_deref().unwrap_or_default();
                    modifications.push(replace(name, entry::ldap_values(change.attribute, after)));
                }
                (attribute, Some(name)) => {
                    let values = change.after.iter().flat_map(|value| entry::ldap_values(attribute, value));
                    modifications.push(replace(name, values));
                }
                (Attribute::Locked, None) => modifications.push(replace("lockoutTime", [b"0".to_vec()])),
                (Attribute::PasswordExpired, None) => {
                    modifications.push(replace("pwdLastSet", [b"0".to_vec()]));
                }
                (Attribute::Enabled, None) => {
                    let Some(control) = controls.get(&at.external_id) else {
                        let gone = Problem::new(ProblemCode::ChangedMeanwhile).with("dn", &at.dn);
                        return Err(rejected(gone.said("the account was not found")));
                    };
                    let enabled = change.after.as_deref() == Some("true");
                    let bits = account_control(*control, enabled).to_string();
                    modifications.push(replace("userAccountControl", [bits.into_bytes()]));
                }
                (attribute, None) => {
                    let problem = Problem::new(ProblemCode::InvalidValue).with("attribute", attribute.code());
                    return Err(rejected(problem.said("changed by a move or by access, not by an update")));
                }
            }
        }
        Ok(modifications)
    }

    async fn rename(
        &self,
        session: &Session,
        kind: ObjectKind,
        at: &Address,
        parent: Option<&Address>,
        name: &str,
    ) -> Result<Answer, Lost> {
        let dn = dn::by_id(at.external_id);
        let leaf = format!("{}={}", rdn_type(kind), dn::escape(name));
        // The container is always named: beside an address by id a server
        // cannot tell where the object would stay.
        let above = parent.map_or_else(|| dn::parent(&at.dn).to_owned(), |parent| parent.dn.clone());
        session.send(vec![], Operation::Rename { dn, leaf, above }).await
    }

    /// One modify. Windows overlooks members that are there already; Samba
    /// refuses the whole change for one of them, and so do both for one that
    /// does not exist. So a refusal is looked into, and what is left to do,
    /// if it is less, is sent.
    async fn change_members(
        &self,
        session: &Session,
        step: &Step,
        at: &Address,
        add: &[Address],
        remove: &[Address],
    ) -> Result<(), ApplyError> {
        if add.len() + remove.len() > limits::MEMBERS_PER_MODIFY {
            let problem = Problem::new(ProblemCode::Refused).said("too many members in one change");
            return Err(rejected(problem));
        }
        let ids = |list: &[Address]| -> Vec<Uuid> { list.iter().map(|member| member.external_id).collect() };
        let (mut coming, mut going) = (ids(add), ids(remove));
        let answer = send_members(session, at, &coming, &going).await;
        let refused = match &answer {
            Ok(answer) => matches!(
                answer.code,
                code::NO_SUCH_OBJECT
                    | code::ENTRY_EXISTS
                    | code::VALUE_EXISTS
                    | code::NO_SUCH_ATTRIBUTE
                    | code::INVALID_SYNTAX
                    | code::UNWILLING
            ),
            Err(_) => false,
        };
        if !refused {
            return outcome::of(step, answer);
        }
        let all: Vec<Uuid> = coming.iter().chain(&going).copied().collect();
        let survey = self.survey(session, at.external_id, &all).await.map_err(ApplyError::Unreachable)?;
        let group = session.read(&dn::by_id(at.external_id), &["objectGUID"]).await;
        let exists = group.map_err(ApplyError::Unreachable)?.is_some();
        if let Some(missing) = add.iter().find(|m| exists && !survey.existing.contains(&m.external_id)) {
            let problem = Problem::new(ProblemCode::MemberMissing).with("dn", &missing.dn);
            let text = answer.map(|answer| answer.text).unwrap_or_default();
            return Err(rejected(problem.with("id", missing.external_id).said(text)));
        }
        coming.retain(|id| !survey.present.contains(id));
        going.retain(|id| survey.present.contains(id));
        if exists && coming.is_empty() && going.is_empty() {
            return Ok(());
        }
        if coming.len() + going.len() == all.len() {
            return outcome::of(step, answer);
        }
        outcome::of(step, send_members(session, at, &coming, &going).await)
    }

    /// The account control bits of users that are to be enabled or disabled,
    /// because the other bits must stay as they are.
    async fn account_controls(
        &self,
        session: &Session,
        steps: &[&Step],
    ) -> Result<HashMap<Uuid, u32>, Unreachable> {
        let switches = |changes: &[Change]| changes.iter().any(|c| c.attribute == Attribute::Enabled);
        let terms: Vec<String> = steps
            .iter()
            .filter_map(|step| match &step.action {
                Action::Update { at, changes } if switches(changes) => Some(filter::has_id(at.external_id)),
                _ => None,
            })
            .collect();
        let mut controls = HashMap::new();
        for terms in terms.chunks(limits::TERMS_PER_FILTER) {
            let attributes = ["objectGUID", "userAccountControl"];
            let filter = filter::any_of(terms);
            let found =
                session.search(&self.config.base_dn, Scope::Subtree, &filter, &attributes, vec![]).await?;
            if found.code != code::SUCCESS {
                return Err(found.unreachable());
            }
            let bits =
                found.entries.iter().filter_map(|e| e.id("objectGUID").zip(e.number("userAccountControl")));
            controls.extend(bits);
        }
        Ok(controls)
    }

    fn address_in(&self, kind: ObjectKind, parent: Option<&Address>, name: &str) -> String {
        let above = parent.map_or(self.config.folder_dn.as_str(), |parent| &parent.dn);
        format!("{}={},{above}", rdn_type(kind), dn::escape(name))
    }
}

fn link(attribute: Attribute, value: &str) -> Option<(Attribute, Uuid)> {
    Some((attribute, value.parse().ok()?)).filter(|(attribute, _)| attribute.is_link())
}

/// The access list of a container for `readers`, as sent.
fn closed(session: &Session, readers: &[String]) -> Result<Bytes, ApplyError> {
    let invalid = |reader: &String| {
        let problem = Problem::new(ProblemCode::InvalidValue).with("attribute", "readers");
        rejected(problem.with("value", reader))
    };
    let readers: Vec<Sid> =
        readers.iter().map(|r| r.parse().map_err(|_| invalid(r))).collect::<Result<_, _>>()?;
    let trusted = session.facts.trusted.as_ref();
    let trusted =
        trusted.ok_or_else(|| ApplyError::Unreachable(Unreachable::because("not connected yet")))?;
    Ok(access::closed(trusted, &readers).bytes())
}

async fn modify(
    session: &Session,
    at: &Address,
    controls: Vec<ldap3::controls::RawControl>,
    changes: Vec<Mod<Bytes>>,
) -> Result<Answer, Lost> {
    let dn = dn::by_id(at.external_id);
    session.send(controls, Operation::Modify { dn, changes }).await
}

async fn send_members(
    session: &Session,
    group: &Address,
    add: &[Uuid],
    remove: &[Uuid],
) -> Result<Answer, Lost> {
    let values =
        |ids: &[Uuid]| -> HashSet<Bytes> { ids.iter().map(|id| dn::by_id(*id).into_bytes()).collect() };
    let mut modifications = Vec::new();
    if !add.is_empty() {
        modifications.push(Mod::Add(b"member".to_vec(), values(add)));
    }
    if !remove.is_empty() {
        modifications.push(Mod::Delete(b"member".to_vec(), values(remove)));
    }
    if modifications.is_empty() {
        return Ok(Answer::new(code::SUCCESS, ""));
    }
    modify(session, group, vec![controls::permissive()], modifications).await
}

/// Only the addresses that come or go: the others of the attribute are not ours.
fn aliases(name: &str, change: &Change) -> Vec<Mod<Bytes>> {
    let values = |text: &Option<String>| -> HashSet<Bytes> {
        let all = text.iter().flat_map(|text| entry::ldap_values(change.attribute, text));
        all.collect()
    };
    let (before, after) = (values(&change.before), values(&change.after));
    let only = |a: &HashSet<Bytes>, b: &HashSet<Bytes>| a.difference(b).cloned().collect::<HashSet<_>>();
    let (coming, going) = (only(&after, &before), only(&before, &after));
    let name = name.as_bytes().to_vec();
    let add = (!coming.is_empty()).then(|| Mod::Add(name.clone(), coming));
    let delete = (!going.is_empty()).then(|| Mod::Delete(name, going));
    add.into_iter().chain(delete).collect()
}

/// Sets the value, or clears the attribute when there is none.
fn replace(attribute: &str, value: impl IntoIterator<Item = Bytes>) -> Mod<Bytes> {
    Mod::Replace(attribute.as_bytes().to_vec(), value.into_iter().collect())
}

fn account_control(bits: u32, enabled: bool) -> u32 {
    if enabled { bits & !entry::ACCOUNT_DISABLED } else { bits | entry::ACCOUNT_DISABLED }
}

fn all_unreachable(count: usize, error: &Unreachable) -> Vec<Result<(), ApplyError>> {
    let same = || Unreachable::because(error.reason.clone()).known_as(error.cause.clone());
    let one = || Err(ApplyError::Unreachable(same()));
    (0..count).map(|_| one()).collect()
}
