/* What the examples have in common: they say what they have seen, and end with 0 only then. */
#ifndef _LESSON_H
#define _LESSON_H

#include <stdbool.h>
#include <sys/types.h>

/* One line "OK: ..." or "NOT SEEN: ..."; returns the condition. */
bool seen(bool condition, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A last line that counts; the exit status. */
int lesson_end(void);
/* What the lesson needs could not be had: says why, and ends with 1. */
void lesson_fails(const char *what) __attribute__((noreturn));

/* Is a path on a file system that lives in memory only (ramfs, tmpfs)? */
bool lesson_in_memory(const char *path);

/* A child that does what it is told: each step() makes it call do_step() once. */
struct partner {
	pid_t pid;
	int to, from; /* pipes */
};
/* do_step(number, arg) gets 1, 2, 3, ...; between the steps the child waits. */
void partner_start(struct partner *p, void (*do_step)(int number, void *arg), void *arg);
/* Returns when the step is done. */
void partner_step(struct partner *p);
/* The child ends; its status as of waitpid(). */
int partner_end(struct partner *p);

#endif
