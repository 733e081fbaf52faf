; fresh - what the registers hold at a program's first instruction: nothing that
; another program, or the kernel, had in them. No C comes before it. Exit status 0,
; or which register is not as it must be.

bits 32
section .text

%macro must_be_zero 2
	test %1, %1
	mov bl, %2
	jnz bad
%endmacro

global _start
_start:
	push ebx
	mov ebx, 1
	test eax, eax
	jnz bad
	pop eax				; ebx as it was
	mov bl, 2
	test eax, eax
	jnz bad
	must_be_zero ecx, 3
	must_be_zero edx, 4
	must_be_zero esi, 5
	must_be_zero edi, 6
	must_be_zero ebp, 7
	mov eax, fs
	must_be_zero eax, 8
	mov eax, gs
	must_be_zero eax, 9
	pushfd
	pop eax
	and eax, 0x3f7fd7		; all but reserved, ZF, PF, ...: IF alone is set
	and eax, ~0x44
	mov bl, 10
	cmp eax, 0x202
	jne bad
	test esp, 15
	mov bl, 11
	jnz bad
	xor ebx, ebx
bad:	movzx ebx, bl
	mov eax, 252
	int 0x80
