//! Who the processes of a world are: `id`, `whoami` and `groups`.

use super::super::User;
use super::super::layout::Layout;
use super::Reply;
use super::accounts::Accounts;

/// What `id`, `whoami` or `groups` answers.
pub(super) fn reply(layout: &Layout, program: &str, args: &[String], user: User) -> Reply {
    let accounts = Accounts::of(layout);
    match (program, args) {
        ("whoami", []) => Reply::says(format!("{}\n", user.name())),
        ("groups", []) => groups(&accounts, user.name(), ""),
        ("groups", [name]) if !name.starts_with('-') => {
            groups(&accounts, name, &format!("{name} : "))
        }
        ("id", _) => id(&accounts, args, user),
        _ => Reply::Unknown,
    }
}

fn groups(accounts: &Accounts, name: &str, before: &str) -> Reply {
    match accounts.person(name) {
        Some(person) => Reply::says(format!("{before}{}\n", person.group_names().join(" "))),
        None => Reply::fails(1, format!("groups: '{name}': no such user\n")),
    }
}

fn id(accounts: &Accounts, args: &[String], user: User) -> Reply {
    let (options, operands): (Vec<_>, Vec<_>) = args.iter().partition(|arg| arg.starts_with('-'));
    let name = match operands.as_slice() {
        [] => user.name(),
        [name] => name.as_str(),
        _ => return Reply::Unknown,
    };
    let Some(person) = accounts.person(name) else {
        return Reply::fails(1, format!("id: '{name}': no such user\n"));
    };
    let mut letters: Vec<char> = options
        .iter()
        .flat_map(|option| match option.as_str() {
            "--user" => "u".chars(),
            "--group" => "g".chars(),
            "--groups" => "G".chars(),
            "--name" => "n".chars(),
            "--real" => "r".chars(),
            short => short.trim_start_matches('-').chars(),
        })
        .filter(|letter| *letter != 'r')
        .collect();
    letters.sort_unstable();
    letters.dedup();
    let says = |text: &str| Reply::says(format!("{text}\n"));
    let group = person.groups.first();
    match letters.as_slice() {
        [] => {
            let named = |(id, name): &(u32, String)| format!("{id}({name})");
            let all: Vec<String> = person.groups.iter().map(named).collect();
            let first = group.map(named).unwrap_or_default();
            says(&format!(
                "uid={}({}) gid={first} groups={}",
                person.id,
                person.name,
                all.join(",")
            ))
        }
        ['u'] => says(&person.id.to_string()),
        ['n', 'u'] => says(&person.name),
        ['g'] => says(&group.map(|(id, _)| id.to_string()).unwrap_or_default()),
        ['g', 'n'] => says(&group.map(|(_, name)| name.clone()).unwrap_or_default()),
        ['G'] => {
            let ids = person.groups.iter().map(|(id, _)| id.to_string());
            says(&ids.collect::<Vec<_>>().join(" "))
        }
        ['G', 'n'] => says(&person.group_names().join(" ")),
        _ => Reply::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> Reply {
        let mut words = line.split_whitespace().map(str::to_owned);
        let program = words.next().unwrap();
        let layout = Layout::new("/no/such/world".into());
        reply(&layout, &program, &words.collect::<Vec<_>>(), User::Dokku)
    }

    #[test]
    fn the_user_is_the_worlds_own() {
        assert_eq!(ask("whoami"), Reply::says("dokku\n"));
        assert_eq!(ask("id -un"), Reply::says("dokku\n"));
        assert_eq!(ask("id -u -n"), Reply::says("dokku\n"));
        assert_eq!(ask("id -u root"), Reply::says("0\n"));
        assert_eq!(ask("id -gn dokku"), Reply::says("dokku\n"));
        assert_eq!(ask("id -Z"), Reply::Unknown);
    }

    #[test]
    fn users_are_those_of_the_worlds_own_files() {
        assert_eq!(ask("id -u www-data"), Reply::says("33\n"));
        assert_eq!(ask("id -Gn"), Reply::says("dokku adm docker\n"));
        assert_eq!(ask("groups"), Reply::says("dokku adm docker\n"));
        assert_eq!(ask("groups root"), Reply::says("root : root\n"));
        assert_eq!(
            ask("id"),
            Reply::says("uid=1000(dokku) gid=1000(dokku) groups=1000(dokku),4(adm),999(docker)\n")
        );
        assert_eq!(
            ask("id nobody-here"),
            Reply::fails(1, "id: 'nobody-here': no such user\n")
        );
        assert_eq!(
            ask("groups nobody-here"),
            Reply::fails(1, "groups: 'nobody-here': no such user\n")
        );
    }
}
