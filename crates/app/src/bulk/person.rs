//! A person and what a row says of one, in the same words: values by their codes.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    bulk::{Change, Present, Said, Value, joined},
    custom::Definition,
    id::UserId,
    person::Detail,
};
use store::{
    catalogue::{Assigned, Instance},
    subscriptions::Subscription,
    users::User,
};

use crate::{people::PersonDraft, users::UserPatch};

/// Before the number of the row that becomes a person's manager.
pub(super) const ROW: &str = "row:";
/// Before the key of a custom field.
const FIELD: &str = "field.";

/// What people have besides their own values.
#[derive(Default)]
pub(super) struct Belongings {
    pub plans: BTreeMap<UserId, Vec<Subscription>>,
    pub bundles: BTreeMap<UserId, Vec<Assigned>>,
    pub groups: BTreeMap<UserId, BTreeSet<String>>,
    pub roles: BTreeMap<UserId, BTreeSet<String>>,
}

/// What a person has, by the codes of rows.
pub(super) fn present(
    instances: &[Instance],
    fields: &[Definition],
    user: &User,
    has: &Belongings,
) -> Present {
    let mut all = Present::new();
    let mut set = |code: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            all.insert(code.to_owned(), value);
        }
    };
    set("given_name", user.given_name.clone());
    set("surname", user.surname.clone());
    set("display_name", Some(user.display_name.clone()));
    set("principal_name", Some(user.principal_name.clone()));
    set("logon_name", user.logon_name.clone());
    set("mail", user.mail.clone());
    set("phone", user.phone.clone());
    set("title", user.title.clone());
    set("department", user.department.clone());
    set("manager", user.manager.as_ref().map(|manager| manager.person.principal_name.clone()));
    set("enabled", Some(user.enabled.to_string()));
    for (detail, value) in &user.details {
        set(detail.code(), Some(value.clone()));
    }
    for definition in fields {
        set(&field_code(definition), user.fields.get(&definition.id).cloned());
    }
    // What came with a bundle alone goes and comes with that.
    let plans = has.plans.get(&user.id).into_iter().flatten().filter(|held| held.direct);
    set("plans", joined(&plans.map(|held| held_label(instances, held)).collect()));
    let bundles = has.bundles.get(&user.id).into_iter().flatten();
    set("bundles", joined(&bundles.map(|bundle| bundle.content.code.clone()).collect()));
    set("groups", has.groups.get(&user.id).and_then(joined));
    set("roles", has.roles.get(&user.id).and_then(joined));
    all
}

fn field_code(definition: &Definition) -> String {
    format!("{FIELD}{}", definition.key)
}

/// A plan somebody has, as people write it: with the instance where there are several.
fn held_label(instances: &[Instance], held: &Subscription) -> String {
    match instances.iter().filter(|instance| instance.service == held.service).count() {
        0 | 1 => held.plan.clone(),
        _ => format!("{}@{}", held.plan, held.instance),
    }
}

fn text(said: &Said, code: &str) -> Option<String> {
    match said.get(code) {
        Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

pub(super) fn list(said: &Said, code: &str) -> Vec<String> {
    match said.get(code) {
        Some(Value::List(all)) => all.clone(),
        Some(Value::Text(one)) if !one.is_empty() => vec![one.clone()],
        _ => Vec::new(),
    }
}

/// Somebody new, as a row says it.
pub(super) fn draft(said: &Said, by_mail: bool) -> PersonDraft {
    let details = Detail::ALL.iter().filter_map(|d| Some((d.code().to_owned(), text(said, d.code())?)));
    let field = |code: &String| Some((code.strip_prefix(FIELD)?.to_owned(), text(said, code)?));
    PersonDraft {
        given_name: text(said, "given_name").unwrap_or_default(),
        surname: text(said, "surname").unwrap_or_default(),
        display_name: text(said, "display_name"),
        user_name: text(said, "user_name").filter(|_| text(said, "principal_name").is_none()),
        principal_name: text(said, "principal_name"),
        logon_name: text(said, "logon_name"),
        mail: text(said, "mail"),
        phone: text(said, "phone"),
        title: text(said, "title"),
        department: text(said, "department"),
        manager: text(said, "manager").filter(|manager| !manager.starts_with(ROW)),
        plans: list(said, "plans"),
        bundles: list(said, "bundles"),
        enabled: text(said, "enabled").is_none_or(|enabled| enabled != "false"),
        details: details.collect(),
        fields: said.keys().filter_map(field).collect(),
        send_link: (by_mail && text(said, "mail").is_some()).then(|| "mail".to_owned()),
    }
}

/// What changes of somebody, as somebody would type it. Plans, bundles, groups and roles are apart.
pub(super) fn patch(changes: &[Change]) -> UserPatch {
    let mut patch = UserPatch::default();
    let (mut details, mut fields) = (BTreeMap::new(), BTreeMap::new());
    for Change { field, after, .. } in changes {
        let after = after.clone();
        match field.as_str() {
            "given_name" => patch.given_name = Some(after),
            "surname" => patch.surname = Some(after),
            "display_name" => patch.display_name = after,
            "mail" => patch.mail = Some(after),
            "phone" => patch.phone = Some(after),
            "title" => patch.title = Some(after),
            "department" => patch.department = Some(after),
            "manager" => patch.manager = Some(after),
            "enabled" => patch.enabled = after.map(|enabled| enabled == "true"),
            "principal_name" => patch.principal_name = after,
            "logon_name" => patch.logon_name = after,
            code => match code.strip_prefix(FIELD) {
                Some(key) => drop(fields.insert(key.to_owned(), after)),
                None if Detail::from_code(code).is_some() => drop(details.insert(code.to_owned(), after)),
                None => {}
            },
        }
    }
    patch.details = details;
    patch.fields = fields;
    patch
}
