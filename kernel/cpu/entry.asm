; Every way into the kernel, and the ways out.
;
; All of them build the trap frame of kernel/cpu/ptrace.h, of which the processor
; pushes the upper part:
;
;	ss esp		only when coming from ring 3
;	eflags cs eip
;	error code	some exceptions; every other entry pushes a word there
;	-----------------------------------------------------------------
;	es ds eax ebp edi esi edx ecx ebx	<- esp
;
; The kernel uses neither fs nor gs: they stay as the program loaded them.
;
; On the way back to ring 3, with interrupts off, one word is tested: the first
; word of `current`. As long as it is not zero there is work (a signal, another
; task that should run), which exit_work_hook does. A trap from ring 0 goes back
; at once, for the kernel is not preempted.

%include "kernel/cpu/ptrace.inc"

KERNEL_CS	equ 0x60
KERNEL_DS	equ 0x68
EFLAGS_IF	equ 0x200
TRAP_PF		equ 14
TRAP_IRET	equ 32

extern cpus, sys_call_table, nr_syscalls, exit_work_hook
extern trap_handlers, do_trap, do_nmi, do_irq, panic_with

%macro save_registers 0
	push es
	push ds
	push eax
	push ebp
	push edi
	push esi
	push edx
	push ecx
	push ebx
%endmacro

; Clobbers edx.
%macro load_kernel_segments 0
	mov edx, KERNEL_DS
	mov ds, edx
	mov es, edx
	cld
%endmacro

; An entry of the exception table: where an instruction faults, where to go on.
%macro extable 2
	[section __ex_table progbits alloc noexec nowrite align=4]
	dd %1, %2
	__?SECT?__
%endmacro

section .text.entry progbits alloc exec nowrite align=16

; ---------------------------------------------------------------- system calls

; C functions take three arguments in eax, edx and ecx, and more on the stack (the
; compiler's -mregparm=3). They own the words that they are called with and may change
; them, so those on the stack are pushed a second time: the program's registers survive.
global system_call
system_call:
	push eax			; orig_eax
	save_registers
	load_kernel_segments
	cmp eax, [nr_syscalls]
	jae .unknown
.known:	push ebp
	push edi
	push esi
	mov esi, eax			; the number
	mov eax, ebx
	mov edx, ecx
	mov ecx, [esp + 12 + REGS_EDX]
	call [sys_call_table + esi * 4]
	add esp, 12
	mov [esp + REGS_EAX], eax

global ret_from_syscall
ret_from_syscall:
	cli
	mov ecx, [cpus]			; current
	cmp dword [ecx], 0
	jne exit_work

restore_all:
	pop ebx
	pop ecx
	pop edx
	pop esi
	pop edi
	pop ebp
	pop eax
pop_ds:	pop ds
pop_es:	pop es
	add esp, 4
do_iret:
	iret

system_call.unknown:
	mov eax, [nr_syscalls]		; the entry behind the last: for all other numbers
	jmp system_call.known

exit_work:
	sti
	mov eax, esp
	call [exit_work_hook]
	jmp ret_from_syscall

; A segment register that the program (or its signal handler) spoilt: zero instead.
; The program then gets a fault of its own when it uses it.
bad_ds:	mov dword [esp], 0
	jmp pop_ds
bad_es:	mov dword [esp], 0
	jmp pop_es
	extable pop_ds, bad_ds
	extable pop_es, bad_es

; A cs, ss or eip that iret refuses: everything else is the program's again, and the
; rest of its frame is still on the stack, so this looks like a trap of its own.
bad_iret:
	push 0
	push TRAP_IRET
	jmp exception
	extable do_iret, bad_iret

; ---------------------------------------------------------------- exceptions

; Enter with the error code and the vector pushed; the vector is where es belongs.
exception:
	push ds
	push eax
	push ebp
	push edi
	push esi
	push edx
	push ecx
	push ebx
	mov ecx, es
	load_kernel_segments
	xchg ecx, [esp + REGS_ES]	; vector
	mov edx, -1
	xchg edx, [esp + REGS_ORIG_EAX]	; error code; this is not a system call
	mov eax, esp
	test dword [esp + REGS_EFLAGS], EFLAGS_IF
	jz .call
	sti
.call:
	call do_trap

; Leave by the frame at esp, to wherever it says.
global ret_from_trap
ret_from_trap:
	test byte [esp + REGS_CS], 3
	jnz ret_from_syscall
	cli
	jmp restore_all

; A page fault: cr2 must be read before anything else can fault.
global page_fault
page_fault:
	save_registers
	load_kernel_segments
	mov ecx, cr2
	mov edx, -1
	xchg edx, [esp + REGS_ORIG_EAX]
	mov eax, esp
	test dword [esp + REGS_EFLAGS], EFLAGS_IF
	jz .call
	sti
.call:
	call [trap_handlers + TRAP_PF * 4]
	jmp ret_from_trap

; Traps that may come anywhere, between any two instructions above: interrupts stay
; off, and nothing but the frame is touched on the way out.
%macro careful_trap 2			; name, vector
global %1
%1:
	push -1
	save_registers
	load_kernel_segments
	mov eax, esp
	mov edx, %2
	call do_nmi
	jmp restore_all
%endmacro

	careful_trap nmi, 2
	careful_trap machine_check, 18

%macro exception_entry 2		; vector, does the processor push an error code?
exception_%1:
%if %2 == 0
	push 0
%endif
	push %1
	jmp exception
%endmacro

%assign vector 0
%rep 32
%if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
	exception_entry vector, 1
%else
	exception_entry vector, 0
%endif
%assign vector vector + 1
%endrep

; A debug trap: as an exception, but interrupts stay off until DR6 has been read.
global debug_trap
debug_trap:
	push -1
	save_registers
	load_kernel_segments
	mov eax, esp
	xor edx, edx
	mov ecx, 1
	call do_trap
	jmp ret_from_trap

; ---------------------------------------------------------------- interrupts

%macro irq_entry 1
irq_%1:
	push -2 - %1
	jmp interrupt
%endmacro

%assign irq 0
%rep 16
	irq_entry irq
%assign irq irq + 1
%endrep

interrupt:
	save_registers
	load_kernel_segments
	mov eax, esp
	call do_irq
	jmp ret_from_trap

; ---------------------------------------------------------------- panic

; panic(fmt, ...): the registers as the caller had them, before C changes any. The
; arguments of a function with "..." are all on the stack.
global panic
panic:
	push ss
	push esp			; panic_with() corrects it
	pushfd
	push cs
	push dword [esp + 16]		; the return address
	push -1
	save_registers
	mov eax, esp
	mov edx, [esp + REGS_SIZE + 4]
	lea ecx, [esp + REGS_SIZE + 8]	; the arguments after fmt: a va_list of the i386 ABI
	call panic_with

; ---------------------------------------------------------------- where they are

section .rodata

global exception_entries, irq_entries
exception_entries:
%assign vector 0
%rep 32
	dd exception_ %+ vector
%assign vector vector + 1
%endrep
irq_entries:
%assign irq 0
%rep 16
	dd irq_ %+ irq
%assign irq irq + 1
%endrep
