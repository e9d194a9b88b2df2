//! The `struct` library: `pack`, `unpack`, `size`.
//!
//! As Lua's struct 0.2 on a machine of 64 bits whose numbers begin with their low byte.
//!
//! | option | what it is |
//! |---|---|
//! | `b` `h` `l`, `i` with a size | integers of 1, 2, 8, 4 or so many bytes; upper case: no sign |
//! | `T` | an integer of 8 bytes without sign |
//! | `f` `d` | floats of 4 and 8 bytes |
//! | `c` with a size | so many bytes; `c0`: all, or as many as the number before it says |
//! | `s` | bytes that end with a zero |
//! | `x` | a zero |
//! | `<` `>` | from here on the low, or the high byte is the first |
//! | `!` with a power of 2 | from here on at multiples of the size, or of this if it is less |

mod format;

use mlua::{Lua, LuaString, MultiValue, Result, Table, Value};

use self::format::{Flaw, Format, Kind};
use crate::arguments::{Arguments, complain, whole};
use crate::msgpack::MOST_RESULTS;

/// The library's functions.
pub fn library(lua: &Lua) -> Result<Table> {
    let table = lua.create_table()?;
    table.set("pack", lua.create_function(pack)?)?;
    table.set("unpack", lua.create_function(unpack)?)?;
    table.set("size", lua.create_function(size)?)?;
    Ok(table)
}

fn pack(lua: &Lua, mut values: MultiValue) -> Result<LuaString> {
    // compat: one that is missing is complained about as `nil`.
    if !values.is_empty() {
        values.push_back(Value::Nil);
    }
    let arguments = Arguments::new(lua, values);
    let text = arguments.string(1)?;
    let text = text.as_bytes();
    let (mut format, mut out, mut index) = (Format::new(&text), Vec::new(), 2);
    while let Some(item) = format.next() {
        let item = item.map_err(|flaw| raised(lua, &arguments, flaw))?;
        out.resize(out.len() + item.padding(out.len()), 0);
        match item.kind {
            Kind::Order | Kind::Other(_) => {}
            Kind::Padding => out.push(0),
            Kind::Integer { .. } => {
                put(&mut out, item.is_big, &integer_bytes(arguments.number(index)?, item.size));
            }
            Kind::Float => {
                put(&mut out, item.is_big, &(arguments.number(index)? as f32).to_le_bytes());
            }
            Kind::Double => put(&mut out, item.is_big, &arguments.number(index)?.to_le_bytes()),
            Kind::Bytes | Kind::Text => {
                let value = arguments.string(index)?;
                let value = value.as_bytes();
                let size = if item.size == 0 { value.len() } else { item.size };
                let part = value.get(..size);
                let part = part.ok_or_else(|| arguments.bad(index + 1, "string too short"))?;
                out.extend_from_slice(part);
                if matches!(item.kind, Kind::Text) {
                    out.push(0);
                }
            }
        }
        index += usize::from(item.kind.is_value());
    }
    lua.create_string(out)
}

/// Appends the bytes of a number, of which the low ones come first here.
fn put(out: &mut Vec<u8>, is_big: bool, low_first: &[u8]) {
    let start = out.len();
    out.extend_from_slice(low_first);
    if is_big {
        out[start..].reverse();
    }
}

/// The low bytes of a number; there are 8.
fn integer_bytes(value: f64, size: usize) -> Vec<u8> {
    let mut bytes = unsigned(value).to_le_bytes().to_vec();
    bytes.resize(size, 0);
    bytes
}

/// What C gives for a double as 64 bits.
fn unsigned(value: f64) -> u64 {
    let most = 18_446_744_073_709_551_616.0;
    if value < 0.0 || value.is_nan() {
        whole(value) as u64
    } else if value < most {
        value as u64
    } else {
        0
    }
}

