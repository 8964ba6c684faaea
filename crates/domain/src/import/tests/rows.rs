//! Values of one row: how they are kept, and what is told of those that are not.

use proptest::prelude::*;

use super::*;
use crate::plan::Secret;

fn cell(text: &str, form: Form) -> Cell {
    Cell { text: text.to_owned(), form }
}

fn said(column: &str, value: &str) -> Result<Value, Rule> {
    let person = one(&[column], &[Cell::text(value)]);
    match (person.errors.first(), person.said.values.into_iter().next()) {
        (Some(error), _) => Err(error.rule),
        (None, Some((_, value))) => Ok(value),
        (None, None) => Ok(Value::Empty),
    }
}

fn kept(column: &str, value: &str) -> String {
    match said(column, value) {
        Ok(Value::Text(text)) => text,
        other => format!("{other:?}"),
    }
}

#[test]
fn values_are_kept_as_people_who_are_made_by_hand_have_them() {
    for (column, written, is) in [
        ("principal_name", "Anna.Berg@ACME.test", "anna.berg@acme.test"),
        ("logon_name", "ACME\\ABerg", "aberg"),
        ("mail", "SMTP:Anna@acme.test", "Anna@acme.test"),
        ("phone", "'+45 12 34", "+45 12 34"),
        ("employee_id", "=\"0047\"", "0047"),
        ("street", "Main Street 1\r\n2nd floor", "Main Street 1, 2nd floor"),
        ("title", "Head\u{a0}of\tSales", "Head of Sales"),
        ("country", "Deutschland", "DE"),
        ("country", "se", "SE"),
        ("enabled", "Ja", "true"),
        ("enabled", "gesperrt", "false"),
        ("disabled", "Nej", "true"),
        ("disabled", "all", "false"),
        ("control_flags", "0x202", "false"),
        ("control_flags", "66048", "true"),
        ("must_change_password", "0", "false"),
        ("home_drive", "h:", "H:"),
        ("field.badge_until", "31.12.2026", "2026-12-31"),
        ("field.works_council", "Ja", "yes"),
        ("field.cost_centre", "0047", "0047"),
        ("manager", " bo@acme.test ", "bo@acme.test"),
    ] {
        assert_eq!(kept(column, written), is, "{column}: {written}");
    }
    for (column, written, rule) in [
        ("principal_name", "anna", Rule::Format),
        ("logon_name", "a+b", Rule::ForbiddenCharacter),
        ("surname", "x\u{202e}y", Rule::ForbiddenCharacter),
        ("surname", "J\u{fffd}rgen", Rule::ForbiddenCharacter),
        ("country", "Atlantis", Rule::Format),
        ("enabled", "perhaps", Rule::Format),
        ("control_flags", "yes", Rule::Format),
        ("field.shirt", "green", Rule::Unknown),
        ("field.shoe_size", "43", Rule::Unknown),
        ("employee_id", "12345678901234567", Rule::TooLong),
        ("aliases", "nobody", Rule::Format),
    ] {
        assert_eq!(said(column, written), Err(rule), "{column}: {written}");
    }
}

