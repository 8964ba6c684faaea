//! Each vendor's file is known by its headings, and each of its traps is one.

use proptest::prelude::*;

use super::*;

#[test]
fn our_own_export_is_known_and_says_all_there_is() {
    let fields = fields();
    let headings = own_headings(&fields);
    assert!(!headings.iter().any(|heading| heading == "password"));
    let seen = recognise(&table(&headings.join(","), ','), &fields);
    assert_eq!((seen.profile, seen.header), (Profile::Own, Some(1)));
    assert_eq!(codes_of(&seen), headings);
    assert!(has_note(&seen, NoteCode::BlankEmpties));
    let mapping = seen.mapping();
    assert!(mapping.whole);
    assert_eq!(mapping.check(&fields), Ok(()));
}

proptest! {
    #[test]
    fn any_part_of_our_own_headings_in_any_order_is_our_own(
        order in Just(own_headings(&fields())).prop_shuffle(), n in 1_usize..30,
    ) {
        let mut headings: Vec<_> = order.into_iter().take(n).filter(|h| h != "principal_name").collect();
        headings.insert(headings.len() / 2, "principal_name".to_owned());
        let seen = recognise(&table(&headings.join(","), ','), &fields());
        prop_assert_eq!((seen.profile, seen.header), (Profile::Own, Some(1)));
        prop_assert!(seen.mapping().whole);
        prop_assert_eq!(codes_of(&seen), headings);
    }
}

#[test]
fn nothing_but_our_own_headings_empties_anything() {
    for headings in [
        // No principal name, another word among them, another case.
        "given_name,surname,mail",
        "principal_name,given_name,Shoe size",
        "Principal_Name,given_name,surname",
    ] {
        let seen = recognise(&table(&format!("{headings}\nanna@acme.test,Anna,Berg"), ','), &fields());
        assert_eq!((seen.profile, seen.mapping().whole), (Profile::Other, false), "{headings}");
    }
    let foreign = recognise(&table("principal_name,field.shoe_size\n", ','), &fields());
    assert_eq!(
        (foreign.profile, codes_of(&foreign)),
        (Profile::Own, vec!["principal_name".to_owned(), "-".to_owned()])
    );
    assert!(has_note(&foreign, NoteCode::UnknownField));
}

#[test]
fn a_workbook_of_cpsm_has_a_location_in_the_directory_and_log_on_names() {
    let file = "First Name,Surname,Display Name,UPN,User Name,Password,Location,Department,Phone Number,Cost centre,Custom Field,Roles,Roles 2\n\
        Anna,Berg,,anna.berg@acme.test,aberg_acme,Geheim!2024,HQ,Sales,+45 1234,4711,x,Helpdesk,\nBo,Lund,Bo Lund,bo@acme.test,,,,,,,,,";
    let seen = recognise(&table(file, ','), &fields());
    assert_eq!((seen.profile, seen.header), (Profile::Cpsm, Some(1)));
    let codes = [
        "given_name",
        "surname",
        "display_name",
        "principal_name",
        "logon_name",
        "password",
        "place",
        "department",
        "phone",
        "field.cost_centre",
        "-",
        "roles",
        "roles",
    ];
    assert_eq!(codes_of(&seen), codes);
    assert_eq!(seen.columns[5].example, "", "a password is shown to nobody");
    assert!(has_note(&seen, NoteCode::PasswordUnread) && has_note(&seen, NoteCode::PlaceUnread));
    let people = people(file, ',');
    let anna = &people[0];
    assert_eq!((people.len(), anna.line, anna.said.password), (2, 2, true));
    assert_eq!(text(anna, "logon_name"), Some("aberg_acme"));
    assert_eq!(text(anna, "principal_name"), Some("anna.berg@acme.test"));
    assert!(!anna.said.values.contains_key("city") && !format!("{anna:?}").contains("Geheim"));
    assert_eq!(people[1].said.values.get("phone"), None, "what is blank stays as it is");
}

