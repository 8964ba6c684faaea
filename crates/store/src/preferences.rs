//! What people set for themselves.

use domain::{
    event::{Event, FieldChange, Outcome},
    person::Theme,
};

use crate::{
    StoreError,
    error::known,
    tx::{ReadTx, WriteTx},
};

/// What somebody chose; what is none follows the tenant or the device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preferences {
    /// BCP 47.
    pub language: Option<String>,
    /// Light or dark.
    pub theme: Option<Theme>,
}

impl ReadTx<'_> {
    /// What the caller chose.
    pub async fn preferences(&mut self) -> Result<Preferences, StoreError> {
        let user = self.caller.user();
        let row = sqlx::query!(
            "SELECT language, theme FROM users WHERE id = $1 AND deleted_at IS NULL",
            user.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("user"))?;
        let theme =
            row.theme.map(|code| known(Theme::from_code(&code), "users", "theme", user)).transpose()?;
        Ok(Preferences { language: row.language, theme })
    }
}

impl WriteTx<'_> {
    /// Changes what the caller chose; gives it as it is now, and whether that is another choice.
    pub async fn change_preferences(
        &mut self,
        change: impl FnOnce(&mut Preferences),
    ) -> Result<(Preferences, bool), StoreError> {
        let user = self.caller.user();
        // Two that change one value each must not undo each other.
        sqlx::query!("SELECT id FROM users WHERE id = $1 FOR UPDATE", user.uuid())
            .fetch_optional(self.sql())
            .await?;
        let before = self.preferences().await?;
        let mut to = before.clone();
        change(&mut to);
        let theme = |of: &Preferences| of.theme.map(|theme| theme.code().to_owned());
        let differs = |field, before: Option<String>, after: Option<String>| {
            (before != after).then_some(FieldChange { field, before, after, person: None })
        };
        let changes: Vec<_> = [
            differs("language".into(), before.language.clone(), to.language.clone()),
            differs("theme".into(), theme(&before), theme(&to)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if changes.is_empty() {
            return Ok((to, false));
        }
        sqlx::query!("SELECT set_own_settings($1, $2)", to.language, theme(&to)).execute(self.sql()).await?;
        let (tenant, target) = (self.caller.tenant, ("user", user.to_string()));
        let outcome = Outcome::Success;
        self.events.push(Event { code: "user.settings_changed", outcome, tenant, target, changes });
        Ok((to, true))
    }
}
