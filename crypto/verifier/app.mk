# SPDX-License-Identifier: Apache-2.0
# 4 KiB of RAM in all: the job, and a stack for BearSSL's longest way.
STACK_SIZE := 2816
HEAP_SIZE := 0
KERNEL_HEAP_SIZE := 32
PERMISSIONS := 0x80010002,1 0x80010002,2
SOURCES := crypto/verifier/main.c crypto/verify.c
APP_CFLAGS := -I. -isystem $(BEARSSL)/inc
BEARSSL_PARTS := codec/ccopy.c codec/dec32be.c codec/enc32be.c \
    $(addprefix ec/,ec_p256_m31.c ec_secp256r1.c ec_secp384r1.c ec_secp521r1.c \
    ecdsa_i31_bits.c ecdsa_i31_vrfy_raw.c) \
    $(addprefix int/,i31_add.c i31_bitlen.c i31_decmod.c i31_decode.c i31_decred.c \
    i31_encode.c i31_fmont.c i31_iszero.c i31_modpow.c i31_modpow2.c i31_montmul.c \
    i31_mulacc.c i31_muladd.c i31_ninv31.c i31_reduce.c i31_rshift.c i31_sub.c \
    i31_tmont.c i32_div32.c) \
    rsa/rsa_i31_pub.c rsa/rsa_pkcs1_sig_unpad.c
