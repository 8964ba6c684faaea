//! What a tenant asks of its people: the list of its custom fields, defining one, changing it,
//! and asking for it no more.

use app::{
    AppError, fields as use_cases,
    reading::tx::{TenantRef, act},
};
use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::{
    custom::{Access, Definition, Draft, FieldKind, Patch, Rules, Slot},
    field::{FieldError, Rule},
    id::TenantId,
    limits,
};
use web::speech::say;

use crate::{
    context::{Frame, Posted, Visit},
    forms::{Choice, Form, given},
    refusal::Refusal,
    settings,
    view::Tab,
};

/// What the names of inputs begin with: their labels do, too.
const PREFIX: &str = "custom";

/// A field of the list.
struct Row {
    label: String,
    key: String,
    kind: String,
    person: String,
    attribute: &'static str,
    origin: String,
    needed: bool,
    retired: bool,
    /// Where it is changed, by whoever may and where it was defined.
    href: Option<String>,
}

#[derive(Template)]
#[template(path = "custom_fields.html")]
struct List {
    frame: Frame,
    name: String,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    /// Where another one is defined.
    new: Option<String>,
}

#[derive(Template)]
#[template(path = "custom_field.html")]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a part of the page stands there")]
struct Page {
    frame: Frame,
    title: String,
    path: String,
    back: String,
    form: Form,
    /// What stays for ever, while it can still be said.
    first: bool,
    /// Which rules there can be; all while the kind can still be chosen.
    text: bool,
    range: bool,
    choice: bool,
    kinds: Vec<Choice>,
    people: Vec<Choice>,
    attributes: Vec<Choice>,
    flags: Vec<Choice>,
    version: String,
    retired: bool,
    max_key: usize,
}

fn path_of(id: TenantId) -> String {
    format!("/settings/{id}/fields")
}

/// What holds for the people of a tenant, and whether the viewer may define it.
async fn looked(visit: &Visit, id: TenantId) -> Result<(TenantRef, Vec<Definition>, bool), Refusal> {
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let (tenant, fields) = use_cases::list(app, caller, id).await?;
    let may = async {
        let tx = app.read(caller).await?;
        let may = tx.permit::<act::TenantUpdate>(&tenant).is_ok();
        tx.finish().await?;
        Ok::<_, AppError>(may)
    };
    let may = may.await?;
    Ok((tenant, fields, may))
}

/// The fields that hold for the people of a tenant.
pub async fn list(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let (tenant, fields, may) = looked(&visit, id).await?;
    let (frame, tabs) = settings::around(&visit, &tenant, "/settings/fields");
    let row = |field: &Definition| Row {
        label: field.label.clone(),
        key: field.key.clone(),
        kind: kind_name(field.kind),
        person: person_name(field.person),
        attribute: field.slot.map_or("–", Slot::ldap_name),
        origin: say(if field.tenant == id { "origin-own" } else { "origin-somebody" }),
        needed: field.required,
        retired: field.retired_at.is_some(),
        href: (may && field.tenant == id).then(|| format!("{}/{}", path_of(id), field.key)),
    };
    let rows = fields.iter().map(row).collect();
    let new = may.then(|| format!("/settings/{id}/new-field"));
    visit.page(StatusCode::OK, &List { frame, name: tenant.name, tabs, rows, new })
}

fn kind_name(kind: FieldKind) -> String {
    say(&format!("custom-kind-{}", kind.code()))
}

fn person_name(person: Access) -> String {
    say(&format!("custom-person-{}", person.code()))
}

fn choice(code: &str, name: String) -> Choice {
    Choice { code: code.to_owned(), name, hint: String::new() }
}

