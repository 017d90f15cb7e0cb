//! The page of a record, in a browser: Debian's chromium, where it is installed.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::time::Instant;

use assert_cmd::Command;
use scratch::scratch;
use serde_json::{Value, json};
use tempfile::TempDir;

mod scratch;

/// Names under which the browser may be installed.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// What a plugin could print to leave its place in a page.
const HOSTILE: &str = "</script><script>alert(1)</script><!-- ]]> &amp; \"'` \u{1B}[31m\u{202E}\0\r\n\t<img src=x onerror=alert(2)>";

/// The browser; none, said why, where there is none.
fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let found = BROWSERS
        .iter()
        .flat_map(|name| places.iter().map(move |place| place.join(name)))
        .find(|program| program.is_file());
    if found.is_none() {
        eprintln!("skipped: none of {} is installed", BROWSERS.join(", "));
    }
    found
}

/// A browser that shows a page and asks nothing of the network.
fn browse(browser: &Path, profile: &Path, arguments: &[&str], url: &str) -> Process {
    let mut process = Process::new(browser);
    process
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--enable-logging=stderr",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(arguments)
        .arg(url)
        .stdin(Stdio::null());
    process
}

/// A page on the disk.
struct Page {
    folder: TempDir,
    browser: PathBuf,
}

impl Page {
    /// Of a record.
    fn of(browser: PathBuf, record: &[Value]) -> Self {
        let folder = scratch();
        render(folder.path(), record);
        Self { folder, browser }
    }

    fn url(&self, rest: &str) -> String {
        format!("file://{}/report.html{rest}", self.folder.path().display())
    }

    /// What the browser makes of it at this query and fragment. Nothing may be said on the console.
    fn shown(&self, rest: &str) -> String {
        let profile = self.folder.path().join("profile");
        let arguments = ["--dump-dom", "--virtual-time-budget=5000"];
        let output = browse(&self.browser, &profile, &arguments, &self.url(rest))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let console: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("CONSOLE"))
            .collect();
        assert!(console.is_empty(), "{console:#?}");
        let dom = String::from_utf8(output.stdout).unwrap();
        assert!(dom.contains("</html>"), "no page came: {said}");
        dom
    }
}

/// Writes a record and its page, `report.html`, to a folder.
fn render(folder: &Path, record: &[Value]) {
    let mut text = String::new();
    for line in record {
        let _ = writeln!(text, "{line}");
    }
    let (jsonl, html) = (folder.join("r.jsonl"), folder.join("report.html"));
    fs::write(&jsonl, text).unwrap();
    Command::new(env!("CARGO_BIN_EXE_dokku-conform"))
        .arg("render")
        .arg(jsonl)
        .arg(format!("--format=html={}", html.display()))
        .assert()
        .success();
}

/// A record of these plugins, requirements and versions, one case of each, with what `came` says of it.
fn record(
    plugins: &[String],
    requirements: &[String],
    versions: &[&str],
    came: impl Fn(usize, usize, usize) -> (&'static str, Value),
) -> Vec<Value> {
    let level = |r| if r % 2 == 0 { "must" } else { "should" };
    let mut cases = Vec::new();
    let mut counts =
        json!({"pass": 0, "fail": 0, "warn": 0, "skip": 0, "inconclusive": 0, "error": 0});
    for (p, plugin) in plugins.iter().enumerate() {
        for (v, version) in versions.iter().enumerate() {
            for (r, requirement) in requirements.iter().enumerate() {
                let (outcome, evidence) = came(p, r, v);
                let mut add = |name: &str| counts[name] = json!(counts[name].as_u64().unwrap() + 1);
                add(outcome);
                if outcome == "fail" && level(r) != "must" {
                    add("warn");
                }
                let reason = match outcome {
                    "pass" => String::new(),
                    _ => format!("{plugin} came out as {outcome}"),
                };
                cases.push(json!({
                    "type": "case", "plugin": plugin, "requirement": requirement, "level": level(r),
                    "case": format!("the case of {requirement}"), "dokku": version, "outcome": outcome,
                    "reason": reason,
                    "duration_ms": 3, "evidence": evidence,
                }));
            }
        }
    }
    let plugin =
        |name: &String| json!({"label": name, "name": name, "path": format!("plugins/{name}")});
    let rule = |(r, id): (usize, &String)| json!({"id": id, "level": level(r), "title": format!("What {id} asks"), "fix": "Do it."});
    let header = json!({
        "type": "header", "format": 1, "program": "0.1.0", "dokku": versions, "isolation": "strict", "enforced": ["all"],
        "time": "2026-01-02T03:04:05Z", "cases": cases.len(),
        "plugins": plugins.iter().map(plugin).collect::<Vec<_>>(),
        "requirements": requirements.iter().enumerate().map(rule).collect::<Vec<_>>(),
    });
    let footer = json!({"type": "footer", "counts": counts, "duration_ms": 1234});
    std::iter::once(header)
        .chain(cases)
        .chain([footer])
        .collect()
}

/// What a case saw that printed something.
fn evidence(printed: &str) -> Value {
    json!({
        "place": {"file": "commands", "line": 24},
        "differences": [{"subject": "stdout", "expected": "one line\n", "actual": format!("one {printed}\n")}],
        "findings": [{"place": {"file": printed, "line": 3}, "message": printed, "excerpt": printed}],
        "steps": [{"command": format!("dokku {printed}"), "exit": {"status": 1}, "stdout": printed, "stderr": printed,
            "calls": [{"program": "docker", "argv": ["run", printed], "cwd": "/", "modelled": true}]}],
    })
}

fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{prefix}-{n}")).collect()
}

