//! The same customers as a tree: who sells to whom. A level is read when it is opened.

use std::collections::HashMap;

use app::{
    AppError, Caller,
    reading::{
        roots,
        tx::ReadTx,
        views::{TenantSearch, TenantView},
    },
};
use askama::Template;
use axum::{http::StatusCode, response::Response};
use domain::{id::TenantId, permission::Permission, tenant::TenantKind};
use web::{
    Surface,
    paging::Paging,
    speech::{say, say_with},
};

use super::list::PATH;
use crate::{
    context::{Frame, Visit},
    query::Pairs,
    refusal::Refusal,
    view::{self, Tab},
};

/// Tops of a tree that are shown; the table has all, and the tree says so.
const TOPS: usize = 100;
/// Tenants of a level, each kind of them, in the order in which they stand.
pub const KINDS: [TenantKind; 2] = [TenantKind::Reseller, TenantKind::Customer];

/// Customers and people, by tenant.
type Counts = HashMap<TenantId, (i64, i64)>;

/// What of the tree was asked for.
pub struct Branch {
    /// The seller that is open.
    pub open: Option<TenantId>,
    /// Its level goes on with these, after the cursor.
    pub part: Option<TenantKind>,
    /// Where it goes on.
    pub after: Option<String>,
}

/// A tenant of the tree.
struct Node {
    name: String,
    code: String,
    sells: bool,
    /// The customer's page, or the tree that is open here.
    href: String,
    /// Where its level is found once that is loaded.
    level: String,
    counts: Vec<String>,
    state: String,
    tone: &'static str,
    provisioning: Option<(String, &'static str)>,
    /// What stands below it, where that is open.
    below: Option<Level>,
}

/// What stands directly below a seller, or the tops.
#[derive(Template)]
#[template(path = "tree_level.html")]
struct Level {
    frame: Frame,
    id: String,
    nodes: Vec<Node>,
    /// Where it goes on.
    more: Option<String>,
    /// Whether it goes on from an earlier part.
    later: bool,
    /// The whole level, where only the way to what is open is shown.
    whole: Option<(String, String)>,
    /// The same as a table.
    table: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "customers_tree.html")]
struct Tree {
    frame: Frame,
    ways: [Tab; 2],
    top: Level,
    may_order: bool,
}

/// Where the trees of the caller begin, and whether each of them sells. A tree of customers
/// alone would be a list, so that it is offered to those who see a seller.
pub async fn tops(surface: &Surface, caller: &Caller) -> Result<Vec<(TenantId, bool)>, AppError> {
    let permitted = roots(caller, Permission::TenantRead)?;
    let mut tx = surface.app.read(caller).await?;
    let one_more = u32::try_from(TOPS + 1).unwrap_or(u32::MAX);
    let tops = tx.tree_tops(&permitted, one_more).await?;
    tx.finish().await?;
    Ok(tops)
}

/// The ways to table and tree; the seller of the one is that of the other.
pub fn ways(tree: bool, seller: Option<TenantId>) -> [Tab; 2] {
    let seller = seller.map(|id| id.to_string()).unwrap_or_default();
    let shown = Pairs::of("view", "tree");
    [
        Tab { name: say("tree-table"), href: Pairs::default().with(PATH, "seller", &seller), here: !tree },
        Tab { name: say("tree-tree"), href: shown.with(PATH, "open", &seller), here: tree },
    ]
}

fn opened(id: TenantId) -> Pairs {
    Pairs::of("view", "tree").and("open", &id.to_string())
}

/// Everything the page shows, as it is stored.
struct Read {
    /// From a top down to the seller that is open.
    chain: Vec<TenantView>,
    /// What stands directly below that one, or the tops where nothing is open.
    rows: Vec<TenantView>,
    more: Option<String>,
    counts: Counts,
}

/// The tree, as far as it is open.
pub async fn show(visit: &Visit, tops: &[(TenantId, bool)], branch: &Branch) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    // The only seller at the top is open: there is nothing else to choose.
    let only = tops.first().filter(|_| tops.len() == 1).map(|(id, _)| *id);
    let open = branch.open.or(only);
    let read = read(&visit.surface, caller, tops, open, branch).await?;
    let page = Tree {
        frame: visit.frame.clone(),
        ways: ways(true, open),
        top: levels(&visit.frame, read, tops.len(), branch.after.is_some()),
        may_order: caller.may_anywhere(Permission::OrderCreate),
    };
    visit.page(StatusCode::OK, &page)
}

async fn read(
    surface: &Surface,
    caller: &Caller,
    tops: &[(TenantId, bool)],
    open: Option<TenantId>,
    branch: &Branch,
) -> Result<Read, AppError> {
    let mut tx = surface.app.read(caller).await?;
    let mut chain = Vec::new();
    let (rows, more) = if let Some(id) = open {
        chain = way_to(&mut tx, tops, id).await?;
        level(&mut tx, id, branch).await?
    } else {
        let ids: Vec<_> = tops.iter().take(TOPS).map(|(id, _)| *id).collect();
        (by_ids(&mut tx, &ids).await?, None)
    };
    let ids: Vec<_> = chain.iter().chain(&rows).map(|t| t.id).collect();
    let counts = tx.figures_below(&ids).await?;
    tx.finish().await?;
    Ok(Read { chain, rows, more, counts })
}

