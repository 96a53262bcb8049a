//! Methods of another crate's types.

use exporter::client::{Client, Handle, chunk};
use exporter::proof::{begin, n_pauses};
use std::sync::Arc;
use vthread::prelude::*;

type Texts = Client<String>;

#[vthread]
fn methods() -> Result<Vec<String>, String> {
    begin().await;
    let mut client = Texts::connect("a".to_owned())?;
    client.note("one").note("two");
    let mut out = vec![client.get(), client.last("none").to_owned()];
    out.push(client.n_notes().to_string());
    out.push(client.with(|text| text.len()).to_string());
    let shared = Arc::new(Handle(Client::connect(5)?));
    out.push((shared.get() + shared.value).to_string());
    out.push(format!("{:?}", chunk::<2>(b"xyz")));
    out.push(Client::get(&client) + &<Client<String>>::last(&client, ""));
    group! {
        let task = spawn! { client.last("none").len() + shared.n_notes() };
        out.push(task.join().to_string());
    }?;
    Ok(out)
}

#[test]
fn methods_suspend() {
    let expected = ["a", "two", "2", "1", "10", "Some([120, 121])", "atwo", "3"];
    assert_eq!(methods().unwrap(), expected);
    assert_eq!(n_pauses(), 1 + 2 + 2 + 1 + 2 + 1 + 2);
    assert_eq!(Client::connect(1).block().unwrap().get().block(), 1);
}
