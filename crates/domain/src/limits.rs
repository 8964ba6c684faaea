//! Every limit of the product, in one place, with its reason.

use std::time::Duration;

/// Characters of a relative distinguished name (MS-ADTS: `cn` has rangeUpper 64).
pub const RDN_CHARS: usize = 64;
/// Characters of `sAMAccountName` of a user (MS-SAMR: 20, for older log-on protocols).
pub const LOGON_NAME_CHARS: usize = 20;
/// Characters of `sAMAccountName` of a group (MS-ADTS rangeUpper 256; kept to an RDN's length).
pub const GROUP_LOGON_NAME_CHARS: usize = 64;
/// Characters of a user principal name (MS-ADTS rangeUpper 1024; mail systems take 254, RFC 5321).
pub const UPN_CHARS: usize = 254;
/// Characters of a given name or surname (MS-ADTS rangeUpper 64).
pub const PERSON_NAME_CHARS: usize = 64;
/// Characters of a display name (MS-ADTS rangeUpper 256; an RDN is made from it).
pub const DISPLAY_NAME_CHARS: usize = 64;
/// Characters of free text attributes such as title and department (MS-ADTS rangeUpper 64).
pub const ATTRIBUTE_CHARS: usize = 64;
/// Further mail addresses of one person (Exchange Online: 400 for a mailbox; kept to a page's length).
pub const ALIASES: usize = 100;
/// A clock of a directory may be wrong by so many minutes (Kerberos refuses more than 5, RFC 4120 9.).
pub const CLOCK_SKEW_MINUTES: i64 = 10;
/// Characters of a customer code: part of logon names and OU names.
pub const CODE_CHARS: std::ops::RangeInclusive<usize> = 2..=12;
/// Characters of what somebody says about why something is done: a sentence or two.
pub const REASON_CHARS: usize = 200;
/// Characters of the reference of an order.
pub const REFERENCE_CHARS: usize = 64;
/// Levels of the tenant tree: provider, resellers, sub-resellers, customer.
pub const TENANT_DEPTH: usize = 8;
/// Characters of a customer's naming pattern; the names made from it are cut anyway.
pub const NAMING_PATTERN_CHARS: usize = 64;
/// Plans of one person, and services of one order.
pub const PLANS: usize = 50;
/// Years in which a contract can begin and end; what a typing mistake gives is outside.
pub const CONTRACT_YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;
/// Users in one order or one batch request.
pub const USERS_PER_REQUEST: usize = 5_000;
/// Findings put right by one request.
pub const FINDINGS_PER_REQUEST: u32 = 5_000;
/// Objects one adoption takes over: a large customer, in one transaction of some seconds.
pub const ADOPTED_OBJECTS: usize = 20_000;
/// A survey is forgotten after this long, in hours, and so is what a directory said of names: what is taken over should
/// be what is there.
pub const SURVEY_HOURS: i64 = 72;
/// Surveys of one directory that are kept at once.
pub const SURVEYS: i64 = 20;
/// Characters of a distinguished name.
pub const DN_CHARS: usize = 1_024;
/// Rows of all files of one migration.
pub const MIGRATION_ROWS: usize = 200_000;
/// Rows of a file by which it is recognised.
pub const IMPORT_ROWS_SEEN: usize = 50;
/// Entries of a list in one cell of such a file; more are the sign of another separator.
pub const IMPORT_ENTRIES: usize = 200;
/// Bytes of a file of people: [`IMPORT_ROWS`] of them with 14 columns are 17 MB as CSV, and 8 MB as
/// a workbook.
pub const IMPORT_BYTES: usize = 32 * 1024 * 1024;
/// Bytes that all parts of such a file unpack to: that workbook has 120 MB of XML, and a bomb has a
/// thousand times its own size.
pub const IMPORT_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes of all rows of such a file, which are kept until its preview is made: a file of some kilobytes can
/// say one row a hundred thousand times. [`IMPORT_ROWS`] people with the 90 columns of the widest export
/// known, half of them filled, are 360 MB.
pub const IMPORT_SHOWN_BYTES: u64 = 512 * 1024 * 1024;
/// People in one file.
pub const IMPORT_ROWS: usize = BULK_ROWS;
/// Groups one file may make.
pub const IMPORT_GROUPS: usize = 1_000;
/// Rows above the people: the headings, and what templates say about themselves.
pub const IMPORT_HEAD_ROWS: usize = 10;
/// Files that are read and planned at once by one process: each may take some hundred MiB meanwhile.
pub const IMPORTS_AT_ONCE: usize = 2;
/// Seconds for which another file waits for its turn; so few that it can still be read in the time of an answer.
pub const IMPORT_WAIT_SECONDS: u64 = 8;
/// Columns of a file: the widest export known has 90.
pub const IMPORT_COLUMNS: usize = 300;
/// Characters of one cell: a person's groups as distinguished names, and no novel.
pub const IMPORT_CELL_CHARS: usize = 4_000;
/// Rows written by one statement.
pub const ROWS_PER_STATEMENT: usize = 500;
/// Members changed by one call.
pub const MEMBERS_PER_REQUEST: usize = 5_000;
/// People who own one group.
pub const GROUP_OWNERS: usize = 20;
/// Groups in groups, one in another: a token holds at most 1,015 groups
/// (MS-KILE, as Windows builds it), and nobody follows more levels with the eye.
pub const GROUP_DEPTH: usize = 8;
/// Templates of groups of one tenant, for one page that shows them all.
pub const GROUP_TEMPLATES: i64 = 100;
/// Groups made from a template by one call.
pub const GROUPS_PER_REQUEST: usize = 500;
/// How far ahead a membership may end, in days.
pub const MEMBERSHIP_DAYS: i64 = 10 * 365;
/// Memberships that one transaction ends because their time is over.
pub const MEMBERSHIPS_ENDED_AT_ONCE: i32 = 5_000;
/// Members added to or removed from a group by one modify.
pub const MEMBERS_PER_MODIFY: usize = 1_000;
/// Values a directory returns of one attribute at once (MS-ADTS 3.1.1.3.1.3.3).
pub const VALUES_PER_RANGE: usize = 1_500;
/// Entries a directory returns in one page.
pub const ENTRIES_PER_PAGE: i32 = 1_000;
/// Terms of one search filter; more are split over several searches.
pub const TERMS_PER_FILTER: usize = 100;
/// Operations in flight on one directory connection.
pub const WINDOW: usize = 16;
/// A preferred controller that was away is used again when it was up for this
/// long: five minutes are time to start all its services and to fetch what it
/// missed, and a controller that comes and goes moves nobody back and forth.
pub const CONTROLLER_RETURN: Duration = Duration::from_secs(300);
/// What one controller was told, the others of its site know after this long.
/// Usual are 15 s for each of at most three hops, and minutes when one was
/// just started; between sites 15 min is the shortest interval there is.
pub const REPLICATION: Duration = Duration::from_secs(900);
/// Characters of a controller's address.
pub const ADDRESS_CHARS: usize = 300;
/// A clock of a controller that differs by more than this is a warning: Kerberos, with which
/// people log on, gives up at five minutes (RFC 4120 7.5.8, MS-KILE 3.1.1.2).
pub const CLOCK_SKEW: Duration = Duration::from_secs(60);
/// A password that a controller refused is not offered to it again for this long: accounts are
/// locked after a few wrong ones, commonly ten in a quarter of an hour.
pub const CREDENTIALS_RETRY: Duration = Duration::from_mins(10);
/// Objects of a directory in maintenance that are shown as parked at once.
pub const PARKED_AT_ONCE: i64 = 1_000;
/// Objects of a read-only directory that differ are looked at again after this long.
pub const READ_ONLY_AGAIN: Duration = Duration::from_secs(60);
/// Objects of one claim, at most.
pub const OBJECTS_PER_CLAIM: usize = 256;
/// A claim is worth at most this much of the target's measured time, in milliseconds.
pub const CLAIM_MILLIS: u64 = 2_000;
/// Characters of the address a webhook is sent to.
pub const HOOK_URL_CHARS: usize = 500;
/// Hooks of one tenant.
pub const HOOKS: i64 = 200;
/// Seconds a hook may take, and what it gets when nothing is asked for.
pub const HOOK_SECONDS: std::ops::RangeInclusive<i32> = 1..=60;
/// Seconds of a hook when nothing is asked for.
pub const HOOK_SECONDS_DEFAULT: i32 = 10;
/// How often a hook is tried before a person has to act.
pub const HOOK_TRIES: std::ops::RangeInclusive<i32> = 1..=20;
/// Tries of a hook when nothing is asked for: with doubling waits about ten minutes.
pub const HOOK_TRIES_DEFAULT: i32 = 8;
/// Calls of one hook at once.
pub const HOOK_AT_ONCE: i64 = 8;
/// Calls of all hooks one process makes at once.
pub const HOOKS_AT_ONCE: usize = 64;
/// Bytes of an answer that are read; the rest is left.
pub const HOOK_ANSWER_BYTES: usize = 16 * 1024;
/// Hours for which the secret before the present one still signs.
pub const HOOK_OLD_SECRET_HOURS: std::ops::RangeInclusive<i64> = 0..=720;
/// A hook that did not answer this often in a row is left alone for a while.
pub const HOOK_FAILURES: i32 = 3;
/// A lease holds this long without renewal, in seconds.
pub const LEASE_SECONDS: i64 = 10;
/// Rows of one page of a list.
pub const PAGE_ROWS: std::ops::RangeInclusive<u32> = 1..=200;
/// Rows of one page when nothing was asked for.
pub const PAGE_ROWS_DEFAULT: u32 = 50;
/// What at most so many rows match is looked up by its own index and sorted, a page of it; of
/// more, a page is found soon by walking the list in its order.
pub const FEW_ROWS: i64 = 2_000;
/// Tenants whose lists are walked side by side; with more, the list of everybody is walked.
pub const TENANTS_SIDE_BY_SIDE: i64 = 200;
/// Rows of an export that are read at once.
pub const EXPORT_ROWS: u32 = 1_000;
/// Bytes of a request body.
pub const BODY_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of an order or a batch: [`USERS_PER_REQUEST`] people with every field filled.
pub const LARGE_BODY_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of a form of the portal.
pub const FORM_BYTES: usize = 64 * 1024;
/// Bytes of a form with [`MEMBERS_PER_REQUEST`] logins.
pub const MEMBERS_FORM_BYTES: usize = 1024 * 1024;
/// Bytes of a form with every mail of a brand: twelve of [`MAIL_TEMPLATE_CHARS`], of which one may be twelve bytes.
pub const BRAND_FORM_BYTES: usize = 512 * 1024;
/// A request of the web is answered within this many seconds, or refused.
pub const ANSWER_SECONDS: u64 = 30;
/// A stream of progress that has nothing to say says so this often, in seconds.
pub const LIVE_ALIVE_SECONDS: u64 = 15;
/// Events of one stream of progress; then the browser connects again.
pub const LIVE_EVENTS: u32 = 2_000;
/// A stream of progress lasts this long; then the browser connects again, and who no longer
/// looks does not.
pub const LIVE: Duration = Duration::from_mins(10);
/// Streams of progress one person has open at once; a tab beyond shows what was when it was loaded.
pub const LIVE_PER_PERSON: usize = 8;
/// Streams of progress one process has open at once: each looks into the database up to three
/// times a second.
pub const LIVE_AT_ONCE: usize = 1_000;
/// Sign-ins and activations one address may try within a minute.
pub const SIGN_INS_PER_MINUTE: u32 = 30;
/// The same for all together whose address is not known, as behind a proxy that does not tell it:
/// a whole morning's people are let in, and guessing stays slow.
pub const SIGN_INS_UNKNOWN_PER_MINUTE: u32 = 300;
/// Attempts at one login within an hour, from everywhere, after which it is closed to networks
/// it is not known from. One network alone comes to about twenty (`sign_in_wait`).
pub const SIGN_IN_FAILURES_PER_HOUR: i32 = 100;
/// Passwords that wait to be hashed at once: some seconds of work. Whoever comes then is told
/// to come again.
pub const HASHES_WAITING: usize = 64;
/// After this many seconds.
pub const BUSY_SECONDS: i64 = 2;
/// Forgotten passwords that are looked after at once.
pub const RESETS_AT_ONCE: u32 = 32;
/// Addresses whose attempts are counted at once; beyond, the oldest minute is forgotten.
pub const ADDRESSES_COUNTED: usize = 20_000;
/// Characters of an `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_CHARS: usize = 255;
/// An activation link is valid this long, in hours.
pub const ACTIVATION_HOURS: i64 = 7 * 24;
/// The link of somebody who forgot the password, or changes it, is valid this long, in
/// minutes: whoever asked sits waiting for it.
pub const RESET_LINK_MINUTES: i64 = 60;
/// Links one login may ask for by mail within an hour; more would only fill a mailbox.
pub const RESETS_PER_HOUR: i32 = 3;
/// Asking for a link is answered after this long, whether there is an account or not.
pub const RESET_ANSWER: Duration = Duration::from_millis(400);
/// Mails one worker sends at once.
pub const MAILS_AT_ONCE: i64 = 8;
/// Seconds a mail may take, from the connection to the server's answer.
pub const MAIL_SECONDS: u64 = 60;
/// The mail server is left alone for a while when it did not answer this often in a row.
pub const MAIL_FAILURES: i32 = 3;
/// A mail that cannot be sent is given up after this long, in hours, or when its link ends.
pub const MAIL_HOURS: i64 = 3 * 24;
/// A mail is forgotten this long after it was wanted, in hours.
pub const MAIL_KEPT_HOURS: i64 = 14 * 24;
/// API tokens of one person that work at once.
pub const TOKENS: i64 = 100;
/// Within this many minutes what was shown once can be shown again to who had it made: pages are
/// loaded again, and buttons pressed twice.
pub const SHOWN_MINUTES: i64 = 10;
/// Sessions of one person that are shown.
pub const SESSIONS_SHOWN: i64 = 200;
/// A secret waits this long for its target before it is destroyed, in hours.
pub const SECRET_HOURS: i64 = 24;
/// A name stays reserved this long after its owner is gone, in days.
pub const RESERVED_DAYS: i64 = 365;
/// Days in which a closed tenant can be restored, when nothing else is asked for: a month,
/// so that the next bill is seen before anything is gone.
pub const GRACE_DAYS_DEFAULT: u32 = 30;
/// Days of grace that can be asked for; with none it is gone with the next sweep.
pub const GRACE_DAYS: std::ops::RangeInclusive<u32> = 0..=365;
/// Characters of a link in a brand.
pub const LINK_CHARS: usize = 500;
/// Characters of a text in mails of a brand: a paragraph or two.
pub const MAIL_TEXT_CHARS: usize = 600;

