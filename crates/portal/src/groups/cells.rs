//! What the list of groups shows of each, on its page and in its file.

use app::{AppError, reading::views::GroupView};
use domain::{
    list::{Column as _, GroupCell},
    request::ItemState,
};
use web::speech::say;

use super::kind;
use crate::{
    cells::{Cell, Col, Columns},
    query::Pairs,
    view,
};

/// What a column shows.
#[derive(Debug, Clone, Copy)]
pub enum Show {
    One(GroupCell),
    /// Its name, and what it is for below it.
    Named,
}

/// The columns of the page.
pub fn of_page(query: &Pairs) -> Result<Columns<Show>, AppError> {
    use GroupCell as G;
    // It is sorted as the name alone is.
    let name = Col { show: Show::Named, ..one(G::Name).plain() };
    let usual = vec![name, one(G::Kind).plain(), one(G::Members), one(G::Created), one(G::State).plain()];
    Columns::read(query, all(), usual)
}

/// The columns of a file.
pub fn of_file(query: &Pairs) -> Result<Columns<Show>, AppError> {
    use GroupCell as G;
    let usual =
        [G::Name, G::Kind, G::LogonName, G::Description, G::Mail, G::Members, G::Created, G::State].map(one);
    Columns::read(query, all(), usual.to_vec())
}

fn all() -> Vec<Col<Show>> {
    GroupCell::ALL.iter().map(|cell| one(*cell)).collect()
}

fn one(cell: GroupCell) -> Col<Show> {
    let name = say(match cell {
        GroupCell::Name => "column-name",
        GroupCell::Kind => "group-kind",
        GroupCell::LogonName => "field-logon_name",
        GroupCell::Description => "group-description",
        GroupCell::Mail => "field-mail",
        GroupCell::Aliases => "field-details-aliases",
        GroupCell::Members => "group-members",
        GroupCell::Created => "column-created",
        GroupCell::State => "column-state",
    });
    let column = Col::new(cell.code(), name, Show::One(cell));
    if cell == GroupCell::Members { column.number() } else { column }
}

/// What a column shows of a group.
pub fn cell(show: Show, of: &GroupView) -> Cell {
    let named = || Cell::text(&of.name).to(format!("/groups/{}", of.id));
    let cell = match show {
        Show::One(cell) => cell,
        Show::Named => return named().below(of.description.as_deref().unwrap_or_default(), None),
    };
    match cell {
        GroupCell::Name => named(),
        GroupCell::Kind => Cell::text(kind(of)),
        GroupCell::LogonName => Cell::text(&of.logon_name),
        GroupCell::Description => Cell::of(of.description.as_ref()),
        GroupCell::Mail => Cell::of(of.mail.as_ref()),
        GroupCell::Aliases => Cell::of(of.aliases.as_ref()),
        GroupCell::Members => Cell::text(view::count(of.members)).filed(of.members.to_string()),
        GroupCell::Created => Cell::at(of.created_at),
        GroupCell::State => {
            let state = of.provisioning.as_ref().map(|p| view::item_state(p.state));
            let word = state.as_ref().map_or_else(String::new, |(word, _)| word.clone());
            Cell::states([state.unwrap_or_else(|| view::item_state(ItemState::Verified))]).filed(word)
        }
    }
}
