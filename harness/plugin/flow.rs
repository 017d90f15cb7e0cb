//! Where the first argument of a command goes: a cautious reading of the scripts that answer it.
//!
//! Nothing is run. A value is known, one of the command's arguments, or unknown; what depends on a condition that the
//! text does not tell is taken as possible, and what follows a shift that may or may not happen as unknown.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::file::PluginFile;
use super::open::Plugin;
use super::place::Place;
use super::shell::{
    Assigned, Assignment, Condition, Constants, Invocation, Part, Script, Site, Variable, Word,
    matches,
};

/// How many functions deep the reading goes.
const DEEPEST: usize = 8;

/// How many steps the reading of one command may take, and that of all commands of a plugin.
const MOST: usize = 100_000;
const MOST_OF_ALL: usize = 5_000_000;

/// How many words a command may have, and how long a text made of several may become, in bytes: each of a few lines may
/// double the one before.
const MOST_WORDS: usize = 1000;
const LONGEST: usize = 32 << 10;

/// What the reading saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flow {
    /// The argument, from 1, that is handed to verify_app_name, or whose directory in DOKKU_ROOT is looked for.
    pub(super) verified: Option<(usize, Place)>,
    /// True if that happens whatever the arguments are.
    pub(super) always_verified: bool,
    /// The first argument is put into a variable of this name.
    pub(super) named: Option<(String, Place)>,
    /// Which argument is put into a variable named like an app.
    pub(super) app_at: Option<(usize, Place)>,
    /// The command itself is put into a variable named like an app: here.
    pub(super) mistaken: Option<Place>,
    /// The script refuses an empty first argument.
    pub(super) refuses_empty: bool,
    /// The script has a way to go without the first argument.
    pub(super) allows_empty: bool,
    /// It may create an app: here.
    pub(super) creates: Option<Place>,
    /// The reading lost track of the arguments: why.
    pub(super) lost: Option<String>,
    /// Every argument, or the first, is handed to something that was not read.
    pub(super) passed_on: bool,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Known(String),
    /// The n-th argument after the command itself.
    Argument(usize),
    Unknown,
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Yes,
    No,
    Maybe,
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Maybe,
        }
    }
}

/// The positional parameters; none once it is not known how many were shifted away.
type Parameters = Option<Vec<Value>>;

struct Frame<'p> {
    file: &'p PluginFile,
    script: &'p Script,
    /// Every script whose functions can be called.
    library: Rc<[(&'p PluginFile, &'p Script)]>,
    constants: &'p Constants,
}

struct Reader<'p> {
    plugin: &'p Plugin,
    command: String,
    flow: Flow,
    variables: BTreeMap<String, Value>,
    arrays: BTreeMap<String, Vec<Value>>,
    steps: usize,
    most: usize,
}

impl Plugin {
    /// Reads what the file does with the arguments of this command, one of so many.
    pub(super) fn flow(&self, file: &PluginFile, command: &str, of: usize) -> Option<Flow> {
        let script = file.script().ok()?;
        let mut reader = Reader {
            plugin: self,
            command: command.to_owned(),
            flow: Flow::default(),
            variables: BTreeMap::new(),
            arrays: BTreeMap::new(),
            steps: 0,
            most: MOST.min(MOST_OF_ALL / of.max(1)),
        };
        let mut parameters: Parameters = Some(
            std::iter::once(Value::Known(command.to_owned()))
                .chain((1..10).map(Value::Argument))
                .collect(),
        );
        let frame = self.frame(file, script);
        reader.body(&frame, None, &mut parameters, Truth::Yes, 0);
        if !script.broken.is_empty() {
            reader.flow.lost = Some(format!("a part of `{}` could not be parsed", file.name));
        }
        Some(reader.flow)
    }

    fn frame<'p>(&'p self, file: &'p PluginFile, script: &'p Script) -> Frame<'p> {
        Frame {
            file,
            script,
            library: self.with_sourced(file).into(),
            constants: self.constants(file),
        }
    }
}

