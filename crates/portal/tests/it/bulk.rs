//! Many people at once on the pages: a file that is brought, what its columns mean, what would come of
//! it, and cells that are mended.

use std::{fmt::Write as _, ops::ControlFlow};

use testkit::people_file::PeopleFile;

use crate::{
    brand_pages::version,
    visit::{Browser, Page},
    world::{Estate, World},
};

pub const DEFAULTS: [(&str, &str); 3] = [("options", "create"), ("options", "update"), ("missing", "keep")];

/// Uploads a file, with the options the form has at first; gives the page it leads to.
pub async fn bring(browser: &mut Browser, customer: &str, (name, file): (&str, &[u8])) -> String {
    let sent = browser.upload(&format!("/customers/{customer}/import"), &DEFAULTS, (name, file)).await;
    sent.goes_to().to_owned()
}

/// The text of a figure, by the address it leads to.
pub fn figure(page: &Page, filter: &str) -> Option<String> {
    let (_, rest) = page.html.split_once(&format!("{filter}\"><strong>"))?;
    Some(rest.split('<').next().unwrap_or_default().to_owned())
}

async fn people(world: &World) -> usize {
    world.db.values("users", "id", "object_id IS NOT NULL").await.len()
}

const FILE: &str = "\
First name;Last name;User principal name;Employee ID;Department;E-mail;Plans
Ida;Lund;ida.lund@acme.test;0071;Sales;ida@example.test;desktop-s
Jens;Krag;jens.krag@acme.test;0072;Sales;no address;
Ben;Lund;ben.lund@acme.test;0001;Board;;
";

#[tokio::test]
async fn a_file_is_shown_before_anything_happens_and_its_cells_are_mended_in_place() {
    let estate = Estate::new().await;
    let (world, acme) = (&estate.world, estate.acme_id());
    let mut browser = Browser::signed_in(world, &estate.anna);
    let form = browser.get(&format!("/customers/{acme}/import")).await.shows(200, "bulk-import");
    assert!(form.contains("enctype=\"multipart/form-data\"") && form.contains("value=\"create\" checked"));
    assert!(!form.contains("send_links"), "without mail nothing is sent: {form}");
    let before = people(world).await;
    let path = bring(&mut browser, acme, ("Acme <new>.csv", FILE.as_bytes())).await;
    let page = browser.get(&path).await;
    page.shows(200, "bulk-previewed");
    assert_eq!(people(world).await, before, "a preview changes nobody");
    assert!(page.html.contains("Acme &#60;new&#62;.csv"), "{}", page.html);
    for (filter, n) in [("?act=create", "1"), ("?act=update", "1"), ("?act=error", "1")] {
        assert_eq!(figure(&page, filter).as_deref(), Some(n), "{filter}: {}", page.html);
    }
    assert!(page.html.contains("39.00\u{a0}EUR more a month"), "{}", page.html);
    assert!(page.html.contains("Begin: 2 people"), "{}", page.html);
    let updates = browser.get(&format!("{path}?act=update")).await.html;
    assert!(updates.contains("<dt>Department</dt><dd><bdi>Board</bdi></dd>"), "{updates}");
    assert!(!updates.contains("Ida Lund"), "only those that were asked for: {updates}");

    let wrong = browser.get(&format!("{path}?act=error")).await;
    assert!(wrong.html.contains("<strong>E-mail</strong> <q>no address</q>"), "{}", wrong.html);
    assert!(wrong.html.contains("for=\"cell-3-5\">E-mail in row 3</label>"), "{}", wrong.html);
    assert!(wrong.html.contains("id=\"cell-3-5\" name=\"text\" value=\"no address\""), "{}", wrong.html);
    let file = browser.get(&format!("{path}/wrong")).await;
    let lines: Vec<_> = file.html.trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[0].starts_with("First name,Last name,") && lines[0].ends_with("Row,What is wrong"));
    assert!(lines[1].starts_with("Jens,Krag,") && lines.len() == 2, "the cells as they were: {lines:?}");

    let mend = format!("{path}/mend");
    let cell = [("line", "3"), ("column", "5"), ("act", "error")];
    let still = [&cell[..], &[("text", "still none")]].concat();
    let still = browser.fill(&format!("{path}?act=error"), &mend, &still).await;
    let still = browser.get(still.goes_to()).await;
    assert!(
        still.html.contains("name=\"text\" value=\"still none\""),
        "what was typed stays: {}",
        still.html
    );
    let good = [&cell[..], &[("text", "jens@example.test")]].concat();
    let good = browser.fill(&format!("{path}?act=error"), &mend, &good).await;
    assert!(good.goes_to().contains("done=bulk-mended"), "{}", good.goes_to());
    let page = browser.get(&path).await;
    assert_eq!(figure(&page, "?act=create").as_deref(), Some("2"), "{}", page.html);
    assert_eq!(figure(&page, "?act=error"), None, "{}", page.html);

    let mut stranger = Browser::signed_in(world, &estate.bert);
    let mut nobody = Browser::signed_in(world, &estate.ben);
    for page in ["", "/mapping", "/export", "/wrong", "/live"] {
        for other in [&mut stranger, &mut nobody] {
            assert_eq!(other.get(&format!("{path}{page}")).await.status.as_u16(), 404, "{page}");
        }
    }
    for what in ["run", "pause", "cancel", "undo", "links", "mend", "mapping"] {
        let cell = [("version", "3"), ("line", "3"), ("column", "5")];
        let sent = stranger.fill("/account", &format!("{path}/{what}"), &cell).await;
        assert_eq!(sent.status.as_u16(), 404, "{what}: {}", sent.html);
    }
    let listed = browser.get(&format!("/customers/{acme}/bulk")).await;
    assert!(listed.html.contains(&format!("href=\"{path}\"")), "{}", listed.html);
    for page in ["bulk", "import"] {
        let page = format!("/customers/{acme}/{page}");
        assert_eq!(stranger.get(&page).await.status.as_u16(), 404);
        assert!(nobody.get(&page).await.status.is_client_error());
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_and_the_next_one_is_read() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let path = format!("/customers/{}/import", estate.acme_id());
    let large = vec![b'a'; domain::limits::IMPORT_BYTES + 16 * 1024];
    let page = browser.upload(&path, &[], ("people.csv", &large)).await;
    page.shows(413, "bulk-too-large");
    bring(&mut browser, estate.acme_id(), ("people.csv", FILE.as_bytes())).await;
}

