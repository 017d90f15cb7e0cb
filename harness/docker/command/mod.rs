//! What each command of docker does and says.

mod build;
mod copy;
mod exec;
mod images;
mod instruction;
mod life;
mod look;
mod network;
mod prune;
mod run;
mod system;
mod volume;
mod wanted;

use super::daemon::{Done, GONE, State, Trouble};
use super::options::Line;
use super::reply::{Answer, Reply};
use super::rules::Rules;

/// What a command works with.
pub(super) struct Desk<'d> {
    pub(super) state: &'d mut State,
    pub(super) rules: &'d Rules,
}

/// What a command line comes to.
pub(super) fn answer(desk: &mut Desk<'_>, line: &Line) -> Answer {
    desk.state.asked += 1;
    let lost = desk.rules.faults.lost_after;
    if lost.is_some_and(|after| desk.state.asked > after) {
        return gone(line).into();
    }
    match run(desk, line) {
        Ok(reply) => reply.into(),
        Err(Trouble::Unmodelled(what)) => Answer::Unmodelled(what),
        Err(trouble) => Reply::fails(1, format!("{trouble}\n")).into(),
    }
}

fn run(desk: &mut Desk<'_>, line: &Line) -> Done<Reply> {
    let state = &mut *desk.state;
    match line.command.as_str() {
        "run" | "container run" => run::run(desk, line),
        "create" | "container create" => run::create(desk, line),
        "start" | "container start" => life::start(desk, line),
        "stop" | "container stop" => life::stop(state, line),
        "restart" | "container restart" => life::restart(desk, line),
        "kill" | "container kill" => life::kill(state, line),
        "pause" | "container pause" => life::each(line, |name| state.pause(name)),
        "unpause" | "container unpause" => life::each(line, |name| state.unpause(name)),
        "rm" | "container rm" => life::remove(state, line),
        "rename" | "container rename" => life::rename(state, line),
        "update" | "container update" => life::update(state, line),
        "wait" | "container wait" => life::wait(state, line),
        "attach" | "container attach" => exec::attach(state, line),
        "exec" | "container exec" => exec::exec(desk, line),
        "cp" | "container cp" => copy::copy(state, line),
        "commit" | "container commit" => images::commit(desk, line),
        "ps" | "container ls" => look::containers(state, line),
        "logs" | "container logs" => look::logs(state, line),
        "port" | "container port" => look::ports(state, line),
        "inspect" | "container inspect" | "image inspect" | "network inspect"
        | "volume inspect" => look::inspect(state, line),
        "top" | "container top" | "stats" | "container stats" | "diff" | "container diff"
        | "export" | "container export" => look::within(state, line),
        "images" | "image ls" => images::list(state, line),
        "pull" | "image pull" => images::pull(desk, line),
        "rmi" | "image rm" => images::remove(state, line),
        "tag" | "image tag" => images::tag(state, line),
        "build" | "image build" => build::build(desk, line),
        "history" | "image history" | "save" | "image save" | "push" | "image push" => {
            images::within(state, line)
        }
        "network create" => network::create(state, line),
        "network connect" => network::connect(state, line),
        "network disconnect" => network::disconnect(state, line),
        "network ls" => network::list(state, line),
        "network rm" => network::remove(state, line),
        "volume create" => volume::create(desk, line),
        "volume ls" => volume::list(state, line),
        "volume rm" => volume::remove(state, line),
        "container prune" | "image prune" | "network prune" | "volume prune" | "system prune" => {
            prune::prune(state, line)
        }
        "version" => system::version(line),
        "info" | "system info" => system::info(state, line),
        other => Err(Trouble::Unmodelled(format!("`docker {other}`"))),
    }
}

/// What a command says where the daemon can't be reached.
fn gone(line: &Line) -> Reply {
    let plain = Reply::fails(1, format!("{GONE}\n"));
    let said = |stdout: &str| Reply {
        stdout: stdout.to_owned(),
        ..plain.clone()
    };
    match line.verb() {
        "run" => run::refusal("run", GONE, 125),
        "inspect" if line.value("format").is_some() => said("\n"),
        "inspect" => said("[]\n"),
        "version" => match line.value("format") {
            Some(_) => said("\n"),
            None => said(&system::client()),
        },
        "info" => said(&system::client_of_info()).with_more("errors pretty printing info\n"),
        "rename" => plain.with_more(&format!(
            "Error: failed to rename container named {}\n",
            line.operand(0)
        )),
        "start" => plain.with_more(&format!(
            "Error: failed to start containers: {}\n",
            line.operands.join(", ")
        )),
        "pull" if !line.is("quiet") && !line.operand(0).contains([':', '@']) => {
            said("Using default tag: latest\n")
        }
        _ => plain,
    }
}

impl Reply {
    fn with_more(mut self, stderr: &str) -> Self {
        self.stderr.push_str(stderr);
        self
    }
}

/// What docker says where the disk is full.
fn full(place: &str) -> Trouble {
    Trouble::refused(format!("{place}: no space left on device"))
}

/// A number of bytes, such as `512m`.
fn bytes(text: &str) -> Option<i64> {
    let text = text.to_lowercase();
    let text = text.trim_end_matches("ib").trim_end_matches('b');
    let (number, shift) = match text.chars().last()? {
        'k' => (text.strip_suffix('k')?, 10),
        'm' => (text.strip_suffix('m')?, 20),
        'g' => (text.strip_suffix('g')?, 30),
        't' => (text.strip_suffix('t')?, 40),
        _ => (text, 0),
    };
    let whole: i64 = number.trim().parse().ok()?;
    whole.checked_mul(1 << shift)
}
