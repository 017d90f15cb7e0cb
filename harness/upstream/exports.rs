//! The variables that the dispatcher exports, and the statuses among them.

use std::sync::LazyLock;

use regex::Regex;

use crate::dokku::surface::{Facet, Item, Manner, Surface};

/// An `export` of one variable, with what is assigned to it.
static EXPORT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)^[ \t]*(?:[^#\n]*(?:&&|;|then|do)[ \t]+)?export[ \t]+([A-Z_][A-Z0-9_]*)(?:=(.*))?$",
    )
    .ok()
});

/// The end of the names of variables that are statuses.
const STATUS: &str = "_EXIT";

/// Puts in what a script exports. What is assigned last is what holds.
pub(super) fn read(surface: &mut Surface, script: &str) {
    let Some(export) = EXPORT.as_ref() else {
        return;
    };
    for found in export.captures_iter(script) {
        let Some(name) = found.get(1).map(|name| name.as_str()) else {
            continue;
        };
        let value = found.get(2).map(|value| value.as_str().trim().to_owned());
        if let Some(value) = value.as_ref().filter(|_| name.ends_with(STATUS)) {
            let status = Manner::Value(value.clone());
            surface.put(Facet::Status, name, Item::used(Some(status)));
        }
        surface.put(
            Facet::Variable,
            name,
            Item::used(value.map(Manner::Written)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dokku::Version;

    #[test]
    fn an_export_is_one_wherever_it_stands_on_a_line_of_code() {
        let mut surface = Surface::of_tree(Version::NEWEST);
        read(
            &mut surface,
            "export A=1\n  export B\n[[ $C ]] && export C=${C:=x}\n# export D=1\nexport -n E\n\
             echo export F=1\nexport DOKKU_VALID_EXIT=0\nexport A=2\n",
        );
        let names: Vec<&str> = surface.all(Facet::Variable).map(|(name, _)| name).collect();
        assert_eq!(names, ["A", "B", "C", "DOKKU_VALID_EXIT"]);
        let text = |facet, name| {
            let item: &Item = surface.get(facet, name).unwrap();
            item.manner.as_ref().map(|manner| manner.text().to_owned())
        };
        assert_eq!(text(Facet::Variable, "A").as_deref(), Some("2"));
        assert_eq!(text(Facet::Variable, "B"), None);
        assert_eq!(
            text(Facet::Status, "DOKKU_VALID_EXIT").as_deref(),
            Some("0")
        );
    }
}
