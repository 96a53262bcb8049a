//! The variables that a format string names: `{name}`, `{:width$}`, `{:.precision$}`.

/// The names used inside the braces of a format string, in order.
pub(crate) fn inline_names(format: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = format;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(escaped) = rest.strip_prefix('{') {
            rest = escaped;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let (name, spec) = rest[..close]
            .split_once(':')
            .unwrap_or((&rest[..close], ""));
        if is_ident(name.trim()) {
            found.push(name.trim().to_owned());
        }
        found.extend(spec_names(spec));
        rest = &rest[close + 1..];
    }
    found
}

/// The arguments `width$` and `precision$` of a format specification.
fn spec_names(spec: &str) -> impl Iterator<Item = String> + '_ {
    spec.match_indices('$').filter_map(|(end, _)| {
        let before = &spec[..end];
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_alphanumeric() || *c == '_')
            .last()
            .map_or(end, |(at, _)| at);
        is_ident(&before[start..]).then(|| before[start..].to_owned())
    })
}

fn is_ident(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_numeric())
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::inline_names;

    #[test]
    fn names_in_braces_and_specifications() {
        assert_eq!(
            inline_names("{i}:{name:>width$}{{x}}{}{y}"),
            ["i", "name", "width", "y"]
        );
        assert_eq!(
            inline_names("{:.prec$} {0} {:?} {a:08.b$}"),
            ["prec", "a", "b"]
        );
        assert!(inline_names("plain {").is_empty());
        assert_eq!(inline_names("{:0>width$}"), ["width"]);
    }
}
