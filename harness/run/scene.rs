//! A world with the steps of a case played in it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::attempt::Play;
use super::command::Command;
use super::fault::Fault;
use super::redact::Redactor;
use super::{Ground, Trial, given};
use crate::dokku::Era;
use crate::millis::millis;
use crate::sandbox::{self, Exit, Isolation, Order, Output, Report, Resource, Stdin, beneath};
use crate::spec::{self, Case, Cwd, Observed, Step};
use crate::world::{Call, Installation, Layout, Record, Unknown, User, World};

/// The folder at a world's root that a step begins in which nobody may enter.
const UNREADABLE: &str = "unreadable";

/// A world in which steps are played.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    ground: &'a Ground,
    trial: &'a Trial,
    case: &'a Case,
    /// The supervisor of the step before, waited for no sooner than need be; before the world is given to another, so it
    /// stands first.
    last: Option<sandbox::Lingering>,
    world: World<'a>,
    redactor: Redactor,
    /// What the stand-ins were asked so far.
    calls: Vec<Call>,
    /// The versions in which all that Dokku's programs asked so far of its past has the same answers.
    era: Era,
}

impl<'a> Scene<'a> {
    pub(super) fn new(
        ground: &'a Ground,
        play: &Play<'a>,
        unknown: Unknown,
    ) -> Result<Self, Fault> {
        let Play { trial, case, .. } = *play;
        let installation = given::installation(&trial.plugin, ground.origin(trial.version), case)?;
        Self::of(ground, play, unknown, &installation)
    }

    /// One in which this is installed.
    pub(super) fn of(
        ground: &'a Ground,
        play: &Play<'a>,
        unknown: Unknown,
        installation: &Installation,
    ) -> Result<Self, Fault> {
        let Play { trial, case, .. } = *play;
        let mut blueprint = given::blueprint(trial, case, unknown)?;
        blueprint
            .answers
            .extend(play.absent.iter().map(|name| given::absent(name)));
        let is_apart = ground.stock.isolation() == Isolation::Strict;
        blueprint.own_settings = is_apart && (play.installed || case.has_root());
        let world = World::new(&ground.stock, installation, blueprint)?;
        let redactor = Redactor::new(world.layout());
        Ok(Self {
            ground,
            trial,
            case,
            world,
            redactor,
            last: None,
            calls: Vec::new(),
            era: Era::default(),
        })
    }

    /// Plays one step, for no longer than this; what was seen, and the command line as one would type it.
    pub(super) fn play(
        &mut self,
        step: &Step,
        most: Option<Duration>,
    ) -> Result<(Observed, String), Fault> {
        let command = self.command(step)?;
        self.play_command(step, command, most)
    }

