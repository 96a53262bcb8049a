//! Vthread closures as services of tower's, and as routes of axum's.

use axum::Router;
use axum::body::{Body, to_bytes};
use hyper::{Request, Response};
use std::convert::Infallible;
use std::time::Duration;
use tower::{Service, ServiceExt};
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;

#[vthread]
fn halve(n: u32) -> Result<u32, String> {
    sleep(Duration::from_millis(1));
    if n.is_multiple_of(2) {
        Ok(n / 2)
    } else {
        Err(format!("{n} is odd"))
    }
}

#[test]
#[vthread]
fn a_closure_is_a_service_with_layers() {
    let mut service = vthread::tower::service(closure!(|n: u32| halve(n)))
        .map_request(|n: u32| n + 2)
        .map_err(|error| error.len());
    let service = service.ready().await.unwrap();
    assert_eq!(service.call(40).await, Ok(21));
    assert_eq!(service.call(41).await, Err("43 is odd".len()));
}

#[test]
#[vthread]
fn a_panic_of_the_closure_is_one_of_the_future() {
    let broken = vthread::tower::service(closure!(|_: u32| -> Result<u32, String> {
        vthread::yield_now();
        panic!("as it was asked")
    }));
    let caught = catch_unwind! { broken.oneshot(1).await };
    assert_eq!(
        *caught.unwrap_err().downcast::<&str>().unwrap(),
        "as it was asked"
    );
}

#[test]
#[vthread]
fn a_dropped_future_cancels_the_vthread() {
    struct Told(vthread::sync::Sender<()>);
    impl Drop for Told {
        fn drop(&mut self) {
            let _ = self.0.try_send(());
        }
    }
    let (tx, rx) = channel(1);
    let (begun, has_begun) = channel(1);
    let endless = vthread::tower::service(closure!(move |_: u32| -> Result<(), String> {
        let _told = Told(tx.clone());
        begun.send(()).unwrap();
        sleep(Duration::from_secs(3600));
        Ok(())
    }));
    group! {
        select! {
            _ = endless.oneshot(1).await => unreachable!(),
            begun = has_begun.recv() => begun.unwrap(),
        }
        rx.recv().unwrap();
    }
}

#[vthread]
fn page(request: Request<Body>) -> Response<Body> {
    sleep(Duration::from_millis(1));
    Response::new(Body::from(format!("page {}", request.uri().path())))
}

#[test]
#[vthread]
fn a_closure_is_a_route_of_axums() {
    let route = vthread::tower::service(closure!(|request: Request<Body>| {
        Ok::<_, Infallible>(page(request))
    }));
    let router: Router = Router::new().route_service("/page", route);
    let request = Request::get("/page").body(Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    let body = to_bytes(answer.into_body(), 100).await.unwrap();
    assert_eq!(body, "page /page");
}
