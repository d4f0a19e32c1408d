# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""Tests of dnsd: raw DNS packets in, octets out.  Prints TAP."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

DNSD = os.path.join(os.environ.get("top_builddir", "."), "tests/dnsd/dnsd")
A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, OPT, ANY = 1, 2, 5, 6, 12, 15, 16, 28, 33, 41, 255
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
WAIT = 10  # seconds until a test is given up; nothing waits that long when all is well
QUIET = 0.2  # seconds without an answer that count as silence

ZONE = r"""
; a comment, and an empty line

example.com.  3600 IN SOA ns.example.com. host.example.com. 1 2 3 4 60
mail.example.com A 192.0.2.1 ; a comment
  mail.example.com A 192.0.2.2
mail.example.com AAAA 2001:db8::1
example.com MX 10 mail.example.com
example.com TXT "v=spf1; -all" "second \"string\""
_client._smtp.mail.example.com 60 IN SRV 1 2 0 mail.example.com.
alias.example.com CNAME alias2.example.com
alias2.example.com CNAME mail.example.com
lost.example.com CNAME gone.example.com
loop.example.com CNAME loop.example.com
*.wild.example.com A 192.0.2.9
exact.wild.example.com TXT exact
a\046b.example.com A 192.0.2.46
\200\000x.example.com A 192.0.2.200
nosoa.test A 192.0.2.3
1.2.0.192.in-addr.arpa PTR mail.example.com
long.example.com TXT {long}
silent.example.com A 192.0.2.4
! silent.example.com ANY silent
servfail.example.com A 192.0.2.4
! servfail.example.com A servfail
! refused.example.com ANY refused
! formerr.example.com ANY formerr
! bogus.example.com ANY bogus
truncate.example.com A 192.0.2.5
! truncate.example.com ANY truncate
malformed.example.com A 192.0.2.4
! malformed.example.com ANY malformed
! garbage.example.com ANY garbage
wrong.example.com A 192.0.2.6
! wrong.example.com A wrong-id
! wrong.example.com TXT wrong-name
! wrong.example.com AAAA wrong-port
! *.slow.example.com ANY delay 60
! both.example.com ANY delay 60
! both.example.com ANY servfail
led.example.com CNAME refused.example.com
""".replace("{long}", " ".join('"%s"' % (chr(97 + i) * 200) for i in range(8)))


class Answer:
    """A decoded answer."""

    def __init__(self, octets):
        self.octets = octets
        (self.id, flags, questions, answers, authority, additional) = struct.unpack(
            "!6H", octets[:12])
        self.qr, self.opcode = flags >> 15, flags >> 11 & 15
        self.tc, self.rd = flags >> 9 & 1, flags >> 8 & 1
        self.ra, self.cd, self.rcode = flags >> 7 & 1, flags >> 4 & 1, flags & 15
        self.at = 12
        self.question = [(self.name(), *self.take("!HH")) for _ in range(questions)]
        self.answers = [self.record() for _ in range(answers)]
        self.authority = [self.record() for _ in range(authority)]
        self.additional = [self.record() for _ in range(additional)]
        assert self.at == len(octets), "octets after the end"

    def take(self, form):
        values = struct.unpack_from(form, self.octets, self.at)
        self.at += struct.calcsize(form)
        return values

    def name(self):
        labels, at, jumped = [], self.at, False
        while self.octets[at]:
            if self.octets[at] >= 0xC0:
                if not jumped:
                    self.at = at + 2
                jumped = True
                at = struct.unpack_from("!H", self.octets, at)[0] & 0x3FFF
                continue
            labels.append(self.octets[at + 1:at + 1 + self.octets[at]])
            at += 1 + self.octets[at]
        if not jumped:
            self.at = at + 1
        return tuple(labels)

    def record(self):
        name = self.name()
        rtype, _class, ttl, length = self.take("!HHIH")
        end = self.at + length
        if rtype in (CNAME, PTR):
            data = self.name()
        elif rtype == MX:
            data = (*self.take("!H"), self.name())
        elif rtype == SRV:
            data = (*self.take("!HHH"), self.name())
        else:
            data = self.octets[self.at:end]
        self.at = end
        return (name, rtype, ttl, data)

    def addresses(self):
        return sorted(socket.inet_ntop(socket.AF_INET if r[1] == A else socket.AF_INET6, r[3])
                      for r in self.answers if r[1] in (A, AAAA))


