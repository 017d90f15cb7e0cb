//! The execution of a template.

use super::functions;
use super::parse::{Branch, Command, Node, Operand, OperandKind, Pipe};
use super::value::{Kind, Value};
use super::{Functions, Manner, Problem, Template, quote};

/// How many pieces a template may walk through in all: more than any that a person writes.
const LONGEST: usize = 1 << 20;

/// Why the execution went no further.
pub(super) enum Stop {
    Problem(Problem),
    Break,
    Continue,
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// What a template prints of a value.
pub(super) fn run(template: &Template, data: &Value, manner: Manner) -> Result<String, Problem> {
    let mut run = Run {
        template: &template.text,
        functions: template.functions,
        manner,
        variables: vec![("$".to_owned(), data.clone())],
        printed: String::new(),
        left: LONGEST,
    };
    match run.list(&template.nodes, data) {
        Ok(()) | Err(Stop::Break | Stop::Continue) => Ok(run.printed),
        Err(Stop::Problem(problem)) => Err(problem),
    }
}

struct Run<'t> {
    template: &'t str,
    functions: Functions,
    manner: Manner,
    variables: Vec<(String, Value)>,
    printed: String,
    left: usize,
}

impl Run<'_> {
    /// An error about what is written here.
    fn error(&self, at: usize, source: &str, what: &str) -> Problem {
        let before = self.template.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rfind('\n').map_or(at, |newline| at - newline - 1);
        Problem::Execution(format!(
            "template: :{line}:{column}: executing \"\" at <{source}>: {what}"
        ))
    }

    fn list(&mut self, nodes: &[Node], dot: &Value) -> Result<(), Stop> {
        for node in nodes {
            self.left = self
                .left
                .checked_sub(1)
                .ok_or_else(|| Problem::Unmodelled("a template that prints so much".into()))?;
            match node {
                Node::Text(text) => self.printed.push_str(text),
                Node::Action(pipe) => {
                    let value = self.pipe(pipe, dot)?;
                    if pipe.variables.is_empty() {
                        self.print(&value)?;
                    }
                }
                Node::If(branch) => self.scoped(|run| run.choice(branch, dot, false))?,
                Node::With(branch) => self.scoped(|run| run.choice(branch, dot, true))?,
                Node::Range(branch) => self.scoped(|run| run.range(branch, dot))?,
                Node::Break => return Err(Stop::Break),
                Node::Continue => return Err(Stop::Continue),
            }
        }
        Ok(())
    }

    /// Does something whose variables end with it.
    fn scoped(&mut self, act: impl FnOnce(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        let known = self.variables.len();
        let result = act(self);
        self.variables.truncate(known);
        result
    }

    fn print(&mut self, value: &Value) -> Result<(), Problem> {
        known(value)?;
        let shown = value
            .shown()
            .ok_or_else(|| Problem::Unmodelled("a format that prints a whole structure".into()))?;
        self.printed.push_str(&shown);
        Ok(())
    }

    fn choice(&mut self, branch: &Branch, dot: &Value, is_with: bool) -> Result<(), Stop> {
        let value = self.pipe(&branch.pipe, dot)?;
        known(&value)?;
        match (value.is_empty(), is_with) {
            (true, _) => self.list(&branch.otherwise, dot),
            (false, true) => self.list(&branch.body, &value),
            (false, false) => self.list(&branch.body, dot),
        }
    }

    fn range(&mut self, branch: &Branch, dot: &Value) -> Result<(), Stop> {
        let known_before = self.variables.len();
        let value = self.pipe(&branch.pipe, dot)?;
        known(&value)?;
        let items: Vec<(Value, Value)> = match value {
            Value::List(items) => (0_i64..).map(Value::Int).zip(items).collect(),
            Value::Map(_, entries) => entries
                .into_iter()
                .map(|(key, value)| (Value::Text(key), value))
                .collect(),
            Value::Missing | Value::Nil(Kind::Any | Kind::List | Kind::Map) => Vec::new(),
            other => {
                let shown = other.shown().unwrap_or_default();
                let what = format!("range can't iterate over {shown}");
                let at = branch.pipe.commands.first().map_or(0, |first| first.at);
                let source = branch.pipe.commands.first().map(Command::source);
                return Err(self.error(at, &source.unwrap_or_default(), &what).into());
            }
        };
        if items.is_empty() {
            return self.list(&branch.otherwise, dot);
        }
        for (key, item) in items {
            match branch.pipe.variables.as_slice() {
                [name] => self.set(name, item.clone()),
                [first, second, ..] => {
                    self.set(first, key);
                    self.set(second, item.clone());
                }
                [] => {}
            }
            let mark = self.variables.len();
            let result = self.list(&branch.body, &item);
            self.variables.truncate(mark.max(known_before));
            match result {
                Ok(()) | Err(Stop::Continue) => {}
                Err(Stop::Break) => break,
                Err(problem) => return Err(problem),
            }
        }
        Ok(())
    }

    /// The variable of this name that was set last is now this.
    fn set(&mut self, name: &str, value: Value) {
        let known = self.variables.iter_mut().rev();
        if let Some((_, old)) = known.into_iter().find(|(known, _)| known == name) {
            *old = value;
        }
    }

    fn pipe(&mut self, pipe: &Pipe, dot: &Value) -> Result<Value, Problem> {
        let mut value = None;
        for command in &pipe.commands {
            value = Some(self.command(command, dot, value)?);
        }
        let value = value.unwrap_or(Value::Missing);
        for name in &pipe.variables {
            match pipe.assigns {
                true => self.set(name, value.clone()),
                false => self.variables.push((name.clone(), value.clone())),
            }
        }
        Ok(value)
    }

    /// What a command gives; `last` is what the one before it in the pipeline gave.
    fn command(
        &mut self,
        command: &Command,
        dot: &Value,
        last: Option<Value>,
    ) -> Result<Value, Problem> {
        let Some((first, rest)) = command.operands.split_first() else {
            return Ok(Value::Missing);
        };
        if let OperandKind::Function(name) = &first.kind {
            return self.call(command, name, rest, dot, last);
        }
        if first.kind == OperandKind::Nil {
            return Err(self.error(first.at, "nil", "nil is not a command"));
        }
        let value = self.operand(first, dot)?;
        let mut given = rest.len() + usize::from(last.is_some());
        if let (Value::Label(labels), 1) = (&value, given) {
            let name = match rest.first() {
                Some(operand) => self.operand(operand, dot)?,
                None => last.unwrap_or(Value::Missing),
            };
            let Value::Text(name) = name else {
                return Err(self.error(first.at, &first.source(), "expected string"));
            };
            return Ok(labels.get(&name).cloned().unwrap_or_default().into());
        }
        if let Value::Label(_) = value {
            let what = format!("wrong number of args for Label: want 1 got {given}");
            return Err(self.error(first.at, &first.source(), &what));
        }
        if given == 0 {
            return Ok(value);
        }
        given = 0;
        let source = first.source();
        let what = match &first.kind {
            OperandKind::Field(_) | OperandKind::Variable(..) | OperandKind::Chain(..) => {
                let name = source.rsplit('.').next().unwrap_or_default();
                format!("{name} has arguments but cannot be invoked as function")
            }
            _ => format!("can't give argument to non-function {source}"),
        };
        Err(self.error(first.at.saturating_add(given), &source, &what))
    }

    fn call(
        &mut self,
        command: &Command,
        name: &str,
        operands: &[Operand],
        dot: &Value,
        last: Option<Value>,
    ) -> Result<Value, Problem> {
        let is_decided = |value: &Value| match name {
            "and" => value.is_empty(),
            "or" => !value.is_empty(),
            _ => false,
        };
        let mut arguments = Vec::new();
        for operand in operands {
            let value = self.operand(operand, dot)?;
            known(&value)?;
            // The rest is not looked at, as in Go.
            if is_decided(&value) {
                return Ok(value);
            }
            arguments.push(value);
        }
        if let Some(last) = last {
            known(&last)?;
            arguments.push(last);
        }
        let told = match (self.functions, self.manner) {
            (Functions::Sigil, _) => functions::of_sigil(name, arguments),
            (Functions::Docker, Manner::Heading) => functions::of_heading(name, arguments),
            (Functions::Docker, Manner::Typed | Manner::Raw) => functions::call(name, arguments),
        };
        told.map_err(|refusal| match refusal {
            functions::Refusal::Unmodelled(what) => Problem::Unmodelled(what),
            functions::Refusal::Wrong(what) => {
                let what = format!("error calling {name}: {what}");
                self.error(command.at, &command.source(), &what)
            }
            functions::Refusal::Count(what) => self.error(
                command.at,
                name,
                &format!("wrong number of args for {name}: {what}"),
            ),
        })
    }

    fn operand(&mut self, operand: &Operand, dot: &Value) -> Result<Value, Problem> {
        let none = &[][..];
        let (start, names) = match &operand.kind {
            OperandKind::Dot => (dot.clone(), none),
            OperandKind::Nil => (Value::Missing, none),
            OperandKind::Bool(value) => (Value::Bool(*value), none),
            OperandKind::Number(value) => (Value::Int(*value), none),
            OperandKind::Text(text, _) => (Value::Text(text.clone()), none),
            OperandKind::Field(names) => (dot.clone(), names.as_slice()),
            OperandKind::Variable(name, names) => {
                let mut known = self.variables.iter().rev();
                let found = known.find(|(known, _)| known == name);
                let value = found.map_or(Value::Missing, |(_, value)| value.clone());
                (value, names.as_slice())
            }
            OperandKind::Function(name) => {
                let command = Command {
                    at: operand.at,
                    operands: vec![operand.clone()],
                };
                return self.call(&command, name, &[], dot, None);
            }
            OperandKind::Pipe(pipe) => (self.pipe(pipe, dot)?, none),
            OperandKind::Chain(pipe, names) => (self.pipe(pipe, dot)?, names.as_slice()),
        };
        let mut value = start;
        for name in names {
            value = self.field(&value, name, operand)?;
        }
        Ok(value)
    }

    fn field(&self, value: &Value, name: &str, operand: &Operand) -> Result<Value, Problem> {
        known(value)?;
        let wrong = |what: String| Err(self.error(operand.at, &operand.source(), &what));
        match value {
            Value::Struct(type_name, fields) => {
                match fields.iter().find(|field| field.name == name) {
                    Some(field) => Ok(field.value.clone()),
                    None => wrong(format!("can't evaluate field {name} in type {type_name}")),
                }
            }
            Value::Map(_, entries) => match entries.get(name) {
                Some(value) => Ok(value.clone()),
                None if self.manner == Manner::Raw => {
                    wrong(format!("map has no entry for key {}", quote(name)))
                }
                None => Ok(Value::Missing),
            },
            Value::Missing if self.manner == Manner::Raw => {
                wrong(format!("nil data; no entry for key {}", quote(name)))
            }
            Value::Missing | Value::Nil(Kind::Map) => Ok(Value::Missing),
            Value::Nil(_) => wrong(format!("nil pointer evaluating interface {{}}.{name}")),
            other => {
                let type_name = other.type_name();
                wrong(format!("can't evaluate field {name} in type {type_name}"))
            }
        }
    }
}

/// Nothing, unless the world does not know this value.
fn known(value: &Value) -> Result<(), Problem> {
    match value.unknown() {
        Some(what) => Err(Problem::Unmodelled(what.to_owned())),
        None => Ok(()),
    }
}
