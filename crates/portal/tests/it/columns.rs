//! Columns that people choose: in the address, on the page, in files.

use std::ops::ControlFlow;

use serde_json::json;

use crate::{
    lists::link,
    visit::Browser,
    world::{ANNA, BEN, Estate, text},
};

/// What the heads of a table say, in their order.
fn heads(html: &str) -> Vec<String> {
    let plain = |cell: &str| {
        let text =
            cell.split_once('>').map_or("", |(_, rest)| rest).split("</th>").next().unwrap_or_default();
        text.split('<').map(|part| part.split_once('>').map_or(part, |(_, said)| said)).collect::<String>()
    };
    html.split("<th ").skip(1).map(plain).collect()
}

/// The lines of a file.
fn lines(file: &str) -> Vec<&str> {
    file.trim_start_matches('\u{feff}').lines().collect()
}

async fn estate() -> Estate {
    let estate = Estate::new().await;
    let field = json!({ "key": "cost_centre", "label": "Cost centre", "kind": "text" });
    let path = format!("/tenants/{}/fields", estate.acme_id());
    estate.world.post(&estate.anna, &path, &field).await.expect(201);
    let field = json!({ "key": "joined", "label": "Joined", "kind": "date" });
    estate.world.post(&estate.anna, &path, &field).await.expect(201);
    let people: Vec<_> = (0..55)
        .map(|i| {
            json!({ "given_name": "Sam", "surname": format!("Stone{i:02}"), "phone": "+45 1", "manager": ANNA,
                "details": { "employee_id": format!("E{i}"), "expires_at": "2030-01-01T00:00:00Z" },
                "fields": { "cost_centre": "4711", "joined": "2026-03-01" } })
        })
        .collect();
    let path = format!("/customers/{}/users/batch", estate.acme_id());
    estate.world.post(&estate.anna, &path, &json!({ "users": people })).await.expect(202);
    estate
}

#[tokio::test]
async fn the_columns_of_an_address_are_shown_in_its_order_and_kept_by_every_link() {
    let estate = estate().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let people = format!("/customers/{}/people", estate.acme_id());
    let usual = browser.get(&people).await;
    let names = ["Name", "Login", "Title and department", "Plans", "Created", "State"];
    assert_eq!(heads(&usual.html)[1..], names, "after the boxes");
    assert!(!usual.html.contains("type=\"hidden\" name=\"columns\""), "nothing was chosen: {}", usual.html);
    let chosen = "employee_id,name,fields.cost_centre,manager,expires_at";
    let page = browser.get(&format!("{people}?q=sam&sort=-name&columns={chosen}")).await;
    let names = ["Employee number", "Name", "Cost centre", "Manager", "Account ends"];
    assert_eq!(heads(&page.html)[1..], names);
    for said in ["<bdi>E54</bdi>", "<bdi>4711</bdi>", ">Anna Berg</bdi></a>", "1 January 2030"] {
        assert!(page.html.contains(said), "{said}: {}", page.html);
    }
    assert!(!page.html.contains("sam.stone54@"), "a column nobody chose: {}", page.html);
    let kept = "columns=employee_id%2Cname%2Cfields.cost_centre%2Cmanager%2Cexpires_at";
    let exports: Vec<_> = page.html.split("class=\"export\" href=\"").skip(1).collect();
    assert!(exports[0].contains(kept) && exports[1].contains(kept), "the files are those of the page");
    assert!(!exports[2].contains("columns"), "what is imported again is complete");
    for tag in ["rel=\"next\"", "class=\"sort\""] {
        assert!(link(&page.html, tag).contains(kept), "{tag}: {}", page.html);
    }
    let form = page.html.split("class=\"filters\"").nth(1).and_then(|rest| rest.split("</form>").next());
    let hidden = format!("type=\"hidden\" name=\"columns\" value=\"{chosen}\"");
    assert!(form.is_some_and(|form| form.contains(&hidden)), "filters keep them: {}", page.html);
    let next = browser.get(&link(&page.html, "rel=\"next\"")).await;
    assert_eq!(heads(&next.html)[1..], names);
    // The form of the columns keeps what else is asked for, and leads back to the usual ones.
    let form = page.html.split("<details>").find(|part| part.contains("id=\"columns\""));
    let form = form.expect("a form");
    assert!(
        form.contains("name=\"q\" value=\"sam\"") && form.contains("name=\"sort\" value=\"-name\""),
        "{form}"
    );
    assert!(!link(form, "<button").contains("columns") && link(form, "<button").contains("q=sam"), "{form}");
    let first = form.split("type=\"checkbox\" name=\"columns\" value=\"").nth(1).unwrap_or_default();
    assert!(first.starts_with("employee_id\" checked"), "those that are shown come first: {form}");
    // As a form sends them.
    let page = browser.get(&format!("{people}?columns=mail&columns=login&q=sam")).await;
    assert_eq!(heads(&page.html)[1..], ["Mail address", "Login"]);
    assert!(link(&page.html, "rel=\"next\"").contains("columns=mail%2Clogin"), "{}", page.html);
    assert!(page.html.contains("<a href=\"/people/usr_"), "a row leads to the person: {}", page.html);
}

