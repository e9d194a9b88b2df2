//! The directives that take several words, or words of their own.
//!
//! # Invariants
//!
//! 1. In a file, the first line of a directive replaces its default; further lines of `save` add
//!    to it, those of the others replace it (or, for buffer limits, their class).

use super::compound::{OutputBufferLimit, OutputBufferLimits, Primary, SavePoint, ShutdownOptions};
use super::directive::{Arguments, Source, Special, not_one_of};
use super::events::KeyspaceEvents;
use super::{Config, parse};

type Words<'a> = &'a [Vec<u8>];
type Outcome = Result<(), String>;

const MAX_BIND_ADDRESSES: usize = 16;

fn is_single_empty(words: Words<'_>) -> bool {
    matches!(words, [word] if word.is_empty())
}

fn texts(words: Words<'_>) -> Result<Vec<String>, String> {
    words.iter().map(|word| parse::utf8(word)).collect()
}

pub(super) const BIND: Special = Special {
    arguments: Arguments::Many,
    read: |config| config.network.bind.join(" "),
    write: |config, words, _| set_addresses(&mut config.network.bind, words),
    lines: |config| {
        if config.network.bind == Config::default().network.bind {
            return Vec::new();
        }
        vec![(addresses_for_file(&config.network.bind), true)]
    },
};

pub(super) const RDMA_BIND: Special = Special {
    arguments: Arguments::Many,
    read: |config| config.network.rdma_bind.join(" "),
    write: |config, words, _| set_addresses(&mut config.network.rdma_bind, words),
    lines: |config| {
        if config.network.rdma_bind.is_empty() {
            return Vec::new();
        }
        vec![(addresses_for_file(&config.network.rdma_bind), true)]
    },
};

fn set_addresses(addresses: &mut Vec<String>, words: Words<'_>) -> Outcome {
    if words.len() > MAX_BIND_ADDRESSES {
        return Err("Too many bind addresses specified.".to_owned());
    }
    *addresses = if is_single_empty(words) { Vec::new() } else { texts(words)? };
    Ok(())
}

fn addresses_for_file(addresses: &[String]) -> String {
    if addresses.is_empty() { "\"\"".to_owned() } else { addresses.join(" ") }
}

pub(super) const OOM_SCORE_ADJ_VALUES: Special = Special {
    arguments: Arguments::Many,
    read: print_oom_values,
    write: |config, words, _| {
        let words: &[Vec<u8>; 3] = words.try_into().map_err(|_| "wrong number of arguments")?;
        for (value, word) in config.general.oom_score_adj_values.iter_mut().zip(words) {
            let parsed = parse::c_integer(word).and_then(|score| i32::try_from(score).ok());
            *value = parsed
                .filter(|score| (-2000..=2000).contains(score))
                .ok_or("Invalid oom-score-adj-values, elements must be between -2000 and 2000.")?;
        }
        Ok(())
    },
    lines: |config| {
        let default = Config::default().general.oom_score_adj_values;
        vec![(print_oom_values(config), config.general.oom_score_adj_values != default)]
    },
};

fn print_oom_values(config: &Config) -> String {
    config.general.oom_score_adj_values.map(|score| score.to_string()).join(" ")
}

pub(super) const SHUTDOWN_ON_SIGINT: Special = Special {
    arguments: Arguments::Many,
    read: |config| config.general.shutdown_on_sigint.print(),
    write: |config, words, _| set_shutdown(&mut config.general.shutdown_on_sigint, words),
    lines: |config| shutdown_lines(config.general.shutdown_on_sigint),
};

pub(super) const SHUTDOWN_ON_SIGTERM: Special = Special {
    arguments: Arguments::Many,
    read: |config| config.general.shutdown_on_sigterm.print(),
    write: |config, words, _| set_shutdown(&mut config.general.shutdown_on_sigterm, words),
    lines: |config| shutdown_lines(config.general.shutdown_on_sigterm),
};

fn set_shutdown(options: &mut ShutdownOptions, words: Words<'_>) -> Outcome {
    *options = ShutdownOptions::default();
    let known = words.iter().all(|word| options.add(word));
    if !known || words.is_empty() {
        return Err(not_one_of(&ShutdownOptions::WORDS));
    }
    Ok(())
}

fn shutdown_lines(options: ShutdownOptions) -> Vec<(String, bool)> {
    vec![(options.print(), options != ShutdownOptions::default())]
}

pub(super) const DIR: Special = Special {
    arguments: Arguments::One,
    read: |config| config.persistence.dir.clone(),
    write: |config, words, _| {
        let [word] = words else { return Err("wrong number of arguments".to_owned()) };
        if word.is_empty() {
            return Err("dir can't be empty".to_owned());
        }
        config.persistence.dir = parse::utf8(word)?;
        Ok(())
    },
    lines: |config| {
        let quoted = parse::quote(config.persistence.dir.as_bytes());
        // Quoting leaves printable ASCII only.
        vec![(String::from_utf8_lossy(&quoted).into_owned(), true)]
    },
};

pub(super) const SAVE: Special = Special {
    arguments: Arguments::Many,
    read: |config| print_save_points(&config.persistence.save),
    write: set_save,
    lines: |config| {
        let points = &config.persistence.save;
        let line = if points.is_empty() { "\"\"".to_owned() } else { print_save_points(points) };
        vec![(line, true)]
    },
};

fn print_save_points(points: &[SavePoint]) -> String {
    let print = |point: &SavePoint| format!("{} {}", point.seconds, point.changes);
    points.iter().map(print).collect::<Vec<_>>().join(" ")
}

