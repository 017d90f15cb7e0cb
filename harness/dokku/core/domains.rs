//! `domains:report`, as it was from 0.38.22 on. The other commands of domains are shell scripts.

use std::fs;
use std::path::Path;

use super::host::Host;
use super::report::Values;

/// What `domains:report` shows.
pub(super) fn values(host: &Host, scope: &str) -> Values {
    let global = fs::read_to_string(host.home.join("VHOST")).unwrap_or_default();
    let has_names = global.split('\n').any(is_host_name);
    let mut values = Values::from([
        ("--domains-global-enabled".to_owned(), has_names.to_string()),
        (
            "--domains-global-vhosts".to_owned(),
            if has_names {
                in_one_line(&global)
            } else {
                String::new()
            },
        ),
    ]);
    if scope != "--global" {
        let enabled = host.ask("config-get", &[scope, "NO_VHOST"]).text != "1";
        values.insert("--domains-app-enabled".to_owned(), enabled.to_string());
        values.insert("--domains-app-vhosts".to_owned(), names(&host.app(scope)));
    }
    values
}

fn names(app: &Path) -> String {
    in_one_line(&fs::read_to_string(app.join("VHOST")).unwrap_or_default())
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True for letters, digits, dashes, points and stars that do not end with a point, and for a lone underscore.
fn is_host_name(text: &str) -> bool {
    let allowed =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '*' | '-');
    text == "_" || (!text.is_empty() && text.chars().all(allowed) && !text.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_ends_with_no_point() {
        for name in ["a", "A.b-c", "*.x", "_", "-"] {
            assert!(is_host_name(name), "{name}");
        }
        for name in ["", "a.", "a b", "a_b", "a/b"] {
            assert!(!is_host_name(name), "{name}");
        }
    }
}
