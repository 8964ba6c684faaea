//! What would come of rows: who is meant, what changes, what is wrong. Reads only; what it gives
//! is kept, shown, and carried out later as it was shown.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use domain::{
    bulk::{
        Act, BETWEEN, Change, Deed, LINK, Missing, Options, Present, RowState, Said, Value, differences,
        still_holds,
    },
    custom::Giver,
    field::{FieldError, Rule},
    id::UserId,
    limits,
    person::Detail,
};
use serde_json::Value as Json;
use store::{
    bulk::{BulkRow, FirstPassword, Key, PackedRow},
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
    users::{Name, Removed, User},
};

use super::{
    foreseen::{Foreseen, Sums},
    known::{Seen, key_code, matches, taken_names},
    managers::Chain,
    newcomers::{self, Newcomer},
    passwords::{Given, MUST_CHANGE, Rules},
    person::{self, Belongings, list, present},
};
use crate::{AppError, fields, groups, provision::Home, suffixes};

/// People looked at together: what is known of so many stays in memory at once.
pub(super) const AT_ONCE: usize = 2_000;

/// What is wanted of somebody.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// What a row of a file says.
    Said(Said),
    /// Something that is done to many.
    Deed(Arc<Deed>),
    /// What was done before, back.
    Back(Vec<Change>),
    /// Removal.
    Remove,
    /// Restoration of somebody who was removed.
    Restore,
}

impl What {
    /// What a row of a file says, as it is kept.
    fn said(self) -> Option<Said> {
        match self {
            Self::Said(said) => Some(said),
            _ => None,
        }
    }
}

impl Default for What {
    fn default() -> Self {
        Self::Said(Said::new())
    }
}

/// One row before it is known what becomes of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Wish {
    pub line: i32,
    pub cells: Option<Json>,
    pub what: What,
    /// The person, where that is known already.
    pub user: Option<UserId>,
    pub errors: Vec<FieldError>,
    pub warnings: Vec<FieldError>,
    /// The password that stands there, where such are taken.
    pub password: Option<Given>,
}

/// How rows are understood.
pub(super) struct Reading<'a> {
    pub options: &'a Options,
    /// By what rows and people are the same.
    pub key: Key,
    /// Lists name all there is.
    pub whole: bool,
    /// Rows say who manages whom.
    pub managers: bool,
    /// What is asked of passwords, where they are taken.
    pub passwords: Option<&'a Rules>,
}

/// What rows come to.
pub(super) struct Planned {
    pub rows: Vec<PackedRow>,
    pub foreseen: Foreseen,
    /// What is to be kept of passwords.
    pub passwords: Vec<FirstPassword>,
    /// How many rows would make somebody with a password.
    pub sealed: usize,
}

/// Plans what becomes of each row. Some are looked at together, and then packed: what all of them come to
/// fits into memory, and between the parts others have their turn. `given` are the names that rows give.
pub(super) async fn plan(
    tx: &mut WriteTx<'_>,
    read: &Permit<act::UserRead>,
    home: &Home<'_>,
    reading: &Reading<'_>,
    mut wishes: impl Iterator<Item = Wish> + Send,
    given: HashSet<Name>,
) -> Result<Planned, AppError> {
    let tenant = &read.tenant;
    let groups = tx.open_groups(read).await?;
    let mut seen = Seen::default();
    seen.names.given = given;
    let mut ground = Ground {
        home,
        reading,
        tenant,
        groups,
        named: HashSet::new(),
        sums: Sums::default(),
        seen,
        free: BTreeSet::new(),
        logons: BTreeSet::new(),
        spelled: HashMap::new(),
        made: BTreeSet::new(),
        passwords: Vec::new(),
        with_password: HashSet::new(),
    };
    let mut chain = Chain::new(reading.managers);
    let mut rows = Vec::new();
    loop {
        let part: Vec<_> = wishes.by_ref().take(AT_ONCE).collect();
        if part.is_empty() {
            break;
        }
        for row in ground.part(tx, read, part).await? {
            // Of whom it is not known who the manager is, it is not known what becomes of the row.
            if !chain.note(&row) {
                ground.tally(&row);
            }
            rows.push(pack(row)?);
        }
    }
    chain.resolve(tx, read, &mut rows, |row| ground.tally(row)).await?;
    ground.missing(tx, read, &mut rows).await?;
    let quotas = tx.quotas(home.tenant).await?;
    let pace = tx.pace(read).await?;
    let mut foreseen = ground.sums.foreseen(home, &tenant.currency, &rows, &quotas, pace);
    foreseen.groups = ground.made.into_iter().collect();
    let sealed = |row: &&PackedRow| row.act == Act::Create && ground.with_password.contains(&row.line);
    let sealed = rows.iter().filter(sealed).count();
    Ok(Planned { rows, foreseen, passwords: ground.passwords, sealed })
}

