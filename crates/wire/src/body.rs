//! Reading a JSON body so that an error names the field.

use serde::de::DeserializeOwned;

/// A body that does not have the expected form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyError {
    /// Where, as `users[3].enabled`; empty when the whole body is meant.
    pub field: String,
    /// What is wrong, in the words of the parser, with line and column.
    pub message: String,
    /// True when the field does not exist (a misspelled name).
    pub unknown: bool,
}

/// Parses `body` as `T`. Unknown fields and wrong types are named by their path.
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, BodyError> {
    let mut input = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut input).map_err(|error| {
        let message = error.inner().to_string();
        let path = error.path().to_string();
        BodyError { field: field_path(&path), unknown: message.starts_with("unknown field"), message }
    })?;
    input.end().map_err(|error| BodyError {
        field: String::new(),
        message: error.to_string(),
        unknown: false,
    })?;
    Ok(value)
}

/// The path as it stands in problem documents; the parser writes `.` for the top.
fn field_path(path: &str) -> String {
    if path == "." { String::new() } else { path.trim_end_matches(".?").to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::{NewUser, NewUsers};

    #[test]
    fn an_error_names_the_field_by_its_path() {
        let body = br#"{"users": [{"given_name": "Anna"}, {"enabled": "yes"}]}"#;
        let error = parse_json::<NewUsers>(body).expect_err("enabled is no text");
        assert_eq!(error.field, "users[1].enabled");
        assert!(error.message.contains("expected a boolean"), "{}", error.message);
    }

    #[test]
    fn a_misspelled_field_is_unknown_not_ignored() {
        let error = parse_json::<NewUser>(br#"{"givenname": "Anna"}"#).expect_err("misspelled");
        assert!(error.unknown);
        assert_eq!(error.field, "givenname");
        assert!(error.message.contains("given_name"), "{}", error.message);
    }

    #[test]
    fn text_after_the_body_is_refused() {
        assert!(parse_json::<NewUser>(br#"{"surname": "Berg"} {"x": 1}"#).is_err());
    }
}
