//! A plan of many people at once: given or taken as one request, after what it comes to
//! was shown.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    field::{FieldError, Rule},
    id::{RequestId, TenantId, UserId},
    limits,
    request::Lane,
    service::split_instance,
};
use serde_json::json;
use store::{
    Caller,
    catalogue::{Instance, Plan, QuotaKind, QuotaUse},
    objects::Edge,
    subscriptions::NewSubscription,
    tx::{Cause, Permit, ReadTx, TenantRef, WriteTx, act},
    views::{SeatSearch, SeatView},
};

use crate::{App, AppError, bundles};

/// Whom it is about.
#[derive(Debug, Clone)]
pub enum Chosen {
    /// These people.
    People(Vec<UserId>),
    /// Everybody whose name or login begins so, or everybody at all.
    All(Option<String>),
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// They get the plan.
    Give,
    /// They lose it.
    Take,
}

/// A plan of one instance of its service, in a customer.
#[derive(Debug, Clone)]
pub struct Seat {
    /// The newest version of the plan.
    pub plan: Plan,
    /// The instance.
    pub instance: Instance,
    /// There is more than one instance of the service.
    pub several: bool,
}

/// What it comes to.
#[derive(Debug, Clone)]
pub struct SeatsPreview {
    /// Code and name of the customer.
    pub customer: (String, String),
    /// The plan.
    pub seat: Seat,
    /// For how many people something changes.
    pub people: usize,
    /// The first of them, by name.
    pub named: Vec<String>,
    /// How many keep the plan, because a bundle gives it.
    pub kept: usize,
    /// How many are left out, because they are administrators of whom the caller may not.
    pub left_out: usize,
    /// The customer's own quotas that count it, as they are now.
    pub quotas: Vec<QuotaUse>,
}

/// What it came to.
#[derive(Debug, Clone)]
pub struct SeatsDone {
    /// The plan.
    pub seat: Seat,
    /// For how many people something changed.
    pub people: usize,
    /// How many keep the plan, because a bundle gives it.
    pub kept: usize,
    /// How many were left out, because they are administrators of whom the caller may not.
    pub left_out: usize,
    /// The one request; none when nothing changed for anybody.
    pub request: Option<RequestId>,
}

/// Who changes, and who does not.
struct People {
    changing: Vec<SeatView>,
    /// Of them, those who keep it with a bundle and lose only that it was given by hand.
    bundled: BTreeSet<UserId>,
    kept: usize,
    left_out: usize,
}

impl People {
    fn counts(&self) -> (usize, usize, usize) {
        let bundled = self.bundled.len();
        (self.changing.len() - bundled, self.kept + bundled, self.left_out)
    }

    fn done(&self, seat: Seat, request: Option<RequestId>) -> SeatsDone {
        let (people, kept, left_out) = self.counts();
        SeatsDone { seat, people, kept, left_out, request }
    }
}

impl Seat {
    /// The plan somebody named by its code, and the instance where there are several. To
    /// be given it has to be offered; what is offered no more can still be taken.
    pub async fn named(
        tx: &mut ReadTx<'_>,
        tenant: &TenantRef,
        text: &str,
        deed: Deed,
    ) -> Result<Self, AppError> {
        let (code, named) = split_instance(text);
        let plans = match deed {
            Deed::Give => tx.plans_for(tenant, &tenant.currency).await?,
            Deed::Take => tx.plans(&tenant.currency).await?,
        };
        let plan = plans.into_iter().find(|plan| plan.code == code && plan.per_user);
        let plan = plan.ok_or(AppError::NotFound("plan"))?;
        let mut of = tx.instances(tenant.id).await?;
        of.retain(|instance| instance.service == plan.service);
        let several = of.len() > 1;
        let instance = match named {
            Some(named) => of.into_iter().find(|instance| instance.code == named),
            None => of.pop().filter(|_| !several),
        };
        Ok(Self { plan, instance: instance.ok_or(AppError::NotFound("plan"))?, several })
    }

    /// Where people with or without it are looked for.
    #[must_use]
    pub fn search<'a>(&'a self, has: bool, search: Option<&'a str>) -> SeatSearch<'a> {
        SeatSearch { plan: &self.plan.code, group: self.instance.groups[0], has, search, only: None }
    }

    /// Its code, with the instance where there are several.
    #[must_use]
    pub fn code(&self) -> String {
        match self.several {
            true => format!("{}@{}", self.plan.code, self.instance.code),
            false => self.plan.code.clone(),
        }
    }
}

