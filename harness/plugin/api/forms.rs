//! Ways of use that hold in some versions only, as far as the text shows them.

use super::expand::shape;
use super::process::Process;
use super::used::{Certainty, Kind, Use};
use crate::dokku::api;
use crate::plugin::shell::{Assigned, Condition, Invocation, Part, Script, Word};
use crate::plugin::{FileKind, Place, Plugin, PluginFile};

/// The forms that the plugin's files show as a whole.
pub(super) fn uses(plugin: &Plugin) -> Vec<Use> {
    let mut uses = Vec::new();
    let mut found = |name: &str, file: &str, line: Option<u32>| {
        uses.extend(form(name, file, line, Certainty::Certain));
    };
    let has_commands = plugin.files().iter().any(PluginFile::is_entry);
    if plugin.name().ends_with("plugin") && has_commands {
        found("name-with-plugin", ".", None);
    }
    let subcommand = plugin
        .files()
        .iter()
        .find(|file| matches!(file.kind, FileKind::Subcommand(_)));
    if let Some(file) = subcommand
        && !plugin.answers_by_itself()
    {
        found("files-in-subcommands", &file.name, None);
    }
    for file in plugin.files() {
        let FileKind::Trigger(name) = &file.kind else {
            continue;
        };
        if !file.executable {
            if file.link.is_none() && !plugin.is_referenced(file) {
                found("trigger-not-executable", &file.name, None);
            }
            continue;
        }
        match (name.as_str(), file.script()) {
            ("user-auth", _) => found("user-auth-alone", &file.name, None),
            ("pre-build" | "post-build", Ok(script)) => {
                if let Some(line) = names_app(script, "1")
                    && takes(script, "2").is_none()
                {
                    found("app-first-in-pre-build", &file.name, Some(line));
                }
            }
            ("pre-restore", Ok(script)) => {
                if let Some(line) = names_app(script, "2") {
                    found("app-in-pre-restore", &file.name, Some(line));
                }
            }
            _ => {}
        }
    }
    uses
}

/// The forms that the commands of a process show.
pub(super) fn of(process: &Process<'_>) -> Vec<Use> {
    let mut uses = Vec::new();
    for (file, invocation, certainty) in process.invocations() {
        let arguments = &invocation.arguments;
        let trigger = |name: &str| {
            invocation.program().is_some_and(|program| {
                program.name.is("plugn")
                    && matches!(program.arguments, [verb, called, ..] if verb.is("trigger") && called.is(name))
            })
        };
        let name = if invocation.name.is("dokku_log_warn") && invocation.site.captured {
            "warning-captured"
        } else if trigger("network-get-listeners") && arguments.len() == 3 {
            "listeners-without-type"
        } else if ["grep", "egrep", "sed", "awk"]
            .iter()
            .any(|name| invocation.name.is(name))
            && finds_exports(process, arguments)
        {
            "exports-in-env-file"
        } else if invocation.name.is("read") && reads_config(process, file, invocation.site.line) {
            "config-get-in-read"
        } else if invocation.name.is("cat") && reads_input(process, file, invocation) {
            "input-in-help"
        } else {
            continue;
        };
        // That its status is looked at takes nothing from what it waits for.
        let certainty = match (name, certainty) {
            ("input-in-help", Certainty::Unsure(_)) => Certainty::Certain,
            _ => certainty,
        };
        if let Some((own, _)) = process.files.get(file) {
            uses.extend(form(name, &own.name, Some(invocation.site.line), certainty));
        }
    }
    for (own, script) in &process.files {
        if let Some(line) = expects_no_tag(script) {
            let unsure = Certainty::Unsure("the text does not tell whether that is ever so");
            uses.extend(form("tag-may-be-empty", &own.name, Some(line), unsure));
        }
        if let Some(line) = expects_status_1(script) {
            uses.extend(form(
                "status-1-of-verify-app-name",
                &own.name,
                Some(line),
                Certainty::Certain,
            ));
        }
    }
    uses
}

fn form(name: &str, file: &str, line: Option<u32>, certainty: Certainty) -> Option<Use> {
    let form = api::form(name)?;
    let place = Place {
        file: file.to_owned(),
        line,
    };
    let one = Use::new(place, Kind::Form, name, form.life.clone(), certainty);
    Some(if form.fails { one } else { one.silent() })
}