def labels(text):
    return tuple(label.encode("latin-1") for label in text.split(".")) if text else ()


def query(name, rtype, ident=4711, edns=None, klass=1, opcode=0):
    """The octets of a query; NAME is text or a tuple of labels."""
    parts = labels(name) if isinstance(name, str) else name
    octets = struct.pack("!6H", ident, 0x0100 | opcode << 11, 1, 0, 0, 1 if edns else 0)
    octets += b"".join(bytes([len(part)]) + part for part in parts) + b"\0"
    octets += struct.pack("!HH", rtype, klass)
    return octets + (b"\0" + struct.pack("!HHIH", OPT, edns, 0, 0) if edns else b"")


class Dnsd:
    """A running dnsd."""

    def __init__(self, zone=ZONE, addresses=("127.0.0.1@0",), arguments=()):
        self.folder = tempfile.mkdtemp(prefix="dnsd-")
        self.log, self.zone = (os.path.join(self.folder, name) for name in ("log", "zone"))
        self.socket = os.path.join(self.folder, "control")
        self.write(zone)
        command = [DNSD, "-A", "-e", "-z", self.zone, "-L", self.log, "-C", self.socket]
        for address in addresses:
            command += ["-l", address]
        self.process = subprocess.Popen(command + list(arguments), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addresses = []
        for address in addresses:
            word, where = self.process.stdout.readline().decode().split()
            assert word == "listening", word
            self.addresses.append((where.split("@")[0], int(where.split("@")[1])))
        self.address = self.addresses[0]
        self.control = socket.socket(socket.AF_UNIX)
        self.control.settimeout(WAIT)
        self.control.connect(self.socket)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.control.close()
        self.process.terminate()
        code = self.process.wait(WAIT)
        self.errors = self.process.stderr.read().decode()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
        shutil.rmtree(self.folder)
        assert code == 0, "dnsd ended with %d: %s" % (code, self.errors)

    def write(self, zone):
        with open(self.zone, "w", encoding="latin-1") as file:
            file.write(zone)

    def command(self, line):
        self.control.sendall(line.encode() + b"\n")
        return self.control.recv(1000).decode().strip()

    def lines(self):
        """The log: (milliseconds, transport, name, type[, outcome])."""
        with open(self.log, encoding="ascii") as file:
            return [line.split() for line in file]

    def count(self, name, rtype):
        return sum(line[2:] == [name, rtype] for line in self.lines())

    def udp(self, address=None):
        family = socket.AF_INET6 if ":" in (address or self.address)[0] else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.settimeout(WAIT)
        sock.connect(address or self.address)
        return sock

    def exchange(self, octets, wait=WAIT, address=None):
        """The octets that come back, or None."""
        with self.udp(address) as sock:
            sock.settimeout(wait)
            sock.send(octets)
            try:
                return sock.recv(65536)
            except socket.timeout:
                return None

    def ask(self, name, rtype, **options):
        return Answer(self.exchange(query(name, rtype, **options)))

    def tcp(self, address=None):
        return socket.create_connection(address or self.address, WAIT)


def send_frame(sock, octets):
    sock.sendall(struct.pack("!H", len(octets)) + octets)


def recv_frame(sock):
    with sock.makefile("rb", buffering=0) as file:
        def exactly(count):
            octets = b""
            while len(octets) < count:
                more = file.read(count - len(octets))
                assert more, "connection closed"
                octets += more
            return octets
        return exactly(struct.unpack("!H", exactly(2))[0])


def ask_tcp(server, name, rtype, address=None):
    with server.tcp(address) as sock:
        send_frame(sock, query(name, rtype))
        return Answer(recv_frame(sock))


def test_records(server):
    answer = server.ask("mail.example.com", A, ident=77)
    assert (answer.id, answer.qr, answer.rd, answer.ra, answer.rcode) == (77, 1, 1, 1, NOERROR)
    assert answer.question == [(labels("mail.example.com"), A, 1)]
    assert answer.addresses() == ["192.0.2.1", "192.0.2.2"]
    assert answer.answers[0][2] == 300
    assert server.ask("mail.example.com", AAAA).addresses() == ["2001:db8::1"]
    assert server.ask("example.com", MX).answers[0][3] == (10, labels("mail.example.com"))
    assert server.ask("example.com", TXT).answers[0][3] == b'\x0cv=spf1; -all\x0fsecond "string"'
    srv = server.ask("_client._smtp.mail.example.com", SRV).answers[0]
    assert srv[2:] == (60, (1, 2, 0, labels("mail.example.com")))
    ptr = server.ask("1.2.0.192.in-addr.arpa", PTR).answers[0]
    assert ptr[3] == labels("mail.example.com")
    assert len(server.ask("mail.example.com", ANY).answers) == 3


def test_case_of_the_question_is_kept(server):
    answer = server.ask("MaIl.eXample.COM", A)
    assert answer.question == [(labels("MaIl.eXample.COM"), A, 1)]
    assert answer.addresses() == ["192.0.2.1", "192.0.2.2"]
    assert server.count("mail.example.com", "A") >= 1


def test_negative_answers(server):
    absent = server.ask("absent.example.com", A)
    assert (absent.rcode, absent.answers) == (NXDOMAIN, [])
    assert [r[:3] for r in absent.authority] == [(labels("example.com"), SOA, 3600)]
    nodata = server.ask("mail.example.com", TXT)
    assert (nodata.rcode, nodata.answers, len(nodata.authority)) == (NOERROR, [], 1)
    between = server.ask("_smtp.mail.example.com", SRV)
    assert (between.rcode, between.answers) == (NOERROR, [])
    outside = server.ask("absent.test", A)
    assert (outside.rcode, outside.authority) == (NXDOMAIN, [])


def test_cname(server):
    answer = server.ask("alias.example.com", A)
    assert [r[1] for r in answer.answers] == [CNAME, CNAME, A, A]
    assert answer.answers[1][0] == labels("alias2.example.com")
    lost = server.ask("lost.example.com", A)
    assert (lost.rcode, len(lost.answers), len(lost.authority)) == (NXDOMAIN, 1, 1)
    empty = server.ask("alias.example.com", TXT)
    assert (empty.rcode, len(empty.answers), len(empty.authority)) == (NOERROR, 2, 1)
    assert [r[1] for r in server.ask("alias.example.com", CNAME).answers] == [CNAME]
    assert server.ask("loop.example.com", A).rcode == SERVFAIL


def test_wildcard(server):
    answer = server.ask("any.thing.wild.example.com", A)
    assert answer.answers[0][0] == labels("any.thing.wild.example.com")
    assert answer.addresses() == ["192.0.2.9"]
    assert server.ask("x.wild.example.com", TXT).rcode == NOERROR
    assert server.ask("exact.wild.example.com", A).addresses() == []
    assert server.ask("below.exact.wild.example.com", A).rcode == NXDOMAIN


def test_labels_of_any_octet(server):
    assert server.ask((b"a.b", b"example", b"com"), A).addresses() == ["192.0.2.46"]
    assert server.ask("a.b.example.com", A).rcode == NXDOMAIN
    assert server.ask((b"\xc8\0x", b"example", b"com"), A).addresses() == ["192.0.2.200"]
    assert server.count(r"a\.b.example.com", "A") == 1
    assert server.count(r"\200\000x.example.com", "A") == 1


def test_rcodes(server):
    assert server.ask("servfail.example.com", A).rcode == SERVFAIL
    assert server.ask("servfail.example.com", TXT).rcode == NOERROR
    assert server.ask("bogus.example.com", A).rcode == SERVFAIL
    assert server.ask("refused.example.com", TXT).rcode == REFUSED
    assert server.ask("led.example.com", A).rcode == REFUSED
    assert server.ask("formerr.example.com", A).rcode == FORMERR
    assert server.ask("mail.example.com", A, klass=3).rcode == REFUSED
    assert server.ask("mail.example.com", A, opcode=2).rcode == NOTIMP


def test_silent(server):
    assert server.exchange(query("silent.example.com", A), wait=QUIET) is None
    assert ["udp", "silent.example.com", "A", "silent"] in [l[1:] for l in server.lines()]


def test_truncate(server):
    answer = server.ask("truncate.example.com", A)
    assert (answer.tc, answer.answers) == (1, [])
    answer = ask_tcp(server, "truncate.example.com", A)
    assert (answer.tc, answer.addresses()) == (0, ["192.0.2.5"])


def test_size_limit(server):
    assert server.ask("long.example.com", TXT).tc == 1
    assert server.ask("long.example.com", TXT, edns=1232).tc == 1
    answer = server.ask("long.example.com", TXT, edns=4000)
    assert (answer.tc, len(answer.answers[0][3])) == (0, 8 * 201)
    assert [r[1] for r in answer.additional] == [OPT]
    assert server.ask("mail.example.com", A).additional == []
    answer = ask_tcp(server, "long.example.com", TXT)
    assert (answer.tc, len(answer.answers)) == (0, 1)


def test_malformed_and_garbage(server):
    octets = server.exchange(query("malformed.example.com", A, ident=99))
    assert octets[:2] == struct.pack("!H", 99) and octets[6:8] == b"\0\1"
    try:
        Answer(octets)
    except (AssertionError, IndexError, struct.error):
        pass
    else:
        raise AssertionError("it can be decoded")
    assert server.exchange(query("garbage.example.com", A)) is not None


def test_wrong_answers(server):
    assert Answer(server.exchange(query("wrong.example.com", A, ident=1))).id != 1
    answer = server.ask("wrong.example.com", TXT)
    assert answer.question[0][0] == labels("xrong.example.com")
    assert server.exchange(query("wrong.example.com", AAAA), wait=QUIET) is None
    assert server.lines()[-1][4] == "wrong-port"


def test_delay(server):
    assert server.ask("x.slow.example.com", A).rcode == NXDOMAIN
    assert server.ask("both.example.com", A).rcode == SERVFAIL
    for name in ("x.slow.example.com", "both.example.com"):
        asked, answered = [float(l[0]) for l in server.lines() if l[2] == name]
        assert answered - asked >= 60, (asked, answered)


def test_many_delayed(server):
    names = ["n%d.slow.example.com" % i for i in range(500)]
    with server.udp() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        for ident, name in enumerate(names):
            sock.send(query(name, A, ident=ident))
        answers = [Answer(sock.recv(4096)) for _ in names]
    assert [answer.id for answer in answers] == list(range(len(names)))
    assert all(server.count(name, "A") == 1 for name in names[::50])


def test_tcp(server):
    with server.tcp() as sock:
        octets = query("mail.example.com", A, ident=5)
        send_frame(sock, octets)
        assert Answer(recv_frame(sock)).addresses() == ["192.0.2.1", "192.0.2.2"]
        frame = struct.pack("!H", len(octets)) + octets
        for octet in frame:  # one at a time
            sock.sendall(bytes([octet]))
        assert Answer(recv_frame(sock)).id == 5
        slow = query("y.slow.example.com", A, ident=6)
        sock.sendall(struct.pack("!H", len(slow)) + slow + frame * 100)
        ids = [Answer(recv_frame(sock)).id for _ in range(101)]
        assert ids == [5] * 100 + [6], "a delayed answer does not hold up the others"
    assert server.lines()[-1][1] == "tcp"


def test_tcp_gone_before_the_answer(server):
    with server.tcp() as sock:
        send_frame(sock, query("gone.slow.example.com", A))
    assert server.ask("still.slow.example.com", A).rcode == NXDOMAIN


def test_many_connections(server):
    socks = [server.tcp() for _ in range(300)]
    send_frame(socks[-1], query("mail.example.com", A))
    assert Answer(recv_frame(socks[-1])).rcode == NOERROR
    for sock in socks:
        sock.close()


def test_hostile_octets(server):
    whole = query("mail.example.com", A, ident=3, edns=1232)
    with server.udp() as sock:
        for length in range(len(whole)):
            sock.send(whole[:length])
        for octet in range(len(whole)):
            for value in (0, 0x3F, 0x80, 0xC0, 0xFF):
                sock.send(whole[:octet] + bytes([value]) + whole[octet + 1:])
        sock.send(b"")
        sock.send(os.urandom(4096))
    with server.tcp() as sock:
        sock.sendall(b"\xff\xff" + os.urandom(65535) + b"\0\0" + b"\0\x01x")
    two = struct.pack("!6H", 9, 0x0100, 2, 0, 0, 0) + 2 * whole[12:12 + 22]
    assert Answer(server.exchange(two)).rcode == FORMERR
    assert server.exchange(struct.pack("!6H", 9, 0x0100, 1, 0, 0, 0))[:4] == b"\0\x09\x81\x01"
    answer = b"\0\x09\x81\0" + whole[4:]
    assert server.exchange(answer, wait=QUIET) is None, "an answer is not answered"
    assert server.ask("mail.example.com", A).rcode == NOERROR


def test_log(server):
    assert server.command("reset") == "ok"
    server.ask("mail.example.com", A)
    ask_tcp(server, "example.com", TXT)
    server.exchange(struct.pack("!6H", 9, 0x0100, 1, 0, 0, 0))
    assert [line[1:] for line in server.lines()] == [
        ["udp", "mail.example.com", "A"], ["udp", "mail.example.com", "A", "NOERROR"],
        ["tcp", "example.com", "TXT"], ["tcp", "example.com", "TXT", "NOERROR"],
        ["udp", "-", "-"], ["udp", "-", "-", "FORMERR"]]
    times = [float(line[0]) for line in server.lines()]
    assert times == sorted(times)
    server.process.send_signal(signal.SIGUSR1)
    wait_for(lambda: server.lines() == [])


def wait_for(condition):
    end = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.005)


