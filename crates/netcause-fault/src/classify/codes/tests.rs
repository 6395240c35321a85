use super::{Dialect, Meaning, TABLES, meaning, of_fault, of_key};
use crate::{Category, Fault};

fn category(dialect: Dialect, code: &str) -> Option<Category> {
    match meaning(dialect, code)? {
        Meaning::Fault(code) => Some(code.category),
        Meaning::Harmless => None,
    }
}

#[test]
fn a_state_without_a_line_has_that_of_its_class() {
    assert_eq!(category(Dialect::SqlState, "57P01"), Some(Category::Unavailable));
    assert_eq!(category(Dialect::SqlState, "57P09"), Some(Category::Unavailable));
    assert_eq!(category(Dialect::SqlState, "28000"), Some(Category::Auth));
}

#[test]
fn what_speaks_of_the_statement_is_harmless_and_what_says_nothing_says_nothing() {
    for code in ["42P01", "23505", "22012", "P0001"] {
        assert_eq!(meaning(Dialect::SqlState, code), Some(Meaning::Harmless), "{code}");
    }
    for code in ["00000", "HY000", "42000", "timed", "4211", "ABCDEF"] {
        assert_eq!(meaning(Dialect::SqlState, code), None, "{code}");
    }
    assert_eq!(meaning(Dialect::MySql, "1064"), Some(Meaning::Harmless));
    assert_eq!(meaning(Dialect::MySql, "111"), None);
}

#[test]
fn a_name_of_amqp_is_one_however_it_is_joined() {
    for name in ["ACCESS_REFUSED", "ACCESS-REFUSED", "ACCESSREFUSED"] {
        assert_eq!(category(Dialect::Amqp, name), Some(Category::Auth), "{name}");
    }
    assert_eq!(category(Dialect::Amqp, "NO_SUCH_NAME"), None);
}

#[test]
fn every_key_is_one_line_and_every_hint_says_something() {
    let mut keys: Vec<_> = TABLES.iter().copied().flatten().map(|code| code.key).collect();
    let lines = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), lines);
    for key in keys {
        let code = of_key(key).unwrap();
        assert!(code.hint.len() > 20 && !code.name().is_empty(), "{key}");
    }
}

#[test]
fn the_category_tells_which_line_a_stated_fault_means() {
    let mut fault = Fault::new(Category::PoolExhausted);
    fault.code = Some("NOT_ALLOWED".into());
    assert_eq!(of_fault(&fault), of_key("NOT_ALLOWED limit"));
    fault.category = Category::Dns;
    assert_eq!(of_fault(&fault), None);
}
