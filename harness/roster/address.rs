//! From a link on a page to the address of a repository.

use super::url::Url;

/// Hosts on which a repository is an owner and a name.
const OF_TWO: [&str; 6] = [
    "bitbucket.org",
    "codeberg.org",
    "git.sr.ht",
    "gitea.com",
    "github.com",
    "notabug.org",
];

/// Hosts on which it may lie in groups too.
const OF_MORE: [&str; 3] = ["framagit.org", "gitlab.com", "salsa.debian.org"];

/// The address of the repository that a link leads to.
///
/// # Errors
/// Why it leads to none, as the end of a sentence.
pub(super) fn address(link: &str) -> Result<Url, String> {
    let parsed = |text: &str| Url::parse(text).map_err(|error| error.to_string());
    // `mailto:` and its like look like a host.
    if let Some((host, _)) = link.split_once(':')
        && !host.contains('@')
        && !link.contains("://")
    {
        return Err(format!("`{link}` is no address of a repository"));
    }
    let Some((scheme @ ("https" | "http"), rest)) = link.split_once("://") else {
        return parsed(link);
    };
    if rest.contains(['?', '#']) {
        return Err("its link leads to a part of a page".to_owned());
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let path = path.trim_end_matches('/');
    let bare = path.strip_suffix(".git").unwrap_or(path);
    let parts: Vec<&str> = bare.split('/').filter(|part| !part.is_empty()).collect();
    let has_groups = OF_MORE.contains(&host) || host.starts_with("gitlab.");
    if OF_TWO.contains(&host) || has_groups {
        return match parts.as_slice() {
            [] | [_] => Err("its link names no repository".to_owned()),
            [_, _] => parsed(&format!("https://{host}/{}", parts.join("/"))),
            // On GitLab a page of a repository lies below a part that is a single hyphen.
            more if has_groups && !more.contains(&"-") => {
                parsed(&format!("https://{host}/{}", more.join("/")))
            }
            _ => Err("its link leads into a repository, and not to one".to_owned()),
        };
    }
    match bare != path || host.starts_with("git.") {
        true => parsed(&format!("{scheme}://{host}/{path}")),
        false => Err(format!(
            "`{host}` is no git host that is known: end the address with .git if it is one"
        )),
    }
}

/// Who has a repository: the part of its address before its name, if there is one.
pub(super) fn owner(url: &Url) -> Option<&str> {
    let above = url.as_str().trim_end_matches('/').rsplit_once('/')?.0;
    above
        .rsplit(['/', ':'])
        .next()
        .filter(|owner| !owner.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_repository_is_its_address() {
        for (link, text) in [
            (
                "https://github.com/dokku/dokku-redis",
                "https://github.com/dokku/dokku-redis",
            ),
            ("http://www.GitHub.com/a/b.git/", "https://github.com/a/b"),
            (
                "https://notabug.org/x/dokku-robots.txt",
                "https://notabug.org/x/dokku-robots.txt",
            ),
            (
                "https://gitlab.com/group/sub/name",
                "https://gitlab.com/group/sub/name",
            ),
            (
                "https://example.org/srv/x.git",
                "https://example.org/srv/x.git",
            ),
            ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ] {
            let url = address(link).unwrap();
            assert_eq!(url.as_str(), text);
            assert!(owner(&url).is_some(), "{link}");
        }
    }

    #[test]
    fn any_other_is_refused_with_its_reason() {
        for (link, why) in [
            ("https://github.com/dokku", "names no repository"),
            (
                "https://github.com/a/b/tree/master/plugins/x",
                "leads into a repository",
            ),
            ("https://gitlab.com/a/b/-/tree/x", "leads into a repository"),
            ("https://github.com/a/b#readme", "part of a page"),
            (
                "https://gist.github.com/a/0a0a",
                "no git host that is known",
            ),
            ("https://example.org/plugin", "no git host that is known"),
            ("../x.md", "is a folder"),
            ("mailto:x@example.org", "is no address"),
            ("https://github.com/a/b c", "is no address"),
            ("https://github.com/a/--x", "names a place"),
        ] {
            let told = address(link).map(|url| url.to_string());
            assert!(
                told.as_ref().is_err_and(|told| told.contains(why)),
                "{link}: {told:?}"
            );
        }
    }
}