def test_faults_at_run_time(server):
    def rcode(name):
        return server.ask(name, A).rcode

    assert server.command("! * ANY servfail") == "ok"
    assert (rcode("mail.example.com"), rcode("refused.example.com"), rcode("")) == (
        SERVFAIL, SERVFAIL, SERVFAIL)
    assert server.command("! *.example.com A refused") == "ok"
    assert (rcode("mail.example.com"), rcode("example.com")) == (REFUSED, SERVFAIL)
    assert server.command("! *.example.com ANY formerr") == "ok"
    assert rcode("mail.example.com") == REFUSED, "a type is closer than ANY"
    assert server.command("! MAIL.example.com ANY normal") == "ok"
    assert (rcode("mail.example.com"), rcode("x.mail.example.com")) == (NOERROR, REFUSED)
    assert server.command("! mail.example.com ANY formerr") == "ok"
    assert rcode("mail.example.com") == FORMERR, "the later line wins"
    assert server.command("clear") == "ok"
    assert (rcode("mail.example.com"), rcode("servfail.example.com")) == (NOERROR, SERVFAIL)


def test_all_silent(server):
    assert server.command("silent") == "ok"
    assert server.exchange(query("mail.example.com", A), wait=QUIET) is None
    assert server.command("normal") == "ok"
    assert server.ask("mail.example.com", A).rcode == NOERROR


