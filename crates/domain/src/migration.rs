//! What another panel exported about its customers, their people and what
//! these use, read from its files. Every value that cannot be read is told with
//! its row and column; nothing is guessed. What becomes of it is in
//! [`crate::adoption`].
//!
//! Start at [`read`]. How a file becomes rows is in `table`.

mod table;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    adoption::matching::{Keys, Rule as Match},
    field::{FieldError, Rule},
    limits, names,
    tenant::Code,
};
use table::{Row, Table};

/// The files of one export, as they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Files<'a> {
    /// One row for each customer.
    pub customers: &'a [u8],
    /// One row for each person.
    pub users: &'a [u8],
    /// One row for each service somebody has. May be empty.
    pub services: &'a [u8],
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

/// Reads an export, or says everything that cannot be read.
pub fn read(files: &Files<'_>) -> Result<Export, Vec<FieldError>> {
    let mut errors = Errors(Vec::new());
    let mut rows = 0;
    let mut open = |file, bytes: &[u8], columns| {
        let (table, wrong) = Table::read(file, bytes, columns);
        errors.0.extend(wrong);
        rows += table.rows.len();
        table
    };
    let customers = open("customers", files.customers, CUSTOMERS);
    let users = open("users", files.users, USERS);
    let services = match files.services.is_empty() {
        true => Table::default(),
        false => open("services", files.services, SERVICES),
    };
    if rows > limits::MIGRATION_ROWS {
        errors.0.push(FieldError::new("users", Rule::TooMany).with("max", limits::MIGRATION_ROWS));
        return Err(errors.0);
    }
    let customers = errors.customers(&customers);
    let codes: BTreeSet<_> = customers.iter().map(|c| c.code.clone()).collect();
    let people = errors.people(&users, &codes);
    let assignments = errors.assignments(&services, &codes);
    if errors.0.is_empty() { Ok(Export { customers, people, assignments }) } else { Err(errors.0) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CUSTOMERS_CSV: &str =
        "Customer Short Name;Full Name;Billing ID;Parent\r\nACME;\"Acme\nShipping\";D-1001;north\r\n;;;\r\n";
    const USERS_CSV: &str = "version:v1.0\nCustomer,User Name,UPN,External ID,Shoe size\n\
        Example: acme,x,x@example.com,,43\nacme,aberg,anna.berg@acme.test,P-7,38\n";
    const SERVICES_CSV: &str =
        "Customer\tUser\tService\tUser Plan\nacme\tanna.berg@acme.test\tHosted Desktop\tStandard\n";

    fn files<'a>(customers: &'a [u8], users: &'a str, services: &'a str) -> Files<'a> {
        Files { customers, users: users.as_bytes(), services: services.as_bytes() }
    }

    #[test]
    fn an_export_is_read_whatever_its_separators_blanks_and_example_rows() {
        let export = read(&files(CUSTOMERS_CSV.as_bytes(), USERS_CSV, SERVICES_CSV)).expect("in order");
        let customer = &export.customers[0];
        assert_eq!(
            (customer.line, customer.code.as_str(), customer.name.as_str()),
            (2, "acme", "Acme Shipping")
        );
        assert_eq!(
            (customer.billing_id.as_deref(), customer.seller.as_deref()),
            (Some("D-1001"), Some("north"))
        );
        assert_eq!(export.customers.len(), 1, "a blank row is no customer");
        let person = &export.people[0];
        assert_eq!((export.people.len(), person.line, person.external_id.as_deref()), (1, 4, Some("P-7")));
        assert_eq!(person.keys[&Match::LogonName], "aberg");
        assert_eq!(person.keys[&Match::PrincipalName], "anna.berg@acme.test");
        assert_eq!(export.assignments[0].service, "Hosted Desktop/Standard");
        assert_eq!(service_key(" hosted  DESKTOP / standard"), service_key("Hosted Desktop/Standard"));
    }

    #[test]
    fn a_file_of_an_older_windows_is_read_and_so_is_one_with_a_byte_order_mark() {
        let old = b"code,name\nacme,M\xFCller \x80\n";
        let export = read(&files(old, "customer,upn\n", "")).expect("in order");
        assert_eq!(export.customers[0].name, "M\u{fc}ller \u{20ac}");
        let marked = b"\xEF\xBB\xBFcode,name\nacme,M\xC3\xBCller\n";
        assert_eq!(
            read(&files(marked, "customer,upn\n", "")).expect("in order").customers[0].name,
            "M\u{fc}ller"
        );
        let wide: Vec<u8> =
            "\u{FEFF}code\tname\nacme\tM\u{fc}ller\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(
            read(&files(&wide, "customer,upn\n", "")).expect("in order").customers[0].name,
            "M\u{fc}ller"
        );
    }

    #[test]
    fn files_that_are_dirty_are_told_where_and_nothing_of_them_is_guessed() {
        let customers = "code,name\nacme,Acme\n";
        let told = |users: &[u8], services: &str| {
            let files = Files { customers: customers.as_bytes(), users, services: services.as_bytes() };
            let errors = read(&files).expect_err("it is dirty");
            errors.into_iter().map(|e| (e.field, e.rule, e.args.get("other").cloned())).collect::<Vec<_>>()
        };
        let twice = b"customer,upn,user name,external id\nacme,a@acme.test,a,1\nacme,A@ACME.test,b,2\nacme,c@acme.test,c,1\n";
        let row = |n: u64| Some(format!("row {n}"));
        assert_eq!(
            told(twice, ""),
            [
                ("users[3].principal_name".to_owned(), Rule::Duplicate, row(2)),
                ("users[4].external_id".to_owned(), Rule::Duplicate, row(2))
            ]
        );
        // Marked as UTF-8, and something else from the third row on.
        let mixed = b"\xEF\xBB\xBFcustomer,upn\nacme,\xC3\xA5sa@acme.test\nacme,j\xF6rg@acme.test\n";
        assert_eq!(told(mixed, ""), [("users[3].principal_name".to_owned(), Rule::ForbiddenCharacter, None)]);
        let open = b"customer,upn,note\nacme,a@acme.test,\"never closed\nacme,b@acme.test,x\n";
        assert_eq!(told(open, ""), [("users[2]".to_owned(), Rule::Format, None)]);
        let inches = b"customer,upn,note\nacme,a@acme.test,19\" rack\nacme,b@acme.test,x\n";
        let files = Files { customers: customers.as_bytes(), users: inches, services: b"" };
        assert_eq!(read(&files).expect("a quote within a cell is a quote").people.len(), 2);
        let missing = told(b"upn,mail\na@acme.test,x\n", "user,plan\na,b\n");
        assert_eq!(
            missing.iter().map(|e| e.0.as_str()).collect::<Vec<_>>(),
            ["users.customer", "services.service"]
        );
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_row_and_column() {
        let customers = "Short Name,Name\nacme,Acme\na,Tiny\nacme,Again\nbolt,Bolt,too,many\n";
        let users = "Customer,UPN\nnobody,x@acme.test\nacme,\n";
        let errors =
            read(&files(customers.as_bytes(), users, "user,plan\nx,y\n")).expect_err("much is wrong");
        let told: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.rule)).collect();
        let expected = [
            ("customers[5]", Rule::Format),
            ("services.service", Rule::Required),
            ("customers[3].code", Rule::TooShort),
            ("customers[4].code", Rule::Duplicate),
            ("users[2].customer", Rule::Unknown),
            ("users[3].principal_name", Rule::Required),
        ];
        for one in expected {
            assert!(told.contains(&one), "{one:?} is in {told:?}");
        }
        let short = errors.iter().find(|e| e.field == "customers[3].code").expect("told");
        assert_eq!((short.args["row"].as_str(), short.args["column"].as_str()), ("3", "Short Name"));
        assert_eq!(short.args["value"], "a");
    }

    proptest! {
        #[test]
        fn no_file_panics(bytes: Vec<u8>, text in "[a-z,;\"\\n]{0,60}") {
            let _ = read(&Files { customers: &bytes, users: &bytes, services: &bytes });
            let _ = read(&files(text.as_bytes(), &text, &text));
        }

        #[test]
        fn what_was_written_is_read(names in proptest::collection::vec("[a-zA-Z;,\"ü]{1,20}", 1..8)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["code", "name"]).expect("memory");
            for (n, name) in names.iter().enumerate() {
                writer.write_record([format!("c{n}x"), name.clone()]).expect("memory");
            }
            let bytes = writer.into_inner().expect("memory");
            let export = read(&files(&bytes, "customer,upn\n", "")).expect("in order");
            let read: Vec<_> = export.customers.into_iter().map(|c| c.name).collect();
            prop_assert_eq!(read, names);
        }
    }
}
