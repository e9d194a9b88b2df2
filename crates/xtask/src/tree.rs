//! The files of the checkout, read once and handed to every rule.
//!
//! Rules take a `Tree` and not a folder, so a test plants its violation in a tree of two
//! short texts. The walk does not ask git: the checks also run in an unpacked archive.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that are made by tools and hold nothing of ours.
const SKIPPED: &[&str] = &[".git", ".venv", "node_modules", "__pycache__", "artifacts", "corpus"];

/// One text file: its path from the root with `/` between the parts, and what is in it.
pub struct File {
    pub path: String,
    pub text: String,
}

/// Every text file of the project, ordered by path.
pub struct Tree {
    pub files: Vec<File>,
}

impl Tree {
    /// Reads every file below `root`; what is not UTF-8 counts as present and empty.
    pub fn read(root: &Path) -> Result<Tree, String> {
        let mut files = Vec::new();
        walk(root, "", &mut files).map_err(|error| format!("cannot read the tree: {error}"))?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Tree { files })
    }

    /// A tree of these paths and texts, for tests.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let files =
            files.iter().map(|(path, text)| File { path: (*path).into(), text: (*text).into() });
        Tree { files: files.collect() }
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether a file or a folder of this path exists.
    pub fn exists(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let inside =
            |file: &File| file.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        path.is_empty() || self.files.iter().any(|file| file.path == path || inside(file))
    }

    /// The Rust sources.
    pub fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }
}

/// The root of the checkout: the nearest folder at or above this package with a workspace in it.
pub fn root() -> Result<PathBuf, String> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let has_workspace = |folder: &&Path| folder.join("Cargo.lock").exists();
    let found = package.ancestors().skip(1).find(has_workspace);
    found.map(Path::to_path_buf).ok_or_else(|| "the workspace root was not found".to_string())
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<File>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() && !is_skipped(&name, prefix) {
            walk(&entry.path(), &path, files)?;
        } else if kind.is_file() && name != ".git" {
            let text = String::from_utf8(fs::read(entry.path())?).unwrap_or_default();
            files.push(File { path, text });
        }
    }
    Ok(())
}

fn is_skipped(name: &str, prefix: &str) -> bool {
    let build = name == "target" || (prefix.is_empty() && name.starts_with("target-"));
    build || SKIPPED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_exists_when_a_file_lies_in_it() {
        let tree = Tree::of(&[("docs/a/b.md", "")]);
        assert!(tree.exists("docs"));
        assert!(tree.exists("docs/a/"));
        assert!(!tree.exists("docs/a/b"));
    }

    #[test]
    fn the_checkout_itself_is_readable_and_holds_this_file() {
        let tree = Tree::read(&root().unwrap()).unwrap();
        assert!(tree.file("crates/xtask/src/tree.rs").is_some());
        assert!(!tree.files.iter().any(|file| file.path.starts_with("target/")));
    }
}
