#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
#
# Verifies with Mail::DKIM, DomainKeys included.  Argument: the port of a name server on loopback.
# Standard input: names of messages; standard output: for each a line "ALGORITHM=RESULT ...", one
# word for each signature.
use strict;
use warnings;
use Mail::DKIM::DNS;
use Mail::DKIM::Verifier;
use Net::DNS::Resolver;

$| = 1;
Mail::DKIM::DNS::resolver(
    Net::DNS::Resolver->new(nameservers => ['127.0.0.1'], port => $ARGV[0], recurse => 0));
while (my $name = <STDIN>) {
    chomp $name;
    my $verifier = Mail::DKIM::Verifier->new;
    open(my $in, '<:raw', $name) or die "$name: $!";
    local $/;
    my $text = <$in>;
    $verifier->PRINT($text);
    $verifier->CLOSE;
    $/ = "\n";
    print join(' ', map {
        (ref($_) =~ /DkSignature/ ? 'domainkeys' : $_->algorithm) . '=' . ($_->result || 'none')
    } $verifier->signatures), "\n";
}
