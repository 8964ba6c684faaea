//! Orders.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use wire::orders::{NewOrder, Order, OrderQuery, OrderSummary};

use super::link_fields;
use crate::{
    args::{Listing, Wait},
    client::Client,
    failure::Failure,
    input,
    output::{Columns, Out, instant, note, or_dash},
    wait,
};

/// Place an order.
#[derive(Debug, Args)]
pub struct Place {
    /// The order, in TOML or JSON; `-` for standard input
    #[arg(long, short, value_name = "FILE")]
    pub file: PathBuf,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// What can be done with orders.
#[derive(Debug, Subcommand)]
pub enum Orders {
    /// List orders, newest first
    List(List),
    /// Show an order
    Show {
        /// Id of the order, or its reference
        order: String,
    },
}

/// Which orders to list.
#[derive(Debug, Args)]
pub struct List {
    /// Only those of this seller (code or id)
    #[arg(long)]
    pub seller: Option<String>,
    /// Only those for this customer (code or id)
    #[arg(long)]
    pub customer: Option<String>,
    /// Only the one with this reference
    #[arg(long)]
    pub reference: Option<String>,
    /// How many
    #[command(flatten)]
    pub listing: Listing,
}

/// Places an order. The reference makes it safe to do so again.
pub async fn place(command: &Place, client: &Client, out: &Out) -> Result<(), Failure> {
    let source = input::open(&command.file)?;
    let order: NewOrder = source.parse()?;
    let answer = client.post(&["orders"], Some(&order)).await.map_err(|failure| failure.in_file(&source))?;
    // Printed before waiting: the link is shown once and must not be lost.
    out.entity(&answer.body, &fields(&answer.read()?))?;
    if answer.status == 200 {
        note("this order was placed before with the same content: nothing was done again");
    }
    wait::if_asked(client, command.wait, &answer.body).await
}

/// Does it.
pub async fn run(command: &Orders, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Orders::List(list) => {
            let query = OrderQuery {
                seller: list.seller.clone(),
                customer: list.customer.clone(),
                reference: list.reference.clone(),
                ..OrderQuery::default()
            };
            let page = client.list(&["orders"], &query, &list.listing).await?;
            out.list(&page, &ORDERS)
        }
        Orders::Show { order } => {
            let id = order_id(client, order).await?;
            let answer = client.get(&["orders", &id], &()).await?;
            out.entity(&answer.body, &fields(&answer.read()?))
        }
    }
}

/// The id of an order that was named by id or reference.
async fn order_id(client: &Client, named: &str) -> Result<String, Failure> {
    if named.starts_with("ord_") {
        return Ok(named.to_owned());
    }
    let query = OrderQuery { reference: Some(named.to_owned()), ..OrderQuery::default() };
    let page = client.list(&["orders"], &query, &super::EVERYTHING).await?;
    match page.items.as_slice() {
        [] => Err(super::not_found(&format!("no order with the reference \"{named}\""))),
        [one] => Ok(one["id"].as_str().unwrap_or_default().to_owned()),
        several => {
            let ids: Vec<_> = several.iter().filter_map(|o| o["id"].as_str()).collect();
            let what = format!("{} sellers have an order \"{named}\": {}", ids.len(), ids.join(", "));
            Err(Failure::usage(what, "give the id of the one you mean"))
        }
    }
}

const ORDERS: Columns<'static, OrderSummary> = Columns {
    titles: &["id", "reference", "seller", "customer", "state", "ordered"],
    row: |o| {
        let (seller, buyer) = (o.seller.code.clone(), o.buyer.code.clone());
        vec![o.id.clone(), o.reference.clone(), seller, buyer, o.state.to_string(), instant(&o.ordered_at)]
    },
};

fn fields(order: &Order) -> Vec<(&'static str, String)> {
    let summary = &order.summary;
    let plans: Vec<_> = order.customer.subscriptions.iter().map(|s| s.plan.as_str()).collect();
    let contract = match (summary.start.as_deref(), summary.end.as_deref()) {
        (Some(start), Some(end)) => format!("{start} to {end}"),
        (Some(start), None) => format!("from {start}, open-ended"),
        (None, end) => or_dash(end),
    };
    let customer = &order.customer.tenant;
    let administrator = order.administrator.as_ref();
    let mut fields = vec![
        ("id", summary.id.clone()),
        ("reference", summary.reference.clone()),
        ("seller", format!("{} ({})", summary.seller.name, summary.seller.code)),
        ("customer", format!("{} ({}, {})", customer.name, customer.code, customer.id)),
        ("purchase order", or_dash(summary.purchase_order.as_deref())),
        ("contract", contract),
        ("services", or_dash(Some(&plans.join(", ")))),
        (
            "administrator",
            administrator.map_or("removed".to_owned(), |a| format!("{} ({})", a.display_name, a.id)),
        ),
        ("signs in as", or_dash(administrator.map(|a| a.principal_name.as_str()))),
        ("request", summary.request_id.clone()),
        ("state", summary.state.to_string()),
        ("ordered", instant(&summary.ordered_at)),
    ];
    fields.extend(order.activation.iter().flat_map(link_fields));
    fields
}
