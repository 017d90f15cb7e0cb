//! The ground that a subcommand runs cases on, and the options about it.

use std::time::Duration;

use clap::Args;

use super::status::{Status, tell};
use crate::run::Ground;
use crate::sandbox::Isolation;

/// The most cases at the same time.
const MOST_JOBS: usize = 1024;

/// Reads how many cases run at the same time.
pub(super) fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(jobs) if (1..=MOST_JOBS).contains(&jobs) => Ok(jobs),
        _ => Err(format!("write a whole number from 1 to {MOST_JOBS}")),
    }
}

/// Reads a time limit.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "write a number of seconds, such as 10 or 0.5".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() && time <= Duration::from_secs(86_400) => Ok(time),
        _ => Err("write a number of seconds above 0 and up to 86400".to_owned()),
    }
}

/// How far plugins are to be kept apart from the machine.
#[derive(Debug, Args)]
pub(super) struct Isolated {
    /// How far plugins are kept apart from this machine: strict, portable or off [default: the best that works here]
    #[arg(long, value_name = "LEVEL")]
    isolation: Option<Isolation>,
    /// Run nothing, with exit status 3, where no more than a lower level works
    #[arg(long, value_name = "LEVEL")]
    require_isolation: Option<Isolation>,
}

impl Isolated {
    /// The level that is asked for, if one is.
    pub(super) fn asked(&self) -> Option<Isolation> {
        self.isolation
    }

    fn ground(&self) -> Result<Ground, Status> {
        Ground::new(self.isolation)
            .map_err(|error| Status::broken(format!("no worlds can be made: {error}")))
    }

    fn check(&self, ground: &Ground) -> Result<(), Status> {
        let level = ground.stock.isolation();
        if level == Isolation::Off {
            tell(&"isolation is off: the plugins' code may do with this machine whatever you may");
        }
        match self.require_isolation {
            Some(required) if level < required => {
                let why = match (ground.machine.lacks(required), self.isolation) {
                    (_, Some(asked)) => format!("--isolation asks for {asked}"),
                    (Some(why), None) => why.to_owned(),
                    (None, None) => String::new(),
                };
                Err(Status::broken(format!(
                    "isolation {required} is required, and {level} is what there is: {why}; `dokku-conform doctor` tells more"
                )))
            }
            _ => Ok(()),
        }
    }
}

/// The ground, which a request to stop ends; with this time limit for each step, or the usual one.
pub(super) fn ground(isolated: &Isolated, timeout: Option<Duration>) -> Result<Ground, Status> {
    let mut ground = isolated.ground()?;
    isolated.check(&ground)?;
    ground.timeout = timeout.unwrap_or(ground.timeout);
    ground.most = timeout;
    let cancel = ground.cancel.clone();
    // A second request while the first is being carried out changes nothing: ending takes a moment at most.
    ctrlc::set_handler(move || cancel.request()).map_err(Status::broken)?;
    Ok(ground)
}

/// A ground as that one is, which knows nothing of the plugins that have been seen there: their files have changed.
pub(super) fn anew(isolated: &Isolated, ground: &Ground) -> Result<Ground, Status> {
    Ok(Ground {
        cancel: ground.cancel.clone(),
        timeout: ground.timeout,
        most: ground.most,
        ..isolated.ground()?
    })
}
