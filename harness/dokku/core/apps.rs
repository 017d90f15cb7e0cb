//! The commands and triggers of the core plugin apps.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::app_name;
use super::common_helper::{scheduler, visible};
use super::confirm::confirm;
use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::report::{self, Kind, Values, go_json};
use super::request::{Known, Request};
use crate::dokku::{Timeline, Version};

/// Whether the time of its making is kept of an app.
const KEEPS_CREATION: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 29, 0), true)]);

/// Whether the apps can be listed as JSON.
const LISTS_AS_JSON: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 38, 21), true)]);

const REPORT: Kind = Kind {
    plugin: "apps",
    prefix: "app",
    legacy_keys: true,
};

/// Answers `apps:NAME` with the arguments after it.
pub(super) fn run(
    host: &Host,
    name: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let request = |flags| {
        let known = Known {
            flags,
            ..Known::default()
        };
        Request::parse(&format!("apps:{name}"), arguments, known)
    };
    match name {
        "list" => list(host, arguments, out),
        "exists" => app_name::verify(host, named(request(&[])?.word(0))?),
        "create" => create(host, named(request(&[])?.word(0))?, out),
        "destroy" => {
            let request = request(&["--force"])?;
            let app = request.word(0);
            app_name::verify(host, app)?;
            if !request.has("--force") && !is_forced() {
                confirm("app", app, out)?;
            }
            destroy(host, app, out)
        }
        "rename" => rename(host, &request(&["--skip-deploy"])?, out),
        "clone" => clone(
            host,
            &request(&["--skip-deploy", "--ignore-existing"])?,
            out,
        ),
        "report" => report::run(host, REPORT, arguments, |scope| values(host, scope), out),
        "lock" => lock(host, request(&[])?.word(0), out),
        "locked" => locked(host, request(&[])?.word(0), out),
        "unlock" => unlock(host, request(&[])?.word(0), out),
        _ => Err(Failure::unmodelled(format!("`dokku apps:{name}`"))),
    }
}

/// The name that a command was given; it fails if that is none.
fn named(word: &str) -> Result<&str, Failure> {
    match word {
        "" => Err(Failure::new("Please specify an app to run the command on")),
        name => Ok(name),
    }
}

/// Makes an app and tells the plugins.
pub(super) fn create(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    app_name::check(host, app)?;
    if app_name::verify(host, app).is_ok() {
        return Err(Failure::new("Name is already taken"));
    }
    if !host.quiet {
        // Who closed the stream wants no more of it.
        let _ = writeln!(out, "-----> Creating {app}...");
    }
    fs::create_dir_all(host.app(app)).map_err(|error| Failure::new(error.to_string()))?;
    if *KEEPS_CREATION.asked(host.version) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        Properties::new(&host.lib, "apps", app).set("created-at", &now.to_string())?;
    }
    let _ = out.flush();
    host.tell("post-create", &[app])
}

/// Makes an app unless there is one or none may be made unasked; what is said of it is kept back.
pub(super) fn maybe_create(host: &Host, app: &str) -> Result<(), Failure> {
    if app_name::verify(host, app).is_ok() {
        return Ok(());
    }
    let forbidden = Properties::new(&host.lib, "apps", "--global").get("disable-autocreation");
    if forbidden.as_deref() == Some("true") {
        eprintln!(" !     App auto-creation disabled.");
        let text =
            format!("Re-enable app auto-creation or create an app with 'dokku apps:create {app}'");
        return Err(Failure::new(text));
    }
    create(host, app, &mut io::sink())
}

fn is_forced() -> bool {
    env::var_os("DOKKU_APPS_FORCE_DELETE").is_some_and(|force| force == "1")
}

/// Answers the trigger `app-destroy`.
pub(super) fn destroy_if_confirmed(
    host: &Host,
    app: &str,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if !is_forced() {
        confirm("app", app, out)?;
    }
    destroy(host, app, out)
}

/// Removes an app, and tells the plugins before and after.
fn destroy(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let mut say = |text: &str| {
        // Who closed the stream wants no more of it.
        let _ = writeln!(out, "-----> {text}");
        let _ = out.flush();
    };
    say(&format!("Destroying {app} (including all add-ons)"));
    let answer = host.ask("deployed-app-image-tag", &[app]);
    let tag = match (answer.succeeded, answer.text.as_str()) {
        (false, _) => "",
        (true, "") => "latest",
        (true, tag) => tag,
    };
    host.tell("pre-delete", &[app, tag])?;
    let scheduler = scheduler(host, app);
    host.tell("scheduler-stop", &[&scheduler, app, "true"])?;
    host.tell("scheduler-post-delete", &[&scheduler, app, tag])?;
    host.tell("post-delete", &[app, tag])?;
    say("Cleaning up...");
    say("Retiring old containers and images");
    host.tell("scheduler-retire", &[&scheduler, app])?;
    remove(host.app(app))
}

/// Removes the app's directory; of one that lies elsewhere what it holds, and the link.
fn remove(place: PathBuf) -> Result<(), Failure> {
    let removed = if place.is_symlink() {
        fs::canonicalize(&place)
            .and_then(fs::remove_dir_all)
            .and_then(|()| fs::remove_file(&place))
    } else {
        fs::remove_dir_all(&place)
    };
    if let Err(error) = removed {
        eprintln!(" !     {error}");
    }
    Ok(())
}

