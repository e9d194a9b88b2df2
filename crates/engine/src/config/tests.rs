//! What must hold of every directive, and of files, rewrites and settings as a whole.

use std::collections::HashSet;

use proptest::prelude::*;

use super::directive::{Kind, Source};
use super::*;

fn words_of(directive: &Directive, value: &[u8]) -> Vec<Vec<u8>> {
    match directive.arguments() {
        Arguments::One => vec![value.to_vec()],
        Arguments::Many if value.is_empty() => vec![Vec::new()],
        Arguments::Many => value.split(|&byte| byte == b' ').map(<[u8]>::to_vec).collect(),
    }
}

fn read(text: &[u8]) -> Result<Loaded, ConfigFileError> {
    let text = SourceText { name: "basalt.conf".to_owned(), text: text.to_vec() };
    load(&[text], |name| Err(format!("can't open {name}")))
}

fn get(config: &Config, name: &str) -> String {
    let (_, directive) = find(name.as_bytes()).unwrap();
    String::from_utf8(directive.get(config)).unwrap()
}

fn set(pairs: &[(&str, &str)]) -> Result<Config, String> {
    set_with(&Config::default(), pairs)
}

fn set_with(config: &Config, pairs: &[(&str, &str)]) -> Result<Config, String> {
    let pairs: Vec<(&[u8], &[u8])> =
        pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    let outcome = set_many(config, &pairs, SetContext::default());
    outcome.map(|(config, _)| config).map_err(|error| error.to_string())
}

#[test]
fn every_default_is_printed_and_accepted_again() {
    for directive in all() {
        let default = Config::default();
        let mut config = default.clone();
        let printed = directive.get(&default);
        let outcome = directive.set(&mut config, &words_of(directive, &printed), Source::Command);
        let may_be_unset = ["replicaof", "client-output-buffer-limit"];
        if !may_be_unset.contains(&directive.name) {
            assert_eq!(outcome, Ok(()), "{}", directive.name);
        }
        assert_eq!(config, default, "{}", directive.name);
    }
}

#[test]
fn names_are_unique_lower_case_and_explained() {
    let mut known = HashSet::new();
    for directive in all() {
        for name in [Some(directive.name), directive.alias].into_iter().flatten() {
            assert!(known.insert(name), "{name} stands twice");
            assert_eq!(name, name.to_lowercase());
        }
        assert!(!directive.summary.is_empty(), "{}", directive.name);
        assert!(!directive.summary.ends_with('.'), "{}", directive.name);
        if let Effect::None(note) = directive.effect {
            assert!(note.ends_with('.'), "{}", directive.name);
        }
    }
}

#[test]
fn the_field_of_every_number_holds_both_bounds() {
    for directive in all() {
        let Kind::Number { min, max, read, write, .. } = &directive.kind else { continue };
        for bound in [*min, *max] {
            let mut config = Config::default();
            write(&mut config, bound);
            let expected = match directive.name {
                "hz" => bound.clamp(1, 500),
                "repl-backlog-size" => bound.max(16 << 10),
                _ => bound,
            };
            assert_eq!(read(&config), expected, "{}", directive.name);
        }
    }
}

#[test]
fn every_word_of_a_closed_set_is_accepted() {
    for directive in all() {
        let Kind::Choice { names, .. } = &directive.kind else { continue };
        for name in names() {
            let mut config = Config::default();
            let word = vec![name.to_ascii_uppercase().into_bytes()];
            assert_eq!(directive.set(&mut config, &word, Source::Command), Ok(()));
            let printed = String::from_utf8(directive.get(&config)).unwrap();
            let same = printed == name || (directive.name, name) == ("oom-score-adj", "relative");
            assert!(same, "{}: {name} became {printed}", directive.name);
        }
    }
}

#[test]
fn values_print_as_they_are_shown_to_clients() {
    for (name, given, shown) in [
        ("maxmemory", "1gb", "1073741824"),
        ("maxmemory", "1g", "1000000000"),
        ("maxmemory", "100KB", "102400"),
        ("maxmemory", "", "0"),
        ("maxmemory-clients", "5%", "5%"),
        ("maxmemory-clients", "1mb", "1048576"),
        ("slot-migration-max-failover-repl-bytes", "-1", "-1"),
        ("hz", "1000", "500"),
        ("hz", "0", "1"),
        ("save", "", ""),
        ("save", "900 1 60 2", "900 1 60 2"),
        ("shutdown-on-sigterm", "FORCE save", "save force"),
        ("oom-score-adj", "relative", "yes"),
        ("oom-score-adj-values", "-1 2 2000", "-1 2 2000"),
        ("notify-keyspace-events", "KEA", "AKE"),
        ("bind", "127.0.0.1 -::1", "127.0.0.1 -::1"),
        ("bind", "", ""),
        ("latency-tracking-info-percentiles", "50 99.90 100", "50 99.9 100"),
        ("latency-tracking-info-percentiles", "", ""),
        (
            "Client-Output-Buffer-Limit",
            "replica 1kb 2 3",
            "normal 0 0 0 slave 1024 2 3 pubsub 33554432 8388608 60",
        ),
    ] {
        let config = set(&[(name, given)]).unwrap();
        assert_eq!(get(&config, name), shown, "{name} {given}");
    }
}

