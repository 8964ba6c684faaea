//! What can be done to many people of a list: the choices, and what was chosen.

use app::{
    AppError,
    reading::{
        catalogue::Plan,
        tx::{ReadTx, TenantRef, act},
    },
};
use domain::{
    bulk::Deed,
    field::{FieldError, Rule},
    mail::Mailing,
    person::Detail,
};
use web::speech::{say, say_with};

use super::names::Names;
use crate::{
    context::{Posted, Visit},
    forms::{Choice, given},
    person_move::has_elsewhere,
};

/// Groups whose names are offered; others are typed.
const GROUPS: i64 = 200;
/// Values that many people have alike.
const SAME: [&str; 4] = ["title", "department", "manager", "phone"];
const DETAILS: [Detail; 13] = [
    Detail::Office,
    Detail::Company,
    Detail::EmployeeType,
    Detail::Street,
    Detail::PostalCode,
    Detail::City,
    Detail::Region,
    Detail::Country,
    Detail::WebPage,
    Detail::ExpiresAt,
    Detail::LogonHours,
    Detail::ProfilePath,
    Detail::LogonScript,
];

/// One of the things that can be done.
pub struct One {
    pub code: &'static str,
    pub name: String,
    /// With what: the name of the input, and what it is called.
    pub with: Option<(String, String)>,
    /// What there is to choose from; typed where there is none.
    pub choices: Vec<Choice>,
    /// Names that are offered while one types.
    pub list: Option<&'static str>,
    /// The value a field becomes: name of the input, and what it is called.
    pub value: Option<(String, String)>,
}

/// All that can be done to people of a customer by whoever looks.
pub struct Deeds {
    pub all: Vec<One>,
    pub groups: Vec<String>,
}

impl Deeds {
    /// None for somebody who may change nobody there.
    pub async fn read(
        visit: &Visit,
        tx: &mut ReadTx<'_>,
        tenant: &TenantRef,
        plans: &[Plan],
    ) -> Result<Option<Self>, AppError> {
        if tx.permit_ordinary(tenant).is_err() {
            return Ok(None);
        }
        let may_remove = tx.may_ordinary::<act::UserDelete>(tenant).is_ok();
        let read = tx.permit_people(tenant)?;
        let groups = tx.first_groups(&read, GROUPS).await?;
        let names = Names::of_fields(tx.fields(tenant).await?);
        let bundles = tx.bundles(None, Some(tenant)).await?;
        let choice = |code: &str, name: String| Choice { code: code.to_owned(), name, hint: String::new() };
        let plans = || {
            let some = plans.iter().filter(|plan| plan.per_user && !plan.retired);
            some.map(|plan| choice(&plan.code, plan.name.clone())).collect::<Vec<_>>()
        };
        let bundles = || {
            let some = bundles.iter().filter(|bundle| !bundle.retired);
            some.map(|b| choice(&b.content.code, b.content.name.clone())).collect::<Vec<_>>()
        };
        let suffixes = || tenant.suffixes.iter().map(|suffix| choice(suffix, suffix.clone())).collect();
        let mut all = Vec::new();
        for code in Deed::CODES {
            let choices = match code {
                "give_plan" | "take_plan" => plans(),
                "give_bundle" | "take_bundle" => bundles(),
                "suffix" if tenant.suffixes.len() > 1 => suffixes(),
                "set" => fields(&names),
                _ => Vec::new(),
            };
            let needs_choice =
                ["give_plan", "take_plan", "give_bundle", "take_bundle", "suffix"].contains(&code);
            let off = match code {
                "remove" => !may_remove,
                "move" => !may_remove || !has_elsewhere(visit, tenant.id),
                "send_link" => visit.surface.app.mailing() == Mailing::Off,
                _ => needs_choice && choices.is_empty(),
            };
            if !off {
                all.push(one(code, choices));
            }
        }
        Ok(Some(Self { all, groups }))
    }

    /// What the inputs are called that say with what.
    pub fn labels(&self) -> Vec<(String, String)> {
        self.all.iter().filter_map(|one| one.with.clone()).collect()
    }
}

/// Values that can become one for many, by name.
fn fields(names: &Names) -> Vec<Choice> {
    let plain = SAME.iter().map(|code| (*code).to_owned());
    let details = DETAILS.iter().map(|detail| detail.code().to_owned());
    let custom = names.fields.iter().filter(|field| field.retired_at.is_none());
    let custom = custom.map(|field| format!("field.{}", field.key));
    let choice = |code: String| Choice { name: names.field(&code), hint: String::new(), code };
    let mut all: Vec<_> = plain.chain(details).chain(custom).map(choice).collect();
    all.sort_by_key(|choice| choice.name.to_lowercase());
    all
}

fn one(code: &'static str, choices: Vec<Choice>) -> One {
    let name = say(&format!("bulk-deed-{code}"));
    let called = |id: &str| {
        let text = say(id);
        (
            format!("with.{code}"),
            say_with("bulk-deed-with", &[("deed", name.clone().into()), ("what", text.into())]),
        )
    };
    let with = match code {
        "give_plan" | "take_plan" => Some(called("field-plan")),
        "give_bundle" | "take_bundle" => Some(called("bulk-column-bundle")),
        "enter" | "leave" => Some(called("kind-group")),
        "suffix" => Some(called("customer-suffix")),
        "move" => Some(called("bulk-column-customer")),
        "set" => Some(called("bulk-field")),
        _ => None,
    };
    let value = (code == "set").then(|| ("value".to_owned(), called("bulk-value").1));
    let list = matches!(code, "enter" | "leave").then_some("groups");
    One { code, name, with, choices, list, value }
}

/// What was chosen, with the name of the input that says with what.
pub fn chosen(posted: &Posted) -> Result<(Deed, String), FieldError> {
    let code = posted.field("deed");
    let place = format!("with.{code}");
    let with = || given(posted.field(&place)).ok_or_else(|| FieldError::new(&place, Rule::Required));
    let deed = Deed::from_code(code, with, given(posted.field("value")))?;
    let deed = deed.ok_or_else(|| match code {
        "" => FieldError::new("deed", Rule::Required),
        other => FieldError::new("deed", Rule::Unknown).with("value", other),
    })?;
    if let Deed::Set { field, .. } = &deed {
        let custom = field.strip_prefix("field.").is_some_and(|key| !key.is_empty());
        let known = SAME.contains(&field.as_str()) || DETAILS.iter().any(|d| d.code() == field);
        if !known && !custom {
            return Err(FieldError::new(&place, Rule::Unknown).with("value", field));
        }
    }
    Ok((deed, place))
}