/// Two plugins of which the first breaks a `must` in one of two versions.
fn small(browser: PathBuf) -> Page {
    let came = |p, r, v| match (p, r, v) {
        (0, 2, 1) => ("fail", evidence(HOSTILE)),
        (1, 1, _) => ("skip", json!({})),
        _ => ("pass", json!({})),
    };
    let record = record(
        &["first".into(), "second".into()],
        &names("rule", 3),
        &["0.37.5", "0.38.27"],
        came,
    );
    Page::of(browser, &record)
}

/// The text of the element that says what is shown.
fn status(dom: &str) -> String {
    let (_, rest) = dom.split_once(r#"id="shown" role="status">"#).unwrap();
    rest.split('<').next().unwrap().to_owned()
}

/// The labels of the rows that are shown.
fn rows(dom: &str) -> Vec<&str> {
    let rows = dom.split("<tr ").filter(|row| row.contains("data-cells"));
    let shown = rows.filter(|row| !row.split('>').next().unwrap().contains("gone"));
    let label = |row| {
        let (head, _): (&str, &str) = str::split_once(row, "</th>").unwrap();
        head.trim_end_matches("</a>").rsplit('>').next().unwrap()
    };
    shown.map(label).collect()
}

#[test]
fn the_page_opens_without_a_word_and_shows_all() {
    let Some(browser) = browser() else { return };
    let dom = small(browser).shown("");
    assert!(
        status(&dom).starts_with("12 of 12 cases shown · 2 of 2 plugins"),
        "{}",
        status(&dom)
    );
    assert_eq!(rows(&dom), ["first", "second"]);
    assert!(
        !dom.contains("<img"),
        "what a plugin printed became an element"
    );
}

#[test]
fn filters_are_kept_in_the_url() {
    let Some(browser) = browser() else { return };
    let page = small(browser);
    let dom = page.shown("?outcome=fail,warn");
    assert_eq!(rows(&dom), ["first"]);
    assert!(
        status(&dom).starts_with("1 of 12 cases shown · 1 of 2 plugins · 1 of 3"),
        "{}",
        status(&dom)
    );
    let dom = page.shown("?outcome=fail&dokku=0.37.5");
    assert_eq!(rows(&dom), Vec::<&str>::new());
    let dom = page.shown("?plugin=SECOND&requirement=rule-1");
    assert_eq!(rows(&dom), ["second"]);
    assert!(
        status(&dom).starts_with("2 of 12 cases shown"),
        "{}",
        status(&dom)
    );
}

#[test]
fn a_failing_cell_opens_its_evidence_by_its_url() {
    let Some(browser) = browser() else { return };
    let dom = small(browser).shown("#first/rule-2");
    let (_, dialog) = dom.split_once("<dialog").unwrap();
    let (tag, body) = dialog.split_once('>').unwrap();
    assert!(tag.contains("open"), "{tag}");
    for part in [
        "first · rule-2",
        r#"id="first/rule-2""#,
        "<ins>+one",
        "commands:24",
        "dokku-conform check",
    ] {
        assert!(body.contains(part), "{part} is not in the dialog");
    }
}

#[test]
fn keys_lead_through_the_matrix_and_the_evidence() {
    let Some(browser) = browser() else { return };
    let came = |_, r, _| match r {
        0 | 2 => ("fail", evidence("x")),
        _ => ("pass", json!({})),
    };
    let page = Page::of(
        browser,
        &record(&names("p", 2), &names("rule", 3), &["0.38.27"], came),
    );
    let html = page.folder.path().join("report.html");
    let text = fs::read_to_string(&html).unwrap();
    let script = format!("<script>{KEYS}</script></body>");
    fs::write(html, text.replacen("</body>", &script, 1)).unwrap();
    let dom = page.shown("");
    let (_, steps) = dom.split_once("<title>").unwrap();
    let (steps, _) = steps.split_once("</title>").unwrap();
    let steps: Vec<&str> = steps.split(' ').collect();
    let expected = [
        // One cell is in the order of tabs. Arrows go to the next that has evidence.
        "1",
        "#p-0/rule-0",
        "#p-0/rule-2",
        "#p-1/rule-2",
        "#p-1/rule-0",
        // The evidence opens, is gone through, and gives the focus back to its cell.
        "true",
        "#p-1/rule-2",
        "false",
        "#p-1/rule-2",
    ];
    assert_eq!(steps, expected);
}

/// Presses keys, and writes to the title where that led to.
const KEYS: &str = r#"
addEventListener("load", () => {
  const steps = [];
  const dialog = document.querySelector("dialog");
  const press = (key, at) => at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const focused = () => document.activeElement.getAttribute("href");
  steps.push(document.querySelectorAll("td > a:not([tabindex='-1'])").length);
  document.querySelector("td > a").focus();
  steps.push(focused());
  for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft"]) {
    press(key, document.activeElement);
    steps.push(focused());
  }
  // The browser tells of both in its own time: here they are told at once.
  const moved = () => dispatchEvent(new HashChangeEvent("hashchange"));
  location.hash = document.activeElement.hash;
  moved();
  steps.push(dialog.open);
  press("j", dialog);
  moved();
  steps.push(location.hash);
  dialog.close();
  dialog.dispatchEvent(new Event("close"));
  steps.push(dialog.open, focused());
  document.title = steps.join(" ");
});
"#;

