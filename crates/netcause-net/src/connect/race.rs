//! All addresses of a name, by RFC 8305 (Happy Eyeballs): families in turn, each try begun
//! 250 ms after the one before unless that one has failed by then.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::address::{self, Failure, Opened};
use crate::Trail;

/// RFC 8305 §5, "Connection Attempt Delay".
const STAGGER: Duration = Duration::from_millis(250);

type Outcome = Result<Opened, Failure>;
type Running<'a> = Vec<Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>>;

/// The first connection that stands; else the failure that tells most, none without addresses.
pub(super) async fn race(
    addresses: Vec<SocketAddr>,
    limit: Duration,
    trail: &Arc<Trail>,
) -> Result<Opened, Option<Failure>> {
    if let [only] = *addresses {
        return address::connect(only, limit, trail).await.map_err(Some);
    }
    let mut waiting = in_turn(addresses).into_iter();
    let mut running = Running::new();
    let mut worst: Option<Failure> = None;
    loop {
        if let Some(next) = waiting.next() {
            running.push(Box::pin(address::connect(next, limit, trail)));
        }
        if running.is_empty() {
            return Err(worst);
        }
        let ended = match waiting.len() {
            0 => Ok(one_of(&mut running).await),
            _ => tokio::time::timeout(STAGGER, one_of(&mut running)).await,
        };
        match ended {
            Ok(Ok(opened)) => return Ok(opened),
            Ok(Err(failure)) if tells_more(&failure, worst.as_ref()) => worst = Some(failure),
            Ok(Err(_)) | Err(_) => {}
        }
    }
}

/// Waits until one of them has ended.
async fn one_of(running: &mut Running<'_>) -> Outcome {
    poll_fn(|context| {
        let mut all = running.iter_mut().enumerate();
        let ended = all.find_map(|(index, one)| match one.as_mut().poll(context) {
            Poll::Ready(outcome) => Some((index, outcome)),
            Poll::Pending => None,
        });
        let Some((index, outcome)) = ended else { return Poll::Pending };
        drop(running.swap_remove(index));
        Poll::Ready(outcome)
    })
    .await
}

fn tells_more(failure: &Failure, than: Option<&Failure>) -> bool {
    than.is_none_or(|than| failure.seen.weight() > than.seen.weight())
}

/// The families in turn, beginning with that of the first address (RFC 8305 §4).
fn in_turn(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let v6_first = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let count = addresses.len();
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|it| it.is_ipv6() == v6_first);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut all = Vec::with_capacity(count);
    while all.len() < count {
        all.extend(first.next().into_iter().chain(second.next()));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns() {
        let parse = |it: &str| it.parse::<SocketAddr>().expect("an address");
        let all = ["[::1]:1", "[::2]:1", "[::3]:1", "127.0.0.1:1"].map(parse);
        let want = ["[::1]:1", "127.0.0.1:1", "[::2]:1", "[::3]:1"].map(parse);
        assert_eq!(in_turn(all.to_vec()), want);
        assert!(in_turn(Vec::new()).is_empty());
    }
}
