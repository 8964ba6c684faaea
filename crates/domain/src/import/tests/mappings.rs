//! Mappings: what makes one, and for which files it holds.

use proptest::prelude::*;

use super::*;

fn wrong(mapping: &Mapping) -> Vec<(String, Rule)> {
    let errors = mapping.check(&fields()).expect_err("it does not fit");
    errors.into_iter().map(|error| (error.field, error.rule)).collect()
}

fn one_error(field: &str, rule: Rule) -> Vec<(String, Rule)> {
    vec![(field.to_owned(), rule)]
}

#[test]
fn a_mapping_makes_people_or_says_what_is_missing() {
    for columns in [
        &["principal_name", "given_name"][..],
        &["external_id", "principal_name", "groups", "groups", "ignored", "ignored"],
        &["mail_nickname", "mail_domain", "surname"],
        &["user_name", "display_name"],
        &["logon_name", "user_name"],
    ] {
        assert_eq!(plain(Profile::Other, columns).check(&fields()), Ok(()), "{columns:?}");
    }
    let of = |columns: &[&str]| wrong(&plain(Profile::Other, columns));
    assert_eq!(of(&["given_name", "surname"]), one_error("key", Rule::Required));
    assert_eq!(of(&[]), one_error("key", Rule::Required));
    assert_eq!(of(&["principal_name", "mail", "mail"]), one_error("columns[2]", Rule::Duplicate));
    assert_eq!(of(&["principal_name", "enabled", "disabled"]), one_error("columns[2]", Rule::Duplicate));
    assert_eq!(of(&["external_id", "mail_nickname"]), one_error("columns", Rule::Required));
    assert_eq!(
        of(&["principal_name", "mail_nickname", "mail_domain"]),
        one_error("columns[0]", Rule::Duplicate)
    );
    assert_eq!(of(&["principal_name", "logon_name", "user_name"]), one_error("columns[0]", Rule::Duplicate));
    assert_eq!(of(&["principal_name", "field.shoe_size"]), one_error("columns[1]", Rule::Unknown));
    let many = vec!["ignored"; crate::limits::IMPORT_COLUMNS + 1];
    assert_eq!(of(&many), one_error("columns", Rule::TooMany));
}

#[test]
fn each_part_of_a_mapping_is_checked() {
    let good = plain(Profile::Other, &["principal_name"]);
    let whole = Mapping { whole: true, ..good.clone() };
    assert_eq!(wrong(&whole), one_error("whole", Rule::OutOfRange), "only our own files say all there is");
    let key = Mapping { key: Some(Key::EmployeeId), ..good.clone() };
    assert_eq!(wrong(&key), one_error("key", Rule::Required));
    let headings = Mapping { headings: vec!["UPN".to_owned(), "Name".to_owned()], ..good.clone() };
    assert_eq!(wrong(&headings), one_error("columns", Rule::OutOfRange));
    for (marks, rule) in [
        ("", Rule::Required),
        ("a", Rule::ForbiddenCharacter),
        ("@", Rule::ForbiddenCharacter),
        (";;;;;;;;;", Rule::TooLong),
    ] {
        let mapping = Mapping { separators: Some(marks.to_owned()), ..good.clone() };
        assert_eq!(wrong(&mapping), one_error("separators", rule), "{marks}");
    }
    assert_eq!(Mapping { separators: Some("#|".to_owned()), ..good }.check(&fields()), Ok(()));
}

#[test]
fn a_kept_mapping_holds_for_the_same_headings_in_any_order_and_for_no_others() {
    let seen = |text: &str| recognise(&table(text, ','), &fields());
    let mut kept = seen("First name,Surname,UPN,Free text\n").mapping();
    kept.columns[3] = Column::Detail(Detail::Notes);
    let later = seen("Report of May,,,\nUPN,first_NAME,Free-Text,Surname\na@x.test,A,note,B\n");
    let mapping = kept.for_file(&later).expect("the same headings");
    assert_eq!(mapping.header, Some(2));
    let codes: Vec<_> = mapping.columns.iter().map(Column::code).collect();
    assert_eq!(codes, ["principal_name", "given_name", "notes", "surname"]);
    assert_eq!(mapping.signature(), kept.signature());
    assert!(mapping.signature().is_some());
    let other = seen("First name,Surname,Login,Free text\n");
    let errors = kept.for_file(&other).expect_err("other headings");
    assert_eq!(told(&errors), [("headings", Rule::Unknown), ("headings", Rule::Required)]);
    assert_eq!((errors[0].args["value"].as_str(), errors[1].args["value"].as_str()), ("Login", "UPN"));
    assert_ne!(other.mapping().signature(), kept.signature());
    // Files without headings have only their width.
    let bare = plain(Profile::FusionDirectory, &["surname", "principal_name"]);
    assert_eq!(bare.for_file(&seen("Berg,a@x.test")).expect("as wide"), bare);
    assert!(bare.for_file(&seen("Berg,a@x.test,1")).is_err());
    assert!(bare.for_file(&later).is_err());
    assert_eq!(bare.signature(), None);
}

#[test]
fn columns_without_headings_are_called_as_a_spreadsheet_calls_them() {
    let mut mapping = plain(Profile::Other, &["ignored"; 60]);
    mapping.headings = vec![" UPN ".to_owned(), String::new()];
    let called: Vec<_> = [0, 1, 25, 26, 27, 51, 52].map(|n| mapping.heading(n)).into();
    assert_eq!(called, ["UPN", "B", "Z", "AA", "AB", "AZ", "BA"]);
}

#[test]
fn profiles_and_keys_come_back_from_their_codes() {
    for profile in Profile::ALL {
        assert_eq!(Profile::from_code(profile.code()), Some(profile));
        assert_eq!(serde_json::to_value(profile).expect("json"), profile.code());
    }
    for key in Key::ALL {
        assert_eq!(Key::from_code(key.code()), Some(key));
        assert_eq!(serde_json::to_value(key).expect("json"), key.code());
    }
}

proptest! {
    #[test]
    fn a_mapping_survives_being_kept(
        n in proptest::collection::vec(0_usize..60, 0..20), headings in proptest::collection::vec(".{0,9}", 0..20),
        profile in 0_usize..10, whole: bool, key in 0_usize..5, marks in proptest::option::of("[;|,+]{1,3}"),
    ) {
        let all = Column::all(&fields());
        let mapping = Mapping {
            profile: Profile::ALL[profile],
            header: (whole).then_some(3),
            headings,
            columns: n.iter().map(|n| all[n % all.len()].clone()).collect(),
            whole,
            separators: marks,
            dates: whole.then_some(DateOrder::DayFirst),
            key: Key::ALL.get(key).copied(),
        };
        let json = serde_json::to_string(&mapping).expect("json");
        prop_assert_eq!(serde_json::from_str::<Mapping>(&json).expect("read"), mapping);
    }
}
