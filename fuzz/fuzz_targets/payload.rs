//! What `RESTORE` takes is sound: any bytes with a right version and checksum behind them are
//! refused, or give a value that can be written, read again and is the same then.

#![no_main]

use libfuzzer_sys::fuzz_target;
use persistence::payload::{Checks, open, seal};
use persistence::rdb::{Checksum, Format, Loaded, Saved};
use types::{Object, Sizes};

/// The versions whose types differ.
const VERSIONS: [u16; 3] = [11, 12, 80];

fuzz_target!(|input: &[u8]| {
    let Some((version, body)) = input.split_first() else { return };
    let mut payload = body.to_vec();
    payload.extend_from_slice(&VERSIONS[usize::from(version % 3)].to_le_bytes());
    let mut checksum = Checksum::default();
    checksum.update(&payload);
    payload.extend_from_slice(&checksum.value().to_le_bytes());
    let Ok(Loaded::Object(value)) = open(&payload, Checks::ALL, &Sizes::default()) else { return };
    let first = seal(Saved::Object(&value), Format::Valkey);
    let again = open(&first, Checks::ALL, &Sizes::default());
    let Ok(Loaded::Object(again)) = again else { panic!("what was written cannot be read") };
    assert_eq!((value.type_name(), value.len()), (again.type_name(), again.len()));
});
