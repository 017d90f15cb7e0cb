//! docker is called through `$DOCKER_BIN`.

use super::docker::{Named, calls};
use super::kind::{Inspected, finding};
use crate::plugin::Plugin;

pub(super) fn inspect(plugin: &Plugin) -> Inspected {
    let mut inspected = Inspected::default();
    for call in calls(plugin) {
        inspected.looked_at += 1;
        if call.named == Named::Plainly {
            inspected.find(finding(
                call.file,
                Some(call.program.name.line),
                format!(
                    "calls `{}` where it should call `\"$DOCKER_BIN\"`",
                    call.program.name.shown()
                ),
            ));
        }
    }
    inspected.doubt_unread(plugin);
    inspected.or_skip("it does not call docker")
}
