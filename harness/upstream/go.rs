//! The triggers that core programs written in Go call.

use std::sync::LazyLock;

use regex::Regex;

/// Where a trigger is called: by the one function of old, or by what takes its name among others.
static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?:\bPlugnTrigger(?:Output|OutputAsString|Setup)?\(\s*|\bTrigger:\s*)(?:"([^"\n]*)"|([^\s"]))"#).ok()
});

/// The names of the triggers that a Go text calls, and how many calls name theirs in a way that the text does not tell.
pub(super) fn called(text: &str) -> (Vec<String>, usize) {
    let (mut names, mut open) = (Vec::new(), 0);
    for found in CALL.iter().flat_map(|call| call.captures_iter(text)) {
        match found.get(1) {
            Some(name) => names.push(name.as_str().to_owned()),
            None => {
                open += usize::from(!is_declared(
                    text,
                    found.get(0).map_or(0, |all| all.start()),
                ))
            }
        }
    }
    (names, open)
}

/// True where the function itself is defined, and not called.
fn is_declared(text: &str, at: usize) -> bool {
    let line = text.get(..at).unwrap_or_default();
    line.rsplit('\n')
        .next()
        .is_some_and(|line| line.trim_start().starts_with("func "))
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn calls_of_both_kinds_are_found_and_computed_names_counted() {
        let text = "func PlugnTrigger(triggerName string, args ...string) error {\n\
            common.PlugnTrigger(\"post-create\", appName)\n\
            b, err := common.PlugnTriggerOutput(\"config-get\", []string{app}...)\n\
            common.PlugnTriggerInput{\n\tTrigger:     \"app-exists\",\n\tArgs: []string{app},\n}\n\
            common.PlugnTriggerInput{Trigger: name}\n";
        let (names, open) = called(text);
        assert_eq!(names, ["post-create", "config-get", "app-exists"]);
        assert_eq!(open, 1);
    }
}
