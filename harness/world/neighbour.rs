//! The plugins that a world can have beside the one under test.

use std::collections::BTreeMap;

use crate::words::words;

words! {
    /// A plugin that the world brings along.
    pub enum Companion {
        /// Answers `bystander:ping` from its `commands`, so that it gets its turn only after every plugin before it in the
        /// alphabet has declined, and only if none has ended the search.
        Bystander = "bystander",
    }
}

impl Companion {
    /// What it is called beside a plugin of this name: by its own name, unless the plugin has that.
    #[must_use]
    pub fn name_beside(self, plugin: &str) -> String {
        match plugin == self.as_str() {
            true => format!("{self}-2"),
            false => self.to_string(),
        }
    }

    /// Its files where it is called so, path → text.
    #[must_use]
    pub fn files(self, name: &str) -> BTreeMap<String, String> {
        let files = match self {
            Self::Bystander => BYSTANDER,
        };
        files
            .map(|(path, text)| (path.to_owned(), text.replace(self.as_str(), name)))
            .into()
    }
}

const BYSTANDER: [(&str, &str); 2] = [
    (
        "commands",
        "#!/usr/bin/env bash\n\
         case \"$1\" in\n\
         \x20 help) echo '    bystander:ping, Answers pong' ;;\n\
         \x20 bystander:ping) echo pong ;;\n\
         \x20 *) exit \"$DOKKU_NOT_IMPLEMENTED_EXIT\" ;;\n\
         esac\n",
    ),
    (
        "plugin.toml",
        "[plugin]\ndescription = \"stands by\"\nversion = \"1.0.0\"\n[plugin.config]\n",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_companion_has_another_name_than_the_plugin() {
        let bystander = Companion::Bystander;
        assert_eq!(bystander.name_beside("hello"), "bystander");
        let name = bystander.name_beside("bystander");
        assert_ne!(name, "bystander");
        let commands = &bystander.files(&name)["commands"];
        assert!(commands.contains(&format!("{name}:ping) echo pong")));
        assert!(!commands.contains("bystander:"), "{commands}");
    }
}
