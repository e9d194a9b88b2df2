//! Reads a dump file that holds nothing but strings, with a second pair of eyes: nothing here
//! comes from the program.

use std::collections::BTreeMap;

/// Keys with their databases, and their values.
pub type Contents = BTreeMap<(usize, String), String>;

/// Source: the description of the format at rdb.fnordig.de.
pub fn strings(file: &[u8]) -> Contents {
    assert_eq!(&file[..5], b"REDIS", "not a dump file");
    let mut reader = Reader { bytes: file, at: 9 };
    let (mut contents, mut db) = (Contents::new(), 0);
    loop {
        match reader.byte() {
            0xFA => drop((reader.string(), reader.string())),
            0xFB => drop((reader.length(), reader.length())),
            0xFE => db = reader.length().expect("a number"),
            0xFF => break,
            0 => {
                let (key, value) = (reader.string(), reader.string());
                let doubled = contents.insert((db, key.clone()), value);
                assert!(doubled.is_none(), "{key} is there twice");
            }
            kind => panic!("type {kind} at byte {}", reader.at - 1),
        }
    }
    assert_eq!(file.len() - reader.at, 8, "bytes behind the checksum");
    contents
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> u8 {
        self.at += 1;
        self.bytes[self.at - 1]
    }

    /// A number of up to four bytes, the low one first or last.
    fn number(&mut self, bytes: usize, low_first: bool) -> u32 {
        let place = |index: usize| if low_first { index } else { bytes - 1 - index };
        (0..bytes).map(|index| u32::from(self.byte()) << (8 * place(index))).sum()
    }

    /// A length, or the encoding of a string that is an integer.
    fn length(&mut self) -> Result<usize, u8> {
        let first = self.byte();
        match first >> 6 {
            0 => Ok(usize::from(first & 63)),
            1 => Ok(usize::from(first & 63) << 8 | usize::from(self.byte())),
            2 if first == 0x80 => Ok(self.number(4, false) as usize),
            3 => Err(first & 63),
            _ => panic!("a length of 64 bits"),
        }
    }

    fn string(&mut self) -> String {
        match self.length() {
            Ok(len) => {
                self.at += len;
                String::from_utf8(self.bytes[self.at - len..self.at].to_vec()).expect("a text")
            }
            Err(0) => (self.number(1, true) as i8).to_string(),
            Err(1) => (self.number(2, true) as i16).to_string(),
            Err(2) => (self.number(4, true) as i32).to_string(),
            Err(encoding) => panic!("encoding {encoding}"),
        }
    }
}