pub(super) fn pack(row: BulkRow) -> Result<PackedRow, AppError> {
    PackedRow::pack(row).map_err(|error| AppError::Internal(Box::new(error)))
}

/// A row of which nothing is known yet, and what is wanted of somebody.
pub(super) fn blank(wish: Wish) -> (BulkRow, What) {
    let said = match &wish.what {
        What::Said(said) => Some(said),
        _ => None,
    };
    let text = |code: &str| match said.and_then(|said| said.get(code)) {
        Some(Value::Text(text)) => text.as_str(),
        _ => "",
    };
    let name = match text("display_name") {
        "" => format!("{} {}", text("given_name"), text("surname")).trim().to_owned(),
        name => name.to_owned(),
    };
    let row = BulkRow {
        line: wish.line,
        cells: wish.cells,
        said: None,
        act: Act::Nothing,
        turn: 0,
        user: None,
        name,
        login: text("principal_name").to_owned(),
        changes: Vec::new(),
        errors: wish.errors,
        warnings: wish.warnings,
        state: RowState::Planned,
    };
    (row, wish.what)
}

pub(super) fn refuse(row: &mut BulkRow, act: Act, error: FieldError) {
    row.act = act;
    row.changes.clear();
    let line = row.line;
    row.errors.push(if error.args.contains_key("row") { error } else { error.with("row", line) });
}

/// What people have besides their own values.
pub(super) async fn belongings(
    tx: &mut ReadTx<'_>,
    read: &Permit<act::UserRead>,
    ids: &[UserId],
) -> Result<Belongings, AppError> {
    let mut has = Belongings::default();
    if ids.is_empty() {
        return Ok(has);
    }
    for held in tx.subscriptions_of(ids).await? {
        if let Some(user) = held.user {
            has.plans.entry(user).or_default().push(held);
        }
    }
    for bundle in tx.assigned(ids).await? {
        has.bundles.entry(bundle.user).or_default().push(bundle);
    }
    has.groups = tx.groups_of_people(read, ids).await?;
    Ok(has)
}

/// What rows are compared with.
struct Ground<'a, 'h> {
    home: &'a Home<'h>,
    reading: &'a Reading<'a>,
    tenant: &'a TenantRef,
    groups: BTreeMap<String, (String, domain::id::ObjectId)>,
    /// People some row means.
    named: HashSet<UserId>,
    sums: Sums,
    seen: Seen,
    /// Names new groups can have, in small letters.
    free: BTreeSet<String>,
    /// Their log-on names.
    logons: BTreeSet<String>,
    /// Names of new groups, in small letters, and as the first row writes them.
    spelled: HashMap<String, String>,
    /// Groups that are made.
    made: BTreeSet<String>,
    passwords: Vec<FirstPassword>,
    /// Rows with a password that can be the first one of somebody.
    with_password: HashSet<i32>,
}

