//! What another panel exported about its customers, their people and what
//! these use, read from its files. Every value that cannot be read is told with
//! its row and column; nothing is guessed. What becomes of it is in
//! [`crate::adoption`].
//!
//! Start at [`Files`]. A file comes as the rows of [`crate::table`]; what their
//! cells mean is in `table`.

mod table;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    adoption::matching::{Keys, Rule as Match},
    field::{FieldError, Rule},
    limits, names,
    tenant::Code,
};
use table::Row;
pub use table::Table;

/// The files of one export while they are read.
#[derive(Debug)]
pub struct Files {
    /// One row for each customer.
    pub customers: Table,
    /// One row for each person.
    pub users: Table,
    /// One row for each service somebody has. May be left out.
    pub services: Table,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            customers: Table::of("customers", CUSTOMERS),
            users: Table::of("users", USERS),
            services: Table::of("services", SERVICES),
        }
    }
}

/// A customer of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Where it stands in its file.
    pub line: u64,
    /// Short name.
    pub code: String,
    /// Display name.
    pub name: String,
    /// Id in the invoicing system.
    pub billing_id: Option<String>,
    /// Code of the seller.
    pub seller: Option<String>,
    /// Where it lies in the directory: a name or a distinguished name.
    pub location: Option<String>,
}

/// A person of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Where it stands in its file.
    pub line: u64,
    /// Code of the customer.
    pub customer: String,
    /// What the account can be found by.
    pub keys: Keys,
    /// The key by which the customer knows the person.
    pub external_id: Option<String>,
}

/// A service that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Where it stands in its file.
    pub line: u64,
    /// Code of the customer, if the file says it.
    pub customer: Option<String>,
    /// The person; none when the customer has it as a whole.
    pub user: Option<Keys>,
    /// The service and its plan, as `Hosted Desktop/Standard`, or the service alone.
    pub service: String,
}

/// All of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// Customers.
    pub customers: Vec<Customer>,
    /// People.
    pub people: Vec<Person>,
    /// Who has what.
    pub assignments: Vec<Assignment>,
}

/// A column: what it means, and the headings it is known by (without blanks,
/// `_`, `-` and capitals).
#[derive(Debug)]
struct Column {
    means: &'static str,
    known_as: &'static [&'static str],
    needed: bool,
}

