//! What of a container lies elsewhere.

use serde::{Deserialize, Serialize};

/// What kind of place it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) enum Place {
    /// A folder of the host.
    Bind,
    Volume,
    Tmpfs,
}

/// A folder of a container that lies elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Mount {
    pub(in super::super) place: Place,
    /// The volume's name; empty for one that gets a name of docker's, and for a folder of the host.
    pub(in super::super) name: String,
    /// The folder of the host; empty for a volume.
    pub(in super::super) source: String,
    pub(in super::super) target: String,
    pub(in super::super) mode: String,
    pub(in super::super) writable: bool,
}

/// What no volume's name may be made of.
fn is_name(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    text.len() > 1
        && text.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && text.chars().all(is_letter)
}

/// Why a volume can't have this name, in docker's words.
pub(in super::super) fn bad_name(name: &str) -> Option<String> {
    (!is_name(name)).then(|| {
        format!(
            "create {name}: {} includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path",
            crate::go_template::quote(name)
        )
    })
}

impl Mount {
    /// Reads the value of `--volume`.
    ///
    /// # Errors
    /// In docker's words, if it is none.
    pub(in super::super) fn read(text: &str) -> Result<Self, String> {
        let invalid = || format!("invalid volume specification: '{text}'");
        let parts: Vec<&str> = text.split(':').collect();
        let (source, target, mode) = match parts.as_slice() {
            [target] => ("", *target, ""),
            [source, target] => (*source, *target, ""),
            [source, target, mode] => (*source, *target, *mode),
            _ => return Err(format!("invalid spec: {text}: too many colons")),
        };
        if target.is_empty() || (parts.len() > 1 && source.is_empty()) {
            return Err(format!(
                "invalid spec: {text}: empty section between colons"
            ));
        }
        if !target.starts_with('/') {
            return Err(format!(
                "invalid volume specification: '{text}': invalid mount config for type \"volume\": invalid mount path: '{target}' mount path must be absolute"
            ));
        }
        if target == "/" {
            return Err(format!(
                "{}: invalid specification: destination can't be '/'",
                invalid()
            ));
        }
        let is_bind = source.starts_with(['/', '.', '~']);
        if !is_bind
            && !source.is_empty()
            && let Some(why) = bad_name(source)
        {
            return Err(why);
        }
        let absolute = std::path::absolute(source).ok();
        let absolute = absolute.filter(|_| is_bind);
        let absolute = absolute.map(|path| path.display().to_string());
        Ok(Self {
            place: if is_bind { Place::Bind } else { Place::Volume },
            name: if is_bind {
                String::new()
            } else {
                source.to_owned()
            },
            source: absolute.unwrap_or_default(),
            target: target.to_owned(),
            mode: match (mode, is_bind) {
                ("", false) => "z".into(),
                (mode, _) => mode.to_owned(),
            },
            writable: !mode.split(',').any(|word| word == "ro"),
        })
    }

    /// Reads the value of `--mount`.
    ///
    /// # Errors
    /// In docker's words, if it is none.
    pub(in super::super) fn long(text: &str) -> Result<Self, String> {
        let mut mount = Self {
            place: Place::Volume,
            name: String::new(),
            source: String::new(),
            target: String::new(),
            mode: String::new(),
            writable: true,
        };
        let mut source = "";
        for field in text.split(',') {
            let (key, value) = field.split_once('=').unwrap_or((field, "true"));
            match key.to_lowercase().as_str() {
                "type" => {
                    mount.place = match value {
                        "bind" => Place::Bind,
                        "volume" => Place::Volume,
                        "tmpfs" => Place::Tmpfs,
                        _ => {
                            return Err(format!(
                                "invalid argument \"{text}\" for \"--mount\" flag: invalid mount type: {value}"
                            ));
                        }
                    }
                }
                "source" | "src" => source = value,
                "target" | "dst" | "destination" => value.clone_into(&mut mount.target),
                "readonly" | "ro" => mount.writable = value == "false",
                _ => {}
            }
        }
        if mount.target.is_empty() {
            return Err(format!(
                "invalid argument \"{text}\" for \"--mount\" flag: target is required"
            ));
        }
        match mount.place {
            Place::Bind => source.clone_into(&mut mount.source),
            Place::Volume => source.clone_into(&mut mount.name),
            Place::Tmpfs => {}
        }
        Ok(mount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_is_told_from_a_folder() {
        let read = |text: &str| {
            Mount::read(text).map(|mount| (mount.place, mount.name, mount.source, mount.writable))
        };
        assert_eq!(
            read("/data"),
            Ok((Place::Volume, String::new(), String::new(), true))
        );
        assert_eq!(
            read("web:/data:ro"),
            Ok((Place::Volume, "web".into(), String::new(), false))
        );
        assert_eq!(
            read("/a:/data"),
            Ok((Place::Bind, String::new(), "/a".into(), true))
        );
        assert!(read("a/b:/data").is_err_and(|why| why.contains("absolute path")));
        assert!(read("a:b").is_err());
        let long = Mount::long("type=bind,source=/a,target=/b,readonly").unwrap();
        assert_eq!(
            (long.place, long.source.as_str(), long.writable),
            (Place::Bind, "/a", false)
        );
    }
}
