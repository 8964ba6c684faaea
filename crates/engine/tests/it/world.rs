//! What every test starts with: a provider, the reference target, customers.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use connector::{
    Connector, Lane,
    reference::{Reference, Stored},
};
use domain::{
    clock::{Clock, SeededRandom},
    id::{GroupId, Id, Kind, ObjectId, PlanId, RequestId, TargetId, TenantId, UserId},
    person::Details,
    request::RequestState,
    spec::{GroupSpec, Spec, UserSpec},
    tenant::{Standing, TenantKind},
};
use engine::{Engine, Options};
use jiff::Timestamp;
use policy::Policy;
use serde_json::{Value, json};
use store::{
    Caller, Settings, Store,
    activations::Purpose,
    bootstrap::{FirstAdministrator, Instance, PlanSetting, ServiceSetting, bootstrap},
    engine::EngineStore,
    groups::{GroupPurpose, GroupValues, NewGroup},
    migrate::{MIGRATOR, migrate},
    objects::{Edge, Entity, NewObject},
    seal::Keyring,
    subscriptions::NewSubscription,
    tenants::NewTenant,
    tx::{Cause, act},
    users::{Account, NewUser},
};
use testkit::postgres::{TestDatabase, key_folder};

const ROOT: &str = "root@tenantry.test";
/// 2026-03-02T08:00:00Z.
const START_MICROS: i64 = 1_772_438_400_000_000;
/// Rounds after which what has not come true never will.
const ROUNDS: usize = 400;

/// A clock that goes on by a millisecond whenever it is asked.
pub struct Ticking(AtomicI64);

impl Ticking {
    pub fn skip(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).expect("a short time"), Ordering::Relaxed);
    }
}

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let micros = self.0.fetch_add(1_000, Ordering::Relaxed);
        Timestamp::from_microsecond(micros).expect("an instant of this century")
    }
}

pub struct World {
    pub store: Store,
    pub reference: Arc<Reference>,
    pub target: TargetId,
    pub root: Caller,
    pub clock: Arc<Ticking>,
    pub random: Arc<SeededRandom>,
    pub keys: Keyring,
    pub db: TestDatabase,
    plan: PlanId,
    /// Where the keys are. Last, so that they outlive who uses them.
    pub folder: tempfile::TempDir,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub id: UserId,
    pub object: ObjectId,
}

#[derive(Debug, Clone)]
pub struct Customer {
    pub id: TenantId,
    pub folder: ObjectId,
    pub group: ObjectId,
    pub group_id: GroupId,
    pub access: ObjectId,
    pub people: Vec<Person>,
    pub request: RequestId,
}

fn instance() -> Instance {
    Instance {
        code: "hq".to_owned(),
        name: "Provider".to_owned(),
        language: "en".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        currency: "EUR".to_owned(),
        brands: vec![],
        directories: vec![("dc1".to_owned(), "Directory".to_owned())],
        services: vec![ServiceSetting {
            code: "desk".to_owned(),
            name: "Desktop".to_owned(),
            per_user: true,
            ..ServiceSetting::default()
        }],
        plans: vec![PlanSetting {
            code: "basic".to_owned(),
            service: "desk".to_owned(),
            name: "Basic".to_owned(),
            price: Some((1_500, "EUR".to_owned())),
            ..PlanSetting::default()
        }],
    }
}

async fn database(keys: &Keyring, clock: &Ticking, random: &SeededRandom) -> TestDatabase {
    let sums: Vec<u8> = MIGRATOR.iter().flat_map(|m| m.checksum.to_vec()).collect();
    let hash = store::seal::hash(&sums);
    let name = format!("engine_{:016x}", u64::from_be_bytes(hash[..8].try_into().expect("eight bytes")));
    TestDatabase::from_template(&name, async |owner| {
        migrate(&owner, keys).await?;
        let root = FirstAdministrator {
            login: ROOT.to_owned(),
            name: "Rita Root".to_owned(),
            portal_hash: "$argon2id$root".to_owned(),
        };
        bootstrap(&owner, clock, random, &instance(), Some(&root)).await?;
        Ok::<_, store::migrate::MigrateError>(())
    })
    .await
}

