//! Brands: each host name shows its own and nothing of another, to everybody, whatever goes
//! wrong. The crawl looks at everything that can be reached, and is shown that it can fail.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use domain::mail::Mailing;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use web::Surface;

use crate::world::{ANNA, BEN, BERT, Estate, PUBLIC, ROOT, Reply, World, text};

/// Pictures of the three brands: PNG of one colour each.
const PICTURES: [&str; 3] = [
    "iVBORw0KGgoAAAANSUhEUgAAADAAAAAQCAIAAADfzGvmAAAAJElEQVR42mOokvcdVIhh1EGjDhp10KiDRh006qBRB406iL4IANdJsh8nCD47AAAAAElFTkSuQmCC",
    "iVBORw0KGgoAAAANSUhEUgAAADAAAAAQCAIAAADfzGvmAAAAJElEQVR42mOQ960aVIhh1EGjDhp10KiDRh006qBRB406iL4IAD86sh9OjvCdAAAAAElFTkSuQmCC",
    "iVBORw0KGgoAAAANSUhEUgAAADAAAAAQCAIAAADfzGvmAAAAJElEQVR42mOwsREZVIhh1EGjDhp10KiDRh006qBRB406iL4IABCgpBBhclcKAAAAAElFTkSuQmCC",
];

/// A page is left after so many: every kind of page has come up by then.
const PAGES: usize = 120;
const PASSWORD: &str = "three calm walruses";

/// A brand, and what nobody else may show.
struct Brand {
    host: &'static str,
    settings: Value,
    picture: &'static str,
    /// Names of tenants and people that are only theirs.
    people: &'static [&'static str],
}

fn brands() -> [Brand; 3] {
    let settings = |name: &str, light: &str, dark: &str, tag: &str| {
        json!({ "brand_name": name, "brand_primary": light, "brand_primary_dark": dark,
            "brand_accent": light, "brand_accent_dark": dark,
            "support_name": format!("{tag} desk"), "support_mail": format!("help@{tag}.brand"),
            "support_phone": format!("+49 {tag}"), "support_url": format!("https://help.{tag}.brand"),
            "imprint_url": format!("https://{tag}.brand/imprint"), "privacy_url": format!("https://{tag}.brand/privacy"),
            "terms_url": format!("https://{tag}.brand/terms"), "sender_name": format!("{tag} mail"),
            "sender_mail": format!("no-reply@{tag}.brand"), "mail_signature": format!("Yours, {tag}"),
            "mail_text_en": format!("Only from {tag}.") })
    };
    [
        Brand {
            host: "portal.prime.test",
            settings: settings("Prime Hosting", "#1a1a1a", "#fafafa", "prime-7b1"),
            picture: PICTURES[0],
            people: &["Rita Root"],
        },
        Brand {
            host: "portal.boreal.test",
            settings: settings("Boreal Cloud", "#7a1f4d", "#f0a8c8", "boreal-3c9"),
            picture: PICTURES[1],
            people: &["north IT", "acme GmbH", "Bo Lund", "Anna Berg", "acme.test"],
        },
        Brand {
            host: "portal.austral.test",
            settings: settings("Austral Desktops", "#1f4d7a", "#a8c8f0", "austral-5e2"),
            picture: PICTURES[2],
            people: &["south IT", "beta GmbH", "Sue Moss", "Bert Vogel", "beta.test"],
        },
    ]
}

impl Brand {
    /// Everything by which this brand is known, as it stands in what is served.
    fn marks(&self, digest: &str) -> Vec<String> {
        let values = self.settings.as_object().expect("settings").values();
        let own = values.map(|value| text(value).to_owned());
        let more = [self.host, digest].into_iter().chain(self.people.iter().copied());
        own.chain(more.map(str::to_owned)).collect()
    }
}

/// Three brands on three host names: the provider's, and of two resellers with a customer each.
struct Shop {
    estate: Estate,
    router: Router,
    sue: String,
    tenants: [String; 3],
    digests: Vec<String>,
}

async fn said(world: &World, tenant: &str, body: &Value) -> Reply {
    let path = format!("/tenants/{tenant}/settings");
    let etag = world.get(&world.root, &path).await.header("etag").map(str::to_owned).expect("a version");
    world.call(&world.root, &format!("PATCH {path}"), &[("if-match", &etag)], Some(body)).await
}

