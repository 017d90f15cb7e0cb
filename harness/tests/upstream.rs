//! `upstream`: what changed in Dokku, who uses it, and what regresses.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use scratch::scratch;
use serde_json::Value;

mod scratch;

const MANIFEST: &str = "[plugin]\ndescription = \"a test\"\nversion = \"0.1.0\"\n[plugin.config]\n";
const HEAD: &str = "#!/usr/bin/env bash\nset -eo pipefail\n[[ $DOKKU_TRACE ]] && set -x\n";

fn upstream(old: &str, new: &str, more: &[&str]) -> Command {
    let mut command = Command::cargo_bin("dokku-conform").unwrap();
    command.args(["upstream", "--old", old, "--new", new]);
    command.args(more);
    command
}

/// Writes files, all of which may be executed.
fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// A plugin with these files beside its manifest.
fn plugin(place: &Path, name: &str, files: &[(&str, &str)]) -> String {
    let root = place.join(name);
    write(&root, &[("plugin.toml", MANIFEST)]);
    write(&root, files);
    root.to_str().unwrap().to_owned()
}

/// A plugin that calls a function of ps/functions.
fn restarter(place: &Path) -> String {
    let text = format!(
        "{HEAD}source \"$PLUGIN_CORE_AVAILABLE_PATH/common/functions\"\n\
         source \"$PLUGIN_CORE_AVAILABLE_PATH/ps/functions\"\nps_restart \"$1\"\n"
    );
    plugin(place, "dokku-restarter", &[("post-deploy", &text)])
}

/// A small checkout of a Dokku, with more files or others.
fn tree(root: &Path, more: &[(&str, &str)]) -> PathBuf {
    write(
        root,
        &[
            ("dokku", "#!/usr/bin/env bash\nexport DOKKU_VALID_EXIT=0\n"),
            ("VERSION", "0.38.27\n"),
            (
                "plugins/common/functions",
                "f_stays() { :; }\nf_goes() { :; }\n",
            ),
            ("plugins/apps/subcommands/create", "#!/usr/bin/env bash\n"),
            (
                "plugins/apps/install",
                "#!/usr/bin/env bash\nplugn trigger post-thing \"$APP\"\n",
            ),
        ],
    );
    write(root, more);
    root.to_owned()
}

fn lines(output: &[u8]) -> Vec<Value> {
    let text = String::from_utf8(output.to_vec()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn of_type<'l>(lines: &'l [Value], kind: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line["type"] == kind).collect()
}

#[test]
fn a_removed_function_is_named_with_who_calls_it_and_explains_what_fails() {
    let place = scratch();
    let plugin = restarter(place.path());
    let only = ["--only", "api-exists,triggers-quiet"];
    let mut told = upstream(
        "0.21.4",
        "0.22.0",
        &[&[plugin.as_str()], &only[..]].concat(),
    );
    told.assert().code(1).stdout(
        contains("ps_restart removed from ps/functions")
            .and(contains("restarter post-deploy:6"))
            .and(contains("no change explains").not())
            .and(contains("What regresses")),
    );
}

#[test]
fn the_record_has_changes_users_and_what_explains() {
    let place = scratch();
    let plugin = restarter(place.path());
    let more = [
        &plugin,
        "--only",
        "api-exists,triggers-quiet",
        "--format",
        "jsonl",
    ];
    let output = upstream("0.21.4", "0.22.0", &more).output().unwrap();
    let lines = lines(&output.stdout);
    assert_eq!(lines[0]["type"], "header");
    assert_eq!(lines[0]["ran"], true);
    let gone: Vec<&str> = of_type(&lines, "change")
        .into_iter()
        .filter(|line| line["kind"] == "function" && line["what"] == "removed")
        .filter_map(|line| line["name"].as_str())
        .collect();
    for name in ["ps_restart", "ps_stop", "ps_scale", "generate_scale_file"] {
        assert!(gone.contains(&name), "{gone:?}");
    }
    let users = of_type(&lines, "user");
    assert_eq!(users.len(), 1, "{users:?}");
    assert_eq!(
        (&users[0]["name"], &users[0]["line"]),
        (&"ps_restart".into(), &6.into())
    );
    assert_eq!(users[0]["hold"], "plain");
    let regressions = of_type(&lines, "regression");
    assert!(!regressions.is_empty());
    for regression in regressions {
        assert_eq!(
            regression["explained_by"][0]["name"], "ps_restart",
            "{regression}"
        );
    }
    let footer = lines.last().unwrap();
    assert_eq!(footer["unexplained"], 0);
}

