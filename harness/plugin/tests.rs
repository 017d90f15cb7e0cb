use crate::dokku::Version;
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;

use super::fixture::Fixture;
use super::*;

const SHELL: &str = "#!/usr/bin/env bash\n";

fn takes_app(plugin: &Plugin, name: &str) -> TakesApp {
    plugin
        .commands()
        .iter()
        .find(|command| command.name == name)
        .unwrap_or_else(|| panic!("no command {name}"))
        .takes_app
        .clone()
}

fn says_yes(plugin: &Plugin, name: &str) -> Option<(Evidence, Need)> {
    match takes_app(plugin, name) {
        TakesApp::Yes { how, need, .. } => Some((how, need)),
        TakesApp::No { .. } | TakesApp::Unknown { .. } => None,
    }
}

#[test]
fn what_is_no_plugin_is_refused_with_a_way_out() {
    let error = |path: &std::path::Path| Plugin::open(path, None).unwrap_err();
    let fixture = Fixture::new("p").with("commands", SHELL);
    assert!(matches!(
        error(&fixture.root.join("none")),
        OpenError::Missing { .. }
    ));
    assert!(matches!(
        error(&fixture.root.join("commands")),
        OpenError::NotDirectory { .. }
    ));
    assert!(matches!(
        error(&fixture.root.join("commands/x")),
        OpenError::NotDirectory { .. }
    ));
    assert!(matches!(
        error(&Fixture::new("p").root),
        OpenError::Empty { .. }
    ));
    let above = Fixture::new("p").with("inner/commands", SHELL);
    let text = error(&above.root).to_string();
    assert!(
        text.contains("plugin.toml") && text.contains("`inner`"),
        "{text}"
    );
    assert!(matches!(
        Plugin::open(&fixture.root, Some("a/b")).unwrap_err(),
        OpenError::BadName { .. }
    ));
}

#[test]
fn what_is_odd_is_noted_and_never_opened() {
    let fixture = Fixture::new("p")
        .with("commands", [0_u8, 1, 2, 0xff])
        .with_link("dangling", "nowhere")
        .with_link("passwd", "/etc/passwd")
        .with("subcommands/default", "#!/bin/bash\r\necho\r\n");
    nix::unistd::mkfifo(&fixture.root.join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"bad\xffname");
    std::fs::write(fixture.root.join(name), "").unwrap();
    let plugin = fixture.open();
    let noted: Vec<&str> = plugin
        .notes()
        .iter()
        .map(|note| note.place.as_str())
        .collect();
    assert_eq!(noted, ["bad\\xFFname", "dangling", "fifo", "passwd"]);
    let outside = plugin.file(std::path::Path::new("passwd")).unwrap();
    assert!(outside.text().is_err());
    assert!(plugin.file(std::path::Path::new("fifo")).is_none());
    assert!(plugin.commands_file().unwrap().script().is_err());
    for inspection in Inspection::ALL {
        let _ = plugin.inspect(*inspection, Version::NEWEST);
    }
}

#[test]
fn large_files_and_directories_are_bounded() {
    let mut fixture = Fixture::new("p")
        .with("commands", format!("{SHELL}{}", "echo\n".repeat(300_000)))
        .with(
            "subcommands/long",
            format!("{SHELL}echo {}", "x".repeat(200_000)),
        )
        .with("node_modules/x/commands", SHELL);
    for number in 0..50 {
        fixture = fixture.with(&format!("data/{number}.txt"), "");
    }
    let plugin = fixture.open();
    let why = |path: &str| {
        plugin
            .file(std::path::Path::new(path))
            .unwrap()
            .script()
            .unwrap_err()
            .to_string()
    };
    assert!(why("commands").contains("1 MiB"));
    assert!(why("subcommands/long").contains("100 KiB"));
    assert_eq!(plugin.files().len(), 52);
    assert_eq!(plugin.commands().len(), 1);
}

#[test]
fn what_a_build_tool_keeps_is_none_of_the_plugin_s() {
    let tag = "Signature: 8a477f597d28d172789f06886806bc55\n# a comment";
    let plugin = Fixture::new("p")
        .with("commands", SHELL)
        // The folder that the plugin lies in may be such a one too: it is the plugin all the same.
        .with("CACHEDIR.TAG", tag)
        .with("target/CACHEDIR.TAG", tag)
        .with("target/debug/build/commands", SHELL)
        .with("untagged/CACHEDIR.TAG", "no such signature")
        .open();
    let paths: Vec<_> = plugin
        .files()
        .iter()
        .map(|file| file.path.as_path())
        .collect();
    assert_eq!(
        paths,
        ["CACHEDIR.TAG", "commands", "untagged/CACHEDIR.TAG"].map(std::path::Path::new)
    );
}

