//! Templates of groups: what they say, and groups made from them, one or hundreds.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    field::{FieldError, Rule},
    group::membership_end,
    group_template::{Home, OwnersRule, Template, TemplateDraft, Trait, Values},
    id::{GroupId, ObjectId, RequestId, TenantId, UserId},
    limits,
    request::Lane,
    spec::{GroupSpec, Spec},
};
use jiff::Timestamp;
use serde_json::json;
use store::{
    Caller,
    groups::{Alike, Change, GroupPurpose, GroupValues, InForce, MemberRef, NewGroup},
    objects::{Entity, NewObject},
    tx::{Cause, Permit, TenantRef, WriteTx, act},
    users::Name,
};

use super::{GroupDraft, check_addresses, group_logon_name, rdn, with_values};
use crate::{Answer, App, AppError, Repeat, repeat};

/// For what groups are to be made.
#[derive(Debug, Clone, Default)]
pub struct TemplateUse {
    /// What each group stands for; everything there is among the people when empty.
    pub values: Vec<BTreeMap<String, String>>,
    /// Only look.
    pub preview: bool,
}

/// A group a template gives.
#[derive(Debug, Clone)]
pub struct FromTemplate {
    /// Its id; that it will have is not known before it is made.
    pub id: Option<GroupId>,
    /// There is one of this name already: nothing is made of it.
    pub exists: bool,
    /// What is said of it.
    pub values: GroupValues,
    /// What of people it stands for.
    pub stands_for: Values,
    /// How many people are put into it.
    pub people: usize,
    /// Who owns it.
    pub owners: Vec<UserId>,
    /// The groups it is put into.
    pub member_of: Vec<String>,
    /// When the memberships end.
    pub until: Option<Timestamp>,
}

/// What was made, or would be.
#[derive(Debug, Clone)]
pub struct MadeGroups {
    /// The groups.
    pub groups: Vec<FromTemplate>,
    /// The request that makes them; none when there was nothing to make.
    pub request: Option<RequestId>,
}

/// The templates that hold for a tenant.
pub async fn list(app: &App, caller: &Caller, tenant: TenantId) -> Result<Vec<InForce>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = tx.permit::<act::TenantRead>(&tenant)?;
    let all = tx.group_templates(&permit, None).await?;
    tx.finish().await?;
    Ok(all)
}

/// Says a template at a tenant, for itself and all below it.
pub async fn put(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    code: &str,
    draft: &TemplateDraft,
    cause: &Cause,
) -> Result<InForce, AppError> {
    let template = draft.check(code).map_err(AppError::Invalid)?;
    let (mut tx, permit) = manage(app, caller, tenant, cause).await?;
    if tx.count_group_templates(&permit, &template.code).await? >= limits::GROUP_TEMPLATES {
        let error = FieldError::new("code", Rule::TooMany).with("max", limits::GROUP_TEMPLATES);
        return Err(AppError::field(error));
    }
    tx.put_group_template(&permit, &template).await?;
    tx.commit(cause).await?;
    Ok(InForce { template, own: true })
}

/// Takes back what a tenant said; groups that were made stay.
pub async fn remove(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    code: &str,
    cause: &Cause,
) -> Result<(), AppError> {
    let (mut tx, permit) = manage(app, caller, tenant, cause).await?;
    if !tx.remove_group_template(&permit, code).await? {
        return Err(AppError::NotFound("group template"));
    }
    tx.commit(cause).await?;
    Ok(())
}

/// Makes the groups a template gives, or only tells which those are. What there is by its
/// name already is left as it is, so that the same may be asked again when people of
/// another department have come. If one cannot be made, none is.
pub async fn create(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    code: &str,
    wish: &TemplateUse,
    repeated: Option<&Repeat<'_, MadeGroups>>,
    cause: &Cause,
) -> Result<Answer<MadeGroups>, AppError> {
    let (mut tx, permit) = manage(app, caller, customer, cause).await?;
    if !wish.preview
        && let Some(answer) = repeat::before(&mut tx, repeated).await?
    {
        return Ok(answer);
    }
    let tenant = permit.tenant.clone();
    if tenant.target.is_none() {
        return Err(AppError::NotFound("customer"));
    }
    let readable = tx.permit::<act::TenantRead>(&tenant)?;
    let template = tx.group_templates(&readable, Some(code)).await?.pop();
    let template = template.ok_or(AppError::NotFound("group template"))?.template;
    let mut plan = Plan::draw(&mut tx, &permit, caller.user(), &template, wish).await?;
    let fresh = plan.groups.iter().filter(|group| !group.exists).count();
    if wish.preview || fresh == 0 {
        let made = MadeGroups { groups: plan.groups, request: None };
        if !wish.preview && repeated.is_some() {
            repeat::keep(&mut tx, repeated, &made).await?;
            tx.commit(cause).await?;
        }
        return Ok(Answer::Done(made));
    }
    let request = plan.make(&mut tx, &permit, code).await?;
    let made = MadeGroups { groups: plan.groups, request: Some(request) };
    repeat::keep(&mut tx, repeated, &made).await?;
    tx.commit(cause).await?;
    Ok(Answer::Done(made))
}