#[tokio::test]
async fn what_cannot_be_read_is_said_at_the_file_and_what_was_chosen_stays() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let path = format!("/customers/{}/import", estate.acme_id());
    let chosen =
        [("options", "update"), ("options", "disable"), ("options", "give_roles"), ("missing", "disable")];
    for (name, file, said) in [
        ("none.csv", &b""[..], "A value is needed"),
        ("picture.png", &b"\x89PNG\r\n\x1a\n"[..], "CSV, XLSX"),
        ("heads.csv", &b"principal_name,surname\n"[..], "needed"),
    ] {
        let sent = browser.upload(&path, &chosen, (name, file)).await;
        let page = sent.shows(422, "bulk-import-wrong");
        let error = page.split("id=\"e-file\">").nth(1).and_then(|e| e.split('<').next());
        assert!(error.is_some_and(|error| error.contains(said)), "{name}, {error:?}: {page}");
        assert!(page.contains("href=\"#f-file\""), "the summary leads to the field: {page}");
        assert!(page.contains("value=\"disable\" checked") && !page.contains("value=\"create\" checked"));
        assert!(page.contains("value=\"give_roles\" checked"), "{page}");
        assert!(page.contains("<option value=\"disable\" selected>"), "{page}");
    }
    let nothing = [("missing", "keep")];
    let sent = browser.upload(&path, &nothing, ("people.csv", FILE.as_bytes())).await;
    assert!(sent.shows(422, "bulk-import-nothing").contains("id=\"e-options\""), "nothing may happen");
    let gone = [&DEFAULTS[..], &[("mapping", "Old HR")]].concat();
    let sent = browser.upload(&path, &gone, ("people.csv", FILE.as_bytes())).await;
    assert_eq!(sent.status.as_u16(), 422);
    assert!(sent.html.contains("Old HR"), "{}", sent.html);
    let all = browser.get(&format!("/customers/{}/bulk", estate.acme_id())).await;
    assert!(all.shows(200, "bulk-list-empty").contains("Nothing was changed in bulk yet"));
}