const fn column(means: &'static str, known_as: &'static [&'static str], needed: bool) -> Column {
    Column { means, known_as, needed }
}

/// How people call the customer a row belongs to.
const CUSTOMER: &[&str] = &["customer", "customercode", "customershortname", "shortname", "customerid"];
/// Headings of Atria and of CPSM before it; no two of their exports agree on blanks and capitals.
const CUSTOMERS: &[Column] = &[
    column("code", &["code", "customercode", "customershortname", "shortname"], true),
    column(
        "name",
        &["name", "customername", "customerfullname", "fullname", "companyname", "displayname"],
        true,
    ),
    column(
        "billing_id",
        &["billingid", "billingcode", "billingreference", "billingaccount", "accountnumber"],
        false,
    ),
    column(
        "seller",
        &["parent", "reseller", "parentcustomer", "parentcode", "resellercode", "seller"],
        false,
    ),
    column(
        "location",
        &["location", "adlocation", "ou", "ouname", "container", "distinguishedname", "dn"],
        false,
    ),
];
const USERS: &[Column] = &[
    column("customer", CUSTOMER, true),
    column("principal_name", &["upn", "userprincipalname", "login", "loginname", "emailaslogin"], false),
    column("user_name", &["username", "user", "samaccountname", "logonname", "username(prew2k)"], false),
    column("mail", &["mail", "email", "emailaddress", "primaryemail", "primarysmtpaddress"], false),
    column("employee_id", &["employeeid", "employeenumber"], false),
    column("external_id", &["externalid", "recorduid", "userid", "id"], false),
];
const SERVICES: &[Column] = &[
    column("customer", CUSTOMER, false),
    column("user", &["user", "upn", "userprincipalname", "username", "login", "samaccountname"], false),
    column("service", &["service", "servicename", "product"], true),
    column("plan", &["plan", "userplan", "serviceplan", "customerplan", "package", "level"], false),
];

impl Files {
    /// What the files say, or everything that cannot be read.
    pub fn export(mut self) -> Result<Export, Vec<FieldError>> {
        let (mut errors, mut rows) = (Errors(Vec::new()), 0);
        for table in [&mut self.customers, &mut self.users, &mut self.services] {
            errors.0.extend(table.take_errors());
            rows += table.rows.len();
        }
        if rows > limits::MIGRATION_ROWS {
            errors.0.push(FieldError::new("users", Rule::TooMany).with("max", limits::MIGRATION_ROWS));
            return Err(errors.0);
        }
        let customers = errors.customers(&self.customers);
        let codes: BTreeSet<_> = customers.iter().map(|c| c.code.clone()).collect();
        let people = errors.people(&self.users, &codes);
        let assignments = errors.assignments(&self.services, &codes);
        if errors.0.is_empty() { Ok(Export { customers, people, assignments }) } else { Err(errors.0) }
    }
}

/// What a service is mapped by, whatever capitals and blanks it is written with.
#[must_use]
pub fn service_key(text: &str) -> String {
    let words = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    text.split('/').map(words).collect::<Vec<_>>().join("/")
}

struct Errors(Vec<FieldError>);

impl Errors {
    fn take<T>(&mut self, row: &Row, column: &str, checked: Result<T, FieldError>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(error) => {
                self.0.push(row.explain(column, error));
                None
            }
        }
    }

    fn line(&mut self, row: &Row, column: &str, max: usize) -> Option<String> {
        let checked = names::optional_line(&row.field(column), row.text(column), max);
        self.take(row, column, checked).flatten()
    }

    fn customers(&mut self, table: &Table) -> Vec<Customer> {
        let mut lines: BTreeMap<String, u64> = BTreeMap::new();
        let mut all = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let text = |column| row.text(column).unwrap_or_default();
            let code = Code::parse(&row.field("code"), &text("code").to_lowercase());
            let code = self.take(row, "code", code);
            let name = self.take(row, "name", names::display_name(&row.field("name"), text("name")));
            let billing_id = self.line(row, "billing_id", limits::REFERENCE_CHARS);
            let seller = self.line(row, "seller", limits::REFERENCE_CHARS).map(|s| s.to_lowercase());
            let location = self.line(row, "location", limits::DN_CHARS);
            let Some((code, name)) = code.zip(name) else { continue };
            let code = code.as_str().to_owned();
            if let Some(other) = lines.insert(code.clone(), row.line) {
                let error = FieldError::new(row.field("code"), Rule::Duplicate);
                self.0.push(row.explain("code", error.with("other", format!("row {other}"))));
                continue;
            }
            all.push(Customer { line: row.line, code, name, billing_id, seller, location });
        }
        all
    }

    /// The customer a row belongs to.
    fn customer(&mut self, row: &Row, codes: &BTreeSet<String>) -> Option<String> {
        let code = row.text("customer")?.to_lowercase();
        if codes.contains(&code) {
            return Some(code);
        }
        let error = FieldError::new(row.field("customer"), Rule::Unknown);
        self.0.push(row.explain("customer", error.with("expected", "a code of the file of customers")));
        None
    }

    fn people(&mut self, table: &Table, codes: &BTreeSet<String>) -> Vec<Person> {
        let mut all = Vec::with_capacity(table.rows.len());
        let mut lines: BTreeMap<(&str, String), u64> = BTreeMap::new();
        for row in &table.rows {
            if row.text("customer").is_none() {
                let error = FieldError::new(row.field("customer"), Rule::Required);
                self.0.push(row.explain("customer", error));
                continue;
            }
            let Some(customer) = self.customer(row, codes) else { continue };
            let mut keys = user_keys(row.text("user_name"));
            keys.extend(user_keys(row.text("principal_name")));
            keys.extend(row.text("mail").map(|mail| (Match::Mail, mail.to_owned())));
            keys.extend(row.text("employee_id").map(|id| (Match::EmployeeId, id.to_owned())));
            if keys.is_empty() {
                let error = FieldError::new(row.field("principal_name"), Rule::Required);
                let expected = "a principal name, user name, mail address or employee id";
                self.0.push(row.explain("principal_name", error.with("expected", expected)));
                continue;
            }
            let external_id = self.line(row, "external_id", 128);
            // Of one account, or one key, there is one row; numbers at an employer may repeat.
            let principal = keys.get(&Match::PrincipalName).map(|key| ("principal_name", key.to_lowercase()));
            let logon = keys.get(&Match::LogonName).map(|key| ("user_name", key.to_lowercase()));
            let external = external_id.as_ref().map(|key| ("external_id", format!("{customer} {key}")));
            let mut once = true;
            for (column, key) in principal.into_iter().chain(logon).chain(external) {
                if let Some(other) = lines.insert((column, key), row.line) {
                    let error = FieldError::new(row.field(column), Rule::Duplicate);
                    self.0.push(row.explain(column, error.with("other", format!("row {other}"))));
                    once = false;
                }
            }
            if !once {
                continue;
            }
            all.push(Person { line: row.line, customer, keys, external_id });
        }
        all
    }

    fn assignments(&mut self, table: &Table, codes: &BTreeSet<String>) -> Vec<Assignment> {
        let mut all = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let Some(service) = row.text("service") else {
                let error = FieldError::new(row.field("service"), Rule::Required);
                self.0.push(row.explain("service", error));
                continue;
            };
            let customer = match row.text("customer") {
                None => None,
                Some(_) => match self.customer(row, codes) {
                    None => continue,
                    known => known,
                },
            };
            let user = row.text("user").map(|user| user_keys(Some(user)));
            if customer.is_none() && user.is_none() {
                let error = FieldError::new(row.field("user"), Rule::Required);
                self.0.push(row.explain("user", error.with("expected", "a person or a customer")));
                continue;
            }
            let service = match row.text("plan") {
                Some(plan) => format!("{service}/{plan}"),
                None => service.to_owned(),
            };
            all.push(Assignment { line: row.line, customer, user, service });
        }
        all
    }
}

/// `User Name` is a log-on name in one export and a principal name in the next.
fn user_keys(text: Option<&str>) -> Keys {
    let rule = |text: &str| if text.contains('@') { Match::PrincipalName } else { Match::LogonName };
    text.map(|text| (rule(text), text.to_owned())).into_iter().collect()
}
