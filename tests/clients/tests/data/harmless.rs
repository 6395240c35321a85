//! Errors that are about no peer: the caller's SQL, data, types and settings.

use netcause_client_tests::{Case, Failure, harmless};

use crate::{amqp, mongo, mysql, nats, postgres, redis};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = postgres::no_faults();
    cases.extend(mysql::no_faults());
    cases.extend(redis::no_faults());
    cases.extend(mongo::no_faults());
    cases.extend(amqp::no_faults());
    cases.extend(nats::no_faults());
    cases.extend([
        Case::new("sqlx", "no row", harmless(), || async {
            Failure::of(Err::<(), _>(sqlx::Error::RowNotFound))
        }),
        Case::new("sqlx", "a URL that is none", harmless(), || async {
            Failure::of("postgres://[::1".parse::<sqlx::postgres::PgConnectOptions>())
        }),
        Case::new("tokio-postgres", "a DSN that is none", harmless(), || async {
            Failure::of("host".parse::<tokio_postgres::Config>())
        }),
        Case::new("tokio-postgres", "no password in the settings", harmless(), || async {
            Failure::of("port=many".parse::<tokio_postgres::Config>())
        }),
    ]);
    cases
}
