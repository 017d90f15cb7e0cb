//! `git:from-image` and the triggers of the core plugin git: the repository of an app, from which it is built, as they
//! were from 0.38.0 on.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::config_program::{self, App};
use super::deploy_lock::DeployLock;
use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::request::{Known, Request};
use super::{app_name, builder, builds, docker, extraction, say};

/// Answers `git:NAME` with the arguments after it.
pub(super) fn run(host: &Host, name: &str, arguments: &[String]) -> Result<(), Failure> {
    let command = format!("git:{name}");
    if name != "from-image" {
        return Err(Failure::unmodelled(format!("`dokku {command}`")));
    }
    let known = Known {
        flags: &["--force"],
        valued: &["--build-dir"],
        ends_with_words: false,
    };
    let request = Request::parse(&command, arguments, known)?;
    let (app, image) = (request.word(0), request.word(1));
    app_name::verify(host, app)?;
    if image.is_empty() {
        return Err(Failure::new("Please specify a docker image"));
    }
    let mut host = builds::captured(host, app, &command)?;
    if request.has("--force") {
        host = host.with("DOKKU_APPS_FORCE_DELETE", "1");
    }
    let folder = request.value("--build-dir").unwrap_or_default();
    let made = [app, image, folder, request.word(2), request.word(3)];
    host.call("git-from-image", &made)
        .map_err(|_| Failure::Silent(1))?;
    host.call("deploy-source-set", &[app, "docker-image", image])
}

/// Answers one trigger.
pub(super) fn trigger(
    host: &Host,
    name: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    let app = word(0);
    match name {
        "git-from-image" => from_image(host, arguments, out),
        "git-from-directory" => {
            let author = (or(word(2), "Dokku"), or(word(3), "automated@dokku.sh"));
            from_directory(host, app, Path::new(word(1)), author, out)
        }
        "receive-app" => receive(&builds::captured(host, app, "git-hook")?, app, word(1), out),
        "git-has-code" if Repository::of(host, app).has_code() => Ok(()),
        "git-has-code" => Err(Failure::Silent(1)),
        // Only what comes from an image has one.
        "deploy-source-set" if word(1) == "docker-image" => Ok(()),
        "deploy-source-set" => Properties::new(&host.lib, "git", app).set("source-image", ""),
        "git-deploy-branch" => {
            say::line(out, &branch(host, app));
            Ok(())
        }
        "git-get-property" if word(1) == "source-image" => {
            say::line(out, &extraction::source_image(host, app));
            Ok(())
        }
        _ => Err(Failure::unmodelled(format!(
            "trigger {name} of the core plugin git"
        ))),
    }
}

/// What of an app's folder is not copied to another app's.
const KEPT_BACK: &[&str] = &["cache", "VHOST", "URLS"];

/// Copies the repository of an app to another, and what else lies in its folder: the names of its containers too.
pub(super) fn copy_repository(host: &Host, old: &str, new: &str) -> Result<(), Failure> {
    let entries = fs::read_dir(host.app(old)).map_err(|error| failed(&error))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with('.') && !KEPT_BACK.contains(&name.as_ref()) {
            copied(&entry.path(), &host.app(new))?;
        }
    }
    let repository = Repository::of(host, new);
    if !repository.place.join("refs").is_dir() {
        repository.git(&["init", "-q", "--bare"])?;
    }
    repository.make_hook()
}

fn or<'a>(word: &'a str, default: &'a str) -> &'a str {
    if word.is_empty() { default } else { word }
}

fn failed(error: &io::Error) -> Failure {
    Failure::new(error.to_string())
}

/// Makes the source of an app from an image: a Dockerfile that begins with it.
fn from_image(host: &Host, arguments: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    let (app, image, folder) = (word(0), word(1), word(2));
    // Upstream takes the name of the author for the address too.
    let author = (or(word(3), "Dokku"), or(word(3), "automated@dokku.sh"));
    let source = temporary()?;
    say::step(out, "Generating build context");
    if !folder.is_empty() {
        if !Path::new(folder).is_dir() {
            let text = "Invalid BUILD_DIR specified for docker build context";
            return Err(Failure::new(text));
        }
        say::detail(out, "Syncing build directory context");
        copy(Path::new(folder), source.path())?;
    }
    let file = source.path().join("Dockerfile");
    let mut text = fs::read_to_string(&file).unwrap_or_default();
    text.push_str(&format!("FROM {image}\n"));
    let label = "com.dokku.docker-image-labeler/alternate-tags";
    text.push_str(&format!("LABEL {label}=[\\\"{image}\\\"]\n"));
    fs::write(file, text).map_err(|error| failed(&error))?;
    pull(host, image, out)?;
    Properties::new(&host.lib, "git", app).set("source-image", image)?;
    let place = source.path().display().to_string();
    host.call("git-from-directory", &[app, &place, author.0, author.1])
}

