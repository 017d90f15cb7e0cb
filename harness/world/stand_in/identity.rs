//! Who the processes of a world are: `id` and `whoami`.

use super::super::User;
use super::Reply;

/// What `id` or `whoami` answers.
pub(super) fn reply(program: &str, args: &[String], user: User) -> Reply {
    if program == "whoami" {
        return Reply::says(format!("{}\n", user.name()));
    }
    let (options, operands): (Vec<_>, Vec<_>) = args.iter().partition(|arg| arg.starts_with('-'));
    let who = match operands.as_slice() {
        [] => user,
        [name] if *name == "dokku" => User::Dokku,
        [name] if *name == "root" => User::Root,
        [name] => return Reply::fails(1, format!("id: '{name}': no such user\n")),
        _ => return Reply::Unknown,
    };
    let (name, id) = (who.name(), who.id());
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
    match letters.as_slice() {
        [] => Reply::says(format!(
            "uid={id}({name}) gid={id}({name}) groups={id}({name})\n"
        )),
        ['u' | 'g' | 'G'] => Reply::says(format!("{id}\n")),
        ['n', 'u'] | ['g' | 'G', 'n'] => Reply::says(format!("{name}\n")),
        _ => Reply::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_is_the_worlds_own() {
        let ask = |args: &[&str]| {
            let args: Vec<_> = args.iter().map(|arg| (*arg).to_owned()).collect();
            reply("id", &args, User::Dokku)
        };
        assert_eq!(ask(&["-un"]), Reply::says("dokku\n"));
        assert_eq!(ask(&["-u", "-n"]), Reply::says("dokku\n"));
        assert_eq!(ask(&["-u", "root"]), Reply::says("0\n"));
        assert_eq!(ask(&["-gn", "dokku"]), Reply::says("dokku\n"));
        assert_eq!(
            ask(&["nobody-here"]),
            Reply::fails(1, "id: 'nobody-here': no such user\n")
        );
        assert_eq!(ask(&["-Z"]), Reply::Unknown);
    }
}
