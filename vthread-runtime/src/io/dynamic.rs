//! References and boxes of streams of which only a trait is known.

use super::{BufRead, Read, Seek, Write};

macro_rules! dynamic {
    ($($of:ident: $dynamic:ty;)*) => {
        $(
            crate::__vthread_io_forward! { $of [] [&mut ($dynamic)] [] self => &mut **self }
            crate::__vthread_io_forward! { $of [] [Box<$dynamic>] [] self => &mut **self }
        )*
    };
}

dynamic! {
    Read: dyn Read + '_;
    Read: dyn Read + Send + '_;
    Read: dyn Read + Sync + '_;
    Read: dyn Read + Send + Sync + '_;
    Write: dyn Write + '_;
    Write: dyn Write + Send + '_;
    Write: dyn Write + Sync + '_;
    Write: dyn Write + Send + Sync + '_;
    Seek: dyn Seek + '_;
    Seek: dyn Seek + Send + '_;
    Seek: dyn Seek + Sync + '_;
    Seek: dyn Seek + Send + Sync + '_;
    BufRead: dyn BufRead + '_;
    BufRead: dyn BufRead + Send + '_;
    BufRead: dyn BufRead + Sync + '_;
    BufRead: dyn BufRead + Send + Sync + '_;
    Read: dyn BufRead + '_;
    Read: dyn BufRead + Send + '_;
    Read: dyn BufRead + Sync + '_;
    Read: dyn BufRead + Send + Sync + '_;
}
