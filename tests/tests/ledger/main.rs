//! How much memory the ledger of peers takes. In a process of its own, whose allocator counts.

use std::net::IpAddr;

use allocation_counter::measure;
use netcause::net::{Ledger, Reach};
use netcause::{Fault, Reason};

const PEERS: usize = 10_000;
const MIB: i64 = 1024 * 1024;

fn address(index: usize, last: u8) -> IpAddr {
    let [.., high, low] = index.to_be_bytes();
    [10, high, low, last].into()
}

/// All that can be known of a peer: four addresses now, four others then, and failures.
fn note(ledger: &Ledger, index: usize) {
    let host = format!("service-{index}.namespace.svc.cluster.local");
    for addresses in [[1, 2, 3, 4], [5, 6, 7, 8]] {
        ledger.resolved(&host, 443, &addresses.map(|last| address(index, last)));
        if addresses == [1, 2, 3, 4] {
            ledger.reached(&host, 443, Reach::Connected);
            ledger.reached(&host, 443, Reach::Answered);
        }
    }
    let mut fault = Fault::of_reason(Reason::ConnectTimeout);
    fault.peer.server_address = Some(host.into());
    fault.peer.server_port = Some(443);
    ledger.failed(&mut fault);
}

#[test]
fn ten_thousand_peers_take_a_few_mebibytes_and_more_of_them_no_more() {
    let mut kept = None;
    let filled = measure(|| {
        let ledger = Ledger::new(PEERS);
        (0..PEERS).for_each(|index| note(&ledger, index));
        assert_eq!(ledger.len(), PEERS);
        kept = Some(ledger);
    });
    assert!(filled.bytes_current > MIB, "{} bytes were not counted", filled.bytes_current);
    assert!(filled.bytes_current < 5 * MIB, "{} bytes", filled.bytes_current);

    let ledger = kept.expect("it was filled");
    let more = measure(|| (PEERS..10 * PEERS).for_each(|index| note(&ledger, index)));
    assert!(more.bytes_current < 2 * MIB, "{} bytes more", more.bytes_current);
    assert!(ledger.len() <= PEERS * 5 / 4 + 16, "{} peers", ledger.len());

    let again = measure(|| (9 * PEERS..10 * PEERS).for_each(|index| note(&ledger, index)));
    assert!(again.bytes_current < MIB / 4, "{} bytes more", again.bytes_current);
}
