#[vthread]
fn receivers(app: &App, all: Vec<Sender>) {
    app.users.lock();
    connect().send(1);
    all[app.next_at()].send(2);
    Client::open(3);
}
