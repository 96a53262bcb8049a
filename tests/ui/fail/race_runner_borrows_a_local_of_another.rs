use vthread::prelude::*;

#[vthread]
fn any<'a>(mirrors: &[u32]) -> Option<&'a str> {
    race!(error = (), for mirror in mirrors => {
        let text = mirror.to_string();
        Ok(text.as_str())
    })
    .ok()
}

fn main() {
    any(&[]);
}