/// What a body does next.
enum Step<'s> {
    Invoke(&'s Invocation),
    Assign(&'s Assignment),
}

impl Step<'_> {
    fn site(&self) -> &Site {
        match self {
            Self::Invoke(invocation) => &invocation.site,
            Self::Assign(assignment) => &assignment.site,
        }
    }
}

fn steps(script: &Script, function: Option<usize>) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = script
        .invocations
        .iter()
        .map(Step::Invoke)
        .chain(script.assignments.iter().map(Step::Assign))
        .filter(|step| step.site().function == function)
        .collect();
    steps.sort_by_key(|step| step.site().at);
    steps
}

impl<'p> Reader<'p> {
    /// Reads the body of a function, or of the script outside all of them.
    fn body(
        &mut self,
        frame: &Frame<'p>,
        function: Option<usize>,
        parameters: &mut Parameters,
        reached: Truth,
        depth: usize,
    ) {
        // To look through a long script costs too, however short the function.
        self.steps += (frame.script.invocations.len() + frame.script.assignments.len()) / 50;
        // A condition is asked once, before what it guards changes what it asks about: by its address.
        let mut asked: BTreeMap<usize, Truth> = BTreeMap::new();
        for step in steps(frame.script, function) {
            if self.steps > self.most {
                self.flow.lost = Some("it is too long to follow".to_owned());
                return;
            }
            let site = step.site();
            self.steps += 1 + site.conditions.len() / 10;
            let mut truth = reached;
            for condition in &site.conditions {
                let key = Arc::as_ptr(condition) as usize;
                let answer = asked.get(&key).copied().unwrap_or_else(|| {
                    self.steps += condition.size();
                    self.note_empty(frame, condition, parameters);
                    self.truth(frame, condition, parameters)
                });
                asked.insert(key, answer);
                truth = truth.and(answer);
            }
            if let Step::Invoke(invocation) = &step
                && ends(invocation)
            {
                self.steps += site.conditions.iter().map(|one| one.size()).sum::<usize>();
                self.note_refusal(frame, site, parameters);
            }
            if truth == Truth::No {
                continue;
            }
            match step {
                Step::Assign(assignment) => self.assign(frame, assignment, parameters, truth),
                Step::Invoke(invocation) => {
                    self.invoke(frame, invocation, parameters, truth, depth);
                    if ends(invocation)
                        && truth == Truth::Yes
                        && reached == Truth::Yes
                        && !site.apart
                    {
                        return;
                    }
                }
            }
        }
    }

    fn assign(
        &mut self,
        frame: &Frame<'p>,
        assignment: &Assignment,
        parameters: &Parameters,
        truth: Truth,
    ) {
        match &assignment.value {
            Assigned::Array(words) if !assignment.appends && truth == Truth::Yes => {
                match self.words(frame, words, parameters) {
                    Some(values) => {
                        self.arrays.insert(assignment.name.clone(), values);
                    }
                    None => {
                        self.arrays.remove(&assignment.name);
                    }
                }
            }
            Assigned::Word(word) if !assignment.appends => {
                let value = self.value(frame, word, parameters);
                if let Value::Argument(number) = value {
                    self.note_name(frame, assignment, number);
                }
                if is_app_name(&assignment.name) && self.is_command(&value) {
                    self.flow.mistaken = Some(place(frame.file, assignment.site.line));
                }
                let value = if truth == Truth::Yes || self.same(&assignment.name, &value) {
                    value
                } else {
                    Value::Unknown
                };
                self.variables.insert(assignment.name.clone(), value);
            }
            _ => {
                self.arrays.remove(&assignment.name);
                self.variables
                    .insert(assignment.name.clone(), Value::Unknown);
            }
        }
    }

    fn is_command(&self, value: &Value) -> bool {
        matches!(value, Value::Known(text) if *text == self.command)
    }

    fn same(&self, name: &str, value: &Value) -> bool {
        self.variables.get(name) == Some(value)
    }

