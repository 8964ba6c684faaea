//! Names nobody else has, for many people at once: given names are taken or
//! refused, made names get a number until they are free.

use std::collections::HashSet;

use domain::{
    field::{FieldError, Rule},
    id::{TargetId, TenantId, UserId},
    naming::{Pattern, logon_candidate, principal_candidate},
};
use store::{
    tx::{ReadTx, WriteTx},
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

/// Reserves names for people (their place in what was given, the person, its id): all or none.
pub(crate) async fn assign(
    tx: &mut WriteTx<'_>,
    naming: &Naming<'_>,
    people: &[(String, &Person, UserId)],
) -> Result<Vec<Names>, AppError> {
    let (mut open, mut errors) = wishes(naming, people);
    let mut used = HashSet::new();
    errors.extend(apart(naming, people, &mut open, &mut used));
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let mut names = nameless(people);
    while !open.is_empty() {
        let asked: Vec<_> = open.iter().map(|w| (w.name(naming), people[w.person].2.uuid())).collect();
        let taken: HashSet<usize> = tx.reserve(naming.tenant, &asked).await?.into_iter().collect();
        let (mut again, errors) = settle(naming, people, open, &mut names, |i, _| taken.contains(&i));
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
        number(tx, naming, &mut again, &mut used).await?;
        open = again;
    }
    Ok(names)
}

/// The names people would get now, without taking them, and what is wrong with those that
/// were given: who has an error has no names.
pub(crate) async fn foresee(
    tx: &mut ReadTx<'_>,
    naming: &Naming<'_>,
    people: &[(String, &Person, UserId)],
) -> Result<(Vec<Names>, Vec<FieldError>), AppError> {
    let (mut open, mut errors) = wishes(naming, people);
    let mut used = HashSet::new();
    errors.extend(apart(naming, people, &mut open, &mut used));
    let mut names = nameless(people);
    while !open.is_empty() {
        let asked: Vec<_> = open.iter().map(|w| w.name(naming)).collect();
        let taken: HashSet<_> = tx.names_taken(&asked).await?.into_iter().collect();
        let (mut again, more) =
            settle(naming, people, open, &mut names, |_, wish| taken.contains(&wish.name(naming)));
        errors.extend(more);
        number(tx, naming, &mut again, &mut used).await?;
        open = again;
    }
    Ok((names, errors))
}

fn nameless(people: &[(String, &Person, UserId)]) -> Vec<Names> {
    vec![Names { principal: String::new(), logon: String::new() }; people.len()]
}

/// Gives everybody another name: made names get a number, given ones that stand twice are
/// mistakes, and are looked for no further.
fn apart(
    naming: &Naming<'_>,
    people: &[(String, &Person, UserId)],
    open: &mut Vec<Wish>,
    used: &mut HashSet<Name>,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    // Given names first: a made name gives way to them.
    open.sort_by_key(|w| w.given.is_none());
    open.retain_mut(|wish| {
        while !used.insert(wish.name(naming)) {
            if wish.given.is_some() {
                let value = wish.value(naming);
                errors.push(FieldError::new(wish.field(people), Rule::Duplicate).with("value", value));
                return false;
            }
            wish.n += 1;
        }
        true
    });
    errors
}

/// Notes the names that nobody has; gives those that are looked for again, and the mistakes.
fn settle(
    naming: &Naming<'_>,
    people: &[(String, &Person, UserId)],
    open: Vec<Wish>,
    names: &mut [Names],
    is_taken: impl Fn(usize, &Wish) -> bool,
) -> (Vec<Wish>, Vec<FieldError>) {
    let (mut again, mut errors) = (Vec::new(), Vec::new());
    for (i, wish) in open.into_iter().enumerate() {
        let value = wish.value(naming);
        if !is_taken(i, &wish) {
            match wish.kind {
                NameKind::LogonName => names[wish.person].logon = value,
                _ => names[wish.person].principal = value,
            }
        } else if wish.given.is_some() || wish.n >= MOST {
            errors.push(FieldError::new(wish.field(people), Rule::Taken).with("value", value));
        } else {
            again.push(wish);
        }
    }
    (again, errors)
}

fn wishes(naming: &Naming<'_>, people: &[(String, &Person, UserId)]) -> (Vec<Wish>, Vec<FieldError>) {
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
            if let Err(error) = suffixes::is_own(&field, principal, naming.suffixes) {
                errors.push(error);
                continue;
            }
        }
        let wish = |kind, given| Wish { person: i, kind, given, base: base.clone(), n: 1 };
        wishes.push(wish(NameKind::PrincipalName, principal));
        wishes.push(wish(NameKind::LogonName, person.logon_name.clone()));
    }
    (wishes, errors)
}

/// Finds the next free number for each, asking for many at once.
async fn number(
    tx: &mut ReadTx<'_>,
    naming: &Naming<'_>,
    wishes: &mut [Wish],
    used: &mut HashSet<Name>,
) -> Result<(), AppError> {
    if wishes.is_empty() {
        return Ok(());
    }
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
