//! What a step starts.

use std::ffi::OsString;

use crate::sandbox::Target;
use crate::spec::Run;
use crate::world::Layout;

/// What a step starts.
pub(super) struct Command {
    pub(super) target: Target,
    pub(super) name: OsString,
    pub(super) args: Vec<OsString>,
    pub(super) shown: String,
    pub(super) in_plugin: bool,
}

impl Command {
    /// What starts `run` in a world of this layout, of the plugin of this name.
    pub(super) fn new(run: Run<String>, layout: &Layout, plugin: &str) -> Self {
        let plugin = layout.plugin(plugin);
        match run {
            Run::Dokku { args } => Command::dokku(layout, args),
            Run::File { file, args } => {
                let shown = shown(&file, &args);
                Command::inside(layout, plugin.join(file).into(), args, shown)
            }
            Run::Trigger { trigger, args } => {
                let shown = format!("plugn trigger {}", shown(&trigger, &args));
                Command::inside(layout, plugin.join(trigger).into(), args, shown)
            }
            Run::Program { program, args } => {
                let shown = shown(&program, &args);
                let mut command = Command::inside(layout, program.into(), args, shown);
                command.in_plugin = true;
                command
            }
            Run::Source { file } => {
                let shown = format!("source {file}");
                let path = plugin.join(file).to_string_lossy().into_owned();
                let args = ["-c", SOURCE, "bash", &path].map(str::to_owned).to_vec();
                Command::inside(layout, "bash".into(), args, shown)
            }
        }
    }

    fn dokku(layout: &Layout, args: Vec<String>) -> Self {
        Self {
            target: Target::Role(layout.dispatcher()),
            name: "dokku".into(),
            shown: shown("dokku", &args),
            args: args.into_iter().map(OsString::from).collect(),
            in_plugin: false,
        }
    }

    fn inside(layout: &Layout, program: OsString, args: Vec<String>, shown: String) -> Self {
        let rest = args.into_iter().map(OsString::from);
        Self {
            target: Target::Role(layout.inside()),
            name: "dokku".into(),
            shown,
            args: std::iter::once(program).chain(rest).collect(),
            in_plugin: false,
        }
    }
}

/// What sources a shell file as another plugin would: with the core functions there first.
const SOURCE: &str =
    r#"set -eo pipefail; source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"; source "$1""#;

/// A command line as one would type it; of a word of several lines, the first.
fn shown(program: &str, args: &[String]) -> String {
    let word = |word: &str| match word.split_once('\n') {
        Some((first, rest)) if !rest.is_empty() => format!("{first} ..."),
        _ => word.to_owned(),
    };
    let words = std::iter::once(program).chain(args.iter().map(String::as_str));
    shell_words::join(words.map(word))
}
