//! What stands in a certificate.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use netcause_fault::Certificate;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

/// The peer chooses how many names there are; of more, these are enough to see it.
const NAMES: usize = 16;

/// The longest name that is kept, in bytes.
const LONGEST_NAME: usize = 256;

/// How many certificates are kept as they were read, and how long they may be for that.
const KEPT: usize = 16;
const LONGEST_KEPT: usize = 16 * 1024;

/// A certificate, and what stands in it.
type Read = (Box<[u8]>, Certificate<'static>);

/// The certificates that were read last: mostly the same few are presented, and reading one
/// takes longer than all the rest that is done with it.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<VecDeque<Read>>);

impl Recent {
    /// What stands in a certificate, or nothing where that cannot be read.
    pub(super) fn certificate(&self, der: &CertificateDer<'_>) -> Option<Certificate<'static>> {
        if let Some((_, known)) = self.lock().iter().find(|(known, _)| **known == **der) {
            return Some(known.clone());
        }
        let read = certificate(der)?;
        if der.len() <= LONGEST_KEPT {
            let mut kept = self.lock();
            kept.truncate(KEPT - 1);
            kept.push_front((der.to_vec().into(), read.clone()));
        }
        Some(read)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Read>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stands in a certificate, or nothing where that cannot be read.
pub(crate) fn certificate(der: &CertificateDer<'_>) -> Option<Certificate<'static>> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let validity = parsed.validity();
    Some(Certificate {
        not_before: Some(validity.not_before.timestamp()),
        not_after: Some(validity.not_after.timestamp()),
        verified_at: None,
        subject: not_empty(parsed.subject().to_string()).map(Into::into),
        issuer: not_empty(parsed.issuer().to_string()).map(Into::into),
        names: not_empty(names(&parsed)).map(Into::into),
    })
}

fn names(parsed: &X509Certificate<'_>) -> String {
    let alternative = parsed.subject_alternative_name().ok().flatten();
    let all = alternative.iter().flat_map(|it| &it.value.general_names);
    let texts: Vec<String> = all.filter_map(name).take(NAMES).collect();
    texts.join(", ")
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) if name.len() <= LONGEST_NAME => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(std::net::IpAddr::from);
    let address = v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(std::net::IpAddr::from));
    address.ok().map(|address| address.to_string())
}

fn not_empty(text: String) -> Option<String> {
    (!text.is_empty())
        .then(|| text.get(..text.floor_char_boundary(2048)).unwrap_or_default().to_owned())
}

/// Who signed a certificate, as far as it tells by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signer {
    /// Its own key did.
    Itself,
    /// It says so, and nobody checked.
    AllegedlyItself,
    /// Another one.
    Another,
}

/// Who signed a certificate; the signature is checked with the algorithms that are given.
pub(super) fn signer(
    der: &CertificateDer<'_>,
    algorithms: Option<WebPkiSupportedAlgorithms>,
) -> Option<Signer> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    if parsed.subject().as_raw() != parsed.issuer().as_raw() {
        return Some(Signer::Another);
    }
    let key = &*parsed.public_key().subject_public_key.data;
    let (message, signature) = (parsed.tbs_certificate.as_ref(), &*parsed.signature_value.data);
    // Those of other kinds of keys refuse at once.
    let is_own = algorithms.is_some_and(|algorithms| {
        algorithms.all.iter().any(|it| it.verify_signature(key, message, signature).is_ok())
    });
    Some(if is_own { Signer::Itself } else { Signer::AllegedlyItself })
}
