//! Settings of tenants: what holds, where it comes from, and saying something else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::common::{TenantRef, clearable, codes};

codes! {
    /// Where a value comes from. `own`: the tenant says it itself. `above`: the nearest
    /// tenant above that says it. `default`: nobody says it.
    SettingFrom {
        /// The tenant says it itself.
        Own = "own",
        /// The nearest tenant above that says it.
        Above = "above",
        /// Nobody says it.
        Default = "default",
    }
}

/// A value that holds, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingValue {
    /// What holds. None: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "de")]
    pub value: Option<String>,
    /// Where it comes from.
    pub from: SettingFrom,
    /// The tenant above, where the caller may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantRef>,
}

/// What holds for a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantSettings {
    /// Every setting by name; the names are those of the changes.
    pub settings: BTreeMap<String, SettingValue>,
    /// Every rule for passwords by name; of several that ask for the same the highest is
    /// named. They are changed at `/tenants/{id}/password-policy`.
    pub password_rules: BTreeMap<String, SettingValue>,
    /// Number of the tenant's version: the value of the `ETag` without quotes.
    pub version: i64,
}

/// What a tenant wants to say itself. What is not given stays; null says nothing any
/// more, so that what is said above holds (RFC 7396). Every value is text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsUpdate {
    /// Language of its people, BCP 47.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "de")]
    pub language: Option<Option<String>>,
    /// IANA time zone on whose calendar its days are counted.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Europe/Berlin")]
    pub time_zone: Option<Option<String>>,
    /// ISO 4217 code of the currency it is billed in. Cannot change where something was ordered.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "EUR")]
    pub currency: Option<Option<String>>,
    /// How log-on names are made.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "{given}.{surname}")]
    pub naming_pattern: Option<Option<String>>,
    /// Days in which what is removed or closed can be restored when nothing else is asked for, 0 to 365.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "30")]
    pub grace_days: Option<Option<String>>,
    /// `true` where passwords that stand in files of people are sealed as the first ones of new accounts,
    /// `false` where they are not read.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "false")]
    pub import_passwords: Option<Option<String>>,
    /// Whom people ask for help, at most 64 characters.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "North Service Desk")]
    pub support_name: Option<Option<String>>,
    /// The mail address of that.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "help@north.example")]
    pub support_mail: Option<Option<String>>,
    /// The telephone number of that.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "+49 30 1234567")]
    pub support_phone: Option<Option<String>>,
    /// The web page of that; https only.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "https://help.north.example")]
    pub support_url: Option<Option<String>>,
    /// What the product is called, at most 64 characters. The name of the configured brand when nobody
    /// says. Whoever says it begins a brand: no part of one above holds from there on.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "North Cloud")]
    pub brand_name: Option<Option<String>>,
    /// Languages people can choose, of `en`, `da`, `de` and `sv`. All when nobody says.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "de en")]
    pub brand_languages: Option<Option<String>>,
    /// Main colour on light pages; a contrast of at least 4.5:1 to `#ece7db`, the darkest of their grounds.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "#1d5c4d")]
    pub brand_primary: Option<Option<String>>,
    /// Main colour on dark pages; a contrast of at least 4.5:1 to `#2a302b`, the lightest of their grounds.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "#8fd0b9")]
    pub brand_primary_dark: Option<Option<String>>,
    /// Second colour on light pages, as `brand_primary`.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "#7a5600")]
    pub brand_accent: Option<Option<String>>,
    /// Second colour on dark pages, as `brand_primary_dark`.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "#e6c673")]
    pub brand_accent_dark: Option<Option<String>>,
    /// Who is responsible for the pages; https only.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "https://north.example/imprint")]
    pub imprint_url: Option<Option<String>>,
    /// What is done with personal data; https only.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "https://north.example/privacy")]
    pub privacy_url: Option<Option<String>>,
    /// The terms of use; https only.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "https://north.example/terms")]
    pub terms_url: Option<Option<String>>,
    /// Who mails are from; the brand's name when nobody says.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "North Cloud")]
    pub sender_name: Option<Option<String>>,
    /// The address mails are from: at a host name or suffix of the tenant, unless those above say it.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "no-reply@portal.north.example")]
    pub sender_mail: Option<Option<String>>,
    /// What stands below every mail, up to 600 characters.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "North Cloud GmbH, Berlin")]
    pub mail_signature: Option<Option<String>>,
    /// What English mails say besides, up to 600 characters.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Our service desk is open around the clock.")]
    pub mail_text_en: Option<Option<String>>,
    /// What Danish mails say besides.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Vores servicedesk har åbent døgnet rundt.")]
    pub mail_text_da: Option<Option<String>>,
    /// What German mails say besides.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Unser Servicedesk ist rund um die Uhr da.")]
    pub mail_text_de: Option<Option<String>>,
    /// What Swedish mails say besides.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Vår servicedesk har öppet dygnet runt.")]
    pub mail_text_sv: Option<Option<String>>,
    /// What the mail with the first link says in English: the subject in the first line,
    /// up to 150 characters, the text below it, up to 2,000 with it. Placeholders: `{name}`, `{login}`, `{customer}`, `{brand}`,
    /// `{link}` (needed) and `{until}`.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Welcome to {brand}\n\nHello {name}, choose your password until {until}:\n\n{link}")]
    pub mail_activation_en: Option<Option<String>>,
    /// The same in Danish.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Velkommen\n\nHej {name}, vælg din adgangskode:\n\n{link}")]
    pub mail_activation_da: Option<Option<String>>,
    /// The same in German.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Willkommen\n\nGuten Tag {name}, wählen Sie Ihr Kennwort:\n\n{link}")]
    pub mail_activation_de: Option<Option<String>>,
    /// The same in Swedish.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Välkommen\n\nHej {name}, välj ditt lösenord:\n\n{link}")]
    pub mail_activation_sv: Option<Option<String>>,
    /// What the mail by which an administrator asks for a new password says in English: the subject in the first line,
    /// up to 150 characters, the text below it, up to 2,000 with it. Placeholders: `{name}`, `{login}`, `{customer}`, `{brand}`,
    /// `{link}` (needed) and `{until}`.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "A new password\n\nHello {name}, please choose a new password until {until}:\n\n{link}")]
    pub mail_reset_en: Option<Option<String>>,
    /// The same in Danish.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Ny adgangskode\n\nHej {name}, vælg en ny adgangskode:\n\n{link}")]
    pub mail_reset_da: Option<Option<String>>,
    /// The same in German.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Neues Kennwort\n\nGuten Tag {name}, wählen Sie ein neues Kennwort:\n\n{link}")]
    pub mail_reset_de: Option<Option<String>>,
    /// The same in Swedish.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Nytt lösenord\n\nHej {name}, välj ett nytt lösenord:\n\n{link}")]
    pub mail_reset_sv: Option<Option<String>>,
    /// What the mail about a forgotten password says in English: the subject in the first line,
    /// up to 150 characters, the text below it, up to 2,000 with it. Placeholders: `{name}`, `{login}`, `{customer}`, `{brand}`,
    /// `{link}` (needed) and `{until}`.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "A new password\n\nHello {name}, please choose a new password until {until}:\n\n{link}")]
    pub mail_reset_requested_en: Option<Option<String>>,
    /// The same in Danish.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Ny adgangskode\n\nHej {name}, vælg en ny adgangskode:\n\n{link}")]
    pub mail_reset_requested_da: Option<Option<String>>,
    /// The same in German.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Neues Kennwort\n\nGuten Tag {name}, wählen Sie ein neues Kennwort:\n\n{link}")]
    pub mail_reset_requested_de: Option<Option<String>>,
    /// The same in Swedish.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Nytt lösenord\n\nHej {name}, välj ett nytt lösenord:\n\n{link}")]
    pub mail_reset_requested_sv: Option<Option<String>>,
}

