/*
 * Programs that the kernel itself starts: the first one, and those of the tests.
 */
#ifndef FOLIO_RUN_H
#define FOLIO_RUN_H

#include "kernel/lib/compiler.h"

struct file;

struct program {
	struct file *file; /* to be executed; stays the caller's */
	const char *const *argv;
	const char *const *envp;
	/* Runs in the new task before the program: gives it its descriptors. 0 or -errno. */
	int (*setup)(void *ctx);
	void *ctx;
};

/*
 * run_program_file - run a program as a process of its own, and wait for its end.
 * Returns its status as of wait(2) (kernel/exit.h), or what kept it from starting: -ENOEXEC,
 * -E2BIG, -ENOMEM, -EAGAIN, or setup()'s error. Process context, but not the boot task.
 */
int run_program_file(const struct program *program);

/* run_program - the same for a boot file, with the console for descriptors; or -ENOENT. */
int run_program(const char *name, const char *const argv[], const char *const envp[]);

/*
 * open_descriptors - give the current task, which has no files, a table with `file` three times,
 * as 0, 1 and 2; the caller's reference stays. 0 or -ENOMEM. May sleep.
 */
int open_descriptors(struct file *file);

/*
 * run_init - mount the root (kernel/fs/root.h) and start the first program, in pid 1, which becomes
 * it and goes to user mode after the return. Which: the boot option init=; else /sbin/init, /init
 * or /bin/sh; without any, or where init= names no path but a boot file, that one runs as a child,
 * and the machine stops after it.
 * @passed: what the machine shall report then, with autoexit, if all goes well.
 * @tests_wanted: self-tests were asked for; with autoexit and no init= they are all there is to do.
 */
void run_init(bool passed, bool tests_wanted);

/* init_has_ended - the process that runs init ends, with a wait(2) status: so does the machine. */
void init_has_ended(int status) __noreturn;

#endif
