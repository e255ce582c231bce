//! The shop's database: SQLite in memory, through sqlx, each statement traced by sqlx-tracing.
//!
//! Newer queries bind their parameters. Older ones paste literals into the text, as queries in the wild do, and so the text of the span
//! carries what the customer typed.

use sqlx::Row;
use sqlx::sqlite::{Sqlite, SqlitePoolOptions, SqliteRow};
use sqlx_tracing::{Pool, PoolBuilder};

use crate::personal::{PEOPLE, Person};

/// Amounts are in cents.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Product {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) price: i64,
}

/// A handle to the database; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Db {
    pool: Pool<Sqlite>,
}

const PRODUCTS: [(&str, i64); 12] = [
    ("tea pot", 3400),
    ("tea cup", 900),
    ("saucer", 600),
    ("strainer", 750),
    ("kettle", 5200),
    ("tray", 2100),
    ("gift box", 1500),
    ("gift card", 2500),
    ("sencha", 1250),
    ("assam", 1100),
    ("rooibos", 950),
    ("tin", 800),
];

impl Db {
    /// Opens an empty database and fills it with the catalogue and the customers.
    pub(crate) async fn open() -> Result<Self, sqlx::Error> {
        // The database lives as long as its one connection does.
        let pool = SqlitePoolOptions::new()
            .min_connections(1)
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect("sqlite::memory:")
            .await?;
        for statement in [
            "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL)",
            "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT UNIQUE NOT NULL, phone TEXT, ssn TEXT, orders INTEGER NOT NULL DEFAULT 0)",
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, email TEXT NOT NULL, total INTEGER NOT NULL, paid_by TEXT, state TEXT NOT NULL)",
            "CREATE TABLE invoices (order_id INTEGER NOT NULL, sent_to TEXT NOT NULL)",
        ] {
            sqlx::query(statement).execute(&pool).await?;
        }
        for (name, price) in PRODUCTS {
            sqlx::query("INSERT INTO products (name, price) VALUES (?, ?)").bind(name).bind(price).execute(&pool).await?;
        }
        for Person { email, phone, ssn, .. } in &PEOPLE {
            sqlx::query("INSERT INTO customers (email, phone, ssn) VALUES (?, ?, ?)")
                .bind(email)
                .bind(phone)
                .bind(ssn)
                .execute(&pool)
                .await?;
        }
        Ok(Self { pool: PoolBuilder::from(pool).with_database("shop").with_host("in-process").build() })
    }

    pub(crate) async fn products(&self, page: i64) -> Result<Vec<Product>, sqlx::Error> {
        let query = "SELECT id, name, price FROM products ORDER BY id LIMIT 5 OFFSET ?";
        sqlx::query(query).bind(page * 5).map(product).fetch_all(&self.pool).await
    }

    pub(crate) async fn product(&self, id: i64) -> Result<Option<Product>, sqlx::Error> {
        sqlx::query("SELECT id, name, price FROM products WHERE id = ?").bind(id).map(product).fetch_optional(&self.pool).await
    }

    pub(crate) async fn search(&self, words: &str) -> Result<Vec<Product>, sqlx::Error> {
        let query = format!("SELECT id, name, price FROM products WHERE name LIKE '%{}%' ORDER BY price", quoted(words));
        sqlx::query(&query).map(product).fetch_all(&self.pool).await
    }

    /// The number of a customer, by e-mail address. The text of the query carries the address.
    pub(crate) async fn customer(&self, email: &str) -> Result<Option<i64>, sqlx::Error> {
        let query = format!("SELECT id FROM customers WHERE email = '{}'", quoted(email));
        sqlx::query(&query).map(|row: SqliteRow| row.get(0)).fetch_optional(&self.pool).await
    }

    /// The number of a customer, by whatever else identifies one.
    pub(crate) async fn identify(&self, phone: &str, ssn: &str) -> Result<Option<i64>, sqlx::Error> {
        let query = format!("SELECT id FROM customers WHERE phone = '{}' OR ssn = '{}'", quoted(phone), quoted(ssn));
        sqlx::query(&query).map(|row: SqliteRow| row.get(0)).fetch_optional(&self.pool).await
    }

    /// Books an order and gives its number.
    pub(crate) async fn order(&self, email: &str, total: i64, iban: &str) -> Result<i64, sqlx::Error> {
        let query = format!(
            "INSERT INTO orders (email, total, paid_by, state) VALUES ('{}', {total}, '{}', 'placed') RETURNING id",
            quoted(email),
            quoted(iban)
        );
        sqlx::query(&query).map(|row: SqliteRow| row.get(0)).fetch_one(&self.pool).await
    }

    pub(crate) async fn set_state(&self, order: i64, state: &str) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE orders SET state = ? WHERE id = ?").bind(state).bind(order).execute(&self.pool).await?;
        Ok(())
    }

    pub(crate) async fn invoiced(&self, order: i64, email: &str) -> Result<(), sqlx::Error> {
        let query = format!("INSERT INTO invoices (order_id, sent_to) VALUES ({order}, '{}')", quoted(email));
        sqlx::query(&query).execute(&self.pool).await?;
        Ok(())
    }
}

/// `text` for use inside single quotes of SQL.
fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

fn product(row: SqliteRow) -> Product {
    Product { id: row.get("id"), name: row.get("name"), price: row.get("price") }
}
