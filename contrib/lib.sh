# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
# Sourced by quickstart and selftest: packages and building.  Needs bash.

# The folder of the sources; the sourcing script sets nothing, it lies in contrib/.
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# missing_packages PURPOSE...: those of contrib/packages that are not installed, on one line.
missing_packages() {
    local purpose package status
    while read -r purpose package _; do
        case " $* " in *" $purpose "*) ;; *) continue ;; esac
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)
        [ "$status" = installed ] || printf '%s ' "$package"
    done <"$source_dir/contrib/packages"
}

# install_missing LOG PURPOSE...: install them.  Nothing is removed for it (apt refuses), no service
# is started, and a new Postfix gets no configuration.
install_missing() {
    local log=$1 missing
    shift
    if ! command -v dpkg-query >/dev/null; then
        say "No dpkg here, so nothing is installed; contrib/packages names what is needed."
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    [ "$(id -u)" = 0 ] || die "these packages are missing and only root can install them: $missing"
    say "Installing ${missing% }"
    # shellcheck disable=SC2086
    if ! apt_install $missing >"$log" 2>&1; then
        tail -n 25 "$log" >&2
        die "apt-get could not install $missing"
    fi
}

apt_install() {
    local result=0 no_start=/usr/sbin/policy-rc.d made=
    export DEBIAN_FRONTEND=noninteractive
    case " $* " in
    *" postfix "*)
        echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections ;;
    esac
    # Debian's way to say "start nothing" (invoke-rc.d(8)).
    if [ ! -e "$no_start" ]; then
        made=yes
        printf '#!/bin/sh\nexit 101\n' >"$no_start" && chmod 755 "$no_start"
    fi
    apt-get -q update </dev/null &&
        apt-get -q -y --no-install-recommends --no-remove -o DPkg::Lock::Timeout=300 \
            install "$@" </dev/null || result=$?
    [ -z "$made" ] || rm -f "$no_start"
    return "$result"
}

# unpack_sendmail FOLDER: Debian's Sendmail there, for the tests.  As a package it would push Postfix
# out, so it is only downloaded and unpacked; the libraries it wants are installed.
unpack_sendmail() (
    missing=
    mkdir -p "$1" && cd "$1" && chmod 755 . || return 1
    [ -n "$(apt-cache show sendmail-bin 2>/dev/null)" ] || apt-get -q update </dev/null || return 1
    for library in $(apt-cache show --no-all-versions sendmail-bin | sed -n 's/^Depends: //p' |
        tr ',' '\n' | sed 's/^ *//; s/[ |].*//' | grep '^lib'); do
        dpkg-query -W "$library" >/dev/null 2>&1 || missing="$missing $library"
    done
    # shellcheck disable=SC2086
    [ -z "$missing" ] || apt_install $missing || return 1
    apt-get -q -o APT::Sandbox::User=root download sendmail-bin sendmail-base sendmail-cf \
        </dev/null || return 1
    for library in ./*.deb; do
        dpkg -x "$library" . || return 1
    done
    rm -f ./*.deb
)

# logged LOG COMMAND...: run it with its output in LOG; when it fails, show the end of LOG.
logged() {
    local log=$1
    shift
    if ! "$@" >>"$log" 2>&1 </dev/null; then
        say "failed: $*" >&2
        tail -n 30 "$log" >&2
        return 1
    fi
}

# make_configure SOURCE LOG: the configure script, when it is missing or old.
make_configure() {
    if [ ! -x "$1/configure" ] || [ "$1/configure.ac" -nt "$1/configure" ]; then
        logged "$2" autoreconf -fi "$1"
    fi
}
