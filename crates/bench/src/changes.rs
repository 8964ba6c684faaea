//! One change for all people of a large customer: a property of a service that a
//! seller says anew, and a suspension; each with what takes it back, beside a plain
//! `ldapmodify` of the same accounts.

use std::time::{Duration, Instant};

use app::{
    Cause,
    catalogue::{PlanDraft, ServiceDraft, create_plan, create_service},
    life::set_status,
    properties::{self, PropertiesDraft},
    requests::undo,
};
use domain::{
    id::{RequestId, TenantId},
    service::{DefinitionDraft, Property},
    tenant::Status,
};
use serde_json::json;

use crate::{
    Failure, Scale,
    directory::Site,
    import::{CUSTOMER, order_with, until},
    product::Process,
    report::{Bar, Row},
    stage::{Ground, Stage},
    stats::median,
    term::say,
};

/// The service whose property is changed, and its only plan.
const SERVICE: &str = "profiles";
/// At most so much more than the directory alone.
const BAR: f64 = 1.25;

/// A customer with all its people in a directory, and a worker.
struct Office {
    site: Site,
    stage: Stage,
    customer: TenantId,
    /// The accounts, as the directory names them.
    accounts: Vec<String>,
    /// None while the floor is measured.
    worker: Option<Process>,
}

/// What the floor writes to one account.
type Floor = fn(&str) -> String;

/// One change, and the one that takes it back.
struct Both {
    there: Duration,
    back: Duration,
}

/// `property-3200`: everybody's profile path follows a property that the provider says
/// anew, with one request; undoing is one more.
pub async fn property(scale: &Scale) -> Result<Vec<Row>, Failure> {
    let floors: [Floor; 2] = [|dn| path(dn, "files7"), |dn| path(dn, "files1")];
    let filters = [r"(profilePath=\5c\5cfiles2\5c*)", r"(profilePath=\5c\5cfiles1\5c*)"];
    measure("property", scale, floors, filters, async |office| {
        let values = [("server".to_owned(), Some("files2".to_owned()))].into();
        let draft = PropertiesDraft { service: SERVICE.to_owned(), instance: None, values };
        let (stage, tenant) = (&office.stage, office.stage.caller.tenant);
        let started = Instant::now();
        let said = properties::set(&stage.app, &stage.caller, tenant, &draft, &Cause::default()).await?;
        say(format!("property: said after {:.1} s", started.elapsed().as_secs_f64()));
        let request = said.request.ok_or("the property changed nothing")?;
        office.done(request).await?;
        let there = started.elapsed();
        require(office, filters[0]).await?;
        let started = Instant::now();
        let undone = undo(&office.stage.app, &office.stage.caller, request, &Cause::default()).await?;
        let request = undone.ok_or("there was nothing to undo")?;
        office.done(request).await?;
        Ok(Both { there, back: started.elapsed() })
    })
    .await
}

/// `suspend-3200`: a customer is suspended, which disables everybody, and resumed.
pub async fn suspend(scale: &Scale) -> Result<Vec<Row>, Failure> {
    let floors: [Floor; 2] = [
        |_| "replace: userAccountControl\nuserAccountControl: 514".to_owned(),
        |_| "replace: userAccountControl\nuserAccountControl: 512".to_owned(),
    ];
    let filters = ["(userAccountControl=514)", "(userAccountControl=512)"];
    measure("suspend", scale, floors, filters, async |office| {
        let mut took = Vec::new();
        for (status, filter) in [Status::Suspended, Status::Active].into_iter().zip(filters) {
            let started = Instant::now();
            let request = put(&office.stage, office.customer, status).await?;
            office.done(request).await?;
            took.push(started.elapsed());
            require(office, filter).await?;
        }
        Ok(Both { there: took[0], back: took[1] })
    })
    .await
}

async fn put(stage: &Stage, customer: TenantId, status: Status) -> Result<RequestId, Failure> {
    let request = set_status(&stage.app, &stage.caller, customer, status, &Cause::default()).await?;
    Ok(request.ok_or("no account changed")?)
}

