//! How docker prints lists and documents.

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::daemon::{Done, Trouble};
use super::options::Line;
use super::reply::Reply;
use super::table::columns;
use crate::go_template::{Field, Manner, Problem, Template, Value};

/// How much of a row is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// Whether ids and commands are cut short.
    pub(super) is_cut: bool,
    /// Whether the columns are the caller's own choice.
    pub(super) is_own: bool,
}

/// A kind of list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Containers,
    Images,
    Networks,
    Volumes,
}

impl List {
    /// The columns that are shown unless others are asked for.
    fn columns(self, digests: bool) -> &'static str {
        match self {
            Self::Containers => {
                "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}"
            }
            Self::Images if digests => {
                "{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
            }
            Self::Images => "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}",
            Self::Networks => "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}",
            Self::Volumes => "{{.Driver}}\t{{.Name}}",
        }
    }

    /// What is shown where only that is asked for by which a thing is found again.
    fn key(self) -> &'static str {
        match self {
            Self::Volumes => "{{.Name}}",
            Self::Containers | Self::Images | Self::Networks => "{{.ID}}",
        }
    }

    /// The headings: field → what stands above it.
    fn headings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Containers => &[
                ("ID", "CONTAINER ID"),
                ("Names", "NAMES"),
                ("Image", "IMAGE"),
                ("Command", "COMMAND"),
                ("CreatedAt", "CREATED AT"),
                ("RunningFor", "CREATED"),
                ("Ports", "PORTS"),
                ("State", "STATE"),
                ("Status", "STATUS"),
                ("Size", "SIZE"),
                ("Labels", "LABELS"),
                ("Mounts", "MOUNTS"),
                ("LocalVolumes", "LOCAL VOLUMES"),
                ("Networks", "NETWORKS"),
            ],
            Self::Images => &[
                ("ID", "IMAGE ID"),
                ("Repository", "REPOSITORY"),
                ("Tag", "TAG"),
                ("Digest", "DIGEST"),
                ("CreatedSince", "CREATED"),
                ("CreatedAt", "CREATED AT"),
                ("Size", "SIZE"),
                ("Containers", "CONTAINERS"),
                ("VirtualSize", "SIZE"),
                ("SharedSize", "SHARED SIZE"),
                ("UniqueSize", "UNIQUE SIZE"),
            ],
            Self::Networks => &[
                ("ID", "NETWORK ID"),
                ("Name", "NAME"),
                ("Driver", "DRIVER"),
                ("Scope", "SCOPE"),
                ("IPv6", "IPV6"),
                ("Internal", "INTERNAL"),
                ("Labels", "LABELS"),
                ("CreatedAt", "CREATED AT"),
            ],
            Self::Volumes => &[
                ("ID", "ID"),
                ("Name", "VOLUME NAME"),
                ("Group", "GROUP"),
                ("Driver", "DRIVER"),
                ("Scope", "SCOPE"),
                ("Availability", "AVAILABILITY"),
                ("Mountpoint", "MOUNTPOINT"),
                ("Labels", "LABELS"),
                ("Links", "LINKS"),
                ("Size", "SIZE"),
                ("Status", "STATUS"),
            ],
        }
    }
}

/// What is asked of a list: its columns, and whether only the keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    list: List,
    pub(super) format: Option<&'a str>,
    pub(super) is_quiet: bool,
    pub(super) is_cut: bool,
    pub(super) digests: bool,
}

impl<'a> Asked<'a> {
    /// What a command line asks of a list.
    pub(super) fn of(list: List, line: &'a Line) -> Self {
        Self {
            list,
            format: line.value("format"),
            is_quiet: line.is("quiet"),
            is_cut: !line.is("no-trunc"),
            digests: line.is("digests"),
        }
    }

    /// How the rows are to look.
    pub(super) fn look(&self) -> Look {
        let is_own = self.own_format().is_some() && !self.is_json();
        Look {
            is_cut: self.is_cut,
            is_own,
        }
    }

    fn own_format(&self) -> Option<&str> {
        self.format
            .filter(|format| !format.is_empty() && *format != "table")
    }

    fn is_json(&self) -> bool {
        self.own_format()
            .is_some_and(|format| matches!(format.trim(), "json" | "{{json .}}" | "{{ json . }}"))
    }

    /// The template, and whether there is a heading.
    fn template(&self) -> (String, bool) {
        // Other lists than that of containers heed a format of one's own before `--quiet`.
        let is_quiet =
            self.is_quiet && (self.list == List::Containers || self.own_format().is_none());
        match self.own_format() {
            _ if is_quiet => (self.list.key().to_owned(), false),
            None => (self.list.columns(self.digests).to_owned(), true),
            Some("json") => ("{{json .}}".to_owned(), false),
            Some(format) => {
                let (text, is_table) = match format.strip_prefix("table") {
                    Some(text) => (text, true),
                    None => (format, false),
                };
                let text = text.trim_matches(' ');
                (text.replace("\\t", "\t").replace("\\n", "\n"), is_table)
            }
        }
    }