#[test]
fn the_name_comes_from_the_text_and_else_from_the_directory() {
    let name = |fixture: Fixture| fixture.open().name().to_owned();
    let plain = |directory: &str| Fixture::new(directory).with("install", SHELL);
    assert_eq!(name(plain("dokku-hello")), "hello");
    assert_eq!(name(plain("owner+dokku-hello")), "hello");
    assert_eq!(name(plain("hello-plugin")), "hello-plugin");
    assert_eq!(name(plain("dokku-")), "dokku-");
    assert_eq!(name(plain("né !")), "n");
    assert_eq!(name(plain("+")), "plugin");
    let own = "source \"$PLUGIN_AVAILABLE_PATH/execute/functions\"\n";
    assert_eq!(
        name(plain("dokku-shell-plugin").with("functions", own)),
        "execute"
    );
    // A core plugin's functions, though the plugin has a file of that name too.
    let core = "source \"$PLUGIN_AVAILABLE_PATH/config/functions\"\n";
    assert_eq!(name(plain("dokku-x").with("functions", core)), "x");
    let prefix = "export PLUGIN_COMMAND_PREFIX=\"redis\"\n";
    assert_eq!(name(plain("dokku-keydb").with("config", prefix)), "redis");
    let case = "case $1 in\n maria:a) ;;\n maria:b) ;;\n*) exit 10 ;;\nesac\n";
    assert_eq!(
        name(Fixture::new("md-plugin").with("commands", format!("{SHELL}{case}"))),
        "maria"
    );
    let core_case = "case $1 in\n nginx:a) ;;\nesac\n";
    assert_eq!(
        name(Fixture::new("cache").with("commands", format!("{SHELL}{core_case}"))),
        "cache"
    );
    let given = plain("dokku-x");
    assert_eq!(Plugin::open(&given.root, Some("y")).unwrap().name(), "y");
}

#[test]
fn an_app_is_known_by_what_becomes_of_the_first_argument() {
    let body = |rest: &str| {
        format!(
            "{SHELL}f() {{\n local cmd=\"p:x\" argv=(\"$@\")\n [[ ${{argv[0]}} == \"$cmd\" ]] && shift 1\n{rest}\n}}\nf \"$@\"\n"
        )
    };
    let judge = |rest: &str| {
        let plugin = Fixture::new("p").with("subcommands/x", body(rest)).open();
        takes_app(&plugin, "p:x")
    };
    assert!(matches!(
        judge("declare APP=\"$1\"\nverify_app_name \"$APP\""),
        TakesApp::Yes {
            how: Evidence::Verified,
            need: Need::Required,
            ..
        }
    ));
    assert!(matches!(
        judge(
            "local APP=$1\nif [[ -z \"$APP\" ]]; then\necho all\nelse\nverify_app_name \"$APP\"\nfi"
        ),
        TakesApp::Yes {
            how: Evidence::Verified,
            need: Need::Optional,
            ..
        }
    ));
    assert!(matches!(
        judge("local APP=$1\n[[ -z $APP ]] && echo no && exit 1\necho \"$APP\""),
        TakesApp::Yes {
            how: Evidence::Declared,
            need: Need::Required,
            ..
        }
    ));
    assert!(matches!(
        judge("declare SERVICE=\"$1\" APP=\"$2\"\nverify_app_name \"$APP\""),
        TakesApp::No { .. }
    ));
    assert!(matches!(
        judge("declare APP=\"$1\"\ndokku apps:create \"$APP\""),
        TakesApp::Unknown { .. }
    ));
    // Not shifted: its first argument is the command.
    assert!(matches!(
        judge("set -- \"$cmd\" \"$@\"\ndeclare APP=\"$1\"\nverify_app_name \"$APP\""),
        TakesApp::Unknown { .. }
    ));
    assert!(matches!(judge("echo hello"), TakesApp::Unknown { .. }));
}

