//! Imports of files, acts on lists, and the way back: shown, begun, paused, cancelled.

use app::{
    AppError,
    bulk::{self as use_cases, Choice, FileDraft, Shown, Turn, Whom},
    reading::users::UserSearch,
};
use axum::{
    Json,
    body::to_bytes,
    extract::{FromRequest, Request, State},
    http::StatusCode,
};
use domain::{
    bulk::{Act, Deed, Missing, Options, RowState},
    field::{FieldError, Rule},
    id::{BulkId, TenantId, UserId},
    import::Mapping,
    limits,
    list::Standing,
    request::ItemState,
};
use web::Surface;
use wire::{
    bulk::{
        Bulk, BulkActRequest, BulkFilter, BulkLink, BulkLinks, BulkListed, BulkQuery, BulkRow, BulkRowQuery,
        ImportOptions, ImportQuery, KeptMapping, MendCell, Remap, RunBulk,
    },
    common::Page,
};

use crate::{
    Refused,
    cursor::{Paging, one_of},
    input::{Body, Call, Params, PathId, PathIds},
    read,
    refusal::{Answer, Refusal},
    show,
};

/// The bytes of a file.
#[derive(Debug)]
pub struct FileBody(Vec<u8>);

impl FromRequest<Surface> for FileBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Surface) -> Result<Self, Refusal> {
        let body = to_bytes(request.into_body(), limits::IMPORT_BYTES).await;
        let body = body.map_err(|_| Refusal::too_large(limits::IMPORT_BYTES))?;
        Ok(Self(body.to_vec()))
    }
}

/// The tenant a field names, by id or code.
pub(crate) async fn tenant(
    surface: &Surface,
    call: &Call,
    field: &str,
    text: &str,
) -> Result<TenantId, AppError> {
    let mut tx = surface.app.read(&call.caller).await?;
    let tenant = read::named(&mut tx, field, text).await?.id;
    tx.finish().await?;
    Ok(tenant)
}

fn shown(of: &Shown) -> Json<Bulk> {
    Json(show::bulk(of))
}

/// Bring a file of people and show what would come of it. Nothing is changed.
///
/// The body is the file as it is: CSV, XLSX, XLS or ODS. Where it is not known what its columns mean,
/// the state is `mapping`, and the next step is `PUT /bulk/{id}/mapping`.
#[utoipa::path(post, path = "/imports", tag = "bulk", params(ImportQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file."),
    responses((status = 201, description = "What would come of it.", body = Bulk), Refused))]
pub async fn import_file(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<ImportQuery>,
    FileBody(bytes): FileBody,
) -> Answer<(StatusCode, Json<Bulk>)> {
    let customer = tenant(&surface, &call, "customer", &query.customer).await?;
    let options = asked(&query).map_err(AppError::field)?;
    let mapping = query.mapping.map_or(Choice::Recognised, Choice::Named);
    let draft = FileDraft { name: query.name.unwrap_or_default(), bytes, options, mapping };
    let of = use_cases::import(&surface.app, &call.caller, customer, draft, &call.cause).await?;
    Ok((StatusCode::CREATED, shown(&of)))
}

fn asked(query: &ImportQuery) -> Result<Options, FieldError> {
    let truth = |field: &str, text: Option<&str>, usual: bool| match text {
        None => Ok(usual),
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(other) => {
            Err(FieldError::new(field, Rule::Unknown).with("value", other).with("known", "true, false"))
        }
    };
    let usual = Options::default();
    Ok(Options {
        create: truth("create", query.create.as_deref(), usual.create)?,
        update: truth("update", query.update.as_deref(), usual.update)?,
        disable: truth("disable", query.disable.as_deref(), usual.disable)?,
        missing: missing(query.missing.as_deref().unwrap_or(usual.missing.code()))?,
        send_links: truth("send_links", query.send_links.as_deref(), usual.send_links)?,
        make_groups: truth("make_groups", query.make_groups.as_deref(), usual.make_groups)?,
        give_roles: truth("give_roles", query.give_roles.as_deref(), usual.give_roles)?,
    })
}

