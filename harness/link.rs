//! Links that strangers write.

use crate::visible::is_hidden;

/// True for a link that may be shown as one: to a page of the web, with nothing in it that could end it or lead
/// elsewhere than it says.
pub(crate) fn is_link(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or(text.strip_prefix("http://"));
    let is_plain = |letter: char| !letter.is_whitespace() && !is_hidden(letter);
    let is_safe = |letter: char| is_plain(letter) && !"<>\"'`\\|{}^()[]".contains(letter);
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // What stands before an `@` looks like the host, and is none.
        !host.is_empty() && !host.contains('@') && rest.chars().all(is_safe)
    })
}

#[cfg(test)]
mod tests {
    use super::is_link;

    #[test]
    fn a_link_leads_to_a_page_of_the_web() {
        for link in [
            "https://github.com/dokku/dokku/issues/1",
            "http://example.org",
            "https://example.org/?a=b&c=%20#d",
        ] {
            assert!(is_link(link), "{link}");
        }
        for none in [
            "",
            "#12",
            "https://",
            "https:///x",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://github.com@evil.example/",
            "https://a.example/ b",
            "https://a.example/\u{202E}b",
            "https://a.example/\"onclick=x",
            "https://a.example/)[x](y",
        ] {
            assert!(!is_link(none), "{none}");
        }
    }
}
