//! What an adoption is decided on: whose the directory is, who sells, and what a
//! customer that exists has already.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use domain::{
    adoption::{Existing, Known, Values, matching::Rule as Match},
    person::Detail,
    spec::{Attribute, ObjectKind},
};
use store::{
    adoptions::KnownGroup,
    surveys::Survey,
    tx::{TenantRef, WriteTx},
    users::User,
};

use super::Plan;
use crate::{AppError, error::Conflict};

/// Read anew for the preview and for the run.
pub(super) struct Ground {
    /// Whose the directory is.
    pub owner: TenantRef,
    /// Below whom the customer stands, or will.
    pub seller: TenantRef,
    /// The customer that exists.
    pub customer: Option<TenantRef>,
    /// Its people, and whether they have their account.
    pub users: Vec<(User, bool)>,
    /// Its groups.
    pub groups: Vec<KnownGroup>,
}

impl Ground {
    /// What was surveyed for somebody else, and a customer that lives elsewhere by
    /// now, are nothing that was shown.
    pub(super) async fn of(tx: &mut WriteTx<'_>, survey: &Survey, plan: &Plan) -> Result<Self, AppError> {
        let stale = || AppError::Conflict(Conflict::PreviewStale);
        let (target, owner) = tx.directory_owner(&survey.directory).await.map_err(|_| stale())?;
        if (target, owner) != (survey.target, survey.tenant) {
            return Err(stale());
        }
        let owner = tx.tenant(owner).await?;
        let seller = tx.tenant(plan.seller).await?;
        let (mut users, mut groups) = (Vec::new(), Vec::new());
        let customer = match plan.into {
            None => None,
            Some(id) => {
                let customer = tx.tenant(id).await?;
                let stands_there = customer.path.iter().rev().nth(1) == Some(&seller.id);
                if customer.target != Some(survey.target) || !stands_there {
                    return Err(stale());
                }
                if tx.directory_move(id).await?.is_some_and(|moving| moving.ended_at.is_none()) {
                    return Err(AppError::Conflict(Conflict::MoveOpen));
                }
                users = tx.people_to_link(id, survey.target).await?;
                groups = tx.groups_to_link(id).await?;
                Some(customer)
            }
        };
        Ok(Self { owner, seller, customer, users, groups })
    }

    /// Who may get an account of those that are found.
    pub(super) fn into(&self, plan: &Plan) -> Option<Existing> {
        self.customer.as_ref()?;
        let people = self.users.iter().filter_map(|(user, is_linked)| person(user, *is_linked));
        let groups = self.groups.iter().filter(|group| !group.is_built_in).map(group);
        Some(Existing { rules: plan.rules(), wins: plan.wins(), known: people.chain(groups).collect() })
    }

    /// Names of groups the customer has, in lower case.
    pub(super) fn group_names(&self) -> BTreeSet<String> {
        self.groups.iter().map(|group| group.values.name.to_lowercase()).collect()
    }

    /// What has to be as it was when it was shown, beside the decisions.
    pub(super) fn stamp(&self) -> String {
        let mut text = String::new();
        let customer = self.customer.as_ref();
        let place = customer.map(|c| (c.id, c.folder, c.members, c.status.code()));
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{} {:?} {place:?}", self.owner.id, self.seller.path);
        text
    }
}

fn person(user: &User, is_linked: bool) -> Option<Known> {
    let object = user.object?;
    let values = known_values(user);
    let keys = [
        (Match::Marker, Some(object.to_string())),
        (Match::PrincipalName, Some(user.principal_name.clone())),
        (Match::EmployeeId, user.details.get(&Detail::EmployeeId).cloned()),
        (Match::ExternalId, user.details.get(&Detail::ExternalId).cloned()),
        (Match::Mail, user.mail.clone()),
        (Match::LogonName, user.logon_name.clone()),
    ];
    let names = [Some(&user.principal_name), user.logon_name.as_ref()];
    Some(Known {
        id: user.id.uuid(),
        kind: ObjectKind::User,
        name: user.display_name.clone(),
        is_linked,
        keys: keys.into_iter().filter_map(|(rule, key)| Some((rule, key?))).collect(),
        names: names.into_iter().flatten().map(|name| name.to_lowercase()).collect(),
        shown: values.shown(),
    })
}

fn known_values(user: &User) -> Values {
    Values {
        given_name: user.given_name.clone(),
        surname: user.surname.clone(),
        display_name: user.display_name.clone(),
        principal_name: user.principal_name.clone(),
        logon_name: user.logon_name.clone().unwrap_or_default(),
        mail: user.mail.clone(),
        phone: user.phone.clone(),
        title: user.title.clone(),
        department: user.department.clone(),
        enabled: user.enabled,
        details: user.details.clone(),
    }
}

fn group(group: &KnownGroup) -> Known {
    let values = &group.values;
    let keys = [
        (Match::Marker, Some(group.object.to_string())),
        (Match::Mail, values.mail.clone()),
        (Match::LogonName, Some(group.logon_name.clone())),
        (Match::Name, Some(values.name.clone())),
    ];
    let shown: BTreeMap<_, _> = [
        (Attribute::Name, Some(values.name.clone())),
        (Attribute::Description, values.description.clone()),
        (Attribute::GroupKind, Some(values.kind.code().to_owned())),
        (Attribute::Mail, values.mail.clone()),
        (Attribute::Detail(Detail::Aliases), values.aliases.clone()),
    ]
    .into_iter()
    .filter_map(|(attribute, value)| Some((attribute.code().to_owned(), value?)))
    .collect();
    Known {
        id: group.id.uuid(),
        kind: ObjectKind::Group,
        name: values.name.clone(),
        is_linked: group.is_linked,
        keys: keys.into_iter().filter_map(|(rule, key)| Some((rule, key?))).collect(),
        names: [values.name.to_lowercase(), group.logon_name.to_lowercase()].into(),
        shown,
    }
}