    fn note_name(&mut self, frame: &Frame<'p>, assignment: &Assignment, number: usize) {
        let place = place(frame.file, assignment.site.line);
        if number == 1 && self.flow.named.is_none() {
            self.flow.named = Some((assignment.name.clone(), place.clone()));
        }
        if is_app_name(&assignment.name) && self.flow.app_at.is_none() {
            self.flow.app_at = Some((number, place));
        }
    }

    /// Reads a command.
    fn invoke(
        &mut self,
        frame: &Frame<'p>,
        invocation: &Invocation,
        parameters: &mut Parameters,
        truth: Truth,
        depth: usize,
    ) {
        let site = &invocation.site;
        let Some(name) = invocation.name.literal() else {
            self.run_file(frame, invocation, parameters, truth, depth);
            return;
        };
        match name.as_str() {
            "shift" => {
                if !site.apart {
                    shift(invocation, parameters, truth);
                    self.note_lost(frame, site, parameters);
                }
            }
            "set" => self.set(frame, invocation, parameters, truth),
            "exit" | "return" | "dokku_log_fail" => {}
            "exec" => self.run_file(frame, invocation, parameters, truth, depth),
            "read" | "getopts" => {
                for word in &invocation.arguments {
                    if let Some(name) = word.literal() {
                        self.variables.insert(name, Value::Unknown);
                    }
                }
            }
            "verify_app_name" => self.verify(frame, invocation, parameters, truth),
            "apps_create" | "create_app" | "apps_maybe_create" => {
                self.creates(frame, site.line);
            }
            "dokku" | "plugn" => {
                let creates = invocation.arguments.iter().any(|word| {
                    word.literal().is_some_and(|text| {
                        matches!(
                            text.as_str(),
                            "apps:create" | "app-create" | "app-maybe-create" | "apps:clone"
                        )
                    })
                });
                if creates {
                    self.creates(frame, site.line);
                }
            }
            _ => self.call(frame, &name, invocation, parameters, truth, depth),
        }
    }

    fn creates(&mut self, frame: &Frame<'p>, line: u32) {
        self.flow
            .creates
            .get_or_insert_with(|| place(frame.file, line));
    }

    fn verify(
        &mut self,
        frame: &Frame<'p>,
        invocation: &Invocation,
        parameters: &Parameters,
        truth: Truth,
    ) {
        let Some(word) = invocation.arguments.first() else {
            return;
        };
        if let Value::Argument(number) = self.value(frame, word, parameters) {
            self.note_verified(frame, number, invocation.site.line, truth);
        }
    }

    fn note_verified(&mut self, frame: &Frame<'p>, number: usize, line: u32, truth: Truth) {
        // The first argument counts: what comes of another matters only if the first is never looked at.
        if self
            .flow
            .verified
            .as_ref()
            .is_none_or(|(known, _)| *known > number)
        {
            self.flow.verified = Some((number, place(frame.file, line)));
        }
        if number == 1 && truth == Truth::Yes {
            self.flow.always_verified = true;
        }
    }

    /// Reads `set -- ...`.
    fn set(
        &mut self,
        frame: &Frame<'p>,
        invocation: &Invocation,
        parameters: &mut Parameters,
        truth: Truth,
    ) {
        let Some((first, words)) = invocation.arguments.split_first() else {
            return;
        };
        if !first.is("--") {
            return;
        }
        let new = self.words(frame, words, parameters);
        *parameters = match truth {
            Truth::Yes => new,
            _ if new == *parameters => new,
            _ => None,
        };
        self.note_lost(frame, &invocation.site, parameters);
    }

    fn note_lost(&mut self, frame: &Frame<'p>, site: &Site, parameters: &Parameters) {
        if parameters.is_none() && self.flow.lost.is_none() {
            self.flow.lost = Some(format!(
                "its arguments can't be followed beyond {}",
                place(frame.file, site.line)
            ));
        }
    }

