//! What the client knows about its session: database, transaction, subscriptions.
//!
//! The server does not tell; it is inferred from commands and their replies, and shown in the
//! prompt.

use resp::{Args, Value};

/// The state of a session as its replies have shown it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The selected database.
    pub db: i64,
    /// Whether `MULTI` was begun.
    pub in_multi: bool,
    /// Whether replies come in RESP3.
    pub resp3: bool,
    /// Channels and patterns subscribed to.
    channels: i64,
    /// Shard channels subscribed to.
    shard_channels: i64,
    /// The database before `MULTI`, which `DISCARD` goes back to.
    db_before_multi: i64,
}

impl State {
    /// Whether messages may come at any time.
    pub fn is_subscribed(&self) -> bool {
        self.channels + self.shard_channels > 0
    }

    /// Takes note of a command that was answered.
    pub fn observe(&mut self, args: Args<'_>, reply: &Value) {
        let failed = reply.is_error();
        match (&*args.at(0).to_ascii_lowercase(), args.len()) {
            (b"select", 2) if !failed => {
                self.db = resp::number::parse_i64(args.at(1)).unwrap_or(self.db);
            }
            (b"multi", 1) if !failed => {
                self.in_multi = true;
                self.db_before_multi = self.db;
            }
            (b"exec", 1) if self.in_multi => {
                self.in_multi = false;
                if failed || *reply == Value::Null {
                    self.db = self.db_before_multi;
                }
            }
            (b"discard", 1) if !failed => {
                self.in_multi = false;
                self.db = self.db_before_multi;
            }
            (b"reset", 1) if !failed => *self = Self::default(),
            (b"hello", _) => match reply {
                Value::Map(_) => self.resp3 = true,
                Value::Array(_) => self.resp3 = false,
                _ => {}
            },
            _ => {}
        }
    }

    /// Takes note of a message about subscriptions, and returns what kind it is, such as
    /// `subscribe` or `message`; `None` for any other reply.
    pub fn observe_push<'a>(&mut self, reply: &'a Value) -> Option<&'a [u8]> {
        let items = match reply {
            Value::Push(items) => items,
            Value::Array(items) if !self.resp3 => items,
            _ => return None,
        };
        let [kind, _, count, ..] = &items[..] else { return None };
        let kind = kind.as_bytes()?;
        if let Value::Integer(count) = count {
            match kind {
                b"subscribe" | b"psubscribe" | b"unsubscribe" | b"punsubscribe" => {
                    self.channels = *count;
                }
                b"ssubscribe" | b"sunsubscribe" => self.shard_channels = *count,
                _ => {}
            }
        }
        (kind.ends_with(b"message") || kind.ends_with(b"subscribe")).then_some(kind)
    }

    /// The prompt on a connection to `address`.
    pub fn prompt(&self, address: &str) -> String {
        let mut prompt = address.to_owned();
        if self.db != 0 {
            prompt.push_str(&format!("[{}]", self.db));
        }
        if self.in_multi {
            prompt.push_str("(TX)");
        }
        if self.is_subscribed() {
            prompt.push_str("(subscribed mode)");
        }
        prompt.push_str("> ");
        prompt
    }
}

/// Whether the reply to this command is text for people already.
pub fn replies_as_is(args: Args<'_>) -> bool {
    let word = |i: usize| args.get(i).unwrap_or_default().to_ascii_lowercase();
    let (first, second) = (word(0), word(1));
    matches!(
        (&*first, &*second, args.len()),
        (b"info" | b"lolwut", _, _)
            | (b"debug", b"htstats" | b"htstats-key" | b"client-eviction", _)
            | (b"memory", b"malloc-stats" | b"doctor", _)
            | (b"cluster", b"nodes" | b"info", 2)
            | (b"client", b"list" | b"info", _)
            | (b"latency", b"graph", 3)
            | (b"latency", b"doctor", 2)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use resp::OwnedArgs;

    fn ok() -> Value {
        Value::Status(b"OK".to_vec())
    }

    fn run(state: &mut State, line: &str, reply: &Value) {
        state.observe(OwnedArgs::from_iter(line.split(' ')).as_args(), reply);
    }

    #[test]
    fn the_prompt_shows_database_and_transaction() {
        let mut state = State::default();
        assert_eq!(state.prompt("127.0.0.1:6379"), "127.0.0.1:6379> ");
        run(&mut state, "SELECT 3", &ok());
        run(&mut state, "select 99", &Value::Error(b"ERR".to_vec()));
        run(&mut state, "MULTI", &ok());
        assert_eq!(state.prompt("h:1"), "h:1[3](TX)> ");
        run(&mut state, "select 5", &Value::Status(b"QUEUED".to_vec()));
        run(&mut state, "discard", &ok());
        assert_eq!(state.prompt("h:1"), "h:1[3]> ");
    }

    #[test]
    fn a_transaction_that_ran_keeps_its_database() {
        for (reply, db) in [(Value::Array(vec![]), 5), (Value::Null, 0)] {
            let mut state = State::default();
            run(&mut state, "multi", &ok());
            run(&mut state, "select 5", &Value::Status(b"QUEUED".to_vec()));
            run(&mut state, "exec", &reply);
            assert_eq!((state.db, state.in_multi), (db, false));
        }
    }

    #[test]
    fn subscriptions_are_counted_from_messages() {
        let mut state = State::default();
        let message = |kind: &str, count| {
            let name = Value::bulk("channel");
            Value::Array(vec![Value::bulk(kind), name, Value::Integer(count)])
        };
        assert_eq!(state.observe_push(&message("subscribe", 1)), Some(&b"subscribe"[..]));
        assert!(state.is_subscribed());
        assert_eq!(state.prompt("h:1"), "h:1(subscribed mode)> ");
        state.observe_push(&message("unsubscribe", 0));
        assert!(!state.is_subscribed());
        assert_eq!(state.observe_push(&Value::Array(vec![ok()])), None);
    }

    #[test]
    fn some_replies_are_text_already() {
        let is = |line: &str| replies_as_is(OwnedArgs::from_iter(line.split(' ')).as_args());
        assert!(is("INFO server") && is("client LIST") && is("cluster nodes"));
        assert!(!is("get info") && !is("client id") && !is("cluster nodes x"));
    }
}
