use proptest::prelude::*;

use super::*;

const BOUNDS: Bounds = Bounds { bytes: 4096, records: 64, batch_records: 16, batch_bytes: 1024 };

fn taken(batch: &Batch) -> Vec<(String, Vec<u8>)> {
    batch.items().map(|(name, item)| (name.to_owned(), item.to_vec())).collect()
}

proptest! {
    #[test]
    fn what_is_taken_is_what_was_pushed_in_order(
        items in proptest::collection::vec(("[ab]{0,2}", proptest::collection::vec(any::<u8>(), 0..200)), 0..64),
        dropped in 0_usize..8,
    ) {
        let mut queue = Queue::new(BOUNDS);
        let mut kept = Vec::new();
        for (name, item) in items {
            if queue.has_room(&name, &item) {
                queue.push(&name, &item);
                kept.push((name, item));
            }
        }
        let dropped = dropped.min(kept.len());
        for _ in 0..dropped {
            prop_assert!(queue.drop_oldest());
        }
        prop_assert_eq!(queue.len(), kept.len() - dropped);
        let mut all = Vec::new();
        while let Some(batch) = queue.take() {
            prop_assert!(batch.records() <= BOUNDS.batch_records);
            prop_assert_eq!(taken(&batch).len(), batch.records());
            let halves = batch.halves();
            prop_assert_eq!(halves.each_ref().map(taken).concat(), taken(&batch));
            all.extend(taken(&batch));
            queue.recycle(batch);
        }
        prop_assert_eq!(&all[..], &kept[dropped..]);
        prop_assert_eq!((queue.bytes, queue.len()), (0, 0));
    }
}

#[test]
fn a_queue_that_is_full_says_so_in_bytes_and_in_records() {
    let mut queue = Queue::new(Bounds { records: 2, ..BOUNDS });
    assert!(queue.is_too_large("", &[0; 4096]));
    assert!(queue.has_room("", &[0; 4000]));
    queue.push("", &[0; 4000]);
    assert!(!queue.has_room("", &[0; 100]));
    assert!(queue.has_room("", &[0; 10]));
    queue.push("", &[0; 10]);
    assert!(!queue.has_room("", &[]));
}

#[test]
fn chunks_are_filled_again() {
    let mut queue = Queue::new(BOUNDS);
    queue.push("", &[1; 100]);
    let batch = queue.take().expect("one item");
    queue.recycle(batch);
    let spare = queue.spares[0].as_ptr();
    queue.push("", &[2; 100]);
    assert_eq!(queue.chunks[0].bytes.as_ptr(), spare);
}