#[test]
fn commands_come_from_files_patterns_and_help() {
    let commands = concat!(
        "#!/usr/bin/env bash\n",
        "case \"$1\" in\n",
        "  p:list | p:ls) echo ;;\n",
        "  help | p:help)\n",
        "    cat<<EOF\n",
        "    p:add <app> <user> [<role>], Add one\n",
        "    p:list, List, all\n",
        "    p:far <service>, Reached by the pattern\n",
        "    other:thing <app>, Not ours\n",
        "EOF\n",
        "  ;;\n",
        "  p:*) exec elsewhere \"$@\" ;;\n",
        "  *) exit \"$DOKKU_NOT_IMPLEMENTED_EXIT\" ;;\n",
        "esac\n",
    );
    let add = format!("{SHELL}verify_app_name \"$2\"\n");
    let plugin = Fixture::new("p")
        .with("commands", commands)
        .with("subcommands/add", add)
        .open();
    let names: Vec<&str> = plugin
        .commands()
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["p:add", "p:far", "p:help", "p:list", "p:ls"]);
    let added = &plugin.commands()[0];
    assert_eq!(added.arguments_after_app(), Some(vec!["user"]));
    assert_eq!(added.help.as_ref().unwrap().place.to_string(), "commands:6");
    assert_eq!(
        says_yes(&plugin, "p:add"),
        Some((Evidence::Verified, Need::Required))
    );
    assert_eq!(says_yes(&plugin, "p:list"), None);
    assert_eq!(
        plugin.landmark(Landmark::CatchAll).unwrap().to_string(),
        "commands:13"
    );
    assert_eq!(
        plugin.landmark(Landmark::Help).unwrap().to_string(),
        "commands:4"
    );
}

#[test]
fn what_the_author_says_goes_before_what_the_text_says() {
    let fixture =
        Fixture::new("p").with("subcommands/x", format!("{SHELL}verify_app_name \"$2\"\n"));
    let hints = Hints {
        name: Some("q".to_owned()),
        app_commands: BTreeMap::from([("q:x".to_owned(), false)]),
        ..Hints::default()
    };
    let plugin = Plugin::open_with(&fixture.root, None, hints).unwrap();
    assert_eq!(*plugin.name_source(), NameSource::Hint);
    assert!(matches!(takes_app(&plugin, "q:x"), TakesApp::No { .. }));
}

#[test]
fn targets_are_labelled_bound_and_explained() {
    let fixture = Fixture::new("p")
        .with(
            "commands",
            format!("{SHELL}echo '    p:x <app> <user name>, Do'\n"),
        )
        .with("subcommands/x", format!("{SHELL}verify_app_name \"$2\"\n"))
        .with("subcommands/y", SHELL)
        .with("post-delete", SHELL)
        .with("functions", "f() { :; }\n");
    let hints = Hints {
        values: BTreeMap::from([("user name".to_owned(), "jane".to_owned())]),
        ..Hints::default()
    };
    let plugin = Plugin::open_with(&fixture.root, None, hints).unwrap();
    let labels = |each| -> Vec<String> {
        plugin
            .targets(each, Version::NEWEST)
            .items
            .into_iter()
            .map(|item| item.label)
            .collect()
    };
    let apps = plugin.targets(Each::AppCommand, Version::NEWEST);
    assert_eq!(apps.items[0].arguments, ["jane"]);
    assert!(apps.items[0].made_up.is_empty());
    assert_eq!(apps.unknown[0].label, "p:y");
    assert_eq!(labels(Each::Command), ["p:x", "p:y"]);
    assert_eq!(
        labels(Each::SubcommandFile),
        ["subcommands/x", "subcommands/y"]
    );
    assert_eq!(labels(Each::Trigger), ["post-delete"]);
    assert_eq!(
        labels(Each::ShellFile),
        [
            "commands",
            "functions",
            "post-delete",
            "subcommands/x",
            "subcommands/y"
        ]
    );
    let none = Fixture::new("p").with("plugin.toml", "").open();
    assert!(
        none.targets(Each::Command, Version::NEWEST)
            .none_because
            .contains("no command")
    );
}

#[test]
fn only_a_shell_file_of_commands_is_one() {
    let targets = |text: &str| {
        let plugin = Fixture::new("p").with("commands", text).open();
        plugin.targets(Each::ShellCommands, Version::NEWEST).items
    };
    assert_eq!(targets(SHELL)[0].label, "commands");
    assert_eq!(targets("#!/usr/bin/env python3\n"), []);
    assert_eq!(targets("\x7fELF"), []);
}