impl Shop {
    async fn new() -> Self {
        let mut estate = Estate::new().await;
        let surface = Surface::new(estate.world.surface.app.clone().with_mail(Mailing::Keep), PUBLIC);
        let router = api::router(&surface).merge(portal::router(&surface));
        estate.world.router = router.clone();
        let world = &estate.world;
        let tenants = world.get(&world.root, "/tenants").await.expect(200);
        let id = |code: &str| {
            let all = tenants["items"].as_array().expect("tenants");
            let found =
                all.iter().find(|t| t["code"] == code).unwrap_or_else(|| panic!("{code} in {tenants}"));
            text(&found["id"]).to_owned()
        };
        let tenants = [id("hq"), id("north"), id("south")];
        let mut digests = Vec::new();
        for (brand, tenant) in brands().iter().zip(&tenants) {
            let host = json!({ "name": brand.host });
            world.post(&world.root, &format!("/tenants/{tenant}/host-names"), &host).await.expect(201);
            said(world, tenant, &brand.settings).await.expect(200);
            let line = format!("PUT /tenants/{tenant}/brand/logo");
            let shown =
                world.call(&world.root, &line, &[], Some(&json!({ "png": brand.picture }))).await.expect(200);
            let path = text(&shown["pictures"]["logo"]["path"]).to_owned();
            digests.push(path.trim_start_matches("/brand/").trim_end_matches(".png").to_owned());
        }
        let hash = app::sessions::hash(&world.surface.app, PASSWORD).await.expect("a hash");
        // What activation through a directory ends with.
        world.db.execute(&format!("UPDATE users SET portal_hash = '{hash}', activated_at = now()")).await;
        // Another password ends all sessions.
        let sue = world.session("sue@south.test").await;
        estate.world.root = estate.world.session(ROOT).await;
        estate.boss = estate.world.session("boss@north.test").await;
        estate.anna = estate.world.session(ANNA).await;
        estate.ben = estate.world.session(BEN).await;
        estate.bert = estate.world.session(BERT).await;
        Self { estate, router, sue, tenants, digests }
    }

