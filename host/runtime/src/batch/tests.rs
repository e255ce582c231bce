//! Laws of the columns, against a model that knows nothing of them: spans as trees of plain values, edits done to the trees.

mod draw;
mod model;
mod plan;
mod vectors;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use spansieve_layout::{Blob, Column, Magic, NONE};

use super::{Batch, STRIPPED_NAME};
use draw::Draw;
use model::Tree;
use plan::Plan;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(0x5350_414e), failure_persistence: None, ..ProptestConfig::default() }
}

fn choices(length: usize) -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 0..length)
}

/// What a plugin is handed, and the tree that it shows.
fn look(batch: &mut Batch) -> (Vec<u8>, Tree) {
    let blob = batch.to_blob(&[]);
    let mut tree = Tree::from_blob(&parse(&blob), &batch.loose);
    // Which of the source's spans it is no plugin is told.
    for (span, source) in tree.spans.iter_mut().zip(&batch.spans.source) {
        span.source = *source;
    }
    (blob, tree)
}

fn parse(blob: &[u8]) -> Blob<'_> {
    Blob::parse_known(blob, Magic::Batch).expect("the host writes whole blobs")
}

/// What every blob promises, whatever it holds.
fn check_promises(bytes: &[u8]) {
    let blob = parse(bytes);
    let texts = blob.texts();
    let all: Vec<&str> = (0..texts.len() as u32).map(|text| texts.text(text).expect("texts are UTF-8")).collect();
    assert_eq!(all.iter().map(|text| text.len() + 1).sum::<usize>(), texts.arena().len(), "texts fill the arena, each with its separator");
    assert_eq!(blob.header().ascii, all.iter().all(|text| text.is_ascii()), "the flag says whether every text is ASCII");
    let mut keys: Vec<&str> = blob.u32s(Column::Keys).iter().map(|text| all[text as usize]).collect();
    keys.sort_unstable();
    assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "no two keys have the same text: {keys:?}");
    assert_eq!(blob.header().grouped, blob.has(Column::TraceEnd));
    assert!(bytes.len().is_multiple_of(8));
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn what_was_pushed_is_what_is_there(choices in choices(600)) {
        let tree = Tree::draw(&mut Draw::new(&choices));
        let mut batch = tree.to_batch();
        prop_assert_eq!(&Tree::from_views(&batch), &tree);
        let (blob, seen) = look(&mut batch);
        check_promises(&blob);
        prop_assert_eq!(&seen, &tree);
        prop_assert!(!batch.is_edited());

        // A batch that is used again is as good as a new one.
        batch.clear();
        tree.push_to(&mut batch);
        prop_assert_eq!(batch.to_blob(&[]), blob);
    }

    #[test]
    fn edits_of_columns_are_edits_of_spans(choices in choices(1500)) {
        let mut draw = Draw::new(&choices);
        let mut batch = Tree::draw(&mut draw).to_batch();
        // Each round is one plugin: it sees what the one before left behind.
        for _ in 0..3 {
            let (blob, mut tree) = look(&mut batch);
            let plan = Plan::draw(&mut draw, &parse(&blob), &tree);
            let dropped = plan.apply(&mut tree);
            let edited = batch.edit(&plan.encode()).unwrap_or_else(|error| panic!("valid edits are refused: {error}\n{plan:#?}"));
            prop_assert_eq!(edited.count, plan.len());
            prop_assert_eq!(edited.dropped, dropped);
            prop_assert_eq!(&Tree::from_views(&batch), &tree);
            let (blob, seen) = look(&mut batch);
            check_promises(&blob);
            prop_assert_eq!(&seen, &tree);
        }
    }

    #[test]
    fn the_rows_of_declared_keys_are_those_that_a_search_finds(choices in choices(1000)) {
        let mut draw = Draw::new(&choices);
        let mut batch = Tree::draw(&mut draw).to_batch();
        let (blob, tree) = look(&mut batch);
        batch.edit(&Plan::draw(&mut draw, &parse(&blob), &tree).encode()).unwrap();
        let keys: Vec<String> = draw::KEYS.iter().step_by(2).map(|key| (*key).to_owned()).chain(["absent".to_owned()]).collect();
        let blob = batch.to_blob(&keys);
        let tree = Tree::from_blob(&parse(&blob), &batch.loose);
        let declared = parse(&blob).u32s(Column::Declared);
        prop_assert_eq!(declared.len(), keys.len() * batch.len());
        for (slot, key) in keys.iter().enumerate() {
            for (number, span) in tree.spans.iter().enumerate() {
                let found = span.attributes.rows.iter().find(|row| row.key.content == *key).map_or(NONE, |row| row.index);
                prop_assert_eq!(declared.get((slot * batch.len() + number) as u32), Some(found));
            }
        }
    }

    #[test]
    fn spans_that_are_taken_out_in_place_leave_what_copying_the_others_leaves(choices in choices(1000), keep in prop::collection::vec(any::<bool>(), 64)) {
        let mut batch = Tree::draw(&mut Draw::new(&choices)).to_batch();
        let keep: Vec<bool> = (0..batch.len()).map(|span| keep[span % keep.len()]).collect();
        let mut copied = batch.clone();
        copied.copy_over(|to, from| to.copy(from, |span| keep[span]));
        batch.thin(&keep);
        prop_assert_eq!(Tree::from_views(&batch), Tree::from_views(&copied));
        let traces = |batch: &Batch| batch.traces().collect::<Vec<_>>();
        prop_assert_eq!(traces(&batch), traces(&copied));
        let (blob, seen) = look(&mut batch);
        check_promises(&blob);
        prop_assert_eq!(&seen, &Tree::from_views(&batch));
    }

    #[test]
    fn a_stripped_batch_is_skeletons_and_has_no_other_text(choices in choices(1000)) {
        let mut draw = Draw::new(&choices);
        let mut batch = Tree::draw(&mut draw).to_batch();
        let (blob, mut tree) = look(&mut batch);
        let plan = Plan::draw(&mut draw, &parse(&blob), &tree);
        plan.apply(&mut tree);
        batch.edit(&plan.encode()).unwrap();
        batch.strip();
        tree.strip(STRIPPED_NAME);
        prop_assert_eq!(&Tree::from_views(&batch), &tree);
        let blob = batch.to_blob(&[]);
        let blob = parse(&blob);
        let texts = blob.texts();
        prop_assert!((0..texts.len() as u32).all(|text| matches!(texts.text(text), Some("" | STRIPPED_NAME))));
        prop_assert!([Column::Ints, Column::Doubles, Column::Bytes, Column::RowKind, Column::EventName].iter().all(|column| !blob.has(*column)));
    }
}