def test_control_mistakes(server):
    for line in ("", "what", "! x", "! x A", "! x A slow", "! x A delay", "! x A delay -1",
                 "! x A delay 1x", "! x A delay 99999999999", "! x NOTYPE silent",
                 "! x A silent 3", "! x A delay 3 3", "! %s A silent" % ("x" * 64)):
        assert server.command(line).startswith("error "), line
    assert server.command("x" * 1500).startswith("error ")
    with socket.socket(socket.AF_UNIX) as other:
        other.settimeout(WAIT)
        other.connect(server.socket)
        other.sendall(b"x" * 2048)
        assert other.recv(100) == b"", "a line without end closes"
    with socket.socket(socket.AF_UNIX) as other:
        other.settimeout(WAIT)
        other.connect(server.socket)
        other.sendall(b"silent\r\nnormal\nwh")
        wait_for(lambda: other.recv(100, socket.MSG_PEEK) == b"ok\nok\n")
    assert server.command("normal") == "ok"


def test_reload(server):
    server.write("new.example.net A 192.0.2.77\n! old.example.net ANY refused\n")
    assert server.command("reload") == "ok"
    assert server.ask("new.example.net", A).addresses() == ["192.0.2.77"]
    assert server.ask("old.example.net", A).rcode == REFUSED
    assert server.ask("mail.example.com", A).rcode == NXDOMAIN
    for text in ("new.example.net A 192.0.2.777\n", "new.example.net\n", "! new.example.net A\n",
                 "x" * 64 + " A 192.0.2.1\n"):
        server.write("other.example.net A 192.0.2.1\n" + text)
        problem = server.command("reload")
        assert problem.startswith("error %s:2: " % server.zone), problem
        assert server.ask("new.example.net", A).addresses() == ["192.0.2.77"]
    os.unlink(server.zone)
    assert server.command("reload").startswith("error %s: " % server.zone)
    server.write(ZONE)
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: server.ask("mail.example.com", A).rcode == NOERROR)


