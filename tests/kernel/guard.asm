; Leaving a test case from the middle: a small setjmp and longjmp. The compilers' own
; are not alike, and none of them restores the interrupt flag.

section .text

; void ktest_guard(void **place, void (*fn)(struct ktest *), struct ktest *t)
;
; Calls fn(t). Returns when that does, or when ktest_leave() is called with the same
; place. The arguments come in eax, edx and ecx.
global ktest_guard
ktest_guard:
	push ebp
	mov ebp, esp
	push ebx
	push esi
	push edi
	pushfd
	mov [eax], esp
	mov eax, ecx
	call edx
leave_guard:
	popfd
	pop edi
	pop esi
	pop ebx
	pop ebp
	ret

; void ktest_leave(void **place)
global ktest_leave
ktest_leave:
	mov esp, [eax]
	jmp leave_guard
