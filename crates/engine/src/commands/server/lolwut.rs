//! `LOLWUT [VERSION version] [columns]`: columns of basalt, as they stand at a cold sea.
//!
//! Lava that cools slowly cracks into six-sided columns. Each picture is a new coast: the heights
//! wander, and the tide stands where it likes.

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::{integer, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::identity::{BASALT_VERSION, REDIS_VERSION};
use crate::random::Random;

pub static LOLWUT: Command = Command::new(Spec {
    name: "lolwut",
    group: Group::Server,
    arity: Arity::AtLeast(1),
    flags: &[Flag::ReadOnly, Flag::Fast],
    since: "5.0.0",
    summary: "Draws the coast after which the server is named, and tells the version.",
    syntax: "LOLWUT [VERSION version] [columns]",
    run: lolwut,
    ..SPEC
});

/// Columns of stone where nobody says how many, and the most there are.
const COLUMNS: usize = 12;
const COLUMNS_MAX: usize = 60;
/// Lines of the picture.
const HEIGHT: usize = 14;

/// Whatever the version, there is one picture.
fn lolwut(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let versioned = args.get(1).is_some_and(|word| is_word(word, "version"));
    if versioned {
        integer(args.get(2).ok_or(CommandError::Syntax)?)?;
    }
    let columns = args.get(if versioned { 3 } else { 1 }).map(integer).transpose()?;
    let columns = columns.map_or(COLUMNS, |n| usize::try_from(n).unwrap_or(1));
    let picture = coast(columns.clamp(1, COLUMNS_MAX), ctx.random);
    let text = format!(
        "{picture}\nHot data, set in stone. \
         Redis ver. {REDIS_VERSION} Basalt ver. {BASALT_VERSION}\n"
    );
    ctx.reply.verbatim("txt", &text);
    Ok(())
}

/// Columns with six-sided tops, the sea in front of them.
///
/// ```text
///  ___
/// /   \___
/// \___/   \
/// |   |\__/|
/// ```
fn coast(columns: usize, random: &mut Random) -> String {
    let mut canvas = vec![vec![' '; columns * 4 + 2]; HEIGHT + 3];
    let mut height = 5 + random.below(5) as usize;
    for column in 0..columns {
        let step = random.below(5) as usize;
        height = (height + step).saturating_sub(2).clamp(3, HEIGHT - 1);
        stand(&mut canvas, column * 4, HEIGHT - height);
    }
    let mut lines: Vec<String> = canvas
        .into_iter()
        .map(|line| line.into_iter().collect::<String>().trim_end().to_owned())
        .skip_while(String::is_empty)
        .collect();
    lines.truncate(HEIGHT + 1);
    let phase = random.below(4) as usize;
    let wave: String = (0..columns * 4 + 2).map(|at| WAVE[(at + phase) % 4]).collect();
    lines.push(wave);
    lines.join("\n") + "\n"
}

const WAVE: [char; 4] = ['~', '~', '^', '~'];

/// Draws one column over what stands behind it.
fn stand(canvas: &mut [Vec<char>], left: usize, top: usize) {
    let rows = [" ___ ", "/   \\", "\\___/"];
    let ground = canvas.len() - 3;
    for (at, row) in rows.into_iter().enumerate() {
        draw(canvas, (top + at, left), row);
    }
    for at in top + rows.len()..=ground {
        draw(canvas, (at, left), "|   |");
    }
}

fn draw(canvas: &mut [Vec<char>], (row, left): (usize, usize), text: &str) {
    let Some(line) = canvas.get_mut(row) else { return };
    for (at, letter) in text.chars().enumerate() {
        let transparent = letter == ' ' && (at == 0 || at == text.len() - 1);
        if let Some(place) = line.get_mut(left + at).filter(|_| !transparent) {
            *place = letter;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coast_has_its_columns_and_a_sea() {
        let picture = coast(5, &mut Random::new(3));
        assert!(picture.lines().count() > 5);
        assert!(picture.lines().last().unwrap().contains("~~"));
        assert!(picture.lines().all(|line| line.chars().count() <= 5 * 4 + 2));
        assert_ne!(picture, coast(5, &mut Random::new(4)));
    }
}
