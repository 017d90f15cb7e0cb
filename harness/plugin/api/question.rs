//! What a text asks of the Dokku it runs in.

use crate::dokku::api;
use crate::dokku::core::words_in;
use crate::plugin::shell::Condition;

/// How commands ask whether there is a function or a program of some name.
const ASKING: [&str; 10] = [
    "declare -f",
    "declare -F",
    "typeset -f",
    "typeset -F",
    "command -v",
    "command -V",
    "compgen ",
    "type ",
    "which ",
    "hash ",
];

/// The programs that look at a file or a folder, or into it.
pub(super) const LOOKERS: [&str; 12] = [
    "ls", "stat", "find", "test", "grep", "egrep", "fgrep", "awk", "sed", "cat", "readlink",
    "realpath",
];

/// Commands that list what Dokku has.
const LISTS: [&str; 5] = [
    "dokku help",
    "dokku --help",
    "dokku plugin:list",
    "dokku plugin:installed",
    "plugn list",
];

/// Commands that tell Dokku's version.
const VERSION_COMMANDS: [&str; 3] = ["dokku version", "dokku --version", "dokku -v"];

/// The programs that know of installed packages.
const PACKAGERS: [&str; 5] = ["dpkg", "dpkg-query", "apt-cache", "apt", "rpm"];

/// Words after which a command stands, and words before one.
const KEYWORDS: [&str; 12] = [
    "if", "then", "elif", "else", "while", "until", "do", "!", "{", "sudo", "time", "not",
];

/// True if the text asks whether there is a function that some Dokku has, or one of a computed name.
pub(super) fn asks_function(text: &str) -> bool {
    asks_some_function(text) && (text.contains('$') || names_function(text))
}

/// True if the text asks whether there is a function, of whatever name.
pub(super) fn asks_some_function(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    ASKING.iter().any(|start| {
        text.match_indices(start).any(|(at, _)| {
            !text
                .get(..at)
                .is_some_and(|before| before.ends_with(is_part))
        })
    })
}

/// True if the text has the name of a core function in it.
pub(super) fn names_function(text: &str) -> bool {
    words_in(text).any(api::is_function)
}

/// True if the text has to do with a version, and with Dokku.
pub(super) fn tells_version(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("version") && text.contains("dokku")
}

/// True if the text surely asks for Dokku's version: by a command, a file, a package or a name.
pub(super) fn takes_version(text: &str) -> bool {
    if !tells_version(text) {
        return VERSION_COMMANDS
            .iter()
            .any(|command| text.contains(command));
    }
    let by_name = words_in(text).any(|word| {
        let word = word.to_ascii_lowercase();
        word.contains("dokku") && word.contains("version") && !word.contains("api")
    });
    let by_file = text
        .replace(['"', '\''], "")
        .split(|letter: char| letter.is_whitespace() || "()<>;|&`".contains(letter))
        .any(|path| path.ends_with("/VERSION") && path.to_ascii_lowercase().contains("dokku"));
    let by_package = commands_in(text).any(|command| PACKAGERS.contains(&command))
        && words_in(text).any(|word| word == "dokku");
    by_name
        || by_file
        || by_package
        || VERSION_COMMANDS
            .iter()
            .any(|command| text.contains(command))
}

/// True if the text asks for what Dokku has: a function, its version, its files or its commands.
pub(super) fn asks_dokku(text: &str) -> bool {
    asks_some_function(text) && names_function(text)
        || takes_version(text)
        || looks_at_dokku(text)
        || lists_dokku(text)
}

/// True if a program looks at what lies in Dokku's folders.
pub(super) fn looks_at_dokku(text: &str) -> bool {
    is_dokkus(text) && commands_in(text).any(|command| LOOKERS.contains(&command))
}

/// True if the text lists the commands or the plugins of Dokku.
pub(super) fn lists_dokku(text: &str) -> bool {
    LISTS.iter().any(|list| text.contains(list))
}

/// True if the path leads to what Dokku brings.
pub(super) fn is_dokkus(path: &str) -> bool {
    path.contains("PLUGIN_") && path.contains("_PATH")
        || path.contains("core-plugins")
        || path.contains("/var/lib/dokku/plugins")
        || path.contains("PLUGIN_PATH")
}

/// The words of a text that stand where a command does.
pub(super) fn commands_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(['|', '&', ';', '(', '`', '\n', '!'])
        .filter_map(|segment| {
            segment
                .split_whitespace()
                .find(|word| !KEYWORDS.contains(word) && !word.contains('='))
                .map(|word| word.trim_matches(['"', '\'', ')']))
        })
}

/// The variables whose values are in a text: what follows a `$`, and every word of arithmetic.
pub(super) fn variables_in(text: &str) -> impl Iterator<Item = &str> {
    let bare = text.contains("((");
    let start = text.as_ptr() as usize;
    words_in(text)
        .flat_map(|word| word.split('-'))
        .filter(move |word| {
            let at = word.as_ptr() as usize - start;
            let before = text.get(..at).unwrap_or_default();
            bare || before.trim_end_matches(['{', '#', '!']).ends_with('$')
        })
}

/// The texts of a condition's words and commands.
pub(super) fn texts_of(condition: &Condition) -> Vec<&str> {
    let mut texts = Vec::new();
    collect(condition, &mut texts);
    texts
}

fn collect<'c>(condition: &'c Condition, texts: &mut Vec<&'c str>) {
    match condition {
        Condition::Unary { operand, .. } => texts.push(&operand.source),
        Condition::Binary { left, right, .. } => {
            texts.extend([left.source.as_str(), &right.source]);
        }
        Condition::Arm { value, .. } => texts.push(&value.source),
        Condition::Not(inner) => collect(inner, texts),
        Condition::All(all) | Condition::Any(all) => {
            for one in all {
                collect(one, texts);
            }
        }
        Condition::Succeeds(text) => texts.push(text),
        Condition::Unknown => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_variables_are_found_in_a_text() {
        let commands: Vec<&str> = commands_in("A=b has \"$(ver -x | cut)\" && ! other").collect();
        assert_eq!(commands, ["has", "ver", "cut", "other"]);
        let variables: Vec<&str> = variables_in("echo minor ${V%%.*} \"$x-y\" ${#z}").collect();
        assert_eq!(variables, ["V", "x", "z"]);
        assert!(variables_in("(( minor < 22 ))").any(|one| one == "minor"));
    }

    #[test]
    fn a_name_that_ends_like_a_question_is_none() {
        assert!(asks_some_function("[[ $(type -t ps_stop) ]]"));
        assert!(!asks_some_function("$(get_app_proxy_type \"$APP\")"));
    }

    #[test]
    fn versions_are_asked_for_in_many_ways() {
        for text in [
            "$(dokku version | cut -d. -f2)",
            "cat \"$DOKKU_ROOT\"/VERSION",
            "$(</var/lib/dokku/VERSION)",
            "dpkg-query -W -f '${Version}' dokku",
            "$DOKKU_VERSION",
            "$(get_dokku_version)",
        ] {
            assert!(takes_version(text), "{text}");
        }
        for text in [
            "dokku/postgres:$PLUGIN_IMAGE_VERSION",
            "/var/lib/dokku/services/x/$VERSION",
            "$DOKKU_API_VERSION",
        ] {
            assert!(!takes_version(text), "{text}");
        }
    }
}
