//! Tokens that are written into the stream of which they become a part.
//!
//! `quote!` makes a stream of its own, and a stream inside of another one crosses to the compiler
//! and back: both are finished, copied and joined there. What each call and each function of a user
//! gets is written directly instead.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt};

/// Code that is written where it is interpolated.
pub(crate) struct Written<F>(pub(crate) F);

impl<F: Fn(&mut TokenStream)> ToTokens for Written<F> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        (self.0)(tokens);
    }
}

/// No tokens.
pub(crate) const NOTHING: Option<Ident> = None;

/// Writes tokens of one span, and interpolates variables, as `quote_spanned!` does.
macro_rules! write_spanned {
    ($to:ident, $span:ident=> $($code:tt)*) => {
        $crate::emit::write::write_each!($to $span $($code)*)
    };
}

/// Writes the first token and then the others.
macro_rules! write_each {
    ($to:ident $span:ident) => {};
    (@ $delimiter:ident $to:ident $span:ident $($inside:tt)*) => {
        $crate::emit::write::group($to, ::proc_macro2::Delimiter::$delimiter, $span, |_inside| {
            $crate::emit::write::write_each!(_inside $span $($inside)*);
        })
    };
    ($to:ident $span:ident # $value:ident $($rest:tt)*) => {{
        ::quote::ToTokens::to_tokens(&$value, $to);
        $crate::emit::write::write_each!($to $span $($rest)*);
    }};
    ($to:ident $span:ident ( $($inside:tt)* ) $($rest:tt)*) => {{
        $crate::emit::write::write_each!(@ Parenthesis $to $span $($inside)*);
        $crate::emit::write::write_each!($to $span $($rest)*);
    }};
    ($to:ident $span:ident [ $($inside:tt)* ] $($rest:tt)*) => {{
        $crate::emit::write::write_each!(@ Bracket $to $span $($inside)*);
        $crate::emit::write::write_each!($to $span $($rest)*);
    }};
    ($to:ident $span:ident { $($inside:tt)* } $($rest:tt)*) => {{
        $crate::emit::write::write_each!(@ Brace $to $span $($inside)*);
        $crate::emit::write::write_each!($to $span $($rest)*);
    }};
    ($to:ident $span:ident $token:tt $($rest:tt)*) => {{
        $crate::emit::write::token($to, stringify!($token), $span);
        $crate::emit::write::write_each!($to $span $($rest)*);
    }};
}

pub(crate) use {write_each, write_spanned};

/// Writes a word, a lifetime or a sign.
pub(crate) fn token(to: &mut TokenStream, text: &str, span: Span) {
    if let Some(name) = text.strip_prefix('\'') {
        sign(to, '\'', Spacing::Joint, span);
        return to.append(Ident::new(name, span));
    }
    if text.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic()) {
        return to.append(Ident::new(text, span));
    }
    let mut signs = text.chars().peekable();
    while let Some(one) = signs.next() {
        let spacing = match signs.peek() {
            Some(_) => Spacing::Joint,
            None => Spacing::Alone,
        };
        sign(to, one, spacing, span);
    }
}

fn sign(to: &mut TokenStream, sign: char, spacing: Spacing, span: Span) {
    let mut sign = Punct::new(sign, spacing);
    sign.set_span(span);
    to.append(sign);
}

/// Writes a group.
pub(crate) fn group(
    to: &mut TokenStream,
    delimiter: Delimiter,
    span: Span,
    write: impl FnOnce(&mut TokenStream),
) {
    let mut inside = TokenStream::new();
    write(&mut inside);
    let mut group = Group::new(delimiter, inside);
    group.set_span(span);
    to.append(group);
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Span, TokenStream};
    use quote::{quote, quote_spanned};

    #[test]
    fn what_is_written_is_what_is_quoted() {
        let span = Span::mixed_site();
        let value = quote!(a + 1);
        let mut written = TokenStream::new();
        let to = &mut written;
        write_spanned!(to, span=> #[allow(x)] '__l: { break '__l #value; } () => a::<_, &'static _>(__t[()]).await);
        let quoted = quote_spanned!(span=> #[allow(x)] '__l: { break '__l #value; } () => a::<_, &'static _>(__t[()]).await);
        let shown = |tokens: TokenStream| format!("{:?}", tokens.into_iter().collect::<Vec<_>>());
        assert_eq!(shown(written), shown(quoted));
    }
}