/// A transaction in which groups of a tenant may be managed; a refused attempt is noted.
async fn manage<'s>(
    app: &'s App,
    caller: &'s Caller,
    tenant: TenantId,
    cause: &Cause,
) -> Result<(WriteTx<'s>, Permit<act::GroupManage>), AppError> {
    let mut tx = app.store.write(caller).await?;
    let found = tx.tenant(tenant).await?;
    match tx.permit::<act::GroupManage>(&found) {
        Ok(permit) => Ok((tx, permit)),
        Err(error) => {
            drop(tx);
            Err(app.note_denied(caller, tenant, error.into(), cause).await)
        }
    }
}

/// Groups to be made, with what they need.
struct Plan {
    groups: Vec<FromTemplate>,
    /// The people of each, in the same order.
    alike: Vec<Alike>,
    /// Groups that are there, by name in lower case.
    outer: BTreeMap<String, (GroupId, ObjectId)>,
    /// Accounts of owners.
    accounts: BTreeMap<UserId, ObjectId>,
    /// Ids of the groups that are new, in the same order; of the others it is not used.
    ids: Vec<(GroupId, ObjectId)>,
}

impl Plan {
    /// What a template gives here and now; refused when one of its groups cannot be made.
    async fn draw(
        tx: &mut WriteTx<'_>,
        permit: &Permit<act::GroupManage>,
        maker: UserId,
        template: &Template,
        wish: &TemplateUse,
    ) -> Result<Self, AppError> {
        let tenant = &permit.tenant;
        let traits: Vec<_> = template.traits().into_iter().collect();
        let found = match template.needs_people() {
            true => tx.people_alike(permit, &traits).await?,
            false => vec![Alike::default()],
        };
        let alike = chosen(found, &traits, &wish.values)?;
        let until = membership_end("", None, template.days, tx.now()).map_err(AppError::field)?;
        let owners = Self::owners(tx, tenant, maker, template.owners, &alike).await?;
        let mut errors = Vec::new();
        let mut groups = Vec::with_capacity(alike.len());
        for (i, (of, owners)) in alike.iter().zip(owners).enumerate() {
            match filled(tenant, template, of) {
                Ok((values, member_of)) => groups.push(FromTemplate {
                    id: None,
                    exists: false,
                    values,
                    stands_for: of.values.clone(),
                    people: if template.people { of.people.len() } else { 0 },
                    owners,
                    member_of,
                    until,
                }),
                Err(more) => {
                    let told = of.values.values().cloned().collect::<Vec<_>>().join(", ");
                    errors.extend(
                        more.into_iter().map(|e| e.with("for", &told).under(&format!("groups[{i}]"))),
                    );
                }
            }
        }
        refuse(errors)?;
        let ids = groups.iter().map(|_| (tx.id(), tx.id())).collect();
        let mut plan = Self { groups, alike, outer: BTreeMap::new(), accounts: BTreeMap::new(), ids };
        plan.compare(tx, tenant).await?;
        let owners: BTreeSet<_> = plan.groups.iter().flat_map(|g| g.owners.iter().copied()).collect();
        let members: Vec<_> = owners.iter().map(|owner| MemberRef::User(*owner)).collect();
        let accounts = tx.member_objects(tenant.id, &members).await?;
        plan.accounts = owners
            .into_iter()
            .filter_map(|owner| Some((owner, accounts.get(&MemberRef::User(owner))?.0)))
            .collect();
        Ok(plan)
    }

    /// Who owns each group.
    async fn owners(
        tx: &mut WriteTx<'_>,
        tenant: &TenantRef,
        maker: UserId,
        rule: OwnersRule,
        alike: &[Alike],
    ) -> Result<Vec<Vec<UserId>>, AppError> {
        let wanted: Vec<Vec<UserId>> = match rule {
            OwnersRule::Nobody => return Ok(vec![vec![]; alike.len()]),
            OwnersRule::Creator => vec![vec![maker]; alike.len()],
            OwnersRule::Managers => alike.iter().map(|of| of.managers.clone()).collect(),
        };
        let all: BTreeSet<_> = wanted.iter().flatten().copied().collect();
        let known = tx.people_of(tenant.id, &all.into_iter().collect::<Vec<_>>()).await?;
        let mut owners = wanted;
        for owners in &mut owners {
            owners.retain(|owner| known.contains(owner));
            owners.truncate(limits::GROUP_OWNERS);
        }
        Ok(owners)
    }

