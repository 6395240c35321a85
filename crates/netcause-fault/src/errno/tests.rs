use std::io;

use super::{LINUX, Os, name, text};

#[test]
fn every_number_stands_at_its_place() {
    for (index, (number, _, _)) in LINUX.iter().enumerate() {
        assert_eq!(usize::try_from(*number).unwrap(), index + 1);
    }
    assert_eq!(LINUX.len(), 133);
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn texts_are_those_of_the_c_library() {
    for (number, _, text) in LINUX {
        let printed = io::Error::from_raw_os_error(*number).to_string();
        assert_eq!(printed, format!("{text} (os error {number})"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_meaning_of_a_number_agrees_with_the_standard_library() {
    for (number, name, _) in LINUX {
        let kind = io::Error::from_raw_os_error(*number).kind();
        let Some(expected) = Os::of_kind(kind) else { continue };
        assert_eq!(Os::of_this_host(*number), Some(expected), "{name}");
    }
}

#[test]
fn numbers_of_three_systems_mean_the_same() {
    for code in [111, 61, 10061] {
        assert_eq!(Os::of_any_host(code), Some(Os::Refused));
    }
    for code in [110, 60, 10060] {
        assert_eq!(Os::of_any_host(code), Some(Os::TimedOut));
    }
    assert_eq!(Os::of_any_host(0), None);
    assert_eq!(Os::of_any_host(-1), None);
}

#[test]
fn names_and_texts_of_unknown_numbers_are_absent() {
    assert_eq!(name(0), None);
    assert_eq!(name(i32::MIN), None);
    assert_eq!(text(134), None);
    assert_eq!(name(10061), Some("WSAECONNREFUSED"));
}
