//! Building and releasing the image of an app, as Dokku did from 0.38.0 on: the core plugin builder, and of those that
//! build the one for Dockerfiles. What a buildpack makes of a source can't be known.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::{config_program, docker, option_words, say};

/// The labels of what a builder makes for an app.
fn labels(app: &str, own: &[&str]) -> Vec<String> {
    let app = format!("com.dokku.app-name={app}");
    let common = [
        "org.label-schema.schema-version=1.0",
        "org.label-schema.vendor=dokku",
        app.as_str(),
        "dokku",
    ];
    let all = common.iter().chain(own);
    all.map(|label| format!("--label={label}")).collect()
}

/// Options of `docker build` that take a value, as a builder lets them pass.
const VALUED: &[&str] = &[
    "--add-host",
    "--allow",
    "--annotation",
    "--attest",
    "--build-arg",
    "--builder",
    "--cache-from",
    "--cache-to",
    "--call",
    "--cgroup-parent",
    "--label",
    "--memory",
    "-m",
    "--memory-swap",
    "--network",
    "--platform",
    "--progress",
    "--provenance",
    "--sbom",
    "--secret",
    "--shm-size",
    "--ssh",
    "--tag",
    "--target",
    "--ulimit",
];

/// Those that take none.
const PLAIN: &[&str] = &["--check", "-D", "--debug", "--no-cache"];

/// The image of an app that is built but not tagged otherwise.
fn image(app: &str) -> String {
    format!("dokku/{app}:latest")
}

/// Tells the plugins of the source of an app, finds out who builds it, and has it built, released and deployed.
pub(super) fn build(
    host: &Host,
    app: &str,
    source: &Path,
    revision: &str,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let place = source.display().to_string();
    host.call("core-post-extract", &[app, &place, revision])?;
    host.call("post-extract", &[app, &place, revision])?;
    let found = host.ask("builder-detect", &[app, &place]).text;
    let kind = match found.lines().next() {
        None | Some("") => "herokuish",
        Some(kind) => kind,
    };
    host.call("pre-receive-app", &[app, kind, &place, revision])?;
    clean_up(host, app, out)?;
    host.call("builder-set-property", &[app, "detected", kind])?;
    let template = "{{.ID}}";
    let of_app = format!("label=com.dokku.app-name={app}");
    let released = docker::run(&[
        "image",
        "ls",
        "--filter",
        "label=com.dokku.image-stage=release",
        "--filter",
        &of_app,
        "--format",
        template,
    ])?;
    if host.call("builder-build", &[kind, app, &place]).is_err() {
        let image = image(app);
        let words: &[&str] = if released.stdout.is_empty() {
            say::warn(&format!("Removing invalid image tag {image}"));
            &["image", "remove", "--force", "--no-prune", &image]
        } else {
            let id = &released.stdout;
            say::warn(&format!("Retagging old image {id} as {image}"));
            &["image", "tag", id, &image]
        };
        docker::run(words)?;
        return Err(Failure::new("App build failed"));
    }
    host.call("release-and-deploy", &[app])
}

/// Throws away what an app has in docker and nobody uses any more.
pub(super) fn clean_up(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let skips = |scope| {
        let property = Properties::new(&host.lib, "builder", scope).get("skip-cleanup");
        property.as_deref() == Some("true")
    };
    let is_skipped = host.variable("DOKKU_SKIP_CLEANUP").as_deref() == Some("true");
    if skips(app) || skips("--global") || is_skipped {
        let text = "DOKKU_SKIP_CLEANUP set. Skipping dokku cleanup";
        say::step(out, text);
        return Ok(());
    }
    say::step(out, "Cleaning up...");
    let of_app = format!("label=com.dokku.app-name={app}");
    let mut gone = Vec::new();
    for status in ["status=exited", "status=dead"] {
        let words = ["container", "ls", "--quiet", "--all", "--filter", status];
        let words = [&words[..], &["--filter", &of_app]].concat();
        gone.extend(docker::run(&words)?.stdout.lines().map(str::to_owned));
    }
    removed(&["container", "rm"], &gone)?;
    let words = ["image", "ls", "--quiet", "--all"];
    let words = [
        &words[..],
        &["--filter", "dangling=true", "--filter", &of_app],
    ]
    .concat();
    let dangling = docker::run(&words)?.stdout;
    let dangling: Vec<String> = dangling.lines().map(str::to_owned).collect();
    removed(&["image", "rm"], &dangling)?;
    let words = ["image", "prune", "--all", "--force", "--filter", &of_app];
    docker::run(&words).map(|_| ())
}

/// Removes what a removed app had of images.
pub(super) fn remove_images(app: &str) -> Result<(), Failure> {
    let of_app = format!("label=com.dokku.app-name={app}");
    let words = ["image", "ls", "--quiet", "--all", "--filter", &of_app];
    let of_label = docker::run(&words)?.stdout;
    let name = format!("dokku/{app}");
    let of_name = docker::run(&["image", "ls", "--quiet", &name])?.stdout;
    let all: Vec<String> = of_label
        .lines()
        .chain(of_name.lines())
        .map(str::to_owned)
        .collect();
    removed(&["image", "rm"], &all)
}

