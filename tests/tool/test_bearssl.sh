#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/bearssl against an apt made of fake commands.
set -u
passed=0
failed=0
bearssl=$(pwd)/tools/bearssl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"

for real in sh awk tar xz mkdir mktemp mv rm dirname cat; do
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

# A source package, and an apt that has it.
mkdir -p "$work/bearssl-0.6/inc" "$work/bearssl-0.6/src"
echo 'the header' >"$work/bearssl-0.6/inc/bearssl.h"
tar -cJf "$work/package.tar.xz" -C "$work" bearssl-0.6
fake apt-cache <<'END'
echo ' libbearssl-dev | 0.6+dfsg.1-3 | http://mirror.example/debian bookworm/main amd64 Packages'
echo ' libbearssl-dev | 0.6+dfsg.1-3 | http://other.example/debian bookworm/main amd64 Packages'
END
fake apt-get <<END
echo "\$*" >>'$work/apt'
for word; do
    case \$word in Dir::Etc::SourceList=*) cat "\${word#*=}" >>'$work/list' ;; esac
done
[ ! -e '$work/offline' ] || { echo 'Temporary failure resolving' >&2; exit 100; }
case "\$*" in *source*) cat '$work/package.tar.xz' >bearssl_0.6+dfsg.1.orig.tar.xz ;; esac
END

run() {
    PATH="$work/bin" HOME="$work/home" BERTH_CACHE="${cache-$work/cache}" \
        XDG_CACHE_HOME='' "$bearssl" "$@" >"$work/said" 2>&1 </dev/null
}

refuses() {
    ! run "$@"
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
    fi
}

says() {
    grep -q -e "$1" "$work/said"
}

is_unpacked() {
    grep -q 'the header' "$1/inc/bearssl.h" && [ -e "$1/.ready" ]
}

apt_untouched() {
    [ ! -e "$work/apt" ]
}

check 'the source is fetched and unpacked' run "$work/a b/tree"
check '... all of it' is_unpacked "$work/a b/tree"
check '... from where the packages of this machine come' \
    grep -qx 'deb-src http://mirror.example/debian bookworm main' "$work/list"
check '... by a source list of its own' \
    sh -c "! grep -v 'SourceParts=-' '$work/apt' | grep -q ."
check '... with an index of its own' \
    sh -c "! grep -v 'State::Lists=$work\\|State::Lists=/' '$work/apt' | grep -q ."
rm "$work/apt"
check 'what is there is left alone' run "$work/a b/tree"
check '... without apt' apt_untouched
check 'a second tree comes from the cache' run "$work/second"
check '... whole' is_unpacked "$work/second"
check '... without apt' apt_untouched

mkdir -p "$work/own/inc"
echo 'the header' >"$work/own/inc/bearssl.h"
check "a tree of the user's own is used" run "$work/own"
check '... without apt' apt_untouched

: >"$work/offline"
cache=$work/empty
check 'without a network it fails' refuses "$work/third"
check '... with what apt said' says 'Temporary failure resolving'
check '... and what to do instead' says 'make BEARSSL='
check '... and leaves no tree' [ ! -e "$work/third" ]
rm "$work/offline"

mkdir "$work/broken"
echo 'no archive' >"$work/broken/bearssl_0.6.orig.tar.xz"
cache=$work/broken
check 'a broken archive in the cache is refused' refuses "$work/third"
check '... and thrown away' [ ! -e "$work/broken/bearssl_0.6.orig.tar.xz" ]
check '... so that the next one works' run "$work/third"

fake apt-cache </dev/null
cache=$work/none
check 'an apt that does not know the package is an error' refuses "$work/fourth"
check '... that says why' says 'apt-get update'
rm "$work/bin/apt-get"
check 'a machine without apt-get is an error' refuses "$work/fourth"
check '... that says what to do' says 'make BEARSSL='

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
