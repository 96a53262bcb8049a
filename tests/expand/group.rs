#[vthread]
fn read_all(urls: &[String]) -> Result<usize, Error> {
    let total = Mutex::new(0);
    group! {
        for url in urls {
            spawn! {
                let page = fetch(url)?;
                *total.lock() += page.len();
            }
        }
    }?;
    Ok(total.into_inner())
}
