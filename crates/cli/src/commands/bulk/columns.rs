//! What the columns of a file mean, how that is kept, and cells that are mended.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use wire::{
    bulk::{Bulk, BulkState, KeptMapping, MendCell, Remap},
    common::Page,
};

use super::{fields, names_asked, told};
use crate::{
    client::{Answer, Client},
    commands::customer_id,
    failure::Failure,
    output::{Columns, Out, note},
};

/// Say what columns of a file mean, and show anew what would come of it.
#[derive(Debug, Args)]
pub struct Map {
    /// Id of the import
    pub bulk: String,
    /// A column by its heading, or by its number from 1, and what it means: `"Abteilung=department"`;
    /// `ignored` leaves it out. Without any the columns are shown
    #[arg(value_name = "COLUMN=MEANING")]
    pub columns: Vec<String>,
    /// By what people are known again: `external_id`, `principal_name`, `employee_id` or `logon_name`. The best of
    /// those the file has when not given
    #[arg(long)]
    pub key: Option<String>,
    /// How days as 03-04-2026 are read: `day_first` or `month_first`
    #[arg(long)]
    pub dates: Option<String>,
    /// What separates the entries of lists, as `;|`
    #[arg(long)]
    pub separators: Option<String>,
    /// Keep it under this name, for files with the same headings and for `--map`
    #[arg(long, value_name = "NAME")]
    pub keep_as: Option<String>,
}

/// Write a cell anew, and show anew what would come of the file.
#[derive(Debug, Args)]
pub struct Mend {
    /// Id of the import
    pub bulk: String,
    /// The row
    pub row: i32,
    /// The column, by its heading or by its number from 1
    pub column: String,
    /// What the cell says; empty without
    pub text: Option<String>,
}

/// What can be done with kept mappings.
#[derive(Debug, Subcommand)]
pub enum Mappings {
    /// List those of a customer and of who is above it
    List {
        /// The customer (code or id)
        #[arg(long)]
        customer: Option<String>,
    },
    /// Forget one that the customer keeps itself
    Forget {
        /// Its name
        name: String,
        /// The customer (code or id)
        #[arg(long)]
        customer: Option<String>,
    },
}

pub(super) async fn map(command: &Map, client: &Client, out: &Out) -> Result<(), Failure> {
    let answer = client.get(&["bulk", &command.bulk], &()).await?;
    let shown: Bulk = answer.read()?;
    let how = [("key", &command.key), ("dates", &command.dates), ("separators", &command.separators)];
    let is_said = how.iter().any(|(_, value)| value.is_some());
    if command.columns.is_empty() && command.keep_as.is_none() && !is_said {
        return columns(&shown, out);
    }
    let mut mapping = mapping(&shown)?;
    for said in &command.columns {
        let Some((column, meaning)) = said.rsplit_once('=') else {
            return Err(Failure::usage(
                format!("`{said}` says of no column what it means"),
                "write HEADING=MEANING, as `Abteilung=department`",
            ));
        };
        let at = place(&mapping, column)?;
        mapping["columns"][at] = json!(meaning);
    }
    // By what people are known follows from the columns, unless that is said.
    if let Some(all) = mapping.as_object_mut().filter(|_| !command.columns.is_empty()) {
        all.remove("key");
    }
    for (name, value) in how.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        mapping[name] = json!(value);
    }
    let new = Remap { mapping: Some(mapping), keep_as: command.keep_as.clone(), ..Remap::default() };
    anew(client, out, client.put_body(&["bulk", &command.bulk, "mapping"], &new).await?).await
}

pub(super) async fn mend(command: &Mend, client: &Client, out: &Out) -> Result<(), Failure> {
    let shown: Bulk = client.get(&["bulk", &command.bulk], &()).await?.read()?;
    let column = place(&mapping(&shown)?, &command.column)?;
    let column = u32::try_from(column).unwrap_or(u32::MAX);
    let cell = MendCell { column, text: command.text.clone().unwrap_or_default() };
    let row = command.row.to_string();
    anew(client, out, client.put_body(&["bulk", &command.bulk, "rows", &row], &cell).await?).await
}

pub(super) async fn kept(command: &Mappings, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Mappings::List { customer } => {
            let tenant = customer_id(client, customer.as_deref()).await?;
            let answer = client.get(&["tenants", &tenant, "import-mappings"], &()).await?;
            out.list(&Page { items: answer.read()?, next: None }, &KEPT)
        }
        Mappings::Forget { name, customer } => {
            let tenant = customer_id(client, customer.as_deref()).await?;
            client.delete(&["tenants", &tenant, "import-mappings", name], &(), None).await?;
            note(&format!("{name} is forgotten; files that were read by it stay as they are"));
            Ok(())
        }
    }
}

const KEPT: Columns<'static, KeptMapping> = Columns {
    titles: &["name", "headings", "meanings"],
    row: |kept| {
        let words = |of: &Value| texts(of).join(", ");
        vec![kept.name.clone(), words(&kept.mapping["headings"]), words(&kept.mapping["columns"])]
    },
};

async fn anew(client: &Client, out: &Out, answer: Answer) -> Result<(), Failure> {
    let answer = names_asked(client, answer).await?;
    let shown: Bulk = answer.read()?;
    told(client, &shown).await?;
    out.entity(&answer.body, &fields(&shown))
}

fn columns(shown: &Bulk, out: &Out) -> Result<(), Failure> {
    out.entity(&mapping(shown)?, &[("import", shown.id.clone()), ("what", shown.title.clone())])?;
    table(shown, out)
}

/// The columns of a file: what each is called, seems to mean, and holds.
pub(super) fn table(shown: &Bulk, out: &Out) -> Result<(), Failure> {
    let mapping = mapping(shown)?;
    let known = shown.file.as_ref().and_then(|file| file["columns"].as_array()).cloned().unwrap_or_default();
    let meanings = texts(&mapping["columns"]);
    let rows = meanings.into_iter().enumerate().map(|(at, meaning)| {
        let text =
            |key: &str| known.get(at).and_then(|column| column[key].as_str()).unwrap_or_default().to_owned();
        vec![(at + 1).to_string(), text("heading"), meaning, text("example")]
    });
    let rows: Vec<_> = rows.collect();
    out.table(&["column", "heading", "meaning", "first value"], &rows)
}

fn mapping(shown: &Bulk) -> Result<Value, Failure> {
    let open = matches!(shown.state, BulkState::Mapping | BulkState::Previewed);
    shown.mapping.clone().filter(|_| open).ok_or_else(|| {
        Failure::usage(
            format!("{} has no columns that can be said anew", shown.id),
            "give an import that was shown and not begun",
        )
    })
}

fn texts(of: &Value) -> Vec<String> {
    of.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The place of a column that is named by its heading or its number.
fn place(mapping: &Value, column: &str) -> Result<usize, Failure> {
    let headings = texts(&mapping["headings"]);
    let many = mapping["columns"].as_array().map_or(0, Vec::len);
    let heading = headings.iter().position(|heading| heading.trim().eq_ignore_ascii_case(column.trim()));
    let number = || column.trim().parse::<usize>().ok().filter(|at| (1..=many).contains(at)).map(|at| at - 1);
    heading.or_else(number).ok_or_else(|| {
        let known = if headings.is_empty() { format!("1 to {many}") } else { headings.join(", ") };
        Failure::usage(format!("the file has no column `{column}`"), format!("its columns are {known}"))
    })
}
