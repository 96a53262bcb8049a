#[track_caller]
fn greet(client: &HttpClient) -> String {
    rt::Call::block(__vthread_greet(client))
}
#[doc(hidden)]
fn __vthread_greet(client: &HttpClient) -> rt::call_type![String] {
    '__l: {
        break '__l;
        let _ = greet;
    }
    let __f = async move {
        use rt::in_frame::*;
        let client: &HttpClient = client;
        '__l: {
            break '__l;
            let __r: String = rt::any();
            return __r;
        }
        match () {
            () => '__frame: {
                {
                    let response = (({
                        '__l: {
                            break '__l;
                            break '__frame break '__l;
                        }
                        rt::await_future(
                                (match client.request("/hello") {
                                    __x => {
                                        let __k = '__l: {
                                            break '__frame break '__l __vt_chosen();
                                            let __t = __vt_tag::<
                                                { rt::name_hash("request") },
                                                _,
                                                _,
                                            >(&client, &__x);
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
                            .await
                    }));
                    let text = async { response.text().await };
                    (({
                        '__l: {
                            break '__l;
                            break '__frame break '__l;
                        }
                        rt::await_future(text).await
                    }))
                }
            }
        }
    };
    unsafe { rt::call(__f) }
}
#[cfg(not(doc))]
#[doc(hidden)]
mod greet {
    pub(super) use super::__vthread_greet as __vthread_call;
    pub(super) use super::greet as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub(super) use rt::__VTHREAD_KIND;
}