#[tokio::test]
async fn what_columns_mean_is_asked_where_it_is_not_certain_and_can_be_kept() {
    let estate = Estate::new().await;
    let acme = estate.acme_id();
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let csv = "Who,Location,Login,Secret\nIda Lund,Aarhus,ida.lund@acme.test,Password!2026\n";
    let path = bring(&mut browser, acme, ("odd.csv", csv.as_bytes())).await;
    let asked = browser.get(&path).await.shows(200, "bulk-mapping");
    assert!(asked.contains("What the columns mean"), "{asked}");
    assert!(asked.contains("aria-label=\"Meaning of Who\"") && asked.contains("Ida Lund"), "{asked}");
    assert!(asked.contains("Not certain"), "{asked}");
    assert!(!asked.contains("Password!2026"), "no password is kept or shown: {asked}");
    let mapping = format!("{path}/mapping");
    let said = |columns: [&'static str; 4]| {
        let names = ["column.0", "column.1", "column.2", "column.3"];
        let columns = names.into_iter().zip(columns);
        DEFAULTS.into_iter().chain(columns).collect::<Vec<_>>()
    };
    let twice = said(["display_name", "display_name", "principal_name", "ignored"]);
    let wrong = browser.fill(&path, &mapping, &twice).await;
    let page = wrong.shows(422, "bulk-mapping-wrong");
    assert!(page.contains("id=\"e-column.1\">Who means the same."), "at the second: {page}");
    let second = page.split("id=\"f-column.1\"").nth(1).and_then(|rest| rest.split("</select>").next());
    assert!(
        second.is_some_and(|select| select.contains("<option value=\"display_name\" selected>")),
        "what was chosen stays"
    );
    let keyless = browser.fill(&path, &mapping, &said(["display_name", "city", "ignored", "ignored"])).await;
    assert!(
        keyless.shows(422, "bulk-mapping-keyless").contains("id=\"e-columns\""),
        "by nothing is it known"
    );
    let mut good = said(["display_name", "city", "principal_name", "ignored"]);
    good.push(("keep_as", "Odd list"));
    assert_eq!(browser.fill(&path, &mapping, &good).await.goes_to(), path);
    let page = browser.get(&path).await;
    assert!(page.html.contains("<dt>City</dt><dd><bdi>Aarhus</bdi></dd>"), "{}", page.html);
    let again = browser.get(&mapping).await.shows(200, "bulk-mapping-again");
    assert!(again.contains("<option value=\"city\" selected>"), "{again}");
    let form = browser.get(&format!("/customers/{acme}/import")).await;
    assert!(form.html.contains("<option value=\"Odd list\""), "{}", form.html);
    // The same headings are read alike from now on.
    let path = bring(&mut browser, acme, ("odd.csv", csv.as_bytes())).await;
    assert!(browser.get(&path).await.html.contains("Begin: 1 person"));
    // Until somebody forgets it, which can be done twice.
    let import = format!("/customers/{acme}/import");
    let form = browser.get(&import).await.shows(200, "import-kept");
    assert!(form.contains("Forget Odd list"), "{form}");
    for _ in 0..2 {
        let forgot = browser.fill(&import, &format!("{import}/forget"), &[("name", "Odd list")]).await;
        assert_eq!(forgot.goes_to(), format!("{import}?done=mapping-forgotten"));
    }
    let form = browser.get(&format!("{import}?done=mapping-forgotten")).await.html;
    assert!(form.contains("Forgotten.") && !form.contains("Odd list"), "{form}");
}

#[tokio::test]
async fn of_thousands_of_rows_a_page_shows_some_and_a_file_all() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let mut csv = "principal_name,given_name,surname,mail\n".to_owned();
    for i in 0..3_200 {
        let mail = if i % 2 == 0 { "per@example.test" } else { "no address" };
        let _ = writeln!(csv, "p{i}@acme.test,Per,Nr {i},{mail}");
    }
    let path = bring(&mut browser, estate.acme_id(), ("many.csv", csv.as_bytes())).await;
    let page = browser.get(&path).await;
    assert_eq!(figure(&page, "?act=create").as_deref(), Some("1,600"), "{}", page.html);
    let rows = |page: &Page| page.html.matches("<li class=\"row\">").count();
    assert_eq!(rows(&page), 50);
    let wrong = browser.get(&format!("{path}?act=error")).await;
    assert_eq!(rows(&wrong), 50);
    assert!(wrong.html.len() < 200_000, "a page of {} bytes", wrong.html.len());
    let next = crate::lists::link(&wrong.html, "rel=\"next\"");
    assert!(next.contains("act=error"), "{next}");
    let second = browser.get(&next).await;
    assert_eq!(rows(&second), 50);
    assert!(
        !second.html.contains("\"cell-3-3\"") && second.html.contains("\"cell-103-3\""),
        "{}",
        second.html
    );
    let file = browser.get(&format!("{path}/export")).await;
    assert_eq!(file.html.lines().count(), 3_201);
    let file = browser.get(&format!("{path}/export?format=xlsx")).await;
    assert!(file.header("content-disposition").ends_with("acme-import.xlsx\""));
    let mut all = 0;
    let read = sheet::read(&file.bytes, &mut |_| {
        all += 1;
        ControlFlow::Continue(())
    });
    assert_eq!((read.expect("a workbook").format, all), (sheet::Format::Xlsx, 3_201));
    assert_eq!(browser.get(&format!("{path}/export?format=pdf")).await.status.as_u16(), 422);
}

