//! Failures of plain sockets with tokio.

use netcause_cli::peers::Peer;
use netcause_client_tests::{Case, Expect, Failure, fault};
use netcause_fault::{Category, Reason};
use tokio::net::TcpStream;

const REFUSED: Expect =
    fault(Category::ConnectRefused).reason(&[Reason::ConnectRefused]).display_tells();

pub(crate) fn cases() -> Vec<Case> {
    vec![Case::new("tokio", "closed port", REFUSED, || async {
        let peer = Peer::closed_port()?;
        Failure::of(TcpStream::connect(peer.addr).await)?.target(&["127.0.0.1"], peer.port())
    })]
}
