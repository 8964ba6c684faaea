#!/usr/bin/env bash
# Installs what building, testing and running Tenantry need, through apt, and
# fetches what the pages embed (npm, by the lock file), and checks the Rust tool chain. Safe to run again: it installs only what is
# missing, and does nothing but look when everything is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly POLICY=/usr/sbin/policy-rc.d
readonly POLICY_SAVED=$POLICY.before-tenantry
readonly POLICY_MARK='# written by Tenantry scripts/setup.sh'
readonly CLUSTER_CONF=/etc/postgresql-common/createcluster.d/tenantry-setup.conf

# What each package is for:
#   gcc libc6-dev        linking, and the assembler of the TLS library
#   g++                  libFuzzer, for make soak
#   ca-certificates      fetching crates
#   git                  tidy looks at what git would commit
#   iproute2             an address of its own for each domain controller
#   postgresql           private clusters (also brings psql and pgbench)
#   samba…, winbind      a real Active Directory domain controller
#   ldap-utils           a second, independent LDAP client in tests
#   faketime             a controller whose clock is wrong
#   cvc5                 the solver behind the proof of the access policies
#   chromium…            a real browser, for the tests of the pages
#   nodejs npm           fetching what the pages embed; not needed where there is an npm already
readonly PACKAGES=(
    gcc libc6-dev g++ ca-certificates git iproute2
    postgresql
    samba samba-ad-dc samba-ad-provision samba-dsdb-modules winbind
    ldap-utils faketime cvc5
    chromium chromium-driver
)
readonly FRONT_END=crates/portal
# Units that packages above enable. Tenantry starts its own, private ones.
readonly UNITS=(smbd nmbd winbind samba-ad-dc)

say() { printf 'setup: %s\n' "$*"; }

stop() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

missing_packages() {
    local package
    command -v npm >/dev/null || printf '%s\n' nodejs npm
    declare -A installed=()
    while read -r package; do
        installed[$package]=yes
    done < <(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "${PACKAGES[@]}" 2>/dev/null |
        sed -n 's/^installed //p')
    for package in "${PACKAGES[@]}"; do
        [[ ${installed[$package]:-} ]] || printf '%s\n' "$package"
    done
}

check_system() {
    [[ -r /etc/os-release ]] || stop 'this is not Debian 12 or newer (no /etc/os-release).'
    local names
    # shellcheck source=/dev/null
    names=$(. /etc/os-release && printf '%s' "${PRETTY_NAME:-unknown}|${ID:-} ${ID_LIKE:-}|${ID:-}|${VERSION_ID:-}")
    IFS='|' read -r pretty families id version <<<"$names"
    if [[ " $families " != *' debian '* ]] || ! command -v apt-get >/dev/null; then
        stop "this is $pretty; the set-up knows Debian 12 or newer and its relatives." \
            'Elsewhere install yourself: PostgreSQL 15+, Samba 4.17+ as AD domain controller,' \
            'the OpenLDAP clients, cvc5, a C compiler and Rust; then run: cargo xtask test'
    fi
    if [[ $id == debian && -n $version ]] && ((${version%%.*} < 12)); then
        stop "this is $pretty; Debian 12 or newer is needed (PostgreSQL 15, Samba 4.17)."
    fi
}

# Ends with a clear sentence unless commands can run as root.
become_root() {
    if ((EUID == 0)); then
        SUDO=()
    elif command -v sudo >/dev/null && { sudo --non-interactive true 2>/dev/null || [[ -t 0 ]]; }; then
        SUDO=(sudo)
    else
        stop 'installing packages needs root, and there is no sudo that works here.' \
            "Run as root: apt-get install --no-install-recommends $*"
    fi
}

# Keeps freshly installed services from starting, and PostgreSQL from creating
# a cluster nobody asked for, for the time of the installation.
guard() {
    restore_guards
    if [[ -e $POLICY ]]; then
        "${SUDO[@]}" mv "$POLICY" "$POLICY_SAVED"
    fi
    printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" | "${SUDO[@]}" tee "$POLICY" >/dev/null
    "${SUDO[@]}" chmod 755 "$POLICY"
    "${SUDO[@]}" mkdir -p "${CLUSTER_CONF%/*}"
    echo 'create_main_cluster = false' | "${SUDO[@]}" tee "$CLUSTER_CONF" >/dev/null
}