#[test]
fn wrong_values_are_refused_in_the_servers_words() {
    for (name, value, reason) in [
        ("maxmemory", "-1", "argument must be a memory value"),
        ("maxmemory", "1tb", "argument must be a memory value"),
        ("maxmemory", "18446744073709551616", "argument must be a memory value"),
        ("maxmemory-clients", "101%", "percentage argument must be less or equal to 100"),
        ("maxmemory-clients", "-5", "argument must be a memory or percent value"),
        ("maxmemory-samples", "65", "argument must be between 1 and 64 inclusive"),
        ("maxclients", "-1", "argument must be between 1 and 4294967295 inclusive"),
        ("slave-priority", "x", "argument couldn't be parsed into an integer"),
        ("timeout", "05", "argument couldn't be parsed into an integer"),
        ("appendonly", "1", "argument must be 'yes' or 'no'"),
        (
            "loglevel",
            "loud",
            "argument(s) must be one of the following: debug, verbose, notice, \
                              warning, nothing",
        ),
        (
            "shutdown-on-sigint",
            "save nosave",
            "shutdown options SAVE and NOSAVE can't be used simultaneously",
        ),
        ("save", "x", "Invalid save parameters"),
        ("save", "0 1", "Invalid save parameters"),
        ("save", "60  1", "Invalid save parameters"),
        ("notify-keyspace-events", "q", "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."),
        (
            "client-output-buffer-limit",
            "normal",
            "Wrong number of arguments in buffer limit configuration.",
        ),
        (
            "client-output-buffer-limit",
            "master 1 1 1",
            "Invalid client class specified in buffer limit configuration.",
        ),
        (
            "client-output-buffer-limit",
            "normal 1 1 -1",
            "Error in hard, soft or soft_seconds setting in buffer limit configuration.",
        ),
        ("oom-score-adj-values", "1", "wrong number of arguments"),
        (
            "oom-score-adj-values",
            "1 2 3000",
            "Invalid oom-score-adj-values, elements must be between -2000 and 2000.",
        ),
        (
            "latency-tracking-info-percentiles",
            "101",
            "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]",
        ),
        (
            "proc-title-template",
            "{foo}",
            "template format is invalid or contains unknown variables",
        ),
        ("proc-title-template", "  ", "template format is invalid or contains unknown variables"),
        ("cluster-announce-client-ipv4", "1.2.3", "Invalid IPv4 address"),
        ("port", "1", ""),
    ] {
        let expected =
            format!("CONFIG SET failed (possibly related to argument '{name}') - {reason}");
        match set(&[(name, value)]) {
            Err(error) => assert_eq!(error, expected),
            Ok(_) => assert_eq!(reason, "", "{name} {value} was accepted"),
        }
    }
}

#[test]
fn several_settings_are_made_together_or_not_at_all() {
    let config = set(&[("hz", "20"), ("timeout", "5")]).unwrap();
    assert_eq!((get(&config, "hz"), get(&config, "timeout")), ("20".into(), "5".into()));
    for (pairs, error) in [
        (
            [("hz", "20"), ("nothing", "1")],
            "Unknown option or number of arguments for CONFIG SET - 'nothing'",
        ),
        (
            [("hz", "20"), ("HZ", "21")],
            "CONFIG SET failed (possibly related to argument 'HZ') - duplicate parameter",
        ),
        (
            [("hz", "x"), ("Databases", "1")],
            "CONFIG SET failed (possibly related to argument 'Databases') - can't set immutable \
          config",
        ),
        (
            [("dir", "/"), ("hz", "20")],
            "CONFIG SET failed (possibly related to argument 'dir') - can't set protected config",
        ),
    ] {
        assert_eq!(set(&pairs).unwrap_err(), error);
    }
}

