//! Settings of a tenant: what holds, where it comes from, and saying something else.

use std::collections::BTreeMap;

use app::{
    AppError,
    reading::tx::{TenantRef, act},
    settings::{self as use_cases, From, Holds, View},
};
use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{
    id::TenantId,
    limits,
    permission::Permission,
    setting::{self, Setting},
    tenant::TenantKind,
};
use web::{
    Surface,
    speech::{self, Arg, Language, say, say_with},
};

use crate::{
    brand_settings,
    context::{Frame, Posted, Visit},
    customers, field_settings,
    forms::{self, Choice, Form},
    refusal::Refusal,
    view::Tab,
};

/// The pages of settings, custom fields and brand.
pub fn routes() -> Router<Surface> {
    let mails = || DefaultBodyLimit::max(limits::BRAND_FORM_BYTES);
    let pictures = post(brand_settings::set_picture).get(brand_settings::picture);
    Router::new()
        .route("/settings", get(own))
        .route("/settings/{id}", get(show).post(save))
        .route("/settings/{id}/reset", post(reset))
        .route("/settings/{id}/fields", get(field_settings::list))
        .route("/settings/{id}/new-field", get(field_settings::new).post(field_settings::define))
        .route("/settings/{id}/fields/{key}", get(field_settings::show).post(field_settings::change))
        .route("/settings/{id}/fields/{key}/{what}", post(field_settings::act))
        .route("/settings/{id}/brand", get(brand_settings::show).post(brand_settings::save).layer(mails()))
        .route("/settings/{id}/brand/preview", post(brand_settings::preview).layer(mails()))
        .route("/settings/{id}/brand/reset", post(brand_settings::reset))
        .route("/settings/{id}/brand/hosts", post(brand_settings::add_host))
        .route("/settings/{id}/brand/hosts/remove", post(brand_settings::remove_host))
        .route("/settings/{id}/brand/{picture}", pictures)
        .route("/settings/{id}/brand/{picture}/reset", post(brand_settings::reset_picture))
}

/// Those of one's own tenant.
pub async fn own(visit: Visit) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let roots = caller.roots(Permission::TenantUpdate);
    // Who may only settle something elsewhere gets there.
    let elsewhere = roots.first().copied().filter(|_| !roots.contains(&caller.tenant));
    let tenant = elsewhere.unwrap_or(caller.tenant);
    Ok(Redirect::to(&format!("/settings/{tenant}")).into_response())
}

/// The ways to settings, custom fields and brand of a tenant.
pub fn tabs(id: TenantId, here: &str) -> [Tab; 3] {
    let tab = |name: &str, path: &str| Tab {
        name: say(name),
        href: format!("/settings/{id}{path}"),
        here: here == format!("/settings{path}"),
    };
    [tab("settings-tab", ""), tab("custom-tab", "/fields"), tab("brand-tab", "/brand")]
}

