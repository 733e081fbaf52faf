; Where the loader jumps to: protected mode, flat segments, paging off, interrupts
; off, eax the Multiboot magic and ebx the physical address of its information
; (Multiboot Specification 0.6.96, 3.2).
;
; The kernel is linked at 0xC0100000 and loaded at 0x00100000. The code below runs
; at its physical address, builds page tables that show the first 16 MiB at 0 and
; again at 0xC0000000, turns paging on, jumps up, and takes the lower mapping away.
; mm/ builds the final tables.

MAGIC_HEADER	equ 0x1BADB002
MAGIC_LOADER	equ 0x2BADB002
FLAGS		equ 0x00000003		; modules on page boundaries, memory information

PAGE_OFFSET	equ 0xC0000000
BOOT_TABLES	equ 4			; of 4 MiB each; linker.ld checks that the image fits
PTE_KERNEL	equ 0x003		; present, writable
INIT_STACK_SIZE	equ 8192

EFLAGS_ID	equ 0x00200000
CPUID_TSC	equ 0x00000010
CR0_PG		equ 0x80000000
CR0_WP		equ 0x00010000

VGA_TEXT	equ 0xB8000
VGA_ATTR	equ 0x4F00		; white on red
COM1		equ 0x3F8

extern kernel_main

section .multiboot progbits alloc noexec nowrite align=4
	dd MAGIC_HEADER
	dd FLAGS
	dd -(MAGIC_HEADER + FLAGS)

section .boot.text progbits alloc exec nowrite align=16

%define phys(symbol) (symbol - PAGE_OFFSET)

global _start
_start:
	cld
	cmp eax, MAGIC_LOADER
	jne not_multiboot

	; For measurements: what time is it? CPUID exists where EFLAGS.ID can be changed
	; (Intel SDM vol. 1, 19.1); bit 4 of leaf 1's EDX is the time-stamp counter.
	mov esp, phys(init_stack) + INIT_STACK_SIZE
	pushfd
	mov edx, [esp]
	xor dword [esp], EFLAGS_ID
	popfd
	pushfd
	pop eax
	xor eax, edx
	test eax, EFLAGS_ID
	jz .no_tsc
	mov esi, ebx
	mov eax, 1
	cpuid
	mov ebx, esi
	test edx, CPUID_TSC
	jz .no_tsc
	rdtsc
	mov [phys(boot_tsc)], eax
	mov [phys(boot_tsc) + 4], edx
.no_tsc:

	; One table after the other: entry n maps frame n.
	mov edi, phys(boot_pg_tables)
	mov eax, PTE_KERNEL
	mov ecx, BOOT_TABLES * 1024
.entry:
	stosd
	add eax, 4096
	loop .entry

	; The tables appear twice in the directory, the fixmap table once.
	mov edi, phys(boot_pg_dir)
	mov eax, phys(boot_pg_tables) + PTE_KERNEL
	mov ecx, BOOT_TABLES
.table:
	mov [edi], eax
	mov [edi + (PAGE_OFFSET >> 20)], eax
	add edi, 4
	add eax, 4096
	loop .table
	mov dword [phys(boot_pg_dir) + 1023 * 4], phys(fixmap_pte) + PTE_KERNEL

	mov eax, phys(boot_pg_dir)
	mov cr3, eax
	mov eax, cr0
	or eax, CR0_PG | CR0_WP
	mov cr0, eax
	mov eax, higher_half
	jmp eax

; The console drivers are far away: say it on both consoles by hand.
not_multiboot:
	mov esi, message
	mov edi, VGA_TEXT
.next:
	movzx eax, byte [esi]
	inc esi
	test al, al
	jz .halt
	mov ecx, eax
	mov dx, COM1 + 5
	mov ebx, 100000			; a port that is not there never becomes ready
.wait:
	in al, dx
	test al, 0x20			; transmitter holding register empty
	jnz .ready
	dec ebx
	jnz .wait
.ready:
	mov dx, COM1
	mov al, cl
	out dx, al
	cmp cl, ' '
	jb .next
	or ecx, VGA_ATTR
	mov [edi], cx
	add edi, 2
	jmp .next
.halt:
	cli
	hlt
	jmp .halt

section .boot.data progbits alloc noexec write align=4
message:
	db "Folio was not loaded by a Multiboot loader (GRUB, or QEMU's -kernel); "
	db "it cannot start.", 13, 10, 0

section .text
higher_half:
	; The low half of the mapping has done its work: from now on address 0 is not mapped.
	mov edi, boot_pg_dir
	xor eax, eax
	mov ecx, BOOT_TABLES
	rep stosd
	mov eax, cr3
	mov cr3, eax

	mov esp, init_stack + INIT_STACK_SIZE
	xor ebp, ebp			; backtraces end here
	push ebp
	popfd
	mov eax, ebx			; -mregparm=3: the first argument
	call kernel_main
.halt:
	cli
	hlt
	jmp .halt

section .bss nobits alloc noexec write align=4096

global boot_pg_dir, fixmap_pte, init_stack_guard, init_stack, boot_tsc
boot_pg_dir:	resb 4096
boot_pg_tables:	resb BOOT_TABLES * 4096
fixmap_pte:	resb 4096		; the table of 0xFFC00000..0xFFFFFFFF, then and later
init_stack_guard: resb 4096		; mm/init.c leaves it unmapped
init_stack:	resb INIT_STACK_SIZE
boot_tsc:	resd 2