    /// Compares with the groups there are: which exist, which names are free, and where
    /// the new ones are to go.
    async fn compare(&mut self, tx: &mut WriteTx<'_>, tenant: &TenantRef) -> Result<(), AppError> {
        let own = self.groups.iter().map(|group| group.values.name.clone());
        let outer = self.groups.iter().flat_map(|group| group.member_of.iter().cloned());
        let names: Vec<_> = own.chain(outer).collect();
        self.outer = tx.groups_named(tenant.id, &names).await?.into_iter().collect();
        let mut errors = Vec::new();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (i, group) in self.groups.iter_mut().enumerate() {
            let name = group.values.name.to_lowercase();
            let error = |field: &str, rule| FieldError::new(format!("groups[{i}].{field}"), rule);
            group.exists = self.outer.contains_key(&name);
            group.id = self.outer.get(&name).map(|(id, _)| *id);
            if let Some(other) = seen.insert(name, i) {
                let error = error("name", Rule::Duplicate).with("value", &group.values.name);
                errors.push(error.with("other", format!("groups[{other}]")));
            }
            for outer in
                group.member_of.iter().filter(|outer| !self.outer.contains_key(&outer.to_lowercase()))
            {
                errors.push(error("member_of", Rule::Unknown).with("value", outer));
            }
        }
        refuse(errors)?;
        let Some(target) = tenant.target else { return Err(AppError::NotFound("customer")) };
        let fresh: Vec<_> = (0..self.groups.len()).filter(|i| !self.groups[*i].exists).collect();
        let logon = |i: &usize| group_logon_name(&rdn(tenant, &self.groups[*i].values.name));
        let names: Vec<_> =
            fresh.iter().map(|i| (Name::logon(target, &logon(i)), self.ids[*i].0.uuid())).collect();
        let taken = if names.is_empty() { Vec::new() } else { tx.reserve(tenant.id, &names).await? };
        refuse(taken.into_iter().map(|place| {
            let i = fresh[place];
            let error = FieldError::new(format!("groups[{i}].name"), Rule::Taken);
            error.with("value", &self.groups[i].values.name)
        }))
    }

    /// Makes what is new, within one request.
    async fn make(
        &mut self,
        tx: &mut WriteTx<'_>,
        permit: &Permit<act::GroupManage>,
        code: &str,
    ) -> Result<RequestId, AppError> {
        let tenant = &permit.tenant;
        let (Some(target), Some(folder)) = (tenant.target, tenant.folder) else {
            return Err(AppError::NotFound("customer"));
        };
        let fresh: Vec<_> = (0..self.groups.len()).filter(|i| !self.groups[*i].exists).collect();
        let (mut objects, mut groups, mut owners) = (Vec::new(), Vec::new(), Vec::new());
        for i in &fresh {
            let (group, (id, object)) = (&mut self.groups[*i], self.ids[*i]);
            group.id = Some(id);
            let plain = GroupSpec::security(folder, String::new(), String::new());
            let owner = group.owners.first().and_then(|owner| self.accounts.get(owner)).copied();
            let spec = Spec::Group(GroupSpec { owner, ..with_values(plain, tenant, &group.values) });
            let entity = (Entity::Group, id.uuid());
            objects.push(NewObject { id: object, tenant: tenant.id, target, entity, spec });
            let values = group.values.clone();
            groups.push(NewGroup { id, object, purpose: GroupPurpose::Custom, values });
            owners.push((id, group.owners.clone()));
        }
        let filled = self.filled(&fresh);
        let steps = objects.len() + filled.iter().map(|(_, _, changes)| changes.len()).sum::<usize>();
        let lane = Lane::for_objects(steps);
        let args = json!({ "template": code, "count": groups.len() });
        let request = tx.open_request(tenant.id, "groups_create", args, lane);
        tx.want_new(&objects, lane).await?;
        tx.insert_groups(permit, &groups).await?;
        tx.own_new_groups(permit, &owners).await?;
        for (_, outer, changes) in &filled {
            let inner = changes.iter().filter(|change| matches!(change.member, MemberRef::Group(_)));
            let inner: Vec<_> = inner.map(|change| change.object).collect();
            let refused = tx.check_nesting(tenant.id, *outer, &inner).await?;
            refuse(
                refused
                    .into_iter()
                    .take(1)
                    .map(|(_, rule)| FieldError::new("member_of", rule).with("max", limits::GROUP_DEPTH)),
            )?;
        }
        tx.fill_groups(tenant, &filled).await?;
        Ok(request)
    }

