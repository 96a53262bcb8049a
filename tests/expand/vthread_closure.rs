#[vthread]
fn bodies(pages: &[Page]) -> Result<Vec<String>, Error> {
    map_concurrent(pages, 8, closure!(|page| fetch(page)))
}
