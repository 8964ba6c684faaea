//! An instance with two directories' worth of nothing but a provider, one
//! directory, two services and three plans, at a fixed instant.

use std::sync::Arc;

use app::{
    App, Cause,
    orders::{CustomerDraft, OrderDraft, Placed},
    people::PersonDraft,
    sessions::{self, SignedIn},
};
use domain::{
    clock::{FixedClock, Random, SeededRandom},
    id::TargetId,
    service::{DefinitionDraft, Property, PropertyKind},
};
use policy::Policy;
use store::{
    Caller, Settings, Store,
    bootstrap::{FirstAdministrator, Instance, PlanSetting, ServiceSetting, bootstrap},
    engine::EngineStore,
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
    keys: tempfile::TempDir,
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
    World { app, store, root, db, clock, random, keys: keys_folder }
}

pub async fn sign_in(app: &App, login: &str, password: &str) -> Option<Caller> {
    match sessions::sign_in(app, login, password).await.expect("an answer") {
        SignedIn::Yes { caller, .. } => Some(*caller),
        SignedIn::No | SignedIn::Locked(_) => None,
    }
}

/// A desktop puts a path of the profile on its people, on a server that is a property.
pub fn desktop() -> DefinitionDraft {
    let server =
        Property { default: Some("files1".to_owned()), max: Some(15), personal: true, ..Property::default() };
    let size = Property { kind: PropertyKind::Integer, min: Some(1), max: Some(500), ..Property::default() };
    DefinitionDraft {
        attributes: [("profile_path".to_owned(), r"\\{server}\profiles\{code}\{logon_name}".to_owned())]
            .into(),
        properties: [("server".to_owned(), server), ("size_gb".to_owned(), size)].into(),
        ..DefinitionDraft::default()
    }
}

/// Of an ERP system there can be several, each with two groups.
fn erp() -> DefinitionDraft {
    let system = Property::default();
    DefinitionDraft {
        groups: vec!["{code} ERP {instance}".to_owned(), "{code} ERP {instance} files".to_owned()],
        attributes: [("home_folder".to_owned(), r"\\{system}\{instance}\{logon_name}".to_owned())].into(),
        properties: [("system".to_owned(), system)].into(),
    }
}

fn instance() -> Instance {
    let plan = |code: &str, service: &str, minor| PlanSetting {
        code: code.to_owned(),
        service: service.to_owned(),
        name: code.to_uppercase(),
        price: Some((minor, "EUR".to_owned())),
        ..PlanSetting::default()
    };
    let service = |code: &str, name: &str, per_user, draft: DefinitionDraft| ServiceSetting {
        code: code.to_owned(),
        name: name.to_owned(),
        per_user,
        definition: draft.check().expect("a valid definition"),
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
            service("desktop", "Hosted Desktop", true, desktop()),
            service("erp", "ERP", true, erp()),
            service("backup", "Backup", false, DefinitionDraft::default()),
        ],
        plans: vec![
            plan("desktop-s", "desktop", 3900),
            plan("erp-full", "erp", 9900),
            plan("backup-1", "backup", 500),
        ],
    }
}

/// People whose name begins so.
pub fn named(search: &str) -> store::users::UserSearch<'_> {
    store::users::UserSearch { search: Some(search), ..store::users::UserSearch::default() }
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
    /// The database, as a worker sees it.
    pub fn worker(&self) -> EngineStore {
        let keys = Keyring::open(self.keys.path(), self.random.clone()).expect("the keys of the test");
        EngineStore::open(
            &Settings { database: self.db.owner().clone(), connections: 2 },
            keys,
            self.clock.clone(),
        )
    }

    /// The directory of everybody.
    pub async fn target(&self) -> TargetId {
        let mut tx = self.store.read(&self.root).await.expect("reading");
        tx.target_by_code("dc1").await.expect("asking").expect("the directory")
    }

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
