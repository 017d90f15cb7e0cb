//! A network.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clock::Moment;

/// The networks that every host has.
pub(in super::super) const PREDEFINED: [&str; 3] = ["bridge", "host", "none"];

/// A network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Network {
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    pub(in super::super) driver: String,
    pub(in super::super) created: Moment,
    pub(in super::super) labels: BTreeMap<String, String>,
    pub(in super::super) options: BTreeMap<String, String>,
    pub(in super::super) internal: bool,
    pub(in super::super) attachable: bool,
    pub(in super::super) ipv6: bool,
    /// The first two numbers of its addresses; none for one that gives no addresses.
    pub(in super::super) block: Option<(u8, u8)>,
    /// What it was told to take, such as `172.30.0.0/24`.
    pub(in super::super) subnet: Option<String>,
    pub(in super::super) gateway: Option<String>,
}

impl Network {
    /// One of this name that is like most.
    pub(in super::super) fn named(name: &str, labels: BTreeMap<String, String>) -> Self {
        Self {
            id: String::new(),
            name: name.to_owned(),
            driver: "bridge".into(),
            created: 0,
            labels,
            options: BTreeMap::new(),
            internal: false,
            attachable: false,
            ipv6: false,
            block: None,
            subnet: None,
            gateway: None,
        }
    }

    /// Its addresses, as `172.18.0.0/16`.
    pub(in super::super) fn subnet(&self) -> Option<String> {
        let own = || {
            self.block
                .map(|(first, second)| format!("{first}.{second}.0.0/16"))
        };
        self.subnet.clone().or_else(own)
    }

    /// Where its containers reach the host.
    pub(in super::super) fn gateway(&self) -> Option<String> {
        self.gateway.clone().or_else(|| self.address(1))
    }

    /// How long the part of its addresses is that all have.
    pub(in super::super) fn prefix(&self) -> i64 {
        let subnet = self.subnet();
        let length = subnet.as_deref().and_then(|subnet| subnet.split_once('/'));
        length
            .and_then(|(_, length)| length.parse().ok())
            .unwrap_or_default()
    }

    /// The address of this number.
    pub(in super::super) fn address(&self, number: u16) -> Option<String> {
        let subnet = self.subnet()?;
        let base: std::net::Ipv4Addr = subnet.split('/').next()?.parse().ok()?;
        let address = u32::from(base).checked_add(u32::from(number))?;
        Some(std::net::Ipv4Addr::from(address).to_string())
    }
}
