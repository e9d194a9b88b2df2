//! Deadlines as clients write them: in seconds or milliseconds, from now or since 1970.

use resp::number::parse_i64;

use super::arguments::is_word;
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

/// When the deadline is set.
#[derive(Clone, Copy, Default)]
pub struct Conditions {
    /// `NX`: where there is none yet.
    without: bool,
    /// `XX`: where there is one.
    with: bool,
    /// `GT`: where it is later than the one there; none is the latest.
    later: bool,
    /// `LT`: where it is earlier.
    earlier: bool,
}

impl Conditions {
    /// Reads these words.
    ///
    /// # Errors
    ///
    /// Texts for unknown words and for those that contradict each other.
    pub fn parse<'a>(words: impl Iterator<Item = &'a [u8]>) -> Result<Conditions, CommandError> {
        let mut all = Conditions::default();
        for word in words {
            let flag = if is_word(word, "NX") {
                &mut all.without
            } else if is_word(word, "XX") {
                &mut all.with
            } else if is_word(word, "GT") {
                &mut all.later
            } else if is_word(word, "LT") {
                &mut all.earlier
            } else {
                let word = String::from_utf8_lossy(word);
                return Err(CommandError::err(format_args!("Unsupported option {word}")));
            };
            *flag = true;
        }
        if all.without && (all.with || all.later || all.earlier) {
            let text = "NX and XX, GT or LT options at the same time are not compatible";
            return Err(CommandError::err(text));
        }
        if all.later && all.earlier {
            let text = "GT and LT options at the same time are not compatible";
            return Err(CommandError::err(text));
        }
        Ok(all)
    }

    /// Whether they hold for a deadline in place of the one before.
    pub fn hold(self, before: Option<u64>, at_ms: u64) -> bool {
        let refused = self.without && before.is_some()
            || self.with && before.is_none()
            || self.later && before.is_none_or(|before| at_ms <= before)
            || self.earlier && before.is_some_and(|before| at_ms >= before);
        !refused
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
