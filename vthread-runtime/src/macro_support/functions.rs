//! What a call of vthread code finds that has the name of a macro, `timeout(time, work())`: a
//! function that cannot be called. Its bound is one of these, and says how the macro is written.

macro_rules! functions {
    ($($name:ident: $written:literal)*) => {
        $(#[allow(non_camel_case_types)]
        #[diagnostic::on_unimplemented(
            message = $written,
            label = "this names a macro, and no function"
        )]
        pub trait $name {})*
    };
}

functions! {
    background: "`background` is a macro: write `background! {{ work() }}`"
    bind: "`bind` is a macro: write `bind!(VARIABLE = value => work())`"
    catch_unwind: "`catch_unwind` is a macro: write `catch_unwind! {{ work() }}`"
    closure: "`closure` is a macro: write `closure!(|x| work(x))`"
    defer: "`defer` is a macro: write `defer! {{ work() }}`"
    group: "`group` is a macro: write `group! {{ spawn! {{ work() }}; .. }}`"
    race: "`race` is a macro: write `race! {{ work(), other() }}`"
    select: "`select` is a macro: write `select! {{ x = work() => .. }}`"
    shield: "`shield` is a macro: write `shield! {{ work() }}`"
    spawn: "`spawn` is a macro: write `spawn! {{ work() }}`"
    timeout: "`timeout` is a macro: write `timeout!(time => work())`"
    a_function_of_this_name: "this is a macro: write `!` behind its name"
}
