//! Rules by which a case says how a stand-in answers.

use serde::{Deserialize, Serialize};

use super::Reply;
use crate::arguments::Arguments;

/// One rule: what is asked, and the answer. The first rule that fits is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The program's name.
    pub program: String,
    /// Which calls of it.
    pub arguments: Arguments,
    /// The exit status.
    pub status: u8,
    /// What it writes to standard output.
    pub stdout: String,
    /// What it writes to standard error.
    pub stderr: String,
}

impl Answer {
    pub(super) fn matches(&self, program: &str, args: &[String]) -> bool {
        self.program == program && self.arguments.fit(args)
    }

    pub(super) fn reply(&self) -> Reply {
        Reply::Known {
            status: self.status,
            stdout: self.stdout.clone(),
            stderr: self.stderr.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(arguments: Arguments) -> Answer {
        Answer {
            program: "docker".into(),
            arguments,
            status: 3,
            stdout: "out".into(),
            stderr: String::new(),
        }
    }

    #[test]
    fn a_rule_fits_by_program_and_arguments() {
        let args = ["ps".to_owned(), "-a".to_owned()];
        assert!(rule(Arguments::Any).matches("docker", &args));
        assert!(!rule(Arguments::Any).matches("nginx", &args));
        assert!(rule(Arguments::Prefix(vec!["ps".into()])).matches("docker", &args));
        assert!(!rule(Arguments::Prefix(vec!["-a".into()])).matches("docker", &args));
    }
}
