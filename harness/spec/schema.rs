//! The JSON Schemas of the spec language, for editors and for the walk over a file's shape.

use std::sync::LazyLock;

use serde_json::Value;

/// The JSON Schema of a requirement's file, as JSON text.
pub const REQUIREMENT_SCHEMA: &str = include_str!("../../specs/schema.json");

/// The JSON Schema of a plugin's `conformance.yaml`, as JSON text.
pub const CONFORMANCE_SCHEMA: &str = include_str!("../../specs/conformance.schema.json");

/// The JSON Schema of a file of expectations, keyed by plugin, as JSON text.
pub const EXPECTATIONS_SCHEMA: &str = include_str!("../../specs/expectations.schema.json");

/// The JSON Schema of a list of plugins, as JSON text.
#[cfg(feature = "cli")]
pub const PLUGINS_SCHEMA: &str = include_str!("../../specs/plugins.schema.json");

/// The schema of a requirement's file.
pub(super) fn requirement() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| parse(REQUIREMENT_SCHEMA));
    &SCHEMA
}

/// The schema of a plugin's `conformance.yaml`.
pub(super) fn conformance() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| parse(CONFORMANCE_SCHEMA));
    &SCHEMA
}

/// The schema of a file of expectations, keyed by plugin.
pub(super) fn known_failures() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| parse(EXPECTATIONS_SCHEMA));
    &SCHEMA
}

/// The schema of a list of plugins.
#[cfg(feature = "cli")]
pub(super) fn plugins() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| parse(PLUGINS_SCHEMA));
    &SCHEMA
}

/// A schema that is no JSON accepts everything; the tests see to it that there is none.
fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use schemars::transform::{Transform, transform_subschemas};
    use schemars::{JsonSchema, Schema, generate::SchemaSettings};

    use super::super::raw;
    use super::*;
    use crate::kept_schema;

    /// An optional key may be left out, but a key without a value is a mistake: takes `null` out of the schema.
    #[derive(Clone)]
    struct WithoutNull;

    impl Transform for WithoutNull {
        fn transform(&mut self, schema: &mut Schema) {
            transform_subschemas(self, schema);
            let Some(map) = schema.as_object_mut() else {
                return;
            };
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(options)) = map.get_mut("anyOf") {
                options.retain(|option| option.get("type") != Some(&Value::from("null")));
                if let [Value::Object(only)] = options.as_slice() {
                    let only = only.clone();
                    map.remove("anyOf");
                    map.extend(only);
                }
            }
        }
    }

    fn keep<T: JsonSchema>(file: &str, checked_in: &str) {
        let settings = SchemaSettings::draft2020_12().with_transform(WithoutNull);
        let schema = settings.into_generator().into_root_schema_for::<T>();
        kept_schema::keep(&schema, Path::new("specs").join(file), checked_in);
    }

    #[test]
    fn the_schema_of_requirements_is_current() {
        keep::<raw::Requirement>("schema.json", REQUIREMENT_SCHEMA);
    }

    #[test]
    fn the_schema_of_conformance_files_is_current() {
        keep::<raw::Conformance>("conformance.schema.json", CONFORMANCE_SCHEMA);
    }

    #[test]
    fn the_schema_of_files_of_expectations_is_current() {
        keep::<raw::KnownFailures>("expectations.schema.json", EXPECTATIONS_SCHEMA);
    }
    #[cfg(feature = "cli")]
    #[test]
    fn the_schema_of_lists_of_plugins_is_current() {
        keep::<raw::Plugins>("plugins.schema.json", PLUGINS_SCHEMA);
    }
}