#[test]
fn a_place_for_a_command_in_the_help_is_no_command() {
    let text = "printf '    p:%s, %s\\n' a b; echo '    p:<command>, Any'; echo '    p:x, Does'\n";
    let plugin = Fixture::new("p")
        .with("commands", format!("{SHELL}{text}"))
        .open();
    let lines = plugin.help_lines().iter();
    let listed: Vec<&str> = lines.map(|line| line.usage.command.as_str()).collect();
    assert_eq!(listed, ["p:x"]);
}

#[test]
fn a_path_is_named_by_code_alone_that_is_reached() {
    let names = |text: &str| {
        let plugin = Fixture::new("p")
            .with("commands", format!("{SHELL}{text}\n"))
            .with("post-delete", format!("{SHELL}ls /home/dokku\n"))
            .with("config", "ls /var/log/dokku\n")
            .open();
        let files = plugin.behind(plugin.commands_file().unwrap());
        ["/home/dokku", "/var/log/dokku"].map(|path| plugin.names_path(&files, path))
    };
    assert_eq!(names("ls /home/dokku"), [true, false]);
    assert_eq!(names("ls # of /home/dokku"), [false, false]);
    assert_eq!(names("ls ${DOKKU_ROOT:-/home/dokku}"), [false, false]);
    assert_eq!(names("ls ${MY_ROOT:-/home/dokku}"), [true, false]);
    let sourced = "source \"$(dirname \"$0\")/config\"";
    assert_eq!(names(sourced), [false, true]);
    // What can't be told may be any file.
    assert_eq!(names("source \"$(what)\""), [true, true]);
}

#[test]
fn a_path_that_install_makes_and_commands_look_for_is_found() {
    let awaits = |install: &str, commands: &str| {
        let config = "source \"$(dirname \"$0\")/config\"";
        let plugin = Fixture::new("p")
            .with("config", "DATA_ROOT=${P_ROOT:-\"$DOKKU_LIB_ROOT/p\"}\n")
            .with("install", format!("{SHELL}{config}\n{install}\n"))
            .with("commands", format!("{SHELL}{config}\n{commands}\n"))
            .open();
        let files = plugin.behind(plugin.commands_file().unwrap());
        plugin.awaits_install(&files)
    };
    let root = Some("$DATA_ROOT".to_owned());
    assert_eq!(
        awaits("mkdir -p \"$DATA_ROOT\"", "[[ -d $DATA_ROOT ]] || exit 1"),
        root
    );
    assert_eq!(
        awaits(
            "sudo mkdir \"${DATA_ROOT}/\"",
            "if [ ! -e \"$DATA_ROOT\" ]; then exit 1; fi"
        ),
        root
    );
    let inner = Some("$DATA_ROOT/a".to_owned());
    assert_eq!(
        awaits("mkdir -p $DATA_ROOT/a/b", "test -d $DATA_ROOT/a && ls"),
        inner
    );
    assert_eq!(
        awaits("date > \"$DATA_ROOT/a\"", "[[ -f \"$DATA_ROOT/a\" ]] && ls"),
        inner
    );
    // A service of the user's own, an app's folder, what nobody asks for.
    assert_eq!(
        awaits("mkdir $DATA_ROOT", "[[ -d $DATA_ROOT/$1 ]] || exit 1"),
        None
    );
    assert_eq!(
        awaits(
            "mkdir -p $DOKKU_ROOT/$APP/x",
            "[[ -d $DOKKU_ROOT/$APP ]] || exit 1"
        ),
        None
    );
    assert_eq!(awaits("touch $FILE", "[[ -f $FILE ]] || exit 1"), None);
    assert_eq!(awaits("mkdir $DATA_ROOT", "mkdir $DATA_ROOT"), None);
}

#[test]
fn a_usage_makes_no_more_arguments_than_a_command_line_has_room_for() {
    let usage = format!("<{}> ", "é".repeat(5000)) + &"<x> ".repeat(2000);
    let fixture = Fixture::new("p").with(
        "commands",
        format!("{SHELL}case \"$1\" in help) echo '    p:x <app> {usage}, Do' ;; esac\n"),
    );
    let fixture = fixture.with("subcommands/x", format!("{SHELL}verify_app_name \"$2\"\n"));
    let plugin = Plugin::open(&fixture.root, None).unwrap();
    let targets = plugin.targets(Each::AppCommand, Version::NEWEST).items;
    assert_eq!(targets[0].arguments.len(), 100);
    assert!(targets[0].arguments.iter().all(|word| word.len() < 200));
}
