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

#endif
