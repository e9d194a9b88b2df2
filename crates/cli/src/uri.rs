//! Server addresses in the form `redis://user:password@host:port/db`.

use crate::options::Options;

/// Takes over what `uri` says; what it leaves out stays as it is.
pub fn apply(uri: &str, options: &mut Options) -> Result<(), String> {
    let (scheme, rest) = uri.split_once("://").ok_or("Invalid URI scheme")?;
    match scheme.to_ascii_lowercase().as_str() {
        "redis" | "valkey" => {}
        "rediss" | "valkeys" => {
            return Err(format!("{scheme}:// needs TLS, which is not built in"));
        }
        _ => return Err("Invalid URI scheme".into()),
    }
    let rest = match rest.split_once('@') {
        Some((credentials, rest)) => {
            login(credentials, options)?;
            rest
        }
        None => rest,
    };
    let (address, db) = rest.split_once('/').unwrap_or((rest, ""));
    if !address.is_empty() {
        endpoint(address, options)?;
    }
    if !db.is_empty() {
        options.db = db.parse().map_err(|_| format!("Invalid database in the URI: '{db}'"))?;
    }
    Ok(())
}

fn login(credentials: &str, options: &mut Options) -> Result<(), String> {
    let password = match credentials.split_once(':') {
        Some((user, password)) => {
            options.user = Some(percent_decoded(user)?);
            password
        }
        None => credentials,
    };
    options.password = Some(percent_decoded(password)?);
    options.password_was_visible = true;
    Ok(())
}

fn endpoint(address: &str, options: &mut Options) -> Result<(), String> {
    let (host, port) = match address.strip_prefix('[').and_then(|a| a.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    options.host = host.to_owned();
    if let Some(port) = port {
        options.port = port.parse().map_err(|_| "Invalid server port.")?;
    }
    Ok(())
}

fn percent_decoded(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        let (byte, tail) = match rest {
            [] => return Ok(bytes),
            [b'%', high, low, tail @ ..] => (hex_pair(*high, *low), tail),
            [b'%', ..] => (None, rest),
            [byte, tail @ ..] => (Some(*byte), tail),
        };
        bytes.push(byte.ok_or("Incomplete URI encoding")?);
        rest = tail;
    }
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(uri: &str) -> Result<Options, String> {
        let mut options = Options::default();
        apply(uri, &mut options).map(|()| options)
    }

    #[test]
    fn every_part_may_be_given() {
        let options = parsed("redis://us%3Aer:p%40ss@example.org:7000/3").unwrap();
        assert_eq!(options.user.as_deref(), Some(&b"us:er"[..]));
        assert_eq!(options.password.as_deref(), Some(&b"p@ss"[..]));
        assert_eq!((&*options.host, options.port, options.db), ("example.org", 7000, 3));
    }

    #[test]
    fn every_part_may_be_left_out() {
        let options = parsed("valkey://").unwrap();
        assert_eq!((&*options.host, options.port, options.db), ("127.0.0.1", 6379, 0));
        let options = parsed("redis://secret@/2").unwrap();
        assert_eq!((options.user, options.db), (None, 2));
        assert_eq!(options.password.as_deref(), Some(&b"secret"[..]));
        let options = parsed("redis://[::1]:7001").unwrap();
        assert_eq!((&*options.host, options.port), ("::1", 7001));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for uri in ["http://x", "localhost", "redis://h:port", "redis://h/x", "redis://%4@h"] {
            assert!(parsed(uri).is_err(), "{uri}");
        }
    }
}
