//! Bringing what ends in any order into the order of the plan, as it goes.

use std::collections::BTreeMap;

/// Holds back what came too early.
#[derive(Debug)]
pub struct InOrder<T> {
    next: usize,
    early: BTreeMap<usize, T>,
}

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        Self {
            next: 0,
            early: BTreeMap::new(),
        }
    }
}

impl<T> InOrder<T> {
    /// Takes the item with this place in the order, and gives out all whose turn has come.
    pub fn take(&mut self, index: usize, item: T) -> Vec<T> {
        self.early.insert(index, item);
        let mut ready = Vec::new();
        while let Some(item) = self.early.remove(&self.next) {
            ready.push(item);
            self.next += 1;
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_early_waits_for_its_turn() {
        let mut order = InOrder::default();
        assert!(order.take(1, 'b').is_empty());
        assert!(order.take(2, 'c').is_empty());
        assert_eq!(order.take(0, 'a'), ['a', 'b', 'c']);
        assert_eq!(order.take(3, 'd'), ['d']);
    }
}
