//! What a list can show of a row: the names that stand in `columns` of its address, in the
//! order in which they are shown.

use std::collections::BTreeSet;

use super::Column;
use crate::field::{FieldError, Rule};

columns! {
    /// What can be shown of a person, besides the details and custom fields.
    PeopleCell {
        /// The name as shown.
        Name = "name",
        /// Given name.
        GivenName = "given_name",
        /// Surname.
        Surname = "surname",
        /// What the person signs in with.
        Login = "login",
        /// `sAMAccountName`.
        LogonName = "logon_name",
        /// Mail address.
        Mail = "mail",
        /// Telephone number.
        Phone = "phone",
        /// Job title.
        Title = "title",
        /// Department.
        Department = "department",
        /// Who manages the person.
        Manager = "manager",
        /// Plans the person has.
        Plans = "plans",
        /// Whether the person can log on.
        Standing = "standing",
        /// How far the directory is.
        State = "state",
        /// When the person was made.
        Created = "created",
        /// When the person chose a password for the first time.
        Activated = "activated",
        /// When portal or API were used last.
        Activity = "activity",
    }
}

columns! {
    /// What can be shown of a tenant.
    TenantCell {
        /// The name as shown.
        Name = "name",
        /// The short name.
        Code = "code",
        /// Who sells to it.
        Seller = "seller",
        /// Its number in the invoicing system.
        Billing = "billing",
        /// The directory of its people.
        Directory = "directory",
        /// The first suffix of their logins.
        Suffix = "suffix",
        /// Its own brand.
        Brand = "brand",
        /// Language of its people.
        Language = "language",
        /// Its time zone.
        TimeZone = "time_zone",
        /// Its currency.
        Currency = "currency",
        /// How log-on names are made.
        Naming = "naming",
        /// Active, suspended or closed.
        Status = "status",
        /// How far the directory is.
        State = "state",
        /// When it was made.
        Created = "created",
        /// When it was closed.
        Closed = "closed",
    }
}

columns! {
    /// What can be shown of a group.
    GroupCell {
        /// The name as shown.
        Name = "name",
        /// What it is for.
        Kind = "kind",
        /// `sAMAccountName`.
        LogonName = "logon_name",
        /// Free text.
        Description = "description",
        /// Mail address.
        Mail = "mail",
        /// Further mail addresses.
        Aliases = "aliases",
        /// How many are in it.
        Members = "members",
        /// When it was made.
        Created = "created",
        /// How far the directory is.
        State = "state",
    }
}

columns! {
    /// What can be shown of a request.
    RequestCell {
        /// Its id.
        Request = "request",
        /// What it does.
        Kind = "kind",
        /// What it is about.
        Subject = "subject",
        /// Whose it is.
        Customer = "customer",
        /// Who asked.
        Actor = "actor",
        /// How much of it is done.
        Progress = "progress",
        /// When it was asked.
        Created = "created",
        /// When a worker first touched it.
        Started = "started",
        /// When nothing was left to do.
        Finished = "finished",
        /// How far it is.
        State = "state",
    }
}

/// The names in `columns`, which commas separate.
pub fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|code| !code.is_empty())
}

/// The columns that were asked for, each once and in that order, of all there are.
pub fn chosen<'a, T>(text: &str, all: &'a [T], code: impl Fn(&T) -> &str) -> Result<Vec<&'a T>, FieldError> {
    let (mut seen, mut columns) = (BTreeSet::new(), Vec::new());
    for part in parts(text) {
        let Some(found) = all.iter().find(|column| code(column) == part) else {
            let error = FieldError::new("columns", Rule::Unknown).with("value", part);
            return Err(error.known(all.iter().map(&code)));
        };
        if !seen.insert(part) {
            return Err(FieldError::new("columns", Rule::Duplicate).with("value", part));
        }
        columns.push(found);
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        list::{GroupColumn, PeopleColumn, RequestColumn, TenantColumn},
        person::Detail,
    };

    #[test]
    fn columns_are_read_in_their_order_and_nothing_else_is() {
        let read = |text| chosen(text, GroupCell::ALL, |cell| cell.code());
        assert_eq!(read("members, name,"), Ok(vec![&GroupCell::Members, &GroupCell::Name]));
        assert_eq!(read(""), Ok(vec![]));
        let unknown = read("name,shoe_size").expect_err("no column");
        assert_eq!((unknown.field.as_str(), unknown.rule), ("columns", Rule::Unknown));
        assert_eq!(
            unknown.args["known"],
            "name, kind, logon_name, description, mail, aliases, members, created, state"
        );
        let twice = read("name,kind,name").expect_err("twice");
        assert_eq!((twice.rule, twice.args["value"].as_str()), (Rule::Duplicate, "name"));
    }

    #[test]
    fn what_a_list_is_sorted_by_can_be_shown_and_no_name_means_two_things() {
        fn codes<C: Column>() -> BTreeSet<&'static str> {
            C::ALL.iter().map(|column| column.code()).collect()
        }
        assert!(codes::<PeopleColumn>().is_subset(&codes::<PeopleCell>()));
        assert!(codes::<TenantColumn>().is_subset(&codes::<TenantCell>()));
        assert!(codes::<GroupColumn>().is_subset(&codes::<GroupCell>()));
        assert!(codes::<RequestColumn>().is_subset(&codes::<RequestCell>()));
        let details: BTreeSet<_> = Detail::ALL.iter().map(|detail| detail.code()).collect();
        assert_eq!(details.intersection(&codes::<PeopleCell>()).count(), 0);
    }
}
