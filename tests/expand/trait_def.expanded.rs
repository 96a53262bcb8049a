#[cfg(doc)]
pub trait Store: Send + Sync {
    #[cfg_attr(
        doc,
        doc = "",
        doc = "*A vthread method: a call in `#[vthread]` code suspends. In plain code `.block()` makes the call and blocks until it is done.*"
    )]
    fn load(
        &self,
        key: &str,
    ) -> rt::shown_call_type![Option < String >, Send];
}
#[cfg(not(doc))]
pub trait Store: Send + Sync + rt::Suspends<
        { rt::name_hash("load") },
    > {
    fn load(
        &self,
        key: &str,
    ) -> rt::shown_call_type![Option < String >, Send];
}
#[doc(hidden)]
#[macro_export]
macro_rules! __vthread_gates_Store_14695981039346656037 {
    ([$($library:tt)*] $($implementation:tt)*) => {
        $($library)* ::__gates! { [_load { rt::name_hash("load") }] []
        [$($library)*] $($implementation)* }
    };
}
#[doc(hidden)]
pub use __vthread_gates_Store_14695981039346656037 as Store;
impl Store for Disk {
    fn load(
        &self,
        key: &str,
    ) -> rt::shown_call_type![Option < String >, Send] {
        let __f = async move {
            use rt::in_frame::*;
            let _ = &self;
            let key: &str = key;
            '__l: {
                break '__l;
                let __r: Option<String> = rt::any();
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
                                    use read_file as a_type_needs_a_capital;
                                    {
                                        use a_type_needs_a_capital::*;
                                        use read_file as a_vthread_fn_and_a_plain_fn_of_this_name;
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
                                        use read_file as __vthread_call;
                                        {
                                            use read_file as a_type_needs_a_capital;
                                            {
                                                use a_type_needs_a_capital::*;
                                                __vthread_call
                                            }
                                        }
                                    })(key),
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
}
const _: () = {
    use Store as write_vthread_before_the_trait_Store_or_leave_it_out_here;
    write_vthread_before_the_trait_Store_or_leave_it_out_here! {
        [::vthread] [] [] [Disk] [] [Disk] [Store]
    }
};