const MICROSOFT: &str = "User Name,First Name,Last Name,Display Name,Job Title,Department,Office Number,Office Phone,Mobile Phone,Fax,Address,City,State or Province,ZIP or Postal Code,Country or Region";
const MICROSOFT_PERSON: &str =
    "anna@acme.test,Anna,Berg,Anna Berg,Seller,Sales,12,+45 1,+45 2,,Main Street 1,Aarhus,,8000,Denmark";

#[test]
fn a_user_name_of_microsoft_is_a_principal_name() {
    let file =
        format!("{MICROSOFT}\nchris@contoso.com,Chris,Green,Chris Green,,,,,,,,,,,\n{MICROSOFT_PERSON}");
    let seen = recognise(&table(&file, ','), &fields());
    assert_eq!(seen.profile, Profile::Microsoft365);
    assert_eq!(codes_of(&seen)[..4], ["principal_name", "given_name", "surname", "display_name"]);
    assert_eq!(codes_of(&seen)[10..], ["street", "city", "region", "postal_code", "country"]);
    let people = people(&file, ',');
    assert_eq!(people.len(), 1, "the sample of the template is nobody");
    assert_eq!((text(&people[0], "country"), text(&people[0], "office")), (Some("DK"), Some("12")));
}

#[test]
fn microsoft_s_template_in_a_language_nobody_knows_is_read_by_its_order() {
    let finnish = "Käyttäjänimi,Etunimi,Sukunimi,Näyttönimi,Tehtävänimike,Osasto,Toimiston numero,Työpuhelin,Matkapuhelin,Faksi,Osoite,Kaupunki,Osavaltio,Postinumero,Maa";
    let file = format!("{finnish}\n{MICROSOFT_PERSON}");
    let seen = recognise(&table(&file, ','), &fields());
    assert_eq!((seen.profile, seen.header), (Profile::Microsoft365, Some(1)));
    assert!(has_note(&seen, NoteCode::ByPosition));
    assert_eq!(text(&people(&file, ',')[0], "mobile"), Some("+45 2"));
    // Also where some of its words are known, and none of them says something else.
    let german = "Benutzername,Vorname,Nachname,Anzeigename,Position,Abteilung,Büronummer,Geschäftlich,Mobiltelefon,Fax,Adresse,Ort,Kanton,PLZ,Land oder Region";
    let file = format!("{german}\n{MICROSOFT_PERSON}");
    assert_eq!(recognise(&table(&file, ','), &fields()).profile, Profile::Microsoft365);
    assert_eq!(text(&people(&file, ',')[0], "office"), Some("12"));
    let moved = recognise(&table(&file.replace("Fax,Adresse", "Adresse,Fax"), ','), &fields());
    assert_eq!(moved.profile, Profile::Other);
    // The same many columns with something else in them are not taken for it.
    let other =
        format!("{finnish}\n1,Anna,Berg,Anna Berg,Seller,Sales,12,1,2,,Main Street 1,Aarhus,,8000,Denmark");
    let seen = recognise(&table(&other, ','), &fields());
    assert_eq!((seen.profile, seen.header), (Profile::Other, Some(1)));
    assert!(seen.columns.iter().all(|column| column.column.is_none()));
}

#[test]
fn an_export_of_microsoft_says_who_is_blocked_and_lists_with_plus_signs() {
    let file = "Block credential;City;Country/Region;Display name;First name;Last name;Licenses;Object Id;Proxy addresses;Usage location;User principal name\n\
        True;Aarhus;Denmark;Anna Berg;Anna;Berg;Microsoft 365 E3+Power BI;6f9b;SMTP:anna@acme.test+smtp:a+b@acme.test+X500:/o=x;DE;anna@acme.test";
    let seen = recognise(&table(file, ';'), &fields());
    assert_eq!(seen.profile, Profile::Microsoft365);
    let anna = &people(file, ';')[0];
    assert!(anna.errors.is_empty(), "{:?}", anna.errors);
    assert_eq!((text(anna, "enabled"), text(anna, "country")), (Some("false"), Some("DK")));
    assert_eq!(list(anna, "services"), ["Microsoft 365 E3", "Power BI"]);
    assert_eq!(list(anna, "aliases"), ["a+b@acme.test", "anna@acme.test"]);
    assert_eq!(text(anna, "external_id"), Some("6f9b"));
}

