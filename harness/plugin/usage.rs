//! Lines of help: `name:cmd <app> [<flag>], what it does`.

/// What a line of help says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The command, as a user would type it.
    pub command: String,
    /// Its arguments, in order.
    pub arguments: Vec<Argument>,
    /// What it does.
    pub description: Option<String>,
}

/// An argument of a command, as its help shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name, in lower case, without brackets: `app`.
    pub name: String,
    /// True if it may be left out.
    pub optional: bool,
    /// True if something else may stand in its place: `<app>|--global`.
    pub alternative: bool,
}

impl Argument {
    /// An argument as the comment convention `#A name, what it is` gives it.
    pub(super) fn of_comment(text: &str) -> Option<Self> {
        let (name, about) = text.split_once(',').unwrap_or((text, ""));
        let name = bare(name);
        (!name.is_empty() && !name.starts_with('-')).then(|| Self {
            name,
            optional: about.to_ascii_lowercase().contains("optional"),
            alternative: false,
        })
    }

    /// True if its name is one that authors use for an app.
    #[must_use]
    pub fn is_app(&self) -> bool {
        matches!(
            self.name.as_str(),
            "app" | "app-name" | "app_name" | "appname" | "app name" | "application"
        )
    }
}

/// Reads a line of help; none if it is not one. `is_command` tells which first words are commands.
pub(super) fn parse(line: &str, is_command: &dyn Fn(&str) -> bool) -> Option<Usage> {
    let line = line.trim();
    let end = line
        .find(|c: char| c.is_whitespace() || c == ',')
        .unwrap_or(line.len());
    let (command, mut rest) = line.split_at(end);
    if !is_command(command) {
        return None;
    }
    let mut arguments = Vec::new();
    loop {
        let next = rest.trim_start();
        let (token, after) = token(next)?;
        // Between a command and what it does stand a comma, or blanks enough to make a column.
        let described = rest.starts_with(',') || rest.starts_with('\t') || rest.starts_with("  ");
        match argument(token) {
            Token::Argument(argument) => arguments.push(argument),
            Token::Flag => {}
            Token::Text if next.is_empty() => {
                return (!arguments.is_empty() || rest.starts_with(',')).then(|| Usage {
                    command: command.to_owned(),
                    arguments,
                    description: None,
                });
            }
            Token::Text => {
                let text = next.trim_start_matches(',').trim();
                return (described || !arguments.is_empty()).then(|| Usage {
                    command: command.to_owned(),
                    arguments,
                    description: (!text.is_empty()).then(|| text.to_owned()),
                });
            }
        }
        rest = after;
    }
}

enum Token {
    Argument(Argument),
    Flag,
    Text,
}

/// The first word of a text, where brackets hold a word together; and the text after it.
fn token(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_u32;
    for (at, character) in text.char_indices() {
        match character {
            '<' | '[' | '(' => depth += 1,
            '>' | ']' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return Some(text.split_at(at)),
            _ if character.is_whitespace() && depth == 0 => return Some(text.split_at(at)),
            _ => {}
        }
    }
    Some((text, ""))
}

fn argument(token: &str) -> Token {
    let shouted = token.len() > 1
        && token
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "_-.".contains(c))
        && token.starts_with(|c: char| c.is_ascii_uppercase());
    let optional = token.starts_with(['[', '(']);
    let inner = token.trim_matches(['[', ']', '(', ')']);
    if inner.starts_with('-') {
        return Token::Flag;
    }
    if !(optional || shouted || token.starts_with('<') && token.contains('>')) {
        return Token::Text;
    }
    let (first, alternative) = match inner.split_once('|').or_else(|| inner.split_once(" or ")) {
        Some((first, _)) => (first, true),
        None => (inner, false),
    };
    Token::Argument(Argument {
        name: bare(first),
        optional,
        alternative,
    })
}

fn bare(name: &str) -> String {
    name.trim()
        .trim_matches(['<', '>', '[', ']', '(', ')', '.'])
        .trim()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Usage> {
        parse(line, &|word| word == "x" || word.starts_with("x:"))
    }

    fn names(line: &str) -> Vec<String> {
        read(line)
            .unwrap()
            .arguments
            .into_iter()
            .map(|a| a.name)
            .collect()
    }

    #[test]
    fn columns_are_made_by_a_comma_or_by_blanks() {
        assert_eq!(
            read("    x:link <service> <app>, link it, now")
                .unwrap()
                .description,
            Some("link it, now".to_owned())
        );
        assert_eq!(
            names("    x:link <service> <app>, link it"),
            ["service", "app"]
        );
        assert_eq!(
            names("x:add      <app> <path>    Mount a folder"),
            ["app", "path"]
        );
        assert_eq!(
            names("x:new <app> NAME [ALIAS]   create"),
            ["app", "name", "alias"]
        );
        assert_eq!(names("x <git url> <branch>, clone"), ["git url", "branch"]);
        assert_eq!(names("x:dump <app> > file.tar.gz     Dump"), ["app"]);
    }

    #[test]
    fn what_may_be_left_out_or_replaced_is_marked() {
        let usage = read("x:report [<app>|--global] [<flag>] [--format json], Show").unwrap();
        assert!(usage.arguments[0].is_app());
        assert!(usage.arguments[0].optional && usage.arguments[0].alternative);
        assert_eq!(usage.arguments.len(), 2);
    }

    #[test]
    fn other_lines_are_not_help() {
        for line in [
            "",
            "dokku x:y <app>",
            "x:y failed",
            "x",
            "    y:z <app>, Not ours",
        ] {
            assert_eq!(read(line), None, "{line:?}");
        }
        assert!(read("x, A plugin").is_some());
    }
}
