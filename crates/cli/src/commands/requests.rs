//! Provisioning requests.

use clap::{Args, Subcommand};
use wire::requests::{Item, ItemQuery, Request, RequestQuery};

use crate::{
    args::{Listing, Wait},
    client::Client,
    failure::Failure,
    output::{Columns, Out, instant, note, or_dash},
    wait,
};

/// What can be done with requests.
#[derive(Debug, Subcommand)]
pub enum Requests {
    /// List requests, newest first
    List(List),
    /// Show a request: how far it is, and what is wrong
    Show(Show),
    /// Wait until a request is final
    Watch {
        /// Id of the request
        request: String,
        /// Seconds to wait at most
        #[arg(long, default_value_t = 600, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
        timeout: u64,
    },
    /// Undo a change of properties or of versions of plans, by one more request
    Undo {
        /// Id of the request
        request: String,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// Run the failed part of a request again, after the cures were applied
    Retry {
        /// Id of the request
        request: String,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
}

/// Which requests to list.
#[derive(Debug, Args)]
pub struct List {
    /// Only those of this tenant and below (code or id)
    #[arg(long)]
    pub tenant: Option<String>,
    /// Only those in this state
    #[arg(long, value_parser = ["requested", "running", "parked", "complete", "complete_with_problems", "failed"])]
    pub state: Option<String>,
    /// Only those of this kind, as `user_create`
    #[arg(long)]
    pub kind: Option<String>,
    /// Only what this person asked for (id)
    #[arg(long, value_name = "USER")]
    pub actor: Option<String>,
    /// Sort by created, the oldest first, or by -created
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// How many
    #[command(flatten)]
    pub listing: Listing,
}

/// What to show of a request.
#[derive(Debug, Args)]
pub struct Show {
    /// Id of the request
    pub request: String,
    /// List its objects instead; only failed ones are shown otherwise
    #[arg(long)]
    pub items: bool,
    /// With --items: only objects in this state
    #[arg(long, requires = "items", value_parser = ["requested", "running", "verified", "failed", "drifted", "parked", "superseded"])]
    pub state: Option<String>,
    /// How many objects
    #[command(flatten)]
    pub listing: Listing,
}

/// Does it.
pub async fn run(command: &Requests, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Requests::List(list) => {
            let query = RequestQuery {
                tenant: list.tenant.clone(),
                state: list.state.clone(),
                kind: list.kind.clone(),
                actor: list.actor.clone(),
                sort: list.sort.clone(),
                ..RequestQuery::default()
            };
            let page = client.list(&["requests"], &query, &list.listing).await?;
            out.list(&page, &REQUESTS)
        }
        Requests::Show(command) => show(client, out, command).await,
        Requests::Watch { request, timeout } => {
            let waited = wait::until_final(client, request, *timeout).await;
            // What it came to is the result, also when it is no success.
            let answer = client.get(&["requests", request], &()).await;
            let printed = answer.and_then(|a| out.entity(&a.body, &fields(&a.read()?)));
            waited.and(printed)
        }
        Requests::Undo { request, wait } => {
            let answer = client.post(&["requests", request, "undo"], None::<&()>).await?;
            let made = answer.body["request"].as_str().map(str::to_owned);
            out.entity(&answer.body, &[("request", or_dash(made.as_deref()))])?;
            match made {
                Some(made) if wait.wait => wait::until_final(client, &made, wait.timeout).await,
                _ => Ok(()),
            }
        }
        Requests::Retry { request, wait } => {
            let answer = client.post(&["requests", request, "retry"], None::<&()>).await?;
            out.entity(&answer.body, &fields(&answer.read()?))?;
            if wait.wait {
                wait::until_final(client, request, wait.timeout).await?;
            }
            Ok(())
        }
    }
}

async fn show(client: &Client, out: &Out, command: &Show) -> Result<(), Failure> {
    let path = ["requests", &command.request, "items"];
    if command.items {
        let query = ItemQuery { state: command.state.clone(), ..ItemQuery::default() };
        let page = client.list(&path, &query, &command.listing).await?;
        return out.list(&page, &ITEMS);
    }
    let answer = client.get(&["requests", &command.request], &()).await?;
    let request: Request = answer.read()?;
    out.entity(&answer.body, &fields(&request))?;
    if request.counts.failed > 0 {
        let query = ItemQuery { state: Some("failed".to_owned()), ..ItemQuery::default() };
        let page = client.list(&path, &query, &command.listing).await?;
        for item in page.items {
            if let Ok(item) = serde_json::from_value::<Item>(item) {
                note(&wait::explain(&item));
            }
        }
        if page.next.is_some() {
            note(&format!(
                "there are more: tenantry requests show {} --items --state failed --all",
                request.id
            ));
        }
    }
    Ok(())
}

const REQUESTS: Columns<'static, Request> = Columns {
    titles: &["id", "tenant", "what", "state", "done", "failed", "requested"],
    row: |r| {
        vec![
            r.id.clone(),
            r.tenant.code.clone(),
            r.cause.clone(),
            r.state.to_string(),
            format!("{}/{}", r.counts.settled(), r.counts.total),
            r.counts.failed.to_string(),
            instant(&r.requested_at),
        ]
    },
};

const ITEMS: Columns<'static, Item> = Columns {
    titles: &["object", "kind", "name", "state", "attempts", "problem", "what to do"],
    row: |i| {
        let problem = i.problem.as_ref();
        vec![
            i.object.clone(),
            i.kind.clone(),
            i.name.clone(),
            i.state.to_string(),
            i.attempts.to_string(),
            or_dash(problem.map(|p| p.title.as_str())),
            or_dash(problem.map(|p| p.cure.as_str())),
        ]
    },
};

fn fields(request: &Request) -> Vec<(&'static str, String)> {
    let at = |value: &Option<String>| value.as_deref().map_or_else(|| "-".to_owned(), instant);
    let counts = &request.counts;
    let states = [
        ("requested", counts.requested),
        ("running", counts.running),
        ("verified", counts.verified),
        ("failed", counts.failed),
        ("drifted", counts.drifted),
        ("parked", counts.parked),
        ("superseded", counts.superseded),
    ];
    let shown: Vec<_> = states.iter().filter(|(_, n)| *n > 0).map(|(s, n)| format!("{n} {s}")).collect();
    vec![
        ("id", request.id.clone()),
        ("tenant", format!("{} ({})", request.tenant.name, request.tenant.code)),
        ("what", request.cause.clone()),
        ("by", or_dash(request.requested_by.as_ref().map(|u| u.principal_name.as_str()))),
        ("state", request.state.to_string()),
        ("objects", format!("{}: {}", counts.total, shown.join(", "))),
        ("requested", instant(&request.requested_at)),
        ("started", at(&request.started_at)),
        ("finished", at(&request.finished_at)),
        ("rate", request.rate_per_second.map_or_else(|| "-".to_owned(), |r| format!("{r:.1} a second"))),
    ]
}
