//! The files another panel exported.

use std::collections::BTreeSet;

use domain::{
    field::FieldError,
    migration::{Customer, Export, Files, Table},
};
use sheet::{CsvWriter, Limits};

use crate::parts;

/// What separates the files: no program writes it.
const MARK: u8 = 0x1D;

/// Customers, people, and what these use.
pub fn files(bytes: &[u8]) {
    let mut given = parts(bytes, MARK);
    let mut next = || given.next().unwrap_or_default();
    match read([next(), next(), next()]) {
        Ok(export) => check(&export),
        Err(errors) => {
            assert!(!errors.is_empty(), "it is said why");
            // 200 of each file end it, and each row of what was read can have one for each column.
            let file = |error: &FieldError| error.field.split(['.', '[']).next().map(str::to_owned);
            for error in &errors {
                let file = file(error).unwrap_or_default();
                assert!(["customers", "users", "services"].contains(&file.as_str()), "{error:?}");
            }
        }
    }
}

fn read([customers, users, services]: [&[u8]; 3]) -> Result<Export, Vec<FieldError>> {
    let mut files = Files::default();
    fill(&mut files.customers, customers);
    fill(&mut files.users, users);
    if !services.is_empty() {
        fill(&mut files.services, services);
    }
    files.export()
}

fn fill(table: &mut Table, bytes: &[u8]) {
    let limits =
        Limits { bytes: 1 << 20, unpacked: 4 << 20, shown: 4 << 20, rows: 2_000, ..Limits::default() };
    let wrong = sheet::read_within(bytes, &limits, &mut |row| table.row(row)).err();
    table.end(wrong);
}

fn check(export: &Export) {
    let codes: BTreeSet<&str> = export.customers.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes.len(), export.customers.len(), "a code stands once");
    let ascend = |lines: Vec<u64>| lines.windows(2).all(|pair| pair[0] < pair[1]);
    assert!(ascend(export.customers.iter().map(|it| it.line).collect()));
    assert!(ascend(export.people.iter().map(|it| it.line).collect()));
    assert!(ascend(export.assignments.iter().map(|it| it.line).collect()));
    for person in &export.people {
        assert!(codes.contains(person.customer.as_str()), "everybody has a customer of the export");
        assert!(!person.keys.is_empty(), "everybody can be found by something");
    }
    for of in &export.assignments {
        assert!(of.customer.as_deref().is_none_or(|code| codes.contains(code)));
        assert!(of.customer.is_some() || of.user.is_some(), "a service is somebody's");
        assert!(!of.service.is_empty());
    }
    if !export.customers.is_empty() {
        again(&export.customers);
    }
}

/// Customers that were read are read again as they are.
fn again(customers: &[Customer]) {
    let mut writer = CsvWriter::new(Vec::new()).expect("memory");
    writer.row(["code", "name", "billing_id", "seller", "location"]).expect("memory");
    for it in customers {
        let optional = [&it.billing_id, &it.seller, &it.location].map(|it| it.as_deref().unwrap_or_default());
        writer.row([&it.code, &it.name].into_iter().map(String::as_str).chain(optional)).expect("memory");
    }
    let file = writer.finish().expect("memory");
    let found = read([&file, b"customer,upn\n", b""]).unwrap_or_else(|errors| panic!("{errors:?}"));
    let bare = |it: &Customer| Customer { line: 0, ..it.clone() };
    // A template explains itself by rows that begin so, and a customer can be called like this.
    let is_read = |it: &&Customer| !it.code.starts_with("example");
    assert_eq!(
        found.customers.iter().map(bare).collect::<Vec<_>>(),
        customers.iter().filter(is_read).map(bare).collect::<Vec<_>>()
    );
}
