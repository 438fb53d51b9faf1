#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/flash_esp32c3: what it runs, and what it says where there is nothing to run. The
# esptool here is a script that writes down how it was called.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/none" "$work/bin"
for tool in sh grep cat dirname; do
    ln -s "$(command -v $tool)" "$work/none/$tool"
    ln -s "$(command -v $tool)" "$work/bin/$tool"
done
printf '#!/bin/sh\necho "$@" >"%s/called"\n' "$work" >"$work/bin/esptool.py"
chmod +x "$work/bin/esptool.py"
echo image >"$work/flash.img"
passed=0 failed=0

# holds NAME TEXT: TEXT is in what was said or called
holds() {
    if cat "$work/said" "$work/called" 2>/dev/null | grep -qF -e "$2"; then
        passed=$((passed + 1))
        echo "  ok    $1"
    else
        failed=$((failed + 1))
        echo "  FAIL  $1: not there: $2"
        cat "$work/said"
    fi
}

flash() {
    rm -f "$work/called"
    status=0
    PATH=$path tools/flash_esp32c3 "$@" >"$work/said" 2>&1 || status=$?
    echo "status $status" >>"$work/said"
}

path=$work/bin
flash esp32-c3-devkit "$work/flash.img" /dev/ttyUSB7
holds "esptool is called with port and image" \
    "--chip esp32c3 --baud 460800 --port /dev/ttyUSB7 write_flash --flash_mode keep"
holds "the image's own header says how flash is read" \
    "--flash_freq keep --flash_size keep 0x0 $work/flash.img"
holds "and its success is ours" "status 0"
flash esp32-c3-devkit "$work/flash.img"
holds "without a port it asks for one" "say which port"
holds "and fails" "status 1"
path=$work/none
flash esp32-c3-devkit "$work/flash.img" /dev/ttyUSB7
holds "without esptool it says how to get it" "pip install esptool"
holds "and what to type then" "esptool --chip esp32c3 --baud 460800 --port /dev/ttyUSB0 write_flash"
holds "and fails then, too" "status 1"
flash qemu-virt "$work/flash.img"
holds "other boards are not flashed so" "is not flashed over a serial port"
flash esp32-c3-devkit "$work/no.img"
holds "an image that is not there is named" "no.img is not there"

echo "$passed passed, $failed failed"
test $failed -eq 0
