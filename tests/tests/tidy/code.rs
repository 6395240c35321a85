//! What the sources must not say.

use crate::source::{self, Source, code, has_word, indentation, rust, shipped};

/// Words that must not stand in the code of some crates.
struct Rule {
    why: &'static str,
    within: &'static [&'static str],
    except: &'static [&'static str],
    words: &'static [&'static str],
}

/// Fault, record, layer, OTLP: everything between the macro and the output.
const PIPELINE: &[&str] = &[
    "crates/netcause-fault/",
    "crates/netcause-record/",
    "crates/netcause-layer/",
    "crates/netcause-otlp/",
];
const LIBRARIES: &[&str] = &[
    "crates/netcause-fault/",
    "crates/netcause-record/",
    "crates/netcause-layer/",
    "crates/netcause-net/",
    "crates/netcause-http/",
    "crates/netcause-otlp/",
    "crates/netcause/",
];
const EVERYWHERE: &[&str] = &["crates/"];

const NO_PRINTING: Rule = Rule {
    why: "libraries print nothing: the output belongs to the service",
    within: LIBRARIES,
    except: &[],
    words: &["println!", "eprintln!", "print!", "eprint!", "dbg!"],
};

const NO_LOGGING: Rule = Rule {
    why: "the pipeline never logs through tracing: it would log about its own logging",
    within: PIPELINE,
    except: &[],
    words: &["tracing::", "log::", "error!(", "warn!(", "info!(", "debug!(", "trace!("],
};

const NO_SOCKETS: Rule = Rule {
    why: "the pipeline opens no sockets, but for the shipper of OTLP",
    within: PIPELINE,
    except: &["crates/netcause-otlp/src/ship/"],
    words: &[
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "UnixStream",
        "UnixListener",
        "UnixDatagram",
        "ToSocketAddrs",
        "socket2",
    ],
};

const ONE_PLACE_FOR_VARIABLES: Rule = Rule {
    why: "environment variables are read in one place, into one Config",
    within: EVERYWHERE,
    except: &["crates/netcause/src/config/"],
    words: &["env::var", "env::vars", "env::set_var", "env::remove_var", "var_os", "vars_os"],
};

const PURE_FAULT: Rule = Rule {
    why: "netcause-fault does no I/O, reads no clock and starts nothing",
    within: &["crates/netcause-fault/"],
    except: &[],
    words: &[
        "SystemTime",
        "Instant",
        "fs::",
        "File::",
        "OpenOptions",
        "env::",
        "process::",
        "thread::",
        "stdin",
        "stdout",
        "stderr",
        "TcpStream",
        "UdpSocket",
        "lookup_host",
    ],
};

const NO_FILES_IN_LAYER: Rule = Rule {
    why: "the layer hands records to exporters; it opens and starts nothing",
    within: &["crates/netcause-layer/"],
    except: &[],
    words: &["fs::", "File::", "OpenOptions", "process::", "thread::spawn", "stdout", "stderr"],
};

const OPENTELEMETRY_IN_TWO_PLACES: Rule = Rule {
    why: "opentelemetry breaks its API often: two places follow it",
    within: EVERYWHERE,
    except: &["crates/netcause-layer/src/trace.rs", "crates/netcause-otlp/"],
    words: &["opentelemetry::", "opentelemetry_sdk::", "tracing_opentelemetry::"],
};

const NO_PANICS: Rule = Rule {
    why: "logging never ends a service",
    within: LIBRARIES,
    except: &[],
    words: &["panic!", "unreachable!", "todo!", "unimplemented!", "unwrap()", "expect(\""],
};

fn breaches(rule: &Rule, sources: &[Source]) -> Vec<String> {
    let applies = |source: &&Source| {
        let under =
            |prefixes: &[&str]| prefixes.iter().any(|prefix| source.path.starts_with(prefix));
        under(rule.within) && !under(rule.except)
    };
    let lines = sources.iter().filter(applies).flat_map(|source| {
        code(&source.text).into_iter().map(move |(number, line)| (source, number, line))
    });
    lines
        .filter(|(_, _, line)| rule.words.iter().any(|word| has_word(line, word)))
        .map(|(source, number, line)| format!("{}:{number}: {}", source.path, line.trim()))
        .collect()
}

/// Applies a rule to the workspace, after seeing that each of its words would be found.
fn keep(rule: &Rule) {
    for word in rule.words {
        let path = format!("{}src/planted.rs", rule.within[0]);
        let planted = [Source { path, text: format!("fn planted() {{ {word} }}\n") }];
        assert_eq!(breaches(rule, &planted).len(), 1, "`{word}` would not be found");
    }
    let breaches = breaches(rule, &shipped());
    assert!(breaches.is_empty(), "{}:\n{}", rule.why, breaches.join("\n"));
}

#[test]
fn libraries_print_nothing() {
    keep(&NO_PRINTING);
}