/// The form of a field that is there, or of a new one.
fn page(
    visit: &Visit,
    status: StatusCode,
    tenant: &TenantRef,
    of: Option<&Definition>,
    form: Form,
) -> Result<Response, Refusal> {
    let back = path_of(tenant.id);
    let (mut frame, _) = settings::around(visit, tenant, "/settings/fields");
    frame.trail.push((say("custom-tab"), back.clone()));
    let is = |kinds: &[FieldKind]| of.is_none_or(|field| kinds.contains(&field.kind));
    let attributes = Slot::ALL.iter().map(|slot| choice(slot.code(), slot.ldap_name().to_owned()));
    let version = match of {
        Some(field) if form.is_stale() || form.value("version").is_empty() => field.version.to_string(),
        _ => form.value("version").to_owned(),
    };
    let page = Page {
        frame,
        title: of.map_or_else(|| say("custom-new"), |field| field.label.clone()),
        path: of.map_or_else(
            || format!("/settings/{}/new-field", tenant.id),
            |field| format!("{back}/{}", field.key),
        ),
        back,
        form,
        first: of.is_none(),
        text: is(&[FieldKind::Text]),
        range: is(&[FieldKind::Number, FieldKind::Date]),
        choice: is(&[FieldKind::Choice]),
        kinds: FieldKind::ALL.iter().map(|kind| choice(kind.code(), kind_name(*kind))).collect(),
        people: Access::ALL.iter().map(|person| choice(person.code(), person_name(*person))).collect(),
        attributes: std::iter::once(choice("", say("custom-nowhere"))).chain(attributes).collect(),
        flags: vec![
            choice("required", say("custom-flag-required")),
            choice("copied", say("custom-flag-copied")),
        ],
        version,
        retired: of.is_some_and(|field| field.retired_at.is_some()),
        max_key: *limits::FIELD_KEY_CHARS.end(),
    };
    visit.page(status, &page)
}

/// A field as it stands in its form.
fn present(field: &Definition) -> Form {
    let rules = &field.rules;
    let number = |n: Option<u32>| n.map(|n| n.to_string());
    let choices = (!rules.choices.is_empty()).then(|| rules.choices.join("\n"));
    let values = [
        ("label", Some(field.label.clone())),
        ("person", Some(field.person.code().to_owned())),
        ("rules.min_chars", number(rules.min_chars)),
        ("rules.max_chars", number(rules.max_chars)),
        ("rules.pattern", rules.pattern.clone()),
        ("rules.min", rules.min.clone()),
        ("rules.max", rules.max.clone()),
        ("rules.choices", choices),
        ("flags", field.required.then(|| "required".to_owned())),
        ("flags", field.copied.then(|| "copied".to_owned())),
    ]
    .map(|(name, value)| (format!("{PREFIX}.{name}"), value));
    Form::of(values.iter().map(|(name, value)| (name.as_str(), value.as_deref())))
}

/// A tenant whose fields the viewer may define, with those that hold there.
async fn mine(visit: &Visit, id: &str) -> Result<(TenantRef, Vec<Definition>), Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let (tenant, fields, may) = looked(visit, id).await?;
    if may { Ok((tenant, fields)) } else { Err(Refusal::no_page()) }
}

/// The form of a new field.
pub async fn new(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let (tenant, _) = mine(&visit, &id).await?;
    page(&visit, StatusCode::OK, &tenant, None, Form::default())
}

/// The form of a field.
pub async fn show(visit: Visit, Path((id, key)): Path<(String, String)>) -> Result<Response, Refusal> {
    let (tenant, fields) = mine(&visit, &id).await?;
    let field = own(&tenant, &fields, &key)?;
    page(&visit, StatusCode::OK, &tenant, Some(field), present(field))
}

fn own<'d>(tenant: &TenantRef, fields: &'d [Definition], key: &str) -> Result<&'d Definition, Refusal> {
    let found = fields.iter().find(|field| field.tenant == tenant.id && field.key == key);
    found.ok_or_else(Refusal::no_page)
}

/// What was typed in an input.
fn typed<'p>(posted: &'p Posted, name: &str) -> &'p str {
    posted.field(&format!("{PREFIX}.{name}"))
}

