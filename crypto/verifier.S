/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier's binary, in the kernel's image. No app can read it there. */
    .section .rodata.verifier, "a", @progbits
    .balign 4
    .globl verifier_image, verifier_image_end
verifier_image:
    .incbin "build/apps/verifier.tbf"
verifier_image_end:
