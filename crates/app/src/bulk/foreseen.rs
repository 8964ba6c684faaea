//! What a bulk change comes to as a whole: prices, quotas, time.

use std::collections::BTreeMap;

use domain::bulk::{Act, Change, LISTS, Present, ROLES, differences};
use serde::{Deserialize, Serialize};
use store::{
    bulk::{BulkRow, PackedRow},
    catalogue::{QuotaKind, QuotaUse},
    subscriptions::Subscription,
    users::Removal,
};

use crate::provision::Home;

/// People who get a plan and people who lose it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanEffect {
    /// Code of the plan.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// How many get it.
    pub given: i64,
    /// How many lose it.
    pub taken: i64,
    /// Retail price of one for a month, in the smallest unit; none where the price book has none.
    pub price_minor: Option<i64>,
}

/// People who get a role and people who lose it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleEffect {
    /// Code of the role.
    pub code: String,
    /// How many get it.
    pub given: i64,
    /// How many lose it.
    pub taken: i64,
}

/// A quota of the customer that counts what is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaEffect {
    /// `people`, `service` or `plan`.
    pub kind: String,
    /// Code of the service or plan.
    pub subject: String,
    /// At most.
    pub most: i64,
    /// At present.
    pub used: i64,
    /// By how much it changes.
    pub change: i64,
}

impl QuotaEffect {
    /// By how many it would be exceeded.
    #[must_use]
    pub fn exceeded_by(&self) -> i64 {
        if self.change <= 0 { 0 } else { (self.used + self.change - self.most).max(0) }
    }
}

/// What the whole comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreseen {
    /// Plans somebody gets or loses.
    pub plans: Vec<PlanEffect>,
    /// By how much the retail price of a month changes, in the smallest unit.
    pub month_minor: i64,
    /// Of which currency.
    pub currency: String,
    /// Some plan has no price.
    pub unpriced: bool,
    /// The customer's own quotas.
    pub quotas: Vec<QuotaEffect>,
    /// Groups that are made.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Roles somebody gets or loses by name; those that end with an account are not told.
    #[serde(default)]
    pub roles: Vec<RoleEffect>,
    /// Seconds the directory takes, by its measured pace; none when that was never measured.
    pub seconds: Option<i64>,
}

/// What is counted while rows are planned.
#[derive(Debug, Default)]
pub(super) struct Sums {
    given: BTreeMap<String, i64>,
    taken: BTreeMap<String, i64>,
    roles: BTreeMap<String, RoleEffect>,
}

impl Sums {
    /// What becomes of a row.
    pub(super) fn row(&mut self, home: &Home<'_>, row: &BulkRow) {
        match (row.act, &row.said) {
            (Act::Update, _) => self.changes(home, &row.changes),
            (Act::Create, Some(said)) => {
                let lists = said.iter().filter(|(code, _)| LISTS.contains(&code.as_str()));
                let lists = lists.map(|(code, value)| (code.clone(), value.clone())).collect();
                self.changes(home, &differences(&Present::new(), &lists, true));
            }
            _ => {}
        }
    }

    pub(super) fn changes(&mut self, home: &Home<'_>, changes: &[Change]) {
        for change in changes {
            let (comes, goes) = change.entries();
            match change.field.as_str() {
                "plans" => {
                    for (sum, labels) in [(&mut self.given, comes), (&mut self.taken, goes)] {
                        for label in labels {
                            let code = label.split_once('@').map_or(label.as_str(), |(code, _)| code);
                            *sum.entry(code.to_owned()).or_default() += 1;
                        }
                    }
                }
                "bundles" => {
                    for (sum, codes) in [(&mut self.given, comes), (&mut self.taken, goes)] {
                        for code in codes {
                            let plans = home.bundle("bundles", &code).map(|(_, plans, _)| plans);
                            for (plan, _) in plans.into_iter().flatten() {
                                *sum.entry(plan.code.clone()).or_default() += 1;
                            }
                        }
                    }
                }
                ROLES => {
                    for code in comes {
                        self.role(code).given += 1;
                    }
                    for code in goes {
                        self.role(code).taken += 1;
                    }
                }
                _ => {}
            }
        }
    }

    fn role(&mut self, code: String) -> &mut RoleEffect {
        let new = RoleEffect { code: code.clone(), ..RoleEffect::default() };
        self.roles.entry(code).or_insert(new)
    }

    pub(super) fn removed(&mut self, held: &[Subscription]) {
        for held in held {
            *self.taken.entry(held.plan.clone()).or_default() += 1;
        }
    }

    /// Somebody who was removed gets the plans back.
    pub(super) fn restored(&mut self, removal: &Removal) {
        for (label, _) in &removal.plans {
            let code = label.split_once('@').map_or(label.as_str(), |(code, _)| code);
            *self.given.entry(code.to_owned()).or_default() += 1;
        }
    }

    /// All of it together.
    pub(super) fn foreseen(
        &self,
        home: &Home<'_>,
        currency: &str,
        rows: &[PackedRow],
        quotas: &[QuotaUse],
        pace: Option<i64>,
    ) -> Foreseen {
        let codes: std::collections::BTreeSet<_> = self.given.keys().chain(self.taken.keys()).collect();
        let plans: Vec<_> = codes
            .into_iter()
            .map(|code| {
                let plan = home.plans.iter().find(|plan| plan.code == *code);
                PlanEffect {
                    code: code.clone(),
                    name: plan.map_or_else(|| code.clone(), |plan| plan.name.clone()),
                    given: self.given.get(code).copied().unwrap_or(0),
                    taken: self.taken.get(code).copied().unwrap_or(0),
                    price_minor: plan.and_then(|plan| plan.price.as_ref()).map(|price| price.minor),
                }
            })
            .collect();
        let count =
            |act: Act| i64::try_from(rows.iter().filter(|row| row.act == act).count()).unwrap_or(i64::MAX);
        let people = count(Act::Create) + count(Act::Restore) - count(Act::Remove) - count(Act::Move);
        let of_service = |service: &str| {
            let counts = |effect: &&PlanEffect| {
                home.plans.iter().any(|plan| plan.code == effect.code && plan.service_code == service)
            };
            plans.iter().filter(counts).map(|effect| effect.given - effect.taken).sum()
        };
        let quota = |of: &QuotaUse| QuotaEffect {
            kind: of.quota.kind.code().to_owned(),
            subject: of.quota.subject.clone(),
            most: of.most,
            used: of.used,
            change: match of.quota.kind {
                QuotaKind::People => people,
                QuotaKind::Service => of_service(&of.quota.subject),
                QuotaKind::Plan => plans
                    .iter()
                    .filter(|effect| effect.code == of.quota.subject)
                    .map(|effect| effect.given - effect.taken)
                    .sum(),
            },
        };
        let quotas: Vec<_> = quotas.iter().map(quota).filter(|effect| effect.change != 0).collect();
        let changing = rows.iter().filter(|row| row.act.changes()).count();
        let changing = i64::try_from(changing).unwrap_or(i64::MAX);
        Foreseen {
            month_minor: plans.iter().map(|p| (p.given - p.taken) * p.price_minor.unwrap_or(0)).sum(),
            unpriced: plans.iter().any(|plan| plan.price_minor.is_none()),
            currency: currency.to_owned(),
            plans,
            quotas,
            groups: Vec::new(),
            roles: self.roles.values().cloned().collect(),
            seconds: pace.map(|micros| (changing.saturating_mul(micros) + 999_999) / 1_000_000),
        }
    }
}
