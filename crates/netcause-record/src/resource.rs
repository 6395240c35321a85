//! [`Resource`]: what runs here.

/// What runs here: `service.name` and the other resource attributes, rendered once.
#[derive(Debug, Clone, Default)]
pub struct Resource {
    /// `service.name`.
    pub service_name: Option<String>,
    /// The other attributes, keys unique, in order.
    pub attributes: Vec<(String, String)>,
}
