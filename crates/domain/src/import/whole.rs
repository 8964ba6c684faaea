//! What can only be seen of all rows together: who stands in the file twice, and in which
//! order people are made so that managers are there before those they manage.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Key, Said, Value, cell::common_name, value::alone};
use crate::field::{FieldError, Rule};

/// By what the people of a file are known, row by row: as little of each as shows who stands in it twice.
#[derive(Debug, Default)]
pub struct Keys {
    /// The line, and the values in the order of [`Key::ALL`].
    rows: Vec<(u32, [Option<Box<str>>; 4])>,
}

impl Keys {
    /// Those of these rows.
    #[must_use]
    pub fn of(rows: &[(u32, &Said)]) -> Self {
        let mut keys = Self::default();
        for (line, said) in rows {
            keys.note(*line, said);
        }
        keys
    }

    /// Adds a row.
    pub fn note(&mut self, line: u32, said: &Said) {
        self.rows.push((line, Key::ALL.map(|key| key.of(said).map(Box::from))));
    }

    fn values(&self, key: Key) -> impl Iterator<Item = (u32, &str)> {
        let at = Key::ALL.iter().position(|known| *known == key).unwrap_or_default();
        self.rows.iter().filter_map(move |(line, values)| Some((*line, values[at].as_deref()?)))
    }

    /// The best key that every row has, and no two rows have the same. Where none is without
    /// doubles, the best that every row has: the doubles are then errors.
    #[must_use]
    pub fn choose(&self) -> Option<Key> {
        let everywhere = |key: &Key| !self.rows.is_empty() && self.values(*key).count() == self.rows.len();
        let once = |key: &Key| {
            let mut seen = HashSet::new();
            self.values(*key).all(|(_, value)| seen.insert(key.folded(value)))
        };
        let whole: Vec<_> = Key::ALL.into_iter().filter(everywhere).collect();
        whole.iter().copied().find(once).or_else(|| whole.first().copied())
    }

    /// Rows that are about the same person, or give two people the same name. Each such row is
    /// told, with another of them, in the order of their lines. `key` is that by which people are known again.
    #[must_use]
    pub fn duplicates(&self, key: Option<Key>) -> Vec<(u32, FieldError)> {
        let mut codes = vec![Key::PrincipalName, Key::LogonName, Key::ExternalId];
        // Somebody with two accounts has the same number at the employer twice, unless people are known by it.
        codes.extend(key.filter(|key| *key == Key::EmployeeId));
        let mut errors = Vec::new();
        for code in codes {
            let mut values: Vec<_> =
                self.values(code).map(|(line, value)| (code.folded(value), line)).collect();
            // Those of one value keep the order of their lines.
            values.sort_by(|(a, _), (b, _)| a.cmp(b));
            for same in values.chunk_by(|(a, _), (b, _)| a == b).filter(|same| same.len() > 1) {
                for (n, (value, line)) in same.iter().enumerate() {
                    let (_, other) = if n == 0 { &same[1] } else { &same[0] };
                    let error = FieldError::new(code.code(), Rule::Duplicate).with("value", value);
                    errors.push((*line, error.with("row", line).with("other", format!("row {other}"))));
                }
            }
        }
        errors.sort_by_key(|(line, _)| *line);
        errors
    }
}

/// Who manages somebody, where that is a person of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Above {
    /// Which of the rows.
    pub row: usize,
    /// Only a name or an address for mail says so, which somebody outside of the file may have, too.
    pub by_name: bool,
}

/// In which order people are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// Of each row who manages the person; none where nobody does, or nobody of the file.
    pub managers: Vec<Option<Above>>,
    /// Of each row how many managers stand above within the file. Nobody of one depth manages
    /// another of the same.
    pub depths: Vec<usize>,
    /// All rows, managers before those they manage, else as they stand in the file.
    pub sequence: Vec<usize>,
    /// Rows whose managers go round in a circle, each with another of the circle.
    pub errors: Vec<(u32, FieldError)>,
}

