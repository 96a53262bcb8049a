impl<T: Clone> Slot<T> {
    #[plain]
    pub fn empty() -> Self {
        Slot { value: Mutex::new(None) }
    }
    #[cfg_attr(
        doc,
        doc = "",
        doc = "*A vthread method: a call in `#[vthread]` code suspends. In plain code `.block()` makes the call and blocks until it is done.*"
    )]
    pub fn put(&self, value: T) -> rt::shown_type![Option < T >] {
        let __f = async move {
            use rt::in_frame::*;
            let _ = &self;
            let value = value;
            '__l: {
                break '__l;
                let __r: Option<T> = rt::any();
                return __r;
            }
            match () {
                () => '__frame: {
                    {
                        ({
                            let __r = __vt_ty();
                            match __r
                                .pass(
                                    (match self.value.lock() {
                                        __x => {
                                            let __k = '__l: {
                                                break '__l __vt_chosen();
                                                let __t = __vt_tag_of_raw::<
                                                    { rt::name_hash("lock") },
                                                    _,
                                                    _,
                                                >(&raw const self.value, &__x);
                                                __t[()]
                                            };
                                            if __k.is_plain {
                                                __k.plain(__x)
                                            } else {
                                                unsafe { __k.frame(__x) }.await
                                            }
                                        }
                                    }),
                                )
                                .replace(value)
                            {
                                __x => {
                                    let __k = '__l: {
                                        break '__frame break '__l __vt_chosen();
                                        let __t = __vt_tag_of_value::<
                                            { rt::name_hash("replace") },
                                            _,
                                            _,
                                        >(&__r, &__x);
                                        __t[()]
                                    };
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
#[doc(hidden)]
#[automatically_derived]
#[diagnostic::do_not_recommend]
impl<T: Clone> rt::Suspends<{ rt::name_hash("put") }>
for Slot<T> {}
