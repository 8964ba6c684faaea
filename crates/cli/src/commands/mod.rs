//! One module per noun; each holds what can be typed and what it does.

pub mod adopt;
pub mod brand;
pub mod bulk;
pub mod catalogue;
pub mod customers;
pub mod directories;
pub mod directory_moves;
pub mod drift;
pub mod entitlements;
pub mod fields;
pub mod groups;
pub mod hooks;
pub mod ledger;
pub mod life;
pub mod mails;
pub mod orders;
pub mod overview;
pub mod placement;
pub mod profiles;
pub mod releases;
pub mod requests;
pub mod resellers;
pub mod seats;
pub mod session;
pub mod sessions;
pub mod settings;
pub mod tokens;
pub mod user_moves;
pub mod user_roles;
pub mod users;

use clap::CommandFactory as _;
use serde_json::Value;
use wire::{
    common::{ActivationLink, Provisioning},
    sessions::Me,
    tenants::{Tenant, TenantQuery},
    users::{User, UserQuery},
};

use crate::{
    args::{Cli, Command, Global, Listing},
    client::Client,
    config::Config,
    failure::Failure,
    output::{Out, raw},
};

/// Does what was typed.
pub async fn run(cli: &Cli, out: &Out) -> Result<(), Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Completion { shell } => completion(*shell),
        Command::Profiles(command) => profiles::run(command, global, out),
        Command::Login(command) => session::login(command, global, out).await,
        Command::Logout => session::logout(global).await,
        Command::Whoami => session::whoami(&connect(global)?, out).await,
        Command::Order(command) => orders::place(command, &connect(global)?, out).await,
        Command::Orders(command) => orders::run(command, &connect(global)?, out).await,
        Command::Customers(command) => customers::run(command, &connect(global)?, out).await,
        Command::Resellers(command) => resellers::run(command, &connect(global)?, out).await,
        Command::Users(command) => users::run(command, &connect(global)?, out).await,
        Command::Fields(command) => fields::run(command, &connect(global)?, out).await,
        Command::Settings(command) => settings::run(command, &connect(global)?, out).await,
        Command::Brand(command) => brand::run(command, &connect(global)?, out).await,
        Command::Import(command) => bulk::import(command, &connect(global)?, out).await,
        Command::Bulk(command) => bulk::run(command, &connect(global)?, out).await,
        Command::Groups(command) => groups::run(command, &connect(global)?, out).await,
        Command::Requests(command) => requests::run(command, &connect(global)?, out).await,
        Command::Plans { command } => catalogue::plans(command.as_ref(), &connect(global)?, out).await,
        Command::Services(command) => catalogue::services(command, &connect(global)?, out).await,
        Command::Properties(command) => entitlements::properties(command, &connect(global)?, out).await,
        Command::Quotas(command) => entitlements::quotas(command, &connect(global)?, out).await,
        Command::Bundles(command) => entitlements::bundles(command, &connect(global)?, out).await,
        Command::Hooks(command) => hooks::run(command, &connect(global)?, out).await,
        Command::Adopt(command) => adopt::run(command, &connect(global)?, out).await,
        Command::MigrateFrom(command) => adopt::migrate(command, &connect(global)?, out).await,
        Command::Release(command) => releases::run(command, &connect(global)?, out).await,
        Command::Drift(command) => drift::run(command, &connect(global)?, out).await,
        Command::Directories { command } => directories::run(command.as_ref(), &connect(global)?, out).await,
        Command::Mails(command) => mails::run(command, &connect(global)?, out).await,
        Command::Sessions(command) => sessions::run(command, &connect(global)?, out).await,
        Command::Preferences(command) => sessions::set(command, &connect(global)?, out).await,
        Command::Password(command) => sessions::password(command, &connect(global)?, out).await,
        Command::Tokens(command) => tokens::run(command, &connect(global)?, out).await,
    }
}

/// A client of the server that the command line and the configuration name.
pub fn connect(global: &Global) -> Result<Client, Failure> {
    Client::new(&Config::load()?.target(global)?, global)
}

fn completion(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tenantry", &mut script);
    raw(&String::from_utf8_lossy(&script))
}

