//! The subcommand: rounds until the time is over, and what they found.

use super::compare::Mode;
use super::grammar::{self, Form};
use super::pair::{Difference, Outcome, Pair};
use super::payloads::{self, Sent};
use super::progress::Progress;
use super::random::Random;
use super::round::{Call, Choice, Round, is_usual};
use super::show::{line, shown};
use super::shrink::{Failure, Shrinking};
use super::state;
use crate::interop::release_binary;
use crate::process::{command, on_path, output_of};
use resp::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often progress is written down.
const NOTE_EVERY: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub struct Options {
    /// What the rounds are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// For how long
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// At most so many commands
    #[arg(long, default_value_t = u64::MAX)]
    commands: u64,
    /// Mostly commands of this group
    #[arg(long)]
    only: Vec<String>,
    /// Ends after so many differences
    #[arg(long, default_value_t = 20)]
    differences: usize,
    /// Changes the payloads of what the rounds left, and sends them to RESTORE
    #[arg(long)]
    payloads: bool,
    /// A file with seed and progress, written all along; goes on from there where it exists
    #[arg(long)]
    resume: Option<PathBuf>,
    /// The server binary (default: the release build of this checkout)
    #[arg(long)]
    server: Option<PathBuf>,
    /// The peer's binary (default: VALKEY_SERVER, else valkey-server or redis-server on the PATH)
    #[arg(long)]
    peer: Option<PathBuf>,
}

/// Runs rounds, and fails where replies differ.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    let ours = options.server.clone().unwrap_or_else(|| release_binary(root, "basalt-server"));
    let Some(theirs) = peer(options) else {
        println!("skipped: no valkey-server or redis-server is installed");
        return Ok(());
    };
    // No link is followed: some programs do by their name what they are for.
    let absolute = |path: &Path| {
        std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let pair = Pair::start(&absolute(&ours)?, &absolute(&theirs)?)?;
    let forms = known_to_both(&pair)?;
    let choice = choice(&forms, &options.only)?;
    let resumed = options.resume.as_deref().map(Progress::read).transpose()?.flatten();
    let fresh = || Progress { seed: options.seed, ..Progress::default() };
    let progress = resumed.unwrap_or_else(fresh);
    let mut hunt = Hunt { pair, choice, progress, seen: BTreeSet::new(), sent: Sent::default() };
    hunt.go(options)?;
    hunt.note(options)?;
    print!("{}", hunt.progress.tally.table());
    let (rounds, total) = (hunt.progress.round, hunt.progress.tally.total());
    if options.payloads {
        println!("{} changed payloads, {} of them accepted", hunt.sent.all, hunt.sent.accepted);
    }
    println!("seed {}: {total} replies in {rounds} rounds", hunt.progress.seed);
    match hunt.seen.len() {
        0 => Ok(()),
        count => Err(format!("{count} differences")),
    }
}

/// Two short runs against the release build, from a seed that stays and from one by the clock;
/// nothing where no peer is installed that knows the commands and words of today.
pub fn run_on_release(root: &Path) -> Result<(), String> {
    let Some(peer) = peer_of_today(root) else {
        println!("skipped: no Valkey 9 is installed (VALKEY_SERVER may name one)");
        return Ok(());
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let by_clock = now.map_err(|error| error.to_string())?.as_secs();
    [1, by_clock].into_iter().try_for_each(|seed| {
        let options = Options {
            seed,
            seconds: 10,
            commands: u64::MAX,
            only: Vec::new(),
            differences: 20,
            payloads: false,
            resume: None,
            server: None,
            peer: Some(peer.clone()),
        };
        run(root, &options)
    })
}

/// A Valkey 9: what older servers and Redis do not know would show as a difference.
fn peer_of_today(root: &Path) -> Option<PathBuf> {
    let named = std::env::var_os("VALKEY_SERVER").map(PathBuf::from);
    let program = named.or_else(|| on_path("valkey-server"))?;
    let printed = output_of(command(root, program.to_str()?, &[]).arg("--version")).ok()?;
    printed.contains(" v=9.").then_some(program)
}

fn peer(options: &Options) -> Option<PathBuf> {
    let named = options.peer.clone().or_else(|| std::env::var_os("VALKEY_SERVER").map(Into::into));
    named.or_else(|| on_path("valkey-server")).or_else(|| on_path("redis-server"))
}

/// The forms of those commands that both servers have.
fn known_to_both(pair: &Pair) -> Result<Vec<Form>, String> {
    let mut forms = grammar::forms()?;
    let known = |form: &Form| pair.commands.contains(&form.command);
    let mut left_out: Vec<_> =
        forms.iter().filter(|form| !known(form)).map(|form| form.command.clone()).collect();
    left_out.dedup();
    if !left_out.is_empty() {
        println!("not known to both: {}", left_out.join(" "));
    }
    forms.retain(known);
    Ok(forms)
}

fn choice<'a>(forms: &'a [Form], only: &[String]) -> Result<Choice<'a>, String> {
    let groups = grammar::groups();
    if let Some(wrong) = only.iter().find(|name| !groups.contains(&name.as_str())) {
        return Err(format!("no group {wrong}; there are {}", groups.join(", ")));
    }
    let is_wanted = |form: &&Form| only.is_empty() || only.iter().any(|name| name == form.group);
    let wanted: Vec<&Form> = forms.iter().filter(is_wanted).collect();
    if wanted.is_empty() {
        return Err("the servers have no command of these groups in common".into());
    }
    Ok(Choice { wanted, all: forms.iter().collect() })
}

