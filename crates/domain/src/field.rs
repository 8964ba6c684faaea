//! What is wrong with one value a person gave: a code and arguments, never a
//! sentence. Sentences are made where they are shown, in the person's language.

use std::collections::BTreeMap;

/// Which rule a value broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A value is needed.
    Required,
    /// Longer than `max` characters.
    TooLong,
    /// Shorter than `min` characters.
    TooShort,
    /// Holds `character`, which the target does not allow here.
    ForbiddenCharacter,
    /// Not of the form the field needs (`expected`).
    Format,
    /// Not one of the values that exist (`known` lists some).
    Unknown,
    /// Somebody or something else has it already.
    Taken,
    /// More than `max` entries or more than a quota allows.
    TooMany,
    /// Outside `min` to `max`.
    OutOfRange,
    /// Cannot be changed after creation.
    Immutable,
    /// Of capital and small letters, digits and other characters fewer than `min` kinds.
    TooFewKinds,
    /// Holds `value`: a name of the person, or a word that is not allowed.
    HoldsWord,
    /// `value` would stand above itself.
    Cycle,
    /// The same value stands twice in what was given (`other` says where).
    Duplicate,
    /// The person may look at it and not change it.
    AdministratorsOnly,
    /// A colour with too little `contrast` to be read; `nearest` has `min`.
    Contrast,
    /// Not the one that is known here: a password that proves who one is.
    Mismatch,
    /// The same as before, where it has to be another.
    Unchanged,
    /// `value` lives in another directory, and an account cannot leave its own.
    OtherDirectory,
    /// `value` is the name of an account or group in the directory that is nobody's here, `seen` then.
    InDirectory,
    /// Not what was typed any more: a spreadsheet made a `number`, a `date`, an `exponent`,
    /// a `truth` or an `error` of it (`made`).
    Mangled,
    /// Somebody changed it since it was shown.
    ChangedMeanwhile,
    /// The server has a defect, or is installed wrong; its log says more.
    Defect,
    /// It was kept for so many `hours`, and destroyed.
    Expired,
    /// Nobody does that to their own account.
    OwnAccount,
    /// It is not done unless that is asked for.
    NotAsked,
    /// Nobody gives or takes a role (`value`) that allows more than they may themselves.
    NotHeld,
}

impl Rule {
    /// The stable code, as it stands in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooLong => "too_long",
            Self::TooShort => "too_short",
            Self::ForbiddenCharacter => "forbidden_character",
            Self::Format => "format",
            Self::Unknown => "unknown",
            Self::Taken => "taken",
            Self::TooMany => "too_many",
            Self::OutOfRange => "out_of_range",
            Self::Immutable => "immutable",
            Self::TooFewKinds => "too_few_kinds",
            Self::HoldsWord => "holds_word",
            Self::Cycle => "cycle",
            Self::Duplicate => "duplicate",
            Self::AdministratorsOnly => "administrators_only",
            Self::Contrast => "contrast",
            Self::Mismatch => "mismatch",
            Self::Unchanged => "unchanged",
            Self::OtherDirectory => "other_directory",
            Self::InDirectory => "in_directory",
            Self::Mangled => "mangled",
            Self::ChangedMeanwhile => "changed_meanwhile",
            Self::Defect => "defect",
            Self::Expired => "expired",
            Self::OwnAccount => "own_account",
            Self::NotAsked => "not_asked",
            Self::NotHeld => "not_held",
        }
    }
}

/// One value that cannot be accepted: where, which rule, and what the rule needs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FieldError {
    /// Path as the person wrote it, as `users[3].given_name`.
    pub field: String,
    /// The rule that was broken.
    pub rule: Rule,
    /// What the rule needs to be explained (limits, the character, known values).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl FieldError {
    /// `rule` broken at `field`, with nothing to add.
    pub fn new(field: impl Into<String>, rule: Rule) -> Self {
        Self { field: field.into(), rule, args: BTreeMap::new() }
    }

    /// Adds what the rule needs to be explained.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        // What a person gave may be megabytes; the explanation needs a glimpse.
        let value: String = value.to_string().chars().take(120).collect();
        self.args.insert(key.to_owned(), value);
        self
    }

    /// Adds all values there are. They are ours, so none is left out.
    #[must_use]
    pub fn known<'a>(mut self, values: impl IntoIterator<Item = &'a str>) -> Self {
        let all: Vec<_> = values.into_iter().collect();
        self.args.insert("known".to_owned(), all.join(", "));
        self
    }

    /// Moves the error below `parent`, as `users[3]` + `given_name`.
    #[must_use]
    pub fn under(mut self, parent: &str) -> Self {
        self.field =
            if self.field.is_empty() { parent.to_owned() } else { format!("{parent}.{}", self.field) };
        self
    }
}

/// Collects the errors of many fields, so that a person sees all at once.
#[derive(Debug, Default)]
pub struct Checker {
    errors: Vec<FieldError>,
}

impl Checker {
    /// Keeps the value, or the error.
    pub fn take<T>(&mut self, result: Result<T, FieldError>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }

    /// Keeps the value, or all errors moved below `parent`.
    pub fn take_all<T>(&mut self, parent: &str, result: Result<T, Vec<FieldError>>) -> Option<T> {
        result.map_err(|errors| self.errors.extend(errors.into_iter().map(|e| e.under(parent)))).ok()
    }

    /// Notes an error that belongs to no single value.
    pub fn note(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// True while nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// `value` when nothing was wrong. `None` without an error cannot happen
    /// as long as every `take` feeds this checker.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<FieldError>> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(self.errors),
        }
    }
}