/// Has docker remove things, if there are any; what it can't remove stays.
fn removed(verb: &[&str], names: &[String]) -> Result<(), Failure> {
    if names.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    docker::run(&[verb, &names].concat()).map(|_| ())
}

/// Answers one trigger of builder or of a core plugin that builds; none if it is not among those of a deployment.
pub(super) fn trigger(
    host: &Host,
    plugin: &str,
    trigger: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Option<Result<(), Failure>> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    let kind = plugin.strip_prefix("builder-").unwrap_or_default();
    Some(match (trigger, kind) {
        ("builder-detect", "") => chosen(host, word(0), out),
        ("builder-detect", kind) => detected(host, kind, word(0), Path::new(word(1)), out),
        ("builder-set-property", _) => {
            Properties::new(&host.lib, "builder", word(0)).set(word(1), word(2))
        }
        ("builder-get-property", _) => {
            let value = Properties::new(&host.lib, "builder", word(0)).get(word(1));
            say::line(out, &value.unwrap_or_default());
            Ok(())
        }
        ("builder-build" | "builder-release" | "pre-build", kind) if word(0) != kind => Ok(()),
        ("builder-build", "dockerfile") => from_dockerfile(host, word(1), word(2), out),
        ("builder-release", "dockerfile" | "herokuish") => release(host, kind, word(1), word(2)),
        ("builder-build" | "builder-release" | "pre-build", kind) => {
            Err(Failure::unmodelled(format!("`{trigger}` by {kind}")))
        }
        ("docker-args-build" | "docker-args-deploy" | "docker-args-run", "herokuish") => {
            of_buildpack(host, word(0), out);
            Ok(())
        }
        ("docker-args-process-deploy", "pack") if word(1) != "pack" => Ok(()),
        _ => return None,
    })
}

/// The builder that was chosen for an app, or for the host.
fn chosen(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let of = |scope| Properties::new(&host.lib, "builder", scope).get("selected");
    let all = [of(app), of("--global")];
    if let Some(kind) = all.into_iter().flatten().find(|kind| !kind.is_empty()) {
        say::line(out, &kind);
    }
    Ok(())
}

/// Says whether a builder is the one of a source.
fn detected(
    host: &Host,
    kind: &str,
    app: &str,
    source: &Path,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if source.join(".env").exists() {
        return Err(Failure::unmodelled(".env in the source of an app"));
    }
    let has = |file: &str| source.join(file).is_file();
    let wants_buildpack =
        has(".buildpacks") || config_program::of_app(host, app).contains_key("BUILDPACK_URL");
    let is_it = match kind {
        "herokuish" => wants_buildpack,
        "dockerfile" => has("Dockerfile") && !wants_buildpack && !has("project.toml"),
        "lambda" => has("lambda.yml"),
        "nixpacks" => has("nixpacks.toml"),
        "pack" => has("project.toml"),
        "railpack" => has("railpack.json"),
        _ => false,
    };
    if is_it {
        say::line(out, kind);
    }
    Ok(())
}

/// The variable that a container of an app needs that buildpacks made.
fn of_buildpack(host: &Host, app: &str, out: &mut dyn Write) {
    let kind = Properties::new(&host.lib, "builder", app).get("detected");
    if kind.as_deref() == Some("herokuish") {
        let variables = config_program::of_app(host, app);
        let user = variables
            .get("DOKKU_APP_USER")
            .filter(|user| !user.is_empty());
        let user = user.map_or("herokuishuser", String::as_str);
        // Who closed the stream wants no more of it.
        let _ = write!(out, " --env=USER={user}");
    }
}

/// Tells of a trigger's successor, and calls it, if a plugin still has it.
pub(super) fn deprecated(
    host: &Host,
    (old, new): (&str, &str),
    arguments: &[&str],
) -> Result<(), Failure> {
    if !host.has_trigger(old)? {
        return Ok(());
    }
    say::warn(&format!(
        "Deprecated: please upgrade plugin to use '{new}' plugin trigger instead of {old}"
    ));
    host.call(old, arguments)
}

/// The words that let a build pass, out of those for docker as a whole.
fn for_build(words: Vec<String>) -> Vec<String> {
    let mut passed = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.split_once('=') {
            Some((name, value)) if VALUED.contains(&name) => {
                passed.extend([name.to_owned(), value.to_owned()]);
            }
            None if VALUED.contains(&word.as_str()) => {
                passed.push(word);
                passed.extend(words.next());
            }
            _ if PLAIN.contains(&word.as_str()) => passed.push(word),
            _ => {}
        }
    }
    passed
}

/// The words that are given to every build of a host.
fn for_all_builds(host: &Host) -> Result<Vec<String>, Failure> {
    let text = host.variable("DOKKU_GLOBAL_BUILD_ARGS").unwrap_or_default();
    option_words::split(&text)
        .map_err(|_| Failure::unmodelled("a DOKKU_GLOBAL_BUILD_ARGS of no words"))
}

