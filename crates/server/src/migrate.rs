//! `tenantryd migrate`: schema, roles, and what the configuration says of the
//! instance; on request the first administrator.

use std::io::Read as _;

use app::App;
use domain::names;
use store::bootstrap::FirstAdministrator;
use zeroize::Zeroizing;

use crate::{
    args::Migrate,
    config::Config,
    database::{self, Database},
    failure::Failure,
    stop::Stop,
    term::say,
};

/// Bytes of a password on standard input.
const PASSWORD_BYTES: u64 = 4_096;

/// Migrates and says what was done, in one line.
pub async fn migrate(config: &Config, args: &Migrate, stop: &Stop) -> Result<(), Failure> {
    let keys = database::keyring(config)?;
    let wanted = match &args.administrator_login {
        Some(login) => Some((checked_login(login)?, checked_password()?)),
        None => None,
    };
    let database = stop.unless_asked(Database::own(config)).await?;
    let work = async {
        let mut administrator = None;
        if let Some((login, password)) = &wanted {
            let app = App::new(database::store(&database.settings(2), keys.clone())?);
            let hash = app::sessions::hash(&app, password);
            let portal_hash = hash.await.map_err(Failure::because("the password cannot be hashed"))?;
            let name = args.administrator_name.clone().unwrap_or_else(|| login.clone());
            let name = names::display_name("", &name)
                .map_err(|_| Failure::usage("the name of the administrator cannot be accepted"))?;
            administrator = Some(FirstAdministrator { login: login.clone(), name, portal_hash });
        }
        database.migrate(config, &keys, administrator.as_ref()).await
    };
    let migrated = stop.unless_asked(work).await;
    let stopped = database.stop().await;
    migrated.and(stopped)?;
    let administrator =
        wanted.map(|(login, _)| format!(", administrator {login} present")).unwrap_or_default();
    let (brands, directories, plans) = (config.brands.len(), config.directories.len(), config.plans.len());
    say(format!(
        "migrated: schema current, {brands} brands, {directories} directories, {plans} plans{administrator}"
    ));
    Ok(())
}

fn checked_login(login: &str) -> Result<String, Failure> {
    names::principal_name("", login)
        .map_err(|_| Failure::usage(format!("the login {login} is not of the form name@example.com")))
}

fn checked_password() -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .take(PASSWORD_BYTES)
        .read_to_string(&mut text)
        .map_err(Failure::because("the password cannot be read from standard input"))?;
    // `echo` and editors end the line; a password never holds a line break.
    let password = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
    let limits = domain::limits::PASSWORD_CHARS;
    names::password("", &password).map_err(|_| {
        let (min, max) = (limits.start(), limits.end());
        Failure::usage(format!(
            "the password must have {min} to {max} characters, none of them a control character"
        ))
    })?;
    Ok(password)
}
