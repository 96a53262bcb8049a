#[track_caller]
fn read_all(urls: &[String]) -> Result<usize, Error> {
    rt::Call::block(__vthread_read_all(urls))
}
#[doc(hidden)]
fn __vthread_read_all(
    urls: &[String],
) -> rt::call_type![Result < usize, Error >] {
    '__l: {
        break '__l;
        let _ = read_all;
    }
    let __f = async move {
        use rt::in_frame::*;
        let urls: &[String] = urls;
        '__l: {
            break '__l;
            let __r: Result<usize, Error> = rt::any();
            return __r;
        }
        match () {
            () => '__frame: {
                {
                    let total = (match Mutex::new(0) {
                        __x => {
                            let __k = '__l: {
                                break '__frame break '__l __vt_chosen();
                                let __t = __vt_tag_of_result(&__x);
                                __t[()]
                            };
                            if __k.is_plain {
                                __k.plain(__x)
                            } else {
                                unsafe { __k.frame(__x) }.await
                            }
                        }
                    });
                    (({
                        use ::vthread::__macros::*;
                        use group as a_group_not_of_vthread_needs_a_path_or_another_name;
                        use a_group_not_of_vthread_needs_a_path_or_another_name as _;
                        ({
                            let __options = rt::GroupOptions::new();
                            let __o = unsafe {
                                rt::Owner::<_>::new(__options)
                            };
                            let __group1 = unsafe {
                                rt::Owner::group(&__o)
                            };
                            '__l: {
                                break '__l;
                                return Err(
                                    rt::Group::err(&__group1),
                                );
                            }
                            '__l: {
                                break '__l;
                                rt::error_is_send(&__group1);
                            }
                            rt::Owner::set_error_format(
                                &__o,
                                '__l: {
                                    break '__l rt::chosen();
                                    rt::error_format(&__o)[()]
                                },
                            );
                            let this_group = unsafe {
                                rt::Group::dup(&__group1)
                            };
                            let __b = async {
                                '__frame: {
                                    let this_group = this_group;
                                    let the_group_2 = &this_group;
                                    let __error3 = rt::Group::error_type(
                                        &this_group,
                                    );
                                    '__l: {
                                        break '__l;
                                        return Err(
                                            rt::Group::err(&this_group),
                                        );
                                    }
                                    let __v = {
                                        {
                                            let __h = rt::head();
                                            match __h.pass(urls) {
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
                                                        let url = if __m.is_plain() {
                                                            __m.plain(__vt_item)
                                                        } else {
                                                            let __c = __m.source(&mut __source).next();
                                                            match (unsafe { __m.which().frame(__c) }.await) {
                                                                ::core::option::Option::Some(__x) => __x,
                                                                ::core::option::Option::None => break,
                                                            }
                                                        };
                                                        {
                                                            (({
                                                                use ::vthread::__macros::*;
                                                                use spawn as a_spawn_not_of_vthread_needs_a_path_or_another_name;
                                                                use a_spawn_not_of_vthread_needs_a_path_or_another_name as _;
                                                                let __g: &rt::Group<'_, _> = the_group_2;
                                                                let __room = unsafe {
                                                                    rt::acquire_permit(__g)
                                                                };
                                                                '__l: {
                                                                    break '__frame break '__l;
                                                                }
                                                                let __permit = __room.await;
                                                                let url = rt::Move(url);
                                                                let __error5 = rt::Move(
                                                                    rt::Group::error_type(__g),
                                                                );
                                                                let __f = async {
                                                                    '__frame: {
                                                                        let __error5 = rt::Move::take(__error5);
                                                                        '__l: {
                                                                            break '__l;
                                                                            return Err(
                                                                                rt::error_value(&__error5),
                                                                            );
                                                                        }
                                                                        let url = rt::Move::take(url);
                                                                        let __v = {
                                                                            let page = (match (match ({
                                                                                use rt::none as a_type_needs_a_capital;
                                                                                use fetch as __vthread_call;
                                                                                {
                                                                                    use fetch as a_type_needs_a_capital;
                                                                                    {
                                                                                        use a_type_needs_a_capital::*;
                                                                                        __vthread_call
                                                                                    }
                                                                                }
                                                                            })(url) {
                                                                                __x => {
                                                                                    '__l: {
                                                                                        break '__frame break '__l;
                                                                                    }
                                                                                    let __k = ({
                                                                                        use rt::none as a_type_needs_a_capital;
                                                                                        use rt::no::__VTHREAD_KIND;
                                                                                        {
                                                                                            use fetch as a_type_needs_a_capital;
                                                                                            {
                                                                                                use a_type_needs_a_capital::*;
                                                                                                use fetch as a_vthread_fn_and_a_plain_fn_of_this_name;
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
                                                                            }) {
                                                                                __x => {
                                                                                    rt::claim_failure(
                                                                                        '__l: {
                                                                                            break '__l rt::chosen();
                                                                                            rt::Attempt::ask(&__x)[()]
                                                                                        },
                                                                                        &__x,
                                                                                    );
                                                                                    __x
                                                                                }
                                                                            })?;
                                                                            *(match total.lock() {
                                                                                __x => {
                                                                                    let __k = '__l: {
                                                                                        break '__frame break '__l __vt_chosen();
                                                                                        let __t = __vt_tag::<
                                                                                            { rt::name_hash("lock") },
                                                                                            _,
                                                                                            _,
                                                                                        >(&total, &__x);
                                                                                        __t[()]
                                                                                    };
                                                                                    if __k.is_plain {
                                                                                        __k.plain(__x)
                                                                                    } else {
                                                                                        unsafe { __k.frame(__x) }.await
                                                                                    }
                                                                                }
                                                                            }) += page.len();
                                                                        };
                                                                        Ok(__v)
                                                                    }
                                                                };
                                                                let __options = rt::SpawnOptions::new();
                                                                unsafe {
                                                                    rt::spawn(__g, __permit, __options, __f)
                                                                }
                                                            }));
                                                        }
                                                    }
                                                }
                                            };
                                        }
                                    };
                                    Ok(rt::Ctl::Val(__v))
                                }
                            };
                            '__l: {
                                break '__frame break '__l;
                            }
                            let __run = unsafe {
                                rt::Owner::run(&__o, __group1, __b)
                            };
                            (match __run.await {
                                Ok(
                                    rt::Ctl::Val(__v),
                                ) => Ok(__v),
                                Err(__e) => {
                                    Err(__e)
                                }
                                Ok(
                                    rt::Ctl::Out(__x),
                                ) => {
                                    match __x {
                                        __v => rt::absurd(__v),
                                    }
                                }
                            })
                        })
                    }))?;
                    Ok(total.into_inner())
                }
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[cfg(not(doc))]
#[doc(hidden)]
mod read_all {
    pub(super) use super::__vthread_read_all as __vthread_call;
    pub(super) use super::read_all as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) use rt::__VTHREAD_KIND;
}
