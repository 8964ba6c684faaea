//! People and groups of a customer that get what was found for them: what is wanted
//! of it from now on, and whose values hold.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    adoption::{Wins, user_spec},
    group::GroupKind,
    id::{GroupId, ObjectId, TargetId, TenantId, UserId},
    person::Detail,
    request::Lane,
    spec::{Attribute, GroupSpec, ObjectKind, Spec, UserSpec},
};
use store::{
    adoptions::{Linked, NewLink},
    groups::GroupValues,
    surveys::SurveyObject,
    tx::{Permit, WriteTx, act},
    users::{Name, User},
};
use uuid::Uuid;

use super::{Plan, ground::Ground, outcome::Outcome, refers::People, run::Build};
use crate::{AppError, error::Conflict};

/// Everybody who gets something.
#[derive(Default)]
pub(super) struct Links {
    pub objects: Vec<NewLink>,
    pub people: Vec<Linked<UserId, domain::adoption::Values>>,
    pub groups: Vec<Linked<GroupId, GroupValues>>,
    /// Names they take.
    pub names: Vec<(Name, Uuid)>,
    /// Names they had.
    old: Vec<(Name, Uuid)>,
    /// Plans people, or the customer (none), have already.
    pub plans: BTreeSet<(Option<UserId>, String)>,
}

