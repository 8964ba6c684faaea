//! What the list of people shows of each, on its page and in its file.

use std::collections::HashMap;

use app::{
    AppError,
    reading::{
        subscriptions::Subscription,
        tx::{ReadTx, TenantRef},
        users::User,
    },
};
use domain::{
    custom::{Definition, FieldKind},
    id::UserId,
    list::{Column as _, PeopleCell},
    person::Detail,
};
use jiff::Timestamp;
use web::speech::{self, say};

use super::standing;
use crate::{
    bulk,
    cells::{Cell, Col, Columns},
    custom,
    query::Pairs,
    view,
};

/// What a column shows.
#[derive(Debug, Clone)]
pub enum Show {
    One(PeopleCell),
    Detail(Detail),
    Field(Box<Definition>),
    /// Title, and department below it.
    Role,
    /// Who can log on, and what is not as it should be yet.
    Account,
}

/// What is read besides the people themselves, for those of a page at once.
pub struct Facts {
    held: Vec<Subscription>,
    active: HashMap<UserId, Timestamp>,
    /// The list, without its place: where a department leads.
    list: (Pairs, String),
}

impl Facts {
    /// Reads what the columns need.
    pub async fn read(
        tx: &mut ReadTx<'_>,
        tenant: &TenantRef,
        (people, columns): (&[User], &Columns<Show>),
        query: &Pairs,
    ) -> Result<Self, AppError> {
        let shows = |cell| columns.shown.iter().any(|c| matches!(c.show, Show::One(one) if one == cell));
        let ids: Vec<_> = people.iter().map(|user| user.id).collect();
        let held = if shows(PeopleCell::Plans) { tx.subscriptions_of(&ids).await? } else { Vec::new() };
        let active = match shows(PeopleCell::Activity) {
            true => tx.last_activity(tenant, people).await?,
            false => HashMap::new(),
        };
        let list = (query.without(&["after", "before"]), format!("/customers/{}/people", tenant.id));
        Ok(Self { held, active, list })
    }
}

/// The columns of the page.
pub fn of_page(query: &Pairs, fields: &[Definition]) -> Result<Columns<Show>, AppError> {
    use PeopleCell as P;
    let role = Col::new("title,department", say("column-role"), Show::Role).plain();
    let usual = vec![
        one(P::Name).plain(),
        one(P::Login).plain(),
        role,
        one(P::Plans).plain(),
        one(P::Created),
        account().plain(),
    ];
    Columns::read(query, all(fields), usual)
}

/// The columns of a file.
pub fn of_file(query: &Pairs, fields: &[Definition]) -> Result<Columns<Show>, AppError> {
    use PeopleCell as P;
    let usual = [P::Name, P::Login, P::LogonName, P::Mail, P::Title, P::Department, P::Plans, P::Created];
    let usual = usual.into_iter().map(one).chain([account()]).collect();
    Columns::read(query, all(fields), usual)
}

fn account() -> Col<Show> {
    Col::new("standing,state", say("column-state"), Show::Account)
}

fn one(cell: PeopleCell) -> Col<Show> {
    let name = say(match cell {
        PeopleCell::Name => "column-name",
        PeopleCell::GivenName => "field-given_name",
        PeopleCell::Surname => "field-surname",
        PeopleCell::Login => "column-login",
        PeopleCell::LogonName => "field-logon_name",
        PeopleCell::Mail => "field-mail",
        PeopleCell::Phone => "field-phone",
        PeopleCell::Title => "field-title",
        PeopleCell::Department => "field-department",
        PeopleCell::Manager => "subject-manager",
        PeopleCell::Plans => "column-plans",
        PeopleCell::Standing => "column-account",
        PeopleCell::State => "column-in-directory",
        PeopleCell::Created => "column-created",
        PeopleCell::Activated => "person-activated",
        PeopleCell::Activity => "column-activity",
    });
    Col::new(cell.code(), name, Show::One(cell))
}

