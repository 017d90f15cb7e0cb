//! What the help lists is a command.

use super::kind::Inspected;
use crate::plugin::command::is_command_word;
use crate::plugin::{Finding, Plugin};

pub(super) fn inspect(plugin: &Plugin) -> Inspected {
    let mut inspected = Inspected::default();
    let tells = tells_its_commands(plugin);
    for line in plugin.help_lines().iter().filter(|line| !line.of_comments) {
        inspected.looked_at += 1;
        let listed = &line.usage.command;
        if plugin
            .commands()
            .iter()
            .any(|command| command.name == *listed)
        {
            continue;
        }
        let message = format!("the help lists `{listed}`, which no file of the plugin answers");
        let found = Finding::new(line.place.clone(), message);
        if tells {
            inspected.find(found)
        } else {
            inspected.doubt(found)
        }
    }
    inspected.or_skip("its text holds no help")
}

/// True if `commands` says by a `case` on its first argument what it answers, or if there is none.
fn tells_its_commands(plugin: &Plugin) -> bool {
    let Some(file) = plugin.commands_file() else {
        return true;
    };
    file.script().is_ok_and(|script| {
        script.broken.is_empty()
            && script
                .cases
                .iter()
                .any(|case| is_command_word(script, &case.value))
    })
}
