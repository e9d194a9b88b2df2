//! The groups of a stream, in the order of their names.

use structures::Shared;

use super::Id;
use super::group::Group;

/// Groups; nothing is allocated while there are none.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups(Option<Shared<Vec<Shared<Group>>>>);

impl Groups {
    fn as_slice(&self) -> &[Shared<Group>] {
        self.0.as_ref().map_or(&[], |groups| groups)
    }

    /// All groups.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Group> {
        self.as_slice().iter().map(|group| &**group)
    }

    fn place(&self, name: &[u8]) -> Result<usize, usize> {
        self.as_slice().binary_search_by(|group| group.name().cmp(name))
    }

    /// The group of a name.
    pub fn find(&self, name: &[u8]) -> Option<&Group> {
        self.place(name).ok().map(|at| &*self.as_slice()[at])
    }

    /// The group of a name, for changing.
    pub fn find_mut(&mut self, name: &[u8]) -> Option<&mut Group> {
        let at = self.place(name).ok()?;
        let groups = self.0.as_mut()?.get_mut_or_copy();
        Some(groups[at].get_mut_or_copy())
    }

    /// All groups, for changing.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Group> {
        let groups = self.0.as_mut().map(Shared::get_mut_or_copy);
        groups.into_iter().flatten().map(Shared::get_mut_or_copy)
    }

    /// Adds a group; false if there is one of that name.
    pub fn insert(&mut self, group: Group) -> bool {
        let is_new = self.place(group.name()).is_err();
        if is_new {
            self.put(Shared::new(group));
        }
        is_new
    }

    /// Adds a group whose name is new.
    pub fn put(&mut self, group: Shared<Group>) {
        let (Ok(at) | Err(at)) = self.place(group.name());
        let groups = self.0.get_or_insert_with(|| Shared::new(Vec::with_capacity(1)));
        groups.get_mut_or_copy().insert(at, group);
    }

    /// Removes a group; gives it.
    pub fn remove(&mut self, name: &[u8]) -> Option<Shared<Group>> {
        let at = self.place(name).ok()?;
        let groups = self.0.as_mut()?.get_mut_or_copy();
        let group = groups.remove(at);
        if groups.is_empty() {
            self.0 = None;
        }
        Some(group)
    }

    /// Whether some group has this entry pending, or is still to be given it.
    pub fn refer_to(&self, id: Id) -> bool {
        self.iter().any(|group| group.last_id < id || group.pending().get(id).is_some())
    }

    /// Whether some group has this entry pending.
    pub fn hold(&self, id: Id) -> bool {
        self.iter().any(|group| group.pending().get(id).is_some())
    }

    /// Takes an entry out of what is pending in all groups.
    pub fn forget(&mut self, id: Id) {
        if self.hold(id) {
            self.iter_mut().for_each(|group| {
                group.acknowledge(id);
            });
        }
    }

    /// Frees about so many blocks; whether nothing is left.
    pub fn dismantle(&mut self, blocks: usize) -> bool {
        let Some(groups) = self.0.as_mut().and_then(Shared::get_mut) else { return true };
        while let Some(last) = groups.last_mut() {
            if !last.get_mut().is_none_or(|group| group.dismantle(blocks)) {
                return false;
            }
            groups.pop();
        }
        true
    }
}
