//! The forms for a new group, and to say other things of one.

use app::{
    Answer, AppError, Repeat,
    groups::{self as use_cases, GroupDraft, GroupPatch},
    reading::{groups::Group, tx::act},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    group::GroupKind,
    id::{GroupId, TenantId},
};
use serde_json::json;
use web::speech::say;

use crate::{
    context::{Frame, Posted, Visit},
    customers,
    forms::{Choice, Form, given},
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "group_edit.html")]
struct Page {
    frame: Frame,
    title: String,
    /// Where the form is sent.
    path: String,
    /// Where it leads back to.
    back: String,
    /// What is said with it: of something new what to know, of what is there its version.
    hint: Option<String>,
    version: Option<String>,
    form: Form,
    kinds: Vec<Choice>,
}

fn kinds() -> Vec<Choice> {
    let kind = |kind: GroupKind| Choice {
        code: kind.code().to_owned(),
        name: say(&format!("group-{}", kind.code())),
        hint: String::new(),
    };
    GroupKind::ALL.map(kind).into()
}

/// What is called otherwise in the form, because people and customers have fields of these names.
fn again(posted: &Posted, error: AppError) -> Result<Form, Refusal> {
    let form = Form::again(posted, error)?;
    Ok(["description", "kind", "aliases"]
        .iter()
        .fold(form, |form, of| form.renamed(of, &format!("group_{of}"))))
}

/// The form for a new group.
pub async fn new(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    new_page(&visit, id, StatusCode::OK, Form::default()).await
}

async fn new_page(visit: &Visit, id: TenantId, status: StatusCode, form: Form) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let tenant = tx.tenant(id).await?;
        tx.permit::<act::GroupManage>(&tenant)?;
        tx.finish().await?;
        Ok::<_, AppError>(tenant)
    };
    let tenant = read.await?;
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &tenant.name);
    let back = format!("/customers/{id}/groups");
    frame.trail.push((say("customer-groups"), back.clone()));
    let page = Page {
        title: say("group-new"),
        path: format!("{back}/new"),
        back,
        hint: Some(frame.t1("group-new-hint", "customer", &tenant.name)),
        version: None,
        form,
        kinds: kinds(),
        frame,
    };
    visit.page(status, &page)
}

/// Makes a group and leads to it.
pub async fn create(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let draft = GroupDraft {
        name: posted.field("name").to_owned(),
        description: given(posted.field("group_description")),
        kind: given(posted.field("group_kind")),
        mail: given(posted.field("mail")),
        aliases: given(posted.field("group_aliases")),
    };
    // A button pressed twice makes one group.
    let (once, content) = (posted.once(), format!("groups/new\n{id}"));
    let kept = |id: &GroupId| (303, json!({ "id": id.to_string() }));
    let repeat = Repeat { key: &once, content: content.as_bytes(), answer: &kept };
    let app = &visit.surface.app;
    let made = match use_cases::create(app, visit.person()?, id, &draft, Some(&repeat), &visit.cause).await {
        Ok(Answer::Done(made)) => Some(made),
        Ok(Answer::Before { body, .. }) => body["id"].as_str().and_then(|id| id.parse().ok()),
        Err(error) => {
            let form = again(&posted, error)?;
            return new_page(visit, id, StatusCode::UNPROCESSABLE_ENTITY, form).await;
        }
    };
    made.map(|id| done(id, "saved")).ok_or_else(Refusal::no_page)
}

/// Back to a group, with what was done.
pub fn done(id: GroupId, what: &str) -> Response {
    Redirect::to(&format!("/groups/{id}?done={what}")).into_response()
}

/// The form to say other things of a group.
pub async fn edit(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: GroupId = id.parse().map_err(|_| Refusal::no_page())?;
    edit_page(&visit, id, StatusCode::OK, None).await
}

fn present(of: &Group) -> Form {
    let values = &of.values;
    Form::of([
        ("name", Some(values.name.as_str())),
        ("group_description", values.description.as_deref()),
        ("group_kind", Some(values.kind.code())),
        ("mail", values.mail.as_deref()),
        ("group_aliases", values.aliases.as_deref()),
    ])
}

async fn edit_page(
    visit: &Visit,
    id: GroupId,
    status: StatusCode,
    sent: Option<(Form, String)>,
) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let (group, tenant) = tx.group(id).await?;
        let may = tx.permit::<act::GroupManage>(&tenant).is_ok() && !group.is_built_in();
        tx.finish().await?;
        Ok::<_, AppError>((group, tenant, may))
    };
    let (group, tenant, may) = read.await?;
    if !may {
        return Err(Refusal::no_page());
    }
    let mut frame = visit.frame.clone();
    let path = format!("/groups/{id}");
    frame.trail = customers::trail(tenant.id, &tenant.name);
    frame.trail.push((say("customer-groups"), format!("/customers/{}/groups", tenant.id)));
    frame.trail.push((group.values.name.clone(), path.clone()));
    let (form, version) = sent.unwrap_or_else(|| (present(&group), group.version.to_string()));
    // What was typed is saved over what somebody else did only after that was said.
    let version = if form.is_stale() { group.version.to_string() } else { version };
    let page = Page {
        title: frame.t1("group-edit-title", "name", &group.values.name),
        back: path.clone(),
        path,
        hint: None,
        version: Some(version),
        form,
        kinds: kinds(),
        frame,
    };
    visit.page(status, &page)
}

/// Says other things of a group, if nobody else did since the form was shown.
pub async fn save(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: GroupId = id.parse().map_err(|_| Refusal::no_page())?;
    let version = posted.field("version").parse().unwrap_or(0);
    let patch = GroupPatch {
        name: Some(posted.field("name").to_owned()),
        description: Some(given(posted.field("group_description"))),
        kind: given(posted.field("group_kind")),
        mail: Some(given(posted.field("mail"))),
        aliases: Some(given(posted.field("group_aliases"))),
    };
    match use_cases::update(&visit.surface.app, visit.person()?, id, version, patch, &visit.cause).await {
        Ok(()) => Ok(done(id, "saved")),
        Err(error) => {
            let form = again(&posted, error)?;
            let sent = (form, posted.field("version").to_owned());
            edit_page(visit, id, StatusCode::UNPROCESSABLE_ENTITY, Some(sent)).await
        }
    }
}
