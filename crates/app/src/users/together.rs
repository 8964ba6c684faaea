//! To which requests people belong who move: what ends is of the customer that is left, what begins of
//! the one that receives them.

use domain::{
    id::{RequestId, TenantId},
    request::Lane,
};
use serde_json::{Value, json};
use store::tx::{Cause, WriteTx};

use crate::AppError;

/// The requests of people who move together.
pub(crate) struct Together<'a> {
    /// In the customer that is left; it is open.
    pub leaving: RequestId,
    /// In the customer that receives them, once there is one.
    pub arriving: Option<RequestId>,
    /// What the move is called there.
    pub title: &'a str,
    pub cause: &'a Cause,
}

/// To which requests a move belongs.
pub(super) enum Requests<'r, 'a> {
    /// It is only looked at.
    Foreseen,
    /// Two of its own.
    Own(&'r Cause),
    /// Those of people who move together.
    Together(&'r mut Together<'a>),
}

impl Requests<'_, '_> {
    /// What happens from here on belongs to the customer that is left.
    pub fn leaving(&self, tx: &mut WriteTx<'_>, from: TenantId, args: &Value) -> RequestId {
        let Self::Together(together) = self else {
            return tx.open_request(from, "user_leave", args.clone(), Lane::Interactive);
        };
        tx.join_request(together.leaving, Lane::Bulk);
        together.leaving
    }

    /// What happens from here on belongs to the customer that receives the person.
    pub async fn arriving(
        &mut self,
        tx: &mut WriteTx<'_>,
        to: TenantId,
        args: Value,
    ) -> Result<RequestId, AppError> {
        match self {
            Self::Foreseen => {}
            Self::Own(cause) => tx.end_part(cause).await?,
            Self::Together(together) => {
                tx.end_part(together.cause).await?;
                if let Some(open) = together.arriving {
                    tx.join_request(open, Lane::Bulk);
                    return Ok(open);
                }
                let args = json!({ "name": together.title });
                let opened = tx.open_request(to, "bulk", args, Lane::Bulk);
                together.arriving = Some(opened);
                return Ok(opened);
            }
        }
        Ok(tx.open_request(to, "user_move", args, Lane::Interactive))
    }
}
