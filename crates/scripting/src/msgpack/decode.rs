//! From MessagePack to Lua values.
//!
//! Tables that are not complete yet lie in a list of their own, so that input of any depth takes no
//! room of the thread's stack. A header's number of elements is only counted down: no memory is
//! taken for what has not come.

use mlua::{Error, Lua, Table, Value};

/// Tables deeper than this are refused, as by the stack of Lua.
const DEEPEST: usize = 3999;

/// Why there is no value.
pub enum Failure {
    /// The bytes end too early.
    Missing,
    /// They begin with no value.
    Bad,
    /// Too many tables within each other; whether the last one is an array.
    TooDeep(bool),
    /// A key that no table can have.
    Index(&'static str),
    /// There is no memory.
    Lua(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Lua(error)
    }
}

/// Reads values one behind the other.
pub struct Reader<'a> {
    lua: &'a Lua,
    bytes: &'a [u8],
    at: usize,
}

/// What the bytes begin with.
enum Token {
    Value(Value),
    Array(u32),
    Map(u32),
}

/// A table of which so many elements are still to come.
struct Open {
    table: Table,
    left: u32,
    place: Place,
}

/// Where the next value goes.
enum Place {
    Index(u32),
    Key,
    Item(Value),
}

impl<'a> Reader<'a> {
    /// From an offset on.
    pub fn new(lua: &'a Lua, bytes: &'a [u8], at: usize) -> Reader<'a> {
        Reader { lua, bytes, at }
    }

    /// Where the next value begins.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next value.
    pub fn value(&mut self) -> Result<Value, Failure> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            let mut value = match self.token()? {
                Token::Value(value) => value,
                Token::Array(0) | Token::Map(0) => Value::Table(self.lua.create_table()?),
                Token::Array(left) => {
                    self.enter(&mut open, left, Place::Index(1))?;
                    continue;
                }
                Token::Map(left) => {
                    self.enter(&mut open, left, Place::Key)?;
                    continue;
                }
            };
            loop {
                let Some(last) = open.last_mut() else { return Ok(value) };
                last.put(value)?;
                match open.pop_if(|last| last.left == 0) {
                    Some(last) => value = Value::Table(last.table),
                    None => break,
                }
            }
        }
    }

    fn enter(&self, open: &mut Vec<Open>, left: u32, place: Place) -> Result<(), Failure> {
        if open.len() >= DEEPEST {
            return Err(Failure::TooDeep(matches!(place, Place::Index(_))));
        }
        open.push(Open { table: self.lua.create_table()?, left, place });
        Ok(())
    }

    fn token(&mut self) -> Result<Token, Failure> {
        let [code] = self.take()?;
        let value = match code {
            0..=0x7f | 0xe0..=0xff => Value::Number(f64::from(code as i8)),
            0x80..=0x8f => return Ok(Token::Map(u32::from(code & 15))),
            0x90..=0x9f => return Ok(Token::Array(u32::from(code & 15))),
            0xa0..=0xbf => self.string(u32::from(code & 31))?,
            0xc0 => Value::Nil,
            0xc2 | 0xc3 => Value::Boolean(code == 0xc3),
            0xca => Value::Number(f64::from(f32::from_be_bytes(self.take()?))),
            0xcb => Value::Number(f64::from_be_bytes(self.take()?)),
            0xcc => Value::Number(f64::from(u8::from_be_bytes(self.take()?))),
            0xcd => Value::Number(f64::from(u16::from_be_bytes(self.take()?))),
            0xce => Value::Number(f64::from(u32::from_be_bytes(self.take()?))),
            // compat: all 64 bits are read as a signed number.
            0xcf | 0xd3 => Value::Number(i64::from_be_bytes(self.take()?) as f64),
            0xd0 => Value::Number(f64::from(i8::from_be_bytes(self.take()?))),
            0xd1 => Value::Number(f64::from(i16::from_be_bytes(self.take()?))),
            0xd2 => Value::Number(f64::from(i32::from_be_bytes(self.take()?))),
            0xd9..=0xdb => {
                let len = self.count(1 << (code - 0xd9))?;
                self.string(len)?
            }
            0xdc | 0xdd => return Ok(Token::Array(self.count(2 << (code - 0xdc))?)),
            0xde | 0xdf => return Ok(Token::Map(self.count(2 << (code - 0xde))?)),
            0xc1 | 0xc4..=0xc9 | 0xd4..=0xd8 => return Err(Failure::Bad),
        };
        Ok(Token::Value(value))
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        let bytes = self.bytes[self.at..].first_chunk::<N>().ok_or(Failure::Missing)?;
        self.at += N;
        Ok(*bytes)
    }

    /// A number of `width` bytes.
    fn count(&mut self, width: usize) -> Result<u32, Failure> {
        let bytes = self.bytes.get(self.at..self.at + width).ok_or(Failure::Missing)?;
        self.at += width;
        Ok(bytes.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)))
    }

    fn string(&mut self, len: u32) -> Result<Value, Failure> {
        let rest = &self.bytes[self.at..];
        let text = rest.get(..len as usize).ok_or(Failure::Missing)?;
        self.at += text.len();
        Ok(Value::String(self.lua.create_string(text)?))
    }
}

impl Open {
    /// Adds a value, or keeps it as the key of the next one.
    fn put(&mut self, value: Value) -> Result<(), Failure> {
        match std::mem::replace(&mut self.place, Place::Key) {
            Place::Index(index) => {
                self.table.raw_set(index, value)?;
                self.place = Place::Index(index.wrapping_add(1));
                self.left -= 1;
            }
            Place::Key => self.place = Place::Item(value),
            Place::Item(Value::Nil) => return Err(Failure::Index("nil")),
            Place::Item(Value::Number(key)) if key.is_nan() => return Err(Failure::Index("NaN")),
            Place::Item(key) => {
                self.table.raw_set(key, value)?;
                self.left -= 1;
            }
        }
        Ok(())
    }
}
