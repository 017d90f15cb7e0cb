//! The plugins that a world can have beside the one under test.

use std::collections::BTreeMap;

/// The names of those that the world brings along.
pub const NAMES: [&str; 1] = ["bystander"];

/// `bystander` answers `bystander:ping` from its `commands`, so that it gets its turn only after every plugin before it
/// in the alphabet has declined, and only if none has ended the search.
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

/// The files of a neighbour by its name; none if the world has no such neighbour.
#[must_use]
pub fn files(name: &str) -> Option<BTreeMap<String, String>> {
    let files = BYSTANDER.map(|(path, text)| (path.to_owned(), text.to_owned()));
    (name == "bystander").then(|| BTreeMap::from(files))
}
