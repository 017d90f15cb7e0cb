//! Running command lines in a world of each Dokku.

use std::io;
use std::sync::Arc;

use rayon::prelude::*;

use super::compare::{Agreement, Difference, Outcome, agreement, differences};
use super::lines::{CommandLine, Program};
use super::probes;
use crate::dokku::Tree;
use crate::millis::millis;
use crate::run::Ground;
use crate::run::doubt;
use crate::run::redact::Redactor;
use crate::sandbox::{self, Order, Stdin, Target};
use crate::world::{Installation, Origin, World};

/// What came of one command line in both worlds.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The command line.
    pub line: CommandLine,
    /// What came of it in the world of the real Dokku.
    pub tree: Outcome,
    /// What came of it in that of the imitated one.
    pub built_in: Outcome,
    /// What differs.
    pub differences: Vec<Difference>,
    /// What that amounts to.
    pub agreement: Agreement,
}

/// Why command lines could not be run: never Dokku's doing.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The system refused a world.
    #[error("making a world: {0}")]
    World(#[from] io::Error),
    /// The system refused a process.
    #[error("`{line}`: {source}")]
    Step {
        /// The command line.
        line: String,
        /// What the system refused.
        source: sandbox::StepError,
    },
}

/// Runs groups of command lines, each in a new world of the tree and in one of the imitated Dokku of its version, and
/// gives what came of each, in order.
///
/// # Errors
/// If the system refuses a world or a process, or `ground.cancel` is requested.
pub fn compare(
    ground: &Ground,
    tree: &Arc<Tree>,
    groups: &[Vec<CommandLine>],
) -> Result<Vec<Comparison>, PlayError> {
    let built_in = Origin::BuiltIn(tree.version());
    let real = Origin::Tree(Arc::clone(tree));
    let compared: Result<Vec<Vec<Comparison>>, PlayError> = groups
        .par_iter()
        .map(|group| {
            let real = play(ground, &real, group)?;
            let imitated = play(ground, &built_in, group)?;
            let both = group.iter().zip(real).zip(imitated);
            let mut follows = false;
            let mut compared = Vec::new();
            for ((line, tree), built_in) in both {
                let one = comparison(line.clone(), tree, built_in, follows);
                // What such a line left behind is not the same world any more.
                follows |= one.agreement == Agreement::NotModelled;
                compared.push(one);
            }
            Ok(compared)
        })
        .collect();
    Ok(compared?.into_iter().flatten().collect())
}

fn comparison(line: CommandLine, tree: Outcome, built_in: Outcome, follows: bool) -> Comparison {
    let differences = differences(&line, &tree, &built_in);
    Comparison {
        agreement: agreement(&differences, &tree, &built_in, follows),
        line,
        tree,
        built_in,
        differences,
    }
}

/// Plays a group in a new world.
fn play(
    ground: &Ground,
    origin: &Origin,
    group: &[CommandLine],
) -> Result<Vec<Outcome>, PlayError> {
    let installation = Installation {
        origin: origin.clone(),
        plugins: probes::plugins(),
    };
    let world = World::new(&ground.stock, &installation, probes::blueprint())?;
    let mut outcomes = Vec::new();
    // A supervisor that is not through with a step is waited for with the world still there.
    let mut last = None;
    for line in group {
        let before = world.snapshot()?;
        let known = world.record()?.calls.len();
        drop(last.take());
        let ended = step(ground, &world, line)
            .run(&ground.cancel)
            .map_err(|source| PlayError::Step {
                line: line.text.clone(),
                source,
            })?;
        let redactor = Redactor::new(world.layout());
        let calls = world.record()?.calls;
        let new = calls.get(known..).unwrap_or_default();
        outcomes.push(Outcome {
            exit: ended.report.exit,
            stdout: redactor.text(&ended.stdout.text()),
            stderr: redactor.text(&ended.stderr.text()),
            changes: redactor.changes(before.changes_to(&world.snapshot()?)),
            unmodelled: doubt::unmodelled_calls(new),
        });
        last = Some(ended.supervisor);
    }
    drop(last);
    Ok(outcomes)
}

fn step(ground: &Ground, world: &World<'_>, line: &CommandLine) -> sandbox::Step {
    let (layout, seen) = (world.layout(), world.layout().seen());
    let (target, program) = match line.program {
        Program::Dokku => (seen.dispatcher(), None),
        Program::Plugn => (seen.inside(), Some("plugn".to_owned())),
    };
    let own = line.environment.iter();
    sandbox::Step {
        supervisors: world.supervisors(),
        name: "dokku".into(),
        args: program
            .iter()
            .chain(&line.arguments)
            .map(Into::into)
            .collect(),
        env: world
            .environment()
            .into_iter()
            .chain(own.map(|(name, value)| (name.into(), value.into())))
            .collect(),
        output: layout.control(),
        order: Order {
            walls: world.walls(),
            target: Target::Role(target),
            stdin: Stdin::Empty,
            tty: false,
            deadline_ms: millis(ground.timeout),
            cap: ground.cap,
            umask: 0o022,
            cwd: seen.dokku_root(),
            close_cwd: false,
            installed: world.installed(),
        },
    }
}
