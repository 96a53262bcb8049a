//! axum's router, served by vthreads.

use crate::client::{ask, connect1, connect2, listen, request, text};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use hyper::StatusCode;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use vthread::hyper::serve;
use vthread::prelude::*;

/// A vthread of a handler.
#[vthread]
fn double(n: u32) -> u32 {
    vthread::time::sleep(std::time::Duration::from_millis(1));
    2 * n
}

/// axum's handlers are async: they spawn a vthread, and await it.
async fn doubled(Path(n): Path<u32>) -> Result<String, StatusCode> {
    let task = vthread::background! { double(n) }.cancel_on_drop();
    let n = task.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(n.to_string())
}

async fn counted(State(n): State<Arc<AtomicUsize>>, body: String) -> String {
    format!("{} {body}", n.fetch_add(1, Ordering::SeqCst) + 1)
}

#[test]
#[vthread]
fn a_router_of_axums_is_served() {
    let (listener, address) = listen();
    let router = Router::new()
        .route("/double/{n}", get(doubled))
        .route("/count", post(counted))
        .with_state(Arc::new(AtomicUsize::new(0)));
    group! {
        spawn!(service => { serve(&listener, TowerToHyperService::new(router)).unwrap(); });
        assert!(ask(address, "/double/21").unwrap().ends_with("42"));
        assert!(ask(address, "/nowhere").unwrap().starts_with("HTTP/1.1 404"));
        let mut first = connect1::<String>(address);
        let answer = first.send_request(request("/count", "a".to_owned())).await.unwrap();
        assert_eq!(text(answer).unwrap().1, "1 a");
        let mut second = connect2::<String>(address);
        let answer = second.send_request(request("/count", "b".to_owned())).await.unwrap();
        assert_eq!(text(answer).unwrap().1, "2 b");
    }
}
