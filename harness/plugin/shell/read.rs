//! From a script's text to its facts.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tree_sitter::{Node, ParseOptions, ParseState, Parser};

use super::condition::Condition;
use super::script::{
    Assigned, Assignment, Case, CaseArm, Comment, Function, Heredoc, Input, Invocation, Lines,
    Redirection, Rescue, Script, Site, Test, Unread,
};
use super::word::{Part, Word, line_of, text_of};

/// Nesting deeper than this is taken as broken: no person writes it.
const DEEPEST: usize = 150;

/// How many commands and assignments are read of one script.
const MOST_STEPS: usize = 20_000;

/// How many conditions around a command are kept, and how many patterns of the arms before one.
const MOST_CONDITIONS: usize = 200;

/// How many `|` a script may have: the grammar's time grows with their square, and is not interrupted.
const MOST_PIPES: usize = 5000;

/// How long the grammar may take: a person's script takes it milliseconds, what is made to be slow takes it minutes.
const LONGEST_PARSE: Duration = Duration::from_secs(2);

/// The longest line that is read.
const LONGEST_LINE: usize = 100 * 1024;

impl Script {
    /// Reads a script; never runs it.
    ///
    /// # Errors
    /// [`Unread`] for a line longer than 100 KiB, and if the grammar gives up, takes longer than two seconds, or
    /// would for its thousands of pipes.
    pub fn read(text: &str) -> Result<Self, Unread> {
        if text.lines().any(|line| line.len() > LONGEST_LINE) {
            return Err(Unread::LongLine);
        }
        if text.bytes().filter(|byte| *byte == b'|').count() > MOST_PIPES {
            return Err(Unread::Unparsed);
        }
        let mut parser = Parser::new();
        parser
            .set_language(&tree_sitter_bash::LANGUAGE.into())
            .map_err(|_| Unread::Unparsed)?;
        let start = Instant::now();
        let mut watch = |_: &ParseState| {
            if start.elapsed() < LONGEST_PARSE {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        };
        let tree = parser
            .parse_with_options(
                &mut |at, _| text.as_bytes().get(at..).unwrap_or_default(),
                None,
                Some(ParseOptions::new().progress_callback(&mut watch)),
            )
            .ok_or(Unread::Unparsed)?;
        let mut reader = Reader {
            text,
            lines: text.lines().collect(),
            script: Self::default(),
        };
        reader.visit(tree.root_node(), &Context::default(), 0);
        let mut script = reader.script;
        script.invocations.sort_by_key(|item| item.site.at);
        script.assignments.sort_by_key(|item| item.site.at);
        Ok(script)
    }
}

/// What holds around a node.
#[derive(Clone, Debug, Default)]
struct Context {
    function: Option<usize>,
    conditions: Vec<Arc<Condition>>,
    apart: bool,
    tested: bool,
    rescues: Vec<Rescue>,
    captured: bool,
    /// The text of what the standard input comes from.
    input: Option<Arc<str>>,
}

impl Context {
    fn given(&self, condition: Condition) -> Self {
        let mut context = self.clone();
        // Beyond what a person writes, what holds is not known.
        let condition = if context.conditions.len() < MOST_CONDITIONS {
            condition
        } else {
            context.conditions.truncate(MOST_CONDITIONS - 1);
            Condition::Unknown
        };
        context.conditions.push(Arc::new(condition));
        context
    }

    fn tested(&self) -> Self {
        Self {
            tested: true,
            ..self.clone()
        }
    }

    fn apart(&self) -> Self {
        Self {
            apart: true,
            tested: false,
            ..self.clone()
        }
    }

    fn captured(&self) -> Self {
        Self {
            captured: true,
            ..self.apart()
        }
    }

    /// Within something that may succeed where a command in it fails.
    fn indirect(&self) -> Self {
        let mut context = self.clone();
        for rescue in &mut context.rescues {
            rescue.direct = false;
        }
        context
    }

    fn reading(&self, text: &str) -> Self {
        Self {
            input: Some(Arc::from(text)),
            ..self.clone()
        }
    }

    fn site(&self, node: Node<'_>) -> Site {
        Site {
            at: node.start_byte(),
            line: line_of(node),
            function: self.function,
            conditions: self.conditions.clone(),
            apart: self.apart,
            tested: self.tested,
            rescues: self.rescues.clone(),
            captured: self.captured,
        }
    }
}

struct Reader<'s> {
    text: &'s str,
    lines: Vec<&'s str>,
    script: Script,
}

