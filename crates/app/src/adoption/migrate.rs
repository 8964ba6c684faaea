//! What another panel exported, brought together with what a survey saw: one
//! adoption for each customer, and a report of what fits nothing.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    adoption::matching::{Keys, Matched, Rule as Match, find},
    field::{FieldError, Rule},
    id::{AdoptionId, SurveyId},
    limits,
    migration::{Assignment, Customer, Export, Person, service_key},
    person::Detail,
    spec::{Attribute, ObjectKind},
    tenant::TenantKind,
};
use store::{
    Caller, StoreError,
    surveys::{Survey, SurveyObject},
    tx::{Cause, Permit, TenantRef, WriteTx, act},
};
use uuid::Uuid;

use super::{AdoptionDraft, draft::Extra, export, keep, surveyed};
use crate::{App, AppError};

/// A migration as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct MigrationDraft {
    /// The files, as they are.
    pub customers: Vec<u8>,
    /// One row for each person.
    pub users: Vec<u8>,
    /// One row for each service somebody has.
    pub services: Vec<u8>,
    /// Codes of our plans for services of the export, as `Hosted Desktop/Standard`.
    pub plans: BTreeMap<String, String>,
    /// Sellers of the export by our codes, where they differ.
    pub sellers: BTreeMap<String, String>,
    /// By what rows and accounts are the same, in this order.
    pub rules: Vec<Match>,
}

/// What fits nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// The file and row; none for an object.
    pub row: Option<(&'static str, u64)>,
    /// What it is called.
    pub name: String,
    /// `no_object`, `no_row`, `several_candidates`, `differs` or `refused`.
    pub reason: &'static str,
    /// Why the customer was refused, or what of it stays as it is.
    pub errors: Vec<FieldError>,
}

/// What became of an export.
#[derive(Debug, Default)]
pub struct Migrated {
    /// Code of each customer with its adoption.
    pub adoptions: Vec<(String, AdoptionId)>,
    /// What fits nothing.
    pub leftovers: Vec<Leftover>,
}

/// Previews the adoption of every customer of an export.
pub async fn migrate(
    app: &App,
    caller: &Caller,
    survey: SurveyId,
    draft: &MigrationDraft,
    cause: &Cause,
) -> Result<Migrated, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (survey, permit) = match surveyed(&mut tx, survey).await {
        Ok(found) => found,
        Err((owner, error)) => {
            drop(tx);
            return Err(match owner {
                Some(owner) => app.note_denied(caller, owner, error, cause).await,
                None => error,
            });
        }
    };
    let export = export::read(&draft.customers, &draft.users, &draft.services).map_err(AppError::Invalid)?;
    let plans = mapped(draft, &export).map_err(AppError::Invalid)?;
    let containers = tx.survey_containers(&survey).await?;
    let mut work =
        Work { draft, plans, permit: &permit, survey: &survey, caller, migrated: Migrated::default() };
    let mut people: BTreeMap<&str, Vec<&Person>> = BTreeMap::new();
    for person in &export.people {
        people.entry(&person.customer).or_default().push(person);
    }
    let assignments = by_customer(&export);
    for customer in &export.customers {
        let people = people.remove(customer.code.as_str()).unwrap_or_default();
        let assigned = assignments.get(customer.code.as_str()).map_or(&[][..], Vec::as_slice);
        work.customer(&mut tx, customer, &containers, &people, assigned).await?;
    }
    let migrated = work.migrated;
    if migrated.adoptions.is_empty() {
        return Ok(migrated);
    }
    tx.commit(cause).await?;
    Ok(migrated)
}

/// Our plan for every service of the export, or the services that have none.
fn mapped(draft: &MigrationDraft, export: &Export) -> Result<BTreeMap<String, String>, Vec<FieldError>> {
    let plans: BTreeMap<_, _> = draft.plans.iter().map(|(s, plan)| (service_key(s), plan.clone())).collect();
    let mut missing = BTreeMap::new();
    for assignment in &export.assignments {
        if plan_of(&plans, &assignment.service).is_none() {
            missing.entry(service_key(&assignment.service)).or_insert(assignment);
        }
    }
    let errors = missing.into_values().map(|a| {
        let error = FieldError::new(format!("plans.{}", a.service), Rule::Required);
        error.with("row", a.line).with("column", "service").with("value", &a.service)
    });
    let errors: Vec<_> = errors.collect();
    if errors.is_empty() { Ok(plans) } else { Err(errors) }
}

/// The plan of `Service/Plan`, or of the service whatever its plan.
fn plan_of<'p>(plans: &'p BTreeMap<String, String>, service: &str) -> Option<&'p String> {
    let key = service_key(service);
    plans.get(&key).or_else(|| plans.get(key.split('/').next().unwrap_or_default()))
}

