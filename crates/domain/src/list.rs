//! Lists: the closed list of columns by which each is sorted and filtered. What is not
//! here has no index, so nobody can ask for it. What of a row is shown is in `cells`, what
//! of an address is kept under a name in `saved`.

use crate::{
    field::{FieldError, Rule},
    request::{ItemState, RequestState},
    tenant::Status,
};

/// A column of a list.
pub trait Column: Copy + Eq + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// The stable code.
    fn code(self) -> &'static str;
}

macro_rules! columns {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl Column for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

mod cells;
mod saved;

pub use cells::{GroupCell, PeopleCell, RequestCell, TenantCell, chosen, parts};
pub use saved::{List, Query, check};

/// States by which people are filtered.
pub const PEOPLE_STATES: [ItemState; 5] =
    [ItemState::Failed, ItemState::Drifted, ItemState::Running, ItemState::Requested, ItemState::Verified];

/// Statuses by which tenants are filtered.
pub const TENANT_STATUSES: [Status; 3] = [Status::Active, Status::Suspended, Status::Closed];

/// States by which requests are filtered, in the order in which people look for them.
pub const REQUEST_STATES: [RequestState; 6] = [
    RequestState::CompleteWithProblems,
    RequestState::Failed,
    RequestState::Running,
    RequestState::Parked,
    RequestState::Requested,
    RequestState::Complete,
];

/// Whether groups have members, as lists of them are filtered.
#[must_use]
pub const fn filled(some: bool) -> &'static str {
    if some { "some" } else { "none" }
}

columns! {
    /// By what people of a customer are sorted.
    PeopleColumn {
        /// The name as shown.
        Name = "name",
        /// What the person signs in with.
        Login = "login",
        /// When the person was made.
        Created = "created",
    }
}

columns! {
    /// By what tenants are sorted.
    TenantColumn {
        /// The name as shown.
        Name = "name",
        /// The short name.
        Code = "code",
        /// When it was made.
        Created = "created",
    }
}

columns! {
    /// By what groups of a customer are sorted.
    GroupColumn {
        /// When it was made.
        Created = "created",
        /// The name as shown.
        Name = "name",
    }
}

columns! {
    /// By what requests are sorted; the newest first when nothing is asked for.
    RequestColumn {
        /// When it was asked.
        Created = "created",
    }
}

/// By which column a list is sorted, and in which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<C> {
    /// The column.
    pub by: C,
    /// From the last to the first.
    pub descending: bool,
}

impl<C: Column> Order<C> {
    /// From the first to the last.
    #[must_use]
    pub const fn up(by: C) -> Self {
        Self { by, descending: false }
    }

    /// From the last to the first.
    #[must_use]
    pub const fn down(by: C) -> Self {
        Self { by, descending: true }
    }

    /// Reads `name` or, from the last to the first, `-name`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let (code, descending) = text.strip_prefix('-').map_or((text, false), |code| (code, true));
        let found = C::ALL.iter().find(|column| column.code() == code);
        found.map(|by| Self { by: *by, descending }).ok_or_else(|| {
            let known: Vec<_> = C::ALL.iter().map(|c| format!("{0}, -{0}", c.code())).collect();
            FieldError::new("sort", Rule::Unknown).with("value", text).known(known.iter().map(String::as_str))
        })
    }

    /// As it is written.
    #[must_use]
    pub fn code(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.by.code())
    }
}

/// What requests can be about, as lists of them are filtered.
pub const REQUEST_KINDS: [&str; 55] = [
    "order",
    "reseller_create",
    "tenant_update",
    "tenant_suspend",
    "tenant_resume",
    "tenant_settled",
    "tenant_passwords_expired",
    "tenant_close",
    "tenant_restore",
    "tenant_purged",
    "tenant_move",
    "tenant_moved",
    "directory_move",
    "directory_move_back",
    "tenant_directory_left",
    "user_create",
    "users_create",
    "user_copy",
    "user_update",
    "user_delete",
    "user_release",
    "user_leave",
    "user_move",
    "group_release",
    "adoption_release",
    "group_create",
    "group_update",
    "group_delete",
    "group_restore",
    "group_purge",
    "members_change",
    "members_end",
    "member_add",
    "member_remove",
    "plan_add",
    "plan_remove",
    "plans_give",
    "plans_take",
    "service_give",
    "service_take",
    "service_update",
    "properties_set",
    "properties_undo",
    "plan_upgrade",
    "plan_upgrade_undo",
    "password",
    "drift_revert",
    "hook_test",
    "drift_adopt",
    "adoption",
    "group_owners",
    "groups_create",
    "user_unlock",
    "password_expire",
    "user_restore",
];

/// Whether somebody can log on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// May log on, and has chosen a password.
    Active,
    /// May log on, and never chose a password.
    NeverActivated,
    /// May not log on.
    Disabled,
}

impl Standing {
    /// All, in the order in which people choose.
    pub const ALL: [Self; 3] = [Self::Active, Self::NeverActivated, Self::Disabled];

    /// The stable code, which also stands in an index of the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::NeverActivated => "never_activated",
            Self::Disabled => "disabled",
        }
    }

    /// The standing with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.code() == code)
    }
}

/// A value of a closed list that was asked for in `field`, or an error that names them all.
pub fn one_of<T: Copy>(
    field: &str,
    text: &str,
    all: &[T],
    code: impl Fn(T) -> &'static str,
) -> Result<T, FieldError> {
    all.iter().copied().find(|value| code(*value) == text).ok_or_else(|| {
        FieldError::new(field, Rule::Unknown).with("value", text).known(all.iter().map(|value| code(*value)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_is_written_and_nothing_else() {
        for column in PeopleColumn::ALL {
            for order in [Order::up(*column), Order::down(*column)] {
                assert_eq!(Order::parse(&order.code()), Ok(order));
            }
        }
        let error = Order::<PeopleColumn>::parse("shoe_size").expect_err("no column");
        assert_eq!((error.field.as_str(), error.rule), ("sort", Rule::Unknown));
        assert_eq!(error.args["known"], "name, -name, login, -login, created, -created");
        for wrong in ["", "-", "--name", "Name", "name ", "name;drop"] {
            assert!(Order::<PeopleColumn>::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_value_that_is_not_there_is_answered_with_those_that_are() {
        let of = |text| one_of("standing", text, &Standing::ALL, Standing::code);
        assert_eq!(of("disabled"), Ok(Standing::Disabled));
        assert_eq!(of("asleep").expect_err("none").args["known"], "active, never_activated, disabled");
    }
}
