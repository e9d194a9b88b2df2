//! The log for people: lines like those of Redis, to standard output, a file or syslog.
//!
//! compat: `pid:role day month year hh:mm:ss.mmm level text`, as log readers expect it.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::net::UnixDatagram;

use engine::config::{Config, LogLevel, SyslogFacility};
use parking_lot::Mutex;

use crate::clock;

/// How much a line matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// For developers.
    Debug,
    /// Rarely useful.
    Verbose,
    /// Worth knowing in production.
    Notice,
    /// Something is wrong.
    Warning,
}

/// The log for people.
pub struct TextLog {
    target: Mutex<Target>,
}

struct Target {
    file: Option<File>,
    syslog: Option<Syslog>,
    least: Level,
}

/// The system's log.
struct Syslog {
    socket: UnixDatagram,
    ident: String,
    facility: u8,
}

impl Syslog {
    /// Where the system's log listens.
    const PATH: &str = "/dev/log";

    fn open(config: &Config) -> Option<Syslog> {
        let settings = &config.observability;
        if !settings.syslog_enabled {
            return None;
        }
        // compat: without a system log the server runs on.
        let socket = UnixDatagram::unbound().ok()?;
        socket.connect(Syslog::PATH).ok()?;
        let facility = match settings.syslog_facility {
            SyslogFacility::User => 1,
            SyslogFacility::Local0 => 16,
            SyslogFacility::Local1 => 17,
            SyslogFacility::Local2 => 18,
            SyslogFacility::Local3 => 19,
            SyslogFacility::Local4 => 20,
            SyslogFacility::Local5 => 21,
            SyslogFacility::Local6 => 22,
            SyslogFacility::Local7 => 23,
        };
        Some(Syslog { socket, ident: settings.syslog_ident.clone(), facility })
    }

    /// Source: RFC 3164, as local programs write it.
    fn write(&self, level: Level, text: &str) {
        let severity = match level {
            Level::Debug => 7,
            Level::Verbose => 6,
            Level::Notice => 5,
            Level::Warning => 4,
        };
        let priority = self.facility * 8 + severity;
        let line = format!("<{priority}>{}[{}]: {text}", self.ident, std::process::id());
        // Nobody is left to be told of a log that cannot be written.
        let _ = self.socket.send(line.as_bytes());
    }
}

impl TextLog {
    /// Opens what the settings name.
    pub fn open(config: &Config) -> std::io::Result<TextLog> {
        let path = &config.observability.logfile;
        let file = match path.as_str() {
            "" => None,
            path => Some(OpenOptions::new().create(true).append(true).open(path)?),
        };
        let least = least(config);
        let syslog = Syslog::open(config);
        Ok(TextLog { target: Mutex::new(Target { file, syslog, least }) })
    }

    /// Follows a changed `loglevel`.
    pub fn reconfigure(&self, config: &Config) {
        self.target.lock().least = least(config);
    }

    /// Writes a line.
    pub fn write(&self, level: Level, text: &str) {
        let mut target = self.target.lock();
        if level < target.least {
            return;
        }
        if let Some(syslog) = &target.syslog {
            syslog.write(level, text);
        }
        let sign = match level {
            Level::Debug => '.',
            Level::Verbose => '-',
            Level::Notice => '*',
            Level::Warning => '#',
        };
        let line = format!("{}:M {} {sign} {text}\n", std::process::id(), date(clock::now_ms()));
        // Nobody is left to be told of a log that cannot be written.
        let _ = match &mut target.file {
            Some(file) => file.write_all(line.as_bytes()),
            None => std::io::stdout().write_all(line.as_bytes()),
        };
    }

    /// Something is wrong.
    pub fn warning(&self, text: &str) {
        self.write(Level::Warning, text);
    }

    /// Worth knowing.
    pub fn notice(&self, text: &str) {
        self.write(Level::Notice, text);
    }
}

fn least(config: &Config) -> Level {
    match config.observability.loglevel {
        LogLevel::Debug => Level::Debug,
        LogLevel::Verbose => Level::Verbose,
        LogLevel::Notice => Level::Notice,
        LogLevel::Warning | LogLevel::Nothing => Level::Warning,
    }
}

/// `20 Nov 2026 16:04:05.678`, in UTC.
fn date(ms: u64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, rest) = (ms / 86_400_000, ms % 86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    let name = MONTHS[month as usize - 1];
    format!("{day:02} {name} {year} {hour:02}:{minute:02}:{second:02}.{:03}", rest % 1000)
}

/// The day of the calendar, from days since 1970 (the proleptic Gregorian one).
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        assert_eq!(date(0), "01 Jan 1970 00:00:00.000");
        assert_eq!(date(951_782_400_000), "29 Feb 2000 00:00:00.000");
        assert_eq!(date(1_795_190_645_678), "20 Nov 2026 16:04:05.678");
    }
}
