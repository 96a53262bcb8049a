#[vthread]
fn first_or(ids: &[u64], other: u64) -> Result<u64, Error> {
    'all: for id in ids {
        group! {
            let found = spawn! { find(*id) };
            if *id == other {
                continue 'all;
            }
            return Ok(found.join());
        }?;
    }
    Ok(other)
}
