use std::collections::BTreeMap;

use super::*;

/// A document with one of each kind of value.
fn document() -> Value {
    let labels = BTreeMap::from([
        ("a.b".to_owned(), "1".to_owned()),
        ("c".to_owned(), "2".to_owned()),
    ]);
    let binding = |port: &str| {
        let fields = vec![
            Field::named("HostIP", "HostIp", "0.0.0.0"),
            Field::new("HostPort", port),
        ];
        Value::Struct("nat.PortBinding", fields)
    };
    let ports = BTreeMap::from([
        (
            "80/tcp".to_owned(),
            Value::List(vec![binding("8080"), binding("81")]),
        ),
        ("90/tcp".to_owned(), Value::Nil(Kind::List)),
    ]);
    let state = vec![
        Field::new("Running", true),
        Field::new("ExitCode", 3),
        Field::new("Pid", Value::Unknown("a pid".into())),
    ];
    Value::Struct(
        "types.Thing",
        vec![
            Field::named("ID", "Id", "abc"),
            Field::new("Env", Value::list(&["A=b".into(), "C=d e".into()])),
            Field::new("Labels", Value::texts(&labels)),
            Field::new("Ports", Value::Map(Kind::List, ports)),
            Field::new("State", Value::Struct("types.State", state)),
            Field::new("Cmd", Value::Nil(Kind::List)),
            Field::new("None", Value::Nil(Kind::Map)),
            Field::hidden("Label", Value::Label(labels.clone())),
        ],
    )
}

fn typed(template: &str) -> Result<String, Problem> {
    Template::read(template)?.print(&document(), Manner::Typed)
}

fn raw(template: &str) -> Result<String, Problem> {
    Template::read(template)?.print(&document().raw(), Manner::Raw)
}

#[test]
fn templates_print_what_go_prints() {
    for (template, printed) in [
        ("x", "x"),
        ("{{.ID}}", "abc"),
        ("a {{- .ID -}}  b", "aabcb"),
        (
            "{{/* nothing */}}{{.State.Running}}:{{ .State.ExitCode }}",
            "true:3",
        ),
        ("{{.Env}}", "[A=b C=d e]"),
        ("{{.Labels}}{{.Cmd}}{{.None}}", "map[a.b:1 c:2][]map[]"),
        (
            "{{.Ports}}",
            "map[80/tcp:[{0.0.0.0 8080} {0.0.0.0 81}] 90/tcp:[]]",
        ),
        ("{{range .Env}}{{println .}}{{end}}", "A=b\nC=d e\n"),
        (
            "{{range $i, $e := .Env}}{{if $i}}, {{end}}{{$i}}={{$e}}{{end}}",
            "0=A=b, 1=C=d e",
        ),
        (
            "{{range $k, $v := .Labels}}{{printf \"%s=%s\\n\" $k $v}}{{end}}",
            "a.b=1\nc=2\n",
        ),
        ("{{range .Cmd}}x{{else}}none{{end}}", "none"),
        (
            "{{range .Env}}{{if eq . \"A=b\"}}{{continue}}{{end}}{{.}}{{break}}{{end}}",
            "C=d e",
        ),
        (
            "{{index .Labels \"a.b\"}}|{{index .Labels \"x\"}}|{{.Labels.c}}|{{.Labels.x}}",
            "1||2|<no value>",
        ),
        ("{{(index (index .Ports \"80/tcp\") 0).HostPort}}", "8080"),
        (
            "{{range $p, $c := .Ports}}{{$p}} -> {{range $c}}{{.HostIP}}:{{.HostPort}} {{end}}{{end}}",
            "80/tcp -> 0.0.0.0:8080 0.0.0.0:81 90/tcp -> ",
        ),
        (
            "{{json .Labels}}{{json .Env}}{{json .Cmd}}",
            "{\"a.b\":\"1\",\"c\":\"2\"}[\"A=b\",\"C=d e\"]null",
        ),
        (
            "{{json .Ports}}",
            "{\"80/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"8080\"},{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"81\"}],\"90/tcp\":null}",
        ),
        (
            "{{len .Env}}{{len .Labels}}{{len .ID}}{{len .None}}",
            "2230",
        ),
        (
            "{{if and .State.Running (eq .State.ExitCode 3)}}y{{else}}n{{end}}",
            "y",
        ),
        ("{{if or .Cmd .None}}y{{else if .ID}}e{{else}}n{{end}}", "e"),
        (
            "{{if not .Cmd}}n{{end}}{{ne .ID \"x\"}}{{lt 1 2}}{{ge 1 2}}",
            "ntruetruefalse",
        ),
        (
            "{{with .Labels}}{{.c}}{{$.ID}}{{end}}{{with .Cmd}}x{{else}}y{{end}}",
            "2abcy",
        ),
        ("{{$x := .ID}}{{$x}}{{$x = \"n\"}}{{$x}}", "abcn"),
        (
            "{{.ID | upper | printf \"%-5s|%q\" \"a\"}}",
            "a    |\"ABC\"",
        ),
        (
            "{{join .Env \", \"}}{{index (split .ID \"b\") 1}}{{lower \"AB\"}}{{title \"ab cd\"}}",
            "A=b, C=d ecabAb Cd",
        ),
        (
            "{{pad .ID 1 2}}|{{truncate .ID 2}}|{{slice .ID 1 2}}",
            " abc  |ab|b",
        ),
        ("{{.Label \"a.b\"}}{{.Label \"x\"}}", "1"),
        ("{{print 1 2 \"a\" 3}}", "1 2a3"),
        ("{{`raw\\n`}}{{\"x\\ty\"}}", "raw\\nx\ty"),
        ("{{\"}}\"}}", "}}"),
        (
            "{{range $a := .Env}}{{$a}}{{end}}{{or \"\" \"x\"}}{{and 1 0 2}}",
            "A=bC=d ex0",
        ),
    ] {
        assert_eq!(typed(template), Ok(printed.to_owned()), "{template}");
    }
}