fn missing(code: &str) -> Result<Missing, FieldError> {
    let known = || Missing::ALL.iter().map(|one| one.code()).collect::<Vec<_>>().join(", ");
    let code = if code.is_empty() { Missing::Keep.code() } else { code };
    Missing::from_code(code)
        .ok_or_else(|| FieldError::new("missing", Rule::Unknown).with("value", code).with("known", known()))
}

fn options(of: &ImportOptions) -> Result<Options, FieldError> {
    Ok(Options {
        create: of.create,
        update: of.update,
        disable: of.disable,
        missing: missing(&of.missing)?,
        send_links: of.send_links,
        make_groups: of.make_groups,
        give_roles: of.give_roles,
    })
}

/// Show what doing something to many people would come to. Nothing is changed.
///
/// The people are named, or all a filter matches; who that is, is taken down now.
#[utoipa::path(post, path = "/bulk", tag = "bulk", request_body = BulkActRequest,
    responses((status = 201, description = "What would come of it.", body = Bulk), Refused))]
pub async fn preview_act(
    State(surface): State<Surface>,
    call: Call,
    Body(new): Body<BulkActRequest>,
) -> Answer<(StatusCode, Json<Bulk>)> {
    let customer = tenant(&surface, &call, "customer", &new.customer).await?;
    let deed = deed(&new.act, new.with.as_deref(), new.value.as_deref()).map_err(AppError::field)?;
    let filter = new.filter.unwrap_or_default();
    let whom = match &new.people {
        Some(people) => {
            let id = |(at, text): (usize, &String)| {
                text.parse::<UserId>()
                    .map_err(|_| FieldError::new(format!("people[{at}]"), Rule::Unknown).with("value", text))
            };
            Whom::People(
                people.iter().enumerate().map(id).collect::<Result<_, _>>().map_err(AppError::field)?,
            )
        }
        None => Whom::Matching(matching(&filter)?),
    };
    let of = use_cases::act_on(&surface.app, &call.caller, customer, (deed, &whom), &call.cause).await?;
    Ok((StatusCode::CREATED, shown(&of)))
}

/// Which people a filter means.
pub(crate) fn matching(filter: &BulkFilter) -> Result<UserSearch<'_>, AppError> {
    Ok(UserSearch {
        search: filter.search.as_deref(),
        state: one_of("state", filter.state.as_deref(), &ItemState::ALL, ItemState::code)?,
        standing: one_of("standing", filter.standing.as_deref(), &Standing::ALL, Standing::code)?,
        plan: filter.plan.as_deref(),
        department: filter.department.as_deref(),
        fields: &[],
    })
}

/// What is to be done.
pub(crate) fn deed(act: &str, with: Option<&str>, value: Option<&str>) -> Result<Deed, FieldError> {
    let with = || match with.map(str::trim) {
        Some(with) if !with.is_empty() => Ok(with.to_owned()),
        _ => Err(FieldError::new("with", Rule::Required)),
    };
    let value = value.filter(|value| !value.is_empty()).map(str::to_owned);
    Deed::from_code(act, with, value)?.ok_or_else(|| match act {
        "" => FieldError::new("act", Rule::Required),
        _ => {
            let error = FieldError::new("act", Rule::Unknown).with("value", act);
            error.with("known", Deed::CODES.join(", "))
        }
    })
}

/// Bulk changes of a customer's people, newest first.
#[utoipa::path(get, path = "/bulk", tag = "bulk", params(BulkQuery),
    responses((status = 200, description = "One page.", body = Page<BulkListed>), Refused))]
pub async fn list_bulk(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<BulkQuery>,
) -> Answer<Json<Page<BulkListed>>> {
    let customer = tenant(&surface, &call, "customer", &query.customer).await?;
    let paging = Paging::new("bulk", query.limit, query.after.as_deref())?;
    let before = paging.after_id::<BulkId>()?;
    let (_, all) = use_cases::list(&surface.app, &call.caller, customer, before, paging.rows()).await?;
    let (rows, next) = paging.page("bulk", all, |bulk| (String::new(), bulk.id));
    Ok(Json(Page { items: rows.iter().map(show::bulk_listed).collect(), next }))
}

/// A bulk change, with what it comes to and how far it is.
#[utoipa::path(get, path = "/bulk/{id}", tag = "bulk",
    params(("id" = String, Path, description = "Id of the bulk change.")),
    responses((status = 200, description = "As it is now.", body = Bulk), Refused))]
