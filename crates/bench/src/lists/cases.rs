//! What is asked of the lists: the address of each page, and the statements that read it.

use std::collections::BTreeMap;

use domain::id::{GroupId, RequestId, TenantId, UserId};
use uuid::Uuid;
use web::paging::cursor;

use crate::{
    Failure,
    million::{Size, ask, with_values},
    stage::psql,
};

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The provider's administrator, who sees everything.
    Provider,
    /// The administrator of the customer of many people.
    Customer,
}

impl Who {
    /// As it stands in the report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Customer => "customer",
        }
    }
}

/// A statement by its name, with what stands for its parameters.
type Named = (String, Vec<String>);

/// A page.
#[derive(Debug, Clone)]
pub struct Case {
    /// Which list.
    pub list: &'static str,
    /// The list, and what is asked of it.
    pub name: String,
    /// Who looks.
    pub who: Who,
    /// What is asked, as plans are told apart: where the page begins, and the filter.
    pub kind: String,
    /// Whether it begins far down.
    pub deep: bool,
    /// Its address.
    pub path: String,
    few: Vec<Named>,
    ids: Vec<Named>,
    rows: Option<&'static str>,
}

/// Stands for the ids that a filter left.
const FEW: &str = "FEW";
const LIMIT: &str = "51";

impl Case {
    /// The statements of the page, in their order, with their names.
    pub async fn statements(
        &self,
        url: &str,
        scope: &str,
        all: &BTreeMap<String, String>,
    ) -> Result<Vec<(String, String)>, Failure> {
        let of = |name: &str| {
            all.get(name).ok_or_else(|| Failure::from(format!("there is no statement \"{name}\"")))
        };
        let (mut made, mut few) = (Vec::new(), String::new());
        for (name, values) in &self.few {
            let statement = with_values(of(name)?, values);
            // They come as one array.
            let found = ask(url, scope, &statement).await?;
            few.push_str(&found.trim_matches(['{', '}']).replace(',', "\n"));
            few.push('\n');
            made.push((name.clone(), statement));
        }
        let mut ids = String::new();
        for (name, values) in &self.ids {
            let values: Vec<_> = values
                .iter()
                .map(|v| if v == FEW { list(&of_page(name, &few)) } else { v.clone() })
                .collect();
            let statement = with_values(of(name)?, &values);
            ids = ask(url, scope, &statement).await?;
            made.push((name.clone(), statement));
        }
        if let Some(rows) = self.rows {
            let name = format!("list {rows}, rows");
            let values = match rows {
                "people" => vec![list(&ids), "false".to_owned()],
                "groups" => vec![tenant(), list(&ids), "10001".to_owned()],
                "requests" => vec![list(&ids), "10000".to_owned()],
                _ => vec![list(&ids)],
            };
            made.push((name.clone(), with_values(of(&name)?, &values)));
        }
        Ok(made)
    }
}

/// Of people in the order of their making and of requests only those of the page are read, and as many again.
fn of_page(name: &str, few: &str) -> String {
    let is_cut = name.starts_with("list requests few")
        || name.starts_with("list people") && name.ends_with("created, few");
    if !is_cut {
        return few.to_owned();
    }
    let mut lines: Vec<_> = few.lines().collect();
    lines.sort_unstable();
    if name.contains(" -created") || name.ends_with("newest first") {
        lines.reverse();
    }
    lines.truncate(102);
    lines.join("\n")
}

/// Ids, one a line, as an array.
fn list(lines: &str) -> String {
    let ids: Vec<_> = lines.lines().filter(|line| !line.is_empty()).collect();
    format!("'{{{}}}'::uuid[]", ids.join(","))
}

fn tenant() -> String {
    format!("'{}'", id(1, 1))
}

/// As `bench_id` of the fill.
fn id(kind: u8, n: u128) -> Uuid {
    Uuid::from_u128(n << 80 | 0x7000_8000_0000_0000_0000 | u128::from(kind))
}

