"""Two hosts on one machine: network namespaces with a link of stated delay and rate between them, for Open MPI over TCP.

A host has its own network, name, processes, temporary files and /dev/shm; the file system is common, as the parallel file system of a cluster. What stands in
for sshd is a shell on each host that runs what is written to its FIFO. The link is build/tests/network_link, two TAP interfaces: the kernels of virtual
machines and containers mostly lack netem. All of it lives in namespaces below one process, and ends with it, however that ends.
"""

import contextlib
import os
import subprocess
import sys
import time

from launch import ROOT, environment

INSIDE = "HOPFILM_TEST_NAMESPACE"
NETWORK = "10.77.0"
SHELL = 'mount -t tmpfs tmpfs /dev/shm && hostname {name} && exec 3<>{fifo} && while read -r line <&3; do sh -c "$line" & done'
ENTER = ("--net", "--uts", "--mount", "--ipc", "--pid")


def enter_namespaces():
    """Starts this script again in namespaces of its own, or ends with 77 and a word where they cannot be made. Returns inside."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if os.environ.get(INSIDE):
        return
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    enter = ["unshare", *user, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    for command in ([*enter, "true"], [*enter, "ip", "tuntap", "add", "hf0", "mode", "tap"]):
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            why = done.stdout.strip() if done.returncode else None
        except OSError as error:
            why = f"{error.filename} not found"
        if why is not None:
            print(f"skipped: namespaces or network interfaces cannot be made here: {why}")
            sys.exit(77)
    os.environ[INSIDE] = "1"
    os.execvp(enter[0], [*enter, sys.executable, *sys.argv])  # whoever kills this process then kills all that is in the namespaces


def read(path):
    with open(path) as file:
        return file.read()


def children(pid):
    return [int(word) for word in read(f"/proc/{pid}/task/{pid}/children").split()]


class Host:
    def __init__(self, home, number, name):
        self.name, self.address, self.interface = name, f"{NETWORK}.{number + 1}", f"hf{number}"
        self.fifo, self.log, self.temporary = (os.path.join(home, file) for file in (self.address + ".fifo", name + ".log", name))
        os.mkfifo(self.fifo)
        os.mkdir(self.temporary)
        first = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; read wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        first.stdout.readline()
        self.network = os.open(f"/proc/{first.pid}/ns/net", os.O_RDONLY)  # stays while it is open, also when the host is off
        first.communicate()
        self.start()
        subprocess.run(["ip", "link", "set", self.interface, "netns", str(self.first())], check=True)
        self.call("ip", "address", "add", f"{self.address}/24", "dev", self.interface)
        for interface in ("lo", self.interface):
            self.call("ip", "link", "set", interface, "up")

    def start(self):
        enter = ["nsenter", f"--net=/proc/{os.getpid()}/fd/{self.network}"]
        unshare = ["unshare", "--uts", "--mount", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"]
        with open(self.log, "a") as log:
            self.holder = subprocess.Popen(
                [*enter, *unshare, "bash", "-c", SHELL.format(name=self.name, fifo=self.fifo)],
                env={**environment(), "TMPDIR": self.temporary},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        end = time.time() + 10
        while not children(self.holder.pid) or self.call("hostname", check=False) != self.name:
            if time.time() > end or self.holder.poll() is not None:
                raise RuntimeError(f"host {self.name} does not start: {read(self.log)}")
            time.sleep(0.02)
        self.processes_in = os.readlink(f"/proc/{self.first()}/ns/pid")

    def first(self):
        """The host's first process."""
        return children(self.holder.pid)[0]

    def inside(self, *command):
        """The command as a process of this host, in the project's folder."""
        return ["nsenter", "--target", str(self.first()), *ENTER, "env", "-C", ROOT, f"TMPDIR={self.temporary}", *command]

    def call(self, *command, check=True):
        done = subprocess.run(self.inside(*command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(command)} on {self.name}: {done.stdout}")
        return done.stdout.strip()

    def processes(self, name):
        """Those of that name, as this script counts processes. Of a dead host there are none."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                if (
                    os.readlink(f"/proc/{pid}/ns/pid") == self.processes_in
                    and read(f"/proc/{pid}/comm").strip() == name
                    and " Z " not in read(f"/proc/{pid}/stat")
                ):
                    found.append(int(pid))
        return found

    def kill(self):
        self.holder.kill()
        self.holder.wait()


class TwoHosts:
    NAMES = ("one", "two")

    def __init__(self, home, link):
        self.home = home
        self.line = subprocess.Popen([link, "hf0", "hf1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        if self.line.stdout.readline() != "ready\n":
            raise RuntimeError("the link does not start")
        self.hosts = [Host(home, number, name) for number, name in enumerate(self.NAMES)]
        self.agent = os.path.join(home, "agent")
        with open(self.agent, "w") as file:  # what Open MPI takes for ssh
            file.write(f'#!/bin/sh\nhost=$1\nshift\necho "$*" >{home}/$host.fifo\n')
        os.chmod(self.agent, 0o755)

    def link(self, **settings):
        for name, value in settings.items():
            self.line.stdin.write(f"{name} {value}\n")

    def count(self):
        """Frames and bytes that crossed the link since the last count."""
        self.line.stdin.write("count\n")
        return tuple(int(word) for word in self.line.stdout.readline().split())

    def down(self):
        self.hosts[1].call("ip", "link", "set", self.hosts[1].interface, "down")

    def up(self):
        self.hosts[1].call("ip", "link", "set", self.hosts[1].interface, "up")

    def options(self, ranks):
        """Those with which mpirun, started on the first host, puts half of the ranks on each."""
        path = os.path.join(self.home, f"hosts-{ranks}")
        with open(path, "w") as file:
            file.writelines(f"{host.address} slots={(ranks + 1) // 2}\n" for host in self.hosts)
        return ["--hostfile", path, "--mca", "plm_rsh_agent", self.agent]

    def close(self):
        for host in self.hosts:
            host.kill()
        self.line.stdin.close()
        self.line.wait()
