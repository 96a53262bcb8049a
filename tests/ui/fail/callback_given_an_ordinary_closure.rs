use vthread::map_concurrent;

fn main() {
    map_concurrent([1, 2], 2, |n: u32| n * 2);
}
