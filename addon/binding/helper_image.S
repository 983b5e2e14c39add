/* The bytes of the static init helper; helper.cc copies them into a sealed memfd. */
	.section .rodata
	.global tsrun_helper_begin
	.hidden tsrun_helper_begin
	.global tsrun_helper_end
	.hidden tsrun_helper_end
	.balign 64
tsrun_helper_begin:
	.incbin TSRUN_HELPER_IMAGE
tsrun_helper_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
