/* Walking the error paths of programs: each of their allocations fails in turn. */
#ifndef FOLIO_TESTS_FAIL_PROGRAM_H
#define FOLIO_TESTS_FAIL_PROGRAM_H

#include "tests/kernel/ktest.h"

/*
 * fail_each_program - run a program with its first, second, third... allocation failing, in exec,
 * in a system call or in a fault, until none is reached any more. It does not start, or it is
 * ended, or it sees ENOMEM, or it can do without; that it saw something else it says by its status,
 * EFAULT. Each time memory must be as it was before. Process context.
 */
void fail_each_program(struct ktest *t, const char *name, const char *arg1, const char *arg2);

/*
 * fail_each_and_clear - the same for a program that goes through although one of its calls fails,
 * unless it is ended by the failure of a fault or of exec: then `clear_away` removes what it has
 * left behind. It must make between `least` and `most` allocations. Process context.
 */
void fail_each_and_clear(struct ktest *t, const char *name, const char *arg,
			 void (*clear_away)(void), unsigned int least, unsigned int most);

#endif
