//! Bringing plugins from repositories and folders, well-meant and hostile ones. Nothing here leaves the machine.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use dokku_conform::fetch::{Brought, Cache, Limits, Missing};
use dokku_conform::roster::{Reference, Source, Url};
use dokku_conform::sandbox::Cancel;
use nix::mount::{MsFlags, mount};
use nix::sched::CloneFlags;
use own_namespace::start_in_own;
use tempfile::TempDir;

mod own_namespace;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dokku-conform");

/// A cache, and a repository that plugins are brought from.
struct Bench {
    place: TempDir,
    /// Where a supervisor is lost, the harness ends every child of its process that is none of its own: a test whose git
    /// runs meanwhile waits.
    _alone: MutexGuard<'static, ()>,
}

impl Bench {
    /// None where there is no git.
    fn new() -> Option<Self> {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        if Command::new("git").arg("--version").output().is_err() {
            println!("skipped: there is no git here");
            return None;
        }
        let place = tempfile::tempdir().unwrap();
        let bench = Self {
            place,
            _alone: alone,
        };
        fs::create_dir(bench.upstream()).unwrap();
        bench.git(&["init", "--quiet", "--initial-branch=main"]);
        bench.commit("commands", "#!/bin/sh\nexit 10\n", 1);
        Some(bench)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn upstream(&self) -> PathBuf {
        self.at("dokku-hello")
    }

    /// Git as its owner runs it in the repository, where nothing of this machine's counts.
    fn git<A: AsRef<OsStr>>(&self, args: &[A]) -> String {
        git_in(&self.upstream(), args)
    }

    /// Commits a file, so many seconds after a moment long ago.
    fn commit(&self, name: &str, text: &str, moment: u32) -> String {
        let path = self.upstream().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self.commit_all(moment)
    }

    fn commit_all(&self, moment: u32) -> String {
        self.git(&["add", "--all"]);
        let date = format!("{} +0000", 1_500_000_000 + moment);
        let mut command = git_command(&self.upstream());
        command.args(["commit", "--quiet", "--allow-empty", "-m", "x"]);
        command
            .env("GIT_COMMITTER_DATE", &date)
            .env("GIT_AUTHOR_DATE", &date);
        assert!(command.status().unwrap().success());
        self.git(&["rev-parse", "HEAD"])
    }

    fn url(&self) -> String {
        format!("file://{}", self.upstream().display())
    }

    fn cache(&self) -> Cache {
        Cache::open(Some(self.at("cache")))
            .unwrap()
            .watched_by(PROGRAM.into())
    }

    fn bring(&self, reference: Option<&str>) -> Result<Brought, Missing> {
        self.cache()
            .bring(&self.source(reference), false, &Cancel::default())
    }

    fn bring_offline(&self, reference: Option<&str>) -> Result<Brought, Missing> {
        self.cache()
            .bring(&self.source(reference), true, &Cancel::default())
    }

    fn bring_within(&self, limits: Limits) -> Result<Brought, Missing> {
        let cache = self.cache().with_limits(limits);
        cache.bring(&self.source(None), false, &Cancel::default())
    }

    fn source(&self, reference: Option<&str>) -> Source {
        source(&self.url(), reference)
    }

    fn local(&self, path: &Path) -> Result<Brought, Missing> {
        self.cache()
            .bring(&Source::Path(path.to_owned()), false, &Cancel::default())
    }

    /// The place of the only source in the cache.
    fn shelf(&self) -> PathBuf {
        let mut folders: Vec<PathBuf> = fs::read_dir(self.at("cache"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(
            folders.len(),
            1,
            "nothing but the source is left: {folders:?}"
        );
        folders.remove(0)
    }

    /// The commits whose trees the cache has.
    fn trees(&self) -> Vec<String> {
        let entries = fs::read_dir(self.shelf().join("trees")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !name.contains('.')).collect()
    }
}

fn git_command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{who}_NAME"), "a")
            .env(format!("GIT_{who}_EMAIL"), "a@example.org");
    }
    command
}

fn git_in<A: AsRef<OsStr>>(folder: &Path, args: &[A]) -> String {
    let output = git_command(folder).args(args).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn source(url: &str, reference: Option<&str>) -> Source {
    Source::Git {
        url: Url::parse(url).unwrap(),
        reference: reference.map(|name| Reference::parse(name).unwrap()),
    }
}

fn tight() -> Limits {
    Limits {
        time: Duration::from_secs(60),
        bytes: 1 << 20,
        files: 100,
    }
}

/// How many bytes a folder takes.
fn size(folder: &Path) -> u64 {
    dokku_conform::sandbox::Extent::of(folder).bytes
}

#[test]
fn a_branch_a_tag_and_a_commit_are_brought_and_are_there_offline() {
    let Some(bench) = Bench::new() else { return };
    let first = bench.git(&["rev-parse", "HEAD"]);
    bench.git(&["tag", "1.0"]);
    bench.git(&["tag", "--annotate", "-m", "x", "1.1"]);
    let second = bench.commit("plugin.toml", "[plugin]\n", 2);
    bench.git(&["branch", "feature/x"]);
    for (reference, commit) in [
        (None, &second),
        (Some("main"), &second),
        (Some("feature/x"), &second),
        (Some("1.0"), &first),
        (Some("1.1"), &first),
        (Some(first.as_str()), &first),
        (Some("refs/tags/1.0"), &first),
    ] {
        let unknown = bench.bring_offline(reference);
        match reference == Some(first.as_str()) {
            // A tag led to it.
            true => assert_eq!(unknown.unwrap().commit.as_ref(), Some(&first)),
            false => assert_eq!(unknown.unwrap_err(), Missing::NotCached),
        }
        let brought = bench.bring(reference).unwrap();
        assert_eq!(brought.commit.as_ref(), Some(commit), "{reference:?}");
        assert!(brought.notes.is_empty(), "{:?}", brought.notes);
        assert_eq!(brought.path.file_name().unwrap(), "dokku-hello");
        assert_eq!(brought.path.join("plugin.toml").exists(), *commit == second);
        assert!(!brought.path.join(".git").exists());
        let again = bench.bring(reference).unwrap();
        assert!(again.notes.is_empty() && again.path == brought.path);
        let offline = bench.bring_offline(reference).unwrap();
        assert_eq!(
            (&offline.path, &offline.commit),
            (&brought.path, &brought.commit)
        );
        assert!(
            offline.notes[0].starts_with("it is what the cache has from 2"),
            "{:?}",
            offline.notes
        );
    }
    let mut trees = bench.trees();
    trees.sort();
    let mut both = vec![first, second];
    both.sort();
    assert_eq!(trees, both);
}

#[test]
fn a_repository_is_shallow_and_a_commit_that_moved_on_is_followed() {
    let Some(bench) = Bench::new() else { return };
    let old = bench.bring(None).unwrap();
    let commit = bench.commit("commands", "#!/bin/sh\nexit 11\n", 2);
    let new = bench.bring(None).unwrap();
    assert_eq!(new.commit.as_deref(), Some(commit.as_str()));
    assert!(new.notes.is_empty());
    assert!(old.path.exists(), "another run uses it");
    drop(old);
    bench.bring(None).unwrap();
    assert_eq!(bench.trees(), [commit], "nobody uses the old one any more");
    let repository = bench.shelf().join("repository.git");
    assert_eq!(git_in(&repository, &["rev-list", "--all", "--count"]), "1");
}

#[test]
fn a_tag_that_moved_and_a_history_that_was_rewritten_are_told() {
    let Some(bench) = Bench::new() else { return };
    bench.git(&["tag", "1.0"]);
    let later = bench.commit("commands", "#!/bin/sh\nexit 11\n", 20);
    bench.bring(None).unwrap();
    bench.bring(Some("1.0")).unwrap();
    bench.git(&["tag", "--force", "1.0"]);
    bench.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    let other = bench.commit("commands", "#!/bin/sh\nexit 12\n", 10);
    let tag = bench.bring(Some("1.0")).unwrap();
    assert_eq!(tag.commit.as_ref(), Some(&later));
    assert!(tag.notes[0].contains("the tag `1.0` led to") && tag.notes[0].contains(&later[..10]));
    let branch = bench.bring(None).unwrap();
    assert_eq!(branch.commit.as_ref(), Some(&other));
    assert!(
        branch.notes[0].contains("its history was rewritten"),
        "{:?}",
        branch.notes
    );
}

#[test]
fn what_has_vanished_is_told_and_the_cache_never_takes_its_place() {
    let Some(bench) = Bench::new() else { return };
    let told = bench.bring(Some("nowhere")).unwrap_err();
    assert!(
        matches!(&told, Missing::Reference { reference, .. } if reference == "nowhere"),
        "{told:?}"
    );
    assert!(
        told.to_string()
            .contains("leave it out for the default branch"),
        "{told}"
    );
    let told = bench.bring(Some(&"0a".repeat(20))).unwrap_err();
    assert!(matches!(told, Missing::Reference { .. }), "{told:?}");
    bench.bring(None).unwrap();
    fs::rename(bench.upstream(), bench.at("elsewhere")).unwrap();
    let told = bench.bring(None).unwrap_err();
    assert!(matches!(told, Missing::Repository { .. }), "{told:?}");
    bench.bring_offline(None).unwrap();
    fs::create_dir(bench.upstream()).unwrap();
    let told = bench.bring(None).unwrap_err();
    assert!(matches!(told, Missing::Repository { .. }), "{told:?}");
}

#[test]
fn a_repository_without_a_commit_has_nothing_to_bring() {
    let Some(bench) = Bench::new() else { return };
    fs::remove_dir_all(bench.upstream()).unwrap();
    fs::create_dir(bench.upstream()).unwrap();
    bench.git(&["init", "--quiet"]);
    let told = bench.bring(None).unwrap_err();
    assert!(matches!(told, Missing::Reference { .. }), "{told:?}");
}

#[test]
fn a_source_that_hangs_has_its_time_and_can_be_interrupted() {
    let Some(bench) = Bench::new() else { return };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for scheme in ["git", "http"] {
        let silent = source(&format!("{scheme}://{address}/dokku-silent"), None);
        let limits = Limits {
            time: Duration::from_secs(1),
            ..Limits::default()
        };
        let begun = Instant::now();
        let cache = bench.cache().with_limits(limits);
        let told = cache.bring(&silent, false, &Cancel::default()).unwrap_err();
        assert!(matches!(told, Missing::Deadline { .. }), "{told:?}");
        assert!(told.to_string().contains("after 1 s"), "{told}");
        assert!(begun.elapsed() < Duration::from_secs(20));
        let cancel = Cancel::default();
        let asked = cancel.clone();
        let asks = thread::spawn(move || {
            thread::sleep(Duration::from_millis(300));
            asked.request();
        });
        let told = bench.cache().bring(&silent, false, &cancel).unwrap_err();
        assert_eq!(told, Missing::Cancelled);
        asks.join().unwrap();
    }
}

/// Serves the folder of a bench by git's own protocol, until it is dropped.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Daemon {
    fn serve(folder: &Path, port: u16) -> Self {
        let mut command = Command::new("git");
        // Started as itself, since `git daemon` would leave it running.
        let libexec = Command::new("git").arg("--exec-path").output().unwrap();
        let program =
            Path::new(String::from_utf8(libexec.stdout).unwrap().trim()).join("git-daemon");
        if program.exists() {
            command = Command::new(program);
        } else {
            command.arg("daemon");
        }
        command.args(["--listen=127.0.0.1", "--reuseaddr", "--export-all"]);
        command
            .arg(format!("--port={port}"))
            .arg(format!("--base-path={}", folder.display()));
        command
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

#[test]
fn what_can_not_be_reached_is_missing_though_the_cache_has_it() {
    let Some(bench) = Bench::new() else { return };
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let source = source(&format!("git://127.0.0.1:{port}/dokku-hello"), None);
    let bring = |offline| bench.cache().bring(&source, offline, &Cancel::default());
    let daemon = Daemon::serve(bench.place.path(), port);
    let until = Instant::now() + Duration::from_secs(20);
    while bring(false).is_err() {
        if Instant::now() > until {
            println!("skipped: git serves nothing here");
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    drop(daemon);
    let told = bring(false).unwrap_err();
    let Missing::Unreachable {
        date: Some(date), ..
    } = &told
    else {
        panic!("{told:?}");
    };
    assert!(
        told.to_string()
            .contains(&format!("--offline takes what the cache has from {date}"))
    );
    assert!(bring(true).unwrap().path.join("commands").is_file());
}

#[test]
fn what_is_too_large_is_not_brought_and_leaves_nothing() {
    let Some(bench) = Bench::new() else { return };
    // What can't be compressed is seen while it comes, the rest before it is written.
    let mut noise = String::new();
    let mut state = 1_u64;
    while noise.len() < 6 << 20 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        noise.push_str(&format!("{state:x}"));
    }
    for text in [noise, "0".repeat(6 << 20)] {
        bench.commit("large", &text, 2);
        let told = bench.bring_within(tight()).unwrap_err();
        let Missing::TooLarge(how) = &told else {
            panic!("{told:?}");
        };
        assert!(how.contains("more than 1 MiB"), "{told}");
        assert!(size(&bench.at("cache")) < 2 << 20);
    }
    fs::remove_file(bench.upstream().join("large")).unwrap();
    for number in 0..200 {
        fs::write(bench.upstream().join(format!("file-{number}")), "").unwrap();
    }
    bench.commit_all(3);
    let told = bench.bring_within(tight()).unwrap_err();
    assert!(told.to_string().contains("more than 100 files"), "{told}");
    assert!(bench.bring(None).is_ok());
}

#[test]
fn folders_that_multiply_are_too_large() {
    let Some(bench) = Bench::new() else { return };
    // Ten folders deep, each holding the one below ten times over: ten milliards of files in a few objects.
    let stage = |line: &str, count: usize| -> String {
        let lines: Vec<String> = (0..count)
            .map(|number| line.replace('#', &number.to_string()))
            .collect();
        let mut command = git_command(&bench.upstream());
        let mut child = command
            .arg("mktree")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        io::Write::write_all(
            &mut child.stdin.take().unwrap(),
            lines.join("\n").as_bytes(),
        )
        .unwrap();
        let output = child.wait_with_output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let blob = bench.git(&["rev-parse", "HEAD:commands"]);
    let mut tree = stage(&format!("100644 blob {blob}\tf#"), 10);
    for _ in 0..9 {
        tree = stage(&format!("040000 tree {tree}\td#"), 10);
    }
    let commit = bench.git(&["commit-tree", "-m", "x", &tree]);
    bench.git(&["update-ref", "refs/heads/bomb", &commit]);
    let cache = bench.cache().with_limits(tight());
    let told = cache
        .bring(&bench.source(Some("bomb")), false, &Cancel::default())
        .unwrap_err();
    assert!(matches!(told, Missing::TooLarge(_)), "{told:?}");
}

#[test]
fn nothing_of_a_repository_is_run() {
    let Some(bench) = Bench::new() else { return };
    let canary = bench.at("canary");
    let touch = format!("touch {}", canary.display());
    bench.commit(
        ".gitattributes",
        "* filter=lfs ident\n*.x filter=evil diff=evil merge=evil export-subst\n",
        2,
    );
    bench.commit(
        ".gitmodules",
        &format!(
            "[submodule \"s\"]\n\tpath = s\n\turl = ext::sh -c {touch}\n\tupdate = !{touch}\n"
        ),
        3,
    );
    bench.commit("a.x", "$Format:%H$ $Id$\n", 4);
    let head = bench.git(&["rev-parse", "HEAD"]);
    bench.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{head},s"),
    ]);
    bench.git(&["commit", "--quiet", "-m", "a submodule"]);
    // What the other side is set up to do, it does not do with the rights of who brings.
    bench.git(&["config", "uploadpack.packObjectsHook", &touch]);
    for hook in [
        "post-checkout",
        "post-upload-pack",
        "reference-transaction",
        "post-merge",
    ] {
        let path = bench.upstream().join(".git/hooks").join(hook);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{touch}\n")).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    }
    let brought = bench.bring(None).unwrap();
    assert!(
        fs::read_to_string(brought.path.join("a.x"))
            .unwrap()
            .starts_with("$Format:%H$")
    );
    assert_eq!(fs::read_dir(brought.path.join("s")).unwrap().count(), 0);
    assert!(!canary.exists());
}

#[test]
fn links_and_modes_come_as_they_are_and_lead_git_nowhere() {
    let Some(bench) = Bench::new() else { return };
    symlink("/etc/passwd", bench.upstream().join("out")).unwrap();
    fs::set_permissions(
        bench.upstream().join("commands"),
        Permissions::from_mode(0o755),
    )
    .unwrap();
    bench.commit_all(2);
    let brought = bench.bring(None).unwrap();
    assert_eq!(
        fs::read_link(brought.path.join("out")).unwrap(),
        Path::new("/etc/passwd")
    );
    let mode = |name: &str| {
        fs::metadata(brought.path.join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!((mode("commands"), mode(".")), (0o755, 0o755));
}

#[test]
fn a_cache_that_was_touched_is_mended() {
    let Some(bench) = Bench::new() else { return };
    let brought = bench.bring(None).unwrap();
    let (path, commit) = (brought.path.clone(), brought.commit.clone().unwrap());
    drop(brought);
    let shelf = bench.shelf();
    let touched: [&dyn Fn(); 6] = [
        &|| fs::write(path.join("commands"), "#!/bin/sh\n: other\n").unwrap(),
        &|| fs::remove_dir_all(&path).unwrap(),
        &|| fs::write(path.join("more"), "").unwrap(),
        &|| fs::write(shelf.join(format!("trees/{commit}.seal")), "").unwrap(),
        &|| fs::write(shelf.join("known.json"), "{").unwrap(),
        &|| {
            fs::write(
                shelf.join("known.json"),
                r#"{"url":"","references":{"HEAD":{"commit":"../../..","date":"","made":0}}}"#,
            )
            .unwrap()
        },
    ];
    for touch in touched {
        touch();
        let brought = bench.bring(None).unwrap();
        assert!(brought.notes.is_empty(), "{:?}", brought.notes);
        assert_eq!(
            fs::read_to_string(path.join("commands")).unwrap(),
            "#!/bin/sh\nexit 10\n"
        );
        assert!(!path.join("more").exists());
    }
    fs::remove_dir_all(&path).unwrap();
    assert!(
        bench
            .bring_offline(None)
            .unwrap()
            .path
            .join("commands")
            .is_file()
    );
}

/// Overwrites every file below a folder.
fn garble(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            garble(&path);
        } else {
            fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
            fs::write(&path, "garbled").unwrap();
        }
    }
}

#[test]
fn a_damaged_repository_is_fetched_once_more() {
    let Some(bench) = Bench::new() else { return };
    bench.bring(None).unwrap();
    let repository = bench.shelf().join("repository.git");
    let damages: [&dyn Fn(); 5] = [
        &|| garble(&repository.join("objects")),
        &|| fs::remove_dir_all(repository.join("objects")).unwrap(),
        &|| garble(&repository),
        &|| fs::write(repository.join("config"), "[core\n").unwrap(),
        &|| fs::write(repository.join("shallow.lock"), "").unwrap(),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        damage();
        let commit = bench.commit("number", &number.to_string(), 10 + number as u32);
        let brought = bench.bring(None).unwrap();
        assert_eq!(brought.commit, Some(commit));
        let told = brought.notes.concat();
        assert!(
            told.is_empty() || told.contains("was damaged, and was brought anew"),
            "{told}"
        );
        assert_eq!(
            fs::read_to_string(brought.path.join("number")).unwrap(),
            number.to_string()
        );
    }
    let trees = bench.shelf().join("trees");
    garble(&repository.join("objects"));
    garble(&trees);
    let told = bench.bring_offline(None).unwrap_err();
    assert!(matches!(told, Missing::Damaged { .. }), "{told:?}");
    assert!(told.to_string().contains("run once without --offline"));
    let brought = bench.bring(None).unwrap();
    assert!(brought.path.join("commands").is_file());
    fs::remove_dir_all(&repository).unwrap();
    assert!(bench.bring_offline(None).is_ok(), "the tree is there");
}

#[test]
fn runs_that_bring_the_same_at_once_leave_each_other_whole() {
    let Some(bench) = Bench::new() else { return };
    thread::scope(|scope| {
        let bring = || {
            for _ in 0..3 {
                let brought = bench.bring(None).unwrap();
                let text = fs::read_to_string(brought.path.join("commands")).unwrap();
                assert!(text.starts_with("#!/bin/sh"));
                assert!(brought.notes.is_empty(), "{:?}", brought.notes);
            }
        };
        for _ in 0..4 {
            scope.spawn(bring);
        }
        for number in 0..3 {
            bench.commit(
                "commands",
                &format!("#!/bin/sh\nexit {number}\n"),
                10 + number,
            );
        }
    });
    bench.bring(None).unwrap();
    assert_eq!(bench.trees().len(), 1);
}

#[test]
fn a_folder_is_used_where_it_is() {
    let Some(bench) = Bench::new() else { return };
    let plain = bench.at("plain");
    let told = bench.local(&plain).unwrap_err();
    assert_eq!(told, Missing::NoFolder(plain.clone()));
    fs::create_dir(&plain).unwrap();
    let brought = bench.local(&plain).unwrap();
    assert_eq!((brought.path, brought.commit), (plain.clone(), None));
    let told = bench.local(&bench.upstream().join("commands")).unwrap_err();
    assert!(matches!(told, Missing::Folder { .. }), "{told:?}");

    let head = bench.git(&["rev-parse", "HEAD"]);
    let brought = bench.local(&bench.upstream()).unwrap();
    assert_eq!(
        (brought.path, brought.commit),
        (bench.upstream(), Some(head.clone()))
    );
    assert!(brought.notes.is_empty(), "{:?}", brought.notes);
    fs::write(bench.upstream().join("commands"), "#!/bin/sh\nexit 99\n").unwrap();
    let changed = bench.local(&bench.upstream()).unwrap();
    assert_eq!(changed.notes, ["it has changes that no commit has"]);
    bench.git(&["checkout", "--quiet", "."]);
    fs::write(bench.upstream().join("more"), "").unwrap();
    let changed = bench.local(&bench.upstream()).unwrap();
    assert_eq!(changed.notes, ["it has changes that no commit has"]);
    fs::remove_file(bench.upstream().join("more")).unwrap();

    let linked = bench.at("linked");
    fs::create_dir(&linked).unwrap();
    fs::copy(bench.upstream().join("commands"), linked.join("commands")).unwrap();
    symlink(bench.upstream().join(".git"), linked.join(".git")).unwrap();
    assert_eq!(bench.local(&linked).unwrap().commit, Some(head));
    let below = bench.upstream().join("below");
    fs::create_dir(&below).unwrap();
    assert_eq!(bench.local(&below).unwrap().commit, None, "it is no root");
}

#[test]
fn a_folder_whose_repository_would_run_something_runs_nothing() {
    let Some(bench) = Bench::new() else { return };
    let canary = bench.at("canary");
    let touch = format!("touch {}; cat", canary.display());
    bench.commit(".gitattributes", "* filter=evil\n", 2);
    for (key, value) in [
        ("core.fsmonitor", touch.as_str()),
        ("core.sshCommand", &touch),
        ("core.hooksPath", "hooks"),
        ("core.pager", &touch),
        ("filter.evil.clean", &touch),
        ("filter.evil.smudge", &touch),
        ("filter.evil.required", "true"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", "."),
        ("remote.origin.uploadpack", &touch),
    ] {
        bench.git(&["config", key, value]);
    }
    fs::write(bench.upstream().join("commands"), "#!/bin/sh\nexit 99\n").unwrap();
    let brought = bench.local(&bench.upstream()).unwrap();
    assert!(brought.commit.is_some());
    assert_eq!(brought.notes, ["it has changes that no commit has"]);
    fs::remove_dir_all(bench.upstream().join(".git/objects")).unwrap();
    fs::create_dir(bench.upstream().join(".git/objects")).unwrap();
    bench.local(&bench.upstream()).unwrap();
    assert!(!canary.exists());
}

/// Names the cache's folder to the part of the test that runs where the disk is full.
const FULL: &str = "CONFORM_TEST_FULL_DISK";

#[test]
fn a_full_disk_is_told_and_what_was_there_stays() {
    if let Some(url) = std::env::var_os(FULL) {
        let (url, folder) = (
            url.into_string().unwrap(),
            PathBuf::from(std::env::var_os("CONFORM_TEST_CACHE").unwrap()),
        );
        let cache = Cache::open(Some(folder))
            .unwrap()
            .watched_by(PROGRAM.into());
        let told = cache
            .bring(&source(&url, None), false, &Cancel::default())
            .unwrap_err();
        assert!(matches!(told, Missing::DiskFull { .. }), "{told:?}");
        assert!(told.to_string().contains("make room"));
        let small = cache
            .bring(&source(&url, Some("small")), false, &Cancel::default())
            .unwrap();
        assert!(small.path.join("commands").is_file());
        return;
    }
    let Some(bench) = Bench::new() else { return };
    bench.git(&["branch", "small"]);
    bench.commit("large", &"0123456789abcdef".repeat(300_000), 2);
    let folder = bench.at("cache");
    fs::create_dir(&folder).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "a_full_disk_is_told_and_what_was_there_stays",
            "--nocapture",
        ])
        .env(FULL, bench.url())
        .env("CONFORM_TEST_CACHE", &folder);
    let prepare = move || {
        let none: Option<&str> = None;
        Ok(mount(
            Some("tmpfs"),
            &folder,
            Some("tmpfs"),
            MsFlags::empty(),
            Some("size=2m"),
        )
        .and_then(|()| mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none))?)
    };
    start_in_own(&mut command, CloneFlags::CLONE_NEWNS, prepare);
    match command.output() {
        Ok(output) => assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => println!("skipped: no small disk can be made here: {error}"),
    }
}

#[test]
fn a_cache_that_can_not_be_used_is_told() {
    let Some(bench) = Bench::new() else { return };
    let file = bench.at("file");
    fs::write(&file, "").unwrap();
    let told = Cache::open(Some(file.join("cache"))).unwrap_err();
    assert!(told.to_string().contains("name another folder"), "{told}");
}
