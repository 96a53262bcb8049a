#[track_caller]
fn first(pages: &Pages) -> Option<Box<dyn Page>> {
    rt::Call::block(__vthread_first(pages))
}
#[doc(hidden)]
fn __vthread_first(
    pages: &Pages,
) -> rt::call_type![Option < Box < dyn Page > >] {
    '__l: {
        break '__l;
        let _ = first;
    }
    let __f = async move {
        use rt::in_frame::*;
        let pages: &Pages = pages;
        '__l: {
            break '__l;
            let __r: Option<Box<dyn Page>> = rt::any();
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
                                use wrap as a_type_needs_a_capital;
                                {
                                    use a_type_needs_a_capital::*;
                                    use wrap as a_vthread_fn_and_a_plain_fn_of_this_name;
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
                                    use wrap as __vthread_call;
                                    {
                                        use wrap as a_type_needs_a_capital;
                                        {
                                            use a_type_needs_a_capital::*;
                                            __vthread_call
                                        }
                                    }
                                })(Box::new(pages)),
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
mod first {
    pub(super) use super::__vthread_first as __vthread_call;
    pub(super) use super::first as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) use rt::__VTHREAD_KIND;
}
