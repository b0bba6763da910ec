# Sourced by the set-up scripts beside it.

# Installs these Debian packages (root); `complain` hears of those that can't be.
install_packages() {
    [ $# -gt 0 ] || return 0
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null 2>&1
    for package in "$@"; do
        apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 || complain "$package"
    done
}
