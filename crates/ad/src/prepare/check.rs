//! Proving what the account can do, and what it cannot: by doing it, inside
//! the folder through the same code as always, and cleaning up afterwards.

use std::{collections::BTreeMap, sync::Arc};

use connector::{ApplyError, Connector as _, Lane};
use domain::{
    clock::{Clock, Random},
    id::ObjectId,
    plan::{Action, Secret, Step},
    spec::{Address, Attribute, Naming, ObjectKind, Observed, Selector},
};
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};

use crate::{
    Directory,
    config::Config,
    connection::{Operation, Scope, Session, code},
    controls, filter, password,
    security::{Ace, Descriptor, Kind, flag, right},
};

/// Kerberos refuses log-ons when clocks differ by more (MS-KILE 3.1.1.2).
const SKEW_MAX: SignedDuration = SignedDuration::from_mins(5);
/// Relative id of the built-in administrator (MS-DTYP 2.4.2.4).
const ADMINISTRATOR: u32 = 500;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, as a short word that does not change: `connection`, `create_user` …
    pub subject: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
    /// What to do about it; empty when nothing is to be done.
    pub cure: String,
}

/// Everyone, Authenticated Users, Pre-Windows 2000 Compatible Access.
const EVERYBODY: [&str; 3] = ["S-1-1-0", "S-1-5-11", "S-1-5-32-554"];

const DELEGATE: &str =
    "run the delegation script (`tenantryd directory prepare`) as an administrator of the domain";
const TOO_MUCH: &str = "use an ordinary account, not an administrator, with rights on the folder only";

/// Looks at everything a directory must allow and refuse. Makes a unit with a
/// user and a group in the folder and removes them; leaves nothing behind
/// unless removing is what fails, and then says what.
pub async fn check(config: Config, clock: &dyn Clock, random: Arc<dyn Random>) -> Vec<Finding> {
    let mut found = Findings::default();
    let id = ObjectId::new(clock.now(), random.as_ref());
    let secret = password::random(random.as_ref()).to_string();
    let directory = match Directory::connect(config, random) {
        Ok(directory) => directory,
        Err(error) => {
            found.add("settings", Err(error.to_string()), "correct the settings of the directory");
            return found.0;
        }
    };
    let session = match directory.session(Lane::Interactive).await {
        Ok(session) => session,
        Err(error) => {
            found.add("connection", Err(error.reason), "check address, authorities, account and password");
            return found.0;
        }
    };
    found.add("connection", Ok("connected over TLS with a verified certificate, and bound".to_owned()), "");
    let skew = skew(&session, clock.now()).await;
    found.add("clock", skew, "synchronise the clocks of this machine and the domain controllers");
    let closed = closed(&session, &directory.config.folder_dn).await;
    found.add("folder_closed", closed, DELEGATE);
    let probe = Probe { directory: &directory, id, secret };
    probe.inside(&mut found).await;
    probe.outside(&session, &mut found).await;
    found.0
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// Notes what came out; the cure belongs to the failure.
    fn add(&mut self, subject: &'static str, outcome: Result<String, String>, cure: &str) -> bool {
        let (ok, detail) = match outcome {
            Ok(detail) => (true, detail),
            Err(detail) => (false, detail),
        };
        let cure = if ok { String::new() } else { cure.to_owned() };
        self.0.push(Finding { subject, ok, detail, cure });
        ok
    }
}

/// The objects made for the occasion.
struct Probe<'d> {
    directory: &'d Directory,
    id: ObjectId,
    secret: String,
}

