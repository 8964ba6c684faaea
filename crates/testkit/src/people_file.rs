//! Files of people as customers bring them: names of several countries, and the dirt that collects
//! in lists that people keep. The same size and seed give the same bytes.

use std::io;

use domain::clock::{Random, SeededRandom};
use sheet::{CsvWriter, XlsxWriter};

/// The headings: what the fields are called in the API.
pub const HEADINGS: [&str; 14] = [
    "given_name",
    "surname",
    "display_name",
    "user_name",
    "mail",
    "phone",
    "mobile",
    "title",
    "department",
    "manager",
    "enabled",
    "plans",
    "groups",
    "employee_id",
];

/// Given names and surnames that stand together.
const COUNTRIES: [(&[&str], &[&str]); 8] = [
    (
        &["Søren", "Åse", "Bjørn", "Kirsten", "Jørgen", "Mette", "Anders", "Pernille"],
        &["Kjær", "Ødegård", "Østergaard", "Jensen", "Nørgaard", "Bækgaard", "Møller", "Holm"],
    ),
    (
        &["Jürgen", "Käthe", "Björn-Hendrik", "Anneliese", "Götz", "Sören", "Ulrike", "Heinz"],
        &["Groß", "Müller-Lüdenscheidt", "von der Heide", "Weiß", "Schäfer", "Öztürk", "Böhm", "Krüger"],
    ),
    (
        &["Göran", "Åsa", "Märta", "Örjan", "Linnéa", "Håkan", "Ebba", "Torbjörn"],
        &["Åkesson", "Öberg", "Sjöström", "Lindqvist", "Ångström", "af Ugglas", "Ek", "Bäckström"],
    ),
    (
        &["Łukasz", "Małgorzata", "Świętosława", "Paweł", "Zofia", "Grażyna", "Józef", "Żaneta"],
        &[
            "Wiśniewski",
            "Dąbrowska",
            "Brzęczyszczykiewicz",
            "Źródło",
            "Łoś",
            "Nowak-Kowalska",
            "Ćwik",
            "Zając",
        ],
    ),
    (
        &["İbrahim", "Şebnem", "Çağlar", "Işıl", "Gökçe", "Ömer", "Ayşe", "Uğur"],
        &["Yılmaz", "Çelik", "Şahin", "Öztürk", "Kılıç", "Aydın", "Güneş", "Doğan"],
    ),
    (
        &["Nguyễn Thị", "Trần Văn", "Lê Minh", "Phạm Đức", "Đặng Thùy", "Vũ Hoàng", "Bùi Xuân", "Hồ Ngọc"],
        &["Anh", "Bình", "Cường", "Dũng", "Hạnh", "Hiếu", "Phương", "Trâm"],
    ),
    (
        &["Venkata", "Priyanka", "Mohammed", "Lakshmi", "Arjun", "Sri", "Deepa", "R."],
        &["Subramaniam", "Krishnamurthy", "Patel", "K", "Venkataramanan", "Singh", "D'Souza", "Iyer"],
    ),
    (
        &["Anne-Marie", "William", "Siobhán", "Ieuan", "Mary Jane", "Beau", "Zoë", "Alistair"],
        &["O'Neill", "MacDonald", "St. John-Smythe", "Smith", "Ng", "Null", "True", "Llewelyn"],
    ),
];
const DEPARTMENTS: [(&str, &str); 8] = [
    ("Sales", "Account manager"),
    ("Sales; North", "Key account manager, DACH & Nordics"),
    ("Økonomi", "Bogholder"),
    ("Einkauf", "Sachbearbeiter \"A\""),
    ("Księgowość", "Główna księgowa"),
    ("R&D", "Engineer <II>"),
    ("Human Resources", "HR | Payroll"),
    ("Board", "- on leave -"),
];
/// The plans people have.
pub const PLANS: [&str; 2] = ["desktop-standard", "mail-standard"];
/// The groups people are in.
pub const GROUPS: [&str; 4] = ["All staff", "Sales EMEA", "VPN users", "Projects 2026"];
const HAS_PLANS: [&str; 4] = ["desktop-standard", "desktop-standard,mail-standard", "mail-standard", ""];
const IS_IN: [&str; 5] =
    ["All staff", "All staff; Sales EMEA", "VPN users", "All staff;VPN users;Projects 2026", ""];

/// A file of people.
#[derive(Debug, Clone, Copy)]
pub struct PeopleFile<'a> {
    /// Rows below the headings, blank ones not counted.
    pub rows: usize,
    /// Another seed, another file.
    pub seed: u64,
    /// What stands behind the `@`.
    pub domain: &'a str,
    /// Whether there is anything wrong with it: blanks around values, blank rows, people twice,
    /// mails in capitals, dates and remarks where they do not belong.
    pub is_dirty: bool,
}

