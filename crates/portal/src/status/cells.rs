//! What the list of requests shows of each where somebody chose columns, and in its file.

use app::{AppError, reading::views::RequestView};
use domain::list::{Column as _, RequestCell};
use jiff::Timestamp;
use web::{speech::say, texts};

use crate::{
    cells::{Cell, Col, Columns},
    query::Pairs,
    view,
};

/// The columns; those of a file when nobody chose.
pub fn of(query: &Pairs) -> Result<Columns<RequestCell>, AppError> {
    use RequestCell as R;
    let usual = [R::Request, R::Kind, R::Customer, R::Actor, R::Created, R::State].map(one);
    let all = RequestCell::ALL.iter().map(|cell| one(*cell)).collect();
    Columns::read(query, all, usual.to_vec())
}

fn one(cell: RequestCell) -> Col<RequestCell> {
    let name = say(match cell {
        RequestCell::Request => "column-request",
        RequestCell::Kind => "group-kind",
        RequestCell::Subject => "column-subject",
        RequestCell::Customer => "column-customer",
        RequestCell::Actor => "list-actor",
        RequestCell::Progress => "request-progress",
        RequestCell::Created => "column-created",
        RequestCell::Started => "column-started",
        RequestCell::Finished => "column-finished",
        RequestCell::State => "column-state",
    });
    Col::new(cell.code(), name, cell)
}

/// What a column shows of a request.
pub fn cell(cell: RequestCell, of: &RequestView, now: Timestamp) -> Cell {
    let shown = || view::request(of, now);
    match cell {
        RequestCell::Request => Cell::text(of.id.to_string()),
        RequestCell::Kind => {
            Cell::text(texts::request_title(&of.kind)).to(format!("/status/requests/{}", of.id))
        }
        RequestCell::Subject => Cell::text(shown().subject),
        RequestCell::Customer => Cell::text(&of.tenant.name),
        RequestCell::Actor => of
            .actor
            .as_ref()
            .map_or_else(Cell::default, |actor| Cell::text(&actor.display_name).filed(&actor.principal_name)),
        RequestCell::Progress => Cell::text(shown().progress),
        RequestCell::Created => Cell::at(of.created_at),
        RequestCell::Started => Cell::at(of.started_at),
        RequestCell::Finished => Cell::at(of.finished_at),
        RequestCell::State => Cell::states([view::request_state(of.counts.state())]),
    }
}
