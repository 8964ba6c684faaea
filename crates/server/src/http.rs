//! The router of portal and REST interface, and the socket it answers on.

use app::App;
use axum::Router;
use tokio::{net::TcpListener, sync::watch};
use web::Surface;

use crate::config::Config;

/// Everything that can be asked for: pages, and REST below `/api/v1`.
pub fn router(config: &Config, app: App) -> Router {
    let surface = Surface::new(app, &config.public_url()).behind(config.trusted_proxies());
    api::router(&surface).merge(portal::router(&surface))
}

/// Answers until told to end; requests in hand are answered first, streams end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    app: App,
    mut told: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let end = async move {
        // Without its sender nobody can tell any more: end as well.
        let _end_either_way = told.wait_for(|end| *end).await;
        app.end_changes();
    };
    axum::serve(listener, service).with_graceful_shutdown(end).await
}