impl Ground<'_, '_> {
    /// Rows that are looked at together, but for who manages whom.
    async fn part(
        &mut self,
        tx: &mut WriteTx<'_>,
        read: &Permit<act::UserRead>,
        part: Vec<Wish>,
    ) -> Result<Vec<BulkRow>, AppError> {
        let matched = matches(tx, read, self.reading.key, &part, &mut self.seen).await?;
        let ids: Vec<_> = matched.iter().filter_map(|found| found.as_ref().ok().copied().flatten()).collect();
        let people = tx.people_with_ids(read, &ids).await?;
        let gone = if people.len() < ids.len() { tx.removed_with_ids(read, &ids).await? } else { Vec::new() };
        let gone: HashMap<_, _> = gone.into_iter().map(|removed| (removed.user.id, removed)).collect();
        let has = belongings(tx, read, &ids).await?;
        let people: HashMap<_, _> = people.into_iter().map(|user| (user.id, user)).collect();
        let (mut rows, mut newcomers) = (Vec::with_capacity(part.len()), Vec::new());
        let mut passwords = Vec::new();
        for (mut wish, found) in part.into_iter().zip(matched) {
            let password = wish.password.take().filter(|_| !matches!(found, Ok(Some(_))));
            let (mut row, what) = blank(wish);
            match found {
                Ok(Some(id)) if row.errors.is_empty() => match (people.get(&id), gone.get(&id)) {
                    (Some(user), _) => self.known(tx, &mut row, user, &has, what),
                    (None, Some(removed)) if matches!(what, What::Restore) => {
                        self.removed(tx, &mut row, removed);
                    }
                    _ => {
                        let gone = FieldError::new(key_code(self.reading.key), Rule::Unknown);
                        refuse(&mut row, Act::Conflict, gone);
                        row.said = what.said();
                    }
                },
                Ok(None) if row.errors.is_empty() => match what {
                    What::Said(said) => {
                        self.unknown(&mut row, said, password.is_some(), rows.len(), &mut newcomers);
                    }
                    _ => row.act = Act::Left,
                },
                found => {
                    match found {
                        Err(error) if row.errors.is_empty() => refuse(&mut row, Act::Conflict, error),
                        _ => row.act = Act::Error,
                    }
                    row.said = what.said();
                }
            }
            passwords.extend(password.map(|given| (rows.len(), given)));
            rows.push(row);
        }
        self.new_groups(tx, &mut rows).await?;
        newcomers::foresee(tx, self.home, &mut rows, newcomers, &mut self.seen).await?;
        taken_names(tx, self.home, &mut rows, &mut self.seen).await?;
        self.passwords(&mut rows, passwords);
        Ok(rows)
    }

    /// Looks at the passwords of people who would be made, whose names are known by now.
    fn passwords(&mut self, rows: &mut [BulkRow], given: Vec<(usize, Given)>) {
        let Some(rules) = self.reading.passwords else { return };
        for (at, given) in given {
            let row = &mut rows[at];
            if row.act == Act::Left {
                continue;
            }
            let (new, has) = rules.look(row, given);
            self.passwords.extend(new);
            if has {
                self.with_password.insert(row.line);
            }
        }
    }

    /// Counts what becomes of a row, when that is settled.
    fn tally(&mut self, row: &BulkRow) {
        self.sums.row(self.home, row);
        if self.reading.options.make_groups {
            self.made.extend(
                row.enters().into_iter().filter(|name| !self.groups.contains_key(&name.to_lowercase())),
            );
        }
    }

    /// Refuses rows that name groups which cannot be made.
    async fn new_groups(&mut self, tx: &mut WriteTx<'_>, rows: &mut [BulkRow]) -> Result<(), AppError> {
        if !self.reading.options.make_groups {
            return Ok(());
        }
        let mut new: BTreeMap<String, (String, Vec<usize>)> = BTreeMap::new();
        for (at, row) in rows.iter().enumerate() {
            for name in row.enters() {
                let key = name.to_lowercase();
                if !self.groups.contains_key(&key) && !self.free.contains(&key) {
                    new.entry(key).or_insert_with(|| (name, Vec::new())).1.push(at);
                }
            }
        }
        let names: Vec<_> = new.values().map(|(name, _)| name.clone()).collect();
        let taken = groups::taken_names(tx, self.tenant, &names).await?;
        for (key, (name, of)) in new {
            let rule = match () {
                () if taken.contains(&name) => Rule::Taken,
                () if self.free.len() >= limits::IMPORT_GROUPS => Rule::TooMany,
                // Two names can be one to a directory, which knows fewer characters.
                () if self.logons.insert(groups::logon_key(self.tenant, &name)) => {
                    self.free.insert(key);
                    continue;
                }
                () => Rule::Taken,
            };
            let error = FieldError::new("groups", rule).with("value", &name);
            let error = if rule == Rule::TooMany { error.with("max", limits::IMPORT_GROUPS) } else { error };
            for at in of {
                refuse(&mut rows[at], Act::Conflict, error.clone());
            }
        }
        Ok(())
    }