fn pull(host: &Host, image: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let ran = docker::run(&["image", "ls", "-q", image])?;
    let is_forced = host.variable("DOKKU_APPS_FORCE_DELETE").as_deref() == Some("1");
    match (ran.stdout.is_empty(), is_forced) {
        (true, _) => say::step(out, "Pulling image"),
        (false, true) => say::step(out, "Force pulling image"),
        (false, false) => {
            say::step(out, "Image exists on host, skipping pull");
            return Ok(());
        }
    }
    let words = ["image", "pull", image].map(str::to_owned);
    match docker::show(&words, &[].into())? {
        true => Ok(()),
        false => Err(Failure::new(format!("Failed to pull image: {image}"))),
    }
}

/// Commits a folder to the repository of an app, and builds the app.
fn from_directory(
    host: &Host,
    app: &str,
    source: &Path,
    author: (&str, &str),
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let repository = Repository::of(host, app);
    let had_code = repository.knows_branch()?;
    let text = "Updating git repository with specified build context";
    say::step(out, text);
    let revision = if had_code {
        repository.update(source, author)?
    } else {
        repository.begin(source, author, out)?
    };
    let came = receive(host, app, &revision, out);
    if came.is_err() {
        let reference = format!("refs/heads/{}", repository.branch);
        let before = format!("{}^", repository.branch);
        let back: &[&str] = match had_code {
            true => &["update-ref", &reference, &before],
            false => &["update-ref", "-d", "HEAD"],
        };
        repository.git(back)?;
    }
    came
}

/// Builds an app from its repository, if it has one: from a revision, or else from its branch.
fn receive(host: &Host, app: &str, revision: &str, out: &mut dyn Write) -> Result<(), Failure> {
    if !host.app(app).join("refs").is_dir() {
        return Ok(());
    }
    let (host, lock) = DeployLock::acquire(host, app)?;
    let came = build(&host, app, revision, out);
    lock.release(&host, came.as_ref().err());
    came
}

fn build(host: &Host, app: &str, revision: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let repository = Repository::of(host, app);
    let revision = if revision.is_empty() {
        let tip = fs::read_to_string(repository.tip()).unwrap_or_default();
        tip.trim().to_owned()
    } else {
        tell_revision(host, app, revision)?;
        revision.to_owned()
    };
    if revision.is_empty() {
        let branch = &repository.branch;
        let text = format!(
            "\u{1b}[1G\u{1b}[K-----> WARNING: Cannot build from '{branch}' as there are no commits stored at that branch."
        );
        say::line(out, &text);
        return Err(Failure::Silent(1));
    }
    let source = repository.checked_out(&revision)?;
    builder::build(host, app, source.path(), &revision, out)
}

/// Sets the variable that tells an app which revision of it runs, unless it is to have none.
fn tell_revision(host: &Host, app: &str, revision: &str) -> Result<(), Failure> {
    let name = Properties::new(&host.lib, "git", app).get("rev-env-var");
    let name = name.unwrap_or_else(|| "GIT_REV".to_owned());
    if name.is_empty() {
        return Ok(());
    }
    let mut quiet = host.with("DOKKU_QUIET_OUTPUT", "1");
    quiet.quiet = true;
    let words = [
        "--no-restart".to_owned(),
        app.to_owned(),
        format!("{name}={revision}"),
    ];
    config_program::run(&quiet, "set", &words, App::Trusted, &mut io::sink())
}

/// The branch that an app is built from.
fn branch(host: &Host, app: &str) -> String {
    let of = |scope| Properties::new(&host.lib, "git", scope).get("deploy-branch");
    let found = [of(app), of("--global")];
    let mut found = found.into_iter().flatten().filter(|name| !name.is_empty());
    found.next().unwrap_or_else(|| "master".to_owned())
}

/// The repository of an app, which is the app's folder.
struct Repository<'h> {
    host: &'h Host,
    app: &'h str,
    place: PathBuf,
    branch: String,
}

impl<'h> Repository<'h> {
    fn of(host: &'h Host, app: &'h str) -> Self {
        Self {
            host,
            app,
            place: host.app(app),
            branch: branch(host, app),
        }
    }

    /// The file that names the last revision of the branch.
    fn tip(&self) -> PathBuf {
        self.place.join("refs/heads").join(&self.branch)
    }

    fn has_code(&self) -> bool {
        self.tip().is_file()
    }

    fn git(&self, words: &[&str]) -> Result<(), Failure> {
        quietly(&self.place, words)
    }

    fn knows_branch(&self) -> Result<bool, Failure> {
        Ok(git(&self.place, &["rev-parse", &self.branch])?
            .status
            .success())
    }

    /// The first revision: that of a folder.
    fn begin(
        &self,
        source: &Path,
        author: (&str, &str),
        out: &mut dyn Write,
    ) -> Result<String, Failure> {
        let first = temporary()?;
        copy(source, first.path())?;
        quietly(first.path(), &["init"])?;
        quietly(first.path(), &["checkout", "-b", &self.branch])?;
        let revision = committed(first.path(), author, "Initial commit")?;
        let clone = temporary()?;
        let (from, to) = (path(first.path()), path(clone.path()));
        let words = ["clone", "-n", "--branch", &self.branch, &from, &to];
        quietly(first.path(), &words)?;
        let branch = &self.branch;
        say::detail(
            out,
            &format!("Detected branch, setting deploy-branch to {branch}"),
        );
        let properties = Properties::new(&self.host.lib, "git", self.app);
        properties.set("deploy-branch", branch)?;
        copy(&clone.path().join(".git"), &self.place)?;
        self.make_hook()?;
        self.git(&["config", "--add", "core.bare", "true"])?;
        Ok(revision)
    }