#[test]
fn what_is_not_there_is_told_in_gos_words() {
    let told = |problem: Result<String, Problem>| match problem.unwrap_err() {
        Problem::Text(text) | Problem::Execution(text) => text,
        Problem::Unmodelled(text) => format!("unmodelled {text}"),
    };
    for (template, error) in [
        (
            "{{.Foo}}",
            "template: :1:2: executing \"\" at <.Foo>: can't evaluate field Foo in type types.Thing",
        ),
        (
            "{{.State.Foo}}",
            "template: :1:8: executing \"\" at <.State.Foo>: can't evaluate field Foo in type types.State",
        ),
        (
            "a\n {{.Foo}}",
            "template: :2:3: executing \"\" at <.Foo>: can't evaluate field Foo in type types.Thing",
        ),
        (
            "{{index .Env 2}}",
            "template: :1:2: executing \"\" at <index .Env 2>: error calling index: reflect: slice index out of range",
        ),
        (
            "{{index .Env 5}}",
            "template: :1:2: executing \"\" at <index .Env 5>: error calling index: index out of range: 5",
        ),
        (
            "{{eq .ID 1}}",
            "template: :1:2: executing \"\" at <eq .ID 1>: error calling eq: incompatible types for comparison: string and int",
        ),
        (
            "{{range .ID}}{{end}}",
            "template: :1:8: executing \"\" at <.ID>: range can't iterate over abc",
        ),
        ("{{.X", "template: :1: unclosed action"),
        ("{{if .ID}}", "template: :1: unexpected EOF"),
        ("{{foo .ID}}", "template: :1: function \"foo\" not defined"),
        ("{{$x}}", "template: :1: undefined variable \"$x\""),
        ("{{end}}", "template: :1: unexpected {{end}}"),
        ("{{}}", "template: :1: missing value for command"),
        ("{{if}}{{end}}", "template: :1: missing value for if"),
        ("{{html .ID}}", "unmodelled the function `html`"),
        ("{{define \"x\"}}{{end}}", "unmodelled `{{define}}`"),
        ("{{.State.Pid}}", "unmodelled a pid"),
        ("{{if .State.Pid}}{{end}}", "unmodelled a pid"),
        (
            "{{(index (index .Ports \"90/tcp\") 0).HostPort}}",
            "template: :1:3: executing \"\" at <index (index .Ports \"90/tcp\") 0>: error calling index: reflect: slice index out of range",
        ),
        (
            "{{slice .ID 1 5}}",
            "template: :1:2: executing \"\" at <slice .ID 1 5>: error calling slice: index out of range: 5",
        ),
        (
            "{{nil}}",
            "template: :1:2: executing \"\" at <nil>: nil is not a command",
        ),
    ] {
        assert_eq!(told(typed(template)), error, "{template}");
    }
    assert_eq!(
        raw("{{.Id}}{{json .State}}"),
        Ok("abc{\"ExitCode\":3,\"Pid\":null,\"Running\":true}".into())
    );
    assert_eq!(
        told(raw("{{.Foo}}")),
        "template: :1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\""
    );
}