    /// Everything a request is answered with, in one text: status, headers, body.
    async fn ask(&self, host: &str, line: &str, headers: &[(&str, &str)], body: Body) -> Answered {
        let (method, path) = line.split_once(' ').expect("method and path");
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body).expect("a request")).await;
        let (parts, body) = response.expect("a router always answers").into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let told = parts.headers.iter().map(|(name, value)| (name, value.to_str().unwrap_or_default()));
        let told: Vec<_> = told.map(|(name, value)| format!("{name}: {value}\n")).collect();
        let all = format!("{line} {}\n{}", parts.status, told.concat());
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answered { status: parts.status.as_u16(), all: all + "\n" + &body, body }
    }

    /// All pages that can be reached from `start` by links and pictures, as somebody.
    async fn crawl(&self, host: &str, session: &str, start: &[&str]) -> BTreeMap<String, String> {
        let cookie = format!("{}={session}", web::caller::COOKIE);
        let mut found = BTreeMap::new();
        let mut seen: BTreeSet<String> = start.iter().map(|path| (*path).to_owned()).collect();
        let mut open: VecDeque<String> = seen.iter().cloned().collect();
        while let Some(path) = open.pop_front().filter(|_| found.len() < PAGES) {
            let cookies = [("cookie", cookie.as_str())];
            let headers = if session.is_empty() { &[][..] } else { &cookies[..] };
            // A stream has no end.
            if path.ends_with("/live") {
                continue;
            }
            let answer = self.ask(host, &format!("GET {path}"), headers, Body::empty()).await;
            for part in ["href=\"", "src=\"", "action=\"", "\nlocation: "]
                .iter()
                .flat_map(|mark| answer.all.split(mark).skip(1))
            {
                let link = part.split(['"', '\n']).next().unwrap_or_default().replace("&#38;", "&");
                let link = link.split('#').next().unwrap_or_default();
                // Style sheets and scripts of the product are the same everywhere.
                if link.starts_with('/') && !link.starts_with("/assets/") && seen.insert(link.to_owned()) {
                    open.push_back(link.to_owned());
                }
            }
            found.insert(path, answer.all);
        }
        found
    }

    /// What somebody gets whom nothing is allowed, and who does everything wrong.
    async fn mishaps(&self, host: &str, session: &str) -> Vec<Answered> {
        let cookie = format!("{}={session}", web::caller::COOKIE);
        let bearer = format!("Bearer {session}");
        let form = ("content-type", "application/x-www-form-urlencoded");
        let json = ("content-type", "application/json");
        let (cookie, bearer) = (("cookie", cookie.as_str()), ("authorization", bearer.as_str()));
        let own = ("sec-fetch-site", "same-origin");
        let foreign = ("sec-fetch-site", "cross-site");
        let large = "x".repeat(5 * 1024 * 1024);
        let other = &self.tenants[2];
        vec![
            self.ask(host, "GET /nothing", &[cookie], Body::empty()).await,
            self.ask(host, "PUT /home", &[cookie], Body::empty()).await,
            self.ask(host, "POST /sign-out", &[cookie, form, foreign], Body::from("form_token=x")).await,
            self.ask(host, "POST /account/tokens", &[cookie, form, own], Body::from(large.clone())).await,
            self.ask(host, "GET /activate/none", &[], Body::empty()).await,
            self.ask(host, &format!("GET /settings/{other}"), &[cookie], Body::empty()).await,
            self.ask(host, "GET /api/v1/nothing", &[], Body::empty()).await,
            self.ask(host, "GET /api/v1/me", &[], Body::empty()).await,
            self.ask(host, "GET /api/v1/me", &[bearer], Body::empty()).await,
            self.ask(host, "GET /api/v1/settings", &[bearer], Body::empty()).await,
            self.ask(host, "GET /api/v1/mails", &[bearer], Body::empty()).await,
            self.ask(host, "GET /api/v1/tenants", &[bearer], Body::empty()).await,
            self.ask(host, "GET /api/v1/requests", &[bearer], Body::empty()).await,
            self.ask(host, "GET /api/v1/plans", &[bearer], Body::empty()).await,
            self.ask(host, &format!("GET /api/v1/tenants/{other}/brand"), &[bearer], Body::empty()).await,
            self.ask(host, "GET /api/v1/tokens?limit=0", &[bearer], Body::empty()).await,
            self.ask(host, "PATCH /api/v1/me", &[bearer, json], Body::from("{")).await,
            self.ask(host, "PATCH /api/v1/me", &[bearer, json], Body::from(large)).await,
            self.ask(host, "DELETE /api/v1/me", &[bearer], Body::empty()).await,
            self.ask(host, "GET /api/v1/openapi.json", &[], Body::empty()).await,
        ]
    }

    /// Signs in by the form of a host name.
    async fn sign_in(&self, host: &str, login: &str, password: &str) -> Answered {
        let page = self.ask(host, "GET /", &[], Body::empty()).await;
        let token = page
            .body
            .split("name=\"form_token\" value=\"")
            .nth(1)
            .and_then(|t| t.split('"').next())
            .expect("a form");
        let cookie = page.all.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
        let cookie = cookie.split(';').next().expect("a pair");
        let body = format!(
            "form_token={token}&login={}&password={}",
            login.replace('@', "%40"),
            password.replace(' ', "+")
        );
        let headers = [
            ("cookie", cookie),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.ask(host, "POST /sign-in", &headers, Body::from(body)).await
    }
}

/// An answer.
struct Answered {
    status: u16,
    all: String,
    body: String,
}

/// Marks of brands other than `own` in a text.
fn foreign(text: &str, own: usize, digests: &[String]) -> Vec<String> {
    let brands = brands();
    let others = brands.iter().zip(digests).enumerate().filter(|(place, _)| *place != own);
    let marks = others.flat_map(|(_, (brand, digest))| brand.marks(digest));
    let text = text.to_lowercase();
    marks.filter(|mark| text.contains(&mark.to_lowercase())).collect()
}

/// What stands around the content of a page.
fn frame(all: &str) -> String {
    let (Some((before, _)), Some((_, after))) = (all.split_once("<main"), all.split_once("</main>")) else {
        return all.to_owned();
    };
    // A title begins with what the page is about, and ends with whose it is.
    let (start, rest) = before.split_once("<title>").expect("a title");
    let (title, rest) = rest.split_once("</title>").expect("a title");
    let whose = title.rsplit(" · ").next().unwrap_or_default();
    format!("{start}<title>{whose}</title>{rest}{after}")
}

