//! Names of previews: the directory is asked who has them, while the preview is looked at. Only reads.

use connector::Lane;
use domain::id::TargetId;
use store::StoreError;
use tracing::debug;

use crate::Engine;

impl Engine {
    /// Asks about the next names of a target that somebody wants to know of; false when there are none, or the
    /// target does not answer.
    pub async fn ask_names(&self, target: TargetId) -> Result<bool, StoreError> {
        let Some(connector) = self.connectors.get(&target) else { return Ok(false) };
        let Some(claim) = self.store.claim_names(target).await? else { return Ok(false) };
        let health = self.health(target).await?;
        if !health.up || health.mode.maintenance {
            self.store.release_names(&claim).await?;
            return Ok(false);
        }
        // Somebody looks at the preview meanwhile.
        match connector.holders(Lane::Interactive, &claim.names).await {
            Ok(holders) => {
                // What bears our marker is somebody of ours, whose names are known.
                let strangers: Vec<_> = holders
                    .into_iter()
                    .map(|holder| {
                        holder.filter(|holder| holder.marker.is_none()).map(|holder| holder.external_id)
                    })
                    .collect();
                if let Err(error) = self.store.answer_names(&claim, &strangers).await {
                    // Best effort: without it the claim ends by itself.
                    let _ended_by_itself = self.store.release_names(&claim).await;
                    return Err(error);
                }
                Ok(true)
            }
            Err(error) => {
                debug!(%target, %error, "names were not asked about; that is tried again");
                self.store.release_names(&claim).await?;
                Ok(false)
            }
        }
    }
}
