//! Names nobody else has, for many people at once: given names are taken or
//! refused, made names get a number until they are free.

use std::collections::HashSet;

use domain::{
    field::{FieldError, Rule},
    id::{TargetId, TenantId, UserId},
    naming::{Pattern, logon_candidate, principal_candidate},
};
use store::{
    tx::WriteTx,
    users::{Name, NameKind},
};

use crate::{AppError, people::Person, suffixes};

/// How many numbers are tried at once for a name that is taken.
const CANDIDATES: u32 = 40;
/// The highest number tried: more people of one name than any customer has.
const MOST: u32 = 100_000;

/// Where people get their names.
pub(crate) struct Naming<'a> {
    pub tenant: TenantId,
    pub code: &'a str,
    pub target: TargetId,
    pub pattern: &'a Pattern,
    /// The suffixes of the customer; made names get the first.
    pub suffixes: &'a [String],
}

/// The names one person got.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub principal: String,
    pub logon: String,
}

/// One name that is being looked for.
struct Wish {
    person: usize,
    kind: NameKind,
    /// Given by somebody: taken or refused, never changed.
    given: Option<String>,
    base: String,
    n: u32,
}

impl Wish {
    fn value(&self, naming: &Naming<'_>) -> String {
        match (&self.given, self.kind) {
            (Some(given), _) => given.clone(),
            (None, NameKind::LogonName) => logon_candidate(&self.base, naming.code, self.n),
            (None, _) => {
                let suffix = naming.suffixes.first().map_or("", String::as_str);
                format!("{}@{suffix}", principal_candidate(&self.base, self.n))
            }
        }
    }

    fn name(&self, naming: &Naming<'_>) -> Name {
        let value = self.value(naming);
        match self.kind {
            NameKind::LogonName => Name::logon(naming.target, &value),
            _ => Name::principal(&value),
        }
    }

    fn field(&self, people: &[(String, &Person, UserId)]) -> String {
        let (path, person, _) = &people[self.person];
        let field = match self.kind {
            NameKind::LogonName => "logon_name",
            _ if person.user_name.is_some() => "user_name",
            _ => "principal_name",
        };
        if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
    }
}

/// Reserves names for people (their place in what was given, the person, its id).
pub(crate) async fn assign(
    tx: &mut WriteTx<'_>,
    naming: &Naming<'_>,
    people: &[(String, &Person, UserId)],
) -> Result<Vec<Names>, AppError> {
    let mut open = wishes(naming, people)?;
    let mut used = HashSet::new();
    let mut names = vec![Names { principal: String::new(), logon: String::new() }; people.len()];
    let mut errors = Vec::new();
    // Given names first: a made name gives way to them.
    open.sort_by_key(|w| w.given.is_none());
    for wish in &mut open {
        while !used.insert(wish.name(naming)) {
            if wish.given.is_some() {
                let value = wish.value(naming);
                errors.push(FieldError::new(wish.field(people), Rule::Duplicate).with("value", value));
                break;
            }
            wish.n += 1;
        }
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    while !open.is_empty() {
        let asked: Vec<_> = open.iter().map(|w| (w.name(naming), people[w.person].2.uuid())).collect();
        let taken: HashSet<usize> = tx.reserve(naming.tenant, &asked).await?.into_iter().collect();
        let mut again = Vec::new();
        for (i, wish) in open.into_iter().enumerate() {
            if !taken.contains(&i) {
                let value = wish.value(naming);
                match wish.kind {
                    NameKind::LogonName => names[wish.person].logon = value,
                    _ => names[wish.person].principal = value,
                }
            } else if wish.given.is_some() || wish.n >= MOST {
                let value = wish.value(naming);
                errors.push(FieldError::new(wish.field(people), Rule::Taken).with("value", value));
            } else {
                again.push(wish);
            }
        }
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
        if again.is_empty() {
            break;
        }
        number(tx, naming, &mut again, &mut used).await?;
        open = again;
    }
    Ok(names)
}

fn wishes(naming: &Naming<'_>, people: &[(String, &Person, UserId)]) -> Result<Vec<Wish>, AppError> {
    let mut wishes = Vec::with_capacity(people.len() * 2);
    let mut errors = Vec::new();
    for (i, (path, person, _)) in people.iter().enumerate() {
        let base = person.user_name.clone().unwrap_or_else(|| {
            let (given, sur) = (person.given_name.as_deref(), person.surname.as_deref());
            // Somebody with nothing but a display name is named by it.
            let given = given.or_else(|| sur.is_none().then_some(person.display_name.as_str()));
            naming.pattern.fill(given.unwrap_or_default(), sur.unwrap_or_default())
        });
        let principal = match (&person.principal_name, &person.user_name) {
            (Some(name), _) => Some(name.clone()),
            (None, Some(user)) => naming.suffixes.first().map(|suffix| format!("{user}@{suffix}")),
            (None, None) => None,
        };
        if let Some(principal) = &principal {
            let field =
                if path.is_empty() { "principal_name".to_owned() } else { format!("{path}.principal_name") };
            errors.extend(suffixes::is_own(&field, principal, naming.suffixes).err());
        }
        let wish = |kind, given| Wish { person: i, kind, given, base: base.clone(), n: 1 };
        wishes.push(wish(NameKind::PrincipalName, principal));
        wishes.push(wish(NameKind::LogonName, person.logon_name.clone()));
    }
    if errors.is_empty() { Ok(wishes) } else { Err(AppError::Invalid(errors)) }
}

/// Finds the next free number for each, asking for many at once.
async fn number(
    tx: &mut WriteTx<'_>,
    naming: &Naming<'_>,
    wishes: &mut [Wish],
    used: &mut HashSet<Name>,
) -> Result<(), AppError> {
    let mut asked = Vec::new();
    for wish in wishes.iter_mut() {
        let first = wish.n;
        for n in first + 1..=first + CANDIDATES {
            wish.n = n;
            asked.push(wish.name(naming));
        }
        wish.n = first;
    }
    let taken: HashSet<Name> = tx.names_taken(&asked).await?.into_iter().collect();
    for wish in wishes {
        let last = wish.n + CANDIDATES;
        wish.n += 1;
        while wish.n < last && (taken.contains(&wish.name(naming)) || used.contains(&wish.name(naming))) {
            wish.n += 1;
        }
        used.insert(wish.name(naming));
    }
    Ok(())
}
