//! Keys and sealed values.
//!
//! The keyring is a folder of the server, never in the database: `master-N.key`
//! seals what lasts (the newest seals, all open), `short-<hour>.key` seals
//! secrets on their way to a target and is destroyed when they are too old, so
//! that ciphertext in the log files of the database becomes worthless.
//! Sealing is AES-256-GCM with the row's id as associated data.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use domain::{clock::Random, id::ActivationId, limits};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

type Key = Zeroizing<[u8; 32]>;

/// Why a value could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key is not in the keyring: it was destroyed, or this process has another keyring.
    #[error("the key {0} is not in the keyring")]
    NoKey(String),
    /// The value was changed or belongs to another row.
    #[error("a sealed value does not open with its key")]
    Broken,
    /// The keyring's folder cannot be read or written.
    #[error("the keyring {path} cannot be used")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// The keys of this instance. Every process of one instance needs the same folder.
#[derive(Clone)]
pub struct Keyring {
    folder: PathBuf,
    masters: BTreeMap<String, Key>,
    current: String,
    random: Arc<dyn Random>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring")
            .field("folder", &self.folder)
            .field("current", &self.current)
            .finish_non_exhaustive()
    }
}

impl Keyring {
    /// Opens the keyring in `folder`; makes it with a first key if there is none.
    pub fn open(folder: &Path, random: Arc<dyn Random>) -> Result<Self, SealError> {
        let failed = |source| SealError::Folder { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        if !folder.join("master-1.key").exists() {
            write_key(folder, "master-1", random.as_ref())?;
        }
        let mut masters = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
            if name.starts_with("master-") && path.extension().is_some_and(|e| e == "key") {
                masters.insert(name.clone(), read_key(folder, &name)?);
            }
        }
        let number = |name: &String| name.rsplit('-').next().and_then(|n| n.parse::<u32>().ok());
        let current = masters.keys().max_by_key(|name| number(name)).cloned();
        let current = current.ok_or_else(|| SealError::NoKey("master".to_owned()))?;
        Ok(Self { folder: folder.to_owned(), masters, current, random })
    }

    /// Seals a value that lasts; gives the key's id and the sealed bytes.
    pub fn seal(&self, row: Uuid, plain: &[u8]) -> Result<(String, Vec<u8>), SealError> {
        Ok((self.current.clone(), self.seal_with(self.master(), row, plain)?))
    }

    /// Opens a value sealed with [`Keyring::seal`] or [`Keyring::seal_short`].
    pub fn open_sealed(
        &self,
        key_id: &str,
        row: Uuid,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        match self.masters.get(key_id) {
            Some(key) => open_with(key, row, sealed),
            None => open_with(&read_key(&self.folder, key_id)?, row, sealed),
        }
    }

    /// Seals a secret of short life under the key of this hour.
    pub fn seal_short(
        &self,
        now: Timestamp,
        row: Uuid,
        plain: &[u8],
    ) -> Result<(String, Vec<u8>), SealError> {
        let (name, key) = self.short_key(now)?;
        let sealed = self.seal_with(&key, row, plain)?;
        Ok((name, sealed))
    }

    /// The key of this hour and its id, to seal many secrets of short life with.
    pub(crate) fn short_key(&self, now: Timestamp) -> Result<(String, Key), SealError> {
        let name = format!("short-{}", now.as_second() / 3600);
        let key = match read_key(&self.folder, &name) {
            Ok(key) => key,
            Err(SealError::NoKey(_)) => {
                write_key(&self.folder, &name, self.random.as_ref())?;
                read_key(&self.folder, &name)?
            }
            Err(error) => return Err(error),
        };
        Ok((name, key))
    }