/// Where a page begins.
struct Place {
    key: String,
    id: Uuid,
}

const NULL: &str = "NULL";

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

fn beginning(descending: bool) -> Place {
    match descending {
        false => Place { key: String::new(), id: Uuid::nil() },
        true => Place { key: "\u{10FFFF}".to_owned(), id: Uuid::max() },
    }
}

async fn place(url: &str, from: &str, key: &str, order: &str, row: usize) -> Result<Place, Failure> {
    let found = psql(
        url,
        &format!("SELECT {key} || '|' || id FROM {from} ORDER BY {order} LIMIT 1 OFFSET {}", row - 1),
    )
    .await?;
    let (key, id) =
        found.rsplit_once('|').ok_or_else(|| Failure::from(format!("{from} has no row {row}")))?;
    Ok(Place { key: key.to_owned(), id: id.parse()? })
}

/// All pages that are measured.
pub async fn cases(url: &str, size: Size) -> Result<Vec<Case>, Failure> {
    let mut all = Vec::new();
    people(url, size, &mut all).await?;
    tenants(url, size, &mut all).await?;
    requests(url, size, &mut all).await?;
    groups(url, size, &mut all).await?;
    for (who, words) in [
        (Who::Provider, ["anna", "anna.berg1", "customer 1", "group 1"]),
        (Who::Customer, ["anna", "anna.berg1", "customer 1", "group 1"]),
    ] {
        all.extend(words.map(|word| search(who, word)));
    }
    Ok(all)
}

/// A sort and its opposite: code, key, and order.
type Sort = (&'static str, &'static str, &'static str);

fn both(sorts: &[Sort]) -> impl Iterator<Item = (Sort, bool)> {
    sorts.iter().flat_map(|sort| [(*sort, false), (*sort, true)])
}

/// The code of an order, and that of the database.
fn code(sort: Sort, down: bool) -> (String, String) {
    let order = if down { sort.2.replace(',', " DESC,") + " DESC" } else { sort.2.to_owned() };
    (if down { format!("-{}", sort.0) } else { sort.0.to_owned() }, order)
}

const PEOPLE: [Sort; 3] = [
    ("name", "search_key", "search_key, id"),
    ("login", "principal_name", "principal_name"),
    ("created", "''", "id"),
];

/// What people are filtered by: the address, the statement that finds few, and the place and
/// value of its parameter in that of the page.
struct Filter {
    query: &'static str,
    few: Vec<Named>,
    at: usize,
    value: String,
    /// Whether those it matches are few.
    is_few: bool,
}

impl Filter {
    /// In which order of their own those it matches are kept for a list that is sorted so.
    fn kept(&self, code: &str) -> Option<&'static str> {
        let (by_name, by_login) = (code.ends_with("name"), code.ends_with("login"));
        match self.query {
            "standing=never_activated" if by_login => Some("never activated"),
            "standing=disabled" if by_login => Some("disabled"),
            _ if self.at == 6 && by_name => Some("of a standing"),
            _ if self.at == 9 && (by_name || by_login) => Some("of a department"),
            _ => None,
        }
    }

    /// What is asked before the page: how many begin so, of the kind of name the list is sorted by.
    fn asked(&self, code: &str) -> Vec<Named> {
        // Those who are kept in the order asked for are not asked for before.
        if self.kept(code).is_some() {
            return Vec::new();
        }
        let mut few = self.few.clone();
        if !self.is_few && code.ends_with("login") {
            for (name, _) in &mut few {
                *name = name.replace("few by name", "few by login");
            }
        }
        few
    }
}

