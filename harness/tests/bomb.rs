//! How large the texts are that were made to be slow.

/// So many times what a bomb is made of; ten times as many where PROPTEST_CASES asks for a long run.
pub(crate) fn many(few: usize) -> usize {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => few * 10,
        None => few,
    }
}
