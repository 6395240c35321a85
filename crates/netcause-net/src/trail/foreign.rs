//! Connects whose sockets are not ours.

use std::net::SocketAddr;

use super::{AddressFailure, Step, Trail};
use crate::kernel::{self, Listed};

impl Trail {
    /// Asks the kernel for the connects of this trail that are still under way, where the
    /// sockets are those of another library, and notes them as given up.
    ///
    /// It makes sense just before they are dropped, and where addresses are known: those
    /// noted as begun, else the lookup's answers, or a server that is named by its address.
    ///
    /// ```
    /// use netcause_net::Trail;
    ///
    /// let trail = Trail::start();
    /// trail.set_server("127.0.0.1", 9);
    /// trail.ask_kernel();
    /// assert!(trail.steps().is_empty()); // nobody connects there
    /// ```
    pub fn ask_kernel(&self) {
        if !kernel::may_ask() {
            return;
        }
        let addresses = self.under_way();
        let listed = kernel::connecting_to(&addresses);
        for address in addresses {
            let there = |it: &&Listed| it.peer.ip() == address.ip();
            let mut there = listed.iter().filter(there);
            let Some(first) = there.next() else { continue };
            let others: Vec<_> = there.collect();
            // Others may connect there, too: nothing is told that differs among them.
            let sent = |it: &Listed| it.tcp.map(|tcp| tcp.segments_out);
            let agree = others.iter().all(|it| sent(it) == sent(first));
            let mut failure = AddressFailure::new(first.peer);
            failure.tcp = first.tcp.filter(|_| agree);
            failure.local = Some(first.local).filter(|_| others.is_empty());
            self.note(Step::GivenUp(Box::new(failure)));
        }
    }

    fn under_way(&self) -> Vec<SocketAddr> {
        let begun = self.steps().into_iter().filter_map(|(_, step)| match step {
            Step::Trying(address) => Some(address),
            _ => None,
        });
        let begun: Vec<_> = begun.collect();
        if !begun.is_empty() {
            return begun;
        }
        let (name, port) = self.server().unwrap_or_default();
        let addresses = self.answers().into_iter().chain(name.parse().ok());
        addresses.map(|it| SocketAddr::new(it, port)).collect()
    }
}
