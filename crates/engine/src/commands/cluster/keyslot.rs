//! `CLUSTER KEYSLOT key`
//!
//! compat: also a server that is no node of a cluster tells where a key would be.

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

/// Hash slots of a cluster.
const SLOT_COUNT: u16 = 16_384;

pub static KEYSLOT: Command = Command::new(Spec {
    name: "keyslot",
    group: Group::Cluster,
    arity: Arity::Exactly(3),
    flags: &[Flag::Stale],
    since: "3.0.0",
    complexity: "O(N), N being the bytes of the key",
    summary: "Returns the hash slot of a key.",
    syntax: "CLUSTER KEYSLOT key",
    run: cluster_keyslot,
    ..SPEC
});

fn cluster_keyslot(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.integer(i64::from(slot_of(args.at(2))));
    Ok(())
}

/// The hash slot of a key: of what stands between its first `{` and the next `}`, if that is not
/// empty, else of all of it.
fn slot_of(key: &[u8]) -> u16 {
    let open = key.iter().position(|byte| *byte == b'{');
    let tagged = open.and_then(|open| {
        let behind = &key[open + 1..];
        let close = behind.iter().position(|byte| *byte == b'}')?;
        (close > 0).then(|| &behind[..close])
    });
    crc16(tagged.unwrap_or(key)) % SLOT_COUNT
}

/// CRC-16/XMODEM: polynomial 0x1021, nothing reflected, beginning with 0.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_its_catalogue() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
    }

    #[test]
    fn a_tag_in_braces_decides_the_slot() {
        assert_eq!(slot_of(b"foo"), 12182);
        assert_eq!(slot_of(b"{foo}.a"), slot_of(b"b.{foo}"));
        assert_ne!(slot_of(b"{}a"), slot_of(b"{}b"));
        assert_eq!(slot_of(b"foo{{bar}}zap"), slot_of(b"{bar"));
    }
}
