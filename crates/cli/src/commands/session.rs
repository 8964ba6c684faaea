//! Signing in and out, and who one is.

use std::{io::Read as _, path::PathBuf};

use clap::Args;
use wire::sessions::{Me, NewSession, Session};

use crate::{
    args::Global,
    client::Client,
    config::{Config, Profile, Target},
    failure::Failure,
    output::{Out, instant, note},
};

/// Sign in.
#[derive(Debug, Args)]
pub struct Login {
    /// Address of the server, as `https://portal.example.com`; that of the profile when not given
    #[arg(value_name = "URL")]
    pub server: Option<String>,
    /// Principal name to sign in with, as anna.berg@acme.example; asked for when not given
    #[arg(long = "login", value_name = "NAME")]
    pub name: Option<String>,
    /// Read the password from standard input instead of asking
    #[arg(long)]
    pub password_stdin: bool,
}

/// Makes a session and remembers it.
pub async fn login(command: &Login, global: &Global, out: &Out) -> Result<(), Failure> {
    let mut config = Config::load()?;
    let (name, profile) = config.profile(global);
    let url =
        command.server.clone().or_else(|| global.url.clone()).or_else(|| profile.map(|p| p.url.clone()));
    let Some(url) = url else {
        return Err(Failure::usage("no server was named", "`tenantry login https://portal.example.com`"));
    };
    let ca_file = absolute(global.ca_file.clone())?.or_else(|| profile.and_then(|p| p.ca_file.clone()));
    let target = Target { url: url.clone(), token: None, ca_file: ca_file.clone() };
    let client = Client::new(&target, global)?;
    let login = match &command.name {
        Some(login) => login.clone(),
        None => ask("login: ")?,
    };
    let password = password(command.password_stdin, &login)?;
    let new = NewSession { login: login.clone(), password };
    let session: Session = client.post_secret(&["sessions"], &new).await?.read()?;
    let expires_at = session.expires_at.clone();
    config.profiles.insert(name.clone(), Profile { url, login, token: session.token, expires_at, ca_file });
    config.current = Some(name.clone());
    config.save()?;
    out.entity(
        // The token stays in the file.
        &serde_json::json!({ "profile": name, "user": session.user, "expires_at": session.expires_at }),
        &[
            ("signed in as", format!("{} ({})", session.user.display_name, session.user.principal_name)),
            ("profile", name),
            ("until", instant(&session.expires_at)),
        ],
    )
}

/// Ends the session and forgets it, also when the server is away.
pub async fn logout(global: &Global) -> Result<(), Failure> {
    let mut config = Config::load()?;
    let (name, _) = config.profile(global);
    let Some(profile) = config.profiles.remove(&name) else {
        return Err(Failure::usage(
            format!("there is no profile \"{name}\""),
            "`tenantry profiles list` shows those there are",
        ));
    };
    if config.current.as_ref() == Some(&name) {
        config.current = config.profiles.keys().next().cloned();
    }
    config.save()?;
    let target = Target { url: profile.url, token: Some(profile.token), ca_file: profile.ca_file };
    let ended = match Client::new(&target, global) {
        Ok(client) => client.delete(&["sessions", "current"], &(), None).await.map(drop),
        Err(failure) => Err(failure),
    };
    match ended {
        // A session that is over needs no ending.
        Ok(()) => note(&format!("signed out of profile {name}")),
        Err(failure) if failure.exit_code() == 4 => note(&format!("signed out of profile {name}")),
        Err(failure) => {
            note("forgotten here, but the server could not be told: the session ends there by itself");
            return Err(failure);
        }
    }
    Ok(())
}

/// Who is signed in, and what they may do.
pub async fn whoami(client: &Client, out: &Out) -> Result<(), Failure> {
    let answer = client.get(&["me"], &()).await?;
    let me: Me = answer.read()?;
    out.entity(
        &answer.body,
        &[
            ("id", me.user.id.clone()),
            ("name", me.user.display_name.clone()),
            ("principal name", me.user.principal_name.clone()),
            ("tenant", format!("{} ({})", me.tenant.name, me.tenant.code)),
            ("language", me.language.clone()),
            ("may", me.permissions.join("\n")),
        ],
    )?;
    let rows: Vec<_> = me
        .grants
        .iter()
        .map(|g| {
            vec![g.role.clone(), g.tenant.code.clone(), g.tenant.name.clone(), g.tenant_kind.to_string()]
        })
        .collect();
    out.table(&["role", "on and below", "name", "kind"], &rows)
}

fn ask(question: &str) -> Result<String, Failure> {
    use std::io::{BufRead as _, IsTerminal as _, Write as _};
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("no login was given and nobody can be asked", "give --login"));
    }
    let mut line = String::new();
    write!(std::io::stderr(), "{question}")
        .and_then(|()| std::io::stderr().flush())
        .and_then(|()| std::io::stdin().lock().read_line(&mut line))
        .map_err(|error| Failure::local("the question could not be asked", error))?;
    Ok(line.trim().to_owned())
}

/// A password from the first line of standard input, or asked for.
fn password(from_stdin: bool, login: &str) -> Result<String, Failure> {
    if from_stdin {
        let mut text = String::new();
        std::io::stdin()
            .take(4096)
            .read_to_string(&mut text)
            .map_err(|error| Failure::local("the password cannot be read from standard input", error))?;
        // `echo` and editors end the line; a password never holds a line break.
        return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
    }
    rpassword::prompt_password(format!("password of {login}: ")).map_err(|error| {
        Failure::usage(format!("the password cannot be asked for: {error}"), "give it with --password-stdin")
    })
}

/// The file must be found from every folder later.
fn absolute(path: Option<PathBuf>) -> Result<Option<PathBuf>, Failure> {
    path.map(|p| {
        std::path::absolute(&p).map_err(|error| Failure::local(format!("{} is no path", p.display()), error))
    })
    .transpose()
}
