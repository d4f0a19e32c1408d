#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
#
# Signs with Mail::DKIM's DomainKeys.  Standard input: lines "KEY SELECTOR DOMAIN CANONICALIZATION
# HEADERS MESSAGE OUTPUT", HEADERS as h= or "-"; OUTPUT becomes the signature field and the message.
use strict;
use warnings;
use Mail::DKIM::DkSignature;
use Mail::DKIM::PrivateKey;
use Mail::DKIM::Signer;

while (my $line = <STDIN>) {
    chomp $line;
    my ($key, $selector, $domain, $method, $headers, $message, $output) = split / /, $line;
    my $private = Mail::DKIM::PrivateKey->load(File => $key);
    my $signer = Mail::DKIM::Signer->new(
        Key    => $private,
        Policy => sub {
            my $dkim = shift;
            my $signature = Mail::DKIM::DkSignature->new(
                Algorithm => 'rsa-sha1', Method => $method, Domain => $domain,
                Selector => $selector, Query => 'dns',
                $headers eq '-' ? () : (Headers => $headers));
            $signature->set_tag('h', $headers) if $headers ne '-';
            $dkim->add_signature($signature);
            return;
        });
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