fn from_dockerfile(
    host: &Host,
    app: &str,
    source: &str,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    const KIND: &str = "dockerfile";
    say::step(out, &format!("Building {app} from Dockerfile"));
    let file = Path::new(source).join("Dockerfile");
    if !file.is_file() {
        return Err(Failure::new("No Dockerfile found in source code directory"));
    }
    deprecated(host, ("pre-build-dockerfile", "pre-build"), &[app])?;
    host.call("pre-build", &[KIND, app, source])?;
    let mut words = host.words("docker-args-build", &[app, KIND])?;
    words.extend(host.words("docker-args-process-build", &[app, KIND])?);
    words.extend(for_all_builds(host)?);
    let image = image(app);
    let own = [
        "com.dokku.image-stage=build",
        "com.dokku.builder-type=dockerfile",
    ];
    let mut line = vec!["image".to_owned(), "build".to_owned()];
    line.extend(labels(app, &own));
    line.extend(for_build(words));
    line.extend(["--tag".to_owned(), image.clone(), source.to_owned()]);
    if !docker::show(&line, &config_program::of_app(host, app))? {
        return Err(Failure::Silent(1));
    }
    let ports = mappings(host, app, &image, &file)?;
    host.call("ports-set-detected", &[app, &ports])?;
    deprecated(host, ("post-build-dockerfile", "post-build"), &[app])?;
    host.call("post-build", &[KIND, app, source])
}

/// The mappings of the ports that a Dockerfile exposes, or else its image, or else the one that an app is given. Upstream
/// takes what is said of the choice of that for a part of the answer, and so do we.
fn mappings(host: &Host, app: &str, image: &str, file: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let exposed = text.lines().filter_map(|line| line.strip_prefix("EXPOSE "));
    let mut ports: Vec<String> = exposed
        .filter_map(|rest| rest.split_whitespace().next().map(str::to_owned))
        .collect();
    if ports.is_empty() {
        let template = "{{range $key, $value := .Config.ExposedPorts}}{{$key}} {{end}}";
        let ran = docker::run(&["image", "inspect", "--format", template, image])?;
        ports.extend(ran.stdout.split_whitespace().map(str::to_owned));
    }
    if ports.is_empty() {
        let said = host.ask("ports-configure", &[app]).text;
        let port = host.ask("ports-get-property", &[app, "proxy-port"]).text;
        return Ok(format!("{said}\nhttp:{port}:5000").trim().to_owned());
    }
    let mapping = |port: &String| match port.split_once('/') {
        Some((port, "udp")) => format!("udp:{port}:{port}"),
        plain => {
            let port = plain.map_or(port.as_str(), |(port, _)| port);
            let scheme = if port == "443" { "https" } else { "http" };
            format!("{scheme}:{port}:{port}")
        }
    };
    let all: Vec<String> = ports.iter().map(mapping).collect();
    Ok(all.join(" "))
}

/// Gives an image what Dokku puts into each that it releases. Into that of a buildpack go the variables of the app too,
/// as a file that the world does not model.
fn release(host: &Host, kind: &str, app: &str, tag: &str) -> Result<(), Failure> {
    let image = format!(
        "dokku/{app}:{}",
        if tag.is_empty() { "latest" } else { tag }
    );
    if !docker::has_image(&image)? {
        return Err(Failure::new(format!("App image ({image}) not found")));
    }
    let old = match kind {
        "herokuish" => "pre-release-buildpack",
        _ => "pre-release-dockerfile",
    };
    deprecated(host, (old, "pre-release-builder"), &[app, tag])?;
    host.call("pre-release-builder", &[kind, app, &image])?;
    let folder = tempfile::tempdir().map_err(|error| Failure::new(error.to_string()))?;
    let file = folder.path().join("Dockerfile");
    fs::write(&file, format!("FROM {image}\n")).map_err(|error| Failure::new(error.to_string()))?;
    let mut line = vec!["image".to_owned(), "build".to_owned()];
    line.extend(labels(app, &["com.dokku.image-stage=release"]));
    line.extend(for_all_builds(host)?);
    let place = folder.path().display().to_string();
    line.extend(["-t".to_owned(), image.clone(), place]);
    let words: Vec<&str> = line.iter().map(String::as_str).collect();
    let ran = docker::run(&words)?;
    if !ran.succeeded {
        // Who closed the stream wants no more of it.
        let _ = writeln!(std::io::stdout(), "{}{}", ran.stdout, ran.stderr);
        say::warn(match kind {
            "herokuish" => "Failure injecting environment variables",
            _ => "Failure injecting docker labels on image",
        });
        return Err(Failure::Silent(1));
    }
    host.call("post-release-builder", &[kind, app, &image])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_options_of_a_build_reach_it() {
        let words = [
            "--build-arg",
            "A=b",
            "-v",
            "/x:/x",
            "--network=n",
            "--no-cache",
        ];
        let passed = for_build(words.map(str::to_owned).to_vec());
        assert_eq!(
            passed,
            ["--build-arg", "A=b", "--network", "n", "--no-cache"]
        );
    }
}
