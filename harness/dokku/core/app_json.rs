//! The triggers of the core plugin app-json for an app that has no app.json, as they were from 0.38.0 on.
//!
//! Where a source has one, the deployment of the app is not modelled: see [`super::extraction`].

use std::io::Write;

use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::say;

/// Answers one trigger; none if it is not among those of a deployment.
pub(super) fn run(
    host: &Host,
    trigger: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Option<Result<(), Failure>> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    match trigger {
        "app-json-get-content" => {
            // Who closed the stream wants no more of it.
            let _ = write!(out, "{{}}");
        }
        "app-json-process-deploy-parallelism" => say::line(out, "1"),
        "pre-release-builder" => no_task(out, "predeploy"),
        "post-release-builder" => return Some(released(host, word(1), out)),
        "post-deploy" => no_task(out, "postdeploy"),
        "core-post-deploy" => {}
        _ => return None,
    }
    Some(Ok(()))
}

fn no_task(out: &mut dyn Write, phase: &str) {
    say::step(out, &format!("Checking for {phase} task"));
    say::detail(out, &format!("No {phase} task found, skipping"));
}

/// What is done of an app's release, and once more of its first.
fn released(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    no_task(out, "release");
    host.tell("ps-can-scale", &[app, "true"])?;
    let is_first = Properties::new(&host.lib, "common", app)
        .get("deployed")
        .is_none_or(|deployed| deployed != "true");
    let properties = Properties::new(&host.lib, "app-json", app);
    let was_told = properties.get("heroku.postdeploy").as_deref() == Some("executed");
    if is_first && !was_told {
        properties.set("heroku.postdeploy", "executed")?;
        no_task(out, "heroku.postdeploy");
    }
    Ok(())
}
