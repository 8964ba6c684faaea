//! What a person waits for: a password reset beside somebody else's import, and
//! the way from an order to the first log-on.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use app::{
    Cause,
    activations::{LinkState, choose, look, state},
    users::reset_password,
};
use serde_json::json;

use crate::{
    Failure, Scale,
    directory::Site,
    import::{CUSTOMER, order, until},
    report::{Bar, Row},
    stage::{Ground, Stage},
    stats::percentile,
    term::say,
};

/// How often a link is looked at while it is on its way.
const LOOK: Duration = Duration::from_millis(20);
/// A password that is not set after this long never will be.
const LIMIT: Duration = Duration::from_secs(60);
/// Orders whose way to the first log-on is measured.
const ORDERS: usize = 5;

/// `fairness`: while one customer's people are created, another's password
/// resets, one after another, from the chosen password to the verified one.
pub async fn fairness(scale: &Scale) -> Result<Vec<Row>, Failure> {
    let ground = Ground::start(scale).await?;
    let data = ground.folder().join("ad");
    let site = Site::start(&data, 3).await?;
    let stage = ground.stage("fairness", &site.target).await?;
    let mut worker = ground.product.work(&stage.configuration)?;
    let small = order(&stage, "small", 1).await?;
    until(&stage, small.order.request, &mut worker, |_| false).await?;
    let user = small.order.administrator;

    let large = order(&stage, CUSTOMER, scale.count).await?;
    let import = until(&stage, large.order.request, &mut worker, |_| false);
    let seconds = Mutex::new(Vec::new());
    let resets = async {
        for number in 0_u32.. {
            let (token, _) = reset_password(&stage.app, &stage.caller, user, &Cause::default()).await?;
            let started = Instant::now();
            set_password(&stage, &token, &format!("Chosen-{number}-by-hand")).await?;
            let took = started.elapsed().as_secs_f64();
            seconds.lock().unwrap_or_else(PoisonError::into_inner).push(took);
        }
        Ok::<_, Failure>(())
    };
    tokio::select! {
        done = import => done?,
        failed = resets => failed?,
    }
    let seconds = seconds.into_inner().unwrap_or_else(PoisonError::into_inner);
    worker.kill().await?;
    site.stop().await?;
    ground.stop().await?;
    if seconds.len() < 20 {
        return Err(format!("only {} resets during the import; order more people", seconds.len()).into());
    }
    let row = Row::value("fairness", percentile(&seconds, 95), "s", Bar::ValueBelow(2.0));
    Ok(vec![row.with_raw(json!({
        "users_of_the_other_customer": scale.count, "resets": seconds.len(), "p50_s": percentile(&seconds, 50),
        "p99_s": percentile(&seconds, 99), "max_s": percentile(&seconds, 100),
    }))])
}

/// `order-to-logon`: from the order to a bind as the new administrator with the
/// password chosen through the link, on an idle machine.
pub async fn order_to_logon(scale: &Scale) -> Result<Vec<Row>, Failure> {
    let ground = Ground::start(scale).await?;
    let data = ground.folder().join("ad");
    let site = Site::start(&data, 4).await?;
    let stage = ground.stage("logon", &site.target).await?;
    let mut worker = ground.product.work(&stage.configuration)?;
    let mut seconds = Vec::new();
    for number in 0..ORDERS {
        let code = format!("cust{number}");
        let started = Instant::now();
        let placed = order(&stage, &code, 1).await?;
        let (token, _) = placed.activation.ok_or("a new order has no activation link")?;
        let password = format!("Chosen-{number}-by-hand");
        set_password(&stage, &token, &password).await?;
        let bound = site.binds(&format!("p0@{code}.test"), &password).await?;
        let took = started.elapsed().as_secs_f64();
        if !bound {
            return Err("the directory does not know the password that was verified".into());
        }
        worker.require_running()?;
        say(format!("order-to-logon: {took:.2} s"));
        seconds.push(took);
    }
    worker.kill().await?;
    site.stop().await?;
    ground.stop().await?;
    let row = Row::value("order-to-logon", percentile(&seconds, 50), "s", Bar::ValueBelow(5.0));
    Ok(vec![row.with_raw(json!({ "orders_s": seconds }))])
}

/// Chooses a password through a link and waits until it is verified.
async fn set_password(stage: &Stage, token: &str, password: &str) -> Result<(), Failure> {
    choose(&stage.app, token, password, &Cause::default()).await?;
    let started = Instant::now();
    loop {
        let link = look(&stage.app, token).await?;
        match state(&link) {
            LinkState::Done => return Ok(()),
            LinkState::Pending if started.elapsed() < LIMIT => tokio::time::sleep(LOOK).await,
            other => return Err(format!("the password was not set: {other:?} {:?}", link.request).into()),
        }
    }
}
