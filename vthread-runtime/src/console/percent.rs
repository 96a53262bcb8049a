//! The escapes of a query: `%20`, and `+` for a blank.

/// The text that is meant. What is no escape stands for itself.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let byte = match (first, after) {
            (b'+', _) => b' ',
            (b'%', [high, low, behind @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    rest = behind;
                    high << 4 | low
                }
                _ => b'%',
            },
            _ => *first,
        };
        bytes.push(byte);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(character: u8) -> Option<u8> {
    let digit = char::from(character).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_what_they_stand_for() {
        for (text, meant) in [
            ("client", "client"),
            ("a+b%20c", "a b c"),
            ("%2B%c3%A9", "+é"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%+1%zz", "% 1%zz"),
            ("%ff", "\u{fffd}"),
        ] {
            assert_eq!(decoded(text), meant, "{text}");
        }
    }
}
