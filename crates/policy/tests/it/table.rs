//! The whole policy as a printed table under review, and as somebody wrote it
//! down by hand without looking at Cedar.

use std::{error::Error, fmt::Write as _, fs, path::PathBuf};

use domain::{
    id::TenantId,
    permission::{Permission, ROLES, Resource},
};
use policy::{Decision, GrantOnPath, Policy, Question, Refusal, Target};

use crate::world::{grant, group, tenant, user};

/// Where the resource lies, seen from the tenant the role is granted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Own,
    Below,
    Above,
    Beside,
}

/// What the resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Tenant,
    Plain,
    Administrator,
    Oneself,
    Group,
    OwnedGroup,
}

/// One column of the table.
#[derive(Debug, Clone, Copy)]
struct Column {
    title: &'static str,
    place: Place,
    what: What,
    suspended: bool,
}

const fn column(title: &'static str, place: Place, what: What, suspended: bool) -> Column {
    Column { title, place, what, suspended }
}

const TENANT_COLUMNS: &[Column] = &[
    column("own", Place::Own, What::Tenant, false),
    column("below", Place::Below, What::Tenant, false),
    column("above", Place::Above, What::Tenant, false),
    column("beside", Place::Beside, What::Tenant, false),
    column("own, suspended", Place::Own, What::Tenant, true),
    column("below, suspended", Place::Below, What::Tenant, true),
];

const ACCOUNT_COLUMNS: &[Column] = &[
    column("own", Place::Own, What::Plain, false),
    column("own, administrator", Place::Own, What::Administrator, false),
    column("below", Place::Below, What::Plain, false),
    column("below, administrator", Place::Below, What::Administrator, false),
    column("above", Place::Above, What::Plain, false),
    column("beside", Place::Beside, What::Plain, false),
    column("oneself", Place::Own, What::Oneself, false),
    column("own, suspended", Place::Own, What::Plain, true),
    column("oneself, suspended", Place::Own, What::Oneself, true),
];

const GROUP_COLUMNS: &[Column] = &[
    column("own", Place::Own, What::Group, false),
    column("below", Place::Below, What::Group, false),
    column("above", Place::Above, What::Group, false),
    column("beside", Place::Beside, What::Group, false),
    column("own, as its owner", Place::Own, What::OwnedGroup, false),
    column("own, suspended", Place::Own, What::Group, true),
    column("own, as its owner, suspended", Place::Own, What::OwnedGroup, true),
];

/// Who holds what, by hand. Not made from `domain::permission::ROLES`.
const HELD: &str = "
                        provider_       provider_  reseller_       customer_       user_
                        administrator   helpdesk   administrator   administrator   administrator   end_user
tenant_read             x               x          x               x               x               .
reseller_create         x               .          x               .               .               .
order_create            x               .          x               .               .               .
tenant_update           x               .          x               x               .               .
tenant_suspend          x               .          x               .               .               .
tenant_close            x               .          x               .               .               .
tenant_move             x               .          x               .               .               .
user_read               x               x          x               x               x               .
user_create             x               .          x               x               x               .
user_update             x               x          x               x               x               .
user_fields             x               .          .               .               .               .
user_delete             x               .          x               x               .               .
user_reset_password     x               x          x               x               x               .
administrator_manage    x               .          x               x               .               .
group_manage            x               .          x               x               .               .
group_members           x               .          .               .               .               .
request_read            x               x          x               x               x               .
request_retry           x               x          x               x               .               .
role_grant              x               .          x               x               .               .
directory_read          x               x          .               .               .               .
directory_manage        x               .          .               .               .               .
catalogue_manage        x               .          x               .               .               .
hook_manage             x               .          .               .               .               .
directory_adopt         x               .          .               .               .               .
mail_read               x               .          .               .               .               .
";

const ROLE_NAMES: [&str; 6] = [
    "provider_administrator",
    "provider_helpdesk",
    "reseller_administrator",
    "customer_administrator",
    "user_administrator",
    "end_user",
];

