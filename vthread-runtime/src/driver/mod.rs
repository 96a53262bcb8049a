//! What vthreads wait for outside the process: I/O, time, helper threads.
