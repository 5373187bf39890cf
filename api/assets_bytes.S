/* assets_bytes.S - the bytes of the files in assets.def, each between asset_NAME_start and asset_NAME_end. */
#define ASSET(name, file, url, mime) \
	.global asset_##name##_start; .hidden asset_##name##_start; \
	.global asset_##name##_end; .hidden asset_##name##_end; \
	.balign 16; \
	asset_##name##_start: .incbin file; \
	asset_##name##_end: .byte 0;

	.section .rodata
#include "api/assets.def"

#ifdef __ELF__
	.section .note.GNU-stack, "", %progbits
#endif
