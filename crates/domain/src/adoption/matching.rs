//! Which account a row of a file is about: rules in a chosen order; the first
//! by which anything fits decides, and more than one that fits is nobody's guess.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::{
    drift::codes,
    field::{FieldError, Rule as Problem},
};

codes! {
    /// By what a row and an account are the same.
    Rule {
        /// Our own marker on the object, as after a restoration of a directory.
        Marker = "marker",
        /// The principal name.
        PrincipalName = "principal_name",
        /// The number at the employer.
        EmployeeId = "employee_id",
        /// The key of the person in a system of the customer.
        ExternalId = "external_id",
        /// The primary mail address.
        Mail = "mail",
        /// The log-on name.
        LogonName = "logon_name",
        /// The name of a group.
        Name = "name",
    }
}

impl Rule {
    /// Those of people and of groups, in their order.
    pub fn chosen(codes: &[String]) -> Result<Vec<Self>, Vec<FieldError>> {
        let (mut rules, mut errors) = (Vec::new(), Vec::new());
        for (i, code) in codes.iter().enumerate() {
            match Self::from_code(code.trim()) {
                Some(rule) if rules.contains(&rule) => {
                    errors
                        .push(FieldError::new(format!("match[{i}]"), Problem::Duplicate).with("value", code));
                }
                Some(rule) => rules.push(rule),
                None => {
                    let known: Vec<_> = Self::ALL.iter().map(|rule| rule.code()).collect();
                    let error = FieldError::new(format!("match[{i}]"), Problem::Unknown).with("value", code);
                    errors.push(error.with("known", known.join(", ")));
                }
            }
        }
        if rules.is_empty() {
            rules.extend(Self::ALL);
        }
        if errors.is_empty() { Ok(rules) } else { Err(errors) }
    }
}

/// What a row, or an account, is known by. Compared without regard to case.
pub type Keys = BTreeMap<Rule, String>;

/// What was found for one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// This account, by this rule.
    One(Uuid, Rule),
    /// Nothing fits.
    None,
    /// Several accounts fit by this rule, or another row fits the same one.
    Several(Rule),
}

/// Finds the account of every row.
#[must_use]
pub fn find(rules: &[Rule], rows: &[Keys], accounts: &[(Uuid, Keys)]) -> Vec<Matched> {
    let mut index: BTreeMap<(Rule, String), BTreeSet<Uuid>> = BTreeMap::new();
    for (id, keys) in accounts {
        for (rule, value) in keys {
            index.entry((*rule, value.to_lowercase())).or_default().insert(*id);
        }
    }
    let first = |row: &Keys| {
        let fitting = rules.iter().filter_map(|rule| {
            let found = index.get(&(*rule, row.get(rule)?.to_lowercase()))?;
            Some(match found.first() {
                Some(id) if found.len() == 1 => Matched::One(*id, *rule),
                _ => Matched::Several(*rule),
            })
        });
        fitting.into_iter().next().unwrap_or(Matched::None)
    };
    let mut matched: Vec<_> = rows.iter().map(first).collect();
    let mut claims: BTreeMap<Uuid, usize> = BTreeMap::new();
    for one in &matched {
        if let Matched::One(id, _) = one {
            *claims.entry(*id).or_default() += 1;
        }
    }
    for one in &mut matched {
        if let Matched::One(id, rule) = *one
            && claims.get(&id).is_some_and(|rows| *rows > 1)
        {
            *one = Matched::Several(rule);
        }
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(upn: &str, number: &str) -> Keys {
        let all = [(Rule::PrincipalName, upn), (Rule::EmployeeId, number)];
        all.into_iter().filter(|(_, v)| !v.is_empty()).map(|(r, v)| (r, v.to_owned())).collect()
    }

    #[test]
    fn the_first_rule_by_which_anything_fits_decides() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let accounts = [(a, keys("Anna@acme.test", "7")), (b, keys("ben@acme.test", "7"))];
        let rows = [keys("anna@ACME.test", "7"), keys("", "7"), keys("nobody@acme.test", "9")];
        let order = [Rule::PrincipalName, Rule::EmployeeId];
        let expected =
            [Matched::One(a, Rule::PrincipalName), Matched::Several(Rule::EmployeeId), Matched::None];
        assert_eq!(find(&order, &rows, &accounts), expected);
        let twice = [keys("anna@acme.test", ""), keys("ANNA@acme.test", "")];
        assert_eq!(find(&order, &twice, &accounts), [Matched::Several(Rule::PrincipalName); 2]);
    }

    proptest! {
        #[test]
        fn no_account_belongs_to_two_rows(
            rows in proptest::collection::vec(("[ab]{0,2}", "[ab]{0,1}"), 0..12),
            accounts in proptest::collection::vec(("[ab]{0,2}", "[ab]{0,1}"), 0..12),
        ) {
            let rows: Vec<_> = rows.iter().map(|(a, b)| keys(a, b)).collect();
            let accounts: Vec<_> =
                accounts.iter().zip(1..).map(|((a, b), n)| (Uuid::from_u128(n), keys(a, b))).collect();
            let matched = find(Rule::ALL, &rows, &accounts);
            let ids: Vec<_> =
                matched.iter().filter_map(|m| if let Matched::One(id, _) = m { Some(*id) } else { None }).collect();
            prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        }
    }
}
