//! Enumerations whose variants are words of the spec language.

/// Declares an enumeration whose variants are words of the spec language.
///
/// The enum gets `ALL`, `as_str`, `Display`, `FromStr` and serde's traits, all from the one list of words.
macro_rules! words {
    (
        $(#[$outer:meta])*
        pub enum $name:ident {
            $($(#[$inner:meta])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$inner])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every variant, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that a spec writes.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|word| word.as_str() == text)
                    .ok_or_else(|| $crate::words::UnknownWord::new(text, Self::ALL.iter().map(|word| word.as_str())))
            }
        }
    };
}

pub(crate) use words;

/// A text that is none of the words that could stand there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown word `{found}`{}", self.hint())]
pub struct UnknownWord {
    found: String,
    known: Vec<&'static str>,
}

impl UnknownWord {
    /// The word that was meant, if one looks much like it, or else all of them.
    fn hint(&self) -> String {
        let likeness = |word: &str| strsim::jaro_winkler(&self.found, word);
        let near = self.known.iter().filter(|word| likeness(word) > 0.85);
        match near.max_by(|one, other| likeness(one).total_cmp(&likeness(other))) {
            Some(word) => format!(": did you mean `{word}`?"),
            None => format!(": write one of {}", self.known.join(", ")),
        }
    }

    pub(crate) fn new(found: &str, known: impl Iterator<Item = &'static str>) -> Self {
        Self {
            found: found.to_owned(),
            known: known.collect(),
        }
    }
}
