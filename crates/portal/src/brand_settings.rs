//! The brand of a tenant: what is said and set of it, how that looks, and by which host
//! names people reach it.

use std::collections::BTreeMap;

use app::{
    AppError,
    brands::{self as use_cases, View},
    settings,
};
use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::{
    brand::{Look, Picture},
    colour::{self, Ground},
    id::TenantId,
    setting::{LANGUAGES, Setting},
};
use web::{
    speech::{Language, say, say_with},
    texts,
};

use crate::{
    brand,
    brand_mails::{self, Letter, Templates},
    context::{Frame, Posted, Visit},
    forms::{Choice, Form, given},
    refusal::Refusal,
    settings::{self as page, Kind, Row, around, origin, ratio, rows},
    upload::Upload,
    view::Tab,
};

const COLOURS: [Setting; 4] =
    [Setting::BrandPrimary, Setting::BrandAccent, Setting::BrandPrimaryDark, Setting::BrandAccentDark];

/// A picture on the page.
struct Shown {
    code: &'static str,
    title: String,
    hint: String,
    source: Option<String>,
    origin: String,
    own: bool,
    error: Option<String>,
}

/// A page in small, in one brightness.
struct Small {
    title: String,
    ground: &'static str,
    card: &'static str,
    ink: &'static str,
    line: &'static str,
    on: &'static str,
    name: String,
    primary: String,
    accent: String,
    colours: Vec<Contrast>,
}

/// Whether a colour can be read.
struct Contrast {
    label: String,
    colour: String,
    said: String,
    good: bool,
}

#[derive(Template)]
#[template(path = "brand.html")]
struct Page {
    frame: Frame,
    name: String,
    tabs: Vec<Tab>,
    path: String,
    version: String,
    form: Form,
    may: bool,
    may_host: bool,
    seen: String,
    warning: Option<String>,
    title: Vec<Row>,
    languages: Vec<Choice>,
    languages_origin: String,
    languages_own: bool,
    colours: Vec<Row>,
    mails: Vec<Row>,
    templates: Vec<Templates>,
    placeholders: Vec<(String, String)>,
    letters: Vec<Letter>,
    pictures: Vec<Shown>,
    small: Vec<Small>,
    hosts: Vec<String>,
}

/// The page.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    whole(&visit, id, StatusCode::OK, Form::default()).await
}

async fn whole(visit: &Visit, id: TenantId, status: StatusCode, form: Form) -> Result<Response, Refusal> {
    let view = use_cases::show(&visit.surface.app, visit.person()?, id).await?;
    let (holds, _) = page::looked(visit, id).await?;
    let (frame, tabs) = around(visit, &view.tenant, "/settings/brand");
    let languages = holds.settings.iter().find(|holds| holds.name == Setting::BrandLanguages.code());
    let own = languages.is_some_and(|holds| holds.from == settings::From::Own);
    let sender = view.look.get(Setting::SenderMail).is_some();
    let seen_as = as_typed(visit, &view, &form).await?;
    let page = Page {
        name: view.tenant.name.clone(),
        path: format!("/settings/{id}/brand"),
        version: view.tenant.version.to_string(),
        may: view.may_change,
        may_host: view.may_host,
        seen: seen(&view),
        warning: (view.people_at.is_some() && !sender).then(|| say("brand-no-sender")),
        title: rows(&[Setting::BrandName], &holds, &form),
        languages: Language::ALL
            .into_iter()
            .map(|l| Choice { code: l.tag().to_owned(), name: l.name().to_owned(), hint: String::new() })
            .collect(),
        languages_origin: languages.map_or_else(String::new, |holds| origin(holds.from, &view.known)),
        languages_own: own,
        colours: rows(&COLOURS, &holds, &form),
        mails: rows(&brand_mails::BESIDES, &holds, &form),
        templates: brand_mails::fields(|settings| rows(settings, &holds, &form)),
        placeholders: brand_mails::placeholders(),
        letters: brand_mails::letters(&view, &seen_as, &visit.surface.public_url, visit.surface.app.now()),
        pictures: pictures(&view, id, &form),
        small: small(&seen_as),
        hosts: view.hosts.iter().map(|host| host.name.clone()).collect(),
        form: with_languages(form, &view.look),
        frame,
        tabs,
    };
    visit.page(status, &page)
}