pub async fn show_bulk(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<Json<Bulk>> {
    Ok(shown(&use_cases::get(&surface.app, &call.caller, id).await?))
}

/// Its rows, in their order.
#[utoipa::path(get, path = "/bulk/{id}/rows", tag = "bulk",
    params(("id" = String, Path, description = "Id of the bulk change."), BulkRowQuery),
    responses((status = 200, description = "One page.", body = Page<BulkRow>), Refused))]
pub async fn list_bulk_rows(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
    Params(query): Params<BulkRowQuery>,
) -> Answer<Json<Page<BulkRow>>> {
    let paging = Paging::new("bulk_rows", query.limit, query.after.as_deref())?;
    let after = paging
        .last()
        .map(|last| last.parse::<i32>().map_err(|_| AppError::field(FieldError::new("after", Rule::Format))));
    let acts = query.act.iter().flat_map(|text| text.split(','));
    let acts = acts.map(|code| one_of("act", Some(code.trim()), Act::ALL, Act::code));
    let acts: Vec<_> = acts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let state = one_of("state", query.state.as_deref(), RowState::ALL, RowState::code)?;
    let rows =
        use_cases::rows(&surface.app, &call.caller, id, (&acts, state), after.transpose()?, paging.rows())
            .await?;
    let (rows, next) = paging.page("bulk_rows", rows, |row| (String::new(), row.line));
    Ok(Json(Page { items: rows.iter().map(show::bulk_row).collect(), next }))
}

/// Say what the columns of a file mean, or what may happen, and show anew what would come of it.
#[utoipa::path(put, path = "/bulk/{id}/mapping", tag = "bulk", request_body = Remap,
    params(("id" = String, Path, description = "Id of the bulk change.")),
    responses((status = 200, description = "What would come of it.", body = Bulk), Refused))]
pub async fn remap_import(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
    Body(new): Body<Remap>,
) -> Answer<Json<Bulk>> {
    let mapping = new.mapping.map(|value| {
        serde_json::from_value::<Mapping>(value)
            .map_err(|error| AppError::field(FieldError::new("mapping", Rule::Format).with("value", error)))
    });
    let options = new.options.as_ref().map(options).transpose().map_err(AppError::field)?;
    let how = (mapping.transpose()?, options, new.keep_as.as_deref());
    Ok(shown(&use_cases::remap(&surface.app, &call.caller, id, how, &call.cause).await?))
}

/// Write a cell of a file anew that was not begun, and show what would come of it.
#[utoipa::path(put, path = "/bulk/{id}/rows/{line}", tag = "bulk", request_body = MendCell,
    params(("id" = String, Path, description = "Id of the bulk change."),
        ("line" = i32, Path, description = "The row.")),
    responses((status = 200, description = "What would come of it.", body = Bulk), Refused))]
pub async fn mend_import(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, line): PathIds<BulkId, i32>,
    Body(new): Body<MendCell>,
) -> Answer<Json<Bulk>> {
    let column = usize::try_from(new.column).unwrap_or(usize::MAX);
    let cell = (line, column, new.text.as_str());
    Ok(shown(&use_cases::mend(&surface.app, &call.caller, id, cell, &call.cause).await?))
}

async fn turn(surface: &Surface, call: &Call, id: BulkId, what: Turn) -> Answer<(StatusCode, Json<Bulk>)> {
    let of = use_cases::turn(&surface.app, &call.caller, id, what, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, shown(&of)))
}

/// Begin a bulk change, as it was shown. Rows with errors are left out.
///
/// It is carried out part by part, in the name of who began it, and goes on after whatever ends a
/// process. Repeating is safe.
#[utoipa::path(post, path = "/bulk/{id}/run", tag = "bulk", request_body = RunBulk,
    params(("id" = String, Path, description = "Id of the bulk change.")),
    responses((status = 202, description = "Begun.", body = Bulk), Refused))]
pub async fn run_bulk(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
    Body(new): Body<RunBulk>,
) -> Answer<(StatusCode, Json<Bulk>)> {
    turn(&surface, &call, id, Turn::Run { version: new.version }).await
}