impl Reader<'_> {
    fn visit(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        if depth > DEEPEST || node.is_error() || node.is_missing() {
            return self.broken(line_of(node), last_line(node));
        }
        if self.script.invocations.len() + self.script.assignments.len() >= MOST_STEPS {
            return self.too_long(node);
        }
        let loosened;
        let context = if hides_failure(node.kind()) && !context.rescues.is_empty() {
            loosened = context.indirect();
            &loosened
        } else {
            context
        };
        match node.kind() {
            "comment" => self.script.comments.push(Comment {
                line: line_of(node),
                at: node.start_byte(),
                text: text_of(node, self.text).to_owned(),
            }),
            "command" => self.command(node, context, depth),
            "variable_assignment" => self.assignment(node, context, depth),
            "function_definition" => self.function(node, context, depth),
            "list" => self.list(node, context, depth),
            "if_statement" => self.branches(node, context, depth),
            "while_statement" => self.loop_while(node, context, depth),
            "for_statement" | "c_style_for_statement" => self.loop_over(node, context, depth),
            "case_statement" => self.case(node, context, depth),
            "negated_command" => self.inside(node, &context.tested(), depth),
            "pipeline" => self.pipeline(node, context, depth),
            "subshell" => self.inside(node, &context.apart(), depth),
            "redirected_statement" => self.redirected(node, context, depth),
            "test_command" => {
                self.test(node, context, Condition::read(node, self.text, 0));
                self.inside(node, context, depth);
            }
            "compound_statement" if is_arithmetic(node) => {
                self.test(node, context, Condition::read(node, self.text, 0));
                self.inside(node, context, depth);
            }
            "declaration_command" => {
                if asks_for_function(node, self.text) {
                    self.test(node, context, Condition::read(node, self.text, 0));
                }
                self.inside(node, context, depth);
            }
            "command_substitution" | "process_substitution" => {
                self.inside(node, &context.captured(), depth);
            }
            "file_redirect" => self.redirection(node, context, depth),
            "heredoc_redirect" => self.heredoc(node, context, depth),
            _ => self.inside(node, context, depth),
        }
    }

    /// Leaves the rest of an endless script unread.
    fn too_long(&mut self, node: Node<'_>) {
        let last = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        self.broken(line_of(node), last);
    }

    /// Notes a region that was not read, together with one that it touches.
    fn broken(&mut self, first: u32, last: u32) {
        match self.script.broken.last_mut() {
            Some(before) if first >= before.first && first <= before.last.saturating_add(1) => {
                before.last = before.last.max(last);
            }
            _ => self.script.broken.push(Lines { first, last }),
        }
    }

    fn inside(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let mut children = children(node).into_iter().peekable();
        while let Some(child) = children.next() {
            if children.peek().is_some_and(|next| next.kind() == "&") {
                self.visit(child, &context.apart(), depth + 1);
            } else {
                self.visit(child, context, depth + 1);
            }
        }
    }

    fn test(&mut self, node: Node<'_>, context: &Context, condition: Condition) {
        self.script.tests.push(Test {
            site: context.site(node),
            condition,
        });
    }

    /// Each command of a pipeline reads what the ones before it print.
    fn pipeline(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let mut inner = context.apart();
        for child in children(node) {
            self.visit(child, &inner, depth + 1);
            if child.is_named() {
                inner = inner.reading(text_of(child, self.text));
            }
        }
    }

    fn redirected(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let body = node.child_by_field_name("body");
        let input = children(node)
            .into_iter()
            .find(|child| is_input(*child))
            .map(|child| text_of(child, self.text));
        for child in children(node) {
            match input {
                Some(input) if body == Some(child) => {
                    self.visit(child, &context.reading(input), depth + 1);
                }
                _ => self.visit(child, context, depth + 1),
            }
        }
    }

    /// Notes the variables of a `read`, with what they come from.
    fn reads(&mut self, node: Node<'_>, context: &Context, words: &[Word]) {
        let own = children(node)
            .into_iter()
            .find(|child| is_input(*child))
            .map(|child| text_of(child, self.text));
        let Some(text) = own.or(context.input.as_deref()) else {
            return;
        };
        let names = words
            .iter()
            .filter_map(Word::literal)
            .filter(|word| !word.starts_with('-'))
            .collect();
        self.script.inputs.push(Input {
            site: context.site(node),
            names,
            text: text.to_owned(),
        });
    }

    fn command(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let name = node.child_by_field_name("name");
        let mut words = Vec::new();
        let mut environment = Vec::new();
        for (index, child) in children(node).into_iter().enumerate() {
            let field = node.field_name_for_child(u32::try_from(index).unwrap_or(u32::MAX));
            match (child.kind(), field) {
                // Before a command's name an assignment is for that command alone. The grammar also takes one on an
                // earlier line for such a one.
                ("variable_assignment", _) => {
                    if name.is_none_or(|name| {
                        child.end_position().row < name.start_position().row
                            && !self.joined(child.end_byte())
                    }) {
                        self.assignment(child, context, depth);
                    } else {
                        let name = child.child_by_field_name("name");
                        environment.extend(name.map(|name| text_of(name, self.text).to_owned()));
                        self.inside(child, context, depth);
                    }
                }
                (_, Some("argument")) => {
                    words.push(Word::read(child, self.text));
                    self.visit(child, &context.apart().indirect(), depth + 1);
                }
                _ => self.visit(child, context, depth + 1),
            }
        }
        if let Some(name) = name {
            if matches!(text_of(name, self.text), "read" | "mapfile" | "readarray") {
                self.reads(node, context, &words);
            }
            self.script.invocations.push(Invocation {
                site: context.site(name),
                name: Word::read(name, self.text),
                arguments: words,
                environment,
            });
        }
    }

    /// True if the line goes on after this byte, by a backslash.
    fn joined(&self, end: usize) -> bool {
        self.text
            .get(end..)
            .and_then(|rest| rest.lines().next())
            .is_some_and(|line| line.ends_with('\\'))
    }

    fn assignment(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let Some(target) = node.child_by_field_name("name") else {
            return;
        };
        let element = target.kind() == "subscript";
        let name = if element {
            target.child_by_field_name("name").unwrap_or(target)
        } else {
            target
        };
        let value = match node.child_by_field_name("value") {
            _ if element => Assigned::Unknown,
            None => Assigned::Word(Word {
                parts: Vec::new(),
                line: line_of(node),
                at: node.end_byte(),
                source: String::new(),
            }),
            Some(value) if value.kind() == "array" => Assigned::Array(
                children(value)
                    .into_iter()
                    .filter(|child| child.is_named() && child.kind() != "comment")
                    .map(|child| Word::read(child, self.text))
                    .collect(),
            ),
            Some(value) => Assigned::Word(Word::read(value, self.text)),
        };
        self.script.assignments.push(Assignment {
            site: context.site(node),
            name: text_of(name, self.text).to_owned(),
            value,
            appends: children(node).iter().any(|child| child.kind() == "+="),
        });
        self.inside(node, context, depth);
    }

    fn function(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let Some(name) = node.child_by_field_name("name") else {
            return;
        };
        self.script.functions.push(Function {
            name: text_of(name, self.text).to_owned(),
            line: line_of(node),
            at: node.start_byte(),
        });
        let inner = Context {
            function: Some(self.script.functions.len() - 1),
            apart: context.apart,
            ..Context::default()
        };
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, &inner, depth + 1);
        }
    }

    fn list(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let mut left: Option<Condition> = None;
        let mut operator = "";
        for child in children(node) {
            if !child.is_named() {
                operator = child.kind();
                continue;
            }
            match left.take() {
                None => {
                    let mut before = context.tested();
                    before
                        .rescues
                        .splice(0..0, rescue(child, context.conditions.len() + 1));
                    self.visit(child, &before, depth + 1);
                    left = Some(Condition::read(child, self.text, 0));
                }
                Some(condition) => {
                    let condition = match operator {
                        "&&" => condition,
                        "||" => condition.negated(),
                        _ => Condition::Unknown,
                    };
                    self.visit(child, &context.given(condition), depth + 1);
                }
            }
        }
    }

    fn branches(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let mut otherwise = context.clone();
        let mut condition = Condition::Unknown;
        let mut body: Option<Context> = None;
        for child in children(node) {
            match child.kind() {
                "then" => {
                    body = Some(context.given(condition.clone()));
                    otherwise = otherwise.given(condition.clone().negated());
                }
                "elif_clause" => {
                    otherwise = self.elif(child, &otherwise, depth + 1);
                }
                "else_clause" => self.inside(child, &otherwise, depth + 1),
                _ => match &body {
                    Some(body) => self.visit(child, body, depth + 1),
                    None => {
                        self.visit(child, &context.tested(), depth + 1);
                        if child.is_named() {
                            condition = Condition::read(child, self.text, 0);
                        }
                    }
                },
            }
        }
    }

    /// Visits an `elif`, and gives what holds for the branches after it.
    fn elif(&mut self, node: Node<'_>, context: &Context, depth: usize) -> Context {
        let mut condition = Condition::Unknown;
        let mut body: Option<Context> = None;
        for child in children(node) {
            match (child.kind(), &body) {
                ("then", _) => body = Some(context.given(condition.clone())),
                (_, Some(body)) => self.visit(child, body, depth + 1),
                (_, None) => {
                    self.visit(child, &context.tested(), depth + 1);
                    if child.is_named() {
                        condition = Condition::read(child, self.text, 0);
                    }
                }
            }
        }
        context.given(condition.negated())
    }

    fn loop_while(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let mut condition = Condition::Unknown;
        let mut until = false;
        for child in children(node) {
            if child.kind() == "do_group" {
                let holds = std::mem::replace(&mut condition, Condition::Unknown);
                let holds = if until { holds.negated() } else { holds };
                // It holds when the body is begun, not after what that changes.
                let inner = context.given(holds).given(Condition::Unknown);
                self.visit(child, &inner, depth + 1);
                continue;
            }
            until |= child.kind() == "until";
            if child.is_named() {
                condition = Condition::read(child, self.text, 0);
            }
            self.visit(child, &context.tested(), depth + 1);
        }
    }

    fn loop_over(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let inner = context.given(Condition::Unknown);
        if let Some(variable) = node.child_by_field_name("variable") {
            let mut cursor = node.walk();
            let values: Vec<Node<'_>> = node.children_by_field_name("value", &mut cursor).collect();
            let texts: Vec<&str> = values.iter().map(|one| text_of(*one, self.text)).collect();
            let words = values.iter().map(|one| Word::read(*one, self.text));
            let words: Vec<Word> = words.collect();
            let is_known = !words.is_empty() && words.iter().all(is_one);
            self.script.inputs.push(Input {
                site: inner.site(variable),
                names: vec![text_of(variable, self.text).to_owned()],
                text: texts.join(" "),
            });
            self.script.assignments.push(Assignment {
                site: inner.site(variable),
                name: text_of(variable, self.text).to_owned(),
                value: match is_known {
                    true => Assigned::Each(words),
                    false => Assigned::Unknown,
                },
                appends: false,
            });
        }
        for child in children(node) {
            let body = matches!(child.kind(), "do_group" | "compound_statement");
            self.visit(child, if body { &inner } else { context }, depth + 1);
        }
    }

    fn case(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let Some(value) = node.child_by_field_name("value") else {
            return;
        };
        let value_word = Word::read(value, self.text);
        self.visit(value, context, depth + 1);
        let mut earlier: Vec<Word> = Vec::new();
        let mut arms = Vec::new();
        for child in children(node) {
            match child.kind() {
                "case_item" => {
                    let (patterns, rest): (Vec<_>, Vec<_>) = children(child)
                        .into_iter()
                        .enumerate()
                        .partition(|(at, _)| {
                            child.field_name_for_child(u32::try_from(*at).unwrap_or(u32::MAX))
                                == Some("value")
                        });
                    let patterns: Vec<Word> = patterns
                        .into_iter()
                        .map(|(_, pattern)| Word::read(pattern, self.text))
                        .collect();
                    let inner = context.given(if earlier.len() < MOST_CONDITIONS {
                        Condition::Arm {
                            value: value_word.clone(),
                            earlier: earlier.clone(),
                            patterns: patterns.clone(),
                        }
                    } else {
                        Condition::Unknown
                    });
                    for (_, statement) in rest {
                        self.visit(statement, &inner, depth + 1);
                    }
                    earlier.extend(patterns.iter().cloned());
                    arms.push(CaseArm {
                        patterns,
                        line: line_of(child),
                        bytes: (child.start_byte(), child.end_byte()),
                    });
                }
                _ if child.is_error() || child.is_missing() => {
                    self.visit(child, context, depth + 1);
                }
                _ => {}
            }
        }
        self.script.cases.push(Case {
            site: context.site(node),
            end_line: last_line(node),
            value: value_word,
            arms,
        });
    }

    fn redirection(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        if let Some(file) = node.child_by_field_name("destination") {
            self.script.redirections.push(Redirection {
                site: context.site(node),
                reads: children(node).iter().any(|child| child.kind() == "<"),
                file: Word::read(file, self.text),
            });
        }
        self.inside(node, context, depth);
    }

    fn heredoc(&mut self, node: Node<'_>, context: &Context, depth: usize) {
        let parts = children(node);
        let find = |kind| parts.iter().find(|part| part.kind() == kind);
        if let (Some(start), Some(end)) = (find("heredoc_start"), find("heredoc_end")) {
            // The grammar leaves the first line's blanks out of the body: take the lines between the two delimiters.
            let first = find("heredoc_body")
                .map_or(end.start_position().row, |body| body.start_position().row);
            let last = end.start_position().row;
            self.script.heredocs.push(Heredoc {
                line: u32::try_from(first + 1).unwrap_or(u32::MAX),
                lines: self
                    .lines
                    .get(first..last)
                    .unwrap_or_default()
                    .iter()
                    .map(|line| (*line).to_owned())
                    .collect(),
                literal: text_of(*start, self.text).contains(['\'', '"', '\\']),
                site: context.site(node),
            });
        }
        for (index, part) in parts.iter().enumerate() {
            match part.kind() {
                "heredoc_body" => self.inside(*part, &context.apart(), depth + 1),
                // `cat <<EOF || ...`: what the grammar takes as part of the redirection.
                _ if node.field_name_for_child(u32::try_from(index).unwrap_or(u32::MAX))
                    == Some("right") =>
                {
                    self.visit(*part, &context.given(Condition::Unknown), depth + 1);
                }
                _ => self.visit(*part, context, depth + 1),
            }
        }
    }
}

