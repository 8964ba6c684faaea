//! The cases every connector passes: the reference connector in this crate's
//! tests, real targets in those of their own crates.
//!
//! The cases work as the engine does: they observe, ask [`domain::plan::plan`]
//! what to do, and apply it, so they also prove that what a connector reports
//! is what planning compares with. A case panics when a promise is broken.
//!
//! Call [`cases!`] with an expression that makes a fresh [`Harness`].

mod cases;
mod groups;
mod released;
mod world;

use domain::spec::{Address, ObjectKind};
use futures::future::BoxFuture;

use crate::Connector;

pub use cases::*;
pub use groups::*;
pub use released::*;

/// A target with an empty folder, and somebody who acts in it behind the
/// connector's back.
pub trait Harness: Send + Sync {
    /// The connector under test.
    fn connector(&self) -> &dyn Connector;

    /// A log-on name that begins with `stem`, has at most 20 characters and
    /// was never used in this target.
    fn unique(&self, stem: &str) -> String;

    /// Somebody else makes a group or user without a marker in a container.
    fn insert_foreign<'a>(
        &'a self,
        kind: ObjectKind,
        parent: &'a Address,
        name: &'a str,
        logon_name: &'a str,
    ) -> BoxFuture<'a, Address>;

    /// Somebody clears the marker of an object.
    fn clear_marker<'a>(&'a self, at: &'a Address) -> BoxFuture<'a, ()>;

    /// Somebody lets everybody read a container.
    fn open_to_everybody<'a>(&'a self, at: &'a Address) -> BoxFuture<'a, ()>;

    /// Whether the account can log on with the password.
    fn accepts_password<'a>(&'a self, at: &'a Address, password: &'a str) -> BoxFuture<'a, bool>;

    /// Somebody tries wrong passwords until the target locks the account.
    fn lock<'a>(&'a self, at: &'a Address) -> BoxFuture<'a, ()>;
}

/// Makes one test per case. `$harness` is an async expression that gives a
/// fresh [`Harness`].
#[macro_export]
macro_rules! cases {
    ($harness:expr) => {
        $crate::cases!(@ $harness;
            every_kind_is_created_and_found_by_name_and_by_id
            names_of_any_script_and_with_any_character_come_back_unchanged
            attributes_are_changed_and_cleared
            everything_known_of_a_person_is_set_changed_and_cleared
            custom_fields_are_set_changed_and_cleared
            an_account_is_disabled_and_enabled
            a_manager_is_set_kept_through_a_move_changed_and_cleared
            a_manager_who_is_not_there_is_named_and_nothing_is_changed
            an_owner_of_a_group_is_set_kept_through_a_move_changed_and_cleared
            a_lock_is_lifted_when_asked_and_a_later_one_stays
            a_password_has_to_be_changed_when_asked
            a_lost_marker_is_restored_on_what_is_known_to_be_ours
            an_object_is_renamed_and_moved_and_still_found_by_id
            a_name_is_given_once_whatever_its_case
            a_principal_name_is_given_once
            a_foreign_object_is_reported_as_foreign_and_never_taken_over
            who_has_a_name_is_told_whosever_it_is
            of_several_names_the_object_with_our_marker_is_found
            what_is_not_empty_is_not_deleted_and_what_is_gone_stays_gone
            a_parent_that_is_not_there_yet_means_waiting
            a_group_has_a_kind_and_mail_addresses_and_changes_them
            a_group_is_in_a_group_and_all_members_are_told_whoever_made_them
            members_come_and_go_in_one_change
            changing_members_that_are_as_wanted_already_is_no_error
            one_missing_member_is_named_and_nothing_is_changed
            a_container_is_closed_from_its_first_instant
            only_the_readers_may_read_and_a_container_somebody_opened_is_closed_again
            a_password_is_set_and_a_weak_one_is_refused
            each_step_of_a_batch_has_its_own_outcome_in_order
            a_scan_finds_everything_and_a_later_one_what_changed
            what_is_released_loses_our_marker_and_nothing_else
        );
    };
    (@ $harness:expr; $($case:ident)*) => { $(
        #[tokio::test]
        async fn $case() {
            let harness = $harness.await;
            $crate::conformance::$case(&harness).await;
        }
    )* };
}
