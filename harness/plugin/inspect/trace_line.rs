//! Every shell executable has the line that honours DOKKU_TRACE.

use super::kind::{Inspected, finding};
use crate::plugin::{Link, Plugin};

pub(super) fn inspect(plugin: &Plugin) -> Inspected {
    let mut inspected = Inspected::default();
    let executables = plugin
        .files()
        .iter()
        .filter(|file| file.is_entry() && file.executable && file.language().is_shell())
        .filter(|file| {
            !matches!(&file.link, Some(Link::Inside(target))
            if plugin.file(target).is_some_and(|target| target.is_entry()))
        });
    for file in executables {
        inspected.looked_at += 1;
        let scripts = plugin.with_sourced(file);
        if scripts.iter().any(|(_, script)| script.traces()) {
            continue;
        }
        let sources: Vec<String> = scripts
            .iter()
            .flat_map(|(_, script)| script.sources())
            .map(|(_, word)| word.shown())
            .collect();
        // Dokku's own `common/functions` turns tracing on when it is sourced.
        if sources
            .iter()
            .any(|name| name.ends_with("common/functions"))
        {
            continue;
        }
        let found = finding(
            file,
            Some(1),
            "never turns tracing on: add `[[ $DOKKU_TRACE ]] && set -x`".to_owned(),
        );
        let certain = sources.len() < scripts.len()
            && scripts.iter().all(|(_, script)| script.broken.is_empty())
            && !file.text().is_ok_and(|text| text.contains("DOKKU_TRACE"));
        if certain {
            inspected.find(found);
        } else {
            inspected.doubt(found);
        }
    }
    inspected.or_skip("it has no shell script that Dokku runs")
}