#[test]
fn the_rules_do_what_was_written_down_by_hand() -> Result<(), Box<dyn Error>> {
    let policy = Policy::load()?;
    let mut compared = 0;
    for role in ROLE_NAMES {
        for &permission in Permission::ALL {
            for column in columns(permission) {
                let found = decide(&policy, role, permission, column);
                let expected = expected(role, permission.code(), column);
                let about = format!("{role} · {permission} · {column:?}: {found:?}");
                assert_eq!(found.is_allowed(), expected, "{about}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 6 * (18 * 6 + 6 * 9 + 7));
    Ok(())
}

#[test]
fn the_printed_table_is_current() -> Result<(), Box<dyn Error>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy-table.md");
    let printed = print(&Policy::load()?)?;
    if std::env::var_os("UPDATE_POLICY_TABLE").is_some() {
        fs::write(&path, &printed)?;
    }
    let reviewed = fs::read_to_string(&path)?;
    assert!(
        printed == reviewed,
        "docs/policy-table.md is not what the rules say. If the change is meant, run\n\
         UPDATE_POLICY_TABLE=1 cargo test -p policy printed_table\nand review the difference line by line."
    );
    Ok(())
}

/// The rules in plain words.
fn expected(role: &str, action: &str, column: &Column) -> bool {
    let reached = matches!(column.place, Place::Own | Place::Below);
    let oneself = column.what == What::Oneself;
    let granted = match action {
        "user_read" | "user_reset_password" | "user_fields" if oneself => true,
        "group_members" if column.what == What::OwnedGroup => true,
        "user_delete" if oneself => false,
        "tenant_suspend" | "tenant_close" | "tenant_move" => {
            held(role, action) && column.place == Place::Below
        }
        _ => held(role, action) && reached,
    };
    // Every role of today makes its holder an administrator.
    let of_administrator = column.what == What::Administrator || oneself && role != "end_user";
    let guarded = match action {
        "user_update" | "user_delete" => of_administrator,
        "user_reset_password" => of_administrator && !oneself,
        _ => false,
    };
    let served = match action {
        "tenant_read" | "user_read" | "request_read" | "directory_read" | "mail_read" | "tenant_suspend"
        | "tenant_close" | "tenant_move" => true,
        _ => !column.suspended,
    };
    granted && served && (!guarded || reached && held(role, "administrator_manage"))
}

fn held(role: &str, action: &str) -> bool {
    let place = ROLE_NAMES.iter().position(|name| *name == role).expect("a role of the matrix");
    let row = HELD
        .lines()
        .find(|line| line.split_whitespace().next() == Some(action))
        .unwrap_or_else(|| panic!("{action} has no row in the matrix written by hand"));
    row.split_whitespace().nth(place + 1) == Some("x")
}

fn columns(permission: Permission) -> &'static [Column] {
    match permission.resource() {
        Resource::Tenant => TENANT_COLUMNS,
        Resource::Account => ACCOUNT_COLUMNS,
        Resource::Group => GROUP_COLUMNS,
    }
}

/// Root 0 above 1, on which the role is granted; 2 is below it, 3 beside it.
fn decide(policy: &Policy, role: &str, permission: Permission, column: &Column) -> Decision {
    let shipped = ROLES.iter().find(|shipped| shipped.code == role);
    let grants: Vec<GrantOnPath<'_>> =
        shipped.iter().map(|role| grant(1, role.permissions, tenant(1))).collect();
    let path: &[TenantId] = match column.place {
        Place::Own => &[tenant(0), tenant(1)],
        Place::Below => &[tenant(0), tenant(1), tenant(2)],
        Place::Above => &[tenant(0)],
        Place::Beside => &[tenant(0), tenant(3)],
    };
    let (others, owners) = ([user(2)], [user(2), user(1)]);
    let account = |n, administrator| Target::Account { user: user(n), administrator, path };
    let resource = match column.what {
        What::Tenant => Target::Tenant { path },
        What::Group => Target::Group { group: group(1), owners: &others, path },
        What::OwnedGroup => Target::Group { group: group(1), owners: &owners, path },
        What::Plain => account(2, false),
        What::Administrator => account(2, true),
        What::Oneself => account(1, shipped.is_some_and(|role| role.administrator)),
    };
    let question =
        Question { person: user(1), permission, grants: &grants, resource, suspended: column.suspended };
    policy.decide(&question)
}

const HEAD: &str = "\
# Who may do what

Printed from the rules by `cargo test -p policy`, which fails when this file is not current.
Columns say where the tenant or the account lies, seen from the tenant the role is granted on:
*own* is that tenant, *below* any tenant under it, *above* its parent, *beside* another child of its parent;
*administrator* is the account of somebody who holds a role, *oneself* one's own account,
*as its owner* is a group the person owns; *suspended* means that the tenant of the resource, or one above it, is suspended.

*yes* is allowed; *–* means that no grant allows it; a name is the guard in
`crates/policy/policies.cedar` that forbids it although there is a grant.
";

fn print(policy: &Policy) -> Result<String, Box<dyn Error>> {
    let mut out = HEAD.to_owned();
    for role in ROLE_NAMES {
        let title = if role == "end_user" { "No role: every person" } else { role };
        writeln!(out, "\n## {title}")?;
        for (of, columns) in [
            (Resource::Tenant, TENANT_COLUMNS),
            (Resource::Account, ACCOUNT_COLUMNS),
            (Resource::Group, GROUP_COLUMNS),
        ] {
            let titles: Vec<&str> = columns.iter().map(|column| column.title).collect();
            let kind = match of {
                Resource::Tenant => "to a tenant",
                Resource::Account => "to an account",
                Resource::Group => "to a group",
            };
            writeln!(out, "\n| {kind} | {} |\n|---{}|", titles.join(" | "), "|---".repeat(columns.len()))?;
            for &permission in Permission::ALL.iter().filter(|p| p.resource() == of) {
                let cells: Vec<String> =
                    columns.iter().map(|column| cell(&decide(policy, role, permission, column))).collect();
                writeln!(out, "| `{permission}` | {} |", cells.join(" | "))?;
            }
        }
    }
    Ok(out)
}

fn cell(decision: &Decision) -> String {
    match decision {
        Decision::Allowed(_) => "yes".to_owned(),
        Decision::Denied(denial) => match &denial.reason {
            Refusal::NoGrant => "–".to_owned(),
            Refusal::Forbidden { policies } => policies.join(", "),
            Refusal::Undecidable { problem } => panic!("a cell of the table must be decidable: {problem}"),
        },
    }
}
