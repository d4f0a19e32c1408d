#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""vouch-milter as a process: options, exit status, sockets, pid file, background, privileges."""

import os
import pwd
import signal
import socket
import stat
import subprocess
import sys

import daemon
import harness
import milter_client

FIVE_MISTAKES = """listen = "smoke:signals"
max-sessions = 0
csa { fail = explode }
dns { timeout = "8 parsecs" }
mode = lenient
"""


def judges(address):
    """Whether a filter at ADDRESS answers MAIL (from an exempt client: no DNS)."""
    with milter_client.Client(address) as mta:
        mta.connect("127.0.0.1")
        mta.helo("client.example")
        answer = mta.mail("<a@client.example>").kind == "continue"
        mta.quit()
    return answer


def test_options(tap, run):
    good = run.write("good.conf", "mode = monitor\n")
    unknown = run.write("unknown.conf", "mode = monitor\nmood = bad\n")
    cases = [
        (["-V"], 0, "vouch-milter "), (["-h"], 0, "usage:"), (["-x"], 64, "usage:"),
        (["extra"], 64, "usage:"), (["-c"], 64, "usage:"),
        (["-n", "-c", good], 0, "mode = monitor  # %s:1\n" % good),
        (["-n", "-c", unknown], 78, unknown + ":2: "),
        (["-n", "-c", run.path("absent.conf")], 66, run.path("absent.conf")),
        (["-f", "-c", run.path("absent.conf")], 66, run.path("absent.conf")),
        (["-n", "-c", run.directory], 66, run.directory),
        (["-n", "-c", good, "-u", "nobody:nosuchgroup"], 78, "nosuchgroup"),
        (["-n", "-c", good, "-u", "nosuchuser"], 78, "nosuchuser"),
        (["-n", "-c", good, "-p", "/it's \\ \"quoted\" ${HOME}"], 0, ""),
    ]
    for options, status, text in cases:
        result = daemon.run_once(*options)
        tap.ok(result[0] == status and text in result[1] + result[2],
               "vouch-milter " + " ".join(os.path.basename(o) for o in options), result)
    strict = run.write("strict.conf", "profile = strict\nspf { softfail = continue }\n")
    status, out, _ = daemon.run_once("-n", "-c", strict, "-p", "fd:3")
    lines = out.splitlines()
    tap.ok(status == 0 and "spf { none = reject }  # profile strict" in lines
           and "spf { softfail = continue }  # %s:2" % strict in lines
           and "profile = strict  # %s:1" % strict in lines
           and not [line for line in lines if "softfail = reject" in line],
           "-n tells what the profile set, and what a line of the file set in its stead", out)
    tap.ok([line.split(" = ")[0] for line in lines if line.endswith("# command line:1")]
           == ["listen"], "and what the command line set", out)
    path = run.write("five.conf", FIVE_MISTAKES)
    status, _, errors = daemon.run_once("-n", "-c", path)
    tap.ok(status == 78 and [line for line in range(1, 6) if "%s:%d: " % (path, line) in errors]
           == [1, 2, 3, 4, 5], "-n names five mistakes with file and line", errors)


