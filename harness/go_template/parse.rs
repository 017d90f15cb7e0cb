//! A template's structure.

use super::lex::{LexError, Token, Word, words};
use super::{Functions, Problem};

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Text(String),
    Action(Pipe),
    If(Branch),
    Range(Branch),
    With(Branch),
    Break,
    Continue,
}

/// A block with what stands instead of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Branch {
    pub(super) pipe: Pipe,
    pub(super) body: Vec<Node>,
    pub(super) otherwise: Vec<Node>,
}

/// Commands, each of which gets what the one before gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pipe {
    /// The variables that it sets.
    pub(super) variables: Vec<String>,
    /// Whether these are set that were there before.
    pub(super) assigns: bool,
    pub(super) commands: Vec<Command>,
}

/// A call, or a value alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) at: usize,
    pub(super) operands: Vec<Operand>,
}

/// A word of a command, with the place that an error about it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operand {
    pub(super) at: usize,
    pub(super) kind: OperandKind,
}

/// What an operand is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OperandKind {
    Dot,
    Nil,
    Bool(bool),
    Number(i64),
    /// A text, and how it was written.
    Text(String, String),
    Field(Vec<String>),
    Variable(String, Vec<String>),
    Function(String),
    Pipe(Pipe),
    /// Fields of what a pipeline in brackets gives.
    Chain(Pipe, Vec<String>),
}

impl Operand {
    /// How Go writes it.
    pub(super) fn source(&self) -> String {
        let fields =
            |names: &[String]| -> String { names.iter().map(|name| format!(".{name}")).collect() };
        match &self.kind {
            OperandKind::Dot => ".".into(),
            OperandKind::Nil => "nil".into(),
            OperandKind::Bool(value) => value.to_string(),
            OperandKind::Number(value) => value.to_string(),
            OperandKind::Text(_, source) | OperandKind::Function(source) => source.clone(),
            OperandKind::Field(names) => fields(names),
            OperandKind::Variable(name, names) => format!("{name}{}", fields(names)),
            OperandKind::Pipe(pipe) => format!("({})", pipe.source()),
            OperandKind::Chain(pipe, names) => format!("({}){}", pipe.source(), fields(names)),
        }
    }
}

impl Command {
    pub(super) fn source(&self) -> String {
        let operands: Vec<_> = self.operands.iter().map(Operand::source).collect();
        operands.join(" ")
    }
}

impl Pipe {
    fn source(&self) -> String {
        let commands: Vec<_> = self.commands.iter().map(Command::source).collect();
        let sets = match (self.variables.is_empty(), self.assigns) {
            (true, _) => String::new(),
            (false, true) => format!("{} = ", self.variables.join(", ")),
            (false, false) => format!("{} := ", self.variables.join(", ")),
        };
        format!("{sets}{}", commands.join(" | "))
    }
}

/// An action's words, or the text between two.
enum Piece {
    Text(String),
    Action(Vec<Word>, usize),
}

/// The nodes of a template.
pub(super) fn parse(template: &str, functions: Functions) -> Result<Vec<Node>, Problem> {
    let mut parser = Parser {
        template,
        functions,
        pieces: pieces(template)?.into_iter(),
        variables: vec!["$".to_owned()],
        loops: 0,
    };
    match parser.list()? {
        (nodes, Stop::File) => Ok(nodes),
        (_, Stop::Else(at, _)) => Err(parser.unexpected(at, "{{else}}")),
        (_, Stop::End(at)) => Err(parser.unexpected(at, "{{end}}")),
    }
}

/// An error that docker tells of a template's text.
fn said(template: &str, at: usize, what: impl std::fmt::Display) -> Problem {
    let line = 1 + template.get(..at).unwrap_or(template).matches('\n').count();
    Problem::Text(format!("template: :{line}: {what}"))
}