#[tokio::test]
async fn a_list_as_people_keep_them_is_shown_with_what_is_wrong_with_it() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let file = PeopleFile { rows: 120, seed: 7, domain: "acme.test", is_dirty: true };
    let file = file.xlsx().expect("memory");
    let path = bring(&mut browser, estate.acme_id(), ("people.xlsx", &file)).await;
    let page = browser.get(&path).await.shows(200, "bulk-dirty");
    assert!(page.contains("XLSX") && page.contains("<bdi>People</bdi>"), "format and sheet: {page}");
    let wrong = browser.get(&format!("{path}?act=error")).await;
    assert!(wrong.html.contains("class=\"problem\""), "{}", wrong.html);
    assert!(wrong.html.contains("&#34;desktop-standard&#34; does not exist here"), "{}", wrong.html);
}

#[tokio::test]
async fn passwords_are_told_sealed_or_left_and_a_wrong_one_is_typed_anew_unseen() {
    let estate = Estate::new().await;
    let (world, acme) = (&estate.world, estate.acme_id());
    let mut browser = Browser::signed_in(world, &estate.anna);
    let file = "First name;Last name;User principal name;Password\n\
        Ida;Lund;ida.lund@acme.test;Correct-Horse-7\nJens;Krag;jens.krag@acme.test;short\n";
    let path = bring(&mut browser, acme, ("people.csv", file.as_bytes())).await;
    let page = browser.get(&path).await.shows(200, "bulk-passwords-left");
    assert!(page.contains("2 rows have a password. They are not read and not kept"), "{page}");

    let settings = format!("/settings/{acme}");
    let page = browser.get(&settings).await.html;
    assert!(page.contains("<option value=\"\">As above: No</option>"), "{page}");
    let now = version(&page);
    let said = [("version", now.as_str()), ("setting.import_passwords", "true")];
    assert_eq!(
        browser.fill(&settings, &settings, &said).await.goes_to(),
        format!("{settings}?done=settings")
    );
    assert!(browser.get(&settings).await.html.contains("<option value=\"true\" selected>Yes</option>"));

    let path = bring(&mut browser, acme, ("people.csv", file.as_bytes())).await;
    let page = browser.get(&path).await.shows(200, "bulk-passwords-sealed");
    assert!(page.contains("The password of 1 new person is sealed") && !page.contains("not read"), "{page}");
    let wrong = browser.get(&format!("{path}?act=error")).await.html;
    assert!(wrong.contains("<strong>Password</strong>") && wrong.contains("At least"), "{wrong}");
    assert!(wrong.contains("value=\"\" type=\"password\"") && !wrong.contains(">short<"), "{wrong}");
    let cell = [("line", "3"), ("column", "3"), ("act", "error"), ("text", "Battery-Staple-8")];
    let mended = browser.fill(&format!("{path}?act=error"), &format!("{path}/mend"), &cell).await;
    assert!(mended.goes_to().contains("done=bulk-mended"), "{}", mended.goes_to());
    let page = browser.get(&path).await;
    assert_eq!((figure(&page, "?act=create").as_deref(), figure(&page, "?act=error")), (Some("2"), None));
    assert!(page.html.contains("The passwords of 2 new people are sealed"), "{}", page.html);
    for page in ["", "?act=create", "/export", "/mapping"] {
        let shown = browser.get(&format!("{path}{page}")).await.html;
        assert!(!shown.contains("Correct-Horse") && !shown.contains("Battery-Staple"), "{page}: {shown}");
    }
}