/// Assignments by customer; where a file names only the person, by that person's.
fn by_customer(export: &Export) -> BTreeMap<&str, Vec<&Assignment>> {
    let mut owners: BTreeMap<(Match, String), &str> = BTreeMap::new();
    for person in &export.people {
        for (rule, key) in &person.keys {
            owners.entry((*rule, key.to_lowercase())).or_insert(&person.customer);
        }
    }
    let mut all: BTreeMap<&str, Vec<&Assignment>> = BTreeMap::new();
    for assignment in &export.assignments {
        let by_user = || {
            let mut keys = assignment.user.iter().flatten();
            keys.find_map(|(rule, key)| owners.get(&(*rule, key.to_lowercase())).copied())
        };
        let owner = assignment.customer.as_deref().or_else(by_user).unwrap_or_default();
        all.entry(owner).or_default().push(assignment);
    }
    all
}

struct Work<'a> {
    draft: &'a MigrationDraft,
    plans: BTreeMap<String, String>,
    permit: &'a Permit<act::DirectoryAdopt>,
    survey: &'a Survey,
    caller: &'a Caller,
    migrated: Migrated,
}

impl Work<'_> {
    fn leave(&mut self, row: Option<(&'static str, u64)>, name: &str, reason: &'static str) {
        let leftover = Leftover { row, name: name.to_owned(), reason, errors: vec![] };
        self.migrated.leftovers.push(leftover);
    }

    async fn customer(
        &mut self,
        tx: &mut WriteTx<'_>,
        customer: &Customer,
        containers: &[SurveyObject],
        people: &[&Person],
        assigned: &[&Assignment],
    ) -> Result<(), AppError> {
        let row = Some(("customers", customer.line));
        let container = match container(customer, containers) {
            Ok(container) => container,
            Err(reason) => {
                self.leave(row, &customer.code, reason);
                return Ok(());
            }
        };
        let objects = tx.survey_subtree(self.survey, &container.dn, limits::ADOPTED_OBJECTS + 1).await?;
        let mut draft = AdoptionDraft { container: container.dn.clone(), ..AdoptionDraft::default() };
        match tx.tenant_by_code(&customer.code).await {
            // A part of it was taken over, or made, before.
            Ok(there) if there.kind == TenantKind::Customer => {
                let errors = self.differences(tx, customer, &there).await?;
                if !errors.is_empty() {
                    let (name, reason) = (customer.code.clone(), "differs");
                    self.migrated.leftovers.push(Leftover { row, name, reason, errors });
                }
                draft.into = Some(there.code);
                draft.rules = self.draft.rules.iter().map(|rule| rule.code().to_owned()).collect();
            }
            _ => {
                draft.code.clone_from(&customer.code);
                draft.name.clone_from(&customer.name);
                draft.billing_id.clone_from(&customer.billing_id);
                draft.seller = self.seller(customer);
            }
        }
        self.people(&mut draft, &objects, people);
        self.assign(&mut draft, &objects, assigned);
        match keep(tx, self.permit, self.survey, self.caller, &draft).await {
            Ok(id) => self.migrated.adoptions.push((customer.code.clone(), id)),
            Err(AppError::Invalid(errors)) => {
                let name = customer.code.clone();
                self.migrated.leftovers.push(Leftover { row, name, reason: "refused", errors });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The seller of a customer, by our code.
    fn seller(&self, customer: &Customer) -> Option<String> {
        let ours = |theirs| self.draft.sellers.get(theirs).unwrap_or(theirs).clone();
        customer.seller.as_ref().map(ours)
    }

    /// What the export says of a customer that is here already, and what is not so here. An
    /// adoption leaves that alone: who wants it otherwise changes or moves the customer.
    async fn differences(
        &self,
        tx: &mut WriteTx<'_>,
        customer: &Customer,
        there: &TenantRef,
    ) -> Result<Vec<FieldError>, AppError> {
        let seller = match there.path.iter().rev().nth(1) {
            // One that the caller cannot see is not theirs to name.
            Some(above) => match tx.tenant(*above).await {
                Ok(seller) => Some(seller.code),
                Err(StoreError::NotFound(_)) => None,
                Err(error) => return Err(error.into()),
            },
            None => None,
        };
        // What follows is about the customer again.
        tx.tenant(there.id).await?;
        let said = [
            ("name", Some(customer.name.clone()), Some(there.name.clone())),
            ("billing_id", customer.billing_id.clone(), there.billing_id.clone()),
            ("seller", self.seller(customer), seller),
        ];
        let other = said.into_iter().filter_map(|(field, said, holds)| {
            let said = said.filter(|said| Some(said) != holds.as_ref())?;
            let error = FieldError::new(field, Rule::Immutable).with("value", said);
            Some(error.with("present", holds.unwrap_or_default()))
        });
        Ok(other.collect())
    }

    /// Finds the account of every row, and tells the rest.
    fn people(&mut self, draft: &mut AdoptionDraft, objects: &[SurveyObject], people: &[&Person]) {
        let accounts = accounts(objects);
        let rows: Vec<_> = people.iter().map(|person| person.keys.clone()).collect();
        let mut seen = BTreeSet::new();
        for (person, matched) in people.iter().zip(find(&self.draft.rules, &rows, &accounts)) {
            let name = person.keys.values().next().map_or("", String::as_str);
            let row = Some(("users", person.line));
            match matched {
                Matched::One(id, _) => {
                    seen.insert(id);
                    draft.people.entry(id).or_default().external_id.clone_from(&person.external_id);
                }
                Matched::None => self.leave(row, name, "no_object"),
                Matched::Several(rule) => {
                    let key = person.keys.get(&rule).map(|key| key.to_lowercase());
                    let same = |keys: &Keys| keys.get(&rule).map(|k| k.to_lowercase()) == key;
                    draft.ambiguous.extend(accounts.iter().filter(|(_, keys)| same(keys)).map(|(id, _)| *id));
                    self.leave(row, name, "several_candidates");
                }
            }
        }
        let unknown = |o: &&SurveyObject| {
            o.kind == ObjectKind::User
                && o.owner.is_none()
                && !seen.contains(&o.external_id)
                && !draft.ambiguous.contains(&o.external_id)
        };
        let unknown: Vec<_> = objects.iter().filter(unknown).map(|o| o.dn.clone()).collect();
        for dn in unknown {
            self.leave(None, &dn, "no_row");
        }
    }

    fn assign(&mut self, draft: &mut AdoptionDraft, objects: &[SurveyObject], assigned: &[&Assignment]) {
        let mut index: BTreeMap<(Match, String), Uuid> = BTreeMap::new();
        for (id, keys) in accounts(objects) {
            index.extend(keys.into_iter().map(|(rule, key)| ((rule, key.to_lowercase()), id)));
        }
        for assignment in assigned {
            let Some(plan) = plan_of(&self.plans, &assignment.service).cloned() else { continue };
            let Some(user) = &assignment.user else {
                draft.customer_plans.insert(plan);
                continue;
            };
            let id = user.iter().find_map(|(rule, key)| index.get(&(*rule, key.to_lowercase())));
            match id {
                Some(id) => {
                    let extra: &mut Extra = draft.people.entry(*id).or_default();
                    extra.plans.insert(plan);
                }
                None => {
                    let name = user.values().next().map_or("", String::as_str);
                    self.leave(Some(("services", assignment.line)), name, "no_object");
                }
            }
        }
    }
}

/// What accounts can be found by.
fn accounts(objects: &[SurveyObject]) -> Vec<(Uuid, Keys)> {
    let rules = [
        (Match::PrincipalName, Attribute::PrincipalName),
        (Match::EmployeeId, Attribute::Detail(Detail::EmployeeId)),
        (Match::Mail, Attribute::Mail),
        (Match::LogonName, Attribute::LogonName),
    ];
    let keys = |o: &SurveyObject| {
        rules.iter().filter_map(|(rule, a)| Some((*rule, o.attributes.get(a)?.clone()))).collect()
    };
    objects.iter().filter(|o| o.kind == ObjectKind::User).map(|o| (o.external_id, keys(o))).collect()
}

/// The customer's container: where the file says, or the one with its code or name.
fn container<'o>(customer: &Customer, all: &'o [SurveyObject]) -> Result<&'o SurveyObject, &'static str> {
    let location = customer.location.as_deref().map(str::to_lowercase);
    if let Some(found) = location.as_ref().and_then(|dn| all.iter().find(|o| o.key() == *dn)) {
        return Ok(found);
    }
    let names = [Some(customer.code.to_lowercase()), Some(customer.name.to_lowercase())];
    for name in names.into_iter().flatten() {
        let named: Vec<_> = all.iter().filter(|o| o.name.to_lowercase() == name).collect();
        // A location that is only a name tells apart customers of one name.
        let within = |o: &&&SurveyObject| {
            location.as_ref().is_some_and(|l| {
                o.parent_key.split(',').any(|part| part.split_once('=').is_some_and(|(_, v)| v == l))
            })
        };
        let here: Vec<_> = named.iter().filter(within).collect();
        match (named.as_slice(), here.as_slice()) {
            ([one], _) => return Ok(*one),
            (_, [one]) => return Ok(**one),
            ([], _) => {}
            _ => return Err("several_candidates"),
        }
    }
    Err("no_object")
}
