// One of the texts: see `main.rs`.

use library::fs::{self, File};
use library::io::prelude::*;
use library::io::{self, BufReader, BufWriter, Cursor, LineWriter, SeekFrom};
use std::path::Path;

functions! {
    pub(super) fn adapters(dir: &Path) -> io::Result<()> {
        let path = dir.join("lines");
        fs::write(&path, "one\ntwo\nthree\n")?;
        let mut reader: BufReader<File> = BufReader::new(File::open(&path)?);
        let mut text = String::new();
        let _: usize = reader.read_line(&mut text)?;
        let mut bytes = Vec::new();
        let _: usize = reader.read_until(b'w', &mut bytes)?;
        let _: usize = reader.skip_until(b'\n')?;
        let n = reader.fill_buf()?.len();
        reader.consume(n.min(1));
        let _: &[u8] = reader.buffer();
        let _: usize = reader.capacity();
        reader.seek_relative(-1)?;
        let _: (&File,) = (reader.get_ref(),);
        let _: &mut File = reader.get_mut();
        reader.seek(SeekFrom::Start(0))?;
        for line in reader.by_ref().lines() {
            let _: String = line?;
        }
        let file: File = reader.into_inner();
        drop(file);
        let reader = BufReader::with_capacity(64, File::open(&path)?);
        for part in reader.split(b'e') {
            let _: Vec<u8> = part?;
        }
        let mut reader = BufReader::new(File::open(&path)?);
        for byte in reader.by_ref().bytes().take(2) {
            let _: u8 = byte?;
        }
        let mut taken = reader.by_ref().take(2);
        let _: u64 = taken.limit();
        taken.set_limit(3);
        let _ = (taken.get_ref(),);
        taken.get_mut();
        taken.read_to_end(&mut bytes)?;
        taken.into_inner();
        let mut chain = File::open(&path)?.chain(File::open(&path)?);
        chain.read_to_string(&mut text)?;
        let _ = chain.get_ref();
        let _: (File, File) = chain.into_inner();
        let mut writer: BufWriter<File> = BufWriter::new(File::create(&path)?);
        writer.write_all(b"x")?;
        write!(writer, "{text}")?;
        let _: &[u8] = writer.buffer();
        let _: usize = writer.capacity();
        let _ = writer.get_ref();
        let _ = writer.get_mut();
        writer.seek(SeekFrom::Start(0))?;
        writer.flush()?;
        let _: File = match writer.into_inner() {
            Ok(file) => file,
            Err(error) => {
                let _: &io::Error = error.error();
                return Err(error.into_error());
            }
        };
        let writer = BufWriter::with_capacity(10, File::create(&path)?);
        let (_file, _buffer) = writer.into_parts();
        let mut lines: LineWriter<File> = LineWriter::new(File::create(&path)?);
        lines.write_all(b"a\nb")?;
        let _ = lines.get_ref();
        let _ = lines.get_mut();
        let _ = lines.into_inner();
        let _ = LineWriter::with_capacity(5, File::create(&path)?);
        let mut cursor: Cursor<Vec<u8>> = Cursor::new(Vec::new());
        cursor.write_all(b"abc")?;
        cursor.set_position(1);
        let _: u64 = cursor.position();
        let _ = (cursor.get_ref().len(),);
        cursor.get_mut().push(1);
        cursor.rewind()?;
        cursor.read_to_end(&mut bytes)?;
        let n = cursor.fill_buf()?.len();
        cursor.consume(n);
        let _: Vec<u8> = cursor.into_inner();
        let mut cursor = Cursor::new(&b"a\nb"[..]);
        cursor.read_line(&mut text)?;
        let mut array = [0u8; 4];
        Cursor::new(&mut array[..]).write_all(b"a")?;
        let mut slice = &b"abc"[..];
        slice.read_exact(&mut array[..2])?;
        let mut vector = Vec::new();
        vector.write_all(b"x")?;
        let _: u64 = io::copy(&mut &b"abc"[..], &mut vector)?;
        let _: u64 = io::copy(&mut File::open(&path)?, &mut io::sink())?;
        io::empty().read(&mut array)?;
        io::repeat(1).read_exact(&mut array)?;
        io::repeat(1).take(3).read_to_end(&mut bytes)?;
        io::sink().write_all(b"x")?;
        let (mut reader, mut writer) = io::pipe()?;
        let _ = (reader.try_clone()?, writer.try_clone()?);
        writer.write_all(b"x")?;
        reader.read_exact(&mut array[..1])?;
        io::stdout().write_all(b"")?;
        let mut out = io::stdout().lock();
        out.write_all(b"")?;
        out.flush()?;
        let mut err = io::stderr().lock();
        writeln!(err)?;
        let mut boxed: Box<dyn Read + Send> = Box::new(File::open(&path)?);
        let _ = boxed.read(&mut array)?;
        let mut boxed: Box<dyn Write + Send> = Box::new(File::create(&path)?);
        boxed.write_all(b"x")?;
        let mut boxed: Box<dyn BufRead + Send> = Box::new(BufReader::new(File::open(&path)?));
        let _ = boxed.read_line(&mut text)?;
        Ok(())
    }

    pub(super) fn stdin_lines() -> io::Result<()> {
        let mut text = String::new();
        let stdin = io::stdin();
        let _: usize = stdin.read_line(&mut text)?;
        let mut lock = stdin.lock();
        lock.read_line(&mut text)?;
        drop(lock);
        for line in io::stdin().lines() {
            let _: String = line?;
        }
        for line in io::stdin().lock().lines() {
            let _: String = line?;
        }
        Ok(())
    }
}
