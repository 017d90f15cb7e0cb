//! Rules by which a case says how a stand-in answers.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use nix::fcntl::OFlag;
use serde::{Deserialize, Serialize};

use super::super::layout::Layout;
use super::Reply;
use crate::arguments::Arguments;
use crate::sandbox::beneath;

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
    /// The files that it leaves: path below the world's root → text.
    pub files: BTreeMap<String, String>,
}

impl Answer {
    pub(super) fn matches(&self, program: &str, args: &[String]) -> bool {
        self.program == program && self.arguments.fit(args)
    }

    /// Leaves its files in the world, and says what there is to say.
    pub(super) fn reply(&self, layout: &Layout) -> Reply {
        match self.leave(layout) {
            Ok(()) => Reply::Known {
                status: self.status,
                stdout: self.stdout.clone(),
                stderr: self.stderr.clone(),
            },
            // A case can have brought about what keeps a file from being written.
            Err(error) => Reply::Unmodelled(format!(
                "what `{}` leaves by a rule ({error})",
                self.program
            )),
        }
    }

    /// No link that the case has made is followed.
    fn leave(&self, layout: &Layout) -> io::Result<()> {
        for (path, text) in &self.files {
            let path = Path::new(path);
            if let Some(parent) = path.parent() {
                beneath::make_dirs(layout.root(), parent)?;
            }
            let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC;
            beneath::open(layout.root(), path, flags)?.write_all(text.as_bytes())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn rule(arguments: Arguments) -> Answer {
        Answer {
            program: "docker".into(),
            arguments,
            status: 3,
            stdout: "out".into(),
            stderr: String::new(),
            files: BTreeMap::new(),
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

    #[test]
    fn a_rule_leaves_its_files_and_follows_no_link() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::new(root.path().to_owned());
        let mut rule = rule(Arguments::Any);
        rule.files = BTreeMap::from([("tmp/deep/fake.rdb".to_owned(), "REDIS\n".to_owned())]);
        let said = rule.reply(&layout);
        assert!(matches!(said, Reply::Known { status: 3, .. }), "{said:?}");
        let left = root.path().join("tmp/deep/fake.rdb");
        assert_eq!(fs::read_to_string(&left).unwrap(), "REDIS\n");
        let outside = tempfile::tempdir().unwrap();
        fs::remove_dir_all(root.path().join("tmp/deep")).unwrap();
        symlink(outside.path(), root.path().join("tmp/deep")).unwrap();
        let said = rule.reply(&layout);
        assert!(matches!(said, Reply::Unmodelled(_)), "{said:?}");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