/// What giving or taking would come to. Nothing is changed.
pub async fn preview(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    plan: &str,
    (deed, chosen): (Deed, &Chosen),
) -> Result<SeatsPreview, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = tx.permit_people(&tenant)?;
    let seat = Seat::named(&mut tx, &tenant, plan, deed).await?;
    let people = people(&mut tx, &permit, &seat, deed, chosen).await?;
    let quotas = tx.quotas(customer).await?.into_iter().filter(|of| counts(of, &seat.plan)).collect();
    tx.finish().await?;
    let named = people.changing.iter().take(limits::PEOPLE_NAMED).map(|seat| seat.display_name.clone());
    let (changing, kept, left_out) = people.counts();
    Ok(SeatsPreview {
        customer: (tenant.code, tenant.name),
        named: named.collect(),
        people: changing,
        kept,
        left_out,
        quotas,
        seat,
    })
}

fn counts(of: &QuotaUse, plan: &Plan) -> bool {
    match of.quota.kind {
        QuotaKind::People => false,
        QuotaKind::Service => of.quota.subject == plan.service_code,
        QuotaKind::Plan => of.quota.subject == plan.code,
    }
}

/// Gives a plan to people who do not have it, or takes it from people who do. Billing begins with
/// the verification and ends now.
pub async fn change(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    plan: &str,
    (deed, chosen): (Deed, &Chosen),
    cause: &Cause,
) -> Result<SeatsDone, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let read = match tx.permit_people(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    if deed == Deed::Give {
        tx.hold_currency(&tenant).await?;
    }
    let seat = Seat::named(&mut tx, &tenant, plan, deed).await?;
    tx.lock_services(&[seat.plan.service], false).await?;
    let found = match people(&mut tx, &read, &seat, deed, chosen).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error, cause).await);
        }
    };
    if found.changing.is_empty() {
        return Ok(found.done(seat, None));
    }
    let ids: Vec<_> = found.changing.iter().map(|person| person.user).collect();
    let permit = match tx.accounts::<act::UserUpdate>(&tenant, &ids).await {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    // Somebody may have got or lost it while the accounts were waited for.
    let mut again = people(&mut tx, &read, &seat, deed, &Chosen::People(ids)).await?;
    again.kept += found.kept;
    again.left_out += found.left_out;
    if again.changing.is_empty() {
        return Ok(again.done(seat, None));
    }
    let kind = if deed == Deed::Give { "plans_give" } else { "plans_take" };
    let args = json!({ "name": seat.plan.name, "plan": seat.code(), "count": again.changing.len() });
    let lane = Lane::for_objects(again.changing.len());
    let request = tx.open_request(customer, kind, args, lane);
    match deed {
        Deed::Give => give(&mut tx, &permit, &seat, &again.changing).await?,
        Deed::Take => take(&mut tx, &permit, &seat, &again).await?,
    }
    let all: Vec<_> = again.changing.iter().map(|person| person.user.uuid()).collect();
    tx.settle_people(&all).await?;
    tx.commit(cause).await?;
    Ok(again.done(seat, Some(request)))
}

/// Gives a plan to people whose accounts are permitted, or takes it from them, as part of
/// something larger with an open request. Needs their services settled afterwards.
pub(crate) async fn change_within(
    tx: &mut WriteTx<'_>,
    read: &Permit<act::UserRead>,
    permit: &Permit<act::UserUpdate>,
    plan: &str,
    (deed, ids): (Deed, Vec<UserId>),
) -> Result<(), AppError> {
    let seat = Seat::named(tx, &permit.tenant, plan, deed).await?;
    tx.lock_services(&[seat.plan.service], false).await?;
    let found = people(tx, read, &seat, deed, &Chosen::People(ids)).await?;
    if found.changing.is_empty() {
        return Ok(());
    }
    match deed {
        Deed::Give => give(tx, permit, &seat, &found.changing).await,
        Deed::Take => take(tx, permit, &seat, &found).await,
    }
}

async fn give(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::UserUpdate>,
    seat: &Seat,
    people: &[SeatView],
) -> Result<(), AppError> {
    let (tenant, groups) = (&permit.tenant, &seat.instance.groups);
    // What came with a bundle alone stays when that goes.
    let present: Vec<_> = people.iter().filter_map(|person| person.subscription).collect();
    tx.set_direct(&present, true).await?;
    let new: Vec<_> = people.iter().filter(|person| person.subscription.is_none()).collect();
    let subscriptions: Vec<_> = new
        .iter()
        .map(|person| NewSubscription {
            id: tx.id(),
            user: Some(person.user),
            plan: seat.plan.id,
            order: None,
            group: groups[0],
            member: Some(person.object),
        })
        .collect();
    tx.subscribe(tenant.id, &tenant.time_zone, &subscriptions).await?;
    let edges =
        new.iter().flat_map(|person| groups.iter().map(move |g| Edge { group: *g, member: person.object }));
    tx.want_members_now(tenant.id, &edges.collect::<Vec<_>>(), true).await?;
    for person in people {
        tx.note_plan(tenant.id, person.user, &seat.plan.code, seat.plan.version, true);
    }
    Ok(())
}