#[test]
fn the_pipeline_never_logs_through_tracing() {
    keep(&NO_LOGGING);
}

#[test]
fn the_pipeline_opens_no_sockets() {
    keep(&NO_SOCKETS);
}

#[test]
fn environment_variables_are_read_in_one_place() {
    keep(&ONE_PLACE_FOR_VARIABLES);
}

#[test]
fn fault_does_no_io_and_reads_no_clock() {
    keep(&PURE_FAULT);
}

#[test]
fn the_layer_opens_and_starts_nothing() {
    keep(&NO_FILES_IN_LAYER);
}

#[test]
fn opentelemetry_is_named_in_two_places() {
    keep(&OPENTELEMETRY_IN_TWO_PLACES);
}

#[test]
fn libraries_never_panic_by_intent() {
    keep(&NO_PANICS);
}

#[test]
fn there_is_no_unsafe_code() {
    let forms = ["{", "fn", "impl", "trait", "extern"].map(|form| format!("unsafe {form}"));
    for source in ["crates", "tests", "benches"].into_iter().flat_map(rust) {
        let here = source.path == "tests/tests/tidy/code.rs";
        let uses = |line: &&str| forms.iter().any(|form| has_word(line, form));
        let found = source.text.lines().filter(uses).count();
        assert!(here || found == 0, "{}: unsafe code", source.path);
    }
    let text = "    unsafe { free(pointer) };";
    assert!(forms.iter().any(|form| has_word(text, form)));
}

/// Longer is for tables.
const LINES_AT_MOST: usize = 800;
const LINES_WANTED: usize = 400;

#[test]
fn files_are_short() {
    let lengths: Vec<_> =
        shipped().into_iter().map(|it| (it.text.lines().count(), it.path)).collect();
    for (lines, path) in lengths.iter().filter(|(lines, _)| *lines > LINES_WANTED) {
        println!("longer than wanted: {path}, {lines} lines");
    }
    let longest = lengths.iter().max().expect("there are sources");
    assert!(longest.0 <= LINES_AT_MOST, "{}: {} lines", longest.1, longest.0);
}

const FUNCTION_LINES_AT_MOST: usize = 60;

/// Tables in the form of one `match`.
const TABLES: &[&str] = &["crates/netcause-fault/src/sentence/hint.rs: of_reason"];

/// The name and the lines of each function of a formatted source.
fn functions(text: &str) -> Vec<(String, usize)> {
    let code = code(text);
    let mut functions = Vec::new();
    for (index, (number, line)) in code.iter().enumerate() {
        let Some((_, name)) = line.split_once("fn ").filter(|_| has_word(line, "fn ")) else {
            continue;
        };
        let name =
            name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        if name.is_empty() || line.ends_with([';', '}']) || line.contains('"') {
            continue;
        }
        let end = format!("{}}}", indentation(line));
        let declared = format!("{});", indentation(line));
        let rest = code.iter().skip(index);
        let last = rest
            .map(|(number, line)| (number, *line))
            .find(|(_, it)| *it == end || *it == declared);
        functions.push((name.to_owned(), last.map_or(0, |(last, _)| last - number + 1)));
    }
    functions
}

#[test]
fn functions_are_short() {
    let mut lengths = Vec::new();
    for source in shipped() {
        let named = |(name, lines)| (lines, format!("{}: {name}", source.path));
        lengths.extend(functions(&source.text).into_iter().map(named));
    }
    lengths.retain(|(_, name)| !TABLES.contains(&name.as_str()));
    lengths.sort();
    let median = lengths.get(lengths.len() / 2).expect("there are functions").0;
    println!("{} functions of more than one line, half of them within {median}", lengths.len());
    let (lines, name) = lengths.last().expect("there are functions");
    assert!(*lines <= FUNCTION_LINES_AT_MOST, "{name} has {lines} lines");
}

#[test]
fn the_length_of_a_function_is_seen() {
    let text = "impl A {\n    pub fn b(\n        c: D,\n    ) -> E {\n        f\n    }\n\n    fn g() {}\n}\n";
    assert_eq!(functions(text), [("b".to_owned(), 5)]);
}

#[test]
fn no_path_of_one_machine_stands_in_a_file() {
    // In parts, so that this file has none itself.
    let roots = [["/wo", "rk/"], ["/ro", "ot/"], ["/fa", "rm/"], ["/ho", "me/"], ["/tmp/ba", "sh"]];
    // The lines that were given are those of other people's machines.
    let given = |path: &str| path.starts_with("tests/corpus/given/");
    for source in source::files("").into_iter().filter(|source| !given(&source.path)) {
        for root in roots.map(|parts| parts.concat()) {
            let found = source.text.lines().find(|line| line.contains(&root));
            assert!(found.is_none(), "{}: {}", source.path, found.unwrap_or_default());
        }
    }
}