    /// The people of the new groups, and the new groups in those they are put into.
    fn filled(&self, fresh: &[usize]) -> Vec<(GroupId, ObjectId, Vec<Change>)> {
        let mut outer: BTreeMap<(GroupId, ObjectId), Vec<Change>> = BTreeMap::new();
        let mut filled = Vec::new();
        for i in fresh {
            let (group, (id, object)) = (&self.groups[*i], self.ids[*i]);
            let change = |member, object| Change { member, object, wanted: true, until: group.until };
            let people = self.alike[*i].people.iter().take(group.people);
            let people: Vec<_> =
                people.map(|(user, account)| change(MemberRef::User(*user), *account)).collect();
            if !people.is_empty() {
                filled.push((id, object, people));
            }
            for name in &group.member_of {
                if let Some(above) = self.outer.get(&name.to_lowercase()) {
                    outer.entry(*above).or_default().push(change(MemberRef::Group(id), object));
                }
            }
        }
        filled.extend(outer.into_iter().map(|((id, object), changes)| (id, object, changes)));
        filled
    }
}

/// Those of the people somebody named values for; values nobody has give a group, too.
fn chosen(
    found: Vec<Alike>,
    traits: &[Trait],
    values: &[BTreeMap<String, String>],
) -> Result<Vec<Alike>, AppError> {
    let names = traits.iter().map(|t| t.code()).collect::<Vec<_>>().join(", ");
    let too_many = |n: usize| n > limits::GROUPS_PER_REQUEST;
    if values.is_empty() {
        if found.is_empty() && traits.is_empty() {
            return Ok(vec![Alike::default()]);
        }
        if found.is_empty() {
            return Err(AppError::field(FieldError::new("values", Rule::Required).with("known", names)));
        }
        if too_many(found.len()) {
            let error = FieldError::new("values", Rule::TooMany).with("max", limits::GROUPS_PER_REQUEST);
            return Err(AppError::field(error));
        }
        return Ok(found);
    }
    if too_many(values.len()) {
        let error = FieldError::new("values", Rule::TooMany).with("max", limits::GROUPS_PER_REQUEST);
        return Err(AppError::field(error));
    }
    let key = |values: &Values| values.values().map(|value| value.to_lowercase()).collect::<Vec<_>>();
    let mut found: BTreeMap<_, _> = found.into_iter().map(|alike| (key(&alike.values), alike)).collect();
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for (i, given) in values.iter().enumerate() {
        for name in given.keys().filter(|name| traits.iter().all(|t| t.code() != name.as_str())) {
            let error = FieldError::new(format!("values[{i}].{name}"), Rule::Unknown);
            errors.push(error.with("known", &names));
        }
        let mut these = Values::new();
        for of in traits {
            let field = format!("values[{i}].{}", of.code());
            let text = given.get(of.code()).map_or("", String::as_str);
            match domain::names::line(&field, text, limits::ATTRIBUTE_CHARS) {
                Ok(value) => drop(these.insert(*of, value)),
                Err(error) => errors.push(error),
            }
        }
        let of = found.remove(&key(&these)).unwrap_or_default();
        all.push(Alike { values: these, ..of });
    }
    refuse(errors)?;
    Ok(all)
}

/// What is said of the group for some people, and which groups it goes into.
fn filled(
    tenant: &TenantRef,
    template: &Template,
    of: &Alike,
) -> Result<(GroupValues, Vec<String>), Vec<FieldError>> {
    let suffix = tenant.suffixes.first().map_or("", String::as_str);
    let home = Home { code: &tenant.code, name: &tenant.name, suffix };
    let draft = GroupDraft {
        name: template.name_of(&home, &of.values),
        description: template.description_of(&home, &of.values),
        kind: Some(template.kind.code().to_owned()),
        mail: template.mail_of(&home, &of.values),
        aliases: None,
    };
    let values = draft.check()?;
    check_addresses(tenant, None, &values)?;
    Ok((values, template.outer_of(&home, &of.values)))
}

fn refuse(errors: impl IntoIterator<Item = FieldError>) -> Result<(), AppError> {
    let errors: Vec<_> = errors.into_iter().collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
}