def test_long_lines():
    """A record of 40 kB, as hostile SPF records are; over TCP as it does not fit a datagram."""
    strings = " ".join('"%s"' % ("%{d}" * 60) for _ in range(166))
    with Dnsd("long.example.com TXT %s\n" % strings) as server:
        assert len(ask_tcp(server, "long.example.com", TXT).answers[0][3]) == 166 * 241


def test_addresses():
    with Dnsd(addresses=("127.0.0.1@0", "::1@0", "127.0.0.2@0")) as server:
        assert [address[0] for address in server.addresses] == ["127.0.0.1", "::1", "127.0.0.2"]
        for address in server.addresses:
            octets = server.exchange(query("mail.example.com", A), address=address)
            assert Answer(octets).rcode == NOERROR
            assert ask_tcp(server, "mail.example.com", A, address).rcode == NOERROR


def test_end_with_input():
    with Dnsd() as server:
        server.process.stdin.close()
        assert server.process.wait(WAIT) == 0
        assert not os.path.exists(server.socket)


def test_bad_start():
    for arguments in (["-x"], ["extra"], ["-l", "nonsense@x"], ["-l", "192.0.2.1@0"],
                      ["-z", "/nonexistent/zone"], ["-L", "/nonexistent/log"],
                      ["-C", "/nonexistent/socket"], ["-C", "x" * 200]):
        done = subprocess.run([DNSD, *arguments], capture_output=True, timeout=WAIT, check=False)
        assert done.returncode in (64, 69) and done.stderr and not done.stdout, arguments


def main():
    tests = [item for item in globals().items() if item[0].startswith("test_")]
    failed = 0
    print("1..%d" % len(tests), flush=True)
    with Dnsd() as server:
        for number, (name, test) in enumerate(tests, 1):
            try:
                test(*([server] if test.__code__.co_argcount else []))
                word = "ok"
            except Exception:  # whatever a test stumbles over is its failure
                print("# " + traceback.format_exc().replace("\n", "\n# "))
                word = "not ok"
                failed += 1
            print("%s %d - %s" % (word, number, name[5:].replace("_", " ")), flush=True)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
