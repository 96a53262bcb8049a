//! A call is made by vthread code only: its frame would be polled as if it were one.
use vthread::Call;

fn main() {
    let _ = Call {
        frame: async {},
        _never_unpin: std::marker::PhantomPinned,
    };
}