fn set_save(config: &mut Config, words: Words<'_>, from: Source) -> Outcome {
    let words = if is_single_empty(words) { &[] } else { words };
    let mut points = Vec::new();
    for pair in words.chunks(2) {
        points.push(parse_save_point(pair).ok_or("Invalid save parameters")?);
    }
    let adds = from == Source::File { first: false } && !words.is_empty();
    if adds {
        config.persistence.save.extend(points);
    } else {
        config.persistence.save = points;
    }
    Ok(())
}

fn parse_save_point(pair: &[Vec<u8>]) -> Option<SavePoint> {
    let [seconds, changes] = pair else { return None };
    let seconds = u64::try_from(parse::c_integer(seconds)?).ok().filter(|seconds| *seconds >= 1)?;
    // compat: the field's servers keep the changes in 32 bits.
    let changes = i32::try_from(parse::c_integer(changes)?).ok()?;
    Some(SavePoint { seconds, changes: changes.try_into().ok()? })
}

pub(super) const REPLICAOF: Special = Special {
    arguments: Arguments::Many,
    read: print_primary,
    write: |config, words, _| {
        let [host, port] = words else { return Err("wrong number of arguments".to_owned()) };
        config.replication.replicaof = None;
        if host.eq_ignore_ascii_case(b"no") && port.eq_ignore_ascii_case(b"one") {
            return Ok(());
        }
        let port = parse::c_integer(port).and_then(|port| u16::try_from(port).ok());
        let port = port.ok_or("Invalid primary port")?;
        config.replication.replicaof = Some(Primary { host: parse::utf8(host)?, port });
        Ok(())
    },
    lines: |config| {
        let replica = config.replication.replicaof.is_some() && !config.cluster.cluster_enabled;
        if replica { vec![(print_primary(config), true)] } else { Vec::new() }
    },
};

fn print_primary(config: &Config) -> String {
    let primary = config.replication.replicaof.as_ref();
    primary.map(|primary| format!("{} {}", primary.host, primary.port)).unwrap_or_default()
}

pub(super) const CLIENT_OUTPUT_BUFFER_LIMIT: Special = Special {
    arguments: Arguments::Many,
    read: |config| {
        let limits = &config.clients.client_output_buffer_limit;
        let print = |class, limit: &OutputBufferLimit| {
            format!("{class} {} {} {}", limit.hard_bytes, limit.soft_bytes, limit.soft_seconds)
        };
        let classes = [
            print("normal", &limits.normal),
            print("slave", &limits.replica),
            print("pubsub", &limits.pubsub),
        ];
        classes.join(" ")
    },
    write: |config, words, _| set_limits(&mut config.clients.client_output_buffer_limit, words),
    lines: |config| {
        let limits = &config.clients.client_output_buffer_limit;
        // All lines or none: then a rewrite finds its own lines again, in this order.
        let force = *limits != OutputBufferLimits::default();
        vec![
            (limit_line("normal", limits.normal), force),
            (limit_line("replica", limits.replica), force),
            (limit_line("pubsub", limits.pubsub), force),
        ]
    },
};

fn set_limits(limits: &mut OutputBufferLimits, words: Words<'_>) -> Outcome {
    if !words.len().is_multiple_of(4) {
        return Err("Wrong number of arguments in buffer limit configuration.".to_owned());
    }
    for words in words.chunks_exact(4) {
        let limit = limits
            .class(&words[0])
            .ok_or("Invalid client class specified in buffer limit configuration.")?;
        *limit = OutputBufferLimit::parse([&words[1], &words[2], &words[3]])
            .ok_or("Error in hard, soft or soft_seconds setting in buffer limit configuration.")?;
    }
    Ok(())
}

fn limit_line(class: &str, limit: OutputBufferLimit) -> String {
    let [hard, soft] =
        [limit.hard_bytes, limit.soft_bytes].map(|bytes| parse::print_memory(bytes.into()));
    format!("{class} {hard} {soft} {}", limit.soft_seconds)
}

pub(super) const NOTIFY_KEYSPACE_EVENTS: Special = Special {
    arguments: Arguments::One,
    read: |config| config.clients.notify_keyspace_events.to_string(),
    write: |config, words, _| {
        let [word] = words else { return Err("wrong number of arguments".to_owned()) };
        let events = str::from_utf8(word).ok().and_then(KeyspaceEvents::parse);
        config.clients.notify_keyspace_events =
            events.ok_or("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")?;
        Ok(())
    },
    lines: |config| {
        let events = config.clients.notify_keyspace_events;
        vec![(format!("\"{events}\""), !events.is_empty())]
    },
};

pub(super) const LATENCY_TRACKING_INFO_PERCENTILES: Special = Special {
    arguments: Arguments::Many,
    read: print_percentiles,
    write: |config, words, _| {
        let words = if is_single_empty(words) { &[] } else { words };
        let mut percentiles = Vec::new();
        for word in words {
            let percentile = str::from_utf8(word).ok().and_then(|text| text.parse::<f64>().ok());
            let percentile = percentile.filter(|share| !share.is_nan());
            percentiles
                .push(percentile.ok_or("Invalid latency-tracking-info-percentiles parameters")?);
        }
        if percentiles.iter().any(|share| !(0.0..=100.0).contains(share)) {
            return Err("latency-tracking-info-percentiles parameters should sit between \
                        [0.0,100.0]"
                .to_owned());
        }
        config.observability.latency_tracking_info_percentiles = percentiles;
        Ok(())
    },
    lines: |config| {
        let line = print_percentiles(config);
        vec![(if line.is_empty() { "\"\"".to_owned() } else { line }, true)]
    },
};

/// Prints each with at most six digits after the point, and no zeros at the end.
fn print_percentiles(config: &Config) -> String {
    let print = |share: &f64| {
        let text = format!("{share:.6}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let percentiles = &config.observability.latency_tracking_info_percentiles;
    percentiles.iter().map(print).collect::<Vec<_>>().join(" ")
}
