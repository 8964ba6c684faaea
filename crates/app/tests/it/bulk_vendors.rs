//! The files of other panels and directories, from their bytes to the people they made: each profile once,
//! in the format it comes in.

use app::bulk::{self, Choice, FileDraft, FileFacts, Shown};
use domain::{
    bulk::{Act, BulkState, Options, RowState},
    id::TenantId,
    import::{Column, Mapping, Profile},
    person::Detail,
};
use hostile::made;
use sheet::XlsxWriter;
use store::tx::Cause;

use crate::{
    bulk::{all, counts, customer, find, one, rows},
    world::{World, world},
};

/// What a vendor's file is: how it is recognised, its bytes, who of it is made.
struct Vendor {
    profile: Profile,
    name: &'static str,
    bytes: Vec<u8>,
    made: &'static [&'static str],
}

fn text(profile: Profile, name: &'static str, text: &str, made: &'static [&'static str]) -> Vendor {
    Vendor { profile, name, bytes: text.as_bytes().to_vec(), made }
}

const CPSM: [[&str; 12]; 3] = [
    [
        "First Name",
        "Surname",
        "Display Name",
        "UPN",
        "User Name",
        "Password",
        "Location",
        "Department",
        "Phone Number",
        "Custom Field",
        "Roles",
        "Roles 2",
    ],
    [
        "Ida",
        "Lund",
        "",
        "ida.lund@acme.example",
        "ilund_acme",
        "Geheim!2024",
        "HQ",
        "Sales",
        "+45 12",
        "",
        "Helpdesk",
        "",
    ],
    ["Jens", "Krag", "Jens K", "jens.krag@acme.example", "", "", "", "", "", "", "", ""],
];

fn cpsm_xls() -> Vec<u8> {
    let cell = |row: usize, column: usize, text: &str| {
        let at = |n: usize| u16::try_from(n).expect("few");
        made::label(at(row), at(column), text)
    };
    let rows = CPSM.iter().enumerate();
    let cells = rows.flat_map(|(row, texts)| {
        let some = texts.iter().enumerate().filter(|(_, text)| !text.is_empty());
        some.map(move |(column, text)| cell(row, column, text)).collect::<Vec<_>>()
    });
    made::xls(&[], &cells.collect::<Vec<_>>().concat(), None)
}

fn cpsm_xlsx() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = XlsxWriter::new(&mut bytes, "Users").expect("a beginning");
    for row in CPSM {
        writer.row(row).expect("a row");
    }
    writer.finish().expect("the end");
    bytes
}

fn vendors() -> Vec<Vendor> {
    const TWO: &[&str] = &["ida lund", "jens k"];
    vec![
        Vendor { profile: Profile::Cpsm, name: "UserImportFile.xls", bytes: cpsm_xls(), made: TWO },
        Vendor { profile: Profile::Cpsm, name: "UserImportFile.xlsx", bytes: cpsm_xlsx(), made: TWO },
        text(
            Profile::Microsoft365,
            "Import_User_Template.csv",
            "User Name,First Name,Last Name,Display Name,Job Title,Department,Office Number,Office Phone,Mobile Phone,Fax,Address,City,State or Province,ZIP or Postal Code,Country or Region\r\n\
             chris@contoso.com,Chris,Green,Chris Green,,,,,,,,,,,\r\n\
             ida.lund@acme.example,Ida,Lund,Ida Lund,Seller,Sales,12,+45 12,+45 22,,Main Street 1,Aarhus,,08000,Denmark\r\n",
            &["ida lund"],
        ),
        text(
            Profile::Microsoft365,
            "users_export.csv",
            "Block credential;City;Country/Region;Display name;First name;Last name;Licenses;Object Id;Proxy addresses;Usage location;User principal name\n\
             True;Aarhus;Denmark;Ida Lund;Ida;Lund;Microsoft 365 E3;6f9b;SMTP:ida.lund@acme.example;DE;ida.lund@acme.example\n",
            &["ida lund"],
        ),
        text(
            Profile::Entra,
            "UserCreateTemplate.csv",
            "version:v1.0\n\
             Name [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,First name [givenName],Last name [surname],Usage location [usageLocation]\n\
             Example: Chris Green,chris@contoso.com,myPassword1234,No,Chris,Green,US\n\
             Ida Lund,ida.lund@acme.example,Geheim!2024,Yes,Ida,Lund,DK\n",
            &["ida lund"],
        ),
        text(
            Profile::AdManager,
            "users.csv",
            "givenName,sn,sAMAccountName,userPrincipalName,Password,telephoneNumber,department,OUName,templateName,userAccountControl,pwdLastSet\n\
             Ida,Lund,ACME\\ilund,ida.lund@acme.example,x,+45 12,Sales,\"OU=Users,DC=acme,DC=test\",Seller,514,-1\n",
            &["ida lund"],
        ),
        text(
            Profile::Lam,
            "lam.csv",
            "dn_suffix,dn_rdn,windowsUser_userPrincipalName,windowsUser_firstName,windowsUser_lastName,windowsUser_l,windowsUser_deactivated,windowsUser_accountExpires,windowsUser_sAMAccountName\n\
             ou=People,cn,ida.lund@acme.example,Ida,Lund,Aarhus,yes,05-04-2027,ilund\n",
            &["ida lund"],
        ),
        text(
            Profile::FusionDirectory,
            "fusion.csv",
            "# name;given;mail\nLund;Ida;ida.lund@acme.example\nKrag;Jens;jens.krag@acme.example\n",
            &["ida lund", "jens krag"],
        ),
        text(
            Profile::Ucs,
            "school.csv",
            "Quelle;record_uid;Vorname;Nachname;Telefon;disabled\nS1;4711;Jürgen;Groß;0421 1;none\n",
            &["jürgen groß"],
        ),
        text(
            Profile::Cipp,
            "bulk-add.csv",
            "givenName,surName,displayName,mailNickName,domain,JobTitle,streetAddress,PostalCode,City,State,Department,MobilePhone,businessPhones\n\
             Ida,Lund,Ida Lund,ida.lund,acme.example,Seller,Main Street 1,8000,Aarhus,,Sales,+45 22,+45 12\n",
            &["ida lund"],
        ),
    ]
}

