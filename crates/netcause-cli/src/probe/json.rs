//! The report as one JSON object.

use std::time::{Duration, SystemTime};

use netcause_fault::Certificate;
use netcause_net::probe::{Probed, Step};
use netcause_record::{
    ErrorText, Field, Key, Limits, Origin, Record, Redactor, Resource, Severity, Value,
    escape_into, write_json,
};

use super::steps;

/// Room for a long chain of certificates and thirty routers: no step is left out.
const LONGEST: usize = 256 * 1024;

/// The object, with a line feed.
pub(super) fn object(probed: &Probed) -> String {
    let message = match &probed.fault {
        Some(fault) => fault.summary().to_string(),
        None => steps::headline(probed),
    };
    let steps = steps(probed);
    let facts = Facts::of(probed);
    let mut fields = facts.fields(probed.fault.is_some());
    let key = Key::of_record("probe.steps");
    fields.push(Field { key: &key, value: Value::Json(&steps) });
    let links: Vec<&str> = probed.links.iter().map(String::as_str).collect();
    let chain = links.join(": ");
    let severity = if probed.fault.is_some() { Severity::Error } else { Severity::Info };
    let record = Record {
        timestamp: Some(SystemTime::now()),
        severity: Some(severity),
        message: Some(&message),
        target: "",
        trace: None,
        resource: &Resource::default(),
        fields: &fields,
        scope: None,
        error: (!links.is_empty())
            .then_some(ErrorText { message: &chain, links: links.as_slice().into() }),
        fault: probed.fault.as_ref(),
        rendered: None,
        origin: Origin::default(),
        dropped_fields: 0,
    };
    let mut out = String::new();
    write_json(&record, &Limits { record: LONGEST, ..Limits::default() }, &mut out);
    out
}

/// What a record that reports a fault has anyway, for one that reports none.
struct Facts(Vec<(Key, Fact)>);

enum Fact {
    Text(String),
    Number(i64),
    List(String),
}

impl Facts {
    fn of(probed: &Probed) -> Self {
        let mut facts = Facts(Vec::new());
        let peer = &probed.peer;
        facts.text("server.address", peer.server_address.as_deref());
        facts.number("server.port", peer.server_port);
        facts.text("network.peer.address", peer.peer_address);
        facts.number("network.peer.port", peer.peer_port);
        facts.text("network.local.address", peer.local_address);
        facts.number("network.local.port", peer.local_port);
        facts.text("network.transport", peer.transport.as_deref());
        facts.text("url.full", probed.request.url.as_deref().map(clean));
        facts.text("http.request.method", probed.request.method.as_deref());
        facts.number("http.response.status_code", probed.request.status);
        if !peer.dns_answers.is_empty() {
            let answers: Vec<_> = peer.dns_answers.iter().map(ToString::to_string).collect();
            facts.push("dns.answers", Fact::List(list(answers.iter().map(|it| quoted(it)))));
        }
        if let Some(certificate) = &probed.certificate {
            facts.text("tls.server.not_after", certificate.not_after.map(rfc3339));
            facts.text("tls.server.subject", certificate.subject.as_deref());
            facts.text("tls.server.issuer", certificate.issuer.as_deref());
            facts.number("certificate.days_left", certificate.days_left());
        }
        facts
    }

    fn push(&mut self, name: &'static str, fact: Fact) {
        self.0.push((Key::of_record(name), fact));
    }

    fn text(&mut self, name: &'static str, text: Option<impl ToString>) {
        if let Some(text) = text {
            self.push(name, Fact::Text(text.to_string()));
        }
    }

    fn number(&mut self, name: &'static str, number: Option<impl Into<i64>>) {
        if let Some(number) = number {
            self.push(name, Fact::Number(number.into()));
        }
    }

    fn fields(&self, on_fault: bool) -> Vec<Field<'_>> {
        let facts = self.0.iter().filter(|_| !on_fault);
        facts.map(|(key, fact)| Field { key, value: fact.value() }).collect()
    }
}

