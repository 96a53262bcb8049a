//! Unsafe functions and blocks, raw pointers, unions, packed structures, foreign items.

#![allow(unsafe_code)] // The subject of the tests.
#![allow(clippy::undocumented_unsafe_blocks)] // Each pointer here comes from a reference beside it.

use super::proof::{begin, give, num, pause, suspends};
use std::ffi::{CStr, c_char};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr;
use vthread::prelude::*;

/// Reads.
///
/// # Safety
/// - `n` points to a number.
#[vthread]
unsafe fn read(n: *const u32) -> u32 {
    pause();
    unsafe { *n }
}

struct Raw(*mut u32);

#[vthread]
impl Raw {
    /// # Safety
    /// - The pointer is good.
    unsafe fn load(&self) -> u32 {
        pause();
        unsafe { self.0.read() }
    }
    /// # Safety
    /// - The pointer is good.
    unsafe fn made(n: *mut u32) -> Raw {
        pause();
        Raw(n)
    }
    fn store(&mut self, n: u32) {
        pause();
        unsafe { *self.0 = n }
    }
}

#[vthread]
fn functions() -> u32 {
    begin().await;
    let mut n = 1;
    let a = unsafe { read(&n) };
    let pointer = &raw mut n;
    let mut raw = unsafe { Raw::made(pointer) };
    raw.store(num(2));
    let b = unsafe { raw.load() + read(pointer) };
    unsafe {
        *pointer += num(1);
        pointer.write(pointer.read() + give(1));
    }
    let c = unsafe { raw.load() };
    let d = unsafe {
        let shared: &u32 = &*pointer;
        *shared + num(*shared)
    };
    a + b + c + d
}

#[test]
fn unsafe_functions_and_blocks() {
    assert_eq!(suspends(10, functions), 1 + 4 + 4 + 8);
}

/// # Safety
/// - None.
#[vthread]
unsafe trait Guaranteed {
    fn checked(&self) -> u32;
    /// # Safety
    /// - None.
    unsafe fn unchecked(&self, n: u32) -> u32;
}

struct Fine;

#[vthread]
unsafe impl Guaranteed for Fine {
    fn checked(&self) -> u32 {
        pause();
        1
    }
    unsafe fn unchecked(&self, n: u32) -> u32 {
        pause();
        n
    }
}

#[vthread]
fn traits() -> u32 {
    begin().await;
    Fine.checked()
        + unsafe { Fine.unchecked(2) }
        + unsafe { <Fine as Guaranteed>::unchecked(&Fine, 3) }
}

#[test]
fn unsafe_traits() {
    assert_eq!(suspends(3, traits), 6);
}

#[derive(Clone, Copy)]
#[repr(C, packed)]
struct Packed {
    byte: u8,
    word: u32,
    pair: (u16, u64),
    array: [u16; 2],
}

#[vthread]
impl Packed {
    fn word(&self) -> u32 {
        pause();
        self.word
    }
}

#[vthread]
fn packed() -> u64 {
    begin().await;
    let mut packed = Packed {
        byte: 1,
        word: num(2),
        pair: (3, give(4)),
        array: [5, 6],
    };
    packed.word = num(packed.word) + 1;
    packed.word += num(1);
    packed.byte <<= num(1);
    let low = packed.word.rotate_left(8).rotate_right(8) + packed.word();
    let pair = packed.pair.1.count_ones() + u32::from(packed.pair.0.swap_bytes() > 0);
    let array = packed.array.map(u64::from);
    let Packed { byte, word, .. } = give(packed);
    let first = packed.array[0].abs_diff(1);
    u64::from(low + pair) + array[1] + u64::from(byte) + u64::from(num(word)) + u64::from(first)
}

#[test]
fn packed_structures() {
    assert_eq!(suspends(8, packed), (4 + 4) + (1 + 1) + 6 + 2 + 4 + 4);
}

#[repr(C)]
union Bits {
    number: u32,
    bytes: [u8; 4],
    text: ManuallyDrop<String>,
}

#[vthread]
impl Bits {
    fn number(&self) -> u32 {
        pause();
        unsafe { self.number }
    }
}

#[vthread]
fn unions() -> u32 {
    begin().await;
    let mut bits = Bits { number: num(1) };
    bits.number = num(258);
    let low = unsafe { bits.bytes[give(0)] }.count_ones() + unsafe { bits.bytes }.len() as u32;
    let matched = unsafe {
        match bits {
            Bits { number: 258 } => num(1),
            _ => 0,
        }
    };
    let number = bits.number() + unsafe { bits.number.swap_bytes().min(num(0)) };
    bits.text = ManuallyDrop::new(give(String::from("text")));
    let length = unsafe { bits.text.len() } as u32;
    unsafe { ManuallyDrop::drop(&mut bits.text) };
    low + matched + number + length
}

#[test]
fn unions_of_every_use() {
    assert_eq!(suspends(7, unions), 1 + 4 + 1 + 258 + 4);
}

unsafe extern "C" {
    fn strlen(text: *const c_char) -> usize;
    safe fn abs(n: i32) -> i32;
    static environ: *const *const c_char;
}

static mut COUNTER: u32 = 0;

extern "C" fn callback(n: u32) -> u32 {
    n + 1
}

fn call_back(f: extern "C" fn(u32) -> u32) -> u32 {
    f(1)
}

#[vthread]
fn foreign() -> usize {
    begin().await;
    let text = give(c"four");
    let length =
        unsafe { strlen(text.as_ptr()) } + unsafe { CStr::from_ptr(text.as_ptr()) }.count_bytes();
    let positive = abs(-(num(3) as i32)) as usize;
    let is_there = unsafe { !environ.is_null() } as usize;
    let counted = unsafe {
        COUNTER += num(2);
        *(&raw const COUNTER)
    };
    length
        + positive
        + is_there
        + counted as usize
        + call_back(callback) as usize
        + callback(num(1)) as usize
}

#[test]
fn foreign_functions_and_statics() {
    assert_eq!(suspends(4, foreign), 8 + 3 + 1 + 2 + 2 + 2);
}

#[vthread]
fn pointers() -> u32 {
    begin().await;
    let mut numbers = [1, 2, 3];
    let start = numbers.as_mut_ptr();
    let second = unsafe { *start.add(num(1) as usize) };
    unsafe { ptr::swap(start, start.add(give(2))) };
    let mut slot = MaybeUninit::<u32>::uninit();
    let written = *slot.write(num(4));
    let read = unsafe { slot.assume_init() };
    let slice = unsafe { std::slice::from_raw_parts(start, give(2)) };
    let boxed = Box::into_raw(Box::new(num(5)));
    let owned = unsafe { Box::from_raw(boxed) };
    let address = ptr::from_ref(&numbers).is_aligned() as u32;
    let function: unsafe fn(*const u32) -> u32 = read_plain;
    second + written + read + slice[0] + *owned + address + unsafe { function(&num(6)) }
}

unsafe fn read_plain(n: *const u32) -> u32 {
    unsafe { *n }
}

#[test]
fn raw_pointers() {
    assert_eq!(suspends(6, pointers), 2 + 4 + 4 + 3 + 5 + 1 + 6);
}

#[vthread]
fn across() -> u32 {
    // Raw pointers are not `Send`; a frame that is not spawned may hold them while it suspends.
    begin().await;
    let n = num(7);
    let pointer = ptr::from_ref(&n);
    pause();
    let value = unsafe { *pointer };
    value + num(1)
}

#[test]
fn pointers_across_suspensions() {
    assert_eq!(suspends(3, across), 8);
}
