//! Everything that can be typed. Doc comments are the help texts.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::logs::Format;

const NOTES: &str = "\
Exit codes:
  0    done
  1    failed
  2    wrong usage, or a configuration that cannot be accepted
  3    a check found something that is not as it should be
  130  stopped before it was done, or by a second signal

Environment: DATABASE_URL, TENANTRY_DIRECTORY_<CODE>_PASSWORD, TENANTRY_CONFIG, TENANTRY_LOG, RUST_LOG";

/// The server of Tenantry: portal, REST interface and workers.
#[derive(Debug, Parser)]
#[command(name = "tenantryd", version, after_help = NOTES, propagate_version = true)]
pub struct Cli {
    /// The configuration file
    #[arg(
        long,
        short,
        global = true,
        env = "TENANTRY_CONFIG",
        default_value = "tenantry.toml",
        value_name = "FILE"
    )]
    pub config: PathBuf,
    /// How log lines look
    #[arg(long, global = true, env = "TENANTRY_LOG", value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    pub log: Format,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve portal and REST interface, and work the queue as well
    Serve(Serve),
    /// Only work the queue; any number of such processes may run
    Work,
    /// Bring the schema up to date and apply the configuration to the database
    Migrate(Migrate),
    /// Prepare a directory for the product, and check that it is prepared
    #[command(subcommand)]
    Directory(Directory),
    /// Print the effective configuration without secrets, and check what can be checked
    CheckConfig,
}

/// How to serve.
#[derive(Debug, Args)]
pub struct Serve {
    /// Do not work the queue; other processes do
    #[arg(long)]
    pub no_work: bool,
}

/// How to migrate.
#[derive(Debug, Args)]
pub struct Migrate {
    /// Also create the provider's first administrator, who signs in with this name (name@domain); nothing happens if
    /// somebody has it already
    #[arg(long, value_name = "NAME", requires = "administrator_password_stdin")]
    pub administrator_login: Option<String>,
    /// The administrator's name as shown; the login when not given
    #[arg(long, value_name = "NAME", requires = "administrator_login")]
    pub administrator_name: Option<String>,
    /// Read the administrator's password from standard input
    #[arg(long, requires = "administrator_login")]
    pub administrator_password_stdin: bool,
}

/// What can be done with a directory.
#[derive(Debug, Subcommand)]
pub enum Directory {
    /// Print the script that delegates the folder to the product's account
    Prepare {
        /// Whose tools the script is for
        #[arg(long, value_enum)]
        kind: Kind,
        /// Log-on name of the product's account, for Windows with its domain (EXAMPLE\svc-tenantry); taken from
        /// `bind_dn` when not given
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// Code of the directory; the only one when not given
        code: Option<String>,
    },
    /// Prove what the product's account can do, and what it cannot
    Check {
        /// Code of the directory; all when not given
        code: Option<String>,
    },
}

/// Whose tools a script is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Active Directory on Windows: a batch file
    Windows,
    /// Samba: a shell script
    Samba,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    /// Every `tenantryd …` line of the manuals must parse, also behind `sudo` and
    /// settings of the environment.
    #[test]
    fn every_command_of_the_manuals_parses() {
        let manuals = [
            include_str!("../../../docs/operate.md"),
            include_str!("../../../docs/connect-active-directory.md"),
            include_str!("../../../docs/backup.md"),
            include_str!("../../../docs/upgrade.md"),
        ];
        let mut seen = 0;
        for line in manuals.iter().flat_map(|manual| manual.lines()) {
            let Some(at) = line.find("tenantryd ").filter(|_| line.starts_with("    ")) else { continue };
            let typed = line[at..].split(['|', '>', '<']).next().unwrap_or_default();
            let mistake = Cli::try_parse_from(typed.split_whitespace()).err();
            // `--help` is an answer, not a mistake.
            let mistake = mistake.filter(clap::Error::use_stderr);
            assert!(mistake.is_none(), "`{line}` of a manual: {mistake:?}");
            seen += 1;
        }
        assert!(seen >= 12, "only {seen} commands found: the manuals lost their examples");
    }

    #[test]
    fn a_first_administrator_needs_a_password_that_is_not_in_the_command_line() {
        let parse = |words: &[&str]| Cli::try_parse_from([&["tenantryd", "migrate"], words].concat());
        assert!(parse(&["--administrator-login", "a@b.example"]).is_err());
        assert!(parse(&["--administrator-password-stdin"]).is_err());
        assert!(parse(&["--administrator-login", "a@b.example", "--administrator-password-stdin"]).is_ok());
    }
}
