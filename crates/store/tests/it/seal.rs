//! Keys and what they seal.

use std::{fs, path::Path, sync::Arc};

use domain::{clock::SeededRandom, id::ActivationId, limits};
use jiff::{SignedDuration, Timestamp};
use store::seal::{Keyring, SealError};
use tempfile::TempDir;
use uuid::Uuid;

fn open(folder: &Path, seed: u64) -> Keyring {
    Keyring::open(folder, Arc::new(SeededRandom::new(seed))).expect("the keyring opens")
}

fn now() -> Timestamp {
    "2026-03-02T08:30:00Z".parse().expect("an instant")
}

#[test]
fn what_was_sealed_opens_for_its_row_only_and_only_unchanged() {
    let folder = TempDir::new().expect("a folder");
    let keys = open(folder.path(), 1);
    let (row, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let (id, sealed) = keys.seal(row, b"secret").expect("sealing");
    assert_eq!(keys.open_sealed(&id, row, &sealed).expect("opening").as_slice(), b"secret");
    assert!(matches!(keys.open_sealed(&id, other, &sealed), Err(SealError::Broken)), "another row");
    for place in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        assert!(matches!(keys.open_sealed(&id, row, &changed), Err(SealError::Broken)), "byte {place}");
    }
    for length in 0..sealed.len() {
        assert!(keys.open_sealed(&id, row, &sealed[..length]).is_err(), "cut to {length}");
    }
    for name in ["master-9", "../master-1", "", "short-1"] {
        assert!(matches!(keys.open_sealed(name, row, &sealed), Err(SealError::NoKey(_))), "{name}");
    }
}

#[test]
fn after_a_rotation_old_values_open_and_new_ones_use_the_new_key() {
    let folder = TempDir::new().expect("a folder");
    let old = open(folder.path(), 1);
    let row = Uuid::from_u128(1);
    let (id, sealed) = old.seal(row, b"before").expect("sealing");
    let link = old.activation_token(ActivationId::from_uuid(row));
    fs::write(folder.path().join("master-2.key"), "ab".repeat(32)).expect("a second key");
    fs::write(folder.path().join("master-10.key"), "cd".repeat(32)).expect("a third, later than the second");
    let new = open(folder.path(), 2);
    assert_eq!(new.open_sealed(&id, row, &sealed).expect("opening").as_slice(), b"before");
    let (id, sealed) = new.seal(row, b"after").expect("sealing");
    assert_eq!(id, "master-10");
    assert!(
        matches!(old.open_sealed(&id, Uuid::nil(), &sealed), Err(SealError::Broken)),
        "read from the folder"
    );
    assert_eq!(new.activation_of(&link), Some(ActivationId::from_uuid(row)), "links on their way still work");
}

#[test]
fn a_short_key_is_destroyed_when_its_secrets_are_too_old_and_not_before() {
    let folder = TempDir::new().expect("a folder");
    let keys = open(folder.path(), 1);
    let row = Uuid::from_u128(1);
    let (id, sealed) = keys.seal_short(now(), row, b"password").expect("sealing");
    let (same, _) = keys.seal_short(now(), row, b"password").expect("sealing");
    assert_eq!(id, same, "one key an hour");
    let last = now() + SignedDuration::from_hours(limits::SECRET_HOURS);
    assert_eq!(keys.destroy_expired(last).expect("destroying"), 0);
    assert_eq!(keys.open_sealed(&id, row, &sealed).expect("opening").as_slice(), b"password");
    let later = last + SignedDuration::from_hours(3);
    assert_eq!(keys.destroy_expired(later).expect("destroying"), 1);
    assert!(matches!(keys.open_sealed(&id, row, &sealed), Err(SealError::NoKey(_))), "gone for ever");
    let (id, sealed) = keys.seal(row, b"lasting").expect("sealing");
    assert!(keys.open_sealed(&id, row, &sealed).is_ok(), "the master stays");
}

#[test]
fn a_link_is_genuine_or_worth_nothing() {
    let folder = TempDir::new().expect("a folder");
    let keys = open(folder.path(), 1);
    let id = ActivationId::from_uuid(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001));
    let token = keys.activation_token(id);
    assert_eq!(keys.activation_of(&token), Some(id));
    assert_eq!(keys.activation_token(id), token, "the same link can be shown again");
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for place in 0..token.len() {
        for &letter in alphabet {
            let mut forged = token.clone().into_bytes();
            if forged[place] == letter {
                continue;
            }
            forged[place] = letter;
            let forged = String::from_utf8(forged).expect("letters");
            assert_eq!(keys.activation_of(&forged), None, "{place}: {forged}");
        }
        assert_eq!(keys.activation_of(&token[..place]), None, "cut to {place}");
    }
    assert_eq!(keys.activation_of(&format!("{token}A")), None);
    let elsewhere = TempDir::new().expect("a folder");
    assert_eq!(open(elsewhere.path(), 2).activation_of(&token), None, "of another instance");
}

#[test]
fn processes_that_make_keys_at_once_agree_on_them() {
    let folder = TempDir::new().expect("a folder");
    let barrier = std::sync::Barrier::new(8);
    let row = Uuid::from_u128(1);
    let sealed: Vec<_> = std::thread::scope(|scope| {
        let one = |seed| {
            let (folder, barrier) = (folder.path(), &barrier);
            scope.spawn(move || {
                barrier.wait();
                let keys = open(folder, seed);
                (keys.seal(row, b"x").expect("sealing"), keys.seal_short(now(), row, b"y").expect("sealing"))
            })
        };
        let running: Vec<_> = (1..=8).map(|n| one(n * 1_000)).collect();
        running.into_iter().map(|t| t.join().expect("a thread")).collect()
    });
    let keys = open(folder.path(), 99);
    for ((master, lasting), (short, passing)) in sealed {
        assert_eq!(keys.open_sealed(&master, row, &lasting).expect("opening").as_slice(), b"x");
        assert_eq!(keys.open_sealed(&short, row, &passing).expect("opening").as_slice(), b"y");
    }
    let left = fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(left, 2, "no drafts are left behind");
}

#[test]
fn keys_are_readable_by_their_user_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().expect("a folder");
    open(folder.path(), 1);
    let mode = fs::metadata(folder.path().join("master-1.key")).expect("the key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_damaged_key_is_an_error_and_not_a_new_key() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("master-1.key"), "not a key").expect("writing");
    let error = Keyring::open(folder.path(), Arc::new(SeededRandom::new(1))).expect_err("a damaged key");
    assert!(matches!(error, SealError::NoKey(name) if name == "master-1"));
}