#[tokio::test]
async fn no_host_name_serves_anything_of_another_brand() {
    let shop = Shop::new().await;
    let start = ["/", "/home", "/customers", "/status", "/account", "/settings", "/search?q=a", "/order"];
    let mails = mails(&shop).await;
    let mut looked = 0;
    for (place, brand) in brands().iter().enumerate() {
        let people: &[&String] = match place {
            0 => &[&shop.estate.world.root],
            1 => &[&shop.estate.boss, &shop.estate.anna, &shop.estate.ben],
            _ => &[&shop.sue, &shop.estate.bert],
        };
        let out = shop.crawl(brand.host, "", &start).await;
        let mut everything = out.values().cloned().collect::<Vec<_>>();
        for session in people {
            let pages = shop.crawl(brand.host, session, &start).await;
            assert!(pages.len() > 7, "{}: only {:?}", brand.host, pages.keys());
            // The provider's staff looks after all of them; what stands around is still its own.
            everything.extend(
                pages
                    .into_iter()
                    .filter(|(path, _)| {
                        place > 0 || !(path.starts_with("/settings/") || path.contains("/export"))
                    })
                    .map(|(_, all)| if place == 0 { frame(&all) } else { all }),
            );
            if place > 0 {
                let mishaps = shop.mishaps(brand.host, session).await;
                let statuses: BTreeSet<_> = mishaps.iter().map(|answer| answer.status).collect();
                for status in [400, 401, 403, 404, 405, 413, 422] {
                    assert!(statuses.contains(&status), "{status} among {statuses:?}");
                }
                everything.extend(mishaps.into_iter().map(|answer| answer.all));
            }
        }
        for _ in 0..7 {
            everything.push(shop.sign_in(brand.host, "nobody@x.test", "wrong").await.all);
        }
        let last = everything.last().expect("something");
        assert!(
            last.starts_with("POST /sign-in 429") && last.contains(text(&brand.settings["brand_name"])),
            "{last}"
        );
        everything.extend(mails[place].iter().cloned());
        looked += everything.len();
        // The description of the API is the same everywhere, with examples of its own.
        let document = |all: &&String| all.starts_with("GET /api/v1/openapi.json ");
        for all in everything.iter().filter(|all| !document(all)) {
            assert_eq!(foreign(all, place, &shop.digests), Vec::<String>::new(), "{}: {all}", brand.host);
        }
        // It is shown where it belongs, every mark of it.
        let together = everything.join("\n");
        let around =
            ["brand_name", "brand_primary", "support_name", "support_mail", "imprint_url", "terms_url"];
        let around = around.map(|name| text(&brand.settings[name]).to_owned());
        // Of the provider only what stands around pages was looked at.
        let expected = if place == 0 { around.into() } else { brand.marks(&shop.digests[place]) };
        for mark in expected {
            assert!(together.contains(&mark), "{mark} is nowhere under {}", brand.host);
        }
    }
    assert!(looked > 150, "{looked} answers");
    // The same crawl finds what does not belong there.
    said(&shop.estate.world, &shop.tenants[2], &json!({ "support_mail": "help@boreal-3c9.brand" }))
        .await
        .expect(200);
    let pages = shop.crawl("portal.austral.test", "", &["/"]).await;
    assert_eq!(foreign(&pages["/"], 2, &shop.digests), ["help@boreal-3c9.brand"]);
}

/// Kept mails to people of each brand, whole.
async fn mails(shop: &Shop) -> [Vec<String>; 3] {
    let api = &shop.estate.world;
    let mut all = [Vec::new(), Vec::new(), Vec::new()];
    for (place, token) in [(1, &shop.estate.anna), (2, &shop.estate.bert)] {
        let customer = api.get(token, "/me").await.expect(200)["tenant"]["id"].clone();
        let new = json!({ "given_name": "Mia", "mail": "mia@people.test", "send_link": "mail" });
        let path = format!("/customers/{}/users", text(&customer));
        let made = api.post(token, &path, &new).await.expect(202);
        let link = text(&made["activation"]["link"]);
        assert!(link.starts_with(&format!("https://{}/activate/", brands()[place].host)), "{link}");
        api.db.execute("UPDATE mail SET state = 'kept', ended_at = created_at").await;
        let page = api.get(&api.root, "/mails").await.expect(200);
        let id = text(&page["items"][0]["id"]);
        let mail = api.get(&api.root, &format!("/mails/{id}")).await.expect(200);
        let text = mail["text"].to_string();
        for mark in ["mail_signature", "mail_text_en", "support_mail", "brand_primary"] {
            let mark = crate::world::text(&brands()[place].settings[mark]).to_owned();
            assert!(text.contains(&mark), "{mark} in {text}");
        }
        all[place].push(text);
    }
    all
}

