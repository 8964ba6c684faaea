//! What every test starts with.
//!
//! ```text
//! provider ── north ── sub ── a3 (customer)
//!          │        └─ a1 (customer)
//!          └─ south ── b1 (customer)
//! ```

use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    clock::{Clock, SeededRandom, truncate},
    id::{GroupId, Id, Kind, ObjectId, OrderId, PlanId, RequestId, ServiceId, TargetId, TenantId, UserId},
    person::Details,
    request::Lane,
    spec::{GroupSpec, Spec, UserSpec},
    tenant::{Standing, TenantKind},
};
use jiff::{SignedDuration, Timestamp};
use policy::Policy;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use store::{
    Caller, Settings, Store,
    bootstrap::{FirstAdministrator, Instance, PlanSetting, ServiceSetting, bootstrap},
    groups::{GroupPurpose, GroupValues, NewGroup},
    migrate::{MIGRATOR, migrate},
    objects::{Edge, Entity, NewObject},
    orders::NewOrder,
    seal::Keyring,
    subscriptions::NewSubscription,
    tenants::NewTenant,
    tx::{Cause, WriteTx, act},
    users::{Account, Name, NewUser},
};
use testkit::postgres::{TestDatabase, key_folder};
use uuid::Uuid;

/// Long before the clock of the database, so that what is due is due.
const START: &str = "2026-03-02T08:00:00Z";
const ROOT: &str = "root@tenantry.test";

/// A clock that a test moves.
pub struct TestClock(Mutex<Timestamp>);

