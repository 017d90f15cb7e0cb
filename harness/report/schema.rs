//! The JSON Schema of a record's lines, for whoever reads records with other programs.

/// The JSON Schema of a line of a record, as JSON text.
pub const RECORD_SCHEMA: &str = include_str!("record.schema.json");

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use schemars::generate::SchemaSettings;
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::RECORD_SCHEMA;
    use crate::dokku::Version;
    use crate::kept_schema;
    use crate::report::Line;
    use crate::sandbox::{Exit, Resource};
    use crate::world::{Call, Change, FileState};

    /// Gives a type the schema that its text in a record has.
    macro_rules! schema_of {
        ($($type:ident: |$generator:pat_param| $schema:expr;)+) => {
            $(impl JsonSchema for $type {
                fn schema_name() -> Cow<'static, str> {
                    stringify!($type).into()
                }

                fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                    $schema
                }
            })+
        };
    }

    schema_of! {
        Version: |_| json_schema!({
            "description": "A released version of Dokku, such as 0.38.27.",
            "type": "string",
            "pattern": r"^\d+\.\d+\.\d+$",
        });
        Exit: |generator| json_schema!({
            "description": "How a process ended.",
            "oneOf": [
                only("status", "It ended by itself with this status.", json_schema!({"type": "integer", "minimum": 0, "maximum": 255})),
                only("signal", "A signal of this number ended it.", json_schema!({"type": "integer"})),
                only("deadline", "It was still running at the deadline, in milliseconds.", u64::json_schema(generator)),
                only("flood", "It wrote more than so many bytes to a stream.", u64::json_schema(generator)),
                only("exhausted", "It used more than this of what it shares with everybody.", generator.subschema_for::<Resource>()),
            ],
        });
        Resource: |generator| json_schema!({
            "description": "A bound on what a tree of processes may use.",
            "oneOf": [
                only("processes", "So many processes at the same time.", u64::json_schema(generator)),
                only("memory", "So many bytes of memory at the same time.", u64::json_schema(generator)),
                only("disk", "So many bytes on the disk.", u64::json_schema(generator)),
                only("files", "So many files and folders.", u64::json_schema(generator)),
            ],
        });
        Call: |_| json_schema!({
            "description": "One call of a program that the world stands in for.",
            "type": "object",
            "properties": {
                "program": {"description": "The name that it was called by.", "type": "string"},
                "argv": {"description": "Its arguments, without the name.", "type": "array", "items": {"type": "string"}},
                "stdin": {"description": "What it was given on standard input.", "type": ["string", "null"]},
                "cwd": {"description": "Its working directory.", "type": "string"},
                "env": {
                    "description": "The variables that tell on whose behalf it was called.",
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                },
                "modelled": {"description": "False if the world had no answer of its own.", "type": "boolean"},
                "lacks": {
                    "description": "What of it the world has no answer to, where that is not the whole of it.",
                    "type": ["string", "null"],
                },
            },
            "required": ["program", "argv", "cwd", "modelled"],
        });
        Change: |generator| json_schema!({
            "description": "One path of the world before and after.",
            "type": "object",
            "properties": {
                "path": {"description": "The path below the world's root.", "type": "string"},
                "before": {"anyOf": [generator.subschema_for::<FileState>(), {"type": "null"}]},
                "after": {"anyOf": [generator.subschema_for::<FileState>(), {"type": "null"}]},
            },
            "required": ["path"],
        });
        FileState: |_| json_schema!({
            "description": "What is known of a file.",
            "type": "object",
            "properties": {
                "kind": {"description": "`file`, `directory`, `link`, or `special`.", "type": "string"},
                "mode": {"description": "The permission bits.", "type": "integer", "minimum": 0, "maximum": u32::MAX},
                "content": {"description": "A file's text or a link's target.", "type": ["string", "null"]},
            },
            "required": ["kind", "mode"],
        });
    }

    /// An object of this one property.
    fn only(name: &str, description: &str, schema: Schema) -> Schema {
        json_schema!({
            "description": description,
            "type": "object",
            "properties": {name: schema},
            "required": [name],
            "additionalProperties": false,
        })
    }

    #[test]
    fn the_schema_of_records_is_current() {
        let generator = SchemaSettings::draft2020_12().into_generator();
        let schema = generator.into_root_schema_for::<Line>();
        let file = "harness/report/record.schema.json".into();
        kept_schema::keep(&schema, file, RECORD_SCHEMA);
    }
}