/// True if it becomes one word, or the names of files: no braces are expanded, and nothing is split. A variable at the
/// beginning of a path is taken for one folder, quoted or not.
fn is_one(word: &Word) -> bool {
    word.parts.iter().all(|part| match part {
        Part::Text { text, quoted } => *quoted || !text.contains('{'),
        Part::Variable(one) => !one.spreads() || one.is_plain() && word.parts.len() > 1,
        Part::Output { quoted, .. } => *quoted,
        Part::Computed => false,
    })
}

/// True for a redirection that a command reads.
fn is_input(node: Node<'_>) -> bool {
    match node.kind() {
        "herestring_redirect" => true,
        "file_redirect" => children(node).iter().any(|child| child.kind() == "<"),
        _ => false,
    }
}

/// True for `(( ... ))`.
pub(super) fn is_arithmetic(node: Node<'_>) -> bool {
    node.child(0).is_some_and(|first| first.kind() == "((")
}

/// True for what may succeed where a command in it fails.
fn hides_failure(kind: &str) -> bool {
    [
        "compound_statement",
        "subshell",
        "pipeline",
        "if_statement",
        "while_statement",
        "for_statement",
        "c_style_for_statement",
        "case_statement",
        "negated_command",
        "declaration_command",
        "process_substitution",
        "herestring_redirect",
        "heredoc_redirect",
    ]
    .contains(&kind)
}

/// True for `declare -f NAME` and its kin.
fn asks_for_function(node: Node<'_>, source: &str) -> bool {
    let mut words = text_of(node, source).split_whitespace();
    matches!(words.next(), Some("declare" | "typeset"))
        && words.any(|word| word.starts_with('-') && word.contains(['f', 'F']))
}

/// What is done where the node fails: what comes after it and a `||`.
fn rescue(node: Node<'_>, depth: usize) -> Option<Rescue> {
    let right = node
        .next_sibling()
        .filter(|next| next.kind() == "||")?
        .next_named_sibling()?;
    Some(Rescue {
        bytes: (right.start_byte(), right.end_byte()),
        depth,
        direct: true,
    })
}

fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).collect()
}

fn last_line(node: Node<'_>) -> u32 {
    u32::try_from(node.end_position().row).map_or(u32::MAX, |row| row.saturating_add(1))
}
