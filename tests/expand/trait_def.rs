#[vthread]
pub trait Store {
    fn load(&self, key: &str) -> Option<String>;
}

#[vthread]
impl Store for Disk {
    fn load(&self, key: &str) -> Option<String> {
        read_file(key)
    }
}