#[tokio::test]
async fn only_people_of_a_host_name_s_tenant_and_of_those_below_come_in_there() {
    let shop = Shop::new().await;
    let [prime, boreal, austral] = brands().map(|brand| brand.host);
    // At home, above, and where nobody is at home: Anna may. Next door she is a stranger.
    for host in [boreal, prime, "unknown.test"] {
        let signed = shop.sign_in(host, ANNA, PASSWORD).await;
        assert!(signed.all.contains("location: /home"), "{host}: {}", signed.all);
    }
    let plain = |all: &str| {
        let lines = all
            .lines()
            .filter(|line| !line.contains("name=\"form_token\"") && !line.starts_with("x-request-id"));
        // What was typed is repeated, and counts.
        let typed = |line: &&str| line.contains("name=\"login\"") || line.starts_with("content-length");
        let lines = lines.filter(|line| !line.starts_with("set-cookie") && !typed(line));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let next_door = shop.sign_in(austral, ANNA, PASSWORD).await;
    let nobody = shop.sign_in(austral, "nobody@acme.test", PASSWORD).await;
    assert_eq!(next_door.status, 422);
    assert_eq!(plain(&next_door.all), plain(&nobody.all), "whose customer somebody is is not told");
    let api = |login: &str| Body::from(json!({ "login": login, "password": PASSWORD }).to_string());
    let headers = [("content-type", "application/json")];
    assert_eq!(shop.ask(boreal, "POST /api/v1/sessions", &headers, api(ANNA)).await.status, 201);
    assert_eq!(shop.ask(austral, "POST /api/v1/sessions", &headers, api(ANNA)).await.status, 401);
    // The staff of the provider has no business at its resellers' doors either.
    assert_eq!(shop.ask(austral, "POST /api/v1/sessions", &headers, api(ROOT)).await.status, 401);

    // A session or a token carried next door is none; a link neither.
    let cookie = format!("{}={}", web::caller::COOKIE, shop.estate.anna);
    let home = shop.ask(austral, "GET /home", &[("cookie", &cookie)], Body::empty()).await;
    assert!(home.all.contains("location: /\n") || home.all.contains("location: /"), "{}", home.all);
    assert!(!home.body.contains("Anna"));
    let bearer = format!("Bearer {}", shop.estate.anna);
    for (host, status) in [(boreal, 200), (austral, 401), ("unknown.test", 200)] {
        let me = shop.ask(host, "GET /api/v1/me", &[("authorization", &bearer)], Body::empty()).await;
        assert_eq!(me.status, status, "{host}");
    }
    let link = text(&shop.estate.acme["activation"]["link"]).rsplit('/').next().expect("a token").to_owned();
    for (host, status) in [(boreal, 200), (austral, 404)] {
        for path in [format!("/activate/{link}"), format!("/api/v1/activations/{link}")] {
            let answer = shop.ask(host, &format!("GET {path}"), &[], Body::empty()).await;
            assert_eq!(answer.status, status, "{host} {}", answer.all);
        }
    }
    // Nor is a picture or a style sheet of another served.
    let picture = format!("GET /brand/{}.png", shop.digests[1]);
    assert_eq!(shop.ask(boreal, &picture, &[], Body::empty()).await.status, 200);
    assert_eq!(shop.ask(austral, &picture, &[], Body::empty()).await.status, 404);
    let page = shop.ask(boreal, "GET /", &[], Body::empty()).await;
    let style =
        page.body.split("href=\"").find_map(|part| part.strip_prefix("/brand/style-")).expect("a style");
    let style = format!("GET /brand/style-{}", style.split('"').next().expect("a path"));
    let own = shop.ask(boreal, &style, &[], Body::empty()).await;
    assert!(own.all.contains("immutable") && own.body.contains("#7a1f4d"), "{}", own.all);
    assert_eq!(shop.ask(austral, &style, &[], Body::empty()).await.status, 404);
}
