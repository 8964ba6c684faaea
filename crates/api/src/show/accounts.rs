//! People, groups, members, subscriptions, links.

use app::{
    AppError,
    reading::{
        groups::RemovedGroup,
        subscriptions::Subscription,
        tx::TenantRef,
        users::User,
        views::{EffectiveView, GroupName, GroupView, MemberView, MembershipView, NestedView, PersonView},
    },
    users::{Created, CreatedUsers, Moving},
};
use domain::{
    custom::Definition,
    group::GroupKind,
    person::{Detail, Details},
    request::ItemState,
};
use jiff::Timestamp;
use web::{Links, Surface};
use wire::{
    common::{self, ActivationLink, UserRef},
    groups, users,
};

use super::{Viewer, provisioning, state, tenant_ref};

/// A person by name.
#[must_use]
pub fn person(of: &PersonView) -> UserRef {
    UserRef {
        id: of.id.to_string(),
        display_name: of.display_name.clone(),
        principal_name: of.principal_name.clone(),
    }
}

/// A link for a person.
pub async fn link(surface: &Surface, token: &str, expires_at: Timestamp) -> Result<ActivationLink, AppError> {
    Ok(link_of(&surface.links(token).await?, token, expires_at))
}

/// The same, of many people of one tenant.
#[must_use]
pub fn link_of(links: &Links, token: &str, expires_at: Timestamp) -> ActivationLink {
    ActivationLink { link: links.to(token), expires_at: expires_at.to_string() }
}

/// A subscription.
#[must_use]
pub fn subscription(of: &Subscription) -> users::Subscription {
    users::Subscription {
        id: of.id.to_string(),
        plan: of.plan.clone(),
        instance: of.instance.clone(),
        plan_version: of.version,
        name: of.name.clone(),
        ordered_at: of.created_at.to_string(),
        started_at: of.started_at.map(|at| at.to_string()),
        ended_at: None,
    }
}

/// A person with plans.
#[must_use]
pub fn user(
    of: &User,
    tenant: &TenantRef,
    fields: &[Definition],
    plans: &[Subscription],
    viewer: Viewer,
) -> users::User {
    let value = |field: &Definition| Some((field.key.clone(), of.fields.get(&field.id)?.clone()));
    users::User {
        id: of.id.to_string(),
        tenant: reference(tenant),
        given_name: of.given_name.clone(),
        surname: of.surname.clone(),
        display_name: of.display_name.clone(),
        principal_name: of.principal_name.clone(),
        logon_name: of.logon_name.clone(),
        mail: of.mail.clone(),
        phone: of.phone.clone(),
        title: of.title.clone(),
        department: of.department.clone(),
        manager: of.manager.as_ref().map(|manager| person(&manager.person)),
        details: details(&of.details),
        fields: fields.iter().filter_map(value).collect(),
        enabled: of.enabled,
        administrator: of.administrator,
        activated_at: of.activated_at.map(|at| at.to_string()),
        plans: plans.iter().filter(|s| s.user == Some(of.id)).map(subscription).collect(),
        version: of.version,
        created_at: of.created_at.to_string(),
        provisioning: of.provisioning.as_ref().map(|p| provisioning(p, viewer)),
        activation: None,
    }
}

/// What else is known, under the same names.
fn details(of: &Details) -> users::Details {
    let text = |detail| of.get(&detail).cloned();
    users::Details {
        initials: text(Detail::Initials),
        mobile: text(Detail::Mobile),
        home_phone: text(Detail::HomePhone),
        fax: text(Detail::Fax),
        pager: text(Detail::Pager),
        ip_phone: text(Detail::IpPhone),
        aliases: text(Detail::Aliases),
        office: text(Detail::Office),
        company: text(Detail::Company),
        employee_id: text(Detail::EmployeeId),
        employee_type: text(Detail::EmployeeType),
        external_id: text(Detail::ExternalId),
        street: text(Detail::Street),
        po_box: text(Detail::PoBox),
        postal_code: text(Detail::PostalCode),
        city: text(Detail::City),
        region: text(Detail::Region),
        country: text(Detail::Country),
        web_page: text(Detail::WebPage),
        notes: text(Detail::Notes),
        profile_path: text(Detail::ProfilePath),
        logon_script: text(Detail::LogonScript),
        home_folder: text(Detail::HomeFolder),
        home_drive: text(Detail::HomeDrive),
        logon_hours: text(Detail::LogonHours),
        expires_at: text(Detail::ExpiresAt),
    }
}

/// What a move comes to.
#[must_use]
pub fn moving(of: Moving) -> users::UserMovePreview {
    users::UserMovePreview {
        from: reference(&of.from),
        to: reference(&of.to),
        name: of.name,
        principal_name_before: of.principal_name.0,
        principal_name: of.principal_name.1,
        logon_name_before: of.logon_name.0,
        logon_name: of.logon_name.1,
        plans_ended: of.plans_ended,
        plans: of.plans,
        groups_left: of.groups_left,
        reports: of.reports,
        fields: of.fields,
    }
}