impl World {
    pub async fn new() -> Self {
        let folder = key_folder();
        let random = Arc::new(SeededRandom::new(20_260_302));
        let clock = Arc::new(Ticking(AtomicI64::new(START_MICROS)));
        let keys = Keyring::open(folder.path(), random.clone()).expect("the keys of the test");
        let db = database(&keys, &clock, &random).await;
        let settings = Settings { database: db.owner().clone(), connections: 4 };
        let policy = Arc::new(Policy::load().expect("the policies of the product"));
        let store = Store::open(&settings, keys.clone(), policy, clock.clone(), random.clone());
        let (account, _) = store.sign_in(ROOT).await.expect("asking");
        let token = store.open_session(&account.expect("root"), ROOT, 12).await.expect("a session").secret;
        let root = store.caller(&token).await.expect("asking").expect("root");
        let mut tx = store.read(&root).await.expect("reading");
        let target = tx.target_by_code("dc1").await.expect("asking").expect("the directory");
        let plan = tx.plans("EUR").await.expect("asking").pop().expect("the plan").id;
        tx.finish().await.expect("reading");
        let reference = Arc::new(Reference::new(clock.clone()));
        Self { store, reference, target, root, clock, random, keys, db, plan, folder }
    }

    /// A worker of its own, on `database` or the test's own.
    pub fn engine_on(&self, connector: Arc<dyn Connector>, settings: &Settings) -> Engine {
        let store = EngineStore::open(settings, self.keys.clone(), self.clock.clone());
        let options = Options {
            tick: Duration::from_millis(50),
            breaker_min: Duration::from_millis(2),
            breaker_max: Duration::from_millis(20),
            hook_min: Duration::from_millis(1),
            hook_max: Duration::from_millis(5),
            ..Options::default()
        };
        let connectors = BTreeMap::from([(self.target, connector)]);
        Engine::new(store, connectors, self.clock.clone(), self.random.clone(), options)
    }

    /// A second directory is configured.
    pub async fn second_directory(&self) -> TargetId {
        let mut instance = instance();
        instance.directories.push(("dc2".to_owned(), "Other".to_owned()));
        bootstrap(self.db.owner(), self.clock.as_ref(), self.random.as_ref(), &instance, None)
            .await
            .expect("the configuration");
        let mut tx = self.store.read(&self.root).await.expect("reading");
        tx.target_by_code("dc2").await.expect("asking").expect("the second directory")
    }

    /// A worker for several directories.
    pub fn engine_of(&self, connectors: BTreeMap<TargetId, Arc<dyn Connector>>) -> Engine {
        let settings = Settings { database: self.db.owner().clone(), connections: 8 };
        let store = EngineStore::open(&settings, self.keys.clone(), self.clock.clone());
        let options = Options {
            breaker_min: Duration::from_millis(2),
            breaker_max: Duration::from_millis(20),
            ..Options::default()
        };
        Engine::new(store, connectors, self.clock.clone(), self.random.clone(), options)
    }

    pub fn engine(&self) -> Engine {
        self.engine_with(self.reference.clone())
    }

    pub fn engine_with(&self, connector: Arc<dyn Connector>) -> Engine {
        self.engine_on(connector, &Settings { database: self.db.owner().clone(), connections: 8 })
    }

    pub fn id<K: Kind>(&self) -> Id<K> {
        Id::new(self.clock.now(), self.random.as_ref())
    }

    /// Works until the queue is empty, without waiting for the clock.
    pub async fn drain(&self, engine: &Engine) {
        for _ in 0..ROUNDS {
            let interactive = engine.step(self.target, Lane::Interactive).await.expect("a step");
            let bulk = engine.step(self.target, Lane::Bulk).await.expect("a step");
            if interactive || bulk {
                continue;
            }
            if self.queue().await == 0 {
                return;
            }
            engine.probe(self.target).await.expect("a probe");
            self.hurry().await;
        }
        panic!("never done: {:#?}", self.db.rows("SELECT * FROM work JOIN object ON id = object_id LEFT JOIN external_object x USING (object_id)").await);
    }

    pub async fn queue(&self) -> i64 {
        self.number("SELECT count(*) AS n FROM work").await
    }

    /// Whatever waits for a moment is due now.
    pub async fn hurry(&self) {
        self.db.execute("UPDATE work SET due_at = now() - interval '1 s'").await;
    }

