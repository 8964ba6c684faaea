//! A plan of many people at once.

use clap::Args;
use wire::seats::{ChangeSeats, SeatDeed, SeatsChanged};

use super::{catalogue::follow, customer_id, user_id};
use crate::{
    args::Wait,
    client::Client,
    failure::Failure,
    output::{Out, or_dash},
};

/// Who gets or loses which plan.
#[derive(Debug, Args)]
pub struct Seats {
    /// Code of the plan, with the instance where there are several: erp-full@test
    pub plan: String,
    /// Customer (code or id); your own when not given
    #[arg(long)]
    pub customer: Option<String>,
    /// Somebody (id, principal or log-on name); may be given several times
    #[arg(long, value_name = "PERSON", required_unless_present = "all", conflicts_with = "all")]
    pub user: Vec<String>,
    /// Everybody of the customer
    #[arg(long)]
    pub all: bool,
    /// Of everybody only those whose name or login begins with this
    #[arg(long, value_name = "TEXT", requires = "all")]
    pub search: Option<String>,
    /// Only tell what would change
    #[arg(long)]
    pub preview: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Does it.
pub async fn change(client: &Client, out: &Out, deed: SeatDeed, of: &Seats) -> Result<(), Failure> {
    let customer = customer_id(client, of.customer.as_deref()).await?;
    let mut people = Vec::with_capacity(of.user.len());
    for named in &of.user {
        people.push(user_id(client, named, Some(&customer)).await?);
    }
    let body = ChangeSeats {
        plan: of.plan.clone(),
        deed: deed.to_string(),
        people,
        all: of.all,
        search: of.search.clone(),
        preview: of.preview,
    };
    let answer = client.post(&["customers", &customer, "seats"], Some(&body)).await?;
    let changed: SeatsChanged = answer.read()?;
    let fields = [
        ("plan", format!("{} ({})", changed.name, changed.plan)),
        ("people", changed.people.to_string()),
        ("keep it with a bundle", changed.kept.to_string()),
        ("left out", changed.left_out.to_string()),
        ("request", or_dash(changed.request.as_deref())),
    ];
    out.entity(&answer.body, &fields)?;
    follow(client, of.wait, &answer.body).await
}
