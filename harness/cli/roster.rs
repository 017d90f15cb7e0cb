//! `dokku-conform plugins`: lists of plugins, for runs of many.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::output::Output;
use super::status::{Status, tell};
use crate::new_file::write_new;
use crate::roster::{Roster, Told, import};
use crate::spec::Source;
use crate::visible::visible_path;

/// Make a list of plugins, or look for mistakes in one
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a list of the tables of a Markdown page, as Dokku's documentation has them: a link to the plugin, its author, its
    /// compatibility. What can't be read is told
    Import {
        /// The page
        #[arg(value_name = "FILE.md")]
        page: PathBuf,
        /// Write the list into this file, which must not be there
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Tell every mistake in a list; nothing is brought
    Check {
        /// The list
        #[arg(value_name = "LIST")]
        list: PathBuf,
    },
}

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    match &arguments.what {
        What::Import { page, output } => make(page, output.as_deref()),
        What::Check { list } => check(list),
    }
}

fn make(page: &Path, output: Option<&Path>) -> Result<Status, Status> {
    let name = visible_path(page);
    let text = Source::read(page).map_err(Status::usage)?.text;
    let text = String::from_utf8(text)
        .map_err(|error| Status::usage(format!("{name} is not UTF-8: {}", error.utf8_error())))?;
    let imported = import(&text);
    let told = |what: &str, told: &Told| {
        let Told { line, why, text } = told;
        let shown: String = text.chars().take(SHOWN).collect();
        tell(&format!("{name}:{line}: {what}{why}\n  {shown}"));
    };
    imported
        .unread
        .iter()
        .for_each(|row| told("not read: ", row));
    imported.renamed.iter().for_each(|row| told("", row));
    if imported.rows == 0 {
        let help = "a table of plugins has a column `Plugin` with links to their repositories";
        return Err(Status::usage(format!(
            "{name} has no plugin that could be read: {help}"
        )));
    }
    match output {
        None => Output::open(None)?.write(&imported.text)?,
        Some(path) => {
            put(path, &imported.text)?;
            let (rows, path) = (imported.rows, visible_path(path));
            Output::open(None)?.write(&format!("wrote {path}: {}\n", plugins(rows)))?;
        }
    }
    Ok(Status::Fine)
}

/// How many letters of a row are told.
const SHOWN: usize = 200;

/// Writes a list where nothing is.
fn put(path: &Path, text: &str) -> Result<(), Status> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    write_new(folder.unwrap_or(Path::new(".")), path, text).map_err(|error| {
        let path = visible_path(path);
        match error.kind() {
            std::io::ErrorKind::AlreadyExists => Status::usage(format!(
                "{path} is there already, and stays as it is: name another file"
            )),
            _ => Status::usage(format!("{path} can't be written: {error}")),
        }
    })
}

fn check(list: &Path) -> Result<Status, Status> {
    let source = Source::read(list).map_err(Status::usage)?;
    let roster = Roster::read(&source).map_err(Status::usage)?;
    let mut broken = 0;
    for row in &roster.rows {
        if let Err(mistakes) = &row.entry {
            tell(mistakes);
            broken += 1;
        }
    }
    let all = plugins(roster.rows.len());
    let line = match broken {
        0 => format!("{all}, no mistakes\n"),
        _ => format!("{all}, {broken} with mistakes\n"),
    };
    Output::open(None)?.write(&line)?;
    Ok(match broken {
        0 => Status::Fine,
        _ => Status::Usage,
    })
}

fn plugins(count: usize) -> String {
    match count {
        1 => "1 plugin".to_owned(),
        _ => format!("{count} plugins"),
    }
}
