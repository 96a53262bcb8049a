#[track_caller]
fn rename(users: &Users, id: u64, name: &str) -> Result<(), Error> {
    rt::Call::block(__vthread_rename(users, id, name))
}
#[doc(hidden)]
fn __vthread_rename(
    users: &Users,
    id: u64,
    name: &str,
) -> rt::call_type![Result < (), Error >] {
    '__l: {
        break '__l;
        let _ = rename;
    }
    let __f = async move {
        use rt::in_frame::*;
        let users: &Users = users;
        let id = id;
        let name: &str = name;
        '__l: {
            break '__l;
            let __r: Result<(), Error> = rt::any();
            return __r;
        }
        match () {
            () => '__frame: {
                {
                    let mut user = (match users.get(id) {
                        __x => {
                            let __k = '__l: {
                                break '__frame break '__l __vt_chosen();
                                let __t = __vt_tag::<
                                    { rt::name_hash("get") },
                                    _,
                                    _,
                                >(&users, &__x);
                                __t[()]
                            };
                            if __k.is_plain {
                                __k.plain(__x)
                            } else {
                                unsafe { __k.frame(__x) }.await
                            }
                        }
                    })?;
                    user.name = name.trim().to_lowercase();
                    (match users.store(user) {
                        __x => {
                            let __k = '__l: {
                                break '__frame break '__l __vt_chosen();
                                let __t = __vt_tag::<
                                    { rt::name_hash("store") },
                                    _,
                                    _,
                                >(&users, &__x);
                                __t[()]
                            };
                            if __k.is_plain {
                                __k.plain(__x)
                            } else {
                                unsafe { __k.frame(__x) }.await
                            }
                        }
                    })
                }
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[cfg(not(doc))]
#[doc(hidden)]
mod rename {
    pub(super) use super::__vthread_rename as __vthread_call;
    pub(super) use super::rename as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) use rt::__VTHREAD_KIND;
}
