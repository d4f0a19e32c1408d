/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PORT = 65535, MAX_DESCRIPTOR = 1023 };

static const char bad_port[] = "the port is not a number from 1 to 65535";
static const char too_long[] = "the address is too long";

/* A decimal number from MINIMUM to MAXIMUM that fills the LENGTH octets at TEXT. */
static bool read_number(const char *text, size_t length, unsigned minimum, unsigned maximum,
                        unsigned *number)
{
    unsigned value = 0;

    if (length == 0 || length > 5)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    *number = value;
    return value >= minimum && value <= maximum;
}

static bool set_where(struct address *address, const char *text, size_t length)
{
    if (length >= sizeof address->where)
        return false;
    memcpy(address->where, text, length);
    address->where[length] = '\0';
    return true;
}

static const char *read_path(const char *path, struct address *address)
{
    address->kind = ADDRESS_UNIX;
    if (path[0] != '/')
        return "the path of a Unix socket must begin with a slash";
    return set_where(address, path, strlen(path)) ? NULL : too_long;
}

/* HOST, its brackets taken off. */
static const char *read_host(const char *text, size_t length, struct address *address)
{
    unsigned char octets[sizeof(struct in6_addr)];
    bool is_v6;

    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    if (length == 0)
        return "the host is missing";
    if (memchr(text, '[', length) != NULL || memchr(text, ']', length) != NULL)
        return "the brackets around the host do not match";
    if (!set_where(address, text, length))
        return too_long;
    is_v6 = inet_pton(AF_INET6, address->where, octets) == 1;
    if (!is_v6 && strchr(address->where, ':') != NULL)
        return "the host has a colon but is not an IPv6 address";
    if (is_v6)
        address->kind = ADDRESS_INET6; /* Postfix writes inet:[::1]:8890 */
    else if (address->kind == ADDRESS_INET6 && inet_pton(AF_INET, address->where, octets) == 1)
        return "inet6: with an IPv4 address";
    return NULL;
}

static const char *read_host_port(const char *text, const char *colon, struct address *address)
{
    size_t length = (size_t)(colon - text);

    address->order = ADDRESS_HOST_FIRST;
    if (!read_number(colon + 1, strlen(colon + 1), 1, MAX_PORT, &address->number))
        return bad_port;
    if (text[0] != '[' && memchr(text, ':', length) != NULL)
        return "an IPv6 address before :PORT needs brackets, as in inet6:[::1]:8890";
    return read_host(text, length, address);
}

static const char *read_inet(const char *text, struct address *address)
{
    const char *at = strchr(text, '@');
    const char *colon = strrchr(text, ':');

    if (at != NULL) {
        address->order = ADDRESS_PORT_FIRST;
        if (!read_number(text, (size_t)(at - text), 1, MAX_PORT, &address->number))
            return bad_port;
        return read_host(at + 1, strlen(at + 1), address);
    }
    if (colon != NULL)
        return read_host_port(text, colon, address);
    address->order = ADDRESS_PORT_ONLY;
    return read_number(text, strlen(text), 1, MAX_PORT, &address->number) ? NULL : bad_port;
}

static const char *read_descriptor(const char *text, struct address *address)
{
    address->kind = ADDRESS_FD;
    if (!read_number(text, strlen(text), 3, MAX_DESCRIPTOR, &address->number))
        return "fd: needs the number of an inherited descriptor, 3 or more";
    return NULL;
}

/* What follows PREFIX in TEXT, or NULL. */
static const char *behind(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

const char *address_parse(const char *text, struct address *address)
{
    const char *rest;

    *address = (struct address){.kind = ADDRESS_INET};
    if ((rest = behind(text, "unix:")) != NULL || (rest = behind(text, "local:")) != NULL)
        return read_path(rest, address);
    if (text[0] == '/')
        return read_path(text, address);
    if ((rest = behind(text, "inet:")) != NULL)
        return read_inet(rest, address);
    if ((rest = behind(text, "fd:")) != NULL)
        return read_descriptor(rest, address);
    address->kind = ADDRESS_INET6;
    if ((rest = behind(text, "inet6:")) != NULL)
        return read_inet(rest, address);
    return "a socket is written inet:PORT@HOST, inet6:PORT@HOST, unix:/path, local:/path, /path or "
           "fd:NUMBER";
}

const char *address_describe(const struct address *address, char *buffer, size_t size)
{
    static const char *const order[] = {
        [ADDRESS_PORT_FIRST] = "PORT@HOST",
        [ADDRESS_HOST_FIRST] = "HOST:PORT",
        [ADDRESS_PORT_ONLY] = "PORT",
    };

    if (address->kind == ADDRESS_UNIX)
        (void)snprintf(buffer, size, "Unix socket %s", address->where);
    else if (address->kind == ADDRESS_FD)
        (void)snprintf(buffer, size, "inherited descriptor %u", address->number);
    else
        (void)snprintf(buffer, size, "port %u on %s%s (written %s)", address->number,
                       address->where[0] != '\0' ? "host " : "every address", address->where,
                       order[address->order]);
    return buffer;
}
