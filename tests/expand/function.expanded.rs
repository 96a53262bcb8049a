/// Reads a page twice.
#[track_caller]
pub(crate) fn read_twice(url: &str) -> Result<usize, Error> {
    rt::Call::block(__vthread_read_twice(url))
}
#[doc(hidden)]
pub(crate) fn __vthread_read_twice(
    url: &str,
) -> rt::call_type![Result < usize, Error >] {
    '__l: {
        break '__l;
        let _ = read_twice;
    }
    let __f = async move {
        use rt::in_frame::*;
        let url: &str = url;
        '__l: {
            break '__l;
            let __r: Result<usize, Error> = rt::any();
            return __r;
        }
        match () {
            () => '__frame: {
                {
                    let first = (match ({
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
                    })?;
                    let second = (match ({
                        use rt::none as a_type_needs_a_capital;
                        use pages::fetch as __vthread_call;
                        {
                            use pages::fetch as a_type_needs_a_capital;
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
                                    use pages::fetch as a_type_needs_a_capital;
                                    {
                                        use a_type_needs_a_capital::*;
                                        use pages::fetch as a_vthread_fn_and_a_plain_fn_of_this_name;
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
                    })?;
                    Ok(first.len() + second.len())
                }
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[cfg(not(doc))]
#[doc(hidden)]
pub(crate) mod read_twice {
    pub(crate) use super::__vthread_read_twice as __vthread_call;
    pub(crate) use super::read_twice as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(crate) use rt::__VTHREAD_KIND;
}
