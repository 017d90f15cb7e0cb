//! What a plugin uses of Dokku, resolved to the versions in which it works.
//!
//! A [`Process`] is a script that Dokku starts with all that it sources. What it surely reaches and no guard stands
//! before is certain; what the text does not settle never is.

mod answers;
mod calls;
mod ends;
mod expand;
mod forms;
mod guard;
mod hooks;
mod leaves;
mod made;
mod process;
mod question;
mod reads;
mod references;
mod rescue;
mod silence;
mod sourced;
mod told;
mod used;

pub use references::Reference;
pub use used::{Certainty, Effect, Kind, Use};

use super::Plugin;
use crate::dokku::api::Life;
use expand::Expander;
use made::Made;
use process::Process;
use sourced::is_of_any;

impl Plugin {
    /// Every use that the plugin makes of what some version of Dokku does not have, in the order of its files. One place
    /// that several processes reach is one use: it works where it works for all of them.
    #[must_use]
    pub fn api_uses(&self) -> &[Use] {
        self.api.get_or_init(|| {
            let mut found = hooks::uses(self);
            found.extend(forms::uses(self));
            let processes: Vec<(Life, Process<'_>)> = self
                .started()
                .into_iter()
                .filter_map(|file| Some((hooks::run_in(self, file), Process::of(self, file)?)))
                .collect();
            let made: Made = processes.iter().map(|(_, one)| Made::by(one)).collect();
            for (life, process) in &processes {
                let uses = calls::uses(process)
                    .into_iter()
                    .chain(reads::uses(process, &made))
                    .chain(forms::of(process));
                found.extend(uses.map(|one| one.only_in(life)));
            }
            used::merged(found)
        })
    }

    /// True if some script sources files of plugins whose names are computed: any core file may be meant.
    #[must_use]
    pub fn sources_any_core_file(&self) -> bool {
        let scripts = || self.files().iter().filter_map(|file| file.script().ok());
        let mut expander = Expander::default();
        scripts().for_each(|script| expander.learn(script));
        scripts().any(|script| {
            let words = script
                .sources()
                .flat_map(|(_, word)| expander.each(script, word));
            words
                .into_iter()
                .any(|one| is_of_any(&expander.expand(&one)))
        })
    }
}

#[cfg(test)]
mod guard_tests;
#[cfg(test)]
mod tests;