    /// Reads a call of a function of the plugin's own.
    fn call(
        &mut self,
        frame: &Frame<'p>,
        name: &str,
        invocation: &Invocation,
        parameters: &Parameters,
        truth: Truth,
        depth: usize,
    ) {
        let found = frame.library.iter().find_map(|(file, script)| {
            let index = script
                .functions
                .iter()
                .rposition(|function| function.name == name)?;
            Some((*file, *script, index))
        });
        let Some((file, script, index)) = found else {
            if !is_printing(name) {
                self.note_passed(frame, invocation, parameters);
            }
            return;
        };
        if depth >= DEEPEST {
            self.note_passed(frame, invocation, parameters);
            return;
        }
        let mut inner = self.words(frame, &invocation.arguments, parameters);
        let callee = Frame {
            file,
            script,
            library: Rc::clone(&frame.library),
            constants: frame.constants,
        };
        self.steps += (self.variables.len() + self.arrays.len()) / 10;
        let before = (self.variables.clone(), self.arrays.clone());
        self.body(&callee, Some(index), &mut inner, truth, depth + 1);
        // What a function sets is most often local: what the caller set holds again after the call.
        for (name, value) in before.0 {
            self.variables.insert(name, value);
        }
        self.arrays = before.1;
    }

    /// Reads a call of another file of the plugin.
    fn run_file(
        &mut self,
        frame: &Frame<'p>,
        invocation: &Invocation,
        parameters: &Parameters,
        truth: Truth,
        depth: usize,
    ) {
        let target = invocation.program().and_then(|program| {
            let file = self
                .plugin
                .own_file(frame.file, frame.script, program.name)?;
            Some((file, file.script().ok()?, program.arguments))
        });
        match target {
            Some((file, script, arguments)) if depth < DEEPEST => {
                let mut inner = self.words(frame, arguments, parameters);
                let callee = self.plugin.frame(file, script);
                let variables = std::mem::take(&mut self.variables);
                let arrays = std::mem::take(&mut self.arrays);
                self.body(&callee, None, &mut inner, truth, depth + 1);
                self.variables = variables;
                self.arrays = arrays;
            }
            _ => self.note_passed(frame, invocation, parameters),
        }
    }

    fn note_passed(&mut self, frame: &Frame<'p>, invocation: &Invocation, parameters: &Parameters) {
        let passes = invocation.arguments.iter().any(|word| {
            word.variables().any(|variable| {
                matches!(variable.name.as_str(), "@" | "*")
                    || self.variable(frame, variable, parameters) == Value::Argument(1)
            })
        });
        self.flow.passed_on |= passes;
    }

    /// Sees a test for an empty first argument.
    fn note_empty(&mut self, frame: &Frame<'p>, condition: &Condition, parameters: &Parameters) {
        match condition {
            Condition::Not(inner) => self.note_empty(frame, inner, parameters),
            Condition::All(all) | Condition::Any(all) => {
                for inner in all {
                    self.note_empty(frame, inner, parameters);
                }
            }
            Condition::Unary { operator, operand }
                if (operator == "-z" || operator == "-n")
                    && self.value(frame, operand, parameters) == Value::Argument(1) =>
            {
                self.flow.allows_empty = true;
            }
            _ => {}
        }
    }

    /// Sees that a script ends if its first argument is empty, or if DOKKU_ROOT has no directory of that name.
    fn note_refusal(&mut self, frame: &Frame<'p>, site: &Site, parameters: &Parameters) {
        for condition in &site.conditions {
            let empty = empties(condition)
                .iter()
                .any(|word| self.value(frame, word, parameters) == Value::Argument(1));
            self.flow.refuses_empty |= empty;
            if let Some(Part::Variable(last)) = missing_directory(condition)
                && let Value::Argument(number) = self.variable(frame, last, parameters)
            {
                self.note_verified(frame, number, site.line, Truth::Maybe);
            }
        }
    }