    /// Somebody who is there.
    fn known(&mut self, tx: &WriteTx<'_>, row: &mut BulkRow, user: &User, has: &Belongings, what: What) {
        self.named.insert(user.id);
        row.user = Some(user.id);
        row.name.clone_from(&user.display_name);
        row.login.clone_from(&user.principal_name);
        if user.object.is_none() {
            row.said = what.said();
            return refuse(row, Act::Conflict, FieldError::new("principal_name", Rule::Immutable));
        }
        let present = present(&self.home.instances, &self.home.fields, user, has);
        match what {
            What::Said(said) => self.said(row, &present, said),
            What::Deed(deed) => row.changes = deed.changes(&present),
            What::Back(changes) if still_holds(&present, &changes) => row.changes = changes,
            // Somebody restored them already.
            What::Restore => {}
            What::Back(_) => return refuse(row, Act::Conflict, FieldError::new("", Rule::ChangedMeanwhile)),
            What::Remove => {
                row.act = Act::Remove;
                if tx.is_caller(user.id) {
                    refuse(row, Act::Conflict, FieldError::new("principal_name", Rule::Immutable));
                } else if !tx.may::<act::UserDelete>(self.tenant, user) {
                    refuse(row, Act::Conflict, FieldError::new("principal_name", Rule::AdministratorsOnly));
                } else {
                    self.sums.removed(has.plans.get(&user.id).map_or(&[], Vec::as_slice));
                }
                return;
            }
        }
        if !row.errors.is_empty() {
            row.changes.clear();
            row.act = Act::Error;
            return;
        }
        if row.act == Act::Left {
            return;
        }
        row.act = if row.changes.is_empty() { Act::Nothing } else { Act::Update };
        if row.act == Act::Update {
            self.checked(tx, row, user);
        }
    }

    /// What a row of a file changes of somebody.
    fn said(&mut self, row: &mut BulkRow, present: &Present, mut said: Said) {
        let options = self.reading.options;
        if options.disable {
            said = Said::from([("enabled".to_owned(), Value::Text("false".to_owned()))]);
        } else if !options.update {
            row.act = Act::Left;
            row.said = Some(said);
            return;
        }
        // Names are made once; that somebody would be called otherwise today is no wish.
        said.remove("user_name");
        if self.reading.key != Key::EmployeeId {
            // What a row is found by is not what it changes, however it is written.
            said.remove(key_code(self.reading.key));
        }
        self.lists(row, &mut said);
        let aliases = Detail::Aliases.code();
        if let (false, Some(Value::Text(more)), Some(own)) =
            (self.reading.whole, said.get(aliases), present.get(aliases))
        {
            // As of all lists: what is named comes to what is there.
            let all: BTreeSet<_> = own.split(' ').chain(more.split(' ')).collect();
            let all = all.into_iter().collect::<Vec<_>>().join(" ");
            said.insert(aliases.to_owned(), Value::Text(all));
        }
        // The manager is compared when it is known who that is.
        row.changes = differences(present, &said, self.reading.whole);
        row.said = Some(said);
    }

    /// Somebody who was removed and can come back.
    fn removed(&mut self, tx: &WriteTx<'_>, row: &mut BulkRow, removed: &Removed) {
        row.user = Some(removed.user.id);
        row.name.clone_from(&removed.user.display_name);
        row.login.clone_from(&removed.user.principal_name);
        row.act = Act::Restore;
        if tx.may::<act::UserDelete>(self.tenant, &removed.user) {
            self.sums.restored(&removed.removal);
        } else {
            refuse(row, Act::Conflict, FieldError::new("principal_name", Rule::AdministratorsOnly));
        }
    }

