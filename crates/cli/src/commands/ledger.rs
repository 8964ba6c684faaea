//! The ledger of a customer.

use clap::Args;
use wire::ledger::{DaysQuery, Fact, FactsQuery, SellerDays, Sellers};

use super::{catalogue::values, customer_id};
use crate::{
    args::Listing,
    client::Client,
    failure::Failure,
    output::{Columns, Out, instant, or_dash},
};

/// Of whom, on which days.
#[derive(Debug, Args)]
pub struct OfDays {
    /// Customer (code or id); your own when not given
    pub customer: Option<String>,
    /// The first day, as 2026-03-01; all from the beginning when not given
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// The last day, included; all until now when not given
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
}

/// Which facts.
#[derive(Debug, Args)]
pub struct Facts {
    /// Of whom.
    #[command(flatten)]
    pub of: OfDays,
    /// How many.
    #[command(flatten)]
    pub listing: Listing,
}

const FACTS: Columns<'static, Fact> = Columns {
    titles: &["day", "at", "what", "plan", "instance", "person", "subscription", "seller"],
    row: |f| {
        vec![
            f.day.clone(),
            instant(&f.at),
            f.kind.to_string(),
            format!("{}/{}", f.plan, f.plan_version),
            f.instance.clone(),
            or_dash(f.user.as_deref()),
            f.subscription.clone(),
            or_dash(f.seller.as_ref().map(|seller| seller.code.as_str())),
        ]
    },
};

/// Lists facts.
pub async fn facts(client: &Client, out: &Out, command: &Facts) -> Result<(), Failure> {
    let customer = customer_id(client, command.of.customer.as_deref()).await?;
    let query =
        FactsQuery { from: command.of.from.clone(), to: command.of.to.clone(), ..FactsQuery::default() };
    let page = client.list(&["customers", &customer, "facts"], &query, &command.listing).await?;
    out.list(&page, &FACTS)
}

/// Tells who sold.
pub async fn sellers(client: &Client, out: &Out, command: &OfDays) -> Result<(), Failure> {
    let customer = customer_id(client, command.customer.as_deref()).await?;
    let query = DaysQuery { from: command.from.clone(), to: command.to.clone() };
    let answer = client.get(&["customers", &customer, "sellers"], &query).await?;
    let all: Sellers = answer.read()?;
    let page = wire::common::Page { items: values(&all.sellers), next: None };
    let columns = Columns::<SellerDays> {
        titles: &["seller", "name", "first day", "last day"],
        row: |days| {
            vec![days.seller.code.clone(), days.seller.name.clone(), days.first.clone(), days.last.clone()]
        },
    };
    out.list(&page, &columns)
}