/// What stands around a page of a tenant: tabs, and the way there.
pub fn around(visit: &Visit, tenant: &TenantRef, here: &str) -> (Frame, Vec<Tab>) {
    let mut frame = visit.frame.clone();
    match tenant.kind {
        TenantKind::Customer => {
            frame.trail = customers::trail(tenant.id, &tenant.name);
            (frame, customers::tabs(tenant.id, here))
        }
        _ => {
            // A seller has no page of its own but this and the list of its customers.
            if visit.caller.as_ref().is_some_and(|caller| caller.tenant != tenant.id) {
                frame.trail = customers::trail(tenant.id, &tenant.name);
                if let Some((_, customers)) = frame.trail.last_mut() {
                    *customers = format!("/customers?seller={}", tenant.id);
                }
            }
            (frame, tabs(tenant.id, here).into())
        }
    }
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line, of this type of input.
    Line(&'static str),
    /// Several lines.
    Text,
    /// A mail with placeholders.
    Letter,
    /// A colour, as text.
    Colour,
    /// One of the languages.
    Language,
    /// Yes or no.
    Truth,
}

/// A setting with its field.
#[derive(Debug)]
pub struct Row {
    /// Name of the setting.
    pub name: &'static str,
    /// Name of the field.
    pub field: String,
    /// What it is called.
    pub label: String,
    /// What to know of it; empty when nothing.
    pub hint: String,
    /// How it is filled in.
    pub kind: Kind,
    /// What stands in the field.
    pub value: String,
    /// What holds when the field is empty.
    pub otherwise: String,
    /// Where what holds comes from.
    pub origin: String,
    /// The tenant says it itself.
    pub own: bool,
    /// What is wrong.
    pub error: Option<String>,
    /// The most characters.
    pub most: usize,
}

impl Row {
    /// What there is to choose from, besides what is above; nothing where it is typed.
    pub fn choices(&self) -> Vec<Choice> {
        match self.kind {
            Kind::Language => self.languages(),
            Kind::Truth => ANSWERS.map(|(code, id)| choice(code, say(id))).into(),
            _ => Vec::new(),
        }
    }

    fn languages(&self) -> Vec<Choice> {
        let mut all: Vec<_> = Language::ALL
            .into_iter()
            .map(|language| choice(language.tag(), language.name().to_owned()))
            .collect();
        if !self.value.is_empty() && all.iter().all(|choice| choice.code != self.value) {
            all.insert(0, choice(&self.value, self.value.clone()));
        }
        all
    }

    /// The list of the page with what there is to choose from.
    pub fn list(&self) -> Option<&'static str> {
        LISTS.into_iter().find(|(setting, _)| setting.code() == self.name).map(|(_, list)| list)
    }

    /// How many lines are seen of what is typed.
    pub fn lines(&self) -> usize {
        if self.kind == Kind::Letter { 9 } else { 3 }
    }

    /// Whether a type of input is meant.
    pub fn input(&self) -> &'static str {
        match self.kind {
            Kind::Line(kind) => kind,
            _ => "text",
        }
    }
}

/// What can be said of what is allowed or not.
const ANSWERS: [(&str, &str); 2] = [("true", "custom-yes"), ("false", "custom-no")];

fn choice(code: &str, name: String) -> Choice {
    Choice { code: code.to_owned(), name, hint: String::new() }
}

/// Settings whose values are chosen from a list on the page, and the id of that.
const LISTS: [(Setting, &str); 2] = [(Setting::TimeZone, "zones"), (Setting::Currency, "currencies")];

/// The lists of a page.
fn lists() -> Vec<(&'static str, Vec<String>)> {
    let values = |setting| match setting {
        Setting::TimeZone => setting::time_zones(),
        _ => setting::CURRENCIES.split(' ').map(str::to_owned).collect(),
    };
    LISTS.into_iter().map(|(setting, list)| (list, values(setting))).collect()
}

/// Where a value comes from, in words.
pub fn origin(from: From, known: &BTreeMap<TenantId, (String, String)>) -> String {
    match from {
        From::Own => say("origin-own"),
        From::Above(tenant) => match known.get(&tenant) {
            Some((_, name)) => say_with("origin-above", &[("name", name.into())]),
            None => say("origin-somebody"),
        },
        From::Default => say("origin-default"),
    }
}

/// What holds, as people read it: languages by their names, not their tags, and yes for what is allowed.
fn told(holds: &Holds) -> String {
    let value = holds.value.clone().unwrap_or_default();
    let spoken = [Setting::Language, Setting::BrandLanguages].iter().any(|s| s.code() == holds.name);
    let named = |tag: &str| match Language::ALL.iter().find(|language| language.tag() == tag) {
        Some(language) => language.name().to_owned(),
        None => tag.to_owned(),
    };
    if let Some((_, id)) = ANSWERS.into_iter().find(|(code, _)| *code == value)
        && Setting::from_code(holds.name).is_some_and(|setting| kind(setting) == Kind::Truth)
    {
        return say(id);
    }
    if spoken { value.split(' ').map(named).collect::<Vec<_>>().join(", ") } else { value }
}