    /// What cannot be known from the cell alone.
    fn checked(&self, tx: &WriteTx<'_>, row: &mut BulkRow, user: &User) {
        if !tx.may::<act::UserUpdate>(self.tenant, user) {
            return refuse(row, Act::Conflict, FieldError::new("principal_name", Rule::AdministratorsOnly));
        }
        let patch = person::patch(&row.changes);
        if tx.is_caller(user.id) && patch.enabled == Some(false) {
            return refuse(row, Act::Conflict, FieldError::new("enabled", Rule::Immutable));
        }
        let mut errors = Vec::new();
        if let Some(name) = &patch.principal_name {
            errors.extend(suffixes::is_own("principal_name", name, &self.tenant.suffixes).err());
        }
        if patch.display_name.is_none() && row.changes.iter().any(|change| change.field == "display_name") {
            errors.push(FieldError::new("display_name", Rule::Required));
        }
        if row.changes.iter().any(|change| change.field == LINK && change.after.is_none()) {
            errors.push(FieldError::new("mail", Rule::Required));
        }
        for code in ["principal_name", "logon_name", "enabled"] {
            if row.changes.iter().any(|change| change.field == code && change.after.is_none()) {
                errors.push(FieldError::new(code, Rule::Required));
            }
        }
        if let Err(AppError::Invalid(more)) =
            fields::read(&self.home.fields, Giver::Administrator, &patch.fields)
        {
            errors.extend(more);
        }
        errors.extend(patch.check().err().into_iter().flatten());
        for error in errors {
            refuse(row, Act::Error, error);
        }
    }

    /// Plans, bundles and groups in the words they are stored in, or as what is unknown. What other
    /// systems call services is a plan of ours where one is called so; it and roles are told otherwise.
    fn lists(&mut self, row: &mut BulkRow, said: &mut Said) {
        let line = row.line;
        // Only a first password is one that somebody else gave.
        said.remove(MUST_CHANGE);
        let aliases = Detail::Aliases.code();
        if let Some(Value::List(all)) = said.get(aliases) {
            match Detail::Aliases.parse(aliases, &all.join(" ")) {
                Ok(text) => drop(said.insert(aliases.to_owned(), text.map_or(Value::Empty, Value::Text))),
                Err(error) => row.errors.push(error.with("row", line)),
            }
        }
        for name in list(said, "services") {
            let same = |text: &str| text.eq_ignore_ascii_case(&name);
            match self.home.plans.iter().find(|plan| plan.per_user && (same(&plan.code) || same(&plan.name)))
            {
                Some(plan) => match said.entry("plans".to_owned()).or_insert_with(|| Value::List(Vec::new()))
                {
                    Value::List(plans) if !plans.contains(&plan.code) => plans.push(plan.code.clone()),
                    _ => {}
                },
                None => row.warnings.push(unread("services", &name, line)),
            }
        }
        said.remove("services");
        row.warnings.extend(list(said, "roles").iter().map(|name| unread("roles", name, line)));
        said.remove("roles");
        let mut canonical = |code: &str, find: &dyn Fn(&str) -> Result<String, FieldError>| {
            if !matches!(said.get(code), Some(Value::List(_) | Value::Text(_))) {
                return;
            }
            let mut names = Vec::new();
            for name in list(said, code) {
                match find(&name) {
                    Ok(name) => names.push(name),
                    Err(error) => row.errors.push(error.with("row", line)),
                }
            }
            said.insert(code.to_owned(), Value::List(names));
        };
        canonical("plans", &|name| {
            let (plan, instance) = self.home.plan("plans", name)?;
            Ok(self.home.label(plan, instance))
        });
        canonical("bundles", &|name| match self.home.bundle("bundles", name) {
            Ok((bundle, ..)) => Ok(bundle.content.code.clone()),
            Err(mut errors) => Err(errors.pop().unwrap_or_else(|| FieldError::new("bundles", Rule::Unknown))),
        });
        if !matches!(said.get("groups"), Some(Value::List(_) | Value::Text(_))) {
            return;
        }
        let mut names = Vec::new();
        for name in list(said, "groups") {
            match self.group(&name) {
                Ok(name) if names.contains(&name) => {}
                Ok(name) => names.push(name),
                Err(error) => row.errors.push(error.with("row", line)),
            }
        }
        said.insert("groups".to_owned(), Value::List(names));
    }

