//! What core plugins take out of the source of an app before it is built, as they did from 0.38.0 on.
//!
//! An image that an app is made of is taken to hold none of these files, as those of registries do.

use std::path::Path;

use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;

/// The core plugins that look for a file, and its name unless the app has another.
const FILES: &[(&str, &str)] = &[
    ("app-json", "app.json"),
    ("builder-lambda", "lambda.yml"),
    ("builder-nixpacks", "nixpacks.toml"),
    ("builder-pack", "project.toml"),
    ("builder-railpack", "railpack.json"),
    ("nginx-vhosts", "nginx.conf.sigil"),
    ("openresty-vhosts", "openresty"),
    ("ps", "Procfile"),
    ("scheduler-docker-local", "CHECKS"),
    ("scheduler-k3s", "config/kustomize"),
];

/// Answers `core-post-extract` of a core plugin. What it would take is not modelled, and neither is another place of it.
pub(super) fn core(host: &Host, plugin: &str, app: &str, source: &Path) -> Result<(), Failure> {
    let moved = match plugin {
        "builder" => Some("build-dir"),
        "builder-dockerfile" => Some("dockerfile-path"),
        _ => None,
    };
    if let Some(name) = moved {
        let is_set = |scope: &str| {
            let value = Properties::new(&host.lib, plugin, scope).get(name);
            value.is_some_and(|value| !value.is_empty() && value != "Dockerfile")
        };
        return match is_set(app) || is_set("--global") {
            true => Err(Failure::unmodelled(format!("the {name} of an app"))),
            false => Ok(()),
        };
    }
    if source_image(host, app).is_empty() {
        let file = FILES.iter().find(|(of, _)| *of == plugin);
        if let Some((_, file)) = file.filter(|(_, file)| source.join(file).exists()) {
            return Err(Failure::unmodelled(format!(
                "{file} in the source of an app"
            )));
        }
    }
    if plugin == "app-json" {
        Properties::new(&host.lib, plugin, app).delete("appjson-env-processed")?;
    }
    Ok(())
}

/// The image that an app is made of, if it is made of one.
pub(super) fn source_image(host: &Host, app: &str) -> String {
    let image = Properties::new(&host.lib, "git", app).get("source-image");
    image.unwrap_or_default()
}

/// Answers `post-extract` of buildpacks, which writes down those that were chosen.
pub(super) fn buildpacks(host: &Host, app: &str, source: &Path) -> Result<(), Failure> {
    let has_chosen = !Properties::new(&host.lib, "buildpacks", app)
        .items("buildpacks")
        .is_empty();
    match has_chosen || source.join(".buildpacks").exists() {
        true => Err(Failure::unmodelled("the buildpacks of an app")),
        false => Ok(()),
    }
}
