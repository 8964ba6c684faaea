//! Tenants' life, the same for customers and resellers.

use clap::Args;
use wire::{
    common::PageQuery,
    tenants::{CloseTenant, MoveTenant, PlannedMove, TenantChanged, TenantMoved},
};

use super::{tenant_fields, tenant_id};
use crate::{
    args::{Listing, Wait},
    client::{Answer, Client},
    failure::Failure,
    output::{Columns, Out, or_dash},
    wait,
};

/// Which tenant.
#[derive(Debug, Args)]
pub struct Which {
    /// Code or id
    pub tenant: String,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Which tenant, and for how long it can be restored.
#[derive(Debug, Args)]
pub struct Close {
    /// Which.
    #[command(flatten)]
    pub which: Which,
    /// Days in which it can be restored, 0 to 365; 30 when not given
    #[arg(long, value_name = "DAYS")]
    pub grace_days: Option<u32>,
}

/// Which tenant, and where to.
#[derive(Debug, Args)]
pub struct Move {
    /// Which.
    #[command(flatten)]
    pub which: Which,
    /// The new seller (code or id)
    #[arg(long, value_name = "SELLER")]
    pub to: String,
    /// The new seller's first day, as 2026-04-01; today when not given
    #[arg(long, value_name = "DAY")]
    pub day: Option<String>,
}

/// Suspends, resumes or restores a tenant; `of` is `customers` or `tenants`.
pub async fn switch(client: &Client, out: &Out, of: &str, which: &Which, verb: &str) -> Result<(), Failure> {
    let id = tenant_id(client, &which.tenant).await?;
    let answer = client.post(&[of, &id, verb], None::<&()>).await?;
    show(client, out, which.wait, &answer).await
}

/// Closes a tenant.
pub async fn close(client: &Client, out: &Out, of: &str, close: &Close) -> Result<(), Failure> {
    let id = tenant_id(client, &close.which.tenant).await?;
    let body = CloseTenant { grace_days: close.grace_days };
    let answer = client.post(&[of, &id, "close"], Some(&body)).await?;
    show(client, out, close.which.wait, &answer).await
}

/// Moves a tenant to another seller.
pub async fn transfer(client: &Client, out: &Out, of: &str, to: &Move) -> Result<(), Failure> {
    let id = tenant_id(client, &to.which.tenant).await?;
    let body = MoveTenant { seller: to.to.clone(), day: to.day.clone() };
    let answer = client.post(&[of, &id, "move"], Some(&body)).await?;
    let moved: TenantMoved = answer.read()?;
    let mut fields = moved.tenant.as_ref().map(tenant_fields).unwrap_or_default();
    let when = if moved.planned { "moves on" } else { "moved with effect from" };
    fields.push((when, moved.day.clone()));
    fields.extend(moved.request.clone().map(|request| ("request", request)));
    out.entity(&answer.body, &fields)?;
    wait::if_asked(client, to.which.wait, &answer.body).await
}

/// Lists the moves that are still to come.
pub async fn planned(client: &Client, out: &Out, listing: &Listing) -> Result<(), Failure> {
    let page = client.list(&["planned-moves"], &PageQuery::default(), listing).await?;
    let columns = Columns::<PlannedMove> {
        titles: &["tenant", "name", "from", "to", "day"],
        row: |m| {
            vec![
                m.tenant.code.clone(),
                m.tenant.name.clone(),
                or_dash(m.from.as_ref().map(|seller| seller.code.as_str())),
                or_dash(m.to.as_ref().map(|seller| seller.code.as_str())),
                m.day.clone(),
            ]
        },
    };
    out.list(&page, &columns)
}

/// Takes a planned move back.
pub async fn cancel(client: &Client, named: &str) -> Result<(), Failure> {
    let id = tenant_id(client, named).await?;
    client.delete(&["tenants", &id, "planned-move"], &(), None).await?;
    Ok(())
}

async fn show(client: &Client, out: &Out, wait: Wait, answer: &Answer) -> Result<(), Failure> {
    let changed: TenantChanged = answer.read()?;
    let mut fields = tenant_fields(&changed.tenant);
    fields.extend(changed.request.clone().map(|request| ("request", request)));
    out.entity(&answer.body, &fields)?;
    match changed.request {
        Some(request) if wait.wait => wait::until_final(client, &request, wait.timeout).await,
        _ => Ok(()),
    }
}