impl SettingsUpdate {
    /// What is given, by name.
    #[must_use]
    pub fn given(self) -> BTreeMap<String, Option<String>> {
        let all = [
            ("language", self.language),
            ("time_zone", self.time_zone),
            ("currency", self.currency),
            ("naming_pattern", self.naming_pattern),
            ("grace_days", self.grace_days),
            ("import_passwords", self.import_passwords),
            ("support_name", self.support_name),
            ("support_mail", self.support_mail),
            ("support_phone", self.support_phone),
            ("support_url", self.support_url),
            ("brand_name", self.brand_name),
            ("brand_languages", self.brand_languages),
            ("brand_primary", self.brand_primary),
            ("brand_primary_dark", self.brand_primary_dark),
            ("brand_accent", self.brand_accent),
            ("brand_accent_dark", self.brand_accent_dark),
            ("imprint_url", self.imprint_url),
            ("privacy_url", self.privacy_url),
            ("terms_url", self.terms_url),
            ("sender_name", self.sender_name),
            ("sender_mail", self.sender_mail),
            ("mail_signature", self.mail_signature),
            ("mail_text_en", self.mail_text_en),
            ("mail_text_da", self.mail_text_da),
            ("mail_text_de", self.mail_text_de),
            ("mail_text_sv", self.mail_text_sv),
            ("mail_activation_en", self.mail_activation_en),
            ("mail_activation_da", self.mail_activation_da),
            ("mail_activation_de", self.mail_activation_de),
            ("mail_activation_sv", self.mail_activation_sv),
            ("mail_reset_en", self.mail_reset_en),
            ("mail_reset_da", self.mail_reset_da),
            ("mail_reset_de", self.mail_reset_de),
            ("mail_reset_sv", self.mail_reset_sv),
            ("mail_reset_requested_en", self.mail_reset_requested_en),
            ("mail_reset_requested_da", self.mail_reset_requested_da),
            ("mail_reset_requested_de", self.mail_reset_requested_de),
            ("mail_reset_requested_sv", self.mail_reset_requested_sv),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}
