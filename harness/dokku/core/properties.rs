//! Properties: a file for each, at `config/<plugin>/<app>/<name>` below DOKKU_LIB_ROOT.
//!
//! Upstream gives each file to Dokku's user too. A world has one owner, so that part is left out.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// The properties of one plugin for one app, or for `--global`.
#[derive(Debug)]
pub(super) struct Properties {
    plugin: String,
    app: String,
    root: PathBuf,
}

impl Properties {
    /// The properties below a DOKKU_LIB_ROOT.
    pub(super) fn new(lib: &Path, plugin: &str, app: &str) -> Self {
        Self {
            plugin: plugin.to_owned(),
            app: app.to_owned(),
            root: lib.join("config").join(plugin).join(app),
        }
    }

    /// True if there is such a property, even an empty one.
    pub(super) fn exists(&self, name: &str) -> bool {
        self.root.join(name).exists()
    }

    /// The value, if there is such a property.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let bytes = fs::read(self.root.join(name)).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// All properties whose names begin with the prefix, by name.
    pub(super) fn all(&self, prefix: &str) -> Vec<(String, String)> {
        let entries = fs::read_dir(&self.root).into_iter().flatten().flatten();
        let mut all: Vec<_> = entries
            .filter(|entry| entry.path().is_file())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| name.starts_with(prefix))
            .filter_map(|name| Some((name.clone(), self.get(&name)?)))
            .collect();
        all.sort();
        all
    }

    /// Sets a property: exactly this text, mode 0600.
    pub(super) fn set(&self, name: &str, value: &str) -> Result<(), Failure> {
        self.write(name, value).map_err(|error| {
            let Self { plugin, app, .. } = self;
            Failure::Plain(format!(
                "Unable to write {plugin} config value {app}.{name}: {error}"
            ))
        })
    }

    /// Removes a property, if it is there.
    pub(super) fn delete(&self, name: &str) -> Result<(), Failure> {
        match fs::remove_file(self.root.join(name)) {
            Err(_) if self.exists(name) => Err(self.kept(name)),
            _ => Ok(()),
        }
    }

    /// The failure to remove a property.
    pub(super) fn kept(&self, name: &str) -> Failure {
        let Self { plugin, app, .. } = self;
        Failure::Plain(format!("Unable to remove {plugin} property {app}.{name}"))
    }

    /// Removes all properties; with the app `_all_`, those of every app.
    pub(super) fn destroy(&self) {
        let root = match self.app.as_str() {
            "_all_" => self.root.parent().unwrap_or(&self.root),
            _ => &self.root,
        };
        // What is not there needs no removing.
        let _ = fs::remove_dir_all(root);
    }

    /// Makes the directory of the plugin's properties, or of the app's if there is an app.
    pub(super) fn set_up(&self) -> Result<(), Failure> {
        directory(&self.root).map_err(|error| Failure::Plain(error.to_string()))
    }

    /// The items of a list, one a line; none if there is no such property.
    pub(super) fn items(&self, name: &str) -> Vec<String> {
        let text = self.get(name).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Sets a list.
    pub(super) fn set_items(&self, name: &str, items: &[String]) -> Result<(), Failure> {
        let lines: String = items
            .iter()
            .flat_map(|item| [item.as_str(), "\n"])
            .collect();
        self.set(name, &lines)
    }

    /// Adds an item before the one at the index, counted from one; at the end if that is 0 or too great.
    pub(super) fn add_item(&self, name: &str, item: &str, index: usize) -> Result<(), Failure> {
        let mut items = self.items(name);
        let place = if index == 0 { items.len() } else { index - 1 };
        items.insert(place.min(items.len()), item.trim().to_owned());
        self.set_items(name, &items)
    }

    /// Replaces the item at the index, counted from zero, or adds it if there is none.
    pub(super) fn replace_item(&self, name: &str, item: &str, index: usize) -> Result<(), Failure> {
        let mut items = self.items(name);
        match items.get_mut(index) {
            Some(old) => item.trim().clone_into(old),
            None => items.push(item.trim().to_owned()),
        }
        self.set_items(name, &items)
    }

    /// Removes the items that match. It fails if none does, and if there is no such property.
    pub(super) fn remove_items(
        &self,
        name: &str,
        matches: impl Fn(&str) -> bool,
    ) -> Result<(), Failure> {
        let path = self.root.join(name);
        if !path.exists() {
            let path = path.display();
            return Err(Failure::Plain(format!(
                "open {path}: no such file or directory"
            )));
        }
        let (removed, kept): (Vec<_>, Vec<_>) =
            self.items(name).into_iter().partition(|item| matches(item));
        self.set_items(name, &kept)?;
        if removed.is_empty() {
            return Err(Failure::Plain(
                "Property not found, nothing was removed".to_owned(),
            ));
        }
        Ok(())
    }

    fn write(&self, name: &str, value: &str) -> io::Result<()> {
        directory(&self.root)?;
        let path = self.root.join(name);
        fs::write(&path, value)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))
    }
}

fn directory(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_as_it_is_and_a_list_a_line_each() {
        let lib = tempfile::tempdir().unwrap();
        let properties = Properties::new(lib.path(), "p", "app");
        properties.set("one", "a b").unwrap();
        assert_eq!(properties.get("one").as_deref(), Some("a b"));
        for (item, index) in [("b", 0), ("a", 1), (" c ", 9)] {
            properties.add_item("list", item, index).unwrap();
        }
        assert_eq!(properties.get("list").as_deref(), Some("a\nb\nc\n"));
        properties.replace_item("list", "B", 1).unwrap();
        properties.remove_items("list", |item| item == "a").unwrap();
        assert_eq!(properties.items("list"), ["B", "c"]);
        assert!(properties.remove_items("list", |item| item == "a").is_err());
        assert_eq!(properties.all("o"), [("one".to_owned(), "a b".to_owned())]);
    }

    #[test]
    fn destroying_one_app_leaves_the_others() {
        let lib = tempfile::tempdir().unwrap();
        let (one, other) = (
            Properties::new(lib.path(), "p", "one"),
            Properties::new(lib.path(), "p", "other"),
        );
        one.set("x", "1").unwrap();
        other.set("x", "1").unwrap();
        one.destroy();
        assert!(!one.exists("x") && other.exists("x"));
        Properties::new(lib.path(), "p", "_all_").destroy();
        assert!(!other.exists("x"));
    }
}
