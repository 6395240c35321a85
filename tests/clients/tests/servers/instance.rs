//! [`Instance`]: a real server on loopback, on a free port, in a folder that goes with it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// No server takes longer to start, not even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(50);

/// A server that is killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) port: u16,
    child: Child,
    folder: TempDir,
    /// Where the name server of Erlang listens, which outlives the broker.
    names: Option<u16>,
    /// The signal that ends it at once and in order.
    end: &'static str,
}

impl Instance {
    /// PostgreSQL with the user `app` and the password `secret`.
    pub(crate) fn postgres() -> io::Result<Instance> {
        let folder = folder_of("postgres")?;
        let (data, port) = (folder.path().join("data"), free_port()?);
        let password = folder.path().join("password");
        std::fs::write(&password, "secret")?;
        let mut initdb = as_user("postgres", &postgres_program("initdb")?);
        initdb.args(["--username=app", "--auth=scram-sha-256", "--no-sync"]);
        initdb.arg("-D").arg(&data).arg("--pwfile").arg(&password);
        succeed(initdb.stdout(Stdio::null()))?;
        let mut server = as_user("postgres", &postgres_program("postgres")?);
        server.arg("-D").arg(&data).args(["-p", &port.to_string(), "-F", "-h", "127.0.0.1"]);
        server.arg("-k").arg(folder.path());
        let mut postgres = Self::start(server, port, folder)?;
        postgres.end = "QUIT";
        Ok(postgres)
    }

    /// Redis with these settings.
    pub(crate) fn redis(settings: &[&str]) -> io::Result<Instance> {
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        let mut server = Command::new("redis-server");
        server.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
        server.arg("--dir").arg(folder.path()).args(settings);
        Self::start(server, port, folder)
    }

    /// RabbitMQ with its user `guest`, and with no other broker of this host around.
    pub(crate) fn rabbitmq() -> io::Result<Instance> {
        let (folder, port) = (folder_of("rabbitmq")?, free_port()?);
        let mut server = as_user("rabbitmq", Path::new("/usr/lib/rabbitmq/bin/rabbitmq-server"));
        let (node, names) = (format!("test{port}@localhost"), free_port()?);
        server
            .env("HOME", folder.path())
            .env("RABBITMQ_NODENAME", node)
            .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODE_PORT", port.to_string())
            .env("RABBITMQ_DIST_PORT", free_port()?.to_string())
            .env("ERL_EPMD_PORT", names.to_string())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_MNESIA_BASE", folder.path())
            .env("RABBITMQ_LOG_BASE", folder.path())
            .env("RABBITMQ_LOGS", folder.path().join("log"))
            .env("RABBITMQ_PID_FILE", folder.path().join("pid"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", folder.path().join("plugins"))
            .env("RABBITMQ_CONFIG_FILE", folder.path().join("none"));
        let mut broker = Self::start(server, port, folder)?;
        broker.names = Some(names);
        Ok(broker)
    }

    fn start(mut server: Command, port: u16, folder: TempDir) -> io::Result<Instance> {
        let name = server.get_program().to_owned();
        let child = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.map_err(|error| {
            io::Error::other(format!("{} is not installed: {error}", name.display()))
        })?;
        let instance = Instance { port, child, folder, names: None, end: "TERM" };
        let begin = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if begin.elapsed() > PATIENCE {
                return Err(io::Error::other(format!("{} does not start", name.display())));
            }
            // A poll: there is nothing to wait for.
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(instance)
    }

    /// Asks the server to stop.
    pub(crate) fn stop(&self) -> io::Result<()> {
        signal("TERM", self.child.id())
    }

    /// Kills the server as the kernel does when memory is short.
    pub(crate) fn kill(&self) -> io::Result<()> {
        let process = std::fs::read_to_string(self.folder.path().join("pid"))?;
        signal("KILL", process.trim().parse().map_err(io::Error::other)?)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // Killed at once, it would leave its children behind.
        let _ = signal(self.end, self.child.id());
        let begin = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && begin.elapsed() < Duration::from_secs(5)
        {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(names) = self.names {
            let mut epmd = Command::new("epmd");
            let _ =
                succeed(epmd.args(["-port", &names.to_string(), "-kill"]).stdout(Stdio::null()));
        }
    }
}

/// Sends a signal to a process.
pub(crate) fn signal(name: &str, process: u32) -> io::Result<()> {
    succeed(Command::new("kill").arg(format!("-{name}")).arg(process.to_string()))
}

fn succeed(command: &mut Command) -> io::Result<()> {
    match command.status()?.success() {
        true => Ok(()),
        false => Err(io::Error::other(format!("{command:?} failed"))),
    }
}

/// Servers that refuse to run as root run as their own user.
fn as_user(user: &str, program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={user}"), format!("--regid={user}")]);
    command.arg("--clear-groups").arg(program);
    command
}

/// A folder that the user may write to.
fn folder_of(user: &str) -> io::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    if is_root() {
        succeed(Command::new("chown").arg(user).arg(folder.path()))?;
    }
    Ok(folder)
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// Debian keeps the programs of each version apart.
fn postgres_program(name: &str) -> io::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .map_err(|error| io::Error::other(format!("PostgreSQL is not installed: {error}")))?;
    let programs = versions.flatten().map(|version| version.path().join("bin").join(name));
    programs.filter(|program| program.exists()).max().ok_or(io::ErrorKind::NotFound.into())
}

fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    Ok(listener.local_addr()?.port())
}
