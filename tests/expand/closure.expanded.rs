#[track_caller]
fn names(users: &Users, ids: &[u64]) -> Vec<String> {
    rt::Call::block(__vthread_names(users, ids))
}
#[doc(hidden)]
fn __vthread_names(
    users: &Users,
    ids: &[u64],
) -> rt::call_type![Vec < String >] {
    '__l: {
        break '__l;
        let _ = names;
    }
    let __f = async move {
        use rt::in_frame::*;
        let users: &Users = users;
        let ids: &[u64] = ids;
        '__l: {
            break '__l;
            let __r: Vec<String> = rt::any();
            return __r;
        }
        match () {
            () => '__frame: {
                {
                    let names = ids
                        .iter()
                        .map(|id| {
                            (match users.get(*id) {
                                __x => {
                                    let __k = '__l: {
                                        break '__l __vt_chosen();
                                        let __t = __vt_tag::<
                                            { rt::name_hash("get") },
                                            _,
                                            _,
                                        >(&users, &__x);
                                        __t[()]
                                    };
                                    if __k.is_plain { __k.plain(__x) } else { __k.block(__x) }
                                }
                            })
                        })
                        .collect();
                    (match ({
                        use rt::none as a_type_needs_a_capital;
                        use notify as __vthread_call;
                        {
                            use notify as a_type_needs_a_capital;
                            {
                                use a_type_needs_a_capital::*;
                                __vthread_call(|line| log(line))
                            }
                        }
                    }) {
                        __x => {
                            '__l: {
                                break '__frame break '__l;
                            }
                            let __k = ({
                                use rt::none as a_type_needs_a_capital;
                                use rt::no::__VTHREAD_KIND;
                                {
                                    use notify as a_type_needs_a_capital;
                                    {
                                        use a_type_needs_a_capital::*;
                                        use notify as a_vthread_fn_and_a_plain_fn_of_this_name;
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
                    });
                    names
                }
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[cfg(not(doc))]
#[doc(hidden)]
mod names {
    pub(super) use super::__vthread_names as __vthread_call;
    pub(super) use super::names as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) use rt::__VTHREAD_KIND;
}
