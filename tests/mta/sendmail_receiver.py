# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""The receiving site of receiver.py with Sendmail in Postfix's place."""

import namespace
from receiver import USERS, Receiver
from sendmail import Sendmail
from smtp_client import Client


class SendmailReceiver(Receiver):
    """Lives in a namespace of its own, where clients simply have their addresses."""

    def start_mta(self, lines, ports):
        sockets = {name: item and item.sendmail_socket for name, item in lines.items()}
        self.sendmail = Sendmail(self.run, sockets, self.sink.port, USERS,
                                 self.settings)

    def held(self):
        return self.sendmail.held()

    def connect(self, line, client, name=None):
        client = client.removeprefix("::ffff:")  # no such thing on the wire
        namespace.add_address(client)
        return Client(self.sendmail.port(line), "::1" if ":" in client else "127.0.0.1",
                      source=client)
