//! Rows seen together: doubles, keys, and who manages whom.

use proptest::prelude::*;

use super::*;

fn of(values: &[(&str, &str)]) -> Said {
    let values = values.iter().map(|(code, text)| ((*code).to_owned(), Value::Text((*text).to_owned())));
    Said { values: values.collect(), password: false }
}

fn numbered(said: &[Said]) -> Vec<(u32, &Said)> {
    said.iter().zip(2_u32..).map(|(said, line)| (line, said)).collect()
}

#[test]
fn doubles_name_both_rows() {
    let said = [
        of(&[("principal_name", "a@x.test"), ("employee_id", "1"), ("logon_name", "a")]),
        of(&[("principal_name", "b@x.test"), ("employee_id", "1"), ("external_id", "K1")]),
        of(&[("principal_name", "A@x.test"), ("logon_name", "c"), ("external_id", "k1")]),
    ];
    let rows = numbered(&said);
    let found = |key| {
        let errors = Keys::of(&rows).duplicates(key);
        errors.into_iter().map(|(line, e)| (line, e.field, e.args["other"].clone())).collect::<Vec<_>>()
    };
    let double = |line, field: &str, other: &str| (line, field.to_owned(), other.to_owned());
    // Keys of another system differ in capitals; and somebody with two accounts has one number.
    let names = [double(2, "principal_name", "row 4"), double(4, "principal_name", "row 2")];
    assert_eq!(found(None), names);
    assert_eq!(found(Some(Key::PrincipalName)), names);
    let numbers = [
        double(2, "principal_name", "row 4"),
        double(2, "employee_id", "row 3"),
        double(3, "employee_id", "row 2"),
        double(4, "principal_name", "row 2"),
    ];
    assert_eq!(found(Some(Key::EmployeeId)), numbers);
}

#[test]
fn the_key_is_the_best_that_every_row_has_once() {
    let choose = |rows: &[&[(&str, &str)]]| {
        let said: Vec<_> = rows.iter().map(|values| of(values)).collect();
        Keys::of(&numbered(&said)).choose()
    };
    let (name, key, number) = (("principal_name", "a@x.test"), ("external_id", "1"), ("employee_id", "1"));
    assert_eq!(choose(&[&[name, key, number]]), Some(Key::ExternalId));
    assert_eq!(choose(&[&[name, key], &[("principal_name", "b@x.test")]]), Some(Key::PrincipalName));
    assert_eq!(choose(&[&[name, number], &[name, ("employee_id", "2")]]), Some(Key::EmployeeId));
    assert_eq!(choose(&[&[name], &[name]]), Some(Key::PrincipalName), "the doubles are errors");
    assert_eq!(choose(&[&[("logon_name", "a")]]), Some(Key::LogonName));
    assert_eq!(choose(&[&[name], &[number]]), None);
    assert_eq!(choose(&[]), None);
}

fn person(login: &str, name: &str, manager: &str) -> Said {
    let values = [("principal_name", login), ("display_name", name), ("manager", manager)];
    of(&values.into_iter().filter(|(_, text)| !text.is_empty()).collect::<Vec<_>>())
}

#[test]
fn managers_come_before_those_they_manage_however_they_are_named() {
    let mut said = vec![
        person("a@x.test", "Anna Berg", "CN=Bo Lund,OU=People,DC=x,DC=test"),
        person("b@x.test", "Bo Lund", "C@X.test"),
        person("c@x.test", "Cy Dahl", "elsewhere@x.test"),
        person("d@x.test", "Dora Ek", "X\\cy"),
        person("e@x.test", "Eva Ek", "K-4"),
        person("f@x.test", "Dora Ek", "Dora Ek"),
    ];
    said[2].values.insert("logon_name".to_owned(), Value::Text("cy".to_owned()));
    said[3].values.insert("external_id".to_owned(), Value::Text("K-4".to_owned()));
    let found = order(&numbered(&said));
    let above = |row, by_name| Some(Above { row, by_name });
    // Two are called Dora Ek, so nobody says which is meant.
    let managers = [above(1, true), above(2, false), None, above(2, false), above(3, false), None];
    assert_eq!(found.managers, managers);
    assert_eq!(found.depths, [2, 1, 0, 1, 2, 0]);
    assert_eq!(found.sequence, [2, 5, 1, 3, 0, 4]);
    assert!(found.errors.is_empty(), "{:?}", found.errors);
}

#[test]
fn circles_are_told_in_each_of_their_rows_and_nowhere_else() {
    let said = [
        person("a@x.test", "A", "b@x.test"),
        person("b@x.test", "B", "c@x.test"),
        person("c@x.test", "C", "b@x.test"),
        person("d@x.test", "D", "d@x.test"),
        person("e@x.test", "E", "a@x.test"),
    ];
    let found = order(&numbered(&said));
    let told: Vec<_> =
        found.errors.iter().map(|(line, e)| (*line, e.rule, e.args["other"].as_str())).collect();
    assert_eq!(told, [(3, Rule::Cycle, "row 4"), (4, Rule::Cycle, "row 3"), (5, Rule::Cycle, "row 5")]);
    assert_eq!(found.depths, [1, 0, 0, 0, 2]);
}

proptest! {
    #[test]
    fn every_row_stands_once_in_the_order_and_after_its_manager(above in proptest::collection::vec(0_usize..30, 1..30)) {
        let said: Vec<_> = above.iter().enumerate()
            .map(|(n, above)| person(&format!("p{n}@x.test"), "", &format!("p{above}@x.test"))).collect();
        let found = order(&numbered(&said));
        let mut sorted = found.sequence.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..said.len()).collect::<Vec<_>>());
        let place = |row: usize| found.sequence.iter().position(|at| *at == row);
        let lines: Vec<_> = found.errors.iter().map(|(line, _)| *line as usize - 2).collect();
        for (row, manager) in found.managers.iter().enumerate() {
            if let Some(above) = manager {
                prop_assert!(lines.contains(&row) || place(above.row) < place(row));
            }
        }
    }
}
