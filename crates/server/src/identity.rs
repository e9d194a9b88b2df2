//! Who we say we are: version texts, and what the command line may say.

pub use engine::identity::{BASALT_VERSION, REDIS_VERSION};

/// What `-v` prints.
pub fn version_line() -> String {
    let bits = usize::BITS;
    format!(
        "Basalt server v={REDIS_VERSION} basalt={BASALT_VERSION} sha=00000000:0 malloc=jemalloc \
         bits={bits} build=0"
    )
}

/// What `--help` prints.
pub const USAGE: &str = "\
Usage: basalt-server [/path/to/basalt.conf] [options] [-]
       basalt-server - (read the configuration from the standard input)
       basalt-server -v or --version
       basalt-server -h or --help
       basalt-server --check-system

Options are directives of the configuration with two dashes in front, and go before the file's:
       basalt-server --port 7777
       basalt-server /etc/basalt.conf --loglevel verbose -
       basalt-server --save \"\" --requirepass secret
";
