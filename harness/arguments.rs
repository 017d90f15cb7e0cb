//! Which calls of a program a rule is for.

use serde::{Deserialize, Serialize};

/// Which calls of a program a rule is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arguments {
    /// Every call.
    Any,
    /// Those whose arguments begin with these.
    Prefix(Vec<String>),
    /// Those whose arguments, joined as a shell would quote them, match each of these regular expressions somewhere.
    Matching(Vec<String>),
}

impl Arguments {
    /// True if the rule is for a call with these arguments. An expression that is none matches nothing.
    #[must_use]
    pub fn fit(&self, args: &[String]) -> bool {
        match self {
            Self::Any => true,
            Self::Prefix(prefix) => args.starts_with(prefix),
            Self::Matching(patterns) => {
                let line = shell_words::join(args);
                let fits = |pattern: &String| {
                    regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(&line))
                };
                patterns.iter().all(fits)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_chosen_by_its_beginning_or_by_its_whole_line() {
        let args = ["ps".to_owned(), "-a".to_owned()];
        assert!(Arguments::Any.fit(&args));
        assert!(Arguments::Prefix(vec!["ps".into()]).fit(&args));
        assert!(!Arguments::Prefix(vec!["-a".into()]).fit(&args));
        assert!(Arguments::Matching(vec!["ps -.$".into()]).fit(&args));
        assert!(!Arguments::Matching(vec!["(".into()]).fit(&args));
    }
}