#[test]
fn the_template_of_entra_has_a_version_tokens_an_example_and_a_question_the_other_way_round() {
    let file = "version:v1.0\t\t\n\
        Name [displayName] Required\tUser name [userPrincipalName] Required\tInitial password [passwordProfile] Required\tBlock sign in (Yes/No) [accountEnabled] Required\tFirst name [givenName]\tLast name [surname]\tUsage location [usageLocation]\tCountry or region [country]\tOffice [physicalDeliveryOfficeName]\n\
        Example: Chris Green\tExample: chris@contoso.com\tExample: myPassword1234\tExample: No\t\t\t\t\t\n\
        Anna Berg\tanna@acme.test\tGeheim!2024\tYes\tAnna\tBerg\tDE\tDenmark\tHQ\n\
        Bo Lund\tbo@acme.test\tGeheim!2024\tNo\tBo\tLund\tDE\t\t\n";
    let seen = recognise(&table(file, '\t'), &fields());
    assert_eq!((seen.profile, seen.header), (Profile::Entra, Some(2)));
    let codes = [
        "display_name",
        "principal_name",
        "password",
        "disabled",
        "given_name",
        "surname",
        "ignored",
        "country",
        "office",
    ];
    assert_eq!(codes_of(&seen), codes);
    assert!(has_note(&seen, NoteCode::VersionLine) && has_note(&seen, NoteCode::ExampleRow));
    assert_eq!(seen.columns[2].example, "");
    let people = people(file, '\t');
    let enabled: Vec<_> = people.iter().map(|person| text(person, "enabled")).collect();
    assert_eq!(enabled, [Some("false"), Some("true")]);
    // Of an export the same word says what it says.
    let export = "userPrincipalName,displayName,accountEnabled,usageLocation,id\nanna@acme.test,Anna Berg,True,DK,6f9b";
    let anna = &super::people(export, ',')[0];
    assert_eq!((text(anna, "enabled"), text(anna, "country")), (Some("true"), Some("DK")));
    assert_eq!(text(anna, "external_id"), Some("6f9b"));
}

#[test]
fn names_of_attributes_come_with_bits_distinguished_names_and_american_days() {
    let file = "givenName\tsn\tsAMAccountName\tPassword\ttelephoneNumber\tdepartment\tOUName\ttemplateName\tmemberOf\tmanager\tuserAccountControl\tpwdLastSet\taccountExpires\n\
        Anna\tBerg\tACME\\aberg\tx\t+45 1\tSales\tOU=Users,DC=acme,DC=test\tSeller\tCN=Sales\\, North,OU=Groups,DC=acme,DC=test;Staff\tCN=Bo Lund,OU=Users,DC=acme,DC=test\t514\t0\t12-31-2026\n\
        Bo\tLund\tblund\t\t\t\t\t\t\t\t512\t-1\t2026/12/31";
    let seen = recognise(&table(file, '\t'), &fields());
    assert_eq!(seen.profile, Profile::AdManager);
    assert_eq!(codes_of(&seen)[6..8], ["place", "?services"]);
    let people = people(file, '\t');
    let (anna, bo) = (&people[0], &people[1]);
    assert_eq!((told(&anna.errors), told(&bo.errors)), (vec![], vec![]));
    assert_eq!(text(anna, "logon_name"), Some("aberg"));
    assert_eq!(list(anna, "groups"), ["Sales, North", "Staff"]);
    assert_eq!(text(anna, "manager"), Some("CN=Bo Lund,OU=Users,DC=acme,DC=test"));
    let standing = |person| (text(person, "enabled"), text(person, "must_change_password"));
    assert_eq!(standing(anna), (Some("false"), Some("true")));
    assert_eq!(standing(bo), (Some("true"), None), "that another one was set says nothing of a first one");
    // The 31st is over in Copenhagen.
    assert_eq!(text(anna, "expires_at"), Some("2026-12-31T23:00:00Z"));
    assert_eq!(text(bo, "expires_at"), text(anna, "expires_at"));
}

