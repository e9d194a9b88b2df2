//! Deadlines as clients write them: in seconds or milliseconds, from now or since 1970.

use resp::number::parse_i64;

use crate::error::CommandError;

/// How a deadline is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `EX`: seconds from now.
    Seconds,
    /// `PX`: milliseconds from now.
    Milliseconds,
    /// `EXAT`: seconds since 1970.
    AtSeconds,
    /// `PXAT`: milliseconds since 1970.
    AtMilliseconds,
}

impl Form {
    /// The form that an option's word stands for.
    pub fn of_word(word: &[u8]) -> Option<Form> {
        const WORDS: [(&[u8], Form); 4] = [
            (b"EX", Form::Seconds),
            (b"PX", Form::Milliseconds),
            (b"EXAT", Form::AtSeconds),
            (b"PXAT", Form::AtMilliseconds),
        ];
        let found = WORDS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name));
        found.map(|(_, form)| *form)
    }

    /// Whether it counts from 1970.
    pub fn is_absolute(self) -> bool {
        matches!(self, Form::AtSeconds | Form::AtMilliseconds)
    }

    /// A deadline in milliseconds since 1970, possibly negative.
    ///
    /// # Errors
    ///
    /// `NotInteger`, and `invalid_time` where it is too far away for 64 bits.
    pub fn parse(self, text: &[u8], now_ms: u64, command: &str) -> Result<i64, CommandError> {
        let number = parse_i64(text).ok_or(CommandError::NotInteger)?;
        let in_ms = match self {
            Form::Seconds | Form::AtSeconds => number.checked_mul(1000),
            Form::Milliseconds | Form::AtMilliseconds => Some(number),
        };
        let base = if self.is_absolute() { 0 } else { i64::try_from(now_ms).unwrap_or(i64::MAX) };
        let at_ms = in_ms.and_then(|ms| ms.checked_add(base));
        at_ms.ok_or_else(|| invalid_time(command))
    }

    /// A deadline that comes with a new value, in milliseconds since 1970: it must be positive.
    ///
    /// # Errors
    ///
    /// As `parse`, and `invalid_time` where the number is not positive.
    pub fn parse_positive(
        self,
        text: &[u8],
        now_ms: u64,
        command: &str,
    ) -> Result<u64, CommandError> {
        let at_ms = self.parse(text, now_ms, command)?;
        if text.first() == Some(&b'-') || text == b"0" {
            return Err(invalid_time(command));
        }
        u64::try_from(at_ms).map_err(|_| invalid_time(command))
    }
}

/// The refusal of a deadline.
pub fn invalid_time(command: &str) -> CommandError {
    CommandError::err(format_args!("invalid expire time in '{command}' command"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_counted_from_now_or_from_1970() {
        let check = |form: Form, text: &str| form.parse_positive(text.as_bytes(), 5_000, "set");
        assert_eq!(check(Form::Seconds, "10"), Ok(15_000));
        assert_eq!(check(Form::Milliseconds, "10"), Ok(5_010));
        assert_eq!(check(Form::AtSeconds, "10"), Ok(10_000));
        assert_eq!(check(Form::AtMilliseconds, "10"), Ok(10));
    }

    #[test]
    fn deadlines_out_of_range_are_refused() {
        for (form, text) in [
            (Form::Seconds, "0"),
            (Form::Seconds, "-1"),
            (Form::Seconds, "9223372036854776"),
            (Form::Seconds, "9223372036854775"),
            (Form::Milliseconds, "9223372036854775807"),
            (Form::AtSeconds, "9223372036854776"),
        ] {
            let result = form.parse_positive(text.as_bytes(), 1_000_000, "setex");
            assert_eq!(result, Err(invalid_time("setex")), "{text}");
        }
        let result = Form::Seconds.parse_positive(b"1x", 0, "setex");
        assert_eq!(result, Err(CommandError::NotInteger));
    }
}
