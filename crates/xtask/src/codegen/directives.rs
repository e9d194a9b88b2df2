//! `basalt.conf`: every directive at its default, as a comment, with what it does.

use engine::config::{Arguments, Config, Directive, Effect, Mutability, quote, topics};

const HEAD: &str = "\
# The configuration of Basalt: every directive, at its default.
#
#     basalt-server basalt.conf
#
# A line is a directive and its values. Take away the `#` in front of a line to change it. Sizes may
# have units: 1k is 1000 bytes, 1kb is 1024, and so on with m, mb, g, gb. What stands on the command
# line (`--port 7000`) goes before what stands here; `include other.conf` reads another file there.
#
# Made by `cargo xtask codegen` from the declarations of the directives; do not edit.
";

/// Columns of the file.
const WIDTH: usize = 100;

/// The file.
pub fn sample() -> String {
    let defaults = Config::default();
    let mut text = HEAD.to_owned();
    for (topic, directives) in topics() {
        text.push_str(&format!("\n\n# {} {topic}\n", "=".repeat(WIDTH - 3 - topic.len())));
        for directive in directives.iter().filter(|directive| !directive.hidden) {
            text.push('\n');
            text.push_str(&about(directive));
            text.push_str(&format!("# {}\n", line(directive, &defaults)));
        }
    }
    text
}

fn about(directive: &Directive) -> String {
    let mut words = format!("{}.", directive.summary);
    match directive.mutability {
        Mutability::Mutable => {}
        Mutability::Immutable => words.push_str(" Only at the start."),
        Mutability::Protected => words.push_str(" Protected: see enable-protected-configs."),
    }
    if let Effect::None(reason) = directive.effect {
        words.push_str(" No effect: ");
        words.push_str(reason);
    }
    let mut text = String::from("#");
    let mut column = 1;
    for word in words.split(' ') {
        if column + 1 + word.len() > WIDTH {
            text.push_str("\n#");
            column = 1;
        }
        text.push(' ');
        text.push_str(word);
        column += 1 + word.len();
    }
    text + "\n"
}

/// The directive and its default.
fn line(directive: &Directive, defaults: &Config) -> String {
    let value = directive.get(defaults);
    let one_word = directive.arguments() == Arguments::One && value.contains(&b' ');
    let value = if value.is_empty() || one_word { quote(&value) } else { value };
    format!("{} {}", directive.name, String::from_utf8_lossy(&value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::config::{SourceText, load};

    fn is_directive(name: &str) -> bool {
        engine::config::find(name.as_bytes()).is_some_and(|(listed, _)| listed == name)
    }

    #[test]
    fn the_lines_without_their_comments_give_the_defaults() {
        let lines = sample();
        let is_setting = |line: &&str| {
            let name = line.strip_prefix("# ").and_then(|rest| rest.split(' ').next());
            name.is_some_and(is_directive)
                && line.split(' ').nth(2) != Some("\"\"")
                && !line.ends_with('.')
        };
        let text: Vec<&str> = lines.lines().filter(is_setting).map(|line| &line[2..]).collect();
        assert!(text.len() > 100, "{}", text.len());
        let source = SourceText { name: "sample".into(), text: text.join("\n").into_bytes() };
        let loaded = load(&[source], |_| Err("no includes".into())).unwrap();
        assert_eq!(loaded.config, Config::default());
    }

    #[test]
    fn no_line_of_prose_is_longer_than_the_width() {
        let lines = sample();
        let long: Vec<&str> = lines.lines().filter(|line| line.len() > 160).collect();
        assert!(long.is_empty(), "{long:?}");
    }
}
