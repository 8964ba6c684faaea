//! Headings: what no two exports agree on taken away, and what is left looked up.

use unicode_normalization::UnicodeNormalization as _;

use super::{Column, Profile};
use crate::{custom::Definition, person::Detail};

/// A heading as somebody wrote it, made comparable.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    /// As written.
    pub(super) text: String,
    /// Letters and digits alone, in small letters.
    pub(super) folded: String,
    /// What stood in brackets behind a label: the name a program knows it by.
    pub(super) is_token: bool,
    /// Which module of LAM it belongs to.
    pub(super) is_of_module: bool,
}

/// How certain a meaning is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// It means this.
    Sure,
    /// It means this unless another column says it better.
    Second,
    /// It may mean this; somebody has to say.
    Unsure,
}

/// Modules that LAM puts before its headings.
const MODULES: [&str; 12] = [
    "windowsUser_",
    "inetOrgPerson_",
    "posixAccount_",
    "shadowAccount_",
    "sambaSamAccount_",
    "windowsPosix_",
    "windowsLDAPUser_",
    "organizationalPerson_",
    "person_",
    "account_",
    "inetLocalMailRecipient_",
    "customFields_",
];

impl Heading {
    pub(super) fn new(text: &str) -> Self {
        let text = text.trim();
        let inner = text.split_once('[').and_then(|(label, rest)| {
            rest.split_once(']').map(|(inner, _)| (inner, !label.trim().is_empty()))
        });
        let (name, is_token) = inner.unwrap_or((text, false));
        let module = MODULES.iter().find_map(|module| {
            name.get(..module.len()).filter(|start| start.eq_ignore_ascii_case(module))?;
            name.get(module.len()..)
        });
        let folded = fold(module.unwrap_or(name));
        Self { text: text.to_owned(), folded, is_token, is_of_module: module.is_some() }
    }
}

