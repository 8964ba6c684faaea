//! What would come of rows: who is meant, what changes, what is wrong. Reads only; what it gives
//! is kept, shown, and carried out later as it was shown.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use domain::{
    bulk::{Act, Change, Deed, Missing, Options, RowState, Said, Value},
    field::{FieldError, Rule},
    id::UserId,
    limits,
};
use serde_json::Value as Json;
use store::{
    bulk::{BulkRow, FirstPassword, Key, PackedRow},
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
    users::Name,
};

use super::{
    foreseen::{Foreseen, Sums},
    known::{Seen, key_code, matches, taken_names},
    managers::Chain,
    newcomers,
    passwords::{Given, Rules},
    person::Belongings,
    roles::Ceiling,
};
use crate::{AppError, groups, provision::Home};

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
    /// Whether it is about what people belong to. Most acts are not, and in 100,000 people that is felt.
    fn compares_lists(&self) -> bool {
        !matches!(
            self,
            Self::Deed(deed) if matches!(
                **deed,
                Deed::Enable | Deed::Disable | Deed::Suffix(_) | Deed::Set { .. } | Deed::SendLink
            )
        )
    }

    /// What a row of a file says, as it is kept.
    pub(super) fn said(self) -> Option<Said> {
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
    /// Names the directory is asked about, and whether somebody there was thought to have them.
    pub names: Vec<(Name, bool)>,
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
        ceiling: Ceiling::of(tx, tenant),
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
    let names = ground.seen.names.looked();
    Ok(Planned { rows, foreseen, passwords: ground.passwords, sealed, names })
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
    for (user, role) in tx.roles_held(read, ids).await? {
        has.roles.entry(user).or_default().insert(role);
    }
    Ok(has)
}

/// What rows are compared with.
pub(super) struct Ground<'a, 'h> {
    pub(super) home: &'a Home<'h>,
    pub(super) reading: &'a Reading<'a>,
    pub(super) tenant: &'a TenantRef,
    pub(super) groups: BTreeMap<String, (String, domain::id::ObjectId)>,
    /// People some row means.
    pub(super) named: HashSet<UserId>,
    pub(super) sums: Sums,
    pub(super) seen: Seen,
    /// Names new groups can have, in small letters.
    pub(super) free: BTreeSet<String>,
    /// Their log-on names.
    pub(super) logons: BTreeSet<String>,
    /// Names of new groups, in small letters, and as the first row writes them.
    pub(super) spelled: HashMap<String, String>,
    /// Groups that are made.
    pub(super) made: BTreeSet<String>,
    pub(super) passwords: Vec<FirstPassword>,
    /// Rows with a password that can be the first one of somebody.
    pub(super) with_password: HashSet<i32>,
    /// What whoever asks may give.
    pub(super) ceiling: Ceiling,
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
        let compared = part.iter().zip(&matched).filter(|(wish, _)| wish.what.compares_lists());
        let compared: Vec<_> =
            compared.filter_map(|(_, found)| found.as_ref().ok().copied().flatten()).collect();
        let has = belongings(tx, read, &compared).await?;
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

pub(super) fn disabling() -> Change {
    let (before, after) = (Some("true".to_owned()), Some("false".to_owned()));
    Change { field: "enabled".to_owned(), before, after }
}
