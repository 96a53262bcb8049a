#[vthread]
fn total(orders: Receiver<Order>) -> u64 {
    let mut sum = 0;
    for Order { price, n } in orders {
        sum += price * n;
    }
    sum
}
