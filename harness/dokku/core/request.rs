//! The arguments of a core command: words, flags, and flags with a value.

use super::failure::Failure;

/// The flags that a command knows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known<'a> {
    /// Those that stand alone.
    pub(super) flags: &'a [&'a str],
    /// Those that take a value, `--flag VALUE` or `--flag=VALUE`.
    pub(super) valued: &'a [&'a str],
    /// Whether what comes after the first word is words alone.
    pub(super) ends_with_words: bool,
}

/// The words of a call, and the flags among them.
#[derive(Debug, Default)]
pub(super) struct Request<'a> {
    pub(super) words: Vec<&'a str>,
    flags: Vec<&'a str>,
    values: Vec<(&'a str, &'a str)>,
}

impl<'a> Request<'a> {
    /// The arguments that come after a command such as `apps:create`. A flag that the command does not know, or one
    /// that lacks its value, is not modelled: upstream answers with the usage of the command.
    pub(super) fn parse(
        command: &str,
        arguments: &'a [String],
        known: Known<'_>,
    ) -> Result<Self, Failure> {
        let mut request = Self::default();
        let mut arguments = arguments.iter().map(String::as_str);
        while let Some(argument) = arguments.next() {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (argument, None),
            };
            match argument {
                "--" => request.words.extend(arguments.by_ref()),
                flag if known.flags.contains(&flag) => request.flags.push(flag),
                _ if known.valued.contains(&name) => {
                    let value = value.or_else(|| arguments.next()).ok_or_else(|| {
                        Failure::unmodelled(format!("flag `{name}` of {command} without a value"))
                    })?;
                    request.values.push((name, value));
                }
                flag if flag.len() > 1 && flag.starts_with('-') => {
                    return Err(Failure::unmodelled(format!("flag `{flag}` of {command}")));
                }
                word => {
                    request.words.push(word);
                    if known.ends_with_words {
                        request.words.extend(arguments.by_ref());
                    }
                }
            }
        }
        Ok(request)
    }

    /// The word at an index, empty if there is none.
    pub(super) fn word(&self, index: usize) -> &'a str {
        self.words.get(index).copied().unwrap_or_default()
    }

    /// The words from an index on.
    pub(super) fn words_from(&self, index: usize) -> &[&'a str] {
        self.words.get(index..).unwrap_or_default()
    }

    /// True if a flag that stands alone was given.
    pub(super) fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// The value that a flag was given last.
    pub(super) fn value(&self, flag: &str) -> Option<&'a str> {
        self.values(flag).last()
    }

    /// Every value that a flag was given.
    pub(super) fn values<'b>(&'b self, flag: &'b str) -> impl Iterator<Item = &'a str> + 'b {
        let given = self.values.iter().filter(move |(name, _)| *name == flag);
        given.map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_stand_anywhere_or_before_the_words() {
        let arguments = ["a", "--force", "--format=json", "--x", "1", "b"].map(str::to_owned);
        let known = Known {
            flags: &["--force"],
            valued: &["--format", "--x"],
            ends_with_words: false,
        };
        let request = Request::parse("p:c", &arguments, known).unwrap();
        assert_eq!(request.words, ["a", "b"]);
        assert!(request.has("--force") && !request.has("--x"));
        assert_eq!(
            (request.value("--format"), request.value("--x")),
            (Some("json"), Some("1"))
        );
        let known = Known {
            ends_with_words: true,
            ..known
        };
        let request = Request::parse("p:c", &arguments, known).unwrap();
        assert_eq!(request.words.len(), 6);
        assert_eq!(
            Request::parse("p:c", &arguments, Known::default()).unwrap_err(),
            Failure::unmodelled("flag `--force` of p:c")
        );
    }
}