/// All pages of a list, for looking something up.
pub const EVERYTHING: Listing = Listing { limit: u32::MAX, all: true, after: None };

/// The id of the tenant that a person named by id or code.
pub async fn tenant_id(client: &Client, named: &str) -> Result<String, Failure> {
    if named.starts_with("ten_") {
        return Ok(named.to_owned());
    }
    // The server searches for beginnings of names, codes and billing ids; a
    // code is only meant when it is the whole code.
    // Closed ones are listed only when asked for.
    for status in [None, Some("closed".to_owned())] {
        let query = TenantQuery { search: Some(named.to_owned()), status, ..TenantQuery::default() };
        let page = client.list(&["tenants"], &query, &EVERYTHING).await?;
        if let Some(id) = page.items.iter().find(|t| t["code"] == named).and_then(|t| t["id"].as_str()) {
            return Ok(id.to_owned());
        }
    }
    Err(not_found(&format!("no tenant with the code \"{named}\"")))
}

/// The customer that a person named, or the person's own.
pub async fn customer_id(client: &Client, named: Option<&str>) -> Result<String, Failure> {
    match named {
        Some(named) => tenant_id(client, named).await,
        None => Ok(client.get(&["me"], &()).await?.read::<Me>()?.tenant.id),
    }
}

/// The id of the user that a person named by id, or by a name within a customer.
pub async fn user_id(client: &Client, named: &str, customer: Option<&str>) -> Result<String, Failure> {
    if named.starts_with("usr_") {
        return Ok(named.to_owned());
    }
    let customer = customer_id(client, customer).await?;
    let query = UserQuery { search: Some(named.to_owned()), ..UserQuery::default() };
    let page = client.list(&["customers", &customer, "users"], &query, &EVERYTHING).await?;
    let wanted = named.to_lowercase();
    let is = |value: &Value| value.as_str().is_some_and(|text| text.to_lowercase() == wanted);
    let mut found = page.items.iter().filter(|u| is(&u["principal_name"]) || is(&u["logon_name"]));
    let id = found.next().and_then(|u| u["id"].as_str()).map(str::to_owned);
    id.ok_or_else(|| not_found(&format!("nobody with the principal or log-on name \"{named}\"")))
}

/// What the server would say, for something that was looked up in a list.
fn not_found(what: &str) -> Failure {
    let document = wire::problem::ErrorDocument {
        status: 404,
        code: "not_found".to_owned(),
        title: format!("There is {what}"),
        ..wire::problem::ErrorDocument::default()
    };
    Failure::Refused { document: Box::new(document), source_file: None }
}

/// How far provisioning is, in one cell.
pub fn state_of(provisioning: &Provisioning) -> String {
    match &provisioning.problem {
        Some(problem) => format!("{} ({})", provisioning.state, problem.title),
        None => provisioning.state.to_string(),
    }
}

/// Lines about provisioning for the details of an entity.
pub fn provisioning_fields(provisioning: &Provisioning) -> Vec<(&'static str, String)> {
    let mut fields = vec![("provisioning", provisioning.state.to_string())];
    if let Some(request) = &provisioning.request {
        fields.push(("request", request.clone()));
    }
    if let Some(problem) = &provisioning.problem {
        fields
            .push(("problem", format!("{}\n{}\nwhat to do: {}", problem.title, problem.what, problem.cure)));
    }
    fields
}

/// Lines about a link.
pub fn link_fields(link: &ActivationLink) -> Vec<(&'static str, String)> {
    vec![("activation link", link.link.clone()), ("link expires", crate::output::instant(&link.expires_at))]
}

