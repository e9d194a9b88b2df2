//! Up to which size a value keeps its compact encoding.
//!
//! # Invariants
//!
//! 1. A field bears its directive's name, with the unit at its end.

use crate::config::directive::{Directive, Form};
use crate::config::effect;
use crate::config::values::{I32_MAX, I32_MIN, I64_MAX, narrow};

/// Up to which size a value keeps its compact encoding.
#[derive(Clone, Debug, PartialEq)]
pub struct Encodings {
    /// `hash-max-listpack-entries`: fields of the largest hash kept as a listpack.
    pub hash_max_listpack_entries: u64,
    /// `hash-max-listpack-value`: bytes of its longest field or value.
    pub hash_max_listpack_value_bytes: u64,
    /// `list-max-listpack-size`: elements of a list node, or -1 to -5 for 4 KiB to 64 KiB.
    pub list_max_listpack_size: i32,
    /// `list-compress-depth`: list nodes at each end that are not compressed; 0 compresses none.
    pub list_compress_depth: u32,
    /// `set-max-intset-entries`: members of the largest set of integers kept as an intset.
    pub set_max_intset_entries: u64,
    /// `set-max-listpack-entries`: members of the largest set kept as a listpack.
    pub set_max_listpack_entries: u64,
    /// `set-max-listpack-value`: bytes of its longest member.
    pub set_max_listpack_value_bytes: u64,
    /// `zset-max-listpack-entries`: members of the largest sorted set kept as a listpack.
    pub zset_max_listpack_entries: u64,
    /// `zset-max-listpack-value`: bytes of its longest member.
    pub zset_max_listpack_value_bytes: u64,
    /// `hll-sparse-max-bytes`: bytes of the largest HyperLogLog kept sparse.
    pub hll_sparse_max_bytes: u64,
    /// `stream-node-max-bytes`: bytes of one node of a stream; 0 sets no limit.
    pub stream_node_max_bytes: u64,
    /// `stream-node-max-entries`: entries of one node of a stream; 0 sets no limit.
    pub stream_node_max_entries: u64,
}

impl Default for Encodings {
    fn default() -> Self {
        Encodings {
            hash_max_listpack_entries: 512,
            hash_max_listpack_value_bytes: 64,
            list_max_listpack_size: -2,
            list_compress_depth: 0,
            set_max_intset_entries: 512,
            set_max_listpack_entries: 128,
            set_max_listpack_value_bytes: 64,
            zset_max_listpack_entries: 128,
            zset_max_listpack_value_bytes: 64,
            hll_sparse_max_bytes: 3000,
            stream_node_max_bytes: 4096,
            stream_node_max_entries: 100,
        }
    }
}

/// The directives of this topic.
pub(in crate::config) static DIRECTIVES: &[Directive] = &[
    Directive::number(
        "hash-max-listpack-entries",
        Form::Integer,
        (0, I64_MAX),
        |c| c.encodings.hash_max_listpack_entries.into(),
        |c, v| c.encodings.hash_max_listpack_entries = narrow(v),
    )
    .alias("hash-max-ziplist-entries")
    .about("Fields of the largest hash kept as a listpack"),
    Directive::number(
        "hash-max-listpack-value",
        Form::Memory,
        (0, I64_MAX),
        |c| c.encodings.hash_max_listpack_value_bytes.into(),
        |c, v| c.encodings.hash_max_listpack_value_bytes = narrow(v),
    )
    .alias("hash-max-ziplist-value")
    .about("Bytes of its longest field or value"),
    Directive::number(
        "list-max-listpack-size",
        Form::Integer,
        (I32_MIN, I32_MAX),
        |c| c.encodings.list_max_listpack_size.into(),
        |c, v| c.encodings.list_max_listpack_size = narrow(v),
    )
    .alias("list-max-ziplist-size")
    .about("Elements of a list node, or -1 to -5 for 4 KiB to 64 KiB"),
    Directive::number(
        "list-compress-depth",
        Form::Integer,
        (0, I32_MAX),
        |c| c.encodings.list_compress_depth.into(),
        |c, v| c.encodings.list_compress_depth = narrow(v),
    )
    .about("List nodes at each end that are not compressed; 0 compresses none")
    .effect(effect::LISTCOMPRESS),
    Directive::number(
        "set-max-intset-entries",
        Form::Integer,
        (0, I64_MAX),
        |c| c.encodings.set_max_intset_entries.into(),
        |c, v| c.encodings.set_max_intset_entries = narrow(v),
    )
    .about("Members of the largest set of integers kept as an intset"),
    Directive::number(
        "set-max-listpack-entries",
        Form::Integer,
        (0, I64_MAX),
        |c| c.encodings.set_max_listpack_entries.into(),
        |c, v| c.encodings.set_max_listpack_entries = narrow(v),
    )
    .about("Members of the largest set kept as a listpack"),
    Directive::number(
        "set-max-listpack-value",
        Form::Integer,
        (0, I64_MAX),
        |c| c.encodings.set_max_listpack_value_bytes.into(),
        |c, v| c.encodings.set_max_listpack_value_bytes = narrow(v),
    )
    .about("Bytes of its longest member"),
    Directive::number(
        "zset-max-listpack-entries",
        Form::Integer,
        (0, I64_MAX),
        |c| c.encodings.zset_max_listpack_entries.into(),
        |c, v| c.encodings.zset_max_listpack_entries = narrow(v),
    )
    .alias("zset-max-ziplist-entries")
    .about("Members of the largest sorted set kept as a listpack"),
    Directive::number(
        "zset-max-listpack-value",
        Form::Memory,
        (0, I64_MAX),
        |c| c.encodings.zset_max_listpack_value_bytes.into(),
        |c, v| c.encodings.zset_max_listpack_value_bytes = narrow(v),
    )
    .alias("zset-max-ziplist-value")
    .about("Bytes of its longest member"),
    Directive::number(
        "hll-sparse-max-bytes",
        Form::Memory,
        (0, I64_MAX),
        |c| c.encodings.hll_sparse_max_bytes.into(),
        |c, v| c.encodings.hll_sparse_max_bytes = narrow(v),
    )
    .about("Bytes of the largest HyperLogLog kept sparse"),
    Directive::number(
        "stream-node-max-bytes",
        Form::Memory,
        (0, I64_MAX),
        |c| c.encodings.stream_node_max_bytes.into(),
        |c, v| c.encodings.stream_node_max_bytes = narrow(v),
    )
    .about("Bytes of one node of a stream; 0 sets no limit"),
    Directive::number(
        "stream-node-max-entries",
        Form::Integer,
        (0, I64_MAX),
        |c| c.encodings.stream_node_max_entries.into(),
        |c, v| c.encodings.stream_node_max_entries = narrow(v),
    )
    .about("Entries of one node of a stream; 0 sets no limit"),
];