    /// Plays one step that starts this, in place of what it says itself.
    pub(super) fn play_command(
        &mut self,
        step: &Step,
        command: Command,
        most: Option<Duration>,
    ) -> Result<(Observed, String), Fault> {
        let (mut process, shown) = self.prepare_command(step, command)?;
        let most = most.map_or(u64::MAX, millis);
        process.order.deadline_ms = process.order.deadline_ms.min(most);
        let is_root = self.user(step) == User::Root;
        let looks = is_root || self.case.looks_at_files();
        let before = looks.then(|| self.world.snapshot()).transpose()?;
        let veil = (!is_root).then(|| self.world.veil()).transpose()?;
        drop(self.last.take());
        let ended = process.run(&self.ground.cancel)?;
        drop(veil);
        self.has_room(&ended.report, &shown)?;
        if !self.world.is_itself() {
            return Err(Fault::Spoilt(shown));
        }
        self.last = Some(ended.supervisor);
        let Record { calls, era } = match self.world.record() {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(Fault::Forged(shown));
            }
            other => other?,
        };
        if !calls.starts_with(&self.calls) {
            return Err(Fault::Forged(shown));
        }
        let new = calls.get(self.calls.len()..).unwrap_or_default().to_vec();
        self.calls = calls;
        self.era = era;
        let changes = match before {
            Some(before) => before.changes_to(&self.world.snapshot()?),
            None => Vec::new(),
        };
        // A program that is asked for by its path is no stand-in: whose the files are is not known then.
        if is_root && !self.trial.plugin.mentions("bin/chown") {
            self.world.note_root(&changes, &new);
        }
        let observed = Observed {
            exit: ended.report.exit,
            stdout: self.redacted(&ended.stdout),
            stderr: self.redacted(&ended.stderr),
            calls: new
                .into_iter()
                .map(|call| self.redacted_call(call))
                .collect(),
            changes: match self.case.looks_at_files() {
                true => self.redactor.changes(changes),
                false => Vec::new(),
            },
            left: ended
                .report
                .left
                .iter()
                .map(|line| self.redactor.text(line))
                .collect(),
        };
        Ok((observed, shown))
    }

    /// Nothing, if what a step could not write was its own doing.
    fn has_room(&self, report: &Report, shown: &str) -> Result<(), Fault> {
        let site = self.ground.stock.site();
        match report.exit {
            Exit::Exhausted(Resource::Disk(_) | Resource::Files(_)) => Ok(()),
            _ if site.has_room() => Ok(()),
            _ => Err(Fault::NoRoom(
                site.path().display().to_string(),
                shown.to_owned(),
            )),
        }
    }

    /// The process of a step, and its command line as one would type it.
    pub(super) fn prepare(&mut self, step: &Step) -> Result<(sandbox::Step, String), Fault> {
        let command = self.command(step)?;
        self.prepare_command(step, command)
    }

    fn prepare_command(
        &mut self,
        step: &Step,
        command: Command,
    ) -> Result<(sandbox::Step, String), Fault> {
        self.world.act_as(self.user(step))?;
        let shown = command.shown.clone();
        Ok((self.sandboxed(step, command)?, shown))
    }

    /// What a step starts, as it says itself.
    fn command(&self, step: &Step) -> Result<Command, Fault> {
        let run = step.run.fill(&self.trial.values)?;
        let layout = self.world.layout().seen();
        Ok(Command::new(run, &layout, self.trial.plugin.name()))
    }

    /// The versions in which all that was asked of Dokku's past so far has the same answers.
    pub(super) fn era(&self) -> Era {
        self.era
    }

    /// Where things are in its world.
    pub(super) fn layout(&self) -> &Layout {
        self.world.layout()
    }

    fn user(&self, step: &Step) -> User {
        given::user(step.user.or(self.case.given.user))
    }

    fn redacted(&self, output: &Output) -> Output {
        Output::new(self.redactor.bytes(output.bytes()), output.capped())
    }

    fn redacted_call(&self, mut call: Call) -> Call {
        for word in &mut call.argv {
            *word = self.redactor.text(word);
        }
        call.cwd = self.redactor.text(&call.cwd);
        for value in call.env.values_mut() {
            *value = self.redactor.text(value);
        }
        // Another in every run.
        if let Some(pid) = call.env.get_mut("DOKKU_PID") {
            "[PID]".clone_into(pid);
        }
        call
    }

    fn sandboxed(&self, step: &Step, command: Command) -> Result<sandbox::Step, Fault> {
        let layout = self.world.layout();
        let mut env = self.world.environment();
        let tty = step.tty.unwrap_or(self.case.given.tty);
        if tty {
            env.push(("TERM".into(), "xterm".into()));
        }
        let extra = given::environment(self.case, step, &self.trial.values)?;
        env.extend(
            extra
                .into_iter()
                .map(|(key, value)| (key.into(), value.into())),
        );
        Ok(sandbox::Step {
            supervisors: self.world.supervisors(),
            name: command.name,
            args: command.args,
            env,
            output: layout.control(),
            order: Order {
                walls: self.world.walls(),
                target: command.target,
                stdin: self.stdin(step)?,
                tty,
                deadline_ms: millis(self.ground.deadline(step)),
                cap: self.ground.cap,
                umask: step.umask.or(self.case.given.umask).unwrap_or(0o022),
                cwd: self.cwd(step, command.in_plugin)?,
                close_cwd: matches!(self.given_cwd(step), Cwd::Unreadable),
                installed: self.world.installed(),
            },
        })
    }

    fn stdin(&self, step: &Step) -> Result<Stdin, Fault> {
        Ok(match &step.stdin {
            spec::Stdin::Empty => Stdin::Empty,
            spec::Stdin::Open => Stdin::Open,
            spec::Stdin::Text(text) => Stdin::Text(text.fill(&self.trial.values)?),
        })
    }

    fn given_cwd<'s>(&'s self, step: &'s Step) -> &'s Cwd {
        step.cwd.as_ref().unwrap_or(&self.case.given.cwd)
    }

    fn cwd(&self, step: &Step, in_plugin: bool) -> io::Result<PathBuf> {
        let layout = self.world.layout().seen();
        Ok(match self.given_cwd(step) {
            Cwd::Home if in_plugin => layout.plugin(self.trial.plugin.name()),
            Cwd::Home => layout.dokku_root(),
            Cwd::Path(path) => layout.root().join(path.trim_start_matches('/')),
            Cwd::Unreadable => {
                // The step before may have taken the rights away.
                beneath::make_dir(self.world.layout().root(), UNREADABLE, 0o700)?;
                layout.root().join(UNREADABLE)
            }
        })
    }
}
