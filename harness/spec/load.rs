//! Sources → requirements, or every mistake in them.

use std::collections::HashMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value as Schema;

use super::conformance::Conformance;
use super::diagnostic::{Diagnostic, Diagnostics, Related};
use super::page::Page;
use super::requirement::Requirement;
use super::source::Source;
use super::validate::{self, At, Desk};
use super::yaml::{self, Entry, Node, Value};
use super::{raw, schema, shape};

/// How many mistakes are told of one file.
const MOST: usize = 100;

/// Loads requirements; all of them, or none.
///
/// # Errors
/// Every mistake of all sources that can be told, in their order.
pub fn load(sources: &[Source]) -> Result<Vec<Requirement>, Diagnostics> {
    let mut requirements = Vec::new();
    let mut mistakes = Vec::new();
    let mut ids: HashMap<String, Related> = HashMap::new();
    for source in sources {
        let mut found = Vec::new();
        match File::read(source) {
            Ok(file) => {
                found.extend(file.repeated_id(&mut ids));
                match file.requirement() {
                    Ok(requirement) => requirements.push(requirement),
                    Err(mistakes) => found.extend(mistakes),
                }
            }
            Err(mistakes) => found.extend(mistakes),
        }
        mistakes.extend(told(&source.name, found));
    }
    Diagnostics::unless_empty(mistakes)?;
    Ok(requirements)
}

/// Loads the requirements of a directory's `*.yaml` and `*.yml` files.
///
/// # Errors
/// If the directory can't be read or holds no such file, and every mistake in its files.
pub fn load_dir(directory: &Path) -> Result<Vec<Requirement>, Diagnostics> {
    load(&Source::read_dir(directory)?)
}

/// Loads the requirements that are built into this program.
///
/// # Errors
/// Every mistake in them; a test sees to it that there is none.
pub fn builtin() -> Result<Vec<Requirement>, Diagnostics> {
    load(&Source::builtin())
}

/// Loads a plugin's `conformance.yaml`, which speaks about these requirements.
///
/// # Errors
/// Every mistake in it that can be told.
pub fn load_conformance(
    source: &Source,
    known: &[Requirement],
) -> Result<Conformance, Diagnostics> {
    File::read(source)
        .and_then(|file| file.conformance(known))
        .map_err(|mistakes| Diagnostics::of(told(&source.name, mistakes)))
}

/// The mistakes of a file in the order of its lines, as many as somebody reads.
pub(super) fn told(file: &Path, mut mistakes: Vec<Diagnostic>) -> Vec<Diagnostic> {
    mistakes.sort_by_key(|mistake| mistake.spot.as_ref().map(|spot| (spot.line, spot.column)));
    let more = mistakes.len().saturating_sub(MOST);
    mistakes.truncate(MOST);
    mistakes.extend((more > 0).then(|| Diagnostic::of_file(file, format!("{more} more mistakes"))));
    mistakes
}

/// A file that is valid YAML.
#[derive(Debug)]
pub(super) struct File {
    page: Page,
    root: Node,
}

impl File {
    pub(super) fn read(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let page = Page::read(source)?;
        let root = yaml::read(&page)?;
        Ok(Self { page, root })
    }

    /// Tells of an id that another file has; an id in a file that is otherwise broken counts too.
    fn repeated_id(&self, ids: &mut HashMap<String, Related>) -> Option<Diagnostic> {
        let Entry { value, .. } = self.root.entry("id")?;
        let Value::Text(id) = &value.value else {
            return None;
        };
        if let Some(first) = ids.get(id) {
            let message = format!("a second requirement has the id `{id}`");
            let mut mistake = self.page.mistake(value.position, message);
            mistake.related = Some(first.clone());
            return Some(mistake);
        }
        let here = self.page.related(value.position, "the first is here");
        ids.insert(id.clone(), here);
        None
    }

    fn requirement(&self) -> Result<Requirement, Vec<Diagnostic>> {
        let decoded = self.decode(schema::requirement());
        let raw: raw::Requirement = decoded.map_err(|mut mistakes| {
            mistakes.extend(self.mistakes_of_sound_cases());
            mistakes
        })?;
        self.validate(|desk, at| validate::requirement(desk, &raw, at))
    }

    /// What is wrong with the meaning of those cases whose shape is right, where the file's is not.
    fn mistakes_of_sound_cases(&self) -> Vec<Diagnostic> {
        let schema = schema::requirement();
        let part = schema.pointer("/$defs/Case");
        let cases = self.root.entry("cases").map(|entry| &entry.value.value);
        let (Some(part), Some(Value::List(cases))) = (part, cases) else {
            return Vec::new();
        };
        let mut desk = Desk::new(&self.page);
        for case in cases {
            let sound = shape::check_part(&self.page, case, schema, part).is_empty();
            if let (true, Ok(raw)) = (sound, case.decode::<raw::Case>()) {
                // Only what the desk is told counts: the file is refused in any case.
                let _ = desk.case(&raw, At::root(case));
            }
        }
        desk.into_mistakes()
    }

    fn conformance(&self, known: &[Requirement]) -> Result<Conformance, Vec<Diagnostic>> {
        let raw: raw::Conformance = self.decode(schema::conformance())?;
        self.validate(|desk, at| validate::conformance(desk, &raw, known, at))
    }

    /// Its name.
    pub(super) fn name(&self) -> &Path {
        self.page.file()
    }

    /// A mistake at a key of its root.
    pub(super) fn of_key(&self, key: &str, message: String) -> Diagnostic {
        let entry = self.root.entry(key);
        let position = entry.map_or(self.root.position, |entry| entry.position);
        self.page.mistake(position, message)
    }

