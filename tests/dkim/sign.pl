#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
#
# Signs with Mail::DKIM.  Standard input: lines "KEY SELECTOR DOMAIN ALGORITHM CANONICALIZATION
# MESSAGE OUTPUT"; OUTPUT becomes the signature field and the message.
use strict;
use warnings;
use Mail::DKIM::Signer;
use Mail::DKIM::PrivateKey;

while (my $line = <STDIN>) {
    chomp $line;
    my ($key, $selector, $domain, $algorithm, $method, $message, $output) = split / /, $line;
    my $private = Mail::DKIM::PrivateKey->load(File => $key);
    my $signer = Mail::DKIM::Signer->new(
        Algorithm => $algorithm, Method => $method, Domain => $domain,
        Selector => $selector, Key => $private);
    open(my $in, '<:raw', $message) or die "$message: $!";
    local $/;
    my $text = <$in>;
    $signer->PRINT($text);
    $signer->CLOSE;
    open(my $out, '>:raw', $output) or die "$output: $!";
    print $out $signer->signature->as_string, "\r\n", $text;
    close $out;
    $/ = "\n";
}
