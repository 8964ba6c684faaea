//! One's own sessions, and what one chose for oneself.

use clap::{Args, Subcommand};
use wire::sessions::{EndedSessions, Me, MeUpdate, OpenSession};

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
        Sessions::List => {
            let page = client.list(&["sessions"], &(), &super::EVERYTHING).await?;
            out.list(&page, &SESSIONS)
        }
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
