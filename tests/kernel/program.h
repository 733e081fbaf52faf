/*
 * Running programs in tests: their output is caught, and so is what the kernel's log
 * says meanwhile; neither shows on the console.
 */
#ifndef FOLIO_TESTS_PROGRAM_H
#define FOLIO_TESTS_PROGRAM_H

#include "kernel/lib/compiler.h"

struct file;

#define CATCH_SIZE 4096

struct program_run {
	/* To be filled in: */
	const char *argv[5];	 /* ends with NULL; argv[0] names a boot file, unless ... */
	struct file *file;	 /* ... this is set */
	const char *const *envp; /* NULL: none */
	int (*before)(void);	 /* runs in the new process before exec; 0 or -errno */
	unsigned int fail_nth;	 /* this allocation of the process fails, exec included; 0: none */

	/* Results: */
	int status;		 /* run_program_file() */
	bool failed_one;	 /* the fail_nth-th allocation was reached */
	unsigned long faults;	 /* page faults that it took, as getrusage(2) counts them */
	size_t output_len;	 /* also counts what did not fit */
	char output[CATCH_SIZE]; /* what it wrote to 0, 1 or 2; ends with 0 */
	char log[CATCH_SIZE];	 /* what was logged; ends with 0 */
};

/*
 * open_program - the file of a test program by its name: /boot/NAME, from build/test.cpio or the
 * kernel image. Or ERR_PTR. May sleep.
 */
struct file *open_program(const char *name);

/* program_run - run it; returns the status. Process context. */
int program_run(struct program_run *run);

/* program_run_alloc - a new run of argv[0] with two more words (NULL: not there); kfree() it. */
struct program_run *program_run_alloc(const char *name, const char *arg1, const char *arg2);

/* run_quietly - the same in one step: the status alone; -ENOMEM: no memory to run it with. */
int run_quietly(const char *name, const char *arg1, const char *arg2);

/*
 * install_program - a boot file of this name becomes an executable file in the tree: `path`.
 * install_text - a file with this text does. remove_program - it goes again. 0 or -errno. Process
 * context.
 */
int install_program(const char *name, const char *path);
int install_text(const char *text, const char *path);
int remove_program(const char *path);

#endif
