//! What a process of this program is, by the path it was started under.
//!
//! The worlds' stand-ins, their dispatcher and the supervisors of steps are all this program (or the test binary that it
//! is linked into), started through links of other names.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use crate::dokku::{self, Host};
use crate::sandbox::supervise;
use crate::world::{Layout, Role, role_of, stand_in};

/// Takes on the role that this process was started for, to its end; none if it was started as itself.
///
/// To be called before anything else, and before any thread is made.
#[must_use]
pub(crate) fn take_on() -> Option<u8> {
    // A plugin may call a program of the world by a path from where it is.
    let called_as = std::path::absolute(dokku::called_as()?).ok()?;
    match role_of(&called_as)? {
        Role::Supervisor => Some(supervise(be)),
        _ => be(&called_as, std::env::args_os().skip(1).collect()),
    }
}

/// Is what a path names until it ends; none if it names nothing.
fn be(called_as: &Path, args: Vec<OsString>) -> Option<u8> {
    let role = role_of(called_as)?;
    if let Some(layout) = Layout::around(called_as) {
        dokku::era::tell(move |asked| stand_in::note_asked(&layout, asked));
    }
    match role {
        Role::Supervisor => None,
        Role::Inside => Some(dokku::inside(&args, &host(called_as))),
        Role::DokkuProgram => dokku::programs::run(called_as, args, &host(called_as)),
        Role::Dispatcher => dispatch(called_as, args),
        Role::NestedDispatcher => {
            stand_in::record_nested(called_as, &args);
            dispatch(called_as, args)
        }
        Role::StandIn => Some(stand_in::run(called_as, &args).unwrap_or_else(|| lost(called_as))),
    }
}

/// Is the dispatcher of a world: the real one if it is made of a real Dokku.
fn dispatch(called_as: &Path, args: Vec<OsString>) -> Option<u8> {
    let real = Layout::of_program(called_as).map(|layout| layout.real_dispatcher());
    match real.filter(|script| script.is_file()) {
        Some(script) => Some(dokku::become_dispatcher(&script, &args)),
        None => dokku::programs::run(called_as, args, &host(called_as)),
    }
}

/// The machine that the world shows to its Dokku.
fn host(called_as: &Path) -> Host {
    match Layout::of_program(called_as) {
        Some(layout) => Host {
            etc: layout.root().join("etc"),
        },
        None => Host::default(),
    }
}

/// Says that a stand-in's world has gone, as when a process outlives it.
fn lost(called_as: &Path) -> u8 {
    let _ = writeln!(
        io::stderr(),
        "dokku-conform: {}: the world of this stand-in has ended",
        called_as.display()
    );
    1
}
