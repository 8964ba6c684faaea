//! How often one address may try to sign in. Counted in this process; the
//! lock-out per login name is kept in the database and holds for all of them.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use domain::limits;

/// Attempts per address in the present minute.
#[derive(Debug, Default)]
pub struct Limiter(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    minute: i64,
    counts: HashMap<Option<IpAddr>, u32>,
}

impl Limiter {
    /// Counts an attempt; gives the seconds to wait when there were too many. All whose
    /// address is not known count together, and may try more. `now_second` counts from 1970,
    /// by the application's clock.
    pub fn attempt(&self, address: Option<IpAddr>, now_second: i64) -> Option<i64> {
        let address = address.map(group);
        let most = match address {
            Some(_) => limits::SIGN_INS_PER_MINUTE,
            None => limits::SIGN_INS_UNKNOWN_PER_MINUTE,
        };
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now_second.div_euclid(60);
        // A new minute starts from nothing, and a flood of addresses cannot fill the memory.
        if state.minute != minute || state.counts.len() >= limits::ADDRESSES_COUNTED {
            state.counts.clear();
            state.minute = minute;
        }
        let count = state.counts.entry(address).or_default();
        *count = count.saturating_add(1);
        (*count > most).then(|| 60 - now_second.rem_euclid(60))
    }

    /// Takes an attempt back that was right: an office whose people all sign in, or activate
    /// their accounts, from one address guesses nothing.
    pub fn was_right(&self, address: Option<IpAddr>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = state.counts.get_mut(&address.map(group)) {
            *count = count.saturating_sub(1);
        }
    }
}

/// One household or machine of IPv6 has a whole /64.
fn group(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_for_the_next_minute_and_others_do_not() {
        let limiter = Limiter::default();
        let (one, other) = ("192.0.2.1".parse().ok(), "192.0.2.2".parse().ok());
        for _ in 0..limits::SIGN_INS_PER_MINUTE {
            assert_eq!(limiter.attempt(one, 605), None);
        }
        assert_eq!(limiter.attempt(one, 605), Some(55));
        assert_eq!(limiter.attempt(other, 605), None);
        assert_eq!(limiter.attempt(one, 660), None);
    }

    #[test]
    fn whoever_cannot_be_told_from_others_is_let_in_with_many() {
        let limiter = Limiter::default();
        for _ in 0..limits::SIGN_INS_UNKNOWN_PER_MINUTE {
            assert_eq!(limiter.attempt(None, 605), None);
        }
        assert_eq!(limiter.attempt(None, 605), Some(55));
        assert_eq!(limiter.attempt("192.0.2.1".parse().ok(), 605), None);
    }

    #[test]
    fn a_whole_office_is_let_in_that_knows_its_passwords() {
        let limiter = Limiter::default();
        let office = "192.0.2.1".parse().ok();
        for _ in 0..10 * limits::SIGN_INS_PER_MINUTE {
            assert_eq!(limiter.attempt(office, 605), None);
            limiter.was_right(office);
        }
        for _ in 0..limits::SIGN_INS_PER_MINUTE {
            assert_eq!(limiter.attempt(office, 605), None);
        }
        assert_eq!(limiter.attempt(office, 605), Some(55), "guesses count as before");
    }

    #[test]
    fn all_addresses_of_one_network_count_together() {
        let limiter = Limiter::default();
        for i in 0..limits::SIGN_INS_PER_MINUTE {
            assert_eq!(limiter.attempt(format!("2001:db8::{i:x}").parse().ok(), 0), None);
        }
        assert!(limiter.attempt("2001:db8::ffff".parse().ok(), 0).is_some());
    }
}
