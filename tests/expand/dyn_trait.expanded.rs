#[cfg(doc)]
pub trait Handler: Send + Sync {
    #[cfg_attr(
        doc,
        doc = "",
        doc = "*A vthread method: a call in `#[vthread]` code suspends. In plain code `.block()` makes the call and blocks until it is done.*"
    )]
    fn handle<'__vt, '__l2, '__l1>(
        &'__l1 self,
        request: &'__l2 Request,
    ) -> rt::Call<Response, rt::Boxed<'__vt, Response>>
    where
        '__l1: '__vt,
        '__l2: '__vt,
        Self: '__vt;
}
#[cfg(not(doc))]
pub trait Handler: Send + Sync + rt::Suspends<
        { rt::name_hash("handle") },
    > {
    fn handle<'__vt, '__l2, '__l1>(
        &'__l1 self,
        request: &'__l2 Request,
    ) -> rt::Call<Response, rt::Boxed<'__vt, Response>>
    where
        '__l1: '__vt,
        '__l2: '__vt,
        Self: '__vt;
}
#[doc(hidden)]
#[macro_export]
macro_rules! __vthread_gates_Handler_14695981039346656037 {
    ([$($library:tt)*] $($implementation:tt)*) => {
        $($library)* ::__gates! { [_handle { rt::name_hash("handle") }]
        [dyn] [$($library)*] $($implementation)* }
    };
}
#[doc(hidden)]
pub use __vthread_gates_Handler_14695981039346656037 as Handler;
impl Handler for Echo {
    fn handle<'__vt, '__l2, '__l1>(
        &'__l1 self,
        request: &'__l2 Request,
    ) -> rt::Call<Response, rt::Boxed<'__vt, Response>>
    where
        '__l1: '__vt,
        '__l2: '__vt,
        Self: '__vt,
    {
        let __f = async move {
            use rt::in_frame::*;
            let _ = &self;
            let request: &Request = request;
            '__l: {
                break '__l;
                let __r: Response = rt::any();
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
                                    use answer as a_type_needs_a_capital;
                                    {
                                        use a_type_needs_a_capital::*;
                                        use answer as a_vthread_fn_and_a_plain_fn_of_this_name;
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
                                        use answer as __vthread_call;
                                        {
                                            use answer as a_type_needs_a_capital;
                                            {
                                                use a_type_needs_a_capital::*;
                                                __vthread_call
                                            }
                                        }
                                    })(request),
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
        let __f = Box::pin(__f);
        unsafe { rt::call(__f) }
    }
}
const _: () = {
    use Handler as write_vthread_before_the_trait_Handler_or_leave_it_out_here;
    write_vthread_before_the_trait_Handler_or_leave_it_out_here! {
        [::vthread] [] [] [Echo] [] [Echo] [Handler dyn]
    }
};
