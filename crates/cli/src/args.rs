//! Everything that can be typed. Doc comments are the help texts.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{
    commands::{
        adopt, brand, bulk, catalogue, customers, directories, drift, entitlements, fields, groups, hooks,
        mails, orders, profiles, releases, requests, resellers, session, sessions, settings, tokens, users,
    },
    output::Format,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed: the request failed, or the server could not do it
  2  wrong usage, or a value or file that cannot be accepted
  3  not found
  4  not signed in, or not allowed
  5  conflict: taken, changed meanwhile, or another order with this reference
  6  the server cannot be reached
  7  complete with problems: some objects need a person
  8  the time given by --timeout is over; the request goes on

Environment: TENANTRY_URL, TENANTRY_TOKEN, TENANTRY_PROFILE, TENANTRY_CA_FILE, TENANTRY_OUTPUT";

/// Orders, customers, people and their provisioning, from the command line.
#[derive(Debug, Parser)]
#[command(name = "tenantry", version, after_help = EXIT_CODES, propagate_version = true)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that stand before or after every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Address of the server, as `https://portal.example.com`. Plain http only for this machine
    #[arg(long, global = true, env = "TENANTRY_URL", value_name = "URL")]
    pub url: Option<String>,
    /// Profile of the configuration file to use; the one signed in last when not given
    #[arg(long, global = true, env = "TENANTRY_PROFILE", value_name = "NAME")]
    pub profile: Option<String>,
    /// API token. Better in the environment: other people of this machine see command lines
    #[arg(long, global = true, env = "TENANTRY_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Trust only the certificate authorities in this PEM file
    #[arg(long, global = true, env = "TENANTRY_CA_FILE", value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Allow plain http to another machine: everybody on the way can read the token
    #[arg(long, global = true)]
    pub insecure_http: bool,
    /// How to print: for people, or the server's JSON
    #[arg(long, short, global = true, env = "TENANTRY_OUTPUT", value_enum, default_value_t = Format::Table)]
    pub output: Format,
    /// Key that makes a repeated POST the same one; made up when not given
    #[arg(long, global = true, value_name = "KEY")]
    pub idempotency_key: Option<String>,
}

/// How long to wait for a request.
#[derive(Debug, Args, Clone, Copy)]
pub struct Wait {
    /// Wait until everything was read back from the directory
    #[arg(long)]
    pub wait: bool,
    /// Seconds to wait at most
    #[arg(long, default_value_t = 600, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
}

