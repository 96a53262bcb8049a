#[vthread]
fn rename(users: &Users, id: u64, name: &str) -> Result<(), Error> {
    let mut user = users.get(id)?;
    user.name = name.trim().to_lowercase();
    users.store(user)
}