/// The two apps of a call, the one that is there and the name of the one to be.
fn old_and_new<'a>(host: &Host, request: &Request<'a>) -> Result<(&'a str, &'a str), Failure> {
    let (old, new) = (named(request.word(0))?, request.word(1));
    if new.is_empty() {
        return Err(Failure::new("Please specify an new app name"));
    }
    app_name::verify(host, old)?;
    app_name::check(host, new)?;
    Ok((old, new))
}

fn rename(host: &Host, request: &Request<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let (old, new) = old_and_new(host, request)?;
    if app_name::verify(host, new).is_ok() {
        return Err(Failure::new("Name is already taken"));
    }
    if !host.quiet {
        let _ = writeln!(out, "-----> Renaming {old} to {new}");
    }
    create(host, new, out)?;
    host.tell("post-app-rename-setup", &[old, new])?;
    destroy(&host.with("DOKKU_APPS_FORCE_DELETE", "1"), old, out)?;
    let host = host.with("DOKKU_APPS_FORCE_DELETE", "1");
    after_copy(&host, "post-app-rename", request, old, new)
}

fn clone(host: &Host, request: &Request<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let (old, new) = old_and_new(host, request)?;
    if app_name::verify(host, new).is_ok() {
        if request.has("--ignore-existing") {
            eprintln!(" !     Name is already taken");
            return Ok(());
        }
        return Err(Failure::new("Name is already taken"));
    }
    if !host.quiet {
        let _ = writeln!(out, "-----> Cloning {old} to {new}");
    }
    create(host, new, out)?;
    host.tell("post-app-clone-setup", &[old, new])?;
    after_copy(host, "post-app-clone", request, old, new)
}

/// Tells the plugins of the new app, which is not built where there is nothing to build.
fn after_copy(
    host: &Host,
    trigger: &str,
    request: &Request<'_>,
    old: &str,
    new: &str,
) -> Result<(), Failure> {
    let has_code = host.tell("git-has-code", &[new]).is_ok();
    if has_code && !request.has("--skip-deploy") {
        host.tell(trigger, &[old, new])
    } else {
        host.with("SKIP_REBUILD", "true").tell(trigger, &[old, new])
    }
}

/// Lists the apps, as the command without a name does too.
pub(super) fn list(host: &Host, arguments: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let as_json = match words.as_slice() {
        ["--format", format] | [format] if *LISTS_AS_JSON.asked(host.version) => {
            format.strip_prefix("--format=").unwrap_or(format) == "json"
        }
        [] => false,
        _ => {
            return Err(Failure::unmodelled(
                "`dokku apps:list` with these arguments",
            ));
        }
    };
    let apps = visible(host, &host.apps())?;
    if as_json {
        let _ = writeln!(out, "{}", go_json(&serde_json::json!(apps)));
        return Ok(());
    }
    if !host.quiet {
        let _ = writeln!(out, "=====> My Apps");
    }
    if apps.is_empty() {
        eprintln!(" !     You haven't deployed any applications yet");
    }
    for app in apps {
        let _ = writeln!(out, "{app}");
    }
    Ok(())
}

fn values(host: &Host, scope: &str) -> Values {
    let property = |scope: &str, name: &str| {
        Properties::new(&host.lib, "apps", scope)
            .get(name)
            .unwrap_or_default()
    };
    let mut values = Values::from([(
        "--app-global-disable-autocreation".to_owned(),
        property("--global", "disable-autocreation"),
    )]);
    if scope != "--global" {
        let created = Properties::new(&host.lib, "apps", scope)
            .items("created-at")
            .join(",");
        values.insert("--app-created-at".to_owned(), created);
        values.insert(
            "--app-deploy-source".to_owned(),
            property(scope, "deploy-source"),
        );
        values.insert(
            "--app-deploy-source-metadata".to_owned(),
            property(scope, "deploy-source-metadata"),
        );
        values.insert(
            "--app-dir".to_owned(),
            host.app(scope).display().to_string(),
        );
        values.insert(
            "--app-locked".to_owned(),
            lock_file(host, scope).exists().to_string(),
        );
    }
    values
}

fn lock_file(host: &Host, app: &str) -> PathBuf {
    host.lib.join("data/apps").join(app).join(".deploy.lock")
}

fn lock(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    app_name::verify(host, app)?;
    fs::write(lock_file(host, app), "")
        .map_err(|_| Failure::new("Unable to create deploy lock"))?;
    let _ = writeln!(out, "-----> Deploy lock created");
    Ok(())
}

fn locked(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    app_name::verify(host, app)?;
    if !lock_file(host, app).exists() {
        return Err(Failure::new("Deploy lock does not exist"));
    }
    if !host.quiet {
        let _ = writeln!(out, "Deploy lock exists");
    }
    Ok(())
}

fn unlock(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    app_name::verify(host, app)?;
    let file = lock_file(host, app);
    if file.exists() {
        eprintln!(" !     A deploy may be in progress.");
        eprintln!(" !     Removing the app lock will not stop in progress deploys.");
    }
    fs::remove_file(file).map_err(|_| Failure::new("Unable to remove deploy lock"))?;
    let _ = writeln!(out, "-----> Deploy lock removed");
    Ok(())
}

/// The versions in which something changed here that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    [KEEPS_CREATION.turns(), LISTS_AS_JSON.turns()]
        .into_iter()
        .flatten()
}