/// How much of a list to show.
#[derive(Debug, Args, Clone)]
pub struct Listing {
    /// Entries to show at most
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Show all, however many
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
    /// Go on where an earlier list ended
    #[arg(long, value_name = "CURSOR")]
    pub after: Option<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sign in and remember it
    Login(session::Login),
    /// Sign out and forget
    Logout,
    /// Show who is signed in and what they may do
    Whoami,
    /// Servers one is signed in to
    #[command(subcommand)]
    Profiles(profiles::Profiles),
    /// Place an order: a customer with container, services and first administrator
    Order(orders::Place),
    /// Look at orders
    #[command(subcommand)]
    Orders(orders::Orders),
    /// Look at customers, suspend and resume them
    #[command(subcommand)]
    Customers(customers::Customers),
    /// Look at resellers and create them
    #[command(subcommand)]
    Resellers(resellers::Resellers),
    /// People and their accounts
    #[command(subcommand)]
    Users(users::Users),
    /// Custom fields: what a tenant asks of its people besides
    #[command(subcommand)]
    Fields(fields::Fields),
    /// Settings of tenants, and where they come from
    #[command(subcommand)]
    Settings(settings::Settings),
    /// Host names and pictures of brands
    #[command(subcommand)]
    Brand(brand::BrandCommand),
    /// Bring a file of people: CSV, XLSX, XLS or ODS
    Import(bulk::Import),
    /// Many people at once: imports, acts on lists, the way back
    #[command(subcommand)]
    Bulk(bulk::BulkCommand),
    /// Groups and who is in them
    #[command(subcommand)]
    Groups(groups::Groups),
    /// Provisioning requests: how far, what is wrong, retry
    #[command(subcommand)]
    Requests(requests::Requests),
    /// Plans that can be ordered; with a word, their versions
    Plans {
        /// Nothing lists them.
        #[command(subcommand)]
        command: Option<catalogue::Plans>,
    },
    /// Services: what they mean in a directory, and who has them
    #[command(subcommand)]
    Services(catalogue::Services),
    /// Properties of services, and where their values come from
    #[command(subcommand)]
    Properties(entitlements::Properties),
    /// How much of something there may be at and below a tenant
    #[command(subcommand)]
    Quotas(entitlements::Quotas),
    /// Sets of plans and groups that are given together
    #[command(subcommand)]
    Bundles(entitlements::Bundles),
    /// What is told or asked elsewhere before and after subscriptions change
    #[command(subcommand)]
    Hooks(hooks::Hooks),
    /// Take over what is in a directory and is not ours
    #[command(subcommand)]
    Adopt(adopt::Adopt),
    /// Take over customers, people and services from the export of another panel
    #[command(subcommand)]
    MigrateFrom(adopt::MigrateFrom),
    /// Give back to a directory what is ours: it stays as it is, without our marker
    #[command(subcommand)]
    Release(releases::Give),
    /// What somebody changed in a directory behind our back
    #[command(subcommand)]
    Drift(drift::Drift),
    /// Directories and how they are doing; with `set`, what is allowed in them
    Directories {
        /// Nothing lists them.
        #[command(subcommand)]
        command: Option<directories::Directories>,
    },
    /// What people are told by mail, for staff of the provider
    #[command(subcommand)]
    Mails(mails::Mails),
    /// Your own open sessions
    #[command(subcommand)]
    Sessions(sessions::Sessions),
    /// Choose your language, and how pages look
    Preferences(sessions::Preferences),
    /// Change your own password
    Password(sessions::Password),
    /// API tokens for scripts
    #[command(subcommand)]
    Tokens(tokens::Tokens),
    /// Print a completion script for a shell
    Completion {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    /// Every `tenantry …` line in a code block of the manual must parse.
    #[test]
    fn every_command_of_the_manual_parses() {
        let manual = [
            include_str!("../../../docs/cli.md"),
            include_str!("../../../docs/orders.md"),
            include_str!("../../../docs/hooks.md"),
            include_str!("../../../docs/adoption.md"),
            include_str!("../../../docs/people.md"),
            include_str!("../../../docs/settings.md"),
            include_str!("../../../docs/delegation.md"),
            include_str!("../../../docs/brands.md"),
            include_str!("../../../docs/import.md"),
            include_str!("../../../docs/groups.md"),
            include_str!("../../../docs/catalogue.md"),
            include_str!("../../../docs/tenants-life.md"),
            include_str!("../../../docs/connect-active-directory.md"),
            include_str!("../../../docs/operate.md"),
        ];
        let manual = manual.join("\n").replace("\\\n", " ");
        let mut seen = 0;
        for line in manual.lines() {
            let Some(rest) = line.trim().strip_prefix("tenantry ") else { continue };
            // What follows a redirection is the shell's.
            let typed = rest.split(" > ").next().unwrap_or(rest).split(" < ").next().unwrap_or(rest);
            let words = std::iter::once("tenantry".to_owned()).chain(split(typed));
            let parsed = Cli::try_parse_from(words);
            // `--help` is an answer, not a mistake.
            let mistake = parsed.err().filter(clap::Error::use_stderr);
            assert!(mistake.is_none(), "`{line}` of the manual: {mistake:?}");
            seen += 1;
        }
        assert!(seen > 30, "only {seen} commands found: the manual lost its examples");
    }

    /// Every command that exists stands in the manual.
    #[test]
    fn the_manual_leaves_out_no_command() {
        let manual = [
            include_str!("../../../docs/cli.md"),
            include_str!("../../../docs/adoption.md"),
            include_str!("../../../docs/people.md"),
            include_str!("../../../docs/import.md"),
            include_str!("../../../docs/groups.md"),
        ]
        .join("\n");
        for command in Cli::command().get_subcommands() {
            let leaves: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
            let name = command.get_name();
            if leaves.is_empty() {
                assert!(manual.contains(&format!("tenantry {name}")), "{name} is missing");
            }
            for leaf in leaves {
                assert!(manual.contains(&format!("tenantry {name} {leaf}")), "{name} {leaf} is missing");
            }
        }
    }

    /// Words of a command line, with double quotes.
    fn split(line: &str) -> Vec<String> {
        let mut words = Vec::new();
        for (i, part) in line.split('"').enumerate() {
            if i % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        words
    }
}