/// Characters of a mail in a brand's own words, its subject with it.
pub const MAIL_TEMPLATE_CHARS: usize = 2_000;

/// Characters of the subject of a mail.
pub const MAIL_SUBJECT_CHARS: usize = 150;
/// Bytes of a picture of a brand: it stands on the first page people load.
pub const PICTURE_BYTES: usize = 128 * 1024;
/// Pixels of a logo, each way.
pub const LOGO_PIXELS: u32 = 16;
/// The most pixels of a logo: twice the widest it is shown, and no more to unpack.
pub const LOGO_PIXELS_MAX: u32 = 1_024;
/// Pixels of an icon, each way.
pub const ICON_PIXELS: u32 = 32;
/// The most pixels of an icon.
pub const ICON_PIXELS_MAX: u32 = 512;
/// Host names of one tenant.
pub const HOST_NAMES: i64 = 20;
/// How far ahead a move to another seller may be planned, in days.
pub const MOVE_DAYS: i64 = 2 * 365;
/// Characters of a password people choose. The directory may ask for more.
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 12..=127;
/// The most characters a tenant can ask of passwords: more, and nobody types it twice.
pub const PASSWORD_MIN_CHARS_MAX: u32 = 64;
/// Days after which a tenant can have passwords changed.
pub const PASSWORD_DAYS: std::ops::RangeInclusive<u32> = 1..=3_650;
/// Words a tenant can forbid in passwords.
pub const FORBIDDEN_WORDS: usize = 200;
/// Characters of such a word at least: shorter ones stand in everything.
pub const FORBIDDEN_WORD_CHARS_MIN: usize = 3;
/// A request of more objects than this waits in the bulk lane.
pub const INTERACTIVE_OBJECTS: usize = 40;
/// A session of the portal or the client ends after this many hours.
pub const SESSION_HOURS: i64 = 12;
/// Answers to requests with an `Idempotency-Key` are kept this long, in hours.
pub const IDEMPOTENCY_HOURS: i64 = 24;
/// Values a property of a service may choose from.
pub const CHOICES_OF_PROPERTY: usize = 100;
/// Failed sign-ins of a login count together until nobody tried it for this long, in hours.
pub const SIGN_IN_FAILURE_HOURS: i64 = 24;
/// A session that ended stays known this long, in hours, for whoever asks what it was.
pub const ENDED_SESSION_HOURS: i64 = 30 * 24;
/// Characters of the code of a service, a plan or a bundle.
pub const CATALOGUE_CODE_CHARS: usize = 40;
/// Characters of a template of a service; what it gives is checked against its attribute.
pub const TEMPLATE_CHARS: usize = 256;
/// Characters of the value of a property.
pub const PROPERTY_CHARS: usize = 200;
/// Properties of one service, for one page that shows them all.
pub const PROPERTIES_OF_SERVICE: usize = 50;
/// Groups of one instance of a service: each costs a membership for every person.
pub const GROUPS_OF_SERVICE: usize = 8;
/// Custom groups of one bundle.
pub const GROUPS_OF_BUNDLE: usize = 50;
/// Bundles of one person.
pub const BUNDLES: usize = 20;
/// Custom fields one tenant defines, in use and retired: a form of more is no form.
pub const FIELDS: i64 = 50;
/// Characters of the key of a custom field.
pub const FIELD_KEY_CHARS: std::ops::RangeInclusive<usize> = 2..=40;
/// Characters of the value of a custom field.
pub const FIELD_CHARS: usize = 256;
/// Values a custom field may choose from.
pub const CHOICES_OF_FIELD: usize = 100;
/// Characters of the pattern of a custom field.
pub const FIELD_PATTERN_CHARS: usize = 200;
/// Bytes the pattern of a custom field may take when it is made ready.
pub const FIELD_PATTERN_BYTES: usize = 256 * 1024;
/// People who get or lose a plan in one request: one transaction holds their rows until its end.
pub const SEATS_AT_ONCE: u32 = 5_000;
/// People of whom a refused change of many tells which value does not fit.
pub const PEOPLE_NAMED: usize = 10;

