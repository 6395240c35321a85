//! The facts of rustls' own error type (rustls 0.23), instead of its words.

use std::error::Error;

use rustls::pki_types::UnixTime;
use rustls::{CertificateError, InvalidMessage};

use super::tls::reason_of_alert;
use crate::downcast::downcast;
use crate::{Certificate, Reason};

/// What a rustls error says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TlsFact {
    /// What happened.
    pub(crate) reason: Reason,
    /// The times of the certificate.
    pub(crate) certificate: Option<Certificate<'static>>,
}

/// Reads a link of that type.
pub(crate) fn read(link: &(dyn Error + 'static)) -> Option<TlsFact> {
    let error = downcast::<rustls::Error>(link)?;
    let (reason, certificate) = match error {
        rustls::Error::InvalidCertificate(error) => of_certificate(error),
        rustls::Error::AlertReceived(alert) => (reason_of_alert(alert.as_str()?), None),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            (Reason::TlsPeerNotTls, None)
        }
        rustls::Error::NoApplicationProtocol => (Reason::TlsAlpnMismatch, None),
        // The words know the rest.
        _ => return None,
    };
    Some(TlsFact { reason, certificate })
}

fn of_certificate(error: &CertificateError) -> (Reason, Option<Certificate<'static>>) {
    use CertificateError as E;
    let reason = match error {
        E::Expired | E::ExpiredContext { .. } => Reason::TlsCertificateExpired,
        E::NotValidYet | E::NotValidYetContext { .. } => Reason::TlsCertificateNotYetValid,
        E::NotValidForName | E::NotValidForNameContext { .. } => Reason::TlsCertificateNameMismatch,
        E::UnknownIssuer => Reason::TlsCertificateUntrusted,
        E::Revoked => Reason::TlsCertificateRevoked,
        _ => Reason::TlsCertificateInvalid,
    };
    let times = match error {
        E::ExpiredContext { time, not_after } => {
            Some(Certificate { not_after: seconds(*not_after), ..checked_at(*time) })
        }
        E::NotValidYetContext { time, not_before } => {
            Some(Certificate { not_before: seconds(*not_before), ..checked_at(*time) })
        }
        _ => None,
    };
    (reason, times)
}

fn checked_at(time: UnixTime) -> Certificate<'static> {
    Certificate { verified_at: seconds(time), ..Certificate::default() }
}

fn seconds(time: UnixTime) -> Option<i64> {
    i64::try_from(time.as_secs()).ok()
}
