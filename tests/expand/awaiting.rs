#[vthread]
fn greet(client: &HttpClient) -> String {
    let response = client.request("/hello").await;
    let text = async { response.text().await };
    text.await
}
