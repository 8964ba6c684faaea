//! Tenants the caller may read.

use domain::{
    id::TenantId,
    limits::FEW_ROWS,
    list::{Order, TenantColumn},
    tenant::{Status, TenantKind},
};
use uuid::Uuid;

use super::{Few, MORE, Range, Span, Start, in_order, is_few};
use crate::{
    StoreError,
    tx::ReadTx,
    users::search_key,
    views::{TenantSearch, TenantView},
};

/// Of everybody's tenants each that is looked at is one more question whether the caller may
/// see it, so that fewer of them are few.
const FEW_TENANTS: i64 = FEW_ROWS / 4;
/// One more than are few.
const MORE_TENANTS: i64 = FEW_TENANTS + 1;

/// What the statements of a page take.
struct Asked {
    roots: Option<Vec<Uuid>>,
    start: Start,
    text: Range,
    parent: Option<Uuid>,
    kind: Option<&'static str>,
    status: Option<&'static str>,
    limit: i64,
    few: Option<Vec<Uuid>>,
    /// What any of their names begins with.
    either: Range,
}

/// One statement: its name, of which tenants, what is compared with the text that was
/// searched, where it begins, and in which order.
macro_rules! ids {
    ($tx:expr, $a:expr, $name:literal, $of:literal, $text:literal, $after:literal, $order:literal) => {
        sqlx::query_scalar!(
            "/* list tenants " + $name + " */ SELECT t.id FROM tenant t WHERE " + $of + " AND " + $after + "
                AND " + $text + "
                -- What IS TRUE is a test, and no condition of an index: the way was chosen by counting, and
                -- the planner, which does not know how many match, would take another.
                AND (t.search_key >= $11 AND t.search_key < $12 OR t.code COLLATE \"C\" >= $11 AND t.code COLLATE \"C\" < $12
                     OR t.billing_key >= $11 AND t.billing_key < $12) IS TRUE
                AND ($1::uuid[] IS NULL OR (SELECT true FROM tenant_closure c
                     WHERE c.descendant = t.id AND c.ancestor = ANY($1) LIMIT 1))
                AND ($6::uuid IS NULL OR (SELECT true FROM tenant_edge e
                     WHERE e.child = t.id AND e.valid_to IS NULL AND e.parent = $6 LIMIT 1))
                AND ($7::text IS NULL OR t.kind = $7) IS TRUE
                -- Closed ones are listed only when they are asked for.
                AND CASE WHEN t.closed_at IS NOT NULL THEN $8 = 'closed' ELSE $8::text IS NULL OR t.status = $8 END
              ORDER BY " + $order + " LIMIT $9",
            $a.roots.as_deref(),
            $a.start.key,
            $a.start.id,
            $a.text.low,
            $a.text.high,
            $a.parent,
            $a.kind,
            $a.status,
            $a.limit,
            $a.few.as_deref(),
            $a.either.low,
            $a.either.high
        )
        .fetch_all($tx.sql())
        .await?
    };
}

/// A column, walked or among few, in both directions.
macro_rules! by {
    ($tx:expr, $a:expr, [$walked_up:literal, $walked_down:literal, $few_up:literal, $few_down:literal],
     $text:literal, [$after:literal, $before:literal], [$up:literal, $down:literal]) => {
        match ($a.few.is_some(), $a.start.descending) {
            (false, false) => ids!($tx, $a, $walked_up, "$10::uuid[] IS NULL", $text, $after, $up),
            (false, true) => ids!($tx, $a, $walked_down, "$10::uuid[] IS NULL", $text, $before, $down),
            (true, false) => ids!(
                $tx,
                $a,
                $few_up,
                "t.id = ANY($10)",
                "$4::text IS NOT NULL AND $5::text IS NOT NULL",
                $after,
                $up
            ),
            (true, true) => ids!(
                $tx,
                $a,
                $few_down,
                "t.id = ANY($10)",
                "$4::text IS NOT NULL AND $5::text IS NOT NULL",
                $before,
                $down
            ),
        }
    };
}

fn uuids(ids: Option<&Vec<TenantId>>) -> Option<Vec<Uuid>> {
    ids.map(|ids| ids.iter().map(|id| id.uuid()).collect())
}

