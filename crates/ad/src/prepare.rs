//! What has to be delegated to the product's account, as a script for the
//! administrator of the directory, and a check that shows whether it was.

mod check;

use uuid::Uuid;

pub use check::{Finding, check};

use crate::{
    access,
    security::{Ace, Sid, flag, id, right},
};

/// Whose tools the script is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Controller {
    /// Windows: a batch file of `dsacls` lines.
    Windows,
    /// Samba: a shell script of `samba-tool` lines.
    Samba,
}

/// The delegation as a script: exactly what the product needs, on the folder
/// and below, and nothing else. `account` is the log-on name of the product's
/// account, for Windows with its domain (`EXAMPLE\svc-tenantry`).
///
/// The script for Samba passes its arguments on to `samba-tool`, so that it
/// also works from another machine (`-H ldap://dc1 -U Administrator`).
#[must_use]
pub fn delegation_script(controller: Controller, folder_dn: &str, account: &str) -> String {
    // Only the rights are taken from the list; whom they are for is written by the script.
    let rights = access::delegated_rights(&Sid::system());
    match controller {
        Controller::Windows => windows(&rights, folder_dn, account),
        Controller::Samba => samba(&rights, folder_dn, account),
    }
}

const WHAT: [&str; 12] = [
    "Rights of the provisioning account on the customers' folder and below it, nowhere else:",
    "read; create and delete organizational units, users and groups; write their",
    "attributes; reset passwords; write the access lists of organizational units.",
    "",
    "Then the folder is closed to ordinary accounts: by default every account of the domain",
    "could list the names of your resellers and customers.",
    "",
    "Two things lie outside the folder and are optional. Leave them out unless you use them:",
    "  1. Registering customers' UPN suffixes by itself needs write access to the attribute",
    "     uPNSuffixes of CN=Partitions in the configuration partition.",
    "  2. Tracking changes with DirSync needs 'Replicating Directory Changes' on the domain;",
    "     without it changes are found by uSNChanged, which needs no further right.",
];

fn windows(rights: &[Ace], folder_dn: &str, account: &str) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\\\"").replace('%', "%%"));
    let mut lines = vec!["@echo off".to_owned()];
    lines.extend(WHAT.iter().map(|line| format!("rem {line}").trim_end().to_owned()));
    let folder = quoted(folder_dn);
    for entry in rights {
        let reach = if entry.flags & flag::INHERIT_ONLY == 0 { "T" } else { "S" };
        let mut grant = format!("{account}:{}", letters(entry.mask, "CA"));
        // permissions;object;inheriting class, the empty end left out.
        let about = [entry.object, entry.inherited_by].map(|id| id.map_or("", name)).join(";");
        if about != ";" {
            grant.push_str(format!(";{about}").trim_end_matches(';'));
        }
        lines.push(format!("dsacls {folder} /I:{reach} /G {} || exit /b 1", quoted(&grant)));
    }
    lines.push(format!("dsacls {folder} /P:Y || exit /b 1"));
    for everybody in WINDOWS_EVERYBODY {
        // Whoever has no entry is nobody to remove, which is no failure.
        lines.push(format!("dsacls {folder} /R {}", quoted(everybody)));
    }
    lines.join("\r\n") + "\r\n"
}

fn samba(rights: &[Ace], folder_dn: &str, account: &str) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut lines = vec!["#!/bin/sh".to_owned()];
    lines.extend(WHAT.iter().map(|line| format!("# {line}").trim_end().to_owned()));
    lines.push("set -eu".to_owned());
    lines.push(format!(
        "sid=$(samba-tool user show {} --attributes=objectSid \"$@\" | sed -n 's/^objectSid: //p')",
        quoted(account)
    ));
    lines.push("test -n \"$sid\"".to_owned());
    let entries: String = rights.iter().map(|entry| sddl(entry, "$sid")).collect();
    let folder = quoted(folder_dn);
    lines.push(format!("samba-tool dsacl set --objectdn={folder} --sddl=\"{entries}\" \"$@\" >/dev/null"));
    // samba-tool can add entries but not remove any.
    lines.push(format!("FOLDER={folder} /usr/bin/python3 - \"$@\" <<'END'"));
    lines.push(CLOSE_FOLDER.trim().to_owned());
    lines.push("END".to_owned());
    lines.join("\n") + "\n"
}

/// Whom Windows lets read everything by default.
const WINDOWS_EVERYBODY: [&str; 3] =
    [r"NT AUTHORITY\Authenticated Users", "Everyone", r"BUILTIN\Pre-Windows 2000 Compatible Access"];

