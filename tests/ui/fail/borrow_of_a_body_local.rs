//! What the group's body binds ends with the body, and the children may run longer.
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
fn directly() {
    group! {
        let text = String::from("x");
        let borrowed = &text;
        spawn! {
            yield_now();
            drop(borrowed.len());
        }
    }
}

#[vthread]
fn of_a_loop_variable(texts: Vec<String>) {
    group! {
        for text in texts {
            let borrowed = &text;
            spawn! { drop(borrowed.len()); }
        }
    }
}

#[vthread]
fn of_a_temporary() {
    group! {
        let borrowed: &str = &String::from("x");
        spawn! { drop(borrowed.len()); }
    }
}

#[vthread]
fn through_a_method() {
    group! {
        let text = String::from("x");
        let borrowed = text.as_str();
        spawn! { drop(borrowed.len()); }
    }
}

#[vthread]
fn through_a_pattern(pairs: Vec<(String, u32)>) {
    group! {
        for (ref text, _) in pairs {
            spawn! { drop(text.len()); }
        }
    }
}

fn main() {}
