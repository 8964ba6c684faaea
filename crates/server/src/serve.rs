//! `tenantryd serve`: from the start of the database to its end, in order.

use std::time::Duration;

use app::App;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    args::Serve,
    config::Config,
    database::{self, Database},
    errands::Errands,
    failure::Failure,
    http,
    stop::Stop,
    workers::Workers,
};

/// Requests in hand are answered within this.
const DRAIN: Duration = Duration::from_secs(20);

/// Serves until asked to stop, or until the private database ends.
pub async fn serve(config: &Config, args: &Serve, stop: &Stop) -> Result<(), Failure> {
    // First, because an address that is taken is the most likely mistake.
    let listen = config.http.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(Failure::because(format!("{listen} cannot be listened on")))?;
    let keys = database::keyring(config)?;
    let database = stop.unless_asked(Database::own(config)).await?;
    let result = with_database(config, args, stop, &database, keys, listener).await;
    let stopped = database.stop().await;
    tracing::info!("stopped");
    result.and(stopped)
}

async fn with_database(
    config: &Config,
    args: &Serve,
    stop: &Stop,
    database: &Database,
    keys: store::seal::Keyring,
    listener: TcpListener,
) -> Result<(), Failure> {
    if !database.is_shared() {
        stop.unless_asked(database.migrate(config, &keys, None)).await?;
    }
    let settings = database.settings(config.database.connections);
    let store = database::store(&settings, keys.clone())?;
    stop.unless_asked(database::require_schema(&store)).await?;
    let workers = match args.no_work {
        true => None,
        false => Some(stop.unless_asked(Workers::start(config, &settings, keys)).await?),
    };
    let app = App::new(store.clone()).with_hooks(config.hooks.allowed()).with_mail(config.mailing());
    let errands = workers.is_some().then(|| Errands::start(app.clone()));
    let result = requests(config, stop, database, app, listener).await;
    if let Some(errands) = errands {
        errands.stop().await;
    }
    if let Some(workers) = workers {
        workers.stop().await;
    }
    store.close().await;
    result
}

/// Answers requests until asked to stop.
async fn requests(
    config: &Config,
    stop: &Stop,
    database: &Database,
    app: App,
    listener: TcpListener,
) -> Result<(), Failure> {
    let (end, told) = watch::channel(false);
    let (router, going_on) = (http::router(config, app.clone()), app.clone());
    let mut server = tokio::spawn(http::serve(listener, router, app, told));
    tracing::info!(listen = %config.http.listen, url = config.public_url(), "serving");
    let result = tokio::select! {
        () = stop.asked() => Ok(()),
        how = database.ended() => Err(Failure::plain(format!("the private database ended by itself ({how})"))),
        ended = &mut server => {
            return Err(match ended {
                Ok(Ok(())) => Failure::plain("the server of requests ended by itself"),
                Ok(Err(error)) => Failure::failed("requests cannot be served", error),
                Err(error) => Failure::failed("the server of requests broke", error),
            });
        }
    };
    end.send_replace(true);
    if tokio::time::timeout(DRAIN, &mut server).await.is_err() {
        tracing::warn!("requests did not end in {} s; their connections are closed", DRAIN.as_secs());
        server.abort();
    }
    // Forgotten passwords were promised a mail.
    if tokio::time::timeout(DRAIN, going_on.settled()).await.is_err() {
        tracing::warn!("links that were asked for are not written; people have to ask again");
    }
    result
}