#[tokio::test]
async fn a_file_has_exactly_the_columns_that_were_chosen_in_their_order() {
    let estate = estate().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let path = format!("/customers/{}", estate.acme_id());
    let asked = "q=sam&columns=fields.joined,employee_id,name,standing&columns=fields.cost_centre,expires_at";
    let file = browser.get(&format!("{path}/people/export?{asked}")).await;
    let all = lines(&file.html);
    assert_eq!(all.len(), 1 + 55);
    assert_eq!(all[0], "Joined,Employee number,Name,Account,Cost centre,Account ends");
    assert_eq!(all[1], "2026-03-01,E0,Sam Stone00,Not activated,4711,2030-01-01T00:00:00Z");
    let book = browser.get(&format!("{path}/people/export?{asked}&format=xlsx")).await;
    let mut rows = Vec::new();
    let read = sheet::read(&book.bytes, &mut |row| {
        let cells = row.cells.iter().map(|cell| cell.text.clone());
        rows.push(cells.collect::<Vec<_>>().join(","));
        ControlFlow::Continue(())
    });
    read.expect("a workbook");
    assert_eq!(rows, all, "a workbook and a text say the same");
    for (path, head, row) in [
        ("/customers/export?q=acme&columns=suffix,code".to_owned(), "Suffix,Code", "acme.test,acme"),
        (format!("{path}/groups/export?q=desk&columns=members,name"), "Members,Name", "1,Desktop"),
        (
            "/status/export?kind=order&columns=actor,kind,subject".to_owned(),
            "Asked by,Kind,About",
            "boss@north.test,Order,acme GmbH",
        ),
    ] {
        let token = if path.starts_with("/status") { &estate.boss } else { &estate.anna };
        let mut browser = Browser::signed_in(&estate.world, token);
        let file = browser.get(&path).await;
        let all = lines(&file.html);
        assert_eq!(all[0], head, "{path}");
        assert!(all[1].starts_with(row), "{path}: {}", all[1]);
        let page = browser.get(&path.replace("/export", "")).await;
        assert_eq!(heads(&page.html).join(","), head, "the page shows the same");
    }
    // What is edited and imported again has everything, whatever was chosen.
    let whole = browser.get(&format!("{path}/people/export?as=edit")).await;
    let edited = browser.get(&format!("{path}/people/export?as=edit&columns=name")).await;
    assert_eq!(whole.html, edited.html);
    assert!(lines(&edited.html)[0].split(',').count() > 30, "{}", edited.html);
}

#[tokio::test]
async fn who_used_the_portal_when_is_shown_to_whom_their_sessions_are() {
    let estate = Estate::new().await;
    estate.ben_looks_after_people().await;
    let path = format!("/customers/{}/people/export?columns=login,activity", estate.acme_id());
    let read = async |token: &str| {
        let file = Browser::signed_in(&estate.world, token).get(&path).await;
        let all = lines(&file.html);
        let of = |login: &str| {
            let line = all.iter().find_map(|line| line.strip_prefix(login)).unwrap_or_default();
            line.trim_start_matches(',').to_owned()
        };
        (of(ANNA), of(BEN))
    };
    // What is used is noted.
    Browser::signed_in(&estate.world, &estate.ben).get("/home").await;
    let (anna, ben) = read(&estate.anna).await;
    assert!(anna.ends_with('Z') && ben.ends_with('Z'), "{anna} {ben}");
    // Ben may not see the sessions of an administrator.
    let (anna, ben) = read(&estate.ben).await;
    assert!(anna.is_empty() && ben.ends_with('Z'), "{anna} {ben}");
    // Also of whom no session is open any more.
    estate.world.db.execute("UPDATE api_token SET revoked_at = created_at WHERE name <> 'x' AND user_id = (SELECT id FROM users WHERE principal_name = 'ben.lund@acme.test')").await;
    let (_, ben) = read(&estate.anna).await;
    assert!(ben.ends_with('Z'), "{ben}");
    let page = Browser::signed_in(&estate.world, &estate.anna)
        .get(&format!("/customers/{}/people?columns=activity,name", text(&estate.acme["customer"]["id"])))
        .await;
    assert_eq!(heads(&page.html)[1..], ["Last active", "Name"]);
}
