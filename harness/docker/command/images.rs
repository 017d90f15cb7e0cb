//! The commands on images.

use super::super::daemon::reference::Reference;
use super::super::daemon::{Done, Removed, State, Trouble};
use super::super::filter::{Filters, fits};
use super::super::format::{Asked, List};
use super::super::options::Line;
use super::super::reply::Reply;
use super::super::row;
use super::{Desk, full, instruction};

/// Sees to it that the image of a container that is to be made is there.
pub(super) fn ensure(desk: &mut Desk<'_>, image: &str, line: &Line, reply: &mut Reply) -> Done<()> {
    let when = line.value("pull").unwrap_or("missing");
    let is_there = match desk.state.image(image) {
        Ok(_) => true,
        Err(Trouble::Missing(why)) if when == "never" => return Err(Trouble::Missing(why)),
        Err(Trouble::Missing(_)) => false,
        Err(other) => return Err(other),
    };
    if is_there && when != "always" {
        return Ok(());
    }
    let name = Reference::read(image).map_err(Trouble::Refused)?.tagged();
    let is_quiet = line.is("quiet");
    if !is_there && !is_quiet {
        reply.warn(&format!("Unable to find image '{name}' locally"));
    }
    let told = fetch(desk, &name)?;
    if !is_quiet {
        reply.stderr.push_str(&told);
    }
    Ok(())
}

/// Takes an image from a registry; what docker tells of that.
fn fetch(desk: &mut Desk<'_>, name: &Reference) -> Done<String> {
    let shown = name.to_string();
    if desk.rules.faults.pull.holds(&shown) {
        let why = format!("manifest for {shown} not found: manifest unknown: manifest unknown");
        return Err(Trouble::refused(why));
    }
    if desk.rules.faults.disk_full {
        return Err(full(
            "failed to register layer: write /usr/lib/locale/locale-archive",
        ));
    }
    let is_of_app = name.repository.starts_with("dokku/") && name.tag.as_deref() == Some("latest");
    if is_of_app && desk.state.image(&shown).is_err() {
        let why = "whether a registry has an image that is named as an app's";
        return Err(Trouble::Unmodelled(why.into()));
    }
    let is_new = desk.state.pull(name);
    let image = desk.state.image(&shown)?;
    let digest = image
        .digests
        .first()
        .and_then(|digest| digest.split_once('@'));
    let digest = digest.map_or("", |(_, digest)| digest);
    let full = name.full();
    let path = full.strip_prefix("docker.io/").unwrap_or(&full);
    let path = path.split('@').next().unwrap_or(path);
    let path = match &name.tag {
        Some(tag) => path.strip_suffix(&format!(":{tag}")).unwrap_or(path),
        None => path,
    };
    let what = name
        .tag
        .as_deref()
        .or(name.digest.as_deref())
        .unwrap_or("latest");
    let status = match is_new {
        true => format!("Downloaded newer image for {shown}"),
        false => format!("Image is up to date for {shown}"),
    };
    Ok(format!(
        "{what}: Pulling from {path}\nDigest: {digest}\nStatus: {status}\n"
    ))
}

/// `docker pull`.
pub(super) fn pull(desk: &mut Desk<'_>, line: &Line) -> Done<Reply> {
    if line.is("all-tags") {
        return Err(Trouble::Unmodelled("`docker pull --all-tags`".into()));
    }
    let name = match Reference::read(line.operand(0)) {
        Ok(name) => name,
        Err(why) => return Ok(Reply::fails(1, format!("{why}\n"))),
    };
    let is_quiet = line.is("quiet");
    let mut reply = Reply::default();
    if name.tag.is_none() && name.digest.is_none() && !is_quiet {
        reply.say("Using default tag: latest");
    }
    let name = name.tagged();
    match fetch(desk, &name) {
        Ok(told) => {
            if !is_quiet {
                reply.stdout.push_str(&told);
            }
            reply.say(&name.full());
        }
        Err(trouble) => reply.note(trouble)?,
    }
    Ok(reply)
}

