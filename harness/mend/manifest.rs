//! `plugin.toml`.

use toml_edit::{DocumentMut, Item, Table, TableLike, value};

use super::Mend;
use super::sheet::Sheets;
use crate::plugin::{Field, Manifest, Place};

const MEND: Mend = Mend::Manifest;
const NAME: &str = "plugin.toml";

/// The version of a plugin that names none.
const VERSION: &str = "0.1.0";

const OWN_WORDS: &str = "say in words of your own what the plugin does, and its version";

/// Writes the file, or the keys that are missing in it. What is there and wrong is left: what it should say is its
/// author's to know.
pub(super) fn mend(sheets: &mut Sheets<'_>) {
    let place = Place {
        file: NAME.to_owned(),
        line: None,
    };
    let fields = match sheets.plugin.manifest() {
        Manifest::Absent => {
            let text = with_missing("", &description(sheets)).unwrap_or_default();
            return sheets.create(MEND, NAME, &text, OWN_WORDS);
        }
        Manifest::Unread(why) => return sheets.leave(MEND, &place, why.clone()),
        Manifest::Broken { message, .. } => {
            return sheets.leave(MEND, &place, format!("it is not TOML: {message}"));
        }
        Manifest::Parsed(fields) => fields,
    };
    for (name, field) in [
        ("description", &fields.description),
        ("version", &fields.version),
    ] {
        match field {
            Field::NoText(_) => {
                sheets.leave(MEND, &place, format!("`{name}` is there, and is no text"))
            }
            Field::Text(_) if field.text().is_none() => {
                sheets.leave(MEND, &place, format!("`{name}` is there, and is empty"));
            }
            Field::Missing | Field::Text(_) => {}
        }
    }
    let (file, text) = match sheets.readable(&place) {
        Ok(read) => read,
        Err(why) => return sheets.leave(MEND, &place, why),
    };
    match with_missing(text, &description(sheets)) {
        Ok(after) if after == text => {}
        Ok(after) => {
            sheets.edit(MEND, file, 0..text.len(), &after);
            if fields.description == Field::Missing || fields.version == Field::Missing {
                sheets.advise(file, OWN_WORDS);
            }
        }
        Err(why) => sheets.leave(MEND, &place, why),
    }
}

/// What stands for the description that only the author can write.
fn description(sheets: &Sheets<'_>) -> String {
    format!("dokku {} plugin", sheets.plugin.name())
}

/// A manifest with what is missing in it; or why that can't be added.
fn with_missing(text: &str, description: &str) -> Result<String, &'static str> {
    let mut document: DocumentMut = text.parse().map_err(|_| "it is not TOML")?;
    let root = document.as_table_mut();
    let stray = ["description", "version", "config"];
    if !root.contains_key("plugin") && stray.iter().any(|key| root.contains_key(key)) {
        return Err("what belongs into [plugin] stands outside of it");
    }
    let plugin = root
        .entry("plugin")
        .or_insert_with(|| Item::Table(Table::new()));
    let is_inline = plugin.is_inline_table();
    let plugin: &mut dyn TableLike = plugin.as_table_like_mut().ok_or("`plugin` is no table")?;
    for (key, missing) in [("description", description), ("version", VERSION)] {
        if !plugin.contains_key(key) {
            plugin.insert(key, value(missing));
        }
    }
    match plugin.get("config") {
        None if is_inline => {
            plugin.insert("config", value(toml_edit::InlineTable::new()));
        }
        None => {
            plugin.insert("config", Item::Table(Table::new()));
        }
        Some(config) if config.is_table_like() => {}
        Some(_) => return Err("`config` in [plugin] is no table"),
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "[plugin]\ndescription = \"d\"\nversion = \"0.1.0\"\n[plugin.config]\n";

    fn mended(text: &str) -> String {
        let once = with_missing(text, "d").unwrap();
        assert_eq!(
            with_missing(&once, "d").unwrap(),
            once,
            "not twice the same"
        );
        once
    }

    #[test]
    fn what_is_missing_is_added_and_nothing_else_changes() {
        assert_eq!(mended(WHOLE), WHOLE);
        for text in [
            "",
            "# a\n",
            "[plugin]\n",
            "[plugin]\nversion = '2' # two\n",
            "[plugin]\ndescription = \"x\"\n\n[plugin.config]\na = 1\n",
            "[plugin.config]\na = 1\n",
            "plugin = {version = \"1\"}\n",
            "plugin.version = \"1\"\n",
            "[other]\nx = 1\n[plugin]\nversion = \"1\"",
        ] {
            let after = mended(text);
            let table: toml::Table = after
                .parse()
                .unwrap_or_else(|error| panic!("{after}\n{error}"));
            let plugin = table["plugin"].as_table().unwrap();
            assert!(
                plugin["description"].is_str() && plugin["version"].is_str(),
                "{after}"
            );
            assert!(plugin["config"].is_table(), "{after}");
            for line in text.lines().filter(|line| !line.starts_with("plugin = ")) {
                assert!(after.contains(line), "{line}\n{after}");
            }
        }
    }

    #[test]
    fn the_empty_file_becomes_the_four_lines() {
        let after = mended("");
        let lines: Vec<&str> = after.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, WHOLE.lines().collect::<Vec<_>>());
    }

    #[test]
    fn what_is_of_another_kind_is_left() {
        for text in [
            "plugin = 1\n",
            "[plugin]\nconfig = 1\n",
            "version = \"1\"\n",
            "[[plugin]]\n",
        ] {
            assert!(with_missing(text, "d").is_err(), "{text}");
        }
    }
}
