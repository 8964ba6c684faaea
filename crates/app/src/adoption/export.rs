//! The files another panel exported, from bytes to what they say.

use domain::{
    field::{FieldError, Rule},
    limits,
    migration::{Export, Files, Table},
};
use sheet::{Format, Limits};

/// What the files say, or everything that cannot be read. That of services may be empty.
pub(super) fn read(customers: &[u8], users: &[u8], services: &[u8]) -> Result<Export, Vec<FieldError>> {
    let mut files = Files::default();
    fill(&mut files.customers, customers);
    fill(&mut files.users, users);
    if !services.is_empty() {
        fill(&mut files.services, services);
    }
    files.export()
}

/// The panels write text. A spreadsheet in between would have made numbers of keys.
fn fill(table: &mut Table, bytes: &[u8]) {
    let limits = Limits { rows: limits::MIGRATION_ROWS + limits::IMPORT_HEAD_ROWS, ..Limits::default() };
    let read = sheet::read_within(bytes, &limits, &mut |row| table.row(row));
    table.end(match read {
        Ok(read) if read.format == Format::Csv => None,
        Ok(read) => {
            let error = FieldError::new("file", Rule::Format).with("expected", "a CSV file");
            Some(error.with("found", read.format.code()))
        }
        Err(error) => Some(error),
    });
}

#[cfg(test)]
mod tests {
    use domain::{adoption::matching::Rule as Match, migration::service_key};

    use super::{Export, FieldError, Rule};

    const CUSTOMERS_CSV: &str =
        "Customer Short Name;Full Name;Billing ID;Parent\r\nACME;\"Acme\nShipping\";D-1001;north\r\n;;;\r\n";
    const USERS_CSV: &str = "version:v1.0\nCustomer,User Name,UPN,External ID,Shoe size\n\
        Example: acme,x,x@example.com,,43\nacme,aberg,anna.berg@acme.test,P-7,38\n";
    const SERVICES_CSV: &str =
        "Customer\tUser\tService\tUser Plan\nacme\tanna.berg@acme.test\tHosted Desktop\tStandard\n";

    fn read(customers: &[u8], users: &[u8], services: &str) -> Result<Export, Vec<FieldError>> {
        super::read(customers, users, services.as_bytes())
    }

    #[test]
    fn an_export_is_read_whatever_its_separators_blanks_and_example_rows() {
        let export = read(CUSTOMERS_CSV.as_bytes(), USERS_CSV.as_bytes(), SERVICES_CSV).expect("in order");
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
        let export = read(old, b"customer,upn\n", "").expect("in order");
        assert_eq!(export.customers[0].name, "M\u{fc}ller \u{20ac}");
        let marked = b"\xEF\xBB\xBFcode,name\nacme,M\xC3\xBCller\n";
        assert_eq!(read(marked, b"customer,upn\n", "").expect("in order").customers[0].name, "M\u{fc}ller");
        let wide: Vec<u8> =
            "\u{FEFF}code\tname\nacme\tM\u{fc}ller\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&wide, b"customer,upn\n", "").expect("in order").customers[0].name, "M\u{fc}ller");
    }

    #[test]
    fn files_that_are_dirty_are_told_where_and_nothing_of_them_is_guessed() {
        let customers = "code,name\nacme,Acme\n";
        let told = |users: &[u8], services: &str| {
            let errors = read(customers.as_bytes(), users, services).expect_err("it is dirty");
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
        let export = read(customers.as_bytes(), inches, "").expect("a quote within a cell is a quote");
        assert_eq!(export.people.len(), 2);
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
            read(customers.as_bytes(), users.as_bytes(), "user,plan\nx,y\n").expect_err("much is wrong");
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

    #[test]
    fn what_is_no_file_of_text_is_told_with_the_name_of_the_file() {
        let mut book = sheet::XlsxWriter::new(Vec::new(), "People").expect("memory");
        book.row(["customer", "upn"]).expect("memory");
        let book = book.finish().expect("memory");
        let told = |users: &[u8]| {
            let errors = read(b"code,name\nacme,Acme\n", users, "").expect_err("no file of people");
            errors.into_iter().map(|e| (e.field, e.rule, e.args["expected"].clone())).collect::<Vec<_>>()
        };
        let one = |rule, expected: &str| vec![("users".to_owned(), rule, expected.to_owned())];
        assert_eq!(told(&book), one(Rule::Format, "a CSV file"));
        assert_eq!(told(b"%PDF-1.7"), one(Rule::Format, "CSV, XLSX, XLS, ODS"));
        assert_eq!(told(b""), one(Rule::Required, "rows"));
        assert_eq!(told(b"# nothing but a comment\n"), one(Rule::Required, "a row of headings"));
    }
}
