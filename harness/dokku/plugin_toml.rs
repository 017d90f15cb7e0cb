//! plugn's TOML files, read as plugn reads them.

use std::fs;
use std::path::Path;

use toml::Table;
use toml::Value;

/// Reads a file.
///
/// # Errors
/// What plugn says of a file that is not there or no TOML.
pub(super) fn read(path: &Path) -> Result<Table, String> {
    let text = fs::read_to_string(path)
        .map_err(|_| format!("open {}: no such file or directory", path.display()))?;
    text.parse().map_err(|error| format!("toml: {error}"))
}

/// The keys of `[plugin.config]`, in order.
///
/// # Errors
/// As for [`read`], and what plugn says of a file without that table: it takes it for granted.
pub(super) fn config_keys(path: &Path) -> Result<Vec<String>, String> {
    let table = read(path)?;
    let config = table.get("plugin").and_then(|plugin| plugin.get("config"));
    match config.and_then(Value::as_table) {
        Some(config) => Ok(config.keys().cloned().collect()),
        None => {
            let found = if config.is_none() { "nil" } else { "other" };
            Err(format!(
                "panic: interface conversion: interface {{}} is {found}, not map[string]interface {{}}"
            ))
        }
    }
}

/// The text of a key in a table of the file; none if it is not there.
pub(super) fn text_at(file: &Table, table: &str, key: &str) -> Option<String> {
    match file.get(table)?.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        // A date or something that has parts: plugn prints it in a form of its language.
        Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plugin.toml");
        fs::write(&path, text).unwrap();
        config_keys(&path)
    }

    #[test]
    fn a_plugin_must_have_a_table_for_its_configuration() {
        assert_eq!(
            keys("[plugin]\n[plugin.config]\na-b = {}\n"),
            Ok(vec!["a-b".into()])
        );
        assert_eq!(keys("[plugin]\n[plugin.config]\n"), Ok(vec![]));
        assert!(keys("[plugin]\n").unwrap_err().starts_with("panic: "));
        assert!(keys("[plugin\n").unwrap_err().starts_with("toml: "));
        assert!(
            config_keys(Path::new("/nonexistent"))
                .unwrap_err()
                .starts_with("open ")
        );
    }
}
