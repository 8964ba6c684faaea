//! Where one can go, by what one may do.

use app::{AppError, Caller, reading::views::TenantSearch};
use domain::{permission::Permission, tenant::TenantKind};
use web::{Surface, speech::say};

use crate::context::Frame;

/// A way of the navigation.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// What is there.
    pub name: String,
    /// Its icon: one path of 24 by 24.
    pub icon: &'static str,
    /// Whether the page is there or below.
    pub here: bool,
}

impl NavItem {
    /// Whether the page of this frame is there or below: by its address, or else by the pages above it.
    pub fn is_way_to(&self, frame: &Frame) -> bool {
        let above = || frame.trail.first().is_some_and(|(_, href)| href == self.href);
        self.here || !frame.nav.iter().any(|item| item.here) && above()
    }
}

/// A page of the navigation: address, message, icon, and what one must be allowed somewhere.
type Place = (&'static str, &'static str, &'static str, Option<Permission>);

const PLACES: [Place; 7] = [
    ("/home", "nav-home", "M3 11l9-8 9 8v10h-6v-6H9v6H3z", None),
    (
        "/customers",
        "nav-customers",
        "M4 21V5l8-3v19M12 8l8 3v10M3 21h18M8 8v.01M8 12v.01M8 16v.01M16 13v.01M16 17v.01",
        Some(Permission::TenantRead),
    ),
    (
        "/services",
        "nav-services",
        "M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z",
        Some(Permission::CatalogueManage),
    ),
    (
        "/directories",
        "nav-directories",
        "M4 6c0-2 16-2 16 0v12c0 2-16 2-16 0zM4 6c0 2 16 2 16 0M4 12c0 2 16 2 16 0",
        Some(Permission::DirectoryRead),
    ),
    ("/mails", "nav-mails", "M3 6h18v13H3zM3 7l9 7 9-7", Some(Permission::MailRead)),
    ("/status", "nav-status", "M3 12h4l3 8 4-16 3 8h4", Some(Permission::RequestRead)),
    (
        "/settings",
        "nav-settings",
        "M4 6h10M18 6h2M4 12h2M10 12h10M4 18h10M18 18h2M16 4v4M8 10v4M16 16v4",
        Some(Permission::TenantUpdate),
    ),
];

/// Tenants the switcher offers; whoever works in more has the list of customers.
const TENANTS: u32 = 30;

/// The tenants in which somebody works who has a role in several, by name: each with the way to
/// the part of it that is shown at `path`, and whether `path` is of it. Nobody else has to choose.
pub async fn tenants(
    surface: &Surface,
    caller: &Caller,
    path: &str,
) -> Result<Vec<(String, String, bool)>, AppError> {
    let roots = caller.roots(Permission::TenantRead);
    if roots.len() < 2 {
        return Ok(Vec::new());
    }
    let mut tx = surface.app.read(caller).await?;
    let search = TenantSearch { ids: Some(roots), ..TenantSearch::default() };
    let found = tx.tenant_views(&search, None, TENANTS).await?;
    tx.finish().await?;
    let below = path.strip_prefix("/customers/").map(|rest| rest.split_once('/').unwrap_or((rest, "")));
    let part = match below {
        Some((_, part @ ("people" | "groups" | "services"))) => format!("/{part}"),
        _ => String::new(),
    };
    let way = |id: String, kind: TenantKind, name: String| {
        let here = below.is_some_and(|(of, _)| of == id);
        match kind {
            TenantKind::Customer => (format!("/customers/{id}{part}"), name, here),
            TenantKind::Provider | TenantKind::Reseller => {
                ("/customers".to_owned(), name, path == "/customers")
            }
        }
    };
    Ok(found.into_iter().map(|t| way(t.id.to_string(), t.kind, t.name)).collect())
}

/// The ways of `caller`, seen from `path`.
pub fn of(caller: &Caller, path: &str) -> Vec<NavItem> {
    let may = |needed: Option<Permission>| needed.is_none_or(|permission| caller.may_anywhere(permission));
    PLACES
        .into_iter()
        .filter(|(.., needed)| may(*needed))
        .map(|(href, name, icon, _)| {
            let below = path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            NavItem { href, name: say(name), icon, here: below }
        })
        .collect()
}
