//! What somebody asks for, checked: the customer, its seller, and which groups
//! stand for which plans.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    adoption::{Wins, matching::Rule as Match},
    field::{Checker, FieldError, Rule},
    id::TenantId,
    limits, names as rules,
    naming::Pattern,
    setting::{currency, language, time_zone},
    spec::{Attribute, ObjectKind},
    tenant::{Code, Standing, TenantKind},
};
use store::{
    surveys::{Survey, SurveyObject},
    tx::WriteTx,
    users::Name,
};
use uuid::Uuid;

use super::unknown;
use crate::AppError;

/// An adoption as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct AdoptionDraft {
    /// Address of the container.
    pub container: String,
    /// Code or id of a customer that exists; then nothing is said of a new one.
    pub into: Option<String>,
    /// By what its people and groups find their accounts, in this order; all when empty.
    pub rules: Vec<String>,
    /// Whose values hold for those who do: `directory` when absent, or `portal`.
    pub wins: Option<String>,
    /// Short name of the customer.
    pub code: String,
    /// Display name.
    pub name: String,
    /// Code or id of the seller; the directory's operator when absent.
    pub seller: Option<String>,
    /// Id in the invoicing system.
    pub billing_id: Option<String>,
    /// `standard`, `test` or `demo`.
    pub standing: Option<String>,
    /// BCP 47; the seller's when absent.
    pub language: Option<String>,
    /// IANA; the seller's when absent.
    pub time_zone: Option<String>,
    /// ISO 4217; the seller's when absent.
    pub currency: Option<String>,
    /// Domains of principal names; those found when empty.
    pub suffixes: Vec<String>,
    /// How log-on names of new people are made.
    pub naming_pattern: Option<String>,
    /// Groups, by their names, that stand for plans, by their codes.
    pub plans: BTreeMap<String, String>,
    /// What is known of people from elsewhere, by their ids in the directory.
    pub people: BTreeMap<Uuid, Extra>,
    /// Plans the customer has as a whole.
    pub customer_plans: BTreeSet<String>,
    /// Objects of which it is not known what they are.
    pub ambiguous: BTreeSet<Uuid>,
}

/// What is known of a person from elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Extra {
    /// Codes of plans.
    #[serde(default)]
    pub plans: BTreeSet<String>,
    /// The key by which the customer knows the person.
    #[serde(default)]
    pub external_id: Option<String>,
}

/// A checked adoption, as stored.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Plan {
    /// The customer that exists already; none for a new one.
    #[serde(default)]
    pub into: Option<TenantId>,
    /// By what its people and groups find their accounts.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Whose values hold for those who do.
    #[serde(default)]
    pub wins: Option<String>,
    /// Short name of the customer.
    pub code: String,
    /// Display name.
    pub name: String,
    /// The seller.
    pub seller: TenantId,
    /// Id in the invoicing system.
    pub billing_id: Option<String>,
    /// Whether it is billed.
    pub standing: Standing,
    /// BCP 47.
    pub language: String,
    /// IANA.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// Only these domains; those found when none.
    pub suffixes: Option<BTreeSet<String>>,
    /// How log-on names of new people are made.
    pub naming_pattern: String,
    /// Groups that stand for plans.
    pub groups: BTreeMap<Uuid, String>,
    /// What is known of people from elsewhere.
    pub people: BTreeMap<Uuid, Extra>,
    /// Plans of the customer as a whole.
    pub customer_plans: BTreeSet<String>,
    /// Objects of which it is not known what they are.
    pub ambiguous: BTreeSet<Uuid>,
}