fn unpack(lua: &Lua, values: MultiValue) -> Result<MultiValue> {
    let arguments = Arguments::new(lua, values);
    let (text, data) = (arguments.string(1)?, arguments.string(2)?);
    let (text, data) = (text.as_bytes(), data.as_bytes());
    let mut at = arguments.integer_or(3, 1)? as usize;
    if at == 0 {
        return Err(arguments.bad(3, "offset must be 1 or greater"));
    }
    at -= 1;
    let (mut format, mut values) = (Format::new(&text), Vec::new());
    while let Some(item) = format.next() {
        let item = item.map_err(|flaw| raised(lua, &arguments, flaw))?;
        at = at.wrapping_add(item.padding(at));
        let too_short = || arguments.bad(2, "data string too short");
        let rest = data.get(at..).ok_or_else(too_short)?;
        let part = rest.get(..item.size).ok_or_else(too_short)?;
        if values.len() >= MOST_RESULTS {
            return Err(complain(lua, "stack overflow (too many results)"));
        }
        at += part.len();
        let value = match item.kind {
            Kind::Order | Kind::Other(_) | Kind::Padding => continue,
            Kind::Integer { is_signed } => Value::Number(integer(part, item.is_big, is_signed)),
            Kind::Float => Value::Number(f64::from(f32::from_le_bytes(ordered(part, item.is_big)))),
            Kind::Double => Value::Number(f64::from_le_bytes(ordered(part, item.is_big))),
            Kind::Bytes if item.size > 0 => Value::String(lua.create_string(part)?),
            Kind::Bytes => {
                let size = previous(lua, values.pop())?;
                let part = rest.get(..size).ok_or_else(too_short)?;
                at += size;
                Value::String(lua.create_string(part)?)
            }
            Kind::Text => {
                let end = rest.iter().position(|&byte| byte == 0);
                let end = end.ok_or_else(|| complain(lua, "unfinished string in data"))?;
                at += end + 1;
                Value::String(lua.create_string(&rest[..end])?)
            }
        };
        values.push(value);
    }
    values.push(Value::Number(at.wrapping_add(1) as f64));
    Ok(MultiValue::from_vec(values))
}

/// The number that was read last, as a size.
fn previous(lua: &Lua, last: Option<Value>) -> Result<usize> {
    let number = match last {
        Some(value) => lua.coerce_number(value)?,
        None => None,
    };
    let number = number.ok_or_else(|| complain(lua, "format 'c0' needs a previous size"))?;
    Ok(usize::try_from(unsigned(number)).unwrap_or(usize::MAX))
}

/// The number that these bytes are: the low 8 of them.
fn integer(part: &[u8], is_big: bool, is_signed: bool) -> f64 {
    let low_first: [u8; 8] = ordered(part, is_big);
    let value = u64::from_le_bytes(low_first);
    let spare = 64 - 8 * part.len().clamp(1, 8);
    if is_signed { ((value << spare) as i64 >> spare) as f64 } else { value as f64 }
}

/// The low bytes of a number, the lowest first; zeros where it has fewer.
fn ordered<const N: usize>(part: &[u8], is_big: bool) -> [u8; N] {
    let mut bytes = [0; N];
    let len = part.len().min(N);
    if is_big {
        bytes[..len].copy_from_slice(&part[part.len() - len..]);
        bytes[..len].reverse();
    } else {
        bytes[..len].copy_from_slice(&part[..len]);
    }
    bytes
}

fn size(lua: &Lua, values: MultiValue) -> Result<f64> {
    let arguments = Arguments::new(lua, values);
    let text = arguments.string(1)?;
    let text = text.as_bytes();
    let (mut format, mut total) = (Format::new(&text), 0);
    while let Some(item) = format.next_lenient() {
        let item = item.map_err(|flaw| raised(lua, &arguments, flaw))?;
        total += item.padding(total);
        match item.kind {
            Kind::Text => return Err(arguments.bad(1, "option 's' has no fixed size")),
            Kind::Bytes if item.size == 0 => {
                return Err(arguments.bad(1, "option 'c0' has no fixed size"));
            }
            Kind::Order | Kind::Other(_) | Kind::Padding | Kind::Integer { .. } => {}
            Kind::Float | Kind::Double | Kind::Bytes => {}
        }
        total += item.size;
    }
    Ok(total as f64)
}

fn raised(lua: &Lua, arguments: &Arguments<'_>, flaw: Flaw) -> mlua::Error {
    match flaw {
        Flaw::Overflow => complain(lua, "integral size overflow"),
        Flaw::TooLong(size) => {
            complain(lua, format!("integral size {size} is larger than limit of 32"))
        }
        Flaw::Alignment(align) => complain(lua, format!("alignment {align} is not a power of 2")),
        Flaw::Option(option) => {
            arguments.bad(1, [b"invalid format option '", &[option][..], b"'"].concat())
        }
    }
}
