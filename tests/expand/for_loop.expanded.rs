#[track_caller]
fn total(orders: Receiver<Order>) -> u64 {
    rt::Call::block(__vthread_total(orders))
}
#[doc(hidden)]
fn __vthread_total(orders: Receiver<Order>) -> rt::call_type![u64] {
    '__l: {
        break '__l;
        let _ = total;
    }
    let __f = async move {
        use rt::in_frame::*;
        let orders = orders;
        '__l: {
            break '__l;
            let __r: u64 = rt::any();
            return __r;
        }
        match () {
            () => '__frame: {
                {
                    let mut sum = 0;
                    {
                        let __h = rt::head();
                        match __h.pass(orders) {
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
                                    match {
                                        let __vt_item = if __m.is_plain() {
                                            __m.plain(__vt_item)
                                        } else {
                                            let __c = __m.source(&mut __source).next();
                                            match (unsafe { __m.which().frame(__c) }.await) {
                                                ::core::option::Option::Some(__x) => __x,
                                                ::core::option::Option::None => break,
                                            }
                                        };
                                        __vt_item
                                    } {
                                        _ if false => {}
                                        Order { price, n } => {
                                            sum += price * n;
                                        }
                                    }
                                }
                            }
                        };
                    }
                    sum
                }
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[cfg(not(doc))]
#[doc(hidden)]
mod total {
    pub(super) use super::__vthread_total as __vthread_call;
    pub(super) use super::total as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) use rt::__VTHREAD_KIND;
}