/// Ticked are the languages that were chosen, or else those that hold.
fn with_languages(form: Form, look: &Look) -> Form {
    if form.given("languages").is_some() {
        return form;
    }
    let tags = look.languages();
    let held = LANGUAGES.into_iter().filter(|tag| tags.is_empty() || tags.contains(tag)).collect::<Vec<_>>();
    let form = form.filled("languages", &held.join(" "));
    form.ticked("setting.brand_languages", &held)
}

/// Where the people of the tenant see this.
fn seen(view: &View) -> String {
    match (&view.people_at, view.hosts.is_empty()) {
        (Some(host), false) => say_with("brand-seen-own", &[("host", host.into())]),
        (Some(host), true) => say_with("brand-seen-above", &[("host", host.into())]),
        (None, _) => say("brand-seen-nowhere"),
    }
}

fn pictures(view: &View, id: TenantId, form: &Form) -> Vec<Shown> {
    let shown = |(picture, set, from): &(Picture, Option<domain::brand::Set>, settings::From)| Shown {
        code: picture.code(),
        title: say(&format!("brand-{}", picture.code())),
        hint: say(&format!("brand-{}-hint", picture.code())),
        // The name changes with the content, so that browsers look again.
        source: set.as_ref().map(|set| format!("/settings/{id}/brand/{}?v={}", picture.code(), set.digest)),
        origin: origin(*from, &view.known),
        own: *from == settings::From::Own,
        error: form.error(&format!("picture.{}", picture.code())).map(str::to_owned),
    };
    view.pictures.iter().map(shown).collect()
}

/// What is typed on the page.
fn fields() -> Vec<Setting> {
    let plain = [Setting::BrandName].into_iter().chain(COLOURS).chain(brand_mails::BESIDES);
    plain.chain(brand_mails::templates()).collect()
}

/// The brand as it holds, or as it would with what was typed: where a field was emptied, what is
/// said above.
async fn as_typed(visit: &Visit, view: &View, form: &Form) -> Result<Look, Refusal> {
    let typed: BTreeMap<_, _> = fields()
        .into_iter()
        .filter_map(|setting| Some((setting, given(form.given(&format!("setting.{}", setting.code()))?))))
        .collect();
    if typed.is_empty() {
        return Ok(view.look.clone());
    }
    let holds = settings::as_if(&visit.surface.app, visit.person()?, view.tenant.id, &typed).await?;
    let parts = holds.into_iter().filter(|(setting, _)| setting.is_brand());
    Ok(parts.fold(Look::default(), |look, (setting, value)| look.with(setting, value)))
}

/// How pages look with this name and these colours, where that can be shown.
fn small(of: &Look) -> Vec<Small> {
    let value = |setting: Setting| of.get(setting).map(str::to_owned);
    let name = value(Setting::BrandName).unwrap_or_else(|| say("portal"));
    let side = |title: &str, ground: Ground, primary: Setting, accent: Setting, product: &str| {
        let (page, card, ink, line, on) = match ground {
            Ground::Light => ("#f6f3ec", "#fffdf8", "#20261f", "#ddd7c9", "#ffffff"),
            Ground::Dark => ("#171a17", "#1f2420", "#e8e6dd", "#373d37", "#171a17"),
        };
        let readable = |setting| value(setting).and_then(|text| colour::readable(&text, ground));
        let first = readable(primary).unwrap_or_else(|| product.to_owned());
        let contrast = |setting: Setting| {
            let text = value(setting)?;
            Some(measured(setting, &text, ground))
        };
        Small {
            title: say(title),
            ground: page,
            card,
            ink,
            line,
            on,
            name: name.chars().take(24).collect(),
            accent: readable(accent).unwrap_or_else(|| first.clone()),
            primary: first,
            colours: [primary, accent].into_iter().filter_map(contrast).collect(),
        }
    };
    vec![
        side("theme-light", Ground::Light, Setting::BrandPrimary, Setting::BrandAccent, "#1d5c4d"),
        side("theme-dark", Ground::Dark, Setting::BrandPrimaryDark, Setting::BrandAccentDark, "#8fd0b9"),
    ]
}

