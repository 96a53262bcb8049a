//! Recursion that names the type, the trait, or `Self` of a default method.

use super::proof::{begin, num, pause, suspends};
use vthread::prelude::*;

struct Folder {
    size: u32,
    folders: Vec<Folder>,
}

#[vthread]
impl Folder {
    fn by_type(folder: &Folder) -> u32 {
        let mut sum = num(folder.size);
        for inner in &folder.folders {
            sum += Folder::by_type(inner);
        }
        sum
    }

    fn by_qualified_type(&self) -> u32 {
        let mut sum = num(self.size);
        for (n, inner) in self.folders.iter().enumerate() {
            sum += match n % 2 {
                0 => <Folder>::by_qualified_type(inner),
                _ => <Self>::by_qualified_type(inner),
            };
        }
        sum
    }
}

#[vthread]
trait Measured {
    fn by_trait(&self) -> u32;
    fn of_type(&self) -> u32;
}

#[vthread]
impl Measured for Folder {
    fn by_trait(&self) -> u32 {
        let mut sum = num(self.size);
        for inner in &self.folders {
            sum += Measured::by_trait(inner);
        }
        sum
    }

    fn of_type(&self) -> u32 {
        let mut sum = num(self.size);
        for (n, inner) in self.folders.iter().enumerate() {
            sum += match n % 2 {
                0 => <Folder as Measured>::of_type(inner),
                _ => <Self as Measured>::of_type(inner),
            };
        }
        sum
    }
}

fn folder() -> Folder {
    let folder = |size, folders| Folder { size, folders };
    folder(
        1,
        vec![folder(2, vec![]), folder(3, vec![folder(4, vec![])])],
    )
}

#[vthread]
fn paths() -> [u32; 4] {
    begin().await;
    let folder = folder();
    [
        Folder::by_type(&folder),
        folder.by_qualified_type(),
        folder.by_trait(),
        folder.of_type(),
    ]
}

#[test]
fn by_type_and_trait() {
    assert_eq!(suspends(16, paths), [10; 4]);
}

#[vthread]
trait Chain: Sized {
    fn rest(&self) -> Option<Self>;

    fn length(&self) -> u32 {
        match self.rest() {
            Some(rest) => 1 + Self::length(&rest),
            None => 0,
        }
    }

    fn halvings(n: u32) -> u32 {
        pause();
        match n {
            0 | 1 => 0,
            n => 1 + Self::halvings(n / 2),
        }
    }
}

struct Steps(u32);

#[vthread]
impl Chain for Steps {
    fn rest(&self) -> Option<Steps> {
        pause();
        self.0.checked_sub(1).map(Steps)
    }
}

#[vthread]
fn defaults() -> (u32, u32) {
    begin().await;
    (Steps(3).length(), Steps::halvings(8))
}

#[test]
fn default_methods_by_self() {
    assert_eq!(suspends(4 + 4, defaults), (3, 3));
    assert_eq!(Steps(50_000).length().block(), 50_000);
}
