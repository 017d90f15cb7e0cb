//! A plugin of damaged scripts and strange files is read, or refused with a reason.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Component, Path};

use bomb::many;
use damage::{cases, damaged};
use patience::in_time;
use proptest::prelude::*;
use seeds::seeds;

mod bomb;
mod damage;
mod patience;
mod reading;
mod scratch;
mod seeds;

const WORDS: &[&str] = &[
    "$(",
    "`",
    "${",
    "}",
    "$((",
    "))",
    "((",
    "[[ ",
    " ]]",
    "{ ",
    "; }",
    "(",
    ")",
    "<(",
    "<<E\n",
    "E\n",
    "<<<",
    "\"",
    "'",
    "$'",
    "\\\n",
    "\\",
    "if ",
    "; then\n",
    "elif ",
    "else\n",
    "fi\n",
    "case $1 in\n",
    "*) ",
    ";;\n",
    "esac\n",
    "while ",
    "until ",
    "for x in ",
    "; do\n",
    "done\n",
    "&& ",
    "|| ",
    "| ",
    "! ",
    "& ",
    "; ",
    "function f ",
    "f() {\n",
    "}\n",
    "source ",
    ". \"$PLUGIN_CORE_AVAILABLE_PATH/common/functions\"\n",
    "$PLUGIN_PATH/",
    "$(dirname \"$0\")/functions",
    "shift ",
    "set -- ",
    "\"$@\"",
    "local ",
    "declare -f ",
    "read -r ",
    "exec ",
    "sudo -u ",
    "xargs ",
    "dokku apps:list\n",
    "plugn trigger x\n",
    "config_get ",
    "verify_app_name \"$1\"\n",
    "is_deployed ",
    "$DOKKU_ROOT/",
    "$DOCKER_BIN run ",
    "#!/bin/sh\n",
    "#!/usr/bin/env -S bash -x\n",
    "\u{0}",
    "*",
    "?",
    "~",
    "+(",
    "=",
    "+=",
    "=(",
    "[1]=",
    "@",
    "#",
    "%%/*",
    "//a/b",
    ":-x",
    ":?",
];

/// What Dokku looks for in a plugin.
const PLACES: [&str; 8] = [
    "commands",
    "functions",
    "config",
    "install",
    "post-deploy",
    "subcommands/add",
    "internal-functions",
    "plugin.toml",
];

fn read(files: Vec<(&'static str, Vec<u8>)>) {
    in_time(move || {
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(path, text)| (*path, text.as_slice()))
            .collect();
        let folder = reading::plugin(&files);
        reading::read(folder.path()).unwrap();
    });
}

fn scripts() -> Vec<Vec<u8>> {
    let endings = ["/commands", "/functions", "/install", "/default", "/world"];
    endings
        .iter()
        .flat_map(|ending| seeds("fixtures/plugins", ending))
        .collect()
}

/// One thing in a folder of strangers.
#[derive(Clone, Debug)]
enum Thing {
    File(Vec<u8>),
    Folder,
    Link(String),
    Pipe,
    Socket,
    Closed,
}

fn thing() -> impl Strategy<Value = Thing> {
    let target = prop::sample::select(vec![
        ".",
        "..",
        "/",
        "/dev/zero",
        "/dev/stdin",
        "/proc/self/fd/0",
        "commands",
        "subcommands",
        "a",
        "a/b",
        "../hello",
        "../hello/a",
        "",
        "nowhere",
        "subcommands/a",
        "../../..",
    ]);
    prop_oneof![
        4 => damaged(scripts(), WORDS).prop_map(Thing::File),
        2 => Just(Thing::Folder),
        3 => target.prop_map(|target| Thing::Link(target.to_owned())),
        1 => Just(Thing::Pipe),
        1 => Just(Thing::Socket),
        1 => Just(Thing::Closed),
    ]
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "commands",
        "subcommands",
        "plugin.toml",
        "functions",
        "install",
        "a",
        "b",
        "subcommands/a",
        "a/b",
        "a/b/c",
        "a/commands",
    ];
    prop_oneof![
        8 => prop::sample::select(known.to_vec()).prop_map(|name| name.as_bytes().to_vec()),
        1 => prop::collection::vec(1..=255_u8, 1..40),
        1 => prop::sample::select(vec!["-rf", "\n", "\u{1b}[2J", "..a", "a b", "\u{feff}", "*"]).prop_map(|name| name.as_bytes().to_vec()),
    ]
}

/// Makes it in the folder, if nothing is there yet, and no link leads to its place.
fn make(root: &Path, name: &OsStr, thing: &Thing) {
    use nix::sys::stat::Mode;
    let path = &root.join(name);
    let around: Vec<&Path> = path
        .ancestors()
        .skip(1)
        .take_while(|one| *one != root)
        .collect();
    for folder in around.into_iter().rev() {
        let _ = fs::create_dir(folder);
        if !folder.symlink_metadata().is_ok_and(|meta| meta.is_dir()) {
            return;
        }
    }
    if path.symlink_metadata().is_ok() {
        return;
    }
    let _ = match thing {
        Thing::File(text) => fs::write(path, text),
        Thing::Folder => fs::create_dir(path),
        Thing::Link(target) => symlink(target, path),
        Thing::Pipe => nix::unistd::mkfifo(path, Mode::S_IRWXU).map_err(Into::into),
        Thing::Socket => std::os::unix::net::UnixListener::bind(path).map(drop),
        Thing::Closed => fs::write(path, "#!/bin/bash\n").and_then(|()| {
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o000))
        }),
    };
}

