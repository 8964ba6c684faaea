//! Made-up people.

use wire::users::NewUser;

const GIVEN: [&str; 24] = [
    "Anna",
    "Bo",
    "Chiara",
    "Dirk",
    "Élise",
    "Finn",
    "Greta",
    "Håkon",
    "Inês",
    "Jörg",
    "Katarzyna",
    "Lars",
    "Maja",
    "Nils",
    "Olivia",
    "Pedro",
    "Quirin",
    "Rosa",
    "Søren",
    "Tereza",
    "Uwe",
    "Vera",
    "Wim",
    "Zoë",
];
const SURNAMES: [&str; 21] = [
    "Berg",
    "Lund",
    "Conti",
    "Müller",
    "Dubois",
    "Nowak",
    "Jensen",
    "García",
    "Ek",
    "Peeters",
    "Novák",
    "Silva",
    "Haugen",
    "Weiß",
    "Rossi",
    "Virtanen",
    "O'Neill",
    "de Vries",
    "Kovács",
    "Ionescu",
    "Østergård",
];
const DEPARTMENTS: [(&str, &str); 4] =
    [("Finance", "Accountant"), ("Sales", "Account manager"), ("Production", "Planner"), ("IT", "Engineer")];

/// The person with this number: another one for every number below 504.
pub fn person(number: usize, domain: &str, plans: &[&str]) -> NewUser {
    let given = GIVEN[number % GIVEN.len()];
    // 24 and 21 share a factor: every full turn is shifted by one.
    let surname = SURNAMES[(number + number / 168) % SURNAMES.len()];
    let (department, title) = DEPARTMENTS[number % DEPARTMENTS.len()];
    NewUser {
        given_name: given.to_owned(),
        surname: surname.to_owned(),
        mail: Some(format!("person{number}@{domain}")),
        title: Some(title.to_owned()),
        department: Some(department.to_owned()),
        plans: plans.iter().map(|plan| (*plan).to_owned()).collect(),
        ..NewUser::default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn nobody_of_the_first_five_hundred_has_the_name_of_another() {
        let people = (0..500).map(|i| super::person(i, "x.example", &[]));
        let names: BTreeSet<_> = people.map(|p| (p.given_name, p.surname)).collect();
        assert_eq!(names.len(), 500);
    }
}
