//! A list made of the tables in which Dokku's documentation keeps its plugins.
pub struct Imported;
pub struct Unread;
pub fn import() {}
