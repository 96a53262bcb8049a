#[track_caller]
fn depth(tree: &Tree) -> usize {
    rt::Call::block(__vthread_depth(tree))
}
#[doc(hidden)]
fn __vthread_depth(tree: &Tree) -> rt::call_type![usize] {
    '__l: {
        break '__l;
        let _ = depth;
    }
    let __f = async move {
        use rt::in_frame::*;
        let tree: &Tree = tree;
        '__l: {
            break '__l;
            let __r: usize = rt::any();
            return __r;
        }
        match () {
            () => '__frame: {
                {
                    let mut deepest = 0;
                    {
                        let __h = rt::head();
                        match __h.pass(&tree.children) {
                            __e => {
                                let (__m, __vt_over, mut __source) = rt::steps(
                                    '__l: {
                                        break '__l rt::chosen();
                                        __h[()]
                                    },
                                    __e,
                                );
                                for __vt_item in __vt_over {
                                    '__l: {
                                        break '__frame break '__l;
                                    }
                                    let child = if __m.is_plain() {
                                        __m.plain(__vt_item)
                                    } else {
                                        let __c = __m.source(&mut __source).next();
                                        match (unsafe { __m.which().frame(__c) }.await) {
                                            ::core::option::Option::Some(__x) => __x,
                                            ::core::option::Option::None => break,
                                        }
                                    };
                                    {
                                        deepest = deepest
                                            .max(
                                                (match __vthread_depth(child) {
                                                    __c => {
                                                        '__l: {
                                                            break '__frame break '__l;
                                                        }
                                                        let __f = unsafe {
                                                            rt::segment(rt::frame(__c))
                                                        };
                                                        __f.await
                                                    }
                                                }),
                                            );
                                    }
                                }
                            }
                        };
                    }
                    deepest + 1
                }
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[cfg(not(doc))]
#[doc(hidden)]
mod depth {
    pub(super) use super::__vthread_depth as __vthread_call;
    pub(super) use super::depth as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) use rt::__VTHREAD_KIND;
}
