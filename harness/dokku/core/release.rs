//! Releasing an app's image and deploying it, as the core plugin common did from 0.38.0 on.

use std::io::Write;

use super::common_helper::scheduler;
use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::{app_name, builder, builds, docker, say};

/// The tag of the image that an app runs.
pub(super) fn running_tag(host: &Host, app: &str, otherwise: &str) -> String {
    let tag = host.ask("deployed-app-image-tag", &[app]).text;
    match (tag.as_str(), otherwise) {
        ("", "") => "latest".to_owned(),
        ("", otherwise) => otherwise.to_owned(),
        _ => tag,
    }
}

/// The image that an app is to run, which has to be there.
pub(super) fn image(host: &Host, app: &str, tag: &str) -> Result<String, Failure> {
    let tag = running_tag(host, app, tag);
    let repository = host.ask("deployed-app-repository", &[app]).text;
    let name = host.ask("deployed-app-image-repo", &[app]).text;
    let name = match name.as_str() {
        "" => format!("dokku/{app}"),
        name => name.to_owned(),
    };
    let image = format!("{repository}{name}:{tag}");
    match docker::has_image(&image)? {
        true => Ok(image),
        false => Err(Failure::new(format!("App image ({image}) not found"))),
    }
}

/// Answers `deploy`.
pub(super) fn deploy(host: &Host, app: &str, tag: &str, process: &str) -> Result<(), Failure> {
    app_name::verify(host, app)?;
    let scheduler = scheduler(host, app);
    host.call("scheduler-deploy", &[&scheduler, app, tag, process])
}

/// Answers `release-and-deploy`.
pub(super) fn release_and_deploy(
    host: &Host,
    app: &str,
    tag: &str,
    source: &str,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let source = if source.is_empty() { "deploy" } else { source };
    let host = builds::captured(host, app, source)?;
    let tag = if tag.is_empty() { "latest" } else { tag };
    let image = format!("dokku/{app}:{tag}");
    if !docker::has_image(&image)? {
        // Upstream passes over that it is not there.
        say::warn(&format!("App image ({image}) not found"));
        builds::ended(&host, app, None);
        return Ok(());
    }
    let came = released(&host, app, &image, tag, out);
    say::line(out, "");
    builds::ended(&host, app, came.as_ref().err());
    came
}

fn released(
    host: &Host,
    app: &str,
    image: &str,
    tag: &str,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let label = "{{ index .Config.Labels \"com.dokku.builder-type\" }}";
    let kind = match docker::shown(image, label)?.as_str() {
        "" | "<no value>" => "dockerfile".to_owned(),
        kind => kind.to_owned(),
    };
    say::step(out, &format!("Releasing {app}..."));
    host.call("builder-release", &[&kind, app, tag])?;
    if skips_deployment(host, app) {
        say::step(out, "Skipping deployment");
        return Ok(());
    }
    let by = scheduler(host, app);
    say::step(out, &format!("Deploying {app} via the {by} scheduler..."));
    deploy(host, app, tag, "")?;
    say::head(out, "Application deployed:");
    for url in host.ask("domains-urls", &[app, "urls"]).text.lines() {
        say::detail(out, url);
    }
    Ok(())
}

fn skips_deployment(host: &Host, app: &str) -> bool {
    let of = |scope| Properties::new(&host.lib, "ps", scope).get("skip-deploy");
    let own = of(app).filter(|value| !value.is_empty());
    own.or_else(|| of("--global")).as_deref() == Some("true")
}

/// Answers `post-release-builder` of the core plugin registry, which tells those that still wait for a deployment. An
/// image that goes to a registry is not modelled.
pub(super) fn before_deployment(host: &Host, app: &str, image: &str) -> Result<(), Failure> {
    let tag = image.rsplit(':').next().unwrap_or_default();
    let names = ("pre-deploy", "pre-release-builder");
    builder::deprecated(host, names, &[app, tag])?;
    let is_set = |scope: &str, name: &str| {
        let value = Properties::new(&host.lib, "registry", scope).get(name);
        value.is_some_and(|value| !value.is_empty() && value != "false")
    };
    let named = ["push-on-release", "image-repo", "image-repo-template"];
    let leaves = |name: &&str| is_set(app, name) || is_set("--global", name);
    match named.iter().find(|name| leaves(name)) {
        Some(name) => Err(Failure::unmodelled(format!(
            "the property {name} of registry"
        ))),
        None => Ok(()),
    }
}
