#[vthread]
fn depth(tree: &Tree) -> usize {
    let mut deepest = 0;
    for child in &tree.children {
        deepest = deepest.max(depth(child));
    }
    deepest + 1
}
