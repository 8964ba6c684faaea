//! The router of portal and REST interface, and the socket it answers on.

use app::App;
use axum::Router;
use tokio::{net::TcpListener, sync::watch};

use crate::config::Config;

/// Everything that can be asked for.
pub fn router(_config: &Config, _app: App) -> Router {
    Router::new()
}

/// Answers until told to end; requests in hand are answered first.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    mut told: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let end = async move {
        // Without its sender nobody can tell any more: end as well.
        let _end_either_way = told.wait_for(|end| *end).await;
    };
    axum::serve(listener, service).with_graceful_shutdown(end).await
}