#[test]
fn an_alias_and_its_directive_may_be_set_together_and_the_later_wins() {
    let config = set(&[("slave-priority", "3"), ("replica-priority", "4")]).unwrap();
    assert_eq!(get(&config, "slave-priority"), "4");
}

#[test]
fn protected_directives_open_to_those_whom_the_configuration_names() {
    for (allowed, local, works) in
        [("no", true, false), ("yes", false, true), ("local", false, false), ("local", true, true)]
    {
        let text = format!("enable-protected-configs {allowed}");
        let config = read(text.as_bytes()).unwrap().config;
        let context = SetContext { client_is_local: local, loading: false };
        let outcome = set_many(&config, &[(b"dbfilename", b"a.rdb")], context);
        assert_eq!(outcome.is_ok(), works, "{allowed} {local}");
    }
}

#[test]
fn only_what_changed_is_reported_and_some_is_refused_while_loading() {
    let pairs: [(&[u8], &[u8]); 3] = [(b"hz", b"10"), (b"timeout", b"9"), (b"tls-key-file", b"")];
    let (_, changed) = set_many(&Config::default(), &pairs, SetContext::default()).unwrap();
    let names: Vec<_> = changed.iter().map(|directive| directive.name).collect();
    assert_eq!(names, ["timeout", "tls-key-file"]);
    let loading = SetContext { loading: true, ..SetContext::default() };
    let outcome = set_many(&Config::default(), &[(b"appendonly", b"yes")], loading);
    assert_eq!(outcome.unwrap_err().code(), "LOADING");
}

#[test]
fn patterns_find_names_once_in_byte_order_and_exact_names_keep_their_case() {
    let names = |patterns: &[&str]| -> Vec<String> {
        let patterns: Vec<&[u8]> = patterns.iter().map(|pattern| pattern.as_bytes()).collect();
        let found = matching(&Config::default(), &patterns);
        found.into_iter().map(|(name, _)| String::from_utf8(name).unwrap()).collect()
    };
    assert_eq!(names(&["MAXMEMORY", "maxmemory"]), ["MAXMEMORY"]);
    assert_eq!(names(&["Port", "PORT", "?ort"]), ["Port"]);
    assert_eq!(names(&["*-PRIORITY"]), ["replica-priority", "slave-priority"]);
    assert_eq!(names(&["rdb-key*"]), [""; 0]);
    assert_eq!(names(&["rdb-key-save-delay"]), ["rdb-key-save-delay"]);
    assert_eq!(names(&["nothing"]), [""; 0]);
    let everything = names(&["*", "*"]);
    assert!(everything.is_sorted() && everything.len() > 200);
}

#[test]
fn later_lines_win_and_save_lines_add_up() {
    let text = b"# comment\n\n  PORT 7000  \r\nport 7001\nsave 900 1\nsave \"60 5\"\n\
        requirepass \"a \\x41\\\"\"\nbind 127.0.0.1 ::1\nslaveof 10.0.0.1 6379\n";
    let config = read(text).unwrap().config;
    assert_eq!(get(&config, "port"), "7001");
    assert_eq!(get(&config, "save"), "900 1 60 5");
    assert_eq!(get(&config, "requirepass"), "a A\"");
    assert_eq!(get(&config, "bind"), "127.0.0.1 ::1");
    assert_eq!(config.replication.replicaof, Some(Primary { host: "10.0.0.1".into(), port: 6379 }));
    assert_eq!(get(&read(b"save 900 1\nsave ''").unwrap().config, "save"), "");
}

#[test]
fn bad_lines_are_named_with_their_reason() {
    for (text, line_number, reason) in [
        ("port 1\nnothing 1", 2, "Bad directive or wrong number of arguments"),
        ("port", 1, "wrong number of arguments"),
        ("port 1 2", 1, "wrong number of arguments"),
        ("\n\nport 70000", 3, "argument must be between 0 and 65535 inclusive"),
        ("dir \"a", 1, "Unbalanced quotes in configuration line"),
        ("rename-command a", 1, "Bad directive or wrong number of arguments"),
        ("include other.conf", 1, "can't open other.conf"),
        ("graph.timeout", 1, "Module config specified without value"),
        ("replicaof a", 1, "wrong number of arguments"),
        ("replicaof a 70000", 1, "Invalid primary port"),
        ("dbfilename a/b", 1, "dbfilename can't be a path, just a filename"),
        ("mptcp yes", 1, "MPTCP is not supported on this platform"),
    ] {
        let error = read(text.as_bytes()).unwrap_err();
        let at = error.at.clone().unwrap();
        assert_eq!((at.line_number, error.reason.as_str()), (line_number, reason), "{text}");
        assert_eq!(at.line, text.lines().nth(line_number - 1).unwrap().as_bytes());
    }
}

