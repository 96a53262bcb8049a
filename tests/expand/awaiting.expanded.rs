#[track_caller]
fn greet(client: &HttpClient) -> String {
    rt::Call::wait(__vthread_greet(client))
}
#[doc(hidden)]
fn __vthread_greet(
    client: &HttpClient,
) -> rt::Call<rt::frame_type![String]> {
    '__l: {
        break '__l;
        let _ = greet;
    }
    let __f = async move {
        use rt::traits::*;
        let client = client;
        '__l: {
            break '__l;
            let __r: String = rt::any();
            return __r;
        }
        '__frame: {
            {
                let response = ({
                    '__l: {
                        break '__l;
                        break '__frame break '__l;
                    }
                    rt::foreign(
                            ({
                                let __t = __VthreadTag::<
                                    { rt::name_hash("request") },
                                    _,
                                    _,
                                >(__VthreadPhantom);
                                match client.request("/hello") {
                                    __x => {
                                        '__l: {
                                            break '__l;
                                            __t.of(&client, &__x);
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
                        .await
                });
                let text = async { response.text().await };
                ({
                    '__l: {
                        break '__l;
                        break '__frame break '__l;
                    }
                    rt::foreign(text).await
                })
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[doc(hidden)]
mod greet {
    pub(super) use super::__vthread_greet as __vthread_call;
    pub(super) use super::greet as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) const __VTHREAD_KIND: rt::FunctionKind = rt::FunctionKind;
}