impl TenantView {
    /// What stands beside the id where a page that is sorted by `column` ends.
    #[must_use]
    pub fn place(&self, column: TenantColumn) -> String {
        match column {
            TenantColumn::Name => self.key.clone(),
            TenantColumn::Code => self.code.clone(),
            TenantColumn::Created => String::new(),
        }
    }
}

impl ReadTx<'_> {
    /// A page of tenants. Those that are asked for by their ids come all, by name.
    pub async fn tenant_page(
        &mut self,
        search: &TenantSearch,
        order: Order<TenantColumn>,
        span: Span<'_, TenantId>,
    ) -> Result<Vec<TenantView>, StoreError> {
        if let Some(ids) = uuids(search.ids.as_ref()) {
            let mut rows = self.tenants_by_id(&ids).await?;
            rows.sort_by(|a, b| (&a.key, a.id).cmp(&(&b.key, b.id)));
            rows.truncate(span.limit as usize);
            return Ok(rows);
        }
        let mut few = Few::default();
        self.few_tenants_below(search, &mut few).await?;
        let (text, either) = match search.search.as_deref() {
            None => (Range::all(), Range::all()),
            // Of few tenants the page compares every name. Others' would only be in the way.
            Some(text) if few.0.is_some() => (Range::all(), Range::beginning(&search_key(text))),
            Some(text) => self.tenants_named(text, order.by, &mut few).await?,
        };
        if few.0.is_none() {
            self.few_tenants(search, &mut few).await?;
        }
        let (text, either) = few.compared(text, either);
        let asked = Asked {
            roots: uuids(search.roots.as_ref()),
            start: Start::of(span, order.descending),
            text,
            parent: search.parent.map(TenantId::uuid),
            kind: search.kind.map(TenantKind::code),
            status: search.status.map(Status::code),
            limit: i64::from(span.limit),
            few: few.ids(),
            either,
        };
        let mut ids = self.ids_of_tenants(order.by, &asked).await?;
        if span.back {
            ids.reverse();
        }
        let rows = self.tenants_by_id(&ids).await?;
        Ok(in_order(&ids, rows, |tenant| tenant.id.uuid()))
    }

    async fn ids_of_tenants(&mut self, column: TenantColumn, asked: &Asked) -> Result<Vec<Uuid>, StoreError> {
        if asked.few.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Vec::new());
        }
        Ok(match column {
            TenantColumn::Name => by!(
                self,
                asked,
                ["by name, walked", "by -name, walked", "by name, few", "by -name, few"],
                "t.search_key >= $4 AND t.search_key < $5",
                ["(t.search_key, t.id) > ($2, $3)", "(t.search_key, t.id) < ($2, $3)"],
                ["t.search_key, t.id", "t.search_key DESC, t.id DESC"]
            ),
            TenantColumn::Code => by!(
                self,
                asked,
                ["by code, walked", "by -code, walked", "by code, few", "by -code, few"],
                "t.code COLLATE \"C\" >= $4 AND t.code COLLATE \"C\" < $5",
                ["(t.code COLLATE \"C\", t.id) > ($2, $3)", "(t.code COLLATE \"C\", t.id) < ($2, $3)"],
                ["t.code COLLATE \"C\", t.id", "t.code COLLATE \"C\" DESC, t.id DESC"]
            ),
            TenantColumn::Created => by!(
                self,
                asked,
                ["by created, walked", "by -created, walked", "by created, few", "by -created, few"],
                "$4::text IS NOT NULL AND $5::text IS NOT NULL",
                ["t.id > $3 AND $2::text IS NOT NULL", "t.id < $3 AND $2::text IS NOT NULL"],
                ["t.id", "t.id DESC"]
            ),
        })
    }

    /// Which tenants are called so. Where those are few they are kept in `few`, and nothing is left
    /// to compare. Otherwise the page compares the column it is sorted by, where many begin so, or
    /// else every name: gives with what each begins. That many begin so is asked of one kind of name
    /// after the other, beginning with the one the list is sorted by: whether the caller may see
    /// each of them costs more than finding it.
    async fn tenants_named(
        &mut self,
        search: &str,
        column: TenantColumn,
        few: &mut Few,
    ) -> Result<(Range, Range), StoreError> {
        let text = Range::beginning(&search_key(search));
        let by_code = column == TenantColumn::Code;
        let mut found = self.tenants_begin(by_code, &text).await?;
        if !is_few(&found, FEW_TENANTS) {
            // Those that begin so stand together, and the walk begins with them.
            let is_sorted = column != TenantColumn::Created;
            return Ok(if is_sorted { (text, Range::all()) } else { (Range::all(), text) });
        }
        let others = self.tenants_begin(!by_code, &text).await?;
        if is_few(&others, FEW_TENANTS) {
            found.extend(others);
            let billing = sqlx::query_scalar!(
                r#"/* list tenants, few by billing id */ SELECT id FROM tenant WHERE billing_key IS NOT NULL
                      AND billing_key >= $1 AND billing_key < $2
                    ORDER BY billing_key LIMIT $3"#,
                text.low,
                text.high,
                MORE_TENANTS
            )
            .fetch_all(self.sql())
            .await?;
            let is_all = is_few(&billing, FEW_TENANTS);
            found.extend(billing);
            if is_all && few.keep(found, FEW_TENANTS) {
                return Ok((Range::all(), Range::all()));
            }
        }
        Ok((Range::all(), text))
    }

    /// Whose name or code begins so, up to one more than are few.
    async fn tenants_begin(&mut self, codes: bool, text: &Range) -> Result<Vec<Uuid>, StoreError> {
        Ok(match codes {
            false => {
                sqlx::query_scalar!(
                    r#"/* list tenants, few by name */ SELECT ARRAY(SELECT id FROM tenant WHERE search_key >= $1 AND search_key < $2
                      ORDER BY search_key, id LIMIT $3) AS "ids!""#,
                    text.low,
                    text.high,
                    MORE_TENANTS
                )
                .fetch_one(self.sql())
                .await?
            }
            true => {
                sqlx::query_scalar!(
                    r#"/* list tenants, few by code */ SELECT ARRAY(SELECT id FROM tenant WHERE code COLLATE "C" >= $1
                          AND code COLLATE "C" < $2 ORDER BY code COLLATE "C", id LIMIT $3) AS "ids!""#,
                    text.low,
                    text.high,
                    MORE_TENANTS
                )
                .fetch_one(self.sql())
                .await?
            }
        })
    }

    /// What stands below where the caller may read, and below the one that was named.
    async fn few_tenants_below(&mut self, search: &TenantSearch, few: &mut Few) -> Result<(), StoreError> {
        if let Some(roots) = uuids(search.roots.as_ref()) {
            let found = sqlx::query_scalar!(
                r#"/* list tenants, few below */ SELECT ARRAY(SELECT descendant FROM tenant_closure
                  WHERE ancestor = ANY($1) LIMIT $2) AS "ids!""#,
                &roots,
                MORE
            )
            .fetch_one(self.sql())
            .await?;
            few.keep(found, FEW_ROWS);
        }
        if let Some(parent) = search.parent {
            let found = sqlx::query_scalar!(
                r#"/* list tenants, few directly below */ SELECT ARRAY(SELECT child FROM tenant_edge
                  WHERE parent = $1 AND valid_to IS NULL LIMIT $2) AS "ids!""#,
                parent.uuid(),
                MORE_TENANTS
            )
            .fetch_one(self.sql())
            .await?;
            few.keep(found, FEW_TENANTS);
        }
        Ok(())
    }

    /// What each filter of everybody's tenants leaves, where that is few.
    async fn few_tenants(&mut self, search: &TenantSearch, few: &mut Few) -> Result<(), StoreError> {
        // Nearly all are active customers: a page of those is full soon.
        if let Some(kind) = search.kind.filter(|kind| *kind != TenantKind::Customer) {
            let found = sqlx::query_scalar!(
                r#"/* list tenants, few of a kind */ SELECT ARRAY(
                  SELECT id FROM tenant WHERE kind = $1 ORDER BY id LIMIT $2) AS "ids!""#,
                kind.code(),
                MORE_TENANTS
            )
            .fetch_one(self.sql())
            .await?;
            few.keep(found, FEW_TENANTS);
        }
        if let Some(status) = search.status.filter(|status| *status != Status::Active) {
            let found = sqlx::query_scalar!(
                r#"/* list tenants, few in a status */ SELECT ARRAY(SELECT id FROM tenant
                  WHERE (CASE WHEN closed_at IS NULL THEN status ELSE 'closed' END) = $1 ORDER BY id LIMIT $2) AS "ids!""#,
                status.code(),
                MORE_TENANTS
            )
            .fetch_one(self.sql())
            .await?;
            few.keep(found, FEW_TENANTS);
        }
        Ok(())
    }
}