/// Letters and digits in small letters.
pub(super) fn fold(text: &str) -> String {
    text.nfc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// By the code of a column: what it is called in English, Danish, German and Swedish, and by
/// programs. Each stands under one code.
const SURE: &[(&str, &str)] = &[
    (
        "principal_name",
        "upn userprincipalname principalname emailaslogin signinname benutzerprinzipalname brugerprincipalnavn användarhuvudnamn",
    ),
    (
        "user_name",
        "username uid login loginname logon logonname benutzername benutzer anmeldename brugernavn bruger användarnamn användare",
    ),
    (
        "logon_name",
        "samaccountname sam usernameprew2k usernameprewindows2000 userlogonnameprewindows2000 ntaccount kontoname kontonavn kontonamn",
    ),
    ("mail_nickname", "mailnickname"),
    ("mail_domain", "domain maildomain primarydomain"),
    ("given_name", "givenname firstname forename vorname rufname fornavn förnamn tilltalsnamn"),
    ("surname", "surname lastname sn familyname nachname familienname zuname efternavn efternamn"),
    (
        "display_name",
        "displayname cn name fullname anzeigename vollständigername navn visningsnavn fuldenavn namn visningsnamn fullständigtnamn",
    ),
    (
        "password",
        "password initialpassword passwordprofile userpassword unicodepwd pwd passwort kennwort initialkennwort adgangskode kodeord lösenord",
    ),
    ("enabled", "enabled accountenabled active isactive aktiv aktiveret aktiviert aktiverad"),
    (
        "disabled",
        "disabled blocksignin blockcredential deactivated accountdisabled blocked gesperrt deaktiviert anmeldungblockieren deaktiveret spærret inaktiv inaktiverad spärrad",
    ),
    ("control_flags", "useraccountcontrol"),
    (
        "must_change_password",
        "mustchangepassword pwdmustchange mustchange pwdlastset forcechangepasswordnextsignin changepasswordatnextlogon usermustchangepassword",
    ),
    (
        "mail",
        "mail email emailaddress primaryemail primarysmtpaddress mailaddress emailadresse mailadresse epost epostadress mejl mejladress",
    ),
    (
        "title",
        "title jobtitle position stellenbezeichnung stilling stillingsbetegnelse jobtitel titel befattning",
    ),
    ("department", "department dept abteilung afdeling avdelning"),
    (
        "phone",
        "phone phonenumber officephone telephonenumber telephone businessphone businessphones workphone telefon telefonnummer tel telefongeschäftlich arbejdstelefon arbetstelefon",
    ),
    (
        "manager",
        "manager managerupn manageremail supervisor reportsto vorgesetzter vorgesetzte leder nærmesteleder chef närmastechef",
    ),
    ("groups", "groups group memberof groupmembership gruppen gruppe grupper grupp"),
    ("plans", "plans plan"),
    ("bundles", "bundles bundle"),
    ("roles", "roles roles1 roles2 roles3 roles4 securityroles rollen roller"),
    (
        "services",
        "services service userplan userplans serviceitems serviceitem items item applications application apps app publishedapplications desktops desktop publisheddesktops licenses license licences licence assignedlicenses workspacerole workspaceroles lizenzen lizenz dienste dienst anwendungen anwendung licenser licens tjenester tjeneste applikationer applikation tjänster tjänst",
    ),
    (
        "place",
        "place ouname ou dnsuffix container organizationalunit organisationseinheit distinguishedname dn adlocation",
    ),
    ("initials", "initials initialen initialer"),
    ("mobile", "mobile mobilephone mobilenumber cellphone mobiltelefon mobil handy handynummer mobilnummer"),
    ("home_phone", "homephone privattelefon telefonprivat hjemmetelefon hemtelefon"),
    ("fax", "fax faxnumber facsimiletelephonenumber telefax faxnummer"),
    ("pager", "pager"),
    ("ip_phone", "ipphone"),
    ("aliases", "aliases proxyaddresses othermailbox emailaliases"),
    (
        "office",
        "office officenumber officename physicaldeliveryofficename büro raum zimmer kontor rum lokale",
    ),
    ("company", "company companyname o organization organisation firma unternehmen virksomhed företag"),
    (
        "employee_id",
        "employeeid staffid staffnumber personnelnumber personalnummer personalnr mitarbeiternummer medarbejdernummer medarbejdernr anställningsnummer anställningsnr",
    ),
    ("employee_type", "employeetype beschäftigungsart ansættelsestype anställningsform"),
    ("external_id", "externalid recorduid immutableid sourceanchor externeid eksterntid externtid"),
    ("street", "street streetaddress address straße strasse adresse adress gade vej gata gatuadress"),
    ("po_box", "pobox postofficebox postfach postboks postbox"),
    ("postal_code", "postalcode zip zipcode ziporpostalcode postcode plz postleitzahl postnummer postnr"),
    ("city", "city town l ort stadt by stad postort"),
    ("region", "region state st stateorprovince stateprovince province bundesland län"),
    ("country", "country countryorregion countryregion c land"),
    ("web_page", "webpage website wwwhomepage url homepage webseite hjemmeside webbplats hemsida"),
    (
        "notes",
        "notes info comment comments bemerkung bemerkungen bemærkning bemærkninger anteckning anteckningar",
    ),
    ("profile_path", "profilepath"),
    ("logon_script", "logonscript scriptpath"),
    ("home_folder", "homefolder homedirectory"),
    ("home_drive", "homedrive"),
    ("logon_hours", "logonhours"),
    ("expires_at", "expiresat accountexpires accountexpirationdate ablaufdatum udløbsdato utgångsdatum"),
    (
        "ignored",
        "ignored dnrdn overwrite objectclass objectguid objectsid whencreated whenchanged dirsyncenabled lastdirsynctime lastpasswordchangetimestamp oathtokenmetadata passwordneverexpires preferreddatalocation releasetrack softdeletiontimestamp strongpasswordrequired sourceuid birthday geburtsdatum",
    ),
];

/// As above, where no other column says it better.
const SECOND: &[(&str, &str)] = &[
    ("country", "co usagelocation"),
    ("employee_id", "employeenumber"),
    ("department", "departmentnumber"),
    ("office", "room roomnumber"),
];

/// What has more than one meaning in the wild.
const UNSURE: &[(&str, &str)] = &[
    ("external_id", "id nummer number key"),
    ("enabled", "status accountstatus"),
    ("services", "template templatename product products sku"),
    ("title", "role rolle roll funktion"),
    ("groups", "schoolclasses klasse klassen klass"),
    ("notes", "description beschreibung beskrivelse beskrivning"),
    ("mail_nickname", "alias"),
    ("user_name", "user"),
    ("given_name", "first"),
    ("surname", "last"),
    ("expires_at", "enddate expirydate expirationdate slutdato slutdatum austrittsdatum"),
];

fn known(table: &[(&str, &str)], folded: &str) -> Option<Column> {
    let row = table.iter().find(|(_, names)| names.split(' ').any(|name| name == folded));
    row.and_then(|(code, _)| Column::from_code(code))
}

/// Whether it is a heading of some file, whatever it means there.
pub(super) fn is_known(heading: &Heading, fields: &[Definition]) -> bool {
    let folded = heading.folded.as_str();
    let tables = [SURE, SECOND, UNSURE];
    Column::from_code(&heading.text).is_some()
        || tables.iter().any(|table| known(table, folded).is_some())
        || (!folded.is_empty() && fields.iter().any(|field| is_named(field, folded)))
        || is_password(folded)
        || folded == "location"
        || folded.starts_with("customfield")
        || folded.starts_with("extensionattribute")
}

fn is_named(field: &Definition, folded: &str) -> bool {
    fold(&field.label) == folded || fold(&field.key) == folded
}

/// Somebody's own words for a password are no place to be particular.
pub(super) fn is_password(folded: &str) -> bool {
    ["passw", "kennw", "adgangskode", "lösenord"].iter().any(|part| folded.contains(part))
}

/// What is said about a password, and is none: when it was set, whether it expires, how often it was wrong.
fn is_about_password(folded: &str) -> bool {
    const ABOUT: [&str; 27] = [
        "last",
        "set",
        "expir",
        "required",
        "polic",
        "age",
        "count",
        "stamp",
        "date",
        "status",
        "state",
        "hash",
        "never",
        "changed",
        "history",
        "hint",
        "bad",
        "length",
        "letzt",
        "ablauf",
        "abgelaufen",
        "geändert",
        "richtlinie",
        "udløb",
        "ændret",
        "ändrad",
        "utgå",
    ];
    // An account's password is one.
    let folded = folded.replace("account", "");
    is_password(&folded) && ABOUT.iter().any(|part| folded.contains(part))
}

/// What a heading means in a file of this kind with these headings.
pub(super) fn meaning(
    heading: &Heading,
    profile: Profile,
    all: &[Heading],
    fields: &[Definition],
) -> Option<(Column, Strength)> {
    use Strength::{Second, Sure, Unsure};
    if let Some(column) = Column::from_code(&heading.text) {
        let column = match column {
            Column::Field(key) => return field(fields, |field| field.key == key).map(|of| (of, Sure)),
            column => column,
        };
        return Some((column, Sure));
    }
    let folded = heading.folded.as_str();
    if folded.is_empty() {
        return None;
    }
    if let Some(found) = of_profile(heading, profile, all) {
        return Some(found);
    }
    if is_password(folded) && known(SURE, folded).is_none() {
        let column = if is_about_password(folded) { Column::Ignored } else { Column::Password };
        return Some((column, Sure));
    }
    let by_name = |field: &Definition| is_named(field, folded);
    let by_slot = |field: &Definition| field.slot.is_some_and(|slot| fold(slot.ldap_name()) == folded);
    let extension = folded.strip_prefix("extensionattribute").map(|n| format!("extension{n}"));
    let by_number =
        |field: &Definition| field.slot.is_some_and(|slot| extension.as_deref() == Some(slot.code()));
    // What a customer calls a field of its own is no service of another system.
    let sure = known(SURE, folded);
    let own = field(fields, by_name).filter(|_| matches!(sure, None | Some(Column::Services)));
    own.or(sure)
        .map(|column| (column, Sure))
        .or_else(|| field(fields, by_slot).map(|column| (column, Sure)))
        .or_else(|| known(SECOND, folded).map(|column| (column, Second)))
        .or_else(|| known(UNSURE, folded).map(|column| (column, Unsure)))
        .or_else(|| field(fields, by_number).map(|column| (column, Unsure)))
}

fn field(fields: &[Definition], is_it: impl Fn(&Definition) -> bool) -> Option<Column> {
    let mut open = fields.iter().filter(|field| field.retired_at.is_none());
    open.find(|field| is_it(field)).map(|field| Column::Field(field.key.clone()))
}

/// What a word means in files of this kind and not in others.
fn of_profile(heading: &Heading, profile: Profile, all: &[Heading]) -> Option<(Column, Strength)> {
    use Strength::{Sure, Unsure};
    let has = |word: &str| all.iter().any(|heading| heading.folded == word);
    let german = has("vorname") || has("rufname");
    let surname = || all.iter().any(|h| known(SURE, &h.folded) == Some(Column::Surname));
    let column = match (heading.folded.as_str(), profile) {
        // The label before the brackets says *Block sign in*, in whatever language.
        ("accountenabled", Profile::Entra) if heading.is_token => Column::Disabled,
        ("username", Profile::Microsoft365) => Column::PrincipalName,
        ("username", Profile::Cpsm) => Column::LogonName,
        // The place of the account in the directory, not that of the person.
        ("location", Profile::Cpsm) => Column::Place,
        ("location", Profile::Lam) => Column::Detail(Detail::City),
        ("location", _) => return Some((Column::Detail(Detail::City), Unsure)),
        ("id" | "objectid", Profile::Entra | Profile::Microsoft365) | ("nummer" | "id", Profile::Ucs) => {
            Column::Detail(Detail::ExternalId)
        }
        (
            "othermailbox" | "othermailboxes" | "alternateemailaddress",
            Profile::Entra | Profile::Microsoft365,
        ) => {
            // An address at another provider, to which nothing of ours sends.
            Column::Ignored
        }
        // In German a surname, beside a given name.
        ("name", Profile::Other | Profile::Ucs) if german && !surname() => Column::Surname,
        // In German *Dr.*, elsewhere the job.
        ("titel", _) if german => return Some((Column::Title, Unsure)),
        ("domain", _) if !has("mailnickname") => return Some((Column::Place, Unsure)),
        ("mailnickname", _) if !has("domain") => Column::Ignored,
        // The one is an attribute there and no place, the other bits for programs.
        ("ou", Profile::Lam) | ("logonhours", Profile::AdManager | Profile::Lam) => Column::Ignored,
        _ => return None,
    };
    Some((column, Sure))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_stands_in_one_place_and_is_folded() {
        let mut seen = BTreeSet::new();
        for (code, names) in [SURE, SECOND, UNSURE].into_iter().flatten() {
            assert!(Column::from_code(code).is_some(), "{code}");
            for name in names.split(' ') {
                assert_eq!(fold(name), name, "of {code}");
                assert!(seen.insert(name), "{name} stands twice");
            }
        }
    }

    #[test]
    fn headings_are_compared_without_what_no_two_exports_agree_on() {
        for (text, folded) in [
            (" First_Name * ", "firstname"),
            ("ZIP or Postal Code", "ziporpostalcode"),
            ("Block sign in (Yes/No) [accountEnabled] Required", "accountenabled"),
            ("windowsUser_firstName", "firstname"),
            ("posixAccount_userName", "username"),
            ("A\u{30a}rsl\u{f6}n", "årslön"),
            ("given_name", "givenname"),
            ("[x", "x"),
        ] {
            assert_eq!(Heading::new(text).folded, folded, "{text}");
        }
        assert!(Heading::new("windowsUser_l").is_of_module && !Heading::new("user_l").is_of_module);
        assert!(Heading::new("Name [displayName]").is_token && !Heading::new("[displayName]").is_token);
    }
}