impl PeopleFile<'_> {
    /// As CSV.
    pub fn csv(&self) -> io::Result<Vec<u8>> {
        let mut writer = CsvWriter::new(Vec::new())?;
        self.each(|row| writer.row(row))?;
        writer.finish()
    }

    /// As a workbook.
    pub fn xlsx(&self) -> io::Result<Vec<u8>> {
        let mut writer = XlsxWriter::new(Vec::new(), "People")?;
        self.each(|row| writer.row(row))?;
        writer.finish()
    }

    /// Row by row, the headings first.
    pub fn each(&self, mut row: impl FnMut(&[String]) -> io::Result<()>) -> io::Result<()> {
        let dice = Dice(SeededRandom::new(self.seed.wrapping_mul(2).wrapping_add(0x5EED)));
        row(&HEADINGS.map(str::to_owned))?;
        let mut last: Option<[String; 14]> = None;
        let mut manager = String::new();
        for number in 0..self.rows {
            if self.is_dirty && dice.one_in(40) {
                row(&[const { String::new() }; 14])?;
            }
            let again = last.take().filter(|_| self.is_dirty && dice.one_in(100));
            let mut person = match again {
                Some(person) => person,
                None => self.person(number, &manager, &dice),
            };
            if number % 25 == 0 {
                manager.clone_from(&person[4]);
            }
            last = Some(person.clone());
            if self.is_dirty {
                soil(&mut person, &dice);
            }
            row(&person)?;
        }
        Ok(())
    }

    fn person(&self, number: usize, manager: &str, dice: &Dice) -> [String; 14] {
        let (given, surnames) = *dice.of(&COUNTRIES);
        let (given, surname) = (*dice.of(given), *dice.of(surnames));
        let (department, title) = *dice.of(&DEPARTMENTS);
        let user_name = format!("user{number:06}");
        let mail = format!("{user_name}@{}", self.domain);
        let digits = dice.below(90_000_000) + 10_000_000;
        // As people write numbers: some begin with what a spreadsheet takes for something else.
        let phone = match dice.below(4) {
            0 => format!("+45 {digits}"),
            1 => format!("0045{digits}"),
            2 => format!("030 / {digits}-{}", dice.below(100)),
            _ => format!("(0){digits}"),
        };
        let text = |text: &str| text.to_owned();
        [
            text(given),
            text(surname),
            format!("{given} {surname}"),
            user_name,
            mail,
            phone,
            if dice.one_in(3) { String::new() } else { format!("+49 17{}", dice.below(1_000_000_000)) },
            text(title),
            text(department),
            text(manager),
            text(if dice.one_in(20) { "no" } else { "yes" }),
            text(dice.of::<&str>(&HAS_PLANS)),
            text(dice.of::<&str>(&IS_IN)),
            format!("{number:06}"),
        ]
    }
}

/// What becomes of a row in a list that people keep.
fn soil(person: &mut [String; 14], dice: &Dice) {
    const REMARKS: [&str; 6] = ["31.12.2026", "2026-02-30", "n/a", "-", "see Anna", "#N/A"];
    match dice.below(12) {
        0 => person[0].push(' '),
        1 => person[1].insert(0, '\u{A0}'),
        2 => person[2].push_str("\u{A0} \u{200B}"),
        3 => person[4] = person[4].to_uppercase(),
        4 => person[8].push('\t'),
        5 => person[7].push_str("\r\n(until summer)"),
        6 => person[5] = (*dice.of(&REMARKS)).to_owned(),
        7 => person[6] = (*dice.of(&REMARKS)).to_owned(),
        8 => person[9] = person[9].to_uppercase(),
        // What a spreadsheet makes of leading zeros.
        9 => person[13] = person[13].trim_start_matches('0').to_owned(),
        _ => {}
    }
}

/// Numbers in the order of a seed.
struct Dice(SeededRandom);

impl Dice {
    fn below(&self, end: u32) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_be_bytes(bytes) % end
    }

    fn one_in(&self, times: u32) -> bool {
        self.below(times) == 0
    }

    fn of<'a, T>(&self, all: &'a [T]) -> &'a T {
        let end = u32::try_from(all.len()).unwrap_or(u32::MAX);
        &all[self.below(end) as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::PeopleFile;

    fn rows(file: &[u8]) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        sheet::read(file, &mut |row| {
            rows.push(row.cells.into_iter().map(|cell| cell.text).collect());
            ControlFlow::Continue(())
        })
        .expect("readable");
        rows
    }

    #[test]
    fn the_same_seed_gives_the_same_file_in_both_formats() {
        let file = PeopleFile { rows: 500, seed: 7, domain: "acme.example", is_dirty: true };
        let csv = file.csv().expect("memory");
        assert_eq!(csv, file.csv().expect("memory"));
        assert_ne!(csv, PeopleFile { seed: 8, ..file }.csv().expect("memory"));
        let people = rows(&csv);
        assert_eq!(people.len(), 501);
        assert_eq!(people, rows(&file.xlsx().expect("memory")));
    }

    #[test]
    fn a_clean_file_has_everybody_once() {
        let file = PeopleFile { rows: 300, seed: 1, domain: "acme.example", is_dirty: false };
        let people = rows(&file.csv().expect("memory"));
        let mails: std::collections::BTreeSet<_> = people.iter().skip(1).map(|row| &row[4]).collect();
        assert_eq!(mails.len(), 300);
        assert!(people.iter().skip(1).all(|row| row[5].starts_with(['+', '0', '('])));
    }
}