/// Lines about a tenant.
pub fn tenant_fields(tenant: &Tenant) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("id", tenant.id.clone()),
        ("code", tenant.code.clone()),
        ("name", tenant.name.clone()),
        ("kind", tenant.kind.to_string()),
        ("status", tenant.status.to_string()),
        ("standing", tenant.standing.to_string()),
    ];
    let optional = [
        ("below", tenant.parent.as_ref().map(|p| format!("{} ({})", p.name, p.code))),
        ("billing id", tenant.billing_id.clone()),
        ("brand", tenant.brand.clone()),
        ("directory", tenant.directory.clone()),
        ("suffix", tenant.upn_suffix.clone()),
        ("naming pattern", tenant.naming_pattern.clone()),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, value)| value.map(|v| (name, v))));
    fields.push(("language", tenant.language.clone()));
    fields.push(("time zone", tenant.time_zone.clone()));
    fields.push(("currency", tenant.currency.clone()));
    fields.push(("created", crate::output::instant(&tenant.created_at)));
    let closing = [("closed", &tenant.closed_at), ("can be restored until", &tenant.purge_at)];
    fields.extend(
        closing.into_iter().filter_map(|(name, at)| Some((name, crate::output::instant(at.as_ref()?)))),
    );
    fields.extend(tenant.provisioning.iter().flat_map(provisioning_fields));
    fields
}

/// Lines about a person.
pub fn user_fields(user: &User) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("id", user.id.clone()),
        ("customer", format!("{} ({})", user.tenant.name, user.tenant.code)),
        ("name", user.display_name.clone()),
        ("principal name", user.principal_name.clone()),
        ("log-on name", crate::output::or_dash(user.logon_name.as_deref())),
    ];
    let optional = [
        ("given name", &user.given_name),
        ("surname", &user.surname),
        ("mail", &user.mail),
        ("phone", &user.phone),
        ("title", &user.title),
        ("department", &user.department),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, value)| value.clone().map(|v| (name, v))));
    fields.extend(
        user.manager.iter().map(|m| ("manager", format!("{} ({})", m.display_name, m.principal_name))),
    );
    if let Ok(serde_json::Value::Object(details)) = serde_json::to_value(&user.details) {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        fields.extend(DETAILS.iter().filter_map(|(name, shown)| Some((*shown, text(details.get(*name)?)))));
    }
    if !user.fields.is_empty() {
        let custom: Vec<_> = user.fields.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        fields.push(("custom fields", custom.join("\n")));
    }
    let plans: Vec<_> = user.plans.iter().filter(|p| p.ended_at.is_none()).map(|p| p.plan.as_str()).collect();
    fields.push(("plans", crate::output::or_dash(Some(&plans.join(", ")))));
    fields.push(("enabled", yes_no(user.enabled)));
    fields.push(("administrator", yes_no(user.administrator)));
    let activated = user.activated_at.as_deref().map(crate::output::instant);
    fields.push(("activated", activated.unwrap_or_else(|| "never".to_owned())));
    fields.extend(user.provisioning.iter().flat_map(provisioning_fields));
    fields.extend(user.activation.iter().flat_map(link_fields));
    fields
}

/// What else is known of a person, in the order in which it is shown.
const DETAILS: [(&str, &str); 26] = [
    ("initials", "initials"),
    ("mobile", "mobile"),
    ("home_phone", "home phone"),
    ("fax", "fax"),
    ("pager", "pager"),
    ("ip_phone", "IP phone"),
    ("aliases", "further addresses"),
    ("office", "office"),
    ("company", "company"),
    ("employee_id", "employee id"),
    ("employee_type", "employee type"),
    ("external_id", "external id"),
    ("street", "street"),
    ("po_box", "P.O. box"),
    ("postal_code", "postal code"),
    ("city", "city"),
    ("region", "region"),
    ("country", "country"),
    ("web_page", "web page"),
    ("notes", "notes"),
    ("profile_path", "profile path"),
    ("logon_script", "log-on script"),
    ("home_folder", "home folder"),
    ("home_drive", "home drive"),
    ("logon_hours", "log-on hours"),
    ("expires_at", "expires"),
];

/// A truth value, for people.
pub fn yes_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

/// Asks before something that cannot be undone.
pub fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    use std::io::{BufRead as _, IsTerminal as _, Write as _};
    if yes {
        return Ok(());
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::usage("this cannot be undone and nobody can be asked", "confirm it with --yes"));
    }
    let asked = write!(std::io::stderr(), "{question} [y/N] ").and_then(|()| std::io::stderr().flush());
    let mut answer = String::new();
    asked
        .and_then(|()| stdin.lock().read_line(&mut answer))
        .map_err(|error| Failure::local("the question could not be asked", error))?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::usage("not confirmed: nothing was changed", "answer y, or give --yes")),
    }
}
