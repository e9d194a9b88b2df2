//! `DEBUG DIGEST`, `DEBUG DIGEST-VALUE key ...`: whether two servers hold the same.
//!
//! The digests are computed by the rule of the field's servers, so ours can be compared to theirs:
//! each key and value is mixed into a SHA-1, and those are combined in a way that does not depend
//! on their order.

use resp::Args;
use resp::number::DoubleText;
use sha1_smol::Sha1;
use structures::entry::{EntryRef, Payload};
use types::Value;

use crate::ctx::Ctx;
use crate::error::CommandError;

/// A SHA-1 that is combined with others.
#[derive(Clone, Copy, Default)]
struct Digest([u8; 20]);

impl Digest {
    /// Adds what has no place: the sum is the same in any order.
    fn add(&mut self, bytes: &[u8]) {
        let digest = Sha1::from(bytes).digest().bytes();
        self.0.iter_mut().zip(digest).for_each(|(sum, byte)| *sum ^= byte);
    }

    /// Adds what was mixed before.
    fn add_digest(&mut self, other: Digest) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, byte)| *sum ^= byte);
    }

    /// Adds what comes at this place.
    fn mix(&mut self, bytes: &[u8]) {
        self.add(bytes);
        self.0 = Sha1::from(self.0).digest().bytes();
    }

    fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

pub(super) fn digest(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let databases = ctx.config.general.databases;
    let mut all = Digest::default();
    for db in 0..databases {
        let mut keys = Vec::new();
        for shard in ctx.keys.locked.iter_mut() {
            let table = shard.existing_table(db);
            keys.extend(table.into_iter().flat_map(structures::Table::iter).map(of_key));
        }
        if !keys.is_empty() {
            all.mix(&db.to_be_bytes());
            keys.iter().for_each(|key| all.add(&key.0));
        }
    }
    ctx.reply.status(&all.hex());
    Ok(())
}

pub(super) fn digest_value(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.array(args.len() - 2);
    for key in args.tail(2) {
        let mut digest = Digest::default();
        if let Some(entry) = ctx.keys.peek(key) {
            add_value(&mut digest, entry);
        }
        ctx.reply.status(&digest.hex());
    }
    Ok(())
}

fn of_key(entry: EntryRef<'_, Value>) -> Digest {
    let mut digest = Digest::default();
    digest.mix(entry.key());
    add_value(&mut digest, entry);
    digest
}

/// Mixes a value in, behind the number of its type.
fn add_value(digest: &mut Digest, entry: EntryRef<'_, Value>) {
    const STRING: u32 = 0;
    const LIST: u32 = 1;
    const SET: u32 = 2;
    const SORTED_SET: u32 = 3;
    const HASH: u32 = 4;
    const STREAM: u32 = 6;
    let mut digits = itoa::Buffer::new();
    match entry.payload() {
        Payload::Bytes(bytes) => mix_string(digest, STRING, bytes),
        Payload::Int(value) => mix_string(digest, STRING, digits.format(value).as_bytes()),
        Payload::Blob(blob) => mix_string(digest, STRING, blob),
        Payload::Object(Value::List(list)) => {
            digest.mix(&LIST.to_be_bytes());
            list.iter().for_each(|item| digest.mix(item.bytes(&mut digits)));
        }
        Payload::Object(Value::Set(set)) => {
            digest.mix(&SET.to_be_bytes());
            set.iter().for_each(|member| digest.add(member.bytes(&mut digits)));
        }
        Payload::Object(Value::Hash(hash)) => {
            digest.mix(&HASH.to_be_bytes());
            for (field, value) in hash.live(0) {
                let mut pair = Digest::default();
                pair.mix(field.bytes(&mut digits));
                pair.mix(value.bytes(&mut digits));
                digest.add(&pair.0);
            }
        }
        Payload::Object(Value::SortedSet(set)) => {
            digest.mix(&SORTED_SET.to_be_bytes());
            set.for_each(|member, score| {
                let mut pair = Digest::default();
                pair.mix(member);
                pair.mix(DoubleText::new(score).as_bytes());
                digest.add_digest(pair);
            });
        }
        Payload::Object(Value::Stream(stream)) => {
            digest.mix(&STREAM.to_be_bytes());
            for entry in stream.iter() {
                digest.mix(format!("{}.{}", entry.id.ms, entry.id.seq).as_bytes());
                for (field, value) in entry.pairs() {
                    digest.mix(field.bytes(&mut digits));
                    digest.mix(value.bytes(&mut digits));
                }
            }
        }
    }
    if entry.expire_at_ms().is_some() {
        digest.add(b"!!expire!!");
    }
}

fn mix_string(digest: &mut Digest, kind: u32, bytes: &[u8]) {
    digest.mix(&kind.to_be_bytes());
    digest.mix(bytes);
}
