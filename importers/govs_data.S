/* govs_data.S - data/jpgovs.csv as it is. */
	.section .rodata
	.balign 16
	.globl govs_csv
	.type govs_csv, %object
govs_csv:
	.incbin "data/jpgovs.csv"
	.globl govs_csv_end
govs_csv_end:
	.byte 0
	.size govs_csv, . - govs_csv
	.section .note.GNU-stack, "", %progbits
