#[track_caller]
fn bodies(pages: &[Page]) -> Result<Vec<String>, Error> {
    rt::Call::block(__vthread_bodies(pages))
}
#[doc(hidden)]
fn __vthread_bodies(
    pages: &[Page],
) -> rt::call_type![Result < Vec < String >, Error >] {
    '__l: {
        break '__l;
        let _ = bodies;
    }
    let __f = async move {
        use rt::in_frame::*;
        let pages: &[Page] = pages;
        '__l: {
            break '__l;
            let __r: Result<Vec<String>, Error> = rt::any();
            return __r;
        }
        match () {
            () => '__frame: {
                {
                    ('__expected1: {
                        let __w = __vt_ty();
                        let __k = ({
                            use rt::none as a_type_needs_a_capital;
                            use rt::no::__VTHREAD_KIND;
                            {
                                use map_concurrent as a_type_needs_a_capital;
                                {
                                    use a_type_needs_a_capital::*;
                                    use map_concurrent as a_vthread_fn_and_a_plain_fn_of_this_name;
                                    use a_vthread_fn_and_a_plain_fn_of_this_name as _;
                                    __VTHREAD_KIND
                                }
                            }
                        });
                        '__l: {
                            break '__frame break '__l;
                            break '__expected1 __w.any();
                        }
                        match __k
                            .hinted(
                                __w,
                                ({
                                    use rt::none as a_type_needs_a_capital;
                                    use map_concurrent as __vthread_call;
                                    {
                                        use map_concurrent as a_type_needs_a_capital;
                                        {
                                            use a_type_needs_a_capital::*;
                                            __vthread_call(
                                                pages,
                                                8,
                                                (('__closure: {
                                                    use ::vthread::__macros::*;
                                                    use closure as a_closure_not_of_vthread_needs_a_path_or_another_name;
                                                    use a_closure_not_of_vthread_needs_a_path_or_another_name as _;
                                                    let __t = rt::closure_tag();
                                                    '__l: {
                                                        break '__l;
                                                        break '__closure rt::closure_any(&__t);
                                                    }
                                                    '__l: {
                                                        break '__l;
                                                        break '__closure rt::closure_any(&__t);
                                                    }
                                                    let __f = rt::closure_code(
                                                        &__t,
                                                        async |page| {
                                                            '__frame: {
                                                                (match ({
                                                                    use rt::none as a_type_needs_a_capital;
                                                                    use fetch as __vthread_call;
                                                                    {
                                                                        use fetch as a_type_needs_a_capital;
                                                                        {
                                                                            use a_type_needs_a_capital::*;
                                                                            __vthread_call
                                                                        }
                                                                    }
                                                                })(page) {
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
                                                                })
                                                            }
                                                        },
                                                    );
                                                    let __k = '__l: {
                                                        break '__l rt::chosen();
                                                        rt::returned(&__f)[()]
                                                    };
                                                    unsafe { rt::closure(&__t, __f, __k) }
                                                })),
                                            )
                                        }
                                    }
                                }),
                            )
                        {
                            __x => {
                                if __k.is_plain {
                                    __k.plain(__x)
                                } else {
                                    unsafe { __k.frame(__x) }.await
                                }
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
mod bodies {
    pub(super) use super::__vthread_bodies as __vthread_call;
    pub(super) use super::bodies as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) use rt::__VTHREAD_KIND;
}
