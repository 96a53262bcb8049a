#[track_caller]
fn receivers(app: &App, all: Vec<Sender>) {
    rt::Call::wait(__vthread_receivers(app, all))
}
#[doc(hidden)]
fn __vthread_receivers(
    app: &App,
    all: Vec<Sender>,
) -> rt::Call<rt::frame_type![()]> {
    '__l: {
        break '__l;
        let _ = receivers;
    }
    let __f = async move {
        use rt::traits::*;
        let app = app;
        let all = all;
        '__frame: {
            {
                ({
                    let __t = __VthreadTag::<
                        { rt::name_hash("lock") },
                        _,
                        _,
                    >(__VthreadPhantom);
                    match app.users.lock() {
                        __x => {
                            '__l: {
                                break '__l;
                                __t.of_raw(&raw const app.users, &__x);
                                break '__frame break '__l;
                            }
                            let __k = (&__t).__vthread_which();
                            match __k {
                                __VthreadPlain(__w) => __w.plain(__x),
                                __VthreadCall(__w) => {
                                    let __f = unsafe { __w.frame(__x) };
                                    __f.await
                                }
                            }
                        }
                    }
                });
                ({
                    let __t = __VthreadTag::<
                        { rt::name_hash("send") },
                        _,
                        _,
                    >(__VthreadPhantom);
                    match __t
                        .pass(
                            (match ({
                                use rt::none as __c;
                                use connect as __vthread_call;
                                {
                                    use connect as __c;
                                    {
                                        use __c::*;
                                        __vthread_call
                                    }
                                }
                            })() {
                                __x => {
                                    '__l: {
                                        break '__l;
                                        break '__frame break '__l;
                                    }
                                    let __k = ({
                                        use rt::none as __c;
                                        use rt::no::__VTHREAD_KIND;
                                        {
                                            use connect as __c;
                                            {
                                                use __c::*;
                                                use connect as a_vthread_fn_and_a_plain_fn_of_this_name;
                                                use a_vthread_fn_and_a_plain_fn_of_this_name as _;
                                                __VTHREAD_KIND
                                            }
                                        }
                                    })
                                        .which();
                                    match __k {
                                        __VthreadPlain(__w) => __w.plain(__x),
                                        __VthreadCall(__w) => {
                                            let __f = unsafe { __w.frame(__x) };
                                            __f.await
                                        }
                                    }
                                }
                            }),
                        )
                        .send(1)
                    {
                        __x => {
                            '__l: {
                                break '__l;
                                __t.res(&__x);
                                break '__frame break '__l;
                            }
                            let __k = (&__t).__vthread_which();
                            match __k {
                                __VthreadPlain(__w) => __w.plain(__x),
                                __VthreadCall(__w) => {
                                    let __f = unsafe { __w.frame(__x) };
                                    __f.await
                                }
                            }
                        }
                    }
                });
                ({
                    let __t = __VthreadTag::<
                        { rt::name_hash("send") },
                        _,
                        _,
                    >(__VthreadPhantom);
                    let __index1 = __VthreadTy::<_>(__VthreadPhantom);
                    match all[__index1
                            .pass(
                                ({
                                    let __t = __VthreadTag::<
                                        { rt::name_hash("next_at") },
                                        _,
                                        _,
                                    >(__VthreadPhantom);
                                    match app.next_at() {
                                        __x => {
                                            '__l: {
                                                break '__l;
                                                __t.of(&app, &__x);
                                                break '__frame break '__l;
                                            }
                                            let __k = (&__t).__vthread_which();
                                            match __k {
                                                __VthreadPlain(__w) => __w.plain(__x),
                                                __VthreadCall(__w) => {
                                                    let __f = unsafe { __w.frame(__x) };
                                                    __f.await
                                                }
                                            }
                                        }
                                    }
                                }),
                            )]
                        .send(2)
                    {
                        __x => {
                            '__l: {
                                break '__l;
                                __t.of(&all[__index1.any()], &__x);
                                break '__frame break '__l;
                            }
                            let __k = (&__t).__vthread_which();
                            match __k {
                                __VthreadPlain(__w) => __w.plain(__x),
                                __VthreadCall(__w) => {
                                    let __f = unsafe { __w.frame(__x) };
                                    __f.await
                                }
                            }
                        }
                    }
                });
                (match Client::open(3) {
                    __x => {
                        let __t = __VthreadTag::<
                            0,
                            rt::Unnamed,
                            _,
                        >(__VthreadPhantom);
                        '__l: {
                            break '__l;
                            __t.res(&__x);
                            {
                                use rt::blocking::of_open::*;
                                (&__t).blocks();
                            }
                            break '__frame break '__l;
                        }
                        let __k = (&__t).__vthread_which();
                        match __k {
                            __VthreadPlain(__w) => __w.plain(__x),
                            __VthreadCall(__w) => {
                                let __f = unsafe { __w.frame(__x) };
                                __f.await
                            }
                        }
                    }
                });
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[doc(hidden)]
mod receivers {
    pub(super) use super::__vthread_receivers as __vthread_call;
    pub(super) use super::receivers as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) const __VTHREAD_KIND: rt::FunctionKind = rt::FunctionKind;
}