/// A colour with its contrast as a number, or what is wrong with it.
fn measured(setting: Setting, text: &str, ground: Ground) -> Contrast {
    let label = crate::forms::label(&format!("setting.{}", setting.code()));
    match (setting.parse("", text), colour::of(text, ground)) {
        (Ok(colour), Some(found)) => Contrast {
            label,
            colour,
            said: say_with("brand-contrast", &[("ratio", ratio(found))]),
            good: true,
        },
        (Err(error), _) => {
            let colour = colour::readable(text, ground).unwrap_or_else(|| "none".to_owned());
            Contrast { label, colour, said: texts::field_error(&error), good: false }
        }
        (Ok(colour), None) => Contrast { label, colour, said: String::new(), good: true },
    }
}

/// What was typed of the brand, by the name of the setting.
fn typed(posted: &Posted) -> BTreeMap<String, Option<String>> {
    let mut all = page::given(posted, &fields());
    let chosen = posted.all("setting.brand_languages").collect::<Vec<_>>().join(" ");
    // What was ticked before and still is may be inherited, and stays so.
    if !posted.field("languages").is_empty() && chosen != posted.field("languages") {
        all.insert(Setting::BrandLanguages.code().to_owned(), Some(chosen).filter(|said| !said.is_empty()));
    }
    all
}

/// Says what was typed.
pub async fn save(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, version) = (&visit.surface.app, posted.field("version").parse().unwrap_or(0));
    match settings::update(app, visit.person()?, id, version, &typed(&posted), &visit.cause).await {
        Ok(()) => Ok(page::done(&format!("/settings/{id}/brand"))),
        Err(error) => {
            let form = Form::again(&posted, error)?.below("setting");
            whole(visit, id, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

/// The page with what was typed, and nothing said yet.
pub async fn preview(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let wrong = typed(&posted)
        .into_iter()
        .filter_map(|(name, text)| Setting::from_code(&name)?.parse(&name, &text?).err());
    let wrong: Vec<_> = wrong.collect();
    let form = Form::again(&posted, AppError::Invalid(wrong))?.below("setting");
    whole(visit, id, StatusCode::OK, form).await
}

/// Says one part no more.
pub async fn reset(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    page::inherit(&id, &posted, "/brand").await
}

fn kind(id: &str, picture: &str) -> Result<(TenantId, Picture), Refusal> {
    let id = id.parse().map_err(|_| Refusal::no_page())?;
    Ok((id, Picture::from_code(picture).ok_or_else(Refusal::no_page)?))
}

/// The picture that holds for a tenant, whose host name this need not be.
pub async fn picture(visit: Visit, Path((id, name)): Path<(String, String)>) -> Result<Response, Refusal> {
    let (id, picture) = kind(&id, &name)?;
    let (_, bytes) = use_cases::picture(&visit.surface.app, visit.person()?, id, picture).await?;
    let mut response = brand::picture(bytes);
    // Somebody's page, not a public one.
    response.headers_mut().remove(axum::http::header::CACHE_CONTROL);
    Ok(response)
}

/// Sets a picture.
pub async fn set_picture(
    Path((id, name)): Path<(String, String)>,
    upload: Upload,
) -> Result<Response, Refusal> {
    let (id, picture) = kind(&id, &name)?;
    let visit = &upload.posted.visit;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    match use_cases::set_picture(app, caller, id, picture, Some(&upload.file), &visit.cause).await {
        Ok(()) => Ok(page::done(&format!("/settings/{id}/brand"))),
        Err(error) => {
            let form = Form::again(&upload.posted, error)?.below("picture");
            whole(visit, id, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

/// Inherits a picture again.
pub async fn reset_picture(
    Path((id, name)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let (id, picture) = kind(&id, &name)?;
    let visit = &posted.visit;
    use_cases::set_picture(&visit.surface.app, visit.person()?, id, picture, None, &visit.cause).await?;
    Ok(page::done(&format!("/settings/{id}/brand")))
}

/// Gives the tenant a host name.
pub async fn add_host(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let name = given(posted.field("host.name")).unwrap_or_default();
    match use_cases::add_host_name(&visit.surface.app, visit.person()?, id, &name, &visit.cause).await {
        Ok(()) => Ok(page::done(&format!("/settings/{id}/brand"))),
        Err(error) => {
            let form = Form::again(&posted, error)?.below("host");
            whole(visit, id, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

/// Takes a host name from the tenant.
pub async fn remove_host(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, name) = (&visit.surface.app, posted.field("name"));
    use_cases::remove_host_name(app, visit.person()?, id, name, &visit.cause).await?;
    Ok(page::done(&format!("/settings/{id}/brand")))
}
