//! What a database really holds, seen by its owner, who passes row-level
//! security: for checking that nothing changed, and for setting a stage that
//! only other processes could set.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::postgres::TestDatabase;

impl TestDatabase {
    /// Rows of every table.
    ///
    /// # Panics
    /// Where the database refuses: the test cannot go on.
    pub async fn counts(&self) -> BTreeMap<String, i64> {
        self.row_counts().await.into_iter().collect()
    }

    /// Every row of a table, as JSON.
    ///
    /// # Panics
    /// Where the database refuses: the test cannot go on.
    pub async fn table(&self, table: &str) -> Vec<Value> {
        let statement = format!("SELECT to_jsonb(t) FROM {table} t");
        let mut owner = self.connect().await;
        sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(&mut owner).await.expect("the rows")
    }

    /// Changes rows of a table: `assignments` where `condition`; gives how many.
    ///
    /// # Panics
    /// Where the database refuses: the test cannot go on.
    pub async fn change(&self, table: &str, assignments: &str, condition: &str) -> u64 {
        let statement = format!("UPDATE {table} SET {assignments} WHERE {condition}");
        let mut owner = self.connect().await;
        sqlx::query(AssertSqlSafe(statement)).execute(&mut owner).await.expect("the change").rows_affected()
    }

    async fn connect(&self) -> PgConnection {
        PgConnection::connect_with(self.owner()).await.expect("the owner connects")
    }
}