fn flag(posted: &Posted, code: &str) -> bool {
    posted.all("custom.flags").any(|flag| flag == code)
}

/// The rules that were typed; those that cannot be read are named.
fn rules(posted: &Posted) -> Result<Rules, AppError> {
    let mut errors = Vec::new();
    let mut number = |name: &str| {
        let text = given(typed(posted, name))?;
        let wrong = |_| FieldError::new(name, Rule::Format).with("expected", "a whole number");
        text.parse::<u32>().map_err(|error| errors.push(wrong(error))).ok()
    };
    let (min_chars, max_chars) = (number("rules.min_chars"), number("rules.max_chars"));
    let text = |name: &str| given(typed(posted, name));
    let rules = Rules {
        min_chars,
        max_chars,
        pattern: text("rules.pattern"),
        min: text("rules.min"),
        max: text("rules.max"),
        choices: typed(posted, "rules.choices").lines().filter_map(given).collect(),
    };
    if errors.is_empty() { Ok(rules) } else { Err(AppError::Invalid(errors)) }
}

/// Defines a field.
pub async fn define(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let tenant: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let caller = visit.person()?;
    let draft = |rules: Rules| Draft {
        key: typed(&posted, "key").trim().to_owned(),
        label: typed(&posted, "label").to_owned(),
        kind: typed(&posted, "kind").to_owned(),
        required: flag(&posted, "required"),
        person: given(typed(&posted, "person")),
        copied: flag(&posted, "copied"),
        attribute: given(typed(&posted, "attribute")),
        rules,
    };
    let made = match rules(&posted) {
        Ok(rules) => use_cases::define(&visit.surface.app, caller, tenant, &draft(rules), &visit.cause).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(_) => Ok(settings::done(&path_of(tenant))),
        Err(error) => {
            let form = Form::again(&posted, error)?.below(PREFIX);
            let (tenant, _) = mine(visit, &id).await?;
            page(visit, StatusCode::UNPROCESSABLE_ENTITY, &tenant, None, form)
        }
    }
}

/// Changes a field, if nobody else did since the form was shown. Key, kind and attribute stay.
pub async fn change(Path((id, key)): Path<(String, String)>, posted: Posted) -> Result<Response, Refusal> {
    let patch = |rules: Rules| Patch {
        label: Some(typed(&posted, "label").to_owned()),
        required: Some(flag(&posted, "required")),
        person: given(typed(&posted, "person")),
        copied: Some(flag(&posted, "copied")),
        rules: Some(rules),
        retired: None,
    };
    let changed = match rules(&posted) {
        Ok(rules) => save(&posted, &id, &key, &patch(rules)).await?,
        Err(error) => Err(error),
    };
    match changed {
        Ok(response) => Ok(response),
        Err(error) => {
            let form = Form::again(&posted, error)?.below(PREFIX);
            let (tenant, fields) = mine(&posted.visit, &id).await?;
            let field = own(&tenant, &fields, &key)?;
            page(&posted.visit, StatusCode::UNPROCESSABLE_ENTITY, &tenant, Some(field), form)
        }
    }
}

/// Asks for a field no more, or again.
pub async fn act(
    Path((id, key, what)): Path<(String, String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let retired = match what.as_str() {
        "retire" => true,
        "restore" => false,
        _ => return Err(Refusal::no_page()),
    };
    let patch = Patch { retired: Some(retired), ..Patch::default() };
    Ok(save(&posted, &id, &key, &patch).await??)
}

/// What came of a change, or why it cannot be accepted.
async fn save(
    posted: &Posted,
    id: &str,
    key: &str,
    patch: &Patch,
) -> Result<Result<Response, AppError>, Refusal> {
    let visit = &posted.visit;
    let tenant: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let version = posted.field("version").parse().unwrap_or(0);
    let changed = use_cases::change(app, caller, tenant, key, version, patch, &visit.cause).await;
    Ok(changed.map(|_| settings::done(&path_of(tenant))))
}