fn people_filters() -> Vec<Filter> {
    let more = || "2001".to_owned();
    let filter = |query, few: &str, values: Vec<String>, at, value: String, is_few| Filter {
        query,
        few: if few.is_empty() { Vec::new() } else { vec![(format!("list people, few {few}"), values)] },
        at,
        value,
        is_few,
    };
    let standing = |code: &str| vec![tenant(), text(code), more()];
    let plans = |code: &str| format!("ARRAY(SELECT id FROM plan WHERE code = '{code}')");
    let plan = |code: &str| vec![tenant(), plans(code), more()];
    let range = |low: &str| vec![tenant(), text(low), text(&format!("{low}\u{10FFFF}")), more()];
    vec![
        filter("standing=disabled", "by standing", standing("disabled"), 6, text("disabled"), true),
        filter(
            "standing=never_activated",
            "by standing",
            standing("never_activated"),
            6,
            text("never_activated"),
            true,
        ),
        filter("standing=active", "by standing", standing("active"), 6, text("active"), false),
        filter("state=failed", "by state", vec![tenant(), text("failed"), more()], 7, text("failed"), true),
        filter("state=verified", "", vec![], 7, text("verified"), false),
        filter(
            "plan=desktop-standard",
            "by plan",
            plan("desktop-standard"),
            8,
            plans("desktop-standard"),
            false,
        ),
        filter("plan=rare", "by plan", plan("rare"), 8, plans("rare"), true),
        filter(
            "department=Sales",
            "by department",
            vec![tenant(), text("Sales"), more()],
            9,
            text("Sales"),
            false,
        ),
        filter(
            "department=Board",
            "by department",
            vec![tenant(), text("Board"), more()],
            9,
            text("Board"),
            true,
        ),
        filter("q=a", "by name", range("a"), 0, "a".to_owned(), false),
        filter("q=anna%20berg", "by name", range("anna berg"), 0, String::new(), true),
    ]
}

async fn people(url: &str, size: Size, all: &mut Vec<Case>) -> Result<(), Failure> {
    let home = TenantId::from_uuid(id(1, 1));
    let path = format!("/customers/{home}/people");
    let from = format!("users WHERE tenant_id = {} AND deleted_at IS NULL", tenant());
    for who in [Who::Customer, Who::Provider] {
        for (sort, down) in both(&PEOPLE) {
            let (code, order) = code(sort, down);
            let deep = place(url, &from, sort.1, &order, size.deep).await?;
            for (deep, place) in [(false, beginning(down)), (true, deep)] {
                let after =
                    cursor(&format!("people {code}"), &place.key, &UserId::from_uuid(place.id).to_string());
                let after = if deep { format!("&after={after}") } else { String::new() };
                all.push(Case {
                    list: "people",
                    name: format!("people by {code}{}", if deep { ", deep" } else { "" }),
                    who,
                    kind: if deep { "deep" } else { "first" }.to_owned(),
                    deep,
                    path: format!("{path}?sort={code}{after}"),
                    few: Vec::new(),
                    ids: vec![people_ids(&code, &place, None)],
                    rows: Some("people"),
                });
            }
        }
        for filter in people_filters() {
            // The provider reads one customer's people as its administrator does.
            if who == Who::Provider && filter.at != 7 {
                continue;
            }
            for (sort, down) in both(&PEOPLE) {
                let (code, _) = code(sort, down);
                all.push(Case {
                    list: "people",
                    name: format!("people by {code}, {}", filter.query),
                    who,
                    kind: filter.query.to_owned(),
                    deep: false,
                    path: format!("{path}?sort={code}&{}", filter.query),
                    few: filter.asked(&code),
                    ids: vec![people_ids(&code, &beginning(down), Some(&filter))],
                    rows: Some("people"),
                });
            }
        }
    }
    Ok(())
}