proptest! {
    #![proptest_config(cases(50))]

    #[test]
    fn damaged_scripts_are_read(
        (one, other) in (prop::sample::select(PLACES.to_vec()), prop::sample::select(PLACES.to_vec())),
        (first, second) in (damaged(scripts(), WORDS), damaged(scripts(), WORDS)),
    ) {
        read(vec![("commands", b"#!/bin/bash\nsource \"$(dirname \"$0\")/functions\"\n".to_vec()), (one, first), (other, second)]);
    }

    #[test]
    fn strange_folders_are_opened_or_refused(things in prop::collection::vec((name(), thing()), 0..8)) {
        in_time(move || {
            let folder = scratch::scratch();
            let root = folder.path().join("hello");
            fs::create_dir(&root).unwrap();
            for (name, thing) in &things {
                let name = Path::new(OsStr::from_bytes(name));
                if name.components().all(|part| matches!(part, Component::Normal(_))) {
                    make(&root, name.as_os_str(), thing);
                }
            }
            let _ = reading::read(folder.path());
        });
    }
}

#[test]
fn no_script_asks_for_much() {
    let n = many(1_000);
    let items = |item: &dyn Fn(usize) -> String, n: usize| (0..n).map(item).collect::<String>();
    let bombs = [
        "f() {\n".repeat(n),
        "if a; then\n".repeat(n),
        "for a in b; do\n".repeat(n),
        "while a; do\n".repeat(n),
        "case a in\n a) ".repeat(n),
        "( \n".repeat(n),
        "{ \n".repeat(n),
        "$(\n".repeat(n),
        "`\n".repeat(n),
        "\"$(\n".repeat(n),
        "${a:-\n".repeat(n),
        "$((\n".repeat(n),
        "[[ ( \n".repeat(n),
        "[[ ! \n".repeat(n),
        "a && \\\n".repeat(n),
        "a || \\\n".repeat(n),
        "a | \\\n".repeat(n / 5),
        "! \n".repeat(n),
        "a=\\\n".repeat(n),
        "a=(\n".repeat(n),
        "<<A\n".repeat(n),
        "cat <<A <<B <<C\n".repeat(n / 2),
        items(&|at| format!("cat <<E{at}\n"), n),
        "cat <<'E'\nx\nE\n".repeat(n),
        "a <<< \n".repeat(n),
        "a > b\n".repeat(n),
        "'\n".repeat(n),
        "\"\n".repeat(n),
        "#\n".repeat(5 * n),
        "\\\n".repeat(5 * n),
        "\n".repeat(20 * n),
        ";;\n".repeat(5 * n),
        "a\0b\n".repeat(5 * n),
        "a {b,c}{d,e}\n".repeat(n),
        "a[b]=c\n".repeat(n),
        "test a -a b -o c\n".repeat(n / 2),
        format!("test {}", "a -a ".repeat(n)),
        format!("[[ {} a ]]\n", "a && ".repeat(n)),
        format!("[[ {} a ]]\n", "a && \n".repeat(n)),
        format!("a {}", "b ".repeat(2 * n)),
        format!("a \\\n{}", "b \\\n".repeat(5 * n)),
        format!("a \"{}\"", "$b ".repeat(2 * n)),
        format!("A=x\n{}", "[[ -n $A ]] && \\\n".repeat(n)),
        format!("if a; then b\n{}fi\n", "elif [[ $1 == x ]]; then c\n".repeat(n / 3)),
        format!("case $1 in\n{}esac\n", "a | b | c) d ;;\n".repeat(n / 10)),
        format!("case $1 in\n{}esac\n", "a) d; e; f ;;\n".repeat(n / 3)),
        items(&|at| format!("A{at}=$A{}\n", at + 1), n),
        items(&|at| format!("declare -f f{at} && f{at}\n"), n / 2),
        items(&|at| format!("f{at}() {{ a; }}\n"), n / 2) + &items(&|at| format!("f{at}\n"), n / 2),
        items(&|at| format!("f{at}() {{ \"$1\" f; }}\n"), n / 4),
        "source a\n".repeat(n / 2),
        "source \"$PLUGIN_CORE_AVAILABLE_PATH/common/functions\"\n".repeat(n / 2),
        "if [[ -f \"$PLUGIN_CORE_AVAILABLE_PATH/common/functions\" ]]; then source \"$PLUGIN_CORE_AVAILABLE_PATH/common/functions\"; fi\n".repeat(n / 8),
        "dokku apps:list\n".repeat(n / 2),
        "if [[ $(dokku version) == 1 ]]; then exit 1; fi\n".repeat(n / 6),
        "config_get x y || z\n".repeat(n / 3),
        "cat \"$DOKKU_ROOT/$APP/ENV\"\n".repeat(n / 2),
        "docker run -d --name x y\n".repeat(n / 2),
        "docker $X $Y run \"${Z[@]}\"\n".repeat(n / 2),
        "sudo sudo sudo sudo docker ps\n".repeat(n / 4),
        format!("{} docker\n", "sudo ".repeat(n)),
        format!("eval {}\n", "\\\\\\".repeat(n)),
        "verify_app_name \"$1\"; shift; set -- x \"$@\"\n".repeat(n / 4),
        "x=$(echo \"$1\" | sed s/a/b/)\n".repeat(n / 6),
        "$(( 1 + $(( 2 + 3 )) ))\n".repeat(n / 4),
    ];
    for bomb in bombs {
        println!("{}", &bomb[..bomb.len().min(70)]);
        let text = format!("#!/usr/bin/env bash\n{bomb}").into_bytes();
        read(vec![("commands", text.clone()), ("functions", text)]);
    }
}