#[test]
fn what_moved_and_what_went_is_named_with_its_users() {
    let place = scratch();
    let text = format!(
        "{HEAD}source \"$PLUGIN_CORE_AVAILABLE_PATH/docker-options/functions\"\ncat \"$DOKKU_ROOT/$1/ENV\"\n"
    );
    let plain = plugin(place.path(), "dokku-plain", &[("post-deploy", &text)]);
    let text =
        format!("{HEAD}[[ -f \"$DOKKU_ROOT/$1/ENV\" ]] && cat \"$DOKKU_ROOT/$1/ENV\"\ntrue\n");
    let guarded = plugin(place.path(), "dokku-guarded", &[("post-deploy", &text)]);
    upstream("0.37.10", "0.38.0", &[&plain, &guarded, "--no-run"])
        .assert()
        .code(0)
        .stdout(
            contains("$DOKKU_ROOT/*/ENV moved to $DOKKU_LIB_ROOT/config/*/ENV")
                .and(contains("docker-options/functions removed"))
                .and(contains("plain post-deploy:4"))
                .and(contains("plain post-deploy:5"))
                .and(contains("guarded post-deploy:4 (guarded)")),
        );
}

#[test]
fn a_dokku_differs_from_itself_in_nothing() {
    let place = scratch();
    let plugin = restarter(place.path());
    upstream("0.22.0", "0.22.0", &[&plugin, "--only", "api-exists"])
        .assert()
        .code(0)
        .stdout(contains("nothing that plugins could see").and(contains("0 of 1 plugin regress")));
    let tree = tree(&place.path().join("dokku"), &[]);
    let tree = tree.to_str().unwrap();
    upstream(tree, tree, &[&plugin, "--no-run"])
        .assert()
        .code(0)
        .stdout(contains("nothing that plugins could see").and(contains("were not compared")));
}

#[test]
fn trees_are_compared_by_what_their_files_say() {
    let place = scratch();
    let documentation = |arguments: &str| {
        format!("### `post-thing`\n\n- Description: x\n- Arguments: `{arguments}`\n")
    };
    let page = "docs/development/plugin-triggers.md";
    let old = tree(&place.path().join("old"), &[(page, &documentation("$APP"))]);
    let new = tree(
        &place.path().join("new"),
        &[
            (page, &documentation("$APP $KIND")),
            (
                "dokku",
                "#!/usr/bin/env bash\nexport DOKKU_VALID_EXIT=3\nexport FRESH=1\n",
            ),
            ("plugins/common/functions", "f_stays() { :; }\n"),
            ("plugins/common/more-functions", "f_goes() { :; }\n"),
            ("plugins/apps/subcommands/wipe", "#!/usr/bin/env bash\n"),
        ],
    );
    fs::remove_file(new.join("plugins/apps/subcommands/create")).unwrap();
    let text = format!(
        "{HEAD}source \"$PLUGIN_CORE_AVAILABLE_PATH/common/functions\"\nf_goes\nf_stays\ndokku apps:create x\n"
    );
    let plugin = plugin(
        place.path(),
        "dokku-any",
        &[("commands", &text), ("post-thing", HEAD)],
    );
    let (old, new) = (old.to_str().unwrap(), new.to_str().unwrap());
    upstream(old, new, &[&plugin, "--no-run"])
        .assert()
        .code(0)
        .stdout(
            contains("f_goes moved from common/functions to common/more-functions")
                .and(contains("post-thing changed from APP to APP KIND"))
                .and(contains("apps:create removed"))
                .and(contains("added: apps:wipe"))
                .and(contains("added: FRESH"))
                .and(contains("DOKKU_VALID_EXIT changed from 0 to 3"))
                .and(contains("any commands:5"))
                .and(contains("any commands:7"))
                .and(contains("any post-thing"))
                .and(contains("f_stays").not()),
        );
}

