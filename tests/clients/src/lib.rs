//! The harness of the client tests: real clients call failing peers, and each error is
//! classified in every form in which programs log it.
//!
//! A test file makes [`Case`]s, hands them to [`run`] and asserts on the [`Report`]:
//!
//! ```
//! use netcause_client_tests::{Case, Failure, fault, run};
//! use netcause_cli::peers::Peer;
//! use netcause_fault::{Category, Phase, Reason};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let refused = fault(Category::ConnectRefused)
//!     .reason(&[Reason::ConnectRefused])
//!     .phase(&[None, Some(Phase::Connect)])
//!     .display_tells();
//! let case = Case::new("tokio", "closed port", refused, || async {
//!     let peer = Peer::closed_port()?;
//!     Failure::of(tokio::net::TcpStream::connect(peer.addr).await)?.target(&["127.0.0.1"], peer.port())
//! });
//! run("an example", vec![case]).await.assert_right(1);
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod case;
mod dns;
mod namespace;
mod runner;
mod verdict;
mod world;

pub use case::{Case, Expect, Failure, Form, Outcome, fault, harmless};
pub use dns::{Answers, DnsServer};
pub use namespace::{ADDRESS, LOOPBACK, firewall, in_namespace};
pub use runner::{Report, run};
pub use world::{HOST, LIMIT, NO_HOST, World, world};
