//! How replies show members with their scores: side by side, or as pairs where the protocol has
//! doubles.

use resp::{Protocol, Reply};

/// What of each member is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shown {
    /// The member alone.
    Members,
    /// Its score too.
    Scores,
}

impl Shown {
    /// With scores, if that was asked for.
    pub fn with_scores(yes: bool) -> Shown {
        if yes { Shown::Scores } else { Shown::Members }
    }

    /// Begins a reply with so many members.
    pub fn begin(self, reply: &mut Reply<'_>, count: usize) {
        let flat = self == Shown::Scores && reply.protocol() == Protocol::Resp2;
        reply.array(if flat { count * 2 } else { count });
    }

    /// One member.
    #[inline(always)]
    pub fn member(self, reply: &mut Reply<'_>, member: &[u8], score: f64) {
        if self == Shown::Members {
            return reply.bulk(member);
        }
        if reply.protocol() == Protocol::Resp3 {
            reply.array(2);
        }
        reply.bulk(member);
        reply.double(score);
    }
}
