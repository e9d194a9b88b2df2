//! `# CPU`: processor time.

use super::text::Text;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub(super) fn write(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    let resources = (ctx.engine.host.resources)();
    let seconds = |us: u64| format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    text.field("used_cpu_sys", seconds(resources.system_us));
    text.field("used_cpu_user", seconds(resources.user_us));
    text.field("used_cpu_sys_children", seconds(0));
    text.field("used_cpu_user_children", seconds(0));
    text.field("used_cpu_sys_main_thread", seconds(resources.system_us));
    text.field("used_cpu_user_main_thread", seconds(resources.user_us));
    // Time spent in commands: what keeps a single-threaded server's main thread busy.
    let counters = &ctx.engine.counters;
    let ticks = counters.iter().flat_map(|c| &c.by_command).map(|c| c.ticks.value()).sum();
    text.field("used_active_time_main_thread", seconds(ctx.engine.host.micros(ticks)));
    Ok(())
}