    /// Prints rows.
    pub(super) fn print(&self, rows: &[Value]) -> Done<Reply> {
        let (text, has_heading) = self.template();
        let wrong = |prefix: &'static str| move |problem| problem_of(problem, prefix);
        let (of_text, of_execution) = match self.list {
            List::Containers if self.format.is_some() => {
                ("failed to parse template", "failed to execute template")
            }
            _ => ("template parsing error", "template parsing error"),
        };
        let template = match Template::read(&text) {
            Ok(template) => template,
            Err(problem) => return wrong(of_text)(problem),
        };
        let mut lines = String::new();
        for row in rows {
            match template.print(row, Manner::Typed) {
                Ok(line) => {
                    lines.push_str(&line);
                    lines.push('\n');
                }
                Err(problem) => return wrong(of_execution)(problem),
            }
        }
        if !has_heading {
            return Ok(Reply::says(lines));
        }
        let heading = match template.print(&self.heading(), Manner::Heading) {
            Ok(heading) => heading,
            Err(problem) => return wrong(of_execution)(problem),
        };
        Ok(Reply::says(columns(&format!("{heading}\n{lines}"))))
    }

    fn heading(&self) -> Value {
        let entries = self.list.headings().iter();
        let map = entries.map(|(field, heading)| ((*field).to_owned(), Value::from(*heading)));
        Value::Map(crate::go_template::Kind::Any, map.collect())
    }
}

/// What is wrong with a format, as a command that ends with 1 tells it.
fn problem_of<T: From<Reply>>(problem: Problem, prefix: &str) -> Done<T> {
    match problem {
        Problem::Text(what) | Problem::Execution(what) => {
            Ok(Reply::fails(1, format!("{prefix}: {what}\n")).into())
        }
        Problem::Unmodelled(what) => Err(Trouble::Unmodelled(format!("a format with {what}"))),
    }
}

/// A row in which nothing stands, by which docker tries a format for `ps` before it asks for containers.
pub(super) fn blank(list: List) -> Value {
    let fields = list.headings().iter().map(|(name, _)| Field::new(name, ""));
    let label = Field::hidden("Label", Value::Label(std::collections::BTreeMap::new()));
    Value::Struct(
        "*formatter.ContainerContext",
        fields.chain([label]).collect(),
    )
}

/// What `inspect` prints of what was found, and of what was not; `is_typed_alone` for volumes, whose JSON docker does not
/// look into.
pub(super) fn inspected(
    format: Option<&str>,
    found: Vec<Done<Value>>,
    is_typed_alone: bool,
) -> Done<Reply> {
    let template = match format
        .filter(|format| !matches!(*format, "" | "json"))
        .map(Template::read)
    {
        None => None,
        Some(Ok(template)) => Some(template),
        Some(Err(Problem::Text(what) | Problem::Execution(what))) => {
            return Ok(Reply::fails(
                64,
                format!("template parsing error: {what}\n"),
            ));
        }
        Some(Err(Problem::Unmodelled(what))) => {
            return Err(Trouble::Unmodelled(format!("a format with {what}")));
        }
    };
    let mut reply = Reply::default();
    let mut documents = Vec::new();
    for one in found {
        let value = match one {
            Ok(value) => value,
            Err(trouble) => {
                reply.note(trouble)?;
                continue;
            }
        };
        let Some(template) = &template else {
            documents.push(value.json());
            continue;
        };
        let typed = template.print(&value, Manner::Typed);
        let printed = match typed {
            Err(Problem::Execution(_)) if !is_typed_alone => {
                template.print(&value.raw(), Manner::Raw)
            }
            other => other,
        };
        match printed {
            Ok(line) => reply.say(&line),
            Err(Problem::Text(what) | Problem::Execution(what)) => {
                reply.status = 1;
                reply.warn(&format!("template parsing error: {what}"));
            }
            Err(Problem::Unmodelled(what)) => {
                return Err(Trouble::Unmodelled(format!("a format with {what}")));
            }
        }
    }
    match (template, format) {
        (Some(_), _) if reply.stdout.is_empty() => reply.stdout.push('\n'),
        (Some(_), _) => {}
        (None, Some("json")) => {
            let list = serde_json::Value::Array(documents);
            reply.say(&escaped(&list.to_string()));
        }
        (None, _) => reply.say(&escaped(&indented(&serde_json::Value::Array(documents)))),
    }
    Ok(reply)
}

/// What a template prints of a value, for the commands that print one thing.
pub(super) fn printed(format: &str, value: &Value) -> Done<Reply> {
    let format = if format == "json" {
        "{{json .}}"
    } else {
        format
    };
    let printed = Template::read(format).and_then(|template| template.print(value, Manner::Typed));
    match printed {
        Ok(line) => Ok(Reply::says(format!("{line}\n"))),
        Err(Problem::Text(what)) => Ok(Reply::fails(
            64,
            format!("template parsing error: {what}\n"),
        )),
        Err(Problem::Execution(what)) => Ok(Reply::fails(1, format!("{what}\n"))),
        Err(Problem::Unmodelled(what)) => Err(Trouble::Unmodelled(format!("a format with {what}"))),
    }
}

fn indented(value: &serde_json::Value) -> String {
    let mut bytes = Vec::new();
    let mut writer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    "));
    match value.serialize(&mut writer) {
        Ok(()) => String::from_utf8(bytes).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

/// What the daemon makes of letters that mean something in HTML, none of which JSON has outside of a text.
fn escaped(json: &str) -> String {
    json.replace('&', "\\u0026")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
}
