//! Children as `for` over borrowed `Tasks` takes them, in the order in which they end.

use crate::call::for_loop::IntoSuspendingIter;
use crate::group::tasks::Tasks;
use crate::task::call::Call;
use std::future::Future;

/// The values of children as `for` in vthread code takes them.
#[doc(hidden)]
#[derive(Debug)]
pub struct TaskSteps<'t, V>(&'t mut Tasks<V>);

impl<V> TaskSteps<'_, V> {
    /// The next value.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Call<Option<V>, impl Future<Output = Option<V>>> {
        Tasks::next(self.0)
    }
}

impl<'t, V> IntoSuspendingIter for &'t mut Tasks<V> {
    type Steps = TaskSteps<'t, V>;
    fn into_steps(self) -> Self::Steps {
        TaskSteps(self)
    }
}
