//! `io`: std's shapes over the driver.
