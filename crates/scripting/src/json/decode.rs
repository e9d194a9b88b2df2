//! From JSON to Lua values.

use mlua::{Lua, Result, Value};

use super::{DEEPEST, refuse};

/// Reads one document.
pub struct Reader<'a> {
    lua: &'a Lua,
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the start of a text.
    pub fn new(lua: &'a Lua, text: &'a [u8]) -> Reader<'a> {
        Reader { lua, text, at: 0 }
    }

    /// The whole text as one value.
    pub fn document(mut self) -> Result<Value> {
        let value = self.value(0)?;
        self.skip_space();
        if self.at < self.text.len() { self.unexpected("the end") } else { Ok(value) }
    }

    fn skip_space(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Option<u8> {
        self.skip_space();
        self.text.get(self.at).copied()
    }

    fn unexpected<T>(&mut self, expected: &str) -> Result<T> {
        self.skip_space();
        let found = match self.text.get(self.at) {
            None => "T_END",
            Some(b'{') => "T_OBJ_BEGIN",
            Some(b'}') => "T_OBJ_END",
            Some(b'[') => "T_ARR_BEGIN",
            Some(b']') => "T_ARR_END",
            Some(b',') => "T_COMMA",
            Some(b':') => "T_COLON",
            Some(_) => "invalid token",
        };
        refuse(format!("Expected {expected} but found {found} at character {}", self.at + 1))
    }

    fn value(&mut self, depth: usize) -> Result<Value> {
        if depth > DEEPEST {
            return refuse(format!("Found too many nested data structures ({depth})"));
        }
        match self.next() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => {
                let text = self.string()?;
                Ok(Value::String(self.lua.create_string(text)?))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Value> {
        for (word, value) in [
            ("true", Value::Boolean(true)),
            ("false", Value::Boolean(false)),
            ("null", Value::NULL),
        ] {
            if self.text[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(value);
            }
        }
        self.unexpected("value")
    }

    fn number(&mut self) -> Result<Value> {
        let rest = &self.text[self.at..];
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let len = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let parsed = std::str::from_utf8(&rest[..len]).ok().and_then(|text| text.parse().ok());
        let Some(value) = parsed else {
            return refuse(format!(
                "Expected value but found invalid number at character {}",
                self.at + 1
            ));
        };
        self.at += len;
        Ok(Value::Number(value))
    }

    fn array(&mut self, depth: usize) -> Result<Value> {
        let table = self.lua.create_table()?;
        self.at += 1;
        if self.next() == Some(b']') {
            self.at += 1;
            return Ok(Value::Table(table));
        }
        for i in 1.. {
            table.raw_set(i, self.value(depth)?)?;
            match self.next() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return self.unexpected("comma or array end"),
            }
        }
        self.at += 1;
        Ok(Value::Table(table))
    }

    fn object(&mut self, depth: usize) -> Result<Value> {
        let table = self.lua.create_table()?;
        self.at += 1;
        if self.next() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Table(table));
        }
        loop {
            if self.next() != Some(b'"') {
                return self.unexpected("object key string");
            }
            let key = self.string()?;
            if self.next() != Some(b':') {
                return self.unexpected("colon");
            }
            self.at += 1;
            let value = self.value(depth)?;
            table.raw_set(self.lua.create_string(key)?, value)?;
            match self.next() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return self.unexpected("comma or object end"),
            }
        }
        self.at += 1;
        Ok(Value::Table(table))
    }

    fn string(&mut self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        self.at += 1;
        loop {
            match self.text.get(self.at) {
                None => return self.unexpected("string end"),
                Some(b'"') => break,
                Some(b'\\') => self.escape(&mut out)?,
                Some(byte) => {
                    out.push(*byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        Ok(out)
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let Some(&byte) = self.text.get(self.at + 1) else { return self.unexpected("string end") };
        self.at += 2;
        out.push(match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => return self.unicode(out),
            _ => {
                return refuse(format!(
                    "Expected value but found invalid escape code at character {}",
                    self.at
                ));
            }
        });
        Ok(())
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let value = std::str::from_utf8(digits).ok()?;
        self.at += 4;
        u32::from_str_radix(value, 16).ok()
    }

    fn unicode(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let start = self.at;
        let mut code = self.hex();
        if let Some(high @ 0xD800..0xDC00) = code {
            code = None;
            if self.text[self.at..].starts_with(b"\\u") {
                self.at += 2;
                let low = self.hex().filter(|low| (0xDC00..0xE000).contains(low));
                code = low.map(|low| 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
            }
        }
        match code.and_then(char::from_u32) {
            Some(letter) => {
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                Ok(())
            }
            None => refuse(format!(
                "Expected value but found invalid unicode escape code at character {}",
                start - 1
            )),
        }
    }
}