impl TestClock {
    pub fn new() -> Self {
        Self(Mutex::new(START.parse().expect("an instant")))
    }

    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        truncate(*self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The store on a database of its own, with a provider in it.
pub struct World {
    pub store: Store,
    pub clock: Arc<TestClock>,
    pub random: Arc<SeededRandom>,
    pub keys: Keyring,
    pub provider: TenantId,
    pub root: Caller,
    pub target: TargetId,
    pub plan: PlanId,
    pub service: ServiceId,
    pub db: TestDatabase,
    // Last, so that the keys outlive who uses them.
    _folder: tempfile::TempDir,
}

/// A reseller with its administrator.
pub struct Seller {
    pub id: TenantId,
    pub admin: Caller,
}

/// A person of a customer.
#[derive(Clone)]
pub struct Person {
    pub id: UserId,
    pub object: ObjectId,
    pub login: String,
}

/// A customer, as its order made it.
pub struct Customer {
    pub id: TenantId,
    pub folder: ObjectId,
    pub group: GroupId,
    pub group_object: ObjectId,
    pub people: Vec<Person>,
    pub admin: Caller,
    pub request: RequestId,
    pub order: OrderId,
    pub link: String,
}

/// The whole tree.
pub struct Estate {
    pub world: World,
    pub north: Seller,
    pub south: Seller,
    pub sub: Seller,
    pub a1: Customer,
    pub a3: Customer,
    pub b1: Customer,
}

fn instance() -> Instance {
    Instance {
        code: "hq".to_owned(),
        name: "Provider".to_owned(),
        language: "en".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        currency: "EUR".to_owned(),
        brands: vec![("main".to_owned(), "Main".to_owned(), vec!["portal.test".to_owned()])],
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

/// A database with the schema and the instance, and who owns its keys.
pub async fn database(keys: &Keyring, random: &SeededRandom) -> TestDatabase {
    let sums: Vec<u8> = MIGRATOR.iter().flat_map(|m| m.checksum.to_vec()).collect();
    let name = format!("store_{}", &data_encoding::HEXLOWER.encode(&store::seal::hash(&sums))[..16]);
    TestDatabase::from_template(&name, async |owner| {
        migrate(&owner, keys).await.map_err(|error| sqlx::Error::AnyDriverError(Box::new(error)))?;
        let root = FirstAdministrator {
            login: ROOT.to_owned(),
            name: "Rita Root".to_owned(),
            portal_hash: "$argon2id$root".to_owned(),
        };
        bootstrap(&owner, &TestClock::new(), random, &instance(), Some(&root))
            .await
            .map_err(|error| sqlx::Error::AnyDriverError(Box::new(error)))
    })
    .await
}

impl World {
    pub async fn new() -> Self {
        let folder = key_folder();
        let random = Arc::new(SeededRandom::new(20_260_302));
        let keys = Keyring::open(folder.path(), random.clone()).expect("the keys of the test");
        let db = database(&keys, &random).await;
        let clock = Arc::new(TestClock::new());
        let settings = Settings { database: db.owner().clone(), connections: 6 };
        let policy = Arc::new(Policy::load().expect("the policies of the product"));
        let store = Store::open(&settings, keys.clone(), policy, clock.clone(), random.clone());
        let root = sign_in(&store, ROOT).await;
        let mut tx = store.read(&root).await.expect("reading");
        let target = tx.target_by_code("dc1").await.expect("asking").expect("the directory of the instance");
        let plan = tx.plans("EUR").await.expect("asking").pop().expect("the plan of the instance");
        drop(tx);
        let (provider, service) = (root.tenant, plan.service);
        Self {
            store,
            clock,
            random,
            keys,
            provider,
            root,
            target,
            plan: plan.id,
            service,
            db,
            _folder: folder,
        }
    }

    pub fn id<K: Kind>(&self) -> Id<K> {
        Id::new(self.clock.now(), self.random.as_ref())
    }

    /// The database as its owner, who passes row-level security: for setting the
    /// stage and for the truth, never for what is tested.
    pub async fn owner(&self) -> PgConnection {
        PgConnection::connect_with(self.db.owner()).await.expect("the owner connects")
    }

    /// The database as one of the login roles, without a scope.
    pub async fn login(&self, role: &str) -> PgConnection {
        let options = self.db.owner().clone().username(role).password(&self.keys.role_password(role));
        PgConnection::connect_with(&options).await.expect("a role of the product connects")
    }

    pub async fn sql(&self, statement: &str) {
        let mut owner = self.owner().await;
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut owner).await.expect(statement);
    }

    /// One number from the truth.
    pub async fn count(&self, query: &str) -> i64 {
        let mut owner = self.owner().await;
        sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_one(&mut owner).await.expect(query)
    }

    pub async fn caller(&self, login: &str) -> Caller {
        sign_in(&self.store, login).await
    }

    pub fn tenant(&self, id: TenantId, kind: TenantKind, code: &str) -> NewTenant {
        NewTenant {
            id,
            kind,
            code: code.to_owned(),
            name: format!("{} Ltd", code.to_uppercase()),
            billing_id: None,
            standing: Standing::Standard,
            brand: None,
            language: "en".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            currency: "EUR".to_owned(),
            target: (kind == TenantKind::Customer).then_some(self.target),
            naming_pattern: "{given}.{surname}".to_owned(),
            folder: None,
            members: None,
        }
    }

    /// A reseller below `parent`, with an administrator.
    pub async fn seller(&self, caller: &Caller, parent: TenantId, code: &str) -> Seller {
        let id: TenantId = self.id();
        let login = format!("boss@{code}.test");
        let mut tx = self.store.write(caller).await.expect("writing");
        let parent = tx.tenant(parent).await.expect("the parent");
        let permit = tx.permit::<act::ResellerCreate>(&parent).expect("may make resellers");
        let user =
            NewUser { administrator: true, ..person(self.id(), "Bea", &format!("Boss {code}"), &login) };
        reserve(&mut tx, id, &[(Name::code(code), id.uuid()), (Name::principal(&login), user.id.uuid())])
            .await;
        tx.insert_reseller(&permit, &self.tenant(id, TenantKind::Reseller, code))
            .await
            .expect("the reseller");
        let made = tx.tenant(id).await.expect("the new reseller");
        let permit = tx.permit::<act::UserCreate>(&made).expect("may make people");
        tx.create_people(&permit, std::slice::from_ref(&user), &[], Lane::Interactive)
            .await
            .expect("the administrator");
        tx.insert_grants(id, &[user.id], ("reseller_administrator", 3)).await.expect("the grant");
        tx.commit(&Cause::default()).await.expect("committing");
        Seller { id, admin: self.caller(&login).await }
    }

    /// A customer of `seller`, ordered with all that belongs to it. The first of
    /// `people` (given name, surname) is its administrator.
    pub async fn order(&self, seller: &Seller, code: &str, people: &[(&str, &str)]) -> Customer {
        let id: TenantId = self.id();
        let (folder, group, service): (ObjectId, ObjectId, ObjectId) = (self.id(), self.id(), self.id());
        let users = self.newcomers(code, folder, people);
        let mut tx = self.store.write(&seller.admin).await.expect("writing");
        let tenant = tx.tenant(seller.id).await.expect("the seller");
        let permit = tx.permit::<act::OrderCreate>(&tenant).expect("may order");
        tx.lock_reference(seller.id, code).await.expect("the reference");
        reserve(&mut tx, id, &names(self.target, id, code, &users)).await;
        let new = NewTenant {
            folder: Some(folder),
            members: Some(group),
            ..self.tenant(id, TenantKind::Customer, code)
        };
        tx.insert_customer(&permit, &new).await.expect("the customer");
        let request = tx.open_request(id, "order", json!({ "code": code }), Lane::Interactive);
        let object = |id, tenant, entity, spec| NewObject { id, tenant, target: self.target, entity, spec };
        let objects = [
            object(folder, id, (Entity::Tenant, id.uuid()), container(code)),
            object(group, id, (Entity::Group, id.uuid()), group_spec(code, "members", folder)),
            object(service, id, (Entity::Group, id.uuid()), group_spec(code, "desk", folder)),
        ];
        tx.want_new(&objects, Lane::Interactive).await.expect("the objects");
        let everybody = new_group(self.id(), group, GroupPurpose::Members, "Everybody");
        let desktop = new_group(self.id(), service, GroupPurpose::Service(self.service), "Desktop");
        let groups = [everybody, desktop];
        tx.insert_first_groups(&permit, id, &groups).await.expect("the groups");
        let edges: Vec<_> = users.iter().map(|u| Edge { group, member: own(u) }).collect();
        let links =
            tx.create_first_people(&permit, id, &users, &edges, Lane::Interactive).await.expect("the people");
        let link = links.tokens.into_iter().next().expect("a link for the first person");
        tx.insert_grants(id, &[users[0].id], ("customer_administrator", 1)).await.expect("the grant");
        let order: OrderId = self.id();
        self.services(&mut tx, id, order, service, &users).await;
        let new = NewOrder {
            id: order,
            reference: code,
            content_hash: &store::seal::hash(code.as_bytes()),
            purchase_order: None,
            start: None,
            end: None,
            notice_days: Some(30),
            customer: id,
            administrator: users[0].id,
            request,
        };
        tx.insert_order(&permit, &new).await.expect("the order");
        let cause = Cause { trace: Some("trace-1".to_owned()), idempotency_key: Some("key-1".to_owned()) };
        tx.commit(&cause).await.expect("committing");
        let admin = self.caller(&users[0].principal_name).await;
        let people = users.into_iter().map(Person::from).collect();
        let (group_object, group) = (group, groups[0].id);
        Customer { id, folder, group, group_object, people, admin, request, order, link }
    }

    fn newcomers(&self, code: &str, folder: ObjectId, people: &[(&str, &str)]) -> Vec<NewUser> {
        let one = |(n, (given, surname)): (usize, &(&str, &str))| {
            let login = format!("{given}.{surname}@{code}.test").to_lowercase();
            let user = NewUser {
                administrator: n == 0,
                logon_name: Some(format!("{code}.{n}")),
                ..person(self.id(), given, surname, &login)
            };
            let spec = account(&user, folder);
            NewUser { account: Some(Account { object: self.id(), target: self.target, spec }), ..user }
        };
        people.iter().enumerate().map(one).collect()
    }

    /// Plans for new people.
    async fn services(
        &self,
        tx: &mut WriteTx<'_>,
        tenant: TenantId,
        order: OrderId,
        group: ObjectId,
        users: &[NewUser],
    ) {
        let one = |user: &NewUser| NewSubscription {
            id: self.id(),
            user: Some(user.id),
            plan: self.plan,
            order: Some(order),
            group,
            member: Some(own(user)),
        };
        let subscriptions: Vec<_> = users.iter().map(one).collect();
        tx.subscribe(tenant, "Europe/Berlin", &subscriptions).await.expect("the plans");
        for user in users {
            tx.note_plan(tenant, user.id, "basic", 1, true);
        }
    }
}

impl Estate {
    pub async fn new() -> Self {
        let world = World::new().await;
        let north = world.seller(&world.root, world.provider, "north").await;
        let south = world.seller(&world.root, world.provider, "south").await;
        let sub = world.seller(&north.admin, north.id, "sub").await;
        let a1 = world.order(&north, "a1", &[("Anna", "Quillfeather"), ("Arno", "Zwiebelfisch")]).await;
        let a3 = world.order(&sub, "a3", &[("Cleo", "Marzipanski")]).await;
        let b1 = world.order(&south, "b1", &[("Bert", "Uhrenholm"), ("Bine", "Xylander")]).await;
        Self { world, north, south, sub, a1, a3, b1 }
    }
}

impl From<NewUser> for Person {
    fn from(user: NewUser) -> Self {
        Self { id: user.id, object: own(&user), login: user.principal_name }
    }
}

/// A caller with a session of its own.
pub async fn sign_in(store: &Store, login: &str) -> Caller {
    let secret = session(store, login).await;
    store.caller(&secret).await.expect("asking for the caller").expect("a caller")
}

/// The secret of a new session.
pub async fn session(store: &Store, login: &str) -> String {
    let (account, _) = store.sign_in(login).await.expect("asking for the account");
    let account = account.expect("an account");
    store.open_session(&account, login, 12).await.expect("a session").secret
}

pub async fn reserve(tx: &mut WriteTx<'_>, tenant: TenantId, names: &[(Name, Uuid)]) {
    assert_eq!(
        tx.reserve(tenant, names).await.expect("reserving"),
        Vec::<usize>::new(),
        "all names are free"
    );
}

/// Somebody who has nothing but a name yet.
pub fn person(id: UserId, given: &str, surname: &str, login: &str) -> NewUser {
    NewUser {
        id,
        account: None,
        given_name: Some(given.to_owned()),
        surname: Some(surname.to_owned()),
        display_name: format!("{given} {surname}"),
        principal_name: login.to_owned(),
        logon_name: None,
        mail: Some(login.to_owned()),
        phone: None,
        title: None,
        department: None,
        manager: None,
        enabled: true,
        administrator: false,
        details: Details::new(),
        fields: vec![],
    }
}

fn own(user: &NewUser) -> ObjectId {
    user.account.as_ref().expect("people of customers have an account").object
}

fn names(target: TargetId, tenant: TenantId, code: &str, users: &[NewUser]) -> Vec<(Name, Uuid)> {
    let suffix = Name::suffix(&format!("{code}.test"));
    let mut names = vec![(Name::code(code), tenant.uuid()), (suffix, tenant.uuid())];
    for user in users {
        names.push((Name::principal(&user.principal_name), user.id.uuid()));
        let logon = user.logon_name.as_deref().expect("people of customers have a log-on name");
        names.push((Name::logon(target, logon), user.id.uuid()));
    }
    names
}

pub fn container(code: &str) -> Spec {
    Spec::Container { name: code.to_owned(), parent: None, description: None }
}

fn group_spec(code: &str, name: &str, parent: ObjectId) -> Spec {
    let logon_name = format!("{code}-{name}");
    Spec::Group(GroupSpec::security(parent, name.to_owned(), logon_name))
}

pub fn account(user: &NewUser, parent: ObjectId) -> Spec {
    Spec::User(UserSpec {
        parent,
        name: user.display_name.clone(),
        logon_name: user.logon_name.clone().unwrap_or_default(),
        principal_name: user.principal_name.clone(),
        given_name: user.given_name.clone(),
        surname: user.surname.clone(),
        display_name: user.display_name.clone(),
        mail: user.mail.clone(),
        phone: None,
        title: None,
        department: None,
        manager: None,
        enabled: user.enabled,
        details: user.details.clone(),
        service_details: Details::new(),
        foreign_manager: false,
        slots: domain::custom::Slots::new(),
        unlocked_at: None,
        password_expired_at: None,
    })
}

pub fn new_group(id: GroupId, object: ObjectId, purpose: GroupPurpose, name: &str) -> NewGroup {
    NewGroup { id, object, purpose, values: GroupValues { name: name.to_owned(), ..GroupValues::default() } }
}
