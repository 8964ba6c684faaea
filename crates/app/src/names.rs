//! Names nobody else has, for many people at once: given names are taken or
//! refused, made names get a number until they are free.

use std::collections::{HashMap, HashSet};

use domain::{
    field::{FieldError, Rule},
    id::{TargetId, TenantId, UserId},
    naming::{Pattern, logon_candidate, principal_candidate},
};
use jiff::Timestamp;
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

/// Who has a name that somebody wants.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holder {
    /// Somebody here.
    Somebody,
    /// An account or group in the directory that is nobody's here, as a survey saw then.
    Directory(Timestamp),
}

impl Holder {
    /// Somebody in the directory, of whom only those are told who may take over what is there.
    pub fn there(seen: Option<Timestamp>) -> Self {
        seen.map_or(Self::Somebody, Self::Directory)
    }

    /// Why the name cannot be had.
    pub fn error(self, field: &str, value: &str) -> FieldError {
        match self {
            Self::Somebody => FieldError::new(field, Rule::Taken).with("value", value),
            Self::Directory(at) => {
                FieldError::new(field, Rule::InDirectory).with("value", value).with("seen", at)
            }
        }
    }
}

/// Names of people who are looked at together, part after part.
#[derive(Debug, Default)]
pub(crate) struct Used {
    /// Names that are given further down: a made name gives way to them.
    pub given: HashSet<Name>,
    /// Names somebody got.
    got: HashSet<Name>,
    /// The next number of what made names begin with.
    next: HashMap<(NameKind, String), u32>,
    /// Names nobody here has, and whether somebody in the directory was thought to have them.
    looked: HashMap<Name, bool>,
}

impl Used {
    /// Takes a name; says whether it was free.
    pub fn take(&mut self, name: &Name) -> bool {
        self.got.insert(name.clone())
    }

    /// Notes names that were looked for here and in what is known of the directory.
    pub fn note(&mut self, asked: &[Name], taken: &HashSet<Name>, seen: &HashMap<Name, Option<Timestamp>>) {
        let free = asked.iter().filter(|name| !taken.contains(*name));
        self.looked.extend(free.map(|name| (name.clone(), seen.contains_key(name))));
    }

    /// Names the directory itself can be asked about, and whether somebody there was thought to have them.
    pub fn looked(self) -> Vec<(Name, bool)> {
        self.looked.into_iter().collect()
    }

    /// Takes the next made name that nobody got and nobody is given.
    fn number(&mut self, naming: &Naming<'_>, wish: &mut Wish) {
        let next = self.next.entry((wish.kind, wish.base.clone())).or_insert(wish.n);
        wish.n = *next;
        loop {
            let name = wish.name(naming);
            if wish.n >= MOST || (!self.given.contains(&name) && self.got.insert(name)) {
                break;
            }
            wish.n += 1;
        }
        *next = wish.n + 1;
    }
}

/// Reserves names for people (their place in what was given, the person, its id): all or none.
pub(crate) async fn assign(
    tx: &mut WriteTx<'_>,
    naming: &Naming<'_>,
    people: &[(String, &Person, UserId)],
) -> Result<Vec<Names>, AppError> {
    let (mut open, mut errors) = wishes(naming, people);
    let mut used = Used::default();
    errors.extend(apart(naming, people, &mut open, &mut used));
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let mut names = nameless(people);
    while !open.is_empty() {
        // A made name gives way to what is in the directory; whether a given one is still there, that one says.
        let made: Vec<_> = open.iter().filter(|w| w.given.is_none()).map(|w| w.name(naming)).collect();
        let seen = tx.names_seen(naming.tenant, naming.target, &made).await?;
        let (mut again, hoped): (Vec<_>, Vec<_>) = open
            .into_iter()
            .partition(|w| w.given.is_none() && w.n < MOST && seen.contains_key(&w.name(naming)));
        let asked: Vec<_> = hoped.iter().map(|w| (w.name(naming), people[w.person].2.uuid())).collect();
        let taken: HashSet<usize> = tx.reserve(naming.tenant, &asked).await?.into_iter().collect();
        let has = |i: usize| taken.contains(&i).then_some(Holder::Somebody);
        let (more, errors) = settle(naming, people, hoped, &mut names, has);
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
        again.extend(more);
        number(tx, naming, &mut again, &mut used).await?;
        open = again;
    }
    Ok(names)
}