/// The rows of some settings, as they hold or as they were typed.
pub fn rows(settings: &[Setting], view: &View, form: &Form) -> Vec<Row> {
    let row = |setting: &Setting| {
        let holds = view.settings.iter().find(|holds| holds.name == setting.code())?;
        let field = format!("setting.{}", setting.code());
        let own = holds.from == From::Own;
        let value = holds.value.clone().unwrap_or_default();
        Some(Row {
            name: setting.code(),
            label: forms::label(&field),
            hint: hint(*setting),
            kind: kind(*setting),
            value: match form.given(&field) {
                Some(typed) => typed.to_owned(),
                None if own => value.clone(),
                None => String::new(),
            },
            otherwise: if own { String::new() } else { told(holds) },
            origin: origin(holds.from, &view.known),
            own,
            error: form.error(&field).map(str::to_owned),
            most: match kind(*setting) {
                Kind::Text => limits::MAIL_TEXT_CHARS,
                Kind::Letter => limits::MAIL_TEMPLATE_CHARS,
                _ => limits::LINK_CHARS,
            },
            field,
        })
    };
    settings.iter().filter_map(row).collect()
}

fn hint(setting: Setting) -> String {
    let id = format!("settings-hint-{}", setting.code());
    if speech::has(&id) { say(&id) } else { String::new() }
}

const fn kind(setting: Setting) -> Kind {
    match setting {
        Setting::Language => Kind::Language,
        Setting::ImportPasswords => Kind::Truth,
        Setting::SupportMail | Setting::SenderMail => Kind::Line("email"),
        Setting::SupportPhone => Kind::Line("tel"),
        Setting::SupportUrl | Setting::ImprintUrl | Setting::PrivacyUrl | Setting::TermsUrl => {
            Kind::Line("url")
        }
        Setting::BrandPrimary
        | Setting::BrandPrimaryDark
        | Setting::BrandAccent
        | Setting::BrandAccentDark => Kind::Colour,
        Setting::MailSignature
        | Setting::MailTextEn
        | Setting::MailTextDa
        | Setting::MailTextDe
        | Setting::MailTextSv => Kind::Text,
        _ if setting.is_letter() => Kind::Letter,
        _ => Kind::Line("text"),
    }
}

/// A part of the page.
struct Group {
    id: &'static str,
    title: String,
    hint: String,
    rows: Vec<Row>,
}

const GROUPS: [(&str, &[Setting]); 4] = [
    ("settings-region", &[Setting::Language, Setting::TimeZone, Setting::Currency]),
    ("settings-people", &[Setting::NamingPattern, Setting::GraceDays, Setting::ImportPasswords]),
    (
        "settings-support",
        &[Setting::SupportName, Setting::SupportMail, Setting::SupportPhone, Setting::SupportUrl],
    ),
    ("settings-legal", &[Setting::ImprintUrl, Setting::PrivacyUrl, Setting::TermsUrl]),
];

/// Parts of the brand that have a page of their own.
const OF_BRAND: [Setting; 9] = [
    Setting::BrandName,
    Setting::BrandLanguages,
    Setting::BrandPrimary,
    Setting::BrandPrimaryDark,
    Setting::BrandAccent,
    Setting::BrandAccentDark,
    Setting::SenderName,
    Setting::SenderMail,
    Setting::MailSignature,
];

#[derive(Template)]
#[template(path = "settings.html")]
struct Page {
    frame: Frame,
    name: String,
    tabs: Vec<Tab>,
    path: String,
    version: String,
    form: Form,
    may: bool,
    groups: Vec<Group>,
    lists: Vec<(&'static str, Vec<String>)>,
    /// What is changed elsewhere: title, hint, link with its text, and names with what holds and from whom.
    elsewhere: Vec<Elsewhere>,
}

struct Elsewhere {
    title: String,
    hint: String,
    link: Option<(String, String)>,
    rows: Vec<(String, String, String)>,
}

/// What holds for a tenant, and where it comes from.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    page(&visit, id, StatusCode::OK, Form::default()).await
}