impl Plan {
    /// What is taken over becomes part of a customer that exists.
    async fn existing(
        tx: &mut WriteTx<'_>,
        survey: &Survey,
        draft: &AdoptionDraft,
        objects: &[SurveyObject],
        text: &str,
    ) -> Result<Self, AppError> {
        let customer = match text.parse::<TenantId>() {
            Ok(id) => tx.tenant(id).await,
            Err(_) => tx.tenant_by_code(&text.to_lowercase()).await,
        };
        let customer = customer.map_err(|_| AppError::field(unknown("into", text)))?;
        let lives_here = customer.target == Some(survey.target) && customer.folder.is_some();
        if customer.kind != TenantKind::Customer || !lives_here {
            let error = FieldError::new("into", Rule::OutOfRange).with("value", text);
            return Err(AppError::field(error.with("expected", "a customer in the directory of the survey")));
        }
        let mut c = Checker::default();
        let of_new = [Some(&draft.code), Some(&draft.name), draft.seller.as_ref(), draft.billing_id.as_ref()];
        let of_new = of_new.into_iter().chain([draft.standing.as_ref(), draft.naming_pattern.as_ref()]);
        if of_new.flatten().any(|text| !text.trim().is_empty()) {
            let error = FieldError::new("customer", Rule::OutOfRange);
            c.note(error.with("expected", "nothing about a new customer beside one that exists"));
        }
        let rules = Match::chosen(&draft.rules).unwrap_or_else(|errors| {
            for error in errors {
                c.note(error);
            }
            Vec::new()
        });
        let wins = c.take(wins(draft.wins.as_deref()));
        let suffixes = suffixes(&mut c, draft);
        let groups = groups(&mut c, draft, objects);
        let Some(wins) = wins.filter(|_| c.is_clean()) else {
            return Err(AppError::Invalid(c.finish::<()>(None).err().unwrap_or_default()));
        };
        let seller = customer.path.iter().rev().nth(1).copied().unwrap_or(survey.tenant);
        Ok(Self {
            into: Some(customer.id),
            rules: rules.iter().map(|rule| rule.code().to_owned()).collect(),
            wins: Some(wins.code().to_owned()),
            code: customer.code,
            name: customer.name,
            seller,
            billing_id: customer.billing_id,
            standing: customer.standing,
            language: customer.language,
            time_zone: customer.time_zone,
            currency: customer.currency,
            suffixes: (!suffixes.is_empty()).then_some(suffixes),
            naming_pattern: customer.naming_pattern,
            groups,
            people: draft.people.clone(),
            customer_plans: draft.customer_plans.clone(),
            ambiguous: draft.ambiguous.clone(),
        })
    }

    /// By what people and groups find their accounts.
    pub(super) fn rules(&self) -> Vec<Match> {
        self.rules.iter().filter_map(|code| Match::from_code(code)).collect()
    }

    /// Whose values hold.
    #[must_use]
    pub fn wins(&self) -> Wins {
        self.wins.as_deref().and_then(Wins::from_code).unwrap_or(Wins::Directory)
    }

