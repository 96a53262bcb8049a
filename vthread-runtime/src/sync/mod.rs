//! `sync`: std's shapes over the driver.
