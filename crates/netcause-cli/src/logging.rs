//! Temporary.
pub(crate) struct Guard;
impl Guard {
    pub(crate) fn shutdown(self) {}
}
pub(crate) fn start() -> Result<Guard, std::io::Error> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).init();
    Ok(Guard)
}
pub(crate) fn error<'a>(
    e: &'a (dyn std::error::Error + 'static),
) -> &'a (dyn std::error::Error + 'static) {
    e
}
