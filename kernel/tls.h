/* Segments of threads: set_thread_area(2). */
#ifndef FOLIO_TLS_H
#define FOLIO_TLS_H

#include "kernel/sched.h"

/* As it lies in the program's memory (asm/ldt.h). */
struct user_desc {
	u32 entry_number;
	u32 base_addr;
	u32 limit;
	u32 seg_32bit : 1;
	u32 contents : 2; /* bit 0: expands down; bit 1: code */
	u32 read_exec_only : 1;
	u32 limit_in_pages : 1;
	u32 seg_not_present : 1;
	u32 useable : 1;
};

_Static_assert(sizeof(struct user_desc) == 16, "the ABI's size");

/* tls_copy - a child has the current task's segments, and what is in fs and gs now. */
void tls_copy(struct task_struct *child);

/*
 * tls_set - one descriptor of a new task, from the program's memory; the entry must be
 * named (CLONE_SETTLS). 0, -EFAULT, -EINVAL. May sleep.
 */
int tls_set(struct task_struct *child, const struct user_desc __user *desc);

long sys_set_thread_area(struct user_desc __user *desc);
long sys_get_thread_area(struct user_desc __user *desc);

#endif
