//! The shell files that let a host change Dokku's settings: `/etc/default/dokku`, `dokkurc`, `.dokkurc/*`.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access, dup};

use super::child::{Script, Streams, collect, say_error};
use super::ended::Ended;
use super::glob::visible_entries;
use super::timeline::Timeline;
use super::variables::Variables;
use super::version::Version;

/// True in the versions that look whether they may read `dokkurc` before they do.
const ASKS_FIRST: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 11, 4), true)]);

/// Reads settings for one dispatcher.
pub(crate) struct Reader<'a> {
    pub(crate) version: Version,
    /// `$0` of the files
    pub(crate) called_as: &'a Path,
    /// `$@` of the files
    pub(crate) arguments: &'a [OsString],
}

impl Reader<'_> {
    /// Reads the file if it can be read.
    ///
    /// # Errors
    /// The status of a file that fails or ends the script.
    pub(crate) fn read_file(&self, variables: &mut Variables, file: &Path) -> Result<(), Ended> {
        match is_readable(file) {
            true => self.source(variables, file),
            false => Ok(()),
        }
    }

    /// Reads `dokkurc` and then the files of `.dokkurc` in DOKKU_ROOT, each if it exists.
    ///
    /// # Errors
    /// As for [`Self::read_file`], and 1 for a file that may not be read.
    pub(crate) fn read_dokkurc(&self, variables: &mut Variables) -> Result<(), Ended> {
        let root = PathBuf::from(variables.get("DOKKU_ROOT"));
        let dokkurc = root.join("dokkurc");
        if dokkurc.is_file() {
            self.source_or_refuse(variables, &dokkurc)?;
        }
        for file in visible_entries(&root.join(".dokkurc")) {
            self.source_or_refuse(variables, &file)?;
        }
        Ok(())
    }

    fn source_or_refuse(&self, variables: &mut Variables, file: &Path) -> Result<(), Ended> {
        if *ASKS_FIRST.at(self.version) && !is_readable(file) {
            let mut line = b"Unable to read ".to_vec();
            line.extend_from_slice(file.as_os_str().as_bytes());
            line.extend_from_slice(b" for sourcing");
            say_error(&line);
            return Err(Ended(1));
        }
        self.source(variables, file)
    }

    /// `source file`, by bash, which then tells what became of the variables.
    fn source(&self, variables: &mut Variables, file: &Path) -> Result<(), Ended> {
        let (status, told) = collect(|report| self.source_in_bash(variables, file, report));
        if !told.ends_with(END) {
            // `exit`, or a command that failed under `set -e`.
            return Err(Ended(status));
        }
        *variables = learn(variables, &told);
        Ok(())
    }

    fn source_in_bash(
        &self,
        variables: &Variables,
        file: &Path,
        report: &std::io::PipeWriter,
    ) -> u8 {
        // The copy is inherited: the files may write to all three streams, so the report needs one of its own.
        let Ok(report) = dup(report) else {
            return 1;
        };
        // bash has the exported variables from its environment, and the others from its arguments.
        let mut arguments: Vec<OsString> = ["-c", REPORT].map(OsString::from).to_vec();
        arguments.push(self.called_as.into());
        arguments.push(report.as_raw_fd().to_string().into());
        arguments.push(file.into());
        arguments.extend(variables.kept().map(|(name, value)| {
            let mut assignment = name.to_owned();
            assignment.push("=");
            assignment.push(value);
            assignment
        }));
        arguments.push("--".into());
        arguments.extend_from_slice(self.arguments);
        let script = Script {
            name: self.called_as,
            variables,
        };
        script.run_with(OsStr::new("bash"), &arguments, Streams::default())
    }
}

/// Sources a file and writes each variable as `x` or `-` (exported or not), name, `=`, value, NUL. Left out are those
/// that bash made for itself, unless the dispatcher knows them.
const REPORT: &str = r#"
set -eo pipefail
shopt -s nullglob
DOKKU_CONFORM_OWN=$(compgen -v)
DOKKU_CONFORM_OWN=" ${DOKKU_CONFORM_OWN//$'\n'/ } "
DOKKU_CONFORM_REPORT=$1 DOKKU_CONFORM_FILE=$2
shift 2
while [[ $1 != -- ]]; do
  declare "$1"
  shift
