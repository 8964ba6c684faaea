//! One row beside the person it means, or beside nobody: what changes, and what is wrong.

use std::collections::BTreeSet;

use domain::{
    bulk::{Act, BETWEEN, LINK, Present, ROLES, Said, Value, differences, still_holds},
    custom::Giver,
    field::{FieldError, Rule},
    person::Detail,
};
use store::{
    bulk::{BulkRow, Key},
    tx::{WriteTx, act},
    users::{Removed, User},
};

use super::{
    known::key_code,
    newcomers::Newcomer,
    passwords::MUST_CHANGE,
    person::{self, Belongings, list, present},
    plan::{Ground, What, refuse},
    roles,
};
use crate::{AppError, fields, groups, suffixes};

impl Ground<'_, '_> {
    /// Somebody who is there.
    pub(super) fn known(
        &mut self,
        tx: &WriteTx<'_>,
        row: &mut BulkRow,
        user: &User,
        has: &Belongings,
        what: What,
    ) {
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
        self.lists(row, &mut said, present);
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
    pub(super) fn removed(&mut self, tx: &WriteTx<'_>, row: &mut BulkRow, removed: &Removed) {
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
        if tx.is_caller(user.id) && row.changes.iter().any(|change| change.field == ROLES) {
            return refuse(row, Act::Conflict, FieldError::new(ROLES, Rule::OwnAccount));
        }
        if let Some(error) = self.ceiling.refuses_change(&row.changes) {
            return refuse(row, Act::Conflict, error);
        }
        if row.changes.iter().any(|change| change.field == LINK)
            && !tx.may::<act::UserResetPassword>(self.tenant, user)
        {
            return refuse(row, Act::Conflict, FieldError::new(LINK, Rule::AdministratorsOnly));
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

    /// Plans, bundles, groups and roles in the words they are stored in, or as what is unknown. What other
    /// systems call services, items, applications or desktops is a plan or bundle of ours where one is called
    /// so, and is told otherwise; so are roles.
    fn lists(&mut self, row: &mut BulkRow, said: &mut Said, present: &Present) {
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
            let Some((column, code)) = self.ours(&name) else {
                row.warnings.push(unread("services", &name, line));
                continue;
            };
            match said.entry(column.to_owned()).or_insert_with(|| Value::List(Vec::new())) {
                Value::List(given) if !given.contains(&code) => given.push(code),
                _ => {}
            }
        }
        said.remove("services");
        roles::settle(self.tenant, (self.reading.options, self.reading.whole), row, (said, present));
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

    /// The plan or else the bundle that can be given here and is called as something of another system: a
    /// licence, an item, an application, a desktop.
    fn ours(&self, name: &str) -> Option<(&'static str, String)> {
        let same = |text: &str| text.eq_ignore_ascii_case(name);
        let plans = self.home.plans.iter().filter(|plan| same(&plan.code) || same(&plan.name));
        let bundles = self.home.bundles.iter().map(|bundle| &bundle.content);
        let bundles = bundles.filter(|content| same(&content.code) || same(&content.name));
        let mut plans = plans.filter(|plan| self.home.plan("", &plan.code).is_ok());
        let mut bundles = bundles.filter(|content| self.home.bundle("", &content.code).is_ok());
        let plan = plans.next().map(|plan| ("plans", plan.code.clone()));
        plan.or_else(|| bundles.next().map(|content| ("bundles", content.code.clone())))
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
    pub(super) fn unknown(
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
        self.lists(row, &mut said, &Present::new());
        let mut draft = person::draft(&said, options.send_links);
        said.extend(must_change.map(|value| (MUST_CHANGE.to_owned(), value)));
        if options.send_links && draft.mail.is_none() {
            let error = FieldError::new("mail", Rule::Required).with("row", row.line);
            row.warnings.push(error);
        }
        let refused = self.ceiling.refuses(&list(&said, ROLES));
        row.said = Some(said);
        // Who the manager is, is found out when all are known.
        draft.manager = None;
        match draft.check() {
            Ok(person) if row.errors.is_empty() => {
                row.name.clone_from(&person.display_name);
                match refused {
                    Some(error) => refuse(row, Act::Conflict, error),
                    None => {
                        row.act = Act::Create;
                        newcomers.push(Newcomer { at, person });
                    }
                }
            }
            Ok(_) => row.act = Act::Error,
            Err(errors) => errors.into_iter().for_each(|error| refuse(row, Act::Error, error)),
        }
    }
}

/// A word of another system that means nothing here.
pub(super) fn unread(field: &str, value: &str, line: i32) -> FieldError {
    FieldError::new(field, Rule::Unknown).with("value", value).with("row", line)
}
