impl<T: Clone> Slot<T> {
    #[plain]
    pub fn empty() -> Self {
        Slot { value: Mutex::new(None) }
    }
    pub fn put(
        &self,
        value: T,
    ) -> rt::Call<rt::frame_type![Option < T >]> {
        let __f = async move {
            use rt::traits::*;
            let _ = &self;
            let value = value;
            '__l: {
                break '__l;
                let __r: Option<T> = rt::any();
                return __r;
            }
            '__frame: {
                {
                    ({
                        let __t = __VthreadTag::<
                            { rt::name_hash("replace") },
                            _,
                            _,
                        >(__VthreadPhantom);
                        match __t
                            .pass(
                                ({
                                    let __t = __VthreadTag::<
                                        { rt::name_hash("lock") },
                                        _,
                                        _,
                                    >(__VthreadPhantom);
                                    match self.value.lock() {
                                        __x => {
                                            '__l: {
                                                break '__l;
                                                __t.of_raw(&raw const self.value, &__x);
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
                                }),
                            )
                            .replace(value)
                        {
                            __x => {
                                '__l: {
                                    break '__l;
                                    __t.res(&__x);
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
}
#[automatically_derived]
impl<T: Clone> rt::Suspends<{ rt::name_hash("put") }>
for Slot<T> {}
