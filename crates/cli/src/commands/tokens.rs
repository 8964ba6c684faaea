//! API tokens.

use clap::Subcommand;
use wire::{
    common::PageQuery,
    tokens::{CreatedToken, NewToken, Token},
};

use super::EVERYTHING;
use crate::{
    client::Client,
    failure::Failure,
    output::{Columns, Out, instant, note},
};

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub enum Tokens {
    /// Make a token; its secret is shown once
    Create {
        /// What it is for
        name: String,
        /// When it stops working, as 2027-01-01T00:00:00Z; never when not given
        #[arg(long, value_name = "INSTANT")]
        expires_at: Option<String>,
    },
    /// List your tokens
    List,
    /// Make a token stop working at once
    Revoke {
        /// Id of the token
        token: String,
    },
}

/// Does it.
pub async fn run(command: &Tokens, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Tokens::Create { name, expires_at } => {
            let body = NewToken { name: name.clone(), expires_at: expires_at.clone() };
            let answer = client.post(&["tokens"], Some(&body)).await?;
            let created: CreatedToken = answer.read()?;
            let expires = created.token.expires_at.as_deref().map_or_else(|| "never".to_owned(), instant);
            let fields = [
                ("id", created.token.id),
                ("name", created.token.name),
                ("expires", expires),
                ("secret", created.secret),
            ];
            out.entity(&answer.body, &fields)?;
            note("the secret is shown only now: keep it in a safe place");
            Ok(())
        }
        Tokens::List => {
            let page = client.list(&["tokens"], &PageQuery::default(), &EVERYTHING).await?;
            let columns = Columns::<Token> {
                titles: &["id", "name", "created", "expires", "last used"],
                row: |t| {
                    let at = |value: Option<&str>| value.map_or_else(|| "never".to_owned(), instant);
                    let (expires, used) = (at(t.expires_at.as_deref()), at(t.last_used_at.as_deref()));
                    vec![t.id.clone(), t.name.clone(), instant(&t.created_at), expires, used]
                },
            };
            out.list(&page, &columns)
        }
        Tokens::Revoke { token } => {
            client.delete(&["tokens", token], &(), None).await?;
            note(&format!("{token} no longer works"));
            Ok(())
        }
    }
}