/// The order in which the people of these rows are made.
#[must_use]
pub fn order(rows: &[(u32, &Said)]) -> Order {
    let mut names = Names::default();
    for (row, (_, said)) in rows.iter().enumerate() {
        names.note(row, &said.values);
    }
    let managers: Vec<_> = rows.iter().map(|(_, said)| names.find(said.text("manager")?)).collect();
    let above: Vec<_> = managers.iter().map(|above| above.map(|above| above.row)).collect();
    let (depths, circles) = depths(&above);
    let mut sequence: Vec<usize> = (0..rows.len()).collect();
    sequence.sort_by_key(|row| (depths[*row], *row));
    let mut errors = Vec::new();
    for circle in circles {
        for (n, row) in circle.iter().enumerate() {
            let other = circle[(n + 1) % circle.len()];
            let (line, said) = rows[*row];
            let error = FieldError::new("manager", Rule::Cycle).with("row", line);
            let error = error.with("value", said.text("manager").unwrap_or_default());
            errors.push((line, error.with("other", format!("row {}", rows[other].0))));
        }
    }
    errors.sort_by_key(|(line, _)| *line);
    Order { managers, depths, sequence, errors }
}

/// The names of the people of a file: which row has them, and none where several have.
#[derive(Debug, Default)]
pub struct Names {
    certain: HashMap<String, Option<usize>>,
    external: HashMap<String, Option<usize>>,
    shown: HashMap<String, Option<usize>>,
}

impl Names {
    /// Adds the names a row says.
    pub fn note(&mut self, row: usize, values: &BTreeMap<String, Value>) {
        let text = |code: &str| match values.get(code) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        for name in ["principal_name", "logon_name"].into_iter().filter_map(text) {
            add(&mut self.certain, name.to_lowercase(), row);
        }
        if let Some(key) = text("external_id") {
            add(&mut self.external, key.to_owned(), row);
        }
        let full = || Some(format!("{} {}", text("given_name")?, text("surname")?));
        if let Some(name) = text("display_name").map(str::to_owned).or_else(full) {
            add(&mut self.shown, name.to_lowercase(), row);
        }
        if let Some(mail) = text("mail") {
            add(&mut self.shown, mail.to_lowercase(), row);
        }
    }

    /// Adds the login of a row, which may have been made.
    pub fn note_login(&mut self, row: usize, login: &str) {
        add(&mut self.certain, login.to_lowercase(), row);
    }

    /// Who is meant by what somebody says of a manager, if that is one person of the file.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Above> {
        let name = manager_name(text);
        let folded = name.to_lowercase();
        let certain = self.certain.get(&folded).or_else(|| self.external.get(&name));
        match certain {
            Some(row) => row.map(|row| Above { row, by_name: false }),
            None => self.shown.get(&folded).copied().flatten().map(|row| Above { row, by_name: true }),
        }
    }
}

fn add(map: &mut HashMap<String, Option<usize>>, name: String, row: usize) {
    map.entry(name).and_modify(|known| *known = known.filter(|known| *known == row)).or_insert(Some(row));
}

/// The name by which somebody calls a manager: of a distinguished name the first, of a log-on name
/// what stands after the domain, else the text.
#[must_use]
pub fn manager_name(text: &str) -> String {
    common_name(text).unwrap_or_else(|| alone(text.trim()).to_owned())
}

/// How deep each stands below others, by who is above whom, and the circles there are. Who stands
/// in or below a circle counts from there.
#[must_use]
pub fn depths(managers: &[Option<usize>]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut depths: Vec<Option<usize>> = vec![None; managers.len()];
    let mut circles = Vec::new();
    let mut on_way = vec![usize::MAX; managers.len()];
    for start in 0..managers.len() {
        let (mut way, mut at) = (Vec::new(), Some(start));
        // Up until somebody whose depth is known, nobody, or somebody of this way.
        while let Some(row) = at.filter(|row| depths[*row].is_none() && on_way[*row] != start) {
            on_way[row] = start;
            way.push(row);
            at = managers[row];
        }
        let mut depth = at.and_then(|row| depths[row]).map_or(0, |depth| depth + 1);
        if let Some(row) = at.filter(|row| depths[*row].is_none()) {
            let from = way.iter().position(|known| *known == row).unwrap_or_default();
            let circle = way.split_off(from);
            for row in &circle {
                depths[*row] = Some(0);
            }
            circles.push(circle);
            depth = 1;
        }
        for row in way.into_iter().rev() {
            depths[row] = Some(depth);
            depth += 1;
        }
    }
    (depths.into_iter().map(Option::unwrap_or_default).collect(), circles)
}
