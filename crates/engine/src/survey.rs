//! Surveys: everything in a target is looked at because somebody asked, and
//! stored as it was seen. Only reads; whoever is cut off begins anew.

use std::{sync::Arc, time::Duration};

use connector::{Cursor, SurveyError, Surveyed};
use domain::id::TargetId;
use store::{
    StoreError,
    engine::{Seen, SurveyClaim},
};
use tokio::{sync::watch, time::sleep};
use tracing::{debug, info, warn};

use crate::{
    Engine,
    run::{chain, until},
};

/// How often to ask whether somebody wants one: a person waits for it.
const TICK: Duration = Duration::from_secs(2);

/// Why a survey did not come to its end.
enum Stopped {
    /// The target did not answer, or another process has the survey.
    Cut(String),
    Store(StoreError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Engine {
    /// Carries out the next survey somebody asked for; false when there is none.
    pub async fn survey(&self, target: TargetId) -> Result<bool, StoreError> {
        let Some(connector) = self.connectors.get(&target) else { return Ok(false) };
        let pace = i64::try_from(connector.capabilities().pace.as_micros()).unwrap_or(i64::MAX);
        if !self.store.health(target, pace.max(1)).await?.up {
            return Ok(false);
        }
        let Some(claim) = self.store.claim_survey(target).await? else { return Ok(false) };
        match self.look_at_all(target, &claim).await {
            Ok(()) => {
                debug!(%target, survey = %claim.survey, "surveyed");
                Ok(true)
            }
            Err(Stopped::Cut(reason)) => {
                info!(%target, reason, "the survey was cut off; it begins anew");
                self.store.release_survey(&claim).await?;
                Ok(false)
            }
            Err(Stopped::Store(error)) => {
                // Best effort: without it the claim ends by itself.
                let _ended_by_itself = self.store.release_survey(&claim).await;
                Err(error)
            }
        }
    }

    async fn look_at_all(&self, target: TargetId, claim: &SurveyClaim) -> Result<(), Stopped> {
        let Some(connector) = self.connectors.get(&target) else { return Ok(()) };
        let mut after: Option<Cursor> = None;
        loop {
            let page = match connector.survey(claim.base.as_deref(), after).await {
                Ok(page) => page,
                Err(SurveyError::Unreachable(error)) => return Err(Stopped::Cut(error.to_string())),
                Err(SurveyError::Refused { problem }) => {
                    return Ok(self.store.end_survey(claim, Some(&problem)).await?);
                }
            };
            let seen: Vec<_> = page.items.into_iter().map(seen).collect();
            if !self.store.record_survey(claim, &seen).await? {
                return Err(Stopped::Cut("another process has it".to_owned()));
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(self.store.end_survey(claim, None).await?),
            }
        }
    }

    pub(crate) async fn keep_surveying(
        self: Arc<Self>,
        target: TargetId,
        mut shutdown: watch::Receiver<bool>,
    ) {
        while !*shutdown.borrow() {
            match until(&mut shutdown, self.survey(target)).await {
                None => return,
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    warn!(%target, error = chain(&error), "a survey failed; it is tried again");
                }
            }
            until(&mut shutdown, sleep(TICK)).await;
        }
    }
}

fn seen(surveyed: Surveyed) -> Seen {
    let object = surveyed.object;
    Seen {
        external_id: object.address.external_id,
        kind: object.kind,
        dn: object.address.dn,
        parent_dn: object.parent_dn,
        marker: object.marker,
        security_id: object.security_id,
        protected: surveyed.protected,
        ignored: surveyed.ignored,
        attributes: object.attributes,
        member_of: surveyed.member_of,
    }
}
