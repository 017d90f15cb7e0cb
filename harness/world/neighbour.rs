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
    /// Its files, path → text.
    #[must_use]
    pub fn files(self) -> BTreeMap<String, String> {
        let files = match self {
            Self::Bystander => BYSTANDER,
        };
        files
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
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
