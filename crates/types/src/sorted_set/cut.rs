//! Cuts: the places between members at which ranges begin and end.

/// A place between members.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cut<'a> {
    /// Before all members.
    First,
    /// Behind all members.
    Last,
    /// Before the members with this score.
    BeforeScore(f64),
    /// Behind the members with this score.
    AfterScore(f64),
    /// Before this member, where all scores are equal.
    BeforeMember(&'a [u8]),
    /// Behind this member, where all scores are equal.
    AfterMember(&'a [u8]),
}

impl Cut<'_> {
    /// Whether a member is before the cut; `name` is asked for its bytes where they matter.
    #[inline]
    pub fn is_behind<'m>(self, score: f64, name: impl FnOnce() -> &'m [u8]) -> bool {
        match self {
            Cut::First => false,
            Cut::Last => true,
            Cut::BeforeScore(cut) => score < cut,
            Cut::AfterScore(cut) => score <= cut,
            Cut::BeforeMember(cut) => name() < cut,
            Cut::AfterMember(cut) => name() <= cut,
        }
    }
}
