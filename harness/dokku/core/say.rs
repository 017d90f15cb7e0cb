//! What core commands print, in Dokku's own marks. Who closed the stream wants no more of it.

use std::io::Write;

use super::host::Host;

/// A line with the mark of a step.
pub(super) fn step(out: &mut dyn Write, text: &str) {
    marked(out, "----->", text);
}

/// A line with the mark of a step, unless the host is quiet.
pub(super) fn step_unless_quiet(host: &Host, out: &mut dyn Write, text: &str) {
    if !host.quiet {
        step(out, text);
    }
}

/// A line with the mark of a head.
pub(super) fn head(out: &mut dyn Write, text: &str) {
    marked(out, "=====>", text);
}

/// An indented line, unless the host is quiet.
pub(super) fn detail_unless_quiet(host: &Host, out: &mut dyn Write, text: &str) {
    if !host.quiet {
        detail(out, text);
    }
}

/// A line with the mark of a head, unless the host is quiet.
pub(super) fn head_unless_quiet(host: &Host, out: &mut dyn Write, text: &str) {
    if !host.quiet {
        marked(out, "=====>", text);
    }
}

/// An indented line.
pub(super) fn detail(out: &mut dyn Write, text: &str) {
    marked(out, "      ", text);
}

/// A line as it is.
pub(super) fn line(out: &mut dyn Write, text: &str) {
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

fn marked(out: &mut dyn Write, mark: &str, text: &str) {
    line(out, &format!("{mark} {text}"));
}

/// A warning.
pub(super) fn warn(text: &str) {
    eprintln!(" !     {text}");
}
