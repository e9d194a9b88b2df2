//! INCRBYFLOAT against what a real server answered.
//!
//! The table was recorded from Valkey 9.1 on x86-64 (glibc): current value, increment and answer,
//! separated by `|`.

use types::long_double::incr_by_float;

#[test]
fn sums_are_those_of_a_real_server_to_the_last_digit() {
    let table = include_str!("data/incr_by_float.txt");
    let mut rows = 0;
    for row in table.lines() {
        let [current, increment, expected] = row.split('|').collect::<Vec<_>>()[..] else {
            panic!("no row of three: {row}");
        };
        let sum = match incr_by_float(current.as_bytes(), increment.as_bytes()) {
            Ok(sum) => String::from_utf8(sum).unwrap(),
            Err(error) => error.to_string(),
        };
        assert_eq!(sum, expected, "{current} + {increment}");
        rows += 1;
    }
    assert!(rows >= 200);
}

#[test]
fn large_sums_print_all_their_digits() {
    let sum = incr_by_float(b"0x1p16383", b"0").unwrap();
    assert_eq!(sum.len(), 4932);
    assert!(sum.starts_with(b"594865747678615882542879663314003565"));
    // The nearest 80-bit float lies below the power, so it has a digit less.
    let ten_to_4000 = incr_by_float(b"1e4000", b"0").unwrap();
    assert_eq!(ten_to_4000.len(), 4000);
    assert_eq!(incr_by_float(&ten_to_4000, b"-1e4000").unwrap(), b"0");
}

#[test]
fn texts_beyond_five_kibibytes_are_refused() {
    let long = "1".repeat(5119);
    assert!(incr_by_float(format!("{}.5", "0".repeat(5117)).as_bytes(), b"1").is_ok());
    assert!(incr_by_float(format!("{long}1").as_bytes(), b"1").is_err());
}
