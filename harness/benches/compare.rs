//! What `compare` and `render` take for records of 130 000 cases: 325 plugins, 80 cases each, 5 versions of Dokku.
//!
//! `cargo bench --bench compare` makes two such records out of that of a real run, with other plugins' names, and prints
//! the time and the memory that each subcommand takes.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Instant;

use dokku_conform::report::{CaseRecord, Counts, Footer, Header, LineOf, PluginRecord, Record};
use dokku_conform::run::Outcome;
use nix::libc;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dokku-conform");
const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PLUGINS: usize = 325;
const CASES: usize = 80;
const VERSIONS: &str = "0.30,0.34,0.36,0.37,0.38";
/// What the plugins of real runs print more than the one of the fixture.
const PRINTED: &str = "a line of what a plugin prints in its help, with words\n";

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), Failure> {
    let seed = seed()?;
    let place = tempfile::tempdir()?;
    let path = |name: &str| place.path().join(name).to_string_lossy().into_owned();
    let (old, new, page) = (path("old.jsonl"), path("new.jsonl"), path("page.html"));
    // Other cases fail in the newer one.
    write(&seed, Path::new(&old), 40)?;
    write(&seed, Path::new(&new), 41)?;
    println!(
        "2 records of {} cases and {} MB each",
        PLUGINS * CASES * seed.header.dokku.len(),
        File::open(&new)?.metadata()?.len() >> 20
    );
    let html = format!("html={page}");
    for args in [
        vec!["compare", &*old, &*new],
        vec!["compare", &old, &new, "--format", &html],
        vec!["render", &new, "--format", &html],
        vec!["render", &new, "--format", "text"],
    ] {
        timed(&args)?;
    }
    println!(
        "the page has {} KB",
        File::open(&page)?.metadata()?.len() >> 10
    );
    Ok(())
}

/// The record of a real run.
fn seed() -> Result<Record, Failure> {
    let check = [
        "check",
        "fixtures/plugins/hello",
        "--dokku",
        VERSIONS,
        "--format",
        "jsonl",
    ];
    let output = Command::new(PROGRAM)
        .args(check)
        .current_dir(ROOT)
        .output()?;
    Ok(Record::read(output.stdout.as_slice())?)
}

/// Writes a record of many plugins, each with the cases of the seed, of which one of so many fails.
fn write(seed: &Record, path: &Path, failing: usize) -> Result<(), Failure> {
    let plugins = (0..PLUGINS).flat_map(|number| {
        let like = seed.header.plugins.first().cloned();
        like.map(|like| PluginRecord {
            label: format!("plugin-{number}"),
            name: format!("plugin-{number}"),
            ..like
        })
    });
    let header = Header {
        plugins: plugins.collect(),
        cases: PLUGINS * CASES * seed.header.dokku.len(),
        ..seed.header.clone()
    };
    let mut file = BufWriter::new(File::create(path)?);
    line(&mut file, &LineOf::Header(&header))?;
    let mut counts = Counts::default();
    for number in 0..header.cases {
        let (plugin, rest) = (
            number / (header.cases / PLUGINS),
            number % (header.cases / PLUGINS),
        );
        let of_version: Vec<&CaseRecord> = (seed.cases.iter())
            .filter(|case| seed.header.dokku.get(rest / CASES) == Some(&case.dokku))
            .collect();
        let like = of_version.get(rest % CASES % of_version.len().max(1));
        let mut case = CaseRecord::clone(like.ok_or("the run has no cases")?);
        case.plugin = format!("plugin-{plugin}");
        case.case = format!("{}-{}", case.case, rest % CASES);
        for step in &mut case.evidence.steps {
            step.stdout.push_str(&PRINTED.repeat(14));
        }
        if number % failing == 0 {
            case.outcome = Outcome::Fail;
            case.reason = "`dokku hello`: exit 1 where exit 0 is expected".to_owned();
        }
        counts.add(&case);
        line(&mut file, &LineOf::Case(&case))?;
    }
    let footer = Footer {
        counts,
        duration_ms: 1,
    };
    line(&mut file, &LineOf::Footer(&footer))?;
    Ok(file.flush()?)
}

fn line(file: &mut impl Write, line: &LineOf<'_>) -> Result<(), Failure> {
    serde_json::to_writer(&mut *file, line)?;
    Ok(file.write_all(b"\n")?)
}

/// Runs the program, and prints what it took.
fn timed(args: &[&str]) -> Result<(), Failure> {
    let begun = Instant::now();
    let child = Command::new(PROGRAM)
        .args(args)
        .stdout(Stdio::null())
        .spawn()?;
    let mut status = 0;
    // SAFETY: a plain structure of numbers, for which zeros are values.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both places are of the types that the call fills.
    let ended = unsafe { libc::wait4(child.id().cast_signed(), &mut status, 0, &mut usage) };
    if ended == -1 || !matches!(ExitStatus::from_raw(status).code(), Some(0 | 1)) {
        return Err(format!("{args:?} did not do its work").into());
    }
    let words: Vec<&str> = (args.iter().copied())
        .map(|word| word.rsplit('/').next().unwrap_or(word))
        .collect();
    println!(
        "{:<40} {:.2} s, {} MB",
        words.join(" "),
        begun.elapsed().as_secs_f64(),
        usage.ru_maxrss >> 10
    );
    Ok(())
}
