// One of the texts: see `main.rs`.

use library::fs::File;
use library::io::{self, Read, Write};
use library::process::{
    Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitCode, ExitStatus, Output, Stdio,
};
use std::ffi::OsString;
use std::path::Path;

functions! {
    pub(super) fn processes(dir: &Path) -> io::Result<()> {
        use library::os::unix::process::{CommandExt, ExitStatusExt};
        let mut command: Command = Command::new("cat");
        command
            .arg("-")
            .args(["-", "-"])
            .args(Vec::<OsString>::new())
            .env("A", "b")
            .envs([("C", "d")])
            .envs(std::env::vars_os())
            .env_remove("A")
            .current_dir(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let _ = (
            command.get_program(),
            command.get_args().count(),
            command.get_envs().count(),
            command.get_current_dir(),
        );
        command.arg0("dog").process_group(0);
        let mut child: Child = command.spawn()?;
        let mut stdin: ChildStdin = child.stdin.take().unwrap();
        stdin.write_all(b"words")?;
        drop(stdin);
        let mut stdout: ChildStdout = child.stdout.take().unwrap();
        let mut text = String::new();
        stdout.read_to_string(&mut text)?;
        let _: Option<ChildStderr> = child.stderr.take();
        let _: u32 = child.id();
        let status: ExitStatus = child.wait()?;
        let _: Option<ExitStatus> = child.try_wait()?;
        let _ = (status.success(), status.code(), status.signal());
        let _ = (status.core_dumped(), status.stopped_signal(), status.continued());
        let _ = ExitStatus::from_raw(status.into_raw());
        let output: Output = Command::new("true")
            .env_clear()
            .stdin(Stdio::inherit())
            .output()?;
        let _ = (output.status, output.stdout, output.stderr);
        let status: ExitStatus = Command::new("true").status()?;
        assert!(status.success());
        let mut child = Command::new("sleep").arg("10").spawn()?;
        child.kill()?;
        let _: Output = child.wait_with_output()?;
        let file = File::create(dir.join("out"))?;
        let _ = Command::new("echo").arg("x").stdout(file).status()?;
        let mut first = Command::new("echo").stdout(Stdio::piped()).spawn()?;
        let second = Command::new("cat")
            .stdin(first.stdout.take().unwrap())
            .stdout(Stdio::null())
            .status()?;
        first.wait()?;
        let _ = (
            second,
            ExitCode::SUCCESS,
            library::process::id(),
            library::os::unix::process::parent_id(),
        );
        let (reader, writer) = io::pipe()?;
        let mut child = Command::new("echo").stdout(writer).spawn()?;
        drop(reader);
        let _ = child.wait()?;
        let mut command = Command::new("true");
        command.uid(0).gid(0);
        let _ = command.status()?;
        Ok(())
    }
}
