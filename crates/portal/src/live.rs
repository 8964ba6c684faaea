//! Progress that moves by itself: server-sent events (WHATWG HTML, 9.2) with the
//! same fragment that is in the page. Without scripts the page can be loaded again.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use app::{AppError, reading::views::RequestView};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{
    id::RequestId,
    limits,
    request::{Counts, RequestState},
};
use futures::stream;
use web::{
    Surface, caller,
    speech::{self, Speech},
    streams::Stream,
};

use crate::{context::Frame, refusal::Refusal, view};

/// Name of the event after which nothing changes any more.
const END: &str = "end";

#[derive(Template)]
#[template(path = "progress_now.html")]
struct Now {
    frame: Frame,
    r: view::Request,
    complete: bool,
}

/// What a stream knows between two events.
struct Watch {
    surface: Surface,
    headers: HeaderMap,
    speech: Speech,
    id: RequestId,
    bell: app::reading::Changes,
    /// The place this stream has among those of its person.
    _place: Stream,
    until: Instant,
    shown: Option<Counts>,
    events: u32,
    over: bool,
    ended: bool,
}

/// The progress of a request, until it is over. Who is signed in is asked anew for
/// every event: a session that ends ends its streams, and they are told not to come again.
pub async fn request(
    State(surface): State<Surface>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let id: RequestId = id.parse().map_err(|_| Refusal::no_page())?;
    // Whoever was signed out meanwhile, or has too many open: the page stays as it is.
    let Some(caller) = caller::by_cookie(&surface, &headers).await? else { return Ok(over()) };
    let Some(place) = surface.streams.open(caller.user()) else { return Ok(over()) };
    let bell = surface.app.changes();
    let watch = Watch {
        speech: speech::now(),
        surface,
        headers,
        id,
        bell,
        _place: place,
        until: Instant::now() + limits::LIVE,
        shown: None,
        events: 0,
        over: false,
        ended: false,
    };
    // Whoever may not see it gets a page that says so, and no stream.
    let first = watch.look().await?;
    let stream = stream::unfold((watch, Some(first)), |(mut watch, first)| async move {
        let event = match first {
            Some(view) => watch.event(&view),
            None => watch.next().await?,
        };
        Some((Ok::<_, Infallible>(event), (watch, None)))
    });
    let alive = KeepAlive::new().interval(Duration::from_secs(limits::LIVE_ALIVE_SECONDS));
    Ok(Sse::new(stream).keep_alive(alive).into_response())
}

/// A stream that says nothing but that it is over, so that the browser does not ask again.
fn over() -> Response {
    let end = Event::default().event(END).data("");
    Sse::new(stream::iter([Ok::<_, Infallible>(end)])).into_response()
}

impl Watch {
    async fn look(&self) -> Result<RequestView, Refusal> {
        let caller = caller::by_cookie(&self.surface, &self.headers).await?.ok_or(Refusal::SignIn(None))?;
        let read = async {
            let mut tx = self.surface.app.read(&caller).await?;
            let view = tx.request_view(self.id).await?;
            tx.finish().await?;
            Ok::<_, AppError>(view)
        };
        Ok(read.await?)
    }

    /// Waits for the next change of what is shown; none when the stream is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.over && !self.ended {
                self.ended = true;
                return Some(Event::default().event(END).data(""));
            }
            if self.over || self.events >= limits::LIVE_EVENTS || Instant::now() >= self.until {
                return None;
            }
            self.bell.changed().await?;
            let view = match self.look().await {
                Ok(view) => view,
                // Asking again would only be refused again, for as long as the page is open.
                Err(refusal) if refusal.is_final() => {
                    self.over = true;
                    continue;
                }
                Err(_) => return None,
            };
            if self.shown != Some(view.counts) {
                return Some(self.event(&view));
            }
        }
    }

    fn event(&mut self, view: &RequestView) -> Event {
        let state = view.counts.state();
        self.shown = Some(view.counts);
        self.events += 1;
        self.over = state.is_final();
        let render = || {
            let now = self.surface.app.now();
            let (r, complete) = (view::request(view, now), state == RequestState::Complete);
            Now { frame: Frame::plain(), r, complete }.render()
        };
        let html = speech::within(self.speech.clone(), render).unwrap_or_default();
        Event::default().data(html)
    }
}
