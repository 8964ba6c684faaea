//! An instance with two directories' worth of nothing but a provider, one
//! directory, two services and three plans, at a fixed instant.

use std::sync::Arc;

use app::{
    App, Cause,
    orders::{CustomerDraft, OrderDraft, Placed},
    people::PersonDraft,
    sessions::{self, SignedIn},
};
use domain::clock::{FixedClock, Random, SeededRandom};
use policy::Policy;
use store::{
    Caller, Settings, Store,
    bootstrap::{FirstAdministrator, Instance, PlanSetting, bootstrap},
    migrate::migrate,
    seal::Keyring,
};
use testkit::postgres::{TestDatabase, key_folder};

pub const PASSWORD: &str = "correct horse battery";
/// Argon2id of [`PASSWORD`] would cost every test a tenth of a second; this is made once.
const ROOT: &str = "root@provider.test";

pub struct World {
    pub app: App,
    pub store: Store,
    pub root: Caller,
    pub db: TestDatabase,
    clock: Arc<FixedClock>,
    random: Arc<dyn Random>,
    _keys: tempfile::TempDir,
}

pub async fn world() -> World {
    let keys_folder = key_folder();
    let clock = Arc::new(FixedClock("2026-03-31T22:30:00Z".parse().expect("an instant")));
    let random: Arc<dyn Random> = Arc::new(SeededRandom::new(7));
    let keys = Keyring::open(keys_folder.path(), random.clone()).expect("a keyring");
    let db = TestDatabase::from_template("app_world", async |owner| migrate(&owner, &keys).await).await;
    let settings = Settings { database: db.owner().clone(), connections: 6 };
    let policy = Arc::new(Policy::load().expect("the shipped policies"));
    let store = Store::open(&settings, keys, policy, clock.clone(), random.clone());
    let app = App::new(store.clone());
    let portal_hash = sessions::hash(&app, PASSWORD).await.expect("a hash");
    let first = FirstAdministrator { login: ROOT.to_owned(), name: "Root".to_owned(), portal_hash };
    bootstrap(db.owner(), clock.as_ref(), random.as_ref(), &instance(), Some(&first))
        .await
        .expect("bootstrap");
    let root = sign_in(&app, ROOT, PASSWORD).await.expect("the first administrator signs in");
    World { app, store, root, db, clock, random, _keys: keys_folder }
}

pub async fn sign_in(app: &App, login: &str, password: &str) -> Option<Caller> {
    match sessions::sign_in(app, login, password).await.expect("an answer") {
        SignedIn::Yes { caller, .. } => Some(*caller),
        SignedIn::No | SignedIn::Locked(_) => None,
    }
}

fn instance() -> Instance {
    let plan = |code: &str, service: &str, minor| PlanSetting {
        code: code.to_owned(),
        service: service.to_owned(),
        name: code.to_uppercase(),
        price: Some((minor, "EUR".to_owned())),
    };
    Instance {
        code: "hq".to_owned(),
        name: "Provider".to_owned(),
        language: "en".to_owned(),
        time_zone: "Europe/Copenhagen".to_owned(),
        currency: "EUR".to_owned(),
        brands: vec![],
        directories: vec![("dc1".to_owned(), "Shared".to_owned())],
        services: vec![
            ("desktop".to_owned(), "Hosted Desktop".to_owned(), true),
            ("erp".to_owned(), "ERP".to_owned(), true),
            ("backup".to_owned(), "Backup".to_owned(), false),
        ],
        plans: vec![
            plan("desktop-s", "desktop", 3900),
            plan("erp-full", "erp", 9900),
            plan("backup-1", "backup", 500),
        ],
    }
}

pub fn person(given: &str, surname: &str) -> PersonDraft {
    PersonDraft {
        given_name: given.to_owned(),
        surname: surname.to_owned(),
        enabled: true,
        ..PersonDraft::default()
    }
}

pub fn order(reference: &str, code: &str) -> OrderDraft {
    OrderDraft {
        reference: reference.to_owned(),
        customer: CustomerDraft {
            code: code.to_owned(),
            name: format!("{code} Ltd"),
            suffix: format!("{code}.example"),
            ..CustomerDraft::default()
        },
        plans: vec!["desktop-s".to_owned(), "backup-1".to_owned()],
        administrator: person("Anna", "Berg"),
        ..OrderDraft::default()
    }
}

impl World {
    /// The configuration names these directories from now on.
    pub async fn configure(&self, codes: &[&str]) -> Result<(), store::StoreError> {
        let directories = codes.iter().map(|code| ((*code).to_owned(), code.to_uppercase())).collect();
        let instance = Instance { directories, ..instance() };
        bootstrap(self.db.owner(), self.clock.as_ref(), self.random.as_ref(), &instance, None).await
    }

    pub async fn place(&self, draft: &OrderDraft) -> Result<Placed, app::AppError> {
        let content = format!("{draft:?}");
        app::orders::place(&self.app, &self.root, draft, content.as_bytes(), &Cause::default()).await
    }
}
