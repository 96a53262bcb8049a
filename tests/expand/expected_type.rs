#[vthread]
fn first(pages: &Pages) -> Option<Box<dyn Page>> {
    wrap(Box::new(pages))
}