fn people_ids(code: &str, place: &Place, filter: Option<&Filter>) -> Named {
    let kept = filter.and_then(|f| f.kept(code));
    let few = filter.is_some_and(|f| f.is_few) && kept.is_none();
    let mut values = vec![NULL.to_owned(); 14];
    values[0] = tenant();
    values[1] = text(&place.key);
    values[2] = text(&place.id.to_string());
    values[3] = text("");
    values[4] = text("\u{10FFFF}");
    values[10] = LIMIT.to_owned();
    values[11] = if few { FEW.to_owned() } else { NULL.to_owned() };
    values[12] = text("");
    values[13] = text("\u{10FFFF}");
    match filter {
        Some(filter) if filter.at > 0 => values[filter.at - 1].clone_from(&filter.value),
        Some(filter) if !filter.value.is_empty() => {
            // Sorted by neither name, both are compared.
            let at = if code.ends_with("created") { 12 } else { 3 };
            let end = format!("{}\u{10FFFF}", filter.value);
            values[at] = text(&filter.value);
            values[at + 1] = text(&end);
            // By name it begins where those who are called so do.
            match code {
                "name" => values[1] = text(&filter.value),
                "-name" => (values[1], values[2]) = (text(&end), text(&Uuid::nil().to_string())),
                _ => {}
            }
        }
        _ => {}
    }
    let way = kept.unwrap_or(if few { "few" } else { "walked" });
    (format!("list people by {code}, {way}"), values)
}

const TENANTS: [Sort; 3] = [
    ("name", "search_key", "search_key, id"),
    ("code", "code", "code COLLATE \"C\", id"),
    ("created", "''", "id"),
];

async fn tenants(url: &str, size: Size, all: &mut Vec<Case>) -> Result<(), Failure> {
    let roots = "ARRAY(SELECT id FROM tenant WHERE kind = 'provider')";
    let row = size.customers * 9 / 10;
    let case = |code: &str, place: &Place, query: &str, deep: bool| {
        let few = matches!(query, "status=suspended" | "q=customer%2077");
        let after =
            cursor(&format!("customers {code}"), &place.key, &TenantId::from_uuid(place.id).to_string());
        let after = if deep { format!("&after={after}") } else { String::new() };
        let mut values = vec![NULL.to_owned(); 12];
        values[0] = roots.to_owned();
        values[1] = text(&place.key);
        values[2] = text(&place.id.to_string());
        (values[3], values[10]) = (text(""), text(""));
        (values[4], values[11]) = (text("\u{10FFFF}"), text("\u{10FFFF}"));
        values[6] = text("customer");
        values[8] = LIMIT.to_owned();
        let mut found =
            vec![("list tenants, few below".to_owned(), vec![roots.to_owned(), "2001".to_owned()])];
        match query {
            "status=suspended" => {
                values[7] = text("suspended");
                found = vec![(
                    "list tenants, few in a status".to_owned(),
                    vec![text("suspended"), "501".to_owned()],
                )];
            }
            "q=customer%2077" => {
                let range = [text("customer 77"), "E'customer 77\\U0010FFFF'".to_owned(), "501".to_owned()];
                found = vec![("list tenants, few by name".to_owned(), range.to_vec())];
            }
            "q=c" => {
                let range = [text("c"), "E'c\\U0010FFFF'".to_owned()];
                let named = if code.ends_with("code") { "code" } else { "name" };
                // Sorted by neither, every name is compared.
                let at = if code.ends_with("created") { [10, 11] } else { [3, 4] };
                for (at, value) in at.into_iter().zip(&range) {
                    values[at].clone_from(value);
                }
                let asked = [&range[..], &["501".to_owned()]].concat();
                found.push((format!("list tenants, few by {named}"), asked));
            }
            _ => {}
        }
        if few {
            values[9] = FEW.to_owned();
        }
        let kind = if query.is_empty() { if deep { "deep" } else { "first" } } else { query };
        let end = if query.is_empty() { String::new() } else { format!(", {query}") };
        Case {
            list: "customers",
            name: format!("customers by {code}{end}{}", if deep { ", deep" } else { "" }),
            who: Who::Provider,
            kind: kind.to_owned(),
            deep,
            path: format!("/customers?sort={code}{after}&{query}"),
            few: found,
            ids: vec![(format!("list tenants by {code}, {}", if few { "few" } else { "walked" }), values)],
            rows: Some("tenants"),
        }
    };
    for (sort, down) in both(&TENANTS) {
        let (code, order) = code(sort, down);
        all.push(case(&code, &beginning(down), "", false));
        let place = place(url, "tenant WHERE kind = 'customer'", sort.1, &order, row).await?;
        all.push(case(&code, &place, "", true));
        for query in ["status=suspended", "status=active", "q=customer%2077", "q=c"] {
            all.push(case(&code, &beginning(down), query, false));
        }
    }
    Ok(())
}