async fn page(visit: &Visit, id: TenantId, status: StatusCode, form: Form) -> Result<Response, Refusal> {
    let (view, may) = looked(visit, id).await?;
    let (frame, tabs) = around(visit, &view.tenant, "/settings");
    let named = |holds: &Holds, label: String| {
        let value = Some(told(holds)).filter(|value| !value.is_empty());
        (label, value.unwrap_or_else(|| "–".to_owned()), origin(holds.from, &view.known))
    };
    let of_brand = view.settings.iter().filter(|holds| OF_BRAND.iter().any(|s| s.code() == holds.name));
    let passwords = view.password_rules.iter();
    let page = Page {
        name: view.tenant.name.clone(),
        path: format!("/settings/{id}"),
        version: view.tenant.version.to_string(),
        may,
        lists: if may { lists() } else { Vec::new() },
        groups: GROUPS
            .iter()
            .map(|(id, settings)| Group {
                id,
                title: say(id),
                hint: say(&format!("{id}-hint")),
                rows: rows(settings, &view, &form),
            })
            .collect(),
        elsewhere: vec![
            Elsewhere {
                title: say("brand-tab"),
                hint: say("settings-brand-hint"),
                link: Some((format!("/settings/{id}/brand"), say("settings-to-brand"))),
                rows: of_brand
                    .map(|holds| named(holds, forms::label(&format!("setting.{}", holds.name))))
                    .collect(),
            },
            Elsewhere {
                title: say("settings-passwords"),
                hint: say("settings-passwords-hint"),
                link: None,
                rows: passwords
                    .map(|holds| named(holds, say(&format!("password-rule-{}", holds.name))))
                    .collect(),
            },
        ],
        frame,
        tabs,
        form,
    };
    visit.page(status, &page)
}

/// What holds, and whether it may be changed.
pub async fn looked(visit: &Visit, id: TenantId) -> Result<(View, bool), Refusal> {
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let view = use_cases::show(app, caller, id).await?;
    let may = async {
        let mut tx = app.read(caller).await?;
        let tenant = tx.tenant(id).await?;
        let may = tx.permit::<act::TenantUpdate>(&tenant).is_ok();
        tx.finish().await?;
        Ok::<_, AppError>(may)
    };
    Ok((view, may.await?))
}

/// What was typed, by the name of the setting: nothing where the field is empty.
pub fn given(posted: &Posted, settings: &[Setting]) -> BTreeMap<String, Option<String>> {
    let field = |setting: &Setting| format!("setting.{}", setting.code());
    let sent = |setting: &&Setting| posted.fields().iter().any(|(name, _)| *name == field(setting));
    settings
        .iter()
        .filter(sent)
        .map(|setting| (setting.code().to_owned(), forms::given(posted.field(&field(setting)))))
        .collect()
}

/// Says what was typed.
pub async fn save(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let all: Vec<_> = GROUPS.iter().flat_map(|(_, settings)| settings.iter().copied()).collect();
    let (app, version) = (&visit.surface.app, posted.field("version").parse().unwrap_or(0));
    match use_cases::update(app, visit.person()?, id, version, &given(&posted, &all), &visit.cause).await {
        Ok(()) => Ok(done(&format!("/settings/{id}"))),
        Err(error) => {
            let form = Form::again(&posted, error)?.below("setting");
            page(visit, id, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

/// Says one setting no more.
pub async fn reset(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    inherit(&id, &posted, "").await
}

/// Says one setting no more, and leads back to the page at `path` of the tenant.
pub async fn inherit(id: &str, posted: &Posted, path: &str) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let changes = BTreeMap::from([(posted.field("name").to_owned(), None)]);
    let (app, version) = (&visit.surface.app, posted.field("version").parse().unwrap_or(0));
    use_cases::update(app, visit.person()?, id, version, &changes, &visit.cause).await?;
    Ok(done(&format!("/settings/{id}{path}")))
}

/// Back to a page, which says that it is done.
pub fn done(path: &str) -> Response {
    Redirect::to(&format!("{path}?done=settings")).into_response()
}

/// A ratio, as people write it.
pub fn ratio(contrast: f64) -> Arg {
    // One digit behind the point, as a whole number of tenths; no ratio is over 21.
    #[expect(clippy::cast_possible_truncation, reason = "at most 210")]
    let tenths = (contrast * 10.0).floor() as i64;
    speech::tenths(tenths).into()
}