/// Let a bulk change wait. The part that is under way is ended.
#[utoipa::path(post, path = "/bulk/{id}/pause", tag = "bulk",
    params(("id" = String, Path, description = "Id of the bulk change.")),
    responses((status = 202, description = "It waits.", body = Bulk), Refused))]
pub async fn pause_bulk(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<(StatusCode, Json<Bulk>)> {
    turn(&surface, &call, id, Turn::Pause).await
}

/// Go on with a bulk change that waits, in one's own name.
#[utoipa::path(post, path = "/bulk/{id}/resume", tag = "bulk",
    params(("id" = String, Path, description = "Id of the bulk change.")),
    responses((status = 202, description = "It goes on.", body = Bulk), Refused))]
pub async fn resume_bulk(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<(StatusCode, Json<Bulk>)> {
    turn(&surface, &call, id, Turn::Resume).await
}

/// End a bulk change: what was done stays, what is left never will be done.
#[utoipa::path(post, path = "/bulk/{id}/cancel", tag = "bulk",
    params(("id" = String, Path, description = "Id of the bulk change.")),
    responses((status = 202, description = "Ended.", body = Bulk), Refused))]
pub async fn cancel_bulk(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<(StatusCode, Json<Bulk>)> {
    turn(&surface, &call, id, Turn::Cancel).await
}

/// Show what taking a bulk change back would come to. Nothing is changed.
///
/// Whom it made is removed, and can be restored for a time; what it changed goes back, unless
/// somebody changed it since; whom it removed is there again, and whom it moved comes back (as a bulk
/// change of the customer where they are).
#[utoipa::path(post, path = "/bulk/{id}/undo", tag = "bulk",
    params(("id" = String, Path, description = "Id of the bulk change.")),
    responses((status = 201, description = "What would come of it.", body = Bulk), Refused))]
pub async fn undo_bulk(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<(StatusCode, Json<Bulk>)> {
    let of = use_cases::undo(&surface.app, &call.caller, id, &call.cause).await?;
    Ok((StatusCode::CREATED, shown(&of)))
}

/// Fetch the links of everybody a bulk change made who has not chosen a password. That is done once:
/// links from before stop working, and these are never shown again.
#[utoipa::path(post, path = "/bulk/{id}/links", tag = "bulk",
    params(("id" = String, Path, description = "Id of the bulk change.")),
    responses((status = 200, description = "The links.", body = BulkLinks), Refused))]
pub async fn fetch_bulk_links(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<Json<BulkLinks>> {
    let (made, expires_at) = use_cases::links(&surface.app, &call.caller, id, &call.cause).await?;
    let to = match made.first() {
        Some(one) => surface.links(&one.token).await?,
        None => surface.links_at(None),
    };
    let link = |of: use_cases::MadeLink| BulkLink {
        line: of.line,
        user: of.user.to_string(),
        name: of.name,
        login: of.login,
        link: to.to(&of.token),
    };
    Ok(Json(BulkLinks { links: made.into_iter().map(link).collect(), expires_at: expires_at.to_string() }))
}

/// How files are read, under names: kept by a tenant and those above it.
#[utoipa::path(get, path = "/tenants/{id}/import-mappings", tag = "bulk",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "All of them.", body = Vec<KeptMapping>), Refused))]
pub async fn list_import_mappings(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Json<Vec<KeptMapping>>> {
    let all = use_cases::mappings(&surface.app, &call.caller, id).await?;
    let kept = |(name, mapping)| {
        let mapping = serde_json::to_value(mapping).unwrap_or_default();
        KeptMapping { name, mapping }
    };
    Ok(Json(all.into_iter().map(kept).collect()))
}

/// Forget how files are read under a name.
#[utoipa::path(delete, path = "/tenants/{id}/import-mappings/{name}", tag = "bulk",
    params(("id" = String, Path, description = "Id of the tenant."),
        ("name" = String, Path, description = "The name.")),
    responses((status = 204, description = "Forgotten."), Refused))]
pub async fn forget_import_mapping(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, name): PathIds<TenantId, String>,
) -> Answer<StatusCode> {
    use_cases::forget_mapping(&surface.app, &call.caller, id, &name, &call.cause).await?;
    Ok(StatusCode::NO_CONTENT)
}
