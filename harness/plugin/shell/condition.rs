//! What must hold for a command of a script to be reached.

use tree_sitter::Node;

use super::read::is_arithmetic;
use super::word::{Word, text_of};

/// A condition, as far as the text tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// `[[ -z WORD ]]` and its kin.
    Unary {
        /// The operator: `-z`, `-d`, ...
        operator: String,
        /// Its operand.
        operand: Word,
    },
    /// `[[ LEFT == RIGHT ]]` and its kin.
    Binary {
        /// The left side.
        left: Word,
        /// The operator: `==`, `=`, `!=`, `=~`, ...
        operator: String,
        /// The right side; a pattern after `==`, `=` and `!=`.
        right: Word,
    },
    /// The word is matched by one of `patterns`, and by none of `earlier`: an arm of `case`.
    Arm {
        /// What the `case` looks at.
        value: Word,
        /// The patterns of the arms before this one.
        earlier: Vec<Word>,
        /// The patterns of this arm.
        patterns: Vec<Word>,
    },
    /// The opposite.
    Not(Box<Condition>),
    /// Every one of them.
    All(Vec<Condition>),
    /// At least one of them.
    Any(Vec<Condition>),
    /// The command of this text succeeds.
    Succeeds(String),
    /// Something that the text does not tell.
    Unknown,
}

impl Condition {
    /// The opposite of this condition.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Unknown => Self::Unknown,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// How many questions it asks.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Not(inner) => inner.size(),
            Self::All(all) | Self::Any(all) => all.iter().map(Self::size).sum(),
            Self::Arm {
                earlier, patterns, ..
            } => earlier.len() + patterns.len(),
            Self::Unary { .. } | Self::Binary { .. } | Self::Succeeds(_) | Self::Unknown => 1,
        }
    }

    /// Reads what it takes for this command, or list of commands, to succeed.
    pub(super) fn read(node: Node<'_>, source: &str, depth: u8) -> Self {
        if depth > 60 {
            return Self::Unknown;
        }
        let inner = |node| Self::read(node, source, depth + 1);
        match node.kind() {
            "test_command" | "parenthesized_expression" => {
                only_child(node).map_or(Self::Unknown, inner)
            }
            "redirected_statement" => node
                .child_by_field_name("body")
                .map_or(Self::Unknown, inner),
            "negated_command" => only_child(node).map_or(Self::Unknown, inner).negated(),
            "list" | "binary_expression" => binary(node, source, depth),
            "unary_expression" => unary(node, source, depth),
            // `[[ $X ]]` asks whether the word is not empty.
            "string" | "simple_expansion" | "expansion" | "concatenation" => Self::Unary {
                operator: "-n".to_owned(),
                operand: Word::read(node, source),
            },
            "compound_statement" if is_arithmetic(node) => {
                only_child(node).map_or(Self::Unknown, inner)
            }
            "command" if is_test(node, source) => tested(&operands(node), source),
            "command" | "declaration_command" | "pipeline" => {
                Self::Succeeds(text_of(node, source).to_owned())
            }
            _ => Self::Unknown,
        }
    }
}

fn only_child(node: Node<'_>) -> Option<Node<'_>> {
    let child = node.named_child(0)?;
    (node.named_child_count() == 1).then_some(child)
}

fn unary(node: Node<'_>, source: &str, depth: u8) -> Condition {
    let Some(operator) = node.child_by_field_name("operator") else {
        return Condition::Unknown;
    };
    let Some(operand) = node
        .named_child(u32::try_from(node.named_child_count().saturating_sub(1)).unwrap_or_default())
    else {
        return Condition::Unknown;
    };
    match text_of(operator, source) {
        "!" => Condition::read(operand, source, depth + 1).negated(),
        operator => Condition::Unary {
            operator: operator.to_owned(),
            operand: Word::read(operand, source),
        },
    }
}

/// `A && B` and `A || B` of commands, and every two-sided test.
fn binary(node: Node<'_>, source: &str, depth: u8) -> Condition {
    let mut cursor = node.walk();
    let mut operator = None;
    let mut sides: [Vec<Node<'_>>; 2] = [Vec::new(), Vec::new()];
    for child in node.children(&mut cursor) {
        // `-eq` and its kin have a name in the grammar, `==` has none.
        if operator.is_none() && (!child.is_named() || child.kind() == "test_operator") {
            operator = Some(text_of(child, source));
        } else if operator.is_none() {
            sides[0].push(child);
        } else {
            sides[1].push(child);
        }
    }
    let [left, right] = sides;
    let (Some(operator), Some(first)) = (operator, left.first()) else {
        return Condition::Unknown;
    };
    let both = |right: &[Node<'_>]| -> Vec<Condition> {
        std::iter::once(first)
            .chain(right.first())
            .map(|side| Condition::read(*side, source, depth + 1))
            .collect()
    };
    match operator {
        "&&" | "-a" => Condition::All(both(&right)),
        "||" | "-o" => Condition::Any(both(&right)),
        _ => {
            // The grammar splits a pattern such as `*" $1 "*` into several right sides.
            let mut pattern: Option<Word> = None;
            for side in right {
                let word = Word::read(side, source);
                match &mut pattern {
                    Some(whole) => {
                        whole.parts.extend(word.parts);
                        whole.source.push_str(&word.source);
                    }
                    None => pattern = Some(word),
                }
            }
            pattern.map_or(Condition::Unknown, |right| Condition::Binary {
                left: Word::read(*first, source),
                operator: operator.to_owned(),
                right,
            })
        }
    }
}

/// True for the command `test`.
fn is_test(node: Node<'_>, source: &str) -> bool {
    node.child_by_field_name("name")
        .is_some_and(|name| text_of(name, source) == "test")
}

/// What follows the name of a command.
fn operands(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .skip_while(|child| child.kind() != "command_name")
        .skip(1)
        .filter(|child| !child.kind().ends_with("_redirect"))
        .collect()
}

/// What the words after `test` ask.
fn tested(words: &[Node<'_>], source: &str) -> Condition {
    let text = |at: usize| words.get(at).map_or("", |word| text_of(*word, source));
    for (operator, joined) in [("-o", Condition::Any as fn(_) -> _), ("-a", Condition::All)] {
        // The first word and the last are operands.
        let split = (1..words.len().saturating_sub(1)).find(|at| text(*at) == operator);
        if let Some((left, right)) = split.map(|at| words.split_at(at)) {
            let right = right.get(1..).unwrap_or_default();
            return joined(vec![tested(left, source), tested(right, source)]);
        }
    }
    match words {
        [_, rest @ ..] if text(0) == "!" && !rest.is_empty() => tested(rest, source).negated(),
        [word] => Condition::Unary {
            operator: "-n".to_owned(),
            operand: Word::read(*word, source),
        },
        [_, operand] => Condition::Unary {
            operator: text(0).to_owned(),
            operand: Word::read(*operand, source),
        },
        [left, _, right] => Condition::Binary {
            left: Word::read(*left, source),
            operator: text(1).to_owned(),
            right: Word::read(*right, source),
        },
        _ => Condition::Unknown,
    }
}