/// Keeps every entry of the folder but those for everybody, and stops
/// inheritance; with the libraries and options of samba-tool itself.
const CLOSE_FOLDER: &str = r#"
import optparse, os, ldb
from samba import getopt
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.samdb import SamDB
parser = optparse.OptionParser()
parser.add_option("-H", "--URL", dest="url")
local, login = getopt.SambaOptions(parser), getopt.CredentialsOptions(parser)
parser.add_option_group(local)
parser.add_option_group(login)
options = parser.parse_args()[0]
lp = local.get_loadparm()
db = SamDB(url=options.url, session_info=system_session(), credentials=login.get_credentials(lp), lp=lp)
dn = ldb.Dn(db, os.environ["FOLDER"])
flags = ["sd_flags:1:%d" % security.SECINFO_DACL]
found = db.search(dn, scope=ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=flags)[0]
old = ndr_unpack(security.descriptor, found["nTSecurityDescriptor"][0])
everybody = ["S-1-1-0", "S-1-5-11", "S-1-5-32-554"]
new = security.descriptor()
new.type = old.type | security.SEC_DESC_DACL_PROTECTED
new.revision = old.revision
for ace in old.dacl.aces:
    if str(ace.trustee) not in everybody:
        ace.flags &= ~security.SEC_ACE_FLAG_INHERITED_ACE
        new.dacl_add(ace)
change = ldb.Message(dn)
change["list"] = ldb.MessageElement(ndr_pack(new), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
db.modify(change, flags)
"#;

/// An entry in the security descriptor definition language (MS-DTYP 2.5.1).
fn sddl(entry: &Ace, who: &str) -> String {
    let about_object = entry.object.is_some() || entry.inherited_by.is_some();
    let kind = if about_object { "OA" } else { "A" };
    let inherit = if entry.flags & flag::INHERIT_ONLY == 0 { "CI" } else { "CIIO" };
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let rights = letters(entry.mask, "CR");
    format!("({kind};{inherit};{rights};{};{};{who})", id(entry.object), id(entry.inherited_by))
}

/// The rights as pairs of letters; the one for extended rights differs between tools.
fn letters(mask: u32, control_access: &str) -> String {
    let all = [
        (right::CREATE_CHILD, "CC"),
        (right::DELETE_CHILD, "DC"),
        (right::LIST_CONTENTS, "LC"),
        (right::READ_PROPERTY, "RP"),
        (right::WRITE_PROPERTY, "WP"),
        (right::LIST_OBJECT, "LO"),
        (right::CONTROL_ACCESS, control_access),
        (right::READ_CONTROL, "RC"),
        (right::WRITE_DACL, "WD"),
    ];
    all.into_iter().filter(|(bit, _)| mask & bit != 0).map(|(_, letters)| letters).collect()
}

fn name(of: Uuid) -> &'static str {
    match of {
        id::ORGANIZATIONAL_UNIT => "organizationalUnit",
        id::USER => "user",
        id::GROUP => "group",
        _ => "Reset Password",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_for_windows_grants_each_right_on_the_folder_and_below() {
        let script = delegation_script(Controller::Windows, "OU=100% \"A\",DC=x", r"EXAMPLE\svc");
        let lines: Vec<&str> = script.lines().filter(|line| line.contains("/G")).collect();
        let folder = r#"dsacls "OU=100%% \"A\",DC=x""#;
        assert_eq!(
            lines,
            [
                format!(r#"{folder} /I:T /G "EXAMPLE\svc:LCRPLORC" || exit /b 1"#),
                format!(r#"{folder} /I:T /G "EXAMPLE\svc:CCDC;organizationalUnit" || exit /b 1"#),
                format!(r#"{folder} /I:S /G "EXAMPLE\svc:WP;;organizationalUnit" || exit /b 1"#),
                format!(r#"{folder} /I:T /G "EXAMPLE\svc:CCDC;user" || exit /b 1"#),
                format!(r#"{folder} /I:S /G "EXAMPLE\svc:WP;;user" || exit /b 1"#),
                format!(r#"{folder} /I:T /G "EXAMPLE\svc:CCDC;group" || exit /b 1"#),
                format!(r#"{folder} /I:S /G "EXAMPLE\svc:WP;;group" || exit /b 1"#),
                format!(r#"{folder} /I:S /G "EXAMPLE\svc:WD;;organizationalUnit" || exit /b 1"#),
                format!(r#"{folder} /I:S /G "EXAMPLE\svc:CA;Reset Password;user" || exit /b 1"#),
            ]
        );
        assert!(script.contains(&format!("{folder} /P:Y")), "{script}");
        assert!(script.contains(&format!(r#"{folder} /R "NT AUTHORITY\Authenticated Users""#)), "{script}");
    }

    #[test]
    fn the_script_for_samba_quotes_what_people_call_their_folders() {
        let script = delegation_script(Controller::Samba, "OU=It's $HOME,DC=x", "svc");
        assert!(script.contains(r"--objectdn='OU=It'\''s $HOME,DC=x'"), "{script}");
        assert!(script.contains("(OA;CI;CCDC;bf967aba-0de6-11d0-a285-00aa003049e2;;$sid)"), "{script}");
    }
}
