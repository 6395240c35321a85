//! Running out of file descriptors, in a process of its own.

use std::net::UdpSocket;
use std::process::Command;

use netcause_fault::{Category, Reason};

use crate::case::FORMS;
use crate::verdict::classify;

const CHILD: &str = "NETCAUSE_TEST_FEW_DESCRIPTORS";

#[test]
fn too_many_open_files_is_a_local_resource() {
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 32 && exec \"$0\" --exact descriptors::in_the_child --nocapture"])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("3 forms are right"), "{text}");
}

/// Does something only as the child of the test above, which reads its last words.
#[test]
fn in_the_child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let mut sockets = Vec::new();
    let error = loop {
        match UdpSocket::bind("127.0.0.1:0") {
            Ok(socket) => sockets.push(socket),
            Err(error) => break error,
        }
    };
    drop(sockets);
    for form in FORMS {
        let verdict = classify(&error, form).unwrap();
        assert_eq!(verdict.category, Category::LocalResource, "{form:?}");
        assert_eq!(verdict.reason, Some(Reason::TooManyOpenFiles), "{form:?}");
    }
    println!("{} forms are right", FORMS.len());
}
