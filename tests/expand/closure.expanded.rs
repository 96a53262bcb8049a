#[track_caller]
fn names(users: &Users, ids: &[u64]) -> Vec<String> {
    rt::Call::wait(__vthread_names(users, ids))
}
#[doc(hidden)]
fn __vthread_names(
    users: &Users,
    ids: &[u64],
) -> rt::Call<rt::frame_type![Vec < String >]> {
    '__l: {
        break '__l;
        let _ = names;
    }
    let __f = async move {
        use rt::traits::*;
        let users = users;
        let ids = ids;
        '__l: {
            break '__l;
            let __r: Vec<String> = rt::any();
            return __r;
        }
        '__frame: {
            {
                let names = ids
                    .iter()
                    .map(|id| {
                        ({
                            let __t = __VthreadTag::<
                                { rt::name_hash("get") },
                                _,
                                _,
                            >(__VthreadPhantom);
                            match users.get(*id) {
                                __x => {
                                    '__l: {
                                        break '__l;
                                        __t.of(&users, &__x);
                                    }
                                    let __k = (&__t).__vthread_which();
                                    match __k {
                                        __VthreadPlain(__w) => __w.plain(__x),
                                        __VthreadCall(__w) => __w.block(__x),
                                    }
                                }
                            }
                        })
                    })
                    .collect();
                (match ({
                    use rt::none as __c;
                    use notify as __vthread_call;
                    {
                        use notify as __c;
                        {
                            use __c::*;
                            __vthread_call(|line| log(line))
                        }
                    }
                }) {
                    __x => {
                        '__l: {
                            break '__l;
                            break '__frame break '__l;
                        }
                        let __k = ({
                            use rt::none as __c;
                            use rt::no::__VTHREAD_KIND;
                            {
                                use notify as __c;
                                {
                                    use __c::*;
                                    use notify as a_vthread_fn_and_a_plain_fn_of_this_name;
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
                });
                names
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[doc(hidden)]
mod names {
    pub(super) use super::__vthread_names as __vthread_call;
    pub(super) use super::names as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) const __VTHREAD_KIND: rt::FunctionKind = rt::FunctionKind;
}
