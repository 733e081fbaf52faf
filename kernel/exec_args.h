/*
 * The strings that a new program is given: arguments, environment, file name. They are collected
 * in kernel pages while the old address space is still there, and written to the new stack
 * when the new one is.
 */
#ifndef FOLIO_EXEC_ARGS_H
#define FOLIO_EXEC_ARGS_H

#include "kernel/lib/compiler.h"
#include "kernel/lib/list.h"
#include "kernel/lib/types.h"

#define MAX_ARG_STRLEN (32ul << 12) /* bytes of one string with its 0 (Linux: 32 pages) */

/*
 * The strings lie one behind the other as they will on the stack: argv[0] lowest, then the other
 * arguments, the environment, the file name. They are pushed from high to low.
 */
struct exec_args {
	struct list_head pages; /* of struct page->lru, the lowest first */
	size_t used;		/* bytes of all strings */
	size_t limit;		/* what they and the pointers to them may need */
	unsigned int argc, envc;
	size_t argv_bytes, envp_bytes; /* of their strings */
};

/*
 * exec_args_init - no strings yet; the limit is a quarter of what the stack may grow to.
 * exec_args_free - free the pages.
 */
void exec_args_init(struct exec_args *args);
void exec_args_free(struct exec_args *args);

/*
 * exec_push_string - one string of the kernel's, below the others. 0, -E2BIG, -ENOMEM. May sleep.
 */
int exec_push_string(struct exec_args *args, const char *s);

/* A list of strings, ending with NULL, as execve(2) has it: the program's or the kernel's. */
struct string_list {
	const char __user *const __user *user;
	const char *const *kernel; /* used where it is not NULL */
};

/*
 * exec_push_list - all strings of a list, the last one first; *count is how many, *bytes how much.
 * 0, -E2BIG, -ENOMEM, -EFAULT. May sleep.
 */
int exec_push_list(struct exec_args *args, const struct string_list *list, unsigned int *count,
		   size_t *bytes);

/* exec_pop_argv0 - take the lowest string away: a script's interpreter gets another one. */
void exec_pop_argv0(struct exec_args *args);

/* exec_write_strings - all of them to the program's memory at `to`. 0 or -EFAULT. May sleep. */
int exec_write_strings(const struct exec_args *args, unsigned long to);

#endif