impl Probe<'_> {
    async fn inside(&self, found: &mut Findings) {
        let unit = self.make(ObjectKind::Container, None).await;
        let unit = match unit {
            Ok(seen) => seen,
            Err(error) => {
                found.add("create_unit", Err(error), DELEGATE);
                return;
            }
        };
        found.add("create_unit", Ok("an organizational unit can be created in the folder".to_owned()), "");
        let marker = match unit.marker {
            Some(marker) if marker == self.id => Ok("the marker can be written and read".to_owned()),
            _ => Err("the marker was written but does not come back".to_owned()),
        };
        let marker_cure = "choose another marker attribute, one that units, groups and users have";
        found.add("marker", marker, marker_cure);
        let at = unit.address;
        let user = self.make(ObjectKind::User, Some(&at)).await;
        let group = self.make(ObjectKind::Group, Some(&at)).await;
        let text = |seen: &Result<Observed, String>, what: &str| {
            seen.as_ref().map(|_| format!("{what} can be created")).map_err(Clone::clone)
        };
        found.add("create_user", text(&user, "a user with a password"), DELEGATE);
        found.add("create_group", text(&group, "a group"), DELEGATE);
        if let Ok(user) = &user {
            self.on_user(found, &user.address).await;
        }
        if let (Ok(user), Ok(group)) = (&user, &group) {
            let add = vec![user.address.clone()];
            let join = Action::ChangeMembers { at: group.address.clone(), add, remove: vec![] };
            found.add("members", self.does(ObjectKind::Group, join, "members can be added").await, DELEGATE);
            let readers = group.security_id.clone().into_iter().collect();
            let close = Action::SetAccess { at: at.clone(), readers };
            found.add("access", self.does(ObjectKind::Access, close, "units can be closed").await, DELEGATE);
        }
        let mut left = Vec::new();
        for (kind, seen) in [(ObjectKind::Group, group.ok()), (ObjectKind::User, user.ok())] {
            left.extend(self.removed(kind, seen.map(|seen| seen.address)).await);
        }
        left.extend(self.removed(ObjectKind::Container, Some(at)).await);
        let removed = if left.is_empty() {
            Ok("everything can be deleted again".to_owned())
        } else {
            Err(left.join("; "))
        };
        found.add("delete", removed, "delete what was left, then run the delegation script");
    }

    async fn on_user(&self, found: &mut Findings, at: &Address) {
        let password = Secret(self.secret.clone());
        let set = Action::SetPassword { at: at.clone(), password, must_change: false };
        found.add("password", self.does(ObjectKind::User, set, "passwords can be set").await, DELEGATE);
        let changes = vec![domain::plan::Change {
            attribute: Attribute::Enabled,
            before: Some("true".to_owned()),
            after: Some("false".to_owned()),
        }];
        let disable = Action::Update { at: at.clone(), changes };
        found.add(
            "attributes",
            self.does(ObjectKind::User, disable, "attributes can be written").await,
            DELEGATE,
        );
    }

    /// What the account must not be able to do.
    async fn outside(&self, session: &Session, found: &mut Findings) {
        let base = &self.directory.config.base_dn;
        let dn = format!("CN={},CN=Users,{base}", self.name());
        let entry = vec![
            (b"objectClass".to_vec(), [b"user".to_vec()].into()),
            (b"sAMAccountName".to_vec(), [self.logon("x").into_bytes()].into()),
        ];
        let created = session.send(vec![], Operation::Add { dn: dn.clone(), entry }).await;
        let outcome = match created {
            Ok(answer) if answer.code == code::INSUFFICIENT_RIGHTS => {
                Ok("creating a user outside the folder is refused".to_owned())
            }
            Ok(answer) if answer.code == code::SUCCESS => {
                let removed = session.send(vec![], Operation::Delete { dn: dn.clone() }).await;
                let left =
                    if removed.is_ok_and(|a| a.code == code::SUCCESS) { "" } else { "; it is still there" };
                Err(format!("the account could create {dn}{left}"))
            }
            Ok(answer) => Err(format!("not refused for lack of rights: {} {}", answer.code, answer.text)),
            Err(lost) => Err(lost.to_string()),
        };
        found.add("outside", outcome, TOO_MUCH);
        found.add("administrator", self.touches_administrator(session).await, TOO_MUCH);
    }

    /// Writes the Administrator's description as it is: if that is not
    /// refused, nothing has changed.
    async fn touches_administrator(&self, session: &Session) -> Result<String, String> {
        let trusted = session.facts.trusted.as_ref().ok_or("not connected")?;
        let sid = trusted.account.domain().with_rid(ADMINISTRATOR);
        let filter = filter::equals_bytes("objectSid", &sid.bytes());
        let base = &self.directory.config.base_dn;
        let attributes = ["description"];
        let found = session.search(base, Scope::Subtree, &filter, &attributes, vec![]).await;
        let found = found.map_err(|lost| lost.to_string())?;
        let Some(entry) = found.entries.first() else {
            return Ok("the Administrator cannot even be seen".to_owned());
        };
        let same = entry.all("description").iter().cloned().collect();
        let changes = vec![ldap3::Mod::Replace(b"description".to_vec(), same)];
        let answer = session.send(vec![], Operation::Modify { dn: entry.dn.clone(), changes }).await;
        match answer.map_err(|lost| lost.to_string())? {
            answer if answer.code == code::INSUFFICIENT_RIGHTS => {
                Ok("changing the Administrator is refused".to_owned())
            }
            answer if answer.code == code::SUCCESS => Err(format!("the account may change {}", entry.dn)),
            answer => Err(format!("not refused for lack of rights: {} {}", answer.code, answer.text)),
        }
    }

    async fn make(&self, kind: ObjectKind, parent: Option<&Address>) -> Result<Observed, String> {
        let name = format!("{} {}", self.name(), kind.code());
        let mut attributes = BTreeMap::from([(Attribute::Name, name.clone())]);
        let logon_name = (kind != ObjectKind::Container).then(|| self.logon(&kind.code()[..1]));
        attributes.extend(logon_name.clone().map(|logon| (Attribute::LogonName, logon)));
        if kind == ObjectKind::User {
            attributes.insert(Attribute::Enabled, "true".to_owned());
        }
        self.does(kind, Action::Create { parent: parent.cloned(), attributes }, "").await?;
        let naming = Naming { parent: parent.cloned(), name, logon_name };
        let which =
            Selector { object: self.id, kind, external_id: None, names: vec![naming], members: vec![] };
        let seen = self.directory.observe(Lane::Interactive, &[which]).await.map_err(|e| e.reason)?;
        seen.into_iter().flatten().next().ok_or_else(|| "it was created but cannot be seen".to_owned())
    }

    async fn does(&self, kind: ObjectKind, action: Action, what: &str) -> Result<String, String> {
        let step = Step { object: self.id, kind, action };
        let outcome = self.directory.apply(Lane::Interactive, &[step]).await.into_iter().next();
        match outcome.unwrap_or(Ok(())) {
            Ok(()) => Ok(what.to_owned()),
            Err(ApplyError::Rejected { problem }) => {
                let said = problem.target_message.unwrap_or_default();
                Err(format!("refused ({}): {said}", problem.code.code()))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    async fn removed(&self, kind: ObjectKind, at: Option<Address>) -> Option<String> {
        let at = at?;
        let dn = at.dn.clone();
        let outcome = self.does(kind, Action::Delete { at }, "").await;
        outcome.err().map(|error| format!("{dn} is still there: {error}"))
    }

    fn name(&self) -> String {
        format!("tenantry-check-{:08x}", self.tag())
    }

    fn logon(&self, letter: &str) -> String {
        format!("tcheck-{letter}-{:08x}", self.tag())
    }

    /// The random end of the id.
    fn tag(&self) -> u128 {
        self.id.uuid().as_u128() & 0xFFFF_FFFF
    }
}

/// Whether ordinary accounts can list the folder, and with it the names of
/// resellers and customers.
async fn closed(session: &Session, folder: &str) -> Result<String, String> {
    let attributes = ["nTSecurityDescriptor"];
    let controls = vec![controls::dacl_only()];
    let found = session.search(folder, Scope::Base, "(objectClass=*)", &attributes, controls).await;
    let found = found.map_err(|lost| lost.to_string())?;
    let bytes = found.entries.first().and_then(|entry| entry.bytes("nTSecurityDescriptor"));
    let list = bytes.and_then(Descriptor::read).and_then(|descriptor| descriptor.dacl);
    let list = list.ok_or("the access list of the folder cannot be read")?;
    let open: Vec<String> = list
        .0
        .iter()
        .filter(|entry| lists(entry))
        .filter_map(|e| e.sid.clone())
        .map(|s| s.to_string())
        .collect();
    if open.is_empty() {
        Ok("ordinary accounts cannot list the folder".to_owned())
    } else {
        Err(format!("everybody can list the names in the folder ({})", open.join(", ")))
    }
}

fn lists(entry: &Ace) -> bool {
    let everybody = entry.sid.as_ref().is_some_and(|sid| EVERYBODY.contains(&sid.to_string().as_str()));
    let here = entry.flags & flag::INHERIT_ONLY == 0;
    everybody && here && entry.kind == Kind::Allow && entry.mask & right::LIST_CONTENTS != 0
}

async fn skew(session: &Session, now: Timestamp) -> Result<String, String> {
    let root = session.read("", &["currentTime"]).await.map_err(|error| error.reason)?;
    let text = root.as_ref().and_then(|root| root.text("currentTime")).unwrap_or_default();
    // GeneralizedTime, always in UTC here (MS-ADTS 3.1.1.3.2.9).
    let theirs = civil::DateTime::strptime("%Y%m%d%H%M%S", text.split('.').next().unwrap_or_default())
        .and_then(|time| time.to_zoned(TimeZone::UTC))
        .map_err(|error| format!("the controller's clock cannot be read: {error}"))?;
    let difference = now.duration_since(theirs.timestamp()).abs();
    let shown = format!("the controller's clock differs by {} s", difference.as_secs());
    if difference <= SKEW_MAX { Ok(shown) } else { Err(shown) }
}
