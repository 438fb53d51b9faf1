#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/setup against a machine made of fake commands.
set -u
passed=0
failed=0
setup=$(pwd)/tools/setup
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"

# Real ones that the script needs; apart from them it sees only fakes.
for real in sh awk sed tr env rm; do
    ln -s "$(command -v $real)" "$work/bin/$real"
done

# fake NAME: a command that does what stdin says.
fake() {
    {
        echo '#!/bin/sh'
        cat
    } >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}

echo 'exit 0' | fake true

# A Debian on which $1 is installed, and apt-get can install the rest.
debian() {
    echo "$1" >"$work/installed"
    : >"$work/apt"
    fake dpkg-query <<END
while read -r line; do for p in \$line; do echo "installed \$p"; done; done <'$work/installed'
END
    fake apt-get <<END
echo "\$*" >>'$work/apt'
case "\$*" in
'-qq -s'*) [ ! -e '$work/stale' ] ;;
*' update') rm -f '$work/stale' ;;
*) [ ! -e '$work/stale' ] || exit 100
    echo "\$*" | sed 's/.*recommends install //; s/.*install -y [^ ]* //' >>'$work/installed' ;;
esac
END
    fake id <<'END'
echo 0
END
    rm -f "$work/bin/sudo" "$work/stale"
}

run_setup() {
    CI=true PATH="$work/bin" "$setup" "$@" >"$work/said" 2>&1 </dev/null
}

check() {
    sentence=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "  ok    $sentence"
    else
        failed=$((failed + 1))
        echo "  FAIL  $sentence"
        sed 's/^/        /' "$work/said" "$work/apt"
    fi
}

says() {
    grep -q -e "$1" "$work/said"
}

apt_did() {
    grep -q -e "$1" "$work/apt"
}

silent() {
    [ ! -s "$work/said" ] && [ ! -s "$work/apt" ]
}

refuses() {
    ! run_setup "$@"
}

debian ''
SETUP_DRY_RUN=1 run_setup test
all=$(sed 's/.*install: //' "$work/said")
SETUP_DRY_RUN=1 run_setup run
few=$(sed 's/.*install: //' "$work/said")

debian "$all"
check 'with everything there nothing is done and nothing said' run_setup test
check '... at all' silent

debian "$few"
check 'what running needs is less than what testing needs' run_setup run
check '... so nothing is done' silent

debian "$few"
check 'root installs what is missing' run_setup test
check '... by name' apt_did 'install.* shellcheck'
check '... what signatures are compared with, too' apt_did 'install.* openssl'
check '... without recommended packages' apt_did '--no-install-recommends'
check '... and not what is there' sh -c "! grep -q qemu-system-misc '$work/apt'"
check '... after saying so' says 'installing with apt-get: .*libcmocka-dev'
check '... without an update that is not needed' sh -c "! grep -q update '$work/apt'"

debian ''
: >"$work/stale"
check 'a stale package index is updated first' run_setup run
check '... and then all is installed' apt_did 'install.*qemu-system-misc'

debian ''
fake id <<'END'
echo 1000
END
check 'neither root nor sudo is an error' refuses run
check '... that says what to run' says 'apt-get install --no-install-recommends gcc-riscv64'

fake sudo <<END
[ "\$1" = -n ] && shift
exec "\$@"
END
check 'with sudo it is installed' run_setup run

debian ''
fake id <<'END'
echo 1000
END
fake sudo <<'END'
exit 1
END
check 'a sudo that wants a password is no use without a terminal' refuses run
check '... which is said' says 'sudo wants a password'

rm "$work/bin/apt-get"
check 'a machine without apt-get is refused' refuses test
check '... with the names of what is missing' says 'lacks: riscv64-unknown-elf-gcc'
for command in riscv64-unknown-elf-gcc qemu-system-riscv32 gcc pkg-config xz; do
    echo : | fake $command
done
check '... unless all the commands are there' run_setup run

debian ''
check 'an unknown set is refused' refuses everything

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
