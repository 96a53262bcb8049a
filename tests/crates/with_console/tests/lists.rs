//! tokio-console lists vthreads: its subscriber serves them, and its client reads them.

use console_api::Field;
use console_api::field::{Name, Value};
use console_api::instrument::instrument_client::InstrumentClient;
use console_api::instrument::{InstrumentRequest, Update};
use console_subscriber::ConsoleLayer;
use std::collections::HashMap;
use std::time::Duration;
use tracing_subscriber::prelude::*;
use vthread::prelude::*;
use vthread::sync::{Receiver, channel};

/// A named vthread that waits until `end` is closed.
#[vthread]
fn is_listed(end: Receiver<()>) {
    group!(name = "of the test" => {
        spawn!(name = "listed by the console" => {
            while end.recv().is_ok() {}
        });
    });
}

/// The tasks of the console, by their fields.
#[derive(Default)]
struct Tasks {
    tasks: HashMap<u64, HashMap<String, String>>,
    /// The number of polls of each.
    polls: HashMap<u64, u64>,
}

impl Tasks {
    fn learn(&mut self, update: Update) {
        let Some(update) = update.task_update else {
            return;
        };
        for task in update.new_tasks {
            let fields = task.fields.into_iter().filter_map(text).collect();
            self.tasks.insert(task.id.unwrap().id, fields);
        }
        for (id, stats) in update.stats_update {
            let polls = stats.poll_stats.map_or(0, |stats| stats.polls);
            self.polls.insert(id, polls);
        }
    }

    /// The fields of the task with this name, once it was polled.
    fn named(&self, name: &str) -> Option<&HashMap<String, String>> {
        let has_name =
            |fields: &&HashMap<_, _>| fields.get("task.name").is_some_and(|it| it == name);
        let (id, fields) = self.tasks.iter().find(|(_, fields)| has_name(fields))?;
        (self.polls.get(id) >= Some(&1)).then_some(fields)
    }
}

fn text(field: Field) -> Option<(String, String)> {
    let Some(Name::StrName(name)) = field.name else {
        return None;
    };
    let value = match field.value? {
        Value::StrVal(text) | Value::DebugVal(text) => text,
        Value::U64Val(number) => number.to_string(),
        _ => return None,
    };
    Some((name, value))
}

/// Reads the console's updates until the vthread is there.
async fn reads(port: u16) -> HashMap<String, String> {
    let url = format!("http://127.0.0.1:{port}");
    // The server begins to listen on a thread of its own.
    let mut client = loop {
        match InstrumentClient::connect(url.clone()).await {
            Ok(client) => break client,
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    };
    let updates = client.watch_updates(InstrumentRequest {}).await.unwrap();
    let mut updates = updates.into_inner();
    let mut tasks = Tasks::default();
    loop {
        let update = updates.message().await.unwrap();
        tasks.learn(update.expect("the server goes on"));
        if let Some(fields) = tasks.named("listed by the console") {
            return fields.clone();
        }
    }
}

#[test]
fn a_named_vthread_is_listed() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let layer = ConsoleLayer::builder()
        .server_addr(([127, 0, 0, 1], port))
        .publish_interval(Duration::from_millis(50))
        .spawn();
    tracing_subscriber::registry().with(layer).init();
    let (end, ends) = channel(1);
    let vthreads = std::thread::spawn(|| is_listed(ends));
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let read = async { tokio::time::timeout(Duration::from_secs(30), reads(port)).await };
    let fields = runtime.block_on(read).expect("it is listed in time");
    drop(end);
    vthreads.join().unwrap();
    assert_eq!(fields["kind"], "vthread");
    assert_eq!(fields["group.name"], "of the test");
}