/// The names people would get now, without taking them, and what is wrong with those that
/// were given: who has an error has no names. `used` goes on from one part of them to the next.
pub(crate) async fn foresee(
    tx: &mut ReadTx<'_>,
    naming: &Naming<'_>,
    people: &[(String, &Person, UserId)],
    used: &mut Used,
) -> Result<(Vec<Names>, Vec<FieldError>), AppError> {
    let (mut open, mut errors) = wishes(naming, people);
    errors.extend(apart(naming, people, &mut open, used));
    let mut names = nameless(people);
    while !open.is_empty() {
        let asked: Vec<_> = open.iter().map(|w| w.name(naming)).collect();
        let taken: HashSet<_> = tx.names_taken(&asked).await?.into_iter().collect();
        let seen = tx.names_seen(naming.tenant, naming.target, &asked).await?;
        used.note(&asked, &taken, &seen);
        let has = |i: usize| match taken.contains(&asked[i]) {
            true => Some(Holder::Somebody),
            false => seen.get(&asked[i]).copied().map(Holder::there),
        };
        let (mut again, more) = settle(naming, people, open, &mut names, has);
        errors.extend(more);
        number(tx, naming, &mut again, used).await?;
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
    used: &mut Used,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    // Given names first: a made name gives way to them.
    open.sort_by_key(|w| w.given.is_none());
    open.retain_mut(|wish| {
        if wish.given.is_none() {
            used.number(naming, wish);
            return true;
        }
        let is_free = used.take(&wish.name(naming));
        if !is_free {
            let value = wish.value(naming);
            errors.push(FieldError::new(wish.field(people), Rule::Duplicate).with("value", value));
        }
        is_free
    });
    errors
}

/// Notes the names that nobody has; gives those that are looked for again, and the mistakes.
fn settle(
    naming: &Naming<'_>,
    people: &[(String, &Person, UserId)],
    open: Vec<Wish>,
    names: &mut [Names],
    has: impl Fn(usize) -> Option<Holder>,
) -> (Vec<Wish>, Vec<FieldError>) {
    let (mut again, mut errors) = (Vec::new(), Vec::new());
    for (i, wish) in open.into_iter().enumerate() {
        let value = wish.value(naming);
        match (has(i), wish.kind) {
            (None, NameKind::LogonName) => names[wish.person].logon = value,
            (None, _) => names[wish.person].principal = value,
            (Some(holder), _) if wish.given.is_some() || wish.n >= MOST => {
                errors.push(holder.error(&wish.field(people), &value));
            }
            (Some(_), _) => again.push(wish),
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

/// Gives each the next number that seems free: those who are to be called alike go on together from
/// the last one, and are asked for together.
async fn number(
    tx: &mut ReadTx<'_>,
    naming: &Naming<'_>,
    wishes: &mut [Wish],
    used: &mut Used,
) -> Result<(), AppError> {
    if wishes.is_empty() {
        return Ok(());
    }
    let mut alike: HashMap<(NameKind, &str), u32> = HashMap::new();
    for wish in wishes.iter() {
        *alike.entry((wish.kind, wish.base.as_str())).or_insert(CANDIDATES) += 1;
    }
    let mut asked = Vec::new();
    for ((kind, base), many) in alike {
        let base = base.to_owned();
        let first = used.next.get(&(kind, base.clone())).copied().unwrap_or(1);
        let mut wish = Wish { person: 0, kind, given: None, base, n: first };
        while wish.n < first.saturating_add(many) {
            asked.push(wish.name(naming));
            wish.n += 1;
        }
    }
    let taken = tx.names_taken(&asked).await?.into_iter().collect();
    let seen = tx.names_seen(naming.tenant, naming.target, &asked).await?;
    used.note(&asked, &taken, &seen);
    used.got.extend(taken);
    used.got.extend(seen.into_keys());
    for wish in wishes {
        used.number(naming, wish);
    }
    Ok(())
}