#[test]
fn days_are_read_in_the_order_of_the_file_and_never_in_two_ways() {
    let expires = |profile, written: &str| {
        let mapping = plain(profile, &["expires_at"]);
        let person = people_of(&mapping, &[row(1, &[written])]).pop().expect("a person");
        person.said.values.get("expires_at").cloned().ok_or(person.errors.len())
    };
    let at = |text: &str| Ok(Value::Text(text.to_owned()));
    let april = at("2026-04-03T22:00:00Z");
    for written in
        ["2026-04-03", "2026/04/03", "3.4.2026", "03.04.2026", "2026-04-04T00:00", "2026-04-04 00:00:00"]
    {
        assert_eq!(expires(Profile::Other, written), april, "{written}");
    }
    assert_eq!(expires(Profile::Lam, "03-04-2026"), april);
    assert_eq!(expires(Profile::AdManager, "04-03-2026"), april);
    assert_eq!(expires(Profile::AdManager, "04/03/2026"), april);
    assert_eq!(expires(Profile::Other, "03-04-2026"), Err(1), "April or March");
    assert_eq!(expires(Profile::Other, "31-12-2026"), at("2026-12-31T23:00:00Z"));
    assert_eq!(expires(Profile::Other, "04/04/2026"), at("2026-04-04T22:00:00Z"));
    assert_eq!(expires(Profile::Other, "2026-12-31T18:00:00+02:00"), at("2026-12-31T16:00:00Z"));
    // 2026-12-31T23:00:00Z as a directory counts it.
    assert_eq!(expires(Profile::AdManager, "134432316000000000"), at("2026-12-31T23:00:00Z"));
    assert_eq!(expires(Profile::AdManager, "9223372036854775807"), Ok(Value::Empty));
    for wrong in ["31.02.2026", "2026", "46387", "soon", "1.1.26", "--", "2026-13-01"] {
        assert_eq!(expires(Profile::Lam, wrong), Err(1), "{wrong}");
    }
}

#[test]
fn what_a_spreadsheet_made_of_a_value_is_told() {
    for (column, text, form, is_lost) in [
        ("phone", "45123456", Form::Number, false),
        ("postal_code", "1067", Form::Number, false),
        ("external_id", "4711", Form::Number, false),
        ("field.cost_centre", "47", Form::Number, false),
        ("employee_id", "1234567890123456", Form::Number, true),
        ("mobile", "4,93E+10", Form::Text, true),
        ("external_id", "4.93E+10", Form::Text, true),
        ("surname", "2026-02-01", Form::Date, true),
        ("groups", "2026-02-01", Form::Date, true),
        ("title", "#N/A", Form::Error, true),
        ("title", "#BEZUG!", Form::Text, true),
        ("surname", "TRUE", Form::Truth, true),
    ] {
        let person = one(&[column], &[cell(text, form)]);
        let (with, without) =
            if is_lost { (&person.errors, &person.warnings) } else { (&person.warnings, &person.errors) };
        assert_eq!(told(with), [(column, Rule::Mangled)], "{column}: {text}");
        assert!(without.is_empty(), "{column}: {text}");
        assert_eq!(person.said.values.is_empty(), is_lost, "{column}: {text}");
    }
    // Where a number, a day or a truth belongs, it is one; and a key may look like a power.
    for (column, text, form) in [
        ("control_flags", "512", Form::Number),
        ("expires_at", "2026-12-31", Form::Date),
        ("expires_at", "2026-12-31T18:00:00", Form::Date),
        ("field.badge_until", "2026-12-31", Form::Date),
        ("enabled", "TRUE", Form::Truth),
        ("external_id", "4E10", Form::Text),
    ] {
        let person = one(&[column], &[cell(text, form)]);
        assert_eq!((told(&person.errors), told(&person.warnings)), (vec![], vec![]), "{column}: {text}");
    }
}

#[test]
fn an_error_says_row_column_and_value_and_nothing_of_a_password() {
    let file = "First name,UPN,Mobile,Password\nAnna,anna,+45 1,Geheim!2024\nBo,bo@acme.test,Geheim!2024\u{202e},\n\
        Cy,cy@acme.test,1,2,Geheim!2024";
    let people = people(file, ',');
    let error = &people[0].errors[0];
    assert_eq!((error.field.as_str(), error.rule), ("principal_name", Rule::Format));
    let args = |key: &str| error.args[key].as_str();
    assert_eq!((args("row"), args("column"), args("value")), ("2", "UPN", "anna"));
    assert!(people[0].said.password && !people[1].said.password);
    // One comma too many moves a password: the row is refused as a whole.
    assert_eq!(told(&people[1].errors), [("mobile", Rule::ForbiddenCharacter)]);
    assert_eq!((told(&people[2].errors), people[2].said.values.len()), (vec![("", Rule::Format)], 0));
    assert!(!format!("{people:?}").contains("Geheim"));
}

