# SPDX-License-Identifier: Apache-2.0
# QEMU virt where apps need a credential, with the drivers for cryptography. The
# machine is qemu-virt's; this kernel needs the source of BearSSL (tools/bearssl).

LOADER_CHECK := $(ACCEPT_SOURCES) $(VERIFIER_SOURCES) loader/checker_hash.c \
    loader/checker_hmac.c loader/checker_signature.c
include boards/qemu-virt/board.mk
MEMORY_DIR := boards/qemu-virt
# Of functions with one text the compiler would keep one, and tell the stack check
# of no other.
BOARD_CFLAGS += -fno-ipa-icf
BOARD_SOURCES := $(filter-out boards/qemu-virt/board.c $(BOOT_MODE_SOURCES),$(BOARD_SOURCES)) \
    boards/qemu-virt-secure/board.c boards/qemu-virt-secure/keys.c \
    crypto/bearssl_aes.c crypto/bearssl_digest.c \
    chips/virt/virtio_rng.c \
    drivers/aes.c drivers/digest_job.c drivers/hmac.c drivers/rng.c drivers/sha.c

BEARSSL_SOURCES := $(addprefix aead/,ccm.c gcm.c) \
    $(addprefix codec/,dec32be.c dec32le.c dec64be.c enc32be.c enc32le.c enc64be.c) \
    $(addprefix hash/,ghash_ctmul32.c md5.c sha1.c sha2big.c sha2small.c) \
    $(addprefix symcipher/,aes_common.c aes_ct.c aes_ct_cbcdec.c aes_ct_ctr.c \
    aes_ct_ctrcbc.c aes_ct_dec.c aes_ct_enc.c)
