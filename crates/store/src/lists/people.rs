//! People of a customer.

use domain::{
    id::{FieldId, UserId},
    limits::FEW_ROWS,
    list::{Order, PeopleColumn, Standing},
    request::ItemState,
};
use serde_json::json;
use uuid::Uuid;

use super::{Few, MORE, Range, Span, Start, in_order, is_few};
use crate::{
    StoreError,
    tx::{Permit, ReadTx, TenantRef, act},
    users::{User, UserSearch, search_key},
};

/// What the statements of a page take.
struct Asked {
    tenant: Uuid,
    start: Start,
    text: Range,
    standing: Option<&'static str>,
    state: Option<&'static str>,
    plans: Option<Vec<Uuid>>,
    department: Option<String>,
    fields: Option<serde_json::Value>,
    limit: i64,
    few: Option<Vec<Uuid>>,
    /// What any of their names begins with.
    either: Range,
    /// Which of them are walked, where they are kept in the order asked for.
    kept: Option<Kept>,
}

/// One statement: its name, of which people, what is compared with the text that was
/// searched, where it begins, and in which order.
macro_rules! ids {
    ($tx:expr, $a:expr, $name:literal, $of:literal, $text:literal, $after:literal, $order:literal) => {
        sqlx::query_scalar!(
            "/* list people "
                + $name
                + " */ SELECT u.id FROM users u WHERE "
                + $of
                + " AND u.deleted_at IS NULL
                AND "
                + $after
                + " AND "
                + $text
                + "
                -- What IS TRUE is a test, and no condition of an index: the way was chosen by counting, and
                -- the planner, which does not know how many match, would take another.
                AND (u.search_key >= $13 AND u.search_key < $14 OR u.principal_name >= $13 AND u.principal_name < $14
                     OR lower(u.logon_name) = $13) IS TRUE
                AND ($6::text IS NULL OR $6 = (CASE WHEN NOT u.enabled THEN 'disabled'
                     WHEN u.activated_at IS NULL THEN 'never_activated' ELSE 'active' END)) IS TRUE
                AND ($7::text IS NULL OR u.object_id IS NOT NULL AND $7 = coalesce((SELECT x.state
                     FROM external_object x WHERE x.object_id = u.object_id), 'requested'))
                AND ($8::uuid[] IS NULL OR (SELECT true FROM subscription s
                     WHERE s.user_id = u.id AND s.plan_id = ANY($8) AND s.ended_at IS NULL LIMIT 1))
                AND ($9::text IS NULL OR u.department = $9) IS TRUE
                AND ($10::jsonb IS NULL OR u.fields @> $10)
              ORDER BY "
                + $order
                + " LIMIT $11",
            $a.tenant,
            $a.start.key,
            $a.start.id,
            $a.text.low,
            $a.text.high,
            $a.standing,
            $a.state,
            $a.plans.as_deref(),
            $a.department,
            $a.fields,
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
            (false, false) => {
                ids!($tx, $a, $walked_up, "u.tenant_id = $1 AND $12::uuid[] IS NULL", $text, $after, $up)
            }
            (false, true) => {
                ids!($tx, $a, $walked_down, "u.tenant_id = $1 AND $12::uuid[] IS NULL", $text, $before, $down)
            }
            (true, false) => ids!(
                $tx,
                $a,
                $few_up,
                "u.id = ANY($12) AND u.tenant_id = $1",
                "$4::text IS NOT NULL AND $5::text IS NOT NULL",
                $after,
                $up
            ),
            (true, true) => ids!(
                $tx,
                $a,
                $few_down,
                "u.id = ANY($12) AND u.tenant_id = $1",
                "$4::text IS NOT NULL AND $5::text IS NOT NULL",
                $before,
                $down
            ),
        }
    };
}

/// People who are kept in an order of their own, in both directions.
macro_rules! kept {
    ($tx:expr, $a:expr, [$up:literal, $down:literal], $of:literal, names) => {
        match $a.start.descending {
            false => ids!(
                $tx,
                $a,
                $up,
                $of,
                "(u.search_key >= $4) IS TRUE AND u.search_key < $5",
                "(u.search_key, u.id) > ($2, $3)",
                "u.search_key, u.id"
            ),
            true => ids!(
                $tx,
                $a,
                $down,
                $of,
                "u.search_key >= $4 AND (u.search_key < $5) IS TRUE",
                "(u.search_key, u.id) < ($2, $3)",
                "u.search_key DESC, u.id DESC"
            ),
        }
    };
    ($tx:expr, $a:expr, [$up:literal, $down:literal], $of:literal, logins) => {
        match $a.start.descending {
            false => ids!(
                $tx,
                $a,
                $up,
                $of,
                "u.principal_name >= $4 AND u.principal_name < $5",
                "u.principal_name > $2 AND $3::uuid IS NOT NULL",
                "u.principal_name"
            ),
            true => ids!(
                $tx,
                $a,
                $down,
                $of,
                "u.principal_name >= $4 AND u.principal_name < $5",
                "u.principal_name < $2 AND $3::uuid IS NOT NULL",
                "u.principal_name DESC"
            ),
        }
    };
}

