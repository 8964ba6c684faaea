//! A configuration that cannot be used stops everything before anything happens.

use crate::process::{Installation, text};

#[test]
fn an_unknown_key_is_named_with_file_line_and_column_and_nothing_is_made() {
    let installation = Installation::new("[database]\nconections = 3\n", None);
    for command in [&["serve"][..], &["work"], &["migrate"], &["check-config"], &["directory", "check"]] {
        let output = installation.run(command, "");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(said.lines().count(), 1, "one sentence: {said}");
        assert!(said.contains("tenantry.toml, line ") && said.contains("conections"), "{said}");
    }
    assert!(!installation.path().join("data").exists());
}

#[test]
fn a_missing_file_and_wrong_settings_of_a_directory_are_one_sentence() {
    let directory = "[[directory]]\ncode = \"shared\"\nname = \"Shared\"\nurls = [\"ldap://dc1.example\"]\n\
                     ca_file = \"none.pem\"\nbase_dn = \"DC=x\"\nfolder_dn = \"OU=a,DC=x\"\nbind_dn = \"CN=b,DC=x\"\n";
    let installation = Installation::new(directory, None);
    let output = installation.run(&["check-config"], "");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("TENANTRY_DIRECTORY_SHARED_PASSWORD"), "{said}");
    let output = installation.run(&["directory", "check", "other"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("known are: shared"), "{}", text(&output.stderr));
    std::fs::remove_file(installation.config()).expect("our own file");
    let output = installation.run(&["serve"], "");
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("tenantry.toml cannot be read"), "{said}");
}

#[test]
fn a_password_that_people_could_not_choose_is_refused_for_the_first_administrator_too() {
    let installation = Installation::new("", None);
    let arguments = ["migrate", "--administrator-login", "root@hq.example", "--administrator-password-stdin"];
    let output = installation.run(&arguments, "short");
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("12 to 127 characters"), "{}", text(&output.stderr));
    assert!(!installation.path().join("data/postgres").exists());
}
