//! What the values of people are called and how they are read, by the codes of rows and columns.

use std::collections::BTreeMap;

use app::{
    AppError,
    reading::tx::{ReadTx, TenantRef},
};
use domain::{
    bulk::{BETWEEN, LISTS},
    custom::Definition,
    field::{FieldError, Rule},
};
use web::{
    speech::{self, say, say_with},
    texts,
};

use crate::{custom, view};

/// What stands before the key of a custom field.
const FIELD: &str = "field.";

/// Names of a customer's fields, plans and bundles.
pub struct Names {
    pub fields: Vec<Definition>,
    sold: BTreeMap<String, String>,
}

impl Names {
    pub async fn read(tx: &mut ReadTx<'_>, tenant: &TenantRef) -> Result<Self, AppError> {
        let fields = tx.fields(tenant).await?;
        let plans = tx.plans(&tenant.currency).await?;
        let bundles = tx.bundles(None, Some(tenant)).await?;
        let plans = plans.into_iter().map(|plan| (plan.code, plan.name));
        let bundles = bundles.into_iter().map(|bundle| (bundle.content.code, bundle.content.name));
        Ok(Self { fields, sold: plans.chain(bundles).collect() })
    }

    /// Where nobody asks for plans and bundles.
    pub const fn of_fields(fields: Vec<Definition>) -> Self {
        Self { fields, sold: BTreeMap::new() }
    }

    /// What a value is called.
    pub fn field(&self, code: &str) -> String {
        match code.strip_prefix(FIELD) {
            Some(key) => self.custom(key).map_or_else(|| key.to_owned(), |field| field.label.clone()),
            None => column(code),
        }
    }

    fn custom(&self, key: &str) -> Option<&Definition> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The name of a plan, with the instance where there is one, or of a bundle.
    pub fn sold(&self, label: &str) -> String {
        let (code, instance) = label.split_once('@').unwrap_or((label, ""));
        match self.sold.get(code) {
            Some(name) if instance.is_empty() => name.clone(),
            Some(name) => format!("{name} ({instance})"),
            None => label.to_owned(),
        }
    }

    /// A value as it is read.
    pub fn value(&self, code: &str, value: &str) -> String {
        match (code, value) {
            ("enabled", "true") => say("history-yes"),
            ("enabled", "false") => say("history-no"),
            ("plans" | "bundles", _) => {
                let names: Vec<_> = value.split(BETWEEN).map(|label| self.sold(label)).collect();
                names.join(", ")
            }
            ("roles", _) => value.split(BETWEEN).map(texts::role).collect::<Vec<_>>().join(", "),
            _ if LISTS.contains(&code) => value.split(BETWEEN).collect::<Vec<_>>().join(", "),
            _ => match code.strip_prefix(FIELD).and_then(|key| self.custom(key)) {
                Some(field) => custom::shown(field, value),
                None => value.to_owned(),
            },
        }
    }

    /// Before and after, in one text.
    pub fn change(&self, code: &str, before: Option<&str>, after: Option<&str>) -> String {
        let value = |text: &str| self.value(code, text);
        match (before.map(value), after.map(value)) {
            (None, Some(after)) => after,
            (Some(before), None) => say_with("history-removed", &[("before", before.into())]),
            (Some(before), Some(after)) => {
                say_with("history-changed", &[("before", before.into()), ("after", after.into())])
            }
            (None, None) => say("history-emptied"),
        }
    }
}

/// What a column or value is called that is no custom field.
pub fn column(code: &str) -> String {
    let own = format!("bulk-column-{code}");
    if speech::has(&own) { say(&own) } else { view::value_name(code) }
}

/// What is wrong with a value, in a sentence; of two rows each names the other.
pub fn sentence(of: &FieldError) -> String {
    let other = of.args.get("other").and_then(|other| other.strip_prefix("row "));
    if let (Rule::Duplicate, Some(people)) = (of.rule, of.args.get("people")) {
        return say_with("bulk-row-several", &[("people", people.into())]);
    }
    match (of.rule, other) {
        (Rule::Duplicate, Some(row)) => say_with("bulk-row-duplicate", &[("row", row.into())]),
        (Rule::Cycle, Some(row)) => say_with("bulk-row-cycle", &[("row", row.into())]),
        _ => texts::field_error(of),
    }
}

/// What is wrong with a file as a whole or with one of its rows.
pub fn of_file(of: &FieldError) -> String {
    let row = of.field.strip_prefix("file[").and_then(|rest| rest.strip_suffix(']'));
    let text = sentence(of);
    let named = of.args.get("column").or_else(|| of.args.get("value")).filter(|_| of.field == "headings");
    match (row, named) {
        (Some(row), _) => say_with("bulk-in-row", &[("row", row.into()), ("text", text.into())]),
        (None, Some(heading)) => {
            say_with("bulk-in-column", &[("column", heading.into()), ("text", text.into())])
        }
        (None, None) => text,
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        bulk::{Act, BulkKind, BulkState, Deed, LINK, Missing, RowState},
        import::{Column, NoteCode, Profile},
    };
    use web::speech;

    use super::column;

    #[test]
    fn every_column_and_every_code_has_a_name() {
        for code in Column::all(&[]).iter().map(Column::code).chain([LINK.to_owned()]) {
            assert_ne!(column(&code), code, "{code} is shown as its code");
        }
        let ids = [
            ("bulk-act", Act::ALL.iter().map(|one| one.code()).collect::<Vec<_>>()),
            ("bulk-row", RowState::ALL.iter().map(|one| one.code()).collect()),
            ("bulk-state", BulkState::ALL.iter().map(|one| one.code()).collect()),
            ("bulk-kind", BulkKind::ALL.iter().map(|one| one.code()).collect()),
            ("bulk-missing", Missing::ALL.iter().map(|one| one.code()).collect()),
            ("bulk-note", NoteCode::ALL.iter().map(|one| one.code()).collect()),
            ("bulk-profile", Profile::ALL.iter().map(|one| one.code()).collect()),
            ("bulk-deed", Deed::CODES.to_vec()),
        ];
        let ids = ids.iter().flat_map(|(family, codes)| codes.iter().map(move |c| format!("{family}-{c}")));
        let missing: Vec<_> = ids.filter(|id| !speech::has(id)).collect();
        assert!(missing.is_empty(), "there is no {missing:?}");
    }
}
