/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/base/ip.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"

static bool is_v4_mapped(const uint8_t octets[16])
{
    static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    return memcmp(octets, prefix, sizeof prefix) == 0;
}

struct ip ip_from_octets(const uint8_t *octets, size_t count)
{
    struct ip ip = {.family = IP_NONE};

    if (count == 4) {
        ip.family = IP_V4;
        memcpy(ip.octets, octets, 4);
    } else if (count == 16 && is_v4_mapped(octets)) {
        ip.family = IP_V4;
        memcpy(ip.octets, octets + 12, 4);
    } else if (count == 16) {
        ip.family = IP_V6;
        memcpy(ip.octets, octets, 16);
    }
    return ip;
}

bool ip_parse(const char *text, size_t length, struct ip *ip)
{
    char copy[IP_TEXT_SIZE];
    uint8_t octets[16];

    if (length == 0 || length >= sizeof copy || memchr(text, '\0', length) != NULL)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET, copy, octets) == 1)
        *ip = ip_from_octets(octets, 4);
    else if (inet_pton(AF_INET6, copy, octets) == 1)
        *ip = ip_from_octets(octets, 16);
    else
        return false;
    return true;
}

struct ip ip_from_sockaddr(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address != NULL && address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return ip_from_octets((const uint8_t *)&v4.sin_addr, 4);
    }
    if (address != NULL && address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        return ip_from_octets((const uint8_t *)&v6.sin6_addr, 16);
    }
    return (struct ip){.family = IP_NONE};
}

const char *ip_format(const struct ip *ip, char buffer[IP_TEXT_SIZE])
{
    int family = ip->family == IP_V4 ? AF_INET : AF_INET6;

    if (ip->family == IP_NONE || inet_ntop(family, ip->octets, buffer, IP_TEXT_SIZE) == NULL)
        (void)snprintf(buffer, IP_TEXT_SIZE, "unknown");
    return buffer;
}

unsigned ip_bits(const struct ip *ip)
{
    if (ip->family == IP_NONE)
        return 0;
    return ip->family == IP_V4 ? 32 : 128;
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
    return a->family == b->family && memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

bool ip_in_network(const struct ip *ip, const struct ip *network, unsigned bits)
{
    unsigned whole = bits / 8;
    unsigned mask = (0xff00U >> (bits % 8)) & 0xffU;

    if (ip->family != network->family || ip->family == IP_NONE || bits > ip_bits(ip))
        return false;
    if (memcmp(ip->octets, network->octets, whole) != 0)
        return false;
    return bits % 8 == 0 || ((ip->octets[whole] ^ network->octets[whole]) & mask) == 0;
}

/* The number behind the slash: digits only, no leading zero, at most MAXIMUM. */
static bool parse_bits(const char *text, unsigned maximum, unsigned *bits)
{
    unsigned value = 0;

    if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
        return false;
    for (; *text != '\0'; text++) {
        if (!ascii_is_digit(*text))
            return false;
        value = value * 10 + (unsigned)(*text - '0');
        if (value > maximum)
            return false;
    }
    *bits = value;
    return true;
}

static bool has_host_bits(const struct ip_network *network)
{
    struct ip rest = network->address;

    for (unsigned i = 0; i < network->bits; i++)
        rest.octets[i / 8] &= (uint8_t) ~(0x80U >> (i % 8));
    for (size_t i = 0; i < sizeof rest.octets; i++)
        if (rest.octets[i] != 0)
            return true;
    return false;
}

bool ip_network_parse(const char *text, struct ip_network *network)
{
    const char *slash = strchr(text, '/');
    size_t length = slash != NULL ? (size_t)(slash - text) : strlen(text);
    struct ip_network read;

    if (!ip_parse(text, length, &read.address))
        return false;
    read.bits = ip_bits(&read.address);
    if (slash != NULL && !parse_bits(slash + 1, read.bits, &read.bits))
        return false;
    if (has_host_bits(&read))
        return false;
    *network = read;
    return true;
}

bool ip_in_networks(const struct ip *ip, const struct ip_network *networks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ip_in_network(ip, &networks[i].address, networks[i].bits))
            return true;
    return false;
}
