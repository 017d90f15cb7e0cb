//! `docker build`.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::daemon::container::Config;
use super::super::daemon::reference::Reference;
use super::super::daemon::{Done, Trouble};
use super::super::options::Line;
use super::super::reply::Reply;
use super::wanted::pairs;
use super::{Desk, full, images, instruction};

/// What `docker build` calls itself in what is not modelled.
fn unmodelled(what: &str) -> Trouble {
    Trouble::Unmodelled(format!("`docker build` with {what}"))
}

/// `docker build`, of a Dockerfile that only says something of an image's configuration: what comes of one that runs a program
/// or copies a file in can't be known.
pub(super) fn build(desk: &mut Desk<'_>, line: &Line) -> Done<Reply> {
    let context = line.operand(0);
    if context == "-" || context.contains("://") {
        return Err(unmodelled("a context that is no folder"));
    }
    let mut names = Vec::new();
    for tag in line.values("tag") {
        match Reference::read(tag) {
            Ok(name) => names.push(name.tagged()),
            Err(why) => {
                let what = format!("ERROR: invalid tag {tag:?}: {why}\n");
                return Ok(Reply::fails(1, what));
            }
        }
    }
    if !Path::new(context).is_dir() {
        let what = format!("ERROR: unable to prepare context: path {context:?} not found\n");
        return Ok(Reply::fails(1, what));
    }
    let file = match line.value("file") {
        Some("-") => return Err(unmodelled("a Dockerfile on standard input")),
        Some(file) => PathBuf::from(file),
        None => Path::new(context).join("Dockerfile"),
    };
    let Ok(text) = fs::read_to_string(&file) else {
        // As git leaves the folder of a submodule that was not brought: what would lie there is not known.
        if fs::read_dir(context).is_ok_and(|mut entries| entries.next().is_none()) {
            return Err(unmodelled("an empty folder"));
        }
        let name = file
            .file_name()
            .map_or_else(|| "Dockerfile".into(), |name| name.to_string_lossy());
        return Ok(Reply::fails(
            1,
            format!(
                "ERROR: failed to solve: failed to read dockerfile: open {name}: no such file or directory\n"
            ),
        ));
    };
    if desk.rules.faults.disk_full {
        return Err(full("failed to copy files: copy file range failed"));
    }
    let (mut config, is_known) = configuration(desk, &text, line)?;
    config.labels.extend(pairs(&line.values("label")));
    let id = desk.state.make_image(names.first(), config, is_known);
    for name in names.iter().skip(1) {
        desk.state.name_image(&id, name);
    }
    if let Some(path) = line.value("iidfile") {
        fs::write(path, &id).map_err(|_| unmodelled("an --iidfile that can't be written"))?;
    }
    let mut reply = Reply::default();
    if line.is("quiet") {
        reply.say(&id);
        return Ok(reply);
    }
    reply.warn(&format!(
        "#1 exporting to image\n#1 writing image {id} done"
    ));
    for name in names {
        reply.warn(&format!("#1 naming to {} done", name.full()));
    }
    reply.warn("#1 DONE 0.0s");
    Ok(reply)
}

/// What a Dockerfile says of the image, and whether that is all.
fn configuration(desk: &mut Desk<'_>, text: &str, line: &Line) -> Done<(Config, bool)> {
    let arguments = pairs(&line.values("build-arg"));
    let mut config = Config::default();
    let mut is_known = true;
    let mut has_base = false;
    let text = text.replace("\\\n", " ");
    for instruction in text.lines().map(str::trim) {
        if instruction.is_empty() || instruction.starts_with('#') {
            continue;
        }
        let filled = filled(instruction, &arguments);
        let (word, rest) = filled
            .split_once(char::is_whitespace)
            .unwrap_or((&filled, ""));
        match word.to_uppercase().as_str() {
            "FROM" => {
                if rest.contains('$') || (has_base && line.value("target").is_some()) {
                    return Err(unmodelled("a base that depends"));
                }
                has_base = true;
                let mut words = rest
                    .split_whitespace()
                    .filter(|word| !word.starts_with("--"));
                (config, is_known) = base(desk, words.next().unwrap_or_default(), line)?;
            }
            "ARG" => {}
            "RUN" => return Err(unmodelled("a program to run")),
            "COPY" | "ADD" => return Err(unmodelled("files to copy")),
            _ => instruction::apply(&mut config, word, rest)?,
        }
    }
    match has_base {
        true => Ok((config, is_known)),
        false => Err(unmodelled("no base")),
    }
}

/// A line in which the arguments stand that were given.
fn filled(line: &str, arguments: &std::collections::BTreeMap<String, String>) -> String {
    let mut line = line.to_owned();
    for (name, value) in arguments {
        line = line.replace(&format!("${{{name}}}"), value);
        if line.ends_with(&format!("${name}")) || line.contains(&format!("${name} ")) {
            line = line.replace(&format!("${name}"), value);
        }
    }
    line
}

fn base(desk: &mut Desk<'_>, name: &str, line: &Line) -> Done<(Config, bool)> {
    if name == "scratch" {
        return Ok((Config::default(), true));
    }
    images::ensure(desk, name, line, &mut Reply::default())?;
    let image = desk.state.image(name)?;
    Ok((image.config.clone(), image.is_known))
}
