//! `sigil`, which renders templates on every Dokku host.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};

use super::Reply;
use crate::go_template::{Functions, Kind, Manner, Problem, Template, Value};

/// How long a template may be, in bytes.
const LONGEST: u64 = 4 << 20;

/// What is to be rendered.
#[derive(Debug, PartialEq, Eq)]
enum Source<'w> {
    File(&'w str),
    Inline(&'w str),
    Stdin,
}

/// What `sigil` answers.
pub(super) fn reply(args: &[String]) -> Reply {
    let Some((source, variables)) = read(args) else {
        return Reply::Unknown;
    };
    // Other braces.
    if std::env::var_os("SIGIL_DELIMS").is_some_and(|value| !value.is_empty()) {
        return Reply::Unknown;
    }
    match source.text() {
        Ok(text) => render(&text, &variables).map_or_else(Reply::Unmodelled, Reply::says),
        Err(Some(said)) => Reply::fails(1, said),
        Err(None) => Reply::Unknown,
    }
}

/// The source and the variables; none for options that are not known.
fn read(args: &[String]) -> Option<(Source<'_>, BTreeMap<&str, &str>)> {
    let mut source = Source::Stdin;
    let mut words = args.iter().map(String::as_str).peekable();
    while let Some(option) = words.next_if(|word| word.starts_with('-') && word.len() > 1) {
        let name = option.trim_start_matches('-');
        let (name, value) = match name.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (name, None),
        };
        source = match name {
            "" => break,
            "f" => Source::File(value.or_else(|| words.next())?),
            "i" => Source::Inline(value.or_else(|| words.next())?),
            _ => return None,
        };
    }
    Some((
        source,
        words.filter_map(|word| word.split_once('=')).collect(),
    ))
}

impl Source<'_> {
    /// Its text.
    ///
    /// # Errors
    /// What is said if there is no such file; nothing for what is no template that can be read.
    fn text(&self) -> Result<String, Option<String>> {
        let mut text = String::new();
        let read = match self {
            Self::Inline(text) => return Ok((*text).to_owned()),
            Self::Stdin => io::stdin().take(LONGEST).read_to_string(&mut text),
            Self::File(path) => match fs::File::open(path) {
                Ok(file) => file.take(LONGEST).read_to_string(&mut text),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(Some(format!("open {path}: no such file or directory\n")));
                }
                Err(error) => Err(error),
            },
        };
        read.map(|_| text).map_err(|_| None)
    }
}

/// The template with these variables, each of which it has as `$NAME` and as `.NAME`.
///
/// # Errors
/// What of it is not modelled.
fn render(text: &str, variables: &BTreeMap<&str, &str>) -> Result<String, String> {
    let declared = variables
        .keys()
        .map(|name| format!("{{{{ ${name} := .{name} }}}}"));
    // A line that ends in `\}}` goes on in the next.
    let text = declared.collect::<String>() + &text.replace("\\}}\n{{", "}}{{");
    let values = variables.iter();
    let values = values.map(|(name, value)| ((*name).to_owned(), (*value).into()));
    let data = Value::Map(Kind::Any, values.collect());
    let rendered = Template::read_with(&text, Functions::Sigil)
        .and_then(|template| template.print(&data, Manner::Typed));
    rendered.map_err(|problem| match problem {
        Problem::Unmodelled(what) => format!("`sigil` with {what}"),
        Problem::Text(_) | Problem::Execution(_) => "a template that `sigil` refuses".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(words: &[&str]) -> Reply {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        reply(&words)
    }

    #[test]
    fn a_template_has_its_variables_in_both_forms() {
        let text = "{{ if $IPS }}{{ range $ip := .IPS | split \" \" }}allow {{ $ip }};\n{{ end }}{{ end }}file {{ $.ROOT }}/x;{{ if $NONE }}none{{ end }}";
        assert_eq!(
            ask(&[
                "-i",
                text,
                "IPS=1.1.1.1 2.2.2.2",
                "ROOT=/home/dokku/app",
                "NONE="
            ]),
            Reply::says("allow 1.1.1.1;\nallow 2.2.2.2;\nfile /home/dokku/app/x;")
        );
        assert_eq!(
            ask(&[
                "-i={{ .A | default \"b\" | upper }}-{{ .C | default \"d\" | trim }}",
                "C= c "
            ]),
            Reply::says("B-c")
        );
        assert_eq!(
            ask(&[
                "-i",
                "{{ $A \\}}\n{{ $A | replace \"x\" \"y\" | capitalize }}",
                "A=x=x"
            ]),
            Reply::says("x=xY=Y")
        );
    }

    #[test]
    fn a_file_is_read_or_missed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template");
        let path = path.to_str().unwrap();
        assert_eq!(
            ask(&["-f", path]),
            Reply::fails(1, format!("open {path}: no such file or directory\n"))
        );
        fs::write(path, "a {{ .B }}\n").unwrap();
        assert_eq!(ask(&["-f", path, "B=c"]), Reply::says("a c\n"));
    }

    #[test]
    fn what_is_not_understood_is_said_to_be_unknown() {
        let lacks = |text: &str| match ask(&["-i", text, "A=b"]) {
            Reply::Unmodelled(what) => what,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(lacks("{{ sh \"true\" }}"), "`sigil` with the function `sh`");
        assert_eq!(
            lacks("{{ split .A }}"),
            "`sigil` with such arguments of `split`"
        );
        assert_eq!(lacks("{{ $UNKNOWN }}"), "a template that `sigil` refuses");
        assert_eq!(ask(&["-p", "-i", "$A", "A=b"]), Reply::Unknown);
        assert_eq!(ask(&["-v"]), Reply::Unknown);
    }
}