    fn truth(&self, frame: &Frame<'p>, condition: &Condition, parameters: &Parameters) -> Truth {
        match condition {
            Condition::Unknown | Condition::Succeeds(_) => Truth::Maybe,
            Condition::Not(inner) => self.truth(frame, inner, parameters).not(),
            Condition::All(all) => all.iter().fold(Truth::Yes, |so_far, one| {
                so_far.and(self.truth(frame, one, parameters))
            }),
            Condition::Any(any) => any.iter().fold(Truth::No, |so_far, one| {
                so_far
                    .not()
                    .and(self.truth(frame, one, parameters).not())
                    .not()
            }),
            Condition::Unary { operator, operand } => {
                // Read as a call without `--app`, with every argument given.
                let names_app = operand
                    .variable()
                    .is_some_and(|variable| variable.name == "DOKKU_APP_NAME");
                match (operator.as_str(), self.value(frame, operand, parameters)) {
                    ("-n", _) if names_app => Truth::No,
                    ("-z", _) if names_app => Truth::Yes,
                    ("-z", Value::Argument(1)) => Truth::No,
                    ("-n", Value::Argument(1)) => Truth::Yes,
                    ("-z", Value::Known(text)) => Truth::of(text.is_empty()),
                    ("-n", Value::Known(text)) => Truth::of(!text.is_empty()),
                    _ => Truth::Maybe,
                }
            }
            Condition::Binary {
                left,
                operator,
                right,
            } => {
                let truth = self.is_matched(frame, left, right, parameters);
                match operator.as_str() {
                    "==" | "=" => truth,
                    "!=" => truth.not(),
                    _ => Truth::Maybe,
                }
            }
            Condition::Arm {
                value,
                earlier,
                patterns,
            } => {
                let any = |words: &[Word]| {
                    words.iter().fold(Truth::No, |so_far, word| {
                        so_far
                            .not()
                            .and(self.is_matched(frame, value, word, parameters).not())
                            .not()
                    })
                };
                any(earlier).not().and(any(patterns))
            }
        }
    }

    fn is_matched(
        &self,
        frame: &Frame<'p>,
        left: &Word,
        right: &Word,
        parameters: &Parameters,
    ) -> Truth {
        let mut pattern = Vec::new();
        for part in &right.parts {
            match part {
                Part::Text { text, quoted } => pattern.push((text.clone(), *quoted)),
                Part::Variable(variable) => match self.variable(frame, variable, parameters) {
                    Value::Known(text) => pattern.push((text, true)),
                    _ => return Truth::Maybe,
                },
                Part::Output { .. } | Part::Computed => return Truth::Maybe,
            }
        }
        match self.value(frame, left, parameters) {
            Value::Known(text) => matches(&text, &pattern).map_or(Truth::Maybe, Truth::of),
            // An app's name is no flag.
            Value::Argument(_) => match pattern.as_slice() {
                [(text, _), ..] if text.starts_with('-') => Truth::No,
                // Nor has it a colon, as commands have.
                [(text, _)] if text.contains(':') => Truth::No,
                _ => Truth::Maybe,
            },
            Value::Unknown => Truth::Maybe,
        }
    }

    fn value(&self, frame: &Frame<'p>, word: &Word, parameters: &Parameters) -> Value {
        if let Some(variable) = word.variable() {
            return self.variable(frame, variable, parameters);
        }
        let mut whole = String::new();
        for part in &word.parts {
            match part {
                Part::Text { text, .. } => whole.push_str(text),
                Part::Variable(variable) => match self.variable(frame, variable, parameters) {
                    Value::Known(text) => whole.push_str(&text),
                    _ => return Value::Unknown,
                },
                Part::Output { .. } | Part::Computed => return Value::Unknown,
            }
            if whole.len() > LONGEST {
                return Value::Unknown;
            }
        }
        Value::Known(whole)
    }

    fn variable(&self, frame: &Frame<'p>, variable: &Variable, parameters: &Parameters) -> Value {
        if !variable.keeps_value() {
            return Value::Unknown;
        }
        if let Ok(number) = variable.name.parse::<usize>() {
            return number
                .checked_sub(1)
                .and_then(|index| parameters.as_ref()?.get(index).cloned())
                .unwrap_or(Value::Unknown);
        }
        if let Some(index) = &variable.index {
            return index
                .parse::<usize>()
                .ok()
                .and_then(|index| self.arrays.get(&variable.name)?.get(index).cloned())
                .unwrap_or(Value::Unknown);
        }
        match self.variables.get(&variable.name) {
            Some(value) => value.clone(),
            None if variable.change.is_empty() => frame
                .constants
                .get(&variable.name)
                .map_or(Value::Unknown, |text| Value::Known(text.to_owned())),
            None => Value::Unknown,
        }
    }