/// How often a use case is run whose transaction met another.
pub const TRANSACTION_TRIES: usize = 4;

/// How old a subscription may be that the sweep starts because nobody did: what takes the
/// place of another while that is verified is a moment old, so this is a long outage.
pub const LATE_START_HOURS: i64 = 168;

/// People one bulk change may be about: everybody of a very large customer at once.
pub const BULK_ROWS: usize = 100_000;
/// Customers one act may reach at once: each has a bulk change of its own.
pub const BULK_CUSTOMERS: usize = 1_000;
/// People of a bulk change that one transaction changes: a second's work, so that others wait for no
/// longer, and a pause is heard soon.
pub const BULK_AT_ONCE: i64 = 500;
/// What was previewed and not begun is forgotten after this long, in hours: what is done should be what is there.
pub const BULK_PREVIEW_HOURS: i64 = 72;
/// What was done is remembered this long, in hours: until then it can be taken back.
pub const BULK_KEPT_HOURS: i64 = 90 * 24;

/// Views one person keeps, and as many a tenant shares: a list shows them as links.
pub const VIEWS: i64 = 50;
/// Characters of the name of a view: it is a link above a list.
pub const VIEW_NAME_CHARS: usize = 60;
/// Characters of a value a view keeps: as many as a list looks at.
pub const VIEW_VALUE_CHARS: usize = 100;
/// Characters of the columns a view keeps: more than all names of columns together have.
pub const VIEW_COLUMNS_CHARS: usize = 4_000;
