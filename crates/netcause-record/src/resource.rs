//! [`Resource`]: what runs here.

use std::borrow::Cow;

use crate::escape::escape_into;
use crate::key::VOCABULARY;
use crate::{Key, REDACTED, Value, write_member};

/// What runs here: `service.name` and the other resource attributes, rendered once.
///
/// # Example
///
/// ```
/// use netcause_record::Resource;
///
/// let zone = ("cloud.availability_zone".to_owned(), "b".to_owned());
/// let resource = Resource::new(Some("checkout".to_owned()), vec![zone]);
/// assert_eq!(resource.service_name.as_deref(), Some("checkout"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Resource {
    /// `service.name`.
    pub service_name: Option<String>,
    /// The other attributes, keys unique, in order.
    pub attributes: Vec<(String, String)>,
    /// `,"service.name":"…"`.
    pub(crate) service_member: String,
    /// `,"key":"value"` of each attribute.
    pub(crate) members: Vec<Member>,
    /// The bits of all of them.
    pub(crate) bits: u64,
}

/// An attribute, rendered.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) rendered: String,
}

impl Resource {
    /// Applies the key policy and renders the attributes.
    ///
    /// A resource never says who a peer is: an attribute under a key that records use for
    /// their own facts moves under `fields.`, too. Of two attributes with one key the first
    /// stands; a value under a key of a secret is redacted.
    #[must_use]
    pub fn new(service_name: Option<String>, attributes: Vec<(String, String)>) -> Self {
        let mut resource = Resource { service_name, ..Resource::default() };
        if let Some(name) = &resource.service_name {
            resource.service_member.push_str(",\"service.name\":\"");
            escape_into(name, &mut resource.service_member);
            resource.service_member.push('"');
        }
        for (name, value) in attributes {
            resource.add(name, value);
        }
        resource
    }

    fn add(&mut self, name: String, value: String) {
        let is_ours = VOCABULARY.contains(&name.as_str());
        let key = Key::new(if is_ours { format!("fields.{name}") } else { name });
        let name = key.name_on_fault.unwrap_or(key.name).into_owned();
        if self.attributes.iter().any(|(known, _)| *known == name) {
            return;
        }
        let value = if key.secret { Cow::Borrowed(REDACTED) } else { Cow::Owned(value) };
        let mut rendered = String::from(",");
        write_member(&name, Value::Text(&value), &mut rendered);
        self.bits |= crate::bit_of(&name);
        self.members.push(Member { name: name.clone(), rendered });
        self.attributes.push((name, value.into_owned()));
    }
}
