//! `<plugin>:report`: what a core plugin knows of an app, of all, or of the host, as text, as json, or one value of it.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::app_name;
use super::common_helper::visible;
use super::failure::Failure;
use super::host::Host;

/// What a report is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    /// The app, or `--global`; none for every app.
    scope: Option<String>,
    /// The one value that is wanted.
    flag: Option<String>,
    format: Option<String>,
}

impl Request {
    /// Every word with two dashes is the flag of a value, also `--format=json`.
    fn parse(plugin: &str, arguments: &[String]) -> Result<Self, Failure> {
        let mut request = Self::default();
        let mut is_global = false;
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--format" => {
                    let missing = || {
                        Failure::unmodelled(format!("`{plugin}:report --format` without a format"))
                    };
                    request.format = Some(arguments.next().cloned().ok_or_else(missing)?);
                }
                "--global" => is_global = true,
                flag if flag.starts_with("--") => {
                    if request.flag.replace(flag.to_owned()).is_some() {
                        return Err(Failure::new(format!(
                            "{plugin}:report command allows only a single flag"
                        )));
                    }
                }
                flag if flag.len() > 1 && flag.starts_with('-') => {
                    return Err(Failure::unmodelled(format!(
                        "flag `{flag}` of {plugin}:report"
                    )));
                }
                app => {
                    request.scope.get_or_insert_with(|| app.to_owned());
                }
            }
        }
        if is_global {
            request.scope = Some("--global".to_owned());
        }
        request.scope = request.scope.filter(|scope| !scope.is_empty());
        Ok(request)
    }
}

/// How a plugin's report is headed and keyed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// The plugin, as its commands name it.
    pub(super) plugin: &'static str,
    /// What the flags begin with.
    pub(super) prefix: &'static str,
    /// Whether json has each key with the prefix too.
    pub(super) legacy_keys: bool,
}

/// The values of one app, or of `--global`, by flag.
pub(super) type Values = BTreeMap<String, String>;

/// Answers `<plugin>:report` with the arguments after it. The values are asked for app by app.
pub(super) fn run(
    host: &Host,
    kind: Kind,
    arguments: &[String],
    values: impl Fn(&str) -> Values,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let request = Request::parse(kind.plugin, arguments)?;
    let scopes = match &request.scope {
        Some(scope) => vec![scope.clone()],
        None => visible(host, &host.apps())?,
    };
    if scopes.is_empty() {
        eprintln!(" !     You haven't deployed any applications yet");
    }
    for scope in scopes {
        if scope != "--global" {
            app_name::verify(host, &scope)?;
        }
        let text = rendered(kind, &scope, &request, &values(&scope), host.quiet)?;
        // Who closed the stream wants no more of it.
        let _ = out.write_all(text.as_bytes());
    }
    Ok(())
}

fn rendered(
    kind: Kind,
    scope: &str,
    request: &Request,
    values: &Values,
    quiet: bool,
) -> Result<String, Failure> {
    let format = request
        .format
        .as_deref()
        .filter(|format| !format.is_empty())
        .unwrap_or("stdout");
    match (format, &request.flag) {
        ("stdout", None) => Ok(table(kind, scope, values, quiet)),
        ("stdout", Some(flag)) => match values.get(flag) {
            Some(value) => Ok(format!("{value}\n")),
            None => {
                let known: Vec<&str> = values.keys().map(String::as_str).collect();
                let known = known.join(", ");
                Err(Failure::new(format!(
                    "Invalid flag passed, valid flags: {known}"
                )))
            }
        },
        ("json", None) => Ok(json(kind, values)),
        ("json", Some(_)) => Err(Failure::new(
            "--format flag cannot be specified when specifying an info flag",
        )),
        (other, _) => Err(Failure::new(format!(
            "Format must be \"stdout\" or \"json\": {other:?}"
        ))),
    }
}

/// The narrowest column of names.
const NARROWEST: usize = 31;

fn table(kind: Kind, scope: &str, values: &Values, quiet: bool) -> String {
    let width = values
        .keys()
        .map(String::len)
        .max()
        .unwrap_or(0)
        .max(NARROWEST);
    let mut text = String::new();
    if !quiet {
        text += &format!("=====> {scope} {} information\n", kind.prefix);
    }
    for (flag, value) in values {
        let words = flag.trim_start_matches("--").replace(['-', '.'], " ");
        let mut letters = words.chars();
        let first = letters
            .next()
            .map(|first| first.to_ascii_uppercase())
            .into_iter();
        let name: String = first.chain(letters).chain([':']).collect();
        text += &format!("       {name:width$}{value}\n");
    }
    text
}

fn json(kind: Kind, values: &Values) -> String {
    let prefix = format!("--{}-", kind.prefix);
    let mut data = BTreeMap::new();
    for (flag, value) in values {
        let long = flag.trim_start_matches("--");
        match flag.strip_prefix(&prefix) {
            Some(short) => {
                data.insert(short, value);
                if kind.legacy_keys {
                    data.insert(long, value);
                }
            }
            None => {
                data.insert(long, value);
            }
        }
    }
    go_json(&serde_json::json!(data)) + "\n"
}

/// JSON as Go writes it, which keeps what would end a script out of strings.
pub(super) fn go_json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    text.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind {
        plugin: "apps",
        prefix: "app",
        legacy_keys: true,
    };

    fn values() -> Values {
        Values::from(
            [("--app-dir", "/x"), ("--app-locked", "<no>")]
                .map(|(name, value)| (name.into(), value.into())),
        )
    }

    fn came(words: &str) -> Result<String, Failure> {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        rendered(
            KIND,
            "foo",
            &Request::parse("apps", &words)?,
            &values(),
            false,
        )
    }

    #[test]
    fn a_table_has_a_head_and_a_line_each() {
        let head = "=====> foo app information\n";
        let dir = format!("       {:31}/x\n", "App dir:");
        let locked = format!("       {:31}<no>\n", "App locked:");
        assert_eq!(came("foo").unwrap(), [head, &dir, &locked].concat());
    }

    #[test]
    fn one_value_comes_alone_and_a_wrong_flag_lists_the_right_ones() {
        assert_eq!(came("foo --app-dir").unwrap(), "/x\n");
        let wrong = "Invalid flag passed, valid flags: --app-dir, --app-locked";
        assert_eq!(came("foo --format=json"), Err(Failure::new(wrong)));
        let many = "apps:report command allows only a single flag";
        assert_eq!(came("foo --a --b"), Err(Failure::new(many)));
    }

    #[test]
    fn json_has_each_key_twice_for_a_while() {
        let expected = "{\"app-dir\":\"/x\",\"app-locked\":\"\\u003cno\\u003e\",\"dir\":\"/x\",\"locked\":\"\\u003cno\\u003e\"}\n";
        assert_eq!(came("foo --format json").unwrap(), expected);
        assert!(came("foo --format xml").is_err() && came("--app-dir --format json").is_err());
    }
}