    /// The next revision: that of a folder, which has to differ.
    fn update(&self, source: &Path, author: (&str, &str)) -> Result<String, Failure> {
        let (clone, next) = (temporary()?, temporary()?);
        quietly(
            clone.path(),
            &["clone", &path(&self.place), &path(clone.path())],
        )?;
        copy(source, next.path())?;
        let moved = fs::rename(clone.path().join(".git"), next.path().join(".git"));
        moved.map_err(|error| failed(&error))?;
        quietly(next.path(), &["add", "--all"])?;
        let same = git(next.path(), &["diff-index", "--quiet", "HEAD", "--"])?;
        if same.status.success() {
            say::warn("No changes detected, skipping git commit");
            say::warn("Call 'ps:rebuild' on app to rebuild the app from existing source");
            return Err(Failure::Silent(1));
        }
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = since.unwrap_or_default().as_secs();
        let revision = committed(next.path(), author, &format!("Automated commit @ {now}"))?;
        let from = path(next.path());
        git(&self.place, &["remote", "rm", "remote"])?;
        let mirror = "--mirror=fetch";
        self.git(&["remote", "add", mirror, "--no-tags", "remote", &from])?;
        self.git(&["fetch", "--update-head-ok", "remote"])?;
        let reference = format!("refs/heads/{}", self.branch);
        self.git(&["update-ref", &reference, &format!("{revision}^{{commit}}")])?;
        self.git(&["config", "--add", "core.bare", "true"])?;
        Ok(revision)
    }

    /// Lets what is pushed come to Dokku.
    fn make_hook(&self) -> Result<(), Failure> {
        use std::os::unix::fs::PermissionsExt as _;
        let hook = self.place.join("hooks/pre-receive");
        let (root, app) = (self.host.home.display(), self.app);
        let text = format!(
            "#!/usr/bin/env bash\nset -e\nset -o pipefail\n\ncat | DOKKU_ROOT=\"{root}\" dokku git-hook \"{app}\"\n"
        );
        let written = || -> io::Result<()> {
            fs::create_dir_all(self.place.join("hooks"))?;
            fs::write(&hook, text)?;
            fs::set_permissions(&hook, fs::Permissions::from_mode(0o755))
        };
        written().map_err(|error| failed(&error))
    }

    /// A folder with the files of a revision.
    fn checked_out(&self, revision: &str) -> Result<TempDir, Failure> {
        let folder = temporary()?;
        self.git(&["worktree", "add", &path(folder.path()), revision])?;
        fs::remove_file(folder.path().join(".git")).map_err(|error| failed(&error))?;
        self.git(&["worktree", "prune"])?;
        Ok(folder)
    }
}

/// Commits all that lies in a folder; the revision.
fn committed(folder: &Path, author: (&str, &str), message: &str) -> Result<String, Failure> {
    quietly(folder, &["config", "user.name", author.0])?;
    quietly(folder, &["config", "user.email", author.1])?;
    quietly(folder, &["add", "--all"])?;
    quietly(folder, &["commit", "-m", message])?;
    let told = git(folder, &["rev-parse", "HEAD"])?;
    Ok(String::from_utf8_lossy(&told.stdout).trim().to_owned())
}

/// A folder that goes with its owner.
fn temporary() -> Result<TempDir, Failure> {
    let made = tempfile::Builder::new().prefix("dokku-").tempdir();
    made.map_err(|error| failed(&error))
}

fn path(of: &Path) -> String {
    of.display().to_string()
}

fn git(folder: &Path, words: &[&str]) -> Result<Output, Failure> {
    let mut command = Command::new("git");
    command.args(words).current_dir(folder);
    for name in ["GIT_DIR", "GIT_QUARANTINE_PATH", "GIT_WORK_TREE"] {
        command.env_remove(name);
    }
    let output = command.env("GIT_TERMINAL_PROMPT", "0").output();
    output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::unmodelled("a host without git"),
        _ => failed(&error),
    })
}

/// Runs git, which is heard only if it fails.
fn quietly(folder: &Path, words: &[&str]) -> Result<(), Failure> {
    let output = git(folder, words)?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    // Who closed the stream wants no more of it.
    let _ = io::stdout().write_all(&said);
    Err(Failure::Silent(1))
}

/// Copies what lies in a folder into another.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    copied(&from.join("."), to)
}

fn copied(from: &Path, to: &Path) -> Result<(), Failure> {
    let ran = Command::new("cp").arg("-a").arg(from).arg(to).output();
    match ran.map_err(|error| failed(&error))?.status.success() {
        true => Ok(()),
        false => Err(Failure::new(format!("{} can't be copied", from.display()))),
    }
}
