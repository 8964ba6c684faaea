use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::spec::Attribute;

fn tenant(n: u128) -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(n))
}

fn draft(key: &str, kind: FieldKind) -> Draft {
    let choices = if kind == FieldKind::Choice { vec!["red".to_owned(), "blue".to_owned()] } else { vec![] };
    let rules = Rules { choices, ..Rules::default() };
    Draft {
        key: key.to_owned(),
        label: "A label".to_owned(),
        kind: kind.code().to_owned(),
        rules,
        ..Draft::default()
    }
}

fn field(n: u128, of: u128, draft: &Draft) -> Definition {
    draft.check(FieldId::from_uuid(Uuid::from_u128(n)), tenant(of)).expect("a good draft")
}

fn wrong(draft: &Draft) -> Vec<(String, Rule)> {
    let errors = draft.check(FieldId::from_uuid(Uuid::nil()), tenant(1)).expect_err("a bad draft");
    errors.into_iter().map(|error| (error.field, error.rule)).collect()
}

fn read(definition: &Definition, text: &str) -> Result<Option<String>, Rule> {
    Reader::new(definition).read("x", text).map_err(|error| error.rule)
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what is read")]
fn some(text: &str) -> Result<Option<String>, Rule> {
    Ok(Some(text.to_owned()))
}

#[test]
fn values_have_one_form() {
    let of = |kind| field(1, 1, &draft("key", kind));
    let number = of(FieldKind::Number);
    for (text, kept) in
        [("7", "7"), ("007.50", "7.5"), ("-0", "0"), ("0.000001", "0.000001"), ("-12.0", "-12")]
    {
        assert_eq!(read(&number, text), some(kept), "{text}");
    }
    for text in ["1,5", "1e3", ".5", "5.", "--1", "1.0000001", "1234567890123456", "٣"] {
        assert_eq!(read(&number, text), Err(Rule::Format), "{text}");
    }
    let date = of(FieldKind::Date);
    assert_eq!(read(&date, "2026-03-01"), some("2026-03-01"));
    for text in ["2026-02-30", "1.3.2026", "20260301", "2026-3-1", "2026-03-01T00:00"] {
        assert_eq!(read(&date, text), Err(Rule::Format), "{text}");
    }
    assert_eq!(read(&date, "1066-10-14"), Err(Rule::OutOfRange));
    let yes = of(FieldKind::YesNo);
    assert_eq!(
        (read(&yes, "True"), read(&yes, "no"), read(&yes, "1")),
        (some("yes"), some("no"), Err(Rule::Format))
    );
    let choice = of(FieldKind::Choice);
    assert_eq!((read(&choice, " red "), read(&choice, "Red")), (some("red"), Err(Rule::Unknown)));
    assert_eq!(read(&of(FieldKind::Text), "  "), Ok(None));
}

#[test]
fn rules_hold() {
    let mut text = draft("key", FieldKind::Text);
    text.rules = Rules {
        min_chars: Some(3),
        max_chars: Some(6),
        pattern: Some("[A-Z]+|x.*".to_owned()),
        ..Rules::default()
    };
    let text = field(1, 1, &text);
    assert_eq!(read(&text, "ABC"), some("ABC"));
    assert_eq!(read(&text, "AB"), Err(Rule::TooShort));
    assert_eq!(read(&text, "ABCDEFG"), Err(Rule::TooLong));
    assert_eq!(read(&text, "ABC1"), Err(Rule::Format), "the whole value has to match");
    let mut number = draft("key", FieldKind::Number);
    number.rules = Rules { min: Some("-1.50".to_owned()), max: Some("10".to_owned()), ..Rules::default() };
    let number = field(1, 1, &number);
    assert_eq!(number.rules.min.as_deref(), Some("-1.5"));
    assert_eq!((read(&number, "-1.5"), read(&number, "10.0")), (some("-1.5"), some("10")));
    assert_eq!((read(&number, "-1.51"), read(&number, "9.99")), (Err(Rule::OutOfRange), some("9.99")));
    assert_eq!(read(&number, "10.000001"), Err(Rule::OutOfRange));
}

#[test]
fn a_definition_says_what_is_wrong_with_it() {
    let with = |rules: Rules, kind| wrong(&Draft { rules, ..draft("key", kind) });
    let at = |field: &str, rule| vec![(field.to_owned(), rule)];
    assert_eq!(wrong(&draft("Key", FieldKind::Text)), at("key", Rule::ForbiddenCharacter));
    assert_eq!(wrong(&draft("1key", FieldKind::Text)), at("key", Rule::Format));
    assert_eq!(
        wrong(&Draft { kind: "money".to_owned(), ..draft("key", FieldKind::Text) }),
        at("kind", Rule::Unknown)
    );
    let broken = Rules { pattern: Some("(".to_owned()), ..Rules::default() };
    assert_eq!(with(broken, FieldKind::Text), at("rules.pattern", Rule::Format));
    let breaks_out = Rules { pattern: Some("a)|(?:b".to_owned()), ..Rules::default() };
    assert_eq!(with(breaks_out, FieldKind::Text), at("rules.pattern", Rule::Format));
    let huge = Rules { pattern: Some(r"(\w{500}){500}".to_owned()), ..Rules::default() };
    assert_eq!(with(huge, FieldKind::Text), at("rules.pattern", Rule::Format));
    let swapped = Rules { min: Some("2".to_owned()), max: Some("1".to_owned()), ..Rules::default() };
    assert_eq!(with(swapped, FieldKind::Number), at("rules.max", Rule::OutOfRange));
    let other = Rules { max_chars: Some(3), ..Rules::default() };
    assert_eq!(with(other, FieldKind::Date), at("rules.max_chars", Rule::OutOfRange));
    assert_eq!(with(Rules::default(), FieldKind::Choice), at("rules.choices", Rule::Required));
    let twice = Rules { choices: vec!["a".to_owned(), " a".to_owned()], ..Rules::default() };
    assert_eq!(with(twice, FieldKind::Choice), at("rules.choices[1]", Rule::Duplicate));
}

#[test]
fn nothing_that_matters_to_the_directory_can_be_written() {
    let to = |attribute: &str| {
        let draft = Draft { attribute: Some(attribute.to_owned()), ..draft("key", FieldKind::Text) };
        draft.check(FieldId::from_uuid(Uuid::nil()), tenant(1))
    };
    for bad in [
        "userAccountControl",
        "member",
        "servicePrincipalName",
        "objectClass",
        "userParameters",
        "uid",
        "title",
        "info",
        "adminDescription",
        "unicodePwd",
        "roomNumber)(uid",
        "",
    ] {
        let errors = to(bad).expect_err("not on the list");
        assert_eq!(errors[0].field, "attribute", "{bad}");
    }
    assert_eq!(to("room_number").expect("on the list").slot, Some(Slot::RoomNumber));
    assert_eq!(
        to("room_number").expect("on the list").rules.max_chars,
        Some(128),
        "what the attribute takes"
    );
    // No attribute has two owners, and none of them is found under two names.
    let all: Vec<_> = Attribute::compared().map(Attribute::code).collect();
    let distinct: BTreeSet<_> = all.iter().collect();
    assert_eq!(all.len(), distinct.len());
    let ldap: BTreeSet<_> = Slot::ALL.iter().map(|slot| slot.ldap_name().to_ascii_lowercase()).collect();
    assert_eq!(ldap.len(), Slot::ALL.len());
    for slot in Slot::ALL {
        assert_eq!(Attribute::from_code(slot.code()), Some(Attribute::Custom(*slot)));
    }
}

#[test]
fn the_nearest_holds_where_a_move_brought_two_together() {
    let slot = |draft: Draft| Draft { attribute: Some("room_number".to_owned()), ..draft };
    let above = field(1, 1, &slot(draft("room", FieldKind::Text)));
    let below = field(2, 2, &slot(draft("seat", FieldKind::Text)));
    let same = field(3, 2, &draft("shoe", FieldKind::Number));
    let other = field(4, 1, &draft("shoe", FieldKind::Text));
    let foreign = field(5, 9, &draft("foreign", FieldKind::Text));
    let retired = Definition {
        retired_at: Some(Timestamp::UNIX_EPOCH),
        ..field(6, 2, &draft("room", FieldKind::Date))
    };
    let all = vec![above, below, same, other, foreign, retired];
    let found: Vec<_> =
        effective(all, &[tenant(1), tenant(2)]).into_iter().map(|d| (d.key, d.kind, d.slot)).collect();
    assert_eq!(
        found,
        [
            ("room".to_owned(), FieldKind::Text, None),
            ("seat".to_owned(), FieldKind::Text, Some(Slot::RoomNumber)),
            ("shoe".to_owned(), FieldKind::Number, None),
        ]
    );
}

#[test]
fn who_gives_values_decides_which() {
    let mut needed = field(1, 1, &draft("needed", FieldKind::Text));
    needed.required = true;
    let mut seen = field(2, 1, &draft("seen", FieldKind::Text));
    seen.person = Access::Sees;
    let mut own = field(3, 1, &draft("own", FieldKind::Text));
    own.person = Access::Edits;
    let mut old = field(4, 1, &draft("old", FieldKind::Text));
    old.retired_at = Some(Timestamp::UNIX_EPOCH);
    let all = [needed, seen, own, old];
    let form = Form::new(&all);
    let errors = |giver, given: &[(&str, Option<&str>)]| -> Vec<(String, Rule)> {
        let errors = form.read(giver, given.iter().copied()).err().unwrap_or_default();
        errors.into_iter().map(|error| (error.field, error.rule)).collect()
    };
    let one = |field: &str, rule| vec![(format!("fields.{field}"), rule)];
    assert_eq!(errors(Giver::Creator, &[]), one("needed", Rule::Required));
    assert_eq!(errors(Giver::Creator, &[("needed", Some(" "))]), one("needed", Rule::Required), "told once");
    assert_eq!(errors(Giver::Administrator, &[]), []);
    assert_eq!(errors(Giver::Administrator, &[("needed", None)]), one("needed", Rule::Required));
    assert_eq!(errors(Giver::Administrator, &[("old", Some("x"))]), one("old", Rule::Unknown));
    assert_eq!(errors(Giver::Administrator, &[("old", None), ("own", Some("x"))]), []);
    assert_eq!(errors(Giver::Person, &[("own", Some("x"))]), []);
    assert_eq!(errors(Giver::Person, &[("seen", Some("x"))]), one("seen", Rule::AdministratorsOnly));
    let hidden = form.read(Giver::Person, [("needed", Some("x"))]).expect_err("not for the person");
    assert_eq!((hidden[0].rule, hidden[0].args["known"].as_str()), (Rule::Unknown, "seen, own"));
}

#[test]
fn an_attribute_is_ours_from_the_first_value_on() {
    let room =
        field(1, 1, &Draft { attribute: Some("room_number".to_owned()), ..draft("room", FieldKind::Text) });
    let (id, all) = (room.id, [room]);
    let value = |text: &str| Values::from([(id, text.to_owned())]);
    let untouched = slots(&all, &Values::new(), &Slots::new());
    assert_eq!(untouched, Slots::new());
    let set = slots(&all, &value("12"), &untouched);
    assert_eq!(set, Slots::from([(Slot::RoomNumber, Some("12".to_owned()))]));
    let cleared = slots(&all, &Values::new(), &set);
    assert_eq!(cleared, Slots::from([(Slot::RoomNumber, None)]), "empty, and still ours");
    assert_eq!(slots(&[], &Values::new(), &set), set, "of no definition: left as it is");
}

proptest! {
    #[test]
    fn an_accepted_value_is_accepted_again_unchanged(text in "\\PC{0,40}|-?[0-9]{1,16}(\\.[0-9]{0,7})?|[0-9]{4}-[0-9]{2}-[0-9]{2}", n in 0..5_usize) {
        let definition = field(1, 1, &draft("key", FieldKind::ALL[n]));
        if let Ok(Some(value)) = read(&definition, &text) {
            prop_assert!(value.chars().count() <= limits::FIELD_CHARS);
            prop_assert_eq!(read(&definition, &value), Ok(Some(value)));
        }
    }

    #[test]
    fn an_accepted_value_fits_its_attribute(text in "\\PC{0,300}", n in 0..Slot::ALL.len(), kind in 0..5_usize) {
        let slot = Slot::ALL[n];
        let draft = Draft { attribute: Some(slot.code().to_owned()), ..draft("key", FieldKind::ALL[kind]) };
        if let Ok(Some(value)) = read(&field(1, 1, &draft), &text) {
            prop_assert!(value.chars().count() <= usize::try_from(slot.max_chars()).expect("small"));
        }
    }

    #[test]
    fn numbers_are_ordered_as_numbers(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000) {
        let text = |n: i64| format!("{}{}.{:03}", if n < 0 { "-" } else { "" }, n.abs() / 1000, n.abs() % 1000);
        let mut number = draft("key", FieldKind::Number);
        number.rules = Rules { max: Some(text(b)), ..Rules::default() };
        prop_assert_eq!(read(&field(1, 1, &number), &text(a)).is_ok(), a <= b);
    }

    #[test]
    fn no_definition_panics(key in "\\PC{0,50}", pattern in "\\PC{0,60}", min in "\\PC{0,20}", n in 0..5_usize, text in "\\PC{0,60}") {
        let rules = Rules { pattern: Some(pattern), min: Some(min), ..Rules::default() };
        let draft = Draft { key, rules, ..draft("key", FieldKind::ALL[n]) };
        if let Ok(definition) = draft.check(FieldId::from_uuid(Uuid::nil()), tenant(1)) {
            let _ = read(&definition, &text);
        }
    }
}
