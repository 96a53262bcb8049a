/// Reads a page twice.
#[vthread]
pub(crate) fn read_twice(url: &str) -> Result<usize, Error> {
    let first = fetch(url)?;
    let second = pages::fetch(url)?;
    Ok(first.len() + second.len())
}