#[test]
fn a_repository_is_looked_at_as_it_is_at_a_ref() {
    let place = scratch();
    let work = tree(&place.path().join("work"), &[]);
    let git = |arguments: &[&str]| {
        let mut command = Process::new("git");
        command
            .arg("-C")
            .arg(&work)
            .args(["-c", "user.name=x", "-c", "user.email=x@example.org"]);
        assert!(
            command.args(arguments).output().unwrap().status.success(),
            "{arguments:?}"
        );
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "one"]);
    git(&["tag", "one"]);
    // What a repository would have run is not.
    let marker = place.path().join("marker");
    let hook = format!("#!/bin/sh\ntouch {}\n", marker.display());
    write(
        &work,
        &[
            ("plugins/common/functions", "f_stays() { :; }\n"),
            (".git/hooks/post-checkout", &hook),
        ],
    );
    git(&["commit", "--quiet", "-am", "two"]);
    git(&["tag", "two"]);
    let plugin = plugin(place.path(), "dokku-any", &[("commands", HEAD)]);
    let at = |reference: &str| format!("{}@{reference}", work.display());
    upstream(&at("one"), &at("two"), &[&plugin, "--no-run"])
        .assert()
        .code(0)
        .stdout(contains("f_goes removed from common/functions"));
    assert!(!marker.exists());
    for (reference, said) in [
        ("three", "the repository has no `three`"),
        ("--upload-pack=x", "no name of a branch or tag"),
    ] {
        upstream(&at(reference), &at("two"), &[&plugin, "--no-run"])
            .assert()
            .code(2)
            .stderr(contains(said));
    }
}

#[test]
fn no_name_breaks_a_form() {
    let place = scratch();
    let name = "f_\u{202e}x</summary><script>alert(1)</script>";
    let old = tree(&place.path().join("old"), &[]);
    let page = format!("### `post-thing`\n- Arguments: `{name}|`\n");
    let new = tree(
        &place.path().join("new<script>"),
        &[("docs/development/plugin-triggers.md", &page)],
    );
    write(
        &old,
        &[(
            "docs/development/plugin-triggers.md",
            "### `post-thing`\n- Arguments: `$APP`\n",
        )],
    );
    let plugin = plugin(place.path(), "dokku-any", &[("post-thing", HEAD)]);
    let file = |form: &str| place.path().join(form).to_str().unwrap().to_owned();
    let formats =
        ["text", "markdown", "html", "jsonl"].map(|form| format!("{form}={}", file(form)));
    let mut more = vec![plugin.as_str(), "--no-run"];
    for format in &formats {
        more.extend(["--format", format]);
    }
    upstream(old.to_str().unwrap(), new.to_str().unwrap(), &more)
        .assert()
        .code(0);
    for form in ["text", "markdown", "html"] {
        let text = fs::read_to_string(file(form)).unwrap();
        assert!(!text.contains('\u{202e}'), "{form}");
        assert!(
            form == "text" || !text.contains("<script"),
            "{form}: {text}"
        );
    }
    assert_eq!(
        lines(&fs::read(file("jsonl")).unwrap()).last().unwrap()["type"],
        "footer"
    );
}

#[test]
fn what_is_no_dokku_is_refused() {
    let place = scratch();
    let plugin = plugin(place.path(), "dokku-any", &[("commands", HEAD)]);
    let empty = place.path().join("empty");
    fs::create_dir(&empty).unwrap();
    for (old, said) in [
        ("0.99", "0.99"),
        ("nonsense", "no version, no directory and no REPOSITORY@REF"),
        (empty.to_str().unwrap(), "is empty"),
        ("/nonexistent/repository@main", "is no repository"),
        ("ext::sh -c true@main", "is no repository"),
    ] {
        let told = upstream(old, "0.22.0", &[&plugin, "--no-run"])
            .assert()
            .code(2);
        told.stderr(contains(said));
    }
    let with_version = ["--old-version", "0.21.0", &plugin, "--no-run"];
    upstream("0.21.4", "0.22.0", &with_version).assert().code(2);
    upstream("0.21.4", "0.22.0", &["/nonexistent", "--no-run"])
        .assert()
        .code(2);
    upstream("0.21.4", "0.22.0", &[&plugin, "--format", "junit"])
        .assert()
        .code(2);
}

#[test]
fn the_plugins_may_be_those_of_a_list() {
    let place = scratch();
    restarter(place.path());
    let list = place.path().join("plugins.yaml");
    let rows = "plugins:\n  - {name: restarter, path: dokku-restarter, dokku: \"0.30\"}\n  - {name: gone, path: nowhere}\n";
    fs::write(&list, rows).unwrap();
    let cache = place.path().join("cache");
    let more = [list.to_str().unwrap(), "--cache", cache.to_str().unwrap()];
    let told = upstream(
        "0.21.4",
        "0.22.0",
        &[&more[..], &["--only", "api-exists"]].concat(),
    );
    { told }
        .assert()
        .code(1)
        .stdout(contains("restarter").and(contains("ps_restart")))
        .stderr(contains("gone: "));
}
