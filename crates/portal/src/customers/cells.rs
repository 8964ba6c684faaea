//! What the list of customers shows of each, on its page and in its file.

use std::collections::BTreeMap;

use app::{AppError, reading::views::TenantView};
use domain::list::{Column as _, TenantCell};
use web::speech::say;

use super::list::PATH;
use crate::{
    cells::{Cell, Col, Columns},
    query::Pairs,
    view,
};

/// What a column shows.
#[derive(Debug, Clone, Copy)]
pub enum Show {
    One(TenantCell),
    /// Its status, and what is not as it should be yet.
    Account,
}

/// The columns of the page.
pub fn of_page(query: &Pairs) -> Result<Columns<Show>, AppError> {
    use TenantCell as T;
    let state = Col::new("status,state", say("column-state"), Show::Account).plain();
    let usual =
        vec![one(T::Name).plain(), one(T::Code), one(T::Seller), one(T::Directory), one(T::Created), state];
    Columns::read(query, all(), usual)
}

/// The columns of a file.
pub fn of_file(query: &Pairs) -> Result<Columns<Show>, AppError> {
    use TenantCell as T;
    let usual =
        [T::Name, T::Code, T::Billing, T::Seller, T::Directory, T::Suffix, T::Created, T::Status].map(one);
    Columns::read(query, all(), usual.to_vec())
}

fn all() -> Vec<Col<Show>> {
    TenantCell::ALL.iter().map(|cell| one(*cell)).collect()
}

fn one(cell: TenantCell) -> Col<Show> {
    let name = say(match cell {
        TenantCell::Name => "column-name",
        TenantCell::Code => "customer-code",
        TenantCell::Seller => "customer-seller",
        TenantCell::Billing => "customer-billing",
        TenantCell::Directory => "customer-directory",
        TenantCell::Suffix => "customer-suffix",
        TenantCell::Brand => "brand-tab",
        TenantCell::Language => "language",
        TenantCell::TimeZone => "field-setting-time_zone",
        TenantCell::Currency => "field-setting-currency",
        TenantCell::Naming => "field-setting-naming_pattern",
        TenantCell::Status => "column-state",
        TenantCell::State => "column-in-directory",
        TenantCell::Created => "column-created",
        TenantCell::Closed => "column-closed",
    });
    Col::new(cell.code(), name, Show::One(cell))
}

/// What a column shows of a customer; `names` are those of directories, by their codes.
pub fn cell(show: Show, of: &TenantView, (names, query): (&BTreeMap<String, String>, &Pairs)) -> Cell {
    let cell = match show {
        Show::One(cell) => cell,
        Show::Account => {
            let unsettled = of.provisioning.as_ref().and_then(|p| view::unsettled(p.state));
            return Cell::states([view::tenant_state(of.status)].into_iter().chain(unsettled));
        }
    };
    match cell {
        TenantCell::Name => Cell::text(&of.name).to(format!("/customers/{}", of.id)),
        TenantCell::Code => Cell::text(&of.code),
        TenantCell::Seller => of.parent.as_ref().map_or_else(Cell::default, |seller| {
            let sold = query.without(&["after", "before"]).with(PATH, "seller", &seller.id.to_string());
            Cell::text(&seller.name).to(sold)
        }),
        TenantCell::Billing => Cell::of(of.billing_id.as_ref()),
        TenantCell::Directory => of
            .directory
            .as_ref()
            .map_or_else(Cell::default, |code| Cell::text(names.get(code).unwrap_or(code)).filed(code)),
        TenantCell::Suffix => Cell::of(of.suffix.as_ref()),
        TenantCell::Brand => Cell::of(of.brand.as_ref()),
        TenantCell::Language => Cell::text(&of.language),
        TenantCell::TimeZone => Cell::text(&of.time_zone),
        TenantCell::Currency => Cell::text(&of.currency),
        TenantCell::Naming => Cell::text(&of.naming_pattern),
        TenantCell::Status => Cell::states([view::tenant_state(of.status)]),
        TenantCell::State => Cell::states(of.provisioning.as_ref().map(|p| view::item_state(p.state))),
        TenantCell::Created => Cell::at(of.created_at),
        TenantCell::Closed => Cell::at(of.closed.map(|(at, _)| at)),
    }
}
