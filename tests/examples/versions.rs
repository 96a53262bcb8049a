//! Two versions of a program: the number of lines that differ, and which they are.

/// The lines of each text that the other lacks, by the longest common subsequence.
fn differences<'t>(one: &'t str, other: &'t str) -> (Vec<&'t str>, Vec<&'t str>) {
    let (one, other): (Vec<_>, Vec<_>) = (one.lines().collect(), other.lines().collect());
    let mut common = vec![vec![0; other.len() + 1]; one.len() + 1];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            common[i][j] = if one[i].trim() == other[j].trim() {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let (mut of_one, mut of_other) = (Vec::new(), Vec::new());
    while i < one.len() || j < other.len() {
        if i < one.len() && j < other.len() && one[i].trim() == other[j].trim() {
            (i, j) = (i + 1, j + 1);
        } else if j == other.len() || (i < one.len() && common[i + 1][j] >= common[i][j + 1]) {
            of_one.push(one[i].trim());
            i += 1;
        } else {
            of_other.push(other[j].trim());
            j += 1;
        }
    }
    (of_one, of_other)
}

/// The versions of the program `name` differ by imports, attributes, and what `spawn!` replaces.
pub(crate) fn compare(name: &str, on_std: &str, on_vthread: &str) {
    let n = on_std.lines().count();
    let (of_std, of_vthread) = differences(on_std, on_vthread);
    let (before, after) = (of_std.len(), of_vthread.len());
    println!("{name}: of {n} lines, {before} become {after}");
    let is_known = |line: &&str| {
        line.starts_with("use ")
            || line.starts_with("//!")
            || line.contains("spawn")
            || line.starts_with("#[vthread")
            || line.ends_with("group! {")
            || line.ends_with("thread::scope(|scope| {")
            || ["", "}", "})", "});", "}?;", "})?;"].contains(line)
    };
    for lines in [of_std, of_vthread] {
        let others: Vec<_> = lines.iter().filter(|line| !is_known(line)).collect();
        assert!(others.is_empty(), "{others:#?}");
        assert!(lines.len() < n / 8, "{lines:#?}");
    }
}
