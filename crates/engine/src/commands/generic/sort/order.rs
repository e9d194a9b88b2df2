//! The order in which SORT returns elements.
//!
//! Elements are not moved, only their numbers. Equal elements of a list keep their places; those
//! of a set, which have none, come in the order of their bytes, so that the result depends on
//! nothing but the data.

use std::cmp::Ordering;

use super::options::Options;
use super::pattern::Pattern;
use super::source::Source;
use crate::ctx::Ctx;
use crate::error::CommandError;

/// The numbers of the elements in the order that is asked for.
///
/// # Errors
///
/// An error of its own where something that is no number is compared as one.
pub(super) fn sorted(
    ctx: &mut Ctx<'_>,
    source: &Source,
    options: &Options<'_>,
) -> Result<Vec<usize>, CommandError> {
    let mut order: Vec<usize> = (0..source.len()).collect();
    let bytes_of = |at: &usize| source.element(*at);
    if options.keeps_order() {
        if !source.is_ordered && (options.store.is_some() || ctx.atomic) {
            // compat: the result must be the same wherever it is computed again.
            order.sort_unstable_by(|a, b| directed(bytes_of(a).cmp(bytes_of(b)), options));
        } else if source.is_ordered && options.descending {
            order.reverse();
        }
        return Ok(order);
    }
    if !source.is_ordered {
        order.sort_unstable_by_key(|at| bytes_of(at));
    }
    let by = options.by.and_then(Pattern::of);
    match (options.alpha, by) {
        (true, None) => order.sort_by(|a, b| directed(bytes_of(a).cmp(bytes_of(b)), options)),
        (true, Some(by)) => {
            let weights: Vec<_> =
                (0..source.len()).map(|at| by.look_up(ctx, source.element(at))).collect();
            order.sort_by(|&a, &b| directed(weights[a].cmp(&weights[b]), options));
        }
        (false, by) => {
            let weights = numbers(ctx, source, by)?;
            // The numbers move along: to look each up would take longer than to compare them.
            let mut weighed: Vec<_> = order.iter().map(|&at| (weights[at], at)).collect();
            weighed.sort_by(|(one, a), (other, b)| {
                let numbers = one.partial_cmp(other).unwrap_or(Ordering::Equal);
                directed(numbers.then_with(|| bytes_of(a).cmp(bytes_of(b))), options)
            });
            order = weighed.into_iter().map(|(_, at)| at).collect();
        }
    }
    Ok(order)
}

fn directed(ordering: Ordering, options: &Options<'_>) -> Ordering {
    if options.descending { ordering.reverse() } else { ordering }
}

/// The number of each element: its own, or that of the key that belongs to it, 0 without one.
fn numbers(
    ctx: &mut Ctx<'_>,
    source: &Source,
    by: Option<Pattern<'_>>,
) -> Result<Vec<f64>, CommandError> {
    let number_of = |at| match by {
        None => number(source.element(at)),
        Some(by) => by.look_up(ctx, source.element(at)).map_or(Some(0.0), |text| number(&text)),
    };
    let numbers: Option<Vec<f64>> = (0..source.len()).map(number_of).collect();
    numbers.ok_or_else(|| CommandError::err("One or more scores can't be converted into double"))
}

/// The double that a text spells. One beyond the range of doubles is none.
fn number(text: &[u8]) -> Option<f64> {
    // compat: a zero byte ends the number.
    let text = text.split(|byte| *byte == 0).next()?;
    let number: f64 = str::from_utf8(text).ok()?.parse().ok()?;
    let is_word = text.iter().any(|byte| matches!(byte, b'i' | b'I'));
    (!number.is_nan() && (number.is_finite() || is_word)).then_some(number)
}
