//! Programs of the host that a plugin may call and that must not reach the real host.

use std::fs;

use super::Reply;

/// Programs whose effect would leave the world, or whose answer depends on the machine or the network. What no arm of
/// [`reply`] knows of them is not modelled.
const PROGRAMS: &[&str] = &[
    "add-apt-repository",
    "addgroup",
    "adduser",
    "apt",
    "apt-get",
    "apt-key",
    "at",
    "aws",
    "certbot",
    "chgrp",
    "chown",
    "chpasswd",
    "chsh",
    "crontab",
    "curl",
    "delgroup",
    "deluser",
    "dig",
    "docker-compose",
    "dpkg",
    "dpkg-query",
    "dpkg-reconfigure",
    "gem",
    "git-receive-pack",
    "gpasswd",
    "groupadd",
    "groupdel",
    "groupmod",
    "haproxy",
    "host",
    "hostname",
    "ifconfig",
    "initctl",
    "insmod",
    "invoke-rc.d",
    "ip",
    "iptables",
    "journalctl",
    "kubectl",
    "logger",
    "losetup",
    "modprobe",
    "monit",
    "mount",
    "nc",
    "netstat",
    "nginx",
    "npm",
    "nslookup",
    "passwd",
    "ping",
    "pip",
    "pip3",
    "pluginhook",
    "poweroff",
    "reboot",
    "rsync",
    "runuser",
    "scp",
    "service",
    "shutdown",
    "sigil",
    "snap",
    "ss",
    "ssh",
    "sshcommand",
    "su",
    "swapoff",
    "swapon",
    "sysctl",
    "systemctl",
    "telnet",
    "ufw",
    "umount",
    "update-rc.d",
    "useradd",
    "userdel",
    "usermod",
    "visudo",
    "wget",
    "yum",
];

/// The names of these programs.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PROGRAMS.iter().copied()
}

/// What a program of the host answers.
pub(super) fn reply(program: &str, args: &[String]) -> Reply {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match (program, words.as_slice()) {
        ("logger", _) => Reply::silent(0),
        ("hostname", [] | ["-f" | "--fqdn"]) => Reply::says("dokku.invalid\n"),
        ("chown" | "chgrp", _) => change_owner(program, &words),
        ("nginx", ["-t", ..]) => Reply::fails(
            0,
            "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n\
             nginx: configuration file /etc/nginx/nginx.conf test is successful\n",
        ),
        ("nginx", ["-v"]) => Reply::fails(0, "nginx version: nginx/1.22.1\n"),
        ("systemctl" | "service" | "initctl" | "invoke-rc.d", _) if words.contains(&"nginx") => {
            Reply::silent(0)
        }
        ("nginx", ["-s", "reload"]) => Reply::silent(0),
        ("systemctl", ["daemon-reload"]) => Reply::silent(0),
        ("systemctl", _) => systemctl(&words),
        ("service", [unit, "start" | "restart" | "reload" | "force-reload"])
            if RUNNING.contains(unit) =>
        {
            Reply::silent(0)
        }
        ("netstat", options) if options.iter().all(|word| is_plain_netstat(word)) => {
            Reply::says(NO_SOCKETS)
        }
        _ => Reply::Unknown,
    }
}

/// The services besides nginx that run on every Dokku host.
const RUNNING: [&str; 5] = ["cron", "docker", "rsyslog", "ssh", "sshd"];

/// What `netstat` says where nobody has a socket.
const NO_SOCKETS: &str = "Active Internet connections (servers and established)\n\
     Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n\
     Active UNIX domain sockets (servers and established)\n\
     Proto RefCnt Flags       Type       State         I-Node   Path\n";

/// True for options that ask for sockets of every kind.
fn is_plain_netstat(word: &str) -> bool {
    let letters = word.strip_prefix('-');
    letters.is_some_and(|letters| letters.chars().all(|letter| matches!(letter, 'a' | 'n')))
}

/// What keeps a service that runs as it is, and what asks whether it does.
fn systemctl(words: &[&str]) -> Reply {
    let is_option = |word: &&&str| matches!(**word, "--quiet" | "-q" | "--now" | "--no-block");
    let is_quiet = words.iter().any(|word| matches!(*word, "--quiet" | "-q"));
    let words: Vec<&str> = words
        .iter()
        .filter(|word| !is_option(word))
        .copied()
        .collect();
    let says = |text: &str| match is_quiet {
        true => Reply::silent(0),
        false => Reply::says(text),
    };
    let [verb, unit] = words.as_slice() else {
        return Reply::Unknown;
    };
    let unit = unit.strip_suffix(".service").unwrap_or(unit);
    match *verb {
        _ if !RUNNING.contains(&unit) => Reply::Unknown,
        "start" | "restart" | "reload" | "reload-or-restart" | "enable" => Reply::silent(0),
        "is-active" => says("active\n"),
        "is-enabled" => says("enabled\n"),
        _ => Reply::Unknown,
    }
}

/// Every file of a world belongs to the same user in truth, so a change of owner is accepted where the file is there.
fn change_owner(program: &str, words: &[&str]) -> Reply {
    let mut files = words.iter().filter(|word| !word.starts_with('-')).skip(1);
    match files.find(|file| fs::symlink_metadata(file).is_err()) {
        Some(missing)
            if !words
                .iter()
                .any(|word| matches!(*word, "-f" | "--silent" | "--quiet")) =>
        {
            Reply::fails(
                1,
                format!("{program}: cannot access '{missing}': No such file or directory\n"),
            )
        }
        Some(_) => Reply::silent(1),
        None => Reply::silent(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_so_that_a_name_is_found_by_eye() {
        assert!(PROGRAMS.is_sorted());
    }

    #[test]
    fn a_change_of_owner_needs_the_file() {
        assert_eq!(
            reply("chown", &["-R".into(), "dokku:dokku".into(), "/".into()]),
            Reply::silent(0)
        );
        assert_eq!(
            reply("chown", &["dokku".into(), "/no/such/file".into()]),
            Reply::fails(
                1,
                "chown: cannot access '/no/such/file': No such file or directory\n"
            )
        );
    }

    #[test]
    fn the_services_of_a_dokku_host_run() {
        let ask = |program: &str, line: &str| {
            let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
            reply(program, &words)
        };
        assert_eq!(ask("systemctl", "reload cron"), Reply::silent(0));
        assert_eq!(
            ask("systemctl", "is-active docker.service"),
            Reply::says("active\n")
        );
        assert_eq!(ask("systemctl", "--quiet is-active cron"), Reply::silent(0));
        assert_eq!(ask("systemctl", "stop cron"), Reply::Unknown);
        assert_eq!(ask("systemctl", "start my-own"), Reply::Unknown);
        assert_eq!(ask("service", "cron reload"), Reply::silent(0));
        assert_eq!(ask("service", "my-own reload"), Reply::Unknown);
        assert_eq!(ask("netstat", "-an"), Reply::says(NO_SOCKETS));
        assert_eq!(ask("netstat", "-r"), Reply::Unknown);
    }

    #[test]
    fn what_is_not_known_is_said_to_be_unknown() {
        assert_eq!(
            reply("curl", &["http://example.invalid".into()]),
            Reply::Unknown
        );
    }
}
