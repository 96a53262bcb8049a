#[vthread(dyn)]
pub trait Handler {
    fn handle(&self, request: &Request) -> Response;
}

#[vthread(dyn)]
impl Handler for Echo {
    fn handle(&self, request: &Request) -> Response {
        answer(request)
    }
}