/// Pairs of floor and product on one and the same customer, in turns. The floor leaves
/// the accounts as the product wants them, so that neither sees the other.
async fn measure(
    name: &str,
    scale: &Scale,
    floors: [Floor; 2],
    filters: [&str; 2],
    product: impl AsyncFn(&mut Office) -> Result<Both, Failure>,
) -> Result<Vec<Row>, Failure> {
    let ground = Ground::start(scale).await?;
    let mut office = Office::open(&ground, name, scale.count).await?;
    let mut all: [[Vec<f64>; 2]; 2] = Default::default();
    for pair in 0..scale.pairs.max(1) {
        for side in [pair % 2, 1 - pair % 2] {
            let both = match side {
                0 => office.floor(&ground, floors).await?,
                _ => product(&mut office).await?,
            };
            require(&office, filters[1]).await?;
            all[side][0].push(both.there.as_secs_f64());
            all[side][1].push(both.back.as_secs_f64());
        }
        let last = |side: usize, way: usize| all[side][way].last().copied().unwrap_or(f64::NAN);
        say(format!(
            "{name}: pair {}: floor {:.1} s and back {:.1} s, ours {:.1} s and back {:.1} s",
            pair + 1,
            last(0, 0),
            last(0, 1),
            last(1, 0),
            last(1, 1)
        ));
    }
    office.close().await?;
    ground.stop().await?;
    let rows = ["", "-back"].into_iter().enumerate().map(|(way, suffix)| {
        let (floor, ours) = (&all[0][way], &all[1][way]);
        let ratios: Vec<_> = ours.iter().zip(floor).map(|(ours, floor)| ours / floor).collect();
        let row = format!("{name}-{}{suffix}", scale.count);
        Row::pair(&row, median(ours), "s", median(floor), median(&ratios), Bar::RatioAtMost(BAR))
            .with_raw(json!({ "users": scale.count, "ours_s": ours, "floor_s": floor, "ratios": ratios,
                "floor": "ldapmodify, one connection, one change an account" }))
    });
    Ok(rows.collect())
}

impl Office {
    /// Orders the customer with everybody, and waits until all is verified.
    async fn open(ground: &Ground, database: &str, count: usize) -> Result<Self, Failure> {
        let site = Site::start(&ground.folder().join("ad"), 4).await?;
        let stage = ground.stage(database, &site.target).await?;
        publish(&stage).await?;
        let mut worker = ground.product.work(&stage.configuration)?;
        let placed = order_with(&stage, CUSTOMER, count, Some(SERVICE)).await?;
        until(&stage, placed.order.request, &mut worker, |_| false).await?;
        let accounts = site.accounts(CUSTOMER).await?;
        if accounts.len() != count {
            return Err(format!("{} accounts instead of {count}", accounts.len()).into());
        }
        Ok(Self { site, stage, customer: placed.order.customer, accounts, worker: Some(worker) })
    }

    /// What the directory alone needs for the same accounts, with no worker beside it.
    async fn floor(&mut self, ground: &Ground, changes: [Floor; 2]) -> Result<Both, Failure> {
        if let Some(worker) = self.worker.take() {
            worker.stop().await?;
        }
        let [there, back] = changes;
        let there = self.site.modify(&self.accounts, there).await?;
        let back = self.site.modify(&self.accounts, back).await?;
        self.worker = Some(ground.product.work(&self.stage.configuration)?);
        Ok(Both { there, back })
    }

    /// Waits until a request is finished.
    async fn done(&mut self, request: RequestId) -> Result<(), Failure> {
        let worker = self.worker.as_mut().ok_or("no worker runs")?;
        until(&self.stage, request, worker, |_| false).await
    }

    async fn close(self) -> Result<(), Failure> {
        if let Some(worker) = self.worker {
            worker.kill().await?;
        }
        self.site.stop().await
    }
}

/// A service that puts a path on the accounts of whoever has its plan.
async fn publish(stage: &Stage) -> Result<(), Failure> {
    let server = Property { default: Some("files1".to_owned()), ..Property::default() };
    let definition = DefinitionDraft {
        groups: vec!["{code} Profiles".to_owned()],
        attributes: [("profile_path".to_owned(), r"\\{server}\profiles\{logon_name}".to_owned())].into(),
        properties: [("server".to_owned(), server)].into(),
    };
    let (app, caller, cause) = (&stage.app, &stage.caller, Cause::default());
    let (code, name) = (SERVICE.to_owned(), "Profiles".to_owned());
    let service = ServiceDraft { code, name: name.clone(), per_user: true, definition };
    create_service(app, caller, caller.tenant, &service, &cause).await?;
    let plan = PlanDraft { service: Some(SERVICE.to_owned()), name: Some(name), ..PlanDraft::default() };
    create_plan(app, caller, caller.tenant, SERVICE, &plan, &cause).await?;
    Ok(())
}

/// As an independent client sees them, all accounts are like this.
async fn require(office: &Office, filter: &str) -> Result<(), Failure> {
    let found = office.site.matching(CUSTOMER, filter).await?;
    if found == office.accounts.len() {
        return Ok(());
    }
    Err(format!("{found} of {} accounts are {filter}", office.accounts.len()).into())
}

/// A path of the same length as the product writes: the account's own name is in it.
fn path(dn: &str, server: &str) -> String {
    let name = dn.split(',').next().and_then(|rdn| rdn.split_once('=')).map_or("", |parts| parts.1);
    format!("replace: profilePath\nprofilePath: \\\\{server}\\profiles\\{name}")
}
