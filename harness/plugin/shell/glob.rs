//! Matching text against a shell pattern.

/// A piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Character(char),
    One,
    Any,
}

/// True if the text matches the pattern, whose parts are texts and whether each was quoted; none if the pattern has
/// something other than `*` and `?`.
#[must_use]
pub fn matches(text: &str, pattern: &[(String, bool)]) -> Option<bool> {
    let mut pieces = Vec::new();
    for (part, quoted) in pattern {
        for character in part.chars() {
            pieces.push(match character {
                _ if *quoted => Piece::Character(character),
                '*' => Piece::Any,
                '?' => Piece::One,
                '[' | ']' | '(' | ')' | '|' => return None,
                _ => Piece::Character(character),
            });
        }
    }
    let text: Vec<char> = text.chars().collect();
    Some(run(&text, &pieces))
}

/// Matches with one point to come back to, the last star: linear space, and at worst the product in time.
fn run(text: &[char], pieces: &[Piece]) -> bool {
    let (mut at, mut piece) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match (pieces.get(piece), text.get(at)) {
            (Some(Piece::Any), _) => {
                star = Some((piece, at));
                piece += 1;
            }
            (Some(Piece::One), Some(_)) => {
                at += 1;
                piece += 1;
            }
            (Some(Piece::Character(wanted)), Some(found)) if wanted == found => {
                at += 1;
                piece += 1;
            }
            _ => match star {
                Some((back, taken)) => {
                    star = Some((back, taken + 1));
                    at = taken + 1;
                    piece = back + 1;
                }
                None => return false,
            },
        }
    }
    pieces
        .get(piece..)
        .is_some_and(|rest| rest.iter().all(|piece| *piece == Piece::Any))
}

#[cfg(test)]
mod tests {
    use super::matches;

    fn glob(text: &str, pattern: &str) -> Option<bool> {
        matches(text, &[(pattern.to_owned(), false)])
    }

    #[test]
    fn stars_and_question_marks_match_as_in_a_shell() {
        assert_eq!(glob("hello:world", "hello:*"), Some(true));
        assert_eq!(glob("hello", "hello:*"), Some(false));
        assert_eq!(glob("abcabd", "*ab?"), Some(true));
        assert_eq!(glob("", "*"), Some(true));
        assert_eq!(glob("a", ""), Some(false));
    }

    #[test]
    fn what_is_quoted_stands_for_itself_and_brackets_are_not_guessed() {
        assert_eq!(matches("a", &[("*".to_owned(), true)]), Some(false));
        assert_eq!(glob("a", "[ab]"), None);
    }
}