fn pieces(template: &str) -> Result<Vec<Piece>, Problem> {
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut trim_next = false;
    loop {
        let rest = template.get(at..).unwrap_or_default();
        let (before, action) = match rest.find("{{") {
            Some(start) => (rest.get(..start).unwrap_or_default(), Some(at + start)),
            None => (rest, None),
        };
        let mut text = before;
        if trim_next {
            text = text.trim_start_matches(BLANKS);
        }
        let Some(open) = action else {
            pieces.push(Piece::Text(text.to_owned()));
            return Ok(pieces);
        };
        let mut start = open + 2;
        let inner = template.get(start..).unwrap_or_default();
        if inner.starts_with('-')
            && inner
                .get(1..)
                .is_some_and(|after| after.starts_with(BLANKS))
        {
            text = text.trim_end_matches(BLANKS);
            start += 1;
        }
        pieces.push(Piece::Text(text.to_owned()));
        let inner = template.get(start..).unwrap_or_default();
        let length = action_length(inner).ok_or_else(|| said(template, open, "unclosed action"))?;
        let mut source = inner.get(..length).unwrap_or_default();
        at = start + length + 2;
        trim_next = source
            .strip_suffix('-')
            .is_some_and(|before| before.ends_with(BLANKS));
        if trim_next {
            source = source.get(..length.saturating_sub(1)).unwrap_or_default();
        }
        if source.trim_start_matches(BLANKS).starts_with("/*") {
            continue;
        }
        match words(source, start) {
            Ok(words) => pieces.push(Piece::Action(words, open)),
            Err(LexError::Said(what)) => return Err(said(template, open, what)),
            Err(LexError::Unmodelled(what)) => return Err(Problem::Unmodelled(what)),
        }
    }
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// How long an action is, up to its `}}`; texts in it may hold any letters.
fn action_length(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match quote {
            Some('"') if std::mem::take(&mut escaped) => {}
            Some('"') if letter == '\\' => escaped = true,
            Some(open) if open == letter => quote = None,
            Some(_) => {}
            None if letter == '"' || letter == '`' => quote = Some(letter),
            None if text.get(at..).is_some_and(|rest| rest.starts_with("}}")) => return Some(at),
            None => {}
        }
    }
    None
}

/// What ends a list of nodes.
enum Stop {
    File,
    End(usize),
    /// `else`, with the words behind it.
    Else(usize, Vec<Word>),
}

struct Parser<'t> {
    template: &'t str,
    functions: Functions,
    pieces: std::vec::IntoIter<Piece>,
    variables: Vec<String>,
    loops: usize,
}

/// Go's own functions.
const OF_GO: [&str; 19] = [
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or",
    "print", "printf", "println", "slice", "urlquery",
];

/// Those of Go's own that are not modelled.
const UNMODELLED: [&str; 4] = ["call", "html", "js", "urlquery"];

/// What docker adds.
const OF_DOCKER: [&str; 8] = [
    "join", "json", "lower", "pad", "split", "title", "truncate", "upper",
];

/// What `sigil` adds and is modelled. It adds more.
const OF_SIGIL: [&str; 8] = [
    "capitalize",
    "default",
    "join",
    "lower",
    "replace",
    "split",
    "trim",
    "upper",
];

impl Functions {
    /// True for the name of a function that is modelled.
    fn has(self, name: &str) -> bool {
        let own = match self {
            Self::Docker => OF_DOCKER,
            Self::Sigil => OF_SIGIL,
        };
        OF_GO.contains(&name) || own.contains(&name)
    }

    /// True for a name that is, or may be, that of a function that is not modelled.
    fn lacks(self, name: &str) -> bool {
        UNMODELLED.contains(&name) || (self == Self::Sigil && !self.has(name))
    }
}

