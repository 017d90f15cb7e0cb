//! In which forms a run is told, and where each is written.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::form::{Form, View};
use super::output::Output;
use super::render::is_stdin;
use super::status::Status;
use crate::report::{Palette, Record};

/// The options about the reports of a run, in forms that have names.
#[derive(Clone, Debug, Args)]
pub(super) struct Asked<F: ValueEnum + Send + Sync + 'static = Form> {
    /// The form of a report, and the file to write it to; may be given several times
    #[arg(long, value_name = "NAME[=FILE]", default_value = "text", help = help::<F>())]
    format: Vec<Wanted<F>>,
    /// Write the report whose --format names no file to this one
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The help of `--format`, with the names.
fn help<F: ValueEnum>() -> String {
    let names = F::value_variants().iter();
    let names = names.filter_map(|form| Some(form.to_possible_value()?.get_name().to_owned()));
    let names: Vec<String> = names.collect();
    format!(
        "The form of a report, and the file to write it to; may be given several times [possible names: {}]",
        names.join(", ")
    )
}

/// A form, and the file that it is to be written to; standard output for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted<F = Form> {
    pub(super) form: F,
    pub(super) file: Option<PathBuf>,
}

impl<F: ValueEnum> FromStr for Wanted<F> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("no file is named after the `=`".into()),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let form = F::from_str(name, false)
            .map_err(|_| format!("there is no form {name:?}; --help lists those that there are"))?;
        Ok(Self { form, file })
    }
}

impl<F: ValueEnum + Send + Sync + 'static> Asked<F> {
    /// What is wanted, each with its own place.
    pub(super) fn wanted(&self) -> Result<Vec<Wanted<F>>, Status> {
        let mut wanted = self.format.clone();
        let mut homeless: Vec<&mut Wanted<F>> =
            wanted.iter_mut().filter(|one| one.file.is_none()).collect();
        match (homeless.as_mut_slice(), &self.output) {
            ([one], Some(file)) => one.file = Some(file.clone()),
            ([], Some(_)) => {
                return Err(Status::usage(
                    "every --format names a file, so that nothing is left for --output",
                ));
            }
            ([_, _, ..], _) => {
                return Err(Status::usage(
                    "two reports can't be written to one place: give all but one a file, as in --format text --format jsonl=FILE",
                ));
            }
            _ => {}
        }
        for (index, one) in wanted.iter().enumerate() {
            for other in wanted.iter().skip(index + 1) {
                Output::apart(one.file.as_deref(), other.file.as_deref())?;
            }
        }
        Ok(wanted)
    }
}

/// Refuses reports that would be written over a record that is read. What comes from standard input is no file.
pub(super) fn apart(wanted: &[Wanted], record: &Path) -> Result<(), Status> {
    if is_stdin(record) {
        return Ok(());
    }
    let mut files = wanted.iter().map(|one| one.file.as_deref());
    files.try_for_each(|file| Output::apart_from(record, file))
}

/// Reports that are written when their record is whole.
pub(super) struct Reports<F = Form>(Vec<(F, Output)>);

impl<F: Copy + 'static> Reports<F> {
    /// Opens the places of these.
    pub(super) fn open<'w>(
        wanted: impl IntoIterator<Item = &'w Wanted<F>>,
    ) -> Result<Self, Status> {
        let open = |one: &Wanted<F>| Ok((one.form, Output::open(one.file.as_deref())?));
        wanted
            .into_iter()
            .map(open)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Writes all of them, each as it is rendered in its form and in the colours of its place.
    pub(super) fn write_by(
        self,
        render: impl Fn(F, Palette) -> Result<String, Status>,
    ) -> Result<(), Status> {
        for (form, mut output) in self.0 {
            let text = render(form, output.palette())?;
            output.write(&text)?;
            output.end()?;
        }
        Ok(())
    }
}

impl Reports {
    /// Writes all of them.
    pub(super) fn write(self, record: &Record, view: View) -> Result<(), Status> {
        self.write_by(|form, palette| form.render(record, view, palette))
    }
}
