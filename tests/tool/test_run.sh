#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# BUILDS: nothing, but what it asks of make it asks here
# tools/run with input from a pipe, and what the makefiles refuse before
# anything is built.
set -u
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp tools/run "$work/"

# A machine that keeps what is typed, a dot for each return and a bracket for
# Ctrl-], and ends with status 7.
cat >"$work/qemu" <<'END'
#!/bin/sh
tr '\r\035' '.]' >"$(dirname "$0")/typed"
exit 7
END
chmod +x "$work/qemu"

run() {
    rm -f "$work/typed"
    RUN_PLAIN=${RUN_PLAIN:-} RUN_SECONDS=0 "$work/run" board kernel apps >"$work/said" 2>&1
    status=$?
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
        sed 's/^/        /' "$work/said"
        [ ! -e "$work/typed" ] || cat "$work/typed"
    fi
}

typed() {
    [ "$(cat "$work/typed")" = "$1" ]
}

# What make says and that it fails; $1 is looked for, the rest is for make.
make_refuses() {
    text=$1
    shift
    ! env -u MAKEFLAGS -u MAKELEVEL -u BOARD -u APPS make "$@" >"$work/said" 2>&1 &&
        grep -q -e "$text" "$work/said"
}

printf 'list' >"$work/input"
run <"$work/input"
check 'a last line without its end is typed all the same' typed '.list.]exit.'
check '... and the status is that of QEMU' [ "$status" = 7 ]

printf 'attach echo\nhello\n' >"$work/input"
run <"$work/input"
check 'before exit, an attached app is left' typed '.attach echo.hello.]exit.'

run </dev/null
check 'no input at all means exit' typed '.]exit.'

printf '#!/bin/sh\nexec sleep 60\n' >"$work/qemu"
RUN_PLAIN=yes run <"$work/input"
check 'a board without a prompt is ended with the input, with success' [ "$status" = 0 ]
printf '#!/bin/sh\nexit 7\n' >"$work/qemu"
RUN_PLAIN=yes run <"$work/input"
check '... but one that has ended by itself has its own status' [ "$status" = 7 ]

check 'two boards are refused' \
    make_refuses 'BOARD="a b" is not one board' BOARD='a b' help
check 'a board that there is not is refused' \
    make_refuses 'no board "nope"; there are: .*qemu-virt' BOARD=nope help
check 'an app that there is not is refused, with those for people named' \
    make_refuses 'no app "nope"; there are: blink .* template template-cxx vault, and' APPS=nope run
check 'more apps than the board has slots are refused' \
    make_refuses 'hifive1-revb has room for 3 apps, APPS names 4' \
    BOARD=hifive1-revb APPS='hello hello hello hello' apps
check 'minutes of soaking are a number' \
    make_refuses 'SOAK_MINUTES="1h" is no number' SOAK_MINUTES=1h soak

echo "$passed passed, $failed failed"
[ $failed = 0 ]
