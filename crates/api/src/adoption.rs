//! Surveys of directories, adoptions of what they saw, and exports of other panels.

use app::{
    AppError, adoption as use_cases,
    adoption::{AdoptionDraft, MigrationDraft},
    reading::roots,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use data_encoding::BASE64;
use domain::{
    adoption::{Fate, matching::Rule as Match},
    field::{FieldError, Rule},
    id::{AdoptionId, SurveyId},
    permission::Permission,
    spec::ObjectKind,
};
use web::Surface;
use wire::{
    adoption::{
        Adoption, AdoptionItem, AdoptionItemQuery, AdoptionRequest, Migration, MigrationRequest, RunAdoption,
        Survey, SurveyObject, SurveyObjectQuery, SurveyRequest,
    },
    common::{Page, PageQuery},
};

use crate::{
    Refused,
    cursor::Paging,
    input::{Body, Call, LargeBody, Params, PathId},
    refusal::Answer,
    show,
    tenants::code,
};

/// Look at everything in a directory, or in one container of it, ours or not.
///
/// Nothing is changed by it. A worker begins within seconds; what it saw is
/// kept for three days.
#[utoipa::path(post, path = "/directories/{code}/surveys", tag = "adoption", request_body = SurveyRequest,
    params(("code" = String, Path, description = "Code of the directory.")),
    responses((status = 202, description = "A worker does it within seconds.", body = Survey), Refused))]
pub async fn ask_for_survey(
    State(surface): State<Surface>,
    call: Call,
    Path(directory): Path<String>,
    Body(body): Body<SurveyRequest>,
) -> Answer<(StatusCode, Json<Survey>)> {
    let (app, caller) = (&surface.app, &call.caller);
    let id = use_cases::survey(app, caller, &directory, body.base.as_deref(), &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(read_survey(&surface, &call, id).await?)))
}

/// Surveys of a directory, newest first.
#[utoipa::path(get, path = "/directories/{code}/surveys", tag = "adoption", params(
    ("code" = String, Path, description = "Code of the directory."), PageQuery),
    responses((status = 200, description = "One page.", body = Page<Survey>), Refused))]
pub async fn list_surveys(
    State(surface): State<Surface>,
    call: Call,
    Path(directory): Path<String>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<Survey>>> {
    let paging = Paging::new("surveys", query.limit, query.after.as_deref())?;
    let before = paging.after_id::<SurveyId>()?;
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let (target, permit) = use_cases::directory(&mut tx, &directory).await?;
        let rows = tx.surveys(&permit, target, before, paging.rows()).await?;
        tx.finish().await?;
        Ok::<_, AppError>(rows)
    };
    let (rows, next) = paging.page("surveys", read.await?, |s| (String::new(), s.id));
    Ok(Json(Page { items: rows.iter().map(show::survey).collect(), next }))
}

/// A survey.
#[utoipa::path(get, path = "/surveys/{id}", tag = "adoption",
    params(("id" = String, Path, description = "Id of the survey.")),
    responses((status = 200, description = "How far it is.", body = Survey), Refused))]
pub async fn show_survey(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<SurveyId>,
) -> Answer<Json<Survey>> {
    Ok(Json(read_survey(&surface, &call, id).await?))
}

async fn read_survey(surface: &Surface, call: &Call, id: SurveyId) -> Result<Survey, AppError> {
    let mut tx = surface.app.read(&call.caller).await?;
    let (survey, _) = tx.survey(id).await?;
    tx.finish().await?;
    Ok(show::survey(&survey))
}

/// What a survey saw, in the order of addresses.
#[utoipa::path(get, path = "/surveys/{id}/objects", tag = "adoption", params(
    ("id" = String, Path, description = "Id of the survey."), SurveyObjectQuery),
    responses((status = 200, description = "One page.", body = Page<SurveyObject>), Refused))]
pub async fn list_survey_objects(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<SurveyId>,
    Params(query): Params<SurveyObjectQuery>,
) -> Answer<Json<Page<SurveyObject>>> {
    let paging = Paging::new("survey_objects", query.limit, query.after.as_deref())?;
    let after = paging.after::<uuid::Uuid>()?.map(|(key, _)| key.to_owned());
    let read = async {
        let kind = code("kind", query.kind.as_deref(), ObjectKind::from_code)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let (survey, _) = tx.survey(id).await?;
        let (parent, after) = (query.parent.as_deref(), after.as_deref());
        let rows = tx.survey_objects(&survey, kind, parent, after, paging.rows()).await?;
        tx.finish().await?;
        Ok::<_, AppError>(rows)
    };
    let (rows, next) = paging.page("survey_objects", read.await?, |o| (o.key(), o.external_id));
    Ok(Json(Page { items: rows.iter().map(show::survey_object).collect(), next }))
}

/// Show what would become of a container and all in it. Nothing is changed.
#[utoipa::path(post, path = "/surveys/{id}/adoptions", tag = "adoption", request_body = AdoptionRequest,
    params(("id" = String, Path, description = "Id of the survey.")),
    responses((status = 201, description = "What would become of it.", body = Adoption), Refused))]
pub async fn preview_adoption(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<SurveyId>,
    Body(body): Body<AdoptionRequest>,
) -> Answer<(StatusCode, Json<Adoption>)> {
    let customer = body.customer;
    let draft = AdoptionDraft {
        container: body.container,
        code: customer.code,
        name: customer.name,
        seller: customer.seller,
        billing_id: customer.billing_id,
        standing: customer.standing,
        language: customer.language,
        time_zone: customer.time_zone,
        currency: customer.currency,
        naming_pattern: customer.naming_pattern,
        suffixes: body.suffixes,
        plans: body.plans,
        into: body.into,
        rules: body.rules,
        wins: body.wins,
        ..AdoptionDraft::default()
    };
    let adoption = use_cases::preview(&surface.app, &call.caller, id, &draft, &call.cause).await?;
    Ok((StatusCode::CREATED, Json(read_adoption(&surface, &call, adoption).await?)))
}