    /// A mistake at a field of an item of the list below a key of its root.
    pub(super) fn of_item(
        &self,
        (key, index, field): (&str, usize, &str),
        message: String,
    ) -> Diagnostic {
        let item = self.root.entry(key).and_then(|list| list.value.item(index));
        let entry = item.and_then(|item| item.entry(field));
        let position = entry.map_or(self.root.position, |entry| entry.value.position);
        self.page.mistake(position, message)
    }

    pub(super) fn decode<T: DeserializeOwned>(
        &self,
        schema: &Schema,
    ) -> Result<T, Vec<Diagnostic>> {
        let mistakes = shape::check(&self.page, &self.root, schema);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let misfit = |error| vec![Diagnostic::of_file(self.page.file(), error)];
        self.root.decode().map_err(misfit)
    }

    pub(super) fn validate<T>(
        &self,
        valid: impl FnOnce(&mut Desk<'_>, At<'_>) -> Option<T>,
    ) -> Result<T, Vec<Diagnostic>> {
        let mut desk = Desk::new(&self.page);
        let value = valid(&mut desk, At::root(&self.root));
        let mut mistakes = desk.into_mistakes();
        match value {
            Some(value) if mistakes.is_empty() => Ok(value),
            _ => {
                if mistakes.is_empty() {
                    // Never seen: a value is given, or a mistake told. A file must not be lost in silence all the same.
                    mistakes.push(Diagnostic::of_file(self.page.file(), "is not valid"));
                }
                Err(mistakes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_requirements_load_and_say_all_that_is_shown_of_them() {
        let requirements = match builtin() {
            Ok(requirements) => requirements,
            Err(mistakes) => panic!("{mistakes}"),
        };
        for (requirement, source) in requirements.iter().zip(Source::builtin()) {
            let id = &requirement.id;
            assert_eq!(source.name.file_stem().unwrap(), id.as_str());
            let said = requirement.source.is_some()
                && requirement.why.is_some()
                && requirement.fix.is_some();
            assert!(said, "{id} lacks its source, why or fix");
        }
    }

    #[test]
    fn an_id_that_two_files_have_is_told_at_both_places() {
        let text = "id: twice\ntitle: t\nlevel: may\ncases: [{name: a, run: dokku x, expect: {exit: 0}}]\n";
        let sources = [Source::new("a.yaml", text), Source::new("b.yaml", text)];
        let mistakes = load(&sources).unwrap_err();
        let [mistake] = mistakes.iter().collect::<Vec<_>>()[..] else {
            panic!("{mistakes}");
        };
        assert_eq!(mistake.file, Path::new("b.yaml"));
        assert_eq!(mistake.related.as_ref().unwrap().file, Path::new("a.yaml"));
    }

    #[test]
    fn a_word_that_no_system_takes_is_a_mistake() {
        let long = format!("\"{}\"", vec!["x".repeat(1000); 100].join("\n      "));
        for case in [
            format!("run: [dokku, {long}]"),
            format!("run: dokku x, environment: {{A: {long}}}"),
            format!("run: dokku x, given: {{config: {{A: {long}}}}}"),
        ] {
            let text = format!(
                "id: long\ntitle: t\nlevel: may\ncases: [{{name: a, {case}, expect: {{exit: 0}}}}]\n"
            );
            let mistakes = load(&[Source::new("a.yaml", text)])
                .unwrap_err()
                .to_string();
            assert!(mistakes.contains("this has 1000"), "{mistakes}");
            assert!(mistakes.len() < 2000, "a long line is shown in part");
        }
    }

    #[test]
    fn a_file_that_is_only_half_right_yields_nothing() {
        let good =
            "id: good\ntitle: t\nlevel: may\ncases: [{name: a, run: dokku x, expect: {exit: 0}}]\n";
        let sources = [
            Source::new("a.yaml", good),
            Source::new("b.yaml", "id: b\n"),
        ];
        assert!(load(&sources).is_err());
        assert_eq!(load(&sources[..1]).unwrap().len(), 1);
    }

    #[test]
    fn a_directory_without_specs_and_one_that_is_not_there_are_mistakes() {
        let directory = tempfile::tempdir().unwrap();
        let empty = load_dir(directory.path()).unwrap_err().to_string();
        assert!(empty.contains("holds no spec"), "{empty}");
        let missing = load_dir(&directory.path().join("nowhere"))
            .unwrap_err()
            .to_string();
        assert!(missing.contains("can't be read"), "{missing}");
        std::fs::create_dir(directory.path().join("folder.yaml")).unwrap();
        let folder = load_dir(directory.path()).unwrap_err().to_string();
        assert!(folder.contains("folder.yaml: can't be read"), "{folder}");
    }

    #[test]
    fn a_conformance_file_says_what_can_not_be_guessed() {
        let text = "
name: hello
placeholders: {service: my-service}
app_commands: {commands: [hello:app], not: [hello:world]}
trigger_files: {post-deploy: {home/dokku/app/ENV: \"export A=b\\n\"}}
expectations:
  - id: app-flag
    case: the flag equals the argument
    dokku: {until: \"0.20.4\"}
    reason: the old dispatcher drops it
    issue: https://example.org/1
    expires: 2027-01-31
";
        let known = builtin().unwrap();
        let loaded = load_conformance(&Source::new("conformance.yaml", text), &known).unwrap();
        let [failure] = loaded.expectations.as_slice() else {
            panic!("{loaded:?}");
        };
        assert_eq!(failure.expires, Some(jiff::civil::date(2027, 1, 31)));
        assert_eq!(failure.dokku.to_string(), "0.20.4 and older");
        assert_eq!(failure.spot.line, 7);
        assert_eq!(failure.subject(), "app-flag/the-flag-equals-the-argument");
        assert_eq!(loaded.app_commands, ["hello:app"]);
    }
}
