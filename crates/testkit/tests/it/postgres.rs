//! Databases for tests.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, postgres::PgConnectOptions};
use testkit::postgres::{TestDatabase, shared};

async fn connect(options: &PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(options).await.expect("the owner connects")
}

#[tokio::test]
async fn a_template_is_prepared_once_and_clones_are_apart() {
    let template = format!("kit_template_{}", std::process::id());
    let prepared = AtomicU32::new(0);
    let prepare = async |owner: PgConnectOptions| -> Result<(), sqlx::Error> {
        prepared.fetch_add(1, Ordering::Relaxed);
        let mut connection = PgConnection::connect_with(&owner).await?;
        sqlx::raw_sql("CREATE TABLE things (n int)").execute(&mut connection).await?;
        connection.close().await
    };
    let (one, two) = tokio::join!(
        TestDatabase::from_template(&template, prepare),
        TestDatabase::from_template(&template, prepare)
    );
    assert_eq!(prepared.load(Ordering::Relaxed), 1);

    let mut connection = connect(one.owner()).await;
    sqlx::raw_sql("INSERT INTO things VALUES (1)").execute(&mut connection).await.expect("writes");
    let mut connection = connect(two.owner()).await;
    let things: i64 =
        sqlx::query_scalar("SELECT count(*) FROM things").fetch_one(&mut connection).await.expect("reads");
    assert_eq!(things, 0, "a test sees the rows of another one");

    // It goes even while a test still holds a connection.
    let name = one.name().to_owned();
    drop(one);
    let mut cluster = connect(&shared()).await;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_one(&mut cluster)
        .await
        .expect("reads");
    assert_eq!(left, 0, "the database outlived its test");
    let made: Vec<String> =
        sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE datname LIKE $1 || '%'")
            .bind(&template)
            .fetch_all(&mut cluster)
            .await
            .expect("reads");
    for name in made {
        for statement in [format!("ALTER DATABASE {name} IS_TEMPLATE false"), format!("DROP DATABASE {name}")]
        {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut cluster).await.expect("is removed");
        }
    }
}
