//! Tries, times and limits of a fault, from the fields around it.

use std::time::Duration;

use netcause_fault::{Attempts, Category, Evidence, Fault, Limit, Reason};

use crate::compose::Sources;
use crate::read;
use crate::{Field, Role, Unit, Value};

/// Fills the tries that a fault itself does not tell.
pub fn complete_tries(attempts: &mut Attempts, sources: &Sources<'_, '_>) {
    if attempts.attempt.is_none() && attempts.max_attempts.is_none() {
        (attempts.attempt, attempts.max_attempts) = counted_tries(sources);
    }
    attempts.exhausted = attempts.exhausted.or_else(|| {
        sources.first(|field| match (field.key.role, field.value) {
            (Role::Exhausted, Value::Bool(exhausted)) => Some(exhausted),
            _ => None,
        })
    });
    if attempts.exhausted == Some(true) {
        // No pause leads to a try that does not come.
        attempts.next_delay = None;
        return;
    }
    attempts.next_delay = attempts.next_delay.or_else(|| {
        sources.event.iter().find_map(|field| match field.key.role {
            Role::NextDelay(unit) => read::duration(field.value, unit),
            _ => None,
        })
    });
}

/// Tries made and allowed. A source that counts tries of its own, around the one whose
/// count is taken, is another loop, and so is its limit.
fn counted_tries(sources: &Sources<'_, '_>) -> (Option<u32>, Option<u32>) {
    let count = |fields: &[Field<'_>], role: Role| {
        fields
            .iter()
            .filter(|field| field.key.role == role)
            .find_map(|field| read::count(field.value))
    };
    let (mut attempt, mut max_attempts) = (None, None);
    for fields in std::iter::once(sources.event).chain(sources.calls().map(|(_, fields)| fields)) {
        let made = count(fields, Role::Attempt);
        if attempt.is_some() && made.is_some() {
            break;
        }
        attempt = attempt.or(made);
        max_attempts = max_attempts.or_else(|| count(fields, Role::MaxAttempts));
        if max_attempts.is_some() && attempt.is_some() {
            break;
        }
    }
    (attempt, max_attempts)
}

/// The pause that the peer asks for; a bare number is seconds (RFC 9110 §10.2.3).
pub(crate) fn complete_pause<'a>(fault: &mut Fault<'a>, sources: &Sources<'a, '_>) {
    let pause = sources.event.iter().find_map(|field| match field.key.role {
        Role::RetryAfter(Unit::Unstated) => read::duration(field.value, Unit::Seconds),
        Role::RetryAfter(unit) => read::duration(field.value, unit),
        _ => None,
    });
    if let Some(pause) = pause {
        fault.add_evidence(Evidence::RetryAfter(pause));
    }
}

/// Fills the time that it took, where a fault itself does not tell it.
pub fn complete_elapsed(elapsed: &mut Option<Duration>, sources: &Sources<'_, '_>) {
    *elapsed = elapsed.or_else(|| {
        sources.event.iter().find_map(|field| match field.key.role {
            Role::Elapsed(unit) => read::duration(field.value, unit),
            _ => None,
        })
    });
}

/// Whether what `complete` makes of a fault, or a diagnosis, may rest on the time it took:
/// it may have run into a limit that it does not tell.
#[must_use]
pub fn rests_on_time(fault: &Fault<'_>) -> bool {
    fault.timeout.is_none() && is_about_time(fault)
}

fn is_about_time(fault: &Fault<'_>) -> bool {
    matches!(
        fault.category,
        Category::ConnectTimeout | Category::ResponseTimeout | Category::Timeout
    ) || matches!(
        fault.reason,
        Some(Reason::TlsHandshakeTimeout | Reason::PoolTimeout | Reason::DnsTimeout)
    )
}

/// The limit that ran out, if one did.
pub(crate) fn complete_limit<'a>(fault: &mut Fault<'a>, sources: &Sources<'a, '_>) {
    if fault.timeout.is_some() || !own_limit_ran_out(fault) {
        return;
    }
    if let Some((limit, timeout)) = matching_limit(fault, sources) {
        fault.timeout = Some(timeout);
        fault.limit = fault.limit.or(limit);
    }
}

/// Whether a limit of this process ended the call, as far as the fault tells.
fn own_limit_ran_out(fault: &Fault<'_>) -> bool {
    let reported = |fact: &Evidence<'_>| matches!(fact, Evidence::OsError(_) | Evidence::Status(_));
    is_about_time(fault) && fault.code.is_none() && !fault.evidence.iter().any(reported)
}

/// The limit around the event that fits the fault: the most specific, then the innermost.
fn matching_limit<'a>(
    fault: &Fault<'a>,
    sources: &Sources<'a, '_>,
) -> Option<(Option<Limit>, Duration)> {
    let wanted: &[Option<Limit>] = match (fault.limit, fault.category) {
        (Some(Limit::Total), _) => &[Some(Limit::Total), None],
        (Some(Limit::Connect), _) | (None, Category::ConnectTimeout) => {
            &[Some(Limit::Connect), None]
        }
        (Some(Limit::Tls), _) => &[Some(Limit::Tls), Some(Limit::Connect), None],
        (Some(Limit::Pool), _) | (None, Category::PoolExhausted) => &[Some(Limit::Pool), None],
        (Some(_), _) | (None, Category::ResponseTimeout) => {
            &[Some(Limit::Response), Some(Limit::Total), None]
        }
        (None, Category::TlsHandshake) => &[Some(Limit::Tls), Some(Limit::Connect), None],
        (None, _) => &[Some(Limit::Total), None],
    };
    wanted.iter().find_map(|&wanted| {
        sources.first(|field| match field.key.role {
            Role::Timeout(limit, unit) if limit == wanted => read::duration(field.value, unit)
                .filter(|timeout| may_have_ended(fault.elapsed, *timeout))
                .map(|timeout| (limit, timeout)),
            _ => None,
        })
    })
}

/// Whether a limit can have ended what took so long: one that is well above it cannot.
fn may_have_ended(elapsed: Option<Duration>, timeout: Duration) -> bool {
    elapsed.is_none_or(|elapsed| timeout <= elapsed + elapsed / 4 + Duration::from_millis(20))
}
