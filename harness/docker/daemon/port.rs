//! Ports that a container publishes.

use serde::{Deserialize, Serialize};

/// One port of a container that is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Publish {
    /// The address of the host; empty for each.
    pub(in super::super) address: String,
    /// The port of the host; none for one that docker chooses.
    pub(in super::super) host: Option<u16>,
    /// The port of the container, such as `80/tcp`.
    pub(in super::super) container: String,
}

/// Where a port of a container is reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in super::super) struct Binding {
    pub(in super::super) address: String,
    pub(in super::super) port: u16,
}

impl Binding {
    /// Address and port as one writes them.
    pub(in super::super) fn shown(&self) -> String {
        match self.address.contains(':') {
            true => format!("[{}]:{}", self.address, self.port),
            false => format!("{}:{}", self.address, self.port),
        }
    }
}

impl Publish {
    /// Reads the value of `--publish`: `[[address:][port]:]port[/protocol]`, with ranges.
    ///
    /// # Errors
    /// In docker's words, if it is none.
    pub(in super::super) fn read(text: &str) -> Result<Vec<Self>, String> {
        if text.contains('=') {
            return Self::long(text);
        }
        let (rest, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let bad_protocol = || format!("Invalid proto: {protocol}");
        let protocol = match protocol.to_lowercase().as_str() {
            "" | "tcp" => "tcp",
            "udp" => "udp",
            "sctp" => "sctp",
            _ => return Err(bad_protocol()),
        };
        let (rest, container) = rest.rsplit_once(':').unwrap_or(("", rest));
        let (address, host) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, host)) => (address, host.trim_start_matches(':')),
            None => rest
                .rsplit_once(':')
                .unwrap_or_else(|| match rest.contains('.') {
                    true => (rest, ""),
                    false => ("", rest),
                }),
        };
        if container.is_empty() {
            return Err(format!("No port specified: {text}<empty>"));
        }
        if !address.is_empty() && address.parse::<std::net::IpAddr>().is_err() {
            return Err(format!("invalid IP address: {address}"));
        }
        let bad = |what: &str, port: &str| format!("Invalid {what}: {port}");
        let (first, last) = range(container).ok_or_else(|| bad("containerPort", container))?;
        let hosts = match host {
            "" => None,
            host => Some(range(host).ok_or_else(|| bad("hostPort", host))?),
        };
        if let Some((from, to)) = hosts
            && to - from != last - first
        {
            return Err(format!(
                "Invalid ranges specified for container and host Ports: {container} and {host}"
            ));
        }
        let of = |port: u16| Self {
            address: address.to_owned(),
            host: hosts.map(|(from, _)| from.saturating_add(port - first)),
            container: format!("{port}/{protocol}"),
        };
        Ok((first..=last).map(of).collect())
    }

    /// Reads the form of `published=80,target=80,protocol=tcp`.
    fn long(text: &str) -> Result<Vec<Self>, String> {
        let mut parts = [
            ("target", ""),
            ("published", ""),
            ("protocol", "tcp"),
            ("mode", ""),
        ];
        for field in text.split(',') {
            let (key, value) = field
                .split_once('=')
                .ok_or_else(|| format!("invalid field: {field}"))?;
            let part = parts.iter_mut().find(|(name, _)| *name == key);
            part.ok_or_else(|| format!("invalid field key {key}"))?.1 = value;
        }
        let [(_, target), (_, published), (_, protocol), _] = parts;
        Self::read(&format!("{published}:{target}/{protocol}"))
    }
}

/// The ports of `80` or `80-85`.
pub(in super::super) fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_in_every_form() {
        let read = |text: &str| {
            let shown = |one: &Publish| format!("{}|{:?}|{}", one.address, one.host, one.container);
            Publish::read(text).map(|all| all.iter().map(shown).collect::<Vec<_>>())
        };
        assert_eq!(read("80"), Ok(vec!["|None|80/tcp".into()]));
        assert_eq!(read("8080:80/udp"), Ok(vec!["|Some(8080)|80/udp".into()]));
        assert_eq!(
            read("127.0.0.1:8080:80"),
            Ok(vec!["127.0.0.1|Some(8080)|80/tcp".into()])
        );
        assert_eq!(
            read("127.0.0.1::80"),
            Ok(vec!["127.0.0.1|None|80/tcp".into()])
        );
        assert_eq!(read("[::1]:8:80"), Ok(vec!["::1|Some(8)|80/tcp".into()]));
        assert_eq!(read("1-2:3-4").map(|all| all.len()), Ok(2));
        assert_eq!(read("x:80"), Err("Invalid hostPort: x".into()));
        assert_eq!(read("80:"), Err("No port specified: 80:<empty>".into()));
        assert_eq!(
            read("published=1,target=2"),
            Ok(vec!["|Some(1)|2/tcp".into()])
        );
    }
}
