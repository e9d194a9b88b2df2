//! A sequence in a counted B+tree whose nodes are shared: lists and sorted sets are made of it.
//!
//! The elements lie packed in leaves that the caller defines. An inner node knows of each child how
//! many elements are below it, so an index is found in one descent; and the mark of its first
//! element, so a place in an order is too. A skip list finds both as well, but pays a pointer or
//! two and an allocation for every element. Cloning a tree is one addition: a change then copies
//! the nodes on its path that the clone still holds, and no others.
//!
//! # Layout
//!
//! ```text
//!                  +--------------------+--------------------+
//!            root  | 230, mark, node    | 170, mark, node    |   up to 64 children
//!                  +---------|----------+---------|----------+
//!                            v                    v
//!            +-----------------+---------+      +----------+ - - -
//!            | 128, mark, node | 102 ... |      | 128, ... |
//!            +-------|---------+----|----+      +----|-----+ - - -
//!                    v              v                v
//!                 [leaf]         [leaf]           [leaf]         elements, packed
//! ```
//!
//! # Invariants
//!
//! 1. All leaves are equally deep, and none is empty.
//! 2. An inner node has 1 to 64 children, the root at least 2; it knows their true counts and
//!    marks.
//! 3. A node that several trees hold does not change.

mod cursor;
mod edit;
mod leaf;
mod node;
mod remove;
mod seek;
#[cfg(test)]
mod tests;
mod whole;

pub use cursor::Cursor;
pub use leaf::Leaf;
pub use whole::Tree;
