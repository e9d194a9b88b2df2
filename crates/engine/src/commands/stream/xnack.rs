//! `XNACK key group SILENT|FAIL|FATAL IDS numids id [id ...] [RETRYCOUNT count] [FORCE]`

use resp::Args;
use resp::number::parse_i64;
use types::Stream;
use types::stream::{Id, NOBODY, Pending};

use super::ids_list::read_ids;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SILENT;

pub static XNACK: Command = Command::new(Spec {
    name: "xnack",
    group: Group::Stream,
    arity: Arity::AtLeast(7),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    since: "8.8.0",
    complexity: "O(log(N)) for each id",
    summary: "Gives pending entries back to their group, for whoever claims them next.",
    syntax: "XNACK key group SILENT|FAIL|FATAL IDS numids id [id ...] [RETRYCOUNT count] [FORCE]",
    run: xnack,
    ..SPEC
});

/// What becomes of the number of deliveries.
#[derive(Clone, Copy)]
enum Mode {
    /// The last one does not count.
    Silent,
    /// It counts.
    Fail,
    /// There should be no other.
    Fatal,
}

struct Request {
    mode: Mode,
    ids: Vec<Id>,
    retry_count: Option<u64>,
    force: bool,
}

fn xnack(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let request = parse(args)?;
    let (key, name) = (args.at(1), args.at(2));
    let missing = || super::no_key_or_group(key, name);
    let mut stream = ctx.keys.write::<Stream>(key)?.ok_or_else(missing)?;
    let mut given_back = 0;
    for id in &request.ids {
        let group = stream.value().group(name).ok_or_else(missing)?;
        let there = request.force && stream.value().get(*id).is_some();
        let fresh = Pending { id: *id, delivered_ms: 0, count: 0, consumer: NOBODY };
        let Some(pending) = group.pending().get(*id).or(there.then_some(fresh)) else { continue };
        let count = request.retry_count.unwrap_or(match request.mode {
            Mode::Silent => pending.count.saturating_sub(1),
            Mode::Fail => pending.count,
            Mode::Fatal => i64::MAX as u64,
        });
        if let Some(group) = stream.modify(SILENT).group_mut(name) {
            // Nobody's for as long as one can be idle: whoever asks next gets it.
            group.give(Pending { id: *id, delivered_ms: 0, count, consumer: NOBODY });
        }
        given_back += 1;
    }
    if given_back == 0 {
        stream.value().group(name).ok_or_else(missing)?;
    }
    drop(stream);
    ctx.reply.integer(given_back);
    Ok(())
}

fn parse(args: Args<'_>) -> Result<Request, CommandError> {
    let mode = match args.at(3) {
        word if is_word(word, "silent") => Mode::Silent,
        word if is_word(word, "fail") => Mode::Fail,
        word if is_word(word, "fatal") => Mode::Fatal,
        _ => return Err(CommandError::Syntax),
    };
    let mut words = Words::new(args, 4);
    if !is_word(words.argument()?, "ids") {
        return Err(CommandError::Syntax);
    }
    let ids = read_ids(&mut words)?;
    let mut request = Request { mode, ids, retry_count: None, force: false };
    while let Some(word) = words.next() {
        if is_word(word, "retrycount") {
            let count = parse_i64(words.argument()?).and_then(|count| u64::try_from(count).ok());
            let wrong = || CommandError::err("Invalid RETRYCOUNT value, must be >= 0");
            request.retry_count = Some(count.ok_or_else(wrong)?);
        } else if is_word(word, "force") {
            request.force = true;
        } else {
            return Err(CommandError::Syntax);
        }
    }
    Ok(request)
}