    /// The values of several words, where `$@` stands for all parameters; none if it is not known how many there are, or
    /// there are more than a person writes.
    fn words(&self, frame: &Frame<'p>, words: &[Word], parameters: &Parameters) -> Parameters {
        let mut values = Vec::new();
        for word in words {
            match word.variable() {
                Some(variable) if variable.name == "@" || variable.name == "*" => {
                    let all = parameters.as_ref()?;
                    let from = match variable.change.strip_prefix(':') {
                        None => 0,
                        Some(start) => start.parse::<usize>().ok()?.checked_sub(1)?,
                    };
                    values.extend(all.iter().skip(from).cloned());
                }
                Some(variable) if variable.index.as_deref() == Some("@") => {
                    values.extend(self.arrays.get(&variable.name)?.iter().cloned());
                }
                _ => values.push(self.value(frame, word, parameters)),
            }
            if values.len() > MOST_WORDS {
                return None;
            }
        }
        Some(values)
    }
}

fn shift(invocation: &Invocation, parameters: &mut Parameters, truth: Truth) {
    let count = match invocation.arguments.first() {
        None => Some(1),
        Some(word) => word.literal().and_then(|text| text.parse::<usize>().ok()),
    };
    *parameters = match (count, truth, parameters.take()) {
        (Some(count), Truth::Yes, Some(values)) => Some(values.into_iter().skip(count).collect()),
        _ => None,
    };
}

/// True for a command after which nothing of its body is reached.
fn ends(invocation: &Invocation) -> bool {
    ["exit", "return", "exec", "dokku_log_fail"]
        .iter()
        .any(|name| invocation.name.is(name))
}

/// The last part of `[[ ! -d "$DOKKU_ROOT/$APP" ]]`.
fn missing_directory(condition: &Condition) -> Option<&Part> {
    let Condition::Not(inner) = condition else {
        return None;
    };
    let Condition::Unary { operator, operand } = &**inner else {
        return None;
    };
    match operand.parts.as_slice() {
        [Part::Variable(root), Part::Text { text, .. }, last]
            if operator == "-d" && root.name == "DOKKU_ROOT" && text == "/" =>
        {
            Some(last)
        }
        _ => None,
    }
}

/// The words that a condition asks to be empty.
fn empties(condition: &Condition) -> Vec<&Word> {
    match condition {
        Condition::Unary { operator, operand } if operator == "-z" => vec![operand],
        Condition::Any(any) => any.iter().flat_map(empties).collect(),
        // A command beside the test, such as an `echo`, does not change what is asked; another question does.
        Condition::All(all)
            if all
                .iter()
                .all(|one| matches!(one, Condition::Succeeds(_)) || !empties(one).is_empty()) =>
        {
            all.iter().flat_map(empties).collect()
        }
        Condition::Not(inner) => match &**inner {
            Condition::Unary { operator, operand } if operator == "-n" => vec![operand],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// True for commands that only show what they are given.
fn is_printing(name: &str) -> bool {
    matches!(
        name,
        "echo" | "printf" | ":" | "true" | "local" | "mkdir" | "touch" | "cat"
    ) || name.starts_with("dokku_log")
}

/// True for names that authors use for a variable with an app's name.
fn is_app_name(name: &str) -> bool {
    matches!(
        name.trim_matches('_').to_ascii_lowercase().as_str(),
        "app" | "app_name" | "appname" | "c_app" | "dokku_app" | "the_app"
    )
}

fn place(file: &PluginFile, line: u32) -> Place {
    Place {
        file: file.name.clone(),
        line: Some(line),
    }
}
