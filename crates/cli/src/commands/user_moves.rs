//! Moving people to another customer.

use clap::Args;
use wire::users::{MoveUser, User, UserMovePreview, UserMoved};

use super::{
    confirm, user_fields,
    users::{Named, id_of, name_and_value},
};
use crate::{
    args::Wait,
    client::{Answer, Client},
    failure::Failure,
    output::Out,
    wait,
};

/// Who goes where.
#[derive(Debug, Args)]
pub struct Move {
    /// Who.
    #[command(flatten)]
    pub named: Named,
    /// The customer that receives the person (code or id), in the same directory
    #[arg(long, value_name = "CUSTOMER")]
    pub to: String,
    /// Whole principal name there; made from the pattern of that customer when not given
    #[arg(long)]
    pub principal_name: Option<String>,
    /// Short log-on name; stays when not given
    #[arg(long)]
    pub logon_name: Option<String>,
    /// Key of the person in a system of that customer; stays when not given, empty takes it away
    #[arg(long)]
    pub external_id: Option<String>,
    /// Code of a plan there; may be given several times
    #[arg(long)]
    pub plan: Vec<String>,
    /// Code of a bundle there; may be given several times
    #[arg(long, value_name = "CODE")]
    pub bundle: Vec<String>,
    /// A custom field of that customer, as `cost_centre=4711`; may be given several times
    #[arg(long = "field", value_name = "KEY=VALUE", value_parser = name_and_value)]
    pub fields: Vec<(String, String)>,
    /// Why, for the log of both customers
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Only show what it comes to
    #[arg(long, conflicts_with = "yes")]
    pub preview: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Does it, or shows what it comes to.
pub async fn run(client: &Client, out: &Out, to: &Move) -> Result<(), Failure> {
    let id = id_of(client, &to.named).await?;
    let body = MoveUser {
        customer: to.to.clone(),
        principal_name: to.principal_name.clone(),
        logon_name: to.logon_name.clone(),
        external_id: to.external_id.clone(),
        plans: to.plan.clone(),
        bundles: to.bundle.clone(),
        fields: to.fields.iter().cloned().collect(),
        reason: to.reason.clone(),
    };
    if to.preview {
        let answer = client.post(&["users", &id, "move", "preview"], Some(&body)).await?;
        return preview(out, &answer);
    }
    let before = client.get(&["users", &id], &()).await?;
    let user: User = before.read()?;
    let question = format!(
        "Move {} ({}) from {} to {}? Plans, groups and roles stay behind.",
        user.display_name, user.principal_name, user.tenant.code, to.to
    );
    confirm(&question, to.yes)?;
    let answer = client.post_body_match(&["users", &id, "move"], before.etag.as_deref(), &body).await?;
    let moved: UserMoved = answer.read()?;
    let mut fields = user_fields(&moved.user);
    fields.push(("id before", moved.former.clone()));
    fields.push(("request", moved.request.clone()));
    fields.push(("request of the other", moved.leaving.clone()));
    out.entity(&answer.body, &fields)?;
    if to.wait.wait {
        wait::until_final(client, &moved.request, to.wait.timeout).await?;
        // The account is moved when it has left the groups of the other customer, too.
        wait::until_final(client, &moved.leaving, to.wait.timeout).await?;
    }
    Ok(())
}

fn preview(out: &Out, answer: &Answer) -> Result<(), Failure> {
    let of: UserMovePreview = answer.read()?;
    let change = |before: &str, after: &str| match before == after {
        true => after.to_owned(),
        false => format!("{before} -> {after}"),
    };
    let fields = [
        ("name", of.name.clone()),
        ("customer", change(&of.from.code, &of.to.code)),
        ("principal name", change(&of.principal_name_before, &of.principal_name)),
        ("log-on name", change(&of.logon_name_before, &of.logon_name)),
        ("plans that end", of.plans_ended.join(", ")),
        ("plans that begin", of.plans.join(", ")),
        ("groups that are left", of.groups_left.join(", ")),
        ("people without a manager", of.reports.to_string()),
        ("custom fields that stay", of.fields.join(", ")),
    ];
    out.entity(&answer.body, &fields)
}
