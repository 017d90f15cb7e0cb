//! What is done to networks.

use super::container::{Container, Endpoint};
use super::network::{Network, PREDEFINED};
use super::{Done, State, Trouble};

impl State {
    /// The network of this name, id or beginning of an id.
    pub(in super::super) fn network(&self, name: &str) -> Done<&Network> {
        let missing = || Trouble::Missing(format!("network {name} not found"));
        let mut named = self.networks.iter();
        if let Some(found) = named.find(|one| one.name == name || one.id == name) {
            return Ok(found);
        }
        let mut found = self
            .networks
            .iter()
            .filter(|one| !name.is_empty() && one.id.starts_with(name));
        match (found.next(), found.next()) {
            (Some(network), None) => Ok(network),
            (Some(_), Some(_)) => Err(Trouble::refused(format!(
                "network {name} is ambiguous (2 matches found on ID prefix)"
            ))),
            (None, _) => Err(missing()),
        }
    }

    /// Makes a network of what is given; its id.
    pub(in super::super) fn make_network(&mut self, mut network: Network) -> Done<String> {
        if self.networks.iter().any(|one| one.name == network.name) {
            return Err(Trouble::refused(format!(
                "network with name {} already exists",
                network.name
            )));
        }
        if PREDEFINED.contains(&network.name.as_str()) {
            return Err(Trouble::refused(format!(
                "operation is not permitted on predefined {} network ",
                network.name
            )));
        }
        network.id = self.new_id("network");
        network.created = self.tick();
        if network.subnet.is_none() && network.driver != "host" && network.driver != "null" {
            network.block = Some((172, self.next_block));
            self.next_block = self.next_block.checked_add(1).ok_or_else(|| {
                Trouble::refused("could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network")
            })?;
        }
        let id = network.id.clone();
        self.networks.push(network);
        Ok(id)
    }

    /// Those that are in a network, of which only the running ones count.
    pub(in super::super) fn members(&self, network: &str) -> impl Iterator<Item = &Container> {
        let is_in = move |one: &&Container| one.networks.contains_key(network);
        self.containers
            .iter()
            .filter(|one| one.is_up())
            .filter(is_in)
    }

    pub(in super::super) fn remove_network(&mut self, name: &str) -> Done<()> {
        let network = self.network(name)?.clone();
        if PREDEFINED.contains(&network.name.as_str()) {
            return Err(Trouble::refused(format!(
                "{} is a pre-defined network and cannot be removed",
                network.name
            )));
        }
        if self.members(&network.name).next().is_some() {
            return Err(Trouble::refused(format!(
                "error while removing network: network {} id {} has active endpoints",
                network.name, network.id
            )));
        }
        self.networks.retain(|one| one.id != network.id);
        self.tick();
        Ok(())
    }

    pub(in super::super) fn connect(
        &mut self,
        network: &str,
        container: &str,
        endpoint: Endpoint,
    ) -> Done<()> {
        let name = self.network(network)?.name.clone();
        let one = self.container(container)?.clone();
        if one.networks.contains_key(&name) {
            return Err(Trouble::refused(format!(
                "endpoint with name {} already exists in network {name}",
                one.name
            )));
        }
        if name == "host" || one.networks.contains_key("host") {
            return Err(Trouble::refused(
                "container cannot be disconnected from host network or connected to host network",
            ));
        }
        self.container_mut(&one.id)?.networks.insert(name, endpoint);
        if one.is_up() {
            self.give_addresses(&one.id)?;
        }
        self.tick();
        Ok(())
    }

    pub(in super::super) fn disconnect(
        &mut self,
        network: &str,
        container: &str,
        force: bool,
    ) -> Done<()> {
        let name = self.network(network)?.name.clone();
        let one = match self.container_mut(container) {
            Err(Trouble::Missing(_)) if force => return Ok(()),
            other => other?,
        };
        match one.networks.remove(&name) {
            Some(_) => {
                self.tick();
                Ok(())
            }
            None => Err(Trouble::refused(format!(
                "container {} is not connected to network {name}",
                one.id
            ))),
        }
    }

    /// Gives a container an address in each of its networks in which it has none.
    pub(super) fn give_addresses(&mut self, container: &str) -> Done<()> {
        let one = self.container(container)?.clone();
        for (name, endpoint) in &one.networks {
            if endpoint.address.is_some() {
                continue;
            }
            let network = self.network(name)?.clone();
            let taken = |address: &String| {
                let of = |other: &Container| other.networks.get(name)?.address.clone();
                self.containers
                    .iter()
                    .filter_map(of)
                    .any(|one| one == *address)
            };
            let address = match &endpoint.wanted {
                Some(wanted) if taken(wanted) => {
                    return Err(Trouble::refused("Address already in use"));
                }
                Some(wanted) => Some(wanted.clone()),
                None => (2..=u16::MAX)
                    .filter_map(|number| network.address(number))
                    .find(|address| !taken(address)),
            };
            if let Some(endpoint) = self.container_mut(container)?.networks.get_mut(name) {
                endpoint.address = address;
            }
        }
        Ok(())
    }
}
