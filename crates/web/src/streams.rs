//! How many streams of progress are open in this process: some for each person, and not more
//! than it can look after.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{id::UserId, limits};

/// Open streams by person.
#[derive(Debug, Default)]
pub struct Streams(Mutex<HashMap<UserId, usize>>);

/// An open stream; the place is free again when this is dropped.
#[derive(Debug)]
pub struct Stream {
    all: Arc<Streams>,
    of: UserId,
}

impl Streams {
    /// A place for one more stream of this person, if there is one.
    pub fn open(self: &Arc<Self>, of: UserId) -> Option<Stream> {
        let mut people = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = people.values().sum();
        let own = people.get(&of).copied().unwrap_or(0);
        if all >= limits::LIVE_AT_ONCE || own >= limits::LIVE_PER_PERSON {
            return None;
        }
        people.insert(of, own + 1);
        Some(Stream { all: Arc::clone(self), of })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut people = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = people.get_mut(&self.of) {
            *own -= 1;
            if *own == 0 {
                people.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_has_some_streams_and_all_together_not_too_many() {
        let streams = Arc::new(Streams::default());
        let random = domain::clock::SeededRandom::new(1);
        let someone = || UserId::new(jiff::Timestamp::UNIX_EPOCH, &random);
        let one = someone();
        let mut open: Vec<_> = (0..limits::LIVE_PER_PERSON).map(|_| streams.open(one)).collect();
        assert!(open.iter().all(Option::is_some));
        assert!(streams.open(one).is_none(), "one too many");
        open.pop();
        open.push(streams.open(one));
        assert!(open.iter().all(Option::is_some), "a place is free again");
        while let Some(stream) = streams.open(someone()) {
            open.push(Some(stream));
        }
        assert_eq!(open.len(), limits::LIVE_AT_ONCE);
        open.clear();
        assert!(streams.0.lock().expect("nobody panicked").is_empty(), "nobody is kept");
    }
}
