/* The bytes of the static init helper; init_image.cc copies them into a sealed memfd. */
	.section .rodata
	.global tsrun_init_image_begin
	.hidden tsrun_init_image_begin
	.global tsrun_init_image_end
	.hidden tsrun_init_image_end
	.balign 64
tsrun_init_image_begin:
	.incbin TSRUN_INIT_IMAGE
tsrun_init_image_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
