//! From JSON to Lua values.

use mlua::{Error, Lua, Result, Value};

use super::number;
use super::settings::Settings;
use crate::arguments::complain;

/// Reads one document.
pub struct Reader<'a> {
    lua: &'a Lua,
    text: &'a [u8],
    at: usize,
    /// Where the last token began, or what was wrong with it.
    start: usize,
    settings: Settings,
}

/// A sign, a word or a value.
enum Token {
    ObjectBegin,
    ObjectEnd,
    ArrayBegin,
    ArrayEnd,
    Comma,
    Colon,
    String(Vec<u8>),
    Number(f64),
    Boolean(bool),
    Null,
    End,
    Flaw(&'static str),
}

impl Token {
    fn name(&self) -> &'static str {
        match self {
            Token::ObjectBegin => "T_OBJ_BEGIN",
            Token::ObjectEnd => "T_OBJ_END",
            Token::ArrayBegin => "T_ARR_BEGIN",
            Token::ArrayEnd => "T_ARR_END",
            Token::Comma => "T_COMMA",
            Token::Colon => "T_COLON",
            Token::String(_) => "T_STRING",
            Token::Number(_) => "T_NUMBER",
            Token::Boolean(_) => "T_BOOLEAN",
            Token::Null => "T_NULL",
            Token::End => "T_END",
            Token::Flaw(what) => what,
        }
    }
}

impl<'a> Reader<'a> {
    /// At the start of a text.
    pub fn new(lua: &'a Lua, text: &'a [u8], settings: Settings) -> Reader<'a> {
        Reader { lua, text, at: 0, start: 0, settings }
    }

    /// The whole text as one value.
    pub fn document(mut self) -> Result<Value> {
        let token = self.next();
        let value = self.value(token, 0)?;
        match self.next() {
            Token::End => Ok(value),
            other => Err(self.unexpected("the end", &other)),
        }
    }

    fn unexpected(&self, expected: &str, found: &Token) -> Error {
        let (found, at) = (found.name(), self.start + 1);
        complain(self.lua, format!("Expected {expected} but found {found} at character {at}"))
    }

    fn value(&mut self, token: Token, depth: usize) -> Result<Value> {
        match token {
            Token::ObjectBegin => self.object(depth + 1),
            Token::ArrayBegin => self.array(depth + 1),
            Token::String(text) => Ok(Value::String(self.lua.create_string(text)?)),
            Token::Number(value) => Ok(Value::Number(value)),
            Token::Boolean(value) => Ok(Value::Boolean(value)),
            Token::Null => Ok(Value::NULL),
            other => Err(self.unexpected("value", &other)),
        }
    }

    fn descend(&self, depth: usize) -> Result<()> {
        if depth <= self.settings.decode_depth() {
            return Ok(());
        }
        let at = self.at;
        let text = format!("Found too many nested data structures ({depth}) at character {at}");
        Err(complain(self.lua, text))
    }

    fn array(&mut self, depth: usize) -> Result<Value> {
        self.descend(depth)?;
        let table = self.lua.create_table()?;
        let mut token = self.next();
        if matches!(token, Token::ArrayEnd) {
            return Ok(Value::Table(table));
        }
        for i in 1.. {
            table.raw_set(i, self.value(token, depth)?)?;
            match self.next() {
                Token::Comma => token = self.next(),
                Token::ArrayEnd => break,
                other => return Err(self.unexpected("comma or array end", &other)),
            }
        }
        Ok(Value::Table(table))
    }

    fn object(&mut self, depth: usize) -> Result<Value> {
        self.descend(depth)?;
        let table = self.lua.create_table()?;
        let mut token = self.next();
        if matches!(token, Token::ObjectEnd) {
            return Ok(Value::Table(table));
        }
        loop {
            let Token::String(key) = token else {
                return Err(self.unexpected("object key string", &token));
            };
            match self.next() {
                Token::Colon => {}
                other => return Err(self.unexpected("colon", &other)),
            }
            let first = self.next();
            let value = self.value(first, depth)?;
            table.raw_set(self.lua.create_string(key)?, value)?;
            match self.next() {
                Token::Comma => token = self.next(),
                Token::ObjectEnd => break,
                other => return Err(self.unexpected("comma or object end", &other)),
            }
        }
        Ok(Value::Table(table))
    }

    fn next(&mut self) -> Token {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.start = self.at;
        let token = match self.text.get(self.at) {
            // compat: a zero ends the text.
            None | Some(0) => return Token::End,
            Some(b'{') => Token::ObjectBegin,
            Some(b'}') => Token::ObjectEnd,
            Some(b'[') => Token::ArrayBegin,
            Some(b']') => Token::ArrayEnd,
            Some(b',') => Token::Comma,
            Some(b':') => Token::Colon,
            Some(b'"') => return self.string(),
            Some(b'-' | b'0'..=b'9') => return self.number(),
            Some(_) => return self.word(),
        };
        self.at += 1;
        token
    }

    fn number(&mut self) -> Token {
        let rest = &self.text[self.at..];
        let read = number::read(rest).filter(|_| self.settings.reads_invalid || !is_invalid(rest));
        let Some((value, len)) = read else { return Token::Flaw("invalid number") };
        self.at += len;
        Token::Number(value)
    }

    fn word(&mut self) -> Token {
        let rest = &self.text[self.at..];
        for (word, token) in [
            ("true", Token::Boolean(true)),
            ("false", Token::Boolean(false)),
            ("null", Token::Null),
        ] {
            if rest.starts_with(word.as_bytes()) {
                self.at += word.len();
                return token;
            }
        }
        if self.settings.reads_invalid && is_invalid(rest) {
            return self.number();
        }
        Token::Flaw("invalid token")
    }

    /// Says what is wrong, and where.
    fn flaw(&mut self, at: usize, what: &'static str) -> Token {
        self.start = at;
        Token::Flaw(what)
    }

    fn string(&mut self) -> Token {
        let mut out = Vec::new();
        self.at += 1;
        loop {
            match self.text.get(self.at) {
                None | Some(0) => return self.flaw(self.at, "unexpected end of string"),
                Some(b'"') => break,
                Some(b'\\') => {
                    let start = self.at;
                    if let Err(what) = self.escape(&mut out) {
                        return self.flaw(start, what);
                    }
                }
                Some(byte) => {
                    out.push(*byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        Token::String(out)
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> std::result::Result<(), &'static str> {
        let byte = self.text.get(self.at + 1).copied().unwrap_or(0);
        self.at += 2;
        out.push(match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let letter = self.unicode().ok_or("invalid unicode escape code")?;
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => return Err("invalid escape code"),
        });
        Ok(())
    }

    fn unicode(&mut self) -> Option<char> {
        let code = self.hex()?;
        if !(0xD800..0xDC00).contains(&code) {
            return char::from_u32(code);
        }
        if !self.text[self.at..].starts_with(b"\\u") {
            return None;
        }
        self.at += 2;
        let low = self.hex().filter(|low| (0xDC00..0xE000).contains(low))?;
        char::from_u32(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |code, &byte| Some(code << 4 | char::from(byte).to_digit(16)?))
    }
}

/// Whether a text begins with a number that C knows and JSON does not.
fn is_invalid(text: &[u8]) -> bool {
    let text = match text.first() {
        Some(b'+') => return true,
        Some(b'-') => &text[1..],
        _ => text,
    };
    let word = text
        .get(..3)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"inf") || word.eq_ignore_ascii_case(b"nan"));
    word || matches!(text, [b'0', b'x' | b'X' | b'0'..=b'9', ..])
}