fn facts(of: &Shown) -> FileFacts {
    serde_json::from_value(of.ask.file.clone().expect("a file")).expect("what was found out")
}

/// Shows what a file comes to; where somebody has to say what its columns mean, all that seems so is right.
async fn shown(w: &World, acme: TenantId, vendor: &Vendor) -> Shown {
    let draft = FileDraft {
        name: vendor.name.to_owned(),
        bytes: vendor.bytes.clone(),
        options: Options::default(),
        mapping: Choice::Recognised,
    };
    let seen = bulk::import(&w.app, &w.root, acme, draft, &Cause::default()).await.expect("read");
    assert_eq!(facts(&seen).profile, Some(vendor.profile), "{}", vendor.name);
    if seen.bulk.state == BulkState::Previewed {
        return seen;
    }
    let mut mapping: Mapping = seen.mapping().expect("what it seems to mean");
    if vendor.profile == Profile::FusionDirectory {
        let codes = ["surname", "given_name", "principal_name"];
        mapping.columns = codes.iter().map(|code| Column::from_code(code).expect("a column")).collect();
    } else {
        let guessed = facts(&seen).columns;
        mapping.columns =
            guessed.into_iter().map(|column| column.column.unwrap_or(Column::Ignored)).collect();
    }
    let how = (Some(mapping), None, None);
    bulk::remap(&w.app, &w.root, seen.bulk.id, how, &Cause::default()).await.expect("shown")
}

#[tokio::test]
async fn a_file_of_every_vendor_makes_its_people_and_twice_it_changes_nothing() {
    let profiles: Vec<_> = vendors().iter().map(|vendor| vendor.profile).collect();
    let all_of_them = [
        Profile::Cpsm,
        Profile::Microsoft365,
        Profile::Entra,
        Profile::AdManager,
        Profile::Lam,
        Profile::FusionDirectory,
        Profile::Ucs,
        Profile::Cipp,
    ];
    assert!(all_of_them.iter().all(|profile| profiles.contains(profile)));
    for vendor in vendors() {
        let w = world().await;
        let acme = customer(&w).await;
        let first = shown(&w, acme, &vendor).await;
        let wrong = rows(&w, first.bulk.id, &[Act::Error, Act::Conflict]).await;
        assert!(wrong.is_empty(), "{}: {wrong:?}", vendor.name);
        let n = i64::try_from(vendor.made.len()).expect("few");
        assert_eq!(counts(&first), [(Act::Create, n)], "{}", vendor.name);
        let done = all(&w, &first).await;
        assert_eq!((done.bulk.state, done.in_state(RowState::Done)), (BulkState::Done, n), "{}", vendor.name);
        for name in vendor.made {
            assert_eq!(find(&w, acme, name).await.len(), 1, "{name} of {}", vendor.name);
        }
        let again = shown(&w, acme, &vendor).await;
        assert_eq!(counts(&again), [(Act::Nothing, n)], "{} twice", vendor.name);
        let told = format!("{:?}", w.db.values("bulk_row", "bulk_row::text", "true").await);
        assert!(!told.contains("Geheim!2024"), "no password of {} is kept", vendor.name);
    }
}

#[tokio::test]
async fn the_traps_of_vendors_end_as_they_are_meant() {
    let w = world().await;
    let acme = customer(&w).await;
    let of = |name: &str| vendors().into_iter().find(|vendor| vendor.name == name).expect("the file");
    // A location is a place in a directory, and a blank user name none.
    all(&w, &shown(&w, acme, &of("UserImportFile.xls")).await).await;
    let ida = one(&w, acme, "ida lund").await;
    assert_eq!(ida.logon_name.as_deref(), Some("ilund_acme"));
    assert_eq!(ida.details.get(&Detail::City), None);
    assert_eq!(one(&w, acme, "jens k").await.display_name, "Jens K");
    // Blocking a sign-in is the opposite of an account that is enabled; an example is nobody.
    let w = world().await;
    let acme = customer(&w).await;
    all(&w, &shown(&w, acme, &of("UserCreateTemplate.csv")).await).await;
    assert!(!one(&w, acme, "ida lund").await.enabled);
    assert!(find(&w, acme, "chris green").await.is_empty());
    // Zeros at the beginning of a postal code, a country by its name.
    let w = world().await;
    let acme = customer(&w).await;
    all(&w, &shown(&w, acme, &of("Import_User_Template.csv")).await).await;
    let ida = one(&w, acme, "ida lund").await;
    let detail = |of: Detail| ida.details.get(&of).map(String::as_str);
    assert_eq!((detail(Detail::PostalCode), detail(Detail::Country)), (Some("08000"), Some("DK")));
    assert!(find(&w, acme, "chris green").await.is_empty());
    // Days with the day first.
    let w = world().await;
    let acme = customer(&w).await;
    all(&w, &shown(&w, acme, &of("lam.csv")).await).await;
    let ida = one(&w, acme, "ida lund").await;
    let expires = ida.details.get(&Detail::ExpiresAt).map(String::as_str);
    assert!(expires.is_some_and(|at| at.starts_with("2027-04-05")), "{expires:?}");
    assert!(!ida.enabled);
}
