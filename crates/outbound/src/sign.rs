//! Signatures as Standard Webhooks has them (specification 1.0, "Signature scheme"):
//! HMAC-SHA256 over `id.timestamp.body`.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The key in a secret of the form `whsec_` and base64.
#[derive(Debug, Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// The key, if the text has the form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix("whsec_")?;
        let key = data_encoding::BASE64.decode(encoded.as_bytes()).ok()?;
        Some(Self(Zeroizing::new(key)))
    }
}

/// The value of `webhook-signature` for one key: `v1,` and base64.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "HMAC takes keys of any length (RFC 2104, section 2)")]
pub fn signature(secret: &Secret, id: &str, at: Timestamp, body: &[u8]) -> String {
    let mut mac = <Hmac<Sha256>>::new_from_slice(&secret.0).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{}.", at.as_second()).as_bytes());
    mac.update(body);
    format!("v1,{}", data_encoding::BASE64.encode(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the reference libraries of Standard Webhooks.
    #[test]
    fn a_signature_is_what_the_reference_implementation_makes() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("the form of a secret");
        let at = Timestamp::from_second(1_614_265_330).expect("an instant");
        let made = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, br#"{"test": 2432232314}"#);
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(Secret::parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_none());
        assert!(Secret::parse("whsec_?").is_none());
    }
}