#[test]
fn a_password_is_what_was_typed_and_nothing_a_spreadsheet_made_of_it() {
    let password =
        |text, form| one(&["given_name", "password"], &[Cell::text("Ida"), cell(text, form)]).password;
    assert_eq!(password(" ", Form::Text), None);
    assert_eq!(password(" Geheim!2024 ", Form::Text), Some(Ok(Secret("Geheim!2024".to_owned()))));
    for (form, made) in
        [(Form::Number, "number"), (Form::Date, "date"), (Form::Truth, "truth"), (Form::Error, "error")]
    {
        let error = password("20240101", form).expect("a password").expect_err("mangled");
        assert_eq!((error.rule, error.args["made"].as_str(), error.args.len()), (Rule::Mangled, made, 1));
    }
}

#[test]
fn a_user_name_is_what_the_other_columns_leave_it_to_be() {
    let login = |profile, columns: &[&str], cells: &[&str]| {
        let person = people_of(&plain(profile, columns), &[row(1, cells)]).pop().expect("a person");
        assert!(person.errors.is_empty(), "{:?}", person.errors);
        person.said.values.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(login(Profile::Other, &["user_name"], &["anna@acme.test"]), ["principal_name"]);
    assert_eq!(login(Profile::Other, &["user_name"], &["anna"]), ["logon_name"]);
    assert_eq!(login(Profile::Own, &["user_name"], &["anna.berg"]), ["user_name"]);
    assert_eq!(
        login(Profile::Other, &["user_name", "logon_name"], &["anna.berg", "aberg"]),
        ["logon_name", "user_name"]
    );
}

#[test]
fn two_columns_can_say_the_same_and_not_two_things() {
    let columns = ["user_name", "principal_name", "groups", "groups"];
    let same = one(&columns, &["a@x.test", "A@x.test", "Sales; Staff", "Staff|North"].map(Cell::text));
    assert!(same.errors.is_empty(), "{:?}", same.errors);
    assert_eq!(list(&same, "groups"), ["Sales", "Staff", "North"]);
    let two = one(&columns, &["a@x.test", "b@x.test"].map(Cell::text));
    assert_eq!(told(&two.errors), [("principal_name", Rule::Duplicate)]);
    assert_eq!(two.errors[0].args["other"], "A");
}

#[test]
fn lists_hold_each_entry_once_whatever_separates_them() {
    let entries = |profile, column: &str, written: &str| {
        let person = people_of(&plain(profile, &[column]), &[row(1, &[written])]).pop().expect("a person");
        assert!(person.errors.is_empty(), "{:?}", person.errors);
        list(&person, column)
    };
    let names = "CN=Sales,OU=Groups,DC=acme,DC=test\ncn=Staff,DC=acme,DC=test\n";
    assert_eq!(entries(Profile::Other, "groups", names), ["Sales", "Staff"]);
    assert_eq!(entries(Profile::Other, "groups", "Sales, Staff,Sales"), ["Sales", "Staff"]);
    assert_eq!(entries(Profile::Other, "groups", "Sales, North; Staff"), ["Sales, North", "Staff"]);
    assert_eq!(entries(Profile::Own, "groups", "Sales, North;Staff"), ["Sales, North", "Staff"]);
    assert_eq!(entries(Profile::Cpsm, "roles", "Administrator, Helpdesk"), ["Administrator", "Helpdesk"]);
    assert_eq!(entries(Profile::Own, "plans", "ERP-Full@test; desktop-s"), ["erp-full@test", "desktop-s"]);
    assert_eq!(entries(Profile::Own, "aliases", "B@x.test a@x.test"), ["a@x.test", "b@x.test"]);
    let many = (0..300).map(|n| n.to_string()).collect::<Vec<_>>().join(";");
    assert_eq!(said("groups", &many), Err(Rule::TooMany));
    let columns: Vec<String> = (0..100_usize)
        .map(|column| (0..200).map(|n| format!("{column}-{n}")).collect::<Vec<_>>().join(";"))
        .collect();
    let wide: Vec<_> = columns.iter().map(Cell::text).collect();
    let wide = one(&["groups"; 100], &wide);
    assert_eq!((list(&wide, "groups").len(), wide.errors.len()), (200, 99), "no list grows beyond its bound");
    let own = one(
        &["mail", "aliases"],
        &["Anna@x.test", "SMTP:anna@x.test smtp:ab@x.test sip:anna@x.test"].map(Cell::text),
    );
    assert_eq!(list(&own, "aliases"), ["ab@x.test"], "the first address is no further one");
}

#[test]
fn blank_empties_in_a_file_that_says_all_there_is_and_nowhere_else() {
    let columns = [
        "principal_name",
        "display_name",
        "logon_name",
        "surname",
        "mail",
        "groups",
        "aliases",
        "enabled",
        "expires_at",
        "field.cost_centre",
        "manager",
    ];
    let mut mapping = plain(Profile::Own, &columns);
    let read = |mapping: &Mapping| {
        people_of(mapping, &[row(1, &["anna@acme.test"])]).pop().expect("a person").said.values
    };
    assert_eq!(read(&mapping).len(), 1);
    mapping.whole = true;
    let values = read(&mapping);
    let empty: Vec<_> =
        values.iter().filter(|(_, value)| **value == Value::Empty).map(|(code, _)| code.as_str()).collect();
    // Names by which people sign in and are shown, and whether they may, are never nothing.
    assert_eq!(empty, ["aliases", "expires_at", "field.cost_centre", "groups", "mail", "manager", "surname"]);
    assert_eq!(values.len(), empty.len() + 1);
}

#[test]
fn what_was_said_is_kept_as_plain_json() {
    let mut person = one(&["surname", "groups"], &["Berg", "Sales"].map(Cell::text));
    person.said.values.insert("mail".to_owned(), Value::Empty);
    let json = serde_json::to_value(&person.said).expect("json");
    let values = serde_json::json!({ "surname": "Berg", "groups": ["Sales"], "mail": null });
    assert_eq!(json, serde_json::json!({ "values": values, "password": false }));
    assert_eq!(serde_json::from_value::<Said>(json).expect("read"), person.said);
}

#[test]
fn a_row_without_the_key_that_was_asked_for_is_refused() {
    let mut mapping = plain(Profile::Other, &["employee_id", "principal_name"]);
    mapping.key = Some(Key::EmployeeId);
    let people = people_of(&mapping, &[row(1, &["7", "a@x.test"]), row(2, &["", "b@x.test"])]);
    assert!(people[0].errors.is_empty(), "{:?}", people[0].errors);
    assert_eq!(told(&people[1].errors), [("employee_id", Rule::Required)]);
    assert_eq!(people[1].errors[0].args["row"], "2");
}

proptest! {
    #[test]
    fn what_was_accepted_is_accepted_again_unchanged(value in "\\PC{1,40}", n in 0_usize..60) {
        let fields = fields();
        let all: Vec<_> = Column::all(&fields).into_iter().filter(|column| !matches!(column,
            Column::Disabled | Column::ControlFlags | Column::MailNickname | Column::MailDomain)).collect();
        let column = all[n % all.len()].code();
        // What begins with `#` is a comment, and about nobody.
        let read = |column: &str, value: &str| people_of(&plain(Profile::Other, &[column]), &[row(1, &[value])]).pop();
        let first = read(&column, &value).map(|person| person.said.values).unwrap_or_default();
        for (code, value) in &first {
            let Value::Text(text) = value else { continue };
            if let Some(again) = read(code, text) {
                prop_assert!(again.errors.is_empty(), "{:?}", again.errors);
                prop_assert_eq!(again.said.text(code), Some(text.as_str()));
            }
        }
    }
}