/// The tenants from a top of the caller down to a seller.
async fn way_to(
    tx: &mut ReadTx<'_>,
    tops: &[(TenantId, bool)],
    id: TenantId,
) -> Result<Vec<TenantView>, AppError> {
    let seller = tx.tenant(id).await?;
    let begin = seller.path.iter().position(|above| tops.iter().any(|(top, _)| top == above));
    // What somebody may see for another reason is not in the tree.
    let begin = begin.filter(|_| seller.kind != TenantKind::Customer).ok_or(AppError::NotFound("tenant"))?;
    by_ids(tx, seller.path.get(begin..).unwrap_or_default()).await
}

/// Tenants in the order of their ids.
async fn by_ids(tx: &mut ReadTx<'_>, ids: &[TenantId]) -> Result<Vec<TenantView>, AppError> {
    let search = TenantSearch { ids: Some(ids.to_vec()), ..TenantSearch::default() };
    let mut found = tx.tenant_views(&search, None, u32::try_from(ids.len()).unwrap_or(u32::MAX)).await?;
    found.sort_by_key(|tenant| ids.iter().position(|id| *id == tenant.id));
    Ok(found)
}

/// A part of what stands directly below a seller: first who sells, then customers, each by
/// name; with the address of what follows.
async fn level(
    tx: &mut ReadTx<'_>,
    seller: TenantId,
    branch: &Branch,
) -> Result<(Vec<TenantView>, Option<String>), AppError> {
    let first = branch.part.unwrap_or(TenantKind::Reseller);
    let mut rows = Vec::new();
    for kind in KINDS.into_iter().skip_while(|kind| *kind != first) {
        let list = format!("tree {} {seller}", kind.code());
        let after = branch.after.as_deref().filter(|_| kind == first);
        let paging = Paging::new(&list, None, after)?;
        let search = TenantSearch { parent: Some(seller), kind: Some(kind), ..TenantSearch::default() };
        let found = tx.tenant_views(&search, paging.after()?, paging.rows()).await?;
        let (found, next) = paging.page(&list, found, |t| (t.key.clone(), t.id));
        rows.extend(found);
        if let Some(next) = next {
            return Ok((rows, Some(opened(seller).and("part", kind.code()).with(PATH, "after", &next))));
        }
    }
    Ok((rows, None))
}

/// The levels from the top to what is open. Above that only the way to it is shown: among the
/// others it might stand on a page far behind.
fn levels(frame: &Frame, read: Read, tops: usize, later: bool) -> Level {
    let several = tops > 1;
    let sold_by = |seller: &TenantView| {
        let table = Pairs::default().with(PATH, "seller", &seller.id.to_string());
        Some((table, say_with("tree-as-table", &[("name", (&seller.name).into())])))
    };
    let all = |seller: Option<&TenantView>| match seller {
        Some(of) => {
            let (href, name) = (opened(of.id).with(PATH, "", ""), (&of.name).into());
            Some((href, say_with("tree-whole", &[("name", name)])))
        }
        None => several.then(|| (Pairs::of("view", "tree").with(PATH, "", ""), say("tree-all"))),
    };
    let Read { chain, rows, more, counts } = read;
    let last = chain.last();
    let mut below = Level {
        frame: frame.clone(),
        id: last.map_or_else(|| "top".to_owned(), |of| of.id.to_string()),
        nodes: rows.iter().map(|of| node(of, &counts, None)).collect(),
        more,
        later,
        whole: last.filter(|_| later).and_then(|of| all(Some(of))),
        table: match last {
            Some(seller) => sold_by(seller),
            None => (tops > TOPS).then(|| (PATH.to_owned(), say_with("tree-tops", &[("n", TOPS.into())]))),
        },
    };
    for (place, of) in chain.iter().enumerate().rev() {
        let above = place.checked_sub(1).and_then(|place| chain.get(place));
        below = Level {
            frame: frame.clone(),
            id: above.map_or_else(|| "top".to_owned(), |of| of.id.to_string()),
            nodes: vec![node(of, &counts, Some(below))],
            more: None,
            later: false,
            whole: all(above),
            table: None,
        };
    }
    below
}

fn node(of: &TenantView, counts: &Counts, below: Option<Level>) -> Node {
    let sells = of.kind != TenantKind::Customer;
    let (customers, people) = counts.get(&of.id).copied().unwrap_or_default();
    let mut said = Vec::new();
    if sells {
        said.push(say_with("tree-customers", &[("n", customers.into())]));
    }
    said.push(say_with("tree-people", &[("n", people.into())]));
    let (state, tone) = view::tenant_state(of.status);
    Node {
        name: of.name.clone(),
        code: of.code.clone(),
        sells,
        href: if sells { opened(of.id).with(PATH, "", "") } else { format!("/customers/{}", of.id) },
        level: format!("level-{}", of.id),
        counts: said,
        state,
        tone,
        provisioning: of.provisioning.as_ref().and_then(|p| view::unsettled(p.state)),
        below,
    }
}