impl Fact {
    fn value(&self) -> Value<'_> {
        match self {
            Fact::Text(text) => Value::Text(text),
            Fact::Number(number) => Value::I64(*number),
            Fact::List(json) => Value::Json(json),
        }
    }
}

/// A URL without its secrets.
fn clean(url: &str) -> String {
    let mut url = url.to_owned();
    Redactor::default().text(&mut url, 0);
    url
}

fn rfc3339(seconds: i64) -> String {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    let mut text = String::new();
    netcause_record::push_timestamp(SystemTime::UNIX_EPOCH + since, &mut text);
    text.replace(".000000Z", "Z")
}

/// The steps as an array.
fn steps(probed: &Probed) -> String {
    list(probed.steps.iter().map(step))
}

fn step(step: &Step) -> String {
    let mut members = Members::default();
    members.text("step", steps::name(step));
    members.raw("ok", &step.is_well().to_string());
    members.raw("elapsed_ms", &step.elapsed().as_millis().to_string());
    match step {
        Step::Lookup(it) => {
            members.text("name", &it.name);
            members.raw("answers", &list(it.answers.iter().map(|it| quoted(&it.to_string()))));
            let servers = it.name_servers.iter().map(|it| quoted(&it.to_string()));
            members.some("name_servers", &list(servers));
        }
        Step::Connect(it) => {
            members.text("address", &it.address.to_string());
            it.failure.iter().for_each(|it| members.text("error", &steps::why(it)));
        }
        Step::Trace(it) => {
            members.text("address", &it.address.to_string());
            members.raw("hops", &list(it.hops.iter().map(hop)));
            it.reached.iter().for_each(|hop| members.raw("reached", &hop.to_string()));
        }
        Step::Tls(it) => {
            members.text("server_name", &it.name);
            members.optional("version", it.version.as_deref());
            members.raw("certificates", &list(it.chain.iter().map(certificate)));
            members.optional("error", it.error.as_deref());
        }
        Step::Http(it) => {
            members.text("path", &clean(&it.path));
            it.status.iter().for_each(|status| members.raw("status", &status.to_string()));
            members.optional("retry_after", it.retry_after.as_deref());
            members.optional("location", it.location.as_deref());
            members.optional("error", it.error.as_deref());
        }
        _ => {}
    }
    members.end()
}

fn hop(hop: &netcause_net::probe::Hop) -> String {
    let mut members = Members::default();
    members.raw("hop", &hop.number.to_string());
    members.optional("address", hop.icmp.sender.map(|it| it.to_string()).as_deref());
    members.raw("elapsed_ms", &hop.elapsed.as_millis().to_string());
    members.text("icmp", &format!("{}/{}", hop.icmp.kind, hop.icmp.code));
    members.end()
}

fn certificate(seen: &Certificate<'_>) -> String {
    let mut members = Members::default();
    members.optional("subject", seen.subject.as_deref());
    members.optional("issuer", seen.issuer.as_deref());
    members.optional("names", seen.names.as_deref());
    members.optional("not_before", seen.not_before.map(rfc3339).as_deref());
    members.optional("not_after", seen.not_after.map(rfc3339).as_deref());
    if let Some(days) = seen.days_left() {
        members.raw("days_left", &days.to_string());
    }
    members.end()
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    escape_into(text, &mut out);
    out.push('"');
    out
}

/// The members of an object.
#[derive(Default)]
struct Members(String);

impl Members {
    fn raw(&mut self, name: &str, json: &str) {
        self.0.push_str(if self.0.is_empty() { "{" } else { "," });
        self.0.push_str(&format!("\"{name}\":{json}"));
    }

    fn text(&mut self, name: &str, text: &str) {
        self.raw(name, &quoted(text));
    }

    fn optional(&mut self, name: &str, text: Option<&str>) {
        text.iter().for_each(|text| self.text(name, text));
    }

    /// A list that is not empty.
    fn some(&mut self, name: &str, list: &str) {
        if list != "[]" {
            self.raw(name, list);
        }
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
