#[track_caller]
fn rename(users: &Users, id: u64, name: &str) -> Result<(), Error> {
    rt::Call::wait(__vthread_rename(users, id, name))
}
#[doc(hidden)]
fn __vthread_rename(
    users: &Users,
    id: u64,
    name: &str,
) -> rt::Call<rt::frame_type![Result < (), Error >]> {
    '__l: {
        break '__l;
        let _ = rename;
    }
    let __f = async move {
        use rt::traits::*;
        let users = users;
        let id = id;
        let name = name;
        '__l: {
            break '__l;
            let __r: Result<(), Error> = rt::any();
            return __r;
        }
        '__frame: {
            {
                let mut user = ({
                    let __t = __VthreadTag::<
                        { rt::name_hash("get") },
                        _,
                        _,
                    >(__VthreadPhantom);
                    match users.get(id) {
                        __x => {
                            '__l: {
                                break '__l;
                                __t.of(&users, &__x);
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
                })?;
                user.name = name.trim().to_lowercase();
                ({
                    let __t = __VthreadTag::<
                        { rt::name_hash("store") },
                        _,
                        _,
                    >(__VthreadPhantom);
                    match users.store(user) {
                        __x => {
                            '__l: {
                                break '__l;
                                __t.of(&users, &__x);
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
                })
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[doc(hidden)]
mod rename {
    pub(super) use super::__vthread_rename as __vthread_call;
    pub(super) use super::rename as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) const __VTHREAD_KIND: rt::FunctionKind = rt::FunctionKind;
}
