//! Where the keys of a command are: the one reading of key specifications, for locks, `COMMAND
//! GETKEYS`, access rules and cluster slots alike.

use resp::Args;
use resp::number::parse_i64;

use crate::command::{Access, Begin, Command, Find, KeySpec};

/// Calls `found` with the argument index and access of each key of a command. Gives false where
/// the arguments do not fit the specification; the command's own checks then say what is wrong.
pub fn for_each_key(
    command: &Command,
    args: Args<'_>,
    found: &mut dyn FnMut(usize, Access),
) -> bool {
    let mut specs = command.spec.keys.iter().filter(|spec| spec.access != Access::Channel);
    specs.all(|spec| keys_of_spec(spec, args, found))
}

fn keys_of_spec(spec: &KeySpec, args: Args<'_>, found: &mut dyn FnMut(usize, Access)) -> bool {
    let Some(first) = begin(spec, args) else {
        // A keyword that is not there stands for no keys.
        return matches!(spec.begin, Begin::Keyword(..) | Begin::LastKeyword(..));
    };
    match spec.find {
        Find::Range { last, step, limit } => {
            let last = match (last, limit) {
                (0.., _) => first + last as usize,
                (_, 0 | 1) => (args.len() as i64 + i64::from(last)).max(0) as usize,
                (_, n) => first + (args.len() - first) / usize::from(n) - 1,
            };
            if last >= args.len() || last < first && last + 1 != first {
                return false;
            }
            (first..=last).step_by(usize::from(step)).for_each(|i| found(i, spec.access));
            true
        }
        Find::Counted { first: offset, step } => {
            let count = args.get(first).and_then(parse_i64).unwrap_or(-1);
            let Ok(count) = usize::try_from(count) else { return false };
            let step = usize::from(step);
            let from = first + usize::from(offset);
            if count > 0 && count.saturating_sub(1).saturating_mul(step) + from >= args.len() {
                return false;
            }
            (0..count).for_each(|i| found(from + i * step, spec.access));
            true
        }
    }
}

fn begin(spec: &KeySpec, args: Args<'_>) -> Option<usize> {
    match spec.begin {
        Begin::Index(index) => {
            // A list of keys up to the last argument may be empty, and then begins behind it.
            let open = matches!(spec.find, Find::Range { last: -1, .. });
            let index = usize::from(index);
            (index < args.len() + usize::from(open)).then_some(index)
        }
        Begin::Keyword(word, from @ 0..) => (from as usize..args.len())
            .find(|&i| args.at(i).eq_ignore_ascii_case(word.as_bytes()))
            .map(|i| i + 1)
            .filter(|&i| i < args.len()),
        Begin::LastKeyword(word, from, rivals) => {
            last_keyword(args, usize::from(from), (word, rivals))
        }
        // Of several such words the first counts: what is no key may be taken for one, but no key
        // is missed, and locks rely on that.
        Begin::Keyword(word, from) => {
            (1..args.len().saturating_sub(usize::from(from.unsigned_abs()) - 1))
                .find(|&i| args.at(i).eq_ignore_ascii_case(word.as_bytes()))
                .map(|i| i + 1)
                .filter(|&i| i < args.len())
        }
    }
}

/// Where the argument of the last of these options is, if that option is `word`. What an option
/// takes is no option itself.
fn last_keyword(args: Args<'_>, from: usize, (word, rivals): (&str, &[&str])) -> Option<usize> {
    let (mut found, mut at) = (None, from);
    while at + 1 < args.len() {
        let is = |word: &&str| args.at(at).eq_ignore_ascii_case(word.as_bytes());
        if is(&word) || rivals.iter().any(is) {
            found = is(&word).then_some(at + 1);
            at += 1;
        }
        at += 1;
    }
    found
}
