//! A configuration file that can be read survives being rewritten, and so do settings that came
//! over the wire.

use engine::config::{self, Config, Directive, Rewrite, SourceText, load, rewrite};

/// Reads the text; where that works, writes the settings into it and reads them again.
pub fn check(text: &[u8]) {
    if let Ok(config) = read(text) {
        check_settings(text, &config);
        let words = text.split(|byte| byte.is_ascii_whitespace()).map(<[u8]>::to_vec);
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        let _ = config::command_line(&words);
    }
}

/// Writes the settings into an old file and reads them again: they are the same, and writing them
/// once more changes nothing.
pub fn check_settings(old: &[u8], config: &Config) {
    let write = |old: &[u8]| rewrite(old, &Rewrite { config, users: &[], modules: &[] });
    let text = write(old);
    let shown = String::from_utf8_lossy(&text);
    let again = read(&text).unwrap_or_else(|error| panic!("{error}: {shown}"));
    for directive in config::all() {
        let value =
            |config| String::from_utf8_lossy(&Directive::get(directive, config)).into_owned();
        assert_eq!(value(config), value(&again), "{} in {shown}", directive.name);
    }
    assert_eq!(shown, String::from_utf8_lossy(&write(&text)));
}

fn read(text: &[u8]) -> Result<Config, String> {
    let text = SourceText { name: "basalt.conf".into(), text: text.to_vec() };
    let loaded = load(&[text], |_| Err("there are no files".into()));
    loaded.map(|loaded| loaded.config).map_err(|error| error.to_string())
}