#[test]
fn lam_puts_modules_before_its_headings_and_the_day_before_the_month() {
    let file = "dn_suffix,dn_rdn,windowsUser_userPrincipalName,windowsUser_firstName,windowsUser_lastName,windowsUser_l,windowsUser_deactivated,windowsUser_accountExpires,windowsUser_pwdMustChange,windowsUser_sAMAccountName,windowsUser_groups,windowsUser_otherMailbox,windowsUser_ou,windowsUser_password\n\
        ou=People,cn,anna@acme.test,Anna,Berg,Aarhus,yes,05-04-2026,yes,aberg,Sales;Staff,,x,Geheim!2024";
    let seen = recognise(&table(file, ','), &fields());
    assert_eq!((seen.profile, seen.header), (Profile::Lam, Some(1)));
    let anna = &people(file, ',')[0];
    assert!(anna.errors.is_empty(), "{:?}", anna.errors);
    assert_eq!((text(anna, "city"), text(anna, "enabled")), (Some("Aarhus"), Some("false")));
    assert_eq!(text(anna, "expires_at"), Some("2026-04-05T22:00:00Z"));
    assert_eq!(list(anna, "groups"), ["Sales", "Staff"]);
    let location =
        recognise(&table("inetOrgPerson_firstName,inetOrgPerson_location,posixAccount_userName\n", ','), &[]);
    assert_eq!(codes_of(&location), ["given_name", "city", "user_name"]);
}

#[test]
fn a_file_without_headings_is_mapped_by_somebody_and_nobody_of_it_is_lost() {
    let file = "# name;given;mail\nBerg;Anna;anna@acme.test;+45 1|+45 2;Geheim!2024\nLund;Bo;bo@acme.test\n";
    let rows = table(file, ';');
    let seen = recognise(&rows, &fields());
    assert_eq!((seen.profile, seen.header), (Profile::FusionDirectory, None));
    assert!(has_note(&seen, NoteCode::NoHeadings) && has_note(&seen, NoteCode::Comment));
    assert_eq!(codes_of(&seen), ["-"; 5]);
    assert_eq!((seen.columns[2].example.as_str(), seen.columns[4].example.as_str()), ("anna@acme.test", ""));
    assert!(seen.mapping().check(&fields()).is_err(), "nothing of it has a meaning");
    let codes = ["surname", "given_name", "principal_name", "phone", "password"];
    let mapping = plain(Profile::FusionDirectory, &codes);
    assert_eq!(mapping.check(&fields()), Ok(()));
    let people = people_of(&mapping, &rows);
    assert_eq!(people.len(), 2, "a short row is filled with nothing");
    assert_eq!(text(&people[0], "phone"), Some("+45 1"));
    assert_eq!(told(&people[0].warnings), [("phone", Rule::TooMany)]);
    assert_eq!(people[0].warnings[0].args["column"], "D");
    // The first row of people is no row of headings, also where it holds no address.
    let seen = recognise(&table("Berg;Anna;\nLund;Bo;bo@acme.test", ';'), &fields());
    assert_eq!(seen.header, None);
}

#[test]
fn headings_of_a_school_are_german_and_its_lists_have_commas() {
    let file = "Quelle;record_uid;Vorname;Nachname;Klasse;Telefon;disabled\nS1;4711;Jürgen;Groß;1a,1b;0421 1,0421 2;none";
    let seen = recognise(&table(file, ';'), &fields());
    assert_eq!(seen.profile, Profile::Ucs);
    let codes = ["-", "external_id", "given_name", "surname", "?groups", "phone", "disabled"];
    assert_eq!(codes_of(&seen), codes);
    let person = &people(file, ';')[0];
    assert_eq!((text(person, "enabled"), text(person, "phone")), (Some("true"), Some("0421 1")));
    let free = recognise(&table("Nummer;Vorname;Nachname;Schule;Klasse\n1;A;B;S;K", ';'), &fields());
    assert_eq!((free.profile, codes_of(&free)[0].as_str()), (Profile::Ucs, "external_id"));
}

