//! Plugins that are written as one text: a head that says what to expect, then the files.
//!
//! ```text
//! word of the head
//! === commands                  a file of the plugin, executable unless it ends in `.toml` or `.yaml`, is called
//!                               `functions`, or has `(plain)` after its name
//! === commands (escapes)        in its name and its text `\xNN` is that byte and `\\` a backslash
//! ```

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The manifest of a plugin whose text has none.
pub(crate) const MANIFEST: &str =
    "[plugin]\ndescription = \"an example\"\nversion = \"1.0.0\"\n[plugin.config]\n";

/// A plugin as its text has it.
#[derive(Debug, Default)]
pub(crate) struct PluginText {
    /// The lines before the first file.
    pub(crate) head: Vec<String>,
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    name: String,
    is_executable: bool,
    has_escapes: bool,
    text: String,
}

impl PluginText {
    /// Reads the lines of a text.
    pub(crate) fn parse<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut plugin = Self::default();
        for line in lines {
            if let Some(title) = line.strip_prefix("=== ") {
                plugin.files.push(File::titled(title));
            } else if let Some(file) = plugin.files.last_mut() {
                file.text.push_str(line);
                file.text.push('\n');
            } else {
                plugin.head.push(line.to_owned());
            }
        }
        plugin
    }

    /// Adds a file that the text does not have.
    pub(crate) fn or_else(&mut self, name: &str, text: &str) {
        if self.files.iter().all(|file| file.name != name) {
            let mut file = File::titled(name);
            text.clone_into(&mut file.text);
            self.files.push(file);
        }
    }

    /// Lays the plugin out as a directory.
    pub(crate) fn build(&self, plugin: &Path) {
        fs::create_dir_all(plugin).unwrap();
        for file in &self.files {
            let path = plugin.join(OsStr::from_bytes(&file.bytes(&file.name)));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, file.bytes(&file.text)).unwrap();
            let mode = if file.is_executable { 0o755 } else { 0o644 };
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
    }
}

impl File {
    fn titled(title: &str) -> Self {
        let (name, has_escapes) = strip(title, " (escapes)");
        let (name, is_plain) = strip(name, " (plain)");
        let is_data = name.ends_with(".toml") || name.ends_with(".yaml") || name == "functions";
        Self {
            name: name.to_owned(),
            is_executable: !is_plain && !is_data,
            has_escapes,
            text: String::new(),
        }
    }

    fn bytes(&self, text: &str) -> Vec<u8> {
        if !self.has_escapes {
            return text.as_bytes().to_vec();
        }
        let mut parts = text.split('\\');
        let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
        while let Some(part) = parts.next() {
            match part
                .strip_prefix('x')
                .and_then(|code| code.split_at_checked(2))
            {
                Some((code, rest)) => {
                    bytes.push(u8::from_str_radix(code, 16).unwrap());
                    bytes.extend(rest.as_bytes());
                }
                None => {
                    assert_eq!(part, "", "{text}: \\{part}");
                    bytes.push(b'\\');
                    bytes.extend(parts.next().unwrap_or_default().as_bytes());
                }
            }
        }
        bytes
    }
}

fn strip<'a>(text: &'a str, end: &str) -> (&'a str, bool) {
    match text.strip_suffix(end) {
        Some(text) => (text, true),
        None => (text, false),
    }
}