done
shift
source "$DOKKU_CONFORM_FILE"
DOKKU_CONFORM_EXPORTED=$(compgen -e)
DOKKU_CONFORM_EXPORTED=" ${DOKKU_CONFORM_EXPORTED//$'\n'/ } "
for DOKKU_CONFORM_NAME in $(compgen -v); do
  DOKKU_CONFORM_MARK=-
  if [[ $DOKKU_CONFORM_EXPORTED == *" $DOKKU_CONFORM_NAME "* ]]; then
    DOKKU_CONFORM_MARK=x
  elif [[ $DOKKU_CONFORM_OWN == *" $DOKKU_CONFORM_NAME "* ]]; then
    case "$DOKKU_CONFORM_NAME" in
      DOKKU_* | PLUGIN_* | SSH_* | DOCKER_BIN | NAME | USER) ;;
      *) continue ;;
    esac
  fi
  printf '%s%s=%s\0' "$DOKKU_CONFORM_MARK" "$DOKKU_CONFORM_NAME" "${!DOKKU_CONFORM_NAME}"
done >&"$DOKKU_CONFORM_REPORT"
printf '.\0' >&"$DOKKU_CONFORM_REPORT"
"#;

/// The last item of a whole report.
const END: &[u8] = b".\0";

/// The variables as reported, with what a shell can't name as it was.
fn learn(before: &Variables, report: &[u8]) -> Variables {
    let mut after = Variables::default();
    let mut reported = BTreeSet::new();
    for item in report.split(|byte| *byte == 0) {
        let Some((mark, assignment)) = item.split_first() else {
            continue;
        };
        let Some(equals) = assignment.iter().position(|byte| *byte == b'=') else {
            continue;
        };
        let (name, value) = assignment.split_at(equals);
        let value = value.get(1..).unwrap_or_default();
        if name.starts_with(b"DOKKU_CONFORM_") {
            continue;
        }
        reported.insert(name.to_vec());
        after.insert(
            OsStr::from_bytes(name).to_owned(),
            OsStr::from_bytes(value).to_owned(),
            *mark == b'x',
        );
    }
    for (name, value) in before.exported() {
        if !is_identifier(name.as_bytes()) {
            after.insert(name.to_owned(), value.to_owned(), true);
        }
    }
    after
}

fn is_identifier(name: &[u8]) -> bool {
    name.first().is_some_and(|first| !first.is_ascii_digit())
        && name
            .iter()
            .all(|byte| *byte == b'_' || byte.is_ascii_alphanumeric())
}

fn is_readable(file: &Path) -> bool {
    access(file, AccessFlags::R_OK).is_ok()
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    [ASKS_FIRST.turns()].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(root: &Path, version: Version) -> Result<Variables, Ended> {
        let mut variables = Variables::inherited();
        variables.set("DOKKU_ROOT", root);
        let reader = Reader {
            version,
            called_as: Path::new("dokku"),
            arguments: &[OsString::from("hello")],
        };
        reader.read_dokkurc(&mut variables).map(|()| variables)
    }

    #[test]
    fn settings_are_shell_text_and_may_set_export_and_unset() {
        let root = tempfile::tempdir().unwrap();
        fs::write(
            root.path().join("dokkurc"),
            "DOKKU_IMAGE=\"mine\nown\"\nexport EXTRA=$1\nLATER=1\n",
        )
        .unwrap();
        fs::create_dir(root.path().join(".dokkurc")).unwrap();
        fs::write(
            root.path().join(".dokkurc/TRACE"),
            "export DOKKU_TRACE=1; unset HOME",
        )
        .unwrap();
        let variables = read(root.path(), Version::NEWEST).unwrap();
        assert_eq!(variables.get("DOKKU_IMAGE"), "mine\nown");
        assert_eq!(variables.get("EXTRA"), "hello");
        assert_eq!(variables.get("DOKKU_TRACE"), "1");
        let exported: Vec<&OsStr> = variables.exported().map(|(name, _)| name).collect();
        assert!(
            exported.contains(&OsStr::new("DOKKU_TRACE")) && exported.contains(&OsStr::new("PATH"))
        );
        assert!(
            !exported.contains(&OsStr::new("DOKKU_IMAGE"))
                && !exported.contains(&OsStr::new("HOME"))
        );
    }

    #[test]
    fn a_file_that_fails_ends_the_script_with_its_status() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("dokkurc"), "exit 7").unwrap();
        assert_eq!(read(root.path(), Version::NEWEST), Err(Ended(7)));
        fs::write(root.path().join("dokkurc"), "false").unwrap();
        assert_eq!(read(root.path(), Version::NEWEST), Err(Ended(1)));
    }
}
