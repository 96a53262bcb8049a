#[vthread]
impl<T: Clone> Slot<T> {
    #[plain]
    pub fn empty() -> Self {
        Slot { value: Mutex::new(None) }
    }

    pub fn put(&self, value: T) -> Option<T> {
        self.value.lock().replace(value)
    }
}