    /// A group as it is called; one that is not there, where such are made, as the first row calls it.
    fn group(&mut self, name: &str) -> Result<String, FieldError> {
        let key = name.to_lowercase();
        if let Some((name, _)) = self.groups.get(&key) {
            return Ok(name.clone());
        }
        if !self.reading.options.make_groups {
            return Err(FieldError::new("groups", Rule::Unknown).with("value", name));
        }
        if name.contains(BETWEEN) {
            let error = FieldError::new("groups", Rule::ForbiddenCharacter).with("value", name);
            return Err(error.with("character", BETWEEN.trim()));
        }
        let name = groups::name("groups", name)?;
        Ok(self.spelled.entry(name.to_lowercase()).or_insert(name).clone())
    }

    /// Somebody nobody knows.
    fn unknown(
        &mut self,
        row: &mut BulkRow,
        mut said: Said,
        has_password: bool,
        at: usize,
        newcomers: &mut Vec<Newcomer>,
    ) {
        let options = self.reading.options;
        if options.disable {
            let code = key_code(self.reading.key);
            row.said = Some(said);
            return refuse(row, Act::Error, FieldError::new(code, Rule::Unknown));
        }
        if !options.create {
            row.act = Act::Left;
            row.said = Some(said);
            return;
        }
        let must_change = said.remove(MUST_CHANGE).filter(|_| has_password);
        self.lists(row, &mut said);
        let mut draft = person::draft(&said, options.send_links);
        said.extend(must_change.map(|value| (MUST_CHANGE.to_owned(), value)));
        if options.send_links && draft.mail.is_none() {
            let error = FieldError::new("mail", Rule::Required).with("row", row.line);
            row.warnings.push(error);
        }
        row.said = Some(said);
        // Who the manager is, is found out when all are known.
        draft.manager = None;
        match draft.check() {
            Ok(person) if row.errors.is_empty() => {
                row.act = Act::Create;
                row.name.clone_from(&person.display_name);
                newcomers.push(Newcomer { at, person });
            }
            Ok(_) => row.act = Act::Error,
            Err(errors) => errors.into_iter().for_each(|error| refuse(row, Act::Error, error)),
        }
    }

    /// People no row means, as rows of their own behind the others.
    async fn missing(
        &mut self,
        tx: &mut WriteTx<'_>,
        read: &Permit<act::UserRead>,
        rows: &mut Vec<PackedRow>,
    ) -> Result<(), AppError> {
        let act = match self.reading.options.missing {
            Missing::Keep => return Ok(()),
            Missing::Disable => Act::Update,
            Missing::Remove => Act::Remove,
        };
        let mut line = rows.iter().map(|row| row.line).max().unwrap_or(0);
        let mut absent = tx.everybody(read).await?;
        absent.retain(|id| !self.named.contains(id) && !tx.is_caller(*id));
        for part in absent.chunks(AT_ONCE) {
            let people: HashMap<_, _> =
                tx.people_with_ids(read, part).await?.into_iter().map(|user| (user.id, user)).collect();
            for user in part.iter().filter_map(|id| people.get(id)) {
                if act == Act::Update && !user.enabled {
                    continue;
                }
                line += 1;
                let (mut row, _) = blank(Wish { line, ..Wish::default() });
                row.user = Some(user.id);
                row.name.clone_from(&user.display_name);
                row.login.clone_from(&user.principal_name);
                row.act = act;
                if act == Act::Update {
                    row.changes = vec![disabling()];
                }
                self.sums.row(self.home, &row);
                rows.push(pack(row)?);
            }
            if act == Act::Remove {
                let held = tx.subscriptions_of(part).await?;
                self.sums.removed(&held);
            }
        }
        if rows.len() > limits::BULK_ROWS {
            return Err(AppError::field(
                FieldError::new("file", Rule::TooMany).with("max", limits::BULK_ROWS),
            ));
        }
        Ok(())
    }
}

/// A word of another system that means nothing here.
fn unread(field: &str, value: &str, line: i32) -> FieldError {
    FieldError::new(field, Rule::Unknown).with("value", value).with("row", line)
}

pub(super) fn disabling() -> Change {
    let (before, after) = (Some("true".to_owned()), Some("false".to_owned()));
    Change { field: "enabled".to_owned(), before, after }
}
