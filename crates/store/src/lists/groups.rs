//! Groups of a customer. Even large ones have some hundreds, so filters are compared while
//! the list is walked.

use domain::{
    group::GroupKind,
    id::{GroupId, TenantId},
    list::{GroupColumn, Order},
};
use uuid::Uuid;

use super::{Range, Span, Start, in_order};
use crate::{
    StoreError,
    tx::{Permit, ReadTx, act},
    users::search_key,
    views::GroupView,
};

/// Which groups are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct GroupSearch<'a> {
    /// Whose name begins so.
    pub search: Option<&'a str>,
    /// Of this kind.
    pub kind: Option<GroupKind>,
    /// With somebody in it, or with nobody.
    pub members: Option<bool>,
}

/// What the statements of a page take.
struct Asked {
    tenant: Uuid,
    start: Start,
    text: Range,
    kind: Option<&'static str>,
    members: Option<bool>,
    limit: i64,
}

/// One statement: its name, where it begins, and in which order.
macro_rules! ids {
    ($tx:expr, $a:expr, $name:literal, $after:literal, $order:literal) => {
        sqlx::query_scalar!(
            "/* list groups "
                + $name
                + " */ SELECT g.id FROM user_group g
              WHERE g.tenant_id = $1 AND g.deleted_at IS NULL AND "
                + $after
                + "
                AND g.search_key >= $4 AND g.search_key < $5
                AND ($6::text IS NULL OR g.group_kind = $6)
                AND ($7::boolean IS NULL OR $7 = coalesce((SELECT true FROM membership m
                     WHERE m.group_object = g.object_id AND m.wanted LIMIT 1), false))
              ORDER BY "
                + $order
                + " LIMIT $8",
            $a.tenant,
            $a.start.key,
            $a.start.id,
            $a.text.low,
            $a.text.high,
            $a.kind,
            $a.members,
            $a.limit
        )
        .fetch_all($tx.sql())
        .await?
    };
}

impl GroupView {
    /// What stands beside the id where a page that is sorted by `column` ends.
    #[must_use]
    pub fn place(&self, column: GroupColumn) -> String {
        match column {
            GroupColumn::Name => self.key.clone(),
            GroupColumn::Created => String::new(),
        }
    }
}

impl ReadTx<'_> {
    /// A page of the groups of the permitted tenant.
    pub async fn group_page(
        &mut self,
        permit: &Permit<act::TenantRead>,
        which: GroupSearch<'_>,
        order: Order<GroupColumn>,
        span: Span<'_, GroupId>,
    ) -> Result<Vec<GroupView>, StoreError> {
        let asked = Asked {
            tenant: permit.tenant.id.uuid(),
            start: Start::of(span, order.descending),
            text: which.search.map_or_else(Range::all, |text| Range::beginning(&search_key(text))),
            kind: which.kind.map(GroupKind::code),
            members: which.members,
            limit: i64::from(span.limit),
        };
        let mut ids = match (order.by, asked.start.descending) {
            (GroupColumn::Name, false) => {
                ids!(self, asked, "by name, walked", "(g.search_key, g.id) > ($2, $3)", "g.search_key, g.id")
            }
            (GroupColumn::Name, true) => ids!(
                self,
                asked,
                "by -name, walked",
                "(g.search_key, g.id) < ($2, $3)",
                "g.search_key DESC, g.id DESC"
            ),
            (GroupColumn::Created, false) => {
                ids!(self, asked, "by created, walked", "g.id > $3 AND $2::text IS NOT NULL", "g.id")
            }
            (GroupColumn::Created, true) => {
                ids!(self, asked, "by -created, walked", "g.id < $3 AND $2::text IS NOT NULL", "g.id DESC")
            }
        };
        if span.back {
            ids.reverse();
        }
        self.by_key().await?;
        let rows = self.views_of_groups(&permit.tenant, &ids).await?;
        self.anew().await?;
        Ok(in_order(&ids, rows, |group| group.id.uuid()))
    }

    /// Groups at and below `roots` whose name begins so, by name: name, description and customer.
    pub async fn groups_found(
        &mut self,
        roots: &[TenantId],
        search: &str,
        limit: u32,
    ) -> Result<Vec<(GroupId, String, String)>, StoreError> {
        let text = Range::beginning(&search_key(search));
        let tenants = self.tenants_side_by_side(roots).await?;
        let limit = i64::from(limit);
        let rows = match tenants {
            Some(tenants) => sqlx::query!(
                r#"/* search groups, side by side */ SELECT g.id AS "id!", g.name AS "name!", t.name AS "tenant!"
                     FROM unnest($1::uuid[]) s (tenant), LATERAL (
                         SELECT g.id, g.name, g.search_key, g.tenant_id FROM user_group g WHERE g.tenant_id = s.tenant
                            AND g.deleted_at IS NULL AND g.search_key >= $2
                            AND g.search_key < $3
                          ORDER BY g.search_key, g.id LIMIT $4) g
                     JOIN tenant t ON t.id = g.tenant_id ORDER BY g.search_key, g.id LIMIT $4"#,
                &tenants,
                text.low,
                text.high,
                limit
            )
            .fetch_all(self.sql())
            .await?
            .into_iter()
            .map(|row| (GroupId::from_uuid(row.id), row.name, row.tenant))
            .collect(),
            None => {
                let roots: Vec<_> = roots.iter().map(|root| root.uuid()).collect();
                sqlx::query!(
                    r#"/* search groups of everybody */ SELECT g.id, g.name, t.name AS "tenant" FROM user_group g
                         JOIN tenant t ON t.id = g.tenant_id
                        WHERE g.deleted_at IS NULL AND g.search_key >= $2 AND g.search_key < $3
                          AND (SELECT true FROM tenant_closure c
                               WHERE c.descendant = g.tenant_id AND c.ancestor = ANY($1) LIMIT 1)
                        ORDER BY g.search_key, g.id LIMIT $4"#,
                    &roots,
                    text.low,
                    text.high,
                    limit
                )
                .fetch_all(self.sql())
                .await?
                .into_iter()
                .map(|row| (GroupId::from_uuid(row.id), row.name, row.tenant))
                .collect()
            }
        };
        Ok(rows)
    }
}
