//! Rules for passwords, of a tenant and of those above it.

use std::collections::BTreeSet;

use domain::{
    event::{Event, FieldChange, Outcome},
    id::TenantId,
    password::Rules,
};

use crate::{
    Store, StoreError, ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
};

/// What a tenant says itself, and what holds above it.
#[derive(Debug, Clone, Default)]
pub struct PasswordRules {
    /// Its own; none when nothing was said.
    pub own: Option<Rules>,
    /// What holds above, all together.
    pub above: Rules,
    /// What each says, by how far above it is; 0 is the tenant itself.
    pub by: Vec<(usize, Rules)>,
}

impl PasswordRules {
    /// What holds for its people.
    #[must_use]
    pub fn effective(&self) -> Rules {
        match &self.own {
            Some(own) => own.clone().and(&self.above),
            None => self.above.clone(),
        }
    }
}

macro_rules! together {
    ($rows:expr) => {{
        let mut rules = PasswordRules::default();
        for row in $rows {
            let number = |value: i32| u32::try_from(value).unwrap_or(0);
            let one = Rules {
                min_chars: number(row.min_chars),
                classes: number(row.classes),
                no_names: row.no_names,
                forbidden: row.forbidden.into_iter().collect(),
                valid_days: row.valid_days.map(number),
            };
            rules.by.push((usize::try_from(row.depth).unwrap_or(usize::MAX), one.clone()));
            if row.depth == 0 {
                rules.own = Some(one);
            } else {
                rules.above = rules.above.and(&one);
            }
        }
        rules
    }};
}

impl Store {
    /// What holds for the people of a tenant, whoever asks.
    pub async fn rules_of(&self, tenant: TenantId) -> Result<Rules, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT depth AS "depth!", min_chars AS "min_chars!", classes AS "classes!", no_names AS "no_names!",
                      forbidden AS "forbidden!", valid_days FROM password_rules_of($1)"#,
            tenant.uuid()
        )
        .fetch_all(&self.auth)
        .await?;
        Ok(together!(rows).effective())
    }
}

impl ReadTx<'_> {
    /// What a tenant says, and what holds above it.
    pub async fn password_rules(
        &mut self,
        permit: &Permit<act::TenantRead>,
    ) -> Result<PasswordRules, StoreError> {
        self.rules_at(permit.tenant.id).await
    }

    /// What holds for the people of a tenant the caller may see.
    pub async fn rules_in(&mut self, tenant: &TenantRef) -> Result<Rules, StoreError> {
        Ok(self.rules_at(tenant.id).await?.effective())
    }

    async fn rules_at(&mut self, tenant: TenantId) -> Result<PasswordRules, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT depth AS "depth!", min_chars AS "min_chars!", classes AS "classes!", no_names AS "no_names!",
                      forbidden AS "forbidden!", valid_days FROM password_rules_of($1)"#,
            tenant.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(together!(rows))
    }
}

impl WriteTx<'_> {
    /// As [`ReadTx::password_rules`], of a tenant whose rules change: nobody else
    /// changes them until the end.
    pub async fn lock_password_rules(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
    ) -> Result<PasswordRules, StoreError> {
        let id = permit.tenant.id;
        sqlx::query!("SELECT id FROM tenant WHERE id = $1 FOR NO KEY UPDATE", id.uuid())
            .fetch_one(self.sql())
            .await?;
        self.rules_at(id).await
    }

    /// Sets the rules of the permitted tenant, or takes them away.
    pub async fn set_password_rules(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
        before: Option<&Rules>,
        after: Option<&Rules>,
    ) -> Result<(), StoreError> {
        if before == after {
            return Ok(());
        }
        let (tenant, now) = (permit.tenant.id, ts(self.now));
        match after {
            None => {
                sqlx::query!("DELETE FROM password_policy WHERE tenant_id = $1", tenant.uuid())
                    .execute(self.sql())
                    .await?;
            }
            Some(rules) => {
                let number = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
                sqlx::query!(
                    "INSERT INTO password_policy (tenant_id, min_chars, classes, no_names, forbidden, valid_days,
                            updated_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)
                     ON CONFLICT (tenant_id) DO UPDATE SET min_chars = excluded.min_chars, classes = excluded.classes,
                         no_names = excluded.no_names, forbidden = excluded.forbidden,
                         valid_days = excluded.valid_days, updated_at = excluded.updated_at",
                    tenant.uuid(),
                    number(rules.min_chars),
                    number(rules.classes),
                    rules.no_names,
                    &rules.forbidden.iter().cloned().collect::<Vec<_>>(),
                    rules.valid_days.map(number),
                    now as _
                )
                .execute(self.sql())
                .await?;
            }
        }
        self.events.push(Event {
            code: "tenant.password_rules",
            outcome: Outcome::Success,
            tenant,
            target: ("tenant", tenant.to_string()),
            changes: differences(before, after),
        });
        Ok(())
    }
}

/// A rule of some, as text.
type Read<'a> = &'a dyn Fn(&Rules) -> Option<String>;

fn differences(before: Option<&Rules>, after: Option<&Rules>) -> Vec<FieldChange> {
    let words = |words: &BTreeSet<String>| words.iter().cloned().collect::<Vec<_>>().join(" ");
    let fields: [(&str, Read<'_>); 5] = [
        ("min_chars", &|r| Some(r.min_chars.to_string())),
        ("classes", &|r| Some(r.classes.to_string())),
        ("no_names", &|r| Some(r.no_names.to_string())),
        ("forbidden_words", &|r| Some(words(&r.forbidden)).filter(|words| !words.is_empty())),
        ("valid_days", &|r| r.valid_days.map(|days| days.to_string())),
    ];
    let changes = fields.into_iter().map(|(field, of)| {
        let (before, after) = (before.and_then(of), after.and_then(of));
        FieldChange { field: field.into(), before, after, person: None }
    });
    changes.filter(|change| change.before != change.after).collect()
}