impl Parser<'_> {
    fn unexpected(&self, at: usize, what: &str) -> Problem {
        said(self.template, at, format_args!("unexpected {what}"))
    }

    fn list(&mut self) -> Result<(Vec<Node>, Stop), Problem> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.next() {
            let (words, at) = match piece {
                Piece::Text(text) => {
                    if !text.is_empty() {
                        nodes.push(Node::Text(text));
                    }
                    continue;
                }
                Piece::Action(words, at) => (words, at),
            };
            let keyword = match words.first().map(|word| &word.kind) {
                Some(Token::Name(name)) => name.clone(),
                Some(_) => String::new(),
                None => return Err(said(self.template, at, "missing value for command")),
            };
            let rest = || words.iter().skip(1).cloned().collect::<Vec<_>>();
            match keyword.as_str() {
                "end" => return Ok((nodes, Stop::End(at))),
                "else" => return Ok((nodes, Stop::Else(at, rest()))),
                "if" => nodes.push(Node::If(self.branch("if", rest(), at)?)),
                "with" => nodes.push(Node::With(self.branch("with", rest(), at)?)),
                "range" => nodes.push(Node::Range(self.branch("range", rest(), at)?)),
                "break" | "continue" if self.loops == 0 => {
                    let what = format!("{{{{{keyword}}}}} outside {{{{range}}}}");
                    return Err(said(self.template, at, what));
                }
                "break" => nodes.push(Node::Break),
                "continue" => nodes.push(Node::Continue),
                "define" | "template" | "block" => {
                    return Err(Problem::Unmodelled(format!("`{{{{{keyword}}}}}`")));
                }
                _ => nodes.push(Node::Action(self.pipe(words, at, "command")?)),
            }
        }
        Ok((nodes, Stop::File))
    }

    fn branch(&mut self, keyword: &str, words: Vec<Word>, at: usize) -> Result<Branch, Problem> {
        let seen = self.variables.len();
        let pipe = self.pipe(words, at, keyword)?;
        self.loops += usize::from(keyword == "range");
        let (body, end) = self.list()?;
        self.loops -= usize::from(keyword == "range");
        let otherwise = match end {
            Stop::End(_) => Vec::new(),
            Stop::File => return Err(said(self.template, self.template.len(), "unexpected EOF")),
            Stop::Else(at, words) => self.otherwise(words, at)?,
        };
        self.variables.truncate(seen);
        Ok(Branch {
            pipe,
            body,
            otherwise,
        })
    }

    fn otherwise(&mut self, words: Vec<Word>, at: usize) -> Result<Vec<Node>, Problem> {
        let keyword = words.first().map(|word| &word.kind);
        let rest = || words.iter().skip(1).cloned().collect::<Vec<_>>();
        match keyword {
            None => match self.list()? {
                (nodes, Stop::End(_)) => Ok(nodes),
                (_, Stop::File) => Err(said(self.template, self.template.len(), "unexpected EOF")),
                (_, Stop::Else(at, _)) => Err(self.unexpected(at, "{{else}}")),
            },
            Some(Token::Name(name)) if name == "if" => {
                Ok(vec![Node::If(self.branch("if", rest(), at)?)])
            }
            Some(Token::Name(name)) if name == "with" => {
                Ok(vec![Node::With(self.branch("with", rest(), at)?)])
            }
            Some(_) => Err(said(self.template, at, "unexpected word in else")),
        }
    }

    fn pipe(&mut self, words: Vec<Word>, at: usize, context: &str) -> Result<Pipe, Problem> {
        let mut words = Words {
            words: words.into_iter().peekable(),
            end: at,
        };
        let pipe = self.pipe_of(&mut words, context)?;
        match words.words.next() {
            None => Ok(pipe),
            Some(word) => Err(said(self.template, word.at, "unexpected right paren")),
        }
    }

    fn pipe_of(&mut self, words: &mut Words, context: &str) -> Result<Pipe, Problem> {
        let (variables, assigns) = self.sets(words)?;
        let mut commands = vec![self.command(words, context)?];
        while words.next_is(&Token::Pipe) {
            words.words.next();
            commands.push(self.command(words, context)?);
        }
        let set = variables.iter().filter(|_| !assigns).cloned();
        self.variables.extend(set);
        Ok(Pipe {
            variables,
            assigns,
            commands,
        })
    }

    /// The variables before `:=` or `=`.
    fn sets(&self, words: &mut Words) -> Result<(Vec<String>, bool), Problem> {
        let mut ahead = words.words.clone();
        let mut names = Vec::new();
        while let Some(Token::Variable(name)) = ahead.next().map(|word| word.kind) {
            names.push(name);
            match ahead.next().map(|word| word.kind) {
                Some(Token::Comma) => {}
                Some(token @ (Token::Declare | Token::Assign)) => {
                    words.words = ahead;
                    let assigns = token == Token::Assign;
                    if let Some(name) = names.iter().find(|name| assigns && !self.knows(name)) {
                        return Err(self.undefined(words.end, name));
                    }
                    return Ok((names, assigns));
                }
                _ => break,
            }
        }
        Ok((Vec::new(), false))
    }

    fn knows(&self, name: &str) -> bool {
        self.variables.iter().any(|known| known == name)
    }

    fn undefined(&self, at: usize, name: &str) -> Problem {
        let what = format!("undefined variable {}", super::quote(name));
        said(self.template, at, what)
    }

    fn command(&mut self, words: &mut Words, context: &str) -> Result<Command, Problem> {
        let mut operands = Vec::new();
        let at = words.words.peek().map_or(words.end, |word| word.at);
        while let Some(word) = words.words.peek() {
            if matches!(word.kind, Token::Pipe | Token::Close) {
                break;
            }
            let operand = self.operand(words)?;
            operands.push(operand);
        }
        match operands.is_empty() {
            true => {
                let what = format!("missing value for {context}");
                Err(said(self.template, at, what))
            }
            false => Ok(Command { at, operands }),
        }
    }

    fn operand(&mut self, words: &mut Words) -> Result<Operand, Problem> {
        let Some(word) = words.words.next() else {
            return Err(said(self.template, words.end, "unexpected EOF"));
        };
        let mut at = word.at;
        let kind = match word.kind {
            Token::Dot => OperandKind::Dot,
            Token::Number(number) => OperandKind::Number(number),
            Token::Text(text, source) => OperandKind::Text(text, source),
            Token::Field(name) => OperandKind::Field(self.fields(words, vec![name], &mut at)),
            Token::Variable(name) if !self.knows(&name) => {
                return Err(self.undefined(at, &name));
            }
            Token::Variable(name) => {
                OperandKind::Variable(name, self.fields(words, Vec::new(), &mut at))
            }
            Token::Open => {
                let pipe = self.pipe_of(words, "parenthesized pipeline")?;
                if !words.next_is(&Token::Close) {
                    return Err(said(self.template, at, "unclosed left paren"));
                }
                words.words.next();
                match self.fields(words, Vec::new(), &mut at) {
                    fields if fields.is_empty() => OperandKind::Pipe(pipe),
                    fields => OperandKind::Chain(pipe, fields),
                }
            }
            Token::Name(name) => match name.as_str() {
                "true" => OperandKind::Bool(true),
                "false" => OperandKind::Bool(false),
                "nil" => OperandKind::Nil,
                known if self.functions.lacks(known) => {
                    return Err(Problem::Unmodelled(format!("the function `{known}`")));
                }
                known if self.functions.has(known) => OperandKind::Function(name),
                _ => {
                    let what = format!("function {} not defined", super::quote(&name));
                    return Err(said(self.template, at, what));
                }
            },
            Token::Pipe | Token::Close | Token::Comma | Token::Declare | Token::Assign => {
                return Err(said(self.template, at, "unexpected word in operand"));
            }
        };
        Ok(Operand { at, kind })
    }

    /// The fields that follow at once; the place becomes that of the first of them that is not the operand itself.
    #[expect(
        clippy::unused_self,
        reason = "it reads as the parser's other steps do"
    )]
    fn fields(&self, words: &mut Words, mut names: Vec<String>, at: &mut usize) -> Vec<String> {
        let mut first = true;
        while let Some(Word {
            at: here,
            kind: Token::Field(_),
            apart: false,
        }) = words.words.peek()
        {
            if std::mem::take(&mut first) {
                *at = *here;
            }
            if let Some(Token::Field(name)) = words.words.next().map(|word| word.kind) {
                names.push(name);
            }
        }
        names
    }
}

/// The words of an action that are left.
struct Words {
    words: std::iter::Peekable<std::vec::IntoIter<Word>>,
    /// Where the action begins.
    end: usize,
}

impl Words {
    fn next_is(&mut self, token: &Token) -> bool {
        self.words.peek().is_some_and(|word| word.kind == *token)
    }
}