# Puts back what guard replaced, also after a run that was killed.
restore_guards() {
    if [[ -e $POLICY ]] && grep -qxF "$POLICY_MARK" "$POLICY"; then
        "${SUDO[@]}" rm -f "$POLICY"
    fi
    if [[ -e $POLICY_SAVED ]]; then
        "${SUDO[@]}" mv "$POLICY_SAVED" "$POLICY"
    fi
    "${SUDO[@]}" rm -f "$CLUSTER_CONF"
}

install_packages() {
    local packages=("$@") unit
    local before=()
    for unit in "${UNITS[@]}"; do
        if unit_exists "$unit"; then before+=("$unit"); fi
    done
    become_root "${packages[@]}"
    say "installing: ${packages[*]}"
    guard
    trap restore_guards EXIT
    export DEBIAN_FRONTEND=noninteractive
    local apt=("${SUDO[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 -o Dpkg::Use-Pty=0)
    if ! "${apt[@]}" install --yes --no-install-recommends "${packages[@]}"; then
        say 'not with the package lists of this machine; fetching new ones'
        "${apt[@]}" update || stop 'apt-get update does not work; see its message above.'
        "${apt[@]}" install --yes --no-install-recommends "${packages[@]}" ||
            stop 'apt-get could not install the packages; see its message above.'
    fi
    # A service that was here before stays as its owner set it.
    for unit in "${UNITS[@]}"; do
        if unit_exists "$unit" && [[ " ${before[*]} " != *" $unit "* ]]; then
            disable_unit "$unit"
        fi
    done
    restore_guards
    trap - EXIT
    say 'installed; no service was started or enabled, no PostgreSQL cluster created'
}

unit_exists() {
    [[ -e /etc/init.d/$1 || -e /lib/systemd/system/$1.service ]]
}

disable_unit() {
    if [[ -d /run/systemd/system ]]; then
        "${SUDO[@]}" systemctl --quiet disable "$1.service"
    else
        # Without systemd there is nothing running; remove what a later boot would start.
        "${SUDO[@]}" update-rc.d "$1" disable >/dev/null 2>&1 || true
        "${SUDO[@]}" rm -f "/etc/systemd/system/multi-user.target.wants/$1.service"
    fi
}

check_rust() {
    local wanted have tool
    wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
    local how="Install it with rustup (https://rustup.rs), then: rustup update stable && rustup component add rustfmt clippy"
    if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then
        stop "there is no Rust here; $wanted or newer is needed. $how"
    fi
    have=$(rustc --version | cut -d ' ' -f 2)
    if [[ $(printf '%s\n' "$wanted" "${have%%-*}" | sort --version-sort | head -n 1) != "$wanted" ]]; then
        stop "Rust $have is too old; $wanted or newer is needed. $how"
    fi
    for tool in fmt clippy; do
        cargo "$tool" --version >/dev/null 2>&1 ||
            stop "cargo $tool does not work. Install it: rustup component add rustfmt clippy"
    done
}

# What the pages embed: exactly what the lock file says, compared with its digests by npm.
fetch_front_end() {
    local have=$FRONT_END/node_modules/.fetched
    if cmp --quiet "$FRONT_END/package-lock.json" "$have"; then return; fi
    say "fetching what the pages embed (npm ci in $FRONT_END)"
    (cd "$FRONT_END" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
        stop "npm ci does not work in $FRONT_END; see its message above."
    cp "$FRONT_END/package-lock.json" "$have"
}

main() {
    check_system
    local missing
    mapfile -t missing < <(missing_packages)
    if ((${#missing[@]})); then
        install_packages "${missing[@]}"
    fi
    fetch_front_end
    check_rust
    say "everything is here ($(rustc --version | cut -d ' ' -f 1-2), $(psql --version | cut -d ' ' -f 3 | sed 's/^/PostgreSQL /'), Samba $(dpkg-query --show --showformat '${Version}' samba | sed 's/^[0-9]*://; s/[+-].*//'))"
}

main "$@"