#[test]
fn the_login_of_cipp_stands_in_two_columns() {
    let file = "givenName,surName,displayName,mailNickName,domain,JobTitle,streetAddress,PostalCode,City,State,Department,MobilePhone,businessPhones\n\
        Anna,Berg,Anna Berg,anna.berg,acme.test,Seller,Main Street 1,8000,Aarhus,,Sales,+45 2,+45 1\nBo,Lund,Bo Lund,bo,,,,,,,,,";
    let seen = recognise(&table(file, ','), &fields());
    assert_eq!(seen.profile, Profile::Cipp);
    assert_eq!(seen.mapping().check(&fields()), Ok(()));
    let people = people(file, ',');
    assert_eq!(text(&people[0], "principal_name"), Some("anna.berg@acme.test"));
    assert_eq!(told(&people[1].errors), [("principal_name", Rule::Required)]);
}

#[test]
fn words_mean_what_the_whole_file_makes_of_them() {
    let codes = |headings: &str| codes_of(&recognise(&table(headings, ','), &fields()));
    // German *Name* is a surname beside a given name, and *Titel* is no job.
    assert_eq!(codes("Vorname,Name,Titel"), ["given_name", "surname", "?title"]);
    assert_eq!(
        codes("Fornavn,Efternavn,Titel,Mobil,By,Land"),
        ["given_name", "surname", "title", "mobile", "city", "country"]
    );
    assert_eq!(
        codes("Förnamn,Efternamn,E-post,Avdelning,Ort"),
        ["given_name", "surname", "mail", "department", "city"]
    );
    assert_eq!(codes("Name,E-Mail,Straße,PLZ"), ["display_name", "mail", "street", "postal_code"]);
    assert_eq!(codes("Name,Location,ID,Template"), ["display_name", "?city", "?external_id", "?services"]);
    assert_eq!(
        codes("UPN,Service Items,Applications,Desktops,Licenses"),
        ["principal_name", "services", "services", "services", "services"]
    );
    // Of two columns with one meaning the first has it, and lists are read together.
    assert_eq!(codes("Mail,E-Mail,Group,Groups"), ["mail", "?mail", "groups", "groups"]);
    assert_eq!(codes("employeeNumber,employeeID,Name"), ["ignored", "employee_id", "display_name"]);
    assert_eq!(codes("UPN,sAMAccountName,Username"), ["principal_name", "logon_name", "?user_name"]);
    assert_eq!(
        codes("COST-CENTRE,Badge_Until,UPN"),
        ["field.cost_centre", "field.badge_until", "principal_name"]
    );
    assert_eq!(codes("Name,Mein Kennwort"), ["display_name", "password"]);
    for about in [
        "PasswordLastSet",
        "PasswordExpired",
        "Password never expires",
        "Kennwort geändert",
        "lösenordspolicy",
    ] {
        assert_eq!(codes(&format!("Name,{about}")), ["display_name", "ignored"], "{about} is no password");
        let seen = recognise(&table(&format!("Name,{about}\nIda Lund,sommerregen"), ','), &fields());
        assert_eq!(seen.columns[1].example, "", "what is called {about} is shown to nobody");
    }
    assert_eq!(codes("Name,Account Password"), ["display_name", "password"]);
}

