//! Progress that moves by itself: server-sent events (WHATWG HTML, 9.2) with the
//! same fragment that is in the page. Without scripts the page can be loaded again.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use app::{
    AppError, Caller,
    reading::{
        tx::{ReadTx, act},
        views::RequestView,
    },
};
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
    brand::Look,
    id::{BulkId, OrderId, RequestId},
    limits,
    request::{ItemState, RequestState},
};
use futures::stream;
use web::{Surface, caller, speech, streams::Stream};

use crate::{
    bulk,
    context::{self, Frame},
    orders,
    query::Pairs,
    refusal::Refusal,
    view,
};

/// Name of the event after which nothing changes any more.
const END: &str = "end";
/// Steps that are shown one by one; of more only those that need somebody are.
const STEPS: i64 = 60;

#[derive(Template)]
#[template(path = "progress_now.html")]
struct Now {
    frame: Frame,
    r: view::Request,
    complete: bool,
    steps: Vec<view::Item>,
    retry: Option<String>,
}

/// How far a request is, beyond its counts.
pub struct Progress {
    /// All of it is true now, also what later requests wanted otherwise.
    pub complete: bool,
    /// Nothing changes any more without somebody.
    pub over: bool,
    /// Its steps, if they are shown.
    pub steps: Vec<view::Item>,
}

impl Progress {
    /// Reads it in the transaction in which the counts were read.
    pub async fn read(tx: &mut ReadTx<'_>, of: &RequestView, with_steps: bool) -> Result<Self, AppError> {
        let state = of.counts.state();
        let done = state == RequestState::Complete;
        let complete = done && (of.counts.superseded == 0 || tx.overtaken_is_verified(of.id).await?);
        let mut steps = Vec::new();
        if with_steps {
            let own = tx.is_provider_staff().await?;
            let plain = tx.request(of.id).await?;
            let only = (of.counts.total() > STEPS).then_some(ItemState::Failed);
            let limit = u32::try_from(STEPS).unwrap_or(u32::MAX);
            let items = tx.item_views(&plain, only, None, limit).await?;
            steps = items.iter().map(|item| view::item(item, own)).collect();
        }
        Ok(Self { complete, over: state.is_final() && (complete || !done), steps })
    }
}

/// What is watched.
#[derive(Clone, Copy)]
enum Of {
    /// A request, with the order whose page watches.
    Request(RequestId, Option<OrderId>),
    /// A bulk change, with the version of the preview that a page of one shows.
    Bulk(BulkId, Option<i64>),
}

/// What a stream knows between two events.
struct Watch {
    surface: Surface,
    headers: HeaderMap,
    of: Of,
    bell: app::reading::Changes,
    /// The place this stream has among those of its person.
    _place: Stream,
    until: Instant,
    shown: String,
    events: u32,
    over: bool,
    ended: bool,
}

/// The progress of a request, until it is over. Who is signed in is asked anew for
/// every event: a session that ends ends its streams, and they are told not to come again.
pub async fn request(
    State(surface): State<Surface>,
    Path(id): Path<String>,
    query: Pairs,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let id = id.parse().map_err(|_| Refusal::no_page())?;
    let order = query.given("order").and_then(|order| order.parse().ok());
    watch(surface, headers, Of::Request(id, order)).await
}

/// The progress of a bulk change, until nothing is left of it to do.
pub async fn bulk_change(
    State(surface): State<Surface>,
    Path(id): Path<String>,
    query: Pairs,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let id = id.parse().map_err(|_| Refusal::no_page())?;
    let version = query.given("version").and_then(|version| version.parse().ok());
    watch(surface, headers, Of::Bulk(id, version)).await
}

async fn watch(surface: Surface, headers: HeaderMap, of: Of) -> Result<Response, Refusal> {
    // Whoever was signed out meanwhile, or has too many open: the page stays as it is.
    let Some(caller) = caller::by_cookie(&surface, &headers).await? else { return Ok(over()) };
    let Some(place) = surface.streams.open(caller.user()) else { return Ok(over()) };
    let bell = surface.app.changes();
    let watch = Watch {
        surface,
        headers,
        of,
        bell,
        _place: place,
        until: Instant::now() + limits::LIVE,
        shown: String::new(),
        events: 0,
        over: false,
        ended: false,
    };
    // Whoever may not see it gets a page that says so, and no stream.
    let first = watch.look().await?;
    let stream = stream::unfold((watch, Some(first)), |(mut watch, first)| async move {
        let event = match first {
            Some((html, over)) => watch.event(html, over),
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
    /// What is shown now, and whether it stays so.
    async fn look(&self) -> Result<(String, bool), Refusal> {
        // What follows the answer has no language of its own.
        speech::scope(speech::of_headers(&self.headers), self.shown_now()).await
    }

    async fn shown_now(&self) -> Result<(String, bool), Refusal> {
        let caller = caller::by_cookie(&self.surface, &self.headers).await?.ok_or(Refusal::SignIn(None))?;
        context::speak(Some(&caller), &Look::default(), &self.headers);
        let form = context::form_of(&self.surface, Some(&caller), &self.headers);
        let frame = Frame { form, ..Frame::plain() };
        match self.of {
            Of::Request(id, order) => request_now(&self.surface, &caller, (id, order), frame).await,
            Of::Bulk(id, version) => bulk::now(&self.surface, &caller, (id, version), frame).await,
        }
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
            let (html, over) = match self.look().await {
                Ok(now) => now,
                // Asking again would only be refused again, for as long as the page is open.
                Err(refusal) if refusal.is_final() => {
                    self.over = true;
                    continue;
                }
                Err(_) => return None,
            };
            if plain(&html) != self.shown || over {
                return Some(self.event(html, over));
            }
        }
    }

    fn event(&mut self, html: String, over: bool) -> Event {
        self.shown = plain(&html);
        self.events += 1;
        self.over = over;
        Event::default().data(html)
    }
}

async fn request_now(
    surface: &Surface,
    caller: &Caller,
    (id, order): (RequestId, Option<OrderId>),
    frame: Frame,
) -> Result<(String, bool), Refusal> {
    let read = async {
        let mut tx = surface.app.read(caller).await?;
        let view = tx.request_view(id).await?;
        let tenant = tx.tenant(view.tenant.id).await?;
        let may = tx.permit::<act::RequestRetry>(&tenant).is_ok();
        let progress = Progress::read(&mut tx, &view, order.is_some()).await?;
        tx.finish().await?;
        Ok::<_, AppError>((view, progress, may))
    };
    let (view, Progress { complete, over, steps }, may) = read.await?;
    let retry = order.and_then(|order| orders::retry_of(order, &view.counts, may));
    let r = view::request(&view, surface.app.now());
    let now = Now { frame, r, complete, steps, retry };
    Ok((now.render().map_err(|error| Refusal::broken(&error))?, over))
}

/// What is shown without the tokens of its forms, which are others every time.
fn plain(html: &str) -> String {
    let mut parts = html.split("name=\"form_token\" value=\"");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once('"').map_or(part, |(_, rest)| rest));
    }
    text
}