impl User {
    /// What stands beside the id where a page that is sorted by `column` ends.
    #[must_use]
    pub fn place(&self, column: PeopleColumn) -> String {
        match column {
            PeopleColumn::Name => self.key.clone(),
            PeopleColumn::Login => self.principal_name.clone(),
            PeopleColumn::Created => String::new(),
        }
    }
}

/// Who is kept in an order of their own, so that a page of them is read from its index.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// Those of a department, by name.
    Department,
    /// Those of a department, by login.
    DepartmentLogins,
    /// Those of a standing, by name.
    Standing,
    /// Those who never activated, by login.
    NeverActivated,
    /// Those who are disabled, by login.
    Disabled,
}

impl Kept {
    /// What keeps those asked for in the order of `column`.
    fn of(column: PeopleColumn, which: UserSearch<'_>) -> Option<Self> {
        match (column, which.department, which.standing) {
            (PeopleColumn::Name, Some(_), _) => Some(Self::Department),
            (PeopleColumn::Name, None, Some(_)) => Some(Self::Standing),
            (PeopleColumn::Login, _, Some(Standing::NeverActivated)) => Some(Self::NeverActivated),
            (PeopleColumn::Login, _, Some(Standing::Disabled)) => Some(Self::Disabled),
            (PeopleColumn::Login, Some(_), _) => Some(Self::DepartmentLogins),
            _ => None,
        }
    }

    /// Whether it keeps those of a department.
    const fn is_of_department(self) -> bool {
        matches!(self, Self::Department | Self::DepartmentLogins)
    }
}

/// Values of custom fields as people have them; nothing where none is asked for.
fn values(of: &[(FieldId, String)]) -> Option<serde_json::Value> {
    let pairs = of.iter().map(|(id, value)| (id.uuid().to_string(), json!(value)));
    (!of.is_empty()).then(|| serde_json::Value::Object(pairs.collect()))
}

