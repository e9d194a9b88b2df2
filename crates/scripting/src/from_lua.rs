//! From what a script returns to a reply.
//!
//! | Lua | reply |
//! |---|---|
//! | number | integer, the fraction goes |
//! | string | bulk |
//! | table with `err`, `ok` | error, status |
//! | table with `double`, `big_number`, `verbatim_string`, `map`, `set` | that |
//! | any other table | array up to the first `nil` |
//! | `true`, `false` with RESP2 chosen | 1, null |
//! | `true`, `false` with RESP3 chosen | boolean |
//! | anything else | null |

use mlua::{LuaString, Result, Table, Value};
use resp::{Protocol, Reply};

use crate::number::to_integer;
use crate::to_lua::COUNTED;

/// Tables deeper than this are no reply; a table may contain itself.
const DEEPEST: usize = 1000;

/// The names of the fields that make a table something else than an array.
pub struct Names {
    err: LuaString,
    ok: LuaString,
    double: LuaString,
    big_number: LuaString,
    verbatim: LuaString,
    map: LuaString,
    set: LuaString,
    counted: LuaString,
}

impl Names {
    /// The names, as strings of this interpreter.
    pub fn new(lua: &mlua::Lua) -> Result<Names> {
        Ok(Names {
            err: lua.create_string("err")?,
            ok: lua.create_string("ok")?,
            double: lua.create_string("double")?,
            big_number: lua.create_string("big_number")?,
            verbatim: lua.create_string("verbatim_string")?,
            map: lua.create_string("map")?,
            set: lua.create_string("set")?,
            counted: lua.create_string(COUNTED)?,
        })
    }
}

/// Gets to know an error of a reply: its text, or nothing where the host has counted it.
pub type OnError<'a> = dyn FnMut(Option<&[u8]>) + 'a;

/// Writes a value; `chosen` is the protocol that the script asked for.
pub fn write(
    value: &Value,
    names: &Names,
    chosen: Protocol,
    reply: &mut Reply<'_>,
    on_error: &mut OnError<'_>,
) -> Result<()> {
    Writer { names, chosen, on_error }.value(value, reply, 0)
}

struct Writer<'a, 'f> {
    names: &'a Names,
    chosen: Protocol,
    on_error: &'a mut OnError<'f>,
}

impl Writer<'_, '_> {
    fn value(&mut self, value: &Value, reply: &mut Reply<'_>, depth: usize) -> Result<()> {
        match value {
            Value::String(text) => reply.bulk(&text.as_bytes()),
            Value::Integer(n) => reply.integer(*n),
            Value::Number(n) => reply.integer(to_integer(*n)),
            Value::Boolean(value) => match (self.chosen, value) {
                (Protocol::Resp3, _) => reply.boolean(*value),
                (Protocol::Resp2, true) => reply.integer(1),
                (Protocol::Resp2, false) => reply.null(),
            },
            Value::Table(_) if depth >= DEEPEST => {
                let text = "ERR reached lua stack limit";
                (self.on_error)(Some(text.as_bytes()));
                reply.error(text);
            }
            Value::Table(table) => return self.table(table, reply, depth),
            _ => reply.null(),
        }
        Ok(())
    }

    fn table(&mut self, table: &Table, reply: &mut Reply<'_>, depth: usize) -> Result<()> {
        if let Value::String(text) = table.raw_get(&self.names.err)? {
            let text = text.as_bytes();
            let text = trimmed(&text);
            let counted = table.raw_get(&self.names.counted)?;
            (self.on_error)(if counted { None } else { Some(text) });
            reply.error_bytes(text);
        } else if let Value::String(text) = table.raw_get(&self.names.ok)? {
            reply.status_bytes(&text.as_bytes());
        } else if let Some(value) = number(&table.raw_get(&self.names.double)?) {
            reply.double(value);
        } else if let Value::String(digits) = table.raw_get(&self.names.big_number)? {
            let mut digits = digits.as_bytes().to_vec();
            digits.iter_mut().filter(|byte| matches!(byte, b'\r' | b'\n')).for_each(|b| *b = b' ');
            reply.big_number_bytes(&digits);
        } else if let Value::Table(inner) = table.raw_get(&self.names.verbatim)? {
            verbatim(&inner, reply)?;
        } else if let Value::Table(inner) = table.raw_get(&self.names.map)? {
            self.map(&inner, reply, depth)?;
        } else if let Value::Table(inner) = table.raw_get(&self.names.set)? {
            self.set(&inner, reply, depth)?;
        } else {
            self.array(table, reply, depth)?;
        }
        Ok(())
    }

    fn array(&mut self, table: &Table, reply: &mut Reply<'_>, depth: usize) -> Result<()> {
        let header = reply.defer_array();
        let mut len = 0;
        loop {
            let item: Value = table.raw_get(len + 1)?;
            if item.is_nil() {
                break;
            }
            self.value(&item, reply, depth + 1)?;
            len += 1;
        }
        reply.resolve(header, len);
        Ok(())
    }

    fn map(&mut self, table: &Table, reply: &mut Reply<'_>, depth: usize) -> Result<()> {
        let header = reply.defer_map();
        let mut len = 0;
        table.for_each(|key: Value, item: Value| {
            self.value(&key, reply, depth + 1)?;
            self.value(&item, reply, depth + 1)?;
            len += 1;
            Ok(())
        })?;
        reply.resolve(header, len);
        Ok(())
    }

    fn set(&mut self, table: &Table, reply: &mut Reply<'_>, depth: usize) -> Result<()> {
        let header = reply.defer_set();
        let mut len = 0;
        table.for_each(|key: Value, _: Value| {
            len += 1;
            self.value(&key, reply, depth + 1)
        })?;
        reply.resolve(header, len);
        Ok(())
    }
}

/// A number of either kind.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(value) => Some(*value),
        Value::Integer(value) => Some(*value as f64),
        _ => None,
    }
}

fn verbatim(inner: &Table, reply: &mut Reply<'_>) -> Result<()> {
    let format: Value = inner.raw_get("format")?;
    let text: Value = inner.raw_get("string")?;
    let (Value::String(format), Value::String(text)) = (format, text) else {
        reply.null();
        return Ok(());
    };
    let mut three = *b"txt";
    for (to, from) in three.iter_mut().zip(format.as_bytes().iter()) {
        *to = *from;
    }
    reply.verbatim_bytes(three, &text.as_bytes());
    Ok(())
}

/// An error without line ends around it.
pub(crate) fn trimmed(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
    &text[..end]
}