/// The line that calls an argument the app.
fn names_app(script: &Script, argument: &str) -> Option<u32> {
    script.assignments.iter().find_map(|assignment| {
        let Assigned::Word(word) = &assignment.value else {
            return None;
        };
        let is_app = assignment.name.eq_ignore_ascii_case("app");
        let takes_it = word.variables().any(|one| one.name == argument);
        (is_app && takes_it).then_some(assignment.site.line)
    })
}

/// The line of the first word that has the argument in it.
fn takes(script: &Script, argument: &str) -> Option<u32> {
    let has = |word: &Word| {
        word.variables()
            .any(|one| one.name == argument || one.name == "@")
    };
    let assigned = script
        .assignments
        .iter()
        .filter_map(|one| match &one.value {
            Assigned::Word(word) => Some(word),
            _ => None,
        });
    let invoked = script.invocations.iter().flat_map(|one| &one.arguments);
    let shifted = script
        .invocations
        .iter()
        .find(|one| one.name.is("shift"))
        .map(|one| one.site.line);
    assigned
        .chain(invoked)
        .find(|word| has(word))
        .map(|word| word.line)
        .or(shifted)
}

/// True if the arguments look for `export` in the lines of a file ENV.
fn finds_exports(process: &Process<'_>, arguments: &[Word]) -> bool {
    let looks = arguments.iter().any(|word| {
        word.known_start()
            .trim_start_matches(['^', '/', 's'])
            .starts_with("export")
    });
    let env = arguments
        .iter()
        .any(|word| shape(&process.expander.expand(word)).ends_with("/ENV"));
    looks && env
}

/// True if on this line `config_get` stands in a substitution that a redirection reads.
fn reads_config(process: &Process<'_>, file: usize, line: u32) -> bool {
    process.files.get(file).is_some_and(|(own, script)| {
        script
            .invocations
            .iter()
            .any(|one| one.site.line == line && one.site.captured && one.name.is("config_get"))
            && own.line(line).is_some_and(|text| text.contains("< <("))
    })
}

/// True for the first half of `cat && cat <<HELP` in `commands`, which passes on what other plugins' help printed.
fn reads_input(process: &Process<'_>, file: usize, cat: &Invocation) -> bool {
    process.files.get(file).is_some_and(|(own, script)| {
        let line = cat.site.line;
        own.kind == FileKind::Commands
            && cat.arguments.is_empty()
            && cat.site.tested
            && !cat.site.apart
            && !script
                .redirections
                .iter()
                .any(|one| one.reads && one.site.line == line)
            && script.heredocs.iter().any(|one| one.line == line + 1)
    })
}

/// The line on which the output of `get_running_image_tag` is expected to be empty.
fn expects_no_tag(script: &Script) -> Option<u32> {
    let tags: Vec<&str> = script
        .assignments
        .iter()
        .filter(|one| matches!(&one.value, Assigned::Word(word) if is_output_of(word, "get_running_image_tag")))
        .map(|one| one.name.as_str())
        .collect();
    let expects = |condition: &Condition| {
        matches!(condition, Condition::Unary { operator, operand }
            if operator == "-z" && operand.variables().any(|one| tags.contains(&one.name.as_str())))
    };
    script
        .invocations
        .iter()
        .map(|one| &one.site)
        .chain(script.assignments.iter().map(|one| &one.site))
        .find(|site| site.conditions.iter().any(|one| expects(one)))
        .map(|site| site.line)
}

fn is_output_of(word: &Word, function: &str) -> bool {
    word.parts.iter().any(|part| {
        matches!(part, Part::Output { text, .. }
            if text.trim_start_matches(['$', '(', '`', ' ']).starts_with(function))
    })
}

/// The line on which the status of a `verify_app_name` before it is compared with 1.
fn expects_status_1(script: &Script) -> Option<u32> {
    let verified: Vec<u32> = script
        .invocations
        .iter()
        .filter(|one| one.name.is("verify_app_name"))
        .map(|one| one.site.line)
        .collect();
    let is_one = |condition: &Condition| {
        matches!(condition, Condition::Binary { left, operator, right }
            if matches!(operator.as_str(), "-eq" | "==" | "=")
                && right.is("1")
                && left.variable().is_some_and(|one| one.name == "?"))
    };
    script
        .invocations
        .iter()
        .filter(|one| {
            one.site
                .conditions
                .iter()
                .any(|condition| is_one(condition))
        })
        .map(|one| one.site.line)
        .find(|line| {
            verified
                .iter()
                .any(|verified| verified < line && line - verified <= 3)
        })
}
