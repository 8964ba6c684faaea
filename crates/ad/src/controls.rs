//! Request controls of MS-ADTS 3.1.1.3.4.1 that the library does not bring.

use ldap3::controls::RawControl;

/// Read or write only the discretionary list of a security descriptor
/// (`LDAP_SERVER_SD_FLAGS_OID`, `DACL_SECURITY_INFORMATION`): without it a
/// plain account is refused, because the audit list needs a privilege.
pub(crate) fn dacl_only() -> RawControl {
    const DACL: u8 = 4;
    control("1.2.840.113556.1.4.801", DACL)
}

/// Print names with the id of the object in front (`LDAP_SERVER_EXTENDED_DN_OID`),
/// ids as text.
pub(crate) fn names_with_ids() -> RawControl {
    const TEXT: u8 = 1;
    control("1.2.840.113556.1.4.529", TEXT)
}

/// Adding a value that is there and removing one that is not are no errors
/// (`LDAP_SERVER_PERMISSIVE_MODIFY_OID`).
pub(crate) fn permissive() -> RawControl {
    RawControl { ctype: "1.2.840.113556.1.4.1413".to_owned(), crit: false, val: None }
}

/// `SEQUENCE { INTEGER value }` in BER.
fn control(oid: &str, value: u8) -> RawControl {
    RawControl { ctype: oid.to_owned(), crit: true, val: Some(vec![0x30, 3, 2, 1, value]) }
}
