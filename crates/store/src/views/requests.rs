//! Requests with whose they are and who asked, and their items.

use std::collections::HashMap;

use domain::{
    id::{GroupId, ObjectId, RequestId, TenantId, UserId},
    list::{Order, RequestColumn},
    problem::Problem,
    request::{Counts, ItemState, RequestState},
};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{PersonView, TenantName};
use crate::{StoreError, error::known, lists::Span, requests::Request, tx::ReadTx};

/// A request with its progress, whose it is and who asked.
#[derive(Debug, Clone)]
pub struct RequestView {
    /// Its id.
    pub id: RequestId,
    /// Whose it is.
    pub tenant: TenantName,
    /// What it is about, as a code.
    pub kind: String,
    /// What its title needs.
    pub args: Value,
    /// Who asked, if the caller may see the person.
    pub actor: Option<PersonView>,
    /// Objects per state.
    pub counts: Counts,
    /// There are more of those that did not fail than were counted.
    pub more: bool,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When a worker first touched it.
    pub started_at: Option<Timestamp>,
    /// When nothing was left to do.
    pub finished_at: Option<Timestamp>,
}

/// Which requests to show.
#[derive(Debug, Clone, Default)]
pub struct RequestFilter {
    /// At or below these.
    pub roots: Vec<TenantId>,
    /// This one.
    pub id: Option<RequestId>,
    /// Of this tenant and those below it.
    pub tenant: Option<TenantId>,
    /// In this state.
    pub state: Option<RequestState>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Asked by this person.
    pub actor: Option<UserId>,
    /// Of what is finished, how many objects that did not fail are counted at most, all as verified:
    /// counting 100,000 takes longer than a page of a list may. Exact without.
    pub counted: Option<u32>,
}

/// One object, or one membership, of a request.
#[derive(Debug, Clone)]
pub struct ItemView {
    /// The object.
    pub object: ObjectId,
    /// The member; nil when it is no membership.
    pub member: Uuid,
    /// `container`, `group`, `user`, `access`, `member` or `hook`.
    pub kind: String,
    /// Id of what it stands for, with its prefix.
    pub entity: Option<String>,
    /// What it is called.
    pub name: String,
    /// How far.
    pub state: ItemState,
    /// How often it was tried.
    pub attempts: i64,
    /// Why not.
    pub problem: Option<Problem>,
    /// What a hook answered last.
    pub answer: Option<String>,
    /// Since when.
    pub updated_at: Timestamp,
}

macro_rules! request_view {
    ($row:expr) => {{
        let row = $row;
        let actor = row.actor.zip(row.actor_name).zip(row.actor_login);
        Ok(RequestView {
            id: RequestId::from_uuid(row.id),
            tenant: TenantName { id: TenantId::from_uuid(row.tenant_id), code: row.code, name: row.name },
            kind: row.kind,
            args: row.args,
            actor: actor.map(|((id, display_name), principal_name)| PersonView {
                id: UserId::from_uuid(id),
                display_name,
                principal_name,
            }),
            counts: known(serde_json::from_value(row.counts).ok(), "request_item", "state", row.id)?,
            more: row.more,
            created_at: row.created_at.to_jiff(),
            started_at: row.started_at.map(|at| at.to_jiff()),
            finished_at: row.finished_at.map(|at| at.to_jiff()),
        })
    }};
}