#[test]
fn what_is_not_supported_is_refused_as_a_command_but_tolerated_in_a_file() {
    for (name, value) in [("activedefrag", "yes"), ("rdma-port", "1")] {
        assert!(set(&[(name, value)]).is_err(), "{name}");
        assert!(read(format!("{name} {value}").as_bytes()).is_ok(), "{name}");
    }
}

#[test]
fn an_error_prints_the_place_and_the_line() {
    let error = read(b"port 1\n  hz x # y\n").unwrap_err();
    let expected = "\n*** FATAL CONFIG FILE ERROR (Basalt 0.1.0) ***\nReading the configuration \
        file, at line 2\n>>> 'hz x # y'\nwrong number of arguments";
    assert_eq!(error.to_string(), expected);
    let error = read(b"cluster-enabled yes\nreplicaof a 1").unwrap_err();
    let expected = "\n*** FATAL CONFIG FILE ERROR (Basalt 0.1.0) ***\nreplicaof directive not \
        allowed in cluster mode";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn includes_stand_where_they_are_written_and_may_not_nest_forever() {
    let main = SourceText { name: "a".into(), text: b"port 1\ninclude b*\nhz 5".into() };
    let included = |name: &str| {
        assert_eq!(name, "b*");
        Ok(["port 2", "port 3\nhz 9"]
            .map(|text| SourceText { name: "b1".into(), text: text.into() })
            .into())
    };
    let config = load(std::slice::from_ref(&main), included).unwrap().config;
    assert_eq!((get(&config, "port"), get(&config, "hz")), ("3".into(), "5".into()));
    let error = load(std::slice::from_ref(&main), |_| Ok(vec![main.clone()])).unwrap_err();
    assert_eq!(error.reason, "include directives are nested too deeply");
}

#[test]
fn other_lines_are_handed_on_with_their_place() {
    let text = b"user a on >p\nRename-Command GET \"\"\nloadmodule x.so 1\ng.o 1 2\ndynamic-hz yes";
    let loaded = read(text).unwrap();
    let kinds: Vec<_> = loaded.extras.iter().map(|extra| extra.kind).collect();
    let expected =
        [ExtraKind::User, ExtraKind::RenameCommand, ExtraKind::LoadModule, ExtraKind::ModuleOption];
    assert_eq!(kinds, expected);
    assert_eq!(loaded.extras[1].words, [&b"rename-command"[..], b"GET", b""]);
    assert_eq!(loaded.extras[1].origin.line_number, 2);
    assert_eq!(loaded.warnings, ["The directive 'dynamic-hz' has no effect any more."]);
}

#[test]
fn words_follow_the_quoting_of_configuration_files() {
    for (line, words) in [
        ("a  b\tc", Some(vec!["a", "b", "c"])),
        ("'a b' \"c\\nd\"", Some(vec!["a b", "c\nd"])),
        ("a'b'\"c\"d", Some(vec!["abcd"])),
        ("'it\\'s' \"\\x41\\q\"", Some(vec!["it's", "Aq"])),
        ("'' \"\"", Some(vec!["", ""])),
        ("", Some(vec![])),
        ("'a", None),
        ("\"a\\\"", None),
    ] {
        let expected: Option<Vec<Vec<u8>>> =
            words.map(|words| words.into_iter().map(|word| word.as_bytes().to_vec()).collect());
        assert_eq!(split_arguments(line.as_bytes()), expected, "{line}");
    }
}

fn rewritten(old: &str, config: &Config) -> String {
    let new = Rewrite { config, users: &[b"default on nopass".to_vec()], modules: &[] };
    String::from_utf8(rewrite(old.as_bytes(), &new)).unwrap()
}

#[test]
fn rewriting_keeps_comments_and_places_and_appends_the_rest_under_a_signature() {
    let old = "# My server\nport 6379\n\n# memory\nmaxmemory 100\nslave-priority 5\nsave 900 1\n\
        save 60 1\n\n\n\ninclude a.conf\nnonsense 1\nuser default off\nhz 20\n";
    let config = read(old.replace("include a.conf\nnonsense 1\n", "").as_bytes()).unwrap().config;
    let config =
        set_with(&config, &[("maxmemory", "2mb"), ("timeout", "9"), ("hz", "10")]).unwrap();
    let expected = "# My server\nport 6379\n\n# memory\nmaxmemory 2mb\nreplica-priority 5\n\
        save 900 1 60 1\n\ninclude a.conf\n# ??? nonsense 1\nuser default on nopass\nhz 10\n\n\
        # Generated by CONFIG REWRITE\ntimeout 9\ndir \".\"\n\
        latency-tracking-info-percentiles 50 99 99.9\n";
    let new = rewritten(old, &config);
    assert_eq!(new, expected);
    assert_eq!(rewritten(&new, &config), new);
}

#[test]
fn rewriting_removes_lines_of_what_is_not_set_any_more() {
    let old = "requirepass x\nbind 1.2.3.4\nreplicaof a 1\nunixsocket s\n";
    let new = rewritten(old, &Config::default());
    assert!(!new.contains("requirepass") && !new.contains("bind") && !new.contains("unixsocket"));
    assert!(!new.contains("replicaof"));
}

/// A value for a directive, made from arbitrary bytes.
fn arbitrary_value(directive: &Directive, seed: u64, bytes: &[u8]) -> Vec<u8> {
    let pick = |values: &[&'static str]| values[(seed % values.len() as u64) as usize].into();
    match &directive.kind {
        Kind::Bool { .. } => pick(&["yes", "no"]),
        Kind::Number { form, min, max, .. } => {
            let span = (max - min + 1).min(1 << 40);
            parse::print_number(*form, min + i128::from(seed) % span).into_bytes()
        }
        Kind::Choice { names, .. } => pick(&names()),
        Kind::Text { .. } => String::from_utf8_lossy(bytes).into_owned().into_bytes(),
        Kind::Bytes { .. } => bytes.to_vec(),
        Kind::Special(_) => match directive.name {
            "bind" => pick(&["", "1.2.3.4", "::1 -10.0.0.1", "* -::*"]),
            "save" => pick(&["", "1 0", "900 1 60 10000"]),
            "oom-score-adj-values" => pick(&["0 200 800", "1 2 3", "-2000 0 2000"]),
            "client-output-buffer-limit" => pick(&["normal 1kb 1gb 9 slave 5 0 1", "pubsub 0 0 0"]),
            "notify-keyspace-events" => pick(&["", "KEA", "Kg$mn", "AKEmn"]),
            "latency-tracking-info-percentiles" => pick(&["", "50", "0 99.999 100"]),
            "replicaof" => pick(&["no one", "a.example 6379"]),
            "dir" => String::from_utf8_lossy(bytes).into_owned().into_bytes(),
            _ => pick(&["default", "nosave now", "save force safe failover"]),
        },
    }
}

fn arbitrary_config() -> impl Strategy<Value = Config> {
    let change = (any::<prop::sample::Index>(), any::<u64>(), any::<Vec<u8>>());
    prop::collection::vec(change, 0..40).prop_map(|changes| {
        let directives: Vec<_> =
            all().filter(|directive| directive.name != "cluster-enabled").collect();
        let mut config = Config::default();
        for (index, seed, bytes) in changes {
            let directive = index.get(&directives);
            let value = arbitrary_value(directive, seed, &bytes);
            let mut next = config.clone();
            if directive.set(&mut next, &words_of(directive, &value), Source::Command).is_ok() {
                config = next;
            }
        }
        config
    })
}

proptest! {
    #[test]
    fn what_a_rewrite_writes_reads_back_as_the_same_configuration(
        before in arbitrary_config(),
        after in arbitrary_config(),
        comment in "[a-z \"']{0,20}",
    ) {
        let old = rewritten(&format!("# {comment}\n"), &before);
        let new = rewritten(&old, &after);
        let first_line = format!("# {comment}");
        prop_assert!(new.starts_with(first_line.trim()));
        let loaded = read(new.as_bytes()).unwrap();
        prop_assert_eq!(&loaded.config, &after);
        prop_assert_eq!(rewritten(&new, &after), new);
    }

    #[test]
    fn every_printed_value_is_accepted_by_config_set(config in arbitrary_config()) {
        for directive in all() {
            let printed = directive.get(&config);
            let mut again = config.clone();
            let outcome =
                directive.set(&mut again, &words_of(directive, &printed), Source::Command);
            let unset = directive.name == "replicaof" && printed.is_empty();
            prop_assert!(outcome.is_ok() || unset, "{}", directive.name);
            prop_assert_eq!(&again, &config);
        }
    }

    #[test]
    fn a_quoted_word_splits_back_into_itself(word: Vec<u8>) {
        prop_assert_eq!(split_arguments(&quote(&word)), Some(vec![word]));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text: Vec<u8>) {
        let _ = read(&text);
    }
}
