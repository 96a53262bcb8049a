//! A closure that a function returns as `impl Fn(..)`: rustc deduces its parameters from the bound,
//! which does not reach the tail of a frame. So the bound's types are written at the parameters.

use syn::{
    Block, Expr, GenericArgument, Pat, PatType, Path, PathArguments, ReturnType, Stmt, Type,
    TypeParamBound,
};

/// Gives the parameters of a closure at the end of the body the types of the function's result.
pub(crate) fn types_parameters(block: &mut Block, output: &ReturnType) {
    let ReturnType::Type(_, ty) = output else {
        return;
    };
    if let Some(Stmt::Expr(tail, None)) = block.stmts.last_mut() {
        types(tail, ty);
    }
}

/// The same in `Some(|s| ..)`, which is an `Option<impl Fn(..)>`.
fn types(tail: &mut Expr, ty: &Type) {
    match (tail, ty) {
        (Expr::Closure(closure), Type::ImplTrait(bounds)) => {
            let mut bounds = bounds.bounds.iter();
            let Some(inputs) = bounds.find_map(inputs_of) else {
                return;
            };
            for (parameter, ty) in closure.inputs.iter_mut().zip(inputs) {
                if !matches!(parameter, Pat::Type(_)) {
                    *parameter = Pat::Type(PatType {
                        attrs: Vec::new(),
                        pat: Box::new(parameter.clone()),
                        colon_token: Default::default(),
                        ty: Box::new(ty),
                    });
                }
            }
        }
        (Expr::Call(call), Type::Path(path)) => {
            let arguments = call.args.iter_mut();
            let is_constructor = matches!(&*call.func, Expr::Path(path)
                if path.path.is_ident("Some") || path.path.is_ident("Ok"));
            if let (true, Some(inner)) = (is_constructor, first_argument(&path.path)) {
                arguments.for_each(|argument| types(argument, inner));
            }
        }
        _ => {}
    }
}

fn inputs_of(bound: &TypeParamBound) -> Option<Vec<Type>> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last()?;
    match &last.arguments {
        PathArguments::Parenthesized(of) if bound.lifetimes.is_none() => {
            Some(of.inputs.iter().map(|input| input.ty.clone()).collect())
        }
        _ => None,
    }
}

fn first_argument(path: &Path) -> Option<&Type> {
    match &path.segments.last()?.arguments {
        PathArguments::AngleBracketed(of) => of.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}