    pub(super) async fn check(
        tx: &mut WriteTx<'_>,
        survey: &Survey,
        draft: &AdoptionDraft,
        objects: &[SurveyObject],
    ) -> Result<Self, AppError> {
        if let Some(text) = draft.into.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
            return Self::existing(tx, survey, draft, objects, text).await;
        }
        let operator = survey.tenant;
        let seller = match draft.seller.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
            None => tx.tenant(operator).await?,
            Some(text) => match text.parse::<TenantId>() {
                Ok(id) => tx.tenant(id).await,
                Err(_) => tx.tenant_by_code(text).await,
            }
            .map_err(|_| AppError::field(unknown("customer.seller", text)))?,
        };
        if !seller.kind.may_hold(TenantKind::Customer) {
            let error = FieldError::new("customer.seller", Rule::Format);
            return Err(AppError::field(error.with("expected", "a provider or reseller")));
        }
        let mut c = Checker::default();
        let given = |v: &Option<String>, or: &str| {
            let text = v.as_deref().map(str::trim).filter(|t| !t.is_empty());
            text.unwrap_or(or).to_owned()
        };
        let code = c.take(Code::parse("customer.code", &draft.code));
        let name = c.take(rules::display_name("customer.name", &draft.name));
        let (max, billing) = (limits::REFERENCE_CHARS, draft.billing_id.as_deref());
        let billing_id = c.take(rules::optional_line("customer.billing_id", billing, max)).flatten();
        let standing = c.take(standing(draft.standing.as_deref()));
        let language = c.take(language("customer.language", &given(&draft.language, &seller.language)));
        let zone = c.take(time_zone("customer.time_zone", &given(&draft.time_zone, &seller.time_zone)));
        let currency = c.take(currency("customer.currency", &given(&draft.currency, &seller.currency)));
        let pattern = given(&draft.naming_pattern, &seller.naming_pattern);
        c.take(Pattern::parse("customer.naming_pattern", &pattern));
        let suffixes = suffixes(&mut c, draft);
        let groups = groups(&mut c, draft, objects);
        let Some((((((code, name), standing), language), time_zone), currency)) =
            code.zip(name).zip(standing).zip(language).zip(zone).zip(currency).filter(|_| c.is_clean())
        else {
            return Err(AppError::Invalid(c.finish::<()>(None).err().unwrap_or_default()));
        };
        let code = code.as_str().to_owned();
        if !tx.names_taken(&[Name::code(&code)]).await?.is_empty() {
            let error = FieldError::new("customer.code", Rule::Taken);
            return Err(AppError::field(error.with("value", code)));
        }
        Ok(Self {
            into: None,
            rules: Vec::new(),
            wins: None,
            code,
            name,
            seller: seller.id,
            billing_id,
            standing,
            language,
            time_zone,
            currency,
            suffixes: (!suffixes.is_empty()).then_some(suffixes),
            naming_pattern: pattern,
            groups,
            people: draft.people.clone(),
            customer_plans: draft.customer_plans.clone(),
            ambiguous: draft.ambiguous.clone(),
        })
    }

    /// Every plan code that is asked for.
    pub(super) fn codes(&self) -> BTreeSet<&str> {
        let of_people = self.people.values().flat_map(|extra| &extra.plans);
        self.groups.values().chain(of_people).chain(&self.customer_plans).map(String::as_str).collect()
    }
}

/// The groups that stand for plans.
fn groups(c: &mut Checker, draft: &AdoptionDraft, objects: &[SurveyObject]) -> BTreeMap<Uuid, String> {
    let mut groups = BTreeMap::new();
    for (group, plan) in &draft.plans {
        let found = group_named(objects, group);
        let found = c.take(found.ok_or_else(|| unknown(format!("plans.{group}"), group)));
        groups.extend(found.map(|id| (id, plan.clone())));
    }
    groups
}

fn suffixes(c: &mut Checker, draft: &AdoptionDraft) -> BTreeSet<String> {
    let all = draft.suffixes.iter().enumerate();
    all.filter_map(|(i, s)| c.take(rules::suffix(&format!("suffixes[{i}]"), s))).collect()
}

fn wins(given: Option<&str>) -> Result<Wins, FieldError> {
    let text = given.map(str::trim).filter(|t| !t.is_empty());
    let unknown = || FieldError::new("wins", Rule::Unknown).with("known", "directory, portal");
    text.map_or(Ok(Wins::Directory), |text| Wins::from_code(text).ok_or_else(unknown))
}

fn standing(given: Option<&str>) -> Result<Standing, FieldError> {
    let text = given.map(str::trim).filter(|t| !t.is_empty());
    let unknown =
        || FieldError::new("customer.standing", Rule::Unknown).with("known", "standard, test, demo");
    text.map_or(Ok(Standing::Standard), |text| Standing::from_code(text).ok_or_else(unknown))
}

/// The group with this name or log-on name.
fn group_named(objects: &[SurveyObject], name: &str) -> Option<Uuid> {
    let name = name.trim().to_lowercase();
    let groups = || objects.iter().filter(|o| o.kind == ObjectKind::Group);
    let logon = |o: &&SurveyObject| {
        o.attributes.get(&Attribute::LogonName).is_some_and(|logon| logon.to_lowercase() == name)
    };
    let by_name = |o: &&SurveyObject| o.name.to_lowercase() == name;
    groups().find(logon).or_else(|| groups().find(by_name)).map(|o| o.external_id)
}