#[test]
fn headings_are_found_below_titles_and_never_become_people() {
    let file = "New people of May;;\n;;\nprepared by HR;;\nFirst name;Last name;UPN\nAnna;Berg;anna@acme.test\nFirst name;Last name;UPN\nBo;Lund;bo@acme.test";
    let seen = recognise(&table(file, ';'), &fields());
    assert_eq!(seen.header, Some(4));
    let people = people(file, ';');
    assert_eq!(people.iter().map(|person| person.line).collect::<Vec<_>>(), [5, 7]);
    let reads = |line: u32, cells: &[&str]| {
        let mapping = seen.mapping();
        Reader::new(&mapping, &[], zone()).read(&row(line, cells))
    };
    assert_eq!(reads(3, &["Anna"]), RowRead::NoData(Why::Heading));
    assert_eq!(reads(6, &["First name", "Last name", "UPN"]), RowRead::NoData(Why::Heading));
    assert_eq!(reads(8, &["", " "]), RowRead::NoData(Why::Blank));
    assert_eq!(reads(8, &["# nobody"]), RowRead::NoData(Why::Comment));
    assert!(matches!(reads(8, &["#N/A", "Berg"]), RowRead::Person(_)), "the error of a formula is told");
}

#[test]
fn a_title_with_a_date_is_no_person_and_a_column_without_a_heading_no_mistake() {
    let file = "New people,2026-05-01,,\nFirst name,Last name,UPN\n\
        Anna,Berg,anna@acme.test,a note\nBo,Lund,bo@acme.test,another\nCy,Dahl,cy@acme.test,a,b";
    let seen = recognise(&table(file, ','), &fields());
    assert_eq!(
        (seen.header, codes_of(&seen)),
        (Some(2), ["given_name", "surname", "principal_name", "-"].map(str::to_owned).into())
    );
    assert_eq!(seen.columns[3].example, "a note");
    assert_eq!(seen.mapping().check(&fields()), Ok(()));
    let people = people(file, ',');
    assert_eq!(people.iter().map(|person| person.errors.len()).collect::<Vec<_>>(), [0, 0, 1]);
    // A person above what looks like headings is not passed over.
    let seen = recognise(&table("Anna,Berg,anna@acme.test\nFirst name,Last name,UPN\n", ','), &fields());
    assert_eq!(seen.header, None);
}

#[test]
fn a_key_with_a_number_sign_is_no_comment() {
    let file = "External ID;Name\n#1001;Anna Berg\n# left out;Bo Lund\n#Cy;Cy Dahl\n";
    let people = people(file, ';');
    assert_eq!(people.len(), 1);
    assert_eq!(text(&people[0], "external_id"), Some("#1001"));
}

proptest! {
    #[test]
    fn no_rows_are_too_strange(
        cells in proptest::collection::vec(proptest::collection::vec(".{0,12}", 0..6), 0..8), form in 0_usize..5,
    ) {
        let form = [Form::Text, Form::Number, Form::Date, Form::Truth, Form::Error][form];
        let cell = |text: String| Cell { text, form };
        let rows: Vec<_> = cells.into_iter().zip(1_u32..)
            .map(|(cells, line)| Row { line, cells: cells.into_iter().map(cell).collect() }).collect();
        let seen = recognise(&rows, &fields());
        let mapping = seen.mapping();
        let _ = (mapping.check(&fields()), mapping.for_file(&seen), people_of(&mapping, &rows));
    }

    #[test]
    fn no_words_of_headings_are_too_strange(
        n in proptest::collection::vec(0_usize..60, 1..8), values in proptest::collection::vec(".{0,20}", 8),
    ) {
        let all: Vec<_> = Column::all(&fields()).iter().map(Column::code).collect();
        let headings: Vec<_> = n.iter().map(|n| all[n % all.len()].as_str()).collect();
        let values: Vec<_> = values.iter().map(String::as_str).collect();
        let rows = [row(1, &headings), row(2, &values), row(3, &values[..headings.len().min(8)])];
        let seen = recognise(&rows, &fields());
        let mapping = seen.mapping();
        let read = people_of(&mapping, &rows);
        let said: Vec<_> = read.iter().map(|person| (person.line, &person.said)).collect();
        let keys = Keys::of(&said);
        let _ = (keys.choose(), keys.duplicates(Some(Key::EmployeeId)), order(&said));
        let plain = plain(Profile::Other, &headings);
        let _ = (plain.check(&fields()), people_of(&plain, &rows));
    }
}
