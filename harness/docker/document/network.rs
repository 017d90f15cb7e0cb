//! What `inspect` shows of a network.

use super::super::daemon::State;
use super::super::daemon::clock::exact;
use super::super::daemon::network::Network;
use super::container::{endpoint_id, mac};
use super::map;
use crate::go_template::{Field, Kind, Value};

/// What `inspect` shows of a network.
pub(in super::super) fn network(state: &State, one: &Network) -> Value {
    let pools = one.subnet().map(|subnet| {
        let fields = vec![
            Field::optional("Subnet", subnet),
            Field::optional("Gateway", one.gateway().unwrap_or_default()),
        ];
        Value::Struct("network.IPAMConfig", fields)
    });
    let ipam = vec![
        Field::new("Driver", "default"),
        Field::new("Options", Value::Nil(Kind::Map)),
        Field::new("Config", Value::List(pools.into_iter().collect())),
    ];
    let members = state.members(&one.name).map(|member| {
        let endpoint = member.networks.get(&one.name);
        let address = endpoint
            .and_then(|own| own.address.clone())
            .unwrap_or_default();
        let fields = vec![
            Field::new("Name", member.name.as_str()),
            Field::new("EndpointID", endpoint_id(member, one)),
            Field::new("MacAddress", mac(&address)),
            Field::new("IPv4Address", format!("{address}/{}", one.prefix())),
            Field::new("IPv6Address", ""),
        ];
        (
            member.id.clone(),
            Value::Struct("network.EndpointResource", fields),
        )
    });
    let from = vec![Field::new("Network", "")];
    let fields = vec![
        Field::new("Name", one.name.as_str()),
        Field::named("ID", "Id", one.id.as_str()),
        Field::new("Created", exact(one.created)),
        Field::new("Scope", "local"),
        Field::new("Driver", one.driver.as_str()),
        Field::new("EnableIPv6", one.ipv6),
        Field::new("IPAM", Value::Struct("network.IPAM", ipam)),
        Field::new("Internal", one.internal),
        Field::new("Attachable", one.attachable),
        Field::new("Ingress", false),
        Field::new("ConfigFrom", Value::Struct("network.ConfigReference", from)),
        Field::new("ConfigOnly", false),
        Field::new("Containers", map(Kind::Any, members.collect())),
        Field::new("Options", Value::texts(&one.options)),
        Field::new("Labels", Value::texts(&one.labels)),
    ];
    Value::Struct("network.Inspect", fields)
}