/// `docker images`.
pub(super) fn list(state: &State, line: &Line) -> Done<Reply> {
    if line.is("tree") {
        return Err(Trouble::Unmodelled("`docker images --tree`".into()));
    }
    let mut filters = Filters::read(
        line,
        &[
            "before",
            "dangling",
            "label",
            "label!",
            "reference",
            "since",
        ],
    )?;
    let named = line.operands.first();
    if let Some(name) = named {
        filters.add("reference", name);
    }
    if let Some(key) = ["before", "since"]
        .iter()
        .find(|key| !filters.values(key).is_empty())
    {
        return Err(Trouble::Unmodelled(format!(
            "`docker images --filter {key}`"
        )));
    }
    let dangling = filters.flag("dangling")?;
    let asked = Asked::of(List::Images, line);
    let digests = asked.digests
        || asked
            .format
            .is_some_and(|format| format.contains("{{.Digest}}"));
    let mut rows = Vec::new();
    let mut images: Vec<_> = state.images.iter().rev().collect();
    images.sort_by_key(|image| std::cmp::Reverse(image.created));
    for image in images {
        let is_dangling = image.tags.is_empty();
        if dangling.is_some_and(|wanted| wanted != is_dangling)
            || !filters.labels(&image.config.labels)
        {
            continue;
        }
        let mut shown = image.clone();
        let patterns = filters.values("reference");
        if !patterns.is_empty() {
            shown
                .tags
                .retain(|tag| patterns.iter().any(|pattern| is_named(tag, pattern)));
            shown.digests.retain(|digest| patterns.contains(digest));
            if shown.tags.is_empty() && shown.digests.is_empty() {
                continue;
            }
        }
        rows.extend(row::image(state, &shown, asked.look(), digests));
    }
    if asked.is_quiet && asked.format.is_none() {
        rows.dedup();
    }
    asked.print(&rows)
}

/// True if the name of an image fits a pattern, which may leave the tag out.
fn is_named(tag: &str, pattern: &str) -> bool {
    let usual = ["docker.io/library/", "docker.io/", "library/"];
    let stripped = usual.iter().find_map(|usual| pattern.strip_prefix(usual));
    let pattern = stripped.unwrap_or(pattern);
    let repository = tag
        .rsplit_once(':')
        .map_or(tag, |(repository, _)| repository);
    fits(pattern, tag) || fits(pattern, repository)
}

/// `docker rmi`.
pub(super) fn remove(state: &mut State, line: &Line) -> Done<Reply> {
    let force = line.is("force");
    let mut reply = Reply::default();
    for name in &line.operands {
        match state.remove_image(name, force) {
            Ok(all) => {
                for one in all {
                    reply.say(&match one {
                        Removed::Untagged(name) => format!("Untagged: {name}"),
                        Removed::Deleted(id) => format!("Deleted: {id}"),
                    });
                }
            }
            Err(missing @ Trouble::Missing(_)) if force => reply.warn(&missing.to_string()),
            Err(trouble) => reply.note(trouble)?,
        }
    }
    Ok(reply)
}

/// `docker tag`.
pub(super) fn tag(state: &mut State, line: &Line) -> Done<Reply> {
    let name = match Reference::read(line.operand(1)) {
        Ok(name) if name.digest.is_none() => name,
        Ok(_) => {
            return Ok(Reply::fails(
                1,
                "refusing to create a tag with a digest reference\n",
            ));
        }
        Err(why) => {
            let what = format!(
                "Error parsing reference: {:?} is not a valid repository/tag: {why}\n",
                line.operand(1)
            );
            return Ok(Reply::fails(1, what));
        }
    };
    let id = state.image(line.operand(0))?.id.clone();
    state.name_image(&id, &name);
    Ok(Reply::default())
}

/// `docker commit`.
pub(super) fn commit(desk: &mut Desk<'_>, line: &Line) -> Done<Reply> {
    let one = desk.state.container(line.operand(0))?.clone();
    let name = match line.operands.get(1).map(|name| Reference::read(name)) {
        Some(Err(why)) => return Ok(Reply::fails(1, format!("{why}\n"))),
        Some(Ok(name)) => Some(name),
        None => None,
    };
    if desk.rules.faults.disk_full {
        return Err(full("mkdir /var/lib/docker/overlay2"));
    }
    let mut config = one.config.clone();
    for change in line.values("change") {
        let (word, rest) = change.trim().split_once(' ').unwrap_or((change, ""));
        instruction::apply(&mut config, word, rest)?;
    }
    let id = desk
        .state
        .make_image(name.as_ref(), config, !one.is_partly_unknown);
    if let Some(image) = desk.state.images.iter_mut().find(|image| image.id == id) {
        line.value("message")
            .unwrap_or_default()
            .clone_into(&mut image.comment);
        line.value("author")
            .unwrap_or_default()
            .clone_into(&mut image.author);
    }
    Ok(Reply::says(format!("{id}\n")))
}

/// The commands that look into an image, or carry it elsewhere: what they would see is not known.
pub(super) fn within(state: &State, line: &Line) -> Done<Reply> {
    for name in line.operands.iter().filter(|_| line.verb() != "push") {
        state.image(name)?;
    }
    Err(Trouble::Unmodelled(format!("`docker {}`", line.command)))
}
