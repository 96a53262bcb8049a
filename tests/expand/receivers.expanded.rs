#[track_caller]
fn receivers(app: &App, all: Vec<Sender>) {
    rt::Call::block(__vthread_receivers(app, all))
}
#[doc(hidden)]
fn __vthread_receivers(app: &App, all: Vec<Sender>) -> rt::call_type![()] {
    '__l: {
        break '__l;
        let _ = receivers;
    }
    let __f = async move {
        use rt::in_frame::*;
        let app: &App = app;
        let all = all;
        match () {
            () => '__frame: {
                {
                    (match app.users.lock() {
                        __x => {
                            let __k = '__l: {
                                break '__frame break '__l __vt_chosen();
                                let __t = __vt_tag_of_raw::<
                                    { rt::name_hash("lock") },
                                    _,
                                    _,
                                >(&raw const app.users, &__x);
                                __t[()]
                            };
                            if __k.is_plain {
                                __k.plain(__x)
                            } else {
                                unsafe { __k.frame(__x) }.await
                            }
                        }
                    });
                    ({
                        let __r = __vt_ty();
                        match __r
                            .pass(
                                (match ({
                                    use rt::none as a_type_needs_a_capital;
                                    use connect as __vthread_call;
                                    {
                                        use connect as a_type_needs_a_capital;
                                        {
                                            use a_type_needs_a_capital::*;
                                            __vthread_call
                                        }
                                    }
                                })() {
                                    __x => {
                                        let __k = ({
                                            use rt::none as a_type_needs_a_capital;
                                            use rt::no::__VTHREAD_KIND;
                                            {
                                                use connect as a_type_needs_a_capital;
                                                {
                                                    use a_type_needs_a_capital::*;
                                                    use connect as a_vthread_fn_and_a_plain_fn_of_this_name;
                                                    use a_vthread_fn_and_a_plain_fn_of_this_name as _;
                                                    __VTHREAD_KIND
                                                }
                                            }
                                        });
                                        if __k.is_plain {
                                            __k.plain(__x)
                                        } else {
                                            unsafe { __k.frame(__x) }.await
                                        }
                                    }
                                }),
                            )
                            .send(1)
                        {
                            __x => {
                                let __k = '__l: {
                                    break '__frame break '__l __vt_chosen();
                                    let __t = __vt_tag_of_value::<
                                        { rt::name_hash("send") },
                                        _,
                                        _,
                                    >(&__r, &__x);
                                    __t[()]
                                };
                                if __k.is_plain {
                                    __k.plain(__x)
                                } else {
                                    unsafe { __k.frame(__x) }.await
                                }
                            }
                        }
                    });
                    ({
                        let __index1 = __vt_ty();
                        match all[__index1
                                .pass(
                                    (match app.next_at() {
                                        __x => {
                                            let __k = '__l: {
                                                break '__l __vt_chosen();
                                                let __t = __vt_tag::<
                                                    { rt::name_hash("next_at") },
                                                    _,
                                                    _,
                                                >(&app, &__x);
                                                __t[()]
                                            };
                                            if __k.is_plain {
                                                __k.plain(__x)
                                            } else {
                                                unsafe { __k.frame(__x) }.await
                                            }
                                        }
                                    }),
                                )]
                            .send(2)
                        {
                            __x => {
                                let __k = '__l: {
                                    break '__frame break '__l __vt_chosen();
                                    let __t = __vt_tag::<
                                        { rt::name_hash("send") },
                                        _,
                                        _,
                                    >(&all[__index1.any()], &__x);
                                    __t[()]
                                };
                                if __k.is_plain {
                                    __k.plain(__x)
                                } else {
                                    unsafe { __k.frame(__x) }.await
                                }
                            }
                        }
                    });
                    (match Client::open(3) {
                        __x => {
                            let __k = '__l: {
                                break '__frame break '__l __vt_chosen();
                                let __t = __vt_tag_of_result(&__x);
                                rt::blocking::of::<
                                    rt::blocking::of_open,
                                    _,
                                >(&__t)[()]
                                    .blocks();
                                __t[()]
                            };
                            if __k.is_plain {
                                __k.plain(__x)
                            } else {
                                unsafe { __k.frame(__x) }.await
                            }
                        }
                    });
                }
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[cfg(not(doc))]
#[doc(hidden)]
mod receivers {
    pub(super) use super::__vthread_receivers as __vthread_call;
    pub(super) use super::receivers as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) use rt::__VTHREAD_KIND;
}