    /// Destroys the keys of secrets that are older than [`limits::SECRET_HOURS`];
    /// gives how many. Whatever they sealed can never be read again.
    pub fn destroy_expired(&self, now: Timestamp) -> Result<usize, SealError> {
        let failed = |source| SealError::Folder { path: self.folder.clone(), source };
        let oldest = now.as_second() / 3600 - limits::SECRET_HOURS - 1;
        let mut destroyed = 0;
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
            let hour = stem.strip_prefix("short-").and_then(|h| h.parse::<i64>().ok());
            if hour.is_some_and(|hour| hour < oldest) {
                fs::remove_file(&path).map_err(failed)?;
                destroyed += 1;
            }
        }
        Ok(destroyed)
    }

    /// A new key for one person's values in events: raw, and sealed for its row.
    pub(crate) fn person_key(&self, person: Uuid) -> Result<(Key, String, Vec<u8>), SealError> {
        let mut key = Key::default();
        self.random.fill(key.as_mut_slice());
        let (id, sealed) = self.seal(person, key.as_slice())?;
        Ok((key, id, sealed))
    }

    /// The key of a person that was sealed for its row.
    pub(crate) fn open_person_key(
        &self,
        key_id: &str,
        person: Uuid,
        sealed: &[u8],
    ) -> Result<Key, SealError> {
        let plain = self.open_sealed(key_id, person, sealed)?;
        <[u8; 32]>::try_from(plain.as_slice()).map(Zeroizing::new).map_err(|_| SealError::Broken)
    }

    /// Seals under a person's key.
    pub(crate) fn seal_with(&self, key: &Key, row: Uuid, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; 12];
        self.random.fill(&mut nonce);
        let cipher = Aes256Gcm::new_from_slice(key.as_slice()).map_err(|_| SealError::Broken)?;
        let payload = Payload { msg: plain, aad: row.as_bytes() };
        let sealed = cipher.encrypt(&nonce.into(), payload).map_err(|_| SealError::Broken)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The password of a database role: derived, so that it is stored nowhere.
    #[must_use]
    pub fn role_password(&self, role: &str) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::HEXLOWER.encode(&derive(
            self.master(),
            "database role",
            role.as_bytes(),
        )))
    }

    /// The secret part of a one-time link. Derived, so that a copy of the
    /// database opens no account, and the same link can be shown again.
    #[must_use]
    pub fn activation_token(&self, id: ActivationId) -> String {
        let uuid = id.uuid();
        let proof = derive(self.master(), "activation", uuid.as_bytes());
        data_encoding::BASE64URL_NOPAD.encode(&[uuid.as_bytes().as_slice(), &proof[..20]].concat())
    }

    /// The activation a token stands for, if the token is genuine. All masters
    /// are asked, so that links on their way survive a rotation.
    #[must_use]
    pub fn activation_of(&self, token: &str) -> Option<ActivationId> {
        let bytes = data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let (id, proof) = bytes.split_at_checked(16)?;
        // Constant time: Mac::verify would do, but the proof is cut.
        let genuine = |key: &Key| {
            let expected = derive(key, "activation", id);
            proof.len() == 20 && proof.iter().zip(&expected).fold(0, |d, (a, b)| d | (a ^ b)) == 0
        };
        self.masters
            .values()
            .any(genuine)
            .then(|| Uuid::from_slice(id).ok().map(ActivationId::from_uuid))
            .flatten()
    }

    /// What a form of a person makes that may be sent twice: the same both times, and nothing
    /// that anybody without the keys could know.
    pub(crate) fn form_secret(&self, person: Uuid, once: &str) -> [u8; 32] {
        derive(self.master(), "form", &[person.as_bytes().as_slice(), once.as_bytes()].concat())
    }

    /// Where its random bytes come from.
    pub(crate) fn random(&self) -> &dyn Random {
        self.random.as_ref()
    }

    pub(crate) fn fill(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }

    /// The key that seals now.
    fn master(&self) -> &Key {
        &self.masters[&self.current]
    }
}

/// Opens what was sealed under a person's key.
pub(crate) fn open_with(key: &Key, row: Uuid, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (nonce, message) = sealed.split_at_checked(12).ok_or(SealError::Broken)?;
    let nonce: [u8; 12] = nonce.try_into().map_err(|_| SealError::Broken)?;
    let cipher = Aes256Gcm::new_from_slice(key.as_slice()).map_err(|_| SealError::Broken)?;
    let payload = Payload { msg: message, aad: row.as_bytes() };
    cipher.decrypt(&nonce.into(), payload).map(Zeroizing::new).map_err(|_| SealError::Broken)
}

fn derive(key: &Key, purpose: &str, value: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key.as_slice())
        .expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(value);
    mac.finalize().into_bytes().into()
}

/// SHA-256, for secrets of full entropy such as tokens, and for content.
#[must_use]
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn read_key(folder: &Path, name: &str) -> Result<Key, SealError> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !plain {
        return Err(SealError::NoKey(name.chars().take(40).collect()));
    }
    let path = folder.join(format!("{name}.key"));
    let text = match fs::read_to_string(&path) {
        Ok(text) => Zeroizing::new(text),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(SealError::NoKey(name.to_owned())),
        Err(source) => return Err(SealError::Folder { path, source }),
    };
    let bytes = data_encoding::HEXLOWER.decode(text.trim().as_bytes()).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| SealError::NoKey(name.to_owned()))?;
    let mut key = Key::default();
    if bytes.len() != key.len() {
        return Err(SealError::NoKey(name.to_owned()));
    }
    key.copy_from_slice(&bytes);
    Ok(key)
}

/// Writes a new key so that a reader sees it whole or not at all, and so that
/// of two processes at once one wins.
fn write_key(folder: &Path, name: &str, random: &dyn Random) -> Result<(), SealError> {
    let mut key = Key::default();
    random.fill(key.as_mut_slice());
    let mut tag = [0; 6];
    random.fill(&mut tag);
    let draft = folder.join(format!(".{name}-{}.draft", data_encoding::HEXLOWER.encode(&tag)));
    let path = folder.join(format!("{name}.key"));
    let failed = |source| SealError::Folder { path: path.clone(), source };
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(failed)?;
    let text = Zeroizing::new(data_encoding::HEXLOWER.encode(key.as_slice()));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    let linked = fs::hard_link(&draft, &path);
    fs::remove_file(&draft).map_err(failed)?;
    match linked {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(failed(e)),
        _ => Ok(()),
    }
}
