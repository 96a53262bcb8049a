//! Streams that are taken apart step by step: by `for` in vthread code, and by std's `Iterator` in
//! plain code.

/// Makes the `Iterator`, and the steps of `for`, of a type with an `async fn step(&mut self) ->
/// Option<Item>`.
macro_rules! steps {
    ($ty:ident<$parameter:ident: $bound:ident> -> $item:ty, $steps:ident) => {
        impl<$parameter: $bound> Iterator for $ty<$parameter> {
            type Item = $item;
            fn next(&mut self) -> Option<$item> {
                $crate::task::call::Call::leaf(self.step()).block()
            }
        }

        /// The steps as `for` in vthread code takes them.
        #[doc(hidden)]
        #[derive(Debug)]
        pub struct $steps<S>(S);

        impl<$parameter: $bound> $steps<$ty<$parameter>> {
            /// The next one.
            #[allow(clippy::should_implement_trait)]
            pub fn next(
                &mut self,
            ) -> $crate::task::call::Call<
                Option<$item>,
                impl ::std::future::Future<Output = Option<$item>> + Send,
            > {
                $crate::task::call::Call::leaf(self.0.step())
            }
        }

        impl<$parameter: $bound> $steps<&mut $ty<$parameter>> {
            /// The next one.
            #[allow(clippy::should_implement_trait)]
            pub fn next(
                &mut self,
            ) -> $crate::task::call::Call<
                Option<$item>,
                impl ::std::future::Future<Output = Option<$item>> + Send,
            > {
                $crate::task::call::Call::leaf(self.0.step())
            }
        }

        impl<$parameter: $bound> $crate::call::for_loop::IntoSuspendingIter for $ty<$parameter> {
            type Steps = $steps<Self>;
            fn into_steps(self) -> Self::Steps {
                $steps(self)
            }
        }

        impl<'s, $parameter: $bound> $crate::call::for_loop::IntoSuspendingIter
            for &'s mut $ty<$parameter>
        {
            type Steps = $steps<Self>;
            fn into_steps(self) -> Self::Steps {
                $steps(self)
            }
        }
    };
}
pub(crate) use steps;
