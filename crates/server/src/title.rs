//! The name of the process, as `proc-title-template` describes it.
//!
//! The kernel keeps 15 bytes of a name that a program may change with a file's write; the words of
//! the command line, which other servers overwrite in memory, would take unsafe code. 15 bytes
//! are too few for the default template, and the program's own name is what scripts look for. So
//! the name changes where the template is not the default.
//!
//! deviates: 15 bytes, and `ps` shows them as the command's name, not in its arguments.

use engine::config::Config;

/// Names the process.
pub fn set(config: &Config, config_file: Option<&str>) {
    let template = &config.general.proc_title_template;
    if config.general.set_proc_title && *template != Config::default().general.proc_title_template {
        let title = expand(template, config, config_file);
        // Where the system has no such file, the name stays.
        let _ = std::fs::write("/proc/self/comm", title);
    }
}

fn expand(template: &str, config: &Config, config_file: Option<&str>) -> String {
    let mut title = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        title.push_str(before);
        if let Some(after) = after.strip_prefix('{') {
            title.push('{');
            rest = after;
            continue;
        }
        let (variable, after) = after.split_once('}').unwrap_or((after, ""));
        title.push_str(&value(variable, config, config_file));
        rest = after;
    }
    title.push_str(rest);
    title.trim_matches(' ').to_owned()
}

/// What a variable of the template stands for; the template was checked when it was set.
fn value(variable: &str, config: &Config, config_file: Option<&str>) -> String {
    let (network, tls_port) = (&config.network, config.tls.tls_port);
    match variable {
        "title" => "basalt-server".to_owned(),
        "listen-addr" if network.port == 0 && tls_port == 0 => {
            format!("unixsocket:{}", network.unixsocket)
        }
        "listen-addr" => {
            let port = if network.port == 0 { tls_port } else { network.port };
            format!("{}:{port}", network.bind.first().map_or("*", String::as_str))
        }
        "server-mode" if config.cluster.cluster_enabled => "[cluster]".to_owned(),
        "config-file" => config_file.unwrap_or("-").to_owned(),
        "port" => network.port.to_string(),
        "tls-port" => tls_port.to_string(),
        "unixsocket" => network.unixsocket.clone(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_in() {
        let mut config = Config::default();
        config.network.port = 7000;
        config.network.bind = vec!["10.0.0.1".to_owned()];
        let shown = |template: &str| expand(template, &config, Some("/a.conf"));
        assert_eq!(shown("{title} {listen-addr} {server-mode}"), "basalt-server 10.0.0.1:7000");
        assert_eq!(shown("x{{{port}|{tls-port}|{config-file}"), "x{7000|0|/a.conf");
    }
}
