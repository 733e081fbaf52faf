; The switch from one kernel stack to another, and the first steps of a new task.

THREAD_ESP	equ 4			; in struct task_struct; kernel/sched.c checks it

extern schedule_tail
extern ret_from_syscall

section .text

; struct task_struct *switch_to(struct task_struct *prev, struct task_struct *next)
;
; The arguments come in eax and edx. Returns in `next`, where that task called
; switch_to() some time ago, with `prev`, the task that ran until now. The compiler
; takes eax, ecx, edx and the flags for changed by any call; so only the other
; registers are kept, on the stack:
;
;	prev->thread.esp -> edi esi ebx ebp, address of the return
;
; Interrupts are disabled.
global switch_to
switch_to:
	push ebp
	push ebx
	push esi
	push edi
	mov [eax + THREAD_ESP], esp
	mov esp, [edx + THREAD_ESP]
	pop edi
	pop esi
	pop ebx
	pop ebp
	ret

; Where a new task's first switch_to() returns to. task_create() has put into
; ebx: what to call, esi and edi: with which arguments, and a trap frame above. eax is
; the task that ran before. What ebx points to returns if the task has a user
; mode to go to: then the trap frame says where.
global ret_from_fork
ret_from_fork:
	call schedule_tail
	mov eax, esi
	mov edx, edi
	call ebx
	jmp ret_from_syscall
