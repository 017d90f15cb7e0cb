//! How much of a page evidence may take.

use maud::{Markup, html};

/// How many bytes of evidence a page holds, all entries together.
const PAGE: usize = 8 << 20;

/// The room for evidence. Each entry has the same share, and what earlier ones left.
pub(super) struct Room {
    entries: usize,
    begun: usize,
    /// How much was used when the present entry began, and by now.
    before: usize,
    used: usize,
}

impl Room {
    /// For so many entries.
    pub(super) fn new(entries: usize) -> Self {
        Self {
            entries: entries.max(1),
            begun: 0,
            before: 0,
            used: 0,
        }
    }

    /// The next entry begins.
    pub(super) fn next(&mut self) {
        self.begun += 1;
        self.before = self.used;
    }

    /// The entry has ended and is so long in all.
    pub(super) fn end(&mut self, length: usize) {
        self.used = self.before + length;
    }

    /// How far the entries up to this one may go.
    fn end_of_share(&self) -> usize {
        (PAGE / self.entries).saturating_mul(self.begun)
    }

    /// True if this entry has no room left.
    pub(super) fn is_full(&self) -> bool {
        self.used >= self.end_of_share()
    }

    /// What these bring forth, as far as there is room; the first that does not fit and those after it are counted.
    pub(super) fn fill<T>(
        &mut self,
        what: &str,
        of: impl IntoIterator<Item = T>,
        mut render: impl FnMut(T) -> Markup,
    ) -> Markup {
        let (mut text, mut left) = (String::new(), 0);
        for one in of {
            if left > 0 || self.is_full() {
                left += 1;
                continue;
            }
            let piece = render(one).into_string();
            if self.used + piece.len() > self.end_of_share() {
                left += 1;
                continue;
            }
            self.used += piece.len();
            text.push_str(&piece);
        }
        html! {
            (maud::PreEscaped(text))
            @if left > 0 { p.more { "[" (left) " more " (what) " in the record]" } }
        }
    }
}