    /// Leases of workers that are gone end.
    pub async fn expire_leases(&self) {
        self.db.execute("UPDATE work SET lease_until = now() - interval '1 s' WHERE lease IS NOT NULL").await;
    }

    pub async fn number(&self, query: &str) -> i64 {
        self.db.rows(query).await[0]["n"].as_i64().expect("a number")
    }

    pub async fn state(&self, request: RequestId) -> RequestState {
        let mut tx = self.store.read(&self.root).await.expect("reading");
        let state = tx.request(request).await.expect("the request").counts.state();
        tx.finish().await.expect("reading");
        state
    }

    /// The problem codes of a request's failed objects and members.
    pub async fn problems(&self, request: RequestId) -> Vec<String> {
        let query = format!(
            "SELECT problem->>'code' AS code FROM request_item WHERE request_id = '{}' AND state = 'failed' ORDER BY 1",
            request.uuid()
        );
        let rows = self.db.rows(&query).await;
        rows.iter().map(|r| r["code"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The only object that bears the marker, if there is one.
    pub fn there(&self, object: ObjectId) -> Option<(uuid::Uuid, Stored)> {
        let mut all = self.reference.marked(object);
        assert!(all.len() <= 1, "{object} exists {} times", all.len());
        all.pop()
    }

    /// A customer with its container, its group of all people, and `people`.
    pub async fn order(&self, code: &str, people: usize, lane: Lane) -> Customer {
        let id: TenantId = self.id();
        let (folder, group, access): (ObjectId, ObjectId, ObjectId) = (self.id(), self.id(), self.id());
        let group_id: GroupId = self.id();
        let users: Vec<_> = (0..people).map(|n| self.new_user(code, folder, n)).collect();
        let mut tx = self.store.write(&self.root).await.expect("writing");
        let provider = tx.tenant(self.root.tenant).await.expect("the provider");
        let permit = tx.permit::<act::OrderCreate>(&provider).expect("may order");
        tx.insert_customer(&permit, &self.tenant(id, code, folder, group)).await.expect("the customer");
        let request = tx.open_request(id, "order", json!({}), lane);
        let make =
            |object, entity, spec| NewObject { id: object, tenant: id, target: self.target, entity, spec };
        let container = Spec::Container { name: code.to_owned(), parent: None, description: None };
        let everybody = Spec::Group(GroupSpec::security(folder, "All".to_owned(), format!("{code}-all")));
        let objects = [
            make(folder, (Entity::Tenant, id.uuid()), container),
            make(group, (Entity::Group, group_id.uuid()), everybody),
            make(access, (Entity::Tenant, id.uuid()), Spec::Access { container: folder, readers: group }),
        ];
        tx.want_new(&objects, lane).await.expect("the objects");
        let new = NewGroup {
            id: group_id,
            object: group,
            purpose: GroupPurpose::Members,
            values: GroupValues { name: "All".to_owned(), ..GroupValues::default() },
        };
        tx.insert_first_groups(&permit, id, &[new]).await.expect("the group");
        let edges: Vec<_> = users.iter().map(|u| Edge { group, member: own(u) }).collect();
        tx.create_first_people(&permit, id, &users, &edges, lane).await.expect("the people");
        let subscriptions: Vec<_> = users.iter().map(|u| self.subscription(u, group)).collect();
        tx.subscribe(id, "Europe/Berlin", &subscriptions).await.expect("the plans");
        tx.commit(&Cause::default()).await.expect("committing");
        let people = users.iter().map(|u| Person { id: u.id, object: own(u) }).collect();
        Customer { id, folder, group, group_id, access, people, request }
    }

    /// One more person, as a form of the portal makes one.
    pub async fn add_person(&self, customer: &mut Customer, n: usize, lane: Lane) -> RequestId {
        let code = format!("x{}", &customer.id.uuid().simple().to_string()[24..]);
        let user = self.new_user(&code, customer.folder, n);
        let object = own(&user);
        let person = Person { id: user.id, object };
        let mut tx = self.store.write(&self.root).await.expect("writing");
        let tenant = tx.tenant(customer.id).await.expect("the customer");
        let permit = tx.permit::<act::UserCreate>(&tenant).expect("may make people");
        let request = tx.open_request(customer.id, "user", json!({}), lane);
        let edges = [Edge { group: customer.group, member: object }];
        tx.create_people(&permit, &[user], &edges, lane).await.expect("the person");
        tx.commit(&Cause::default()).await.expect("committing");
        customer.people.push(person);
        request
    }

    /// Changes what is wanted of one object.
    pub async fn change(
        &self,
        customer: &Customer,
        object: ObjectId,
        lane: Lane,
        change: impl FnOnce(Spec) -> Option<Spec>,
    ) -> RequestId {
        let mut tx = self.store.write(&self.root).await.expect("writing");
        let request = tx.open_request(customer.id, "change", json!({}), lane);
        tx.want_change(object, change, lane).await.expect("the change");
        tx.note_members(customer.id, customer.group_id, &[self.root.user()], true);
        tx.commit(&Cause::default()).await.expect("committing");
        request
    }

    /// Puts a person into the group of all, or takes it out.
    pub async fn member(&self, customer: &Customer, member: ObjectId, wanted: bool) -> RequestId {
        let mut tx = self.store.write(&self.root).await.expect("writing");
        let request = tx.open_request(customer.id, "group", json!({}), Lane::Interactive);
        let edge = Edge { group: customer.group, member };
        tx.want_members(customer.id, &[edge], wanted).await.expect("the member");
        tx.note_members(customer.id, customer.group_id, &[self.root.user()], wanted);
        tx.commit(&Cause::default()).await.expect("committing");
        request
    }

    /// The person chooses a password through a one-time link.
    pub async fn choose(&self, customer: &Customer, person: &Person, password: &str) -> RequestId {
        let mut tx = self.store.write(&self.root).await.expect("writing");
        let links = tx.issue_links(customer.id, &[person.id], Purpose::Reset).await.expect("a link");
        tx.commit(&Cause::default()).await.expect("committing");
        let activation = self.store.activation(&links.tokens[0]).await.expect("asking").expect("the link");
        let caller = self.store.link_caller(&activation);
        let mut tx = self.store.write(&caller).await.expect("writing");
        let permit = tx.link_permit(&activation).await.expect("asking").expect("may set its password");
        let request = tx.open_request(customer.id, "password", json!({}), Lane::Interactive);
        let secret = domain::plan::Secret(password.to_owned());
        tx.send_password(&permit, &activation, &secret, &format!("hash of {password}")).await.expect("sent");
        tx.commit(&Cause::default()).await.expect("committing");
        request
    }

    pub async fn retry(&self, customer: &Customer, request: RequestId) {
        let mut tx = self.store.write(&self.root).await.expect("writing");
        let tenant = tx.tenant(customer.id).await.expect("the customer");
        let permit = tx.permit::<act::RequestRetry>(&tenant).expect("may retry");
        let request = tx.request(request).await.expect("the request");
        tx.retry(&permit, &request).await.expect("retried");
        tx.commit(&Cause::default()).await.expect("committing");
    }

    /// Everything that is wanted is there once and as wanted, nothing else of
    /// ours is, and every request has come to its end.
    pub async fn assert_converged(&self) {
        // What was noted of finished requests is what there is.
        let of = "FROM request r WHERE r.finished_at IS NOT NULL AND r.steps";
        let steps = "(SELECT count(*) FROM request_item i WHERE i.request_id = r.id)";
        assert_eq!(self.number(&format!("SELECT count(*) AS n {of} <> {steps}")).await, 0);
        assert!(self.number(&format!("SELECT count(*) AS n {of} = {steps}")).await > 0);
        let objects = self
            .db
            .rows(
                "SELECT id, kind, spec, wanted, generation, coalesce(applied_generation, 0) AS applied, state
                                      FROM object LEFT JOIN external_object ON object_id = id",
            )
            .await;
        for row in objects {
            let object = ObjectId::from_uuid(uuid_of(&row["id"]));
            let spec: Spec = serde_json::from_value(row["spec"].clone()).expect("a spec");
            assert_eq!(row["state"], "verified", "{row}");
            assert_eq!(row["applied"], row["generation"], "{row}");
            if let Spec::Access { container, readers } = spec {
                let sid = self.there(readers).expect("the readers").1.security_id.expect("a security id");
                assert_eq!(self.there(container).expect("the container").1.readers, Some(vec![sid]));
                continue;
            }
            let there = self.there(object);
            assert_eq!(there.is_some(), row["wanted"] == true, "{row}");
            let Some((_, stored)) = there else { continue };
            for (attribute, value) in spec.attributes() {
                assert_eq!(
                    stored.attributes.get(&attribute).map(String::as_str),
                    value.filter(|v| !v.is_empty()),
                    "{row}"
                );
            }
            for (attribute, other) in spec.links() {
                let id = other.and_then(|other| Some(self.there(other)?.0.to_string()));
                assert_eq!(stored.attributes.get(&attribute), id.as_ref(), "{attribute:?} of {row}");
            }
        }
        for edge in self.db.rows("SELECT * FROM membership").await {
            let [group, member] =
                ["group_object", "member_object"].map(|f| ObjectId::from_uuid(uuid_of(&edge[f])));
            let Some((_, group)) = self.there(group) else {
                assert_eq!(edge["wanted"], false, "nobody is in a group that is gone: {edge}");
                continue;
            };
            let inside = self.there(member).is_some_and(|(id, _)| group.members.contains(&id));
            assert_eq!(inside, edge["wanted"] == true && self.there(member).is_some(), "{edge}");
        }
        let open = "SELECT count(*) AS n FROM request_item WHERE state NOT IN ('verified', 'superseded')";
        assert_eq!(self.number(open).await, 0, "every item came to its end");
    }

    fn subscription(&self, user: &NewUser, group: ObjectId) -> NewSubscription {
        NewSubscription {
            id: self.id(),
            user: Some(user.id),
            plan: self.plan,
            order: None,
            group,
            member: Some(own(user)),
        }
    }

    fn new_user(&self, code: &str, folder: ObjectId, n: usize) -> NewUser {
        let user = NewUser {
            id: self.id(),
            account: None,
            given_name: Some("Pat".to_owned()),
            surname: Some(format!("Number {n}")),
            display_name: format!("Pat Number {n} {code}"),
            principal_name: format!("{code}.{n}@{code}.test"),
            logon_name: Some(format!("{code}.{n}")),
            mail: None,
            phone: None,
            title: None,
            department: None,
            manager: None,
            enabled: true,
            administrator: false,
            details: Details::new(),
            fields: vec![],
        };
        let spec = account(&user, folder);
        NewUser { account: Some(Account { object: self.id(), target: self.target, spec }), ..user }
    }

    fn tenant(&self, id: TenantId, code: &str, folder: ObjectId, group: ObjectId) -> NewTenant {
        NewTenant {
            id,
            kind: TenantKind::Customer,
            code: code.to_owned(),
            name: format!("{code} Ltd"),
            billing_id: None,
            standing: Standing::Standard,
            brand: None,
            language: "en".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            currency: "EUR".to_owned(),
            target: Some(self.target),
            naming_pattern: "{given}.{surname}".to_owned(),
            folder: Some(folder),
            members: Some(group),
        }
    }
}

pub fn uuid_of(value: &Value) -> uuid::Uuid {
    value.as_str().and_then(|text| text.parse().ok()).expect("a uuid")
}

fn own(user: &NewUser) -> ObjectId {
    user.account.as_ref().expect("people of customers have an account").object
}

fn account(user: &NewUser, parent: ObjectId) -> Spec {
    Spec::User(UserSpec {
        parent,
        name: user.display_name.clone(),
        logon_name: user.logon_name.clone().expect("a log-on name"),
        principal_name: user.principal_name.clone(),
        given_name: user.given_name.clone(),
        surname: user.surname.clone(),
        display_name: user.display_name.clone(),
        mail: None,
        phone: None,
        title: None,
        department: None,
        manager: None,
        enabled: true,
        details: Details::new(),
        service_details: Details::new(),
        foreign_manager: false,
        slots: domain::custom::Slots::new(),
        unlocked_at: None,
        password_expired_at: None,
    })
}

/// Changes a person's title.
pub fn title(text: &str) -> impl FnOnce(Spec) -> Option<Spec> + use<> {
    let text = text.to_owned();
    move |spec| match spec {
        Spec::User(user) => Some(Spec::User(UserSpec { title: Some(text), ..user })),
        other => Some(other),
    }
}
