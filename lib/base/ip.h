/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef BASE_IP_H
#define BASE_IP_H

/* ip.h - IP addresses and sets of networks.  An IPv4-mapped IPv6 address (::ffff:a.b.c.d, RFC 4291
 * 2.5.5.2) is IPv4 from the moment it is read. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum ip_family { IP_NONE = 0, IP_V4 = 4, IP_V6 = 6 };

struct ip {
    enum ip_family family;
    uint8_t octets[16]; /* network order; IPv4 uses the first four, the rest is zero */
};

enum { IP_TEXT_SIZE = 46 };

/* Read LENGTH characters of TEXT: dotted quad without leading zeros, or RFC 4291 text.  Nothing
 * else may stand before or behind.  False: not an address, *IP untouched. */
bool ip_parse(const char *text, size_t length, struct ip *ip);

/* From a socket address; family IP_NONE for NULL and for other families. */
struct ip ip_from_sockaddr(const struct sockaddr *address);

/* From COUNT (4 or 16) octets in network order. */
struct ip ip_from_octets(const uint8_t *octets, size_t count);

/* Write the address as text (RFC 5952 for IPv6; "unknown" for IP_NONE) and return BUFFER. */
const char *ip_format(const struct ip *ip, char buffer[IP_TEXT_SIZE]);

/* 32, 128, or 0 for IP_NONE. */
unsigned ip_bits(const struct ip *ip);

bool ip_equal(const struct ip *a, const struct ip *b);

/* Whether the first BITS bits of both are equal and both are of one family. */
bool ip_in_network(const struct ip *ip, const struct ip *network, unsigned bits);

struct ip_network {
    struct ip address;
    unsigned bits;
};

/* Read "ADDRESS" or "ADDRESS/BITS"; bits set behind the prefix are an error.  False: not a network.
 */
bool ip_network_parse(const char *text, struct ip_network *network);

/* Whether IP is in any of COUNT networks. */
bool ip_in_networks(const struct ip *ip, const struct ip_network *networks, size_t count);

#endif