async fn take(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::UserUpdate>,
    seat: &Seat,
    people: &People,
) -> Result<(), AppError> {
    let (tenant, groups) = (&permit.tenant, &seat.instance.groups);
    let held = |person: &SeatView| Some((person.user, person.subscription?));
    let (bundled, ended): (Vec<_>, Vec<_>) =
        people.changing.iter().filter_map(held).partition(|(user, _)| people.bundled.contains(user));
    tx.lock_work(groups).await?;
    tx.set_direct(&bundled.iter().map(|(_, id)| *id).collect::<Vec<_>>(), false).await?;
    tx.unsubscribe_all(permit, &ended).await?;
    // Another plan of the instance keeps people in its groups.
    let users: Vec<_> = ended.iter().map(|(user, _)| *user).collect();
    let rest = tx.subscriptions_of(&users).await?;
    let stay: BTreeSet<_> = rest.iter().filter(|s| s.group == groups[0]).filter_map(|s| s.user).collect();
    let leaving = people.changing.iter();
    let leaving = leaving.filter(|p| !people.bundled.contains(&p.user) && !stay.contains(&p.user));
    let edges = leaving.flat_map(|p| groups.iter().map(move |g| Edge { group: *g, member: p.object }));
    tx.want_members_now(tenant.id, &edges.collect::<Vec<_>>(), false).await?;
    for person in &people.changing {
        let version = person.version.unwrap_or(seat.plan.version);
        tx.note_plan(tenant.id, person.user, &seat.plan.code, version, false);
    }
    Ok(())
}

/// Those for whom something changes.
async fn people(
    tx: &mut ReadTx<'_>,
    permit: &Permit<act::UserRead>,
    seat: &Seat,
    deed: Deed,
    chosen: &Chosen,
) -> Result<People, AppError> {
    let (only, search) = match chosen {
        Chosen::People(ids) if ids.is_empty() => {
            return Err(AppError::field(FieldError::new("people", Rule::Required)));
        }
        Chosen::People(ids) => (Some(ids.as_slice()), None),
        Chosen::All(search) => (None, search.as_deref()),
    };
    let rows = limits::SEATS_AT_ONCE + 1;
    let which = SeatSearch { only, ..seat.search(deed == Deed::Take, search) };
    let mut found = tx.seat_views(permit, which, None, rows).await?;
    if let (Deed::Give, Some(only)) = (deed, only) {
        // Who has it with a bundle alone gets it by hand, where somebody named them.
        let with = SeatSearch { only: Some(only), ..seat.search(true, None) };
        let with = tx.seat_views(permit, with, None, rows).await?;
        found.extend(with.into_iter().filter(|person| !person.direct));
    }
    if found.len() > limits::SEATS_AT_ONCE as usize {
        let error = FieldError::new("people", Rule::TooMany).with("max", limits::SEATS_AT_ONCE);
        return Err(AppError::field(error));
    }
    let before = found.len();
    let may = |p: &SeatView| tx.may_account::<act::UserUpdate>(&permit.tenant, p.user, p.administrator);
    let (mut changing, refused): (Vec<_>, Vec<_>) = found.into_iter().partition(may);
    if changing.is_empty()
        && let Some(person) = refused.first()
    {
        // Nobody of them: who asked learns why.
        tx.permit_to::<act::UserUpdate>(&permit.tenant, person.user, person.administrator)?;
    }
    let left_out = before - changing.len();
    let (mut bundled, mut kept) = (BTreeSet::new(), 0);
    if deed == Deed::Take {
        let ids: Vec<_> = changing.iter().map(|person| person.user).collect();
        let mut assigned: BTreeMap<UserId, Vec<_>> = BTreeMap::new();
        for bundle in tx.assigned(&ids).await? {
            assigned.entry(bundle.user).or_default().push(bundle);
        }
        let given = |person: &SeatView| {
            let own = assigned.get(&person.user).map_or(&[][..], Vec::as_slice);
            bundles::gives(own, &seat.plan.code, &seat.instance.code)
        };
        let all = changing.len();
        changing.retain(|person| person.direct || !given(person));
        kept = all - changing.len();
        bundled = changing.iter().filter(|person| given(person)).map(|person| person.user).collect();
    }
    Ok(People { changing, bundled, kept, left_out })
}