impl ReadTx<'_> {
    /// Requests, newest first, older than `before`.
    pub async fn request_views(
        &mut self,
        filter: &RequestFilter,
        before: Option<RequestId>,
        limit: u32,
    ) -> Result<Vec<RequestView>, StoreError> {
        let span = Span { from: before.map(|id| ("", id)), back: false, limit };
        self.request_page(filter, Order::down(RequestColumn::Created), span).await
    }

    /// How far requests are, for whoever may see what began them: of what is finished and very large it is not
    /// counted exactly. Those whose tenant the caller may not even see are left out.
    pub async fn progress_of(&mut self, ids: &[RequestId]) -> Result<HashMap<RequestId, Counts>, StoreError> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let found = self.requests_by_id(&ids, u32::try_from(super::COUNTED).ok()).await?;
        Ok(found.into_iter().map(|request| (request.id, request.counts)).collect())
    }

    /// Requests by their ids, in no order.
    pub(crate) async fn requests_by_id(
        &mut self,
        ids: &[Uuid],
        counted: Option<u32>,
    ) -> Result<Vec<RequestView>, StoreError> {
        let rows = sqlx::query!(
            r#"/* list requests, rows */ SELECT r.id AS "id!", r.tenant_id AS "tenant_id!", t.code, t.name, r.kind AS "kind!", r.args AS "args!",
                      r.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      r.started_at AS "started_at: jiff_sqlx::Timestamp",
                      r.finished_at AS "finished_at: jiff_sqlx::Timestamp",
                      a.id AS "actor?", a.display_name AS "actor_name?", a.principal_name AS "actor_login?",
                      n.counts AS "counts!", n.more AS "more!"
                 FROM request r JOIN request_counts($1, $2) n ON n.id = r.id JOIN tenant t ON t.id = r.tenant_id
                 LEFT JOIN users a ON a.id = r.actor_id
                WHERE r.id = ANY($1)"#,
            ids,
            counted.map(i64::from)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter().map(|row| request_view!(row)).collect()
    }

    /// A request the caller may read.
    pub async fn request_view(&mut self, id: RequestId) -> Result<RequestView, StoreError> {
        let request = self.request(id).await?;
        let filter = RequestFilter { roots: vec![request.tenant], id: Some(id), ..RequestFilter::default() };
        self.request_views(&filter, None, 1).await?.pop().ok_or(StoreError::NotFound("request"))
    }

    /// Items of a request the caller may read, after `after`.
    pub async fn item_views(
        &mut self,
        request: &Request,
        state: Option<ItemState>,
        after: Option<(ObjectId, Uuid)>,
        limit: u32,
    ) -> Result<Vec<ItemView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT i.object_id, i.member_id, i.state, i.problem,
                      CASE WHEN d.id IS NOT NULL THEN 'hook'
                           WHEN i.member_id = '00000000-0000-0000-0000-000000000000' THEN coalesce(o.kind, 'user') ELSE 'member' END AS "kind!",
                      i.updated_at AS "updated_at!: jiff_sqlx::Timestamp",
                      coalesce(o.spec->>'display_name', o.spec->>'name', t.name, d.name, f.display_name, '') AS "name!",
                      d.moment AS "moment?", d.occasion AS "occasion?", d.answer,
                      -- Of somebody who is not ours only the id in the directory is known.
                      CASE WHEN i.member_id <> '00000000-0000-0000-0000-000000000000'
                           THEN coalesce(m.spec->>'display_name', m.spec->>'name', f.display_name, i.member_id::text) END AS member_name,
                      coalesce(m.entity_kind, CASE WHEN f.id IS NOT NULL THEN 'user' END, o.entity_kind,
                          CASE WHEN d.user_id IS NOT NULL THEN 'user' END) AS entity_kind,
                      coalesce(m.entity_id, f.id, o.entity_id, d.user_id) AS entity_id,
                      coalesce(d.attempts, (SELECT count(DISTINCT a.lease) FROM attempt a
                        WHERE a.object_id = i.object_id AND a.started_at >= r.created_at)) AS "attempts!"
                 FROM request_item i JOIN request r ON r.id = i.request_id LEFT JOIN object o ON o.id = i.object_id
                 LEFT JOIN hook_delivery d ON d.id = i.object_id
                 LEFT JOIN tenant t ON t.id = o.entity_id AND o.entity_kind = 'tenant'
                 LEFT JOIN object m ON m.id = i.member_id
                 -- Who moved to another customer, whose the account is now.
                 LEFT JOIN LATERAL (SELECT u.id, u.display_name FROM users u
                      WHERE m.id IS NULL AND u.handed_over = CASE WHEN i.member_id <> '00000000-0000-0000-0000-000000000000'
                            THEN i.member_id WHEN o.id IS NULL THEN i.object_id END
                      ORDER BY u.created_at DESC LIMIT 1) f ON true
                WHERE i.request_id = $1 AND ($2::text IS NULL OR i.state = $2)
                  AND ($3::uuid IS NULL OR (i.object_id, i.member_id) > ($3, $4::uuid))
                ORDER BY i.object_id, i.member_id LIMIT $5"#,
            request.id.uuid(),
            state.map(ItemState::code),
            after.map(|a| a.0.uuid()),
            after.map(|a| a.1),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(ItemView {
                    object: ObjectId::from_uuid(row.object_id),
                    member: row.member_id,
                    kind: row.kind,
                    entity: row.entity_kind.zip(row.entity_id).and_then(|(kind, id)| entity(&kind, id)),
                    name: match (row.member_name, row.moment.zip(row.occasion)) {
                        (Some(member), _) => format!("{member} in {}", row.name),
                        (None, Some((moment, occasion))) => format!("{} ({moment} {occasion})", row.name),
                        (None, None) => row.name,
                    },
                    answer: row.answer,
                    state: known(ItemState::from_code(&row.state), "request_item", "state", row.object_id)?,
                    attempts: row.attempts,
                    problem: row.problem.and_then(|p| serde_json::from_value(p).ok()),
                    updated_at: row.updated_at.to_jiff(),
                })
            })
            .collect()
    }
}

fn entity(kind: &str, id: Uuid) -> Option<String> {
    match kind {
        "user" => Some(UserId::from_uuid(id).to_string()),
        "group" => Some(GroupId::from_uuid(id).to_string()),
        "tenant" => Some(TenantId::from_uuid(id).to_string()),
        _ => None,
    }
}
