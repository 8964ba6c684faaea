//! A file of people is brought: the form, and what may happen to the people in it.

use app::{
    AppError,
    bulk::{self as use_cases, Choice as Reads, FileDraft},
    reading::tx::{ReadTx, TenantRef, act},
    roles,
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    bulk::{Missing, Options},
    field::{FieldError, Rule},
    id::TenantId,
    limits,
    mail::Mailing,
};
use web::speech::{say, say_with};

use super::{names::of_file, to};
use crate::{
    context::{Frame, Posted, Visit},
    customers,
    forms::{Choice, Form, given},
    refusal::Refusal,
    upload::Upload,
};

/// What may be chosen about what happens.
pub struct Choices {
    pub options: Vec<Choice>,
    pub missing: Vec<Choice>,
}

impl Choices {
    /// For whoever may change people of this customer.
    pub fn read(visit: &Visit, tx: &ReadTx<'_>, tenant: &TenantRef) -> Result<Self, AppError> {
        tx.permit_ordinary(tenant)?;
        let may_create = tx.permit::<act::UserCreate>(tenant).is_ok();
        let may_remove = tx.may_ordinary::<act::UserDelete>(tenant).is_ok();
        let mails = visit.surface.app.mailing() != Mailing::Off;
        let choice = |code: &str, id: &str| Choice {
            code: code.to_owned(),
            name: say(&format!("{id}-{code}")),
            hint: say(&format!("{id}-{code}-hint")),
        };
        let mut options = Vec::new();
        if may_create {
            options.push(choice("create", "bulk-option"));
        }
        options.push(choice("update", "bulk-option"));
        if may_create && mails {
            options.push(choice("send_links", "bulk-option"));
        }
        if tx.permit::<act::GroupManage>(tenant).is_ok() {
            options.push(choice("make_groups", "bulk-option"));
        }
        if !roles::possible(tx, tenant).is_empty() {
            options.push(choice("give_roles", "bulk-option"));
        }
        options.push(choice("disable", "bulk-option"));
        let missing = Missing::ALL.iter().filter(|one| may_remove || **one != Missing::Remove);
        let missing = missing.map(|one| Choice {
            code: one.code().to_owned(),
            name: say(&format!("bulk-missing-{}", one.code())),
            hint: String::new(),
        });
        Ok(Self { options, missing: missing.collect() })
    }
}

/// A form with what may happen.
pub fn options_form(of: &Options) -> Form {
    let all = [
        ("create", of.create),
        ("update", of.update),
        ("send_links", of.send_links),
        ("make_groups", of.make_groups),
        ("give_roles", of.give_roles),
        ("disable", of.disable),
    ];
    let ticked: Vec<_> = all.into_iter().filter(|(_, on)| *on).map(|(code, _)| code).collect();
    Form::of([("missing", Some(of.missing.code()))]).ticked("options", &ticked)
}

/// What may happen, as it was chosen.
pub fn options(posted: &Posted) -> (Options, Vec<FieldError>) {
    let has = |code: &str| posted.all("options").any(|chosen| chosen == code);
    let mut errors = Vec::new();
    let missing = match posted.field("missing") {
        "" => Missing::Keep,
        code => Missing::from_code(code).unwrap_or_else(|| {
            errors.push(FieldError::new("missing", Rule::Unknown).with("value", code));
            Missing::Keep
        }),
    };
    let options = Options {
        create: has("create"),
        update: has("update"),
        disable: has("disable"),
        missing,
        send_links: has("send_links"),
        make_groups: has("make_groups"),
        give_roles: has("give_roles"),
    };
    if !options.create && !options.update && !options.disable && missing == Missing::Keep {
        errors.push(FieldError::new("options", Rule::Required));
    }
    (options, errors)
}

#[derive(Template)]
#[template(path = "import.html")]
struct Page {
    frame: Frame,
    customer: String,
    path: String,
    all: String,
    most: String,
    choices: Choices,
    mappings: Vec<Choice>,
    /// Those the customer itself keeps, and can forget.
    own: Vec<String>,
    form: Form,
}

/// The form.
pub async fn form(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    page(&visit, id, (StatusCode::OK, options_form(&Options::default()))).await
}

async fn page(visit: &Visit, id: TenantId, (status, form): (StatusCode, Form)) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let tenant = tx.tenant(id).await?;
        let choices = Choices::read(visit, &tx, &tenant)?;
        let (kept, own) = (tx.import_mappings(&tenant).await?, tx.own_import_mappings(&tenant).await?);
        tx.finish().await?;
        Ok::<_, AppError>((tenant, choices, kept, own))
    };
    let (tenant, choices, kept, own) = read.await?;
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &tenant.name);
    frame.trail.push((say("customer-people"), format!("/customers/{id}/people")));
    let choice = |code: String, name: String| Choice { code, name, hint: String::new() };
    let recognise = choice(String::new(), say("bulk-recognise"));
    let kept = kept.into_iter().map(|(name, _)| choice(name.clone(), name));
    let megabytes = limits::IMPORT_BYTES / 1024 / 1024;
    let page = Page {
        frame,
        customer: tenant.name,
        path: format!("/customers/{id}/import"),
        all: format!("/customers/{id}/bulk"),
        most: say_with("bulk-file-most", &[("mb", megabytes.into()), ("rows", limits::BULK_ROWS.into())]),
        choices,
        mappings: std::iter::once(recognise).chain(kept).collect(),
        own,
        form,
    };
    visit.page(status, &page)
}

/// Reads a file, and shows what would come of it.
pub async fn bring(
    Path(id): Path<String>,
    upload: Upload<{ limits::IMPORT_BYTES }>,
) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let Upload { posted, file, name } = upload;
    let visit = &posted.visit;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let (options, mut errors) = self::options(&posted);
    if file.is_empty() {
        errors.push(FieldError::new("file", Rule::Required));
    }
    if errors.is_empty() {
        let mapping = given(posted.field("mapping")).map_or(Reads::Recognised, Reads::Named);
        let draft = FileDraft { name, bytes: file, options, mapping };
        errors = match use_cases::import(app, caller, id, draft, &visit.cause).await {
            Ok(shown) => return Ok(to(shown.bulk.id, "")),
            Err(AppError::Invalid(errors)) => errors,
            // It was forgotten while the page was open.
            Err(AppError::NotFound("mapping")) => {
                let name = posted.field("mapping");
                vec![FieldError::new("mapping", Rule::Unknown).with("value", name)]
            }
            Err(error) => return Err(error.into()),
        };
    }
    let form = errors.iter().fold(Form::sent(&posted), |form, error| {
        let place = match error.field.as_str() {
            field @ ("options" | "missing" | "mapping") => field,
            // The kept mapping does not fit the file.
            "headings" => "mapping",
            _ => "file",
        };
        form.with_error(place, &of_file(error))
    });
    page(visit, id, (StatusCode::UNPROCESSABLE_ENTITY, form)).await
}

/// Forgets how files were read under a name; what was imported with it stays.
pub async fn forget(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let (visit, name) = (&posted.visit, posted.field("name"));
    match use_cases::forget_mapping(&visit.surface.app, visit.person()?, id, name, &visit.cause).await {
        // Somebody else forgot it meanwhile: that is what was wanted.
        Ok(()) | Err(AppError::NotFound("mapping")) => {
            Ok(Redirect::to(&format!("/customers/{id}/import?done=mapping-forgotten")).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
