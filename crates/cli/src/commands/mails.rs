//! Mails to people, for staff of the provider.

use clap::Subcommand;
use wire::mails::{Mail, MailQuery};

use crate::{
    args::Listing,
    client::Client,
    failure::Failure,
    output::{Columns, Out, instant, or_dash},
};

/// What can be done with mails.
#[derive(Debug, Subcommand)]
pub enum Mails {
    /// List mails, the newest first
    List {
        /// Only those in this state
        #[arg(long, value_parser = ["requested", "sent", "failed", "kept"])]
        state: Option<String>,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// Show a mail; how it reads only where mails are kept instead of sent
    Show {
        /// Id of the mail
        mail: String,
    },
}

const MAILS: Columns<'static, Mail> = Columns {
    titles: &["id", "wanted", "tenant", "to", "what", "state", "tries", "problem"],
    row: |m| {
        vec![
            m.id.clone(),
            instant(&m.created_at),
            m.tenant.code.clone(),
            or_dash(m.to.as_deref()),
            m.kind.to_string(),
            m.state.to_string(),
            m.attempts.to_string(),
            or_dash(m.problem.as_ref().map(|p| p.title.as_str())),
        ]
    },
};

/// Does it.
pub async fn run(command: &Mails, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Mails::List { state, listing } => {
            let query = MailQuery { state: state.clone(), ..MailQuery::default() };
            let page = client.list(&["mails"], &query, listing).await?;
            out.list(&page, &MAILS)
        }
        Mails::Show { mail } => {
            let answer = client.get(&["mails", mail], &()).await?;
            let mail: Mail = answer.read()?;
            let mut fields = vec![
                ("id", mail.id.clone()),
                ("tenant", format!("{} ({})", mail.tenant.name, mail.tenant.code)),
                ("to", or_dash(mail.to.as_deref())),
                ("what", mail.kind.to_string()),
                ("language", or_dash(mail.language.as_deref())),
                ("brand", or_dash(mail.brand.as_deref())),
                ("state", mail.state.to_string()),
                ("tries", mail.attempts.to_string()),
                ("wanted", instant(&mail.created_at)),
            ];
            if let Some(problem) = &mail.problem {
                let said =
                    problem.target_message.as_deref().map(|m| format!("\nsaid: {m}")).unwrap_or_default();
                fields.push(("problem", format!("{}{said}\nwhat to do: {}", problem.what, problem.cure)));
            }
            if let Some(text) = mail.text {
                fields.push(("subject", text.subject));
                fields.push(("text", text.plain));
            }
            out.entity(&answer.body, &fields)
        }
    }
}
