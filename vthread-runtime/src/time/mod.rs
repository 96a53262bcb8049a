//! `time`: std's shapes over the driver.
