//! `net`: std's shapes over the driver.