fn reference(tenant: &TenantRef) -> common::TenantRef {
    common::TenantRef { id: tenant.id.to_string(), code: tenant.code.clone(), name: tenant.name.clone() }
}

/// A person that was just created, from what was written: nothing is read again.
/// Links are left out of it; they are secrets, and not kept with an answer.
#[must_use]
pub fn created(of: &Created, all: &CreatedUsers) -> users::User {
    let (at, new) = (all.at.to_string(), &of.user);
    let plan = |p: &app::users::CreatedPlan| users::Subscription {
        id: p.id.to_string(),
        plan: p.code.clone(),
        instance: p.instance.clone(),
        plan_version: p.version,
        name: p.name.clone(),
        ordered_at: at.clone(),
        started_at: None,
        ended_at: None,
    };
    users::User {
        id: new.id.to_string(),
        tenant: reference(&all.tenant),
        given_name: new.given_name.clone(),
        surname: new.surname.clone(),
        display_name: new.display_name.clone(),
        principal_name: new.principal_name.clone(),
        logon_name: new.logon_name.clone(),
        mail: new.mail.clone(),
        phone: new.phone.clone(),
        title: new.title.clone(),
        department: new.department.clone(),
        manager: new.manager.as_ref().map(|manager| person(&manager.person)),
        details: details(&new.details),
        fields: of.fields.clone(),
        enabled: new.enabled,
        administrator: new.administrator,
        activated_at: None,
        plans: of.plans.iter().map(plan).collect(),
        version: 1,
        created_at: at.clone(),
        provisioning: Some(common::Provisioning {
            state: state(ItemState::Requested),
            generation: 1,
            request: Some(all.request.to_string()),
            problem: None,
        }),
        activation: None,
    }
}

/// A group.
#[must_use]
pub fn group(of: &GroupView, viewer: Viewer) -> groups::Group {
    let unknown = common::Provisioning {
        state: state(ItemState::Requested),
        generation: of.version,
        request: None,
        problem: None,
    };
    groups::Group {
        id: of.id.to_string(),
        tenant: tenant_ref(&of.tenant),
        name: of.name.clone(),
        logon_name: of.logon_name.clone(),
        description: of.description.clone(),
        kind: group_kind(of.kind),
        mail: of.mail.clone(),
        aliases: of.aliases.iter().flat_map(|all| all.split(' ')).map(str::to_owned).collect(),
        built_in: of.built_in,
        members: of.members,
        version: of.version,
        created_at: of.created_at.to_string(),
        provisioning: of.provisioning.as_ref().map_or(unknown, |p| provisioning(p, viewer)),
    }
}

/// A person in a group.
#[must_use]
pub fn member(of: &MemberView, viewer: Viewer) -> groups::Member {
    groups::Member {
        user: person(&of.user),
        wanted: of.wanted,
        until: of.until.map(|at| at.to_string()),
        provisioning: provisioning(&of.provisioning, viewer),
    }
}

/// What a group is for.
#[must_use]
pub const fn group_kind(kind: GroupKind) -> groups::GroupKind {
    match kind {
        GroupKind::Security => groups::GroupKind::Security,
        GroupKind::Distribution => groups::GroupKind::Distribution,
    }
}

/// A group by name.
#[must_use]
pub fn group_ref(of: &GroupName) -> groups::GroupRef {
    groups::GroupRef { id: of.id.to_string(), name: of.name.clone() }
}

/// A group in a group.
#[must_use]
pub fn nested(of: &NestedView, viewer: Viewer) -> groups::NestedGroup {
    groups::NestedGroup {
        group: group_ref(&of.group),
        wanted: of.wanted,
        until: of.until.map(|at| at.to_string()),
        provisioning: provisioning(&of.provisioning, viewer),
    }
}

/// A group somebody is in.
#[must_use]
pub fn held_group(of: &MembershipView, viewer: Viewer) -> groups::HeldGroup {
    groups::HeldGroup {
        group: group_ref(&of.group),
        built_in: of.built_in,
        wanted: of.wanted,
        until: of.until.map(|at| at.to_string()),
        provisioning: provisioning(&of.provisioning, viewer),
    }
}

/// Somebody who is in a group, and why.
#[must_use]
pub fn effective(of: &EffectiveView) -> groups::EffectiveMember {
    let through = of.through.iter().map(group_ref).collect();
    groups::EffectiveMember { user: person(&of.user), direct: of.direct, through }
}

/// A group that can be restored.
#[must_use]
pub fn removed_group(of: &RemovedGroup) -> groups::RemovedGroup {
    groups::RemovedGroup {
        id: of.group.id.to_string(),
        name: of.group.values.name.clone(),
        kind: group_kind(of.group.values.kind),
        removed_at: of.removed_at.to_string(),
        purge_at: of.purge_at.to_string(),
    }
}
