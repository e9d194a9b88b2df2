//! The lines of `INFO`.

use std::fmt::{Display, Write};

/// Sections of `name:value` lines.
#[derive(Debug, Default)]
pub struct Text(String);

impl Text {
    /// Begins a section.
    pub fn heading(&mut self, name: &str) {
        if !self.0.is_empty() {
            self.0.push_str("\r\n");
        }
        self.line(format_args!("# {name}"));
    }

    /// Adds a line.
    pub fn field(&mut self, name: &str, value: impl Display) {
        self.line(format_args!("{name}:{value}"));
    }

    /// Adds lines.
    pub fn fields<const N: usize>(&mut self, fields: [(&str, u64); N]) {
        fields.iter().for_each(|(name, value)| self.field(name, value));
    }

    /// Adds lines that are always 0: what other servers count and this one does not have.
    pub fn zeroes(&mut self, names: &[&str]) {
        names.iter().for_each(|name| self.field(name, 0));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "{line}\r\n");
    }

    /// All of it.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Bytes as people read them: `1.50M`.
pub fn human(bytes: u64) -> String {
    const UNITS: [(u64, char); 5] =
        [(1 << 50, 'P'), (1 << 40, 'T'), (1 << 30, 'G'), (1 << 20, 'M'), (1 << 10, 'K')];
    match UNITS.iter().find(|(size, _)| bytes >= *size) {
        Some((size, unit)) => format!("{:.2}{unit}", bytes as f64 / *size as f64),
        None => format!("{bytes}B"),
    }
}

/// One number by another; 0 where the other is 0.
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_separated_by_an_empty_line() {
        let mut text = Text::default();
        text.heading("A");
        text.field("x", 1);
        text.heading("B");
        assert_eq!(text.as_bytes(), b"# A\r\nx:1\r\n\r\n# B\r\n");
    }

    #[test]
    fn people_read_two_digits_behind_the_point() {
        let pairs = [(0, "0B"), (1023, "1023B"), (1536, "1.50K"), (3 << 30, "3.00G")];
        pairs.iter().for_each(|(bytes, text)| assert_eq!(human(*bytes), *text));
    }
}
