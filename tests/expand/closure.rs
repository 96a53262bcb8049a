#[vthread]
fn names(users: &Users, ids: &[u64]) -> Vec<String> {
    let names = ids.iter().map(|id| users.get(*id)).collect();
    notify(|line| log(line));
    names
}