/// A run under way.
struct Hunt<'a> {
    pair: Pair,
    choice: Choice<'a>,
    progress: Progress,
    /// Differences that were shown, by their look.
    seen: BTreeSet<String>,
    sent: Sent,
}

impl Hunt<'_> {
    fn go(&mut self, options: &Options) -> Result<(), String> {
        let began = Instant::now();
        let mut noted = began;
        while began.elapsed() < Duration::from_secs(options.seconds)
            && self.progress.tally.total() < options.commands
            && self.seen.len() < options.differences
        {
            let seed = self.progress.seed ^ self.progress.round.wrapping_mul(0xD6E8_FEB8_6659_FD93);
            let round = Round::new(seed, &self.choice);
            let play = if options.payloads { Hunt::restore } else { Hunt::play };
            play(self, &round)?;
            self.progress.round += 1;
            if noted.elapsed() > NOTE_EVERY {
                self.note(options)?;
                noted = Instant::now();
            }
        }
        Ok(())
    }

    /// Lets the round run on both, whatever they reply, and sends changed payloads of its keys.
    fn restore(&mut self, round: &Round) -> Result<(), String> {
        let unseen = |call: &Call| Call { words: call.words.clone(), mode: Mode::Ignored };
        let calls = round.preamble.iter().chain(&round.calls).map(unseen);
        let checksums = Call::of(Mode::Ignored, "DEBUG SET-SKIP-CHECKSUM-VALIDATION 1");
        let calls: Vec<Call> = calls.chain([checksums]).collect();
        let outcome = match self.pair.run(&calls, &mut self.progress.tally) {
            Outcome::Broken(error) => Err(error),
            Outcome::Same | Outcome::Different(_) | Outcome::Over => {
                let mut random = Random::new(self.progress.round);
                payloads::send(&mut self.pair, &mut random, &mut self.sent)
            }
        };
        let Err(error) = outcome else { return Ok(()) };
        println!("round {} of seed {}: {error}", self.progress.round, self.progress.seed);
        self.seen.insert(error);
        self.pair.restart()
    }

    fn note(&self, options: &Options) -> Result<(), String> {
        options.resume.as_deref().map_or(Ok(()), |file| self.progress.write(file))
    }

    fn play(&mut self, round: &Round) -> Result<(), String> {
        let tally = &mut self.progress.tally;
        let begun = self.pair.run(&round.preamble, tally);
        let outcome = match begun {
            Outcome::Same => self.pair.run(&round.calls, tally),
            other => other,
        };
        match outcome {
            Outcome::Same => self.play_hop(round),
            Outcome::Over => Ok(()),
            Outcome::Different(found) => {
                let calls = &round.calls[..=found.after];
                self.report(round, calls, Failure::LastCommand, Some(&found))
            }
            Outcome::Broken(error) => {
                println!("{error}");
                self.pair.restart()?;
                self.report(round, &round.calls, Failure::Break, None)
            }
        }
    }

    fn play_hop(&mut self, round: &Round) -> Result<(), String> {
        let keys: Vec<String> = state::keys().collect();
        match self.pair.hop(&keys) {
            Outcome::Same | Outcome::Over => Ok(()),
            Outcome::Different(found) => {
                let mut words = found.call.words.iter().map(|word| String::from_utf8_lossy(word));
                let key = words.find_map(|word| word.strip_prefix("hop:").map(str::to_owned));
                let key = key.unwrap_or_default();
                self.report(round, &round.calls, Failure::Hop(key), Some(&found))
            }
            Outcome::Broken(error) => {
                println!("{error}, while keys were taken to the other server");
                self.pair.restart()
            }
        }
    }

    /// Shows a difference that was not seen before, with the commands that it needs.
    fn report(
        &mut self,
        round: &Round,
        calls: &[Call],
        failure: Failure,
        found: Option<&Difference>,
    ) -> Result<(), String> {
        if !self.seen.insert(look(found)) {
            return Ok(());
        }
        let how = match &failure {
            Failure::LastCommand => String::new(),
            Failure::Hop(key) => format!(", {key} taken to the other server"),
            Failure::Break => ", a server broke".to_owned(),
        };
        println!("difference in round {} of seed {}{how}", self.progress.round, self.progress.seed);
        let (pair, preamble) = (&mut self.pair, round.preamble.as_slice());
        let needed = Shrinking { pair, preamble, failure }.run(calls)?;
        let begun = round.preamble.iter().filter(|call| !is_usual(call));
        for call in begun.chain(&needed) {
            println!("  > {}", line(call));
        }
        if let Some(found) = found {
            println!("  asked   {}", line(&found.call));
            println!("  basalt  {}", shown(&found.ours));
            println!("  peer    {}\n", shown(&found.theirs));
        }
        Ok(())
    }
}

/// The same difference looks the same, whatever its numbers are.
fn look(found: Option<&Difference>) -> String {
    let Some(found) = found else { return "a server broke".to_owned() };
    let short = |value: &Value| shown(value).chars().take(60).collect::<String>();
    let name = String::from_utf8_lossy(&found.call.words[0]).to_lowercase();
    let text = if found.ours.is_error() || found.theirs.is_error() {
        format!("{name} {} {}", short(&found.ours), short(&found.theirs))
    } else {
        name
    };
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}