/// Show what would become of all customers another panel exported. Nothing is changed.
///
/// Rows are brought together with the accounts a survey saw; each customer
/// becomes an adoption of its own, which is then run like any other.
#[utoipa::path(post, path = "/surveys/{id}/migrations", tag = "adoption", request_body = MigrationRequest,
    params(("id" = String, Path, description = "Id of the survey.")),
    responses((status = 201, description = "The adoptions, and what fits nothing.", body = Migration), Refused))]
pub async fn preview_migration(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<SurveyId>,
    LargeBody(body): LargeBody<MigrationRequest>,
) -> Answer<(StatusCode, Json<Migration>)> {
    let draft = migration(&body)?;
    let migrated = use_cases::migrate(&surface.app, &call.caller, id, &draft, &call.cause).await?;
    Ok((StatusCode::CREATED, Json(show::migration(&migrated))))
}

fn migration(body: &MigrationRequest) -> Result<MigrationDraft, AppError> {
    let mut errors = Vec::new();
    if body.format != "atria" {
        errors.push(
            FieldError::new("format", Rule::Unknown).with("value", &body.format).with("known", "atria"),
        );
    }
    let mut file = |field: &str, text: &str| {
        let text: String = text.split_ascii_whitespace().collect();
        BASE64.decode(text.as_bytes()).unwrap_or_else(|_| {
            errors.push(FieldError::new(field, Rule::Format).with("expected", "a file in base64"));
            Vec::new()
        })
    };
    let (customers, users) = (file("customers", &body.customers), file("users", &body.users));
    let services = file("services", &body.services);
    let rules = Match::chosen(&body.rules).unwrap_or_else(|wrong| {
        errors.extend(wrong);
        Vec::new()
    });
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let (plans, sellers) = (body.plans.clone(), body.sellers.clone());
    let sellers = sellers.into_iter().map(|(theirs, ours)| (theirs.to_lowercase(), ours)).collect();
    Ok(MigrationDraft { customers, users, services, plans, sellers, rules })
}

/// Adoptions, newest first.
#[utoipa::path(get, path = "/adoptions", tag = "adoption", params(PageQuery),
    responses((status = 200, description = "One page.", body = Page<Adoption>), Refused))]
pub async fn list_adoptions(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<Adoption>>> {
    let paging = Paging::new("adoptions", query.limit, query.after.as_deref())?;
    let before = paging.after_id::<AdoptionId>()?;
    let read = async {
        let roots = roots(&call.caller, Permission::DirectoryAdopt)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let rows = tx.adoptions(&roots, None, before, paging.rows()).await?;
        tx.finish().await?;
        Ok::<_, AppError>(rows)
    };
    let (rows, next) = paging.page("adoptions", read.await?, |a| (String::new(), a.id));
    Ok(Json(Page { items: rows.iter().map(show::adoption).collect(), next }))
}

/// An adoption: what would become, or became, of a container and all in it.
#[utoipa::path(get, path = "/adoptions/{id}", tag = "adoption",
    params(("id" = String, Path, description = "Id of the adoption.")),
    responses((status = 200, description = "The adoption.", body = Adoption), Refused))]
pub async fn show_adoption(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<AdoptionId>,
) -> Answer<Json<Adoption>> {
    Ok(Json(read_adoption(&surface, &call, id).await?))
}

async fn read_adoption(surface: &Surface, call: &Call, id: AdoptionId) -> Result<Adoption, AppError> {
    let mut tx = surface.app.read(&call.caller).await?;
    let (adoption, _) = tx.adoption(id).await?;
    tx.finish().await?;
    Ok(show::adoption(&adoption))
}

/// What becomes of each object.
#[utoipa::path(get, path = "/adoptions/{id}/items", tag = "adoption", params(
    ("id" = String, Path, description = "Id of the adoption."), AdoptionItemQuery),
    responses((status = 200, description = "One page.", body = Page<AdoptionItem>), Refused))]
pub async fn list_adoption_items(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<AdoptionId>,
    Params(query): Params<AdoptionItemQuery>,
) -> Answer<Json<Page<AdoptionItem>>> {
    let paging = Paging::new("adoption_items", query.limit, query.after.as_deref())?;
    let after = paging.after_id::<uuid::Uuid>()?;
    let read = async {
        let fate = code("fate", query.fate.as_deref(), Fate::from_code)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let (adoption, _) = tx.adoption(id).await?;
        let rows = tx.adoption_items(adoption.id, fate, after, paging.rows()).await?;
        tx.finish().await?;
        Ok::<_, AppError>(rows)
    };
    let (rows, next) = paging.page("adoption_items", read.await?, |i| (String::new(), i.external_id));
    Ok(Json(Page { items: rows.iter().map(show::adoption_item).collect(), next }))
}

/// Take it over, as it was shown.
///
/// Done once: called again it gives the same request. If what would be done
/// today is not what was shown, nothing is done (`preview_stale`).
#[utoipa::path(post, path = "/adoptions/{id}/run", tag = "adoption", request_body = RunAdoption,
    params(("id" = String, Path, description = "Id of the adoption.")),
    responses((status = 202, description = "It is on its way.", body = Adoption), Refused))]
pub async fn run_adoption(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<AdoptionId>,
    Body(body): Body<RunAdoption>,
) -> Answer<(StatusCode, Json<Adoption>)> {
    use_cases::run(&surface.app, &call.caller, id, body.leave_conflicts, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(read_adoption(&surface, &call, id).await?)))
}