impl Links {
    /// Whose account is touched only by those who may do so to an administrator's has to
    /// be asked for each of those; there are few.
    pub(super) async fn of(
        tx: &mut WriteTx<'_>,
        ground: &Ground,
        plan: &Plan,
        outcome: &Outcome,
        (build, refers): (&mut Build<'_>, &mut People),
    ) -> Result<Self, AppError> {
        let Some(customer) = &ground.customer else { return Ok(Self::default()) };
        let users: BTreeMap<_, _> = ground.users.iter().map(|(user, _)| (user.id.uuid(), user)).collect();
        let groups: BTreeMap<_, _> = ground.groups.iter().map(|group| (group.id.uuid(), group)).collect();
        let mut links = Self::default();
        let (mut of_people, mut of_groups) = (Vec::new(), Vec::new());
        for (decision, link, found) in outcome.matched(ObjectKind::User) {
            let Some((user, object)) = users.get(&link.whose).and_then(|user| Some((*user, user.object?)))
            else {
                return Err(AppError::Conflict(Conflict::PreviewStale));
            };
            if user.administrator {
                tx.account::<act::UserUpdate>(user.id).await?;
            }
            build.ours.insert(found.external_id, object);
            of_people.push((decision, link, found, user, object));
        }
        for (decision, link, found) in outcome.matched(ObjectKind::Group) {
            let Some(group) = groups.get(&link.whose) else {
                return Err(AppError::Conflict(Conflict::PreviewStale));
            };
            build.ours.insert(found.external_id, group.object);
            of_groups.push((decision, link, found, *group));
        }
        let objects: Vec<_> =
            of_people.iter().map(|p| p.4).chain(of_groups.iter().map(|(.., group)| group.object)).collect();
        let present: BTreeMap<_, _> = tx.specs(&objects).await?.into_iter().collect();
        let directory_wins = plan.wins() == Wins::Directory;
        for (decision, link, found, user, object) in of_people {
            let values = decision.values.clone().filter(|_| directory_wins);
            if let Some(values) = &values {
                links.rename(build.target(), user, (&values.principal_name, &values.logon_name));
            }
            let mut spec = person_spec(present.get(&object), found, build.parent(found), directory_wins)?;
            if let Spec::User(wanted) = &mut spec
                && directory_wins
                && wanted.manager.is_none()
            {
                (wanted.manager, wanted.foreign_manager) = refers.manager_of_linked(found, user.id).wanted();
            }
            links.object(object, found, spec, directory_wins);
            let differences = link.differences.clone();
            links.people.push(Linked { id: user.id, values, differences, dn: found.dn.clone() });
        }
        for (_, link, found, group) in of_groups {
            let values = directory_wins.then(|| group_values(found));
            if let Some(logon) = found.attributes.get(&Attribute::LogonName).filter(|_| directory_wins) {
                links.take(build.target(), group.id.uuid(), (logon, &group.logon_name));
            }
            let (before, parent) = (present.get(&group.object), build.parent(found));
            let mut spec = group_spec(before, found, parent, directory_wins)?;
            if let Spec::Group(wanted) = &mut spec
                && directory_wins
                && wanted.owner.is_none()
            {
                (wanted.owner, wanted.foreign_owner) = refers.owner(found, group.id, true).wanted();
            }
            links.object(group.object, found, spec, directory_wins);
            let differences = link.differences.clone();
            links.groups.push(Linked { id: group.id, values, differences, dn: found.dn.clone() });
        }
        let people: Vec<_> = links.people.iter().map(|person| person.id).collect();
        links.plans = tx.plans_held(customer.id, &people).await?.into_iter().collect();
        Ok(links)
    }

    fn object(&mut self, object: ObjectId, found: &SurveyObject, spec: Spec, only_marked: bool) {
        let (external_id, dn) = (found.external_id, found.dn.clone());
        self.objects.push(NewLink { object, external_id, dn, spec, only_marked });
    }

    fn rename(&mut self, target: TargetId, user: &User, (principal, logon): (&str, &str)) {
        let owner = user.id.uuid();
        if *principal != user.principal_name {
            self.names.push((Name::principal(principal), owner));
            self.old.push((Name::principal(&user.principal_name), owner));
        }
        self.take(target, owner, (logon, user.logon_name.as_deref().unwrap_or_default()));
    }

    fn take(&mut self, target: TargetId, owner: Uuid, (new, old): (&str, &str)) {
        if !new.eq_ignore_ascii_case(old) {
            self.names.push((Name::logon(target, new), owner));
            self.old.push((Name::logon(target, old), owner));
        }
    }

    /// Within the opened request.
    pub(super) async fn write(
        &self,
        tx: &mut WriteTx<'_>,
        adopt: &Permit<act::DirectoryAdopt>,
        (customer, target): (TenantId, TargetId),
        lane: Lane,
    ) -> Result<(), AppError> {
        if !tx.link_objects(adopt, (customer, target), &self.objects, lane).await? {
            return Err(AppError::Conflict(Conflict::PreviewStale));
        }
        tx.release_names(&self.old).await?;
        tx.link_people(adopt, customer, &self.people).await?;
        tx.link_groups(adopt, customer, &self.groups).await?;
        Ok(())
    }
}

/// It lies where it was found, whoever wins.
fn person_spec(
    present: Option<&Spec>,
    found: &SurveyObject,
    parent: Option<ObjectId>,
    directory_wins: bool,
) -> Result<Spec, AppError> {
    let Some(Spec::User(before)) = present else { return Err(AppError::Conflict(Conflict::PreviewStale)) };
    let parent = parent.unwrap_or(before.parent);
    if !directory_wins {
        return Ok(Spec::User(UserSpec { parent, ..before.clone() }));
    }
    let shown = user_spec(&found.attributes, parent);
    Ok(Spec::User(UserSpec {
        manager: before.manager,
        foreign_manager: shown.foreign_manager && before.manager.is_none(),
        service_details: before.service_details.clone(),
        ..shown
    }))
}

fn group_spec(
    present: Option<&Spec>,
    found: &SurveyObject,
    parent: Option<ObjectId>,
    directory_wins: bool,
) -> Result<Spec, AppError> {
    let Some(Spec::Group(before)) = present else { return Err(AppError::Conflict(Conflict::PreviewStale)) };
    let parent = parent.unwrap_or(before.parent);
    if !directory_wins {
        return Ok(Spec::Group(GroupSpec { parent, ..before.clone() }));
    }
    let values = group_values(found);
    let logon = found.attributes.get(&Attribute::LogonName).cloned().unwrap_or_default();
    Ok(Spec::Group(GroupSpec {
        description: values.description,
        group_kind: values.kind,
        mail: values.mail,
        aliases: values.aliases,
        owner: before.owner,
        ..GroupSpec::security(parent, found.name.clone(), logon)
    }))
}

/// What the directory shows of a group.
pub(super) fn group_values(found: &SurveyObject) -> GroupValues {
    let shown = |attribute| found.attributes.get(&attribute).cloned();
    GroupValues {
        name: found.name.clone(),
        description: shown(Attribute::Description),
        kind: shown(Attribute::GroupKind).and_then(|kind| GroupKind::from_code(&kind)).unwrap_or_default(),
        mail: shown(Attribute::Mail),
        aliases: shown(Attribute::Detail(Detail::Aliases)),
    }
}