impl ReadTx<'_> {
    /// A page of the people of the permitted tenant.
    pub async fn people_page(
        &mut self,
        permit: &Permit<act::UserRead>,
        which: UserSearch<'_>,
        order: Order<PeopleColumn>,
        span: Span<'_, UserId>,
    ) -> Result<Vec<User>, StoreError> {
        let mut few = Few::default();
        let plans = match which.plan {
            Some(code) => Some(self.versions_of_plan(code).await?),
            None => None,
        };
        let (text, either) = self.people_named(&permit.tenant, which.search, order.by, &mut few).await?;
        self.few_people(permit.tenant.id.uuid(), which, order.by, plans.as_deref(), &mut few).await?;
        let (text, either) = few.compared(text, either);
        let mut start = Start::of(span, order.descending);
        let kept = Kept::of(order.by, which).filter(|_| few.0.is_none());
        if order.by == PeopleColumn::Name {
            // A walk begins where its row of key and id says: outside of the range that would be far off.
            start = start.within(&text);
        }
        if order.by == PeopleColumn::Created && few.is_all_of(which.filters()) {
            few.cut(&start, span.limit);
        }
        let asked = Asked {
            tenant: permit.tenant.id.uuid(),
            start,
            text,
            standing: which.standing.map(Standing::code),
            state: which.state.map(ItemState::code),
            plans,
            department: which.department.map(str::to_owned),
            fields: values(which.fields),
            limit: i64::from(span.limit),
            few: few.ids(),
            either,
            kept,
        };
        let mut ids = self.ids_of_people(order.by, &asked).await?;
        if span.back {
            ids.reverse();
        }
        self.by_key().await?;
        let rows = self.load_users(&ids, false).await?;
        self.anew().await?;
        Ok(in_order(&ids, rows, |user| user.id.uuid()))
    }

    async fn ids_of_people(&mut self, column: PeopleColumn, asked: &Asked) -> Result<Vec<Uuid>, StoreError> {
        if asked.few.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Vec::new());
        }
        if let Some(kept) = asked.kept {
            return self.ids_kept(kept, asked).await;
        }
        Ok(match column {
            PeopleColumn::Name => by!(
                self,
                asked,
                ["by name, walked", "by -name, walked", "by name, few", "by -name, few"],
                "u.search_key >= $4 AND u.search_key < $5",
                ["(u.search_key, u.id) > ($2, $3)", "(u.search_key, u.id) < ($2, $3)"],
                ["u.search_key, u.id", "u.search_key DESC, u.id DESC"]
            ),
            PeopleColumn::Login => by!(
                self,
                asked,
                ["by login, walked", "by -login, walked", "by login, few", "by -login, few"],
                "u.principal_name >= $4 AND u.principal_name < $5",
                [
                    "u.principal_name > $2 AND $3::uuid IS NOT NULL",
                    "u.principal_name < $2 AND $3::uuid IS NOT NULL"
                ],
                ["u.principal_name", "u.principal_name DESC"]
            ),
            PeopleColumn::Created => by!(
                self,
                asked,
                ["by created, walked", "by -created, walked", "by created, few", "by -created, few"],
                "$4::text IS NOT NULL AND $5::text IS NOT NULL",
                ["u.id > $3 AND $2::text IS NOT NULL", "u.id < $3 AND $2::text IS NOT NULL"],
                ["u.id", "u.id DESC"]
            ),
        })
    }

    /// Where the order is that of names, the page begins within what was searched, so that only its end is
    /// a condition of the index: two of them would look to the planner like nobody, and it would take the
    /// index of all names.
    async fn ids_kept(&mut self, kept: Kept, asked: &Asked) -> Result<Vec<Uuid>, StoreError> {
        Ok(match kept {
            Kept::Department => kept!(
                self,
                asked,
                ["by name, of a department", "by -name, of a department"],
                "u.tenant_id = $1 AND u.department = $9 AND $12::uuid[] IS NULL",
                names
            ),
            Kept::DepartmentLogins => kept!(
                self,
                asked,
                ["by login, of a department", "by -login, of a department"],
                "u.tenant_id = $1 AND u.department = $9 AND $12::uuid[] IS NULL",
                logins
            ),
            Kept::Standing => kept!(
                self,
                asked,
                ["by name, of a standing", "by -name, of a standing"],
                "u.tenant_id = $1 AND (CASE WHEN NOT u.enabled THEN 'disabled' WHEN u.activated_at IS NULL
                     THEN 'never_activated' ELSE 'active' END) = $6 AND $12::uuid[] IS NULL",
                names
            ),
            Kept::NeverActivated => kept!(
                self,
                asked,
                ["by login, never activated", "by -login, never activated"],
                "u.tenant_id = $1 AND u.enabled AND u.activated_at IS NULL AND $12::uuid[] IS NULL",
                logins
            ),
            Kept::Disabled => kept!(
                self,
                asked,
                ["by login, disabled", "by -login, disabled"],
                "u.tenant_id = $1 AND NOT u.enabled AND $12::uuid[] IS NULL",
                logins
            ),
        })
    }

    /// Who is called so. Where those are few they are kept in `few`, and nothing is left to
    /// compare. Otherwise the page compares the column it is sorted by, where many begin so, or
    /// else every name: gives with what each begins. That many begin so is asked of one kind of
    /// name after the other, beginning with the one the list is sorted by.
    async fn people_named(
        &mut self,
        tenant: &TenantRef,
        search: Option<&str>,
        column: PeopleColumn,
        few: &mut Few,
    ) -> Result<(Range, Range), StoreError> {
        let Some(search) = search else { return Ok((Range::all(), Range::all())) };
        let text = Range::beginning(&search_key(search));
        let (id, by_login) = (tenant.id.uuid(), column == PeopleColumn::Login);
        let mut found = self.people_begin(id, by_login, &text).await?;
        if !is_few(&found, FEW_ROWS) {
            // Those who begin so stand together, and the walk begins with them.
            let is_sorted = column != PeopleColumn::Created;
            return Ok(if is_sorted { (text, Range::all()) } else { (Range::all(), text) });
        }
        let others = self.people_begin(id, !by_login, &text).await?;
        if is_few(&others, FEW_ROWS) {
            found.extend(others);
            // Names are in many customers' directories, so a log-on name is found whole.
            let logon = sqlx::query_scalar!(
                "/* list people, few by log-on name */ SELECT owner FROM reserved_name
                  WHERE kind = 'logon_name' AND space = $1 AND value = $2 AND tenant_id = $3 AND reserved_until IS NULL",
                tenant.target.map(domain::id::TargetId::uuid).unwrap_or_default(),
                text.low,
                id
            )
            .fetch_all(self.sql())
            .await?;
            found.extend(logon);
            if few.keep(found, FEW_ROWS) {
                return Ok((Range::all(), Range::all()));
            }
        }
        Ok((Range::all(), text))
    }

    /// Whose name or login begins so, up to one more than are few.
    async fn people_begin(
        &mut self,
        tenant: Uuid,
        logins: bool,
        text: &Range,
    ) -> Result<Vec<Uuid>, StoreError> {
        Ok(match logins {
            false => {
                sqlx::query_scalar!(
                    r#"/* list people, few by name */ SELECT ARRAY(SELECT id FROM users WHERE tenant_id = $1 AND deleted_at IS NULL
                        AND search_key >= $2 AND search_key < $3 ORDER BY search_key, id LIMIT $4) AS "ids!""#,
                    tenant,
                    text.low,
                    text.high,
                    MORE
                )
                .fetch_one(self.sql())
                .await?
            }
            true => {
                sqlx::query_scalar!(
                    r#"/* list people, few by login */ SELECT ARRAY(SELECT id FROM users WHERE tenant_id = $1 AND deleted_at IS NULL
                        AND principal_name >= $2 AND principal_name < $3 ORDER BY principal_name LIMIT $4) AS "ids!""#,
                    tenant,
                    text.low,
                    text.high,
                    MORE
                )
                .fetch_one(self.sql())
                .await?
            }
        })
    }

    /// What each filter leaves, where that is few.
    async fn few_people(
        &mut self,
        tenant: Uuid,
        which: UserSearch<'_>,
        column: PeopleColumn,
        plans: Option<&[Uuid]>,
        few: &mut Few,
    ) -> Result<(), StoreError> {
        let kept = Kept::of(column, which);
        if let Some(standing) = which.standing.filter(|_| kept.is_none_or(Kept::is_of_department)) {
            let found = sqlx::query_scalar!(
                r#"/* list people, few by standing */ SELECT ARRAY(SELECT id FROM users WHERE tenant_id = $1 AND deleted_at IS NULL
                    AND (CASE WHEN NOT enabled THEN 'disabled' WHEN activated_at IS NULL THEN 'never_activated'
                         ELSE 'active' END) = $2 LIMIT $3) AS "ids!""#,
                tenant,
                standing.code(),
                MORE
            )
            .fetch_one(self.sql())
            .await?;
            few.keep(found, FEW_ROWS);
        }
        // Nearly everything is as it should be, so a page of that is full soon.
        if let Some(state) = which.state.filter(|state| *state != ItemState::Verified) {
            let found = self.people_in_state(tenant, state).await?;
            few.keep(found, FEW_ROWS);
        }
        if let Some(plans) = plans {
            let found = sqlx::query_scalar!(
                r#"/* list people, few by plan */ SELECT ARRAY(SELECT user_id FROM subscription WHERE tenant_id = $1
                    AND plan_id = ANY($2) AND ended_at IS NULL AND user_id IS NOT NULL LIMIT $3) AS "ids!""#,
                tenant,
                plans,
                MORE
            )
            .fetch_one(self.sql())
            .await?;
            few.keep(found, FEW_ROWS);
        }
        if let Some(department) = which.department.filter(|_| !kept.is_some_and(Kept::is_of_department)) {
            let found = sqlx::query_scalar!(
                r#"/* list people, few by department */ SELECT ARRAY(SELECT id FROM users WHERE tenant_id = $1 AND deleted_at IS NULL
                    AND department = $2 LIMIT $3) AS "ids!""#,
                tenant,
                department,
                MORE
            )
            .fetch_one(self.sql())
            .await?;
            few.keep(found, FEW_ROWS);
        }
        Ok(())
    }

    async fn people_in_state(&mut self, tenant: Uuid, state: ItemState) -> Result<Vec<Uuid>, StoreError> {
        let mut found = sqlx::query_scalar!(
            r#"/* list people, few by state */ SELECT ARRAY(SELECT u.id FROM external_object x JOIN users u ON u.object_id = x.object_id
              WHERE x.tenant_id = $1 AND x.state = $2 AND x.state <> 'verified' AND u.tenant_id = $1
                AND u.deleted_at IS NULL LIMIT $3) AS "ids!""#,
            tenant,
            state.code(),
            MORE
        )
        .fetch_one(self.sql())
        .await?;
        if state == ItemState::Requested {
            // What was never tried has no state yet, and waits for a worker.
            found.extend(
                sqlx::query_scalar!(
                    r#"/* list people, few never tried */ SELECT ARRAY(SELECT u.id FROM target g JOIN work w ON w.target_id = g.id
                       JOIN users u ON u.object_id = w.object_id
                      WHERE w.lane IN (0, 1) AND w.tenant_id = $1 AND u.tenant_id = $1 AND u.deleted_at IS NULL
                        AND NOT EXISTS (SELECT FROM external_object x WHERE x.object_id = w.object_id) LIMIT $2) AS "ids!""#,
                    tenant,
                    MORE
                )
                .fetch_one(self.sql())
                .await?,
            );
        }
        Ok(found)
    }

    async fn versions_of_plan(&mut self, code: &str) -> Result<Vec<Uuid>, StoreError> {
        Ok(sqlx::query_scalar!("SELECT id FROM plan WHERE code = $1", code).fetch_all(self.sql()).await?)
    }
}
