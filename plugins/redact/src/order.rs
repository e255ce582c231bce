//! Sorting, of one kind for everything that is not sorted in every batch: each kind of sorting is some twenty kilobytes of code that a host has to
//! compile before the first span.

/// Sorts by a number. What has the same number stays in its order.
pub(crate) fn sort_by_number<T>(items: &mut Vec<T>, number: impl Fn(&T) -> u128) {
    if items.is_sorted_by_key(&number) {
        return;
    }
    let mut order: Vec<(u128, u32)> = items.iter().zip(0..).map(|(item, place)| (number(item), place)).collect();
    sort(&mut order);
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(order.iter().filter_map(|(_, place)| taken[*place as usize].take()));
}

#[inline(never)]
fn sort(order: &mut [(u128, u32)]) {
    order.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::sort_by_number;

    #[test]
    fn items_come_in_the_order_of_their_numbers_and_equal_ones_in_their_own() {
        let mut items: Vec<(u32, String)> = [(3, "c"), (1, "a"), (2, "x"), (1, "b"), (2, "y")].map(|(n, text)| (n, text.to_owned())).into();
        sort_by_number(&mut items, |(number, _)| u128::from(*number));
        let texts: Vec<_> = items.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["a", "b", "x", "y", "c"]);
        sort_by_number(&mut items, |_| 0);
        assert_eq!(items.len(), 5);
    }
}