def test_addresses(tap, run):
    bad = ["inet:", "inet:0", "inet:65536@127.0.0.1", "inet:8890x@127.0.0.1", "inet:8890@",
           "inet:::1:8890", "inet:[::1:8890", "inet:8890@[::1", "inet6:8890@127.0.0.1",
           "unix:relative", "local:", "fd:x", "fd:1", "relative"]
    taken = [a for a in bad if daemon.run_once("-n", "-c", run.write("empty.conf", ""),
                                               "-p", a)[0] != 78]
    tap.ok(not taken, "sockets that cannot be understood are refused", taken)
    for form, host, told in [("inet:%d@127.0.0.1", "127.0.0.1", "PORT@HOST"),
                             ("inet:127.0.0.1:%d", "127.0.0.1", "HOST:PORT"),
                             ("inet:%d@localhost", "127.0.0.1", "PORT@HOST"),
                             ("inet:localhost:%d", "127.0.0.1", "HOST:PORT"),
                             ("inet6:%d@::1", "::1", "PORT@HOST"),
                             ("inet6:%d@[::1]", "::1", "PORT@HOST"),
                             ("inet6:[::1]:%d", "::1", "HOST:PORT"),
                             ("inet:[::1]:%d", "::1", "HOST:PORT"),
                             ("inet:%d", "127.0.0.1", "every address")]:
        if host == "::1" and not has_ipv6():
            tap.skip("listens on " + form, "no IPv6 here")
            continue
        port = harness.free_port(host)
        server = daemon.Daemon(run, "inet-%d" % port, "", listen=form % port)
        good = harness.port_open(port, host) and told in server.log()
        tap.ok(server.stop() == 0 and good, "listens on " + form, server.log())


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def test_descriptor(tap, run):
    path = run.path("inherited.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(path)
        listener.listen(16)
        child = subprocess.Popen(
            ["sh", "-c", 'exec "$0" -f -c "$1" -p fd:3 3<&%d' % listener.fileno(),
             harness.program(daemon.PROGRAM), run.write("fd.conf", "")],
            pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            tap.ok(judges(path), "serves an inherited socket (fd:3)")
        finally:
            child.terminate()
            errors = child.communicate(timeout=20)[1]
    tap.ok(child.returncode == 0 and os.path.exists(path), "and leaves it in its place", errors)
    status = daemon.run_once("-f", "-p", "fd:9", "-c", run.write("fd.conf", ""))
    tap.ok(status[0] == 69, "a descriptor that is no socket", status)


def test_unix_sockets(tap, run):
    empty = run.write("empty.conf", "")
    path = run.path("unix.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stale:
        stale.bind(path)
    text = 'socket-mode = "0606"\nsocket-group = "daemon"\n'
    server = daemon.Daemon(run, "unix", text)
    tap.ok(judges(path), "a socket left by a dead process is replaced", server.log())
    found = os.stat(path)
    tap.ok(stat.S_IMODE(found.st_mode) == 0o606, "its mode", oct(found.st_mode))
    tap.ok(found.st_gid == run_group("daemon"), "its group", found)
    status = daemon.run_once("-f", "-c", empty, "-p", path)
    tap.ok(status[0] == 69 and "another process listens" in status[2] and judges(path),
           "a second instance refuses and leaves the first alone", status)
    tap.ok(server.stop() == 0 and not os.path.exists(path), "it removes its socket at the end")
    for name, wrong, expected in [("a file", run.write("file", "precious"), 73),
                                  ("a directory that is not there", run.path("no/a.sock"), 73),
                                  ("a file as directory", run.path("file/a.sock"), 73),
                                  ("a path too long", "/tmp/" + "x" * 120, 78)]:
        status = daemon.run_once("-f", "-c", empty, "-p", wrong)
        tap.ok(status[0] == expected and wrong.rsplit("/", 1)[0] in status[2],
               "at its path: " + name, status)
    with open(run.path("file"), encoding="utf-8") as kept:
        tap.ok(kept.read() == "precious", "and the file is left alone")
    port = harness.free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen(1)
        status = daemon.run_once("-f", "-c", empty, "-p", "inet:%d@127.0.0.1" % port)
        tap.ok(status[0] == 69 and "in use" in status[2], "a port that is taken", status)


def run_group(name):
    import grp
    return grp.getgrnam(name).gr_gid


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_background(tap, run):
    """Started as an init script does it; the process group ends with the test."""
    path, pid_path = run.path("background.sock"), run.path("background.pid")
    options = ["-c", run.write("background.conf", ""), "-p", path, "-P", pid_path]
    result = daemon.run_once(*options)
    tap.ok(result[0] == 0 and judges(path), "it exits 0 when the daemon listens", result)
    pid = int(read(pid_path))
    run.closers.append(lambda: end(pid))
    tap.ok(os.getsid(pid) == pid and os.readlink("/proc/%d/cwd" % pid) == "/",
           "the daemon of the pid file has a session of its own and left its directory")
    tap.ok(os.readlink("/proc/%d/fd/2" % pid) == "/dev/null", "and the terminal")
    second = daemon.run_once("-f", "-c", options[1], "-p", run.path("other.sock"), "-P", pid_path)
    tap.ok(second[0] == 69 and int(read(pid_path)) == pid, "a second one with that pid file refuses",
           second)
    failing = daemon.run_once("-c", options[1], "-p", path)
    tap.ok(failing[0] == 69 and "another process" in failing[2],
           "a daemon that cannot start tells, and its status is the starter's", failing)
    os.kill(pid, signal.SIGKILL)
    harness.wait_for(lambda: not alive(pid), "the daemon is dead")
    tap.ok(daemon.run_once(*options)[0] == 0 and judges(path),
           "after a crash it starts over the old pid file and socket")
    pid = int(read(pid_path))
    run.closers.append(lambda: end(pid))
    os.kill(pid, signal.SIGTERM)
    harness.wait_for(lambda: not alive(pid), "the daemon ends")
    tap.ok(not os.path.exists(path) and not os.path.exists(pid_path),
           "it removes socket and pid file at the end")


def alive(pid):
    """Whether PID runs; a zombie that nobody waits for is as good as gone."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as status:
            return status.read().rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False


def end(pid):
    if alive(pid) and "vouch-milter" in os.readlink("/proc/%d/exe" % pid):
        os.kill(pid, signal.SIGKILL)


def identities(pid):
    with open("/proc/%d/status" % pid, encoding="utf-8") as status:
        lines = dict(line.split(":", 1) for line in status)
    return {key: lines[key].split() for key in ("Uid", "Gid", "Groups")}


def test_privileges(tap, run):
    if os.geteuid() != 0:
        tap.skip("it becomes another user", "not run as root")
        return
    user = pwd.getpwnam("nobody")
    own = run.path("private")
    os.mkdir(own, 0o700)
    os.chown(own, user.pw_uid, user.pw_gid)
    # After setuid the kernel lets nobody trace the process, not even the leak checker.
    os.environ["ASAN_OPTIONS"] = "detect_leaks=0"
    server = daemon.Daemon(run, "nobody", "", ["-u", "nobody:daemon", "-P", own + "/pid"],
                           listen="unix:" + own + "/socket")
    ids = identities(server.child.pid)
    tap.ok(ids["Uid"] == [str(user.pw_uid)] * 4, "it becomes the user", ids)
    tap.ok(ids["Gid"] == [str(run_group("daemon"))] * 4 and "0" not in ids["Groups"],
           "and the group, without root's supplementary groups", ids)
    tap.ok(os.stat(own + "/socket").st_uid == user.pw_uid and judges(own + "/socket"),
           "the socket belongs to the user")
    tap.ok(server.reload("mode = monitor\n"), "it reloads as that user", server.log())
    tap.ok(server.stop() == 0 and os.listdir(own) == [], "and cleans up", os.listdir(own))
    del os.environ["ASAN_OPTIONS"]
    test_unprivileged(tap, run, own)


def test_unprivileged(tap, run, own):
    """Started by an ordinary user."""
    os.chmod(run.directory, 0o755)
    program = [harness.program(daemon.PROGRAM), "-f", "-c", run.write("empty.conf", "")]
    for name, options, status in [("root's directory", ["-p", run.path("a.sock")], 77),
                                  ("root's pid file", ["-p", own + "/s", "-P", run.path("p")], 77),
                                  ("another user", ["-p", own + "/s", "-u", "daemon"], 77)]:
        done = subprocess.run(program + options, user="nobody", group="nogroup", extra_groups=[],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=20,
                              check=False)
        tap.ok(done.returncode == status, "an ordinary user cannot have " + name, done)


def main():
    tap = harness.Tap()
    if harness.program(daemon.PROGRAM) is None:
        tap.skip_all(daemon.PROGRAM + " is not built")
    with harness.Run("process") as run:
        for test in (test_options, test_addresses, test_descriptor, test_unix_sockets,
                     test_background, test_privileges):
            test(tap, run)
        tap.ok(not run.failed_children(), "nothing died", run.failed_children())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
