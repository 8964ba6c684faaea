//! One's own sessions, and what one chose for oneself.

use std::{io::Read as _, time::Duration};

use clap::{Args, Subcommand};
use tokio::time::{Instant, sleep};
use wire::{
    activations::{Activation, ActivationState},
    sessions::{ChangePassword, EndedSessions, Me, MeUpdate, OpenSession, PasswordChange},
};

use crate::{
    client::{Answer, Client},
    failure::Failure,
    output::{Columns, Out, instant, note, or_dash},
};

/// What can be done with one's own sessions.
#[derive(Debug, Subcommand)]
pub enum Sessions {
    /// List your open sessions
    List,
    /// End one of your sessions
    End {
        /// Id of the session
        session: String,
    },
    /// End all your sessions but this one
    EndOthers,
}

/// What one chooses for pages and mails.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("choices").multiple(true).required(true).args(["language", "theme"]))]
pub struct Preferences {
    /// Language, as da or en-GB; with an empty value that of your customer
    #[arg(long)]
    pub language: Option<String>,
    /// light or dark; with an empty value what your device says
    #[arg(long)]
    pub theme: Option<String>,
}

/// How one's own password is changed.
#[derive(Debug, Args)]
pub struct Password {
    /// Read the present and the new password from standard input, one a line, instead of asking
    #[arg(long)]
    pub password_stdin: bool,
    /// Seconds to wait until it is set everywhere
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub timeout: u64,
}

const SESSIONS: Columns<'static, OpenSession> = Columns {
    titles: &["id", "opened", "last used", "browser", "network", "this one"],
    row: |s| {
        vec![
            s.id.clone(),
            instant(&s.created_at),
            s.last_used_at.as_deref().map_or_else(|| "never".to_owned(), instant),
            or_dash(s.browser.as_deref()),
            or_dash(s.network.as_deref()),
            if s.current { "yes".to_owned() } else { String::new() },
        ]
    },
};

/// Does it.
pub async fn run(command: &Sessions, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Sessions::List => list(&["sessions"], client, out).await,
        Sessions::End { session } => {
            client.delete(&["sessions", session], &(), None).await?;
            note(&format!("{session} no longer works"));
            Ok(())
        }
        Sessions::EndOthers => {
            let answer = client.post(&["sessions", "end-others"], None::<&()>).await?;
            ended(out, &answer)
        }
    }
}

/// Shows the open sessions at `path`.
pub async fn list(path: &[&str], client: &Client, out: &Out) -> Result<(), Failure> {
    let page = client.list(path, &(), &super::EVERYTHING).await?;
    out.list(&page, &SESSIONS)
}

/// Says how many sessions were ended.
pub fn ended(out: &Out, answer: &Answer) -> Result<(), Failure> {
    let ended: EndedSessions = answer.read()?;
    out.entity(&answer.body, &[("sessions ended", ended.ended.to_string())])
}

/// Changes what one chose.
pub async fn set(preferences: &Preferences, client: &Client, out: &Out) -> Result<(), Failure> {
    let chosen = |value: &Option<String>| value.clone().map(|v| Some(v).filter(|v| !v.is_empty()));
    let body = MeUpdate { language: chosen(&preferences.language), theme: chosen(&preferences.theme) };
    let answer = client.patch(&["me"], None, &body).await?;
    let me: Me = answer.read()?;
    let theme = me.preferences.theme.map(|theme| theme.to_string());
    let fields = [("language", me.language), ("theme", or_dash(theme.as_deref()))];
    out.entity(&answer.body, &fields)
}

/// Changes one's own password and waits until it is set everywhere.
pub async fn password(command: &Password, client: &Client, out: &Out) -> Result<(), Failure> {
    let body = passwords(command.password_stdin)?;
    let sent: PasswordChange = client.post_secret(&["me", "password"], &body).await?.read()?;
    let token = sent.activation.link.rsplit('/').next().unwrap_or_default().to_owned();
    let deadline = Instant::now() + Duration::from_secs(command.timeout);
    loop {
        let answer = client.get(&["activations", &token], &()).await?;
        let seen: Activation = answer.read()?;
        if seen.state == ActivationState::Pending && Instant::now() < deadline {
            sleep(Duration::from_millis(500)).await;
            continue;
        }
        if seen.state == ActivationState::Done {
            note("all sessions have ended: sign in again with `tenantry login`");
        }
        let mut fields = vec![("login", seen.login), ("password", seen.state.to_string())];
        if let Some(problem) = seen.problem {
            fields.extend([
                ("problem", problem.what),
                ("what to do", problem.cure),
                ("another one", sent.activation.link),
            ]);
        }
        return out.entity(&answer.body, &fields);
    }
}

fn passwords(from_stdin: bool) -> Result<ChangePassword, Failure> {
    if from_stdin {
        let mut text = String::new();
        std::io::stdin()
            .take(4096)
            .read_to_string(&mut text)
            .map_err(|error| Failure::local("the passwords cannot be read from standard input", error))?;
        let mut lines = text.lines().map(str::to_owned);
        let present_password = lines.next().unwrap_or_default();
        return Ok(ChangePassword { present_password, password: lines.next().unwrap_or_default() });
    }
    let ask = |question: &str| {
        rpassword::prompt_password(question).map_err(|error| {
            let said = format!("the password cannot be asked for: {error}");
            Failure::usage(said, "give it with --password-stdin")
        })
    };
    let present_password = ask("present password: ")?;
    let password = ask("new password: ")?;
    if ask("the same again: ")? != password {
        return Err(Failure::usage("the two new passwords are not the same", "nothing was changed"));
    }
    Ok(ChangePassword { present_password, password })
}
