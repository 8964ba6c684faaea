//! What people set for themselves.

use domain::{
    field::{Checker, FieldError, Rule},
    person::Theme,
    setting::language,
};
use store::{Caller, preferences::Preferences};

use crate::{App, AppError, Cause};

/// New values as somebody chose them; outer none leaves one, inner none follows the tenant
/// or the device again.
#[derive(Debug, Clone, Default)]
pub struct PreferencesPatch {
    /// BCP 47.
    pub language: Option<Option<String>>,
    /// `light` or `dark`.
    pub theme: Option<Option<String>>,
}

/// What the caller chose.
pub async fn show(app: &App, caller: &Caller) -> Result<Preferences, AppError> {
    let mut tx = app.store.read(caller).await?;
    let preferences = tx.preferences().await?;
    tx.finish().await?;
    Ok(preferences)
}

/// Changes what the caller chose; gives it as it is now.
pub async fn change(
    app: &App,
    caller: &Caller,
    patch: &PreferencesPatch,
    cause: &Cause,
) -> Result<Preferences, AppError> {
    let mut c = Checker::default();
    let given =
        |value: &Option<String>| value.as_deref().map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
    let chosen_language = patch
        .language
        .as_ref()
        .map(|value| given(value).and_then(|text| c.take(language("language", &text))));
    let chosen_theme = patch.theme.as_ref().map(|value| given(value).and_then(|text| c.take(theme(&text))));
    if !c.is_clean() {
        return Err(AppError::Invalid(c.finish::<()>(None).err().unwrap_or_default()));
    }
    let mut tx = app.store.write(caller).await?;
    let set = |preferences: &mut Preferences| {
        if let Some(language) = chosen_language {
            preferences.language = language;
        }
        if let Some(theme) = chosen_theme {
            preferences.theme = theme;
        }
    };
    let (preferences, changed) = tx.change_preferences(set).await?;
    if changed {
        tx.commit(cause).await?;
    }
    Ok(preferences)
}

fn theme(text: &str) -> Result<Theme, FieldError> {
    let unknown = || FieldError::new("theme", Rule::Unknown).with("value", text).with("known", "light, dark");
    Theme::from_code(text).ok_or_else(unknown)
}