fn all(fields: &[Definition]) -> Vec<Col<Show>> {
    let ones = PeopleCell::ALL.iter().map(|cell| one(*cell));
    let detail = |of: &Detail| Col::new(of.code(), bulk::column(of.code()), Show::Detail(*of));
    let custom = fields.iter().filter(|field| field.retired_at.is_none());
    let custom = custom.map(|field| {
        Col::new(&custom::name_of(field), field.label.clone(), Show::Field(Box::new(field.clone())))
    });
    ones.chain(Detail::ALL.iter().map(detail)).chain(custom).collect()
}

/// What a column shows of somebody.
pub fn cell(show: &Show, of: &User, facts: &Facts) -> Cell {
    let department = |name: &str| facts.list.0.with(&facts.list.1, "department", name);
    match show {
        Show::One(cell) => match &of.department {
            Some(name) if *cell == PeopleCell::Department => Cell::text(name).to(department(name)),
            _ => plain(*cell, of, facts),
        },
        Show::Role => {
            let name = of.department.as_deref().unwrap_or_default();
            Cell::of(of.title.as_ref()).below(name, Some(department(name)))
        }
        Show::Account => {
            let unsettled = of.provisioning.as_ref().and_then(|p| view::unsettled(p.state));
            Cell::states([standing(of)].into_iter().chain(unsettled))
        }
        Show::Detail(Detail::ExpiresAt) => {
            let text = of.details.get(&Detail::ExpiresAt).map(String::as_str).unwrap_or_default();
            Cell::text(text.parse().map_or_else(|_| text.to_owned(), speech::instant)).filed(text)
        }
        Show::Detail(detail) => Cell::of(of.details.get(detail)),
        Show::Field(field) => {
            let Some(value) = of.fields.get(&field.id) else { return Cell::default() };
            let shown = custom::shown(field, value);
            match field.kind {
                FieldKind::YesNo => Cell::text(shown),
                // A spreadsheet calculates with what it reads.
                _ => Cell::text(shown).filed(value),
            }
        }
    }
}

fn plain(cell: PeopleCell, of: &User, facts: &Facts) -> Cell {
    match cell {
        PeopleCell::Name => Cell::text(&of.display_name).to(format!("/people/{}", of.id)),
        PeopleCell::GivenName => Cell::of(of.given_name.as_ref()),
        PeopleCell::Surname => Cell::of(of.surname.as_ref()),
        PeopleCell::Login => Cell::text(&of.principal_name),
        PeopleCell::LogonName => Cell::of(of.logon_name.as_ref()),
        PeopleCell::Mail => Cell::of(of.mail.as_ref()),
        PeopleCell::Phone => Cell::of(of.phone.as_ref()),
        PeopleCell::Title => Cell::of(of.title.as_ref()),
        PeopleCell::Department => Cell::of(of.department.as_ref()),
        PeopleCell::Manager => of.manager.as_ref().map_or_else(Cell::default, |manager| {
            Cell::text(&manager.person.display_name).to(format!("/people/{}", manager.person.id))
        }),
        PeopleCell::Plans => {
            let own = facts.held.iter().filter(|held| held.user == Some(of.id));
            Cell::text(own.map(|held| held.name.as_str()).collect::<Vec<_>>().join(", "))
        }
        PeopleCell::Standing => Cell::states([standing(of)]),
        PeopleCell::State => Cell::states(of.provisioning.as_ref().map(|p| view::item_state(p.state))),
        PeopleCell::Created => Cell::at(of.created_at),
        PeopleCell::Activated => Cell::at(of.activated_at),
        PeopleCell::Activity => Cell::at(facts.active.get(&of.id).copied()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_name_of_its_own() {
        let all = all(&[]);
        assert_eq!(all.len(), PeopleCell::ALL.len() + Detail::ALL.len());
        let names: std::collections::BTreeSet<_> = all.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names.len(), all.len(), "two columns have the same name");
        let unnamed: Vec<_> = all.iter().filter(|column| column.name == column.code).collect();
        assert!(unnamed.is_empty(), "{unnamed:?}");
    }
}