async fn requests(url: &str, size: Size, all: &mut Vec<Case>) -> Result<(), Failure> {
    let provider = "ARRAY(SELECT id FROM tenant WHERE kind = 'provider')".to_owned();
    let home = tenant();
    let filters = [
        "",
        "state=failed",
        "state=complete_with_problems",
        "state=running",
        "state=parked",
        "state=requested",
        "state=complete",
        "kind=user_update",
        "kind=user_unlock",
        "actor",
    ];
    for who in [Who::Provider, Who::Customer] {
        let roots = if who == Who::Provider { provider.clone() } else { format!("ARRAY[{home}::uuid]") };
        for down in [true, false] {
            let code = if down { "-created" } else { "created" };
            let order = if down { "id DESC" } else { "id" };
            let from = if who == Who::Provider {
                "request".to_owned()
            } else {
                format!("request WHERE tenant_id = {home}")
            };
            let deep = place(url, &from, "''", order, size.deep).await?;
            for (query, deep, place) in
                filters.iter().map(|query| (*query, false, beginning(down))).chain([("", true, deep)])
            {
                let after =
                    cursor(&format!("requests {code}"), "", &RequestId::from_uuid(place.id).to_string());
                let after = if deep { format!("&after={after}") } else { String::new() };
                let actor = UserId::from_uuid(id(3, 1));
                let query = if query == "actor" { format!("actor={actor}") } else { query.to_owned() };
                let shown = query.split("=usr").next().unwrap_or_default().to_owned();
                let end = if shown.is_empty() { String::new() } else { format!(", {shown}") };
                let (few, named) = requests_ids(who, &roots, &place, &query, down);
                all.push(Case {
                    list: "requests",
                    name: format!("requests by {code}{end}{}", if deep { ", deep" } else { "" }),
                    who,
                    kind: if shown.is_empty() {
                        (if deep { "deep" } else { "first" }).to_owned()
                    } else {
                        shown
                    },
                    deep,
                    path: format!("/status?sort={code}{after}&{query}"),
                    few,
                    ids: vec![named],
                    rows: Some("requests"),
                });
            }
        }
    }
    Ok(())
}

fn requests_ids(who: Who, roots: &str, place: &Place, query: &str, down: bool) -> (Vec<Named>, Named) {
    let mut values: Vec<String> =
        [roots, &text(&place.id.to_string()), NULL, NULL, NULL, NULL, LIMIT, "'{}'::uuid[]"]
            .map(str::to_owned)
            .to_vec();
    let own = who == Who::Customer;
    let side = format!("ARRAY[{}::uuid]", tenant());
    let (mut way, mut few) = (if own { "side by side" } else { "of everybody" }, Vec::new());
    if own {
        values[7].clone_from(&side);
    }
    let more = || "2001".to_owned();
    let first = |of: &str| {
        let name = format!("list requests, first {of}{}", if down { ", newest first" } else { "" });
        (name, vec![text(&place.id.to_string()), "153".to_owned()])
    };
    match query.split_once('=') {
        Some(("state", state)) => {
            values[5] = text(state);
            match state {
                "failed" | "complete_with_problems" if own => {
                    let asked = vec![side, false.to_string(), more(), roots.to_owned()];
                    few.push(("list requests, few with failures".to_owned(), asked));
                }
                // Of everybody the first are enough.
                "failed" | "complete_with_problems" => few.push(first("with failures")),
                "complete" => {}
                _ if own => few.push(("list requests, few open".to_owned(), vec![side, more()])),
                _ => few.push(first("open")),
            }
            if !few.is_empty() {
                way = "few";
                values[7] = FEW.to_owned();
            }
        }
        Some(("kind", kind)) => {
            values[3] = text(kind);
            way = if own { "side by side, of one kind" } else { "of one kind" };
        }
        Some(("actor", _)) => {
            values[4] = text(&id(3, 1).to_string());
            way = if own { way } else { "of one person" };
        }
        _ => {}
    }
    (few, (format!("list requests {way}{}", if down { ", newest first" } else { "" }), values))
}