/// How long it takes to write the page of 130 000 cases, how long it is, and how long the browser takes to filter it.
/// `cargo test --release --test browser -- --ignored --nocapture`
#[test]
#[ignore = "a measurement, which takes a while"]
fn a_big_record() {
    let Some(browser) = browser() else { return };
    let came = |p: usize, r: usize, v: usize| {
        let (seed, changed) = (
            (p * 7919 + r * 104_729) % 1000,
            (p + r + v).is_multiple_of(5),
        );
        match seed {
            0..60 if !changed => (
                "fail",
                evidence(&format!("{p} {r}\n{}", "a line of output\n".repeat(20))),
            ),
            60..90 => ("inconclusive", evidence(&format!("{p} {r}"))),
            90..92 => ("error", json!({})),
            92..250 => ("skip", json!({})),
            _ => ("pass", json!({})),
        }
    };
    let versions = ["0.20.4", "0.25.7", "0.30.11", "0.35.20", "0.38.27"];
    let record = record(
        &names("some-plugin", 325),
        &names("requirement", 80),
        &versions,
        came,
    );
    let kept = std::env::var_os("KEEP").map(PathBuf::from);
    let folder = scratch();
    let folder = kept.as_deref().unwrap_or(folder.path());
    let begin = Instant::now();
    render(folder, &record);
    let html = folder.join("report.html");
    let page = fs::read_to_string(&html).unwrap();
    println!(
        "written in {:?} with reading it, {} bytes",
        begin.elapsed(),
        page.len()
    );
    assert!(page.len() < 15_000_000);

    let measured = folder.join("measured.html");
    let script = format!("<script>{MEASURE}</script></body>");
    fs::write(&measured, page.replacen("</body>", &script, 1)).unwrap();
    let profile = folder.join("profile");
    let url = format!("file://{}", measured.display());
    let mut browser = browse(&browser, &profile, &["--window-size=1600,1000"], &url)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    for line in BufReader::new(browser.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.contains("CONSOLE") {
            println!("{line}");
        }
        if line.contains("measured: end") {
            break;
        }
    }
    browser.kill().unwrap();
    browser.wait().unwrap();
}

/// Filters the page in several ways and tells how long it took until the second frame was drawn, and the longest time
/// in which the page answered nothing.
const MEASURE: &str = r##"
addEventListener("load", () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const rest = () => new Promise((done) => setTimeout(done, 1000));
  let longest = 0;
  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  tasks.observe({ type: "longtask" });
  console.log(`measured: loaded after ${performance.now().toFixed()} ms`);
  const form = document.querySelector("#filters");
  const steps = {
    "fail only": () => { form.elements.outcome[1].checked = true; },
    "all again": () => { form.elements.outcome[1].checked = false; },
    "one version": () => { form.elements.dokku.value = "0.30.11"; },
    "every version": () => { form.elements.dokku.value = ""; },
    "a letter of a plugin": () => { form.elements.plugin.value = "1"; },
    "another": () => { form.elements.plugin.value = "12"; },
    "no plugin text": () => { form.elements.plugin.value = ""; },
    "a requirement": () => { form.elements.requirement.value = "7"; },
    "inconclusive too": () => { form.elements.outcome[3].checked = true; },
    "nothing asked": () => { form.reset(); },
  };
  for (const [name, step] of Object.entries(steps)) {
    await rest();
    longest = 0;
    const begin = performance.now();
    step();
    form.dispatchEvent(new Event("input"));
    await frame();
    await frame();
    const drawn = performance.now() - begin;
    await rest();
    console.log(`measured: ${name}: drawn after ${drawn.toFixed()} ms, longest pause ${longest.toFixed()} ms: ${document.querySelector("#shown").textContent}`);
  }
  console.log("measured: end");
});
"##;