const GROUPS: [Sort; 2] = [("name", "search_key", "search_key, id"), ("created", "''", "id")];

async fn groups(url: &str, size: Size, all: &mut Vec<Case>) -> Result<(), Failure> {
    let home = TenantId::from_uuid(id(1, 1));
    let path = format!("/customers/{home}/groups");
    let row = 1_900.min(size.deep);
    for (sort, down) in both(&GROUPS) {
        let (code, order) = code(sort, down);
        let from = format!("user_group WHERE tenant_id = {} AND deleted_at IS NULL", tenant());
        let deep = place(url, &from, sort.1, &order, row).await?;
        for (query, deep, place) in ["", "kind=distribution", "members=none", "q=group%2017"]
            .map(|query| (query, false, beginning(down)))
            .into_iter()
            .chain([("", true, deep)])
        {
            let after =
                cursor(&format!("groups {code}"), &place.key, &GroupId::from_uuid(place.id).to_string());
            let after = if deep { format!("&after={after}") } else { String::new() };
            let mut values: Vec<String> = [
                tenant().as_str(),
                &text(&place.key),
                &text(&place.id.to_string()),
                "''",
                "E'\\U0010FFFF'",
                NULL,
                NULL,
                LIMIT,
            ]
            .map(str::to_owned)
            .to_vec();
            match query {
                "kind=distribution" => values[5] = text("distribution"),
                "members=none" => values[6] = "false".to_owned(),
                "q=group%2017" => {
                    values[3] = text("group 17");
                    values[4] = "E'group 17\\U0010FFFF'".to_owned();
                }
                _ => {}
            }
            let end = if query.is_empty() { String::new() } else { format!(", {query}") };
            let kind = if query.is_empty() { if deep { "deep" } else { "first" } } else { query };
            all.push(Case {
                list: "groups",
                name: format!("groups by {code}{end}{}", if deep { ", deep" } else { "" }),
                who: Who::Customer,
                kind: kind.to_owned(),
                deep,
                path: format!("{path}?sort={code}{after}&{query}"),
                few: Vec::new(),
                ids: vec![(format!("list groups by {code}, walked"), values)],
                rows: Some("groups"),
            });
        }
    }
    Ok(())
}

fn search(who: Who, word: &str) -> Case {
    let roots = match who {
        Who::Provider => "ARRAY(SELECT id FROM tenant WHERE kind = 'provider')".to_owned(),
        Who::Customer => format!("ARRAY[{}::uuid]", tenant()),
    };
    let values = [roots.clone(), text(word), text(&format!("{word}\u{10FFFF}")), "12".to_owned()].to_vec();
    let way = if who == Who::Provider { " of everybody" } else { ", side by side" };
    let ids = vec![
        (format!("search groups{way}"), values.clone()),
        (format!("search people{way}"), values),
        ("search orders by reference".to_owned(), vec![roots, text(word), "12".to_owned()]),
    ];
    Case {
        list: "search",
        name: format!("search for {word}"),
        who,
        kind: "search".to_owned(),
        deep: false,
        path: format!("/search?q={}", word.replace(' ', "%20")),
        few: Vec::new(),
        ids,
        rows: None,
    }
}
